#include "ledger/payout/attempt.h"

#define FIRST_MS     INT64_C(500)
#define MOST_MS      INT64_C(300000)
#define TAKEN_MS     INT64_C(60000) /* what the bank accepted is asked about when no callback came for so long */
#define TAKEN_DOUBLE 5              /* times */
#define AGAIN_AFTER  2 /* the same id again: at the earliest when it was not found for the second time */
#define ALL_AFTER    4 /* accepted ones beside unknown ones: callbacks have had their time */

/* ---- leaving -------------------------------------------------------------------------------------------------------- */

struct profile attempt_believed(const struct profile *rows, int our_days)
{
	struct profile p = *rows;
	if (p.dedupe_days > our_days)
		p.dedupe_days = our_days;
	return p;
}

int64_t attempt_known_until(struct day first, int rows_days, int our_days)
{
	int days = rows_days < our_days ? rows_days : our_days;
	return days > 0 ? instant_of_day_vn(day_add(first, days)) : 0;
}

int64_t attempt_known_again(
	int64_t rows_until_us, const struct day *journalled, int our_days, int64_t now_us, int64_t wall_us)
{
	if (!journalled)
		return rows_until_us;
	int64_t until = now_us + instant_of_day_vn(day_add(*journalled, our_days)) - wall_us;
	return until < rows_until_us ? until : rows_until_us;
}

bool attempt_is_over(int64_t until_us, int64_t now_us)
{
	return until_us <= now_us + ATTEMPT_MARGIN_US;
}

int64_t attempt_leave_by(int64_t valid_until_us, int64_t known_until_us)
{
	int64_t last = known_until_us && known_until_us < valid_until_us ? known_until_us : valid_until_us;
	return last - ATTEMPT_MARGIN_US;
}

/* ---- the same id again ---------------------------------------------------------------------------------------------- */

bool attempt_may_again(const struct attempt_facts *f)
{
	int days = f->first_sent.n <= f->today.n ? f->today.n - f->first_sent.n : 0;
	return f->asked >= AGAIN_AFTER &&
	       payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND, &f->believed, days,
		       attempt_is_over(f->valid_until_us, f->now_us));
}

bool attempt_goes_again(bool may, enum payout_state state, enum payout_event answer)
{
	return may && state == PAYOUT_UNKNOWN && answer == EVENT_SAID_NOT_FOUND;
}

/* ---- enquiries ------------------------------------------------------------------------------------------------------ */

int64_t enquiry_wait_ms(int asked)
{
	int64_t wait = FIRST_MS << (asked + 1 < ENQUIRY_WAITS ? asked + 1 : ENQUIRY_WAITS);
	return wait < MOST_MS ? wait : MOST_MS;
}

bool enquiry_wants(enum payout_state state, bool any_worse, int asked)
{
	return state != PAYOUT_ACCEPTED || !any_worse || asked >= ALL_AFTER;
}

int64_t enquiry_wait_taken_ms(int asked)
{
	return TAKEN_MS << (asked < TAKEN_DOUBLE ? asked : TAKEN_DOUBLE);
}

int64_t enquiry_after_ms(size_t doubt, size_t accepted, bool part, int asked)
{
	if (part)
		return enquiry_wait_ms(asked > 0 ? asked - 1 : 0);
	if (doubt > 0)
		return FIRST_MS;
	return accepted > 0 ? TAKEN_MS : ENQUIRY_NEVER;
}
