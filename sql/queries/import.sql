-- Lists into the register: what is known already, and what comes in. Everything takes thousands at a time.
-- "lateral (… offset 0)" keeps a join what it is, one look into an index for each row: after a bulk import the statistics still say
-- that a programme has nobody, and the planner would compare everybody with everybody (seen: 171 s instead of 3).

-- name: import_lock
-- duties: desk
-- in: alone boolean
-- out: locked boolean
-- Payment lists come in side by side; whoever meets the same person as another at that moment is refused by a key and comes again
-- alone. What looks people up without a key that would refuse (accounts, deaths) is alone from the start.
select case when $1 then pg_advisory_xact_lock(7201) is not null else pg_advisory_xact_lock_shared(7201) is not null end as locked;

-- name: import_instance
-- duties: desk
-- in:
-- out: sandbox boolean, today date
select sandbox, ops.today() as today from ops.instance;

-- name: import_prefixes
-- duties: desk
-- in:
-- out: prefix text
select prefix from register.id_prefix;

-- name: import_categories
-- duties: desk
-- in:
-- out: code text, programme text, rate_code text, also_rate_code text, needs_injury_pct boolean, rule text
select code, programme, rate_code, also_rate_code, needs_injury_pct, rule from rules.category order by code;

-- name: import_aliases
-- duties: desk
-- in:
-- out: alias text, category text
select alias, category from rules.category_alias union all select name_vi, code from rules.category;

-- name: import_catalogue
-- duties: desk
-- in: programme text
-- out: code text, programme text, name text, others text
-- What lists may write under «Đối tượng»: each category's name, and what else it is called. programme '': all.
select c.code, c.programme, c.name_vi as name,
	coalesce((select string_agg(a.alias, '; ' order by a.alias collate "vi-x-icu") from rules.category_alias a
		where a.category = c.code and a.alias <> c.name_vi), '') as others
from rules.category c where $1 = '' or c.programme = $1
order by c.programme, c.name_vi collate "vi-x-icu", c.code;

-- name: import_banks
-- duties: desk
-- in:
-- out: word text, code text
-- A bank is known by its code, its short and its whole name; a renamed one is its successor. A sandbox knows also the
-- banks that its channels name.
select w.word, coalesce(b.replaced_by, b.code) as code
from bank.bank b, unnest(array[b.code, b.short_name, b.name_vi]) as w(word)
union
select c.bank, c.bank from org.channel c, ops.instance i where i.sandbox and c.kind = 'bank'
union
select f.bank, f.bank from org.funding_account f, ops.instance i where i.sandbox;

-- name: import_programmes
-- duties: desk
-- in: codes text[]
-- out: code text, agency text
select p.code, a.code as agency
from rules.programme p
left join org.programme_agency pa on pa.programme = p.code
left join org.agency a on a.id = pa.agency
where p.code = any ($1);

-- name: import_areas
-- duties: desk
-- in:
-- out: level text, code text, name text, valid_from date, from_known boolean, last date, parent text, parent_from date
-- The units of all days, and until when each stood for certain.
select level, code, name, valid_from, valid_from_known as from_known, least(valid_to, gone_by - 1) as last, parent_code as parent,
	parent_valid_from as parent_from
from register.area order by code desc, valid_from;

-- name: import_area_links
-- duties: desk
-- in:
-- out: code text, valid_from date, later text, later_from date
select code, valid_from, successor_code as later, successor_valid_from as later_from
from register.area_successor order by code, valid_from, successor_code;

-- name: import_area_villages
-- duties: desk
-- in:
-- out: code text, valid_from date, village text, later text, later_from date
select distinct on (code, valid_from, village) code, valid_from, village, successor_code as later, successor_valid_from as later_from
from register.area_village order by code, valid_from, village, id desc;

-- name: import_may
-- duties: desk
-- in:
-- out: may boolean
-- Lists of banks and of the population belong to no agency and no area: any mandate of the register will do.
select coalesce(bool_or(auth.may('register', m.agency, m.area, 0)), false) as may
from auth.mandate m where m.officer = auth.me() and m.role = 'register';

-- name: import_anybody_may
-- duties: desk
-- in:
-- out: may boolean
-- A list of the whole population, of which no row is to be rejected for want of a mandate: it counts once, whoever brings it.
select coalesce(bool_and(auth.may('register', a.code, '*', 0)), false) as may from org.agency a;

