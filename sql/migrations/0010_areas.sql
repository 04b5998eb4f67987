-- Units of all years: which mandate reaches which unit, where a row of a list belongs, and which unit of another day a unit is. What
-- the dates of register.area mean: sql/reference/README.md.

set local role chitra_owner;

create index on register.area (parent_code, parent_valid_from);
create index on register.area_successor (successor_code, successor_valid_from);

create function register.area_stands(valid_from date, valid_to date, gone_by date, day date) returns boolean language sql immutable
set search_path = pg_catalog
as $$ select valid_from <= day and (valid_to is null or day <= valid_to) and (gone_by is null or day < gone_by) $$;

-- ---------------------------------------------------------------- mandates

-- A code is another unit in another year (22960 was Xã Phong Nẫm and is Phường Bình Thuận): a mandate means the unit that its code was
-- when it was given, by the business clock.
alter table auth.mandate add column named_on date not null default ops.today();

-- A unit and those that it lies in.
create function register.area_above(unit text, since date) returns table (code text, valid_from date) language plpgsql stable rows 3
set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
	return query
	with recursive up(code, valid_from, parent, since) as (
		select a.code, a.valid_from, a.parent_code, a.parent_valid_from from register.area a
			where a.code = $1 and a.valid_from = $2
		union all
		select a.code, a.valid_from, a.parent_code, a.parent_valid_from
			from up join register.area a on a.code = up.parent and a.valid_from = up.since and a.level <> 'commune'
	)
	select up.code, up.valid_from from up;
end $$;

-- The units a mandate for which holds for this unit: itself and what it lies in; what all those units lie in that it went into; what all
-- those lie in that it was made of. So no reform gives anybody power over people who were not his: of a unit made of three, one
-- ward's officer has nothing, the officer of the district or province in which all three lay has it, and whoever has the new unit
-- finishes what the old ones left.
create function register.area_reach(unit text, since date) returns table (code text, valid_from date) language plpgsql stable rows 10
set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
	return query
	select u.code, u.valid_from from register.area_above($1, $2) u
	union
	select u.code, u.valid_from
	from register.area_successor s cross join lateral register.area_above(s.successor_code, s.successor_valid_from) u
	where s.code = $1 and s.valid_from = $2
	group by 1, 2 having count(*) = (select count(*) from register.area_successor s
		where s.code = $1 and s.valid_from = $2)
	union
	select u.code, u.valid_from
	from register.area_successor s cross join lateral register.area_above(s.code, s.valid_from) u
	where s.successor_code = $1 and s.successor_valid_from = $2
	group by 1, 2 having count(*) = (select count(*) from register.area_successor s
		where s.successor_code = $1 and s.successor_valid_from = $2);
end $$;

-- The same as the words that a certificate may say of it, each with the days on which it meant that unit. A certificate's days are those of the
-- real clock, of which a sandbox's days say nothing.
create function register.area_words(unit text, since date) returns text[] language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return array(
		select distinct concat_ws(' ', u.code, to_char(case when i.sandbox then '0001-01-01' else a.valid_from end, 'YYYY-MM-DD'),
			to_char(case when i.sandbox then '9999-12-31' else coalesce(least(a.valid_to, a.gone_by - 1), '9999-12-31') end, 'YYYY-MM-DD'))
		from register.area_reach($1, $2) u
		cross join lateral (select a.valid_from, a.valid_to, a.gone_by from register.area a where a.code = u.code and a.valid_from = u.valid_from offset 0) a
		cross join ops.instance i
		order by 1);
end $$;

-- Whether an officer holds a role for an agency, a unit and an amount. auth.officer_may, without a day, knows the mandates' own words only.
create function auth.officer_may_in(officer bigint, role text, agency text, area text, area_from date, amount bigint) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return auth.officer_may(officer, role, agency, '*', amount) or exists (
		select from auth.mandate m
		cross join lateral (select u.code, u.valid_from from register.area_reach(officer_may_in.area, officer_may_in.area_from) u
			where u.code = m.area) u
		cross join lateral (select a.valid_from, a.valid_to, a.gone_by from register.area a
			where a.code = u.code and a.valid_from = u.valid_from offset 0) a
		where m.officer = officer_may_in.officer and m.role = officer_may_in.role
			and register.area_stands(a.valid_from, a.valid_to, a.gone_by, m.named_on)
			and (m.agency = '*' or m.agency = officer_may_in.agency) and m.limit_dong >= officer_may_in.amount
			and exists (select from auth.certificate c where c.id = m.certificate and now() between c.not_before and c.not_after)
			and not exists (select from auth.revocation r where r.certificate = m.certificate)
			and exists (select from auth.officer o where o.id = m.officer and not o.disabled));
end $$;
create function auth.may_in(role text, agency text, area text, area_from date, amount bigint) returns boolean language sql stable
security definer
set search_path = pg_catalog
as $$ select auth.officer_may_in(auth.me(), role, agency, area, area_from, amount) $$;

