-- When is paid: hours of channels, days of programmes, the calendar; what waits for it, and what officers say of it.

-- name: schedule_calendar
-- duties: teller desk
-- in: first date, last date
-- out: day date, working boolean
select c.day, c.kind = 'make_up_workday' as working from rules.calendar c where c.day between $1 and $2 order by c.day;

-- name: schedule_hours
-- duties: teller desk
-- in:
-- out: channel bigint, code text, bank text, cash boolean, from_day date, hours text, on_holidays boolean, margin_minutes smallint
-- Every channel, once for each version of its hours, the newest word first; null: it takes payments always.
select c.id as channel, c.code, c.bank, c.kind = 'cash' as cash, h.from_day, h.hours, h.on_holidays, h.margin_minutes
from org.channel c
left join org.channel_hours h on h.channel = c.id and (h.first_officer is null or h.second_officer is not null)
order by c.id, h.id desc;

-- name: schedule_windows
-- duties: teller desk
-- in:
-- out: programme text, period date, every_month boolean, first_day date, last_day date, lists_before date, money_before date
-- Every programme; the newest word first, null where there is none.
select p.code as programme, w.period, w.every_month, w.first_day, w.last_day, w.lists_before, w.money_before
from rules.programme p
left join rules.payout_window w on w.programme = p.code and (w.first_officer is null or w.second_officer is not null)
order by p.code, w.id desc;

-- name: schedule_waiting
-- duties: teller
-- in:
-- out: batch bigint, channel bigint, programme text, period date, planned boolean, valid_until timestamptz
-- Released, and not sent. A range's ends speak for it.
select b.id as batch, b.channel, b.programme, b.period, payout.is_planned(b.id) as planned, b.valid_until
from (select distinct p.batch
	from payout.dispatch d
	join payout.dispatch_range r on r.dispatch = d.id
	join payout.payout p on p.id in (r.first_payout, r.last_payout)
	where d.state = 'ready') x
join payout.batch b on b.id = x.batch
order by b.id;

-- name: schedule_too_late
-- duties: teller
-- in: batches bigint[], n integer
-- out: payout bigint, reason text
-- Locked in id order, as everybody locks payouts.
select s.payout, case when x.valid_until <= ops.now() then 'valid_until_over' else 'no_opening' end as reason
from (select p.id, b.valid_until from payout.payout p join payout.batch b on b.id = p.batch where p.batch = any ($1) order by p.id) as x
cross join lateral (select s.payout from payout.payout_state s where s.payout = x.id and s.state = 1 offset 0 for update) as s
order by x.id limit $2;

-- name: window_say
-- duties: desk
-- in: programme text, period date, every_month boolean, first_day date, last_day date, lists_before date, money_before date, source text
-- out: decided boolean
-- The second officer who says the same decides it.
with same as (
	update rules.payout_window t set second_officer = auth.me(), decided_at = clock_timestamp()
	where t.id = (select max(x.id) from rules.payout_window x
		where x.second_officer is null and x.first_officer <> auth.me()
			and (x.programme, x.period, x.every_month, x.first_day, x.last_day, x.lists_before, x.money_before) = ($1, $2, $3, $4, $5, $6, $7))
	returning t.id
), added as (
	insert into rules.payout_window (programme, period, every_month, first_day, last_day, lists_before, money_before, source, first_officer)
	select $1, $2, $3, $4, $5, $6, $7, $8, auth.me() where not exists (select from same)
	returning id
)
select exists (select from same) as decided from (select count(*) from added) as a;

-- name: hours_say
-- duties: desk
-- in: channel text, from_day date, hours text, on_holidays boolean, margin_minutes smallint, source text
-- out: known boolean, decided boolean
with mine as (select c.id from org.channel c where c.code = $1
), same as (
	update org.channel_hours t set second_officer = auth.me(), decided_at = clock_timestamp()
	where t.id = (select max(x.id) from org.channel_hours x join mine m on m.id = x.channel
		where x.second_officer is null and x.first_officer <> auth.me()
			and (x.from_day, x.hours, x.on_holidays, x.margin_minutes) = ($2, $3, $4, $5))
	returning t.id
), added as (
	insert into org.channel_hours (channel, from_day, hours, on_holidays, margin_minutes, source, first_officer)
	select m.id, $2, $3, $4, $5, $6, auth.me() from mine m where not exists (select from same)
	returning id
)
select exists (select from mine) as known, exists (select from same) as decided from (select count(*) from added) as a;

-- name: day_say
-- duties: desk
-- in: day date, kind text, name text, source text
-- out: decided boolean
with same as (
	update rules.day_word t set second_officer = auth.me(), decided_at = clock_timestamp()
	where t.id = (select max(x.id) from rules.day_word x
		where x.second_officer is null and x.first_officer <> auth.me() and (x.day, x.kind) = ($1, $2))
	returning t.id
), added as (
	insert into rules.day_word (day, kind, name, source, first_officer)
	select $1, $2, $3, $4, auth.me() where not exists (select from same)
	returning id
)
select exists (select from same) as decided from (select count(*) from added) as a;

