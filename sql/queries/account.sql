-- Accounts of people, as two officers add, prolong and end them; wishes; and accounts whose bank has another code now.

-- name: account_banks
-- duties: desk
-- in: bank text, person bigint
-- out: code text, keeps boolean
-- A bank by its code; a renamed one is its successor. A sandbox knows also the banks that its channels name.
select b.code, register.may_identify(auth.me(), $2, '{register}') as keeps from (
	select coalesce(b.replaced_by, b.code) as code from bank.bank b where b.code = $1
	union
	select c.bank from org.channel c, ops.instance i where i.sandbox and c.kind = 'bank' and c.bank = $1
	union
	select f.bank from org.funding_account f, ops.instance i where i.sandbox and f.bank = $1) b;

-- name: account_key
-- duties: desk
-- in: person bigint
-- out: name text, wrapped bytea, today date
select p.name, k.wrapped, ops.today() as today
from register.person p join register.person_key k on k.person = p.id
where p.id = $1;

-- name: account_of_number
-- duties: desk
-- in: person bigint, bank text, blind bytea
-- out: account bigint, kind text, holder text, open boolean
-- open: it may receive already, or somebody proposed that and a second officer has not confirmed it yet.
select a.id as account, a.kind, a.holder_name as holder, a.stands and a.passes or exists (select from register.account_word w
	where w.account = coalesce(a.carried_from, a.id) and w.what = 'add' and w.second_officer is null and w.dropped_by is null) as open
from register.account_now a where a.person = any (register.selves($1)) and a.bank = $2 and a.blind = $3
order by open desc, a.person = $1 desc, a.id limit 1;

-- name: account_add
-- duties: desk
-- in: person bigint, kind text, bank text, blind bytea, sealed bytea, salt bytea, hash bytea, holder text, fold text, authority text,
--     until date
-- out: account bigint
insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, authority, authority_until,
	source)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'officer')
returning id as account;

-- name: account_word_add
-- duties: desk
-- in: account bigint, what text, from_day date, until date, document text
-- out: word bigint
insert into register.account_word (account, what, from_day, until, document, first_officer)
values ($1, $2, coalesce($3, ops.today()), $4, $5, auth.me())
returning id as word;

-- name: account_find
-- duties: desk
-- in: account bigint
-- out: person bigint, kind text, stands boolean, keeps boolean, waits boolean
-- waits: a word about it awaits its second officer.
select a.person, a.kind, a.stands, register.may_identify(auth.me(), a.person, '{register}') as keeps,
	exists (select from register.account_word w where w.account = coalesce(a.carried_from, a.id) and w.second_officer is null and w.dropped_by is null) as waits
from register.account_now a where a.id = $1;

-- name: account_words
-- duties: desk
-- in: ids bigint[]
-- out: id bigint, account bigint, what text, kind text, blind bytea, person_name text, holder text, status text, passes boolean,
--      grade text, problem text, lacks text
-- Why this officer cannot confirm each of them; null: nothing speaks against it; lacks: the mandate that is wanted. Locked, so that it is confirmed once.
-- account: as its bank calls it today.
select i.id, a.id as account, w.what, a.kind, a.blind, p.name as person_name, a.holder_name as holder, a.status, a.passes, a.grade, case
	when w.id is null or w.second_officer is not null or w.dropped_by is not null then 'word_unknown'
	when w.first_officer = auth.me() then 'same_officer'
	when m.lacks is not null then 'no_mandate'
	when register.identify_lacks(w.first_officer, a.person, '{register}') is not null then 'first_mandate'
end as problem, m.lacks
from unnest($1) with ordinality as i(id, n)
left join lateral (select w.* from register.account_word w where w.id = i.id offset 0 for update) w on true
left join lateral (select max(x.id) as id from register.payee_account x where w.account in (x.id, x.carried_from)) n on true
left join lateral (select a.id, a.person, a.kind, a.blind, a.holder_name, a.status, a.passes, a.grade
	from register.account_now a where a.id = n.id offset 0) a on true
