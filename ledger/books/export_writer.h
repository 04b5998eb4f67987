/* export_writer.h: between export.c, which knows what is told, and the three files that know how a format tells it. */
#ifndef LEDGER_BOOKS_EXPORT_WRITER_H
#define LEDGER_BOOKS_EXPORT_WRITER_H

#include "ledger/base/json.h"
#include "ledger/books/export.h"

/* Something about a transaction beside its postings: "key", "recorded", "id" …, in ASCII without any byte that a format reads. */
struct export_tag {
	const char *name, *value;
};

struct export_txn {
	const struct leaf *leaf;
	const char *kind;
	size_t n_tags;
	const struct export_tag *tags;
};

struct export
{
	struct export_head head;
	const char *origin;              /* of the checkpoint, in plain ASCII */
	struct export_account *accounts; /* by code */
	size_t n;
	struct day day; /* of the last leaf */
	int64_t seq;    /* its number; -1: there was none */
	bool statement; /* on this day */
	bool late;      /* something came late */
	struct export_count count;
	struct json_writer json; /* export_rows.c's */
};

struct export_writer {
	/* Checkpoint, accounts, and what they held. */
	void (*head)(struct export *e, struct buf *out);
	/* Before the first that came late; or NULL. */
	void (*late)(struct export *e, struct buf *out);
	void (*txn)(struct export *e, const struct export_txn *t, struct buf *out);
	/* What an account holds at the end of e->day. Between the two others, each of which may be NULL. */
	void (*balance)(struct export *e, const struct export_account *a, struct vnd holds, struct buf *out);
	void (*balances_begin)(struct export *e, struct buf *out);
	void (*balances_end)(struct export *e, struct buf *out);
	void (*end)(struct export *e, struct buf *out);
};

extern const struct export_writer export_hledger, export_beancount, export_csv, export_json;

#endif
