/* period_store.h: a month of an agency's books, closed by two officers (`chitra period`).
 *
 * The first proposes the text that he saw (period.h); the second confirms, and PostgreSQL makes the text again while nobody posts: what
 * changed since is refused, and so is whatever period_faults() names. Text and leaf come with the same commit. Closed once: again, nothing
 * happens. All inside the caller's transaction, as the officer who is logged in. */
#ifndef LEDGER_BOOKS_PERIOD_STORE_H
#define LEDGER_BOOKS_PERIOD_STORE_H

#include "ledger/books/period.h"
#include "ledger/db/db.h"

/* Why it may not be closed. */
struct period_fault {
	const char *code;
	const char *place;     /* funding account, channel, account's parts; NULL: the period as a whole */
	struct day day, until; /* n = 0: none */
	int64_t n;
	struct vnd amount;
};
struct period_faults {
	size_t n;
	const struct period_fault *at;
};
enum result period_faults(
	struct work *w, const char *agency, struct month m, struct period_faults *out) WARN_UNUSED;

enum period_state { PERIOD_OPEN, PERIOD_PROPOSED, PERIOD_CLOSED };
struct period_row {
	const char *agency;
	struct month month;
	enum period_state state;
	const char *first, *second; /* logins; NULL: nobody, or the text was made again after a restore */
	int64_t first_id;           /* of whoever proposed; 0: nobody */
	struct hash proposed;       /* hash of the text that he saw */
	int64_t leaf, size;         /* closed: by this leaf, over a checkpoint of this size */
};
struct period_rows {
	size_t n;
	const struct period_row *at;
};
/* Every month since the agency's books begin, oldest first; agency NULL: all. */
enum result period_list(struct work *w, const char *agency, struct period_rows *out) WARN_UNUSED;
/* REFUSED: agency_unknown. Of a month before the books or after today: PERIOD_OPEN. */
enum result period_find(
	struct work *w, const char *agency, struct month m, struct period_row *out) WARN_UNUSED;

/* The text: that of the closed one, or what it would be now. *text may be NULL. */
enum result period_show(
	struct work *w, const struct period_row *row, struct period *out, struct bytes *text) WARN_UNUSED;

/* REFUSED: period_* and what period_faults() names, no_mandate. *out is the row afterwards; when it was closed before, nothing happens. */
enum result period_propose(
	struct work *w, const char *agency, struct month m, struct period_row *out) WARN_UNUSED;
/* REFUSED besides: not_proposed, same_officer, first_mandate, period_changed. */
enum result period_confirm(struct work *w, const char *login, const char *agency, struct month m,
	struct period_row *out) WARN_UNUSED;

/* `chitra recover`, on an owner's connection when all else is back: the texts of closed periods are made again of what their leaves cover.
 * One that is not the one that was closed is not written, but named; a second run tries it again. */
struct period_texts {
	size_t made;
	struct period_rows lost; /* agency and month */
};
enum result period_texts_again(struct work *w, struct period_texts *out) WARN_UNUSED;

#endif
