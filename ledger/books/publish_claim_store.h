/* publish_claim_store.h: what the leaves leave to the database to say about claims, as tables that only grow, beside the rows.
 *
 *	DIR/rows/dispatch.csv	leaf,dispatch,batch,first line,last line	what each dispatch sent; the leaf's root is over it
 *	DIR/rows/claim.csv	leaf,claim					which claim was voided or cancelled, as signed lines name it */
#ifndef LEDGER_BOOKS_PUBLISH_CLAIM_STORE_H
#define LEDGER_BOOKS_PUBLISH_CLAIM_STORE_H

#include "ledger/db/db.h"

/* Adds what has leaves below `size` and is not there yet. Inside the caller's transaction. REFUSED: file_trouble. */
enum result publish_claims(struct work *w, const char *directory, int64_t size) WARN_UNUSED;

#endif
