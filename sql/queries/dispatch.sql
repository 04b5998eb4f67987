-- Dispatches: what one teller sends together, by range. 15 microseconds a payout where SKIP LOCKED over payouts took 194.

-- name: dispatch_head
-- duties: teller
-- in:
-- out: now timestamptz, today date, sandbox boolean, revocations bigint
select ops.now() as now, ops.today() as today, i.sandbox, (select count(*) from auth.revocation) as revocations
from ops.instance i;

-- name: pauses
-- duties: teller
-- in:
-- out: what text
select what from ops.pause;

-- name: pause_list
-- duties: desk
-- in:
-- out: what text, reason text, by_officer text, at timestamptz
select what, reason, by_officer, at from ops.pause order by at, what;

-- name: pause_named
-- duties: desk
-- in: word text
-- out: what text
-- What can be paused and is called so; whoever is in a hurry writes it in small letters or in capitals.
select x.what from (select 'all' as what, 'all' as word
	union select 'bank:' || c.bank, c.bank from org.channel c
	union select 'programme:' || p.code, p.code from rules.programme p) as x
where lower($1) in (lower(x.word), lower(x.what));

-- name: pause_names
-- duties: desk
-- in:
-- out: names text
select string_agg(x.word, ', ' order by x.n, x.word) as names
from (select 1 as n, 'all' as word union select 2, bank from org.channel union select 3, code from rules.programme) as x;

-- name: pause_say
-- duties: desk
-- in: what text, pauses boolean, reason text
-- out:
insert into ops.pause_act (what, pauses, reason, officer) values ($1, $2, $3, auth.me());

-- name: journal_known
-- duties: teller
-- in: name text
-- out: upto bigint
select coalesce(max(j.upto), 0) as upto from ops.journal j where j.name = $1;

-- name: journal_lost
-- duties: teller
-- in: ids text[]
-- out: id text, state text
-- What the sent journal has: of these the rows say that it has not left, or they are not there. What is held because the journal has it
-- is known already, and nobody cancels it.
select a.id, coalesce(t.name, 'lost') as state
from unnest($1) as a(id)
left join lateral (select p.id from payout.payout p where p.end_to_end_id = a.id offset 0) p on true
left join lateral (select s.state from payout.payout_state s where s.payout = p.id offset 0) s on true
left join payout.state t on t.code = s.state
where s.state is null or s.state in (1, 11)
	or s.state = 2 and not exists (select from payout.hold h where h.payout = p.id and h.reason = 'sent_before' and h.by_officer is null)
order by a.id;

-- name: journal_sealed
-- duties: teller
-- in: dispatches bigint[], size bigint
-- out: dispatch bigint
-- Those whose sending is among the first ledger transactions.
select a.dispatch
from (select distinct dispatch from unnest($1) as a(dispatch)) as a
cross join lateral (select d.epoch from payout.dispatch d where d.id = a.dispatch offset 0) as d
where exists (select from generate_series(1, d.epoch) as e(n)
	cross join lateral (select t.seq from books.txn t where t.idem = format('d%s.e%s.sent', a.dispatch, e.n) offset 0) as t
	where t.seq < $2)
order by a.dispatch;

-- name: journal_compared
-- duties: teller
-- in: name text, place text, upto bigint, doubt text, banks text[]
-- out:
insert into ops.journal as j (name, place, history, upto, doubt, banks) values ($1, $2, case when $4 is null then ops.history() end, $3, $4, $5)
on conflict (name) do update
set banks = excluded.banks, place = excluded.place, history = excluded.history, upto = excluded.upto, doubt = excluded.doubt, at = now(), lost_at = null;

-- name: dispatch_any
-- duties: teller
-- in:
-- out: now timestamptz
-- Cheap, because it is asked five times a second when there is nothing to do.
select ops.now() as now from payout.dispatch where state = 'ready' limit 1;

