-- What people are owed: rates, people with what counts for a month, and the claims. Why "lateral (… offset 0)": import.sql.
-- Two rows that were merged are one person (register.person.root): what either was enrolled in, decided about or claimed is that person's. So few
-- are merged that a look into person_merged or person_merged_id, which hold nobody else, costs nothing.

-- name: entitle_rates
-- duties: desk
-- in: programme text
-- out: rate_code text, basis text, standard_code text, coefficient integer, injury_pct smallint, amount_dong bigint,
--      province_code text, effective_from date, effective_to date, in_force_from date, recorded_on date, decree text, unread boolean
-- Coefficients in hundredths.
select rate_code, basis, standard_code, (coefficient * 100)::integer as coefficient, injury_pct, amount_dong, province_code,
	effective_from, effective_to, in_force_from, recorded_on, decree, verification in ('assumed', 'inferred') as unread
from rules.rate where programme = $1;

-- name: entitle_begin
-- duties: desk
-- in: programme text
-- out: today date, sandbox boolean, agency bigint, agency_code text, may boolean, locked boolean
-- No row: there is no such programme. One run of a programme at a time.
select ops.today() as today, i.sandbox, a.id as agency, a.code as agency_code,
	coalesce((select bool_or(auth.may(m.role, a.code, m.area, 0)) from auth.mandate m
		where m.officer = auth.me() and m.role in ('register', 'maker')), false) as may,
	pg_advisory_xact_lock(7202, hashtext(p.code)) is not null and register.merge_lock(false) as locked
from ops.instance i
join rules.programme p on p.code = $1
left join org.programme_agency pa on pa.programme = p.code
left join org.agency a on a.id = pa.agency;

-- name: entitle_people
-- duties: desk
-- in: programme text, period date, after_person bigint, after_kind text, most integer
-- out: listed bigint, person bigint, kind text, file bigint, row_no integer, listed_dong bigint, area_code text, area_from date,
--      category text, injury_pct smallint, children smallint, from_month date, to_month date, decision text, death date,
--      birth_year smallint, birth_date date, recorded_at timestamptz
-- Those on this period's lists, each with every category that may count; of regular ones the last month that named any decides. Whoever
-- was listed under two IDs before they were merged comes once. listed: by whom the row stands on the list; person: who is left.
-- "r.person >= $3" says nothing new, but without it the index over people (import_row_once) is not thought to fit.
with listed as materialized (
	select r.person as listed, coalesce(m.root, r.person) as person, r.kind, r.file, r.row_no, r.listed_dong, r.area_code, r.area_valid_from
	from register.import_row r
	left join register.person m on m.id = r.person and m.root is not null
	where r.programme = $1 and r.period = $2 and r.person >= $3 and (r.person, r.kind) > ($3, $4)
		and (m.root is null or not exists (
			select from (select m.root as id union all select s.id from register.person s where s.root = m.root and s.id < r.person) k
			cross join lateral (select from register.import_row o where o.programme = $1 and o.period = $2 and o.person = k.id and o.kind = r.kind offset 0) o))
	order by r.person, r.kind limit $5
)
select distinct on (l.listed, l.kind, e.from_month, case e.kind when 'arrears' then e.decision end, e.category)
	l.listed, l.person, l.kind, l.file, l.row_no, l.listed_dong, coalesce(l.area_code, f.area_code) as area_code,
	coalesce(l.area_valid_from, f.area_valid_from) as area_from,
	e.category, e.injury_pct, e.children, e.from_month, e.to_month, e.decision,
	(select min(d.day) from register.person_event d where d.person = any (s.selves) and d.kind = 'death') as death,
	p.birth_year, p.birth_date, 'epoch'::timestamptz as recorded_at
