/* decided_file.h: what two officers decided and a dump from before it must not undo, in the archive outside the database.
 *
 *   <archive>/<kind>/<name>      one decision: lines "word value", the first one its form ("chitra-forgotten/v1"), the last one "mac" and
 *                                64 hex digits: BLAKE2b of the lines before it, keyed with the desk's id_key
 *
 * So whoever may write into the archive and is not the desk cannot end an account or erase a person by laying a file there. Written in the transaction that decides, before its commit: of one that then was lost the file is there all the same, and two officers
 * did decide it. Never changed, never removed. Names nobody. What a kind says is forgotten_file.h's and ended_file.h's. */
#ifndef CHITRA_REGISTER_DECIDED_FILE_H
#define CHITRA_REGISTER_DECIDED_FILE_H

#include "ledger/base/arena.h"
#include "ledger/base/digest.h"
#include "ledger/base/why.h"

#define DECISION_MAX 4096 /* bytes */

struct decided_archive {
	const char *directory;   /* the archive's */
	const struct key32 *key; /* NULL: nobody here can say whether a decision is one */
};

/* Durable when it returns. False with why: file_trouble. */
bool decided_keep(const struct decided_archive *archive, const char *kind, const char *name,
	struct bytes text, struct why *why) WARN_UNUSED;

/* Each that there is, in no order, without its mac; take is false of a text in another form. False with why: archive_damaged,
 * decision_forged (not the desk's, or changed), decision_key (there is one and no key), file_trouble. */
bool decided_read(const struct decided_archive *archive, const char *kind, struct arena *a,
	bool (*take)(void *to, struct arena *a, struct bytes text), void *to, struct why *why) WARN_UNUSED;

/* The rest of the next line, which begins with the word. */
bool decided_line(struct bytes *text, const char *word, struct bytes *out) WARN_UNUSED;

#endif
