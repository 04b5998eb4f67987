/* script.c: SQL that is not a named query: migrations, roles, and the few questions around them. */
#include "ledger/db/conn.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"

#define SQL_MAX ((size_t)16 << 20)

static const char *field(const PGresult *error, int code)
{
	const char *z = PQresultErrorField(error, code);
	return z ? z : "";
}

/* The line of a position that PostgreSQL counts in characters. */
static int line_of(const char *sql, long position)
{
	int line = 1;
	for (const char *p = sql; *p && position > 1; p++) {
		if (*p == '\n')
			line++;
		if (((unsigned char)p[1] & 0xc0) != 0x80)
			position--;
	}
	return line;
}

static enum result script_failed(struct work *w, const char *file, const char *sql, const PGresult *error)
{
	long position = strtol(field(error, PG_DIAG_STATEMENT_POSITION), NULL, 10);
	const char *message = field(error, PG_DIAG_MESSAGE_PRIMARY), *context = field(error, PG_DIAG_CONTEXT);
	if (position > 0 && strchr(file, '/'))
		why_set(&w->why, "sql_failed", "%s:%d: %s", file, line_of(sql, position), message);
	else
		why_set(&w->why, "sql_failed", "%s: %s%s%s", file, message, *context ? "; " : "", context);
	return REFUSED;
}

enum result conn_script(struct work *w, const char *file, const char *sql)
{
	struct db *db = w->db;
	conn_leave_pipeline(db);
	if (!PQsendQuery(db->conn, sql))
		return conn_gone(w, CAME_LOST);
	enum result result = OK;
	for (;;) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came c = conn_result(db, w->deadline_us, &r);
		if (c != CAME)
			return conn_gone(w, c);
		if (!r)
			break;
		ExecStatusType s = PQresultStatus(r);
		if (s == PGRES_COPY_IN || s == PGRES_COPY_OUT)
			bug("%s: a copy in a script", file);
		if (s == PGRES_FATAL_ERROR)
			result = script_failed(w, file, sql, r);
	}
	conn_enter_pipeline(db);
	return result;
}

enum result conn_value(struct work *w, const char *sql, const char *const *args, int n, const char **value)
{
	CLEAR_RESULT PGresult *r = NULL;
	enum came c = conn_ask(w->db, w->deadline_us, sql, args, n, &r);
	if (c != CAME)
		return conn_gone(w, c);
	ExecStatusType s = PQresultStatus(r);
	if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK)
		return fault_result(w, r, "chitra db");
	bool there = s == PGRES_TUPLES_OK && PQntuples(r) > 0 && !PQgetisnull(r, 0, 0);
	*value = there ? arena_strdup(w->arena, PQgetvalue(r, 0, 0)) : NULL;
	return OK;
}

enum result script_read(struct work *w, const char *path, struct bytes *raw, const char **sql)
{
	struct bytes b;
	if (!read_file(w->arena, path, SQL_MAX, &b, &w->why))
		return REFUSED;
	if (memchr(b.at, '\0', b.n)) {
		why_set(&w->why, "sql_failed", "%s: holds a zero byte", path);
		return REFUSED;
	}
	*raw = b;
	*sql = arena_strndup(w->arena, (const char *)b.at, b.n);
	return OK;
}

enum result script_commit(struct work *w, const char *what)
{
	if (conn_script(w, what, "commit") == OK)
		return OK;
	if (why_is(&w->why, "db_lost") || why_is(&w->why, "db_deadline")) {
		why_set(&w->why, "commit_unknown", "%s: the commit got no answer; run it again", what);
		return UNSURE;
	}
	return REFUSED;
}
