-- What banks say: every illegal thing is tried as the duty that stores it, and beside it the legal one.
begin;
\ir ../lib/guards.psql

-- ---------------------------------------------------------------- messages

insert into bank.message_key (sealed) values ('k') returning id as key \gset
create function pg_temp.message_sql(direction text, external_id text, bank text default 'demo', sha_bytes integer default 32, key text default null, kind text default 'status') returns text language sql as $$
	select format('insert into bank.message (bank, direction, kind, external_id, sha256, key, body, authentic) values (%L, %L, %L, %L, decode(repeat(''07'', %s), ''hex''), %s, ''b'', true)',
		bank, direction, kind, external_id, sha_bytes, coalesce(key, (select max(id)::text from bank.message_key)))
$$;
select is(pg_temp.probe(d, null, pg_temp.message_sql('callback', 'm1')), case when d in ('gate', 'teller') then 'ok' else 'denied' end, format('the %s stores a message', d))
	from unnest(array['gate', 'teller', 'scribe', 'auditor']) d;
select is(pg_temp.probe(d, null, pg_temp.message_sql(w.direction, 'm1', 'demo', 32, null, w.kind)), case when d = any (w.who) then 'ok' else 'CH001 not_yours' end,
		format('the %s stores a %s: %s', d, w.direction, w.kind))
	from unnest(array['gate', 'desk', 'teller']) d, (values ('callback', 'status', array['gate', 'teller']), ('file', 'statement', array['teller']), ('file', 'agent_list', array['desk', 'teller']),
		('reply', 'transfer', array['teller']), ('request', 'transfer', array['teller'])) as w(direction, kind, who);
select is(pg_temp.probe('teller', null, pg_temp.message_sql(w.direction, 'm1', 'demo', w.n)), w.wanted, format('direction %s, a hash of %s bytes', w.direction, w.n))
	from (values ('callback', 32, 'ok'), ('rumour', 32, '23514 message_direction_check'), ('callback', 31, '23514 message_sha256_check')) as w(direction, n, wanted);
select is(pg_temp.probe('gate', null, pg_temp.message_sql('callback', 'm1', 'demo', 32, '0')), 'CH001 no_key', 'a message names the key that it is sealed with');
select pg_temp.done(pg_temp.try('gate', null, pg_temp.message_sql('callback', 'm1')));
select is(pg_temp.probe('gate', null, pg_temp.message_sql(w.direction, w.id, w.bank)), w.wanted, w.title)
	from (values ('callback', 'm1', 'demo', '23505 message_bank_direction_external_id_key', 'a second callback of the same id changes nothing'), ('callback', 'm2', 'demo', 'ok', 'another id is another message'),
		('callback', 'm1', 'nodup', 'ok', 'and so is another bank''s')) as w(direction, id, bank, wanted, title);
select is(pg_temp.probe('gate', null, s), 'denied', format('the gate: %s', s)) from unnest(array['select body from bank.message', 'select sealed from bank.message_key', 'update bank.message set authentic = true',
	'delete from bank.message', 'insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic, at) values (''demo'', ''callback'', ''status'', ''x'', sha256(''x''), ''b'', true, now())']) s;
select is(pg_temp.probe('teller', null, s), 'denied', format('the teller: %s', s)) from unnest(array['select body from bank.message', 'select sealed from bank.message_key']) s;
select is(pg_temp.probe('scribe', null, s), 'ok', format('the scribe: %s', s)) from unnest(array['select body from bank.message', 'select sealed from bank.message_key']) s;
select is(pg_temp.probe(d, null, 'select bank.wait_for_writers()'), case d when 'scribe' then 'ok' else 'denied' end, format('the %s waits for writers', d)) from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;

-- ---------------------------------------------------------------- statements

select id as message from bank.message where external_id = 'm1' \gset
select id as funding from org.funding_account where code = 'labour-demo' \gset
create function pg_temp.line_sql(statement bigint, line integer, direction text default 'debit', amount bigint default 100, detail integer default 0, message bigint default null, entry text default null) returns text language sql as $$
	select format('insert into bank.statement_line (statement, line, detail, entry_ref, direction, amount_dong, value_date, has_details, text, message, item)
		values (%s, %s, %s, %L, %L, %s, ''2024-04-03'', false, ''x'', %s, %s)', statement, line, detail, coalesce(entry, 'e' || statement || '.' || line), direction, amount,
		coalesce(message, (select id from bank.message where external_id = 'm1')), line)
