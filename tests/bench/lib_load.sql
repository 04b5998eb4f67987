-- Loads what an import wrote (tests/bench/import appends the copies): as the officer, so that the guards let the file in.
begin;
set local work_mem = '32MB';
set local search_path = pg_catalog;
select auth.enter(sha256(decode(repeat('1', 64), 'hex')));
