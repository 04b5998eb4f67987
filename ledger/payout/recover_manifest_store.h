/* recover_manifest_store.h: which batches were released by commits that are lost, and whether their manifests are to be believed.
 *
 * A restored dump has a batch as open, frozen or approved, and the archive or a sent journal says that it was released. Its manifest tells
 * the rest: who signed its lines, and who released it. Before anything is written each such manifest is held against the dump's own rows
 * (line by line), against the signatures of certified officers, as the teller does, and against the ledger. Read only; recover_release_store.h
 * writes. A manifest of a batch that nobody says was released proves nothing: two officers release it again. Only where a journal is lost that
 * might say so, and the bank would take it twice, it counts as released, and what is in it is in doubt (recover_doubt_store.h). */
#ifndef CHITRA_PAYOUT_RECOVER_MANIFEST_STORE_H
#define CHITRA_PAYOUT_RECOVER_MANIFEST_STORE_H

#include "ledger/payout/approval.h"
#include "ledger/payout/batch_store.h"
#include "ledger/payout/manifest.h"
#include "ledger/payout/recover_doubt_store.h"
#include "ledger/payout/recover_facts.h"

/* What is believed, and why. */
struct release_evidence {
	const struct facts *facts;
	const char *archive;       /* directory */
	const struct trust *trust; /* NULL: none is configured, and no manifest is believed */
	struct lost_channels lost; /* through which somebody may have sent of whom no journal is left */
};

struct lost_release {
	const struct batch *row; /* open, frozen or approved */
	struct manifest_batch said;
	size_t n_approvals; /* those that count */
	const struct approval_proof *approvals;
	bool approved_booked, released_booked; /* in the archive */
	size_t sent;                           /* lines that left */
	int64_t at_us; /* real clock: when it was released, or its first line was sent */
	bool fits;     /* its rows are the manifest's lines */
};

struct lost_releases {
	size_t n;
	struct lost_release *at; /* by batch */
	size_t again;            /* batches with a manifest that two officers release again */
};

/* REFUSED: dump_before_release (the dump lacks such a batch, or has another version), manifest_missing, manifest_malformed, manifest_lines,
 * manifest_differs (another batch than the dump's rows, or the ledger's), admin_keys_missing, officer_unknown, same_person, own_batch, no_mandate, or
 * what verify_batch says: each with the manifest's name. */
enum result releases_look(
	struct work *w, const struct release_evidence *e, struct lost_releases *out) WARN_UNUSED;

#endif
