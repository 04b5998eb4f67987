/* recover_store.h: the payouts' part of `chitra recover`: what the archive and the sent journal remember of payouts and dispatches,
 * back into a database that forgot it.
 *
 * Run by an operator on an owner's connection while the programs are stopped, after books_recover. A restored dump believes that
 * payouts are ready which were sent long ago. Whatever the journal or the ledger says may have left becomes sent, then unknown,
 * never ready, in its dispatch, with an epoch above any that was used; so the banks are asked and the statement decides. What the
 * ledger says was refused or never paid is brought to that end. What it says was settled stays in doubt until its statement is
 * fetched again, because the statement's line is what explains the debit; the ledger knows it already and books it once. A
 * dispatch.sent that no checkpoint covered is booked again.
 *
 * It invents nothing: a dump that lacks the lines of a batch that was approved or released is refused, because who owns a claim and
 * whose account it is stand in no archive. What was only signed or released after the dump is there again before (recover_release_store.h). One transaction; a second run finds nothing to do. */
#ifndef CHITRA_PAYOUT_RECOVER_STORE_H
#define CHITRA_PAYOUT_RECOVER_STORE_H

#include "ledger/db/db.h"
#include "ledger/payout/recover_facts.h"

struct payouts_recovered {
	size_t sent;     /* dispatches that the dump had as ready */
	size_t made;     /* … of these: that it did not have at all */
	size_t fenced;   /* that it had as sent: they have a new epoch */
	size_t in_doubt; /* payouts that are unknown now */
	size_t refused;  /* payouts that are rejected or not_paid now */
	size_t held;    /* payouts that stood in a sent dispatch and had not left: two officers let them go */
	size_t booked;  /* ledger transactions that no checkpoint had covered */
	size_t settled; /* payouts that the ledger has as settled or returned and that await their statement */
};

/* Whether this dump can be recovered at all; asked before anything is written. `known`: batches of which recover_release_store.h brings back what
 * the dump lacks. REFUSED: dump_before_release. */
enum result payouts_recoverable(
	struct work *w, const struct facts *f, const int64_t *known, size_t known_n) WARN_UNUSED;

/* In the caller's transaction, as the last thing before tx_commit (or before it is rolled back). REFUSED: dump_before_release,
 * recover_differs (a payout has another amount or account than was sent), recover_dispatch (what a dispatch consisted of cannot be told). */
enum result payouts_recover(
	struct work *w, const struct facts *f, struct day today, struct payouts_recovered *out) WARN_UNUSED;

#endif
