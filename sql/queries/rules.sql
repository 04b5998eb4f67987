-- Decisions about people's benefits, and what an officer reads out to a citizen.

-- name: person_by_id
-- duties: desk
-- in: blind bytea
-- out: person bigint, name text, birth_year smallint, dead date, merged_name text, merged_on date, merged_number text
-- Whoever was merged is the person that is left; then who he was, since when he is that person, and by which document.
select p.id as person, p.name, p.birth_year,
	(select min(d.day) from register.person_event d where d.person = any (register.selves(p.id)) and d.kind = 'death') as dead,
	case when o.id <> p.id then o.name end as merged_name, m.day as merged_on, m.number as merged_number
from register.person_id i
join register.person o on o.id = i.person
join register.person p on p.id = coalesce(o.root, o.id)
left join lateral (select (d.decided_at at time zone 'Asia/Ho_Chi_Minh')::date as day, d.number from register.identity d
	where o.id <> p.id and d.kind = 'merge' and not d.refused and o.id = any (d.moved) order by d.decided_at desc limit 1) m on true
where i.blind = $1;

-- name: decision_about
-- duties: desk
-- in: programme text, person bigint, codes text[]
-- out: may boolean, enrolled boolean, death date, codes_known boolean
-- Whether this officer may decide about the person; person null: for everybody.
select register.may_decide(auth.me(), $1, $2) as may,
	exists (select from register.enrolment e where e.person = any (register.selves($2))) as enrolled,
	(select min(d.day) from register.person_event d where d.person = any (register.selves($2)) and d.kind = 'death') as death,
	not exists (select from unnest($3) as c(code) where not exists (
		select from rules.rate r where r.rate_code = c.code and r.programme = p.code)) as codes_known
from rules.programme p
join org.programme_agency pa on pa.programme = p.code
where p.code = $1;

-- name: decision_add
-- duties: desk
-- in: kind text, programme text, person bigint, month date, pay_period date, codes text[], quantity integer, amount_dong bigint,
--     number text, reason text, recovery bigint
-- out: id bigint
insert into register.decision (kind, programme, person, month, pay_period, rate_codes, quantity, amount_dong, number, reason, first_officer, recovery)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, auth.me(), $11)
returning id;

-- name: decision_grants_add
-- duties: desk
-- in: programme text, persons bigint[], month date, pay_period date, codes text[], quantity integer, number text, reason text
-- out:
insert into register.decision (kind, programme, person, month, pay_period, rate_codes, quantity, number, reason, first_officer)
select 'grant', $1, p.person, $3, $4, $5, $6, $7, $8, auth.me() from unnest($2) with ordinality as p(person, n) order by p.n;

-- name: decision_waiting
-- duties: desk
-- in: number text
-- out: id bigint
-- What waits for a second officer under one number, and this one may see.
select u.id
from (select array_agg(d.id) as ids, array_agg(d.programme) as programmes, array_agg(d.person) as persons
	from register.decision d where d.number = $1 and d.second_officer is null having count(*) > 0) d
cross join lateral unnest(d.ids, register.may_see_each(d.programmes, d.persons)) as u(id, may)
where u.may
order by u.id;

-- name: decision_find
-- duties: desk
-- in: ids bigint[]
-- out: id bigint, problem text
-- Why this officer cannot confirm each of them; null: nothing speaks against it. What he may not decide he is not told of.
select i.id, case
	when d.id is null or d.second_officer is not null then 'decision_unknown'
	when not m.me then 'no_mandate'
	when d.first_officer = auth.me() then 'same_person'
	when not m.first then 'first_mandate_over'
end as problem
from unnest($1) as i(id)
left join register.decision d on d.id = i.id
left join register.may_confirm($1) m on m.decision = i.id
order by i.id;

-- name: decision_confirm
-- duties: desk
-- in: ids bigint[]
-- out: person bigint
update register.decision set second_officer = auth.me(), decided_at = clock_timestamp() where id = any ($1) and second_officer is null
returning coalesce(person, 0) as person;

