/* copy.c: COPY in binary, in pieces.
 *
 * The stream is: an 11-byte signature, two zero words, then per row the count of columns (2 bytes) and each column as a value
 * (encode.c), and -1 as the last count. */
#include "ledger/db/copy.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/failpoint.h"
#include "ledger/db/conn.h"

#define PIECE   ((size_t)64 << 10)
#define ROW_MAX ((size_t)256 << 20)

static const uint8_t header[19] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n'};

struct copy {
	struct work *w;
	const struct query_text *q;
	enum result failed; /* OK so far, or why not (w->why) */
	bool began;         /* the server is in copy mode */
	struct buf piece;   /* in: not yet handed over */
	uint32_t column;    /* in: the next one of this row */
	int64_t rows;
	bool ended; /* out: the last row was seen */
	bool first; /* out: the header is still to come */
};

static void fail_gone(struct copy *c, enum came how)
{
	c->failed = conn_gone(c->w, how);
	c->began = false;
}

/* COPY goes by the simple protocol, where BEGIN can travel in front of it. */
static void start(struct copy *c)
{
	struct work *w = c->w;
	struct db *db = w->db;
	const char *sql = db->tx == TX_WANTED ? arena_printf(w->arena, "begin; %s", c->q->sql) : c->q->sql;
	conn_leave_pipeline(db);
	db->tx = TX_OPEN;
	if (failpoint("copy") || !PQsendQuery(db->conn, sql)) {
		fail_gone(c, CAME_LOST);
		return;
	}
	for (;;) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came how = conn_result(db, w->deadline_us, &r);
		if (how != CAME) {
			fail_gone(c, how);
			return;
		}
		if (!r) { /* the error was all */
			bug_if(c->failed == OK);
			if (db->conn)
				conn_enter_pipeline(db);
			return;
		}
		ExecStatusType s = PQresultStatus(r);
		if (s == PGRES_COPY_IN || s == PGRES_COPY_OUT) {
			c->began = true;
			return;
		}
		if (s != PGRES_COMMAND_OK)
			c->failed = fault_result(w, r, c->q->name);
		if (!db->conn)
			return;
	}
}

static struct copy *begin(struct work *w, enum query id, enum query_kind kind)
{
	struct db *db = w->db;
	bug_if((unsigned)id >= query_count);
	const struct query_text *q = &query_table[id];
	if (q->kind != kind)
		bug("%s: is not a copy of this kind", q->name);
	if (db->duty != DB_DUTY_OWNER && !(q->duties & 1U << db->duty))
		bug("%s: the duty %s may not run it", q->name, db_duty_name(db->duty));
	if (db->tx == TX_NONE)
		bug("%s: a copy needs a transaction", q->name);
	bug_if(db->copy);
	struct copy *c = conn_zeroed(1, sizeof *c);
	c->w = w;
	c->q = q;
	buf_init(&c->piece, ROW_MAX);
	db->copy = c;
	if (db->tx == TX_SPOILT)
		c->failed = tx_spoil(w, db->spoilt);
	else
		start(c);
	return c;
}

/* The server has ended the copy, or failed: collects what it says, and goes back to pipeline mode. */
static void finish(struct copy *c, int64_t deadline_us)
{
	struct db *db = c->w->db;
	for (;;) {
		CLEAR_RESULT PGresult *r = NULL;
		enum came how = conn_result(db, deadline_us, &r);
		if (how != CAME) {
			fail_gone(c, how);
			return;
		}
		if (!r)
			break;
		if (PQresultStatus(r) != PGRES_COMMAND_OK && c->failed == OK)
			c->failed = fault_result(c->w, r, c->q->name);
		if (!db->conn)
			return;
	}
	conn_enter_pipeline(db);
}

static enum result end(struct copy *c)
{
	struct work *w = c->w;
	enum result r = c->failed;
	w->db->copy = NULL;
	buf_free(&c->piece);
	free(c);
	return r == OK ? OK : tx_spoil(w, r);
}

/* ---- in ------------------------------------------------------------------------------------------------------------ */

struct copy *copy_begin(struct work *w, enum query q)
{
	struct copy *c = begin(w, q, QUERY_COPY_IN);
	buf_add(&c->piece, header, sizeof header);
	c->column = c->q->outs;
	return c;
}

