#include "ledger/recon/slip_store.h"

#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/kind.h"
#include "ledger/books/leaf.h"
#include "ledger/books/receipt_store.h"
#include "ledger/register/account_store.h"

#define CODE_MAX 8192
#define HASHES   255

static enum result read_payment(struct work *w, int64_t payout, struct slip *s)
{
	struct rows r;
	enum result result = db_run(w, Q_DOSSIER_SLIP, DB_ARGS(db_i64(payout)), &r);

	if (result != OK)
		return result;
	int state = rows_col(&r, "state");
	if (rows_n(&r) == 0 || row_null(&r, 0, state) || strcmp(row_text(&r, 0, state), "settled") != 0) {
		why_set(&w->why, "payout_not_paid", "the payout %s is not paid, or came back", s->id);
		return REFUSED;
	}
	s->agency = row_text(&r, 0, rows_col(&r, "agency"));
	s->programme = row_text(&r, 0, rows_col(&r, "programme"));
	s->name = row_text(&r, 0, rows_col(&r, "name"));
	s->ward = row_text(&r, 0, rows_col(&r, "ward"));
	s->month = month_of_day(row_day(&r, 0, rows_col(&r, "month")));
	s->kind = row_text(&r, 0, rows_col(&r, "kind"));
	s->amount = row_vnd(&r, 0, rows_col(&r, "amount_dong"));
	s->cash = row_bool(&r, 0, rows_col(&r, "cash"));
	s->sandbox = row_bool(&r, 0, rows_col(&r, "sandbox"));
	s->place = row_text(&r, 0, rows_col(&r, "place"));
	s->holder = row_text(&r, 0, rows_col(&r, "holder"));
	s->account_kind = row_text(&r, 0, rows_col(&r, "account_kind"));
	return OK;
}

static enum result read_account(struct work *w, const struct opening *opening, int64_t payout, struct slip *s)
{
	struct rows r;
	enum result result = db_run(w, Q_DOSSIER_NUMBERS, DB_ARGS(db_i64(payout)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		if (strcmp(row_text(&r, i, rows_col(&r, "what")), "account") == 0)
			account_number_masked(w, opening, &r, i, s->account);
	return result;
}

/* The proof's hashes and the checkpoint behind them, out of its text. */
static void pack(const struct receipt *receipt, struct bytes *note, struct buf *out)
{
	struct bytes rest = bytes_z(receipt->proof), line;
	uint8_t hashes[HASHES][32];
	size_t n = 0, size;
	bool ended;

	bug_if(!bytes_line(&rest, &line, &ended) ||
		!bytes_line(&rest, &line, &ended)); /* its name, its index */
	while (bytes_line(&rest, &line, &ended) && line.n > 0)
		bug_if(n == HASHES || !base64_decode(BASE64_STD, line, hashes[n++], 32, &size) || size != 32);
	buf_u16be(out, (uint16_t)receipt->leaf.n);
	buf_add_bytes(out, receipt->leaf);
	buf_u8(out, (uint8_t)n);
	buf_add(out, hashes, 32 * n);
	buf_add_bytes(out, rest);
	*note = rest;
}

static bool read_receipt(struct work *w, const struct receipt *receipt, struct slip *s)
{
	CLEANUP(buf_free) struct buf packed = BUF(CODE_MAX), code = BUF(2 * CODE_MAX);
	struct bytes note_text, entry;
	struct note note;
	struct leaf leaf;

	if (!leaf_parse(w->arena, receipt->leaf, &leaf, &w->why))
		return false;
	pack(receipt, &note_text, &packed);
	if (!buf_ok(&packed))
		return why_set(&w->why, "slip_large", "the receipt of %s is too large for a code", s->id);
	if (!note_parse(note_text, &note, &w->why) || !checkpoint_parse(note.text, &s->checkpoint, &w->why))
		return false;
	buf_add_z(&code, "CHITRA1:");
	base45_encode(buf_bytes(&packed), &code);
	s->code = buf_copy(&code, w->arena);
	s->leaf = leaf.seq;
	s->recorded_us = leaf.recorded_us;
	s->paid = leaf.entry.effective;
	if (leaf_line_get(leaf.entry.lines, "entry", &entry))
		s->entry = arena_strndup(w->arena, (const char *)entry.at, entry.n);
	return true;
}

enum result slip_make(struct work *w, const struct opening *opening, int64_t payout,
	const char *end_to_end_id, struct slip *out)
{
	struct slip s = {.id = end_to_end_id};
	struct receipt receipt;
	enum result result = read_payment(w, payout, &s);

	if (result == OK)
		result = read_account(w, opening, payout, &s);
	if (result == OK)
		result = books_receipts(w, &s.id, 1, &receipt);
	if (result == OK && !read_receipt(w, &receipt, &s))
		result = REFUSED;
	if (result == OK)
		*out = s;
	return result;
}
