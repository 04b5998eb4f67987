/* db.c: one named query: what leaves in one flight, what comes back. */
#include "ledger/db/db.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/failpoint.h"
#include "ledger/db/conn.h"

#define ARGS_ON_STACK 64

/* One round trip: the statements that were sent, in order, and what they answered. */
enum part { PART_BEGIN, PART_PREPARE, PART_QUERY, PART_XID, PART_COMMIT };

struct flight {
	size_t n;
	enum part parts[5];
	bool prepared;
	PGresult *answer;
	PGresult *xid;
	PGresult *error; /* the first one; the server skips what follows it */
};

static void flight_drop(struct flight *f)
{
	PQclear(f->answer);
	PQclear(f->xid);
	PQclear(f->error);
}

static void keep(PGresult **where, PGresult *r)
{
	PQclear(*where);
	*where = r;
}

static bool send_named(struct db *db, struct flight *f, enum part part, const char *name)
{
	f->parts[f->n++] = part;
	return PQsendQueryPrepared(db->conn, name, 0, NULL, NULL, NULL, 0);
}

static bool send_prepare(struct db *db, struct flight *f, const struct query_text *q)
{
	Oid types[ARGS_ON_STACK];
	for (uint32_t i = 0; i < q->ins; i++)
		types[i] = encode_oid(&q->in[i]);
	f->parts[f->n++] = PART_PREPARE;
	return PQsendPrepare(db->conn, q->name, q->sql, (int)q->ins, types);
}

static bool send_query(struct db *db, struct flight *f, const struct query_text *q, const struct db_arg *args)
{
	size_t begin[ARGS_ON_STACK + 1] = {0};
	int lengths[ARGS_ON_STACK], formats[ARGS_ON_STACK];
	const char *values[ARGS_ON_STACK];
	buf_reset(&db->args);
	for (uint32_t i = 0; i < q->ins; i++) {
		begin[i] = db->args.n;
		encode_arg(&db->args, &q->in[i], &args[i], q->name);
	}
	if (!buf_ok(&db->args))
		bug("%s: the arguments are too large", q->name);
	begin[q->ins] = db->args.n;
	for (uint32_t i = 0; i < q->ins; i++) {
		const uint8_t *at = db->args.at + begin[i];
		bool is_null = at[0] & 0x80; /* the length word of NULL is -1 */
		lengths[i] = (int)(begin[i + 1] - begin[i] - 4);
		values[i] = is_null ? NULL : (const char *)at + 4;
		formats[i] = 1;
	}
	f->parts[f->n++] = PART_QUERY;
	return PQsendQueryPrepared(db->conn, q->name, (int)q->ins, values, lengths, formats, 1);
}

static bool send_flight(struct db *db, struct flight *f, enum query id, const struct db_arg *args)
{
	const struct query_text *q = &query_table[id];
	bool alone = db->tx == TX_NONE;
	bool sent = true;
	if (alone)
		sent = send_named(db, f, PART_BEGIN, CONN_BEGIN_READ);
	else if (db->tx == TX_WANTED)
		sent = send_named(db, f, PART_BEGIN, CONN_BEGIN);
	if (sent && !db->prepared[id])
		sent = send_prepare(db, f, q);
	if (sent)
		sent = send_query(db, f, q, args);
	if (sent && alone)
		sent = send_named(db, f, PART_COMMIT, CONN_COMMIT);
	else if (sent && db->xid[0] == '\0')
		sent = send_named(db, f, PART_XID, CONN_XID);
	return sent && PQpipelineSync(db->conn);
}

static void land(struct flight *f, enum part part, PGresult *r)
{
	ExecStatusType s = PQresultStatus(r);
	if (s == PGRES_PIPELINE_ABORTED) {
		PQclear(r);
	} else if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) {
		if (f->error)
			PQclear(r);
		else
			f->error = r;
	} else if (part == PART_QUERY) {
		keep(&f->answer, r);
	} else if (part == PART_XID) {
		keep(&f->xid, r);
	} else {
		if (part == PART_PREPARE)
			f->prepared = true;
		PQclear(r);
	}
}