-- name: dispatch_pick
-- duties: teller
-- in: channels bigint[], n integer, asides bigint[], programmes text[], periods date[], only_these bigint[], our_days integer
-- out: id bigint, epoch integer, width bigint, channel bigint, channel_code text, bank text, cash boolean, driver text,
--      items_per_message integer, dedupe_days integer, heard date, tries smallint
-- heard: the day since which the bank may know its ids. That is today, unless a sent journal was not held against these rows (ops.heard_since):
-- then nothing leaves that the bank may have heard of and forgotten.
-- The oldest that may go now, of channels that are open; what waits for its programme's days, up to the period that is paid today. A range lies
-- within batches of one programme, period and day, so its ends speak for it; each line is judged again before it leaves.
select d.id, d.epoch, w.width, c.id as channel, c.code as channel_code, c.bank, c.kind = 'cash' as cash, c.driver,
	c.items_per_message, case when c.deduplicates then c.dedupe_days else 0 end as dedupe_days,
	(least(ops.now(), c.since) at time zone 'Asia/Ho_Chi_Minh')::date as heard,
	coalesce((select t.tries from ops.attempt t where t.work = 'dispatch' and t.id = d.id), 0::smallint) as tries
from payout.dispatch d
join (select x.id, x.code, x.bank, x.kind, x.driver, x.items_per_message, x.deduplicates, x.dedupe_days,
		ops.heard_since(case when x.kind = 'bank' then x.bank end) as since
	from org.channel x where x.id = any ($1) offset 0) as c on c.id = d.channel
cross join lateral (select coalesce(sum(r.last_payout - r.first_payout + 1), 0)::bigint as width
	from payout.dispatch_range r where r.dispatch = d.id) as w
where d.state = 'ready' and d.channel = any ($1)
	and (c.since is null
		or (c.since at time zone 'Asia/Ho_Chi_Minh')::date + least(case when c.deduplicates then c.dedupe_days else 0 end, $7) > ops.today())
	and d.id <> all ($3) and ($6 is null or d.id = any ($6))
	and not exists (select from ops.pause p where p.what in ('all', 'bank:' || c.bank))
	and not exists (select from payout.dispatch_range r
		join payout.payout p on p.id in (r.first_payout, r.last_payout)
		join payout.batch b on b.id = p.batch
		where r.dispatch = d.id
			and (b.not_before > (select ops.today()) or exists (select from ops.pause x where x.what = 'programme:' || b.programme)
				or not exists (select from unnest($4, $5) as o(programme, period) where o.programme = b.programme and b.period <= o.period)
					and payout.is_planned(b.id)))
order by d.id
limit $2
for update of d skip locked;

-- name: attempt_begin
-- duties: teller scribe
-- in: work text, ids bigint[]
-- out: id bigint, tries smallint
-- A try whose session still lives, another one's, is nobody's death.
insert into ops.attempt as t (work, id, tries, backend, since)
select $1, x, 1, a.pid, a.backend_start from unnest($2) as x, pg_stat_activity a where a.pid = pg_backend_pid() order by x
on conflict (work, id) do update
set tries = t.tries + case when exists (select from pg_stat_activity o
		where o.pid = t.backend and o.pid <> excluded.backend and o.backend_start = t.since) then 0 else 1 end,
	backend = excluded.backend, since = excluded.since
returning t.id, t.tries;

-- name: attempt_end
-- duties: teller scribe
-- in: work text, ids bigint[]
-- out:
delete from ops.attempt where work = $1 and id = any ($2);

-- name: attempt_lived
-- duties: teller scribe
-- in: work text, id bigint
-- out:
-- Whoever counted it lives and could not do it for another reason: that was no try.
update ops.attempt set tries = tries - 1 where work = $1 and id = $2 and tries > 0;

-- name: dispatch_ready_payouts
-- duties: teller
-- in: dispatch bigint
-- out: payout bigint
select s.payout
from payout.dispatch_range r
cross join lateral generate_series(r.first_payout, r.last_payout) as x(payout)
join payout.payout_state s on s.payout = x.payout and s.state = 1
where r.dispatch = $1 order by s.payout;

-- name: payout_lock_ready
-- duties: teller
-- in: payout bigint
-- out: payout bigint
select s.payout from payout.payout_state s where s.payout = $1 and s.state = 1 for update;

