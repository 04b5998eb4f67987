-- Reconciliation: every illegal thing is tried, and beside it the legal one.
begin;
\ir ../lib/guards.psql

select pg_temp.batch_in('released') as batch \gset
select min(id) as payout, max(id) as other from payout.payout where batch = :batch \gset
select id as funding from org.funding_account where code = 'labour-demo' \gset
insert into bank.message_key (sealed) values ('k');
insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) values ('demo', 'file', 'statement', 's1', sha256('s'), 'b', true) returning id as message \gset
insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item)
	values (nextval('bank.statement_id_seq'), 1, 'e1', 'debit', 1000000, '2024-04-03', 'x', :message, 1) returning id as line, statement \gset
insert into bank.statement (id, funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained) overriding system value
	values (:statement, :funding, '2024-04-03', 1000000, 0, 1, 1, 1, 'fetched', true, true);

-- ---------------------------------------------------------------- what explains a line

create function pg_temp.allocation_sql(line bigint, n integer, kind text, amount bigint, payout text default 'null') returns text language sql as $$
	select format('insert into recon.allocation (line, n, kind, payout, amount_dong) values (%s, %s, %L, %s, %s)', line, n, kind, payout, amount)
$$;
select is(pg_temp.probe('owner', null, pg_temp.allocation_sql(l, 1, k, a, p)), w, format('an allocation: %s, %s, line %s, payout %s', k, a, case l when 0 then 'none' else 'one' end, case p when '0' then 'none' else p end))
	from (values (:line, 'payout', 1000000, :'payout', 'ok'), (:line, 'suspense', 1, 'null', 'ok'), (:line, 'payout', 0, :'payout', '23514 allocation_amount_dong_check'),
		(:line, 'payout', -1, :'payout', '23514 allocation_amount_dong_check'), (:line, 'gift', 1, 'null', '23514 allocation_kind_check'),
		(0, 'fee', 1, 'null', '23503 allocation_line_fkey'), (:line, 'payout', 1, '0', '23503 allocation_payout_fkey')) as v(l, k, a, p, w);
select pg_temp.done(pg_temp.try('owner', null, pg_temp.allocation_sql(:line, 1, 'fee', 400000)));
select is(pg_temp.probe('owner', null, pg_temp.allocation_sql(:line, n, 'suspense', 600000)), case n when 1 then '23505 allocation_pkey' else 'ok' end, format('part %s of a line whose part 1 is there', n)) from unnest(array[1, 2]) n;

-- ---------------------------------------------------------------- breaks

create function pg_temp.break_sql(kind text, amount bigint, line text default 'null', payout text default 'null') returns text language sql as $$
	select format('insert into recon.break (kind, funding_account, day, line, payout, amount_dong, note) values (%L, %s, ''2024-04-03'', %s, %s, %s, ''x'')', kind,
		(select id from org.funding_account where code = 'labour-demo'), line, payout, amount)
$$;
select is(pg_temp.probe(d, null, pg_temp.break_sql('rogue_debit', 1)), case when d in ('gate', 'auditor') then 'denied' else 'ok' end, format('the %s opens a break', d)) from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
select is(pg_temp.probe('scribe', null, pg_temp.break_sql(k, a)), w, format('a break: %s of %s', k, a))
	from (values ('overdue', 0, 'ok'), ('overdue', -1, '23514 break_amount_dong_check'), ('oddity', 1, '23514 break_kind_check')) as v(k, a, w);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('unmatched_debit', 1000000, :'line')));
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('balance_gap', 7)));
select is(pg_temp.probe('scribe', null, pg_temp.break_sql(k, a, l, p)), w, t)
	from (values ('unmatched_debit', 1000000, :'line', 'null', '23505 break_once', 'a difference is one break, and keeps its age'),
		('balance_gap', 8, 'null', 'null', '23505 break_once', 'also when it names neither line nor payout'),
		('rogue_debit', 1000000, :'line', 'null', 'ok', 'another kind is another break'), ('unmatched_debit', 1000000, :'line', :'payout', 'ok', 'and so is another payout')) as v(k, a, l, p, w, t);
select is(pg_temp.probe(d, null, s), 'denied', format('the %s: %s', d, s)) from unnest(array['desk', 'teller', 'scribe']) d, unnest(array['update recon.break set amount_dong = 0', 'delete from recon.break', 'truncate recon.break cascade']) s;

