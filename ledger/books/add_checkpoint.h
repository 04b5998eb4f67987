/* add_checkpoint.h: what a log asks of a witness, byte for byte (C2SP tlog-witness).
 *
 *	old <size that the witness cosigned last>
 *	<base64 hash>		the consistency proof from there: none to 63
 *
 *	<the signed checkpoint>
 *
 * Written by the scribe, read by chitra-witness. Pure; believes nothing and checks no signature. */
#ifndef LEDGER_BOOKS_ADD_CHECKPOINT_H
#define LEDGER_BOOKS_ADD_CHECKPOINT_H

#include "ledger/base/merkle.h"
#include "ledger/base/note.h"

#define ADD_CHECKPOINT_PROOF_MAX 63
#define ADD_CHECKPOINT_MAX       (32 + ADD_CHECKPOINT_PROOF_MAX * 45 + NOTE_MAX) /* bytes */

struct add_checkpoint {
	uint64_t old;
	struct merkle_path proof;
	struct bytes note;
};

void add_checkpoint_text(const struct add_checkpoint *r, struct buf *out);

/* Points into the bytes. False with why: add_checkpoint_malformed. */
bool add_checkpoint_parse(struct bytes in, struct add_checkpoint *out, struct why *why) WARN_UNUSED;

/* A witness's answer to the wrong old size: the one that it cosigned last, "<size>\n". */
bool add_checkpoint_size(struct bytes body, uint64_t *size) WARN_UNUSED;

#endif
