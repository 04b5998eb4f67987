/* fault.c: what an error of PostgreSQL means for the caller.
 *
 * Messages of PostgreSQL's own may hold values ("invalid input syntax for type bigint: …"), and its DETAIL does ("Key (id)=(…)
 * already exists"). So only messages of classes that name objects, never values, are kept; DETAIL and CONTEXT never. */
#include "ledger/db/conn.h"

#include <string.h>

#include "ledger/base/log.h"

static const char *field(const PGresult *error, int code)
{
	const char *z = PQresultErrorField(error, code);
	return z ? z : "";
}

bool fault_is_fatal(const PGresult *error)
{
	const char *severity = field(error, PG_DIAG_SEVERITY_NONLOCALIZED);
	return strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
}

static bool is_class(const char *state, const char *class)
{
	return strncmp(state, class, 2) == 0;
}

/* "account_closed: the account …" as our own functions raise it. */
static bool own_refusal(struct work *w, const char *message)
{
	size_t n = strspn(message, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (n == 0 || n >= sizeof w->why.code || strncmp(message + n, ": ", 2) != 0)
		return false;
	char code[sizeof w->why.code];
	memcpy(code, message, n);
	code[n] = '\0';
	why_set(&w->why, code, "%s", message + n + 2);
	return true;
}

static bool retriable(const char *state, const char **code)
{
	static const struct {
		const char *state, *code;
	} known[] = {
		{"40", "db_conflict"},
		{"08", "db_lost"},
		{"57", "db_cancelled"},
		{"53", "db_out_of_resources"},
		{"55P03", "db_locked"},
	};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strncmp(state, known[i].state, strlen(known[i].state)) == 0) {
			*code = known[i].code;
			return true;
		}
	return false;
}

/* A migration went past a connection that had prepared the query: a new connection prepares it anew. */
static bool is_stale(const char *state, const char *message)
{
	return strcmp(state, "0A000") == 0 && strstr(message, "cached plan must not change result type");
}

static enum result internal(struct work *w, const char *state, const char *message, const char *doing)
{
	static const char *const name_only[] = {"23", "42", "0A", "25", "26", "3F", "XX", "P0"};
	bool shown = false;
	for (size_t i = 0; i < COUNT_OF(name_only); i++)
		shown |= is_class(state, name_only[i]);
	if (!shown)
		message = "the message may hold values";
	log_event(LOG_ERROR, "db_internal", K_STR("query", doing), K_STR("sqlstate", state),
		K_STR("message", message));
	why_set(&w->why, "internal", "%s: the database refused it (%s): %s", doing, state, message);
	return REFUSED;
}

static enum result meaning(struct work *w, const PGresult *error, const char *doing)
{
	const char *state = field(error, PG_DIAG_SQLSTATE), *message = field(error, PG_DIAG_MESSAGE_PRIMARY);
	const char *code;
	if (retriable(state, &code)) {
		why_set(&w->why, code, "%s: %s", doing, message);
		return RETRY;
	}
	if (is_stale(state, message)) {
		why_set(&w->why, "db_schema_changed", "%s: the schema changed under this connection", doing);
		return RETRY;
	}
	if (strcmp(state, "CH001") == 0 && own_refusal(w, message))
		return REFUSED;
	if (strcmp(state, "23505") == 0 || strcmp(state, "23514") == 0 || strcmp(state, "23503") == 0 ||
		strcmp(state, "23P01") == 0) {
		const char *name = field(error, PG_DIAG_CONSTRAINT_NAME);
		strncpy(w->db->constraint, name, sizeof w->db->constraint - 1);
		why_set(&w->why, "constraint", "%s: refused by this rule of table %s.%s", name,
			field(error, PG_DIAG_SCHEMA_NAME), field(error, PG_DIAG_TABLE_NAME));
		return REFUSED;
	}
	return internal(w, state, message, doing);
}

enum result fault_result(struct work *w, const PGresult *error, const char *doing)
{
	memset(w->db->constraint, 0, sizeof w->db->constraint);
	enum result r = meaning(w, error, doing);
	if (fault_is_fatal(error) || why_is(&w->why, "db_schema_changed"))
		conn_close(w->db);
	return r;
}
