/* inbox_store.h: bank messages as the scribe takes them: by ascending id, once.
 *
 * Consumers of growing tables hold a row of ops.progress while they work and move its mark in the transaction of what they
 * did, so a crash repeats nothing and loses nothing. Ids are given out before their transactions commit: a gap is waited for
 * before it is passed. Opens what evidence.h sealed. All functions but inbox_sure run inside the caller's transaction. Called by
 * the scribe's lanes; one struct inbox belongs to one lane. */
#ifndef CHITRA_RECON_INBOX_STORE_H
#define CHITRA_RECON_INBOX_STORE_H

#include "ledger/base/digest.h"
#include "ledger/db/work.h"

/* ---- marks ---- */

/* *mine is false when another scribe has it now. */
enum result progress_take(struct work *w, const char *name, int64_t *upto, bool *mine) WARN_UNUSED;
enum result progress_set(struct work *w, const char *name, int64_t upto) WARN_UNUSED;

/* ---- messages ---- */

struct inbox_message {
	int64_t id;
	const char *bank, *direction, *kind, *external_id;
	struct hash sha256;
	int64_t key;         /* 0: the body is not sealed by a key of ours */
	struct bytes sealed; /* of callbacks; n = 0: read it with inbox_read */
};

/* The messages after `upto`, at most n, up to the first gap that may still be filled (`sure`: no id up to there will). *gap: there is
 * such a gap. */
enum result inbox_next(struct work *w, int64_t upto, int64_t sure, size_t n, struct inbox_message **out,
	size_t *out_n, bool *gap) WARN_UNUSED;

/* The id of the next message, whether or not a gap is before it; 0: there is none. */
enum result inbox_after(struct work *w, int64_t upto, int64_t *id) WARN_UNUSED;

/* Waits until everybody who was writing has ended: *sure is the last id of which all before it are there or will never be. A
 * transaction of its own. */
enum result inbox_sure(struct work *w, int64_t *sure) WARN_UNUSED;

/* ---- opening them ---- */

struct inbox_key {
	int64_t id;
	struct key32 key;
};

#define INBOX_KEYS    16
#define INBOX_SECRETS 2

struct inbox {
	/* Of the evidence key pair, and of the one before it while its messages are read still. NULL: none. */
	const struct key32 *secrets[INBOX_SECRETS];
	struct inbox_key keys[INBOX_KEYS];
	size_t next;
};

/* The body in the arena. REFUSED evidence_*: it was changed, or sealed for another key. */
enum result inbox_open(
	struct work *w, struct inbox *in, const struct inbox_message *m, struct bytes *body) WARN_UNUSED;

/* One message with its body opened. REFUSED message_unknown, evidence_*. */
enum result inbox_read(struct work *w, struct inbox *in, int64_t id, struct bytes *body) WARN_UNUSED;

/* Files of a bank by their names: ids[i] is 0 while names[i] is not there. */
struct inbox_file {
	int64_t id;
	struct hash sha256;
};
enum result inbox_files(struct work *w, const char *bank, const char *const *names, size_t n,
	struct inbox_file *out) WARN_UNUSED;

#endif
