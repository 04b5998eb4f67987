/* tx.c: transactions, and what a COMMIT that nobody answered has done.
 *
 *   COMMIT sent ─▶ answered ──────────────▶ OK; with a warning: UNSURE (it holds here, and may not on the standby)
 *        │
 *        └▶ late, lost ─▶ reconnect ─▶ same history? ─▶ pg_xact_status
 *                             │              │             committed ───▶ a barrier commits after it ─▶ OK
 *                             │              │             aborted ─────▶ RETRY
 *                             │              │             in progress ─▶ ask again
 *                             └──────────────┴─ no answer in time, another history, an id unknown ─▶ UNSURE
 *
 * Two things make "committed" say less than it seems, and both were seen in PostgreSQL 15:
 * - A crash may lose the transaction and then give its id to another one, which commits. So "committed" counts only when the server
 *   has not crashed since (its statistics begin where they began) and the timeline is the same; "aborted" is true either way.
 * - A COMMIT whose wait for the standby was broken off is committed here and perhaps nowhere else. So a transaction of our own is
 *   committed after it: when that came back without a warning, everything before it is on the standby too. */
#include "ledger/db/conn.h"

#include <string.h>
#include <time.h>

#include "ledger/base/clock.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/log.h"
#include "ledger/db/lease.h"

#define ROLLBACK_US   1000000 /* how long a rollback may take before the connection is thrown away */
#define RESOLVE_US    3000000 /* how long a lost COMMIT is asked about, at least */
#define ASK_AGAIN_MIN 5
#define ASK_AGAIN_MAX 200 /* milliseconds */

int64_t work_deadline_in_ms(int64_t ms)
{
	return monotonic_us() + ms * 1000;
}

static void tx_forget(struct db *db)
{
	db->tx = TX_NONE;
	db->xid[0] = '\0';
	db->unnoted = false;
}

enum result tx_spoil(struct work *w, enum result r)
{
	struct db *db = w->db;
	if (db->tx == TX_NONE)
		return r;
	if (db->tx == TX_SPOILT) {
		w->why = db->spoilt_why;
		return db->spoilt;
	}
	db->tx = TX_SPOILT;
	db->spoilt = r;
	db->spoilt_why = w->why;
	return r;
}

void tx_note_xid(struct db *db, const PGresult *answer)
{
	if (PQntuples(answer) != 1 || PQgetisnull(answer, 0, 0))
		return;
	size_t n = (size_t)PQgetlength(answer, 0, 0);
	bug_if(n == 0 || n >= sizeof db->xid);
	memcpy(db->xid, PQgetvalue(answer, 0, 0), n);
	db->xid[n] = '\0';
	db->unnoted = false;
}

enum result tx_begin(struct work *w)
{
	struct db *db = w->db;
	if (db->tx != TX_NONE)
		bug("a transaction begins inside another");
	bug_if(db->copy);
	enum result r = conn_ensure(w);
	if (r != OK)
		return r;
	tx_forget(db);
	db->tx = TX_WANTED;
	return OK;
}

void tx_rollback(struct work *w)
{
	struct db *db = w->db;
	enum tx_state was = db->tx;
	tx_forget(db);
	if (!db->conn || was == TX_WANTED)
		return;
	PGTransactionStatusType status = PQtransactionStatus(db->conn);
	if (status == PQTRANS_IDLE)
		return;
	if (db->copy || (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)) {
		conn_close(db);
		return;
	}
	CLEAR_RESULT PGresult *r = NULL;
	if (conn_ask(db, monotonic_us() + ROLLBACK_US, "rollback", NULL, 0, &r) != CAME ||
		PQresultStatus(r) != PGRES_COMMAND_OK)
		conn_close(db);
}

void tx_guard_end(struct work **w)
{
	tx_rollback(*w);
}

enum result tx_ask_xid(struct work *w)
{
	struct db *db = w->db;
	if (!db->unnoted || db->xid[0])
		return OK;
	CLEAR_RESULT PGresult *r = NULL;
	enum came c = conn_ask(
		db, w->deadline_us, "select pg_current_xact_id_if_assigned()::text", NULL, 0, &r);
	if (c != CAME)
		return conn_gone(w, c);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return fault_result(w, r, "commit");
	tx_note_xid(db, r);
	db->unnoted = false;
	return OK;
}

/* ---- a COMMIT without an answer ------------------------------------------------------------------------------------ */

struct lost {
	char xid[24];
	struct db_identity before;
};

static enum result unsure(struct work *w, const char *code, const char *text)
{
	log_event(LOG_WARN, "db_commit_unsure", K_STR("code", code), K_STR("why", text));
	why_set(&w->why, code, "%s", text);
	return UNSURE;
}

/* Commits something of our own after the lost COMMIT: WAL is replicated in order, so its answer covers what came before. */
static enum result barrier(struct work *w)
{
	struct db *db = w->db;
	static const char *const steps[] = {
		"begin",
		"select pg_logical_emit_message(true, 'chitra', 'barrier')",
		"commit",
	};
	db->noticed = false;
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came c = conn_ask(db, w->deadline_us, steps[i], NULL, 0, &r);
		if (c != CAME) {
			(void)conn_gone(w, c);
			return unsure(w, "commit_not_replicated",
				"the commit is on this server, and nobody knows whether on the standby");
		}
		ExecStatusType s = PQresultStatus(r);
		if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) {
			conn_close(db);
			return unsure(w, "commit_not_replicated",
				"the commit is on this server, and the barrier after it failed");
		}
	}
	if (db->noticed)
		return unsure(
			w, "commit_not_replicated", "the commit is on this server, and replication warned");
	return OK;
}

