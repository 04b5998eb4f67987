/* rights.c: rights.list to grants, and a database compared with it. */
#include "ledger/db/rights.h"

#include <string.h>

#include "ledger/base/file.h"
#include "ledger/db/conn.h"

#define LIST_MAX ((size_t)1 << 20)
#define SQL_MAX  ((size_t)4 << 20)
#define LOCK_KEY "7163389137101" /* migrations and rights: one at a time */

static const char role_words[] = " gate desk teller scribe auditor ";
static const char right_words[] = " connect usage select insert update delete execute ";
static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

/* Both are SQL text that grows line by line. */
struct list {
	struct buf grants;
	struct buf lines; /* as rights_live.sql says them: one column a line */
};

static void list_free(struct list *l)
{
	buf_free(&l->grants);
	buf_free(&l->lines);
}

/* ---- one line of the list -------------------------------------------------------------------------------------------- */

struct right {
	const char *role;
	const char *may;
	const char *schema; /* NULL: the database */
	const char *thing;  /* NULL: the schema itself */
	const char *columns[64];
	size_t n;
};

static bool is_name(const char *s)
{
	return *s && s[strspn(s, name_characters)] == '\0';
}

static bool is_word_of(struct work *w, const char *words, const char *s)
{
	return is_name(s) && strstr(words, arena_printf(w->arena, " %s ", s));
}

static bool read_columns(char *rest, struct right *r)
{
	for (char *save = NULL, *c = strtok_r(rest, ", ", &save); c; c = strtok_r(NULL, ", ", &save)) {
		if (!is_name(c) || r->n == COUNT_OF(r->columns))
			return false;
		r->columns[r->n++] = c;
	}
	return r->n > 0;
}

static bool read_object(char *object, struct right *r)
{
	if (strcmp(object, "database") == 0)
		return strcmp(r->may, "connect") == 0;
	char *dot = strchr(object, '.');
	if (dot)
		*dot = '\0';
	r->schema = object;
	r->thing = dot ? dot + 1 : NULL;
	return is_name(object) && (dot ? is_name(dot + 1) : strcmp(r->may, "usage") == 0);
}

/* "teller update payout.dispatch (state, count)" */
static bool read_right(struct work *w, char *line, struct right *out)
{
	struct right r = {0};
	char *save = NULL;
	char *role = strtok_r(line, " ", &save), *may = strtok_r(NULL, " ", &save),
	     *object = strtok_r(NULL, " ", &save), *rest = save;
	if (!role || !may || !object || !is_word_of(w, role_words, role) || !is_word_of(w, right_words, may))
		return false;
	r.role = role;
	r.may = may;
	if (!read_object(object, &r))
		return false;
	size_t n = strlen(rest);
	if (n > 0) {
		if (!r.thing || rest[0] != '(' || rest[n - 1] != ')')
			return false;
		rest[n - 1] = '\0';
		if (!read_columns(rest + 1, &r))
			return false;
	}
	*out = r;
	return true;
}

static void add_grant(struct buf *b, const struct right *r)
{
	if (!r->schema) {
		buf_addf(b,
			"do $$ begin execute format('grant connect on database %%I to chitra_%s', current_database()); end $$;\n",
			r->role);
		return;
	}
	buf_addf(b, "grant %s", r->may);
	for (size_t i = 0; i < r->n; i++)
		buf_addf(b, "%s\"%s\"", i ? ", " : " (", r->columns[i]);
	const char *kind = !r->thing                        ? "schema"
			   : strcmp(r->may, "usage") == 0   ? "sequence"
			   : strcmp(r->may, "execute") == 0 ? "function"
							    : "table";
	buf_addf(b, "%s on %s \"%s\"", r->n ? ")" : "", kind, r->schema);
	if (r->thing)
		buf_addf(b, ".\"%s\"", r->thing);
	buf_addf(b, " to chitra_%s;\n", r->role);
}

static void add_lines(struct buf *b, const struct right *r)
{
	size_t n = r->n ? r->n : 1;
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "%s %s %s", r->role, r->may, r->schema ? r->schema : "database");
		if (r->thing)
			buf_addf(b, ".%s", r->thing);
		if (r->n)
			buf_addf(b, " (%s)", r->columns[i]);
		buf_add_z(b, "\n");
	}
}

/* ---- the list ---------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A line that begins with a blank continues the one before; # begins a comment. */
static char *next_right(struct work *w, struct bytes *rest, int *number)
{
	struct bytes line;
	bool ended;
	char *right = NULL;
	for (struct bytes look = *rest; bytes_line(&look, &line, &ended); *rest = look) {
		bool more = line.n > 0 && is_blank((char)line.at[0]);
		if (right && !more)
			return right;
		++*number;
		const char *text = arena_strndup(w->arena, (const char *)line.at, line.n);
		text += strspn(text, " \t");
		if (*text && *text != '#')
			right = arena_printf(w->arena, "%s%s%s", right ? right : "", right ? " " : "", text);
	}
	return right;
}

