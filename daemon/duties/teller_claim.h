/* teller_claim.h: dispatches on their way from rows to parcels. Shared by teller_claim.c (what is ready) and teller_again.c (what was
 * sent before, and what goes to cash agents). Lane journal. */
#pragma once

#include "daemon/duties/teller.h"

#define PICK_MAX 8 /* dispatches in one transaction */

/* One dispatch on its way through a claim. */
struct drawn {
	const struct dispatch *dispatch; /* epoch is the new one once it is known */
	struct payable *at;
	struct judged *judged;
	size_t n;
	struct parcel *parcel; /* NULL: nothing of it may leave */
	struct sent_dispatch sent;
};

struct claim {
	struct work *w;
	struct bank *bank;
	struct dispatch_head now;
	int64_t monotonic_us;  /* taken before now */
	const int64_t *picked; /* ids; known as soon as they are locked */
	size_t picked_n;
	struct drawn *drawn;
	size_t n;
	const int64_t *counted; /* dispatches whose attempt is counted; none other is claimed then */
	size_t counted_n;
	bool again; /* one or all of them were refused: try others at once */
};

/* Gives each dispatch its payables, which come by payout id. */
void claim_share_out(
	struct claim *c, const struct dispatch *dispatches, size_t n, const struct payables *all);
/* Verifies each (law 7) and makes parcels of what may leave; first_time: what the journal knows may not. */
enum result claim_judge(struct claim *c, bool first_time) WARN_UNUSED;
/* What is ready of the bank: drawn, judged, held or sent, committed. n is 0 when there is nothing. What the database refuses is found
 * and set aside, so that it does not keep back the rest. */
enum result claim_commit(struct claim *c) WARN_UNUSED;
/* What could not be journalled does not leave: its lease runs out, and it is asked about. */
enum result claim_journal(struct claim *c) WARN_UNUSED;
/* The parcels, as a list; and what frees those that were not taken. */
struct parcel *claim_collect(struct claim *c);
void claim_free(struct claim *c);
/* On the loop: parcels are under way. */
void claim_take(struct bank *b, struct parcel *p);

/* Picks dispatches on its own; in the caller's transaction. */
enum result claim_pick(struct claim *c, struct dispatch **out, size_t *n) WARN_UNUSED;

/* ---- teller_poison.c: a line that kills whoever encodes it ---------------------------------------------------------------- */

/* Before a claim: counts what it will begin, when nobody knows yet that this process survives it; and holds the line that kills. */
enum result poison_count(struct claim *c) WARN_UNUSED;

/* Which channels of its bank are open, and which periods are paid (teller_times.c). In the claim's transaction. */
enum result times_open(struct claim *c, int64_t now_us, struct open_now *out) WARN_UNUSED;

/* ---- teller_aside.c: dispatches that cannot leave and must not keep back the others of their bank ------------------------ */

/* Those that are not to be picked now; in the arena. */
const int64_t *aside_now(struct work *w, const struct bank *b, int64_t monotonic_us, size_t *n);
/* Refused, together: each is tried alone. Refused alone: set aside, for longer each time, and said so. */
void aside_refused(
	struct bank *b, const int64_t *dispatches, size_t n, int64_t monotonic_us, const struct why *why);
/* They went. */
void aside_claimed(struct bank *b, const int64_t *dispatches, size_t n);
