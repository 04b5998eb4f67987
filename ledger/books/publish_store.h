/* publish_store.h: the books as files for whoever checks them (`chitra ledger publish`, read by chitra-verify).
 *
 *	DIR/checkpoint		the newest signed checkpoint, with the witnesses' lines
 *	DIR/tile/…		publish.h
 *	DIR/rows/NAME.csv	what the tables say, up to that checkpoint: txn, posting, balance, balance_day
 *
 * Run again, it adds what is new. The checkpoint is written last: whoever reads meanwhile sees the state before. */
#ifndef LEDGER_BOOKS_PUBLISH_STORE_H
#define LEDGER_BOOKS_PUBLISH_STORE_H

#include "ledger/db/db.h"

/* Inside the caller's transaction; *leaves is the size of the checkpoint. REFUSED: checkpoint_none (nothing is sealed yet),
 * publish_differs, file_trouble. */
enum result books_publish(struct work *w, const char *directory, int64_t *leaves) WARN_UNUSED;

#endif
