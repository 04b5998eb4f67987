/* import_run.h: what `chitra import` was asked, and what it says about files and rows. Inside the import command only. */
#ifndef CHITRA_CLI_IMPORT_RUN_H
#define CHITRA_CLI_IMPORT_RUN_H

#include "ledger/register/import_store.h"
#include "daemon/cli/parser_run.h"
#include "daemon/cli/register_keys.h"

struct import_asked {
	enum list_kind kind;
	const char *programme, *area, *bank;
	const char *marked; /* where the file goes back to the officer; or NULL */
	const char *sheet;  /* of a workbook with several lists; or NULL */
	struct month period;
	bool has_period, from_names, strict, accept_repairs, csv;
	bool has_words_of; /* of which day codes and names of units are */
	struct day words_of;
	bool has_as_of; /* of which day a list of accounts tells */
	struct day as_of;
	const char *sender, *heading, *means; /* import headings */
	const struct decision *grant;         /* grant lists: decide grant --list */
	const char *const *files;
	size_t n_files;
};

/* A row or file that somebody has to look at; a list may have as many as it has rows. */
struct import_word {
	const char *file;
	const char *outcome; /* "rejected", "repaired", "known", "refused" */
	const char *code, *text;
	int32_t row;     /* 0: the file */
	int16_t column;  /* from 1; 0: the row, or the file, is to blame */
	bool from_alone; /* the list itself says so, whatever the register knows */
};

struct import_said {
	struct arena *arena;
	struct import_word *
		at; /* of malloc: a million words are not to stay in an arena each time that there are more */
	size_t n, room;
	struct hash sha256; /* of the last file that is no payment list, as the register knows it */
	int32_t head_row; /* of the last file: where its headings stand, 0: nowhere; and its old encoding, or NULL */
	const char *encoding;
	const char *asks;                    /* import_asks of it */
	const struct import_heading **saved; /* words of these files' senders that win over what we know */
	size_t n_saved;
	const char *error, *error_text; /* why the command ended early; NULL: it did not */
	int64_t waits;                  /* a list of accounts, for a second officer; 0: none */
	size_t files, refused_files, accepted, rejected, repaired, known, carried, new_people, unknown;
};

void import_said_free(struct import_said *s);

/* Its texts are copied, but for advice; the outcome is not. */
void import_say(struct import_said *s, const struct import_word *word);

/* Of the words from `from` on only these stay. */
void import_unsay(struct import_said *s, size_t from, bool (*stays)(const struct import_word *word));

/* The column that a row's code is about, 0 for none; `column` is what the parser blames, or 0. */
int16_t import_column(const struct list_head *head, const char *code, int column);

/* "E5"; "" for none. */
#define IMPORT_CELL_SIZE (LIST_LETTERS_SIZE + 11)
const char *import_cell(const struct import_word *word, char out[static IMPORT_CELL_SIZE]);
/* A whole file that cannot be imported. */
void import_say_refused(
	struct import_said *said, const char *file, const char *code, int32_t row, const char *detail);

/* What ended the command early: in words on standard error; with --json, into the one object that it prints at its end. The exit
 * code. */
int import_failed(const struct cli *cli, struct import_said *said, enum result r);
void import_print(const struct cli *cli, const struct import_said *s);

/* What the parser is asked besides the kind, for a file of this sender; lives in the run's arena. What was saved for the sender is said. */
const char *import_asks(struct import_said *said, const struct import_asked *asked,
	const struct import_headings *headings, const char *sender);

/* A file is known by its bytes; one sheet of several also by the sheet's name, and a grant list by what it grants. */
struct hash import_sum(const struct parser *p, const struct import_asked *asked);

/* The last part of a path. */
const char *import_file_name(const char *path);

/* chitra import categories: the names that lists may write under «Đối tượng», of one programme or of all. */
int import_catalogue(struct cli *cli, const struct import_asked *asked);

/* Payment lists in groups; and a file of another kind, in slices. Each prints nothing but fills `said`; the exit code. */
int import_payment_files(struct cli *cli, const struct import_asked *asked, const struct register_keys *keys,
	struct import_said *said);
int import_other_file(struct cli *cli, const struct import_asked *asked, const struct register_keys *keys,
	struct import_said *said);

/* Lists of accounts that wait; and `confirm LIST` or `drop LIST`, argv[0] being that word. */
int import_waiting_run(struct cli *cli);
int import_decide_run(struct cli *cli, int argc, char **argv);

/* Loads the keys, brings the files in, gives one back marked, and says what became of all; the exit code. */
int import_lists(struct cli *cli, const struct import_asked *asked);

#endif
