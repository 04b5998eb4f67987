#include "ledger/books/cosign_store.h"

#include "ledger/books/add_checkpoint.h"
#include "ledger/books/tile_store.h"

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
	struct rows r;
	enum result result = db_run(
		w, Q_BOOKS_CHECKPOINT_UPTO, DB_ARGS(db_i64(INT64_MAX), db_text(witness->name)), &r);

	*out = (struct cosign_question){.size = 0};
	if (result != OK || rows_n(&r) == 0)
		return result;
	out->size = (uint64_t)row_i64(&r, 0, rows_col(&r, "size"));
	if (out->size < old || row_bool(&r, 0, rows_col(&r, "cosigned")))
		return OK;
	result = books_consistency(w, old, out->size, &request.proof);
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

enum result books_unwitnessed(
	struct work *w, const char *const *witnesses, size_t n, size_t quorum, struct unwitnessed *out)
{
	struct rows r;
	enum result result = db_run(
		w, Q_BOOKS_UNWITNESSED, DB_ARGS(db_texts(witnesses, n), db_i64((int64_t)quorum)), &r);

	if (result == OK)
		*out = (struct unwitnessed){.leaves = (uint64_t)row_i64(&r, 0, rows_col(&r, "leaves")),
			.waited_s = row_i64(&r, 0, rows_col(&r, "waited_s")),
			.behind = row_text(&r, 0, rows_col(&r, "behind"))};
	return result;
}
