-- Batches: made, read, frozen, sent back.

-- name: batch_channels
-- duties: desk
-- in: programme text
-- out: id bigint, code text, cash boolean, bank text, valid_hours integer, agency bigint, agency_code text, funding_bank text,
--      funding_number text
-- Whom we instruct for a programme: the channels of the agency that pays it, its own funding account's first.
select c.id, c.code, c.kind = 'cash' as cash, c.bank, c.valid_hours, f.agency, g.code as agency_code, f.bank as funding_bank,
	f.number as funding_number
from org.programme_agency pa
join org.funding_account f on f.agency = pa.agency
join org.agency g on g.id = f.agency
join org.channel c on c.funding_account = f.id
where pa.programme = $1
order by f.id <> pa.funding_account, c.id;

-- name: batch_areas
-- duties: desk
-- in: programme text, period date, areas text[]
-- out: code text, since date, pay_period date, claims bigint
-- Wards with claims of this pay period or an earlier one.
select c.area_code as code, c.area_valid_from as since, c.pay_period, count(*) as claims
from payout.claim c
where c.programme = $1 and c.pay_period <= $2 and ($3 is null or c.area_code = any ($3))
group by 1, 2, 3 order by 1, 2, 3;

-- name: batch_make_lock
-- duties: desk
-- in: programme text, areas text[]
-- out:
-- Two who make batches of one ward and programme at a time would fight for the same claims. In one order, for whoever takes several. A merge of
-- two people waits, or is waited for.
select from (select distinct hashtext($1 || ' ' || a) as ward from unnest($2) as a order by 1) as w
where pg_advisory_xact_lock(1128810834, w.ward) is null or not register.merge_lock(false);

-- name: batch_due
-- duties: desk
-- in: programme text, areas text[], since date[], pay_periods date[], until date
-- out: claim bigint, month date, kind text, instalment smallint, amount_dong bigint, agency bigint, area text, area_from date,
--      person bigint, anchor bytea, wrapped bytea, issue smallint, way text, account bigint, account_hash bytea
-- Claims without a live payout, and how each can be paid. A claim that was proven unpaid comes again as its next issue, unless
-- evidence speaks against that; an account that sent the last issue back counts only after it was checked anew. An account that
-- nobody has confirmed makes its claim wait: it is no want of an account. What was answered for counts, the bank's and VNeID's word for
-- one's own account before that of officers, and the newest of equals; an authority only when it lasts through $5, the day until which
-- the bank may pay. What was found of one account is settled by another one that
-- passes, and by a wish for cash (register.waiting). `offset 0` and `limit 1`: look up by index, ward after ward,
-- however large the tables are; a hash of a whole table for each slice of wards would cost the square.
with clock as materialized (
	select ops.today() as today
), due as materialized (
	select c.*
	from unnest($2, $3, $4) as u(code, since, period)
	cross join lateral (
		select x.*, array(select o.id from register.person o where o.root = m.root) || m.root as selves
		from payout.claim x
		cross join lateral (
			select coalesce((select o.root from register.person o where o.id = x.person and o.root is not null), x.person) as root offset 0) m
		where x.pay_period = u.period and x.programme = $1 and x.area_code = u.code and x.area_valid_from = u.since offset 0) c
	where not exists (select from payout.claim_void v where v.claim = c.id)
		and not exists (select from register.surplus s where s.claim = c.id and not s.undone)
), ended as (
	select code, name from payout.state where proven_unpaid
), ready as materialized (
	select d.*, l.issue as last_issue, l.payee_account as last_account, l.ended_as, l.ended_at,
		exists (
			select from register.waiting w where w.programme = d.programme and w.period = d.pay_period and w.person = any (d.selves))
			or exists (select from register.surplus b where b.beside = d.id and not b.undone) and register.paid_beside(d.id) as has_finding,
		(select true from register.pay_preference q
			where q.person = any (d.selves) and q.programme = d.programme and q.method = 'cash' and q.since <= (select today from clock)
				and not exists (
					select from register.pay_preference n where n.person = any (d.selves) and n.programme = q.programme
						and (n.since, n.id) > (q.since, q.id) and n.since <= (select today from clock))
			limit 1) is not null as cash_wish
	from due d
	left join lateral (
		select p.issue, p.payee_account, e.name as ended_as, m.at as ended_at
		from payout.payout p
		left join payout.payout_state s on s.payout = p.id
		left join ended e on e.code = s.state
		left join payout.payout_move m on m.payout = p.id and m.n = s.move_no
		where p.claim = d.id order by p.issue desc limit 1) l on true
	where l.issue is null or l.ended_as is not null and not payout.in_question(d.id, (l.issue + 1)::smallint)
)
select r.id as claim, r.month, r.kind, r.instalment, r.amount_dong, r.agency, r.area_code as area, r.area_valid_from as area_from,
	r.person, p.anchor, k.wrapped, (coalesce(r.last_issue, 0) + 1)::smallint as issue,
	case
		when r.has_finding then 'finding'
		when a.id is null and k.wrapped is null then 'unconfirmed'
		when r.cash_wish then 'cash_wish'
		when a.id is not null then 'account'
		when (select true from register.account_now x where x.person = any (r.selves) and x.stands and not (x.renamed and exists (
			select from register.payee_account n where n.person = x.person and n.carried_from = coalesce(x.carried_from, x.id)
				and n.id > x.id)) limit 1) then 'unconfirmed'
		else 'cash_want'
	end as way, a.id as account, a.hash as account_hash