static bool can_go_on(struct copy *c)
{
	return c->failed == OK && c->began;
}

static void flush_all(struct copy *c)
{
	struct db *db = c->w->db;
	int left;
	while ((left = PQflush(db->conn)) > 0) {
		enum came how = conn_wait(db, true, c->w->deadline_us);
		if (how == CAME && !PQconsumeInput(db->conn))
			how = CAME_LOST;
		if (how != CAME) {
			fail_gone(c, how);
			return;
		}
	}
	if (left < 0)
		fail_gone(c, CAME_LOST);
}

static void hand_over(struct copy *c)
{
	struct db *db = c->w->db;
	if (!buf_ok(&c->piece))
		bug("%s: a row is too large", c->q->name);
	while (can_go_on(c)) {
		int put = PQputCopyData(db->conn, (const char *)c->piece.at, (int)c->piece.n);
		if (put < 0) {
			fail_gone(c, CAME_LOST);
			return;
		}
		flush_all(c);
		if (put > 0)
			break;
	}
	buf_reset(&c->piece);
}

static void end_row(struct copy *c)
{
	if (c->column != c->q->outs)
		bug("%s: a row of %u columns, %u are declared", c->q->name, (unsigned)c->column,
			(unsigned)c->q->outs);
}

void copy_row_begin(struct copy *c)
{
	end_row(c);
	if (c->piece.n >= PIECE)
		hand_over(c);
	buf_u16be(&c->piece, (uint16_t)c->q->outs);
	c->column = 0;
	c->rows++;
}

void copy_arg(struct copy *c, const struct db_arg *v)
{
	if (c->column >= c->q->outs)
		bug("%s: a row of more than %u columns", c->q->name, (unsigned)c->q->outs);
	encode_arg(&c->piece, &c->q->out[c->column++], v, c->q->name);
}

void copy_i64(struct copy *c, int64_t v)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_I64, .i64 = v});
}

void copy_vnd(struct copy *c, struct vnd v)
{
	copy_i64(c, vnd_dong(v));
}

void copy_bool(struct copy *c, bool v)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_BOOL, .boolean = v});
}

void copy_text(struct copy *c, const char *v)
{
	struct db_arg arg = db_text(v);
	copy_arg(c, &arg);
}

void copy_bytes(struct copy *c, struct bytes v)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_BYTES, .bytes = v});
}

void copy_hash(struct copy *c, const struct hash *v)
{
	copy_bytes(c, bytes_of(v->b, sizeof v->b));
}

void copy_day(struct copy *c, struct day v)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_DAY, .i64 = v.n});
}

void copy_instant(struct copy *c, int64_t us)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_INSTANT, .i64 = us});
}

void copy_null(struct copy *c)
{
	copy_arg(c, &(struct db_arg){.kind = DB_KIND_NULL});
}

enum result copy_end(struct copy *c, int64_t *stored)
{
	struct db *db = c->w->db;
	bug_if(c->q->kind != QUERY_COPY_IN);
	end_row(c);
	int64_t rows = c->rows;
	buf_u16be(&c->piece, UINT16_MAX);
	hand_over(c);
	for (int put = 0; can_go_on(c) && put == 0;) {
		put = PQputCopyEnd(db->conn, NULL);
		if (put < 0)
			fail_gone(c, CAME_LOST);
		else
			flush_all(c);
	}
	if (can_go_on(c)) {
		db->unnoted = true;
		finish(c, c->w->deadline_us);
	}
	enum result r = end(c);
	if (r == OK && stored)
		*stored = rows;
	return r;
}

/* How many elements the arrays have. */
static size_t rows_of(const struct query_text *q, const struct db_arg *columns, size_t n)
{
	const struct db_arg *first = NULL;
	if (n != q->outs)
		bug("%s: %zu columns, %u are declared", q->name, n, (unsigned)q->outs);
	for (size_t i = 0; i < n; i++) {
		if (columns[i].kind < DB_KIND_I64S)
			continue;
		if (first && first->n != columns[i].n)
			bug("%s: arrays of %zu and %zu rows", q->name, first->n, columns[i].n);
		first = &columns[i];
	}
	return first ? first->n : 0;
}