-- name: hours_agreed
-- duties: owner
-- in: codes text[], hours text[], on_holidays boolean[], margins smallint[]
-- out: fresh bigint, wrong text
-- What a channel begins with; two officers change it later, and then both are there.
with mine as (
	select c.id, x.code, x.hours, x.on_holidays, x.margin
	from unnest($1, $2, $3, $4) as x(code, hours, on_holidays, margin) join org.channel c on c.code = x.code
), added as (
	insert into org.channel_hours (channel, from_day, hours, on_holidays, margin_minutes, source)
	select m.id, date '2000-01-01', m.hours, m.on_holidays, m.margin, 'chitra setup' from mine m
	where not exists (select from org.channel_hours h where h.channel = m.id and h.first_officer is null)
	returning channel
)
select (select count(*) from added) as fresh,
	(select m.code from mine m where not exists (select from added a where a.channel = m.id) and not exists (
		select from org.channel_hours h where h.channel = m.id and h.first_officer is null
			and (h.hours, h.on_holidays, h.margin_minutes) = (m.hours, m.on_holidays, m.margin)) limit 1) as wrong;

-- name: schedule_claims
-- duties: desk
-- in: period date
-- out: programme text, claims bigint, dong bigint, wards bigint, wards_missing bigint, unbatched bigint, unbatched_dong bigint
-- What is owed for a pay period, and of that what is in no batch. Missing: wards of the month before without a claim.
with mine as (
	select c.id, c.programme, c.area_code, c.amount_dong,
		not exists (select from payout.payout p where p.claim = c.id offset 0) as unbatched
	from payout.claim c where c.pay_period = $1 and not exists (select from payout.claim_void v where v.claim = c.id)
), before as (
	select distinct c.programme, c.area_code from payout.claim c where c.pay_period = ($1 - interval '1 month')::date
)
select p.code as programme, count(m.id) as claims, coalesce(sum(m.amount_dong), 0)::bigint as dong, count(distinct m.area_code) as wards,
	(select count(*) from before b where b.programme = p.code
		and not exists (select from mine x where x.programme = b.programme and x.area_code = b.area_code)) as wards_missing,
	count(m.id) filter (where m.unbatched) as unbatched,
	coalesce(sum(m.amount_dong) filter (where m.unbatched), 0)::bigint as unbatched_dong
from rules.programme p left join mine m on m.programme = p.code
group by p.code order by p.code;

-- name: schedule_batches
-- duties: desk
-- in: period date
-- out: programme text, channel bigint, state text, planned boolean, valid_until timestamptz, batches bigint, lines bigint, dong bigint,
--      ready bigint, ready_dong bigint, held bigint, held_dong bigint
-- ready and held: of released ones, what has not left.
select b.programme, b.channel, b.state, coalesce(payout.is_planned(b.id), false) as planned, b.valid_until, count(*) as batches,
	sum(b.lines)::bigint as lines, sum(b.sum_dong)::bigint as dong, coalesce(sum(s.ready), 0)::bigint as ready,
	coalesce(sum(s.ready_dong), 0)::bigint as ready_dong, coalesce(sum(s.held), 0)::bigint as held,
	coalesce(sum(s.held_dong), 0)::bigint as held_dong
from payout.batch b
left join lateral (
	select count(*) filter (where t.state = 1) as ready, sum(p.amount_dong) filter (where t.state = 1) as ready_dong,
		count(*) filter (where t.state = 2) as held, sum(p.amount_dong) filter (where t.state = 2) as held_dong
	from payout.payout p cross join lateral (select x.state from payout.payout_state x where x.payout = p.id offset 0) t
	where b.state = 'released' and p.batch = b.id) s on true
where b.period = $1 and b.state <> 'withdrawn'
group by b.programme, b.channel, b.state, 4, b.valid_until
order by b.programme, b.channel, b.state, 4, b.valid_until;

-- name: schedule_money
-- duties: desk
-- in: period date
-- out: funding text, programme text, free_dong bigint, needed_dong bigint
-- Of each programme's own account: what is there and not promised, and what batches of the period need that were not released.
select f.code as funding, p.programme,
	(coalesce((select -sum(b.balance) from books.ledger_account l join books.balance b on b.account = l.id
		where l.code = 'liabilities:advance:' || f.code), 0) - org.promised('liabilities:advance:' || f.code))::bigint as free_dong,
	coalesce((select sum(b.sum_dong) from payout.batch b join org.channel c on c.id = b.channel
		where b.period = $1 and b.programme = p.programme and c.funding_account = f.id
			and b.state in ('open', 'frozen', 'approved')), 0)::bigint as needed_dong
from org.programme_agency p join org.funding_account f on f.id = p.funding_account
order by p.programme;
