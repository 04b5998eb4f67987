/* note.h: signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).
 *
 * The auditor says which keys she believes; lines of others are ignored, a bad line of one of hers spoils the note. */
#ifndef LEDGER_VERIFY_NOTE_H
#define LEDGER_VERIFY_NOTE_H

#include "ledger/verify/text.h"
#include "ledger/verify/tree.h"

#define NOTE_MAX    (64U << 10)
#define SIGNERS_MAX 64

/* One signer: "name+hex key id+base64(type ‖ public key)". Points into the text that it was read from. */
struct signer {
	struct text name;
	uint8_t id[4];
	uint8_t type; /* 0x01 signs, 0x04 cosigns with a time */
	uint8_t key[32];
};
bool signer_read(struct text vkey, struct signer *out);

struct checkpoint {
	struct text origin;
	uint64_t size;
	struct digest root;
};

enum note_answer {
	NOTE_FINE,
	NOTE_MALFORMED,     /* no signed note, or no checkpoint in it */
	NOTE_BAD_SIGNATURE, /* the line of a signer whom we know does not fit the text */
};

/* signed_at[i]: 0 when signer i has not signed, 1 when it has, a cosigner's own time when it said one. Whose signature is wanted is
 * for the caller to ask. Pointers into `note`. */
enum note_answer note_open(
	struct text note, const struct signer *signers, size_t n, uint64_t *signed_at, struct text *text);
bool checkpoint_read(struct text text, struct checkpoint *out);

#endif