from listed l
left join (select o.root, array_agg(o.id) as ids from register.person o where o.root is not null group by o.root) g on g.root = l.person
cross join lateral (select g.ids || l.person as selves offset 0) s
join register.import_file f on f.id = l.file
cross join lateral (select p.birth_year, p.birth_date from register.person p where p.id = l.person offset 0) p
cross join lateral (select e.* from register.enrolment e
	where e.person = any (s.selves) and e.programme = $1 and e.kind = l.kind
		and (e.kind = 'regular' and e.from_month <= $2 or e.kind = 'arrears' and e.pay_period = $2) offset 0) e
order by l.listed, l.kind, e.from_month, case e.kind when 'arrears' then e.decision end, e.category, e.id;

-- name: entitle_moves
-- duties: desk
-- in: programme text, period date
-- out: person bigint, from_area text
-- Who moved, and which ward it was decided last that pays no more.
select distinct on (x.person) x.person, x.from_area
from (select coalesce(m.root, d.person) as person, d.from_area, d.month, d.decided_at
	from register.decision d left join register.person m on m.id = d.person and m.root is not null
	where d.kind = 'move' and d.programme = $1 and d.second_officer is not null and d.month <= $2) x
order by x.person, x.month desc, x.decided_at desc;

-- name: entitle_listed_as
-- duties: desk
-- in: programme text, period date, person bigint
-- out: listed bigint
-- Under which of his rows somebody stands on the lists of a period, as entitle_people takes it; no row: under none.
select r.person as listed from register.import_row r
where r.programme = $1 and r.period = $2 and r.kind = 'regular' and r.person = any (register.selves($3))
order by r.person <> $3, r.person limit 1;

-- name: entitle_moved
-- duties: desk
-- in: programme text, period date, note text
-- out:
-- Who moved, in the last three months, and stands on no list of the period: nobody pays him.
insert into register.finding (programme, period, person, code, note, blocks, facts)
select d.programme, $2, d.person, 'moved_unlisted', $3 || coalesce(': ' || a.name, ''), false, coalesce(d.to_area, '')
from (select distinct on (p.id) p.id as person, d.programme, d.month, d.to_area, d.to_area_from
	from register.decision d join register.person o on o.id = d.person join register.person p on p.id = coalesce(o.root, o.id)
	where d.kind = 'move' and d.programme = $1 and d.second_officer is not null and d.month <= $2
	order by p.id, d.month desc, d.decided_at desc) d
left join register.area a on a.level = 'commune' and a.code = d.to_area and a.valid_from = d.to_area_from
where d.month > $2 - interval '3 months'
	and not exists (select from register.import_row r where r.programme = $1 and r.period = $2 and r.kind = 'regular'
		and r.person = any (register.selves(d.person)))
	and not exists (select from register.person_event v where v.person = any (register.selves(d.person)) and v.kind = 'death')
on conflict do nothing;

-- name: entitle_listed_twice
-- duties: desk
-- in: programme text, period date, note text
-- out:
-- Who stands on lists of the period by two IDs that are one person's: one row counts (as in entitle_people), and what the others say is told.
insert into register.finding (programme, period, person, file, row_no, code, note, blocks, facts)
select distinct on (x.person) $1, $2, x.person, x.file, x.row_no, 'listed_twice', $3 || ': ' || x.facts, false, x.facts
from (
	select m.root as person, r.file, r.row_no, f.name || ', dòng ' || r.row_no || coalesce(': ' || a.name, '') || coalesce(', ' || r.listed_dong || ' đồng', '') as facts
	from register.person m
	join register.import_row r on r.person = m.id and r.programme = $1 and r.period = $2
	join register.import_file f on f.id = r.file
	left join register.area a on a.code = coalesce(r.area_code, f.area_code) and a.valid_from = coalesce(r.area_valid_from, f.area_valid_from)
	where m.root is not null and exists (
		select from (select m.root as id union all select s.id from register.person s where s.root = m.root and s.id < r.person) k
		cross join lateral (select from register.import_row o where o.programme = $1 and o.period = $2 and o.person = k.id and o.kind = r.kind offset 0) o)) x
order by x.person, x.file, x.row_no
on conflict do nothing;

