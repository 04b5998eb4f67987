-- roles.sql: who may connect, and as what. Run by the cluster's superuser before the migrations; safe to run again.
-- The owner owns every table and function and never logs in; a duty has its own role, an auditor reads.
do $$
declare
	r text;
begin
	if not exists (select from pg_roles where rolname = 'chitra_owner') then
		create role chitra_owner nologin;
	end if;
	foreach r in array array['chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor'] loop
		if not exists (select from pg_roles where rolname = r) then
			execute format('create role %I login', r);
		end if;
		execute format('alter role %I set search_path = pg_catalog', r);
		execute format('alter role %I set timezone = ''Asia/Ho_Chi_Minh''', r);
	end loop;
	-- An auditor who asks for too much, or forgets that he asked, holds up nobody. That he writes nothing is a matter of rights, not of this.
	alter role chitra_auditor set default_transaction_read_only = on;
	alter role chitra_auditor set statement_timeout = '5min';
	alter role chitra_auditor set idle_in_transaction_session_timeout = '5min';
	alter role chitra_auditor connection limit 10;
end
$$;
