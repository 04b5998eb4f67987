/* dossier_private.h: between dossier.c, which reads the archive and its leaves, and dossier_payment.c, which asks what they say of
 * the payment. Nobody else but the fuzzer includes it. */
#ifndef LEDGER_VERIFY_DOSSIER_PRIVATE_H
#define LEDGER_VERIFY_DOSSIER_PRIVATE_H

#include "ledger/verify/books.h"
#include "ledger/verify/dossier.h"
#include "ledger/verify/manifest.h"
#include "ledger/verify/released.h"
#include "ledger/verify/tar.h"

struct dossier {
	struct findings *findings;
	const struct policy *policy;
	FILE *to;
	struct tar tar;
	struct text id; /* of the payout, by the manifest */
	struct checkpoint checkpoint;
	struct books books;
	size_t n; /* leaves that the checkpoint holds, by their numbers */
	struct leaf *leaves[TAR_MEMBERS];
	/* of the payment */
	bool has_line;
	struct manifest_line line;
};

/* Everything, of an archive that was read; findings, policy, to and books are there. Frees what it made. */
void dossier_ask(struct dossier *d);

/* The content of PREFIX<seq of 12 digits>SUFFIX; at = NULL: there is no such file. */
struct text dossier_file(const struct dossier *d, const char *prefix, int64_t seq, const char *suffix);
bool dossier_kind(const struct leaf *l, const char *kind);

/* What the leaves say of the payment, once all are there. */
void dossier_payment(struct dossier *d);

#endif
