/* conn.h: the connection itself. Private to ledger/db: the only files that see libpq.
 *
 * Everything here ends by a deadline: bytes are sent and awaited by poll(), never by a blocking libpq call. A connection that
 * was late or lost is closed at once, so nothing half-read is ever used again. */
#ifndef CHITRA_DB_CONN_H
#define CHITRA_DB_CONN_H

#include <libpq-fe.h>

#include "ledger/base/bytes.h"
#include "ledger/db/db.h"
#include "ledger/db/query.h"

enum tx_state {
	TX_NONE,
	TX_WANTED, /* tx_begin was called; BEGIN leaves with the first query */
	TX_OPEN,
	TX_SPOILT, /* something in it did not end OK; only a rollback is left */
};

/* What can be compared after a reconnect: the same three mean that a transaction id still means the same transaction. */
struct db_identity {
	uint64_t system_identifier;
	uint32_t timeline;
	char up_since
		[40]; /* when statistics began: a crash restarts them, and a crash may give an xid away twice */
};

struct db {
	PGconn *conn; /* NULL: not connected */
	uint64_t connections;
	char *conninfo;
	enum db_duty duty;
	struct db_memory *memory;
	struct db_identity identity; /* of this or the last connection */
	bool *prepared;              /* by enum query, on this connection */
	bool greeting;               /* the on-connect hook is running */
	bool farewell;               /* the server has said that it ends this connection */
	bool noticed;                /* a notice or warning came since it was cleared */

	enum tx_state tx;
	enum result spoilt; /* what spoilt the transaction, and why */
	struct why spoilt_why;
	bool unnoted; /* a copy wrote; the xid has not been asked for since */
	char xid[24]; /* "" until something wrote */
	struct copy *copy;

	struct buf args; /* the encoded arguments of the query that is being sent */
	int64_t affected;
	_Atomic int64_t alive_us; /* db_alive_us */
	char constraint[64];
};

enum came { CAME, CAME_LATE, CAME_LOST };

/* Connected and greeted, or why not: RETRY, or what the on-connect hook said. A dead connection is noticed and replaced. */
enum result conn_ensure(struct work *w) WARN_UNUSED;
void conn_close(struct db *db);

/* Waits until the socket is ready for what libpq wants. */
enum came conn_wait(struct db *db, bool to_write, int64_t deadline_us) WARN_UNUSED;

/* The next result of what was sent (NULL ends each statement's). Sends what is still unsent. */
enum came conn_result(struct db *db, int64_t deadline_us, PGresult **out) WARN_UNUSED;

/* One statement in text mode, with text arguments; *out is NULL unless it CAME, and may be an error. */
enum came conn_ask(struct db *db, int64_t deadline_us, const char *sql, const char *const *args, int n,
	PGresult **out) WARN_UNUSED;

/* The same for one of the statements that every connection has prepared (CONN_…). */
enum came conn_ask_prepared(struct db *db, int64_t deadline_us, const char *name, PGresult **out) WARN_UNUSED;

/* The same for SQL that must succeed; one value as text in the arena, NULL when there is no row or it is null. */
enum result conn_value(
	struct work *w, const char *sql, const char *const *args, int n, const char **value) WARN_UNUSED;

/* Any number of statements at once, by the simple protocol: migrations and roles, never a duty's work. `file` is named in
 * w->why, with the line when it is a path: "sql_failed". Notices are not shown. */
enum result conn_script(struct work *w, const char *file, const char *sql) WARN_UNUSED;

/* A file of SQL as it lies there and as text; refused when it holds a zero byte ("sql_failed"). */
enum result script_read(struct work *w, const char *path, struct bytes *raw, const char **sql) WARN_UNUSED;

/* Ends the transaction that a script began: OK, REFUSED, or UNSURE "commit_unknown" when no answer came. */
enum result script_commit(struct work *w, const char *what) WARN_UNUSED;

/* The simple protocol (scripts, COPY) and pipeline mode exclude each other. */
void conn_leave_pipeline(struct db *db);
void conn_enter_pipeline(struct db *db);

/* Closes, fills w->why ("db_deadline", "db_lost") and returns RETRY. */
enum result conn_gone(struct work *w, enum came how);

/* The meaning of an error result, by its SQLSTATE; fills w->why. `doing` names the query. A FATAL one closes the connection. */
enum result fault_result(struct work *w, const PGresult *error, const char *doing);
bool fault_is_fatal(const PGresult *error);

/* Marks an open transaction as spoilt by this result, and returns it. */
enum result tx_spoil(struct work *w, enum result r);

/* Keeps the xid that an answer to CONN_XID brought. */
void tx_note_xid(struct db *db, const PGresult *answer);
/* Asks for the xid when a copy wrote and nobody knows it yet. */
enum result tx_ask_xid(struct work *w) WARN_UNUSED;

/* Statements that every connection has prepared. */
#define CONN_BEGIN      "chitra begin"
#define CONN_BEGIN_READ "chitra begin read only"
#define CONN_COMMIT     "chitra commit"
#define CONN_XID        "chitra xid"

/* Appends the argument in the column's binary form: its length and its bytes (-1 for NULL). Another type than declared, a
 * number that does not fit, or a time out of PostgreSQL's range is a bug() that names `q`. */
void encode_arg(struct buf *b, const struct query_column *column, const struct db_arg *arg, const char *q);
/* One value of a column: element i of an array, or the plain value that every row has. */
void encode_element(
	struct buf *b, const struct query_column *column, const struct db_arg *arg, size_t i, const char *q);
Oid encode_oid(const struct query_column *column);
const char *encode_type_name(Oid oid); /* "bigint[]", or NULL */

/* Copies a result's cells into the arena. */
void rows_take(struct rows *r, struct arena *a, const struct query_text *q, const PGresult *from);

struct cell {
	const uint8_t *at; /* with a NUL after the last byte */
	int64_t n;         /* -1: NULL */
};

void *conn_zeroed(size_t n, size_t size) __attribute__((returns_nonnull)); /* for free() */

#define CLEAR_RESULT CLEANUP(conn_clear_result)
void conn_clear_result(PGresult **r);

#endif
