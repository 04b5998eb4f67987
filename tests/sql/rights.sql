-- What no duty may ever have, whatever sql/rights.list says: its lines may grow with the queries, these may not be among them.
begin;
\ir ../lib/guards.psql

create temp table duty as select d, ('chitra_' || d)::regrole as role from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
create temp table ours as
	select c.oid, c.oid::regclass::text as name, n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where c.relkind in ('r', 'p', 'v') and n.nspowner = 'chitra_owner'::regrole;
-- What a role has of insert, update (any column) and delete on a table.
create temp table writes as
	select d.d, o.name, o.schema, p.p from duty d, ours o, unnest(array['insert', 'update', 'delete']) p
	where case p.p when 'delete' then has_table_privilege(d.role, o.oid, 'delete') else has_any_column_privilege(d.role, o.oid, p.p) end;
create temp table runs as
	select d.d, p.oid::regproc::text as name from duty d, pg_proc p join pg_namespace n on n.oid = p.pronamespace
	where n.nspowner = 'chitra_owner'::regrole and has_function_privilege(d.role, p.oid, 'execute');

-- only(title, a query that names what breaks the rule)
create function pg_temp.none(title text, query text) returns text language plpgsql as $$
declare
	found text;
begin
	execute format('select string_agg(x::text, '', '') from (%s) x', query) into found;
	return is(found, null, title);
end $$;

-- ---------------------------------------------------------------- writing

select pg_temp.none('nobody writes to the books; posting is a function', $$ select * from writes where schema = 'books' $$);
select pg_temp.none('only those who may post can begin to', $$ select * from runs where name in ('books.begin_post', 'books.post') and d not in ('desk', 'teller', 'scribe') $$);
select pg_temp.none('the desk asks that an export be signed, and the scribe answers', $$
	select * from writes where name in ('ops.export', 'ops.export_answer') and (d, name, p) not in (('desk', 'ops.export', 'insert'), ('scribe', 'ops.export_answer', 'insert')) $$);
select pg_temp.none('the scribe alone seals', $$ select * from runs where name ~ '^books.seal' and d <> 'scribe' $$);
select pg_temp.none('nobody sets a payout''s state by hand: the only column that may be updated is the key, for locking', $$
	select d.d, a.attname from duty d, pg_attribute a where a.attrelid = 'payout.payout_state'::regclass and a.attnum > 0 and a.attname <> 'payout'
		and has_column_privilege(d.role, a.attrelid, a.attnum, 'update') $$);
select pg_temp.none('nobody writes a move but payout.move', $$ select * from writes where name = 'payout.payout_move' $$);
select pg_temp.none('payouts are moved by the desk, the teller and the scribe', $$ select * from runs where name = 'payout.move' and d not in ('desk', 'teller', 'scribe') $$);
select pg_temp.none('only the desk makes claims, batches, bundles, approvals, releases, payouts, dispatches', $$
	select * from writes where d <> 'desk' and p = 'insert' and name in ('payout.claim', 'payout.claim_part', 'payout.claim_void', 'payout.batch', 'payout.batch_version',
		'payout.bundle', 'payout.bundle_batch', 'payout.approval', 'payout.release', 'payout.payout', 'payout.payout_state', 'payout.dispatch', 'payout.dispatch_range',
		'payout.cancellation', 'payout.hold_release') $$);
select pg_temp.none('only the desk writes officers, certificates, mandates and sessions', $$ select * from writes where d <> 'desk' and schema = 'auth' $$);
select pg_temp.none('nobody writes who acts', $$ select * from writes where name = 'auth.entered' $$);
select pg_temp.none('nobody opens an officer''s transaction but the desk', $$ select * from runs where name in ('auth.enter', 'auth.me', 'auth.may') and d <> 'desk' $$);
select pg_temp.none('only the desk writes to the register, but for answers that a bank gave to the teller', $$
	select * from writes where d <> 'desk' and schema = 'register' and (d, name, p) <> ('teller', 'register.account_answer', 'insert') $$);
select pg_temp.none('the gate writes messages and their keys', $$ select * from writes where d = 'gate' and (name not in ('bank.message', 'bank.message_key') or p <> 'insert') $$);
select pg_temp.none('the gate runs nothing', $$ select * from runs where d = 'gate' $$);
select pg_temp.none('only the scribe makes statements of messages', $$ select * from writes where d <> 'scribe' and name in ('bank.statement', 'bank.statement_line', 'bank.intraday_credit') $$);
select pg_temp.none('the auditor writes nothing', $$ select * from writes where d = 'auditor' $$);
select pg_temp.none('and runs nothing', $$ select * from runs where d = 'auditor' $$);
select pg_temp.none('nobody writes reference data, the payer or the rules, but for what two officers say of days and hours', $$ select * from writes where (schema = 'rules' and (d, name) not in (('desk', 'rules.payout_window'), ('desk', 'rules.day_word')))
	or (schema = 'org' and (d <> 'desk' or name not in ('org.funding_order', 'org.refund_confirmed', 'org.refund_withdrawn', 'org.channel_hours')))
	or name in ('payout.state', 'payout.legal_move', 'payout.cause', 'bank.bank', 'register.area', 'register.area_successor', 'register.id_prefix', 'register.id_century', 'register.district_2023') $$);