-- name: decision_list
-- duties: desk
-- in: open_only boolean, person bigint, number text
-- out: id bigint, kind text, programme text, person_name text, month date, pay_period date, rates text, quantity integer,
--      amount_dong bigint, number text, reason text, first text, second text, claimed boolean
select d.id, d.kind, d.programme, p.name as person_name, d.month, d.pay_period, array_to_string(d.rate_codes, ' ') as rates, d.quantity,
	d.amount_dong, d.number, d.reason, f.login as first, s.login as second,
	exists (select from register.decision_claim c where c.decision = d.id) as claimed
from (select array_agg(d.id) as ids, array_agg(d.programme) as programmes, array_agg(d.person) as persons from register.decision d
	where (not $1 or d.second_officer is null) and ($2 is null or d.person = any (register.selves($2))) and ($3 is null or d.number = $3)
	having count(*) > 0) a
cross join lateral unnest(a.ids, register.may_see_each(a.programmes, a.persons)) as u(id, may)
join register.decision d on d.id = u.id
left join register.person p on p.id = d.person
join auth.officer f on f.id = d.first_officer
left join auth.officer s on s.id = d.second_officer
where u.may
order by d.id;

-- name: explain_programmes
-- duties: desk
-- in: person bigint
-- out: programme text, name_vi text, may boolean
-- Where the person was ever enrolled, and whether this officer has a mandate there.
select p.code as programme, p.name_vi, coalesce((select bool_or(auth.may_in(m.role, g.code, e.area_code, e.area_valid_from, 0)) from auth.mandate m
	where m.officer = auth.me()), false) as may
from rules.programme p
join lateral (select e.area_code, e.area_valid_from from register.enrolment e where e.person = any (register.selves($1)) and e.programme = p.code
	order by e.from_month desc, e.id desc limit 1) e on true
left join org.programme_agency pa on pa.programme = p.code
left join org.agency g on g.id = pa.agency
order by p.code;

-- name: explain_claims
-- duties: desk
-- in: person bigint, programme text, period date
-- out: claim bigint, month date, kind text, amount_dong bigint, pay_period date, state text, payout_id text, rate_code text,
--      part_dong bigint, working text
-- The claims of a pay period with their parts, and earlier ones that nobody was paid. state: of the newest payout; 'in_batch' before
-- its approval, 'open' without one, 'voided'; of the second claim for the same thing 'surplus', and 'surplus_paid' once it was paid.
-- payout_id: that of the payout which a statement settled; a slip is asked for by it.
select c.id as claim, c.month, c.kind, c.amount_dong, c.pay_period, s.state,
	(select p.end_to_end_id from payout.payout p join payout.payout_state q on q.payout = p.id join payout.state n on n.code = q.state
		where p.claim = c.id and n.name = 'settled') as payout_id, t.rate_code, t.amount_dong as part_dong, t.working
from payout.claim c
cross join lateral (
	select case
		when exists (select from payout.claim_void v where v.claim = c.id) then 'voided'
		when exists (select from register.surplus x where x.claim = c.id and not x.undone)
			then case when register.was_paid(c.id) then 'surplus_paid' else 'surplus' end
		else coalesce((select coalesce(n.name, 'in_batch') from payout.payout p left join payout.payout_state q on q.payout = p.id
			left join payout.state n on n.code = q.state where p.claim = c.id order by p.issue desc limit 1), 'open')
	end as state) s
join payout.claim_part t on t.claim = c.id
where c.person = any (register.selves($1)) and c.programme = $2 and (c.pay_period = $3 or c.pay_period < $3 and s.state not in ('settled', 'voided', 'surplus', 'surplus_paid'))
order by c.pay_period = $3 desc, c.kind <> 'regular', c.kind, c.month, c.instalment, t.n;

-- name: explain_opened
-- duties: desk
-- in: person bigint, reason text
-- out:
insert into auth.access_log (officer, what, person, reason) values (auth.me(), 'person.explain', $1, $2);

-- name: explain_categories
-- duties: desk
-- in: programme text
-- out: rate_code text, name_vi text
-- What a rate is called: by its category, else by itself.
select distinct on (x.rate_code) x.rate_code, x.name_vi
from (select c.rate_code, c.name_vi, 1 as n from rules.category c where c.programme = $1 and c.rate_code = c.code
	union all select r.rate_code, r.description_vi, 2 from rules.rate r where r.programme = $1) x