-- name: dispatch_payouts
-- duties: teller
-- in: dispatches bigint[], states smallint[], only_this bigint
-- out: payout bigint, dispatch bigint, state smallint, batch bigint, line integer, end_to_end_id text, programme text, month date,
--      kind text, anchor bytea, instalment smallint, issue smallint, amount_dong bigint, account_hash bytea, line_hash bytea,
--      name text, person bigint, bank text, salt bytea, sealed bytea, holder_name text, account_person bigint, wrapped bytea,
--      in_question boolean, stopped text
-- Locked in id order, as everybody locks payouts. The key is that of whoever the account belongs to, or (cash) of the person.
-- stopped: why nothing may reach this account since it was signed (bank_knows_it: the bank speaks of what nobody here sent). Ids are counted out and everything
-- is looked up one by one (`offset 0`): a few hundred rows are otherwise planned as scans and hashes of whole tables.
select s.payout, r.dispatch, s.state, p.batch, p.line, p.end_to_end_id, c.programme, c.month, c.kind, n.anchor, c.instalment, p.issue,
	p.amount_dong, p.account_hash, p.line_hash, n.name, n.id as person, a.bank, a.salt, a.sealed, a.holder_name,
	a.person as account_person, k.wrapped, p.issue > 1 and payout.in_question(p.claim, p.issue)
		or register.paid_beside(p.claim) as in_question,
	case when s.state = 1 and exists (select from recon.break k where k.payout = s.payout
			and not exists (select from recon.break_resolution o where o.break = k.id) offset 0) then 'bank_knows_it'
		when not a.stands then 'account_ended' when not a.passes and a.status in ('closed', 'blocked', 'not_found') then 'account_closed'
		when a.authority_until < (select ops.today()) then 'authority_over' when not a.passes and a.status in ('open', 'dormant') then 'account_name' end as stopped
from (select x.dispatch, x.first_payout, least(x.last_payout, x.first_payout + 511) as last_payout
	from payout.dispatch_range x where x.dispatch = any ($1) order by x.first_payout offset 0) as r
cross join lateral generate_series(r.first_payout, r.last_payout) as x(payout)
cross join lateral (select s.payout, s.state from payout.payout_state s
	where s.payout = x.payout and ($3 is null or x.payout = $3) and s.state = any ($2) and (s.dispatch is null or s.dispatch = r.dispatch) offset 0 for update) as s
cross join lateral (select p.batch, p.line, p.end_to_end_id, p.claim, p.issue, p.amount_dong, p.account_hash, p.line_hash, p.payee_account
	from payout.payout p where p.id = s.payout offset 0) as p
cross join lateral (select c.person, c.programme, c.month, c.kind, c.instalment from payout.claim c where c.id = p.claim offset 0) as c
cross join lateral (select n.id, n.anchor, n.name from register.person n where n.id = c.person offset 0) as n
left join lateral (select a.person, a.bank, a.salt, a.sealed, a.holder_name, a.stands, a.passes, a.status, a.authority_until
	from register.account_now a where a.id = p.payee_account offset 0) as a on true
left join lateral (select k.wrapped from register.person_key k where k.person = coalesce(a.person, c.person) offset 0) as k on true
order by s.payout, r.dispatch;

-- name: batch_terms
-- duties: teller
-- in: batches bigint[]
-- out: batch bigint, version integer, state text, agency text, programme text, channel bigint, channel_code text,
--      funding_code text, funding_bank text, funding_number text, not_before date, valid_until timestamptz, area_words text[]
select b.id as batch, b.version, b.state, a.code as agency, b.programme, c.id as channel,
	c.code as channel_code, f.code as funding_code, f.bank as funding_bank, f.number as funding_number, b.not_before, b.valid_until,
	register.area_words(b.area_code, b.area_valid_from) as area_words
from payout.batch b
join org.agency a on a.id = b.agency
join org.channel c on c.id = b.channel
join org.funding_account f on f.id = c.funding_account
where b.id = any ($1);