left join register.person p on p.id = a.person
left join lateral (select register.identify_lacks(auth.me(), a.person, '{register}') as lacks where a.person is not null) m on true
order by i.n;

-- name: account_words_confirm
-- duties: desk
-- in: ids bigint[]
-- out: what text, hash bytea, at timestamptz, from_day date, first text, second text
-- Of each what the archive must know.
with done as (
	update register.account_word set second_officer = auth.me(), decided_at = clock_timestamp()
	where id = any ($1) and second_officer is null and dropped_by is null
	returning account, what, decided_at, from_day, first_officer, second_officer
)
select d.what, a.hash, d.decided_at as at, d.from_day, x.login as first, y.login as second
from done d join register.payee_account a on a.id = d.account
join auth.officer x on x.id = d.first_officer join auth.officer y on y.id = d.second_officer;

-- name: account_words_drop
-- duties: desk
-- in: ids bigint[]
-- out: id bigint
update register.account_word set dropped_by = auth.me() where id = any ($1) and second_officer is null and dropped_by is null returning id;

-- name: account_vouch
-- duties: desk
-- in: accounts bigint[], statuses text[], grades text[]
-- out:
-- What two officers saw passes, until the bank says otherwise.
insert into register.account_check (account, source, status, grade, id_linked, passes, known_on)
select v.account, 'officer', v.status, v.grade, true, true, t.today
from unnest($1, $2, $3) as v(account, status, grade), (select ops.today() as today offset 0) t;

-- name: account_ask
-- duties: desk
-- in: accounts bigint[]
-- out: inquiry bigint
-- The bank is asked all the same: through its own channel, or that of a programme in which the person is.
insert into register.account_inquiry (account, bank)
select a.id, coalesce(
	(select min(h.bank) from org.channel h where h.kind = 'bank' and h.bank = a.bank),
	(select h.bank from register.enrolment e join org.programme_agency pa on pa.programme = e.programme
		join org.channel h on h.funding_account = pa.funding_account and h.kind = 'bank'
		where e.person = any (register.selves(a.person)) order by h.id limit 1),
	a.bank)
from register.payee_account a
where a.id = any ($1) and not exists (select from register.account_inquiry i left join register.account_answer w on w.inquiry = i.id
	where i.account = a.id and w.inquiry is null)
order by a.id
returning id as inquiry;

-- name: account_list
-- duties: desk
-- in: person bigint, open_only boolean
-- out: account bigint, person bigint, root bigint, person_name text, kind text, bank text, holder text, source text, valid_from date, authority text,
--      authority_until date, stands boolean, renamed boolean, status text, grade text, passes boolean, wrapped bytea, sealed bytea,
--      word bigint, what text, from_day date, word_until date, document text, first text
-- Those of one person, or (null) those about which a word awaits its second officer, as far as this officer keeps the register there.
-- word: what was proposed last and not confirmed.
select a.id as account, a.person, p.id as root, p.name as person_name, a.kind, a.bank, a.holder_name as holder, a.source, a.valid_from, a.authority,
	a.authority_until, a.stands, a.renamed, a.status, a.grade, a.passes, k.wrapped, a.sealed, w.id as word, w.what, w.from_day,
	w.until as word_until, w.document, o.login as first
from (
	select x.id from register.payee_account x where x.person = any (register.selves($1))
	union
	select (select max(x.id) from register.payee_account x where w.account in (x.id, x.carried_from))
	from register.account_word w where $2 and w.second_officer is null and w.dropped_by is null) i
cross join lateral (select n.id, n.person, n.kind, n.bank, n.sealed, n.holder_name, n.source, n.valid_from, n.authority, n.authority_until,
	n.stands, n.renamed, n.status, n.grade, n.passes, n.carried_from from register.account_now n where n.id = i.id offset 0) a
