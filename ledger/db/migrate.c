/* migrate.c: migrations, roles, the instance. */
#include "ledger/db/migrate.h"

#include <dirent.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/db/conn.h"

#define LEVELS_UP   5
#define MIGRATE_KEY "7163389137101" /* one migrator at a time, whoever it is */

/* ---- where the files are -------------------------------------------------------------------------------------------- */

static bool is_share(struct work *w, const char *dir)
{
	return access(arena_printf(w->arena, "%s/migrations", dir), R_OK | X_OK) == 0;
}

static const char *share_near_program(struct work *w)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0)
		return NULL;
	path[n] = '\0';
	const char *at = dirname(path);
	for (int level = 0; level < LEVELS_UP; level++) {
		const char *const names[] = {"share/chitra/sql", "sql"};
		for (size_t i = 0; i < COUNT_OF(names); i++) {
			const char *dir = arena_printf(w->arena, "%s/%s", at, names[i]);
			if (is_share(w, dir))
				return dir;
		}
		at = dirname(arena_strdup(w->arena, at));
	}
	return NULL;
}

const char *migrate_share(struct work *w, const char *given)
{
	const char *dir = given ? given : getenv("CHITRA_SHARE");
	if (!dir)
		dir = share_near_program(w);
	if (dir && is_share(w, dir))
		return dir;
	why_set(&w->why, "share_missing",
		"%s has no migrations; give the directory of sql/ with --share or CHITRA_SHARE",
		dir ? dir : "the program's directory");
	return NULL;
}

/* ---- what there is, and what was applied ---------------------------------------------------------------------------- */

/* "0001_foundation.sql" */
static bool is_migration(const char *name)
{
	size_t digits = strspn(name, "0123456789");
	size_t word = digits == 4 && name[4] == '_'
			      ? strspn(name + 5, "abcdefghijklmnopqrstuvwxyz0123456789_")
			      : 0;
	return word > 0 && strcmp(name + 5 + word, ".sql") == 0;
}

static int only_migrations(const struct dirent *d)
{
	return is_migration(d->d_name);
}

static enum result read_one(struct work *w, const char *dir, const char *file, struct migration *m)
{
	const char *path = arena_printf(w->arena, "%s/%s", dir, file), *sql;
	struct bytes raw;
	enum result r = script_read(w, path, &raw, &sql);
	if (r != OK)
		return r;
	m->number = (int)strtol(file, NULL, 10);
	m->name = arena_strndup(w->arena, file + 5, strlen(file) - 5 - 4);
	m->path = path;
	m->sha256 = sha256(raw);
	return OK;
}

static enum result list_files(struct work *w, const char *share, struct migrations *out)
{
	const char *dir = arena_printf(w->arena, "%s/migrations", share);
	struct dirent **found;
	int n = scandir(dir, &found, only_migrations, alphasort);
	if (n < 0) {
		why_set(&w->why, "share_missing", "could not read %s", dir);
		return REFUSED;
	}
	out->n = (size_t)n;
	out->at = arena_array(w->arena, out->n, struct migration);
	enum result r = OK;
	for (int i = 0; i < n; i++) {
		if (r == OK)
			r = read_one(w, dir, found[i]->d_name, &out->at[i]);
		if (r == OK && out->at[i].number != i + 1) {
			why_set(&w->why, "migration_gap", "%s/%s: expected number %04d here", dir,
				found[i]->d_name, i + 1);
			r = REFUSED;
		}
		free(found[i]);
	}
	free(found);
	return r;
}

static enum result compare(struct work *w, const PGresult *applied, struct migrations *out)
{
	int n = PQntuples(applied);
	for (int i = 0; i < n; i++) {
		const char *number = PQgetvalue(applied, i, 0), *sum = PQgetvalue(applied, i, 1);
		struct hash was;
		if (strtol(number, NULL, 10) != i + 1 || !hash_from_hex(bytes_z(sum), &was)) {
			why_set(&w->why, "migration_gap", "ops.migration: expected number %d, found %s",
				i + 1, number);
			return REFUSED;
		}
		if ((size_t)i >= out->n) {
			why_set(&w->why, "migration_missing",
				"the database has migration %04d, these files end at %04zu: they are older than the database",
				i + 1, out->n);
			return REFUSED;
		}
		struct migration *m = &out->at[i];
		if (!hash_eq(&m->sha256, &was)) {
			why_set(&w->why, "migration_changed",
				"%s was changed after it was applied; put it back and write a new migration",
				m->path);
			return REFUSED;
		}
		m->applied = true;
	}
	out->applied = (size_t)n;
	return OK;
}

static enum result compare_with_database(struct work *w, struct migrations *out)
{
	const char *there;
	enum result r = conn_value(w, "select to_regclass('ops.migration')::text", NULL, 0, &there);
	if (r != OK || !there)
		return r;
	CLEAR_RESULT PGresult *applied = NULL;
	enum came c = conn_ask(w->db, w->deadline_us,
		"select number, encode(sha256, 'hex') from ops.migration order by number", NULL, 0, &applied);
	if (c != CAME)
		return conn_gone(w, c);
	if (PQresultStatus(applied) != PGRES_TUPLES_OK)
		return fault_result(w, applied, "chitra db");
	return compare(w, applied, out);
}