$$;
create function pg_temp.statement_sql(id bigint, opening bigint, closing bigint, lines integer, complete boolean default true, chained boolean default true, sequence bigint default 1, day text default '2024-04-03', source text default 'fetched') returns text language sql as $$
	select format('insert into bank.statement (id, funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained) overriding system value
		values (%s, %s, %L, %s, %s, %s, 1, %s, %L, %L, %L)', id, (select f.id from org.funding_account f where code = 'labour-demo'), day, opening, closing, lines, sequence, source, complete, chained)
$$;
select nextval('bank.statement_id_seq') as one, nextval('bank.statement_id_seq') as two, nextval('bank.statement_id_seq') as three \gset
select is(pg_temp.probe('scribe', null, pg_temp.line_sql(:one, 1, d, a, 0, m)), w, format('a line: %s of %s, %s', d, a, case when m is null then 'of a message' else 'of no message' end))
	from (values ('debit', 100, null::bigint, 'ok'), ('credit', 100, null, 'ok'), ('debit', 0, null, '23514 statement_line_amount_dong_check'), ('debit', -1, null, '23514 statement_line_amount_dong_check'),
		('sideways', 100, null, '23514 statement_line_direction_check'), ('debit', 100, 0, 'CH001 no_message')) as v(d, a, m, w);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.line_sql(:one, 1, 'debit', 300)));
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.line_sql(:one, 1, 'debit', 200, 1)));
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.line_sql(:one, 1, 'debit', 100, 2)));
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.line_sql(:one, 2, 'credit', 50)));
select is(pg_temp.probe('scribe', null, pg_temp.line_sql(:one, n, 'credit', 50, 0, null, e)), w, format('line %s, entry %s', n, e))
	from (values (2, 'new', '23505 statement_line_statement_line_detail_key'), (3, 'e' || :one || '.2', '23505 statement_line_statement_entry_ref_detail_idx'), (3, 'new', 'ok')) as v(n, e, w);

-- Opening 1000, one debit of 300 (in two parts), one credit of 50.
select is(pg_temp.probe('scribe', null, pg_temp.statement_sql(:one, 1000, c, n, k)), w, format('opening 1000, closing %s, %s lines, %s', c, n, case when k then 'complete' else 'not complete' end))
	from (values (750, 2, true, 'ok'), (750, 2, false, 'CH001 statement_sum'), (751, 2, true, 'CH001 statement_sum'), (751, 2, false, 'ok'),
		(750, 3, true, 'CH001 statement_lines'), (750, 1, true, 'CH001 statement_lines'), (750, 4, true, 'CH001 statement_lines')) as v(c, n, k, w);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.statement_sql(:one, 1000, 750, 2)));
select pg_temp.refuses('scribe', null, pg_temp.line_sql(:one, 3), 'CH001 statement_closed', 'no line comes after its statement');
select is(pg_temp.probe('scribe', null, pg_temp.statement_sql(:two, o, o, 0, true, k, s, d)), w, format('the next one: day %s, opens at %s, number %s, %s', d, o, s, case when k then 'chained' else 'not chained' end))
	from (values ('2024-04-04', 750, 2, true, 'ok'), ('2024-04-04', 751, 2, true, 'CH001 statement_chain'), ('2024-04-04', 751, 2, false, 'ok'), ('2024-04-04', 750, 3, true, 'CH001 statement_chain'),
		('2024-04-04', 750, 3, false, 'ok'), ('2024-04-04', 750, 1, true, 'CH001 statement_chain'), ('2024-04-03', 750, 2, true, '23505 statement_funding_account_day_key')) as v(d, o, s, k, w);
select is(pg_temp.probe('scribe', null, pg_temp.statement_sql(:three, 750, 750, 0, true, true, 2, '2024-04-04', s)), case s when 'heard' then '23514 statement_source_check' else 'ok' end, format('a statement that was %s', s))
	from unnest(array['fetched', 'uploaded', 'heard']) s;
select is(pg_temp.probe(d, null, pg_temp.statement_sql(:three, 750, 750, 0, true, true, 2, '2024-04-04')), 'denied', format('the %s makes no statement', d)) from unnest(array['gate', 'teller', 'auditor']) d;
select is(pg_temp.probe(d, null, pg_temp.line_sql(:three, 1)), 'denied', format('nor does the %s a line of one', d)) from unnest(array['gate', 'teller', 'auditor']) d;

select pg_temp.acts('lan');
insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) values (:funding, 'treasury', 'KB-1', 100, pg_temp.officer('lan')) returning id as expected \gset
create function pg_temp.intraday_sql(entry text, amount bigint) returns text language sql as $$
	select format('insert into bank.intraday_credit (funding_account, entry_ref, amount_dong, value_date, funding_order, message, item) values (%s, %L, %s, ''2024-04-04'', %s, %s, 1)',
		(select id from org.funding_account where code = 'labour-demo'), entry, amount, (select id from org.funding_order where reference = 'KB-1'), (select id from bank.message where external_id = 'm1'))
$$;
select is(pg_temp.probe('scribe', null, pg_temp.intraday_sql('i1', n)), case when n > 0 then 'ok' else '23514 intraday_credit_amount_dong_check' end, format('a credit of %s during the day', n)) from unnest(array[-1, 0, 1]) n;
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.intraday_sql('i1', 100)));
select is(pg_temp.probe('scribe', null, pg_temp.intraday_sql('i1', 100)), '23505 intraday_credit_funding_account_entry_ref_key', 'an entry is credited once');

select * from finish();
rollback;
