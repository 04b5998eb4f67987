#include "ledger/books/post.h"

#include <string.h>

#include "ledger/base/merkle.h"
#include "ledger/books/head_store.h"
#include "ledger/books/late_store.h"
#include "ledger/books/slots.h"

/* What one call to PostgreSQL takes at most: beyond it a round trip costs nothing any more, and memory would grow. */
#define CHUNK 4096

/* One chunk on its way into the books. */
struct sheet {
	struct work *w;
	const struct entry *at;
	size_t n;
	enum floors floors;
	const struct leaf *again;  /* recover: what these leaves were; NULL: they are made now */
	const struct bytes *texts; /* recover: and their texts */
	const char **idems;
	struct hash *meanings;
	size_t *same_as; /* index of the first entry with the same key; itself when it is the first */
	const char **accounts;
	size_t n_accounts;
	int32_t *account_of; /* per leg, in order: index into accounts */
	size_t n_legs;
	int64_t first_seq;
	int64_t recorded_us;
	const int64_t *account_ids;
	bool *late; /* of each: its period was closed before */
};

/* ---- before the sequence is taken: everything that needs no number ------------------------------------------- */

static bool take_keys(struct sheet *s)
{
	CLEANUP(buf_free) struct buf scratch = {.max = LEAF_MAX};
	struct slots *known = slots_new(s->w->arena, s->n);

	for (size_t i = 0; i < s->n; i++) {
		if (!entry_check(&s->at[i], &s->w->why))
			return false;
		s->idems[i] = s->at[i].idem;
		s->meanings[i] = entry_meaning(&s->at[i], &scratch);
		s->same_as[i] = slots_put(known, s->at[i].idem, i);
		if (s->same_as[i] != i && !hash_eq(&s->meanings[i], &s->meanings[s->same_as[i]]))
			return why_set(&s->w->why, "idem_conflict",
				"%s is posted twice with different contents", s->at[i].idem);
	}
	return true;
}

static void take_accounts(struct sheet *s)
{
	struct slots *known;
	size_t leg = 0;

	for (size_t i = 0; i < s->n; i++)
		s->n_legs += s->at[i].n_legs;
	known = slots_new(s->w->arena, s->n_legs);
	s->accounts = arena_array(s->w->arena, s->n_legs, const char *);
	s->account_of = arena_array(s->w->arena, s->n_legs, int32_t);
	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = 0; j < s->at[i].n_legs; j++) {
			size_t k = slots_put(known, s->at[i].legs[j].account, s->n_accounts);

			if (k == s->n_accounts)
				s->accounts[s->n_accounts++] = s->at[i].legs[j].account;
			s->account_of[leg++] = (int32_t)k;
		}
	}
}

static enum result prepare(struct sheet *s)
{
	s->idems = arena_array(s->w->arena, s->n, const char *);
	s->meanings = arena_array(s->w->arena, s->n, struct hash);
	s->same_as = arena_array(s->w->arena, s->n, size_t);
	if (!take_keys(s))
		return REFUSED;
	take_accounts(s);
	return OK;
}

/* ---- with the sequence in hand --------------------------------------------------------------------------------- */

static enum result begin(struct sheet *s, int64_t *seq, bool *fresh)
{
	struct rows r;
	const int64_t *known;
	const int64_t *seqs;
	size_t n_known;
	size_t n_ids;
	enum result result = db_run(s->w, Q_BOOKS_BEGIN_POST,
		DB_ARGS(db_texts(s->idems, s->n), db_hashes(s->meanings, s->n),
			db_texts(s->accounts, s->n_accounts)),
		&r);

	if (result != OK)
		return result;
	s->first_seq = row_i64(&r, 0, rows_col(&r, "first_seq"));
	s->recorded_us = row_instant(&r, 0, rows_col(&r, "recorded"));
	s->account_ids = row_i64s(&r, 0, rows_col(&r, "accounts"), &n_ids);
	known = row_i64s(&r, 0, rows_col(&r, "known"), &n_known);
	seqs = row_i64s(&r, 0, rows_col(&r, "known_seqs"), &n_known);
	bug_if(n_ids != s->n_accounts);

	for (size_t i = 0; i < s->n; i++)
		seq[i] = -1;
	for (size_t i = 0; i < n_known; i++)
		seq[known[i] - 1] = seqs[i];
	for (size_t i = 0, next = 0; i < s->n; i++) {
		fresh[i] = seq[i] < 0 && s->same_as[i] == i;
		if (fresh[i])
			seq[i] = s->first_seq + (int64_t)next++;
		else if (seq[i] < 0)
			seq[i] = seq[s->same_as[i]];
	}
	s->late = arena_calloc(s->w->arena, s->n, sizeof *s->late);
	if (s->again == NULL && !row_null(&r, 0, rows_col(&r, "closed")))
		return books_late(
			s->w, s->at, s->n, month_of_day(row_day(&r, 0, rows_col(&r, "closed"))), s->late);
	for (size_t i = 0; i < s->n; i++)
		s->late[i] = s->again != NULL && s->at[i].late;
	return OK;
}

