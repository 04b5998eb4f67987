-- What two officers decide about money beside payouts: refunds to the treasury, what a bank is asked to give back, what they take back.

set local role chitra_owner;

-- ---------------------------------------------------------------- refunds to the treasury

-- A debit of a statement is a refund by an order that two officers gave; nothing else lets money go out without a payout and be explained.
create table org.refund_confirmed (
	funding_order bigint primary key references org.funding_order,
	officer bigint not null references auth.officer,
	at timestamptz not null default now()
);
create function org.guard_refund() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	o record;
	there bigint;
	ordered bigint;
begin
	select a.code as agency, x.kind, x.amount_dong, x.made_by,
			case x.kind when 'refund' then 'liabilities:refundable:' else 'liabilities:advance:' end || f.code as account into o
		from org.funding_order x join org.funding_account f on f.id = x.funding_account join org.agency a on a.id = f.agency
		where x.id = new.funding_order;
	if o.kind not in ('refund', 'unspent') then
		raise exception 'order_differs: only a refund takes two officers' using errcode = 'CH001';
	elsif o.made_by = new.officer then
		raise exception 'same_officer: you proposed this; another officer must confirm it' using errcode = 'CH001';
	elsif exists (select from org.refund_withdrawn w where w.funding_order = new.funding_order) then
		raise exception 'order_withdrawn: this refund was withdrawn; it needs a new order' using errcode = 'CH001';
	end if;
	perform auth.need_both(o.made_by, new.officer, array['release'], o.agency, '*', null, o.amount_dong);
	perform from books.counter for update;	-- nobody posts, and nobody else promises
	select coalesce(-sum(b.balance), 0) into there from books.ledger_account l join books.balance b on b.account = l.id
		where l.code = o.account;
	ordered := o.amount_dong + org.promised(o.account);
	if ordered > there then
		raise exception 'refund_too_much: % đồng would go to the treasury, and % are there for it', ordered, there using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on org.refund_confirmed for each row execute function org.guard_refund();
create trigger by_me after insert on org.refund_confirmed referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('org.refund_confirmed');

-- An order to pay back that is not to be paid after all: before the bank's debit one officer says so, and the money is free again. What the
-- bank debits all the same is in suspense.
create table org.refund_withdrawn (
	funding_order bigint primary key references org.funding_order,
	officer bigint not null references auth.officer,
	reason text not null check (length(reason) between 3 and 500),
	at timestamptz not null default now()
);
create function org.guard_withdrawn() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	o record;
begin
	select a.code as agency, x.kind, x.amount_dong into o
		from org.funding_order x join org.funding_account f on f.id = x.funding_account join org.agency a on a.id = f.agency
		where x.id = new.funding_order;
	if o.kind not in ('refund', 'unspent') then
		raise exception 'order_differs: only a refund is withdrawn' using errcode = 'CH001';
	end if;
	perform auth.need_both(new.officer, new.officer, array['release'], o.agency, '*', null, o.amount_dong);
	perform from books.counter for update;	-- a statement is settled before or after
	if exists (select from recon.allocation r where r.funding_order = new.funding_order) then
		raise exception 'refund_gone: the bank has debited this refund already' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on org.refund_withdrawn for each row execute function org.guard_withdrawn();
create trigger by_me after insert on org.refund_withdrawn referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('org.refund_withdrawn');

-- What of an account two officers have promised to the treasury and no statement has debited yet: nothing that we do ourselves takes it.
create function org.promised(account text) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select coalesce(sum(x.amount_dong), 0)::bigint
	from org.refund_confirmed c
	join org.funding_order x on x.id = c.funding_order
	join org.funding_account f on f.id = x.funding_account
	where promised.account = case x.kind when 'refund' then 'liabilities:refundable:' else 'liabilities:advance:' end || f.code
		and not exists (select from org.refund_withdrawn w where w.funding_order = x.id)
		and not exists (select from recon.allocation r where r.funding_order = x.id)