-- A person is decided about where he was last enrolled.
create or replace function register.has_role(officer bigint, roles text[], programme text, person bigint, amount bigint default 0) returns boolean
language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (
		select from org.programme_agency pa
		join org.agency g on g.id = pa.agency
		left join lateral (select e.area_code, e.area_valid_from from register.enrolment e where e.person = any (register.selves(has_role.person))
			order by e.programme <> has_role.programme, e.from_month desc, e.id desc limit 1) e on true
		cross join unnest(has_role.roles) as r(role)
		where pa.programme = has_role.programme and auth.officer_may_in(has_role.officer, r.role, g.code,
			case when has_role.person is null then '*' else e.area_code end, e.area_valid_from, has_role.amount))
$$;
drop function register.ward_of(text, bigint);

-- The same of many, each answer in its question's place: every officer, agency, ward and amount among them is asked about once.
create function register.has_role_each(officers bigint[], roles text[], programmes text[], persons bigint[], amounts bigint[]) returns boolean[]
language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return (
		with kind as materialized (
			select array_agg(a.n) as them, a.officer, g.code as agency, case when a.person is null then '*' else e.area_code end as area,
				e.area_valid_from as area_from, a.amount
			from unnest(officers, programmes, persons, amounts) with ordinality as a(officer, programme, person, amount, n)
			left join org.programme_agency pa on pa.programme = a.programme
			left join org.agency g on g.id = pa.agency
			left join lateral (select e.area_code, e.area_valid_from from register.enrolment e where e.person = any (register.selves(a.person))
				order by e.programme <> a.programme, e.from_month desc, e.id desc limit 1) e on true
			group by a.officer, g.code, 4, e.area_valid_from, a.amount
		), judged as materialized (
			select k.them, k.agency is not null and exists (select from unnest(roles) as r(role)
				where auth.officer_may_in(k.officer, r.role, k.agency, k.area, k.area_from, k.amount)) as may
			from kind k
		)
		select array_agg(j.may order by u.n) from judged j cross join unnest(j.them) as u(n));
end $$;
create function register.may_decide_each(officers bigint[], programmes text[], persons bigint[], amounts bigint[]) returns boolean[]
language sql stable security definer
set search_path = pg_catalog
as $$ select register.has_role_each(officers, '{register,maker,checker,approver}', programmes, persons, amounts) $$;
create function register.may_see_each(programmes text[], persons bigint[]) returns boolean[] language sql stable security definer
set search_path = pg_catalog
as $$
	select register.has_role_each(array_fill(auth.me(), array[cardinality(persons)]),
		array(select m.role from auth.mandate m where m.officer = auth.me()), programmes, persons, array_fill(0::bigint, array[cardinality(persons)]))
$$;

-- Of decisions: whether this transaction's officer may decide them, and whether whoever proposed them may.
create function register.may_confirm(decisions bigint[]) returns table (decision bigint, me boolean, first boolean) language sql stable
security definer
set search_path = pg_catalog
as $$
	select u.decision, u.me, u.first
	from (select array_agg(d.id) as ids, array_agg(d.first_officer) as firsts, array_agg(d.programme) as programmes, array_agg(d.person) as persons,
			array_agg(coalesce(d.amount_dong, 0)) as amounts
		from register.decision d where d.id = any (may_confirm.decisions) having count(*) > 0) d
	cross join lateral unnest(d.ids,
		register.may_decide_each(array_fill(auth.me(), array[cardinality(d.ids)]), d.programmes, d.persons, d.amounts),
		register.may_decide_each(d.firsts, d.programmes, d.persons, d.amounts)) as u(decision, me, first)
$$;

-- Whoever lets a held payout go has the mandate for the unit of its batch.
create or replace function payout.let_go_by(payout bigint) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select count(*)
	from payout.hold_release r
	join payout.payout p on p.id = let_go_by.payout
	join payout.batch b on b.id = p.batch
	join org.agency a on a.id = b.agency
	where r.hold = (select max(h.id) from payout.hold h where h.payout = p.id)
		and auth.officer_may_in(r.officer, 'release', a.code, b.area_code, b.area_valid_from, p.amount_dong)
$$;

-- All units for which this transaction's officer has any mandate in force; who has one for everywhere needs no list.
create function auth.my_units() returns table (code text, valid_from date) language sql stable security definer
set search_path = pg_catalog
as $$
	with recursive named as materialized (
		select distinct a.code, a.valid_from
		from auth.mandate m join auth.certificate c on c.id = m.certificate
		join register.area a on a.code = m.area and register.area_stands(a.valid_from, a.valid_to, a.gone_by, m.named_on)
		where m.officer = auth.me() and now() between c.not_before and c.not_after
			and not exists (select from auth.revocation r where r.certificate = c.id)
	), down as (
		select n.code as root, n.valid_from as since, n.code, n.valid_from from named n
		union
		select d.root, d.since, a.code, a.valid_from from down d
		join register.area a on a.parent_code = d.code and a.parent_valid_from = d.valid_from
	)
	select d.code, d.valid_from from down d
	union
	select s.code, s.valid_from
	from down d join register.area_successor s on s.successor_code = d.code and s.successor_valid_from = d.valid_from
	group by d.root, d.since, s.code, s.valid_from having count(*) = (select count(*) from register.area_successor o
		where o.code = s.code and o.valid_from = s.valid_from)
	union
	select s.successor_code, s.successor_valid_from
	from down d join register.area_successor s on s.code = d.code and s.valid_from = d.valid_from
	group by d.root, d.since, s.successor_code, s.successor_valid_from having count(*) = (select count(*) from register.area_successor o
		where o.successor_code = s.successor_code and o.successor_valid_from = s.successor_valid_from)
