/* list.h: the rows of a list as they travel from chitra-parse to whoever imports it.
 *
 * chitra-parse turns one hostile file into lines of COPY text with a fixed set of columns for each kind of list; the importer
 * reads those lines here and believes none of them: whatever they say is judged again (entry.h). Both sides use this header,
 * so a column cannot move unseen. Knows no file, no database and no rule about people.
 *
 *	row <tab> what <tab> problem <tab> cell … <tab> raw <LF>
 *
 * row: the file's row as a spreadsheet counts it, from 1. what: "title" (of a ward's list, a row above the headings or the upper one of two, before all others),
 * "head" (once, before the rows), "row", "total" (a payment list's totals row). problem: empty, or why the row as a whole cannot be read, with the column where one is to blame: short_row, long_row,
 * hidden_row, row_too_long/E, control_character/E, formula/E, cell_error/E; and "converted": text of a cell was not Unicode, and has
 * been decoded (legacy.h), which counts only when an officer says so. Cells: those of list_cells(kind) in that order, in NFC, trimmed,
 * with single spaces; empty when the cell is empty or the file has no such heading; of the head: the column's letters, and as its
 * problem the old encoding that the file is in. raw: the row's
 * cells as they stood in the file, joined by its delimiter (tabs for a workbook), at most LIST_RAW_MAX bytes; of the head: the
 * sheet's name; of a title, which has no cells: its texts, joined by tabs. */
#ifndef LEDGER_REGISTER_LIST_H
#define LEDGER_REGISTER_LIST_H

#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

#define LIST_FILE_MAX ((size_t)256 << 20) /* bytes of a file: a million rows have some 150 MB */
#define LIST_CELL_MAX ((size_t)1024)      /* bytes of one cell */
#define LIST_RAW_MAX  ((size_t)4000)

enum list_kind {
	LIST_PAYMENT,
	LIST_ACCOUNTS,
	LIST_DEATHS,
	LIST_AGENT_PAID,
	LIST_ENROLMENT,   /* who is in a programme, without amounts */
	LIST_INCREASE,    /* báo tăng: who joins, from which month, by which decision */
	LIST_DECREASE,    /* báo giảm: who leaves, from which month, and why */
	LIST_MOVES,       /* who moved, when and where to */
	LIST_CORRECTIONS, /* an ID that was re-issued, a name or a birth date that was wrong */
	LIST_GRANTS,      /* whom one decision grants something, each the same */
};
#define LIST_KINDS 10

enum list_cell {
	CELL_ID,
	CELL_NAME,
	CELL_BIRTH,
	CELL_SEX,
	CELL_CATEGORY,
	CELL_INJURY,      /* Tỷ lệ tổn thương cơ thể, per cent */
	CELL_AMOUNT,      /* of one month; of a paid list: what was paid */
	CELL_MONTHS,      /* how many */
	CELL_TOTAL,       /* amount × months */
	CELL_FROM,        /* first month of arrears */
	CELL_TO,          /* last month of arrears */
	CELL_DECISION,    /* by which arrears are paid */
	CELL_OTHER_MONEY, /* the heading of another amount that is not zero: nobody may overlook it */
	CELL_METHOD,
	CELL_ACCOUNT,
	CELL_BANK,
	CELL_HOLDER,
	CELL_DELEGATE,
	CELL_AUTHORITY,
	CELL_AUTHORITY_UNTIL,
	CELL_PHONE,
	CELL_STATUS, /* of an account, in the bank's words */
	CELL_DEATH_DAY,
	CELL_OUTCOME, /* paid or not, in the agent's words */
	CELL_PAID_DAY,
	CELL_REASON,
	CELL_MOVE_DAY,
	CELL_TO_AREA, /* code or name of the unit that the person moved to */
	CELL_OLD_ID,
	CELL_DAY,      /* of a correction */
	CELL_CHILDREN, /* whom a poor single parent brings up */
	CELL_CMND,     /* nine digits of an old identity card */
	CELL_AREA,     /* code or name of the commune, of a list of several */
	CELL_VILLAGE,
};
#define CELLS 34

const char *list_kind_name(enum list_kind kind); /* "payment-list" …: the argument of chitra-parse */
bool list_kind_parse(const char *name, enum list_kind *kind) WARN_UNUSED;
bool list_is_of_ward(enum list_kind
		kind); /* who is paid in a unit and from when: its titles say of which unit and month it is */

/* The cells of a kind in the order of its columns; *n is their number. */
const enum list_cell *list_cells(enum list_kind kind, size_t *n);
const char *list_cell_name(
	enum list_cell c); /* "personal_id" …: for the documentation of the columns, and tests */

bool list_cell_parse(const char *name, enum list_cell *c) WARN_UNUSED;

/* A heading as it is compared: «Tỷ lệ TTCT (%)» gives "ty le ttct": letters, digits and single spaces. False when it cannot be one. */
#define LIST_SAVED_MAX   100 /* words of its own that a sender may have for the columns of a kind of list */
#define LIST_HEADING_MAX 300 /* bytes; anything longer is a sentence, not a heading */
bool list_heading_fold(struct arena *a, struct bytes heading, char out[static LIST_HEADING_MAX]) WARN_UNUSED;

/* A column's letters: 1 is A, 28 is AB. And back: 0 when it is none. */
#define LIST_LETTERS_SIZE 4
const char *list_letters(int column, char out[static LIST_LETTERS_SIZE]);
int list_column_of(const char *letters);

struct list_row {
	int32_t row;
	bool title, head, total;
	const char *problem;      /* "" for none */
	int column;               /* that the problem is in; 0: the row */
	const char *cells[CELLS]; /* by enum list_cell; "" where the kind has no such column. Never NULL */
	const char *raw;
};

/* Cuts the next whole line off *rest and reads it in place: the text is changed and must live as long as the row. False at
 * the end, or with why->code "parser_line" when the line is not one that chitra-parse writes. Clear why before. */
bool list_row_read(
	enum list_kind kind, char **rest, char *end, struct list_row *out, struct why *why) WARN_UNUSED;

/* Where the head says that the cells of this kind stand. */
struct list_head {
	int32_t row;
	int column[CELLS];    /* from 1; 0: the file has no such heading */
	const char *sheet;    /* lives as long as the row's text; "" for none */
	const char *encoding; /* so does this; "" for Unicode */
};
void list_head_read(enum list_kind kind, const struct list_row *head, struct list_head *out);

/* Cuts the next column off *rest and undoes its escapes, in place; NULL when there is none or it is not readable. */
char *list_column_read(char **rest);

/* Appends one column: the separator unless it is the line's first, and the text escaped as COPY wants it. */
void list_column_write(struct buf *out, struct bytes text, bool first);

#endif