select max(id) as break from recon.break \gset
create function pg_temp.resolution_sql(break bigint, first text, second text) returns text language sql as $$
	select format('insert into recon.break_resolution (break, outcome, first_officer, second_officer) values (%s, ''explained'', %s, %s)', break, pg_temp.officer(first), pg_temp.officer(second))
$$;
select is(pg_temp.probe('owner', null, pg_temp.resolution_sql(:break, 'minh', 'minh')), '23514 break_resolution_check', 'nobody resolves a break alone');
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :break, pg_temp.officer('minh'))));
insert into auth.revocation (certificate, text, signatures) values (pg_temp.certificate('tam'), 'lost', 'admin');
select is(pg_temp.probe('owner', 'tam', pg_temp.resolution_sql(:break, 'minh', 'tam')), 'CH001 no_mandate', 'with a mandate in force');
select pg_temp.done(pg_temp.try('owner', 'tam', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :break, pg_temp.officer('tam'))));
select is(pg_temp.probe('owner', 'hoa', pg_temp.resolution_sql(:break, 'tam', 'hoa')), 'CH001 first_mandate', 'the first one''s too');
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :break, pg_temp.officer('minh'))));
select pg_temp.allows('owner', 'hoa', pg_temp.resolution_sql(:break, 'minh', 'hoa'), 'two do');
select is(pg_temp.probe('owner', null, pg_temp.resolution_sql(:break, 'son', 'lan')), 'CH001 break_resolved', 'once');
select is(pg_temp.probe('owner', 'tam', format('insert into recon.break_proposal (break, officer, outcome) values (0, %s, ''x'')', pg_temp.officer('tam'))), '23503 break_proposal_break_fkey', 'a break that is there');

-- A break that came back from the archive before its line gets that line, once; nothing else of any break changes.
create function pg_temp.lost_sql(entry text) returns text language sql as $$
	select format('insert into recon.break (kind, funding_account, day, entry_ref, amount_dong, note) values (''unmatched_debit'', %s, ''2024-04-03'', %L, 1000000, ''x'')',
		(select id from org.funding_account where code = 'labour-demo'), entry)
$$;
select is(pg_temp.probe('scribe', null, pg_temp.lost_sql('e1')), 'denied', 'only the owner brings a break back from the archive');
select pg_temp.done(pg_temp.try('owner', null, pg_temp.lost_sql(e))) from unnest(array['e1', 'e1', 'e2']) e;
select max(id) as other_lost, max(id) - 1 as lost from recon.break \gset
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :lost, pg_temp.officer('minh'))));
select is(pg_temp.probe('owner', 'hoa', pg_temp.resolution_sql(:lost, 'minh', 'hoa')), 'CH001 line_missing', 'nobody resolves what has no line yet');
select is(pg_temp.probe(d, null, format('update recon.break set %s where id = %s', x, b)), w, format('the %s sets %s of %s', d, x, t)) from (values
	('scribe', format('line = %s', :line), :other_lost, 'CH001 append_only', 'one that waits for another entry'), ('scribe', format('line = %s', :line), :break, 'CH001 append_only', 'one that did not come back from the archive'),
	('scribe', 'line = null', :lost, 'CH001 append_only', 'one that waits'), ('owner', format('line = %s, amount_dong = 1', :line), :lost, 'CH001 append_only', 'one that waits'),
	('desk', format('line = %s', :line), :lost, 'denied', 'one that waits'), ('scribe', format('line = %s', :line), :lost, '23505 break_once', 'one whose line has a break of this kind')) as v(d, x, b, w, t);
select is(pg_temp.probe('owner', null, 'delete from recon.break where id = ' || :lost), 'CH001 append_only', 'and none goes away');
-- One of a statement as a whole gets its statement, once.
select pg_temp.done(pg_temp.try('scribe', null, replace(pg_temp.break_sql('chain_gap', 7), '2024-04-03', '2024-04-02')));
select max(id) as other_day from recon.break \gset
select is(pg_temp.probe(d, null, format('update recon.break set statement = %s%s where id = %s', :statement, m, b)), w, t) from (values
	('scribe', :break, '', 'ok', 'a break that names nothing gets the statement of its day'), ('scribe', :other_day, '', 'CH001 append_only', 'and no other day''s'),
	('owner', :break, ', amount_dong = 8', 'CH001 append_only', 'and nothing else'), ('scribe', :lost, '', 'CH001 append_only', 'one with a line has none'),
	('desk', :break, '', 'denied', 'the desk gives it none')) as v(d, b, m, w, t);

