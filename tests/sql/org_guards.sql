-- What this database is, its clock, the payer and the rules: every illegal thing is tried, and beside it the legal one.
begin;
\ir ../lib/guards.psql

-- ---------------------------------------------------------------- the instance and its clock

select is((select sandbox from ops.instance), true, 'this is a sandbox');
select ops.now() as before \gset
select is(pg_temp.probe('owner', null, format('update ops.instance set clock_offset = clock_offset + %L', i)), case when i::interval >= '0' then 'ok' else 'CH001 clock_back' end, format('a sandbox''s clock by %s', i))
	from unnest(array['1 day', '1 second', '0', '-1 microsecond', '-1 day']) i;
select pg_temp.done(pg_temp.try('owner', null, 'update ops.instance set clock_offset = clock_offset + ''1 day'''));
select is(ops.now() - :'before'::timestamptz, '1 day'::interval, 'a day later it is a day later');
select is(ops.today(), ((:'before'::timestamptz + interval '1 day') at time zone 'Asia/Ho_Chi_Minh')::date, 'and another date in Vietnam, whatever the session''s zone');
set local timezone = 'America/Los_Angeles';
select is(ops.today(), ((:'before'::timestamptz + interval '1 day') at time zone 'Asia/Ho_Chi_Minh')::date, 'also in Los Angeles');
set local timezone = 'Asia/Ho_Chi_Minh';
select is(pg_temp.probe('owner', null, 'update ops.instance set sandbox = false'), 'CH001 clock_fixed', 'a sandbox stays one');
select is(pg_temp.probe('owner', null, 'insert into ops.instance (sandbox) values (true)'), '23505 instance_pkey', 'there is one instance');
select is(pg_temp.probe('owner', null, 'insert into ops.instance (one, sandbox) values (false, true)'), '23514 instance_one_check', 'whatever it is called');
select is(pg_temp.probe(d, null, 'update ops.instance set sandbox = true'), 'denied', format('the %s does not say what this database is', d)) from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
select is(pg_temp.probe(d, null, 'update ops.instance set clock_offset = clock_offset + ''1 day'''), 'denied', format('the %s does not move the clock', d)) from unnest(array['gate', 'teller', 'scribe', 'auditor']) d;
select is(pg_temp.probe(d, null, 'delete from ops.instance'), 'denied', format('the %s does not remove the instance', d)) from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;

set local session_replication_role = replica;
update ops.instance set sandbox = false, clock_offset = '0';
set local session_replication_role = origin;
select is(pg_temp.probe('owner', null, format('update ops.instance set clock_offset = %L', i)), 'CH001 clock_fixed', format('outside a sandbox the clock does not move by %s', i)) from unnest(array['1 day', '1 microsecond', '-1 day']) i;
select is(pg_temp.probe('owner', null, 'update ops.instance set sandbox = true'), 'CH001 clock_fixed', 'and what is no sandbox becomes none');
select is(pg_temp.probe('owner', null, 'update ops.instance set currency = ''USD'''), 'CH001 clock_fixed', 'nor does its money change');
select is(ops.now(), now(), 'its business clock is the real one');
set local session_replication_role = replica;
update ops.instance set sandbox = true;
set local session_replication_role = origin;
select is(pg_temp.probe('owner', null, 'update ops.instance set currency = ''USD'''), '23514 instance_currency_check', 'a sandbox''s neither');

-- ---------------------------------------------------------------- the payer

select is(pg_temp.probe('owner', null, format('insert into org.agency (code, name_vi) values (%L, ''x'')', c)), w, format('an agency called "%s"', c))
	from (values ('labour-2', 'ok'), ('labour', '23505 agency_code_key'), ('Labour', '23514 agency_code_check'), ('l', '23514 agency_code_check'), ('l:2', '23514 agency_code_check')) as v(c, w);
select id as agency from org.agency where code = 'labour' \gset
select is(pg_temp.probe('owner', null, format('insert into org.funding_account (code, agency, bank, number) values (%L, %s, ''demo'', %L)', c, :agency, n)), w, format('a funding account %s with number "%s"', c, n))
	from (values ('labour-two', '9700009', 'ok'), ('labour-demo', '9700009', '23505 funding_account_code_key'), ('labour-two', '9700001', '23505 funding_account_bank_number_key'),
		('labour-two', '97 000', '23514 funding_account_number_check'), ('labour-two', '970', '23514 funding_account_number_check'), ('labour:two', '9700009', '23514 funding_account_code_check')) as v(c, n, w);

