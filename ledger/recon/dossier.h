/* dossier.h: the evidence of one payout as one archive: its form (ledger/verify/dossier.h has the list of its files; the two share
 * nothing but the form).
 *
 * Files come in any order and are put in that of their names. Pure. */
#ifndef CHITRA_RECON_DOSSIER_H
#define CHITRA_RECON_DOSSIER_H

#include "ledger/base/merkle.h"
#include "ledger/base/why.h"

#define DOSSIER_MAX   ((size_t)256 << 20) /* bytes */
#define DOSSIER_FILES 1024

struct dossier {
	struct arena *arena; /* what is put in must live there or longer */
	const char *payout;  /* end-to-end id */
	size_t n;
	struct dossier_file {
		const char *name;
		struct bytes content;
	} at[DOSSIER_FILES];
};

void dossier_put(struct dossier *d, const char *name, struct bytes content);
/* PREFIX<seq in 12 digits>SUFFIX. */
void dossier_put_seq(
	struct dossier *d, const char *prefix, int64_t seq, const char *suffix, struct bytes content);
/* Where the i-th of n leaf hashes is under their root (chitra-place/v1). */
struct bytes dossier_place(struct arena *a, const struct hash *leaves, size_t n, size_t i);

/* The archive, with manifest and readme.txt. False with why dossier_large. */
bool dossier_write(struct dossier *d, struct buf *out, struct why *why) WARN_UNUSED;

#endif
