-- What is given out of one payout: the evidence of it to an auditor, a slip to its person.

set local role chitra_owner;

-- The statements whose lines moved it. A line is found by its message and item, so that a day's million lines are not read.
create function payout.statement_of(payout bigint) returns setof bank.statement language sql stable
set search_path = pg_catalog
as $$
	select s.* from bank.statement s where (s.funding_account, s.day) in (
		select f.id, substring(m.external_id from '\.(\d{4}-\d\d-\d\d)\.\d+$')::date
		from payout.payout_move v join bank.message m on m.id = v.message and m.direction = 'file' and m.kind = 'statement'
		join org.funding_account f on f.bank = m.bank and f.code = substring(m.external_id from '^(.*)\.\d{4}-\d\d-\d\d\.\d+$')
		where v.payout = statement_of.payout)
$$;

-- Evidence is opened by who audits where the person is looked after; a slip is printed by whose work the person is.
create function auth.guard_given_out() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from fresh f where f.what in ('ledger.bundle', 'ledger.bundle.messages', 'ledger.slip') and not exists (
			select from payout.claim c where c.person = any (register.selves(f.person)) and register.has_role(auth.me(),
				case f.what when 'ledger.slip' then array['register', 'maker', 'checker', 'approver', 'cash', 'auditor'] else array['auditor'] end,
				c.programme, f.person))) then
		raise exception 'no_mandate: evidence of a payout takes a mandate auditor, a slip one of this programme and ward' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_given_out after insert on auth.access_log referencing new table as fresh
	for each statement execute function auth.guard_given_out();
