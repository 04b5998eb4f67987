-- What two officers decide about money beside payouts: each illegal thing is tried, and beside it the legal one.
begin;
\ir ../lib/guards.psql

select id as funding from org.funding_account where code = 'labour-demo' \gset
-- in_books ACCOUNT AMOUNT: its balance
create function pg_temp.in_books(account text, amount bigint) returns void language plpgsql as $$
begin
	set local session_replication_role = replica;
	insert into books.ledger_account (code) values (account) on conflict do nothing;
	insert into books.balance (account, balance) select id, amount from books.ledger_account where code = account
		on conflict on constraint balance_pkey do update set balance = excluded.balance;
	set local session_replication_role = origin;
end $$;

-- ---------------------------------------------------------------- refunds to the treasury

create function pg_temp.refund_order(kind text, reference text, amount bigint, officer text default 'minh') returns bigint language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', officer, format('insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) values (%s, %L, %L, %s, %s)',
		(select id from org.funding_account where code = 'labour-demo'), kind, reference, amount, pg_temp.officer(officer))));
	return (select max(id) from org.funding_order);
end $$;
create function pg_temp.confirm(o bigint, officer text) returns text language sql as $$
	select format('insert into org.refund_confirmed (funding_order, officer) values (%s, %s)', o, pg_temp.officer(officer))
$$;
select pg_temp.in_books('liabilities:refundable:labour-demo', -1000), pg_temp.in_books('liabilities:advance:labour-demo', -500);
select pg_temp.refund_order('refund', 'NT-1', 1000) as owed, pg_temp.refund_order('unspent', 'NT-2', 500) as unspent, pg_temp.refund_order('treasury', 'NT-3', 1) as money_in,
	pg_temp.refund_order('refund', 'NT-4', 1001) as more, pg_temp.refund_order('unspent', 'NT-5', 501) as more_unspent, pg_temp.refund_order('refund', 'NT-6', 1) as further,
	pg_temp.refund_order('refund', 'NT-7', 1, 'lan') as of_nobody, pg_temp.refund_order('unspent', 'NT-8', 300) as unspent_part \gset
select is(pg_temp.probe(d, who, pg_temp.confirm(o, by_whom)), w, t) from (values
	('desk', 'hoa', :owed::bigint, 'hoa', 'ok', 'another officer confirms what is paid back to the treasury'), ('desk', 'hoa', :unspent, 'hoa', 'ok', 'and what was not spent'),
	('desk', 'minh', :owed, 'minh', 'CH001 same_officer', 'not the one who ordered it'), ('desk', 'minh', :owed, 'hoa', 'CH001 not_yours', 'nor somebody in his name'),
	('desk', 'lan', :owed, 'lan', 'CH001 no_mandate', 'nor one without the mandate'), ('desk', 'hoa', :of_nobody, 'hoa', 'CH001 first_mandate', 'which the first one needs too'),
	('desk', 'hoa', :money_in, 'hoa', 'CH001 order_differs', 'money that comes in is confirmed by nobody'),
	('desk', 'hoa', :more, 'hoa', 'CH001 refund_too_much', 'not one đồng more than the treasury is owed'), ('desk', 'hoa', :more_unspent, 'hoa', 'CH001 refund_too_much', 'nor more than was not spent'),
	('scribe', null, :owed, 'hoa', 'denied', 'the scribe confirms nothing')) as v(d, who, o, by_whom, w, t);
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.confirm(:owed, 'hoa')));
select is(pg_temp.probe('desk', 'hoa', pg_temp.confirm(:further, 'hoa')), 'CH001 refund_too_much', 'what was ordered and has not gone yet is counted');
select is(pg_temp.probe('owner', null, s), 'CH001 append_only', s) from unnest(array['update org.refund_confirmed set officer = 1', 'delete from org.refund_confirmed']) s;

-- What is promised to the treasury nothing of ours takes: posted AMOUNT FLOORS: what becomes of taking it out of the advance.
create function pg_temp.posted(amount bigint, floors boolean) returns text language sql as $$
	select pg_temp.probe('owner', null, format($q$ with b as (select * from books.begin_post(array['x.promised'], array[sha256('x')],
			array['liabilities:advance:labour-demo', 'income:funding:labour:merit']))
		select books.post(b.first_seq, b.recorded, array['x.promised'], array[sha256('x')], array['batch.released'], array['2030-01-01'::date], array[false],
			array[null::bigint], array[2::smallint], array['x'::bytea], array[sha256('\x0078')], array[1, 1], array[1, 2]::smallint[], array[1, 2],
			array[%s, %s]::bigint[], b.accounts, %L::boolean) from b $q$, amount, -amount, floors))