-- name: entitle_claimed
-- duties: desk
-- in: programme text, persons bigint[], since date
-- out: person bigint, month date, kind text, instalment smallint, amount_dong bigint, pay_period date, known_on date, voided boolean, made_at timestamptz,
--      area_code text, area_from date, surplus boolean, row bigint, joined_at timestamptz
-- For months since then, of each of these people in the order of their ids, and of all that are one person with them. surplus: the second
-- one for the same thing. row: which of them it was made for, and since when that one is another's (null: it is who is left).
select w.person, c.month, c.kind, c.instalment, c.amount_dong, c.pay_period, c.known_on,
	exists (select from payout.claim_void v where v.claim = c.id) as voided, c.made_at, c.area_code, c.area_valid_from as area_from,
	exists (select from register.surplus x where x.claim = c.id and not x.undone) as surplus, c.person as row,
	case when c.person <> coalesce(m.root, w.person) then (select max(d.decided_at) from register.identity d
		where d.kind = 'merge' and not d.refused and c.person = any (d.moved)) end as joined_at
from unnest($2) as w(person)
left join register.person m on m.id = w.person and m.root is not null
left join (select o.root, array_agg(o.id) as ids from register.person o where o.root is not null group by o.root) g on g.root = coalesce(m.root, w.person)
cross join lateral (select c.* from payout.claim c where c.person = any (g.ids || coalesce(m.root, w.person)) and c.programme = $1 and c.month >= $3
	and c.kind in ('regular', 'arrears') offset 0) c
order by w.person, c.month;

-- name: entitle_claim_ids
-- duties: desk
-- in: n integer
-- out: id bigint
select nextval('payout.claim_id_seq') as id from generate_series(1, $1);

-- name: entitle_claims_in
-- duties: desk
-- copy in: payout.claim(id bigint, person bigint, programme text, month date, kind text, instalment smallint, amount_dong bigint,
--     agency bigint, pay_period date, area_code text, area_valid_from date, known_on date)

-- name: entitle_parts_in
-- duties: desk
-- copy in: payout.claim_part(claim bigint, n smallint, rate_code text, amount_dong bigint, working text)

-- name: entitle_decisions
-- duties: desk
-- in: programme text, period date
-- out: kind text, person bigint, month date
-- Of each person in the order in which they were decided. person is 0 for everybody.
select d.kind, coalesce((select m.root from register.person m where m.id = d.person and m.root is not null), d.person, 0) as person, d.month
from register.decision d
where d.programme = $1 and d.second_officer is not null
	and (d.kind in ('suspend', 'terminate', 'resume') or d.kind = 'together' and d.pay_period = $2)
order by 2, d.decided_at, d.id;

-- name: entitle_uncollected
-- duties: desk
-- in: programme text, period date
-- out: person bigint, month date
-- Months whose cash the agent brought back and that nobody collected later, nor by another ID of the same person.
select distinct r.person, c.month
from recon.cash_line l
join recon.cash_list s on s.id = l.list and s.second_officer is not null
join payout.payout p on p.id = l.payout
join payout.claim c on c.id = p.claim
cross join lateral (select coalesce(m.root, m.id) as person from register.person m where m.id = c.person offset 0) r
where not l.paid and c.programme = $1 and c.kind = 'regular' and c.month < $2
	and not exists (select from payout.claim_void v where v.claim = c.id)
	and not exists (select from register.surplus x where x.claim = c.id and not x.undone)
	and not exists (select from (select k.id from payout.claim k
			where k.person = any (array(select o.id from register.person o where o.root = r.person) || r.person) and k.programme = $1 and k.month = c.month
				and k.kind in ('regular', 'arrears') offset 0) k
		join payout.payout n on n.claim = k.id join payout.payout_state t on t.payout = n.id join payout.state q on q.code = t.state
		where q.name = 'settled')
order by 1, 2;

