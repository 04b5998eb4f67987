-- Units of all days, and where villages went.

-- name: area_show
-- duties: desk
-- in: code text
-- out: level text, name text, parent text, since date, until date, later text, earlier text
select a.level, a.name, coalesce(p.name, '') as parent, a.valid_from as since, least(a.valid_to, a.gone_by - 1) as until,
	coalesce((select string_agg(n.name || ' (' || n.code || ')', '; ' order by n.code) from register.area_successor s
		join register.area n on n.code = s.successor_code and n.valid_from = s.successor_valid_from
		where s.code = a.code and s.valid_from = a.valid_from), '') as later,
	coalesce((select string_agg(n.name || ' (' || n.code || ')', '; ' order by n.code) from register.area_successor s
		join register.area n on n.code = s.code and n.valid_from = s.valid_from
		where s.successor_code = a.code and s.successor_valid_from = a.valid_from), '') as earlier
from register.area a
left join register.area p on p.code = a.parent_code and p.valid_from = a.parent_valid_from and p.level <> 'commune'
where a.code = $1 order by a.valid_from;

-- name: area_village_add
-- duties: desk
-- in: code text, village text, later text, source text
-- out: known boolean, added boolean
-- known: such a part of such a unit exists. Added only by who has the mandate register for the old unit.
with part as (
	select s.code, s.valid_from, s.successor_code, s.successor_valid_from,
		coalesce((select bool_or(auth.may_in(m.role, m.agency, s.code, s.valid_from, 0)) from auth.mandate m
			where m.officer = auth.me() and m.role = 'register'), false) as may
	from register.area_successor s where s.code = $1 and s.successor_code = $3 and s.is_split
), added as (
	insert into register.area_village (code, valid_from, village, successor_code, successor_valid_from, source, officer)
	select p.code, p.valid_from, $2, p.successor_code, p.successor_valid_from, $4, auth.me() from part p where p.may
	returning id
)
select exists (select from part) as known, exists (select from added) as added;
