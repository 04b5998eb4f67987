/* cash_store.h: the agent's list against what was handed over, and what two officers confirm of it.
 *
 * Everybody who was handed over is on the list, with exactly their amount, and nobody else is; otherwise nothing is taken. The
 * first officer proposes, the second, who is another, confirms: paid is settled, out of what the agent holds for us; not
 * collected is not_paid. The same list again changes nothing. Inside an officer's transaction. Called by `chitra cash`. */
#ifndef CHITRA_RECON_CASH_STORE_H
#define CHITRA_RECON_CASH_STORE_H

#include "ledger/base/evidence.h"
#include "ledger/base/sign.h"
#include "ledger/payout/outcome.h"
#include "ledger/recon/cash_list.h"

struct cash_channel {
	int64_t id, funding;
	const char *code, *bank, *agency;
	struct verify_key agent_key;
};
/* REFUSED channel_unknown. */
enum result cash_channel_find(struct work *w, const char *code, struct cash_channel *out) WARN_UNUSED;

struct cash_file {
	struct bytes body; /* the bytes that were signed */
	struct hash sha256;
	const struct key32 *evidence; /* public: it is kept sealed for whoever may read bank messages */
	const struct key32 *blind;
};

struct cash_officer {
	int64_t id;
	const char *login;
};

enum cash_step { CASH_PROPOSED, CASH_CONFIRMED, CASH_WAITS, CASH_KNOWN };

struct cash_taken {
	enum cash_step step;  /* WAITS: proposed before by the same officer; KNOWN: confirmed before */
	int64_t paid, unpaid; /* payouts */
	struct vnd paid_amount, unpaid_amount;
};

/* REFUSED cash_stranger, cash_amount, cash_day (the row), cash_missing (who was handed over and is not on the list), no_mandate. */
enum result cash_confirm(struct work *w, const struct cash_channel *c, const struct cash_file *f,
	const struct cash_rows *rows, const struct cash_officer *by, struct cash_taken *out) WARN_UNUSED;

#endif
