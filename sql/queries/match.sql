-- Whose account is it: answers of banks graded, questions asked, and what a person must look at. Why "lateral (… offset 0)": import.sql.

-- name: match_begin
-- duties: desk
-- in:
-- out: today date, may boolean, locked boolean, work_mem text
-- One match at a time, over everybody: what it sorts and hashes stays in memory.
select ops.today() as today,
	coalesce((select bool_or(auth.may(m.role, m.agency, m.area, 0)) from auth.mandate m
		where m.officer = auth.me() and m.role in ('register', 'maker')), false) as may,
	pg_advisory_xact_lock(7203) is not null as locked, set_config('work_mem', '256MB', true) as work_mem;

-- name: match_programmes
-- duties: desk
-- in: period date
-- out: programme text
select distinct programme from register.import_file where period = $1 and kind = 'payment_list' order by programme;

-- name: match_answers
-- duties: desk
-- in: after bigint, most integer
-- out: inquiry bigint, account bigint, person_name text, kind text, holder text, authority text, authority_until date, status text,
--      bank_holder text, id_match boolean, vouched boolean, message bigint
-- Answers that nobody has graded yet. vouched: two officers saw a document that ties the account to the person. A bank that does not say whose ID
-- it is takes nothing from a list by which the account passes. Each table begins at the same number, so that a slice costs what it has.
with open as materialized (
	select w.inquiry, i.account, w.status, w.holder_name, w.personal_id_match, w.message
	from register.account_answer w join register.account_inquiry i on i.id = w.inquiry
	where w.inquiry > $1 and i.id > $1 and not exists (select from register.account_check c where c.inquiry = w.inquiry and c.inquiry > $1)
	order by w.inquiry limit $2
)
select o.inquiry, o.account, coalesce(m.name, r.name) as person_name, a.kind, a.holder_name as holder, a.authority, a.authority_until,
	o.status, o.holder_name as bank_holder, coalesce(o.personal_id_match,
		case when a.passes and a.checked_by in ('bank_list', 'vneid') then true end) as id_match, a.stands and exists (select from register.account_word d
		where d.account = coalesce(a.carried_from, a.id) and d.what = 'add' and d.second_officer is not null) as vouched, o.message
from open o
cross join lateral (select a.id, a.carried_from, a.person, a.kind, a.holder_name, a.authority, a.authority_until, a.stands, a.passes, a.checked_by
	from register.account_now a where a.id = o.account offset 0) a
cross join lateral (select r.root, r.name from register.person r where r.id = a.person offset 0) r
left join lateral (select m.name from register.person m where m.id = r.root offset 0) m on r.root is not null
order by o.inquiry;

-- name: match_checks_in
-- duties: desk
-- copy in: register.account_check(account bigint, source text, status text, grade text, id_linked boolean, passes boolean,
--     message bigint, inquiry bigint, known_on date)

