/* query.h: the table that ledger/db/gen-queries makes of sql/queries/: what each named query says and declares.
 *
 * Read by ledger/db and by tests; everybody else knows only the names Q_… */
#ifndef CHITRA_DB_QUERY_H
#define CHITRA_DB_QUERY_H

#include <stdint.h>

/* The types a query may take and give; gen-queries knows the same list. Everything else is cast in the SQL. */
enum db_type {
	DB_BIGINT,
	DB_INTEGER,
	DB_SMALLINT,
	DB_BOOLEAN,
	DB_TEXT,
	DB_BYTEA,
	DB_DATE,
	DB_TIMESTAMPTZ,
};
#define DB_TYPES 8

struct query_column {
	const char *name;
	enum db_type type;
	int is_array;
};

enum query_kind { QUERY_PLAIN, QUERY_COPY_IN, QUERY_COPY_OUT };

struct query_text {
	const char *name; /* also the prepared statement's name */
	const char *file; /* "sql/queries/books.sql:12" */
	const char *sql;
	enum query_kind kind;
	uint32_t duties; /* bit 1 << enum db_duty */
	uint32_t ins;
	uint32_t outs; /* of a copy: its columns, in or out */
	const struct query_column *in;
	const struct query_column *out;
};

/* By enum query; query_count of them. */
extern const struct query_text query_table[];
extern const unsigned query_count;

#endif