enum result copy_columns(struct work *w, enum query id, const struct db_arg *columns, size_t n)
{
	const struct query_text *q = &query_table[id];
	size_t rows = rows_of(q, columns, n);
	if (rows == 0)
		return OK;
	struct copy *c = copy_begin(w, id);
	for (size_t i = 0; i < rows; i++) {
		copy_row_begin(c);
		for (; c->column < q->outs; c->column++)
			encode_element(&c->piece, &q->out[c->column], &columns[c->column], i, q->name);
	}
	int64_t stored;
	enum result r = copy_end(c, &stored);
	bug_if(r == OK && stored != (int64_t)rows);
	return r;
}

/* ---- out ----------------------------------------------------------------------------------------------------------- */

struct copy *copy_read_begin(struct work *w, enum query q)
{
	struct copy *c = begin(w, q, QUERY_COPY_OUT);
	c->first = true;
	return c;
}

static uint32_t take_u32(struct bytes *from)
{
	bug_if(from->n < 4);
	uint32_t v = (uint32_t)from->at[0] << 24 | (uint32_t)from->at[1] << 16 | (uint32_t)from->at[2] << 8 |
		     from->at[3];
	*from = bytes_of(from->at + 4, from->n - 4);
	return v;
}

static void skip_header(struct copy *c, struct bytes *from)
{
	if (!c->first)
		return;
	bug_if(from->n < sizeof header || memcmp(from->at, header, 11) != 0);
	*from = bytes_of(from->at + 15, from->n - 15);
	uint32_t extension = take_u32(from);
	bug_if(extension > from->n);
	*from = bytes_of(from->at + extension, from->n - extension);
	c->first = false;
}

static void take_row(struct copy *c, struct bytes from, struct arena *a, struct cell *cells)
{
	for (uint32_t i = 0; i < c->q->outs; i++) {
		int32_t n = (int32_t)take_u32(&from);
		if (n < 0) {
			cells[i].n = -1;
			continue;
		}
		bug_if((size_t)n > from.n);
		uint8_t *to = arena_alloc(a, (size_t)n + 1);
		memcpy(to, from.at, (size_t)n);
		to[n] = '\0';
		cells[i] = (struct cell){.at = to, .n = n};
		from = bytes_of(from.at + n, from.n - (size_t)n);
	}
}

/* The next message of the server: a row into cells, or the end. False when there is no row. */
static bool read_row(struct copy *c, struct arena *a, struct cell *cells)
{
	struct db *db = c->w->db;
	while (can_go_on(c) && !c->ended) {
		char *data = NULL;
		int n = PQgetCopyData(db->conn, &data, 1);
		if (n == -1) {
			c->ended = true;
		} else if (n == -2) {
			fail_gone(c, CAME_LOST);
		} else if (n == 0) {
			enum came how = conn_wait(db, false, c->w->deadline_us);
			if (how == CAME && !PQconsumeInput(db->conn))
				how = CAME_LOST;
			if (how != CAME)
				fail_gone(c, how);
		} else {
			struct bytes message = bytes_of(data, (size_t)n);
			skip_header(c, &message);
			bool is_row = message.n >= 2 && message.at[0] != 0xff;
			if (is_row) {
				bug_if((uint32_t)(message.at[0] << 8 | message.at[1]) != c->q->outs);
				take_row(c, bytes_of(message.at + 2, message.n - 2), a, cells);
			}
			PQfreemem(data);
			if (is_row)
				return true;
		}
	}
	return false;
}

void copy_read(struct copy *c, struct arena *arena, size_t max, struct rows *out)
{
	size_t width = c->q->outs, n = 0;
	struct cell *cells = arena_array(arena, max * width, struct cell);
	while (n < max && read_row(c, arena, cells + n * width))
		n++;
	*out = (struct rows){.n = n, .arena = arena, .query = c->q, .cells = cells};
	c->rows += (int64_t)n;
}

enum result copy_read_end(struct copy *c)
{
	bug_if(c->q->kind != QUERY_COPY_OUT);
	if (can_go_on(c) && !c->ended) {
		conn_close(c->w->db);
		why_set(&c->w->why, "copy_abandoned", "%s: was not read to its end", c->q->name);
		c->failed = REFUSED;
	} else if (can_go_on(c)) {
		finish(c, c->w->deadline_us);
	}
	return end(c);
}