-- name: import_files_known
-- duties: desk
-- in: sha256s bytea[], kind text, repairs boolean
-- out: sha256 bytea, name text
select sha256, name from register.import_file where sha256 = any ($1) and kind = $2 and repairs >= $3;

-- name: import_people
-- duties: desk
-- in: blinds bytea[]
-- out: n bigint, person bigint, name text, wrapped bytea, replaced boolean
-- Whoever was merged is the person that is left; without a key: who was erased. n counts from 1. replaced: another ID took this one's place.
select b.n, coalesce(r.id, p.id) as person, coalesce(r.name, p.name) as name, k.wrapped, d.replaced
from unnest($1) with ordinality as b(blind, n)
cross join lateral (select d.person, d.replaced_at is not null as replaced from register.person_id d where d.blind = b.blind offset 0) d
cross join lateral (select p.id, p.root, p.name from register.person p where p.id = d.person offset 0) p
left join lateral (select r.id, r.name from register.person r where r.id = p.root offset 0) r on p.root is not null
left join lateral (select k.wrapped from register.person_key k where k.person = coalesce(r.id, p.id) offset 0) k on true;

-- name: import_row_areas
-- duties: desk
-- in: file bigint, row_nos integer[]
-- out: n bigint, area text
-- The names of the units of these rows. n counts from 1.
select w.n, coalesce(a.name, r.area_code) as area
from unnest($2) with ordinality as w(row_no, n)
cross join lateral (select coalesce(r.area_code, f.area_code) as area_code, coalesce(r.area_valid_from, f.area_valid_from) as area_valid_from
	from register.import_row r join register.import_file f on f.id = r.file where r.file = $1 and r.row_no = w.row_no offset 0) r
left join register.area a on (a.code, a.valid_from) = (r.area_code, r.area_valid_from);

-- name: import_listed
-- duties: desk
-- in: programmes text[], period date, persons bigint[], kinds text[], banks text[], blinds bytea[]
-- out: n bigint, file_name text, row_no integer, area text, area_code text, listed_dong bigint, method text, account_known boolean,
--      enrolled text
-- Who stands on a list of this programme, period and kind already, where, and what of the new row is known.
select w.n, f.name as file_name, r.row_no, coalesce(a.name, r.area_code, f.area_code) as area,
	coalesce(r.area_code, f.area_code) as area_code, r.listed_dong,
	(select p.method from register.pay_preference p where p.person = any (s.selves) and p.programme = w.programme
		order by p.since desc, p.id desc limit 1) as method,
	exists (select from register.payee_account x where x.person = any (s.selves) and x.bank = w.bank and x.blind = w.blind) as account_known,
	(select string_agg(e.category || ' ' || coalesce(e.injury_pct, 0) || ' ' || coalesce(e.children, 0)
			|| coalesce(to_char(e.from_month, ' YYYY-MM-DD') || to_char(e.to_month, ' YYYY-MM-DD'), ''), ', ' order by e.category collate "C")
		from register.enrolment e
		where e.person = any (s.selves) and e.programme = w.programme and e.kind = w.kind and case w.kind when 'arrears' then e.pay_period = $2
			else e.from_month = (select max(l.from_month) from register.enrolment l where l.person = any (s.selves) and l.programme = w.programme
				and l.kind = 'regular' and l.from_month <= $2) end) as enrolled
from unnest($1, $3, $4, $5, $6) with ordinality as w(programme, person, kind, bank, blind, n)
cross join lateral (select array(select o.id from register.person o where o.root = w.person) || w.person as selves offset 0) s
cross join lateral (select r.file, r.row_no, r.listed_dong, r.area_code, r.area_valid_from from register.import_row r
	where r.programme = w.programme and r.period = $2 and r.person = any (s.selves) and r.kind = w.kind limit 1) r
join register.import_file f on f.id = r.file
left join register.area a on a.code = coalesce(r.area_code, f.area_code)
	and a.valid_from = coalesce(r.area_valid_from, f.area_valid_from);

