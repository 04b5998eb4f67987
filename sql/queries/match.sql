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

-- name: match_look
-- duties: desk
-- in: period date, asking boolean
-- out: asked bigint, people bigint, cash_wish bigint, confirmed bigint, waiting bigint, failed bigint, no_account bigint,
--      programme text, person bigint, file bigint, row_no integer, kind text, status text, grade text, authority boolean,
--      account bigint
-- Everybody on the period's lists once a programme, looked at once. Asked: banks about accounts that only a list named, of people who
-- do not wish cash. A bank list that vouched for an account leaves nothing to ask, nor does an open question, nor a death before the
-- period; an answer that was unclear is asked for again. A bank that is none of ours is asked through the bank of the programme's
-- channel. Counted: people by what is known of them. Rows: people who are to be paid by account and of whose accounts every one was
-- checked and none passes, an account a row with its newest check; one row without a person if there are none.
with listed as materialized (
	select distinct on (r.programme, r.person) r.programme, r.person, r.file, r.row_no
	from register.import_row r where r.period = $1 and r.programme is not null and r.person is not null
	order by r.programme, r.person, r.kind desc
), state as materialized (
	select l.programme, l.person, l.file, l.row_no, a.id as account, a.bank,
		coalesce(k.passes, false) as passes, a.id is not null and coalesce(k.status = 'unclear', true) as waits,
		exists (select from register.pay_preference p
			where p.person = l.person and p.programme = l.programme and p.method = 'cash' and not exists (
				select from register.pay_preference n where n.person = p.person and n.programme = p.programme
					and (n.since, n.id) > (p.since, p.id))) as cash
	from listed l
	left join register.payee_account a on a.person = l.person
	left join lateral (select c.status, c.passes from register.account_check c
		where c.account = a.id order by c.id desc limit 1) k on true
), someone as materialized (
	select s.programme, s.person, s.cash, bool_or(s.passes) as passes, bool_or(s.waits) as waits, count(s.account) as accounts,
		min(s.file) as file, min(s.row_no) as row_no
	from state s group by s.programme, s.person, s.cash
), counts as (
	select count(*) as people, count(*) filter (where cash) as cash_wish, count(*) filter (where not cash and passes) as confirmed,
		count(*) filter (where not cash and not passes and waits) as waiting,
		count(*) filter (where not cash and not passes and not waits and accounts > 0) as failed,
		count(*) filter (where not cash and accounts = 0) as no_account
	from someone
), dead as materialized (
	select distinct d.person from register.person_event d where d.kind = 'death' and d.day < $1
), candidate as (
	select s.account, s.bank, min(s.programme) as programme from state s
	where $2 and s.waits and not s.cash and s.person not in (select d.person from dead d)
		and not exists (select from register.account_check c where c.account = s.account and c.status <> 'unclear')
		and not exists (select from register.account_inquiry i left join register.account_answer w on w.inquiry = i.id
			where i.account = s.account and w.inquiry is null)
	group by s.account, s.bank
), asked as (
	insert into register.account_inquiry (account, bank)
	select c.account, coalesce(
		(select min(h.bank) from org.channel h where h.kind = 'bank' and h.bank = c.bank),
		(select h.bank from org.programme_agency pa join org.channel h on h.funding_account = pa.funding_account and h.kind = 'bank'
			where pa.programme = c.programme order by h.id limit 1),
		c.bank)
	from candidate c order by c.account
	returning id
), trouble as (
	select o.programme, o.person, o.file, o.row_no, a.id as account, a.kind, a.authority_until, k.status, k.grade
	from someone o
	cross join lateral (select a.id, a.kind, a.authority_until from register.payee_account a where a.person = o.person offset 0) a
	cross join lateral (select c.status, c.grade from register.account_check c where c.account = a.id order by c.id desc limit 1) k
	where not o.cash and not o.passes and not o.waits and o.person not in (select d.person from dead d)
)
select (select count(*) from asked) as asked, c.people, c.cash_wish, c.confirmed, c.waiting, c.failed, c.no_account,
	t.programme, t.person, t.file, t.row_no, t.kind, t.status, t.grade,
	t.authority_until is null or t.authority_until >= ops.today() as authority, t.account
from counts c left join trouble t on true
order by t.programme, t.person, t.account;

-- name: match_shared
-- duties: desk
-- in: period date
-- out: programme text, person bigint, file bigint, row_no integer
-- One account for several people is lawful (a household's, a guardian's) and worth a look.
with shared as materialized (
	select a.bank, a.blind from register.payee_account a group by a.bank, a.blind having min(a.person) <> max(a.person)
), sharer as materialized (
	select distinct a.person from shared s join register.payee_account a on a.blind = s.blind and a.bank = s.bank
)
select distinct on (r.programme, r.person) r.programme, r.person, r.file, r.row_no
from sharer s join register.import_row r on r.person = s.person
where r.period = $1 and r.programme is not null
order by r.programme, r.person, r.row_no;