-- name: entitle_risen
-- duties: desk
-- in: programme text, known_on date, period date
-- out: since date, persons bigint[]
-- Who has claims that knew an older rate than one that came into force, or came here, for the same months since, and no claim yet that
-- knew it, or one that knew it and is surplus. A rise is looked for over two years; what comes to light later is for an arrears list with its
-- decision.
with member as materialized (
	select p.root as of, p.id from register.person p where p.root is not null
	union select p.root, p.root from register.person p where p.root is not null
), other as materialized (
	select a.id as person, b.id as other from member a join member b on b.of = a.of and b.id <> a.id
)
select min(x.since) as since, array_agg(distinct coalesce(g.of, x.person) order by coalesce(g.of, x.person)) as persons
from (select r.effective_from, greatest(r.in_force_from, r.recorded_on) as known_from,
		coalesce(max(r.recorded_at) filter (where r.recorded_on is not null), '-infinity') as recorded_at
	from rules.rate r where r.programme = $1 group by 1, 2) r
cross join lateral (
	select c.person, r.effective_from as since from payout.claim c
	where c.programme = $1 and c.known_on <= r.known_from and (c.known_on < r.known_from or c.made_at < r.recorded_at)
		and c.month >= r.effective_from and c.month < $3
		and c.pay_period >= r.effective_from - interval '1 month' and c.kind in ('regular', 'arrears')
		and not exists (select from payout.claim n where n.person = c.person and n.programme = c.programme and n.month = c.month
			and n.kind in ('regular', 'arrears') and n.known_on >= r.known_from and n.made_at >= r.recorded_at)
		and not exists (select from other o join payout.claim n on n.person = o.other where o.person = c.person and n.programme = c.programme
			and n.month = c.month and n.kind in ('regular', 'arrears') and n.known_on >= r.known_from and n.made_at >= r.recorded_at)
	union all
	select n.person, r.effective_from from register.surplus s join payout.claim n on n.id = s.claim
	where not s.undone and n.programme = $1 and n.month >= r.effective_from and n.month < $3 and n.known_on >= r.known_from) x
left join member g on g.id = x.person
where r.known_from > r.effective_from and r.known_from <= $2 and r.known_from > $2 - interval '2 years'
having count(*) > 0;

-- name: entitle_histories
-- duties: desk
-- in: programme text, persons bigint[], period date
-- out: person bigint, kind text, category text, injury_pct smallint, children smallint, from_month date, to_month date, area_code text,
--      area_from date, death date, birth_year smallint, birth_date date, recorded_at timestamptz, row bigint, joined_at timestamptz
-- Each category that ever counted and since when that is known, with the ward of the newest claim. The people are those that are left; row and
-- joined_at as in entitle_claimed.
select w.person, e.kind, e.category, e.injury_pct, e.children, e.from_month, e.to_month, n.area_code, n.area_valid_from as area_from,
	(select min(d.day) from register.person_event d where d.person = any (s.selves) and d.kind = 'death') as death, p.birth_year, p.birth_date,
	i.at as recorded_at, e.person as row,
	case when e.person <> w.person then (select max(d.decided_at) from register.identity d
		where d.kind = 'merge' and not d.refused and e.person = any (d.moved)) end as joined_at
from unnest($2) as w(person)
left join (select o.root, array_agg(o.id) as ids from register.person o where o.root is not null group by o.root) g on g.root = w.person
cross join lateral (select g.ids || w.person as selves offset 0) s
cross join lateral (select p.birth_year, p.birth_date from register.person p where p.id = w.person offset 0) p
cross join lateral (select c.area_code, c.area_valid_from from payout.claim c
	where c.person = any (s.selves) and c.programme = $1 order by c.pay_period desc, c.id desc limit 1) n
cross join lateral (select e.* from register.enrolment e
	where e.person = any (s.selves) and e.programme = $1 and e.from_month < $3 offset 0) e
join register.import_file i on i.id = e.file
order by w.person, e.kind, e.from_month, case e.kind when 'arrears' then e.decision end, e.category, e.id;

