#include "ledger/payout/journal_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/db/db.h"
#include "ledger/payout/journal_read.h"

#define AT_ONCE    8192 /* ids of one query */
#define COMPARE_MS (INT64_C(10) * 60 * 1000)

struct comparing {
	struct work *w;
	const struct journal *journal;
	uint64_t archived;
	const char *const *banks;
	size_t banks_n;
	const char *place;
	uint64_t at, upto; /* upto: from here on the archive might not miss what is lost */
	bool sealed;       /* all up to here */
	size_t lost;
	char first[E2E_ID_SIZE];
	const char *state; /* of the first */
};

static const char *place_of(struct arena *a, const struct journal *j)
{
	char host[128] = "";
	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	return arena_printf(a, "%s:%s", host, journal_path(j));
}

static enum result look_for(struct comparing *c, const struct journal_sent *at, size_t n)
{
	struct work *w = c->w;
	const char **ids = arena_array(w->arena, n, const char *);
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (journal_has(c->journal, at[i].item.id))
			ids[k++] = at[i].item.id;
	struct rows lost;
	enum result r = db_run(w, Q_JOURNAL_LOST, DB_ARGS(db_texts(ids, k)), &lost);
	if (r != OK || rows_n(&lost) == 0)
		return r;
	if (c->lost == 0) {
		snprintf(c->first, sizeof c->first, "%s", row_text(&lost, 0, rows_col(&lost, "id")));
		c->state = row_text(&lost, 0, rows_col(&lost, "state"));
	}
	c->lost += rows_n(&lost);
	return OK;
}

static bool is_among(const struct rows *sealed, int64_t dispatch)
{
	int col = rows_col(sealed, "dispatch");
	size_t lo = 0, hi = rows_n(sealed);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (row_i64(sealed, mid, col) == dispatch)
			return true;
		if (row_i64(sealed, mid, col) < dispatch)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static enum result move_mark(struct comparing *c, const struct journal_sent *at, size_t n)
{
	struct work *w = c->w;
	int64_t *dispatches = arena_array(w->arena, n, int64_t);
	struct rows sealed;
	for (size_t i = 0; i < n; i++)
		dispatches[i] = at[i].dispatch;
	enum result r = db_run(
		w, Q_JOURNAL_SEALED, DB_ARGS(db_i64s(dispatches, n), db_i64((int64_t)c->archived)), &sealed);
	for (size_t i = 0; r == OK && i < n && c->sealed; i++) {
		c->upto = at[i].from;
		c->sealed = is_among(&sealed, at[i].dispatch);
	}
	return r;
}

/* more: that was not all. */
static enum result compare_some(struct comparing *c, bool *more)
{
	struct journal_sent *at;
	size_t n;
	uint64_t stopped;
	if (!journal_read_some(
		    c->w->arena, journal_path(c->journal), c->at, AT_ONCE, &at, &n, &stopped, &c->w->why))
		return REFUSED;
	*more = n > 0;
	enum result r = n > 0 ? look_for(c, at, n) : OK;
	if (r == OK && n > 0 && c->sealed)
		r = move_mark(c, at, n);
	if (c->sealed)
		c->upto = stopped;
	c->at = stopped;
	return r;
}

static enum result compare_all(struct comparing *c)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_job = c->w->arena;
	enum result r = OK;
	for (bool more = true; r == OK && more;) {
		c->w->arena = some;
		r = compare_some(c, &more);
		c->w->arena = of_job;
		if (c->state)
			c->state = arena_strdup(of_job, c->state);
		arena_reset(some);
	}
	return r;
}

static const char *doubt_of(const struct comparing *c)
{
	if (c->lost == 0)
		return NULL;
	return arena_printf(c->w->arena,
		"%zu payments of the sent journal %s are not sent in the database; of the first, %s, it says %s",
		c->lost, c->place, c->first, c->state);
}

static enum result compare(struct comparing *c, const char **doubt)
{
	struct work *w = c->w;
	struct rows r;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_JOURNAL_KNOWN, DB_ARGS(db_text(journal_name(c->journal))), &r);
	if (result != OK)
		return result;
	c->at = c->upto = (uint64_t)row_i64(&r, 0, rows_col(&r, "upto"));
	if (c->at > journal_size(c->journal))
		*doubt = arena_printf(w->arena,
			"the sent journal %s is shorter than it was: it had %" PRIu64 " bytes", c->place,
			c->at);
	else
		result = compare_all(c);
	if (result == OK && !*doubt)
		*doubt = doubt_of(c);
	if (result == OK)
		result = db_run(w, Q_JOURNAL_COMPARED,
			DB_ARGS(db_text(journal_name(c->journal)), db_text(c->place),
				db_i64((int64_t)c->upto), db_text(*doubt), db_texts(c->banks, c->banks_n)),
			NULL);
	return result == OK ? tx_commit(w) : result;
}

enum result journal_compare(struct work *w, const struct journal *j, uint64_t archived,
	const char *const *banks, size_t banks_n, const char **doubt)
{
	struct comparing c = {.w = w,
		.journal = j,
		.archived = archived,
		.banks = banks,
		.banks_n = banks_n,
		.place = place_of(w->arena, j),
		.sealed = true};
	int64_t given_us = w->deadline_us;
	*doubt = NULL;
	w->deadline_us = work_deadline_in_ms(COMPARE_MS);
	enum result r = compare(&c, doubt);
	w->deadline_us = given_us;
	return r;
}

enum result journal_doubt(struct work *w, const char **doubt)
{
	struct rows r;
	enum result result = db_run(w, Q_HISTORY_DOUBT, DB_NO_ARGS, &r);
	*doubt = NULL;
	if (result == OK && !row_null(&r, 0, rows_col(&r, "doubt")))
		*doubt = row_text(&r, 0, rows_col(&r, "doubt"));
	return result;
}
