-- Sealed data: which keys wrap, who looked, who is forgotten.

-- name: kek_list
-- duties: desk teller
-- in:
-- out: n smallint, id bytea, proof bytea
-- The newest first: it wraps.
select n, id, proof from register.kek where retired_at is null order by n desc;

-- name: kek_add
-- duties: desk
-- in: id bytea, proof bytea, n smallint, officer bigint
-- out:
insert into register.kek (n, id, proof, officer) values ($3, $1, $2, $4) on conflict do nothing;

-- name: kek_status
-- duties: desk
-- in:
-- out: n smallint, id text, needed bigint, retired boolean
select n, encode(id, 'hex') as id, register.kek_needed(id) as needed, retired_at is not null as retired from register.kek order by n;

-- name: kek_unknown
-- duties: desk
-- in:
-- out: n bigint
-- Wrapped by no key-encryption key of ours.
select (select count(*) from register.person_key k where substring(k.wrapped for 4) not in (select id from register.kek))
	+ (select count(*) from register.import_file f where f.row_key <> '' and substring(f.row_key for 4) not in (select id from register.kek)) as n;

-- name: kek_retire
-- duties: desk
-- in: n smallint
-- out:
update register.kek set retired_at = clock_timestamp() where n = $1 and retired_at is null;

-- name: rewrap_people
-- duties: desk
-- in: kek bytea, after bigint, most integer
-- out: whose bigint, wrapped bytea
select person as whose, wrapped from register.person_key where person > $2 and substring(wrapped for 4) <> $1 order by person limit $3;

-- name: rewrap_people_set
-- duties: desk
-- in: whose bigint[], olds bytea[], news bytea[]
-- out:
-- Who was erased meanwhile stays erased.
update register.person_key k set wrapped = n.new from unnest($1, $2, $3) as n(whose, old, new) where k.person = n.whose and k.wrapped = n.old;

-- name: rewrap_files
-- duties: desk
-- in: kek bytea, after bigint, most integer
-- out: whose bigint, wrapped bytea
-- A file's key is wrapped for "person" −id.
select -id as whose, row_key as wrapped from register.import_file
where id > $2 and row_key <> '' and substring(row_key for 4) <> $1 order by id limit $3;

-- name: rewrap_files_set
-- duties: desk
-- in: whose bigint[], olds bytea[], news bytea[]
-- out:
update register.import_file f set row_key = n.new from unnest($1, $2, $3) as n(whose, old, new) where f.id = -n.whose and f.row_key = n.old;

-- name: opening_add
-- duties: desk
-- in: what text, person bigint, reason text
-- out:
insert into auth.access_log (officer, what, person, reason) values (auth.me(), $1, $2, $3);

-- name: expire
-- duties: scribe
-- in:
-- out: files bigint, keys bigint
select e.files, e.keys from register.expire() e;

-- name: erase_open
-- duties: desk
-- in: person bigint
-- out: id bigint, first_officer bigint, number text, is_mine boolean
-- What waits for a second officer, of somebody who could propose it still.
select e.id, e.first_officer, e.number, e.first_officer = auth.me() as is_mine from register.erasure e
where e.person = $1 and e.second_officer is null and register.may_erase(e.first_officer, e.person)
	and not exists (select from register.erasure d where d.person = e.person and d.second_officer is not null and d.id > e.id)
order by e.id desc limit 1;

-- name: erase_propose
-- duties: desk
-- in: person bigint, number text, reason text
-- out:
insert into register.erasure (person, number, reason, first_officer) values ($1, $2, $3, auth.me());

-- name: erase_confirm
-- duties: desk
-- in: id bigint
-- out: anchor bytea, at timestamptz, number text, first text, second text
-- Of each who is forgotten by it: what the archive must know.
with done as (
	update register.erasure set second_officer = auth.me(), decided_at = clock_timestamp() where id = $1 and second_officer is null
	returning person, decided_at, number, first_officer, second_officer
)
select p.anchor, d.decided_at as at, d.number, x.login as first, y.login as second
from done d join auth.officer x on x.id = d.first_officer join auth.officer y on y.id = d.second_officer
join register.person p on p.id = any (register.selves(d.person));

-- name: readmit_open
-- duties: desk
-- in: person bigint, number text, name text
-- out: id bigint, is_mine boolean
-- What waits for a second officer of the same mind.
select r.id, r.first_officer = auth.me() as is_mine from register.readmission r
where r.person = $1 and r.number = $2 and r.name = $3 and r.second_officer is null and register.registers(r.first_officer) order by r.id desc limit 1;

-- name: readmit_propose
-- duties: desk
-- in: person bigint, name text, name_fold text, number text, reason text
-- out:
insert into register.readmission (person, name, name_fold, number, reason, first_officer) values ($1, $2, $3, $4, $5, auth.me());

