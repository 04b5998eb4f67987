#include "ledger/books/cosign_store.h"

#include "ledger/books/add_checkpoint.h"
#include "ledger/books/head_store.h"

#define AT_ONCE 65536 /* leaf hashes of one query */

/* ---- the proof ---------------------------------------------------------------------------------------------------- */

struct grown {
	struct compact before;     /* the tree that was cosigned */
	const struct hash *leaves; /* those after it */
};

/* A perfect node lies in the earlier tree, of which every consistency proof wants only the nodes of its size's set bits, or wholly behind
 * it. */
static struct hash node_of(void *ctx, unsigned level, uint64_t index)
{
	const struct grown *g = ctx;
	uint64_t first = index << level;

	if (first >= g->before.n)
		return merkle_root(g->leaves + (first - g->before.n), (size_t)1 << level);
	bug_if((g->before.n >> level & 1) == 0 || index + 1 != g->before.n >> level);
	return g->before.h[level];
}

static enum result leaves_after(struct work *w, uint64_t old, uint64_t size, const struct hash **out)
{
	struct hash *leaves = arena_array(w->arena, (size_t)(size - old), struct hash);
	enum result result = OK;

	for (uint64_t at = old; result == OK && at < size; at += AT_ONCE) {
		uint64_t n = size - at < AT_ONCE ? size - at : AT_ONCE;
		struct rows r;

		result = db_run(w, Q_BOOKS_LEAF_HASHES, DB_ARGS(db_i64((int64_t)at), db_i64((int64_t)n)), &r);
		bug_if(result == OK && rows_n(&r) != n);
		for (size_t i = 0; result == OK && i < n; i++)
			leaves[at - old + i] = row_hash(&r, i, rows_col(&r, "leaf_hash"));
	}
	*out = leaves;
	return result;
}

static enum result prove(struct work *w, uint64_t old, uint64_t size, struct merkle_path *out)
{
	struct grown g;
	enum result result;

	out->n = 0;
	if (old == 0 || old == size)
		return OK;
	result = books_tree_at(w, old, &g.before);
	if (result == OK)
		result = leaves_after(w, old, size, &g.leaves);
	if (result == OK)
		merkle_consistency_by(node_of, &g, old, size, out);
	return result;
}

/* ---- question and answer ------------------------------------------------------------------------------------------ */

enum result books_cosigned_upto(struct work *w, const struct note_verifier *witness, uint64_t *size)
{
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_COSIGNED_UPTO, DB_ARGS(db_text(witness->name)), &r);

	if (result == OK)
		*size = (uint64_t)row_i64(&r, 0, rows_col(&r, "size"));
	return result;
}

enum result books_cosign_question(
	struct work *w, const struct note_verifier *witness, uint64_t old, struct cosign_question *out)
{
	CLEANUP(buf_free) struct buf text = BUF(ADD_CHECKPOINT_MAX);
	struct add_checkpoint request = {.old = old};
	struct db_arg most = db_i64(old == 0 ? INT64_MAX : (int64_t)old + COSIGN_LEAVES);
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_CHECKPOINT_UPTO, DB_ARGS(most, db_text(witness->name)), &r);

	*out = (struct cosign_question){.size = 0};
	if (result != OK || rows_n(&r) == 0)
		return result;
	out->size = (uint64_t)row_i64(&r, 0, rows_col(&r, "size"));
	if (out->size < old || row_bool(&r, 0, rows_col(&r, "cosigned")))
		return OK;
	result = prove(w, old, out->size, &request.proof);
	if (result != OK)
		return result;
	out->note = request.note = row_bytes(&r, 0, rows_col(&r, "note"));
	add_checkpoint_text(&request, &text);
	out->request = buf_copy(&text, w->arena);
	return OK;
}

/* Its own line of the answer, which fits our checkpoint. */
static bool line_of(
	const struct note_verifier *witness, struct bytes with_answer, struct buf *out, struct why *why)
{
	struct note note;
	uint64_t at;

	if (!note_parse(with_answer, &note, why) || !note_verify(&note, witness, 1, &at, why))
		return false;
	for (size_t i = 0; i < note.n; i++)
		if (note_line_is(&note.lines[i], witness)) {
			note_line_text(&note.lines[i], out);
			return true;
		}
	bug("a signature that fits is in no line");
}

enum result books_cosigned(struct work *w, const struct archive *archive, const struct note_verifier *witness,
	const struct cosign_question *q, struct bytes answer)
{
	CLEANUP(buf_free) struct buf whole = BUF(NOTE_MAX);
	CLEANUP(buf_free) struct buf line = BUF(NOTE_MAX);
	CLEANUP(buf_free) struct buf kept = BUF(2 * NOTE_MAX);
	enum result result;

	buf_add_bytes(&whole, q->note);
	buf_add_bytes(&whole, answer);
	if (!buf_ok(&whole)) {
		why_set(&w->why, "note_malformed", "the witness's answer is too long");
		return REFUSED;
	}
	if (!line_of(witness, buf_bytes(&whole), &line, &w->why))
		return REFUSED;
	buf_add_bytes(&kept, q->note);
	buf_add_bytes(&kept, buf_bytes(&line));
	if (!archive_keep_witnessed(archive, witness, buf_bytes(&kept), &w->why))
		return REFUSED;
	TX_GUARD(w);
	result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_BOOKS_COSIGN,
			DB_ARGS(db_i64((int64_t)q->size), db_text(witness->name), db_bytes(buf_bytes(&line))),
			NULL);
	return result == OK ? tx_commit(w) : result;
}
