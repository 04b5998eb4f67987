-- Money that went out and was not due: cases, what two officers decide of each, and what came back.

-- name: recovery_list
-- duties: desk
-- in: all_of_them boolean, case_id bigint
-- out: id bigint, claim bigint, name text, birth_year smallint, area text, programme text, month date, amount_dong bigint, why text,
--      facts text, state text, repaid_dong bigint, number text, proposed text, proposed_by text, decision bigint, age_days integer,
--      person bigint
-- Those that are open or asked back (or all, or this one), of people about whom this officer may see something, oldest first.
select r.id, r.claim, p.name, p.birth_year, a.area, r.programme, r.month, r.amount_dong, r.why,
	r.facts, r.state, r.repaid_dong, r.number, d.kind as proposed, o.login as proposed_by, d.id as decision,
	(ops.today() - (r.opened_at at time zone 'Asia/Ho_Chi_Minh')::date) as age_days, r.person
from register.recovery_now r
join register.person p on p.id = r.person
left join lateral (select coalesce(u.name, e.area_code) as area from register.enrolment e
	left join register.area u on u.level = 'commune' and u.code = e.area_code and u.valid_from = e.area_valid_from
	where e.person = any (register.selves(r.person)) order by e.programme <> r.programme, e.from_month desc, e.id desc limit 1) a on true
left join lateral (select d.id, d.kind, d.first_officer from register.decision d
	where d.recovery = r.id and d.second_officer is null order by d.id desc limit 1) d on true
left join auth.officer o on o.id = d.first_officer
where case when $2 is not null then r.id = $2 else $1 or r.state in ('open', 'asked') end
	and register.may_see(r.programme, r.person)
order by r.id;

-- name: recovery_debits
-- duties: desk
-- in: all_of_them boolean
-- out: break bigint, account text, day date, amount_dong bigint, open_dong bigint, end_to_end_id text, first text, second text
-- What a bank debited and two officers found to be recovered: what is open of it stands in the books as assets:clawback. Of agencies for which this officer
-- has a mandate, oldest first.
select k.id as break, f.code as account, r.day, coalesce(l.amount_dong, k.amount_dong) as amount_dong,
	recon.clawback_open(k.id) as open_dong, p.end_to_end_id, x.login as first, y.login as second
from recon.break_resolution r
join recon.break k on k.id = r.break
join org.funding_account f on f.id = k.funding_account
join org.agency a on a.id = f.agency
left join bank.statement_line l on l.id = k.line
left join payout.payout p on p.id = r.payout
join auth.officer x on x.id = r.first_officer
join auth.officer y on y.id = r.second_officer
where r.outcome = 'recovery' and ($1 or recon.clawback_open(k.id) > 0) and exists (select from auth.mandate m where m.officer = auth.me() and auth.may(m.role, a.code, m.area, 0))
order by k.id;

-- name: recovery_propose
-- duties: desk
-- in: case_id bigint, kind text, number text, reason text
-- out: id bigint
-- The first half of a decision about a case that is open or asked back; no row: it is over, or he has no mandate.
insert into register.decision (kind, programme, person, month, amount_dong, number, reason, first_officer, recovery)
select $2, r.programme, r.person, r.month, r.amount_dong, $3, $4, auth.me(), r.id
from register.recovery_now r
where r.id = $1 and r.state in ('open', 'asked') and register.may_decide(auth.me(), r.programme, r.person, r.amount_dong)
returning id;

-- name: recovery_open
-- duties: desk
-- in: programme text, person bigint, month date, amount_dong bigint, facts text
-- out: id bigint
-- What an officer says was paid too much, beside what the rules find.
insert into register.recovery (programme, person, month, amount_dong, why, facts) values ($1, $2, $3, $4, 'officer', $5) returning id;

