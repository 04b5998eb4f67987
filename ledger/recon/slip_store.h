/* slip_store.h: what the slip of one payment says, for the citizen whom a ward's clerk hands it (`chitra ledger slip`).
 *
 * Only of what was paid and stands so. Whoever asks has said why (opening_store.h). */
#ifndef CHITRA_RECON_SLIP_STORE_H
#define CHITRA_RECON_SLIP_STORE_H

#include "ledger/base/note.h"
#include "ledger/register/opening_store.h"

struct slip {
	const char *id;                               /* end-to-end */
	const char *agency, *programme, *name, *ward; /* ward: NULL where the unit has no name */
	struct month month;
	const char *kind; /* regular, arrears … */
	struct vnd amount;
	struct day paid;
	bool cash, sandbox;
	const char *place;         /* the bank, or who paid in cash */
	const char *holder;        /* of the account; NULL in cash */
	const char *account_kind;  /* self, delegate …; NULL in cash */
	char account[MASKED_SIZE]; /* "" in cash */
	const char *entry;         /* the bank's name for it */
	int64_t leaf, recorded_us;
	struct checkpoint checkpoint;
	struct bytes code; /* what the QR code holds: ledger/verify/slip.h has its form */
};

/* Inside the caller's transaction. REFUSED payout_not_paid (it is not, or came back), and what books_receipts refuses. */
enum result slip_make(struct work *w, const struct opening *opening, int64_t payout,
	const char *end_to_end_id, struct slip *out) WARN_UNUSED;

#endif