select id as funding from org.funding_account where code = 'labour-demo' \gset
create function pg_temp.channel_sql(funding bigint, kind text default 'bank', driver text default 'chitra_json', key_bytes integer default null, dedupe_days integer default 7,
	lag integer default 1, items integer default 500, hours integer default 72, code text default 'new') returns text language sql as $$
	select format('insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days, items_per_message, valid_hours, agent_key)
		values (%L, %L, %s, ''b'', %L, true, %s, true, %s, %s, %s, decode(repeat(''01'', %L), ''hex''))', code, kind, funding, driver, dedupe_days, lag, items, hours, key_bytes)
$$;
select is(pg_temp.probe('owner', null, pg_temp.channel_sql(:funding, k, d, n)), w, format('a %s channel, driver %s, key %s', k, d, coalesce(n::text, 'none')))
	from (values ('bank', 'chitra_json', null, 'ok'), ('cash', 'cash_list', 32, 'ok'), ('cash', 'cash_list', null, '23514 channel_check1'), ('cash', 'cash_list', 31, '23514 channel_agent_key_check'),
		('cash', 'chitra_json', 32, '23514 channel_check'), ('bank', 'cash_list', null, '23514 channel_check'), ('card', 'chitra_json', 32, '23514 channel_kind_check'),
		('bank', 'telex', null, '23514 channel_driver_check')) as v(k, d, n, w);
select is(pg_temp.probe('owner', null, pg_temp.channel_sql(:funding, 'bank', 'chitra_json', null, d, l, i, h)), w, format('deduplicates %s days, lag %s, %s items, valid %s hours', d, l, i, h))
	from (values (0, 0, 1, 1, 'ok'), (-1, 0, 1, 1, '23514 channel_dedupe_days_check'), (0, -1, 1, 1, '23514 channel_posting_lag_days_check'), (0, 31, 1, 1, '23514 channel_posting_lag_days_check'),
		(0, 30, 500, 720, 'ok'), (0, 0, 0, 1, '23514 channel_items_per_message_check'), (0, 0, 501, 1, '23514 channel_items_per_message_check'),
		(0, 0, 1, 0, '23514 channel_valid_hours_check'), (0, 0, 1, 721, '23514 channel_valid_hours_check')) as v(d, l, i, h, w);
select is(pg_temp.probe('owner', null, pg_temp.channel_sql(0)), '23503 channel_funding_account_fkey', 'a channel pays from an account that is there');
select is(pg_temp.probe('owner', null, format('insert into org.programme_agency (programme, agency, funding_account) values (''merit'', %s, %s)', :agency, :funding)), '23505 programme_agency_pkey', 'a programme has one payer');
select is(pg_temp.probe('owner', null, format('insert into org.fee_rule (bank, pattern, max_dong) values (''demo'', ''PHI'', %s)', n)), case n when 1 then 'ok' else '23514 fee_rule_max_dong_check' end, format('a fee of at most %s', n)) from unnest(array[0, 1]) n;

select id as post from org.channel where code = 'post' \gset
create function pg_temp.order_sql(funding bigint, kind text, channel text, reference text default 'KB-2024-04', amount bigint default 1000000) returns text language sql as $$
	select format('insert into org.funding_order (funding_account, kind, channel, reference, amount_dong, made_by) values (%s, %L, %s, %L, %s, %s)', funding, kind, channel, reference, amount, pg_temp.officer('lan'))
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.order_sql(:funding, k, c, r, a)), w, format('an order: %s, channel %s, reference "%s", %s', k, case c when 'null' then 'none' else 'the agent''s' end, r, a))
	from (values ('treasury', 'null', 'KB-2024-04', 1, 'ok'), ('agent_advance', :'post', 'KB-2024-04', 1, 'ok'), ('agent_return', :'post', 'KB-2024-04', 1, 'ok'),
		('treasury', :'post', 'KB-2024-04', 1, '23514 funding_order_check'), ('agent_advance', 'null', 'KB-2024-04', 1, '23514 funding_order_check'),
		('agent_return', 'null', 'KB-2024-04', 1, '23514 funding_order_check'), ('gift', 'null', 'KB-2024-04', 1, '23514 funding_order_kind_check'),
		('treasury', 'null', 'KB', 1, '23514 funding_order_reference_check'), ('treasury', 'null', repeat('K', 71), 1, '23514 funding_order_reference_check'),
		('treasury', 'null', 'KB-2024-04', 0, '23514 funding_order_amount_dong_check'), ('treasury', 'null', 'KB-2024-04', -5, '23514 funding_order_amount_dong_check')) as v(k, c, r, a, w);
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.order_sql(:funding, 'treasury', 'null')));
select is(pg_temp.probe('desk', 'lan', pg_temp.order_sql(:funding, 'treasury', 'null')), '23505 funding_order_funding_account_reference_key', 'a reference is expected once on an account');
select is(pg_temp.probe('owner', null, s), 'CH001 append_only', s) from unnest(array['update org.funding_order set amount_dong = 1', 'delete from org.funding_order', 'truncate org.funding_order cascade']) s;

