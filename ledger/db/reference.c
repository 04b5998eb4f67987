/* reference.c: the reference tables, loaded from CSV by COPY. */
#include "ledger/db/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/db/conn.h"

#define LIST_MAX ((size_t)64 << 10)
#define CSV_MAX  ((size_t)64 << 20)
#define PIECE    ((size_t)64 << 10)

struct load {
	const char *path;
	const char *table;
	const char *columns; /* the file's heading */
	struct bytes csv;
};

static enum result refused(struct work *w, const char *path, const char *text)
{
	why_set(&w->why, "reference_unreadable", "%s: %s", path, text);
	return REFUSED;
}

/* Names go into SQL as they are, so they are small letters, digits, _ and one kind of mark between them. */
static bool are_names(const char *z, char mark)
{
	bool in_name = false;
	for (; *z; z++) {
		bool letter = (*z >= 'a' && *z <= 'z') || *z == '_' || (in_name && *z >= '0' && *z <= '9');
		if (!letter && !(in_name && *z == mark))
			return false;
		in_name = letter;
	}
	return in_name;
}

static enum result read_csv(struct work *w, struct load *l)
{
	if (!read_file(w->arena, l->path, CSV_MAX, &l->csv, &w->why))
		return REFUSED;
	struct bytes rest = l->csv, heading;
	bool ended;
	if (!bytes_line(&rest, &heading, &ended))
		return refused(w, l->path, "is empty");
	l->columns = arena_strndup(w->arena, (const char *)heading.at, heading.n);
	if (!are_names(l->columns, ','))
		return refused(w, l->path, "the heading must be column names with commas between them");
	return OK;
}

static enum came put_all(struct work *w, const struct load *l)
{
	struct db *db = w->db;
	for (size_t at = 0; at <= l->csv.n;) {
		size_t n = l->csv.n - at < PIECE ? l->csv.n - at : PIECE;
		int put = n > 0 ? PQputCopyData(db->conn, (const char *)l->csv.at + at, (int)n)
				: PQputCopyEnd(db->conn, NULL);
		if (put < 0)
			return CAME_LOST;
		if (put > 0)
			at += n > 0 ? n : 1;
		int unsent;
		while ((unsent = PQflush(db->conn)) > 0) {
			enum came c = conn_wait(db, true, w->deadline_us);
			if (c != CAME)
				return c;
			if (!PQconsumeInput(db->conn))
				return CAME_LOST;
		}
		if (unsent < 0)
			return CAME_LOST;
	}
	return CAME;
}

static enum result load_failed(struct work *w, const struct load *l, const PGresult *error)
{
	const char *context = PQresultErrorField(error, PG_DIAG_CONTEXT);
	why_set(&w->why, "sql_failed", "%s: %s%s%s", l->path,
		PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY), context ? "; " : "",
		context ? context : "");
	return REFUSED;
}

static enum result copy_csv(struct work *w, const struct load *l, int64_t *loaded)
{
	struct db *db = w->db;
	conn_leave_pipeline(db);
	if (!PQsendQuery(db->conn,
		    arena_printf(w->arena, "copy %s (%s) from stdin with (format csv, header match)",
			    l->table, l->columns)))
		return conn_gone(w, CAME_LOST);
	enum result result = OK;
	for (;;) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came c = conn_result(db, w->deadline_us, &r);
		if (c == CAME && r && PQresultStatus(r) == PGRES_COPY_IN)
			c = put_all(w, l);
		if (c != CAME)
			return conn_gone(w, c);
		if (!r)
			break;
		if (PQresultStatus(r) == PGRES_FATAL_ERROR)
			result = load_failed(w, l, r);
		else if (PQresultStatus(r) == PGRES_COMMAND_OK)
			*loaded += strtoll(PQcmdTuples(r), NULL, 10);
	}
	conn_enter_pipeline(db);
	return result;
}

static enum result load_one(struct work *w, const struct load *l, int64_t *loaded)
{
	const char *has_rows;
	enum result r = conn_value(w,
		arena_printf(w->arena, "select true where exists (select from %s)", l->table), NULL, 0,
		&has_rows);
	if (r != OK || has_rows)
		return r;
	return copy_csv(w, l, loaded);
}

/* "area.csv register.area"; an empty line and one that begins with # say nothing. */
static enum result read_line(struct work *w, const char *share, const char *line, struct load *l)
{
	size_t n = strcspn(line, " \t");
	const char *table = line + n + strspn(line + n, " \t");
	l->path = arena_printf(w->arena, "%s/reference/%.*s", share, (int)n, line);
	l->table = table;
	if (n == 0 || strchr(line, '/') || strchr(table, '.') == NULL || !are_names(table, '.'))
		return refused(w, "reference/load.list",
			arena_printf(w->arena, "\"%s\" is not \"file.csv schema.table\"", line));
	return read_csv(w, l);
}

static enum result load_all(struct work *w, const char *share, struct bytes list, int64_t *loaded)
{
	struct bytes line;
	bool ended;
	while (bytes_line(&list, &line, &ended)) {
		if (line.n == 0 || line.at[0] == '#')
			continue;
		struct load l;
		enum result r = read_line(
			w, share, arena_strndup(w->arena, (const char *)line.at, line.n), &l);
		if (r == OK)
			r = load_one(w, &l, loaded);
		if (r != OK)
			return r;
	}
	return OK;
}

enum result migrate_reference(struct work *w, const char *share, int64_t *loaded)
{
	struct bytes list;
	int64_t count = 0;
	const char *path = arena_printf(w->arena, "%s/reference/load.list", share);
	if (!read_file(w->arena, path, LIST_MAX, &list, &w->why))
		return REFUSED;
	enum result r = conn_ensure(w);
	if (r == OK)
		r = conn_script(w, path, "begin");
	if (r != OK)
		return r;
	r = load_all(w, share, list, &count);
	if (r == OK)
		r = conn_script(w, path, "commit");
	if (r == OK)
		*loaded = count;
	else if (w->db->conn)
		conn_close(w->db); /* rolls back */
	return r;
}
