/* scribe_seal.h: the ledger's tree is sealed every second: new leaves, a signed checkpoint, the archive.
 *
 * Opens the archive and the log's key at start; what sealing does is ledger/books/seal_store.h. Compares the database's head with
 * the archive at every connection. Called by scribe.c. */
#pragma once

#include "ledger/books/seal_store.h"
#include "daemon/duty.h"

struct scribe_seal;

void scribe_seal_free(struct scribe_seal *s);

/* NULL without why: no archive or no log key is configured, so nothing is sealed (the log says so). NULL with why: they cannot be
 * used. */
struct scribe_seal *scribe_seal_start(struct duty_ctx *d, struct why *why) FREED_BY(scribe_seal_free);

/* No new round; the one that is under way ends. NULL is fine. */
void scribe_seal_stop(struct scribe_seal *s);

/* A poll's run (arg: the scribe_seal): the export that waits longest is made again and signed. */
enum result scribe_seal_exports(struct work *w, void *arg, size_t *found) WARN_UNUSED;