-- name: readmit_confirm
-- duties: desk
-- in: id bigint, blind bytea, wrapped bytea, sealed bytea
-- out: anchor bytea, at timestamptz, number text, first text, second text
with done as (
	update register.readmission set second_officer = auth.me(), decided_at = clock_timestamp(), blind = $2, wrapped = $3, sealed = $4
	where id = $1 and second_officer is null
	returning person, decided_at, number, first_officer, second_officer
)
select p.anchor, d.decided_at as at, d.number, x.login as first, y.login as second
from done d join auth.officer x on x.id = d.first_officer join auth.officer y on y.id = d.second_officer join register.person p on p.id = d.person;

-- name: export_may
-- duties: desk
-- in: person bigint
-- out: may boolean
select exists (select from auth.mandate m where m.officer = auth.me() and m.role = 'register' and auth.may('register', m.agency, m.area, 0)
	and (m.area = '*' or exists (select from register.enrolment e where e.person = any (register.selves($1))
		and auth.may_in(m.role, m.agency, e.area_code, e.area_valid_from, 0)))) as may;

-- name: export_sealed
-- duties: desk
-- in: person bigint
-- out: what text, note text, person bigint, wrapped bytea, sealed bytea
-- What only a key opens: numbers, and what lists said when a row was not accepted as it stood.
select 'id' as what, i.kind as note, i.person, k.wrapped, i.sealed from register.person_id i join register.person_key k on k.person = i.person
where i.person = any (register.selves($1)) and i.sealed <> ''
union all
select 'phone', '', t.person, k.wrapped, t.sealed from register.person_phone t join register.person_key k on k.person = t.person
where t.person = any (register.selves($1))
union all
select 'account', a.bank, a.person, k.wrapped, a.sealed from register.payee_account a join register.person_key k on k.person = a.person
where a.person = any (register.selves($1)) and a.sealed <> ''
union all
select 'row', f.name || ', ' || r.row_no, -f.id, f.row_key, r.sealed from register.import_row r join register.import_file f on f.id = r.file
where r.person = any (register.selves($1)) and r.sealed is not null and f.row_key <> '';

-- name: export_lines
-- duties: desk
-- in: person bigint
-- out: section text, item bigint, key text, value text
-- Everything else that names the person, thing by thing. Of a merge with somebody who is another after all, nothing that names that one.
with me as materialized (select unnest(register.selves($1)) as id), things as (
	select 1 as n, 'person' as section, p.id as item, json_build_object('name', p.name, 'sex', p.sex, 'birth_year', p.birth_year, 'birth_date', p.birth_date,
		'registered_at', p.registered_at, 'merged', p.root is not null) as thing
	from register.person p where p.id in (select id from me)
	union all
	select 2, 'enrolment', e.id, json_build_object('programme', e.programme, 'category', concat_ws(': ', e.category, c.name_vi), 'injury_pct', e.injury_pct,
		'area', concat_ws(' ', e.area_code, a.name), 'from', e.from_month, 'to', e.to_month, 'kind', e.kind, 'decision', e.decision)
	from register.enrolment e left join rules.category c on c.code = e.category
	left join register.area a on a.level = 'commune' and a.code = e.area_code and a.valid_from = e.area_valid_from where e.person in (select id from me)
	union all
	select 3, 'preference', q.id, json_build_object('programme', q.programme, 'method', q.method, 'since', q.since, 'asked_by', q.asked_by, 'officer', o.login)
	from register.pay_preference q left join auth.officer o on o.id = q.officer where q.person in (select id from me)
	union all
	select 4, 'account', a.id, json_build_object('bank', a.bank, 'kind', a.kind, 'holder', a.holder_name, 'authority', a.authority,
		'authority_until', a.authority_until, 'source', a.source, 'since', a.proposed_at,
		'checked', (select string_agg(concat_ws(' ', c.at::date, c.source, c.status, c.grade, case when c.passes then 'passes' end), '; ' order by c.id)
			from register.account_check c where c.account = a.id),
		'bank_said', (select string_agg(concat_ws(' ', w.at::date, w.status, w.holder_name), '; ' order by i.id)
			from register.account_inquiry i join register.account_answer w on w.inquiry = i.id where i.account = a.id))
	from register.payee_account a where a.person in (select id from me)
	union all
	select 4, 'account_word', w.id, json_build_object('what', w.what, 'bank', a.bank, 'from_day', w.from_day, 'until', w.until, 'document', w.document,
		'proposed_by', f.login, 'proposed_at', w.proposed_at, 'decided_by', s.login, 'decided_at', w.decided_at, 'dropped_by', x.login)
	from register.payee_account a join register.account_word w on w.account = a.id
	join auth.officer f on f.id = w.first_officer left join auth.officer s on s.id = w.second_officer left join auth.officer x on x.id = w.dropped_by
	where a.person in (select id from me)
	union all
	select 5, 'identity', i.id, json_build_object('kind', i.kind, 'day', i.day, 'name', i.name, 'sex', i.sex, 'birth_year', i.birth_year,
		'birth_date', i.birth_date, 'other', case when i.person in (select id from me) and i.other in (select id from me) then o.name end,
		'was', nullif((select string_agg(w.value, ', ' order by w.k)
			from json_each_text(to_json(i.was)) with ordinality as w(key, value, k)), ''), 'number', i.number, 'reason', i.reason,
		'proposed_by', f.login, 'proposed_at', i.proposed_at, 'decided_by', s.login, 'decided_at', i.decided_at,
		'refused', case when i.refused then true end)
	from register.identity i left join register.person o on o.id = i.other
	join auth.officer f on f.id = i.first_officer left join auth.officer s on s.id = i.second_officer
	where i.person in (select id from me) or i.other in (select id from me)
	union all
	select 5, 'event', v.id, json_build_object('kind', v.kind, 'day', v.day) from register.person_event v where v.person in (select id from me)
	union all
	select 6, 'list', r.file * 1000000 + r.row_no, json_build_object('file', f.name, 'row', r.row_no, 'programme', r.programme, 'period', r.period,
		'listed_dong', r.listed_dong, 'status', r.status, 'note', r.note)
	from register.import_row r join register.import_file f on f.id = r.file where r.person in (select id from me)
)
select t.section, t.item, j.key, j.value from things t cross join lateral json_each_text(t.thing) with ordinality as j(key, value, k)
where j.value is not null order by t.n, t.section, t.item, j.k;

