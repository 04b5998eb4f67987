#include "ledger/books/export_store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/base/merkle.h"

#define AT_ONCE  1000   /* transactions in memory */
#define HASHES   100000 /* of leaves in one answer */
#define TEXT_MAX (64 << 20)

struct making {
	struct work *w;
	struct arena *arena; /* what lasts; w->arena is emptied after each page */
	FILE *to;
	struct buf text;
	struct sha256_run *hash;
	struct exported *out;
	struct month period;
	int64_t size;
	struct export_account *accounts;
	size_t n;
};

static enum result refuse(struct making *m, const char *code, const char *text)
{
	why_set(&m->w->why, code, "%s", text);
	return REFUSED;
}

/* What was written so far leaves the buffer. */
static bool flush(struct making *m)
{
	struct bytes some;

	if (!buf_ok(&m->text))
		return why_set(
			&m->w->why, "export_large", "the accounts alone take more than %d bytes", TEXT_MAX);
	some = buf_bytes(&m->text);
	sha256_add(m->hash, some);
	if (m->to != NULL && fwrite(some.at, 1, some.n, m->to) != some.n)
		return why_set(&m->w->why, "file_trouble", "could not write: %s", strerror(errno));
	buf_reset(&m->text);
	return true;
}

/* ---- what it begins with ----------------------------------------------------------------------------------------------------- */

static enum result read_currency(struct making *m)
{
	struct rows r;
	struct leaf genesis;
	struct bytes currency;
	enum result result = db_run(m->w, Q_GENESIS_LEAF, DB_NO_ARGS, &r);

	if (result != OK)
		return result;
	if (row_null(&r, 0, rows_col(&r, "leaf")))
		return refuse(m, "export_empty", "there is no ledger yet");
	if (!leaf_parse(m->arena, row_bytes(&r, 0, rows_col(&r, "leaf")), &genesis, &m->w->why))
		return REFUSED;
	if (!leaf_line_get(genesis.entry.lines, "currency", &currency) || !bytes_eq_z(currency, "VND"))
		return refuse(
			m, "export_currency", "these books are not in whole dong; nothing else is exported");
	return OK;
}

static enum result read_checkpoint(struct making *m, int64_t at_most)
{
	struct export_head *head = &m->out->head;
	struct rows r;
	struct note note;
	struct db_arg first = db_day(month_first(m->period)), last = db_day(month_last(m->period));
	enum result result = db_run(m->w, Q_BOOKS_EXPORT_BOUNDS, DB_ARGS(first, last, db_i64(at_most)), &r);

	if (result != OK)
		return result;
	if (rows_n(&r) == 0)
		return refuse(m, "export_empty", "no checkpoint covers any ledger transaction of this month");
	m->size = row_i64(&r, 0, rows_col(&r, "size"));
	m->out->checkpoint = row_bytes(&r, 0, rows_col(&r, "note"));
	if (!note_parse(m->out->checkpoint, &note, &m->w->why) ||
		!checkpoint_parse(note.text, &head->checkpoint, &m->w->why))
		return REFUSED;
	head->signature = arena_strndup(
		m->arena, (const char *)note.lines[0].base64.at, note.lines[0].base64.n);
	return OK;
}

static enum result read_accounts(struct making *m)
{
	struct rows r;
	enum result result = db_run(
		m->w, Q_BOOKS_EXPORT_ACCOUNTS, DB_ARGS(db_day(month_first(m->period)), db_i64(m->size)), &r);

	if (result != OK)
		return result;
	m->n = rows_n(&r);
	m->accounts = arena_array(m->arena, m->n, struct export_account);
	for (size_t i = 0; i < m->n; i++)
		m->accounts[i] = (struct export_account){
			.code = row_text(&r, i, rows_col(&r, "account")),
			.balance = row_vnd(&r, i, rows_col(&r, "balance")),
		};
	return OK;
}

/* Whether the hashes that leaves have in the database are those whose root was signed. */
static enum result compare_root(struct making *m)
{
	struct compact tree = {.n = 0};
	struct hash root;

	while ((int64_t)tree.n < m->size) {
		struct rows r;
		int64_t left = m->size - (int64_t)tree.n;
		enum result result;

		arena_reset(m->w->arena);
		result = db_run(m->w, Q_BOOKS_LEAF_HASHES,
			DB_ARGS(db_i64((int64_t)tree.n), db_i64(left < HASHES ? left : HASHES)), &r);
		if (result != OK)
			return result;
		if (rows_n(&r) == 0)
			return refuse(
				m, "export_differs", "ledger transactions below the checkpoint are missing");
		for (size_t i = 0; i < rows_n(&r); i++) {
			struct hash leaf = row_hash(&r, i, rows_col(&r, "leaf_hash"));

			compact_append(&tree, &leaf);
		}
	}
	root = compact_root(&tree);
	return hash_eq(&root, &m->out->head.checkpoint.root)
		       ? OK
		       : refuse(m, "export_differs",
				 "the ledger is not the one whose checkpoint was signed; see chitra ledger check");
}