$$;
select pg_temp.in_books('income:funding:labour:merit', 0);
alter table books.balance disable trigger guard_change;	-- these balances have no postings
select is(org.promised('liabilities:advance:labour-demo'), 0::bigint, 'nothing is promised by one officer');
select is(pg_temp.posted(500, true), 'ok', 'so all of the advance may go');
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.confirm(:unspent_part, 'hoa')));
select is(org.promised('liabilities:' || a), s::bigint, a) from (values ('advance:labour-demo', 300), ('refundable:labour-demo', 1000), ('advance:other', 0), ('payable:labour-demo', 0)) as v(a, s);
select is(pg_temp.posted(a, f), w, t) from (values (200, true, 'ok', 'what two did not promise goes'), (201, true, 'CH001 floor', 'not one đồng of what they did'),
	(501, false, 'ok', 'whatever it is, what a bank says is recorded'), (-1, true, 'ok', 'more may come in')) as v(a, f, w, t);
select pg_temp.in_books('liabilities:advance:labour-demo', -200);
select is(pg_temp.posted(a, true), w, t) from (values (1, 'CH001 floor', 'where less is there than was promised, nothing goes'), (-1, 'ok', 'but what comes in is booked')) as v(a, w, t);
create function pg_temp.withdrawn(o bigint, officer text) returns text language sql as $$
	select format('insert into org.refund_withdrawn (funding_order, officer, reason) values (%s, %s, ''kho bạc đổi ý'')', o, pg_temp.officer(officer))
$$;
select is(pg_temp.probe(d, who, pg_temp.withdrawn(o, by_whom)), w, t) from (values
	('desk', 'minh', :unspent_part::bigint, 'minh', 'ok', 'one officer stops a refund'), ('desk', 'hoa', :unspent, 'hoa', 'ok', 'or one that nobody confirmed'),
	('desk', 'minh', :unspent_part, 'hoa', 'CH001 not_yours', 'not in another''s name'), ('desk', 'lan', :unspent_part, 'lan', 'CH001 no_mandate', 'nor without the mandate'),
	('desk', 'hoa', :money_in, 'hoa', 'CH001 order_differs', 'money that comes in is not stopped'), ('scribe', null, :unspent_part, 'hoa', 'denied', 'the scribe stops nothing')) as v(d, who, o, by_whom, w, t);
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.withdrawn(:unspent_part, 'minh')));
select is(org.promised('liabilities:advance:labour-demo') || ' ' || pg_temp.posted(200, true), '0 ok', 'and its money is free again');
select is(pg_temp.probe('desk', 'minh', pg_temp.withdrawn(:unspent_part, 'minh')), '23505 refund_withdrawn_pkey', 'it is stopped once');
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.withdrawn(:unspent, 'hoa')));
select is(pg_temp.probe('desk', 'hoa', pg_temp.confirm(:unspent, 'hoa')), 'CH001 order_withdrawn', 'and not confirmed any more');
set local session_replication_role = replica;
insert into recon.allocation (line, kind, funding_order, amount_dong) values (1, 'refund', :owed, 1000);
set local session_replication_role = origin;
select is(org.promised('liabilities:refundable:labour-demo'), 0::bigint, 'what the bank has debited is promised no more');
select is(pg_temp.probe('desk', 'hoa', pg_temp.withdrawn(:owed, 'hoa')), 'CH001 refund_gone', 'nor stopped');
select is(pg_temp.probe('owner', null, s), 'CH001 append_only', s) from unnest(array['update org.refund_withdrawn set officer = 1', 'delete from org.refund_withdrawn']) s;
alter table books.balance enable trigger guard_change;

-- ---------------------------------------------------------------- what nobody came for

-- put STATE: a claim whose payout stands so; returns the claim
create function pg_temp.ended(state integer) returns bigint language plpgsql as $$
declare
	c bigint := pg_temp.claim();
begin
	set local session_replication_role = replica;
	with p as (insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
			select c, 1, 1, c, sha256('x'), 1, sha256('x'), lpad(c::text, 19, '0') returning id)
		insert into payout.payout_state (payout, state) select p.id, ended.state from p;
	set local session_replication_role = origin;
	return c;