join register.person me on me.id = a.person
join register.person p on p.id = coalesce(me.root, me.id)
left join register.person_key k on k.person = a.person
left join lateral (select w.* from register.account_word w where w.account = coalesce(a.carried_from, a.id) and w.second_officer is null
	and w.dropped_by is null order by w.id desc limit 1) w on true
left join auth.officer o on o.id = w.first_officer
where register.keeps(a.person)
order by p.id, a.id;

-- name: account_expiring
-- duties: desk
-- in: days integer
-- out: account bigint, person_name text, area text, holder text, kind text, authority text, authority_until date, days_left integer
-- Authorities in force that end within so many days, and those that ended in as many days before and were not prolonged.
select a.id as account, p.name as person_name, e.area_code as area, a.holder_name as holder, a.kind, a.authority, a.authority_until,
	a.authority_until - t.today as days_left
from (select ops.today() as today offset 0) t
cross join lateral (select n.id, n.person, n.holder_name, n.kind, n.authority, n.authority_until, n.stands, n.renamed
	from register.account_now n where n.kind <> 'self' offset 0) a
join register.person p on p.id = a.person
left join lateral (select e.area_code from register.enrolment e where e.person = any (register.selves(a.person)) order by e.from_month desc, e.id desc limit 1) e on true
where a.stands and not a.renamed and a.authority_until between t.today - $1 and t.today + $1 and register.keeps(a.person)
	and not exists (select from register.person_event d where d.person = any (register.selves(a.person)) and d.kind = 'death')
order by a.authority_until, a.id;

-- name: accounts_renamed
-- duties: desk
-- in: most integer
-- out: account bigint, person bigint, bank text, sealed bytea, wrapped bytea
-- Accounts whose bank has another code now, that are not known under that code yet. Whose key was destroyed has none that could be read.
select a.id as account, a.person, b.replaced_by as bank, a.sealed, k.wrapped
from bank.bank b
join register.payee_account a on a.bank = b.code
join register.person_key k on k.person = a.person
where b.replaced_by is not null and not exists (select from register.payee_account n
	where n.person = a.person and n.bank = b.replaced_by and n.blind = a.blind)
order by a.id limit $1;

-- name: accounts_carry
-- duties: desk
-- in: accounts bigint[], banks text[], salts bytea[], hashes bytea[]
-- out: carried bigint
-- Nobody decides anything: the bank table did. The same account with all that is known of it, under its bank's code of today. What was signed names the old one, and stays.
with carried as (
	insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, authority, authority_until,
		source, file, valid_from, carried_from)
	select a.person, a.kind, c.bank, a.blind, a.sealed, c.salt, c.hash, a.holder_name, a.holder_fold, a.authority, a.authority_until,
		a.source, a.file, a.valid_from, coalesce(a.carried_from, a.id)
	from unnest($1, $2, $3, $4) with ordinality as c(account, bank, salt, hash, n) join register.payee_account a on a.id = c.account
	order by c.n
	on conflict (person, bank, blind) do nothing
	returning id
)
select count(*) as carried from carried;

-- name: accounts_carry_checks
-- duties: desk
-- in: accounts bigint[], banks text[]
-- out:
insert into register.account_check (account, source, status, grade, id_linked, passes, message, known_on)
select n.id, k.source, k.status, k.grade, k.id_linked, k.passes, k.message, k.known_on
from unnest($1, $2) as c(account, bank)
join register.payee_account a on a.id = c.account
join register.payee_account n on n.person = a.person and n.bank = c.bank and n.blind = a.blind
	and n.carried_from = coalesce(a.carried_from, a.id)
cross join lateral (select k.* from register.account_check k where k.account = a.id order by k.status = 'unclear', k.known_on desc, k.id desc limit 1) k
where not exists (select from register.account_check o where o.account = n.id);

-- name: accounts_renew
-- duties: desk
-- in: persons bigint[], banks text[], blinds bytea[], documents text[], untils date[], files bigint[]
-- out:
-- A list brings another authority for an account that is known: one officer's word, for a second one to confirm. Not where an end waits for its day.
insert into register.account_word (account, what, from_day, until, document, file, first_officer)
select a.id, 'renew', t.today, r.until, r.document, r.file, auth.me()
from (select ops.today() as today offset 0) t,
	unnest($1, $2, $3, $4, $5, $6) as r(person, bank, blind, document, until, file)