order by x.rate_code, x.n;

-- name: explain_findings
-- duties: desk
-- in: person bigint, programme text, period date
-- out: code text, facts text
-- What two officers have not decided yet.
select f.code, f.facts from register.finding f
where f.person = any (register.selves($1)) and f.programme = $2 and f.period = $3 and f.blocks
	and not exists (select from register.finding_decision d where d.finding = f.id)
	and not exists (select from register.finding l
		where (l.programme, l.period, l.person, l.code) = (f.programme, f.period, f.person, f.code) and l.n > f.n)
	and not (f.code = 'recover' and exists (select from register.recovery_decided r
		where (r.person, r.programme, r.period) = (f.person, f.programme, f.period)))
order by f.id;

-- name: explain_listed
-- duties: desk
-- in: person bigint, programme text, period date
-- out: area text
select coalesce(a.name, r.area_code, f.area_code) as area
from register.import_row r join register.import_file f on f.id = r.file
left join register.area a on a.code = coalesce(r.area_code, f.area_code)
	and a.valid_from = coalesce(r.area_valid_from, f.area_valid_from)
where r.person = any (register.selves($1)) and r.programme = $2 and r.period = $3
limit 1;

-- name: carry_people
-- duties: desk
-- in: period date, programme text, area text, everywhere boolean, areas text[], area_day date
-- out: programme text, area text, area_name text, name text, birth_year smallint, this_dong bigint, arrears_dong bigint, grants_dong bigint,
--      earlier_months bigint, earlier_dong bigint
-- Who is owed something in a period: this month, arrears and grants apart, and what earlier periods left unpaid. A claim is left
-- unpaid when it is not voided and has no payout that is under way or settled: it is paid again as it is, never claimed again.
-- area_day: by the units of that day (register.ward_as_of).
with unit as materialized (
	select u.code, u.valid_from, u.as_code, u.among from register.areas_as_of($6) u where $6 is not null
), open as (
	select c.person, c.programme, c.month, c.kind, c.amount_dong, c.pay_period,
		case when $6 is null then c.area_code else register.ward_as_of(c.person, c.programme, c.area_code, u.as_code, u.among, $6) end as area
	from payout.claim c
	left join unit u on u.code = c.area_code and u.valid_from = c.area_valid_from
	where c.pay_period <= $1 and ($2 is null or c.programme = $2)
		and ($4 or c.area_code || to_char(c.area_valid_from, ' YYYY-MM-DD') = any ($5))
		and not exists (select from payout.claim_void v where v.claim = c.id)
		and not exists (select from register.surplus x where x.claim = c.id and not x.undone)
		and (c.pay_period = $1 or not exists (
			select from payout.payout p left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
			where p.claim = c.id and t.proven_unpaid is not true))
)
select o.programme, o.area, coalesce((select a.name from register.area a where a.level = 'commune' and a.code = rtrim(o.area, '?')
		order by register.area_stands(a.valid_from, a.valid_to, a.gone_by, coalesce($6, $1)) desc, a.valid_from desc limit 1), '') as area_name,
	p.name, p.birth_year,
	coalesce(sum(o.amount_dong) filter (where o.pay_period = $1 and o.kind = 'regular'), 0)::bigint as this_dong,
	coalesce(sum(o.amount_dong) filter (where o.pay_period = $1 and o.kind = 'arrears'), 0)::bigint as arrears_dong,
	coalesce(sum(o.amount_dong) filter (where o.pay_period = $1 and o.kind in ('grant', 'funeral')), 0)::bigint as grants_dong,
	count(*) filter (where o.pay_period < $1) as earlier_months,
	coalesce(sum(o.amount_dong) filter (where o.pay_period < $1), 0)::bigint as earlier_dong
from open o
join register.person x on x.id = o.person
join register.person p on p.id = coalesce(x.root, x.id)
where $3 is null or o.area = $3
group by o.programme, o.area, p.id, p.name, p.birth_year
order by o.programme, o.area, p.name collate "vi-x-icu", p.id;
