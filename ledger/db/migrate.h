/* migrate.h: the schema of a database: bringing it up, and comparing it with what the programs were built for.
 *
 * Called by `chitra db` and by the tests, never by the daemon. Works on an owner's connection: roles and schemas are made
 * here. SQL comes from a share directory with migrations/NNNN_name.sql, roles.sql and reference/; nothing else is run. */
#ifndef CHITRA_DB_MIGRATE_H
#define CHITRA_DB_MIGRATE_H

#include "ledger/base/digest.h"
#include "ledger/db/db.h"

/* Where sql/ lies: `given` if not NULL, else $CHITRA_SHARE, else the nearest directory above the running program that holds
 * share/chitra/sql or sql. NULL and w->why "share_missing" if none has migrations/. */
const char *migrate_share(struct work *w, const char *given);

struct migration {
	int number;
	const char *name; /* "foundation" */
	const char *path;
	struct hash sha256; /* of the file, byte for byte */
	bool applied;
};

struct migrations {
	size_t n;
	size_t applied;       /* the first so many are in the database */
	struct migration *at; /* by number, from 1, without gaps */
};

/* Files and database compared. REFUSED "migration_gap" (a number is missing or there twice), "migration_changed" (an applied file
 * is not what it was), "migration_missing" (the database has one that the directory lacks). A database without ops.migration
 * has none applied. */
enum result migrate_status(struct work *w, const char *share, struct migrations *out) WARN_UNUSED;

/* Applies what is missing, one transaction each, under an advisory lock; *applied counts them. `each` (may be NULL) is told
 * after every one. UNSURE: a commit got no answer; run it again. */
enum result migrate_apply(struct work *w, const char *share, void (*each)(const struct migration *),
	size_t *applied) WARN_UNUSED;

/* roles.sql, safe to repeat. */
enum result migrate_roles(struct work *w, const char *share) WARN_UNUSED;

/* reference/load.list: lines "file.csv schema.table", in this order, one transaction. The columns are those of the file's
 * heading. A table that has rows already is left alone. *loaded counts rows. */
enum result migrate_reference(struct work *w, const char *share, int64_t *loaded) WARN_UNUSED;

/* Creates the database `name` on a connection to another one; *made is false when it was there. */
enum result migrate_create_database(struct work *w, const char *name, bool *made) WARN_UNUSED;

/* Says what this database is, once. `start` (a sandbox only; may be NULL) is the business clock's first reading in Vietnam,
 * "2024-04-03 08:00". REFUSED "instance_differs" when it is there and is the other kind. */
enum result migrate_instance(struct work *w, bool sandbox, const char *start, bool *made) WARN_UNUSED;

/* ---- queries against the live schema ------------------------------------------------------------------------------- */

/* One difference between a named query and the live schema. */
struct schema_fault {
	const char *query;
	const char *file; /* sql/queries/x.sql:12 */
	const char *text; /* "column 2 amount: declared integer, the database gives bigint" */
};

struct schema_faults {
	size_t n;
	struct schema_fault *at;
};

/* Describes every named query on this connection, and asks for each duty that it names whether its role may run it. OK also
 * with faults: look at out->n. */
enum result schema_describe_all(struct work *w, struct schema_faults *out) WARN_UNUSED;

#endif