-- name: batch_lines
-- duties: teller
-- in: batches bigint[]
-- out: batch bigint, line integer, end_to_end_id text, programme text, month date, kind text, anchor bytea, instalment smallint,
--      issue smallint, amount_dong bigint, account_hash bytea
select p.batch, p.line, p.end_to_end_id, c.programme, c.month, c.kind, n.anchor, c.instalment, p.issue, p.amount_dong, p.account_hash
from payout.payout p
cross join lateral (select c.person, c.programme, c.month, c.kind, c.instalment from payout.claim c where c.id = p.claim offset 0) as c
cross join lateral (select n.anchor from register.person n where n.id = c.person offset 0) as n
where p.batch = any ($1)
order by p.batch, p.line;

-- name: dispatch_send
-- duties: teller
-- in: ids bigint[], counts integer[], sums bigint[], roots bytea[], owner text, lease_ms bigint, ask_ms bigint
-- out: id bigint, epoch integer
-- sent_at is business time, because law 1 counts its days, and no later than the bank may have heard of them; lease and enquiry are real time. A dispatch of which nothing may
-- leave has ended.
update payout.dispatch d
set state = case when a.count > 0 then 'sent' else 'ended' end, count = a.count, sum_dong = a.sum, root = a.root,
	epoch = d.epoch + 1, sent_at = least(ops.now(), ops.heard_since((select case when c.kind = 'bank' then c.bank end from org.channel c where c.id = d.channel))),
	owner = case when a.count > 0 then $5 end,
	lease_until = case when a.count > 0 then clock_timestamp() + $6 * interval '1 millisecond' end,
	ask_after = case when a.count > 0 then clock_timestamp() + $7 * interval '1 millisecond' end
from unnest($1, $2, $3, $4) as a(id, count, sum, root)
where d.id = a.id and d.state = 'ready'
returning d.id, d.epoch;

-- name: dispatch_move
-- duties: teller
-- in: payouts bigint[], dispatches bigint[]
-- out: payout bigint
-- ready to sent, each with its dispatch: as payout.move, which knows one dispatch at a time.
select m.payout
from (select a.dispatch, array_agg(a.payout order by a.payout) as payouts, count(*)::integer as n
	from unnest($1, $2) as a(payout, dispatch) group by a.dispatch) as g
cross join lateral payout.move(g.payouts, array_fill(1::smallint, array[g.n]), array_fill(3::smallint, array[g.n]), 1::smallint,
	array_fill(null::bigint, array[g.n]), array_fill(null::integer, array[g.n]), g.dispatch) as m(payout);

-- name: payout_hold
-- duties: teller
-- in: payouts bigint[], reasons text[]
-- out:
insert into payout.hold (payout, reason) select h.payout, h.reason from unnest($1, $2) as h(payout, reason);

-- name: dispatch_epochs
-- duties: teller
-- in: ids bigint[]
-- out: id bigint, epoch integer
select id, epoch from payout.dispatch where id = any ($1);

-- name: dispatch_told
-- duties: teller
-- in: ids bigint[], epochs integer[], asks_ms bigint[]
-- out:
-- Nobody holds it any more: it waits for its enquiry, or (null) nothing in it is in doubt, as far as its teller has counted. The rows have the
-- last word: what was counted may stand in commits that a failover lost. (A cash agent is asked nothing.)
update payout.dispatch d
set owner = null, lease_until = null, state = a.state,
	ask_after = clock_timestamp() + case a.state when 'sent' then coalesce(a.ask_ms, 0) end * interval '1 millisecond'
from (select u.id, u.epoch, u.ask_ms, case when u.ask_ms is not null or exists (
			select from payout.dispatch x join org.channel c on c.id = x.channel and c.kind = 'bank'
			join payout.dispatch_range r on r.dispatch = x.id
			cross join lateral (select from payout.payout_state s
				where s.payout between r.first_payout and r.last_payout and s.dispatch = x.id and s.state in (3, 4, 5) limit 1) as s
			where x.id = u.id) then 'sent' else 'ended' end as state
	from unnest($1, $2, $3) as u(id, epoch, ask_ms)) as a
where d.id = a.id and d.epoch = a.epoch;

