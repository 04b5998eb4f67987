/* recover_store.h: the books' part of `chitra recover`: what the archive remembers, back into a database that forgot it.
 *
 * Run by an operator on an owner's connection while the programs are stopped, after a restore. Compares every leaf that the
 * database has with the archive's, checks the archive's leaves against its newest signed checkpoint, inserts those that are
 * missing as they were (numbers, times, balances), takes the checkpoint, and posts a `recovered` leaf if anything was missing.
 * Each step commits; cut anywhere, it is run again. Never signs, and never overwrites: a database that went on with something else is refused. */
#ifndef LEDGER_BOOKS_RECOVER_STORE_H
#define LEDGER_BOOKS_RECOVER_STORE_H

#include "ledger/books/archive.h"
#include "ledger/db/db.h"

struct recovery {
	uint64_t had;  /* leaves that the database had */
	uint64_t size; /* of the archive's newest checkpoint */
	struct hash root;
	uint64_t brought_back;
};

/* `each` (may be NULL) is told after every commit how many leaves are there. REFUSED: archive_empty, archive_gap (the archive lacks
 * leaves between this dump and its newest checkpoint: the dump is too old for it), archive_damaged (its leaves do not give the
 * signed root), recover_diverged (the database went on with something else). */
enum result books_recover(struct work *w, const struct archive *archive, const char *actor,
	struct day effective, void (*each)(uint64_t leaves, uint64_t of), struct recovery *out) WARN_UNUSED;

#endif
