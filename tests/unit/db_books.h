/* db_books.h: a database with the schema in it, and payouts to settle. What the db_books*.c tests share. */
#pragma once

#include <pthread.h>

#include "ledger/books/check_store.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"
#include "ledger/db/migrate.h"
#include "tests/unit/db_test.h"

/* Shows why on the way. */
static inline bool went(struct work *w, enum result r)
{
	if (r != OK)
		note("%s: %s: %s", result_name(r), w->why.code, w->why.text);
	return r == OK;
}

static inline void books_scene_begin(const char *name)
{
	struct db *db;
	struct work w;
	const char *share;
	size_t applied;

	scene_begin(name);
	db = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(db);
	w.deadline_us = work_deadline_in_ms(60000);
	share = migrate_share(&w, "sql");
	if (share == NULL || !went(&w, migrate_roles(&w, share)) ||
		!went(&w, migrate_apply(&w, share, NULL, &applied)))
		exit(1);
	arena_free(w.arena);
	db_close(db);
}

static inline struct told_by told_by_scribe(void)
{
	return (struct told_by){.actor = "duty:scribe", .effective = {19816}};
}

/* The treasury's money on a statement, so that there is something to pay out of. */
static inline struct entry funding_of(struct arena *a, int64_t line, int64_t dong)
{
	struct told_by by = told_by_scribe();

	return entry_funding(a, &by,
		&(struct statement_fact){.line = line,
			.funding_account = "pt-merit",
			.day = by.effective,
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB24",
			.order = "QD-08"});
}

/* A payout on the day 19816 + payout % 3. */
static inline struct entry settled_of(struct arena *a, int64_t payout, int64_t dong)
{
	struct told_by by = told_by_scribe();

	by.effective.n += (int32_t)(payout % 3);
	return entry_payout_settled(a, &by,
		&(struct payout_end){.payout = payout,
			.batch = 1,
			.id = "4ZK7Q2M9XW0RB3T8HDN",
			.line = sha256(bytes_of(&payout, sizeof payout)),
			.amount = vnd(dong),
			.channel = "demo-merit",
			.funding_account = "pt-merit",
			.agency = "phan-thiet",
			.programme = "merit",
			.entry = "FT1"});
}

/* One transaction that posts them. */
static inline enum result post_all(
	struct work *w, const struct entry *at, size_t n, enum floors floors, struct posted *out)
{
	enum result r;

	TX_GUARD(w);
	w->deadline_us = work_deadline_in_ms(60000);
	r = tx_begin(w);
	if (r == OK)
		r = books_post(w, at, n, floors, out);
	return r == OK ? tx_commit(w) : r;
}

static inline bool books_whole(struct work *w, int64_t txns)
{
	struct books_check found = {.txns = -1};

	w->deadline_us = work_deadline_in_ms(60000);
	return went(w, books_check(w, &found)) && found.txns == txns;
}
