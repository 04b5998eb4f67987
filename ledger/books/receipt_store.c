#include "ledger/books/receipt_store.h"

#include "ledger/base/merkle.h"
#include "ledger/base/note.h"
#include "ledger/base/text.h"

#define AT_ONCE 100000 /* hashes in one answer */

static enum result leaf_hashes(struct work *w, size_t size, struct hash *out)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *kept = w->arena;
	enum result result = OK;

	w->arena = some;
	for (size_t first = 0; result == OK && first < size; first += AT_ONCE) {
		struct rows r;

		arena_reset(some);
		result = db_run(w, Q_BOOKS_LEAF_HASHES, DB_ARGS(db_i64((int64_t)first), db_i64(AT_ONCE)), &r);
		for (size_t i = 0; result == OK && i < rows_n(&r) && first + i < size; i++)
			out[first + i] = row_hash(&r, i, rows_col(&r, "leaf_hash"));
	}
	w->arena = kept;
	return result;
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

enum result books_receipt(struct work *w, const char *end_to_end_id, struct receipt *out)
{
	struct rows head, leaf;
	struct merkle_path path;
	struct hash *hashes;
	uint64_t index, size;
	enum result result = db_run(w, Q_BOOKS_NEWEST_CHECKPOINT, DB_ARGS(db_i64(0)), &head);

	if (result == OK && rows_n(&head) == 0) {
		why_set(&w->why, "checkpoint_none", "nothing is sealed yet");
		return REFUSED;
	}
	if (result == OK)
		result = db_run(w, Q_BOOKS_SETTLED_LEAF, DB_ARGS(db_text(end_to_end_id)), &leaf);
	if (result != OK)
		return result;
	if (rows_n(&leaf) == 0) {
		why_set(&w->why, "payout_unknown", "no payout under the id %s was settled", end_to_end_id);
		return REFUSED;
	}
	size = (uint64_t)row_i64(&head, 0, rows_col(&head, "size"));
	index = (uint64_t)row_i64(&leaf, 0, rows_col(&leaf, "seq"));
	if (index >= size) {
		why_set(&w->why, "payout_unsealed", "the payout %s was booked after the newest checkpoint",
			end_to_end_id);
		return REFUSED;
	}
	hashes = arena_array(w->arena, size, struct hash);
	result = leaf_hashes(w, (size_t)size, hashes);
	if (result != OK)
		return result;
	merkle_path(hashes, (size_t)size, (size_t)index, &path);
	*out = (struct receipt){
		.leaf = row_bytes(&leaf, 0, rows_col(&leaf, "leaf")),
		.proof = proof_text(w->arena, index, &path, row_bytes(&head, 0, rows_col(&head, "note"))),
	};
	return OK;
}
