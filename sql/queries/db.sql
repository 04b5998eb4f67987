-- What ledger/db asks for itself.

-- name: schema_version
-- duties: gate, desk, teller, scribe
-- in:
-- out: version integer
-- 0 when no migration was applied.
select coalesce(max(number), 0) as version from ops.migration;
