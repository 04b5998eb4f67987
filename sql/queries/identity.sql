-- Who a person is: what lists and officers propose (register.identity), and what a second officer makes of it.

-- name: identity_particulars
-- duties: desk
-- in: persons bigint[]
-- out: n bigint, name text, birth_year smallint, birth_date date, sex text, cccd bytea
-- As registered, with the blind index of the ID that counts now.
select w.n, p.name, p.birth_year, p.birth_date, p.sex,
	(select d.blind from register.person_id d where d.person = any (register.selves(p.id)) and d.kind = 'cccd' and d.replaced_at is null
		order by d.known_from desc limit 1) as cccd
from unnest($1) with ordinality as w(person, n)
cross join lateral (select p.* from register.person p where p.id = w.person offset 0) p
order by w.n;

-- name: identity_cmnds_add
-- duties: desk
-- in: persons bigint[], blinds bytea[], sealed bytea[]
-- out: n bigint
-- Old nine-digit numbers beside people's IDs; n of those that another person has already. Deaths that were reported by the number count.
with w as materialized (
	select * from unnest($1, $2, $3) with ordinality as w(person, blind, sealed, n)
), added as (
	insert into register.person_id (person, kind, blind, sealed)
	select distinct on (w.blind) w.person, 'cmnd', w.blind, w.sealed from w order by w.blind, w.n
	on conflict (blind) do nothing
)
select w.n from w
where exists (select from register.person_id d where d.blind = w.blind and not d.person = any (register.selves(w.person)))
	or exists (select from w o where o.blind = w.blind and o.n < w.n and o.person <> w.person)
order by w.n;

-- name: identity_corrections_add
-- duties: desk
-- in: file bigint, persons bigint[], others bigint[], rows integer[], days date[], blinds bytea[], sealed bytea[], names text[],
--     folds text[], years integer[], births date[], sexes text[], number text, reason text
-- out: n bigint, code text
-- Each is the first half: a correction, or where the new ID is somebody else's, a merge into whoever has it. What waits already is not
-- proposed again; code says why a row was not proposed.
with w as materialized (
	select w.*, exists (
		select from register.identity i where i.second_officer is null and i.person = w.person
			and (i.other, i.blind, i.name, i.birth_year, i.birth_date, i.sex)
				is not distinct from (w.other, w.blind, w.name, w.year::smallint, w.birth, w.sex)) as waits,
		register.may_identify(auth.me(), w.person, '{register}')
			and (w.other is null or register.may_identify(auth.me(), w.other, '{register}')) as may
	from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) with ordinality
		as w(person, other, row_no, day, blind, sealed, name, fold, year, birth, sex, n)
), added as (
	insert into register.identity (kind, person, other, file, row_no, day, blind, sealed, name, name_fold, birth_year, birth_date, sex,
		number, reason, first_officer)
	select case when other is null then 'correct' else 'merge' end, person, other, $1, row_no, day, blind, sealed, name, fold, year, birth, sex,
		$13, $14, auth.me()
	from w where may and not waits
)
select n, case when may then 'already_in' else 'person_of_another' end as code from w where waits or not may order by n;

-- name: identity_merge_add
-- duties: desk
-- in: kept bigint, gone bigint, number text, reason text
-- out: id bigint
-- No row: it waits already.
insert into register.identity (kind, person, other, number, reason, first_officer)
select 'merge', $1, $2, $3, $4, auth.me()
where not exists (select from register.identity i where i.kind = 'merge' and i.second_officer is null and i.person in ($1, $2) and i.other in ($1, $2))
returning id;

-- name: identity_part_add
-- duties: desk
-- in: merge bigint, number text, reason text
-- out: id bigint
insert into register.identity (kind, person, other, undoes, number, reason, first_officer)
select 'part', m.person, m.other, m.id, $2, $3, auth.me()
from register.identity m where m.id = $1 and m.kind = 'merge' and m.second_officer is not null and not m.refused
	and not exists (select from register.identity p where p.undoes = m.id and not p.refused)
returning id;

-- name: identity_list
-- duties: desk
-- in: open_only boolean
-- out: id bigint, kind text, person bigint, name text, birth_year smallint, other_name text, other_birth_year smallint, day date,
--      wrapped bytea, sealed bytea, new_name text, new_year smallint, new_birth date, new_sex text, was text, number text, reason text,
--      first text, second text, refused boolean
-- Of people about whom this officer may have a say. wrapped and sealed: the new ID, to be shown masked.
select i.id, i.kind, i.person, p.name, p.birth_year, o.name as other_name, o.birth_year as other_birth_year, i.day, k.wrapped, i.sealed,
	i.name as new_name, i.birth_year as new_year, i.birth_date as new_birth, i.sex as new_sex, i.was ->> 'name' as was, i.number, i.reason,
	f.login as first, s.login as second, i.refused
