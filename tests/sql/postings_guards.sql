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
	pg_temp.refund_order('refund', 'NT-7', 1, 'lan') as of_nobody \gset
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

select * from finish();
rollback;
