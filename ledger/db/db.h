/* db.h: a connection to the ledger's database, its transactions, and typed queries by name.
 *
 * Called by the store.c files, by the daemon's lanes and by `chitra db`. Underneath libpq never blocks: every call ends
 * by the work's deadline, connecting and COMMIT too; to the caller it is straight down. Only named queries of
 * sql/queries/ run here: nothing is ever glued into SQL. It never decides about money, and never retries by itself.
 *
 *	enum result pay_claim(struct work *w, int64_t claim, struct vnd *owed)
 *	{
 *		TX_GUARD(w);
 *		enum result r = tx_begin(w);
 *		if (r != OK)
 *			return r;
 *		struct rows found;
 *		r = db_run(w, Q_CLAIM_OWED, DB_ARGS(db_i64(claim)), &found);
 *		if (r != OK)
 *			return r;				// the guard rolls back
 *		if (rows_n(&found) == 0) {
 *			why_set(&w->why, "claim_unknown", "there is no such claim");
 *			return REFUSED;
 *		}
 *		*owed = row_vnd(&found, 0, rows_col(&found, "owed"));
 *		return tx_commit(w);
 *	}
 *
 * What comes back, and what it means:
 *
 *	OK	it is done; after tx_commit: durable, on the synchronous standby too
 *	REFUSED	a rule of the database said no. why.code is the code that one of our functions raised (errcode CH001,
 *		message "code: text"), or "constraint" with the constraint's name first in why.text (db_constraint() gives
 *		it alone), or "internal" (a defect: logged with its SQLSTATE)
 *	RETRY	nothing was committed: deadlock, serialization, lock not available, server going down or out of resources,
 *		connection or deadline lost before COMMIT was sent
 *	UNSURE	only from tx_commit: COMMIT was sent and nobody could say whether it holds. Read back by key
 *
 * Any result but OK inside a transaction spoils it: later calls repeat that result, tx_commit rolls back and repeats it. */
#ifndef CHITRA_DB_DB_H
#define CHITRA_DB_DB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gen/queries.h"
#include "ledger/base/result.h"
#include "ledger/db/args.h"
#include "ledger/db/rows.h"
#include "ledger/db/work.h"

/* Who connects. The role is chitra_<duty>; a query runs only on a connection whose duty it names. The owner is whoever the
 * connection string or the environment says (`chitra db`, `chitra recover`, tests), and may run every query. */
enum db_duty { DB_DUTY_GATE, DB_DUTY_DESK, DB_DUTY_TELLER, DB_DUTY_SCRIBE, DB_DUTY_OWNER };
#define DB_DUTIES 5

const char *db_duty_name(enum db_duty duty); /* "gate" … */
bool db_duty_parse(const char *name, enum db_duty *duty);

/* A handle; connects at first use and again whenever the connection was lost. conninfo is libpq's (URI or key=value), NULL
 * or "" means PGHOST and its kin. Never fails: a wrong address shows as RETRY "db_unreachable". One thread at a time. */
void db_close(struct db *db);
struct db *db_open(const char *conninfo, enum db_duty duty) FREED_BY(db_close);
enum db_duty db_duty_of(const struct db *db);
/* The how-many-th connection it is: who compared something with the database on another one does it again. */
uint64_t db_connection(const struct db *db);

/* monotonic_us: until when whoever works with it is known to be alive: the last answer, or the deadline of the one that is
 * awaited. From any thread. */
int64_t db_alive_us(const struct db *db);

/* Connects now (readiness probes, start-up); otherwise tx_begin and db_run do it. */
enum result db_connect(struct work *w) WARN_UNUSED;

/* ---- transactions (READ COMMITTED) -------------------------------------------------------------------------------
 * tx_begin costs no round trip: BEGIN leaves with the first query, and the transaction's xid comes back with the first
 * query that wrote, so that a lost COMMIT can be resolved by pg_xact_status. */
enum result tx_begin(struct work *w) WARN_UNUSED;

/* A COMMIT without an answer is asked about (tx.c) until the deadline, and for 3 s at least. Codes of UNSURE: "commit_unknown" (no
 * answer, or the database does not know the transaction), "commit_other_history" (crash, failover, another cluster),
 * "commit_not_replicated" (a warning came: it holds here, and may not on the standby). */
enum result tx_commit(struct work *w) WARN_UNUSED;

/* Also right when no transaction is open. Waits at most a second; if the server does not answer, the connection goes. */
void tx_rollback(struct work *w);

/* Put one at the top of the function that begins a transaction: leaving the scope uncommitted rolls back. */
#define TX_GUARD(w) __attribute__((cleanup(tx_guard_end), unused)) struct work *tx_guard_of_this_scope = (w)
void tx_guard_end(struct work **w);

/* ---- queries -----------------------------------------------------------------------------------------------------
 * Runs one named query with its arguments in the declared order; `out` may be NULL where the query declares no columns.
 * Outside a transaction it is one read-only transaction of its own. Rows live in w->arena. A wrong number or type of
 * arguments, or a query of another duty, is a bug(). */
enum result db_run(
	struct work *w, enum query q, const struct db_arg *args, size_t n, struct rows *out) WARN_UNUSED;

/* Affected or returned rows of the last successful db_run on this connection. */
int64_t db_affected(const struct work *w);

/* The constraint that refused last ("" if the last failure was none). */
const char *db_constraint(const struct work *w);

/* ---- where we are connected to -------------------------------------------------------------------------------------
 * One memory per process, compared at every (re)connect. It only ever learns: the first connection fills it, a higher
 * timeline replaces a lower one. All members are atomic; lanes share it. */
struct db_memory {
	_Atomic uint64_t system_identifier; /* 0: not connected yet */
	_Atomic uint32_t timeline;
	/* The timeline went back, or another cluster answered. Stays true until the process ends: who sends or signs asks
	 * db_history_in_doubt() first (recovery is `chitra recover`, then a restart). Connections still work. */
	_Atomic bool in_doubt;
};
bool db_history_in_doubt(const struct db *db); /* NULL: by the process's memory */

/* For tests and for a start that knows an earlier timeline: the memory that this handle uses instead of the process's. */
void db_use_memory(struct db *db, struct db_memory *memory);

/* Called on every fresh connection of the process before anybody else uses it, to compare the ledger's head with the archive
 * and the witness. It may db_run and begin transactions on w. Anything but OK closes the connection again and is
 * what the caller gets. Set once, before the first db_open. */
typedef enum result db_connect_hook(struct work *w, void *context);
void db_on_connect(db_connect_hook *hook, void *context);

/* The number of the last migration in the database (0: none). CHITRA_SCHEMA_VERSION is the one that this program was
 * built for; chitrad and chitra refuse to work on another. */
enum result db_schema_version(struct work *w, int *version) WARN_UNUSED;
bool db_schema_fits(int version, struct why *why) WARN_UNUSED; /* false: why names both */

#endif