-- A debit and what came back of it are resolved together, each naming the other: the same money on one account, in and out.
create function pg_temp.suspense(direction text, amount bigint) returns bigint language plpgsql as $$
declare
	l bigint;
begin
	set local session_replication_role = replica;
	insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item)
		select max(s.id), n, 'pair' || n, direction, amount, '2024-04-03', 'x', (select max(id) from bank.message), n
		from bank.statement s, nextval('pg_temp.people') n group by n returning id into l;
	set local session_replication_role = origin;
	insert into recon.allocation (line, kind, amount_dong) values (l, 'suspense', amount);
	perform pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('unmatched_' || direction, amount, l::text)));
	return (select max(id) from recon.break);
end $$;
create function pg_temp.pair(debit bigint, credit bigint, halves integer default 2, a text default 'taken_back', b text default 'sent_back') returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome, pair) values (%1$s, %3$s, %4$L, %2$s), (%2$s, %3$s, %5$L, %1$s)',
		debit, credit, pg_temp.officer('minh'), a, b)));
	return pg_temp.probe('desk', 'hoa', (select 'insert into recon.break_resolution (break, outcome, pair, first_officer, second_officer) values '
		|| string_agg(format('(%s, %L, %s, %s, %s)', x, o, y, pg_temp.officer('minh'), pg_temp.officer('hoa')), ', ' order by n)
		from (values (1, debit, a, credit), (2, credit, b, debit)) as v(n, x, o, y) where n <= halves));
end $$;
select pg_temp.suspense('debit', 5000) as debit, pg_temp.suspense('credit', 5000) as credit, pg_temp.suspense('credit', 4999) as less, pg_temp.suspense('debit', 5000) as same \gset
select is(pg_temp.pair(:debit, c, n, a, b), w, t) from (values
	(:credit::bigint, 1, 'taken_back', 'sent_back', 'CH001 half_a_pair', 'half of a pair is not resolved'), (:credit, 2, 'taken_back', 'sent_back', 'ok', 'both at once are'),
	(:less, 2, 'taken_back', 'sent_back', 'CH001 break_pair', 'not with one đồng less'), (:same, 2, 'taken_back', 'sent_back', 'CH001 break_pair', 'not two debits'),
	(:credit, 2, 'sent_back', 'taken_back', 'CH001 break_pair', 'not the wrong way round'), (:credit, 2, 'taken_back', 'taken_back', 'CH001 break_pair', 'not both one way'),
	(:credit, 2, 'fee', 'refundable', 'CH001 half_a_pair', 'nothing else is a pair'), (:lost, 2, 'taken_back', 'sent_back', 'CH001 break_pair', 'and not with what has no line')) as v(c, n, a, b, w, t);
select is(pg_temp.probe('desk', 'hoa', format('insert into recon.break_resolution (break, outcome, first_officer, second_officer) values (%s, ''taken_back'', %s, %s)',
	:debit, pg_temp.officer('minh'), pg_temp.officer('hoa'))), 'CH001 not_proposed', 'nor alone with another word than was proposed');

-- Of a database that was restored: what the books have resolved is not resolved again.
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :less, pg_temp.officer('minh'))));
select is(pg_temp.probe('owner', 'hoa', pg_temp.resolution_sql(:less, 'minh', 'hoa')), 'ok', 'what the books do not know two officers resolve');
set local session_replication_role = replica;
insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, legs, leaf, leaf_hash)
	values (999999, format('k%s.resolved', :less), sha256('x'), 'break.resolved', '2024-04-03', now(), false, 0, 'x', sha256('\x0078'));
set local session_replication_role = origin;
select is(pg_temp.probe('owner', 'hoa', pg_temp.resolution_sql(:less, 'minh', 'hoa')), 'CH001 resolved_in_books', 'what they know nobody resolves again');

-- What was resolved stays so; what the bank says afterwards about the same payout is a break of its own, and its claim in question again.
select pg_temp.put(:payout, 8);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('contradiction', 1000000, 'null', :'payout')));
select claim from payout.payout where id = :payout \gset
select is(pg_temp.probe('teller', null, pg_temp.break_sql('contradiction', 1000000, 'null', :'payout')), '23505 break_once', 'what a bank says twice is one break while it is open');
select max(id) as said from recon.break \gset
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %s, ''explained'')', :said, pg_temp.officer('minh'))));