/* ---- transactions -------------------------------------------------------------------------------------------------------------- */

static bool put_leaf(
	struct making *m, struct export *e, struct arena *some, const struct rows *r, size_t i, bool late)
{
	struct bytes text = row_bytes(r, i, rows_col(r, "leaf"));
	struct hash hash = merkle_leaf(text), signed_hash = row_hash(r, i, rows_col(r, "leaf_hash"));
	int64_t seq = row_i64(r, i, rows_col(r, "seq"));
	struct leaf leaf;

	arena_reset(some);
	if (!leaf_parse(some, text, &leaf, &m->w->why))
		return why_prefix(&m->w->why, "ledger transaction %" PRId64, seq);
	if (!hash_eq(&hash, &signed_hash) || leaf.seq != seq ||
		day_cmp(leaf.entry.effective, row_day(r, i, rows_col(r, "effective"))) != 0)
		return why_set(&m->w->why, "export_differs",
			"the leaf of ledger transaction %" PRId64
			" is not what its row says; see chitra ledger check",
			seq);
	return (late ? export_late : export_leaf)(e, some, &leaf, &m->text, &m->w->why) && flush(m);
}

/* First what came late for closed months, then what is the month's. */
static enum result put_leaves(struct making *m, struct export *e, bool late)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct day first = month_first(m->period), day = late ? (struct day){.n = 0} : first;
	int64_t seq = -1;
	struct rows r;

	do {
		enum result result;

		arena_reset(m->w->arena);
		result = db_run(m->w, late ? Q_BOOKS_EXPORT_LATE : Q_BOOKS_EXPORT_LEAVES,
			DB_ARGS(db_day(day), db_i64(seq), db_day(late ? first : month_last(m->period)),
				db_i64(m->size), db_i64(AT_ONCE)),
			&r);
		if (result != OK)
			return result;
		for (size_t i = 0; i < rows_n(&r); i++) {
			if (!put_leaf(m, e, some, &r, i, late))
				return REFUSED;
			day = row_day(&r, i, rows_col(&r, "effective"));
			seq = row_i64(&r, i, rows_col(&r, "seq"));
		}
	} while (rows_n(&r) == AT_ONCE);
	return OK;
}

/* The rows of the balances have the last word on what was taken from the leaves. */
static enum result compare_balances(struct making *m)
{
	struct rows r;
	struct day after = day_add(month_last(m->period), 1);
	enum result result = db_run(
		m->w, Q_BOOKS_EXPORT_ACCOUNTS, DB_ARGS(db_day(after), db_i64(m->size)), &r);

	if (result != OK)
		return result;
	for (size_t i = 0; i < rows_n(&r); i++)
		if (i >= m->n || strcmp(row_text(&r, i, rows_col(&r, "account")), m->accounts[i].code) != 0 ||
			vnd_cmp(row_vnd(&r, i, rows_col(&r, "balance")), m->accounts[i].balance) != 0)
			return refuse(m, "export_differs",
				"the balances are not what the leaves come to; see chitra ledger check");
	return OK;
}

static enum result make(struct making *m, int64_t at_most)
{
	struct arena *page = m->w->arena;
	struct export *e;
	enum result result;

	m->w->arena = m->arena;
	result = read_currency(m);
	if (result == OK)
		result = read_checkpoint(m, at_most);
	if (result == OK)
		result = read_accounts(m);
	m->w->arena = page;
	if (result == OK)
		result = compare_root(m);
	if (result != OK)
		return result;
	e = export_begin(m->arena, &m->out->head, m->accounts, m->n, &m->text);
	result = flush(m) ? put_leaves(m, e, true) : REFUSED;
	if (result == OK)
		result = put_leaves(m, e, false);
	if (result == OK)
		result = compare_balances(m);
	if (result != OK)
		return result;
	export_end(e, &m->text);
	m->out->count = export_counted(e);
	return flush(m) ? OK : REFUSED;
}

