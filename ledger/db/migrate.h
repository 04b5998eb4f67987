/* migrate.h: the schema of a database: bringing it up, and comparing it with what the programs were built for.
 *
 * Called by `chitra db` and by the tests, never by the daemon. Works on an owner's connection: roles and schemas are made
 * here. SQL comes from a share directory with migrations/NNNN_name.sql, roles.sql and reference/; nothing else is run. */
#ifndef CHITRA_DB_MIGRATE_H
#define CHITRA_DB_MIGRATE_H

#include "ledger/db/db.h"

/* Where sql/ lies: `given` if not NULL, else $CHITRA_SHARE, else the directory compiled in (CHITRA_DATADIR), else
 * ../../sql beside the running program. NULL and w->why if none has migrations/. */
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
	struct migration *at; /* by number, from 1, without gaps */
};

/* Files and database compared: REFUSED "migration_changed", "migration_gap", "migration_missing" (the database has one that
 * the directory lacks). A database without ops.migration has none applied. */
enum result migrate_status(struct work *w, const char *share, struct migrations *out) WARN_UNUSED;

/* Applies what is missing, one transaction each, under an advisory lock; *applied counts them. `each` (may be NULL) is told
 * after every one. */
enum result migrate_apply(
	struct work *w, const char *share, void (*each)(const struct migration *), int *applied) WARN_UNUSED;

/* roles.sql, safe to repeat. */
enum result migrate_roles(struct work *w, const char *share) WARN_UNUSED;

/* reference/load.list: lines "file.csv schema.table", in this order. A table that has rows already is left alone. *loaded
 * counts rows. */
enum result migrate_reference(struct work *w, const char *share, int64_t *loaded) WARN_UNUSED;

/* Creates the database `name` on a connection to another one; *made is false when it was there. */
enum result migrate_create_database(struct work *w, const char *name, bool *made) WARN_UNUSED;

/* One difference between a named query and the live schema. */
struct schema_fault {
	const char *query;
	const char *file; /* sql/queries/x.sql:12 */
	const char *text; /* "column 2 amount: declared integer, the database has bigint" */
};

struct schema_faults {
	size_t n;
	struct schema_fault *at;
};

/* Describes every named query on this connection. OK also with faults: look at out->n. */
enum result schema_describe_all(struct work *w, struct schema_faults *out) WARN_UNUSED;

#endif
