#include "ledger/books/seal_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/merkle.h"
#include "ledger/base/text.h"
#include "ledger/books/head_store.h"
#include "ledger/books/post.h"
#include "ledger/books/row_store.h"
#include "ledger/books/tile.h"

struct round {
	struct work *w;
	const struct sealer *sealer;
	struct compact tree; /* of the database's newest head; then with the new leaves */
	uint64_t began;      /* its size before the new leaves */
	uint64_t next_seq;
	struct full_tiles full;
	size_t n; /* leaves in hand */
	struct bytes *leaves;
};

static enum result begin(struct round *r)
{
	struct rows rows;
	enum result result = db_run(r->w, Q_BOOKS_SEAL_BEGIN, DB_NO_ARGS, &rows);
	uint64_t size;

	if (result != OK)
		return result;
	size = (uint64_t)row_i64(&rows, 0, rows_col(&rows, "size"));
	r->next_seq = (uint64_t)row_i64(&rows, 0, rows_col(&rows, "next_seq"));
	if (!compact_read(size, row_bytes(&rows, 0, rows_col(&rows, "nodes")), &r->tree)) {
		why_set(&r->w->why, "books_head", "the tree head of size %" PRIu64 " cannot be read", size);
		return REFUSED;
	}
	r->began = size;
	r->full = (struct full_tiles){.arena = r->w->arena};
	return OK;
}

/* What can never be changed again is read once before it is signed, and the rows that balances and reports read say the same. */
struct reading {
	struct rows rows;
	struct leaf_columns c;
	struct rows leg_rows; /* by seq */
	int leg_seq, leg_account, leg_amount;
	size_t leg;         /* the first that was not taken yet */
	struct arena *some; /* of one leaf */
	struct buf scratch;
};

static enum result read_rows(struct work *w, uint64_t first, size_t n, struct reading *out)
{
	struct db_arg from = db_i64((int64_t)first);
	struct db_arg so_many = db_i64((int64_t)n);
	enum result result = db_run(w, Q_BOOKS_LEAVES, DB_ARGS(from, so_many), &out->rows);

	if (result == OK)
		result = db_run(w, Q_BOOKS_LEGS, DB_ARGS(from, so_many), &out->leg_rows);
	if (result != OK)
		return result;
	if (rows_n(&out->rows) != n) {
		why_set(&w->why, "books_sequence",
			"of the %zu ledger transactions from %" PRIu64 " on, %zu are missing", n, first,
			n - rows_n(&out->rows));
		return REFUSED;
	}
	out->c = leaf_columns_of(&out->rows);
	out->leg_seq = rows_col(&out->leg_rows, "seq");
	out->leg_account = rows_col(&out->leg_rows, "account");
	out->leg_amount = rows_col(&out->leg_rows, "amount");
	return OK;
}

/* The postings of the next transaction. */
static const struct leg *next_legs(struct reading *r, int64_t seq, size_t *n)
{
	const struct rows *rows = &r->leg_rows;
	size_t first = r->leg;
	struct leg *legs;

	while (r->leg < rows_n(rows) && row_i64(rows, r->leg, r->leg_seq) == seq)
		r->leg++;
	*n = r->leg - first;
	legs = arena_array(r->some, *n, struct leg);
	for (size_t k = 0; k < *n; k++)
		legs[k] = (struct leg){
			row_text(rows, first + k, r->leg_account), row_vnd(rows, first + k, r->leg_amount)};
	return legs;
}

static bool is_leaf(struct round *r, struct reading *reading, size_t i, uint64_t seq)
{
	struct leaf leaf;
	struct bytes text = row_bytes(&reading->rows, i, reading->c.leaf);
	const char *differs;
	const struct leg *legs;
	size_t n;

	arena_reset(reading->some);
	if (!leaf_parse(reading->some, text, &leaf, &r->w->why))
		return why_prefix(&r->w->why, "ledger transaction %" PRIu64, seq);
	if ((uint64_t)leaf.seq != seq)
		return why_set(&r->w->why, "leaf_seq",
			"the leaf of ledger transaction %" PRIu64 " says %" PRId64, seq, leaf.seq);
	if ((leaf.entry.kind == LEAF_GENESIS) != (seq == 0))
		return why_set(&r->w->why, "genesis_missing",
			"the first ledger transaction, and no other, is the genesis; see chitra setup");
	legs = next_legs(reading, leaf.seq, &n);
	differs = leaf_row_differs(&reading->rows, i, &reading->c, &leaf, legs, n, &reading->scratch);
	if (differs != NULL)
		return why_set(&r->w->why, "books_row",
			"ledger transaction %" PRIu64 ": its row's %s is not what its leaf says; nothing is "
			"signed until it is; see chitra ledger check",
			seq, differs);
	return true;
}

