-- People of a period's lists with the state of their claims; findings are in entitle.sql. Why "lateral (… offset 0)": import.sql.

-- name: people_begin
-- duties: desk
-- in:
-- out: everywhere boolean, areas text[], programmes text[]
-- The units for which this officer has any mandate in force («22960 2025-07-01»), and all programmes.
select coalesce(bool_or(m.area = '*'), false) as everywhere,
	array(select u.code || to_char(u.valid_from, ' YYYY-MM-DD') from auth.my_units() u) as areas,
	array(select p.code from rules.programme p order by p.code) as programmes
from auth.mandate m where m.officer = auth.me() and auth.may(m.role, m.agency, m.area, 0);

-- name: people_page
-- duties: desk
-- in: period date, programme text, after_person bigint, most integer, everywhere boolean, areas text[], area_day date
-- out: listed bigint, person bigint, programme text, ward text, name text, wrapped bytea, sealed bytea, wish text, account_kind text, any_account boolean,
--      dead boolean, blocked boolean
-- Without wrapped: who was erased. account_kind: of the newest account that passes and whose authority is in force. Two rows that were
-- merged since are one person; listed is by whom the row stands on the list. area_day: by the units of that day (register.ward_as_of).
with unit as materialized (
	select u.code, u.valid_from, u.as_code, u.among from register.areas_as_of($7) u where $7 is not null
), listed as materialized (
	select distinct on (r.person) r.person as listed, r.programme, coalesce(r.area_code, f.area_code) as area_code,
		coalesce(r.area_valid_from, f.area_valid_from) as area_valid_from,
		coalesce((select m.root from register.person m where m.id = r.person and m.root is not null), r.person) as person
	from register.import_row r join register.import_file f on f.id = r.file
	where r.period = $1 and r.programme = $2 and r.person > $3 and ($5 or coalesce(r.area_code || to_char(r.area_valid_from, ' YYYY-MM-DD'),
			f.area_code || to_char(f.area_valid_from, ' YYYY-MM-DD')) = any ($6))
		and not exists (select from register.person m where m.id = r.person and m.root is not null and exists (
			select from (select m.root as id union all select s.id from register.person s where s.root = m.root and s.id < r.person) k
			cross join lateral (select from register.import_row o where o.programme = $2 and o.period = $1 and o.person = k.id offset 0) o))
	order by r.person, r.kind limit $4
)
select l.listed, l.person, l.programme, case when $7 is null then l.area_code else register.ward_as_of(l.person, l.programme, l.area_code, u.as_code, u.among, $7) end as ward,
	p.name, k.wrapped, i.sealed,
	coalesce((select q.method from register.pay_preference q
		where q.person = any (s.selves) and q.programme = l.programme and q.since <= (select ops.today())
		order by q.since desc, q.id desc limit 1), '') as wish,
	(select a.kind from (select n.id, n.kind, n.passes, n.stands, n.renamed, n.authority_until, n.checked_by, n.valid_from
			from register.account_now n where n.person = any (s.selves) offset 0) a
		where a.passes and a.stands and not a.renamed and (a.authority_until is null or a.authority_until >= (select ops.today()))
		order by a.kind = 'self' and a.checked_by = 'officer', a.valid_from desc, a.id desc limit 1) as account_kind,
	exists (select from register.account_now a where a.person = any (s.selves) and a.stands) as any_account,
	exists (select from register.person_event d where d.person = any (s.selves) and d.kind = 'death') as dead,
	exists (select from register.waiting w where w.programme = l.programme and w.period = $1 and w.person = any (s.selves)) as blocked
from listed l
left join unit u on u.code = l.area_code and u.valid_from = l.area_valid_from
cross join lateral (select array(select o.id from register.person o where o.root = l.person) || l.person as selves offset 0) s
cross join lateral (select p.name from register.person p where p.id = l.person offset 0) p
left join lateral (select k.wrapped from register.person_key k where k.person = l.person offset 0) k on true
left join lateral (select sealed from register.person_id i where i.person = l.person and i.kind = 'cccd'
	order by i.replaced_at desc nulls first, i.known_from desc limit 1) i on true
order by l.listed;

-- name: people_claims
-- duties: desk
-- in: period date, persons bigint[], programmes text[]
-- out: n bigint, month date, kind text, amount_dong bigint, state text, paid_in_cash boolean, delegate boolean
-- n: which of the people, from 1. state: of the newest payout; 'in_batch' before its approval, 'open' without one.
select w.n, c.month, c.kind, c.amount_dong,
	case
		when exists (select from payout.claim_void v where v.claim = c.id) then 'voided'
		when p.id is null then 'open'
		else coalesce(t.name, 'in_batch')
	end as state,
	p.id is not null and p.payee_account is null as paid_in_cash,
	coalesce(a.kind <> 'self', false) as delegate
from unnest($2, $3) with ordinality as w(person, programme, n)
cross join lateral (select c.* from payout.claim c
	where c.person = any (array(select o.id from register.person o where o.root = w.person) || w.person) and c.programme = w.programme
		and c.pay_period = $1 and not exists (select from register.surplus x where x.claim = c.id and not x.undone) offset 0) c
left join lateral (select p.id, p.payee_account from payout.payout p where p.claim = c.id order by p.issue desc limit 1) p on true
left join payout.payout_state s on s.payout = p.id
left join payout.state t on t.code = s.state
left join register.payee_account a on a.id = p.payee_account
order by w.n, c.month, c.kind;