from ready r
cross join lateral (select n.anchor from register.person n where n.id = r.person offset 0) p
left join lateral (
	select x.id, x.hash
	from (select o.id, o.hash, o.kind, o.bank, o.blind, o.passes, o.stands, o.renamed, o.authority_until, o.valid_from, o.checked_by, o.checked_at
		from register.account_now o where o.person = any (r.selves) offset 0) x
	where x.passes and x.stands and not x.renamed and (x.authority_until is null or x.authority_until >= $5)
		and not (coalesce(r.ended_as in ('rejected', 'returned') and x.checked_at <= r.ended_at, false) and exists (
			select from register.payee_account l where l.id = r.last_account and (l.bank, l.blind) = (x.bank, x.blind)))
	order by x.kind = 'self' and x.checked_by = 'officer', x.valid_from desc, x.id desc limit 1) a on not r.has_finding and not r.cash_wish
left join lateral (select x.wrapped from register.person_key x where x.person = r.person and a.id is null offset 0) k on true
order by r.agency, r.area_code, r.area_valid_from, r.id;

-- name: batches_add
-- duties: desk
-- in: programme text, period date, not_before date, agencies bigint[], areas text[], since date[], channels bigint[],
--     lines integer[], sums bigint[], until timestamptz[]
-- out: id bigint, agency bigint, area text, area_from date, channel bigint
-- Returned with what they are for: the order of returned rows is nobody's promise.
insert into payout.batch (agency, programme, period, area_code, area_valid_from, channel, made_by, lines, sum_dong, not_before,
	valid_until)
select b.agency, $1, $2, b.area, b.since, b.channel, auth.me(), b.lines, b.total, $3, b.until
from unnest($4, $5, $6, $7, $8, $9, $10) with ordinality as b(agency, area, since, channel, lines, total, until, n)
order by b.n
returning id, agency, area_code as area, area_valid_from as area_from, channel;

-- name: payouts_in
-- duties: desk
-- copy in: payout.payout(claim bigint, issue smallint, batch bigint, line integer, payee_account bigint, cash_reason text,
--     account_hash bytea, amount_dong bigint, line_hash bytea, end_to_end_id text)

-- name: batch_list
-- duties: desk
-- in: ids bigint[], period date, programme text, state text
-- out: id bigint, agency_id bigint, agency text, programme text, period date, area text, area_from date, area_name text,
--      channel_id bigint, channel text, cash boolean, funding_id bigint, funding text, version integer, state text,
--      made_by bigint, maker text, lines integer, sum_dong bigint, root bytea, not_before date, valid_until timestamptz,
--      checker text, approver text, releasers text[], planned boolean, area_words text[]
select b.id, b.agency as agency_id, g.code as agency, b.programme, b.period, b.area_code as area, b.area_valid_from as area_from,
	coalesce(r.name, b.area_code) as area_name, b.channel as channel_id, c.code as channel, c.kind = 'cash' as cash,
	f.id as funding_id, f.code as funding, b.version, b.state, b.made_by, o.login as maker, b.lines, b.sum_dong, b.root,
	b.not_before, b.valid_until,
	(select w.login from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle join auth.officer w on w.id = a.officer
		where x.batch = b.id and x.version = b.version and x.root = b.root and a.role = 'checker' order by a.id limit 1) as checker,
	(select w.login from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle join auth.officer w on w.id = a.officer
		where x.batch = b.id and x.version = b.version and x.root = b.root and a.role = 'approver' order by a.id limit 1) as approver,
	array(select w.login from payout.release l join auth.officer w on w.id = l.officer
		where l.batch = b.id group by w.login order by min(l.at), min(w.id)) as releasers,
	coalesce(payout.is_planned(b.id), false) as planned,
	register.area_words(b.area_code, b.area_valid_from) as area_words
