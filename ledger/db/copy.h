/* copy.h: bulk in and out of a table, COPY in binary, inside the caller's transaction.
 *
 * A copy is a named query that declares `-- copy in:` or `-- copy out:` (sql/queries/README.md). While one is open the
 * connection does nothing else. Rows travel in pieces of 64 KiB; memory does not grow with their number.
 *
 *	struct copy *c = copy_begin(w, Q_POSTINGS_IN);
 *	for (size_t i = 0; i < n; i++) {
 *		copy_row_begin(c);
 *		copy_i64(c, p[i].txn);
 *		copy_text(c, p[i].note);
 *	}
 *	int64_t stored;
 *	enum result r = copy_end(c, &stored);
 */
#ifndef CHITRA_DB_COPY_H
#define CHITRA_DB_COPY_H

#include "ledger/db/db.h"

struct copy;

/* Begins a copy in. Never NULL: a failure shows in copy_end. The transaction must be open. */
struct copy *copy_begin(struct work *w, enum query q);

/* Each row: copy_row_begin, then every declared column in its order. Too few, too many, or another type is a bug(). */
void copy_row_begin(struct copy *c);
void copy_i64(struct copy *c, int64_t v); /* bigint, integer or smallint */
void copy_vnd(struct copy *c, struct vnd v);
void copy_bool(struct copy *c, bool v);
void copy_text(struct copy *c, const char *v); /* NULL is SQL's NULL */
void copy_bytes(struct copy *c, struct bytes v);
void copy_hash(struct copy *c, const struct hash *v);
void copy_day(struct copy *c, struct day v);
void copy_instant(struct copy *c, int64_t us);
void copy_null(struct copy *c);
void copy_arg(struct copy *c, const struct db_arg *v); /* arrays, and whatever else args.h can hold */

/* Ends it, frees it, and says whether the server took the rows; *stored is their number (may be NULL). */
enum result copy_end(struct copy *c, int64_t *stored) WARN_UNUSED;

/* All of it at once: the columns in their declared order, each an array with an element a row, or a plain value that every row
 * has. About a fifth cheaper than an insert of the same arrays. No row: nothing is done. */
enum result copy_columns(struct work *w, enum query q, const struct db_arg *columns, size_t n) WARN_UNUSED;

/* Begins a copy out. Never NULL. */
struct copy *copy_read_begin(struct work *w, enum query q);

/* The next rows, at most `max`, into an arena that the caller may reset between calls; 0 rows: the end, or a failure that
 * copy_read_end tells. */
void copy_read(struct copy *c, struct arena *arena, size_t max, struct rows *out);

/* Ends it and frees it. Leaving before the last row cancels the copy: then the result is REFUSED "copy_abandoned" and the
 * transaction is spoilt. */
enum result copy_read_end(struct copy *c) WARN_UNUSED;

#endif
