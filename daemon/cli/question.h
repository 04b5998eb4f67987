/* question.h: one question of `chitra ledger query`, between its options (query_cmd.c), its answer (question_run.c) and its printing
 * (question_print.c). Nobody else includes this. */
#ifndef CHITRA_CLI_QUESTION_H
#define CHITRA_CLI_QUESTION_H

#include "ledger/base/ids.h"
#include "ledger/register/keys.h"
#include "daemon/cli/cli.h"

#define QUESTION_LIMIT_MOST  10000
#define QUESTION_SAMPLE_MOST 1000

/* Which options a kind of question knows; by their places in the table of query_cmd.c. */
enum question_option {
	BY_ACCOUNT = 1 << 0,
	BY_PAYOUT = 1 << 1,
	BY_PERSON = 1 << 2,
	BY_BATCH = 1 << 3,
	BY_OFFICER = 1 << 4,
	BY_ENTRY = 1 << 5,
	BY_KIND = 1 << 6,
	BY_AMOUNT = 1 << 7,
	BY_EFFECTIVE = 1 << 8,
	BY_RECORDED = 1 << 9,
	AS_OF = 1 << 10,
	SAMPLE = 1 << 11,
};

enum cell_type {
	CELL_COUNT,
	CELL_DONG,
	CELL_TEXT,
	CELL_DAY,
	CELL_AT,
	CELL_HEX,
	CELL_BOOL,
	CELL_TEXTS,
	CELL_COUNTS,
	CELL_LEGS,  /* the columns accounts and amounts together */
	CELL_LEAF,  /* many lines of text: in JSON alone */
	CELL_ABOUT, /* a transaction's key; for people the payout's id where it is about one */
};

struct question;

struct question_column {
	const char *name; /* in JSON, in CSV and in the SQL; never changes its meaning */
	enum cell_type type;
	const char *heading; /* in a table for people; NULL: not there */
};

struct question_kind {
	const char *name;
	unsigned knows; /* enum question_option */
	const char *key[3],
		*key_by_day
			[3]; /* the columns by which its rows follow each other; and where --effective was given */
	size_t n_columns;
	const struct question_column *columns;
	enum result (*run)(struct cli *cli, struct question *q);
};

/* From the moment `from` on and before `upto`; days from first to last. */
struct days {
	bool has_first, has_last;
	struct day first, last;
};
struct moments {
	bool has_from, has_upto;
	int64_t from_us, upto_us;
};
struct amounts {
	bool given;
	struct vnd least, most;
};

/* Where the page before ended: up to three numbers of its last row's key, and how much of the books the first page saw. */
struct cursor {
	bool given;
	int64_t size, key[3];
};

struct sample {
	int n; /* 0: none */
	bool by_amount;
	const char *seed;
	int64_t population;
	struct vnd population_sum;
};

struct question {
	const struct question_kind *kind;
	unsigned given; /* enum question_option */

	/* what was asked */
	const char *account, *payout, *officer, *entry, *reason;
	bool has_person;
	struct personal_id person_id;
	int64_t batch;
	size_t n_kinds;
	const char **kinds;
	struct amounts amount;
	struct days effective;
	struct moments recorded, as_of;
	int64_t as_of_size; /* −1: not by size */
	int limit;
	bool csv;
	const char *after;
	struct cursor cursor;
	struct sample sample;

	/* what was found on the way */
	bool everywhere;
	size_t n_agencies, n_wards;
	const char *const *agencies, *const *wards;
	int64_t first, last, size, account_id,
		person; /* transactions from first on, before last, of the first `size` */
	bool has_payouts, has_seqs;
	size_t n_payouts, n_seqs;
	const int64_t *payouts, *seqs;

	/* the answer: rows.n may be one more than limit: there is another page */
	struct rows rows;
};

extern const struct question_kind question_kinds[];
extern const size_t n_question_kinds;

/* Whose ID it is, and writes down that somebody looked, with his reason: in a transaction of its own, which is committed before the books are
 * asked, so that also who is then refused has looked. REFUSED no_mandate, person_unknown. */
enum result question_look(struct cli *cli, const struct register_keys *keys, struct question *q) WARN_UNUSED;

/* Fills in the answer, inside a transaction of an officer, who must be an auditor. REFUSED no_mandate, narrow_mandate, payout_unknown,
 * ledger_account_unknown, as_of_size, nothing_sealed. */
enum result question_answer(struct cli *cli, struct question *q) WARN_UNUSED;

/* Whether there is another page, how many rows this one has, and where it ended (of at least one row). */
bool question_has_more(const struct question *q);
size_t question_rows(const struct question *q);
void question_ended(const struct question *q, struct cursor *out);

/* The rows as a table, as CSV, or as one JSON object. next: what --after takes to go on; NULL: this was the last page. */
void question_print(struct cli *cli, const struct question *q, const char *next);

#endif