end $$;
create function pg_temp.cancelled(c bigint, reason text default 'unclaimed', decision text default 'd', proposed text default 'd') returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', 'minh', format('insert into payout.claim_void_proposal (claim, officer, reason, decision) values (%s, %s, %L, %L)',
		c, pg_temp.officer('minh'), reason, sha256(proposed::bytea))));
	return pg_temp.probe('desk', 'hoa', format('insert into payout.claim_void (claim, reason, first_officer, second_officer, decision) values (%s, %L, %s, %s, %L)',
		c, reason, pg_temp.officer('minh'), pg_temp.officer('hoa'), sha256(decision::bytea)));
end $$;
select is(pg_temp.cancelled(pg_temp.ended(10)), 'ok', 'what was paid and came back is cancelled by two officers with a written decision');
select is(pg_temp.cancelled(pg_temp.ended(10), 'unclaimed', 'other'), 'CH001 not_proposed', 'the same one');
select is(pg_temp.cancelled(pg_temp.ended(8)), 'CH001 not_unclaimed', 'what was refused never was unclaimed');
select is(pg_temp.cancelled(pg_temp.claim()), 'CH001 not_unclaimed', 'nor what nobody tried to pay');
select is(pg_temp.cancelled(pg_temp.ended(7)), 'CH001 not_unclaimed', 'nor what was paid');
select is(pg_temp.probe('desk', 'minh', format('insert into payout.claim_void_proposal (claim, officer, reason, decision) values (%s, %s, %L, %L)',
	pg_temp.ended(10), pg_temp.officer('minh'), r, d)), '23514 claim_void_proposal_check', format('reason %s, %s decision', r, case when d is null then 'no' else 'a' end))
	from (values ('unclaimed', null), ('died', sha256('d'))) as v(r, d);

-- ---------------------------------------------------------------- what a bank debited too much

-- found OUTCOME DIRECTION AMOUNT: a line that two officers found to be that; its break
create function pg_temp.found(outcome text, direction text, amount bigint) returns bigint language plpgsql as $$
declare
	k bigint;
begin
	set local session_replication_role = replica;
	with s as (insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
			select f.id, '2030-01-01'::date + n::integer, 0, 0, 1, 1, 1, 'fetched', true, true from org.funding_account f, nextval('pg_temp.people') n
			where f.code = 'labour-demo' returning id, day),
		l as (insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item)
			select s.id, 1, 'E', direction, amount, s.day, 'x', 1, 1 from s returning id),
		b as (insert into recon.break (kind, funding_account, day, line, amount_dong, note) select 'unmatched_' || direction, f.id, '2030-01-01', l.id, amount, 'x'
			from l, org.funding_account f where f.code = 'labour-demo' returning id)
		insert into recon.break_resolution (break, outcome, first_officer, second_officer) select b.id, outcome, pg_temp.officer('minh'), pg_temp.officer('hoa') from b
		returning break into k;
	set local session_replication_role = origin;
	return k;
end $$;
-- clawed WHAT BREAK CREDIT AMOUNT: minh proposes, and what becomes of it when WHO confirms it; null: nobody
create function pg_temp.clawed(k bigint, c bigint, amount bigint, who text default 'hoa', first text default 'minh', decision bytea default null) returns text language plpgsql as $$
declare
	said text := pg_temp.try('desk', first, format('insert into recon.clawback (break, step, credit, amount_dong, decision, first_officer) values (%s, %L, %L, %s, %L, %s)',
		k, case when c is null then 'given_up' else 'received' end, c, amount,
		coalesce(decision, case when c is null then sha256('d') else (select sha256(convert_to(recon.line_key(b.line), 'UTF8')) from recon.break b where b.id = c) end),
		pg_temp.officer(first)));
begin
	if said <> 'ok' or who is null then
		return said;
	end if;
	return pg_temp.try('desk', who, format('update recon.clawback set second_officer = %s, decided_at = now() where id = (select max(id) from recon.clawback)', pg_temp.officer(who)), true);