-- name: entitle_not_due
-- duties: desk
-- in: programme text, persons bigint[], died text, stopped text, recover text
-- out: person bigint
-- Of a programme (null: all), or of these people (null: all): what was claimed for months after the month of death, or from a suspension
-- or termination on, is not due (Decree 20/2021/ND-CP art. 8). What has not left waits; what has left is for a decision to recover, and so is
-- the second claim for the same thing once it was paid: each claim is one case (register.recovery), however often it is found.
with gone as (
	select c.id, c.programme, c.pay_period, c.person, c.month, c.amount_dong, 'after_death' as code, $3 as advice, d.day::text as facts
	from (select coalesce(m.root, d.person) as person, min(d.day) as day from register.person_event d
		left join register.person m on m.id = d.person and m.root is not null
		where d.kind = 'death' and ($2 is null or d.person = any ($2) or m.root = any ($2)) group by 1) d
	cross join lateral (select c.* from payout.claim c
		where c.person = any (array(select o.id from register.person o where o.root = d.person) || d.person) and ($1 is null or c.programme = $1) and c.month > d.day
		and c.kind in ('regular', 'arrears') offset 0) c
	union all
	select c.id, c.programme, c.pay_period, c.person, c.month, c.amount_dong, 'stopped_since', $4, l.number
	from (select coalesce(m.root, d.person) as person, d.programme, min(d.month) as month from register.decision d
		left join register.person m on m.id = d.person and m.root is not null
		where d.kind in ('suspend', 'terminate') and d.second_officer is not null and ($1 is null or d.programme = $1)
			and ($2 is null or d.person = any ($2) or m.root = any ($2)) group by 1, 2) d
	cross join lateral (select c.* from payout.claim c
		where c.person = any (array(select o.id from register.person o where o.root = d.person) || d.person) and c.programme = d.programme and c.month >= d.month
		and c.kind in ('regular', 'arrears') offset 0) c
	cross join lateral (select l.kind, l.number from register.decision l
		where l.person = any (array(select o.id from register.person o where o.root = d.person) || d.person) and l.programme = d.programme and l.second_officer is not null
			and l.kind in ('suspend', 'terminate', 'resume') and l.month <= c.month
		order by l.month desc, l.decided_at desc, l.id desc limit 1) l
	where l.kind <> 'resume'
	union all
	select c.id, c.programme, c.pay_period, c.person, c.month, c.amount_dong, 'twice', '', ''
	from register.surplus s join payout.claim c on c.id = s.claim
	left join register.person m on m.id = c.person and m.root is not null
	where not s.undone and ($1 is null or c.programme = $1) and ($2 is null or c.person = any ($2) or m.root = any ($2))
		and register.was_paid(c.id)
), each_claim as materialized (
	select distinct on (g.id) g.*, exists (select from payout.payout p join payout.payout_state s on s.payout = p.id
		where p.claim = g.id and s.state between 3 and 7) as has_left
	from gone g where not exists (select from payout.claim_void v where v.claim = g.id) order by g.id, g.code
), cases as (
	insert into register.recovery (claim, person, programme, month, amount_dong, why, facts)
	select g.id, g.person, g.programme, g.month, g.amount_dong, g.code, g.facts from each_claim g where g.has_left
	on conflict (claim) do nothing
), found as (
	select g.programme, g.pay_period, g.person, x.code, x.advice,
		case when x.code = 'recover' then string_agg(distinct to_char(g.month, 'MM/YYYY'), ', ') || ': ' || sum(g.amount_dong) || ' đồng'
			else min(g.facts) end as facts
	from (select * from each_claim where code <> 'twice') g
	cross join lateral (select case when g.has_left then 'recover' else g.code end as code, case when g.has_left then $5 else g.advice end as advice) x
	group by g.programme, g.pay_period, g.person, x.code, x.advice
)
insert into register.finding (programme, period, person, code, note, blocks, facts, n)
select f.programme, f.pay_period, f.person, f.code, f.advice || ': ' || f.facts, true, f.facts, coalesce(l.n, 0) + 1
from found f
left join lateral (select o.n, o.facts from register.finding o
	where o.programme = f.programme and o.period = f.pay_period and o.person = f.person and o.code = f.code order by o.n desc limit 1) l on true