static enum result take_leaves(struct round *r, size_t n)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct reading reading = {.some = some, .scratch = {.max = LEAF_MAX}};
	uint64_t first = r->tree.n;
	enum result result = read_rows(r->w, first, n, &reading);

	if (result != OK)
		return result;
	r->leaves = arena_array(r->w->arena, n, struct bytes);
	r->n = n;
	for (size_t i = 0; i < n && result == OK; i++) {
		struct hash hash;

		r->leaves[i] = row_bytes(&reading.rows, i, reading.c.leaf);
		hash = merkle_leaf(r->leaves[i]);
		compact_append_by(&r->tree, &hash, full_tiles_note, &r->full);
		if (!is_leaf(r, &reading, i, first + i))
			result = REFUSED;
	}
	buf_free(&reading.scratch);
	return result;
}

static enum result write_head(struct round *r, struct bytes note)
{
	CLEANUP(buf_free) struct buf nodes;
	struct hash root = compact_root(&r->tree);

	buf_init(&nodes, (size_t)64 * 32);
	compact_write(&r->tree, &nodes);
	return db_run(r->w, Q_BOOKS_SEAL,
		DB_ARGS(db_i64((int64_t)r->tree.n), db_bytes(buf_bytes(&nodes)), db_hash(&root),
			db_bytes(note), db_i32s(r->full.levels, r->full.n), db_i64s(r->full.ns, r->full.n),
			db_hashes(r->full.roots, r->full.n)),
		NULL);
}

/* Leaves that the archive has already, so none of them is kept. */
static enum result take_upto(struct round *r, uint64_t size)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_round = r->w->arena;
	enum result result = OK;

	while (result == OK && r->tree.n < size) {
		uint64_t n = size - r->tree.n;

		arena_reset(some);
		r->w->arena = some;
		result = take_leaves(r, n < SEAL_LEAVES ? (size_t)n : SEAL_LEAVES);
		r->w->arena = of_round;
	}
	return result;
}

/* The archive is ahead: a round before this one reached it and not the database. */
static enum result adopt(struct round *r, const struct archived *ahead)
{
	enum result result;
	struct hash root;

	if (ahead->checkpoint.size > r->next_seq) {
		why_set(&r->w->why, "history_in_doubt",
			"the database has %" PRIu64 " ledger transactions, and the archive %" PRIu64,
			r->next_seq, ahead->checkpoint.size);
		return REFUSED;
	}
	result = take_upto(r, ahead->checkpoint.size);
	if (result != OK)
		return result;
	root = compact_root(&r->tree);
	if (!hash_eq(&root, &ahead->checkpoint.root)) {
		why_set(&r->w->why, "history_in_doubt",
			"the first %" PRIu64 " ledger transactions are not those of the archive", r->tree.n);
		return REFUSED;
	}
	return write_head(r, ahead->note);
}

static bool to_archive(struct round *r, uint64_t first, struct buf *note)
{
	struct checkpoint c = {.size = r->tree.n, .root = compact_root(&r->tree)};
	const struct sealer *s = r->sealer;

	memcpy(c.origin, s->log.name, sizeof(c.origin));
	checkpoint_text(&c, note);
	{
		struct bytes text = buf_copy(note, r->w->arena);

		buf_add_z(note, "\n");
		note_sign(&s->log, s->key, text, note);
	}
	bug_if(!buf_ok(note));
	return archive_leaves(s->archive, first, r->leaves, r->n, &r->w->why) &&
	       archive_checkpoint(s->archive, &c, buf_bytes(note), &r->w->why);
}