end $$;
select pg_temp.found('recovery', 'debit', 1000) as claim, pg_temp.found('refundable', 'credit', 600) as credit, pg_temp.found('funding', 'credit', 600) as other \gset
select is(pg_temp.clawed(k, c, a, who, f), w, t) from (values
	(:claim::bigint, :credit::bigint, 600::bigint, 'hoa', 'minh', 'ok', 'of what is to be recovered a credit is what came back'), (:claim, null, 1000, 'hoa', 'minh', 'ok', 'or all is given up'),
	(:claim, :credit, 601, 'hoa', 'minh', 'CH001 repaid_too_much', 'not more than the credit'), (:claim, null, 1001, 'hoa', 'minh', 'CH001 repaid_too_much', 'nor more than is open'),
	(:claim, :other, 1, 'hoa', 'minh', 'CH001 not_refundable', 'nor of a credit that is something else'), (:other, null, 1, 'hoa', 'minh', 'CH001 clawback_unknown', 'nor for what is no claim'),
	(:claim, null, 1, 'minh', 'minh', '23514 clawback_check1', 'the same officer confirms nothing'), (:claim, null, 1, 'hoa', 'lan', 'CH001 no_mandate', 'the first one has the mandate'),
	(:claim, null, 1, 'lan', 'minh', 'CH001 no_mandate', 'and the second one')) as v(k, c, a, who, f, w, t);
select is(pg_temp.clawed(:claim, :credit, 1, null, 'minh', sha256('another')), 'CH001 not_refundable', 'what came back is named by its own key');
select is(pg_temp.probe('desk', 'minh', format('insert into recon.clawback (break, step, amount_dong, decision, first_officer, second_officer, decided_at) values (%s, ''given_up'', 1, sha256(''x''), %s, %s, now())',
	:claim, pg_temp.officer('minh'), pg_temp.officer('hoa'))), 'denied', 'nothing is confirmed as it is proposed');
select is(pg_temp.probe('desk', 'minh', format('insert into recon.clawback (break, step, amount_dong, decision, first_officer) values (%s, ''given_up'', 1, sha256(''x''), %s)',
	:claim, pg_temp.officer('hoa'))), 'CH001 not_yours', 'nobody proposes in another''s name');
select is(pg_temp.clawed(:claim, :credit, 5, null), 'ok', 'a proposal');
select is(pg_temp.probe('owner', 'hoa', format('update recon.clawback set %s where id = (select max(id) from recon.clawback)', s)), 'CH001 ' || w, s) from (values
	('amount_dong = 6', 'append_only'), ('amount_dong = 6, decided_at = now(), second_officer = ' || pg_temp.officer('hoa'), 'append_only'),
	('decided_at = now(), second_officer = ' || pg_temp.officer('son'), 'not_yours')) as v(s, w);

-- In the books it is less, whatever the rows say; and what was counted for a person is not the claim's.
-- in_txn IDEM LEGS...: a transaction with its leaf
create function pg_temp.clawback_txn(claim bigint, n integer, amount bigint, credit bigint, reverses bigint default null) returns bigint language plpgsql as $$
declare
	at bigint := (select coalesce(max(seq), 0) + 1 from books.txn);
	leaf bytea := convert_to(format(E'x\ndecision %s\n', (select encode(sha256(convert_to(recon.line_key(b.line), 'UTF8')), 'hex') from recon.break b where b.id = credit)), 'UTF8');
begin
	perform pg_temp.in_books('assets:clawback:labour:merit', 0);
	set local session_replication_role = replica;
	insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, reverses, legs, leaf, leaf_hash)
		values (at, case when reverses is null then format('w%s.%s', claim, n) else format('r%s.reversed', reverses) end, sha256('x'),
			case when reverses is null then 'clawback' else 'reversal' end, '2030-01-01', now(), false, reverses, 2, leaf, sha256('\x00'::bytea || leaf));
	insert into books.posting (seq, n, account, amount, balance_after) select at, 1, id, -amount, 0 from books.ledger_account where code = 'assets:clawback:labour:merit';
	set local session_replication_role = origin;
	return at;
end $$;
select pg_temp.clawback_txn(:claim, 1, 400, :credit) as booked \gset
select is(recon.clawback_open(:claim) || ' ' || recon.credit_left(:credit), '600 200', 'what the books have of it is neither open nor left');
select is(pg_temp.clawed(:claim, :credit, a, null), w, format('%s of the 200 that are left', a)) from (values (200, 'ok'), (201, 'CH001 repaid_too_much')) as v(a, w);
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into register.recovery (person, programme, month, amount_dong, why) values (%s, ''merit'', ''2024-04-01'', 1000, ''officer'')', pg_temp.person())));
alter table register.repayment disable trigger guard;	-- which asks of the person
select is(pg_temp.probe('owner', 'minh', format('insert into register.repayment (recovery, break, amount_dong, first_officer) select max(id), %s, %s, %s from register.recovery', :credit, a, pg_temp.officer('minh'))), w,
	format('a person''s %s of them', a)) from (values (200, 'ok'), (201, 'CH001 repaid_too_much')) as v(a, w);