from payout.batch b
join org.agency g on g.id = b.agency
join org.channel c on c.id = b.channel
join org.funding_account f on f.id = c.funding_account
join auth.officer o on o.id = b.made_by
left join register.area r on r.level = 'commune' and r.code = b.area_code and r.valid_from = b.area_valid_from
where ($1 is null or b.id = any ($1)) and ($2 is null or b.period = $2) and ($3 is null or b.programme = $3)
	and ($4 is null or b.state = $4)
order by b.id;

-- name: batch_lock
-- duties: desk
-- in: ids bigint[]
-- out: id bigint
-- In id order, so that two who work on the same batches wait for each other.
select id from payout.batch where id = any ($1) order by id for update;

-- name: batch_read_lines
-- duties: desk teller
-- in: batches bigint[]
-- out: batch bigint, version integer, line integer, payout bigint, id text, programme text, month date, kind text, anchor bytea,
--      instalment smallint, issue smallint, amount_dong bigint, channel text, funding_bank text, funding_number text,
--      account_hash bytea, not_before date, valid_until timestamptz, line_hash bytea
-- Everything that a line's text says. `offset 0`: look up by index; slices of one large table must not hash it whole each time.
select p.batch, b.version, p.line, p.id as payout, p.end_to_end_id as id, cl.programme, cl.month, cl.kind, pe.anchor, cl.instalment,
	p.issue, p.amount_dong, ch.code as channel, f.bank as funding_bank, f.number as funding_number, p.account_hash, b.not_before,
	b.valid_until, p.line_hash
from payout.batch b
join org.channel ch on ch.id = b.channel
join org.funding_account f on f.id = ch.funding_account
cross join lateral (select l.* from payout.payout l where l.batch = b.id offset 0) p
cross join lateral (
	select c.person, c.programme, c.month, c.kind, c.instalment from payout.claim c where c.id = p.claim offset 0) cl
cross join lateral (select n.anchor from register.person n where n.id = cl.person offset 0) pe
where b.id = any ($1)
order by p.batch, p.line;

-- name: batch_payees
-- duties: desk
-- in: batch bigint
-- out: line integer, name text, birth_year smallint, bank text, holder text, cash_reason text
-- Who is behind each line, for those who look before they sign. bank and holder are null for cash.
select p.line, r.name, r.birth_year, a.bank, a.holder_name as holder, p.cash_reason
from payout.payout p
join payout.claim c on c.id = p.claim
join register.person o on o.id = c.person
join register.person r on r.id = coalesce(o.root, o.id)
left join register.payee_account a on a.id = p.payee_account
where p.batch = $1
order by p.line;

-- name: batch_leaves
-- duties: desk
-- in: batches bigint[]
-- out: batch bigint, line integer, amount_dong bigint, line_hash bytea
-- What freezing needs; whether the hashes are those of the lines, each signer asks.
select batch, line, amount_dong, line_hash from payout.payout where batch = any ($1) order by batch, line;

-- name: batch_freeze
-- duties: desk
-- in: ids bigint[], lines integer[], sums bigint[], roots bytea[]
-- out: id bigint
update payout.batch b
set state = 'frozen', lines = f.lines, sum_dong = f.total, root = f.root
from unnest($1, $2, $3, $4) as f(id, lines, total, root)
where b.id = f.id and b.state = 'open'
returning b.id;

-- name: batch_keep_version
-- duties: desk
-- in: ids bigint[]
-- out:
insert into payout.batch_version (batch, version, lines, sum_dong, root, frozen_by)
select b.id, b.version, b.lines, b.sum_dong, b.root, auth.me() from payout.batch b where b.id = any ($1);

-- name: batch_reopen
-- duties: desk
-- in: ids bigint[]
-- out: id bigint
-- A new version: the approvals of the old one count no more.
update payout.batch b set state = 'open', version = b.version + 1, root = null
where b.id = any ($1) and b.state = 'frozen'
returning b.id;

-- name: batch_empty
-- duties: desk
-- in: ids bigint[]
-- out:
delete from payout.payout where batch = any ($1);

-- name: batch_refilled
-- duties: desk
-- in: id bigint, lines integer, sum_dong bigint, not_before date, valid_until timestamptz
-- out:
update payout.batch set lines = $2, sum_dong = $3, not_before = $4, valid_until = $5 where id = $1;

-- name: batch_withdraw
-- duties: desk
-- in: ids bigint[]
-- out: id bigint
update payout.batch set state = 'withdrawn', lines = 0, sum_dong = 0 where id = any ($1) and state = 'open' returning id;
