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
	int64_t monotonic_us; /* taken before now */
	struct drawn *drawn;
	size_t n;
};

/* Gives each dispatch its payables, which come by payout id. */
void claim_share_out(
	struct claim *c, const struct dispatch *dispatches, size_t n, const struct payables *all);
/* Verifies each (law 7) and makes parcels of what may leave; first_time: what the journal knows may not. */
enum result claim_judge(struct claim *c, bool first_time) WARN_UNUSED;
/* What is ready of the bank: drawn, judged, held or sent, committed. n is 0 when there is nothing. */
enum result claim_commit(struct claim *c) WARN_UNUSED;
/* What could not be journalled does not leave: its lease runs out, and it is asked about. */
enum result claim_journal(struct claim *c) WARN_UNUSED;
/* The parcels, as a list; and what frees those that were not taken. */
struct parcel *claim_collect(struct claim *c);
void claim_free(struct claim *c);
/* The database's history is in doubt: nothing is sent. */
bool claim_doubt(struct work *w);
/* On the loop: parcels are under way. */
void claim_take(struct bank *b, struct parcel *p);
