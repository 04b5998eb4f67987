-- Lists of accounts: one officer brings them, a second one lets them count (register.account_file).

-- name: account_file_add
-- duties: desk
-- in: file bigint, source text, known_on date
-- out:
insert into register.account_file (file, source, known_on, first_officer) values ($1, $2, $3, auth.me());

-- name: account_file_rows_in
-- duties: desk
-- copy in: register.account_file_row(file bigint, row_no integer, account bigint, status text, grade text, passes boolean)

-- name: account_files_waiting
-- duties: desk
-- in:
-- out: file bigint, name text, bank text, first text, at timestamptz, known_on date, n bigint
-- What waits for a second officer, for whoever keeps a register.
select l.file, f.name, f.bank, o.login as first, f.at, l.known_on,
	(select count(*) from register.account_file_row r where r.file = l.file) as n
from register.account_file l join register.import_file f on f.id = l.file join auth.officer o on o.id = l.first_officer
where l.second_officer is null and l.dropped_by is null
	and exists (select from auth.mandate m where m.officer = auth.me() and m.role = 'register' and auth.may(m.role, m.agency, m.area, 0))
order by l.file;

-- name: account_file_find
-- duties: desk
-- in: file bigint, dropping boolean
-- out: problem text, lacks text
-- Why this officer cannot confirm it, or drop it; null: nothing speaks against it; lacks: the mandate that is wanted. No row: no such list waits.
select case
	when l.first_officer = auth.me() then case when not $2 then 'same_officer' end
	when m.lacks is not null then 'no_mandate'
	when not $2 and register.account_file_lacks(l.first_officer, l.file) is not null then 'first_mandate' end as problem, m.lacks
from register.account_file l
cross join lateral (select case when l.first_officer <> auth.me() then register.account_file_lacks(auth.me(), l.file) end as lacks offset 0) m
where l.file = $1 and l.second_officer is null and l.dropped_by is null;

-- name: account_file_show
-- duties: desk
-- in: file bigint, most integer
-- out: name text, bank text, first text, at timestamptz, known_on date, rows bigint, left_out bigint, opens bigint, changes bigint, shares bigint,
--      dormant bigint, differs bigint, shut bigint, row_no integer, person bigint, person_name text, account_bank text, holder text, status text, grade text,
--      opens_it boolean, changes_it boolean, shares_it boolean, wrapped bytea, sealed bytea
-- What confirming would do. opens: accounts that pass by it and do not pass today; changes: of these, where another account of the person
-- passes today; shares: where others have the number too. Then some rows, first those that do the most; without rows one line all the same.
with judged as materialized (
	select j.row_no, j.account, j.status, j.grade, j.passes, j.counts, a.person, a.blind, n.receives
	from register.account_file_rows($1) j
	cross join lateral (select a.person, a.blind from register.payee_account a where a.id = j.account offset 0) a
	cross join lateral (select n.passes and n.stands as receives from register.account_now n where n.id = j.account offset 0) n
), kin as materialized (
	select k.id, k.root from register.kin k
), looked as materialized (
	select j.*, j.passes and j.counts and not j.receives as opens_it,
		case when j.passes and j.counts and not j.receives then exists (select from register.account_now o
			where o.person = any (array(select s.id from register.person me join register.person s on s.id = coalesce(me.root, me.id)
					or s.root = coalesce(me.root, me.id) where me.id = j.person))
				and o.id <> j.account and o.stands and o.passes and not o.renamed and (o.authority_until is null or o.authority_until >= ops.today())) else false end as changes_it,
		case when j.passes and j.counts then exists (select from register.payee_account o left join kin x on x.id = o.person left join kin y on y.id = j.person
			where o.blind = j.blind and coalesce(x.root, o.person) <> coalesce(y.root, j.person)) else false end as shares_it
	from judged j
), counts as (
	select count(*) as rows, count(*) filter (where passes and not counts) as left_out, count(*) filter (where opens_it) as opens, count(*) filter (where changes_it) as changes,
		count(*) filter (where shares_it) as shares, count(*) filter (where status = 'dormant') as dormant,
		count(*) filter (where not passes and status in ('open', 'dormant')) as differs, count(*) filter (where status not in ('open', 'dormant')) as shut
	from looked
), sample as (
	select l.* from looked l order by l.changes_it desc, l.shares_it desc, l.opens_it desc, l.row_no limit $2
)
select f.name, f.bank, o.login as first, f.at, h.known_on, c.rows, c.left_out, c.opens, c.changes, c.shares, c.dormant, c.differs, c.shut,
	s.row_no, s.person, p.name as person_name, a.bank as account_bank, a.holder_name as holder, s.status, s.grade, s.opens_it, s.changes_it, s.shares_it,
	k.wrapped, a.sealed
from register.account_file h join register.import_file f on f.id = h.file join auth.officer o on o.id = h.first_officer
cross join counts c
left join sample s on true
left join register.payee_account a on a.id = s.account
left join register.person p on p.id = s.person
left join register.person_key k on k.person = s.person
where h.file = $1
order by s.changes_it desc, s.shares_it desc, s.opens_it desc, s.row_no;

-- name: account_file_confirm
-- duties: desk
-- in: file bigint
-- out: file bigint
update register.account_file set second_officer = auth.me(), decided_at = clock_timestamp()
where file = $1 and second_officer is null and dropped_by is null
returning file;

-- name: account_file_drop
-- duties: desk
-- in: file bigint
-- out: file bigint
update register.account_file set dropped_by = auth.me() where file = $1 and second_officer is null and dropped_by is null returning file;
