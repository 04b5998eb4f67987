/* publish_store.h: the books as files for whoever checks them (`chitra ledger publish`, read by chitra-verify).
 *
 *	DIR/checkpoint		the newest signed checkpoint, with the witnesses' lines
 *	DIR/tile/…		publish.h
 *	DIR/rows/NAME.csv	what the tables say, up to that checkpoint: txn, posting, balance, balance_day
 *	DIR/statement/…, DIR/cash/…	publish_statement_store.h
 *	DIR/manifest/<batch>.v<n>	of each batch that was released: its lines and who signed them, as the archive has it
 *
 * Run again, it adds what is new. The checkpoint is written last: whoever reads meanwhile sees the state before. A manifest names
 * no person and no account: lines hold keyed and salted hashes; officers are named. Still it shows which payments went to one
 * person, so it is for whom the leaves are for. */
#ifndef LEDGER_BOOKS_PUBLISH_STORE_H
#define LEDGER_BOOKS_PUBLISH_STORE_H

#include "ledger/books/publish_statement_store.h"
#include "ledger/db/db.h"

struct published {
	int64_t leaves; /* size of the checkpoint */
	int64_t manifests;
	size_t n_lacking; /* manifests that neither the archive has nor the directory */
	const char *const *lacking;
	struct published_sheets sheets;
};

/* Inside the caller's transaction; archive is its directory. REFUSED: checkpoint_none (nothing is sealed yet), publish_differs,
 * file_trouble. */
enum result books_publish(
	struct work *w, const char *archive, const char *directory, struct published *out) WARN_UNUSED;

#endif
