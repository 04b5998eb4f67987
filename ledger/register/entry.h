/* entry.h: one row of a list, judged.
 *
 * Pure: a row in, a verdict out. Everything that can be said of a row from the row itself and the reference tables is said here:
 * is this a personal ID, does it agree with birth and sex, which categories, how much, to where. What needs other rows or the
 * register (twice on the lists, another name under this ID) is import_store's. A wrong row is rejected with a code, and
 * advice.h tells the officer what to do; nothing is guessed but the zeros that a spreadsheet took from an ID. */
#ifndef LEDGER_REGISTER_ENTRY_H
#define LEDGER_REGISTER_ENTRY_H

#include "ledger/base/ids.h"
#include "ledger/register/area.h"
#include "ledger/register/category.h"
#include "ledger/register/list.h"
#include "ledger/register/reading.h"

#define SAMPLE_PREFIX "099" /* of invented people: no province has it, only a sandbox accepts it */

#define ENTRY_WARNINGS 4
#define ENTRY_ALSO     6 /* a row with more faults says the first seven */

#define BANK_AMBIGUOUS SIZE_MAX /* a word that names two banks names none */

/* What the reference tables say; loaded once for a run (reference_store.h). */
struct reference {
	struct arena *arena;
	struct categories categories;
	bool prefix[1000]; /* of provinces */
	struct map banks;  /* folded code, name or short name to an index of bank_codes */
	const char **bank_codes;
	struct areas areas;
	bool sandbox;
	struct day today; /* business clock */
};

/* The bank of a cell as its code, or NULL. */
const char *reference_bank(struct arena *a, const struct reference *r, const char *cell);

struct import_terms {
	const char *programme; /* payment, enrolment and increase lists */
	enum list_kind list;   /* enrolment and increase lists have no amounts; from is when it begins */
	struct month period;
	const struct area_scope
		*scope;      /* where the file belongs, when it is known: then every row's unit is */
	bool accept_repairs; /* IDs whose lost zeros were put back, and text that was decoded, count */
};

/* known: the same row of an earlier file of this ward and period was accepted, so it is no error and nothing to do. */
enum entry_status { ENTRY_ACCEPTED, ENTRY_REJECTED, ENTRY_REPAIRED, ENTRY_KNOWN };
const char *entry_status_name(enum entry_status s);

struct entry {
	int32_t row;
	enum entry_status status;
	const char *code; /* why it was rejected or repaired; NULL: accepted as it stands */
	size_t n_also;    /* what else is wrong with it, or was repaired */
	const char *also[ENTRY_ALSO];
	const char *note; /* what to do about it, where more can be said than advice_for(code); or NULL */
	int column;       /* that is to blame, where the parser said so; else 0: advice_cell(code) knows */
	bool alone;       /* rejected for what the list itself says; else by what the register knows */
	const char *raw;
	size_t n_warnings; /* accepted all the same, but a person should know: findings that block nothing */
	const char *warnings[ENTRY_WARNINGS];

	struct personal_id id;
	bool by_cmnd; /* the row has no other number than an old card's, and id holds its nine digits: it finds only who is registered */
	bool has_cmnd; /* beside the ID */
	struct personal_id cmnd;
	const char *name, *name_fold;
	int birth_year;
	bool birth_whole;
	struct day birth; /* when birth_whole */
	char sex;         /* M or F */

	size_t n_categories;
	size_t categories[CATEGORIES_OF_ONE];
	int injury_pct; /* 0: not given */
	int children;   /* of whom a category is paid for each; 0: no such category */

	const struct area *area; /* of its own; NULL: that of the file */
	bool area_by_old_word, area_doubtful;

	struct vnd monthly, total;
	bool arrears;          /* from, to and decision are set */
	struct month from, to; /* the period itself when it is no arrears */
	const char *decision;  /* NULL: none */

	enum pay_method method;
	bool has_account;
	struct account_no account;
	const char *bank;      /* code */
	const char *holder;    /* as the list has it, or the person; the delegate where there is one */
	const char *authority; /* NULL: the person's own account */
	bool authority_ends;
	struct day authority_until;
	bool has_phone;
	struct phone_no phone;

	/* For the totals row: what the list says, even in a row that is rejected. */
	struct vnd listed;
	bool listed_known;
};

bool entry_stands(const struct entry *e);      /* accepted or repaired: it counts */
const char *entry_kind(const struct entry *e); /* "regular" or "arrears" */

/* Texts live in the arena or in the row. The ID and the name are set whenever they could be read, also in a rejected row. */
void entry_judge(struct arena *a, const struct reference *r, const struct import_terms *terms,
	const struct list_row *row, struct entry *out);

/* A list of which some words name only units of another time uses that time's words: then a word that named another unit then is in doubt,
 * and its row rejected (area_ambiguous). The list may come in slices, of which `words` carries what was seen; all zeros before the first.
 * False: rows of slices before this one passed and should not have; so judge them again, beginning with `old` set. */
struct area_words {
	bool old;    /* some row, wherever, names a unit of another time */
	bool passed; /* rows whose word is in doubt if so have passed */
};
bool entries_areas_check(struct entry *at, size_t n, struct area_words *words) WARN_UNUSED;

/* For lists in which nothing confirms a guess: a whole ID as it stands, and what the parser says is wrong with the row. NULL, or the
 * code. */
const char *entry_whole_id(const struct reference *r, const char *text, struct personal_id *out);
const char *entry_row_problem(const struct list_row *row, int *column);

/* One row of a list of accounts: a bank's own, or (bank NULL) of those that people declared, whose rows name their banks. Status is
 * "open", "dormant", "closed" or "blocked". */
struct account_entry {
	int32_t row;
	enum entry_status status;
	const char *code;
	int column;
	const char *raw;
	struct personal_id id;
	struct account_no account;
	const char *bank;
	const char *holder;
	const char *account_status;
};
void account_entry_judge(struct arena *a, const struct reference *r, const char *bank,
	const struct list_row *row, struct account_entry *out);

struct death_entry {
	int32_t row;
	enum entry_status status;
	const char *code;
	int column;
	const char *raw;
	struct personal_id id;
	const char *name;
	struct day day;
};
void death_entry_judge(
	struct arena *a, const struct reference *r, const struct list_row *row, struct death_entry *out);

/* What a payment list adds up to, row by row, and what its totals row says; all zeros before the first. */
struct entries_sum {
	struct vnd rows, total;
	bool too_large, unreadable, moved; /* the rows' sum; some row's amount; the cells of some row */
	bool has_total, total_readable;
	int32_t total_row;
};
void entries_sum_add(struct entries_sum *s, const struct entry *at, size_t n);
void entries_sum_total(struct entries_sum *s, const struct list_row *total); /* the last one counts */

/* Whether the totals row agrees with the rows. False: total_missing, total_differs (detail in why->text), total_unreadable. Rows
 * whose amount cannot be read make it impossible to check: then true, and *checked is false. So do rows with a cell too few or too
 * many, when the sum differs: they are wrong rows and no wrong file. */
bool entries_sum_check(const struct entries_sum *s, bool *checked, struct why *why) WARN_UNUSED;

#endif
