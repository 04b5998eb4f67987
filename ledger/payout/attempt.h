/* attempt.h: when a payment may leave, leave again, and be asked about: what the teller decides beside step.h.
 *
 * Law 1 in time: how long a bank knows an id, until when a request may leave, whether an id that was not found goes again; and how long
 * to wait before the next enquiry. Instants are the business clock's unless a name says otherwise. Pure: called by the teller, by
 * dispatch_store.h for what a row must be given, and by the simulation. */
#ifndef CHITRA_PAYOUT_ATTEMPT_H
#define CHITRA_PAYOUT_ATTEMPT_H

#include "ledger/base/day.h"
#include "ledger/payout/step.h"

/* ---- leaving -------------------------------------------------------------------------------------------------------- */

#define ATTEMPT_MARGIN_US \
	INT64_C(2000000) /* a request leaves this long before its last moment, or not at all */

/* What would let a payment leave twice is believed of the database only as far as our own configuration says it too (law 7). */
struct profile attempt_believed(const struct profile *rows, int our_days);

/* The first instant at which the bank may have forgotten an id that it heard of on that day at the earliest; 0: it deduplicates none. */
int64_t attempt_known_until(struct day first, int rows_days, int our_days);

/* The same for a further attempt. Since when the bank may know the id the sent journal says, by the real clock; the rows may only make it
 * shorter. journalled NULL: the journal does not have it, its first teller died before. */
int64_t attempt_known_again(
	int64_t rows_until_us, const struct day *journalled, int our_days, int64_t now_us, int64_t wall_us);

/* Its last moment has come: nothing of it leaves any more. */
bool attempt_is_over(int64_t until_us, int64_t now_us);

/* The last moment at which a request may leave. known_until_us 0: nobody sends it again, so only its validity counts. */
int64_t attempt_leave_by(int64_t valid_until_us, int64_t known_until_us);

/* ---- the same id again ---------------------------------------------------------------------------------------------- */

/* Asked before the enquiry leaves. asked: how often, this enquiry included; believed: attempt_believed. */
struct attempt_facts {
	struct profile believed;
	int asked;
	struct day first_sent, today;
	int64_t valid_until_us, now_us;
};
bool attempt_may_again(const struct attempt_facts *f);

/* Asked when its answer was recorded: may is what the question above came to, state what the payout is in now. */
bool attempt_goes_again(bool may, enum payout_state state, enum payout_event answer);

/* ---- enquiries ------------------------------------------------------------------------------------------------------ */

#define ENQUIRY_NEVER INT64_C(-1)

/* From one enquiry to the next, when nothing else is said. asked: how often it was asked about before. */
#define ENQUIRY_WAITS 20 /* from so many on the wait is the same */
int64_t enquiry_wait_ms(int asked);

/* Accepted ones are asked about when nothing of their dispatch is in worse doubt, or when it has taken long. */
bool enquiry_wants(enum payout_state state, bool any_worse, int asked);

/* A dispatch of which any are in doubt and none worse than accepted: the bank is at work, so the next time is far off. */
int64_t enquiry_wait_taken_ms(int asked);

/* What a dispatch is let go of with: asked about soon, later, or never. part: it was the same ids again, after so many enquiries, and of the
 * rest of the dispatch nothing is known; a bank that takes a payment and forgets it each time hears of it ever more rarely. */
int64_t enquiry_after_ms(size_t doubt, size_t accepted, bool part, int asked);

#endif
