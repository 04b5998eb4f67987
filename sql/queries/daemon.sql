-- What every duty asks when it starts, and while it runs.

-- name: daemon_instance
-- duties: gate, desk, teller, scribe
-- in:
-- out: sandbox boolean, standby boolean, clock timestamptz, doubt text
select sandbox, pg_is_in_recovery() as standby, clock_timestamp() as clock, (select min(j.doubt) from ops.journal j) as doubt
from ops.instance;

-- name: history_doubt
-- duties: desk, teller
-- in:
-- out: doubt text
-- What a teller's sent journal has and these rows have lost; null: nothing.
select min(j.doubt) as doubt from ops.journal j;

-- name: daemon_learn
-- duties: desk, scribe
-- in:
-- out:
-- After much was written, before anybody plans with what was there before.
select from ops.learn();

-- name: daemon_hold_instance
-- duties: gate, desk, teller, scribe
-- in: duty integer, instance integer
-- out: held boolean, backend integer
-- The backend tells whether it is still the session that held it a moment ago. A session's lock is re-entrant and would be counted: ask only when this connection does not hold it.
select case
	when exists (select from pg_locks
		where locktype = 'advisory' and pid = pg_backend_pid() and granted
		and database = (select oid from pg_database where datname = current_database())
		and classid = ($1::bigint)::oid and objid = ($2::bigint)::oid and objsubid = 2)
	then true
	else pg_try_advisory_lock($1, $2)
end as held,
pg_backend_pid() as backend;

-- name: lease_take
-- duties: teller scribe
-- in: name text, owner text, prefix text, lease_ms bigint
-- out: epoch bigint
-- Renewed by its owner; taken, with a new epoch, from one that was silent for too long or whose number is ours. No row: another one has it.
insert into ops.lease as l (name, epoch, owner, until) values ($1, 1, $2, clock_timestamp() + $4 * interval '1 millisecond')
on conflict (name) do update set epoch = l.epoch + (l.owner <> excluded.owner)::integer, owner = excluded.owner, until = excluded.until
	where l.owner = excluded.owner or l.until < clock_timestamp() or starts_with(l.owner, $3)
returning l.epoch;

-- name: lease_fence
-- duties: teller scribe
-- in: name text, epoch bigint
-- out: epoch bigint
-- Nobody takes it before this transaction ends.
select l.epoch from ops.lease l where l.name = $1 and l.epoch = $2 for share;
