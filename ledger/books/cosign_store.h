/* cosign_store.h: what the scribe asks a witness, and what it keeps of the answer.
 *
 * The proof that a checkpoint continues an earlier one is made of a few tiles, however far back the earlier one is. No network here: daemon/duties/scribe_witness.c carries the question and the answer. */
#ifndef LEDGER_BOOKS_COSIGN_STORE_H
#define LEDGER_BOOKS_COSIGN_STORE_H

#include "ledger/books/archive.h"
#include "ledger/db/db.h"

struct cosign_question {
	uint64_t size;
	struct bytes note; /* our checkpoint of this size; n = 0: it has signed all, or more than there is */
	struct bytes request; /* add_checkpoint.h */
};

/* For a witness that has cosigned `old` leaves: our newest checkpoint and its proof, in w->arena. */
enum result books_cosign_question(struct work *w, const struct note_verifier *witness, uint64_t old,
	struct cosign_question *out) WARN_UNUSED;

/* Its answer (signature lines): the archive first, then the database. REFUSED note_malformed, note_unsigned, note_bad_signature: it has not
 * signed what was asked. Begins and commits its own transaction. */
enum result books_cosigned(struct work *w, const struct archive *archive, const struct note_verifier *witness,
	const struct cosign_question *q, struct bytes answer) WARN_UNUSED;

/* The largest size that it has signed as far as the database knows. */
enum result books_cosigned_upto(
	struct work *w, const struct note_verifier *witness, uint64_t *size) WARN_UNUSED;

/* Leaves in checkpoints that lack the quorum, for how long the oldest of these has waited, and the names of who has not signed it. */
struct unwitnessed {
	uint64_t leaves;
	int64_t waited_s;
	const char *behind; /* in w->arena */
};
enum result books_unwitnessed(struct work *w, const char *const *witnesses, size_t n, size_t quorum,
	struct unwitnessed *out) WARN_UNUSED;

#endif