static enum result read_list(struct work *w, const char *path, struct list *out)
{
	struct bytes rest;
	int number = 0;
	if (!read_file(w->arena, path, LIST_MAX, &rest, &w->why))
		return REFUSED;
	buf_init(&out->grants, SQL_MAX);
	buf_init(&out->lines, SQL_MAX);
	for (char *line; (line = next_right(w, &rest, &number));) {
		struct right r;
		if (!read_right(w, line, &r)) {
			why_set(&w->why, "rights_list", "%s:%d: not \"role right object\" or \"… (columns)\"",
				path, number);
			return REFUSED;
		}
		add_grant(&out->grants, &r);
		add_lines(&out->lines, &r);
	}
	if (!buf_ok(&out->grants) || !buf_ok(&out->lines)) {
		why_set(&w->why, "rights_list", "%s is too long", path);
		return REFUSED;
	}
	return OK;
}

/* ---- the database ------------------------------------------------------------------------------------------------------ */

static enum result read_live(struct work *w, const char *share, const char **sql)
{
	struct bytes raw;
	return script_read(w, arena_printf(w->arena, "%s/rights_live.sql", share), &raw, sql);
}

static void split_lines(struct work *w, const char *text, struct rights_diff *out)
{
	struct rights_diff d = {0};
	size_t most = 1;
	for (const char *p = text; *p; p++)
		most += *p == '\n';
	d.at = arena_array(w->arena, most, const char *);
	char *save = NULL;
	for (char *l = strtok_r(arena_strdup(w->arena, text), "\n", &save); l;
		l = strtok_r(NULL, "\n", &save))
		d.at[d.n++] = l;
	*out = d;
}

static enum result compare(struct work *w, const char *live, struct list *list, struct rights_diff *out)
{
	const char *text, *const args[] = {buf_str(&list->lines)};
	enum result r = conn_value(w,
		arena_printf(w->arena,
			"with live as (%s), listed as (select line from string_to_table($1::text, E'\\n') as line where line <> '')"
			" select string_agg(d.line, E'\\n' order by d.line) from ("
			"select '+ ' || line from (select line from live except select line from listed) as more"
			" union all "
			"select '- ' || line from (select line from listed except select line from live) as less) as d(line)",
			live),
		args, 1, &text);
	if (r == OK)
		split_lines(w, text ? text : "", out);
	return r;
}

enum result rights_compare(struct work *w, const char *share, struct rights_diff *out)
{
	CLEANUP(list_free) struct list list = {0};
	const char *live;
	enum result r = read_list(w, arena_printf(w->arena, "%s/rights.list", share), &list);
	if (r == OK)
		r = conn_ensure(w);
	if (r != OK)
		return r;
	r = read_live(w, share, &live);
	return r == OK ? compare(w, live, &list, out) : r;
}

static enum result give(struct work *w, const char *share, struct list *list)
{
	const char *none, *path = arena_printf(w->arena, "%s/rights_none.sql", share);
	struct bytes raw;
	enum result r = script_read(w, path, &raw, &none);
	if (r != OK)
		return r;
	r = conn_script(w, path, none);
	return r == OK ? conn_script(w, "rights.list", buf_str(&list->grants)) : r;
}

/* Inside the transaction. */
static enum result bring(struct work *w, const char *share, struct list *list, size_t *changed)
{
	const char *live;
	struct rights_diff before = {0}, after = {0};
	enum result r = read_live(w, share, &live);
	if (r != OK)
		return r;
	r = compare(w, live, list, &before);
	if (r == OK && before.n > 0)
		r = give(w, share, list);
	if (r == OK && before.n > 0)
		r = compare(w, live, list, &after);
	if (r != OK)
		return r;
	if (after.n > 0) {
		why_set(&w->why, "rights_differ", "rights.list cannot be reached; what no grant mends: %s",
			after.at[0]);
		return REFUSED;
	}
	*changed = before.n;
	return OK;
}

enum result rights_apply(struct work *w, const char *share, size_t *changed)
{
	CLEANUP(list_free) struct list list = {0};
	size_t n = 0;
	enum result r = read_list(w, arena_printf(w->arena, "%s/rights.list", share), &list);
	if (r == OK)
		r = conn_ensure(w);
	if (r == OK)
		r = conn_script(w, "rights.list",
			"begin; set local statement_timeout = 0; select pg_advisory_xact_lock(" LOCK_KEY ")");
	if (r == OK)
		r = bring(w, share, &list, &n);
	if (r == OK)
		r = script_commit(w, "rights.list");
	if (r == OK) {
		*changed = n;
		return OK;
	}
	struct why why = w->why;
	if (w->db->conn)
		conn_close(w->db); /* rolls back */
	w->why = why;
	return r;
}