cross join lateral (select a.id, a.person, a.kind, a.stands, a.authority_until, a.carried_from from register.account_now a
	where a.person = any (register.selves(r.person)) and a.bank = r.bank and a.blind = r.blind order by a.id limit 1 offset 0) a
where a.kind <> 'self' and a.stands and r.until > a.authority_until and r.until >= t.today
	and register.may_identify(auth.me(), a.person, '{register}')
	and (a.kind <> 'delegate' or r.until <= t.today + coalesce(register.authority_months(a.person), 1200) * interval '1 month')
	and not exists (select from register.account_word w where w.account = any (register.account_firsts(a.id)) and w.dropped_by is null
		and (w.what = 'renew' and w.until = r.until or w.what = 'end' and w.second_officer is not null and w.from_day > t.today));

-- name: match_expiring
-- duties: desk
-- in: period date, note text
-- out:
-- People on the period's lists whose delegate's authority ends within 30 days.
insert into register.finding (programme, period, person, file, row_no, code, note, blocks)
select distinct on (r.programme, r.person) r.programme, $1, r.person, r.file, r.row_no, 'authority_ends', $2, false
from (select ops.today() as today offset 0) t
cross join lateral (select n.person, n.stands, n.renamed, n.passes, n.authority_until from register.account_now n where n.kind <> 'self' offset 0) a
cross join lateral (select r.programme, r.person, r.file, r.row_no from register.import_row r
	where r.person = any (register.selves(a.person)) and r.period = $1 and r.programme is not null offset 0) r
where a.stands and not a.renamed and a.passes and a.authority_until between t.today and t.today + 30
order by r.programme, r.person, r.row_no
on conflict do nothing;

-- name: wish_add
-- duties: desk
-- in: person bigint, programme text, method text, since date, asked_by text
-- out: method text, since date
-- From a programme's every reader the newest wish that has begun counts.
insert into register.pay_preference (person, programme, method, since, officer, asked_by, typed_at)
select $1, p.code, $3, coalesce($4, ops.today()), auth.me(), $5, clock_timestamp()
from rules.programme p
where p.code = $2 and exists (select from register.enrolment e where e.person = any (register.selves($1)) and e.programme = p.code)
returning method, since;

-- name: wish_list
-- duties: desk
-- in: person bigint
-- out: programme text, method text, since date, said_by text, holds boolean
-- said_by: of a list its name. holds: it is the one that counts today; null: not yet.
select p.programme, p.method, p.since, coalesce(p.asked_by || ' (' || o.login || ')', f.name, '') as said_by,
	case when p.since <= t.today then row_number() over (partition by p.programme
		order by p.since <= t.today desc, p.since desc, p.id desc) = 1 end as holds
from register.pay_preference p
cross join (select ops.today() as today offset 0) t
left join auth.officer o on o.id = p.officer
left join register.import_file f on f.id = p.file
where p.person = any (register.selves($1)) and register.keeps(p.person)
order by p.programme, p.since, p.id;