-- name: import_enrolled
-- duties: desk
-- in: programmes text[], persons bigint[], months date[]
-- out: n bigint, category text, injury_pct smallint, children smallint, area_code text, area_from date
-- The regular categories that count for each one's month: those of the last month that named any.
select w.n, e.category, e.injury_pct, e.children, e.area_code, e.area_valid_from as area_from
from unnest($1, $2, $3) with ordinality as w(programme, person, month, n)
cross join lateral (select array(select o.id from register.person o where o.root = w.person) || w.person as selves offset 0) s
cross join lateral (select e.category, e.injury_pct, e.children, e.area_code, e.area_valid_from from register.enrolment e
	where e.person = any (s.selves) and e.programme = w.programme and e.kind = 'regular' and e.from_month = (
		select max(l.from_month) from register.enrolment l
		where l.person = any (s.selves) and l.programme = w.programme and l.kind = 'regular' and l.from_month <= w.month) offset 0) e
order by w.n, e.category;

-- name: import_preferences
-- duties: desk
-- in: programmes text[], persons bigint[]
-- out: n bigint, method text
-- The wish that holds today: a list's word against one that has not begun counts until then.
select w.n, p.method
from unnest($1, $2) with ordinality as w(programme, person, n)
cross join lateral (
	select method from register.pay_preference p
	where p.person = any (array(select o.id from register.person o where o.root = w.person) || w.person) and p.programme = w.programme
		and p.since <= (select ops.today())
	order by p.since desc, p.id desc limit 1) p;

-- name: import_accounts_known
-- duties: desk
-- in: persons bigint[], banks text[], blinds bytea[]
-- out: n bigint, id bigint
-- Also under the ID of somebody who was merged into the person, or under the code that the bank had before.
select w.n, a.id
from unnest($1, $2, $3) with ordinality as w(person, bank, blind, n)
left join (select o.root, array_agg(o.id) as ids from register.person o where o.root is not null group by o.root) g on g.root = w.person
left join (select b.replaced_by as bank, array_agg(b.code) as codes from bank.bank b where b.replaced_by is not null group by 1) b on b.bank = w.bank
cross join lateral (select a.id from register.payee_account a
	where a.person = any (g.ids || w.person) and a.blind = w.blind and a.bank = any (b.codes || w.bank)
	order by a.bank = w.bank desc, a.id limit 1 offset 0) a;

-- name: import_accounts_shut
-- duties: desk
-- in: accounts bigint[]
-- out: n bigint
-- Those of which the newest answer that says anything says that nothing can be paid into them.
select w.n from unnest($1) with ordinality as w(account, n)
cross join lateral (select c.status from register.account_check c
	where c.account = w.account order by c.status = 'unclear', c.known_on desc, c.id desc limit 1) k
where k.status in ('closed', 'blocked', 'not_found')
order by w.n;

-- name: import_new_ids
-- duties: desk
-- in: persons integer, files integer
-- out: kind text, id bigint
-- Sealing binds to the id, so it is drawn before the row exists.
select 'person' as kind, nextval('register.person_id_seq') as id from generate_series(1, $1)
union all
select 'file', nextval('register.import_file_id_seq') from generate_series(1, $2);

-- name: import_files_add
-- duties: desk
-- in: ids bigint[], sha256s bytea[], names text[], kind text, programmes text[], areas text[], area_froms date[], period date,
--     bank text, row_keys bytea[], areas_said text[], repairs boolean
-- out:
insert into register.import_file (id, sha256, name, kind, programme, area_code, area_valid_from, period, bank, officer, row_key, area_said,
	repairs)
overriding system value
select f.id, f.sha256, f.name, $4, f.programme, f.area, f.area_from, $8, $9, auth.me(), f.row_key, f.said, $12
from unnest($1, $2, $3, $5, $6, $7, $10, $11) as f(id, sha256, name, programme, area, area_from, row_key, said);

-- name: import_people_in
-- duties: desk
-- copy in: register.person(id bigint, anchor bytea, name text, name_fold text, birth_year smallint, birth_date date, sex text)

-- name: import_person_keys_in
-- duties: desk
-- copy in: register.person_key(person bigint, wrapped bytea)

-- name: import_ids_in
-- duties: desk
-- copy in: register.person_id(person bigint, kind text, blind bytea, sealed bytea)

-- name: import_phones_in
-- duties: desk
-- copy in: register.person_phone(person bigint, blind bytea, sealed bytea)
-- Of people who are all new; …_again serves those who may have said so before.

-- name: import_phones_again
-- duties: desk
-- in: persons bigint[], blinds bytea[], sealed bytea[]
-- out:
insert into register.person_phone (person, blind, sealed) select * from unnest($1, $2, $3) on conflict do nothing;

