/* dossier_store.h: everything that proves or tells what became of one payout, gathered (dossier.h).
 *
 * For an auditor (`chitra ledger bundle`); chitra-verify bundle reads it. Whoever asks has said why (opening_store.h). */
#ifndef CHITRA_RECON_DOSSIER_STORE_H
#define CHITRA_RECON_DOSSIER_STORE_H

#include "ledger/recon/dossier.h"
#include "ledger/recon/inbox_store.h"
#include "ledger/register/opening_store.h"

struct dossier_of {
	int64_t payout, person, batch;
	int32_t version;
};
/* Inside the caller's transaction. REFUSED payout_unknown, payout_unreleased (nothing was approved and let go yet). */
enum result dossier_find(struct work *w, const char *end_to_end_id, struct dossier_of *out) WARN_UNUSED;

struct dossier_wish {
	const char *end_to_end_id;
	const struct dossier_of *of;
	const char *archive; /* the directory with the manifests */
	const struct opening *opening;
	struct inbox *inbox; /* opens the banks' messages; NULL: they stay sealed */
};
/* Inside another one. Appends the archive. REFUSED checkpoint_none, file_missing, evidence_*, dossier_large, manifest_*. */
enum result dossier_make(struct work *w, const struct dossier_wish *wish, struct buf *out) WARN_UNUSED;

#endif
