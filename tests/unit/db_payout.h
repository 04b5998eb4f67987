/* db_payout.h: a payroll that may be paid, in a database of its own, on the morning of 3 April 2024. What the tests of dispatches and of
 * recovery share. */
#pragma once

#include <ftw.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "ledger/payout/dispatch_store.h"
#include "tests/lib/payroll_fixture.h"
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

/* How many payouts are in each state. */
static inline const char *states(void)
{
	return scene(
		"select string_agg(state || ':' || n, ' ' order by state) from (select state, count(*) as n from "
		"payout.payout_state group by state) x");
}

static inline int payout_scene_remove_one(
	const char *path, const struct stat *st, int what, struct FTW *where)
{
	(void)st;
	(void)what;
	(void)where;
	return remove(path);
}

static inline void payout_scene_end(struct db *db)
{
	db_close(db);
	nftw(place, payout_scene_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	scene_end();
}