static enum came receive_flight(struct work *w, struct flight *f)
{
	for (size_t i = 0; i <= f->n;) {
		PGresult *r = NULL;
		enum came c = conn_result(w->db, w->deadline_us, &r);
		if (c != CAME)
			return c;
		if (!r) {
			i++;
			continue;
		}
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			return CAME;
		}
		bug_if(i >= f->n);
		land(f, f->parts[i], r);
	}
	bug("the database answered more than was asked");
}

static void check_columns(const struct query_text *q, const PGresult *r)
{
	if (PQnfields(r) != (int)q->outs)
		bug("%s: declares %u columns, the database gives %d", q->name, (unsigned)q->outs,
			PQnfields(r));
	for (uint32_t i = 0; i < q->outs; i++)
		if (PQftype(r, (int)i) != encode_oid(&q->out[i]))
			bug("%s: column %s is not of the declared type; run: chitra db check", q->name,
				q->out[i].name);
}

static int64_t affected_rows(const PGresult *r)
{
	const char *n = PQcmdTuples((PGresult *)(uintptr_t)r);
	return *n ? strtoll(n, NULL, 10) : PQntuples(r);
}

static enum result run(struct work *w, enum query id, const struct db_arg *args, struct rows *out)
{
	struct db *db = w->db;
	const struct query_text *q = &query_table[id];
	CLEANUP(flight_drop) struct flight f = {0};
	bool alone = db->tx == TX_NONE;
	if (failpoint("query") || !send_flight(db, &f, id, args))
		return conn_gone(w, CAME_LOST);
	if (db->tx == TX_WANTED)
		db->tx = TX_OPEN;
	enum came c = receive_flight(w, &f);
	if (c != CAME)
		return conn_gone(w, c);
	if (f.prepared)
		db->prepared[id] = true;
	if (f.error)
		return fault_result(w, f.error, q->name);
	bug_if(!f.answer);
	check_columns(q, f.answer);
	if (!alone && f.xid)
		tx_note_xid(db, f.xid);
	db->affected = affected_rows(f.answer);
	if (out)
		rows_take(out, w->arena, q, f.answer);
	return OK;
}

enum result db_run(struct work *w, enum query id, const struct db_arg *args, size_t n, struct rows *out)
{
	struct db *db = w->db;
	bug_if((unsigned)id >= query_count);
	const struct query_text *q = &query_table[id];
	if (q->kind != QUERY_PLAIN)
		bug("%s: is a copy, see copy.h", q->name);
	if (db->duty != DB_DUTY_OWNER && !(q->duties & 1U << db->duty))
		bug("%s: the duty %s may not run it", q->name, db_duty_name(db->duty));
	if (n != q->ins)
		bug("%s: takes %u arguments, %zu were given", q->name, (unsigned)q->ins, n);
	if (!out && q->outs > 0)
		bug("%s: returns rows that nobody takes", q->name);
	bug_if(db->copy);
	if (db->tx == TX_SPOILT)
		return tx_spoil(w, db->spoilt);
	enum result r = OK;
	if (db->tx == TX_NONE)
		r = conn_ensure(w);
	if (r == OK)
		r = run(w, id, args, out);
	if (r == OK)
		return OK;
	if (db->tx != TX_NONE)
		return tx_spoil(w, r);
	/* The read-only transaction of its own has failed: the server waits for its end. */
	struct why why = w->why;
	tx_rollback(w);
	w->why = why;
	return r;
}

int64_t db_affected(const struct work *w)
{
	return w->db->affected;
}

const char *db_constraint(const struct work *w)
{
	return w->db->constraint;
}

enum result db_schema_version(struct work *w, int *version)
{
	struct rows found;
	enum result r = db_run(w, Q_SCHEMA_VERSION, DB_NO_ARGS, &found);
	if (r != OK)
		return r;
	*version = row_i32(&found, 0, rows_col(&found, "version"));
	return OK;
}

bool db_schema_fits(int version, struct why *why)
{
	if (version == CHITRA_SCHEMA_VERSION)
		return true;
	return why_set(why, "schema_version",
		"the database has schema version %d, this program needs %d (%s)", version,
		CHITRA_SCHEMA_VERSION,
		version < CHITRA_SCHEMA_VERSION ? "chitra db migrate" : "it is older than the database");
}
