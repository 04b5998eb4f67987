-- Bundles, approvals, release.

-- name: bundle_find
-- duties: desk
-- in: root bytea
-- out: id bigint
select id from payout.bundle where root = $1;

-- name: bundle_add
-- duties: desk
-- in: agency bigint, root bytea, batches integer, lines bigint, sum_dong bigint
-- out: id bigint
insert into payout.bundle (agency, root, batches, lines, sum_dong) values ($1, $2, $3, $4, $5) returning id;

-- name: bundle_batches_add
-- duties: desk
-- in: bundle bigint, batches bigint[], versions integer[], roots bytea[], paths bytea[]
-- out:
insert into payout.bundle_batch (bundle, n, batch, version, root, path)
select $1, (b.n - 1)::integer, b.batch, b.version, b.root, b.path
from unnest($2, $3, $4, $5) with ordinality as b(batch, version, root, path, n);

-- name: approval_add
-- duties: desk
-- in: bundle bigint, role text, officer bigint, certificate bigint, text bytea, signature bytea
-- out: id bigint
insert into payout.approval (bundle, role, officer, certificate, text, signature) values ($1, $2, $3, $4, $5, $6) returning id;

-- name: approve_mark
-- duties: desk
-- in: batches bigint[]
-- out: id bigint
-- Those that now have both signatures on what they are.
update payout.batch b set state = 'approved'
where b.id = any ($1) and b.state = 'frozen' and 2 = (
	select count(distinct a.role) from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle
	where x.batch = b.id and x.version = b.version and x.root = b.root)
returning b.id;

-- name: approve_birth
-- duties: desk
-- in: batches bigint[]
-- out:
insert into payout.payout_state (payout, state)
select p.id, (select code from payout.state where name = 'ready') from payout.payout p where p.batch = any ($1) order by p.id;

-- name: approve_sums
-- duties: desk
-- in: batches bigint[]
-- out: batch bigint, first_dong bigint, unclaimed_dong bigint, is_booked boolean
-- New cost is what was never paid before; what came back is booked as unclaimed; the rest is still payable from its last issue. is_booked: when
-- the rows of its approval were lost and its ledger transaction was not (chitra recover).
select p.batch, coalesce(sum(p.amount_dong) filter (where p.issue = 1), 0)::bigint as first_dong,
	coalesce(sum(p.amount_dong) filter (where p.issue > 1 and t.name = 'returned'), 0)::bigint as unclaimed_dong,
	exists (select from payout.batch b join books.txn x on x.idem = format('b%s.v%s.approved', b.id, b.version) where b.id = p.batch) as is_booked
from payout.payout p
left join lateral (
	select s.state from payout.payout e join payout.payout_state s on s.payout = e.id
	where p.issue > 1 and e.claim = p.claim and e.issue = p.issue - 1 offset 0) last on true
left join payout.state t on t.code = last.state
where p.batch = any ($1)
group by p.batch order by p.batch;

-- name: approvals_of
-- duties: desk teller
-- in: batches bigint[]
-- out: batch bigint, text bytea, signature bytea, certificate bytea, certificate_signatures bytea, bundle_batches integer, n integer,
--      path bytea
-- Everything that was signed for these batches as they are. Nobody believes it: see ledger/payout/verify.h.
select x.batch, a.text, a.signature, c.text as certificate, c.signatures as certificate_signatures, u.batches as bundle_batches,
	x.n, x.path
from payout.batch b
join payout.bundle_batch x on x.batch = b.id and x.version = b.version and x.root = b.root
join payout.bundle u on u.id = x.bundle
join payout.approval a on a.bundle = x.bundle
join auth.certificate c on c.id = a.certificate
where b.id = any ($1)
order by x.batch, a.id;

-- name: release_add
-- duties: desk
-- in: batches bigint[], planned boolean
-- out: batch bigint
insert into payout.release (batch, officer, planned) select b, auth.me(), $2 from unnest($1) as b order by b
on conflict do nothing returning batch;

-- name: release_unfunded
-- duties: desk
-- in: batches bigint[]
-- out: batch bigint, unfunded_dong bigint
-- Money goes to a claim once: one that another batch of its was released for, or an earlier one of these is, has it already, wherever it came
-- back to; and one that was voided needs none. (A claim has a later issue when this one was cancelled.)
select p.batch, coalesce(sum(p.amount_dong) filter (where p.claim not in (select v.claim from payout.claim_void v)
		and not ((p.issue > 1 or t.name = 'cancelled') and exists (
			select from payout.payout e join payout.batch eb on eb.id = e.batch
			where e.claim = p.claim and e.batch <> p.batch and (eb.state in ('released', 'closed') or eb.id = any ($1) and eb.id < p.batch)))),
	0)::bigint as unfunded_dong