enum result books_export(struct work *w, enum export_format format, struct month period, int64_t size,
	FILE *to, struct exported *out)
{
	CLEANUP(arena_drop) struct arena *page = arena_new();
	struct arena *kept = w->arena;
	struct making m = {
		.w = w,
		.arena = kept,
		.to = to,
		.text = BUF(TEXT_MAX),
		.hash = sha256_begin(),
		.out = out,
		.period = period,
	};
	enum result result;

	*out = (struct exported){.head = {.format = format, .period = period}};
	w->arena = page;
	result = make(&m, size);
	w->arena = kept;
	out->sha256 = sha256_end(m.hash);
	buf_free(&m.text);
	return result;
}

/* ---- its signature ---------------------------------------------------------------------------------------------------------------- */

#define WHAT(e)                                                       \
	db_hash(&(e)->sha256), db_day(month_first((e)->head.period)), \
		db_text(export_format_name((e)->head.format)), db_i64((int64_t)(e)->head.checkpoint.size)

enum result books_export_ask(struct work *w, const struct exported *e)
{
	return db_run(w, Q_BOOKS_EXPORT_ASK, DB_ARGS(WHAT(e)), NULL);
}

enum result books_export_answer(struct work *w, const struct exported *e, struct bytes *note)
{
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_EXPORT_ANSWER, DB_ARGS(WHAT(e)), &r);

	*note = bytes_of(NULL, 0);
	if (result != OK || rows_n(&r) == 0)
		return result;
	if (!row_null(&r, 0, rows_col(&r, "refused"))) {
		why_set(&w->why, "export_refused", "the scribe does not sign this file: %s",
			row_text(&r, 0, rows_col(&r, "refused")));
		return REFUSED;
	}
	*note = row_bytes(&r, 0, rows_col(&r, "note"));
	return OK;
}

static bool is_ours(const struct sealer *sealer, const struct exported *e, struct why *why)
{
	struct note note;
	uint64_t at;

	return note_parse(e->checkpoint, &note, why) && note_verify(&note, &sealer->log, 1, &at, why) &&
	       (strcmp(e->head.checkpoint.origin, sealer->log.name) == 0 ||
		       why_set(why, "export_differs", "the checkpoint is another log's"));
}

/* The file again, from the books; and its checkpoint must be one of ours. */
static enum result make_again(
	struct work *w, const struct sealer *sealer, const struct rows *r, struct buf *note)
{
	struct hash asked = row_hash(r, 0, rows_col(r, "sha256"));
	struct month period = month_of_day(row_day(r, 0, rows_col(r, "period")));
	enum export_format format;
	struct exported e;
	enum result result;

	if (!export_format_of(row_text(r, 0, rows_col(r, "format")), &format))
		bug("an export of a format that there is not");
	result = books_export(w, format, period, row_i64(r, 0, rows_col(r, "size")), NULL, &e);
	if (result != OK)
		return result;
	if (!is_ours(sealer, &e, &w->why))
		return REFUSED;
	if (!hash_eq(&asked, &e.sha256)) {
		why_set(&w->why, "export_differs", "the books give another file for this month");
		return REFUSED;
	}
	export_note_text(&e.head, &e.sha256, note);
	return OK;
}

static enum result answer(struct work *w, const struct rows *r, const struct buf *note, size_t *answered)
{
	struct db_arg none = db_null();
	enum result result = db_run(w, Q_BOOKS_EXPORT_ANSWERED,
		DB_ARGS(db_i64(row_i64(r, 0, rows_col(r, "id"))),
			note != NULL ? db_bytes(buf_bytes(note)) : none,
			note != NULL ? none
				     : db_text(arena_printf(w->arena, "%s: %s", w->why.code, w->why.text))),
		NULL);

	if (result == OK)
		result = tx_commit(w);
	*answered = result == OK;
	return result;
}

enum result books_export_sign(struct work *w, const struct sealer *sealer, size_t *answered)
{
	CLEANUP(buf_free) struct buf text = BUF(4096), note = BUF(8192);
	struct rows r;
	TX_GUARD(w);
	enum result result = tx_begin(w);

	*answered = 0;
	if (result == OK)
		result = db_run(w, Q_BOOKS_EXPORT_WAITING, DB_NO_ARGS, &r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	result = make_again(w, sealer, &r, &text);
	if (result == REFUSED)
		log_event(LOG_ERROR, "export_not_signed", K_WHY(&w->why));
	else if (result != OK)
		return result;
	if (result == OK) {
		buf_add_bytes(&note, buf_bytes(&text));
		buf_add_z(&note, "\n");
		note_sign(&sealer->log, sealer->key, buf_bytes(&text), &note);
	}
	return answer(w, &r, result == OK ? &note : NULL, answered);
}
