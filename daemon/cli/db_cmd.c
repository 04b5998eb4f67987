/* db_cmd.c: chitra db init | migrate | check. */
#include "daemon/cli/db_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/db/migrate.h"
#include "ledger/db/rights.h"

#define STEP_MS (INT64_C(10) * 60 * 1000) /* for each step: migrating a full database takes long */

struct options {
	const char *database; /* libpq's; NULL: the environment */
	const char *create;
	const char *share;
	const char *start;
	bool sandbox;
};

static bool read_options(int argc, char **argv, struct options *o)
{
	const struct cli_option known[] = {
		{"database", .text = &o->database},
		{"create", .text = &o->create},
		{"share", .text = &o->share},
		{"start", .text = &o->start},
		{"sandbox", .given = &o->sandbox},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)))
		return false;
	return optind == argc && (!o->start || o->sandbox) && !(o->create && o->database);
}

static void next_step(struct work *w)
{
	w->deadline_us = work_deadline_in_ms(STEP_MS);
}

/* ---- init and migrate ------------------------------------------------------------------------------------------------ */

struct done {
	bool created;
	bool instance;
	size_t migrations;
	size_t rights; /* that were different */
	int64_t reference_rows;
};

static void fill_done(struct json_writer *j, const void *what)
{
	const struct done *d = what;
	json_put_bool(j, "created_database", d->created);
	json_put_i64(j, "migrations_applied", (int64_t)d->migrations);
	json_put_i64(j, "rights_changed", (int64_t)d->rights);
	json_put_i64(j, "reference_rows", d->reference_rows);
	json_put_bool(j, "created_instance", d->instance);
	json_put_i64(j, "schema_version", CHITRA_SCHEMA_VERSION);
}

static void say_done(const struct cli *cli, const struct done *d)
{
	if (cli->json)
		cli_print_json(fill_done, d);
	else if (!d->created && !d->instance && d->migrations == 0 && d->rights == 0 &&
		 d->reference_rows == 0)
		printf("nothing to do: schema version %d\n", CHITRA_SCHEMA_VERSION);
	else
		printf("%zu migrations applied, %zu rights changed, %" PRId64
		       " reference rows loaded: schema version %d\n",
			d->migrations, d->rights, d->reference_rows, CHITRA_SCHEMA_VERSION);
}

static void say_migration(const struct migration *m)
{
	fprintf(stderr, "migration %04d %s\n", m->number, m->name);
}

/* On the database that the environment names; from then on the environment names the new one. */
static enum result create_database(struct work *w, const struct options *o, struct done *done)
{
	struct work first = {.arena = w->arena, .db = db_open(NULL, DB_DUTY_OWNER)};
	next_step(&first);
	enum result r = migrate_create_database(&first, o->create, &done->created);
	w->why = first.why;
	db_close(first.db);
	if (r == OK && setenv("PGDATABASE", o->create, 1) != 0)
		bug("out of memory");
	return r;
}

static enum result init(struct work *w, const struct options *o, struct done *done)
{
	const char *share = migrate_share(w, o->share);
	if (!share)
		return REFUSED;
	next_step(w);
	enum result r = migrate_roles(w, share);
	next_step(w);
	if (r == OK)
		r = migrate_apply(w, share, say_migration, &done->migrations);
	next_step(w);
	if (r == OK)
		r = rights_apply(w, share, &done->rights);
	if (r == OK)
		r = migrate_instance(w, o->sandbox, o->start, &done->instance);
	if (r == OK)
		r = migrate_reference(w, share, &done->reference_rows);
	return r;
}

static int run_init(struct cli *cli, const struct options *o)
{
	struct done done = {0};
	enum result r = o->create ? create_database(cli->w, o, &done) : OK;
	if (r == OK)
		r = init(cli->w, o, &done);
	if (r == OK)
		say_done(cli, &done);
	return cli_exit(cli, r);
}

static int run_migrate(struct cli *cli, const struct options *o)
{
	struct done done = {0};
	struct work *w = cli->w;
	const char *share = migrate_share(w, o->share);
	next_step(w);
	enum result r = share ? migrate_apply(w, share, say_migration, &done.migrations) : REFUSED;
	next_step(w);
	if (r == OK)
		r = rights_apply(w, share, &done.rights);
	if (r == OK)
		say_done(cli, &done);
	return cli_exit(cli, r);
}

/* ---- check ------------------------------------------------------------------------------------------------------------ */

struct found {
	struct migrations migrations;
	struct schema_faults faults;
	struct rights_diff rights;
	int version;
};

static bool is_right(const struct found *f)
{
	return f->faults.n == 0 && f->rights.n == 0 && f->migrations.applied == f->migrations.n &&
	       f->version == CHITRA_SCHEMA_VERSION;
}

static void fill_found(struct json_writer *j, const void *what)
{
	const struct found *f = what;
	json_put_bool(j, "ok", is_right(f));
	json_put_i64(j, "schema_version", f->version);
	json_put_i64(j, "built_for", CHITRA_SCHEMA_VERSION);
	json_put_i64(j, "migrations_missing", (int64_t)(f->migrations.n - f->migrations.applied));
	json_open_array(j, "differences");
	for (size_t i = 0; i < f->faults.n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "query", f->faults.at[i].query);
		json_put_str(j, "file", f->faults.at[i].file);
		json_put_str(j, "text", f->faults.at[i].text);
		json_close(j);
	}
	json_close(j);
	json_open_array(j, "rights");
	for (size_t i = 0; i < f->rights.n; i++)
		json_put_str(j, NULL, f->rights.at[i]);
	json_close(j);
}

static void say_found(const struct found *f)
{
	for (size_t i = f->migrations.applied; i < f->migrations.n; i++)
		printf("migration %04d %s is not applied; run: chitra db migrate\n",
			f->migrations.at[i].number, f->migrations.at[i].name);
	if (f->version != CHITRA_SCHEMA_VERSION)
		printf("the database is at schema version %d, this program was built for %d\n", f->version,
			CHITRA_SCHEMA_VERSION);
	for (size_t i = 0; i < f->faults.n; i++)
		printf("%s: %s: %s\n", f->faults.at[i].file, f->faults.at[i].query, f->faults.at[i].text);
	for (size_t i = 0; i < f->rights.n; i++)
		printf("rights.list: %s\n", f->rights.at[i]);
	if (is_right(f))
		printf("schema version %d, %zu migrations, every query fits\n", f->version, f->migrations.n);
}

static int run_check(struct cli *cli, const struct options *o)
{
	struct found f = {0};
	struct work *w = cli->w;
	const char *share = migrate_share(w, o->share);
	next_step(w);
	enum result r = share ? migrate_status(w, share, &f.migrations) : REFUSED;
	f.version = (int)f.migrations.applied;
	if (r == OK && f.migrations.applied == f.migrations.n)
		r = rights_compare(w, share, &f.rights);
	if (r == OK && f.migrations.applied == f.migrations.n)
		r = schema_describe_all(w, &f.faults);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_found, &f);
	else
		say_found(&f);
	return is_right(&f) ? EX_OK : 1;
}

int cli_db(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *, const struct options *);
	} commands[] = {{"init", run_init}, {"migrate", run_migrate}, {"check", run_check}};
	struct options o = {0};
	if (argc < 2 || !read_options(argc - 1, argv + 1, &o))
		return cli_usage(cli);
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		cli->w->db = db_open(o.database, DB_DUTY_OWNER);
		int code = commands[i].run(cli, &o);
		db_close(cli->w->db);
		cli->w->db = NULL;
		return code;
	}
	return cli_usage(cli);
}