-- ---------------------------------------------------------------- rules

create function pg_temp.rate_sql(amount bigint default 1, verification text default 'read', pct text default 'null', until text default null, programme text default 'merit') returns text language sql as $$
	select format('insert into rules.rate (rate_code, programme, description_vi, basis, injury_pct, amount_dong, effective_from, effective_to, in_force_from, decree, legal_basis, verification)
		values (''t.new'', %L, ''x'', ''x'', %s, %s, ''2024-01-01'', %L, ''2024-01-01'', ''x'', ''x'', %L)', programme, pct, amount, until, verification)
$$;
select is(pg_temp.probe('owner', null, pg_temp.rate_sql(a, v, p, u, g)), w, format('a rate of %s, %s, %s %%, until %s, %s', a, v, p, u, g))
	from (values (1, 'read', 'null', null, 'merit', 'ok'), (0, 'read', 'null', null, 'merit', '23514 rate_amount_dong_check'), (1, 'guessed', 'null', null, 'merit', '23514 rate_verification_check'),
		(1, 'read', '0', null, 'merit', '23514 rate_injury_pct_check'), (1, 'read', '101', null, 'merit', '23514 rate_injury_pct_check'), (1, 'read', 'null', '2023-12-31', 'merit', '23514 rate_check'),
		(1, 'read', 'null', null, 'nothing', '23503 rate_programme_fkey')) as x(a, v, p, u, g, w);
select pg_temp.done(pg_temp.try('owner', null, pg_temp.rate_sql()));
select is(pg_temp.probe('owner', null, pg_temp.rate_sql(2)), '23505 rate_key', 'a rate has one amount from one day on');
select is(pg_temp.probe('owner', null, pg_temp.rate_sql(2, 'read', '21')), 'ok', 'another for another percentage');
select is(pg_temp.probe('owner', null, format('insert into rules.programme (code, name_vi) values (%L, ''x'')', c)), w, format('a programme called "%s"', c))
	from (values ('flood', 'ok'), ('merit', '23505 programme_pkey'), ('Flood', '23514 programme_code_check'), ('f-2', '23514 programme_code_check')) as v(c, w);

-- Whatever rules and reference data say, no duty writes it.
select is(pg_temp.probe(d, null, format('%s %s', v.verb, t.name)), 'denied', format('the %s: %s %s', d, v.verb, t.name))
	from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d, (values ('delete from'), ('truncate')) as v(verb),
		(select c.oid::regclass::text as name from pg_class c where c.relkind = 'r' and (c.relnamespace = 'rules'::regnamespace
			or c.oid in ('payout.state'::regclass, 'payout.legal_move'::regclass, 'payout.cause'::regclass, 'bank.bank'::regclass, 'register.area'::regclass, 'register.area_successor'::regclass,
				'org.agency'::regclass, 'org.funding_account'::regclass, 'org.programme_agency'::regclass, 'org.channel'::regclass, 'org.fee_rule'::regclass))) t
	order by t.name, d, v.verb;

-- ---------------------------------------------------------------- the form of a row

insert into org.fee_rule (bank, pattern, max_dong) values ('demo', 'PHI', 1);
select is(pg_temp.probe('owner', null, s), c, format('the form of a row: %s', c)) from (values
	('23514 channel_code_check', pg_temp.channel_sql(:funding, 'bank', 'chitra_json', null, 7, 1, 500, 72, 'A b')),
	('23505 channel_code_key', pg_temp.channel_sql(:funding, 'bank', 'chitra_json', null, 7, 1, 500, 72, 'demo-labour')),
	('23505 fee_rule_bank_pattern_key', 'insert into org.fee_rule (bank, pattern, max_dong) values (''demo'', ''PHI'', 2)'),
	('23514 business_day_kind_check', 'insert into rules.business_day (day, kind, name, source, verification) values (''2030-01-01'', ''party'', ''x'', ''x'', ''x'')'),
	('23514 category_rule_check', 'insert into rules.category (code, programme, name_vi, rate_code, needs_injury_pct, rule, source) values (''x'', ''merit'', ''x'', ''x'', false, ''whatever'', ''x'')'),
	('CH001 append_only', 'update rules.programme set code = ''y'' where code = ''rent'''),
	('CH001 append_only', 'update rules.category set code = ''y'' where code = (select min(code) from rules.category)')) as v(c, s);

select * from finish();
rollback;