select pg_temp.clawback_txn(:claim, 1, -400, :credit, :booked);
select is(recon.clawback_open(:claim) || ' ' || recon.credit_left(:credit), '1000 600', 'what was taken back is open again');

-- ---------------------------------------------------------------- payments that the bank is asked to give back

select pg_temp.batch_in('released') as recalled \gset
select id as sent_one from payout.payout where batch = :recalled order by id limit 1 \gset
-- FIRST asks, and SECOND confirms it (null: nobody)
create function pg_temp.recalled(payout bigint, first text, second text default null) returns text language plpgsql as $$
declare
	said text := pg_temp.try('desk', first, format('insert into payout.recall (payout, cause, reason, first_officer) values (%s, ''UPAY'', ''moved abroad'', %s)',
		recalled.payout, pg_temp.officer(first)));
begin
	return case when said <> 'ok' or second is null then said
		else pg_temp.try('desk', second, format('update payout.recall set second_officer = %s, decided_at = now() where id = (select max(id) from payout.recall)', pg_temp.officer(second))) end;
end $$;
-- the same of a payout in this state; nothing stays
create function pg_temp.recalls(payout bigint, state integer, first text, second text default null) returns text language plpgsql as $$
declare
	said text;
begin
	perform pg_temp.put(recalls.payout, recalls.state);
	said := pg_temp.recalled(recalls.payout, recalls.first, recalls.second);
	raise exception 'undone' using errcode = 'UNDO1', detail = said;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics said = pg_exception_detail;
	return said;
end $$;
select is(pg_temp.recalls(:sent_one, t.code, 'hoa', 'minh'), case when t.rank = 0 or t.proven_unpaid then 'CH001 not_to_recall' else 'ok' end,
	format('what is %s %s recalled', t.name, case when t.rank = 0 or t.proven_unpaid then 'is not' else 'can be' end)) from payout.state t order by t.code;
select is(pg_temp.recalls(:sent_one, 6, f, s), w, t) from (values ('hoa', 'hoa', '23514 recall_check', 'nobody recalls alone'), ('lan', null, 'CH001 no_mandate', 'who asks has the mandate'),
	('hoa', 'lan', 'CH001 no_mandate', 'and so has who confirms')) as v(f, s, w, t);
select pg_temp.put(:sent_one, 6);
select is(pg_temp.recalled(:sent_one, 'hoa'), 'ok', 'one asks');
select is(pg_temp.recalled(:sent_one, 'minh'), 'CH001 recall_differs', 'and it is asked once');
-- the newest recall's next word
create function pg_temp.word_sql(said text, who text) returns text language sql as $$
	select format('insert into payout.recall_word (recall, said, reason, officer) select max(id), %L, ''letter 12'', %s from payout.recall', said, pg_temp.officer(who))
$$;
select is(pg_temp.probe('desk', f, pg_temp.word_sql(s, w)), x, t) from (values ('accepted', 'hoa', 'hoa', 'CH001 recall_unasked', 'the bank answers what it was asked'),
	('withdrawn', 'hoa', 'hoa', 'ok', 'a proposal can be withdrawn'), ('withdrawn', 'minh', 'hoa', 'CH001 not_yours', 'nobody speaks in another''s name'),
	('withdrawn', 'lan', 'lan', 'CH001 no_mandate', 'nor without the mandate')) as v(s, f, w, x, t);
select is(pg_temp.probe('owner', 'minh', format('update payout.recall set %s where id = (select max(id) from payout.recall)', s)), 'CH001 ' || w, s) from (values
	('cause = ''DUPL''', 'append_only'), ('cause = ''DUPL'', decided_at = now(), second_officer = ' || pg_temp.officer('minh'), 'append_only'),
	('decided_at = now(), second_officer = ' || pg_temp.officer('son'), 'not_yours')) as v(s, w);
select pg_temp.done(pg_temp.try('desk', 'minh', format('update payout.recall set second_officer = %s, decided_at = now() where id = (select max(id) from payout.recall)', pg_temp.officer('minh'))));
select is((select stands from payout.recall_now where payout = :sent_one), 'asked', 'when another confirmed the bank is asked');
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.word_sql('accepted', 'hoa')));
select is((select stands from payout.recall_now where payout = :sent_one), 'accepted', 'what it answers stands');
select pg_temp.put(:sent_one, 10);
select is((select stands || ' ' || is_open from payout.recall_now where payout = :sent_one), 'came_back false', 'the return ends it, whatever anybody said');
select is(pg_temp.probe('desk', 'hoa', pg_temp.word_sql('refused', 'hoa')), 'CH001 recall_unasked', 'then nothing is said any more');
select pg_temp.put(:sent_one, 6);
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.word_sql('refused', 'hoa')));
select is(pg_temp.recalled(:sent_one, 'hoa', 'minh'), 'ok', 'what the bank refused can be asked again');