static enum result extend(struct round *r)
{
	CLEANUP(buf_free) struct buf note = {.max = NOTE_MAX};
	uint64_t first = r->tree.n;
	uint64_t n = r->next_seq - first;
	enum result result = take_leaves(r, n < SEAL_LEAVES ? (size_t)n : SEAL_LEAVES);

	if (result != OK)
		return result;
	return to_archive(r, first, &note) ? write_head(r, buf_bytes(&note)) : REFUSED;
}

/* Which PostgreSQL this archive is of; a timeline that went up (a standby took over) is noted. */
static bool note_cluster(struct round *r, const struct rows *head)
{
	struct cluster known;
	struct cluster now = books_cluster(head);

	if (!archive_cluster(r->sealer->archive, &known, &r->w->why))
		return false;
	if (known.system != 0 && cluster_differs(&known, &now))
		return why_set(&r->w->why, "history_in_doubt",
			"the archive is of another PostgreSQL, or of a later one");
	if (known.system == now.system && known.timeline == now.timeline)
		return true;
	return archive_note_cluster(r->sealer->archive, &now, &r->w->why);
}

static enum result one_round(struct round *r)
{
	struct archived newest;
	struct rows head;
	enum result result = begin(r);

	if (result == OK)
		result = db_run(r->w, Q_BOOKS_HEAD, DB_NO_ARGS, &head);
	if (result != OK)
		return result;
	if (!note_cluster(r, &head) || !archive_newest(r->sealer->archive, r->w->arena, &newest, &r->w->why))
		return REFUSED;
	if (newest.checkpoint.size > r->tree.n)
		return adopt(r, &newest);
	if (newest.checkpoint.size < r->tree.n) {
		why_set(&r->w->why, "history_in_doubt",
			"the database has sealed %" PRIu64
			" ledger transactions, and the archive only %" PRIu64,
			r->tree.n, newest.checkpoint.size);
		return REFUSED;
	}
	return r->next_seq > r->tree.n ? extend(r) : OK;
}

enum result books_seal(struct work *w, const struct sealer *sealer, size_t *sealed)
{
	struct round r = {.w = w, .sealer = sealer};
	enum result result;

	if (books_in_doubt(w->db, &w->why))
		return REFUSED;
	TX_GUARD(w);
	result = tx_begin(w);
	if (result == OK)
		result = one_round(&r);
	if (result == OK)
		result = tx_commit(w);
	if (result == OK)
		*sealed = (size_t)(r.tree.n - r.began);
	return result;
}

enum result books_unsealed(struct work *w, struct unsealed *out)
{
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_UNSEALED, DB_NO_ARGS, &r);
	if (result == OK)
		*out = (struct unsealed){.leaves = (uint64_t)row_i64(&r, 0, rows_col(&r, "leaves")),
			.waited_s = row_i64(&r, 0, rows_col(&r, "waited_s"))};
	return result;
}

enum result books_adopt(struct work *w, const struct archive *archive, bool *adopted)
{
	struct round r = {.w = w};
	struct archived newest;
	enum result result = begin(&r);

	if (result != OK)
		return result;
	if (!archive_newest(archive, w->arena, &newest, &w->why))
		return REFUSED;
	*adopted = newest.checkpoint.size > r.tree.n;
	return *adopted ? adopt(&r, &newest) : OK;
}

enum result books_genesis(struct work *w, const char *actor, struct day effective, const struct genesis *e)
{
	struct told_by by = {.actor = actor, .effective = effective};
	struct entry entry = entry_genesis(w->arena, &by, e);
	struct posted posted;
	enum result result;

	TX_GUARD(w);
	result = tx_begin(w);
	if (result == OK)
		result = books_post(w, &entry, 1, FLOORS_REFUSE, &posted);
	if (result != OK)
		return result;
	if (posted.seq[0] != 0) {
		why_set(&w->why, "genesis_late",
			"the books have %" PRId64 " transactions already and no genesis", posted.seq[0]);
		return REFUSED;
	}
	return tx_commit(w);
}