-- Its validity ends on Saturday the 6th; the bank posts one business day later. A statement of each is needed, fetched, complete, judged.
create function pg_temp.told(days date[], judged boolean default true, source text default 'fetched', closing bigint default 0) returns text language plpgsql as $$
declare
	d date;
	n bigint := 1;
	s bigint;
	r text;
begin
	foreach d in array days loop
		n := n + 1;
		insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
			select id, d, 0, told.closing, 0, 1, n, told.source, told.closing = 0, told.closing = 0 from org.funding_account where code = 'labour-demo' returning id into s;
	end loop;
	update ops.progress set upto = case when judged then s else s - 1 end where name = 'absence';
	r := pg_temp.probe('owner', 'hoa', (select pg_temp.resolution_sql(max(id), 'minh', 'hoa') from recon.break));
	raise exception 'undone' using errcode = 'UNDO1', detail = r;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
select is(recon.waits_for(:said), date '2024-04-09', 'a contradiction waits for the first business day after its validity and the posting lag');
select is(pg_temp.probe('owner', 'hoa', pg_temp.resolution_sql(:said, 'minh', 'hoa')), 'CH001 too_early', 'until then nobody resolves it: the claim could be paid twice');
select is(pg_temp.told(d::date[], j, o, c), w, t) from (values
	('{2024-04-04, 2024-04-05, 2024-04-08}', true, 'fetched', 0, 'CH001 too_early', 'nor with the statement of its last valid day alone'),
	('{2024-04-04, 2024-04-05, 2024-04-08, 2024-04-09}', false, 'fetched', 0, 'CH001 too_early', 'nor before every line of the last one was judged'),
	('{2024-04-04, 2024-04-05, 2024-04-08, 2024-04-09}', true, 'uploaded', 0, 'CH001 too_early', 'nor by statements that a person brought'),
	('{2024-04-09, 2024-04-10}', true, 'fetched', 1, 'CH001 too_early', 'nor by one that does not add up'),
	('{2024-04-04, 2024-04-05, 2024-04-08, 2024-04-09}', true, 'fetched', 0, 'ok', 'with both it is resolved')) as v(d, j, o, c, w, t);
-- The statement of the 9th does not add up, and a better one never comes: the bank's letter stands for it when somebody looked into it and the
-- last five statements are whole.
create function pg_temp.by_letter(letter text, after integer, looked boolean, last_gap boolean, judged boolean, said text default null) returns text language plpgsql as $$
declare
	b bigint;
	s bigint;
	r text;
begin
	select max(id) into b from recon.break;
	perform pg_temp.done(pg_temp.try('owner', 'minh', format('insert into recon.break_proposal (break, officer, outcome, letter) values (%s, %s, ''explained'', %L)', b, pg_temp.officer('minh'), coalesce(said, letter))));
	insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
		select f.id, date '2024-04-09' + n, least(n, 1), case when n > 0 and last_gap and n = after then 2 else 1 end, 0, 1, n + 2, 'fetched',
			not (n = 0 or last_gap and n = after), true from org.funding_account f, generate_series(0, after) n where f.code = 'labour-demo' order by n;
	select max(id) into s from bank.statement;
	update ops.progress set upto = case when judged then s else s - 1 end where name = 'absence';
	set local session_replication_role = replica;
	insert into recon.break (kind, funding_account, day, statement, amount_dong, note)
		select 'balance_gap', x.funding_account, x.day, x.id, 1, 'x' from bank.statement x where not x.complete;
	insert into recon.break_resolution (break, outcome, first_officer, second_officer)
		select k.id, 'explained', pg_temp.officer('minh')::bigint, pg_temp.officer('hoa')::bigint from recon.break k where looked and k.statement is not null;
	set local session_replication_role = origin;
	r := pg_temp.probe('desk', 'hoa', format('insert into recon.break_resolution (break, outcome, letter, first_officer, second_officer) values (%s, ''explained'', %L, %s, %s)', b, letter, pg_temp.officer('minh'), pg_temp.officer('hoa')));
	raise exception 'undone' using errcode = 'UNDO1', detail = r;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