static bool same_history(const struct db_identity *a, const struct db_identity *b)
{
	return a->system_identifier == b->system_identifier && a->timeline == b->timeline &&
	       strcmp(a->up_since, b->up_since) == 0;
}

/* One question on a fresh connection. Returns false for "in progress" and for what did not answer: ask again. */
static bool ask_status(struct work *w, const struct lost *lost, enum result *r)
{
	struct db *db = w->db;
	const struct db_identity *now = &db->identity;
	if (now->system_identifier != lost->before.system_identifier ||
		now->timeline < lost->before.timeline) {
		*r = unsure(w, "commit_other_history",
			"the database that answers is not the one that was asked to commit");
		return true;
	}
	const char *arg = lost->xid;
	CLEAR_RESULT PGresult *answer = NULL;
	enum came c = conn_ask(db, w->deadline_us, "select pg_xact_status($1::text::xid8)", &arg, 1, &answer);
	if (c != CAME) {
		(void)conn_gone(w, c);
		return false;
	}
	const char *status = PQresultStatus(answer) == PGRES_TUPLES_OK ? PQgetvalue(answer, 0, 0) : "";
	if (strcmp(status, "in progress") == 0)
		return false;
	if (strcmp(status, "aborted") == 0) {
		why_set(&w->why, "db_lost",
			"the connection was lost at commit, and the database has rolled back");
		*r = RETRY;
	} else if (strcmp(status, "committed") != 0) {
		*r = unsure(w, "commit_unknown", "the database does not know the transaction any more");
	} else if (!same_history(now, &lost->before)) {
		*r = unsure(w, "commit_other_history", "the database crashed or failed over at commit");
	} else {
		*r = barrier(w);
	}
	return true;
}

static void pause_ms(int ms)
{
	struct timespec t = {.tv_nsec = (long)ms * 1000000};
	nanosleep(&t, NULL);
}

static enum result resolve(struct work *w, const struct lost *lost)
{
	int64_t given_us = w->deadline_us;
	int64_t least_us = monotonic_us() + RESOLVE_US;
	if (w->deadline_us < least_us)
		w->deadline_us = least_us;
	enum result r = UNSURE;
	int wait_ms = ASK_AGAIN_MIN;
	bool known = false;
	while (!known && monotonic_us() < w->deadline_us) {
		enum result c = conn_ensure(w);
		if (c == OK)
			known = ask_status(w, lost, &r);
		else if (c != RETRY)
			break;
		if (!known)
			pause_ms(wait_ms);
		wait_ms = wait_ms * 2 < ASK_AGAIN_MAX ? wait_ms * 2 : ASK_AGAIN_MAX;
	}
	w->deadline_us = given_us;
	if (!known)
		return unsure(
			w, "commit_unknown", "the database did not answer a commit, nor what became of it");
	log_event(LOG_NOTICE, "db_commit_resolved", K_STR("result", result_name(r)));
	return r;
}

static enum result commit_lost(struct work *w)
{
	struct db *db = w->db;
	struct lost lost = {.before = db->identity};
	memcpy(lost.xid, db->xid, sizeof lost.xid);
	if (db->conn)
		conn_close(db);
	tx_forget(db);
	if (lost.xid[0] == '\0') { /* it only read: nothing was there to commit */
		why_set(&w->why, "db_lost", "connection to the database was lost");
		return RETRY;
	}
	return resolve(w, &lost);
}

/* ---- COMMIT -------------------------------------------------------------------------------------------------------- */

static enum result commit_answered(struct work *w, const PGresult *r)
{
	struct db *db = w->db;
	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		if (strcmp(PQcmdStatus((PGresult *)(uintptr_t)r), "COMMIT") != 0)
			bug("COMMIT rolled back, and no statement before it had failed");
		tx_forget(db);
		if (db->noticed)
			return unsure(w, "commit_not_replicated",
				"the commit is on this server, and replication warned");
		return OK;
	}
	if (fault_is_fatal(r))
		return commit_lost(w);
	/* A deferred constraint, a serialization failure: the server has rolled back. */
	tx_forget(db);
	return fault_result(w, r, "commit");
}

static enum result end_spoilt(struct work *w)
{
	struct why why = w->db->spoilt_why;
	enum result r = w->db->spoilt;
	tx_rollback(w);
	w->why = why;
	return r;
}

static bool commit_point(const struct work *w, const char *arrow)
{
	return failpoint_of(w->job ? w->job : "work", arrow);
}

enum result tx_commit(struct work *w)
{
	struct db *db = w->db;
	bug_if(db->copy);
	if (db->tx == TX_NONE)
		bug("commit without a transaction");
	if (db->tx == TX_SPOILT)
		return end_spoilt(w);
	if (db->tx == TX_WANTED) { /* nothing was asked */
		tx_forget(db);
		return OK;
	}
	enum result r = w->lease ? lease_fence(w) : OK;
	if (r == OK)
		r = tx_ask_xid(w);
	if (r != OK) {
		(void)tx_spoil(w, r);
		return end_spoilt(w);
	}
	bool writes = db->xid[0];
	if (writes && commit_point(w, ".commit.before")) {
		(void)tx_spoil(w, conn_gone(w, CAME_LOST));
		return end_spoilt(w);
	}
	if (writes && commit_point(w, ".commit.lost")) {
		conn_close(db);
		tx_forget(db);
		return unsure(w, "commit_unknown", "nobody is to know that this commit never was");
	}
	db->noticed = false;
	CLEAR_RESULT PGresult *answer = NULL;
	if (conn_ask_prepared(db, w->deadline_us, CONN_COMMIT, &answer) != CAME)
		return commit_lost(w);
	r = commit_answered(w, answer);
	if (r == OK && writes && commit_point(w, ".commit.after"))
		return unsure(w, "commit_unknown", "nobody is to know that this commit is there");
	return r;
}
