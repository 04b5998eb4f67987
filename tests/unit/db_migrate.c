/* Migrations, reference data, the instance, and queries against the live schema. */
#include "tests/unit/db_test.h"

#include <sys/stat.h>

#include "ledger/db/migrate.h"

enum {
	T_RIGHT,
	T_WRONG_TYPE,
	T_WRONG_NAME,
	T_MISSING,
	T_COLUMNS,
	T_ARGUMENT,
	T_COPY_IN,
	T_COPY_OUT,
	T_NO_GRANT,
	T_COUNT
};

static const struct query_column id[] = {{"id", DB_BIGINT, 0}};
static const struct query_column id_as_text[] = {{"id", DB_TEXT, 0}};
static const struct query_column other[] = {{"number", DB_BIGINT, 0}};
static const struct query_column two[] = {{"id", DB_BIGINT, 0}, {"name", DB_TEXT, 0}};
static const struct query_column word[] = {{"name", DB_TEXT, 0}};
static const struct query_column names_as_array[] = {{"name", DB_TEXT, 1}};

const struct query_text query_table[] = {
	[T_RIGHT] = {"right", "q.sql:1", "select id, name from one.thing where id = $1", QUERY_PLAIN,
		1U << DB_DUTY_DESK, 1, 2, id, two},
	[T_WRONG_TYPE] = {"wrong_type", "q.sql:2", "select id from one.thing", QUERY_PLAIN,
		1U << DB_DUTY_DESK, 0, 1, NULL, id_as_text},
	[T_WRONG_NAME] = {"wrong_name", "q.sql:3", "select id from one.thing", QUERY_PLAIN,
		1U << DB_DUTY_DESK, 0, 1, NULL, other},
	[T_MISSING] = {"missing", "q.sql:4", "select id from one.nothing", QUERY_PLAIN, 1U << DB_DUTY_DESK, 0,
		1, NULL, id},
	[T_COLUMNS] = {"columns", "q.sql:5", "select id, name from one.thing", QUERY_PLAIN,
		1U << DB_DUTY_DESK, 0, 1, NULL, id},
	[T_ARGUMENT] = {"argument", "q.sql:6", "select id from one.thing where id = $1", QUERY_PLAIN,
		1U << DB_DUTY_DESK, 1, 1, word, id},
	[T_COPY_IN] = {"copy_in", "q.sql:7", "copy one.thing (name) from stdin (format binary)",
		QUERY_COPY_IN, 1U << DB_DUTY_DESK, 0, 1, NULL, names_as_array},
	[T_COPY_OUT] = {"copy_out", "q.sql:8",
		"copy (select id, name from one.thing) to stdout (format binary)", QUERY_COPY_OUT,
		1U << DB_DUTY_DESK, 0, 2, NULL, two},
	[T_NO_GRANT] = {"no_grant", "q.sql:9", "select id, name from one.thing where id = $1", QUERY_PLAIN,
		1U << DB_DUTY_DESK | 1U << DB_DUTY_SCRIBE, 1, 2, id, two},
};
const unsigned query_count = T_COUNT;

static char share[64] = "/tmp/chitra-share-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", share, name);
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static void drop(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", share, name);
	if (remove(path) != 0)
		abort();
}

static void share_begin(void)
{
	if (!mkdtemp(share))
		abort();
	char path[128];
	snprintf(path, sizeof path, "%s/migrations", share);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/reference", share);
	mkdir(path, 0700);
	put("migrations/0001_one.sql",
		"create schema ops;\ncreate schema one;\n"
		"create table ops.instance (sandbox boolean not null, clock_offset interval not null);\n"
		"create table one.thing (id bigint, name text);\n");
	put("migrations/0002_two.sql", "create table one.two (a text, b integer);\n");
	put("migrations/README.md", "not a migration");
	put("roles.sql", "select 1;");
}

static size_t told;

static void tell(const struct migration *m)
{
	(void)m;
	told++;
}