where l.facts is distinct from f.facts
on conflict do nothing
returning person;

-- name: entitle_grants
-- duties: desk
-- in: programme text, period date
-- out: decision bigint, kind text, person bigint, month date, rate_codes text[], quantity integer, number text, instalment smallint, twice boolean,
--      dead boolean, area_code text, area_from date, province text
-- Decided, due by now, and not yet a claim. They belong to the ward that the person was last listed in. Of several grants in a month each is the
-- next instalment. twice: what was decided for each of two IDs before they were found to be one person's is granted once.
select d.id as decision, d.kind, s.root as person, d.month, d.rate_codes, d.quantity, d.number,
	((select coalesce(max(c.instalment), 0) from payout.claim c where c.person = any (s.selves) and c.kind = d.kind
		and (d.kind = 'funeral' or c.programme = d.programme and c.month = d.month))
		+ row_number() over (partition by s.root, d.kind, case d.kind when 'grant' then d.month end order by d.id))::smallint as instalment,
	exists (select from register.decision o left join register.decision_claim x on x.decision = o.id
		where o.person = any (s.selves) and o.kind = d.kind and o.second_officer is not null
			and (d.kind = 'funeral' or (o.programme, o.month, o.rate_codes) = (d.programme, d.month, d.rate_codes) and (o.number = d.number
				or o.person <> d.person and exists (select from register.identity i where i.kind = 'merge' and not i.refused
					and i.moved && array[o.person, d.person] and i.decided_at > greatest(o.decided_at, d.decided_at))))
			and case when x.claim is null then o.id < d.id
				else not exists (select from payout.claim_void v where v.claim = x.claim) end) as twice,
	exists (select from register.person_event v where v.person = any (s.selves) and v.kind = 'death') as dead,
	e.area_code, e.area_valid_from as area_from, a.province_code as province
from register.decision d
cross join lateral (select coalesce(m.root, m.id) as root, register.selves(m.id) as selves from register.person m where m.id = d.person offset 0) s
join lateral (select e.area_code, e.area_valid_from from register.enrolment e where e.person = any (s.selves)
	order by e.programme <> d.programme, e.from_month desc, e.id desc limit 1) e on true
left join register.area a on a.level = 'commune' and a.code = e.area_code and a.valid_from = e.area_valid_from
where d.programme = $1 and d.pay_period <= $2 and d.kind in ('grant', 'funeral') and d.second_officer is not null
	and not exists (select from register.decision_claim x where x.decision = d.id)
order by d.id;

-- name: entitle_granted_in
-- duties: desk
-- copy in: register.decision_claim(decision bigint, claim bigint)

-- name: finding_list
-- duties: desk
-- in: period date, open_only boolean
-- out: id bigint, programme text, code text, note text, blocks boolean, opened_at timestamptz, file text, row_no integer, area text,
--      verdict text, person bigint, name text, birth_year smallint, wrapped bytea, sealed bytea, proposed text, proposed_by text, reason text
-- With the person that each is about (the newest ID), and what the first officer proposed; the last of each kind. Of the wards of this
-- officer's mandates.
with f as materialized (
	select f.*, i.name as file_name, coalesce(q.area_code, i.area_code, e.area_code) as area,
		coalesce(q.area_valid_from, i.area_valid_from, e.area_valid_from) as area_from, g.code as agency
	from register.finding f
	left join register.import_file i on i.id = f.file
	left join register.import_row q on q.file = f.file and q.row_no = f.row_no
	left join org.programme_agency pa on pa.programme = f.programme
	left join org.agency g on g.id = pa.agency
	left join lateral (select e.area_code, e.area_valid_from from register.enrolment e where i.id is null and e.person = f.person
		order by e.programme <> f.programme, e.from_month desc, e.id desc limit 1) e on true
	where f.period = $1 and not exists (select from register.finding l
		where (l.programme, l.period, l.person, l.code) = (f.programme, f.period, f.person, f.code) and l.n > f.n)
), mine as materialized (
	select x.agency, x.area, x.area_from from (select distinct f.agency, f.area, f.area_from from f) x
	where exists (select from auth.mandate m where m.officer = auth.me() and auth.may_in(m.role, x.agency, x.area, x.area_from, 0))
)
select f.id, f.programme, f.code, f.note, f.blocks, f.opened_at, f.file_name as file, f.row_no, f.area, d.verdict,
	f.person, n.name, n.birth_year, k.wrapped, x.sealed, w.verdict as proposed, o.login as proposed_by, w.reason
