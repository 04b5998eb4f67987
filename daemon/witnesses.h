/* witnesses.h: those outside who cosign the ledger's checkpoints ([witness NAME]), as scribe, teller and who recovers know them.
 *
 * Asks one thing at a time and waits for the answer, for so long as [witness NAME] deadline says: for worker lanes, never on the loop. What
 * a witness says is believed only with its signature. Who asks for cosignatures is duties/scribe_witness.c. */
#pragma once

#include "ledger/books/archive.h"
#include "ledger/db/db.h"
#include "daemon/config.h"

struct witness_at {
	const char *name; /* in the configuration */
	const char *url, *unix_socket, *ca_file;
	long deadline_ms;
	struct note_verifier key;
};

struct witnesses {
	struct archive *archive;
	size_t n;
	struct witness_at *at;
};

void witnesses_free(struct witnesses *all);
void witnesses_drop(struct witnesses **all); /* for CLEANUP */
/* Those of the configuration, maybe none; the archive stays the caller's. NULL with why: an address or a key that is none. */
struct witnesses *witnesses_load(const struct config *c, struct archive *archive, struct why *why)
	FREED_BY(witnesses_free) WARN_UNUSED;

/* POSTs the body, or GETs when it has none. False with why when no whole answer came; the answer is in the arena. */
bool witness_ask(const struct witness_at *at, struct arena *a, const char *path, struct bytes body,
	int *status, struct bytes *reply, struct why *why) WARN_UNUSED;

/* What it has signed last of the log of this origin: as it says itself or, when it is silent, as the archive remembers. False: nothing that can
 * be believed. Within half of the job's time, together with the others. */
bool witness_newest(struct work *w, const struct witnesses *all, const struct witness_at *at,
	const char *origin, struct checkpoint *out) WARN_UNUSED;
/* Holds the database against that of each witness: books_check_known. */
enum result witnesses_check(struct work *w, const struct witnesses *all, const char *origin) WARN_UNUSED;

/* For db_on_connect(witnesses_check_head, witnesses): books_check_head, then the same with what each witness has signed last, as it says
 * itself or, when it is silent, as the archive remembers. A silent witness stops nothing. */
enum result witnesses_check_head(struct work *w, void *witnesses) WARN_UNUSED;