/* What is new as columns. */
struct columns {
	size_t n;
	const char **idems;
	struct hash *meanings;
	const char **kinds;
	struct day *effectives;
	bool *lates;
	int64_t *reverses;
	bool *reverses_none;
	int32_t *legs;
	int64_t *recordeds;
	struct bytes *leaves;
	struct hash *leaf_hashes;
	size_t n_legs;
	int32_t *of;
	int32_t *ns;
	int32_t *places;
	int64_t *amounts;
};

static struct columns columns_for(struct arena *a, size_t n, size_t n_legs)
{
	return (struct columns){
		.idems = arena_array(a, n, const char *),
		.meanings = arena_array(a, n, struct hash),
		.kinds = arena_array(a, n, const char *),
		.effectives = arena_array(a, n, struct day),
		.lates = arena_array(a, n, bool),
		.reverses = arena_array(a, n, int64_t),
		.reverses_none = arena_array(a, n, bool),
		.legs = arena_array(a, n, int32_t),
		.recordeds = arena_array(a, n, int64_t),
		.leaves = arena_array(a, n, struct bytes),
		.leaf_hashes = arena_array(a, n, struct hash),
		.of = arena_array(a, n_legs, int32_t),
		.ns = arena_array(a, n_legs, int32_t),
		.places = arena_array(a, n_legs, int32_t),
		.amounts = arena_array(a, n_legs, int64_t),
	};
}

static void add_leg(struct columns *c, const struct leg *leg, size_t j, int32_t place)
{
	c->of[c->n_legs] = (int32_t)c->n + 1;
	c->ns[c->n_legs] = (int32_t)j + 1;
	c->places[c->n_legs] = place + 1;
	c->amounts[c->n_legs] = vnd_dong(leg->amount);
	c->n_legs++;
}

static bool leaf_of(struct sheet *s, size_t i, int64_t seq, struct buf *text, struct bytes *out)
{
	struct leaf leaf = {.seq = seq, .recorded_us = s->recorded_us, .entry = s->at[i]};

	leaf.entry.late = s->late[i];
	if (s->texts != NULL) {
		*out = s->texts[i];
		return true;
	}
	buf_reset(text);
	leaf_text(&leaf, text);
	if (!buf_ok(text))
		return why_set(&s->w->why, "leaf_long", "the leaf of %s is longer than %d bytes",
			s->at[i].idem, LEAF_MAX);
	*out = buf_copy(text, s->w->arena);
	return true;
}

static void add_leaf(struct sheet *s, struct columns *c, size_t i, struct bytes text)
{
	const struct entry *e = &s->at[i];

	c->idems[c->n] = e->idem;
	c->meanings[c->n] = s->meanings[i];
	c->kinds[c->n] = leaf_kind_name(e->kind);
	c->effectives[c->n] = e->effective;
	c->lates[c->n] = s->late[i];
	c->reverses[c->n] = e->reverses;
	c->reverses_none[c->n] = !e->reverses_one;
	c->legs[c->n] = (int32_t)e->n_legs;
	c->recordeds[c->n] = s->again != NULL ? s->again[i].recorded_us : s->recorded_us;
	c->leaves[c->n] = text;
	c->leaf_hashes[c->n] = merkle_leaf(text);
	c->n++;
}

static bool write_leaves(struct sheet *s, const int64_t *seq, const bool *fresh, struct columns *c)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct bytes leaf;
	size_t leg = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!fresh[i]) {
			leg += s->at[i].n_legs;
			continue;
		}
		for (size_t j = 0; j < s->at[i].n_legs; j++)
			add_leg(c, &s->at[i].legs[j], j, s->account_of[leg++]);
		if (!leaf_of(s, i, seq[i], &text, &leaf))
			return false;
		add_leaf(s, c, i, leaf);
	}
	return true;
}

/* What the tables refuse of a reversal, in the books' words. */
static enum result why_not_reversed(struct work *w, enum result result)
{
	if (result != REFUSED || !why_is(&w->why, "constraint"))
		return result;
	if (strcmp(db_constraint(w), "txn_reverses") == 0)
		why_set(&w->why, "reversed_already", "what is to be taken back was taken back already");
	else if (strcmp(db_constraint(w), "txn_reverses_older") == 0)
		why_set(&w->why, "reverses_unknown", "what is to be taken back is not in the books");
	return result;
}

