-- What people are owed: rates, people with what counts for a month, and the claims. Why "lateral (… offset 0)": import.sql.

-- name: entitle_rates
-- duties: desk
-- in: programme text
-- out: rate_code text, basis text, standard_code text, coefficient integer, injury_pct smallint, amount_dong bigint,
--      province_code text, effective_from date, effective_to date, in_force_from date, decree text, unread boolean
-- Coefficients in hundredths.
select rate_code, basis, standard_code, (coefficient * 100)::integer as coefficient, injury_pct, amount_dong, province_code,
	effective_from, effective_to, in_force_from, decree, verification in ('assumed', 'inferred') as unread
from rules.rate where programme = $1;

-- name: entitle_begin
-- duties: desk
-- in: programme text
-- out: today date, sandbox boolean, agency bigint, agency_code text, may boolean, locked boolean
-- No row: there is no such programme. One run of a programme at a time.
select ops.today() as today, i.sandbox, a.id as agency, a.code as agency_code,
	coalesce((select bool_or(auth.may(m.role, a.code, m.area, 0)) from auth.mandate m
		where m.officer = auth.me() and m.role in ('register', 'maker')), false) as may,
	pg_advisory_xact_lock(7202, hashtext(p.code)) is not null as locked
from ops.instance i
join rules.programme p on p.code = $1
left join org.programme_agency pa on pa.programme = p.code
left join org.agency a on a.id = pa.agency;

-- name: entitle_people
-- duties: desk
-- in: programme text, period date, after_person bigint, after_kind text, most integer
-- out: person bigint, kind text, file bigint, row_no integer, listed_dong bigint, area_code text, area_from date, province text,
--      category text, injury_pct smallint, from_month date, to_month date, decision text, death date
-- Those on this period's lists, each with every category that may count; of regular ones the last month that named any decides.
-- "is not null" lets the partial index import_row_once serve: without it every chunk reads and sorts all rows of all lists.
with listed as materialized (
	select r.person, r.kind, r.file, r.row_no, r.listed_dong
	from register.import_row r
	where r.programme = $1 and r.period = $2 and r.person is not null and (r.person, r.kind) > ($3, $4)
	order by r.person, r.kind limit $5
)
select l.person, l.kind, l.file, l.row_no, l.listed_dong, f.area_code, f.area_valid_from as area_from, a.province_code as province,
	e.category, e.injury_pct, e.from_month, e.to_month, e.decision,
	(select min(d.day) from register.person_event d where d.person = l.person and d.kind = 'death') as death
from listed l
join register.import_file f on f.id = l.file
left join register.area a on a.level = 'commune' and a.code = f.area_code and a.valid_from = f.area_valid_from
cross join lateral (select e.* from register.enrolment e
	where e.person = l.person and e.programme = $1 and e.kind = l.kind
		and (e.kind = 'regular' and e.from_month <= $2 or e.kind = 'arrears' and e.pay_period = $2) offset 0) e
order by l.person, l.kind, e.from_month, e.decision, e.category;

-- name: entitle_claimed
-- duties: desk
-- in: programme text, persons bigint[]
-- out: person bigint, month date, kind text, pay_period date
select c.person, c.month, c.kind, c.pay_period from payout.claim c where c.programme = $1 and c.person = any ($2) order by c.person, c.month;

-- name: entitle_claim_ids
-- duties: desk
-- in: n integer
-- out: id bigint
select nextval('payout.claim_id_seq') as id from generate_series(1, $1);

-- name: entitle_claims_in
-- duties: desk
-- copy in: payout.claim(id bigint, person bigint, programme text, month date, kind text, amount_dong bigint, agency bigint,
--     pay_period date, area_code text, area_valid_from date)

-- name: entitle_parts_in
-- duties: desk
-- copy in: payout.claim_part(claim bigint, n smallint, rate_code text, amount_dong bigint, working text)

-- name: finding_list
-- duties: desk
-- in: period date, open_only boolean
-- out: id bigint, programme text, code text, note text, blocks boolean, opened_at timestamptz, file text, row_no integer, area text,
--      verdict text, person bigint, name text, birth_year smallint, wrapped bytea, sealed bytea, proposed text, proposed_by text, reason text
-- With the person that each is about (the newest ID), and what the first officer proposed. Of the wards of this officer's mandates;
-- what is of no ward is everybody's.
with ward as materialized (
	select distinct m.area from auth.mandate m where m.officer = auth.me() and auth.may(m.role, m.agency, m.area, 0)
)
select f.id, f.programme, f.code, f.note, f.blocks, f.opened_at, i.name as file, f.row_no, i.area_code as area, d.verdict,
	f.person, n.name, n.birth_year, k.wrapped, x.sealed, w.verdict as proposed, o.login as proposed_by, w.reason
from register.finding f
left join register.import_file i on i.id = f.file
left join register.finding_decision d on d.finding = f.id
left join register.person n on n.id = f.person
left join register.person_key k on k.person = f.person
left join lateral (select x.sealed from register.person_id x where x.person = f.person and x.kind = 'cccd'
	order by x.replaced_at desc nulls first, x.known_from desc limit 1) x on true
left join lateral (select p.verdict, p.officer, p.reason from register.finding_proposal p where p.finding = f.id order by p.id desc limit 1) w on true
left join auth.officer o on o.id = w.officer
where f.period = $1 and (not $2 or f.blocks and d.finding is null)
	and (i.area_code is null or exists (select from ward where ward.area in ('*', i.area_code)))
order by f.id;

-- name: finding_propose
-- duties: desk
-- in: finding bigint, verdict text, reason text
-- out: outcome text
-- The first officer proposes, a second one with the same verdict decides. outcome: proposed, decided, unknown (no such open
-- finding), differs (another verdict was proposed; now this one is), same_officer, no_mandate. Who decides to pay although the bank
-- names another holder, or ties the ID to nobody, vouches for the account: its newest one that is open passes from then on.
with may as (
	select coalesce(bool_or(auth.may(m.role, m.agency, m.area, 0)), false) as may from auth.mandate m
	where m.officer = auth.me() and m.role in ('register', 'maker', 'checker', 'approver')
), f as (
	select f.id, f.person, f.code from register.finding f, may
	where may.may and f.id = $1 and not exists (select from register.finding_decision d where d.finding = f.id)
), p as (
	select p.verdict, p.officer from register.finding_proposal p join f on f.id = p.finding order by p.at desc limit 1
), proposed as (
	insert into register.finding_proposal (finding, officer, verdict, reason)
	select f.id, auth.me(), $2, $3 from f where not exists (select from p where p.verdict = $2)
	returning finding
), decided as (
	insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
	select f.id, $2, p.officer, auth.me(), $3 from f, p where p.verdict = $2 and p.officer <> auth.me()
	returning finding
), vouched as (
	insert into register.account_check (account, source, status, grade, id_linked, passes)
	select a.id, 'officer', k.status, k.grade, k.id_linked, true
	from decided join f on f.id = decided.finding
	join lateral (select x.id from register.payee_account x where x.person = f.person order by x.id desc limit 1) a on true
	join lateral (select c.status, c.grade, c.id_linked, c.passes from register.account_check c
		where c.account = a.id order by c.id desc limit 1) k on k.status = 'open' and not k.passes
	where $2 = 'pay_entitled' and f.code in ('account_name', 'account_id')
)
select case
	when not (select may from may) then 'no_mandate'
	when not exists (select from f) then 'unknown'
	when exists (select from decided) then 'decided'
	when exists (select from proposed) and exists (select from p) then 'differs'
	when exists (select from proposed) then 'proposed'
	else 'same_officer'
end as outcome;
