/* decided_file.h: what two officers decided and a dump from before it must not undo, in the archive outside the database.
 *
 *   <archive>/<kind>/<name>      one decision: lines "word value", the first one its form ("chitra-forgotten/v1")
 *
 * Written in the transaction that decides, before its commit: of one that then was lost the file is there all the same, and two officers
 * did decide it. Never changed, never removed. Names nobody. What a kind says is forgotten_file.h's and ended_file.h's. */
#ifndef CHITRA_REGISTER_DECIDED_FILE_H
#define CHITRA_REGISTER_DECIDED_FILE_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

#define DECISION_MAX 4096 /* bytes */

/* Durable when it returns. False with why: file_trouble. */
bool decided_keep(const char *archive, const char *kind, const char *name, struct bytes text,
	struct why *why) WARN_UNUSED;

/* Each that there is, in no order; take is false of a text in another form. False with why: archive_damaged, file_trouble. */
bool decided_read(const char *archive, const char *kind, struct arena *a,
	bool (*take)(void *to, struct arena *a, struct bytes text), void *to, struct why *why) WARN_UNUSED;

/* The rest of the next line, which begins with the word. */
bool decided_line(struct bytes *text, const char *word, struct bytes *out) WARN_UNUSED;

#endif
