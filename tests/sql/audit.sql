-- What auditors are shown: documented, nothing sealed, nothing to write; and what officers with that mandate keep for themselves.
begin;
\ir ../lib/guards.psql

-- ---------------------------------------------------------------- the views

create temp table shown as select c.oid, c.relname as name from pg_class c where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v';
select cmp_ok((select count(*) from shown), '>', 25::bigint, 'there are views for auditors');
select is((select string_agg(s.name, ' ') from shown s where obj_description(s.oid, 'pg_class') is null), null, 'each says what a row of it is');
select is((select string_agg(s.name || '.' || a.attname, ' ') from shown s join pg_attribute a on a.attrelid = s.oid and a.attnum > 0
	where coalesce(col_description(s.oid, a.attnum), '') = ''), null, 'and what each of its columns is');
-- Of a view's rule PostgreSQL notes every column of every table that it touches.
select is((select string_agg(distinct s.name || ': ' || d.refobjid::regclass || '.' || a.attname, ', ')
	from shown s join pg_rewrite r on r.ev_class = s.oid
	join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
	join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
	where d.refobjid <> s.oid and (a.attname in ('sealed', 'wrapped', 'blind', 'row_key', 'body', 'salt', 'token_hash', 'nonce', 'name_fold', 'holder_name', 'holder_fold')
		or (d.refobjid::regclass::text, a.attname) = ('register.person', 'birth_date'))), null,
	'none of them touches what is sealed, looks somebody up or opens a session');
select is((select string_agg(s.name, ' ') from shown s join pg_rewrite r on r.ev_class = s.oid
	join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_proc'::regclass), null,
	'nor calls a function of ours, whose rights its reader would need');
select is((select string_agg(s.name, ' ') from shown s where s.oid not in (select a.oid from shown a join pg_class c on c.oid = a.oid where c.relowner = 'chitra_owner'::regrole)),
	null, 'the owner''s rights read them, so their reader needs no table');

-- Whoever is named as having done something is in the view of acts; of what two do, the first one's proposal.
select is((select string_agg(k.conrelid::regclass || '.' || a.attname, ', ' order by 1)
	from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and k.conkey @> array[a.attnum]
	where k.contype = 'f' and k.confrelid = 'auth.officer'::regclass and k.conrelid::regclass::text !~ '^auth[.]'
		and (k.conrelid::regclass::text, a.attname) not in (('audit.saved_query', 'officer'), ('ops.period_text', 'first_officer'),
			('payout.claim_void', 'first_officer'), ('recon.break_resolution', 'first_officer'), ('register.finding_decision', 'first_officer'))
		and not exists (select from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
			where r.ev_class = 'audit.act'::regclass and (d.refclassid, d.refobjid, d.refobjsubid) = ('pg_class'::regclass, k.conrelid, a.attnum))),
	null, 'no officer''s act is left out of audit.act');

-- ---------------------------------------------------------------- the role

select is((select array_agg(c order by c) from pg_roles r, unnest(r.rolconfig) c where r.rolname = 'chitra_auditor' and c !~ '^(search_path|TimeZone)='),
	array['default_transaction_read_only=on', 'idle_in_transaction_session_timeout=5min', 'statement_timeout=5min'], 'an auditor''s session begins read-only and holds up nobody');
select is((select rolconnlimit from pg_roles where rolname = 'chitra_auditor'), 10, 'and there are ten of them at most');
-- Setting those back helps nothing: what is not granted is not done.
select ok(pg_temp.probe('auditor', null, x.s) ~ '^(denied|55000 cannot .* view)', format('the auditor, in a transaction that may write: %s', x.s)) from (
	select format('insert into audit.%I default values', name) as s from shown
	union all select format('delete from audit.%I', name) from shown
	union all select format('update audit.%I set %I = null', name, (select a.attname from pg_attribute a where a.attrelid = shown.oid order by a.attnum desc limit 1)) from shown order by 1) x;
select is(pg_temp.probe('auditor', null, s), 'denied', format('the auditor: %s', s)) from unnest(array['create view audit.mine as select 1',
	'select audit.reach()', 'select audit.within(1, null, null)', 'select audit.size_at(now())', 'select audit.keyed(null)', 'select * from audit.saved_query',
	'select books.begin_post(null, null, null)', 'select auth.enter(''x'')', 'select payout.move(null, null, null, null, null, null, null)',
	'lock table books.txn', 'select * from bank.statement_line for update', 'truncate books.txn', 'comment on view audit.payout is ''x''', 'copy audit.payout to program ''true''',
	'select lo_create(0)', 'select lo_from_bytea(0, ''x'')', 'select lo_creat(-1)', 'select pg_logical_emit_message(false, ''x'', ''x'')',
	'select pg_logical_emit_message(false, ''x'', ''x''::bytea)', 'select pg_advisory_lock(7201)', 'select pg_advisory_lock(1, 2)',
	'select pg_try_advisory_lock_shared(7201)', 'select pg_advisory_xact_lock_shared(1, 2)', 'create table public.mine ()']) s;
select pg_temp.allows(d, null, 'select pg_logical_emit_message(true, ''chitra'', ''barrier'')', format('%s commits a barrier after a COMMIT whose answer was lost', d))
	from unnest(array['owner', 'gate', 'desk', 'teller', 'scribe']) d;

-- ---------------------------------------------------------------- saved queries

select pg_temp.allows('desk', 'minh', format('insert into audit.saved_query (officer, name, words) values (%s, ''mine'', array[''transactions''])', pg_temp.officer('minh')), 'an officer keeps a query');
select pg_temp.refuses('desk', 'lan', format('insert into audit.saved_query (officer, name, words) values (%s, ''hers'', array[''transactions''])', pg_temp.officer('minh')),
	'CH001 not_yours', 'nobody keeps one for another');
select pg_temp.refuses('desk', 'lan', 'delete from audit.saved_query', 'CH001 not_yours', 'nor drops another''s');
select pg_temp.refuses('owner', 'minh', 'update audit.saved_query set words = array[''payouts'']', 'CH001 append_only', 'none is changed');
select pg_temp.allows('desk', 'minh', 'delete from audit.saved_query', 'its officer drops it');

-- ---------------------------------------------------------------- how far a mandate reaches

insert into auth.mandate (officer, certificate, role, agency, area, limit_dong)
	select pg_temp.officer(l), pg_temp.certificate(l), 'auditor', g, a, 0 from (values ('minh', '*', '*'), ('hoa', 'labour', '*'), ('tam', 'labour', '22918')) v(l, g, a);
create function pg_temp.reach(login text) returns text language plpgsql as $$
declare
	r record;
begin
	perform pg_temp.acts(login);
	select * into r from audit.reach();
	return concat_ws(' / ', r.everywhere, r.agencies, r.wards);
end $$;
select is(pg_temp.reach('lan'), 'f / {} / {}', 'who is no auditor sees nothing');
select is(pg_temp.reach('minh'), 't / {health,labour} / {}', 'who has it for everything sees everything');
select is(pg_temp.reach('hoa'), 'f / {labour} / {}', 'who has it for an agency sees that agency');

select * from finish();
rollback;