-- name: match_look
-- duties: desk
-- in: period date, programme text, asking boolean
-- out: asked bigint, people bigint, cash_wish bigint, confirmed bigint, waiting bigint, failed bigint, no_account bigint,
--      programme text, person bigint, file bigint, row_no integer, kind text, status text, grade text, authority boolean,
--      account bigint
-- Everybody on a programme's lists of the period, looked at once. Asked: banks about accounts that only a list named, of people who
-- do not wish cash. A bank list that vouched for an account leaves nothing to ask, nor does an open question (also that of another
-- programme, a moment ago), nor a death before the period; an answer that was unclear is asked for again. A bank that is none of ours
-- is asked through the bank of the programme's channel. Counted: people by what is known of them. Rows: people who are to be paid by
-- account and of whose accounts every one was checked and none passes, an account a row with its newest check; one row without a
-- person if there are none. Two who were merged are one person (kin), with the accounts and wishes of both; they are few, and nobody else
-- costs more for them.
with kin as materialized (
	select id, root from register.kin
), listed as (
	select r.person, r.file, r.row_no from register.import_row r
	where r.programme = $2 and r.period = $1 and r.person is not null and (r.kind = 'regular' or not exists (
		select from register.import_row g where g.programme = $2 and g.period = $1 and g.person = r.person and g.kind = 'regular'))
		and r.person not in (select k.id from kin k)
	union all
	(select distinct on (k.root) k.root, r.file, r.row_no from kin k
	join register.import_row r on r.person = k.id and r.programme = $2 and r.period = $1
	order by k.root, r.kind desc, r.file, r.row_no)
), wishes_cash as materialized (
	select w.person from register.wishes_cash($2) w
), dead as materialized (
	select distinct coalesce(k.root, d.person) as person from register.person_event d left join kin k on k.id = d.person
	where d.kind = 'death' and d.day < $1
), state as materialized (
	select l.person, l.file, l.row_no, a.id as account, a.bank, coalesce(a.passes and coalesce(a.authority_until
			>= (select ops.today()), true), false) as passes,
		a.id is not null and coalesce(a.status = 'unclear', true) as waits, l.person in (select c.person from wishes_cash c) as cash
	from listed l left join register.account_standing a on a.owner = l.person
), several as materialized (
	select a.person from register.payee_account a group by a.person having count(*) > 1
	union
	select k.root from kin k
), someone as materialized (
	select s.person, s.cash, s.passes, s.waits, s.account is not null as has_account, s.file, s.row_no
	from state s where s.person not in (select v.person from several v)
	union all
	select s.person, s.cash, bool_or(s.passes), bool_or(s.waits), count(s.account) > 0, min(s.file), min(s.row_no)
	from state s where s.person in (select v.person from several v) group by s.person, s.cash
), counts as (
	select count(*) as people, count(*) filter (where cash) as cash_wish, count(*) filter (where not cash and passes) as confirmed,
		count(*) filter (where not cash and not passes and waits) as waiting,
		count(*) filter (where not cash and not passes and not waits and has_account) as failed,
		count(*) filter (where not cash and not has_account) as no_account
	from someone
), ours as materialized (
	select distinct h.bank from org.channel h where h.kind = 'bank'
), through as materialized (
	select h.bank from org.programme_agency pa join org.channel h on h.funding_account = pa.funding_account and h.kind = 'bank'
	where pa.programme = $2 order by h.id limit 1
), asked as (
	insert into register.account_inquiry (account, bank)
	select s.account, case when s.bank in (select o.bank from ours o) then s.bank
		else coalesce((select t.bank from through t), s.bank) end
	from state s
	where $3 and s.waits and not s.cash and s.person not in (select d.person from dead d)
		and not exists (select from register.account_inquiry i left join register.account_answer w on w.inquiry = i.id
			where i.account = s.account and w.inquiry is null)
	order by s.account
	returning id
), trouble as (
	select o.person, o.file, o.row_no, a.id as account, a.kind, a.authority_until, a.status, a.grade
	from someone o
	cross join lateral (select a.id, a.kind, a.authority_until, a.status, a.grade, a.stands, a.renamed
		from register.account_now a
		where a.person = any (array(select p.id from register.person p where p.root = o.person) || o.person) offset 0) a
	where not o.cash and not o.passes and not o.waits and o.person not in (select d.person from dead d) and a.stands and not a.renamed
)
select (select count(*) from asked) as asked, c.people, c.cash_wish, c.confirmed, c.waiting, c.failed, c.no_account,
	$2 as programme, t.person, t.file, t.row_no, t.kind, t.status, t.grade,
	coalesce(t.authority_until >= ops.today(), true) as authority, t.account
from counts c left join trouble t on true
order by t.person, t.account;

-- name: match_shared
-- duties: desk
-- in: period date
-- out: programme text, person bigint, file bigint, row_no integer
-- One account for several people is lawful (a household's, a guardian's) and worth a look.
-- Two who were merged are one; of whom it was ended does not share it.
with shared as materialized (
	select a.blind from register.payee_account a group by a.blind having min(a.person) <> max(a.person)
), suspect as materialized (
	select coalesce(p.root, p.id) as root, a.bank, a.blind from shared s
	cross join lateral (select n.person, n.bank, n.blind from register.account_now n where n.blind = s.blind and n.stands offset 0) a
	join register.person p on p.id = a.person
), sharer as materialized (
	select distinct a.root, i.id as person from suspect a
	cross join lateral (select a.root as id union all select m.id from register.person m where m.root = a.root offset 0) i
	where exists (select from suspect o where o.blind = a.blind and o.bank = a.bank and o.root <> a.root)
)
select distinct on (r.programme, s.root) r.programme, r.person, r.file, r.row_no
from sharer s join register.import_row r on r.person = s.person
where r.period = $1 and r.programme is not null
order by r.programme, s.root, r.file, r.row_no;