select pg_temp.none('nobody writes ops.migration, and of ops.instance only the desk moves the clock', $$
	select d, name, p from writes where name in ('ops.migration', 'ops.instance') and (d, name, p) <> ('desk', 'ops.instance', 'update')
	union all select d.d, 'ops.instance', a.attname from duty d, pg_attribute a where a.attrelid = 'ops.instance'::regclass and a.attnum > 0 and a.attname <> 'clock_offset'
		and has_column_privilege(d.role, a.attrelid, a.attnum, 'update') $$);
select pg_temp.none('an id, and a time that the database gives, is nobody''s to set', $$
	select d.d, o.name, a.attname from duty d, ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 where a.attname in ('at', 'made_at', 'opened_at', 'registered_at', 'known_from',
			'proposed_at', 'asked_at', 'frozen_at', 'opened_at', 'recorded') and has_column_privilege(d.role, o.oid, a.attnum, 'insert') $$);

-- ---------------------------------------------------------------- reading

-- What opens something, by itself or with a key: who may read it at most.
create temp table closed as select * from (values
	('register.person_key', 'wrapped', 'desk teller'), ('register.person_id', 'sealed', 'desk teller'), ('register.person_id', 'blind', 'desk'),
	('register.identity', 'sealed', 'desk'), ('register.identity', 'blind', 'desk'),
	('register.readmission', 'sealed', ''), ('register.readmission', 'wrapped', ''), ('register.readmission', 'blind', ''),
	('register.person_phone', 'sealed', 'desk'), ('register.person_phone', 'blind', 'desk'), ('register.payee_account', 'sealed', 'desk teller'),
	('register.account_now', 'sealed', 'desk teller'), ('register.account_now', 'blind', 'desk'), ('register.account_now', 'salt', 'teller'),
	('register.payee_account', 'blind', 'desk'), ('register.payee_account', 'salt', 'desk teller scribe'), ('register.import_row', 'sealed', 'desk'),
	('register.import_file', 'row_key', 'desk'), ('register.death_notice', 'blind', 'desk'), ('bank.message', 'body', 'desk scribe'), ('bank.message_key', 'sealed', 'desk scribe'),
	('auth.session', 'token_hash', 'desk'), ('auth.challenge', 'nonce', 'desk'), ('register.person', 'anchor', 'desk scribe teller'), ('audit.person', 'anchor', 'auditor'), ('auth.entered', 'officer', '')) as c(name, attname, readers);
select is((select string_agg(d, ' ' order by d) from duty where has_column_privilege(role, c.name::regclass, c.attname, 'select') and d <> all (string_to_array(c.readers, ' '))), null,
	format('%s.%s is read at most by: %s', c.name, c.attname, coalesce(nullif(c.readers, ''), 'nobody'))) from closed c order by 1;
select pg_temp.none('no column that is sealed or keyed is left out above', $$
	select o.name, a.attname from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 where a.attname in ('sealed', 'wrapped', 'blind', 'anchor', 'row_key', 'body', 'salt', 'token_hash', 'nonce')
		and not exists (select from closed c where c.name = o.name and c.attname = a.attname) $$);
select pg_temp.none('the gate reads nothing about people, payouts or officers', $$
	select o.name from duty d, ours o where d.d = 'gate' and o.schema not in ('bank', 'ops') and has_any_column_privilege(d.role, o.oid, 'select') $$);
select pg_temp.none('the teller reads of people only whom it pays: no lists, findings, enrolments', $$
	select o.name from duty d, ours o where d.d = 'teller' and o.schema in ('register', 'rules') and has_any_column_privilege(d.role, o.oid, 'select')
		and o.name not in ('register.person', 'register.person_key', 'register.kek', 'register.payee_account', 'register.account_now', 'register.account_inquiry', 'register.account_answer', 'register.account_check', 'register.person_id', 'rules.calendar', 'rules.payout_window', 'rules.programme') $$);

-- ---------------------------------------------------------------- tried