-- name: import_enrolments_in
-- duties: desk
-- copy in: register.enrolment(person bigint, programme text, category text, injury_pct smallint, children smallint, area_code text,
--     area_valid_from date, from_month date, to_month date, kind text, pay_period date, decision text, file bigint, row_no integer)

-- name: import_preferences_in
-- duties: desk
-- copy in: register.pay_preference(person bigint, programme text, method text, since date, file bigint)

-- name: import_preferences_again
-- duties: desk
-- in: persons bigint[], programmes text[], methods text[], since date, files bigint[]
-- out:
insert into register.pay_preference (person, programme, method, since, file)
select person, programme, method, $4, file from unnest($1, $2, $3, $5) as p(person, programme, method, file)
on conflict do nothing;

-- name: import_accounts_in
-- duties: desk
-- copy in: register.payee_account(person bigint, kind text, bank text, blind bytea, sealed bytea, salt bytea, hash bytea,
--     holder_name text, holder_fold text, authority text, authority_until date, source text, file bigint, valid_from date)

-- name: import_accounts_again
-- duties: desk
-- in: persons bigint[], kinds text[], banks text[], blinds bytea[], sealed bytea[], salts bytea[], hashes bytea[], holders text[],
--     folds text[], authorities text[], authority_untils date[], source text, files bigint[], day date
-- out:
insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, authority,
	authority_until, source, file, valid_from)
select person, kind, bank, blind, sealed, salt, hash, holder, fold, authority, until, $12, file, $14
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13)
	as a(person, kind, bank, blind, sealed, salt, hash, holder, fold, authority, until, file)
where not exists (select from register.payee_account k
	where k.person = any (array(select o.id from register.person o where o.root = a.person) || a.person) and k.blind = a.blind
		and k.bank = any (array(select b.code from bank.bank b where b.replaced_by = a.bank) || a.bank))
on conflict (person, bank, blind) do nothing;

-- name: import_rows_in
-- duties: desk
-- copy in: register.import_row(file bigint, row_no integer, status text, person bigint, listed_dong bigint, code text, note text,
--     sealed bytea, programme text, period date, kind text, area_code text, area_valid_from date)

-- name: import_deaths_noticed
-- duties: desk
-- in: persons bigint[], blinds bytea[]
-- out:
-- Who was reported dead before any list named him.
insert into register.person_event (person, kind, day, file)
select w.person, 'death', d.day, d.file
from unnest($1, $2) as w(person, blind) join register.death_notice d on d.blind = w.blind
on conflict do nothing;

-- name: import_findings_add
-- duties: desk
-- in: programmes text[], period date, persons bigint[], files bigint[], rows integer[], codes text[], advices text[], facts text[],
--     blocks boolean[]
-- out:
-- One of each kind about a person, with all its facts; again only when they are others than the last time.
insert into register.finding (programme, period, person, file, row_no, code, note, blocks, facts, n)
select f.programme, $2, f.person, f.file, f.row_no, f.code, f.advice || coalesce(': ' || nullif(f.facts, ''), ''), f.blocks, f.facts,
	coalesce(l.n, 0) + 1
from (
	select x.programme, x.person, (array_agg(x.file order by x.i))[1] as file, (array_agg(x.row_no order by x.i))[1] as row_no, x.code,
		min(x.advice) as advice, string_agg(distinct x.facts, '; ') as facts, bool_or(x.blocks) as blocks
	from unnest($1, $3, $4, $5, $6, $7, $8, $9) with ordinality as x(programme, person, file, row_no, code, advice, facts, blocks, i)
	group by x.programme, x.person, x.code) f
left join lateral (select o.n, o.facts from register.finding o
	where o.programme = f.programme and o.period = $2 and o.person = f.person and o.code = f.code order by o.n desc limit 1) l on true
where l.facts is distinct from f.facts
on conflict do nothing;

-- name: import_checks_in
-- duties: desk
-- copy in: register.account_check(account bigint, source text, status text, grade text, id_linked boolean, passes boolean,
--     known_on date)

