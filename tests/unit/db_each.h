/* db_each.h: whichever call of the database fails, it is told, nothing stays, and the next try does it all.
 *
 *	each(w, "release", release);	// a function that does a whole transaction
 *
 * The first query is lost, then the second …; then the copies, then the commit, which fails meanwhile whenever nothing else did. At last
 * nothing fails. */
#pragma once

#include <inttypes.h>

#include "tests/lib/board.h"
#include "tests/unit/db_test.h"

struct each {
	const char *what;
	size_t place;
	uint64_t n, landed, lost;
	bool told;
};

#define EACH_COMMIT "test.work.commit.before"
static const char *const each_places[] = {"test.query", "test.copy", EACH_COMMIT};

static inline void each_arm(struct each *e)
{
	e->landed = board_landed_at(each_places[e->place]);
	board_arm(EACH_COMMIT, 1, BOARD_ERROR);
	board_arm(each_places[e->place], e->n, BOARD_ERROR);
}

static inline struct each each_of(const char *what)
{
	static bool begun;
	if (!begun)
		board_use("test");
	begun = true;
	struct each e = {.what = what, .n = 1, .told = true};
	each_arm(&e);
	return e;
}

/* False: nothing was to fail this time, and nothing did. */
static inline bool each_again(struct each *e, struct work *w, const enum result *r)
{
	tx_rollback(w);
	if (e->place == COUNT_OF(each_places)) {
		if (*r != OK)
			note("%s: %s: %s", result_name(*r), w->why.code, w->why.text);
		ok(e->told && *r == OK, "%s: each of %" PRIu64 " failures is told, and then it goes", e->what,
			e->lost);
		return false;
	}
	const char *place = each_places[e->place];
	if (board_landed_at(place) > e->landed) {
		e->lost++;
		if (*r != RETRY || !why_is(&w->why, "db_lost"))
			note("%s: %s %" PRIu64 " was lost: %s %s", e->what, place, e->n, result_name(*r),
				w->why.code);
		e->told &= *r == RETRY && why_is(&w->why, "db_lost");
		e->n++;
	}
	/* A commit that is not to fail would do it all: there is one. */
	if (board_landed_at(place) == e->landed || e->place == COUNT_OF(each_places) - 1) {
		board_arm(place, 0, BOARD_ERROR);
		e->place++;
		e->n = 1;
	}
	if (e->place < COUNT_OF(each_places))
		each_arm(e);
	else
		board_arm(EACH_COMMIT, 0, BOARD_ERROR);
	return true;
}

static inline void each(struct work *w, const char *what, enum result (*run)(struct work *w))
{
	enum result r;
	struct each e = each_of(what);
	do {
		why_clear(&w->why);
		w->deadline_us = work_deadline_in_ms(60000);
		r = run(w);
	} while (each_again(&e, w, &r));
}