$$;

-- ---------------------------------------------------------------- what nobody came for

-- A claim is cancelled as unclaimed when it was paid and came back; it is voided then, so nothing pays it again.
create function payout.guard_unclaimed() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if 10 is distinct from (select s.state from payout.payout p join payout.payout_state s on s.payout = p.id
			where p.claim = new.claim order by p.issue desc limit 1) then
		raise exception 'not_unclaimed: only what was paid and came back is unclaimed' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger unclaimed before insert on payout.claim_void for each row when (new.reason = 'unclaimed')
	execute function payout.guard_unclaimed();

-- ---------------------------------------------------------------- what a bank debited too much

-- The key under which a statement's line is in the books (ledger/books/leaf.md).
create function recon.line_key(line bigint) returns text language sql stable security definer
set search_path = pg_catalog
as $$
	select 'l' || f.code || '.' || s.day || '.' || left(encode(sha256(convert_to(l.entry_ref, 'UTF8')), 'hex'), 32)
		|| case l.detail when 0 then '' else '.' || l.detail end
	from bank.statement_line l join bank.statement s on s.id = l.statement join org.funding_account f on f.id = s.funding_account
	where l.id = line_key.line
$$;

-- What of a claim on a bank (a break that was resolved as recovery) came back or was given up, as the books have it: they know it after a
-- restore too. decision: in hex; of what came back the hash of its credit's key.
create view recon.clawed as
	select substring(t.idem from '^w([0-9]+)[.]')::bigint as break, substring(t.idem from '[.]([0-9]+)$')::integer as n, -p.amount as amount_dong,
		substring(convert_from(t.leaf, 'UTF8') from E'\ndecision ([0-9a-f]{64})\n') as decision,
		exists (select from books.txn r where r.reverses = t.seq) as reversed
	from books.txn t join books.posting p on p.seq = t.seq join books.ledger_account a on a.id = p.account and a.code like 'assets:clawback:%'
	where t.kind = 'clawback' and t.idem >= 'w' and t.idem < 'x';

-- What of such a claim is open; null: the break was not resolved so.
create function recon.clawback_open(break bigint) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select coalesce(l.amount_dong, k.amount_dong)
		- (select coalesce(sum(c.amount_dong), 0) from recon.clawed c where c.break = k.id and not c.reversed)::bigint
	from recon.break k join recon.break_resolution r on r.break = k.id and r.outcome = 'recovery'
	left join bank.statement_line l on l.id = k.line where k.id = clawback_open.break
$$;

-- What is left of a credit that two officers found to be the treasury's, when what is counted for cases and claims is taken off; null: it is none.
create function recon.credit_left(break bigint) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select l.amount_dong
		- (select coalesce(sum(y.amount_dong), 0) from register.repayment y where y.break = k.id and y.second_officer is not null)::bigint
		- (select coalesce(sum(c.amount_dong), 0) from recon.clawed c
			where c.decision = encode(sha256(convert_to(recon.line_key(l.id), 'UTF8')), 'hex') and not c.reversed)::bigint
	from recon.break k join recon.break_resolution r on r.break = k.id and r.outcome = 'refundable'
		and not exists (select from books.txn t join books.txn x on x.reverses = t.seq where t.idem = 'k' || k.id || '.resolved')
	join bank.statement_line l on l.id = k.line and l.direction = 'credit' where k.id = credit_left.break
$$;