-- name: export_paid
-- duties: desk
-- in: person bigint
-- out: section text, item bigint, key text, value text
-- What was owed and paid, what was found and decided, and who looked: at him, or at lists with many.
with me as materialized (select unnest(register.selves($1)) as id), claims as materialized (
	select c.*, case when exists (select from payout.claim_void v where v.claim = c.id) then 'voided' else coalesce((select coalesce(t.name, 'in_batch')
			from payout.payout p left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
			where p.claim = c.id order by p.issue desc limit 1), 'open') end as stands
	from payout.claim c where c.person in (select id from me)
), things as (
	select 7 as n, 'claim' as section, c.id as item, json_build_object('programme', c.programme, 'month', c.month, 'kind', c.kind, 'amount_dong', c.amount_dong,
		'pay_period', c.pay_period, 'state', c.stands, 'working', (select string_agg(t.working, '; ' order by t.n) from payout.claim_part t where t.claim = c.id)) as thing
	from claims c
	union all
	select 8, 'payout', p.id, json_build_object('end_to_end_id', p.end_to_end_id, 'month', c.month, 'amount_dong', p.amount_dong, 'state', t.name,
		'day', (select max(m.day) from payout.payout_move m where m.payout = p.id))
	from claims c join payout.payout p on p.claim = c.id left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
	union all
	select 8, 'hold', h.id, json_build_object('end_to_end_id', p.end_to_end_id, 'reason', h.reason, 'officer', o.login, 'at', h.at,
		'let_go_by', (select string_agg(x.login, ', ' order by r.at) from payout.hold_release r join auth.officer x on x.id = r.officer where r.hold = h.id))
	from claims c join payout.payout p on p.claim = c.id join payout.hold h on h.payout = p.id left join auth.officer o on o.id = h.by_officer
	union all
	select 8, 'void', v.id, json_build_object('programme', c.programme, 'month', c.month, 'amount_dong', c.amount_dong, 'reason', v.reason,
		'proposed_by', f.login, 'proposed_at', v.at, 'decided_by', s.login, 'decided_at', d.at)
	from claims c join payout.claim_void_proposal v on v.claim = c.id join auth.officer f on f.id = v.officer
	left join payout.claim_void d on d.claim = c.id and d.first_officer = v.officer left join auth.officer s on s.id = d.second_officer
	union all
	select 9, 'finding', f.id, json_build_object('programme', f.programme, 'period', f.period, 'note', f.note, 'verdict', d.verdict, 'reason', d.reason)
	from register.finding f left join register.finding_decision d on d.finding = f.id where f.person in (select id from me)
	union all
	select 10, 'decision', d.id, json_build_object('kind', d.kind, 'programme', d.programme, 'month', d.month, 'amount_dong', d.amount_dong,
		'number', d.number, 'reason', d.reason, 'proposed_by', f.login, 'proposed_at', d.proposed_at, 'decided_by', s.login, 'decided_at', d.decided_at)
	from register.decision d join auth.officer f on f.id = d.first_officer left join auth.officer s on s.id = d.second_officer where d.person in (select id from me)
	union all
	select 11, 'looked', l.id, json_build_object('at', l.at, 'officer', o.login, 'name', o.name, 'what', l.what, 'reason', l.reason)
	from auth.access_log l join auth.officer o on o.id = l.officer
	where l.person in (select id from me) or (l.person is null and l.at >= (select min(p.registered_at) from register.person p where p.id in (select id from me)))
)
select t.section, t.item, j.key, j.value from things t cross join lateral json_each_text(t.thing) with ordinality as j(key, value, k)
where j.value is not null order by t.n, t.section, t.item, j.k;
