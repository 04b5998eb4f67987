/* report_store.h: a period in figures: people by programme and ward, payouts, the books; and statement lines for comparison.
 *
 * Read-only. Inside an officer's transaction; account numbers by an opening that was begun before it. Called by `chitra report`. */
#ifndef CHITRA_RECON_REPORT_STORE_H
#define CHITRA_RECON_REPORT_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/db/work.h"
#include "ledger/register/opening_store.h"
#include "ledger/register/recovery_store.h"

/* People of one programme in one ward. `open`: nobody has made a batch of their claims yet. */
struct report_row {
	const char *programme, *ward;
	const char *ward_name; /* "" of several units */
	int64_t on_list, payable, cash_wish, cash_want, held, exceptions, ended, open;
	int64_t settled, returned, rejected, not_paid, settled_payouts;
	struct vnd settled_amount, returned_amount, unexplained;
};

struct report {
	struct month period;
	struct report_row *rows; /* by programme and ward */
	size_t n;
	int64_t rejected_rows;
	struct vnd in_flight, suspense, unexplained; /* of the whole database */
	struct recovery_sums recovery;               /* and what is asked back, which no other figure holds */
	bool books_balance; /* the accounts add up to 0, and in flight is what payouts are in flight */
	int64_t ledger_seq; /* transactions in the books */
	int64_t checkpoint_size;
	struct hash checkpoint_root; /* when checkpoint_size > 0 */
};
/* area_day: by the units of that day (register.listed says how); NULL: by those of the lists. */
enum result report_read(
	struct work *w, struct month period, const struct day *area_day, struct report *out) WARN_UNUSED;

/* All statement lines as the bank booked them, in order. Strings live until `take` returns. */
struct report_line {
	const char *account; /* the funding account's number */
	struct day day;
	const char *entry_ref, *id; /* id: "" for none */
	bool debit;
	struct vnd amount;
};
enum result report_lines(
	struct work *w, void (*take)(void *context, const struct report_line *l), void *context) WARN_UNUSED;

/* All payouts of a period that have ended, with their account numbers opened. REFUSED seal_*. */
struct report_settled {
	const char *id, *state; /* state: settled, returned, rejected, not_paid, cancelled */
	struct vnd amount;
	const char *account, *bank; /* "" for cash */
	bool has_value_date;
	struct day value_date;
	const char *entry; /* "" for none */
};
enum result report_settled(struct work *w, const struct opening *opening, struct month period,
	void (*take)(void *context, const struct report_settled *s), void *context) WARN_UNUSED;

#endif