select is(pg_temp.by_letter(l, n, k, g, j, s), w, t) from (values
	('CV 12, 20/4', 5, true, false, true, null, 'ok', 'a letter of the bank stands for a statement that never adds up'), (null, 5, true, false, true, null, 'CH001 too_early', 'two officers'' word alone does not'),
	('CV 12, 20/4', 4, true, false, true, null, 'CH001 too_early', 'nor a letter before five more statements'), ('CV 12, 20/4', 5, false, false, true, null, 'CH001 too_early', 'nor while nobody looked into the gap'),
	('CV 12, 20/4', 6, true, true, true, null, 'CH001 too_early', 'nor when the last one does not add up either'), ('CV 12, 20/4', 5, true, false, false, null, 'CH001 too_early', 'nor before every line was judged'),
	('CV 12, 20/4', 5, true, false, true, 'CV 13, 20/4', 'CH001 not_proposed', 'and both name the same letter')) as v(l, n, k, g, j, s, w, t);
insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
	values (:funding, '2024-04-08', 0, 0, 0, 1, 2, 'fetched', true, true), (:funding, '2024-04-09', 0, 0, 0, 1, 3, 'fetched', true, true);
update ops.progress set upto = (select max(id) from bank.statement) where name = 'absence';
select is(recon.waits_for(:said), null, 'then it waits for nothing');
select pg_temp.done(pg_temp.try('owner', 'hoa', pg_temp.resolution_sql(:said, 'minh', 'hoa')));
select ok(not payout.in_question(:claim, 2::smallint), 'a contradiction that two officers resolved speaks against nothing');
select pg_temp.done(pg_temp.try('teller', null, pg_temp.break_sql('contradiction', 1000000, 'null', :'payout')));
select ok(payout.in_question(:claim, 2::smallint), 'what the bank says after that does');

-- A late debit of what ended unpaid, and money that came back without saying whose.
create function pg_temp.sql_line(direction text, amount bigint, payout text, fits text default null) returns bigint language plpgsql as $$
declare
	l bigint;
begin
	set local session_replication_role = replica;
	insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, payout, amount_fits, text, message, item)
		select id, n, 'late' || n, direction, amount, '2024-04-09', payout::bigint, fits::boolean, 'x', (select max(id) from bank.message), n
		from (select max(id) as id from bank.statement) s, nextval('pg_temp.people') n returning id into l;
	set local session_replication_role = origin;
	insert into recon.allocation (line, kind, amount_dong) values (l, 'suspense', amount);
	return l;
end $$;
create function pg_temp.resolved_sql(break bigint, outcome text, payout text) returns text language sql as $$
	select format('insert into recon.break_resolution (break, outcome, payout, first_officer, second_officer) values (%s, %L, %s, %s, %s)', break, outcome, payout, pg_temp.officer('minh'), pg_temp.officer('hoa'))
$$;
create function pg_temp.found(break bigint, outcome text, payout text) returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', 'minh', format('insert into recon.break_proposal (break, officer, outcome, payout, reason) values (%s, %s, %L, %s, ''looked'')', break, pg_temp.officer('minh'), outcome, payout)));
	return pg_temp.probe('desk', 'hoa', pg_temp.resolved_sql(break, outcome, payout));
end $$;
create function pg_temp.explained_as(kind text, state integer, outcome text) returns text language plpgsql as $$
declare
	b bigint := pg_temp.batch_in('released');
	p bigint;
begin
	select min(x.id) into p from payout.payout x where x.batch = b;
	perform pg_temp.put(p, state);
	perform pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql(kind, 1000000, pg_temp.sql_line('debit', 1000000, p::text, 'true')::text, p::text)));
	return pg_temp.found((select max(id) from recon.break), outcome, 'null');
end $$;
-- What the bank took with a payout's id is that payout's, or the bank gives it back: nothing else explains it, or the claim would be paid
-- again, now (it ended unpaid) or as soon as it is absent from the statement (it has no end yet).
select is(pg_temp.explained_as(k, s, o), 'CH001 paid_after_all', format('a debit of a payout in state %s (%s) is no %s', s, k, o))
	from (values ('contradiction', 8), ('amount_differs', 4), ('account_differs', 3), ('double_debit', 10), ('rogue_debit', 11)) as v(k, s),
		unnest(array['fee', 'without_entry', 'oddity']) o;