-- name: recovery_repaid
-- duties: desk
-- in: case_id bigint, break bigint, amount_dong bigint
-- out: outcome text
-- What came back for a case is a credit of a statement that two officers found to be money for the treasury. The first officer proposes, the
-- second with the same words confirms. outcome: proposed, confirmed, same_officer. Words of an officer who lost his mandate since stand in
-- nobody's way: they are proposed again.
with waits as (
	select y.id, y.first_officer from register.repayment y join register.recovery r on r.id = y.recovery
	where (y.recovery, y.break, y.amount_dong) = ($1, $2, $3) and y.second_officer is null
		and register.may_decide(y.first_officer, r.programme, r.person, y.amount_dong)
	order by y.id desc limit 1
), proposed as (
	insert into register.repayment (recovery, break, amount_dong, first_officer)
	select $1, $2, $3, auth.me() where not exists (select from waits)
), confirmed as (
	update register.repayment y set second_officer = auth.me(), decided_at = clock_timestamp()
	from waits w where y.id = w.id and w.first_officer <> auth.me() returning y.id
)
select case when exists (select from confirmed) then 'confirmed' when exists (select from waits) then 'same_officer' else 'proposed' end as outcome;

-- name: recovery_sums
-- duties: desk scribe
-- in:
-- out: cases bigint, asked_dong bigint, open_dong bigint, back_dong bigint, waived_dong bigint
-- Apart from everything that is paid: open cases, what of the asked sums is still out, what came back, what two officers let be.
select count(*) filter (where r.state in ('open', 'asked')) as cases,
	coalesce(sum(r.amount_dong - r.repaid_dong) filter (where r.state = 'asked'), 0)::bigint as asked_dong,
	coalesce(sum(r.amount_dong) filter (where r.state = 'open'), 0)::bigint as open_dong,
	coalesce(sum(case r.state when 'came_back' then r.amount_dong else r.repaid_dong end), 0)::bigint as back_dong,
	coalesce(sum(r.amount_dong - r.repaid_dong) filter (where r.state = 'waived'), 0)::bigint as waived_dong
from register.recovery_now r;

-- name: clawback_look
-- duties: desk
-- in: break bigint, credit bigint
-- out: open_dong bigint, n integer, account text, agency text, programme text, id text, line_hash bytea, left_dong bigint, key_hash bytea
-- A claim on a bank: what is open, the number of its next step, where it stands; and of a credit that may be its money (null: none) what is left,
-- its key's hash. account: the credit's, else the claim's own. None: the break is no such claim, or the officer may not see it.
select recon.clawback_open(k.id) as open_dong, coalesce((select max(c.n) from recon.clawed c where c.break = k.id), 0) + 1 as n,
	coalesce(g.code, f.code) as account, a.code as agency, b.programme, p.end_to_end_id as id, p.line_hash, recon.credit_left(m.id) as left_dong,
	sha256(convert_to(recon.line_key(m.line), 'UTF8')) as key_hash
from recon.break k
join recon.break_resolution r on r.break = k.id and r.outcome = 'recovery'
join payout.payout p on p.id = r.payout
join payout.batch b on b.id = p.batch
join org.agency a on a.id = b.agency
join org.funding_account f on f.id = k.funding_account
left join recon.break m on m.id = $2
left join org.funding_account g on g.id = m.funding_account
where k.id = $1 and exists (select from auth.mandate m where m.officer = auth.me() and auth.may(m.role, a.code, m.area, 0));

-- name: clawback_say
-- duties: desk
-- in: break bigint, step text, credit bigint, amount_dong bigint, decision bytea
-- out: outcome text, first text
-- As recovery_repaid.
with waits as (
	select y.id, y.first_officer, o.login from recon.clawback y join auth.officer o on o.id = y.first_officer
	join recon.break k on k.id = y.break join org.funding_account f on f.id = k.funding_account join org.agency a on a.id = f.agency
	where auth.officer_may(y.first_officer, 'release', a.code, '*', y.amount_dong) and (y.break, y.step, y.amount_dong, y.decision) = ($1, $2, $4, $5) and y.credit is not distinct from $3 and y.second_officer is null
	order by y.id desc limit 1
), proposed as (
	insert into recon.clawback (break, step, credit, amount_dong, decision, first_officer)
	select $1, $2, $3, $4, $5, auth.me() where not exists (select from waits)
), confirmed as (
	update recon.clawback y set second_officer = auth.me(), decided_at = clock_timestamp()
	from waits w where y.id = w.id and w.first_officer <> auth.me() returning y.id
)
select case when exists (select from confirmed) then 'confirmed' when exists (select from waits) then 'same_officer' else 'proposed' end as outcome,
	(select w.login from waits w) as first;
