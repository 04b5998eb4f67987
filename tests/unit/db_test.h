/* db_test.h: what the db_*.c tests share: a scratch database of their own on the run's PostgreSQL, and a second connection
 * that sets the scene and looks at the result. They bring their own query table, so they test the machinery, not the
 * queries of the day. */
#pragma once

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/db/db.h"
#include "ledger/db/query.h"
#include "tests/lib/tap.h"

static PGconn *scene_conn;
static char scene_database[64];

static inline PGconn *scene_connect(const char *dbname)
{
	const char *const keys[] = {"dbname", "application_name", "options", NULL};
	const char *const values[] = {dbname, "scene", "-c client_min_messages=error", NULL};
	PGconn *c = PQconnectdbParams(keys, values, 0);
	if (PQstatus(c) != CONNECTION_OK) {
		fprintf(stderr, "# %s", PQerrorMessage(c));
		exit(1);
	}
	return c;
}

/* Runs SQL on the second connection; its first value as text ("" for none). Valid until the next call. */
__attribute__((format(printf, 1, 2))) static inline const char *scene(const char *format, ...)
{
	static char value[4096];
	char *sql;
	va_list args;
	va_start(args, format);
	if (vasprintf(&sql, format, args) < 0)
		abort();
	va_end(args);
	PGresult *r = PQexec(scene_conn, sql);
	ExecStatusType s = PQresultStatus(r);
	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
		fprintf(stderr, "# %s\n# %s", sql, PQerrorMessage(scene_conn));
	snprintf(value, sizeof value, "%s", PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	free(sql);
	return value;
}

/* Without a PostgreSQL the whole program is skipped, by name. */
static inline void scene_begin(const char *name)
{
	if (!getenv("PGHOST"))
		skip_all("%s: no PostgreSQL (PGHOST is not set)", name);
	scene_conn = scene_connect(getenv("PGDATABASE") ? getenv("PGDATABASE") : "postgres");
	snprintf(scene_database, sizeof scene_database, "chitra_%s_%d", name, (int)getpid());
	scene("create database %s template template0", scene_database);
	PQfinish(scene_conn);
	setenv("PGDATABASE", scene_database, 1);
	scene_conn = scene_connect(scene_database);
}

static inline void scene_end(void)
{
	PQfinish(scene_conn);
	scene_conn = scene_connect("postgres");
	scene("drop database if exists %s with (force)", scene_database);
	PQfinish(scene_conn);
}

static inline struct work work_on(struct db *db)
{
	return (struct work){.arena = arena_new(), .db = db, .deadline_us = work_deadline_in_ms(10000)};
}