-- name: dispatch_renew
-- duties: teller
-- in: ids bigint[], owner text, lease_ms bigint
-- out: id bigint
update payout.dispatch d
set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
where d.id = any ($1) and d.owner = $2 and d.state = 'sent'
returning d.id;

-- name: dispatch_take_over
-- duties: teller
-- in: owner text, prefix text, n integer
-- out: id bigint, epoch integer, channel bigint, channel_code text, bank text, cash boolean
-- Of owners whose lease is over (this one too: what it renews it still holds), and (prefix not null) of those whose number is ours. The new epoch shuts the old one out.
with dead as (
	select d.id from payout.dispatch d
	where d.state = 'sent' and d.owner is not null
		and (d.lease_until < clock_timestamp() or (d.owner <> $1 and starts_with(d.owner, $2)))
	order by d.id limit $3 for update skip locked
)
update payout.dispatch d
set epoch = d.epoch + 1, owner = null, lease_until = null, ask_after = clock_timestamp()
from dead, org.channel c
where d.id = dead.id and c.id = d.channel
returning d.id, d.epoch, c.id as channel, c.code as channel_code, c.bank, c.kind = 'cash' as cash;

-- name: dispatch_due
-- duties: teller
-- in: bank text, n integer, waits_ms bigint[]
-- out: id bigint, epoch integer, asked integer, sent_at timestamptz, channel bigint, driver text, funding_number text,
--      deduplicates boolean, dedupe_days integer
-- Whoever takes it puts the next enquiry off, by how often it was asked about; if that teller dies, the next one asks then. Not all that went
-- into doubt together (an outage) are asked about together again.
with due as (
	select d.id from payout.dispatch d
	where d.state = 'sent' and d.ask_after <= clock_timestamp() and d.owner is null
		and d.channel = any (array(select x.id from org.channel x where x.bank = $1 and x.kind = 'bank'))
	order by d.ask_after limit $2 for update skip locked
)
update payout.dispatch d
set asked = d.asked + 1,
	ask_after = clock_timestamp() + $3[least(d.asked + 1, cardinality($3))] * (0.75 + random() / 2) * interval '1 millisecond'
from due, org.channel c, org.funding_account f
where d.id = due.id and c.id = d.channel and f.id = c.funding_account
returning d.id, d.epoch, d.asked, least(d.sent_at, ops.heard_since(c.bank)) as sent_at, c.id as channel, c.driver, f.number as funding_number, c.deduplicates, c.dedupe_days;

-- name: dispatch_again
-- duties: teller
-- in: ids bigint[], epochs integer[], owner text, lease_ms bigint, ask_ms bigint, channels bigint[]
-- out: id bigint, epoch integer, channel bigint, channel_code text, bank text, driver text, items_per_message integer,
--      sent_at timestamptz, dedupe_days integer, asked integer
-- The same ids again (law 1): a new epoch, so that what the first attempt still brings is evidence only.
update payout.dispatch d
set epoch = d.epoch + 1, owner = $3, lease_until = clock_timestamp() + $4 * interval '1 millisecond',
	ask_after = clock_timestamp() + $5 * interval '1 millisecond'
from unnest($1, $2) as a(id, epoch), org.channel c
where d.id = a.id and d.epoch = a.epoch and d.owner is null and d.state = 'sent' and c.id = d.channel and c.deduplicates
	and d.channel = any ($6)
	and not exists (select from ops.pause p where p.what in ('all', 'bank:' || c.bank)
		or exists (select from payout.dispatch_range r join payout.payout x on x.id = r.first_payout join payout.batch b on b.id = x.batch
			where r.dispatch = d.id and p.what = 'programme:' || b.programme))
returning d.id, d.epoch, c.id as channel, c.code as channel_code, c.bank, c.driver, c.items_per_message,
	least(d.sent_at, ops.heard_since(c.bank)) as sent_at,
	c.dedupe_days, d.asked;

-- name: dispatch_end
-- duties: teller
-- in: ids bigint[]
-- out:
update payout.dispatch set state = 'ended', ask_after = null where id = any ($1) and state = 'sent' and owner is null;
