-- What two officers decide about money beside payouts: refunds to the treasury.

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
	select f.id, f.code, a.code as agency, x.kind, x.amount_dong, x.made_by into o
		from org.funding_order x join org.funding_account f on f.id = x.funding_account join org.agency a on a.id = f.agency
		where x.id = new.funding_order;
	if o.kind not in ('refund', 'unspent') then
		raise exception 'order_differs: only a refund takes two officers' using errcode = 'CH001';
	elsif o.made_by = new.officer then
		raise exception 'same_officer: you proposed this; another officer must confirm it' using errcode = 'CH001';
	end if;
	perform auth.need_both(o.made_by, new.officer, array['release'], o.agency, '*', null, o.amount_dong);
	perform from org.funding_account f where f.id = o.id for no key update;
	select coalesce(-sum(b.balance), 0) into there from books.ledger_account l join books.balance b on b.account = l.id
		where l.code = case o.kind when 'refund' then 'liabilities:refundable:' else 'liabilities:advance:' end || o.code;
	select o.amount_dong + coalesce(sum(x.amount_dong), 0) into ordered
		from org.funding_order x join org.refund_confirmed c on c.funding_order = x.id
		where x.funding_account = o.id and x.kind = o.kind and not exists (select from recon.allocation r where r.funding_order = x.id);
	if ordered > there then
		raise exception 'refund_too_much: % đồng would go to the treasury, and % are there for it', ordered, there using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on org.refund_confirmed for each row execute function org.guard_refund();
create trigger by_me after insert on org.refund_confirmed referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('org.refund_confirmed');

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