from register.identity i
join register.person p on p.id = i.person
left join register.person o on o.id = i.other
left join register.person_key k on k.person = i.person and i.sealed is not null
join auth.officer f on f.id = i.first_officer
left join auth.officer s on s.id = i.second_officer
where (not $1 or i.second_officer is null)
	and (i.first_officer = auth.me() or register.may_identify(auth.me(), i.person, array['register', 'checker', 'approver'])
		or i.other is not null and register.may_identify(auth.me(), i.other, array['register', 'checker', 'approver']))
order by i.id;

-- name: identity_surplus
-- duties: desk
-- in:
-- out: claim bigint, programme text, month date, kind text, amount_dong bigint, name text, merge bigint, paid boolean, decision bigint,
--      settled boolean, keeps_back bigint
-- What merges came to: second claims for the same thing. settled: voided, or asked back by a decision. keeps_back: the claim that stays and is
-- not paid because this one was.
select c.id as claim, c.programme, c.month, c.kind, c.amount_dong, p.name, s.merge, register.was_paid(c.id) as paid, s.decision,
	exists (select from payout.claim_void v where v.claim = c.id) or r.state is distinct from 'open' and r.state is not null as settled,
	case when register.paid_beside(s.beside) and not register.was_paid(s.beside)
		and not exists (select from payout.claim_void v where v.claim = s.beside) then s.beside end as keeps_back
from register.surplus s
join payout.claim c on c.id = s.claim
join register.identity i on i.id = s.merge
join register.person p on p.id = i.person
left join register.recovery_now r on r.claim = c.id
where not s.undone and register.may_identify(auth.me(), i.person, array['register', 'checker', 'approver'])
order by s.opened_at, c.id;

-- name: identity_find
-- duties: desk
-- in: ids bigint[], confirming boolean
-- out: id bigint, problem text
-- Why this officer cannot decide each of them; null: nothing speaks against it. All wait for each other.
select i.id, case
	when d.id is null or d.second_officer is not null then 'identity_unknown'
	when $2 and d.first_officer = auth.me() then 'same_person'
	when d.first_officer <> auth.me() and case when $2 then m.person and m.other else m.person or d.other is not null and m.other end is not true then 'no_mandate'
end as problem
from unnest($1) as i(id) left join register.identity d on d.id = i.id
left join lateral (select register.may_identify(auth.me(), d.person, array['register', 'checker', 'approver']) as person,
	d.other is null or register.may_identify(auth.me(), d.other, array['register', 'checker', 'approver']) as other) m on d.second_officer is null
order by i.id;

-- name: identity_of_number
-- duties: desk
-- in: number text
-- out: id bigint
-- What waits of one file or document, and did not come from this officer.
select i.id from register.identity i
where i.number = $1 and i.second_officer is null and i.first_officer <> auth.me() order by i.id;

-- name: identity_decide
-- duties: desk
-- in: ids bigint[], refused boolean
-- out: person bigint
update register.identity set second_officer = auth.me(), decided_at = clock_timestamp(), refused = $2
where id = any ($1) and second_officer is null returning person;

-- name: identity_accounts
-- duties: desk
-- in: ids bigint[]
-- out: account bigint, person bigint, name text, source text, status text, id_linked boolean, holder text, today date
-- Own accounts of whoever's name is another one now, as they were last checked; holder: whom the bank named, if it is known. An account
-- of somebody who was merged is graded by the name that is left. A list that nobody confirmed tied it to no ID.
select a.id as account, p.id as person, p.name, k.source, k.status, k.id_linked,
	coalesce(w.holder_name, case when a.source = 'bank_list' then a.holder_name end) as holder, ops.today() as today
from register.identity i
join register.person p on p.id = i.person
join register.payee_account a on a.person = any (case when i.kind = 'merge' then i.moved else register.selves(p.id) end) and a.kind = 'self'
join register.person o on o.id = a.person
join lateral (select c.source, c.status, c.id_linked from register.account_check c where c.account = a.id
	order by c.status = 'unclear', c.known_on desc, c.id desc limit 1) k on true
left join lateral (select w.holder_name from register.account_inquiry q join register.account_answer w on w.inquiry = q.id
	where q.account = a.id and w.holder_name is not null order by q.id desc limit 1) w on true
where i.id = any ($1) and i.second_officer is not null and not i.refused and (i.name is not null or i.kind = 'merge' and o.name_fold <> p.name_fold)
order by a.id;
