/* export_store.h: the export (export.h) out of the database, and the log's signature over it.
 *
 * Whoever has read the books makes a file with books_export and asks with books_export_ask; the scribe, who alone has the log's key, makes the
 * same file again and signs its hash when it is the same (books_export_sign). The same month gives the same bytes until there is more of it.
 * A page of transactions is in memory at a time. */
#ifndef LEDGER_BOOKS_EXPORT_STORE_H
#define LEDGER_BOOKS_EXPORT_STORE_H

#include <stdio.h>

#include "ledger/books/export.h"
#include "ledger/books/seal_store.h"
#include "ledger/db/db.h"

struct exported {
	struct export_head head;
	struct export_count count;
	struct hash sha256;
	struct bytes checkpoint; /* the signed note of head.checkpoint */
};

/* Writes the month to a stream that may be NULL, when only the hash is wanted. size: of the newest checkpoint that may be looked at;
 * INT64_MAX for the newest. Inside the caller's transaction. REFUSED: export_empty (no transaction of the month is sealed), export_currency,
 * export_differs (leaves and rows say different things, or leaves are not those that were signed), leaf_*, file_trouble. */
enum result books_export(struct work *w, enum export_format format, struct month period, int64_t size,
	FILE *to, struct exported *out) WARN_UNUSED;

/* Inside the caller's transaction. */
enum result books_export_ask(struct work *w, const struct exported *e) WARN_UNUSED;
/* The signed note; note->n is 0 while nobody has answered. REFUSED: export_refused. */
enum result books_export_answer(struct work *w, const struct exported *e, struct bytes *note) WARN_UNUSED;

/* Answers one that waits, in its own transaction; *answered is 0 when none does. */
enum result books_export_sign(struct work *w, const struct sealer *sealer, size_t *answered) WARN_UNUSED;

#endif