from payout.payout p
cross join lateral (select x.state from payout.payout_state x where x.payout = p.id offset 0) s
join payout.state t on t.code = s.state
where p.batch = any ($1)
group by p.batch order by p.batch;

-- name: release_advance
-- duties: desk
-- in: account text
-- out: free_dong bigint
-- What is there of a funding account's advance (its code in the books) and not promised to the treasury.
select (coalesce(-sum(b.balance), 0) - org.promised($1))::bigint as free_dong
from books.ledger_account l join books.balance b on b.account = l.id where l.code = $1;

-- name: release_mark
-- duties: desk
-- in: batches bigint[]
-- out: id bigint
update payout.batch set state = 'released' where id = any ($1) and state = 'approved' returning id;

-- name: release_ready
-- duties: desk
-- in: batches bigint[]
-- out: lot bigint, channel bigint, payout bigint
-- What can be sent; a held payout gets its dispatch when it is let go. A lot goes at one time: its batches wait for the same days and hours.
select dense_rank() over (order by b.channel, b.programme, b.period, b.not_before) as lot, b.channel, p.id as payout
from payout.batch b
join payout.payout p on p.batch = b.id
cross join lateral (select x.state from payout.payout_state x where x.payout = p.id offset 0) s
join payout.state t on t.code = s.state
where b.id = any ($1) and t.name = 'ready'
order by lot, p.id;

-- name: dispatches_add
-- duties: desk
-- in: channels bigint[]
-- out: id bigint, channel bigint
insert into payout.dispatch (channel) select c from unnest($1) with ordinality as x(c, n) order by n returning id, channel;

-- name: dispatch_ranges_add
-- duties: desk
-- in: dispatches bigint[], first bigint[], last bigint[]
-- out:
insert into payout.dispatch_range (dispatch, first_payout, last_payout)
select d, f, l from unnest($1, $2, $3) as x(d, f, l);

-- name: payout_find
-- duties: desk
-- in: ids text[]
-- out: payout bigint, end_to_end_id text, batch bigint, batch_state text, state text, channel bigint, agency text, area text,
--      area_from date, amount_dong bigint
-- Locked, in id order; the batch too, so that what is let go while its batch is being released sees that it is, and gets a dispatch.
select p.id as payout, p.end_to_end_id, p.batch, b.state as batch_state, t.name as state, b.channel, g.code as agency,
	b.area_code as area, b.area_valid_from as area_from, p.amount_dong
from payout.payout p
join payout.payout_state s on s.payout = p.id
join payout.state t on t.code = s.state
join payout.batch b on b.id = p.batch
join org.agency g on g.id = b.agency
where p.end_to_end_id = any ($1)
order by p.id
for update of s for share of b;

-- name: hold_add
-- duties: desk
-- in: payouts bigint[], reason text
-- out:
insert into payout.hold (payout, reason, by_officer) select p, $2, auth.me() from unnest($1) as p;

-- name: hold_release_add
-- duties: desk
-- in: payouts bigint[]
-- out:
insert into payout.hold_release (hold, officer)
select max(h.id), auth.me() from payout.hold h where h.payout = any ($1) group by h.payout
on conflict do nothing;

-- name: hold_let_go
-- duties: desk
-- in: payouts bigint[]
-- out: payout bigint, officers bigint
-- How many officers have let each go since it was held last.
select p as payout, payout.let_go_by(p) as officers from unnest($1) as p order by p;

-- name: cancellation_add
-- duties: desk
-- in: payouts bigint[], reason text
-- out:
insert into payout.cancellation (payout, reason, by_officer) select p, $2, auth.me() from unnest($1) as p;

-- name: approve_previous
-- duties: desk
-- in: batches bigint[]
-- out: lines bigint, sum_dong bigint
-- What the same wards, programmes and channels came to in the pay period before, for a person to compare with.
select coalesce(sum(o.lines), 0)::bigint as lines, coalesce(sum(o.sum_dong), 0)::bigint as sum_dong
from payout.batch b
join payout.batch o on o.programme = b.programme and o.period = (b.period - interval '1 month')::date and o.area_code = b.area_code
	and o.channel = b.channel and o.state in ('approved', 'released', 'closed')
where b.id = any ($1);

-- name: payouts_stoppable
-- duties: desk
-- in: batches bigint[]
-- out: end_to_end_id text
select p.end_to_end_id
from payout.payout p
join payout.payout_state s on s.payout = p.id
join payout.state t on t.code = s.state
where p.batch = any ($1) and t.name in ('ready', 'held')
order by p.id;