$$;

-- ---------------------------------------------------------------- lists

-- Where a row belongs, when it is not where its file belongs. What the officer called the file's unit, when that one was carried on.
alter table register.import_row add column area_code text, add column area_valid_from date,
	add constraint import_row_area check ((area_code is null) = (area_valid_from is null));
alter table register.import_file add column area_said text;

-- To which part of a unit that was split a village went: what an officer read in the resolution. The newest line counts.
create table register.area_village (
	id bigint generated always as identity primary key,
	code text not null,
	valid_from date not null,
	village text not null check (village ~ '^[a-z0-9]+( [a-z0-9]+)*$'),	-- folded
	successor_code text not null,
	successor_valid_from date not null,
	source text not null check (length(source) between 3 and 200),
	officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	foreign key (code, valid_from, successor_code, successor_valid_from) references register.area_successor
);
create index on register.area_village (code, valid_from);
create trigger by_me after insert on register.area_village referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('register.area_village');

-- ---------------------------------------------------------------- reports

-- What each unit is on another day: as_code, where there is one answer; else the units among which it cannot be told from the unit
-- alone. A unit of which nobody knows what came after it is among none.
create function register.areas_as_of(day date) returns table (code text, valid_from date, as_code text, among text[]) language sql stable
security definer
set search_path = pg_catalog
as $$
	select a.code, a.valid_from,
		case when l.stands then a.code when cardinality(l.others) = 1 then l.others[1] end as as_code,
		case when l.stands or cardinality(l.others) = 1 then '{}' else l.others end as among
	from register.area a
	cross join lateral (select register.area_stands(a.valid_from, a.valid_to, a.gone_by, areas_as_of.day) as stands, array(
		select o.code from (
			select s.successor_code as code, s.successor_valid_from as valid_from from register.area_successor s
				where s.code = a.code and s.valid_from = a.valid_from
			union
			select s.code, s.valid_from from register.area_successor s
				where s.successor_code = a.code and s.successor_valid_from = a.valid_from) s
		join register.area o on o.code = s.code and o.valid_from = s.valid_from
			and register.area_stands(o.valid_from, o.valid_to, o.gone_by, areas_as_of.day)
		order by o.code) as others) l
	where a.level = 'commune'
$$;

-- Where a person of a unit was or is on another day, as areas_as_of says of it: what the unit was or became; where the unit does not tell,
-- the one in which the person was enrolled then; else all that it can have been («22924/22927»), and «22951?» where nobody knows.
create function register.ward_as_of(person bigint, programme text, code text, as_code text, among text[], day date) returns text language sql stable
as $$
	select coalesce(as_code, (select case when e.area_code = any (among) then e.area_code end from register.enrolment e
			where e.person = ward_as_of.person and e.programme = ward_as_of.programme and e.from_month <= day and cardinality(among) > 0
			order by e.from_month desc, e.id desc limit 1),
		nullif(array_to_string(among, '/'), ''), code || '?')
$$;

-- What such a unit is called, on that day or last; '' where it is several.
create function register.area_name(ward text, day date) returns text language sql stable
as $$
	select coalesce((select a.name from register.area a where a.level = 'commune' and a.code = rtrim(area_name.ward, '?')
		order by register.area_stands(a.valid_from, a.valid_to, a.gone_by, area_name.day) desc, a.valid_from desc limit 1), '')
$$;

-- Who is on a period's lists, each once in a programme, and where: in the ward of the list; or (area_day) where that is on that day.
create function register.listed(period date, area_day date) returns table (person bigint, programme text, ward text) language sql stable
security definer rows 200000
set search_path = pg_catalog
as $$
	with unit as materialized (
		select u.code, u.valid_from, u.as_code, u.among from register.areas_as_of(listed.area_day) u where listed.area_day is not null
	), l as (
		select distinct on (coalesce(m.root, r.person), r.programme) coalesce(m.root, r.person) as person, r.programme,
			coalesce(r.area_code, f.area_code) as code, coalesce(r.area_valid_from, f.area_valid_from) as valid_from
		from register.import_row r join register.import_file f on f.id = r.file
		left join register.person m on m.id = r.person and m.root is not null
		where r.period = listed.period and r.programme is not null and r.person is not null
		order by coalesce(m.root, r.person), r.programme, m.root is not null, f.id
	)
	select l.person, l.programme, case when listed.area_day is null then l.code
		else register.ward_as_of(l.person, l.programme, l.code, u.as_code, u.among, listed.area_day) end
	from l left join unit u on u.code = l.code and u.valid_from = l.valid_from
$$;