select pg_temp.batch_in('released') as late \gset
select min(id) as first, max(id) as second from payout.payout where batch = :late \gset
select claim as late_claim from payout.payout where id = :first \gset
select pg_temp.put(:first, 8), pg_temp.put(:second, 7);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('contradiction', 1000000, pg_temp.sql_line('debit', 1000000, :'first', 'true')::text, :'first')));
select max(id) as paid from recon.break \gset
select is(pg_temp.found(:paid, o, p), w, t) from (values
	('paid_after_all', :'first', 'ok', 'a late debit of what was refused is found to be its payment'),
	('paid_after_all', :'second', 'CH001 break_outcome', 'not another''s'), ('paid_after_all', 'null', 'CH001 break_outcome', 'nor nobody''s'),
	('recovery', :'first', 'CH001 break_outcome', 'nothing is recovered of a claim that is owed still')) as v(o, p, w, t);
select is(pg_temp.probe('desk', 'hoa', pg_temp.move_sql(:first, 8, 7, 14)), 'CH001 not_decided', 'without that word it moves nowhere');
select is(pg_temp.probe('scribe', null, pg_temp.move_sql(:first, 8, 7, 5)), 'CH001 illegal_move', 'not even by a statement');
select pg_temp.put(:first, 4);
select is(pg_temp.found(:paid, 'paid_after_all', :'first'), 'CH001 break_outcome', 'what has no end yet did not end unpaid');
select pg_temp.put(:first, 8);

-- A debit that nobody ordered, with the id of what was cancelled: two officers may find that the person has the money. Not of what may still be sent.
select pg_temp.batch_in('released') as nobodys \gset
select max(id) as nobodys from payout.payout where batch = :nobodys \gset
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('rogue_debit', 1000000, pg_temp.sql_line('debit', 1000000, :'nobodys', 'true')::text, :'nobodys')));
select concat(pg_temp.put(:nobodys, s), is((select pg_temp.found(max(id), o, :'nobodys') from recon.break), w, format('a debit that nobody ordered, of a payout in state %s: %s', s, o)))
	from (values (1, 'paid_after_all', 'CH001 break_outcome'), (2, 'paid_after_all', 'CH001 break_outcome'), (11, 'recovery', 'CH001 break_outcome'), (11, 'paid_after_all', 'ok')) as v(s, o, w);
select is(pg_temp.probe('desk', 'hoa', pg_temp.move_sql(:nobodys, 11, 7, 14)), 'CH001 not_decided', 'what was cancelled is paid by that word alone');
select is(pg_temp.probe('scribe', null, pg_temp.move_sql(:nobodys, 11, 7, 5)), 'CH001 illegal_move', 'not by the statement');
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('rogue_debit', 999999, pg_temp.sql_line('debit', 999999, :'nobodys', 'false')::text, :'nobodys')));
select is((select pg_temp.found(max(id), 'paid_after_all', :'nobodys') from recon.break), 'CH001 break_outcome', 'one of another amount is nobody''s payment');

-- Its next issue: a live one waits, a settled one makes the debit a second payment, an unpaid one changes nothing.
select pg_temp.frozen_batch(1) as again \gset
set local session_replication_role = replica;
update payout.payout set claim = :late_claim, issue = 2 where batch = :again;
set local session_replication_role = origin;
select min(id) as reissue from payout.payout where batch = :again \gset
select is(pg_temp.found(:paid, 'paid_after_all', :'first'), 'CH001 still_live', 'while its next issue is in a batch, nothing is decided');
set local session_replication_role = replica;
insert into payout.payout_state (payout, state) values (:reissue, 1);
set local session_replication_role = origin;
create function pg_temp.found_while(state integer, reissue bigint, break bigint, outcome text, payout text) returns text language plpgsql as $$
begin
	perform pg_temp.put(reissue, state);
	return pg_temp.found(break, outcome, payout);
end $$;
select is(pg_temp.found_while(s, :reissue, :paid, o, :'first'), w, format('%s while its next issue is in state %s', o, s)) from (values
	(4, 'paid_after_all', 'CH001 still_live'), (4, 'recovery', 'CH001 still_live'), (7, 'paid_after_all', 'CH001 paid_twice'), (7, 'recovery', 'ok'), (9, 'paid_after_all', 'ok')) as v(s, o, w);