static void migrations(struct work *w)
{
	struct migrations all;
	size_t applied = 9;
	ok(migrate_status(w, share, &all) == OK && all.n == 2 && all.applied == 0,
		"an empty database has no migration");
	ok(migrate_apply(w, share, tell, &applied) == OK && applied == 2 && told == 2, "both are applied");
	ok(migrate_apply(w, share, tell, &applied) == OK && applied == 0 && told == 2,
		"a second time there is nothing to do");
	is_str(scene("select string_agg(number || name || octet_length(sha256), ' ' order by number) from ops.migration"),
		"1one32 2two32", "the database remembers number, name and sum");
	is_str(scene("select (sha256 = sha256('create table one.two (a text, b integer);' || '\\x0a'::bytea))::text from ops.migration"
		     " where number = 2"),
		"true", "the sum is the file's SHA-256");
	put("migrations/0003_bad.sql", "create table one.three ();\n\nselect 'ư', nonsense;\n");
	ok(migrate_apply(w, share, tell, &applied) == REFUSED &&
			strstr(w->why.text, "0003_bad.sql:3: column \"nonsense\""),
		"a migration that fails is named with file and line");
	is_str(scene("select coalesce(to_regclass('one.three')::text, 'none')"), "none",
		"and leaves nothing behind");
	put("migrations/0003_bad.sql", "create table one.three ();\n");
	ok(migrate_apply(w, share, tell, &applied) == OK && applied == 1, "once it is right, it is applied");
	is_str(scene("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"),
		"0", "the migrator's lock is given back");
}

static void refusals(struct work *w)
{
	struct migrations all;
	put("migrations/0002_two.sql", "create table one.two (a text, b integer, c integer);\n");
	ok(migrate_status(w, share, &all) == REFUSED && why_is(&w->why, "migration_changed"),
		"a changed file is refused");
	put("migrations/0002_two.sql", "create table one.two (a text, b integer);\n");
	put("migrations/0005_five.sql", "select 1;");
	ok(migrate_status(w, share, &all) == REFUSED && why_is(&w->why, "migration_gap"), "a gap is refused");
	drop("migrations/0005_five.sql");
	put("migrations/0003_again.sql", "select 1;");
	ok(migrate_status(w, share, &all) == REFUSED && why_is(&w->why, "migration_gap"),
		"a number used twice is refused");
	drop("migrations/0003_again.sql");
	char path[128];
	snprintf(path, sizeof path, "%s/migrations/0003_bad.sql", share);
	drop("migrations/0003_bad.sql");
	ok(migrate_status(w, share, &all) == REFUSED && why_is(&w->why, "migration_missing"),
		"files older than the database are refused");
	put("migrations/0003_bad.sql", "create table one.three ();\n");
	ok(migrate_status(w, share, &all) == OK && all.applied == 3, "put back, all is well");
	ok(!migrate_share(w, "/nonexistent") && why_is(&w->why, "share_missing"),
		"a directory without migrations is refused");
}

static void reference(struct work *w)
{
	int64_t loaded = 7;
	put("reference/load.list", "# file and table\n\ntwo.csv one.two\n");
	put("reference/two.csv", "b,a\n1,\"Phan Thiết, ward\"\n2,\n");
	ok(migrate_reference(w, share, &loaded) == OK && loaded == 2, "reference rows are loaded");
	is_str(scene("select string_agg(coalesce(a, 'NULL') || b, ';' order by b) from one.two"),
		"Phan Thiết, ward1;NULL2", "by the names of the heading, not by their order");
	ok(migrate_reference(w, share, &loaded) == OK && loaded == 0, "a table that has rows is left alone");
	scene("truncate one.two");
	put("reference/two.csv", "b,a\n1,x\nzwei,y\n");
	ok(migrate_reference(w, share, &loaded) == REFUSED && strstr(w->why.text, "two.csv") &&
			strstr(w->why.text, "line 3"),
		"a bad row is named with file and line");
	is_str(scene("select count(*) from one.two"), "0", "and nothing is loaded");
	put("reference/two.csv", "b;drop table one.two\n1\n");
	ok(migrate_reference(w, share, &loaded) == REFUSED && why_is(&w->why, "reference_unreadable"),
		"a heading that is no list of names is refused");
	put("reference/load.list", "two.csv one.two; drop\n");
	ok(migrate_reference(w, share, &loaded) == REFUSED && why_is(&w->why, "reference_unreadable"),
		"a table that is no name is refused");
}

