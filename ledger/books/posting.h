/* posting.h: what each event books. posting.c is the table of DESIGN §7, to be read alone; only event.c calls it. Pure. */
#ifndef LEDGER_BOOKS_POSTING_H
#define LEDGER_BOOKS_POSTING_H

#include "ledger/books/event.h"

/* Each writes entry->legs and entry->n_legs; an event that moves nothing leaves none. */
void post_batch_approved(struct arena *a, const struct batch_approved *e, struct entry *to);
void post_batch_released(struct arena *a, const struct batch_released *e, struct entry *to);
void post_dispatch_sent(struct arena *a, const struct dispatch_sent *e, struct entry *to);
void post_payout_unpaid(struct arena *a, const struct payout_end *e, struct entry *to);
void post_payout_settled(struct arena *a, const struct payout_end *e, struct entry *to);
void post_payout_returned(struct arena *a, const struct payout_end *e, struct entry *to);
void post_claim_voided(struct arena *a, const struct claim_voided *e, struct entry *to);
void post_unclaimed_cancelled(struct arena *a, const struct unclaimed_cancelled *e, struct entry *to);
void post_funding(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_fee(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_suspense(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_agent_advanced(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_agent_returned(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_refund(struct arena *a, const struct statement_fact *e, struct entry *to);
void post_break_resolved(struct arena *a, const struct break_resolved *e, struct entry *to);
void post_reversal(struct arena *a, const struct reversal *e, struct entry *to);
void post_clawback(struct arena *a, const struct clawback *e, struct entry *to);

#endif
