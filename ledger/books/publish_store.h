/* publish_store.h: the books as files for whoever checks them (`chitra ledger publish`, read by chitra-verify).
 *
 *	DIR/checkpoint		the newest signed checkpoint, with the witnesses' lines
 *	DIR/tile/…		publish.h
 *	DIR/rows/NAME.csv	what the tables say: txn, posting (sheet.h); what is behind the checkpoint's last leaf does not count
 *	DIR/rows/NAME.SIZE.csv	and at the checkpoint of this size: balance, balance_day
 *	DIR/revocation/…	publish_revocation_store.h
 *	DIR/rows/dispatch.csv, DIR/rows/claim.csv	publish_claim_store.h
 *	DIR/statement/…, DIR/cash/…	publish_statement_store.h
 *	DIR/period/…		publish_period_store.h
 *	DIR/manifest/<batch>.v<n>	of each batch that was released: its lines and who signed them, as the archive has it
 *
 * The checkpoint is written last and says what counts, so whoever reads meanwhile, or after a run was cut, sees the state before; and
 * the next run goes on. It reads what is new: the tree of what is there is taken from the database's tiles, and its root must be the
 * one that was published. What is there is neither read nor written again, unless `whole` asks for it or rows are missing. A
 * manifest names no person and no account: lines hold keyed and salted hashes; officers are named. Still it shows which payments went
 * to one person, so it is for whom the leaves are for. */
#ifndef LEDGER_BOOKS_PUBLISH_STORE_H
#define LEDGER_BOOKS_PUBLISH_STORE_H

#include "ledger/books/publish_statement_store.h"
#include "ledger/db/db.h"

struct published {
	int64_t leaves; /* size of the checkpoint */
	int64_t before; /* of the one that was there */
	int64_t manifests;
	size_t n_lacking; /* manifests that neither the archive has nor the directory */
	const char *const *lacking;
	struct published_sheets sheets;
};

struct publication {
	const char *archive, *directory;
	bool whole; /* tiles, manifests and periods are compared again, and the rows written anew; sheets of statements stay */
};

/* Inside the caller's transaction; archive is its directory. REFUSED: checkpoint_none (nothing is sealed yet), publish_differs,
 * publish_busy, books_root and books_sequence (the leaves are not those that were signed), file_trouble. */
enum result books_publish(struct work *w, const struct publication *asked, struct published *out) WARN_UNUSED;

#endif
