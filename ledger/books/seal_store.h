/* seal_store.h: new leaves into the tree, its root signed, both in the archive before the database says so.
 *
 * Run by the scribe every few seconds, and by `chitra setup` for the genesis. One round: the next leaves in seq order → archive file →
 * signed checkpoint → archive file → full tiles, tree head and checkpoint in the database. Killed anywhere, the next round goes on: a
 * checkpoint that reached the archive alone is taken from there as it is, never signed again. Signs nothing while the history is
 * in doubt (head_store.h), and never a size that has another root in the archive. */
#ifndef LEDGER_BOOKS_SEAL_STORE_H
#define LEDGER_BOOKS_SEAL_STORE_H

#include "ledger/books/archive.h"
#include "ledger/books/event.h"
#include "ledger/db/db.h"

/* A checkpoint covers at most so many new leaves, so that a round's memory has a limit. */
#define SEAL_LEAVES 8192

struct sealer {
	struct note_verifier log; /* name = origin of the checkpoints, and the public half of the key */
	const struct sign_key *key;
	const struct archive *archive;
};

/* One round; *sealed is the number of leaves that it covered, 0 when none is new. Call again at once when it is SEAL_LEAVES.
 * REFUSED: history_in_doubt, genesis_missing (leaf 0 is no genesis), archive_*, file_trouble, leaf_* (a leaf that is none).
 * Begins and commits its own transaction. UNSURE and RETRY: call again later. */
enum result books_seal(struct work *w, const struct sealer *sealer, size_t *sealed) WARN_UNUSED;

/* What no checkpoint covers yet. */
struct unsealed {
	uint64_t leaves;
	int64_t waited_s; /* the oldest of them, by PostgreSQL's clock; 0: there are none */
};
enum result books_unsealed(struct work *w, struct unsealed *out) WARN_UNUSED;

/* Inside the caller's transaction: the archive's newest checkpoint into the database when that is behind, without signing
 * anything. For recover_store.c. */
enum result books_adopt(struct work *w, const struct archive *archive, bool *adopted) WARN_UNUSED;

/* Posts leaf 0, once, in a transaction of its own; again with the same content it does nothing. REFUSED: genesis_late (there are
 * other leaves already), idem_conflict (there is another genesis). */
enum result books_genesis(
	struct work *w, const char *actor, struct day effective, const struct genesis *e) WARN_UNUSED;

#endif