-- name: import_deaths_add
-- duties: desk
-- in: persons bigint[], blinds bytea[], days date[], files bigint[], rows integer[]
-- out:
-- persons holds 0 for whom no list has named.
with known as (
	insert into register.person_event (person, kind, day, file)
	select person, 'death', day, file
	from unnest($1, $3, $4) as d(person, day, file) where person <> 0
	on conflict do nothing
)
insert into register.death_notice (blind, day, file, row_no)
select blind, day, file, row_no
from unnest($1, $2, $3, $4, $5) as d(person, blind, day, file, row_no) where person = 0
on conflict do nothing;

-- name: import_rows_of
-- duties: desk
-- in: period date
-- out: file text, row integer, outcome text, code text, note text, area text
select f.name as file, r.row_no as row, r.status as outcome, coalesce(r.code, '') as code, coalesce(r.note, '') as note,
	coalesce(r.area_code, f.area_code, '') as area
from register.import_row r join register.import_file f on f.id = r.file
where f.period = $1 order by f.name, r.row_no;

-- name: import_rejected_of
-- duties: desk
-- in: sha256 bytea, kind text, most integer
-- out: row integer, code text, note text
select r.row_no as row, r.code, coalesce(r.note, r.code) as note
from register.import_file f join register.import_row r on r.file = f.id
where f.id = (select max(g.id) from register.import_file g where g.sha256 = $1 and g.kind = $2) and r.status = 'rejected' order by r.row_no limit $3;

-- name: import_headings
-- duties: desk
-- in: kind text
-- out: sender text, heading text, cell text, waits boolean
-- What counts, and what waits for a second officer to say the same.
select sender, heading, cell, false as waits from register.list_heading_now where kind = $1 and cell <> 'known'
union all
select l.sender, l.heading, l.cell, true
from (select distinct on (sender, heading) sender, heading, cell from register.list_heading where kind = $1 order by sender, heading, id desc) l
where l.cell <> 'known' and not exists (select from register.list_heading_now n
	where (n.sender, n.kind, n.heading, n.cell) = (l.sender, $1, l.heading, l.cell))
order by 1, 2, 4;

-- name: import_heading_add
-- duties: desk
-- in: sender text, kind text, heading text, cell text
-- out:
insert into register.list_heading (sender, kind, heading, cell, officer) values ($1, $2, $3, $4, auth.me());

-- name: import_ends_propose
-- duties: desk
-- in: programme text, persons bigint[], months date[], numbers text[], reasons text[]
-- out: n bigint, code text
-- Each becomes the first half of a decision; code says why it did not. A second list of the same month brings nothing twice.
with w as (
	select w.n, w.person, w.month, w.number, w.reason, case
		when not exists (select from register.enrolment e where e.person = any (register.selves(w.person)) and e.programme = $1)
			then 'person_not_enrolled'
		when not w.may then 'person_of_another'
		when exists (select from register.decision d where d.kind = 'terminate' and d.programme = $1 and d.person = w.person
			and d.month = w.month) then 'already_in'
		when w.n > min(w.n) over (partition by w.person, w.month) then 'duplicate' end as code
	from unnest($2, $3, $4, $5, register.has_role_each(array_fill(auth.me(), array[cardinality($2)]), '{register}',
		array_fill($1, array[cardinality($2)]), $2, array_fill(0::bigint, array[cardinality($2)]))) with ordinality
		as w(person, month, number, reason, may, n)
), added as (
	insert into register.decision (kind, programme, person, month, number, reason, first_officer)
	select 'terminate', $1, person, month, left(number, 100), left(reason, 500), auth.me() from w where code is null
)
select n, code from w order by n;

-- name: import_grants_about
-- duties: desk
-- in: programme text, persons bigint[], month date, codes text[], number text
-- out: n bigint, code text, province text
-- Why each is not granted it, as one person is; null: nothing is known against it. And the province that pays him. Who is dead has to have
-- somebody who takes it, so he is granted it alone.
select w.n, case
		when e.area_code is null then 'person_not_enrolled'
		when not w.may then 'person_of_another'
		when exists (select from register.person_event v where v.person = any (s.selves) and v.kind = 'death') then 'grant_dead'
		when exists (select from register.decision d where d.kind = 'grant' and d.person = any (s.selves)
			and (d.programme, d.month, d.rate_codes, d.number) = ($1, $3, $4, $5)
			and not exists (select from register.decision_claim c join payout.claim_void v on v.claim = c.claim where c.decision = d.id)) then 'already_in'
		when w.n > min(w.n) over (partition by w.person) then 'duplicate_here' end as code, a.province_code as province
