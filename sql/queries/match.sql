-- Whose account is it: answers of banks graded, questions asked, and what a person must look at. Why "lateral (… offset 0)": import.sql.

-- name: match_begin
-- duties: desk
-- in:
-- out: today date, may boolean, locked boolean
select ops.today() as today,
	coalesce((select bool_or(auth.may(m.role, m.agency, m.area, 0)) from auth.mandate m
		where m.officer = auth.me() and m.role in ('register', 'maker')), false) as may,
	pg_advisory_xact_lock(7203) is not null as locked;

-- name: match_answers
-- duties: desk
-- in: after bigint, most integer
-- out: inquiry bigint, account bigint, person_name text, kind text, holder text, authority text, authority_until date, status text,
--      bank_holder text, id_match boolean, message bigint
-- Answers that nobody has graded yet.
select i.id as inquiry, a.id as account, p.name as person_name, a.kind, a.holder_name as holder, a.authority, a.authority_until,
	w.status, w.holder_name as bank_holder, w.personal_id_match as id_match, w.message
from register.account_answer w
join register.account_inquiry i on i.id = w.inquiry
join register.payee_account a on a.id = i.account
join register.person r on r.id = a.person
join register.person p on p.id = coalesce(r.root, r.id)
where i.id > $1 and not exists (select from register.account_check c where c.inquiry = i.id)
order by i.id limit $2;

-- name: match_checks_add
-- duties: desk
-- in: accounts bigint[], statuses text[], grades text[], linked boolean[], passes boolean[], messages bigint[], inquiries bigint[]
-- out:
insert into register.account_check (account, source, status, grade, id_linked, passes, message, inquiry)
select account, 'bank_inquiry', status, grade, linked, passes, message, inquiry
from unnest($1, $2, $3, $4, $5, $6, $7) as c(account, status, grade, linked, passes, message, inquiry);

-- name: match_ask
-- duties: desk
-- in: period date
-- out: asked bigint
-- Accounts that only a list named, of people on this period's lists who do not wish cash. A bank list that vouched for an account
-- leaves nothing to ask, nor does an open question, nor a death before the period; an answer that was unclear is asked for again.
-- A bank that is none of ours is asked through the bank of the programme's channel.
with listed as materialized (
	select distinct r.person, r.programme from register.import_row r where r.period = $1 and r.programme is not null and r.person is not null
), candidate as (
	select a.id, a.bank, min(l.programme) as programme
	from listed l
	cross join lateral (select a.id, a.bank from register.payee_account a where a.person = l.person offset 0) a
	where coalesce((select p.method from register.pay_preference p
			where p.person = l.person and p.programme = l.programme order by p.since desc, p.id desc limit 1), 'account') <> 'cash'
		and not exists (select from register.person_event d where d.person = l.person and d.kind = 'death' and d.day < $1)
		and not exists (select from register.account_check c where c.account = a.id and c.status <> 'unclear')
		and not exists (select from register.account_inquiry i left join register.account_answer w on w.inquiry = i.id
			where i.account = a.id and w.inquiry is null)
	group by a.id, a.bank
), asked as (
	insert into register.account_inquiry (account, bank)
	select c.id, coalesce(
		(select min(h.bank) from org.channel h where h.kind = 'bank' and h.bank = c.bank),
		(select h.bank from org.programme_agency pa join org.channel h on h.funding_account = pa.funding_account and h.kind = 'bank'
			where pa.programme = c.programme order by h.id limit 1),
		c.bank)
	from candidate c order by c.id
	returning id
)
select count(*) as asked from asked;

-- name: match_failed
-- duties: desk
-- in: period date
-- out: programme text, person bigint, file bigint, row_no integer, account bigint, kind text, status text, grade text,
--      id_linked boolean, authority boolean
-- People who are to be paid by account and of whose accounts every one was checked and none passes; each account's newest check.
select r.programme, r.person, r.file, r.row_no, a.id as account, a.kind, k.status, k.grade, k.id_linked,
	a.authority_until is null or a.authority_until >= ops.today() as authority
from register.import_row r
cross join lateral (select a.id, a.kind, a.authority_until from register.payee_account a where a.person = r.person offset 0) a
join lateral (select c.status, c.grade, c.id_linked, c.passes from register.account_check c
	where c.account = a.id order by c.id desc limit 1) k on not k.passes and k.status <> 'unclear'
where r.period = $1 and r.programme is not null
	and coalesce((select p.method from register.pay_preference p
		where p.person = r.person and p.programme = r.programme order by p.since desc, p.id desc limit 1), 'account') <> 'cash'
	and not exists (select from register.person_event d where d.person = r.person and d.kind = 'death' and d.day < $1)
	and not exists (
		select from register.payee_account o
		left join lateral (select c.passes, c.status from register.account_check c
			where c.account = o.id order by c.id desc limit 1) n on true
		where o.person = r.person and (n.passes is null or n.passes or n.status = 'unclear'))
order by r.programme, r.person, a.id;

-- name: match_shared
-- duties: desk
-- in: period date
-- out: programme text, person bigint, file bigint, row_no integer
-- One account for several people is lawful (a household's, a guardian's) and worth a look.
select distinct on (r.programme, r.person) r.programme, r.person, r.file, r.row_no
from register.import_row r
cross join lateral (select a.person, a.bank, a.blind from register.payee_account a where a.person = r.person offset 0) a
cross join lateral (select from register.payee_account o
	where o.blind = a.blind and o.bank = a.bank and o.person <> a.person limit 1) o
where r.period = $1 and r.programme is not null
order by r.programme, r.person, r.row_no;

-- name: match_status
-- duties: desk
-- in: period date
-- out: people bigint, cash_wish bigint, confirmed bigint, waiting bigint, failed bigint, no_account bigint
-- Each person of the period's lists once, by programme.
with listed as materialized (
	select distinct r.person, r.programme from register.import_row r where r.period = $1 and r.programme is not null and r.person is not null
), state as (
	select coalesce((select p.method from register.pay_preference p
			where p.person = l.person and p.programme = l.programme order by p.since desc, p.id desc limit 1), '') = 'cash' as cash,
		coalesce(bool_or(k.passes), false) as passes, count(a.id) as accounts,
		coalesce(bool_or(a.id is not null and (k.passes is null or k.status = 'unclear')), false) as waits
	from listed l
	left join lateral (select a.id from register.payee_account a where a.person = l.person offset 0) a on true
	left join lateral (select c.passes, c.status from register.account_check c
		where c.account = a.id order by c.id desc limit 1) k on a.id is not null
	group by l.person, l.programme
)
select count(*) as people, count(*) filter (where cash) as cash_wish, count(*) filter (where not cash and passes) as confirmed,
	count(*) filter (where not cash and not passes and waits) as waiting,
	count(*) filter (where not cash and not passes and not waits and accounts > 0) as failed,
	count(*) filter (where not cash and accounts = 0) as no_account
from state;