static void instance(struct work *w)
{
	bool made = false;
	ok(migrate_instance(w, true, "2024-04-03 08:00", &made) == OK && made, "the instance is made");
	is_str(scene("select to_char((now() + clock_offset) at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') from ops.instance"),
		"2024-04-03 08:00", "its clock starts where it was told");
	ok(migrate_instance(w, true, NULL, &made) == OK && !made, "once");
	ok(migrate_instance(w, false, NULL, &made) == REFUSED && why_is(&w->why, "instance_differs"),
		"it never changes its kind");
	ok(migrate_create_database(w, scene_database, &made) == OK && !made,
		"a database that is there is not made again");
	ok(migrate_create_database(w, "x\"; drop", &made) == REFUSED && why_is(&w->why, "database_name"),
		"a database's name is a name");
}

static const char *fault_of(const struct schema_faults *f, int q)
{
	static char all[2000];
	all[0] = '\0';
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->at[i].query, query_table[q].name) == 0)
			strncat(all, f->at[i].text, sizeof all - strlen(all) - 1);
	return all;
}

static void describe(struct work *w)
{
	for (int d = 0; d < DB_DUTY_OWNER; d++)
		scene("do $$ begin create role chitra_%s login; exception when duplicate_object or unique_violation then null; end $$",
			db_duty_name((enum db_duty)d));
	scene("grant usage on schema one to chitra_desk; grant select, insert on one.thing to chitra_desk");
	struct schema_faults f;
	ok(schema_describe_all(w, &f) == OK, "every query is described");
	is_str(fault_of(&f, T_RIGHT), "", "a query that fits has no fault");
	is_str(fault_of(&f, T_WRONG_TYPE), "column 1 id: declared text, the database gives bigint",
		"a column of another type is told");
	is_str(fault_of(&f, T_WRONG_NAME), "column 1: declared as number, the database calls it id",
		"a column of another name is told");
	is_str(fault_of(&f, T_MISSING), "relation \"one.nothing\" does not exist",
		"a table that is missing is told");
	is_str(fault_of(&f, T_COLUMNS), "declares 1 columns, the database gives 2",
		"the wrong number of columns is told");
	is_str(fault_of(&f, T_ARGUMENT), "operator does not exist: bigint = text",
		"an argument that does not fit is told");
	is_str(fault_of(&f, T_COPY_IN), "column 1 name: declared text[], the database gives text",
		"a copy in is compared too");
	is_str(fault_of(&f, T_COPY_OUT), "", "a copy out that fits has no fault");
	is_str(fault_of(&f, T_NO_GRANT), "chitra_scribe: permission denied for schema one",
		"a duty without the right is told");
	is_str(f.n ? f.at[0].file : "", "q.sql:2", "with file and line");
	scene("grant usage on schema one to chitra_scribe; revoke insert on one.thing from chitra_desk");
	scene("alter table one.thing alter column name type text[] using array[name]");
	ok(schema_describe_all(w, &f) == OK, "after a change of the schema");
	is_str(fault_of(&f, T_COPY_IN), "chitra_desk: permission denied for table thing",
		"a copy in needs the right to insert");
	is_str(fault_of(&f, T_RIGHT), "column 2 name: declared text, the database gives text[]",
		"the change is seen");
	is_str(scene("select count(*) from one.thing"), "0", "nothing was run");
}

int main(void)
{
	scene_begin("migrate");
	share_begin();
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	migrations(&w);
	refusals(&w);
	reference(&w);
	instance(&w);
	describe(&w);
	db_close(db);
	arena_free(w.arena);
	static const char *const made[] = {"migrations/0001_one.sql", "migrations/0002_two.sql",
		"migrations/0003_bad.sql", "migrations/README.md", "migrations", "reference/load.list",
		"reference/two.csv", "reference", "roles.sql"};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		drop(made[i]);
	rmdir(share);
	scene_end();
	return done_testing();
}