-- Whoever was paid by an earlier payout is not paid by a later one, however the one between them ended.
create function pg_temp.third(paid bigint, first text, claim bigint) returns text language plpgsql as $$
begin
	perform pg_temp.found(paid, 'paid_after_all', first);
	perform pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.resolved_sql(paid, 'paid_after_all', first)));
	perform pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.move_sql(first::bigint, 8, 7, 14)));
	raise exception using message = pg_temp.try('desk', 'lan', pg_temp.line_sql(pg_temp.open_batch(), claim, 3)), errcode = 'UNDO2';
exception when sqlstate 'UNDO2' then
	return sqlerrm;
end $$;
select pg_temp.put(:reissue, 9);
select is(pg_temp.third(:paid, :'first', :late_claim), 'CH001 in_question', 'issue 3 of what its issue 1 paid after all is refused');
select pg_temp.put(:reissue, 7);
select pg_temp.done(pg_temp.found(:paid, 'recovery', :'first'));
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.resolved_sql(:paid, 'recovery', :'first')));
select ok(payout.in_question(:late_claim, 3::smallint), 'a claim that was paid twice is never paid again');

-- A second debit of what was paid (its own payout says so) is to be recovered; of what has no end yet nothing is.
select pg_temp.batch_in('released') as doubled \gset
select max(id) as doubled from payout.payout where batch = :doubled \gset
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('double_debit', 1000000, pg_temp.sql_line('debit', 1000000, :'doubled', 'true')::text, :'doubled')));
select concat(pg_temp.put(:doubled, s), is((select pg_temp.found(max(id), o, :'doubled') from recon.break), w, format('a debit too many of a payout in state %s: %s', s, o)))
	from (values (7, 'recovery', 'ok'), (7, 'paid_after_all', 'CH001 break_outcome'), (10, 'recovery', 'CH001 break_outcome'), (5, 'recovery', 'CH001 break_outcome')) as v(s, o, w);

-- One line, two breaks: it is one thing.
select line as late_line from recon.break where id = :paid \gset
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('unmatched_debit', 1000000, :'late_line')));
select is((select pg_temp.found(max(id), 'fee', 'null') from recon.break), 'CH001 break_resolved', 'what a line is found to be under one break is not found again under another');

select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('unmatched_credit', 1000000, pg_temp.sql_line('credit', 1000000, null)::text)));
select max(id) as came from recon.break \gset
select is(pg_temp.found(:came, o, p), w, t) from (values
	('return', :'second', 'ok', 'money that came back is found to be a settled payout''s'), ('return', :'first', 'CH001 payout_state', 'of no other'),
	('return', 'null', 'CH001 not_its_return', 'of none'), ('refundable', :'second', 'CH001 break_outcome', 'what is owed to the treasury is no payout''s')) as v(o, p, w, t);
select pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql('unmatched_credit', 999999, pg_temp.sql_line('credit', 999999, null)::text)));
select is((select pg_temp.found(max(id), 'return', :'second') from recon.break), 'CH001 not_its_return', 'one đồng less is not its return');
select pg_temp.done(pg_temp.found(:came, 'return', :'second'));
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.resolved_sql(:came, 'return', :'second')));
select is(pg_temp.probe(d, 'hoa', pg_temp.move_sql(:second, 7, 10, 14)), case d when 'desk' then 'ok' else 'CH001 not_yours' end, format('then the %s moves it', d)) from unnest(array['desk', 'scribe']) d;

-- ---------------------------------------------------------------- reconciliations

