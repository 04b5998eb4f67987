/* db_payout.h: a payroll that may be paid, in a database of its own, on the morning of 3 April 2024. What the tests of dispatches and of
 * recovery share. */
#pragma once

#include <inttypes.h>

#include "ledger/payout/dispatch_store.h"
#include "tests/lib/payroll_fixture.h"
#include "tests/lib/place.h"
#include "tests/unit/db_books.h"

static char place[64]; /* keys, archives and journals */

static inline struct work fresh_work(struct db *db)
{
	struct work w = work_on(db);
	w.deadline_us = work_deadline_in_ms(60000);
	return w;
}

static inline struct db *payout_scene_begin(const char *name)
{
	int64_t rows;
	bool made;
	books_scene_begin(name);
	snprintf(place, sizeof place, "/tmp/chitra-%s-%d", name, (int)getpid());
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = fresh_work(db);
	const char *share = migrate_share(&w, "sql");
	if (!share || !went(&w, migrate_reference(&w, share, &rows)) ||
		!went(&w, migrate_instance(&w, true, "2024-04-03 08:00", &made)))
		exit(1);
	arena_free(w.arena);
	return db;
}

static inline void make_payroll(struct work *w, struct payroll p)
{
	p.dir = place;
	payroll_setup(w, &p);
	payroll_pay(w, &p);
}

static inline enum result what_is_open(struct work *w, const char *bank, struct open_now *out)
{
	struct timetable t;
	struct dispatch_head now;
	enum result r = dispatch_head(w, &now);
	if (r == OK)
		r = timetable_load(w, now.today, &t);
	if (r == OK)
		*out = timetable_open(&t, w->arena, bank, now.now_us);
	return r;
}

static inline struct open_now open_of(struct work *w, const char *bank)
{
	struct open_now open;
	if (!went(w, what_is_open(w, bank, &open)))
		exit(1);
	return open;
}

/* All dispatches that there are, as many as are said. */
static inline void send_all(struct work *w, const struct sender *by, size_t dispatches)
{
	struct dispatch_head now;
	struct open_now open = open_of(w, "demo");
	struct dispatch *at;
	struct entries entries = {0};
	struct sent_dispatch *sent = arena_array(w->arena, dispatches, struct sent_dispatch);
	size_t n = 0;
	const struct dispatch_wish wish = {.open = &open, .n = dispatches + 1};
	if (!went(w, tx_begin(w)) || !went(w, dispatch_head(w, &now)) ||
		!went(w, dispatch_pick(w, &wish, &at, &n)))
		exit(1);
	is_i64((int64_t)n, (int64_t)dispatches, "(dispatches)");
	for (size_t i = 0; i < n; i++) {
		struct payables all;
		if (!went(w, dispatch_load(
				     w, &at[i].id, 1, (const enum payout_state[]){PAYOUT_READY}, 1, &all)))
			exit(1);
		const struct payable **items = arena_array(w->arena, all.n, const struct payable *);
		for (size_t k = 0; k < all.n; k++)
			items[k] = &all.at[k];
		sent[i] = (struct sent_dispatch){.dispatch = &at[i], .items = items, .n = all.n};
	}
	if (!went(w, dispatch_send(w, by, now.today, sent, n, &entries)) ||
		!went(w, books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL)) || !went(w, tx_commit(w)))
		exit(1);
}

/* How many payouts are in each state. */
static inline const char *states(void)
{
	return scene(
		"select string_agg(state || ':' || n, ' ' order by state) from (select state, count(*) as n from "
		"payout.payout_state group by state) x");
}

static inline void payout_scene_end(struct db *db)
{
	db_close(db);
	place_remove(place);
	scene_end();
}
