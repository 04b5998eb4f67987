/* import_store.h: judged lists into the register, many files and thousands of rows in one transaction.
 *
 * The caller has opened an officer's transaction and commits it; rows come judged from entry.h. Here is what a row alone cannot
 * say: whether the file was imported before, whether the unit and programme exist and the officer may enter them, whether the person
 * stands on another list of this programme and period, or is registered under another name. People are found by blind index; new ones
 * get an anchor, a data key and their ID sealed with it before any row is written. A file is in whole or not at all: what is seen only
 * at its end (its total) is the caller's to roll back for. */
#ifndef LEDGER_REGISTER_IMPORT_STORE_H
#define LEDGER_REGISTER_IMPORT_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/decision_store.h"
#include "ledger/register/entry.h"
#include "ledger/register/keys.h"

/* One file. */
struct import_list {
	const char *name; /* as the officer knows it: without directories */
	struct hash sha256;
	const char *programme;
	const char *area;        /* as the officer said it */
	struct area_scope scope; /* and where that is: area_scope(); its rows were judged by it */
	size_t n;
	struct entry *at; /* of this slice; verdicts may change from accepted to rejected, never back */
	struct list_head head;
	const char *title; /* what its title says otherwise, and the officer has looked at; NULL: nothing */

	bool refused; /* out: nothing of it was imported, and why says the file's code */
	struct why why;
	size_t accepted, rejected, repaired, known; /* out; accepted counts those that stand as they are */
	size_t carried; /* nothing is wrong with them, but their note says that they named a unit of another time */
	size_t new_people;
};

struct import_how {
	enum list_kind kind; /* LIST_PAYMENT, LIST_ENROLMENT, LIST_INCREASE */
	struct month period; /* of a list without amounts: from when its rows count that say nothing else */
	bool repairs;        /* the officer has looked at what was repaired, and it counts */
	bool strict;
	bool alone; /* nobody else imports meanwhile */
};

/* What register.import_file calls a kind of list. */
const char *import_kind_name(enum list_kind kind);

/* Payment lists (and those of who joins: the same people and accounts, no amounts), in the order that decides which of two rows of a person
 * counts: begin, one slice of their rows (of a single list any number), end; all in one transaction. What stays from one slice to the
 * next is small: import_seen.h. */
struct import;
void import_free(struct import *im);

/* Also refuses files: file_twice, area_unknown, programme_unknown (per file), no_mandate (REFUSED as a whole). The lists stay the
 * caller's. *out is set in any case; free it. */
enum result import_begin(struct work *w, const struct register_keys *keys, const struct reference *reference,
	const struct import_how *how, struct import_list *lists, size_t n, struct import **out) WARN_UNUSED;

/* The rows that the lists hold now; w->arena may be reset after it. Nothing of a refused list is written. */
enum result import_slice(struct import *im) WARN_UNUSED;

/* With how->strict one rejected row refuses everything: REFUSED strict, and the verdicts say which rows. */
enum result import_end(struct import *im) WARN_UNUSED;

/* Several officers import side by side; who was not alone and met another over the same person rolls back and imports the same lists
 * again, alone: verdicts may stay as they are. */
bool import_met_another(const struct work *w, enum result r);

/* ---- lists that are no payment lists: a bank's accounts, deaths, changes ----------------------------------------------------------------
 * They may name a million people, so they come in slices: begin, any number of slices, end; all in the caller's one transaction.
 * Memory does not grow with the file but for 8 bytes a row, in a table that is up to three quarters full. Rows come judged from entry.h; verdicts may change to rejected. */
struct import_file {
	const char *name;
	struct hash sha256;
	const char *bank;                   /* account lists: whose list it is; else NULL */
	const struct day *as_of;            /* account lists: the day of which they tell; NULL: today */
	bool repairs;                       /* as in import_how */
	const struct decision *grant;       /* grant lists: what everybody on it is granted; else NULL */
	bool sandbox;                       /* grant lists: rates that nobody has read count */
	size_t accepted, rejected, unknown; /* out; unknown: accepted deaths of people on no list */
	int64_t waits; /* out: the list that a second officer confirms (account_file_store.h), or 0 */
};

struct import_other;
void import_other_free(struct import_other *o);

/* Whose list of accounts names the bank in each row: the accounts that people declared for social benefits. */
#define BANK_VNEID "VNEID"

/* kind: import_kind_name. REFUSED no_mandate, file_twice, as_of_future; of grants programme_unknown, rate_unknown. *out is set in any case; free it. */
enum result import_other_begin(struct work *w, const struct register_keys *keys, const char *kind,
	struct import_file *file, struct import_other **out) WARN_UNUSED;

/* The person ↔ account link that a bank vouches for: grades holder against person. What passes waits for a second officer; what does not is
 * known at once. */
enum result import_accounts_slice(struct import_other *o, struct account_entry *at, size_t n) WARN_UNUSED;

/* Who died and when; people of no list are remembered (register.death_notice). */
enum result import_deaths_slice(struct import_other *o, struct death_entry *at, size_t n) WARN_UNUSED;

/* Who leaves a programme: each row becomes a decision to end the benefit, proposed by this officer; a second one confirms it. Moves and
 * corrections are written down as what happened to the person; a grant is proposed to each. kind as in change.h; programme only for decreases. */
struct change_entry;
enum result import_changes_slice(struct import_other *o, enum list_kind kind, const char *programme,
	struct change_entry *at, size_t n) WARN_UNUSED;

/* REFUSED strict; people_unknown: nobody of a bank's list is registered, so payment lists come first. */
enum result import_other_end(struct import_other *o, bool strict) WARN_UNUSED;

/* What senders call columns: the newest word counts, and where it is money, once two officers said it. cell: list_cell_name, "ignored", or "known" to take the word back. */
struct import_headings {
	size_t n;
	struct import_heading {
		const char *sender, *heading, *cell;
		bool waits;
	} * at;
};
enum result import_headings_of(struct work *w, enum list_kind kind, struct import_headings *out) WARN_UNUSED;

/* The heading is folded here. REFUSED heading_bad, cell_unknown, headings_many, no_mandate. */
enum result import_heading_add(struct work *w, enum list_kind kind, const char *sender, const char *heading,
	const char *cell) WARN_UNUSED;

/* Whether this officer may enter rows about anybody, of every agency and area. REFUSED no_mandate. */
enum result import_anybody_allowed(struct work *w) WARN_UNUSED;

/* What every row of a period's lists came to. */
struct import_rows {
	size_t n;
	struct import_row_out {
		const char *file, *outcome, *code, *note, *area;
		int32_t row;
	} * at;
};
enum result import_rows_of(struct work *w, struct month period, struct import_rows *out) WARN_UNUSED;

/* The rows of one file that were rejected, row, code and note: the first of them. */
#define IMPORT_REJECTED_MOST 10000
enum result import_rejected_of(
	struct work *w, const struct hash *sha256, enum list_kind kind, struct import_rows *out) WARN_UNUSED;

#endif
