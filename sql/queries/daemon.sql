-- What every duty asks when it starts, and while it runs.

-- name: daemon_instance
-- duties: gate, desk, teller, scribe
-- in:
-- out: sandbox boolean, standby boolean, doubt text
select sandbox, pg_is_in_recovery() as standby, (select min(j.doubt) from ops.journal j) as doubt from ops.instance;

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
