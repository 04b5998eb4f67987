-- rights_none.sql: takes every right from the five roles and from PUBLIC in our schemas and on the database. `chitra db` runs it
-- before it gives what rights.list says, in the same transaction, so that nobody is ever without rights in between.
do $$
declare
	everyone constant text := 'public, chitra_gate, chitra_desk, chitra_teller, chitra_scribe, chitra_auditor';
	s name;
begin
	execute format('revoke all on database %I from %s', current_database(), everyone);
	for s in select n.nspname from pg_namespace n where n.nspowner = 'chitra_owner'::regrole loop
		execute format('revoke all on schema %I from %s', s, everyone);
		execute format('revoke all on all tables in schema %I from %s', s, everyone);
		execute format('revoke all on all sequences in schema %I from %s', s, everyone);
		execute format('revoke all on all routines in schema %I from %s', s, everyone);
	end loop;
end
$$;
-- Until the list is applied, a function that a migration makes is nobody's.
alter default privileges for role chitra_owner revoke execute on routines from public;
