/* describe.c: every named query against the live schema.
 *
 * Prepared with the declared argument types, so an argument that does not fit is PostgreSQL's own error; the columns that it
 * describes are compared by place, name and type. Then EXPLAIN as each duty's role finds missing grants; it plans and checks
 * rights without running anything. */
#include "ledger/db/migrate.h"

#include <string.h>

#include "ledger/db/conn.h"

#define FAULTS_MAX 4096

static void fault(struct work *w, struct schema_faults *f, const struct query_text *q, const char *text)
{
	if (f->n < FAULTS_MAX)
		f->at[f->n++] = (struct schema_fault){
			.query = q->name, .file = q->file, .text = arena_strdup(w->arena, text)};
}

static const char *type_name(struct work *w, Oid oid)
{
	const char *known = encode_type_name(oid);
	return known ? known : arena_printf(w->arena, "a type of another name (oid %u)", oid);
}

/* What a copy reads or writes, as a select. */
static const char *plain_sql(struct work *w, const struct query_text *q)
{
	static const char open[] = "copy (", close[] = ") to stdout (format binary)";
	size_t n = strlen(q->sql), around = sizeof open + sizeof close - 2;
	if (q->kind == QUERY_PLAIN)
		return q->sql;
	if (strncmp(q->sql, open, sizeof open - 1) == 0)
		return arena_strndup(w->arena, q->sql + sizeof open - 1, n - around);
	const char *table = q->sql + strlen("copy "), *names = strchr(table, '('), *end = strchr(table, ')');
	return arena_printf(w->arena, "select %.*s from %.*s", (int)(end - names - 1), names + 1,
		(int)(names - table), table);
}

static void compare_columns(
	struct work *w, struct schema_faults *f, const struct query_text *q, const PGresult *r)
{
	struct arena *a = w->arena;
	if (PQnfields(r) != (int)q->outs) {
		fault(w, f, q,
			arena_printf(a, "declares %u columns, the database gives %d", q->outs, PQnfields(r)));
		return;
	}
	for (uint32_t i = 0; i < q->outs; i++) {
		const char *name = PQfname(r, (int)i);
		Oid declared = encode_oid(&q->out[i]), live = PQftype(r, (int)i);
		if (strcmp(name, q->out[i].name) != 0)
			fault(w, f, q,
				arena_printf(a, "column %u: declared as %s, the database calls it %s", i + 1,
					q->out[i].name, name));
		if (declared != live)
			fault(w, f, q,
				arena_printf(a, "column %u %s: declared %s, the database gives %s", i + 1,
					q->out[i].name, type_name(w, declared), type_name(w, live)));
	}
}

/* Prepares and describes the unnamed statement. CAME also with faults. */
static enum came describe_one(struct work *w, struct schema_faults *f, const struct query_text *q)
{
	struct db *db = w->db;
	Oid types[64];
	bug_if(q->ins > COUNT_OF(types));
	for (uint32_t i = 0; i < q->ins; i++)
		types[i] = encode_oid(&q->in[i]);
	if (!PQsendPrepare(db->conn, "", plain_sql(w, q), (int)q->ins, types) ||
		!PQsendDescribePrepared(db->conn, "") || !PQpipelineSync(db->conn))
		return CAME_LOST;
	for (bool prepared = false;;) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came c = conn_result(db, w->deadline_us, &r);
		if (c != CAME)
			return c;
		ExecStatusType s = r ? PQresultStatus(r) : PGRES_EMPTY_QUERY;
		if (s == PGRES_PIPELINE_SYNC)
			return CAME;
		if (s == PGRES_FATAL_ERROR)
			fault(w, f, q, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
		if (s == PGRES_COMMAND_OK && prepared)
			compare_columns(w, f, q, r);
		prepared |= s == PGRES_COMMAND_OK;
	}
}

/* ---- rights ---------------------------------------------------------------------------------------------------------- */

/* "null::bigint, null::text[]" with the prefix "null::". */
static const char *type_list(
	struct work *w, const struct query_column *columns, uint32_t n, const char *prefix)
{
	const char *text = "";
	for (uint32_t i = 0; i < n; i++)
		text = arena_printf(w->arena, "%s%s%s%s", text, i ? ", " : "", prefix,
			type_name(w, encode_oid(&columns[i])));
	return text;
}

/* What the planner can be asked about: no utility statement. */
static bool can_explain(const char *sql)
{
	static const char *const verbs[] = {
		"select", "insert", "update", "delete", "with", "merge", "values"};
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strncmp(sql, verbs[i], strlen(verbs[i])) == 0)
			return true;
	return false;
}

/* A copy may bring the ids that were drawn before. */
static const char *explained_sql(struct work *w, const struct query_text *q)
{
	if (q->kind != QUERY_COPY_IN)
		return plain_sql(w, q);
	const char *table = q->sql + strlen("copy "), *end = strchr(table, ')');
	return arena_printf(w->arena, "insert into %.*s overriding system value select %s",
		(int)(end + 1 - table), table, type_list(w, q->out, q->outs, "null::"));
}

/* As each duty's role, with a plan that knows no values: so every schema, table and function of the query is asked about. The
 * statements stay prepared until the connection ends. */
static enum result check_rights(struct work *w, struct schema_faults *f, const struct query_text *q)
{
	const char *sql = explained_sql(w, q);
	const char *types = type_list(w, q->in, q->ins, ""), *nulls = type_list(w, q->in, q->ins, "null::");
	const char *open = q->ins ? "(" : "", *close = q->ins ? ")" : "";
	enum result r = OK;
	for (unsigned d = 0; can_explain(sql) && r == OK && d < DB_DUTY_OWNER; d++) {
		if (!(q->duties & 1U << d))
			continue;
		const char *role = arena_printf(w->arena, "chitra_%s", db_duty_name((enum db_duty)d));
		const char *name = arena_printf(w->arena, "\"%s %s\"", role, q->name);
		r = conn_script(w, role,
			arena_printf(w->arena,
				"begin; set local role %s; set local plan_cache_mode = force_generic_plan;"
				" prepare %s%s%s%s as %s; explain execute %s%s%s%s",
				role, name, open, types, close, sql, name, open, nulls, close));
		if (r == REFUSED)
			fault(w, f, q, w->why.text);
		if (r == OK || r == REFUSED)
			r = conn_script(w, role, "rollback");
	}
	return r;
}

enum result schema_describe_all(struct work *w, struct schema_faults *out)
{
	struct schema_faults f = {.at = arena_array(w->arena, FAULTS_MAX, struct schema_fault)};
	enum result r = conn_ensure(w);
	for (unsigned i = 0; r == OK && i < query_count; i++) {
		const struct query_text *q = &query_table[i];
		size_t before = f.n;
		enum came c = describe_one(w, &f, q);
		if (c != CAME)
			r = conn_gone(w, c);
		else if (f.n == before)
			r = check_rights(w, &f, q);
	}
	if (r == OK)
		*out = f;
	return r;
}