-- ---------------------------------------------------------------- what two officers take back

-- booked KEY KIND AMOUNT [REVERSES]: a transaction; returns its number
create function pg_temp.booked(key text, kind text, amount bigint, reverses bigint default null) returns bigint language plpgsql as $$
declare
	at bigint := (select coalesce(max(seq), 0) + 1 from books.txn);
begin
	set local session_replication_role = replica;
	insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, reverses, legs, leaf, leaf_hash)
		values (at, key, sha256('x'), kind, '2030-01-01', now(), false, reverses, 2, convert_to(key, 'UTF8'), sha256('\x00'::bytea || convert_to(key, 'UTF8')));
	insert into books.posting (seq, n, account, amount, balance_after) select at, x.n, min(a.id), x.amount, 0
		from books.ledger_account a, (values (1, amount), (2, -amount)) as x(n, amount) group by x.n, x.amount;
	set local session_replication_role = origin;
	return at;
end $$;
-- of OUTCOME: a resolution and its transaction
create function pg_temp.resolved(outcome text, direction text default 'credit') returns bigint language sql as $$
	select pg_temp.booked('k' || k || '.resolved', 'break.resolved', 700) from pg_temp.found(outcome, direction, 700) k
$$;
create function pg_temp.taken_back(seq bigint, who text default 'hoa', first text default 'minh') returns text language plpgsql as $$
declare
	said text := pg_temp.try('desk', first, format('insert into recon.reversal (seq, reason, first_officer) values (%s, ''wrong_finding'', %s)', seq, pg_temp.officer(first)));
begin
	if said <> 'ok' then
		return said;
	end if;
	return pg_temp.try('desk', who, format('update recon.reversal set second_officer = %s, decided_at = now() where id = (select max(id) from recon.reversal)', pg_temp.officer(who)), true);
end $$;
select is(pg_temp.taken_back(pg_temp.resolved(o, d)), w, format('%s taken back', o)) from (values
	('fee', 'debit', 'ok'), ('funding', 'credit', 'ok'), ('refundable', 'credit', 'ok'), ('recovery', 'debit', 'CH001 not_reversible'), ('paid_after_all', 'debit', 'CH001 not_reversible'),
	('return', 'credit', 'CH001 not_reversible'), ('taken_back', 'debit', 'CH001 not_reversible'), ('sent_back', 'credit', 'CH001 not_reversible')) as v(o, d, w);
select is(pg_temp.taken_back(pg_temp.booked('x.' || k, k, 5)), 'CH001 not_reversible', format('a %s taken back', k)) from unnest(array['payout.settled', 'payout.returned', 'payout.rejected',
	'payout.not_paid', 'batch.approved', 'batch.released', 'dispatch.sent', 'claim.voided', 'unclaimed.cancelled', 'funding', 'fee', 'suspense', 'agent.advanced', 'agent.returned', 'refund', 'close']) k;
select pg_temp.resolved('fee', 'debit') as seq \gset
select is(pg_temp.taken_back(:seq, who, f), w, t) from (values ('minh', 'minh', '23514 reversal_check', 'the same officer twice is one'), ('lan', 'minh', 'CH001 no_mandate', 'the second one has the mandate'),
	('hoa', 'lan', 'CH001 no_mandate', 'and the first one')) as v(who, f, w, t);
select is(pg_temp.probe('desk', 'minh', format('insert into recon.reversal (seq, reason, first_officer) values (%s, ''wrong_finding'', %s)', :seq, pg_temp.officer('hoa'))), 'CH001 not_yours', 'nobody proposes in another''s name');
select is(recon.stands(substring(idem from '[0-9]+')::bigint), true, 'a finding stands') from books.txn where seq = :seq;
select pg_temp.booked(format('r%s.reversed', :seq), 'reversal', 700, :seq) as back \gset
select is(recon.stands(substring(idem from '[0-9]+')::bigint), false, 'until it is taken back') from books.txn where seq = :seq;
select is(pg_temp.taken_back(:seq), 'CH001 reversed_already', 'which is done once');
select is(pg_temp.taken_back(:back), 'CH001 not_reversible', 'and not taken back itself');

select * from finish();
rollback;