-- name: batch_flags
-- duties: desk
-- in: batches bigint[]
-- out: batch bigint, line integer, name text, amount_dong bigint, kind text, status text, passes boolean, stands boolean,
--      authority_until date, people bigint, paid_elsewhere boolean, from_cash boolean, known boolean, sum_dong bigint, large_dong bigint, today date
-- What is known of the account of each line that is not cash (flag.h). people: who receives into it by the register, merged ones once.
-- paid_elsewhere: the programme's last month that was paid to an account of this person went to another one; from_cash: its last month was paid in cash;
-- known: any month went to this one. An account
-- under its bank's old code is the same; the same number at another bank is not. sum_dong: of these lines together. status: dormant also by a
-- list that nobody confirmed yet. Looked up one by one: by index, whatever the tables hold.
with line as materialized (
	select p.batch, p.line, p.payee_account as account, p.amount_dong, coalesce(r.root, r.id) as person, c.programme
	from unnest($1) as i(batch)
	cross join lateral (select p.batch, p.line, p.payee_account, p.amount_dong, p.claim from payout.payout p
		where p.batch = i.batch and p.payee_account is not null offset 0) p
	cross join lateral (select c.person, c.programme from payout.claim c where c.id = p.claim offset 0) c
	cross join lateral (select r.id, r.root from register.person r where r.id = c.person offset 0) r
), sum as materialized (
	select l.account, l.person, l.programme, sum(l.amount_dong)::bigint as sum_dong from line l group by 1, 2, 3
), looked as materialized (
	select s.*, a.kind, case when a.status = 'open' and exists (select from register.account_file_row r join register.account_file f on f.file = r.file
			where r.account in (s.account, a.carried_from) and r.status = 'dormant' and f.second_officer is null and f.dropped_by is null)
		then 'dormant' else a.status end as status, a.passes, a.stands, a.authority_until, o.people,
		coalesce(not (array_remove(paid.same, null))[1], false) as paid_elsewhere, coalesce(cardinality(paid.same) > 0 and paid.same[1] is null, false) as from_cash,
		coalesce(paid.known, false) as known, n.name
	from sum s
	cross join lateral (select a.bank, a.blind, a.carried_from, a.kind, a.status, a.passes, a.stands, a.authority_until
		from register.account_now a where a.id = s.account offset 0) a
	cross join lateral (select count(distinct coalesce(r.root, r.id)) as people
		from (select x.person from register.account_now x where x.blind = a.blind and x.bank = a.bank and x.stands offset 0) x
		cross join lateral (select r.id, r.root from register.person r where r.id = x.person offset 0) r) o
	cross join lateral (select r.name from register.person r where r.id = s.person offset 0) n
	cross join lateral (select array(select o.id from register.person o where o.root = s.person) || s.person as selves offset 0) w
	cross join lateral (
		select array_agg(b.same order by c.month desc, p.id desc) filter (where c.programme = s.programme) as same, bool_or(b.same) as known
		from (select c.id, c.programme, c.month from payout.claim c where c.person = any (w.selves) offset 0) c
		cross join lateral (select p.id, p.payee_account from payout.payout p where p.claim = c.id offset 0) p
		cross join lateral (select from payout.payout_state t where t.payout = p.id and t.state in (6, 7) offset 0) t
		left join lateral (select b.blind = a.blind and (b.bank = a.bank
				or coalesce(b.carried_from, b.id) = coalesce(a.carried_from, s.account)) as same
			from register.payee_account b where b.id = p.payee_account offset 0) b on true) paid
)
select l.batch, l.line, k.name, l.amount_dong, k.kind, k.status, k.passes, k.stands, k.authority_until, k.people, k.paid_elsewhere, k.from_cash, k.known,
	k.sum_dong, g.large_dong, t.today
from line l
join looked k on k.account = l.account and k.person = l.person and k.programme = l.programme
join rules.programme g on g.code = l.programme
cross join (select ops.today() as today offset 0) t
order by l.batch, l.line;

