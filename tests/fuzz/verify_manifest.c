/* Any bytes: the auditor's reader takes a manifest's parts or refuses them; what it takes lies inside of what it was given, and an
 * approval is proved or is not. */
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void must(bool fact)
{
	if (!fact)
		abort();
}

static void try_approval(const struct manifest_approval *a)
{
	struct admins admins = {.n = 1, .least = 1};
	struct approval is;
	const char *wrong, *code = approval_prove(&a->proof, &admins, &is, &wrong);

	must(a->batches >= 1 && a->index >= 0 && a->place.n <= PROOF_MAX);
	if (code == NULL || strcmp(code, "approval_malformed") != 0)
		(void)approval_covers(&is, is.agency, is.sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct manifest *m = n > 0 ? manifest_open(fmemopen((void *)(uintptr_t)at, n, "r")) : NULL;
	struct manifest_out out;
	bool batch = false;

	while (m != NULL) {
		switch (manifest_next(m, &out)) {
		case MANIFEST_LINE: must(!batch && out.line.amount > 0 && out.line.id.n == 19); continue;
		case MANIFEST_BATCH:
			must(!batch && out.batch.sum > 0);
			batch = true;
			continue;
		case MANIFEST_APPROVAL:
			must(batch);
			try_approval(&out.approval);
			continue;
		case MANIFEST_END: must(batch); break;
		case MANIFEST_MALFORMED: break;
		}
		break;
	}
	manifest_close(m);
	return 0;
}