-- What two officers say of it: proposed by one, confirmed by another, then it is booked. What came back is (part of) a credit that is the
-- treasury's otherwise; what is given up is a loss, by a written decision.
create table recon.clawback (
	id bigint generated always as identity primary key,
	break bigint not null references recon.break,
	step text not null check (step in ('received', 'given_up')),
	credit bigint references recon.break,
	amount_dong bigint not null check (amount_dong > 0),
	decision bytea not null check (length(decision) = 32),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check ((step = 'received') = (credit is not null)),
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on recon.clawback (break);
create trigger first_is_me after insert on recon.clawback referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
create function recon.guard_clawback() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	payer text;
begin
	perform auth.guard_second(tg_op, 'recon.clawback', to_jsonb(old), to_jsonb(new));
	perform from recon.break k where k.id in (new.break, new.credit) order by k.id for no key update;
	select a.code into payer from recon.break k join org.funding_account f on f.id = k.funding_account join org.agency a on a.id = f.agency
		where k.id = new.break and recon.clawback_open(k.id) is not null;
	if payer is null then
		raise exception 'clawback_unknown: break % was not resolved as money to be recovered', new.break using errcode = 'CH001';
	end if;
	perform auth.need_both(new.first_officer, coalesce(new.second_officer, new.first_officer), array['release'], payer, '*', null, new.amount_dong);
	if new.step = 'received' and (recon.credit_left(new.credit) is null or not exists (
			select from recon.break c join org.funding_account f on f.id = c.funding_account join org.agency a on a.id = f.agency
			where c.id = new.credit and a.code = payer and new.decision = sha256(convert_to(recon.line_key(c.line), 'UTF8')))) then
		raise exception 'not_refundable: break % is no credit that two officers found to be money for the treasury', new.credit using errcode = 'CH001';
	elsif new.amount_dong > recon.clawback_open(new.break) or new.step = 'received' and new.amount_dong > recon.credit_left(new.credit) then
		raise exception 'repaid_too_much: more than the line or the case has left' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on recon.clawback for each row execute function recon.guard_clawback();
call ops.keep_rows('recon.clawback');

-- A credit is counted once, for whom or whatever: what people paid back is not what a bank gave back.
create function recon.guard_counted() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform from recon.break k where k.id = new.break for no key update;
	if recon.credit_left(new.break) is null then
		raise exception 'not_refundable: that break % is money for the treasury was taken back', new.break using errcode = 'CH001';
	elsif new.amount_dong > recon.credit_left(new.break) then
		raise exception 'repaid_too_much: more than the line or the case has left' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard_counted before insert or update on register.repayment for each row execute function recon.guard_counted();

-- ---------------------------------------------------------------- payments that the bank is asked to give back

-- A recall: what has left goes back when the bank (and often the payee) agrees. It is a case beside the payout, which moves by evidence alone:
-- by the return on a statement. Asked by one officer, confirmed by another. cause: ISO 20022, ExternalCancellationReason1Code.
create table payout.recall (
	id bigint generated always as identity primary key,
	payout bigint not null references payout.payout,
	cause text not null check (cause in ('DUPL', 'TECH', 'FRAD', 'UPAY', 'AC03', 'AM09')),
	reason text not null check (length(reason) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on payout.recall (payout);

-- What the bank said of it, or that nobody asks any more. The last word holds.
create table payout.recall_word (
	id bigint generated always as identity primary key,
	recall bigint not null references payout.recall,
	said text not null check (said in ('accepted', 'refused', 'withdrawn')),
	reason text not null check (length(reason) between 3 and 500),
	officer bigint not null references auth.officer,
	at timestamptz not null default clock_timestamp()
);
create index on payout.recall_word (recall, id);
create trigger by_me after insert on payout.recall_word referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('payout.recall_word');

create view payout.recall_now as
	select r.id, r.payout, r.cause, r.reason, r.first_officer, r.proposed_at, r.second_officer, r.decided_at, w.reason as answer, n.stands,
		n.stands in ('proposed', 'asked', 'accepted') as is_open
	from payout.recall r
	join payout.payout_state s on s.payout = r.payout
	join payout.state t on t.code = s.state
	left join lateral (select w.said, w.reason from payout.recall_word w where w.recall = r.id order by w.id desc limit 1) w on true
	cross join lateral (select case when t.name = 'returned' then 'came_back' when t.proven_unpaid then 'not_paid'
		when w.said is not null then w.said when r.second_officer is null then 'proposed' else 'asked' end as stands) n;

create function payout.guard_recall() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	x record;
begin
	perform auth.guard_second(tg_op, 'payout.recall', to_jsonb(old), to_jsonb(new));
	perform from payout.payout p where p.id = new.payout for no key update;
	select p.end_to_end_id, p.amount_dong, a.code as agency, b.area_code, b.area_valid_from, t.name as state, t.proven_unpaid, t.rank into x
		from payout.payout p join payout.batch b on b.id = p.batch join org.agency a on a.id = b.agency
		join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.id = new.payout;
	if not found or x.rank = 0 or x.proven_unpaid then
		raise exception 'not_to_recall: payout % is %: what has not left is cancelled, what is not paid or came back is here', x.end_to_end_id, x.state
			using errcode = 'CH001';
	elsif tg_op = 'INSERT' and exists (select from payout.recall_now n where n.payout = new.payout and n.is_open)
			or tg_op = 'UPDATE' and not exists (select from payout.recall_now n where n.id = new.id and n.stands = 'proposed') then
		raise exception 'recall_differs: payout % is being recalled already, or nobody asks any more', x.end_to_end_id using errcode = 'CH001';
	end if;
	perform auth.need_both(new.first_officer, coalesce(new.second_officer, new.first_officer), array['release'], x.agency, x.area_code, x.area_valid_from, x.amount_dong);
	return new;
end $$;
create trigger first_is_me after insert on payout.recall referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
create trigger guard before insert or update on payout.recall for each row execute function payout.guard_recall();
call ops.keep_rows('payout.recall');

create function payout.guard_recall_word() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	x record;
begin
	perform from payout.recall r where r.id = new.recall for no key update;
	select n.stands, n.is_open, a.code as agency, b.area_code, b.area_valid_from, p.amount_dong into x
		from payout.recall_now n join payout.payout p on p.id = n.payout join payout.batch b on b.id = p.batch join org.agency a on a.id = b.agency
		where n.id = new.recall;
	if not found or not x.is_open or x.stands = 'proposed' and new.said <> 'withdrawn' then
		raise exception 'recall_unasked: recall % is not open, or the bank has not been asked', new.recall using errcode = 'CH001';
	end if;
	perform auth.need_both(new.officer, new.officer, array['release'], x.agency, x.area_code, x.area_valid_from, x.amount_dong);
	return new;
end $$;
create trigger guard before insert on payout.recall_word for each row execute function payout.guard_recall_word();

-- ---------------------------------------------------------------- what two officers take back

-- Only what two officers found, and nothing but the books rests on: that suspense was a fee, the treasury's money or owed to it, and what
-- became of a claim on a bank. What a bank's statement says is never taken back (it is resolved), nor what a payout's state, a signature, a
-- claim's end or a close rests on. A line whose resolution is taken back waits again, under a new break.
create function recon.stands(break bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select not exists (select from books.txn t join books.txn r on r.reverses = t.seq where t.idem = 'k' || stands.break || '.resolved')
$$;
create or replace view recon.suspended as
	select a.line, a.payout, a.amount_dong from recon.allocation a
	where a.kind = 'suspense' and not exists (
		select from recon.break k join recon.break_resolution r on r.break = k.id
		where k.line = a.line and r.outcome <> 'without_entry' and recon.stands(r.break));

create table recon.reversal (
	id bigint generated always as identity primary key,
	seq bigint not null references books.txn,
	reason text not null check (reason in ('wrong_finding', 'wrong_amount', 'wrong_case')),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create unique index reversal_once on recon.reversal (seq) where second_officer is not null;
create trigger first_is_me after insert on recon.reversal referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- What a transaction is about and whether it may be taken back: the break, its outcome (of a claim on a bank: clawback), its money.
create function recon.reversible(seq bigint) returns table (break bigint, outcome text, amount_dong bigint) language sql stable security definer
set search_path = pg_catalog
as $$
	select substring(t.idem from '^[kw]([0-9]+)[.]')::bigint, case t.kind when 'clawback' then t.kind else r.outcome end,
		(select sum(p.amount) filter (where p.amount > 0) from books.posting p where p.seq = t.seq)::bigint
	from books.txn t
	left join recon.break_resolution r on t.kind = 'break.resolved' and r.break = substring(t.idem from '^k([0-9]+)[.]')::bigint
	where t.seq = reversible.seq and t.kind in ('clawback', 'break.resolved')
$$;
create function recon.guard_reversal() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	x record;
begin
	perform auth.guard_second(tg_op, 'recon.reversal', to_jsonb(old), to_jsonb(new));
	perform from recon.break k where k.id = (select v.break from recon.reversible(new.seq) v) for no key update;
	select v.*, a.code as agency into x from recon.reversible(new.seq) v
		join recon.break k on k.id = v.break join org.funding_account f on f.id = k.funding_account join org.agency a on a.id = f.agency
		where v.outcome in ('fee', 'funding', 'refundable', 'clawback');
	if not found then
		raise exception 'not_reversible: ledger transaction % is no finding of two officers that only the books rest on', new.seq using errcode = 'CH001';
	elsif exists (select from books.txn t where t.reverses = new.seq) then
		raise exception 'reversed_already: ledger transaction % was taken back already', new.seq using errcode = 'CH001';
	elsif x.outcome = 'refundable' and recon.credit_left(x.break) is distinct from x.amount_dong then
		raise exception 'counted_already: money of this credit is counted as having come back; that is taken back first' using errcode = 'CH001';
	end if;
	perform auth.need_both(new.first_officer, coalesce(new.second_officer, new.first_officer), array['release'], x.agency, '*', null, x.amount_dong);
	return new;
end $$;
create trigger guard before insert or update on recon.reversal for each row execute function recon.guard_reversal();
call ops.keep_rows('recon.reversal');

-- What was resolved and taken back is no resolution of its line any more, and the line's next break has the next number.
create or replace function recon.lock_break() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform from recon.break k where k.id = new.break for no key update;
	perform from bank.statement_line l where l.id = (select k.line from recon.break k where k.id = new.break) for no key update;
	perform from payout.claim c where c.id = (select p.claim from payout.payout p where p.id = new.payout) for no key update;
	if exists (select from recon.break_resolution r join recon.break o on o.id = r.break
			where o.id = new.break or (r.outcome <> 'without_entry' and recon.stands(r.break)
				and o.line = (select k.line from recon.break k where k.id = new.break))) then
		raise exception 'break_resolved: break % was resolved, or another one of its line', new.break using errcode = 'CH001';
	end if;
	return new;
end $$;
create or replace function recon.number_break() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	new.nth := case
		when new.line is not null then (
			select count(*) from recon.break k join books.txn t on t.idem = 'k' || k.id || '.resolved'
			join recon.reversal v on v.seq = t.seq and v.second_officer is not null
			where k.line = new.line and k.kind = new.kind)
		when new.payout is not null then (
			select count(*) from recon.break k join recon.break_resolution r on r.break = k.id
			where k.payout = new.payout and k.kind = new.kind and k.line is null)
		else 0 end;
	return new;
end $$;

-- ---------------------------------------------------------------- the national chart of accounts

-- Which account of the national chart each family of ours is (sql/reference/account_map.csv): for an accountant to review, so nothing rests on
-- it; a row that nobody has reviewed is a suggestion, one without a code is open.
create table rules.account_map (
	family text collate "C" primary key,
	national_code text check (national_code ~ '^[0-9]{3,5}$'),
	national_name text,
	source text not null,
	reviewed_by text,
	reviewed_on date,
	check (num_nonnulls(national_code, national_name) in (0, 2)),
	check (num_nonnulls(reviewed_by, reviewed_on) in (0, 2)),
	check (reviewed_by is null or national_code is not null)
);
call ops.append_only('rules.account_map');