select is(pg_temp.probe(d, null, s), 'denied', format('the %s: %s', d, s)) from (values
	('teller', 'insert into payout.approval (bundle, role, officer, certificate, text, signature) values (1, ''checker'', 1, 1, ''x'', ''x'')'),
	('teller', 'insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after) values (1, ''x'', ''x'', ''x'', ''x'', now(), now())'),
	('teller', 'insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id) values (1, 1, 1, 1, ''x'', 1, ''x'', ''x'')'),
	('teller', 'update payout.batch set state = ''released'''), ('teller', 'insert into payout.release (batch, officer) values (1, 1)'),
	('teller', 'insert into books.posting values (1, 1, 1, 1, 1)'),
	('scribe', 'insert into payout.payout_state (payout, state) values (1, 1)'), ('scribe', 'select wrapped from register.person_key'), ('scribe', 'insert into books.txn default values'),
	('scribe', 'select sealed from register.payee_account'), ('scribe', 'insert into payout.payout (claim, issue) values (1, 1)'), ('scribe', 'update payout.dispatch set owner = null'),
	('gate', 'select from payout.payout'), ('gate', 'select from register.person'), ('gate', 'select payout.move(null, null, null, null, null, null, null)'), ('gate', 'update ops.progress set upto = 0'),
	('desk', 'update books.balance set balance = 0'), ('desk', 'delete from books.txn'), ('desk', 'insert into bank.statement (day) values (now())'), ('desk', 'update payout.payout set amount_dong = 1'),
	('desk', 'update payout.approval set role = ''checker'''), ('desk', 'insert into auth.entered (xact, officer) values (''1'', 1)'),
	('auditor', 'select wrapped from register.person_key'), ('auditor', 'select sealed from register.payee_account'), ('auditor', 'select * from register.person'), ('auditor', 'select body from bank.message'),
	('auditor', 'select from auth.session'), ('auditor', 'insert into ops.pause (what, reason, by_officer) values (''all'', ''x'', ''x'')')) as t(d, s)
	where not (d = 'desk' and s like 'delete from ops.pause%');
select is(pg_temp.probe('auditor', null, format('select * from %s', o.name)), 'ok', format('the auditor reads %s', o.name)) from ours o join pg_class c on c.oid = o.oid
	where o.schema = 'audit' and c.relkind = 'v' order by o.name;
select pg_temp.none('of tables, the auditor reads reference data alone', $$
	select o.name from duty d, ours o join pg_class c on c.oid = o.oid where d.d = 'auditor' and c.relkind <> 'v' and has_any_column_privilege(d.role, o.oid, 'select')
		and o.schema <> 'rules' and o.name not in ('bank.bank', 'ops.instance', 'ops.migration', 'ops.pause', 'org.agency', 'org.channel', 'org.channel_hours', 'org.fee_rule', 'org.funding_account', 'org.funding_order',
			'org.programme_agency', 'payout.cause', 'payout.legal_move', 'payout.state', 'register.area', 'register.area_successor', 'register.district_2023', 'register.id_century', 'register.id_prefix') $$);
select is(pg_temp.probe('auditor', null, format('select * from %s', t)), 'denied', format('the auditor does not read %s itself', t)) from unnest(array['books.txn', 'books.posting', 'payout.payout',
	'bank.statement_line', 'bank.message', 'register.person', 'register.import_row', 'auth.access_log', 'auth.officer']) t;

-- ---------------------------------------------------------------- the roles, the owner, the public

select is(pg_temp.probe(d, null, s), 'denied', format('the %s: %s', d, s)) from duty, unnest(array['create table payout.mine (x integer)', 'create function books.mine() returns integer language sql as ''select 1''',
	'create schema mine', 'alter table payout.payout disable trigger all', 'drop trigger guard on payout.batch', 'create role mine', 'alter table payout.batch owner to chitra_desk']) s order by d, s;
select is(pg_temp.probe(d, null, s), 'denied', format('the %s: %s', d, s)) from duty, unnest(array['set session_replication_role = replica', 'select pg_read_file(''/etc/hostname'')', 'copy ops.instance to program ''true''']) s order by d, s;
select pg_temp.none('no role is more than a role', $$ select rolname from pg_roles where rolname ~ '^chitra_' and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls) $$);
select pg_temp.none('the owner does not log in', $$ select rolname from pg_roles where rolname = 'chitra_owner' and rolcanlogin $$);
select pg_temp.none('no role is a member of another', $$ select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname ~ '^chitra_' $$);
select pg_temp.none('the public has nothing in our schemas', $$
	select n.nspname from pg_namespace n, aclexplode(n.nspacl) a where n.nspowner = 'chitra_owner'::regrole and a.grantee = 0
	union all select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a where n.nspowner = 'chitra_owner'::regrole and a.grantee = 0
	union all select p.oid::regproc::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
		where n.nspowner = 'chitra_owner'::regrole and a.grantee = 0 $$);
select pg_temp.none('what the owner makes later is not the public''s', $$
	select 'functions' where not exists (select from pg_default_acl where defaclrole = 'chitra_owner'::regrole and defaclobjtype = 'f' and defaclnamespace = 0)
	union all select a.privilege_type from pg_default_acl d, aclexplode(d.defaclacl) a where d.defaclrole = 'chitra_owner'::regrole and a.grantee <> 'chitra_owner'::regrole $$);
select pg_temp.none('everything in our schemas is the owner''s, but for the table of migrations', $$
	select o.name from ours o join pg_class c on c.oid = o.oid where c.relowner <> 'chitra_owner'::regrole and o.name <> 'ops.migration'
	union all select p.oid::regproc::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspowner = 'chitra_owner'::regrole and p.proowner <> 'chitra_owner'::regrole $$);
select pg_temp.none('each function that acts with the owner''s rights looks nothing up by the caller''s path', $$
	select p.oid::regproc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspowner = 'chitra_owner'::regrole and p.prosecdef
		and not coalesce(p.proconfig @> array['search_path=pg_catalog'], false) $$);

select * from finish();
rollback;