from f
join mine m on (m.agency, m.area, m.area_from) is not distinct from (f.agency, f.area, f.area_from)
left join register.finding_decision d on d.finding = f.id
left join register.person n on n.id = f.person
left join register.person_key k on k.person = f.person
left join lateral (select x.sealed from register.person_id x where x.person = f.person and x.kind = 'cccd'
	order by x.replaced_at desc nulls first, x.known_from desc limit 1) x on true
left join lateral (select p.verdict, p.officer, p.reason from register.finding_proposal p where p.finding = f.id order by p.id desc limit 1) w on true
left join auth.officer o on o.id = w.officer
where not $2 or f.blocks and d.finding is null and not (f.code = 'recover' and exists (select from register.recovery_decided r
	where (r.person, r.programme, r.period) = (f.person, f.programme, f.period)))
order by f.id;

-- name: finding_propose
-- duties: desk
-- in: finding bigint, verdict text, reason text
-- out: outcome text
-- The first officer proposes, a second one with the same verdict decides. outcome: proposed, decided, unknown (no such open
-- finding), differs (another verdict was proposed, or by one whose mandate has ended; now this one is), same_officer, no_mandate. Who decides to pay although the bank
-- names another holder, or ties the ID to nobody, vouches for the account that the finding names, and for no other: it passes from then on.
with asked as (
	select f.id, f.person, f.code, f.facts, f.programme, register.may_decide(auth.me(), f.programme, f.person) as may from register.finding f
	where f.id = $1 and not exists (select from register.finding_decision d where d.finding = f.id)
), f as (
	select a.* from asked a where a.may
), p as (
	select p.verdict, p.officer, register.may_decide(p.officer, f.programme, f.person) as may
	from register.finding_proposal p join f on f.id = p.finding order by p.id desc limit 1
), proposed as (
	insert into register.finding_proposal (finding, officer, verdict, reason)
	select f.id, auth.me(), $2, $3 from f where not exists (select from p where p.verdict = $2 and p.may)
	returning finding
), decided as (
	insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
	select f.id, $2, p.officer, auth.me(), $3 from f, p where p.verdict = $2 and p.may and p.officer <> auth.me()
	returning finding
), vouched as (
	insert into register.account_check (account, source, status, grade, id_linked, passes)
	select a.id, 'officer', k.status, k.grade, k.id_linked, true
	from decided join f on f.id = decided.finding
	join lateral (select x.id from register.account_now x where x.person = any (register.selves(f.person)) and x.stands and not x.renamed
		and x.id = substring(f.facts from '^tài khoản số ([0-9]+)$')::bigint) a on true
	join lateral (select c.status, c.grade, c.id_linked, c.passes from register.account_check c
		where c.account = a.id order by c.status = 'unclear', c.known_on desc, c.id desc limit 1) k on k.status in ('open', 'dormant') and not k.passes
	where $2 = 'pay_entitled' and f.code in ('account_name', 'account_id')
)
select case
	when exists (select from asked where not may) then 'no_mandate'
	when not exists (select from f) then 'unknown'
	when exists (select from decided) then 'decided'
	when exists (select from proposed) and exists (select from p) then 'differs'
	when exists (select from proposed) then 'proposed'
	else 'same_officer'
end as outcome;
