/* reference_store.h: loads what the reference tables say, once for a run, so that a row is judged without asking the database. */
#ifndef LEDGER_REGISTER_REFERENCE_STORE_H
#define LEDGER_REGISTER_REFERENCE_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/entry.h"

/* *out lives in its own arena: free it with reference_free. */
enum result reference_load(struct work *w, struct reference *out) WARN_UNUSED;
void reference_free(struct reference *r);

/* What lists may write under «Đối tượng»; programme NULL: of all. Lives in w->arena. */
struct catalogue {
	size_t n;
	struct catalogue_row {
		const char *code, *programme, *name, *others; /* others: separated by «; », or "" */
	} * at;
};
enum result catalogue_load(struct work *w, const char *programme, struct catalogue *out) WARN_UNUSED;

#endif
