#include "ledger/books/receipt_store.h"

#include "ledger/base/merkle.h"
#include "ledger/base/note.h"
#include "ledger/base/text.h"
#include "ledger/books/tile_store.h"

struct proving {
	struct work *w;
	const char *const *names;
	size_t n;
	uint64_t *leaves; /* their numbers */
	struct bytes *texts;
	struct bytes note; /* the checkpoint with the witnesses' lines */
	struct checkpoint checkpoint;
};

static enum result find_leaves(struct proving *p)
{
	struct rows r;
	enum result result = db_run(p->w, Q_BOOKS_LEAVES_NAMED, DB_ARGS(db_texts(p->names, p->n)), &r);

	if (result != OK)
		return result;
	for (size_t i = 0; i < p->n; i++) {
		int seq = rows_col(&r, "seq");

		if (row_null(&r, i, seq)) {
			why_set(&p->w->why, "receipt_unknown",
				"no payout was settled under the id %s, nor is it the number or the key of a ledger "
				"transaction",
				p->names[i]);
			return REFUSED;
		}
		p->leaves[i] = (uint64_t)row_i64(&r, i, seq);
		p->texts[i] = row_bytes(&r, i, rows_col(&r, "leaf"));
	}
	return OK;
}

/* One that holds all of them. */
static enum result find_checkpoint(struct proving *p)
{
	size_t last = 0;
	struct note note;
	struct rows head;
	enum result result;

	for (size_t i = 0; i < p->n; i++)
		if (p->leaves[i] > p->leaves[last])
			last = i;
	result = db_run(
		p->w, Q_BOOKS_NEWEST_CHECKPOINT, DB_ARGS(db_i64((int64_t)p->leaves[last] + 1)), &head);
	if (result != OK)
		return result;
	if (rows_n(&head) == 0) {
		why_set(&p->w->why, "checkpoint_none", "nothing is sealed yet");
		return REFUSED;
	}
	p->note = row_bytes(&head, 0, rows_col(&head, "note"));
	if (!note_parse(p->note, &note, &p->w->why) ||
		!checkpoint_parse(note.text, &p->checkpoint, &p->w->why))
		return REFUSED;
	if (p->leaves[last] >= p->checkpoint.size) {
		why_set(&p->w->why, "payout_unsealed", "%s was booked after the newest checkpoint",
			p->names[last]);
		return REFUSED;
	}
	return OK;
}

static const char *proof_text(
	struct arena *a, uint64_t index, const struct merkle_path *path, struct bytes note)
{
	CLEANUP(buf_free) struct buf text = BUF(2 * NOTE_MAX);

	buf_addf(&text, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)index);
	for (size_t i = 0; i < path->n; i++) {
		base64_encode(BASE64_STD, bytes_of(path->at[i].b, sizeof(path->at[i].b)), &text);
		buf_add_z(&text, "\n");
	}
	buf_add_z(&text, "\n");
	buf_add_bytes(&text, note);
	return arena_strdup(a, buf_str(&text));
}

/* What would not hold is not given to anybody. */
static enum result prove(struct proving *p, struct receipt *out)
{
	struct merkle_path *paths = arena_array(p->w->arena, p->n, struct merkle_path);
	const struct checkpoint *c = &p->checkpoint;
	enum result result = books_inclusion(p->w, c->size, p->leaves, p->n, paths);

	for (size_t i = 0; result == OK && i < p->n; i++) {
		struct hash leaf = merkle_leaf(p->texts[i]);

		if (!merkle_verify_inclusion(&leaf, p->leaves[i], c->size, &paths[i], &c->root)) {
			why_set(&p->w->why, "books_tile",
				"the leaf %s is not in the tree that was signed, or the tiles are not that tree's; "
				"see chitra ledger check",
				p->names[i]);
			return REFUSED;
		}
		out[i] = (struct receipt){.leaf = p->texts[i],
			.proof = proof_text(p->w->arena, p->leaves[i], &paths[i], p->note)};
	}
	return result;
}

enum result books_receipts(struct work *w, const char *const *names, size_t n, struct receipt *out)
{
	struct proving p = {.w = w,
		.names = names,
		.n = n,
		.leaves = arena_array(w->arena, n, uint64_t),
		.texts = arena_array(w->arena, n, struct bytes)};
	enum result result = n > 0 ? find_leaves(&p) : OK;

	if (result == OK && n > 0)
		result = find_checkpoint(&p);
	return result == OK && n > 0 ? prove(&p, out) : result;
}