from unnest($2, register.may_decide_each(array_fill(auth.me(), array[cardinality($2)]), array_fill($1, array[cardinality($2)]), $2,
	array_fill(0::bigint, array[cardinality($2)]))) with ordinality as w(person, may, n)
cross join lateral (select register.selves(w.person) as selves offset 0) s
left join lateral (select e.area_code, e.area_valid_from from register.enrolment e where e.person = any (s.selves)
	order by e.programme <> $1, e.from_month desc, e.id desc limit 1) e on true
left join register.area a on a.level = 'commune' and a.code = e.area_code and a.valid_from = e.area_valid_from
order by w.n;

-- name: import_moves_propose
-- duties: desk
-- in: persons bigint[], days date[], places text[], number text
-- out: n bigint, code text
-- Of each programme that the old ward pays, the first half of a decision; code says why there is none. A place is a code, or a name that
-- one ward of the country, or of the same province, had on that day.
with w as materialized (
	select * from unnest($1, $2, $3) with ordinality as w(person, day, place, n)
), place as materialized (
	select w.place, w.day, a.code, a.valid_from, a.province_code from (select distinct place, day from w) w
	join register.area a on a.level = 'commune' and lower(a.name) = lower(w.place)
		and a.valid_from <= w.day and (a.valid_to is null or w.day <= a.valid_to) and (a.gone_by is null or w.day < a.gone_by)
	union
	select w.place, w.day, a.code, a.valid_from, a.province_code from (select distinct place, day from w) w
	join register.area a on a.level = 'commune' and a.code = w.place
		and a.valid_from <= w.day and (a.valid_to is null or w.day <= a.valid_to) and (a.gone_by is null or w.day < a.gone_by)
), here as materialized (
	select w.n, w.person, w.day, w.place, e.programme, e.area_code, e.area_valid_from, t.code as to_code, t.valid_from as to_from,
		exists (select from register.decision d where d.kind = 'move' and d.second_officer is null and d.programme = e.programme
			and d.person = any (register.selves(w.person)) and d.from_area = e.area_code) as waits
	from w
	cross join lateral (
		select distinct on (e.programme) e.programme, e.area_code, e.area_valid_from from register.enrolment e
		where e.person = any (register.selves(w.person)) and e.kind = 'regular' order by e.programme, e.from_month desc, e.id desc) e
	left join register.area h on h.level = 'commune' and h.code = e.area_code and h.valid_from = e.area_valid_from
	left join lateral (
		select case when count(*) filter (where p.province_code = h.province_code) = 1 then min(p.code) filter (where p.province_code = h.province_code)
				when count(*) = 1 then min(p.code) end as code,
			case when count(*) filter (where p.province_code = h.province_code) = 1 then min(p.valid_from) filter (where p.province_code = h.province_code)
				when count(*) = 1 then min(p.valid_from) end as valid_from
		from place p where p.place = w.place and p.day = w.day) t on true
), asked as (
	select array_agg(h.n) as them, array_agg(h.programme) as programmes, array_agg(h.person) as persons, array_agg(auth.me()) as me,
		array_agg(0::bigint) as amounts
	from here h having count(*) > 0
), judged as (
	select h.*, case when h.place <> '' and h.to_code is null then 'to_area_unknown' when not u.may then 'person_of_another'
		when h.waits then 'already_in' end as code
	from asked a
	cross join lateral unnest(a.them, a.programmes, register.may_decide_each(a.me, a.programmes, a.persons, a.amounts)) as u(n, programme, may)
	join here h on h.n = u.n and h.programme = u.programme
	where h.to_code is distinct from h.area_code
), added as (
	insert into register.decision (kind, programme, person, month, number, reason, first_officer, from_area, from_area_from, to_area, to_area_from)
	select 'move', programme, person, date_trunc('month', day), left($4, 100), 'chuyển nơi ở ngày ' || to_char(day, 'DD/MM/YYYY') || case place when '' then '' else ', đến ' || place end, auth.me(),
		area_code, area_valid_from, to_code, to_from
	from judged where code is null
)
select n, min(code) as code from judged group by n having count(*) = count(code) order by n;

-- name: import_events_add
-- duties: desk
-- in: kind text, persons bigint[], days date[], file bigint
-- out:
insert into register.person_event (person, kind, day, file)
select e.person, $1, e.day, $4 from unnest($2, $3) as e(person, day)
on conflict do nothing;