static enum result write_rows(struct sheet *s, const struct columns *c, struct rows *r)
{
	struct db_arg reverses = db_with_nulls(db_i64s(c->reverses, c->n), c->reverses_none);
	enum result result = db_run(s->w, Q_BOOKS_POST,
		DB_ARGS(db_i64(s->first_seq), db_instant(s->recorded_us), db_texts(c->idems, c->n),
			db_hashes(c->meanings, c->n), db_texts(c->kinds, c->n), db_days(c->effectives, c->n),
			db_bools(c->lates, c->n), reverses, db_i32s(c->legs, c->n),
			db_byteas(c->leaves, c->n), db_hashes(c->leaf_hashes, c->n),
			db_i32s(c->of, c->n_legs), db_i32s(c->ns, c->n_legs), db_i32s(c->places, c->n_legs),
			db_i64s(c->amounts, c->n_legs), db_i64s(s->account_ids, s->n_accounts),
			db_bool(s->floors == FLOORS_REFUSE)),
		r);

	return why_not_reversed(s->w, result);
}

/* Accounts below their floor, each once. */
static void add_below(struct work *w, struct posted *out, const char *const *below, size_t n)
{
	const char **all = arena_regrow(w->arena, out->below, out->n_below, out->n_below + n, sizeof(*all));

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < out->n_below && strcmp(all[k], below[i]) != 0)
			k++;
		if (k == out->n_below)
			all[out->n_below++] = below[i];
	}
	out->below = all;
}

static enum result post_chunk(struct sheet *s, struct posted *out, size_t at)
{
	struct columns c;
	struct rows r;
	size_t n_below;
	const char *const *below;
	enum result result;

	result = prepare(s);
	if (result == OK)
		result = begin(s, out->seq + at, out->fresh + at);
	if (result != OK)
		return result;
	c = columns_for(s->w->arena, s->n, s->n_legs);
	if (!write_leaves(s, out->seq + at, out->fresh + at, &c))
		return REFUSED;
	if (c.n == 0)
		return OK;
	result = write_rows(s, &c, &r);
	if (result != OK)
		return result;
	out->n_fresh += c.n;
	below = row_texts(&r, 0, rows_col(&r, "below"), &n_below);
	add_below(s->w, out, below, n_below);
	return OK;
}

enum result books_post(
	struct work *w, const struct entry *at, size_t n, enum floors floors, struct posted *out)
{
	struct posted all = {
		.seq = arena_array(w->arena, n, int64_t),
		.fresh = arena_array(w->arena, n, bool),
	};

	if (books_in_doubt(w->db, &w->why))
		return RETRY;
	for (size_t done = 0; done < n; done += CHUNK) {
		struct sheet s = {
			.w = w, .at = at + done, .n = n - done < CHUNK ? n - done : CHUNK, .floors = floors};
		enum result result = post_chunk(&s, &all, done);

		if (result != OK)
			return result;
	}
	if (out != NULL)
		*out = all;
	return OK;
}

static enum result write_again(struct sheet *s, const struct columns *c)
{
	struct db_arg reverses = db_with_nulls(db_i64s(c->reverses, c->n), c->reverses_none);

	return db_run(s->w, Q_BOOKS_RECOVER,
		DB_ARGS(db_i64(s->first_seq), db_instants(c->recordeds, c->n), db_texts(c->idems, c->n),
			db_hashes(c->meanings, c->n), db_texts(c->kinds, c->n), db_days(c->effectives, c->n),
			db_bools(c->lates, c->n), reverses, db_i32s(c->legs, c->n),
			db_byteas(c->leaves, c->n), db_hashes(c->leaf_hashes, c->n),
			db_i32s(c->of, c->n_legs), db_i32s(c->ns, c->n_legs), db_i32s(c->places, c->n_legs),
			db_i64s(c->amounts, c->n_legs), db_i64s(s->account_ids, s->n_accounts)),
		NULL);
}

enum result books_post_again(struct work *w, const struct leaf *leaves, const struct bytes *texts, size_t n)
{
	struct entry *at = arena_array(w->arena, n, struct entry);
	struct sheet s = {.w = w, .at = at, .n = n, .again = leaves, .texts = texts};
	int64_t *seq = arena_array(w->arena, n, int64_t);
	bool *fresh = arena_array(w->arena, n, bool);
	struct columns c;
	enum result result;

	for (size_t i = 0; i < n; i++)
		at[i] = leaves[i].entry;
	result = prepare(&s);
	if (result == OK)
		result = begin(&s, seq, fresh);
	if (result != OK)
		return result;
	for (size_t i = 0; i < n; i++) {
		if (!fresh[i] || seq[i] != leaves[i].seq) {
			why_set(&w->why, "recover_diverged",
				"ledger transaction %lld of the archive (%s) has another place in the database",
				(long long)leaves[i].seq, at[i].idem);
			return REFUSED;
		}
	}
	c = columns_for(w->arena, n, s.n_legs);
	return write_leaves(&s, seq, fresh, &c) ? write_again(&s, &c) : REFUSED;
}

enum result books_balance(struct work *w, const char *account, struct vnd *out)
{
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_BALANCE, DB_ARGS(db_text(account)), &r);

	if (result == OK)
		*out = rows_n(&r) > 0 ? row_vnd(&r, 0, rows_col(&r, "balance")) : vnd(0);
	return result;
}