create function pg_temp.reconciliation_sql(unallocated bigint, overdue bigint, suspense bigint, unexplained bigint, result text default 'clean') returns text language sql as $$
	select format('insert into recon.reconciliation (funding_account, day, opening_dong, debits_dong, credits_dong, closing_dong, unallocated_dong, overdue_dong, suspense_dong, unexplained_dong, breaks, result)
		values (%s, ''2024-04-03'', 0, 0, 0, 0, %s, %s, %s, %s, 0, %L)', (select id from org.funding_account where code = 'labour-demo'), unallocated, overdue, suspense, unexplained, result)
$$;
select is(pg_temp.probe('owner', null, pg_temp.reconciliation_sql(a, b, c, u, r)), w, format('unexplained %s of %s + %s + %s, %s', u, a, b, c, r))
	from (values (1, 2, 4, 7, 'breaks', 'ok'), (0, 0, 0, 0, 'clean', 'ok'), (1, 2, 4, 6, 'breaks', '23514 reconciliation_check'), (1, 0, 0, 0, 'clean', '23514 reconciliation_check'), (0, 0, 0, 0, 'fine', '23514 reconciliation_result_check')) as v(a, b, c, u, r, w);

-- ---------------------------------------------------------------- the cash agent's list

select id as post from org.channel where code = 'post' \gset
create function pg_temp.list_sql(first text, second text) returns text language sql as $$
	select format('insert into recon.cash_list (channel, message, paid_count, paid_dong, unpaid_count, unpaid_dong, first_officer, second_officer) values (%s, %s, 1, 1, 0, 0, %s, %s)',
		(select id from org.channel where code = 'post'), (select id from bank.message where external_id = 's1'), coalesce(pg_temp.officer(first)::text, 'null'), coalesce(pg_temp.officer(second)::text, 'null'))
$$;
select is(pg_temp.probe('owner', m, pg_temp.list_sql(a, b)), w, format('a list of %s and %s, while %s acts', a, coalesce(b, 'nobody'), coalesce(m, 'nobody')))
	from (values ('minh', null, 'minh', 'ok'), ('minh', null, 'hoa', 'CH001 not_yours'), ('minh', null, null, 'CH001 not_yours'), ('minh', 'hoa', 'minh', 'CH001 not_proposed'),
		('minh', 'minh', 'minh', '23514 cash_list_check')) as v(a, b, m, w);
select pg_temp.done(pg_temp.try('owner', 'minh', pg_temp.list_sql('minh', null)));
select max(id) as list from recon.cash_list \gset
select is(pg_temp.probe('desk', 'hoa', format('update recon.cash_list set second_officer = %s where id = %s', pg_temp.officer('hoa'), :list)), 'CH001 no_mandate', 'the second needs the mandate');
insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) values (pg_temp.officer('hoa'), pg_temp.certificate('hoa'), 'cash', 'labour', '*', 1);
select is(pg_temp.probe('desk', 'hoa', format('update recon.cash_list set second_officer = %s where id = %s', pg_temp.officer('hoa'), :list)), 'CH001 first_mandate', 'and the first one still has it');
insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) values (pg_temp.officer('minh'), pg_temp.certificate('minh'), 'cash', 'labour', '*', 1);
select is(pg_temp.probe('desk', m, format('update recon.cash_list set second_officer = %s where id = %s', coalesce(pg_temp.officer(b)::text, 'null'), :list)), w,
	format('proposed by minh, confirmed by %s, while %s acts', coalesce(b, 'nobody'), m))
	from (values ('minh', 'minh', '23514 cash_list_check'), ('hoa', 'hoa', 'ok'), ('hoa', 'minh', 'CH001 not_yours'), (null, 'minh', 'CH001 append_only')) as v(b, m, w);
select is(pg_temp.probe('owner', 'hoa', format('update recon.cash_list set second_officer = %s, paid_dong = 2 where id = %s', pg_temp.officer('hoa'), :list)), 'CH001 append_only', 'nothing else of it changes');
select pg_temp.done(pg_temp.try('desk', 'hoa', format('update recon.cash_list set second_officer = %s where id = %s', pg_temp.officer('hoa'), :list)));
select is(pg_temp.probe('desk', m, format('update recon.cash_list set second_officer = %s where id = %s', pg_temp.officer(m), :list)), 'CH001 append_only', format('it is confirmed once (%s)', m)) from unnest(array['hoa', 'tam']) m;
select is(pg_temp.probe('owner', 'minh', pg_temp.list_sql('minh', null)), '23505 cash_list_message_key', 'a file is one list');
select is(pg_temp.probe('owner', null, format('delete from recon.cash_list where id = %s', :list)), 'CH001 append_only', 'a list stays');
insert into recon.cash_line (list, n, payout, paid, amount_dong, day) values (:list, 1, :payout, true, 1000000, '2024-04-03');
select is(pg_temp.probe('owner', null, format('insert into recon.cash_line (list, n, payout, paid, amount_dong, day) values (%s, %s, %s, true, 1000000, ''2024-04-03'')', :list, n, p)), w, t)
	from (values (2, :payout, '23505 cash_line_pkey', 'a payout is on a list once'), (1, :other, 'ok', 'one row may be several payouts'),
		(2, 0, '23503 cash_line_payout_fkey', 'a payout that is there')) as v(n, p, w, t);

select * from finish();
rollback;
