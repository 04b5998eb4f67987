-- rights_live.sql: what the five roles and PUBLIC may do in this database, one line each as rights.list says it, but a line for
-- each column. For PUBLIC only our schemas are looked at; for the roles everything. Also what no list can give: role attributes
-- and memberships, things owned, rights that may be passed on.
with who as (
	select oid, replace(rolname, 'chitra_', '') as name from pg_roles
		where rolname in ('chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor')
	union all
	select 0, 'public'
), ours as (
	select oid from pg_namespace where nspowner = (select oid from pg_roles where rolname = 'chitra_owner')
), acl as (
	select null::oid as schema, 'database' as thing, null::name as part, a.* from pg_database d,
		aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a where d.datname = current_database()
	union all
	select n.oid, n.nspname::text, null, a.* from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
	union all
	select c.relnamespace, c.relnamespace::regnamespace || '.' || c.relname, null, a.* from pg_class c,
		aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
		where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
	union all
	select c.relnamespace, c.relnamespace::regnamespace || '.' || c.relname, t.attname, a.* from pg_attribute t
		join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
	union all
	select p.pronamespace, p.pronamespace::regnamespace || '.' || p.proname, null, a.* from pg_proc p,
		aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
		where p.pronamespace <> 'pg_catalog'::regnamespace or p.proname !~ '^pg_(try_)?advisory_|^pg_logical_emit_message$' -- 0013_audit.sql: the duties', and no auditor's
	union all
	select t.typnamespace, 'type ' || t.typname, null, a.* from pg_type t, aclexplode(t.typacl) a
	union all
	select null, 'language ' || l.lanname, null, a.* from pg_language l, aclexplode(l.lanacl) a where a.grantee <> 0
	union all
	select null, 'server ' || s.srvname, null, a.* from pg_foreign_server s, aclexplode(s.srvacl) a
	union all
	select null, 'large object ' || l.oid, null, a.* from pg_largeobject_metadata l, aclexplode(l.lomacl) a
	union all
	select null, 'parameter ' || p.parname, null, a.* from pg_parameter_acl p, aclexplode(p.paracl) a
	union all
	select null, 'what is made later', null, a.* from pg_default_acl d, aclexplode(d.defaclacl) a
), found as (
	select w.name, lower(a.privilege_type) || case when a.is_grantable then ' and pass on' else '' end as may, a.thing, a.part
	from acl a join who w on w.oid = a.grantee
	where a.grantee <> 0 or a.schema is null or a.schema in (select oid from ours)
	union all
	select 'public', 'execute', 'what is made later', null where not exists (
		select from pg_default_acl d where d.defaclobjtype = 'f' and d.defaclnamespace = 0
			and d.defaclrole = (select oid from pg_roles where rolname = 'chitra_owner'))
	union all
	select w.name, 'is', g.rolname, null from pg_auth_members m join who w on w.oid = m.member join pg_roles g on g.oid = m.roleid
	union all
	select w.name, 'is', v.what, null from pg_roles r join who w on w.oid = r.oid, lateral (values (r.rolsuper, 'superuser'),
		(r.rolcreaterole, 'createrole'), (r.rolcreatedb, 'createdb'), (r.rolreplication, 'replication'),
		(r.rolbypassrls, 'bypassrls')) as v(has, what) where v.has
	union all
	select w.name, 'owns', pg_describe_object(d.classid, d.objid, 0), null from pg_shdepend d join who w on w.oid = d.refobjid
		where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
		and d.dbid in (0, (select oid from pg_database where datname = current_database()))
)
select f.name || ' ' || f.may || ' ' || f.thing || coalesce(' (' || f.part || ')', '') as line from found f
