/* payer_store.h: who pays, from which accounts, by which channels; expected money; the clock of a sandbox.
 *
 * The payer is put by the owner (`chitra setup`), each thing once: what is there already must be the same. Money that is expected
 * never books anything by itself. */
#ifndef CHITRA_REGISTER_PAYER_STORE_H
#define CHITRA_REGISTER_PAYER_STORE_H

#include "ledger/base/sign.h"
#include "ledger/db/db.h"

struct payer_agency {
	const char *code, *name;
};

struct payer_account {
	const char *code, *agency, *bank, *number;
};

struct payer_programme {
	const char *code, *name; /* name NULL: it is there already */
	const char *agency, *account;
};

struct payer_channel {
	const char *code, *kind /* bank, cash */, *account, *bank, *driver;
	bool deduplicates, honours_valid_until;
	int64_t dedupe_days, posting_lag_days, items_per_message, valid_hours;
	bool has_agent_key;
	struct verify_key agent_key;
	const char *hours; /* when it takes payments (schedule.h); NULL: always */
	bool on_holidays;
	int64_t margin_minutes;
};

struct payer_fee {
	const char *bank, *pattern;
	struct vnd most;
};

struct payer {
	size_t n_agencies, n_accounts, n_programmes, n_channels, n_fees;
	struct payer_agency *agencies;
	struct payer_account *accounts;
	struct payer_programme *programmes;
	struct payer_channel *channels;
	struct payer_fee *fees;
};

/* Inside the caller's transaction. *fresh: rows that were not there. REFUSED setup_differs: something is there as another thing,
 * or names what does not exist; constraint. */
enum result payer_put(struct work *w, const struct payer *payer, int64_t *fresh) WARN_UNUSED;

/* ---- expected money ---- */

struct funding_order {
	const char *account, *kind /* treasury, agent_advance, agent_return; refund, unspent */;
	const char *channel; /* NULL: the account's only cash channel, or none for the treasury */
	const char *reference;
	struct vnd amount;
	/* as listed */
	const char *maker;
	bool booked;
	bool waits;     /* a refund that no second officer has confirmed */
	bool withdrawn; /* a refund that is not paid after all */
};

/* Inside an officer's transaction. An order that is there already is fine (*fresh false). REFUSED account_unknown,
 * order_differs, order_withdrawn, no_mandate (operator or release of the account's agency; of a refund: release). */
enum result funding_expect(
	struct work *w, int64_t officer, const struct funding_order *order, bool *fresh) WARN_UNUSED;

/* Whether it is money back to the treasury: refund, what is owed to it; unspent, what of its advance was not spent. */
bool funding_is_refund(const struct funding_order *order);

/* After funding_expect of a refund: an officer who did not give it confirms it by saying the same. Not confirmed: he gave it himself.
 * REFUSED no_mandate, first_mandate (role release), refund_too_much (not so much is there). */
enum result refund_confirm(struct work *w, const struct funding_order *order, bool *confirmed) WARN_UNUSED;

/* One officer stops a refund, confirmed or not, before the bank has debited it; its money is free again. *amount: the order's. REFUSED
 * order_unknown, order_withdrawn, order_differs (it is no refund), no_mandate (role release), refund_gone (the bank has debited it). */
enum result refund_withdraw(struct work *w, const char *account, const char *reference, const char *reason,
	struct vnd *amount) WARN_UNUSED;

struct funding_orders {
	size_t n;
	struct funding_order *at;
};
enum result funding_list(struct work *w, struct funding_orders *out) WARN_UNUSED;

struct funding_accounts {
	size_t n;
	struct payer_account *at;
	struct vnd *promised; /* of each one's advance, to the treasury */
};
enum result funding_accounts(struct work *w, struct funding_accounts *out) WARN_UNUSED;

/* ---- the business clock ---- */

struct business_clock {
	bool sandbox;
	int64_t now_us;
	struct day today;
};
enum result clock_look(struct work *w, struct business_clock *out) WARN_UNUSED;

/* REFUSED clock_fixed (no sandbox), clock_back. Inside the caller's transaction. */
enum result clock_move(struct work *w, int64_t to_us, int64_t *now_us) WARN_UNUSED;

#endif
