/* post.h: the one way into the books.
 *
 * Called by whoever moved money or made a fact, inside its transaction, after its moves and as the last thing before tx_commit:
 * from here on the sequence is held, so everybody else waits. A thousand entries are one call. Never decides what to post:
 * that is event.h; never signs: that is seal.h. */
#ifndef LEDGER_BOOKS_POST_H
#define LEDGER_BOOKS_POST_H

#include "ledger/books/leaf.h"
#include "ledger/db/db.h"

enum floors {
	FLOORS_REFUSE, /* our own action: refused when an account would go below its floor (why floor) */
	FLOORS_RECORD, /* a bank's fact: recorded all the same; posted.below says which accounts */
};

/* In w->arena; index as the entries. */
struct posted {
	int64_t *seq; /* where the entry is, whether it came now or was there */
	bool *fresh;  /* false: its key was in the books already, with the same meaning; nothing was posted */
	size_t n_fresh;
	size_t n_below;
	const char *const *below; /* accounts below their floor now */
};

/* Posts n entries, in their order, each once: keys that are there already are skipped. out may be NULL. REFUSED: leaf_* (an
 * entry that cannot be a leaf: our defect), idem_conflict, floor, reverses_unknown, reversed_already. Then nothing is posted and the transaction is
 * spoilt, as always. RETRY history_in_doubt: what were posted now would stand in the way of recovery (head_store.h). */
enum result books_post(
	struct work *w, const struct entry *at, size_t n, enum floors floors, struct posted *out) WARN_UNUSED;

/* For recover_store.c alone: n leaves that the archive has and the database lacks, with the numbers and times that they had.
 * REFUSED: recover_diverged (the database goes on with something else). */
enum result books_post_again(
	struct work *w, const struct leaf *leaves, const struct bytes *texts, size_t n) WARN_UNUSED;

/* An account's balance as booked (debit positive); 0 for an account that is not there. */
enum result books_balance(struct work *w, const char *account, struct vnd *out) WARN_UNUSED;

#endif