-- name: coverage_units
-- duties: desk
-- in: period date, as_of date, programme text, area text, everywhere boolean, areas text[], area_day date
-- out: area text, area_from date, name text, entitled bigint, with_account bigint, wishing bigint, paid bigint
-- People with claims of the period by the unit that pays them, which is a commune, or an island without communes; of two who were merged
-- the claims that are left. As known on a business
-- day: accounts that were named and answered for by then, wishes that had begun, moves of payouts up to it. Who wishes: has an account
-- and has not asked for cash. Paid: of those, whose claims were paid through an account and none in cash. (The wall time of a void is
-- read as business time.) area_day: by the units of that day (register.ward_as_of); what is not one unit has no first day.
with day as materialized (
	select $2 as day, (select i.clock_offset from ops.instance i) as shift
), unit as materialized (
	select u.code, u.valid_from, u.as_code, u.among from register.areas_as_of($7) u where $7 is not null
), claim as materialized (
	select coalesce(r.root, r.id) as person, array(select o.id from register.person o where o.root = coalesce(r.root, r.id))
			|| coalesce(r.root, r.id) as selves, c.id, c.programme, w.area, case when $7 is null then c.area_valid_from else
			(select a.valid_from from register.area a where a.level = 'commune' and a.code = w.area
				and register.area_stands(a.valid_from, a.valid_to, a.gone_by, $7)) end as area_from
	from payout.claim c cross join day
	cross join lateral (select r.id, r.root from register.person r where r.id = c.person offset 0) r
	left join unit u on u.code = c.area_code and u.valid_from = c.area_valid_from
	cross join lateral (select case when $7 is null then c.area_code
		else register.ward_as_of(c.person, c.programme, c.area_code, u.as_code, u.among, $7) end as area offset 0) w
	where c.pay_period = $1 and ($3 is null or c.programme = $3) and ($4 is null or w.area = $4)
		and ($5 or c.area_code || to_char(c.area_valid_from, ' YYYY-MM-DD') = any ($6)) and c.known_on <= day.day
		and not exists (select from payout.claim_void v
			where v.claim = c.id and ((v.at + day.shift) at time zone 'Asia/Ho_Chi_Minh')::date <= day.day)
		and not exists (select from register.surplus s where s.claim = c.id and not s.undone)
), looked as (
	select c.person, c.selves, c.area, c.area_from,
		bool_or(p.account) as by_account, bool_or(p.cash) as by_cash,
		bool_or((select q.method from register.pay_preference q where q.person = any (c.selves) and q.programme = c.programme and q.since <= day.day
			order by q.since desc, q.id desc limit 1) is distinct from 'cash') as wishes
	from claim c cross join day
	left join lateral (
		select bool_or(x.payee_account is not null) as account, bool_or(x.payee_account is null) as cash
		from payout.payout x
		cross join lateral (select m.to_state from payout.payout_move m where m.payout = x.id and m.day <= day.day order by m.n desc limit 1) m
		where x.claim = c.id and m.to_state in (6, 7)) p on true
	group by 1, 2, 3, 4
), person as (
	select l.*, coalesce(l.by_account, false) or exists (
		select from (select array_agg(a.id) as rows, array_agg(coalesce(a.carried_from, a.id)) as firsts, bool_or(a.source <> 'officer') as listed,
				case when count(*) = count(a.authority_until) then max(a.authority_until) end as authority_until
			from register.payee_account a where a.person = any (l.selves) and a.valid_from <= day.day group by a.bank, a.blind offset 0) a
		left join lateral (select w.what, w.until from register.account_word w
			where w.account = any (a.firsts) and w.second_officer is not null and w.from_day <= day.day
				and ((w.decided_at + day.shift) at time zone 'Asia/Ho_Chi_Minh')::date <= day.day
			order by w.id desc limit 1) w on true
		cross join lateral (select k.passes from register.account_check k where k.account = any (a.rows) and k.known_on <= day.day
			order by k.status = 'unclear', k.known_on desc, k.id desc limit 1) k
		where k.passes and w.what is distinct from 'end' and (a.listed or w.what is not null)
			and coalesce(case when w.what is null then a.authority_until else w.until end, day.day) >= day.day) as has_account
	from looked l cross join day
)
select p.area, p.area_from, coalesce(u.name, '') as name, count(*) as entitled,
	count(*) filter (where p.has_account) as with_account,
	count(*) filter (where p.has_account and p.wishes) as wishing,
	count(*) filter (where p.has_account and p.wishes and p.by_account and not p.by_cash) as paid
from person p
left join register.area u on u.level = 'commune' and u.code = p.area and u.valid_from = p.area_from
group by 1, 2, 3
order by 1, 2;