enum result migrate_status(struct work *w, const char *share, struct migrations *out)
{
	struct migrations found = {0};
	enum result r = list_files(w, share, &found);
	if (r == OK)
		r = conn_ensure(w);
	if (r == OK)
		r = compare_with_database(w, &found);
	if (r == OK)
		*out = found;
	return r;
}

/* ---- applying -------------------------------------------------------------------------------------------------------- */

static const char record_table[] = "reset role;"
				   "create table if not exists ops.migration ("
				   " number integer primary key check (number > 0),"
				   " name text not null,"
				   " sha256 bytea not null check (octet_length(sha256) = 32),"
				   " applied_at timestamptz not null default now())";

static enum result apply_one(struct work *w, const struct migration *m)
{
	struct bytes raw;
	const char *sql, *nothing;
	char sum[HASH_HEX_SIZE];
	const char *const row[] = {
		arena_printf(w->arena, "%d", m->number), m->name, hash_hex(&m->sha256, sum)};
	enum result r = script_read(w, m->path, &raw, &sql);
	if (r != OK)
		return r;
	r = conn_script(w, m->path, "begin; set local statement_timeout = 0");
	if (r != OK)
		return r;
	r = conn_script(w, m->path, sql);
	if (r == OK && PQtransactionStatus(w->db->conn) != PQTRANS_INTRANS)
		bug("%s: ends the transaction that it runs in", m->path);
	if (r == OK)
		r = conn_script(w, m->path, record_table);
	if (r == OK)
		r = conn_value(w,
			"insert into ops.migration (number, name, sha256) values ($1::text::integer, $2, decode($3, 'hex'))",
			row, 3, &nothing);
	return r == OK ? script_commit(w, m->path) : r;
}

static enum result apply_missing(
	struct work *w, const char *share, void (*each)(const struct migration *), size_t *applied)
{
	struct migrations all;
	enum result r = migrate_status(w, share, &all);
	size_t done = 0;
	for (size_t i = r == OK ? all.applied : 0; r == OK && i < all.n; i++) {
		r = apply_one(w, &all.at[i]);
		if (r == OK) {
			done++;
			if (each)
				each(&all.at[i]);
		}
	}
	if (r == OK)
		*applied = done;
	return r;
}

enum result migrate_apply(
	struct work *w, const char *share, void (*each)(const struct migration *), size_t *applied)
{
	const char *nothing;
	enum result r = conn_ensure(w);
	if (r == OK)
		r = conn_value(w, "select pg_advisory_lock(" MIGRATE_KEY ")", NULL, 0, &nothing);
	if (r != OK)
		return r;
	r = apply_missing(w, share, each, applied);
	if (r == OK)
		return conn_value(w, "select pg_advisory_unlock(" MIGRATE_KEY ")", NULL, 0, &nothing);
	struct why why = w->why;
	if (w->db->conn)
		conn_close(w->db); /* rolls back, and gives up the lock */
	w->why = why;
	return r;
}

static enum result script_in_one(struct work *w, const char *path)
{
	struct bytes raw;
	const char *sql;
	enum result r = script_read(w, path, &raw, &sql);
	if (r == OK)
		r = conn_ensure(w);
	if (r == OK)
		r = conn_script(w, path, sql);
	return r;
}

enum result migrate_roles(struct work *w, const char *share)
{
	return script_in_one(w, arena_printf(w->arena, "%s/roles.sql", share));
}

enum result migrate_create_database(struct work *w, const char *name, bool *made)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (n == 0 || n > 60 || name[n] != '\0') {
		why_set(&w->why, "database_name",
			"a database is named by small letters, digits and _, at most 60");
		return REFUSED;
	}
	const char *there;
	enum result r = conn_ensure(w);
	if (r == OK)
		r = conn_value(w, "select datname from pg_database where datname = $1", &name, 1, &there);
	if (r == OK && !there)
		r = conn_script(w, "create database",
			arena_printf(
				w->arena, "create database \"%s\" template template0 encoding 'UTF8'", name));
	if (r == OK)
		*made = !there;
	return r;
}

enum result migrate_instance(struct work *w, bool sandbox, const char *start, bool *made)
{
	const char *there;
	const char *const args[] = {sandbox ? "true" : "false", start};
	bug_if(start && !sandbox);
	enum result r = conn_ensure(w);
	if (r == OK)
		r = conn_value(w, "select sandbox::text from ops.instance", NULL, 0, &there);
	if (r != OK)
		return r;
	if (there && strcmp(there, args[0]) != 0) {
		why_set(&w->why, "instance_differs", "this database is %s sandbox, for ever",
			sandbox ? "no" : "a");
		return REFUSED;
	}
	const char *nothing;
	if (!there)
		r = conn_value(w,
			"insert into ops.instance (sandbox, clock_offset) values ($1::text::boolean,"
			" coalesce($2::text::timestamp at time zone 'Asia/Ho_Chi_Minh' - now(), '0'))",
			args, 2, &nothing);
	if (r == OK)
		*made = !there;
	return r;
}
