/* note.h: C2SP signed notes and tree checkpoints (signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1).
 *
 *   <text, ending in LF>
 *   <empty line>
 *   — <key name> <base64 of key id (4) ‖ signature>
 *
 * The log signs its checkpoints (key type 0x01), the witness cosigns them (0x04, with a time). Lines by unknown keys are
 * ignored, so other algorithms can come later. Knows nothing of trust: the caller says which keys it knows. */
#ifndef LEDGER_BASE_NOTE_H
#define LEDGER_BASE_NOTE_H

#include "ledger/base/digest.h"
#include "ledger/base/sign.h"
#include "ledger/base/why.h"

#define NOTE_NAME_MAX       255 /* bytes */
#define NOTE_SIGNATURES_MAX 100
#define NOTE_MAX            65536 /* bytes of a whole note */

enum note_key_type {
	NOTE_ED25519 = 0x01,
	NOTE_COSIGNATURE = 0x04,
};

struct note_verifier {
	char name[NOTE_NAME_MAX + 1];
	enum note_key_type type;
	uint32_t key_id;
	struct verify_key key;
};

struct note_line {
	struct bytes name;
	uint32_t key_id;
	struct bytes base64; /* key id and signature */
};

struct note {              /* points into the parsed bytes */
	struct bytes text; /* with its last LF: this is what is signed */
	size_t n;
	struct note_line lines[NOTE_SIGNATURES_MAX];
};

struct checkpoint {
	char origin[NOTE_NAME_MAX + 1];
	uint64_t size;
	struct hash root;
};

/* A name is 1–255 bytes of UTF-8 without spaces, control bytes or '+'. */
bool note_name_valid(struct bytes name) WARN_UNUSED;
struct note_verifier note_verifier(const char *name, enum note_key_type type, const struct verify_key *key);

/* "name+hex key id+base64(type ‖ key)"; the key id is checked. False with why: vkey_malformed, vkey_type, vkey_id. */
bool note_vkey_parse(struct bytes text, struct note_verifier *out, struct why *why) WARN_UNUSED;
void note_vkey_format(const struct note_verifier *v, struct buf *out);

/* Appends a signature line for this text (which ends in LF). A note is: text, "\n", lines. */
void note_sign(
	const struct note_verifier *as, const struct sign_key *key, struct bytes text, struct buf *out);
void note_cosign(const struct note_verifier *as, const struct sign_key *key, uint64_t time_s,
	struct bytes text, struct buf *out);

/* The line as it stood in the note, with its LF. */
void note_line_text(const struct note_line *line, struct buf *out);

/* Whether the line says that it is this key's. */
bool note_line_is(const struct note_line *line, const struct note_verifier *of) WARN_UNUSED;

/* False with why: note_malformed. */
bool note_parse(struct bytes in, struct note *out, struct why *why) WARN_UNUSED;

/* signed_at[i] is set for each of the n known keys: 0 = has not signed, else the cosignature's time (1 for a plain signature).
 * False with why: note_bad_signature (a known key's line fails), note_unsigned (none of the n has signed). */
bool note_verify(const struct note *note, const struct note_verifier *known, size_t n, uint64_t *signed_at,
	struct why *why) WARN_UNUSED;

/* "<origin>\n<size>\n<base64 root>\n", no extension lines. False with why: checkpoint_malformed. */
void checkpoint_text(const struct checkpoint *c, struct buf *out);
bool checkpoint_parse(struct bytes text, struct checkpoint *out, struct why *why) WARN_UNUSED;

#endif
