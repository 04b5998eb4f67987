/* cli.h: what every `chitra` command is given, and how it answers.
 *
 * A command is one row of the table in chitra.c and one function in its own file. It reads its options, opens a transaction
 * with cli_enter() (which says who acts: the officer of the session file), calls the same store functions as the desk, prints
 * for a person or, with --json, exactly one JSON object on standard output, and returns an exit code:
 *
 *	0 done   64 wrong use   65 refused by a rule or by the data   69 the database cannot be reached   70 a defect
 *	75 try again later   77 no permission, or not logged in   78 configuration
 *
 * Nobody outside daemon/cli includes this. */
#ifndef CHITRA_CLI_CLI_H
#define CHITRA_CLI_CLI_H

#include <stdio.h>
#include <sysexits.h>

#include "ledger/base/json.h"
#include "ledger/db/db.h"
#include "ledger/register/officer_store.h"
#include "daemon/config.h"

enum command_needs {
	NEEDS_NOTHING, /* neither configuration nor the desk's connection */
	NEEDS_CONFIG,  /* the configuration, and the desk's connection at first use */
	WRITES_MUCH,   /* the same; what may be thousands of rows is then known to PostgreSQL's planner */
	ANY_HISTORY, /* NEEDS_CONFIG, also on a database that went back in time, which is refused to all others */
};

struct cli;

struct command {
	const char *name;
	enum command_needs needs;
	int (*run)(struct cli *cli, int argc, char **argv); /* argv[0] is the name */
	const char *usage;                                  /* one or more lines, without the word "usage" */
	const char *doc;                                    /* one line for the list of commands */
};

struct cli {
	const struct command *command;
	const char *word; /* the first one behind the command's name; NULL: none */
	struct work *w;   /* arena, connection, why, deadline; w->db is NULL with NEEDS_NOTHING */
	const struct config *config;
	bool json; /* --json was given */
	const char *config_path;
	const char *session_path; /* where the session's token is */
	struct officer me;        /* set by cli_enter */
};

/* Prints the forms of the command that begin with this word; all of them when there is none, or without a word. */
void cli_print_usage(FILE *to, const struct command *command, const char *word);

/* Prints that of the word that was typed, or where it stands when cli_wrong has said what to mend; returns 64. */
int cli_usage(const struct cli *cli);

/* Says which word of the command is wrong and what to do; always false. */
bool cli_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The value of an option. False, and it has been said why: the usage alone would not tell. */
bool cli_month(const char *text, struct month *out) WARN_UNUSED;
bool cli_day(const char *text, struct day *out) WARN_UNUSED;
bool cli_dong(const char *text, struct vnd *out) WARN_UNUSED;
/* Why something is done, for those who look later: 3 to 500 characters, as the tables want it. */
bool cli_reason(const char *text, const char **out) WARN_UNUSED;

/* A number of something, as other commands print it; and several, at least one. */
bool cli_id(const char *text, int64_t *out) WARN_UNUSED;
/* The SHA-256 of a written decision's file, for the books. False with why: file_trouble, decision_empty. */
bool cli_decision(struct cli *cli, const char *path, struct hash *out) WARN_UNUSED;
bool cli_ids(struct arena *a, int n, char **words, int64_t **out) WARN_UNUSED;

/* A whole number from `least` to `most`. */
bool cli_count(const char *text, int least, int most, int *out) WARN_UNUSED;

/* One option and where its value goes: exactly one place, or only `given`, a flag. */
struct cli_option {
	const char *name;
	const char **text, **reason;
	struct month *month;
	struct day *day;
	struct vnd *amount;
	int64_t *id;
	bool (*take)(const char *value,
		void *to); /* whatever else; an option that may be given again is taken each time */
	void *to;
	bool *given; /* that it was there; or NULL */
	bool needed; /* the command cannot do without */
};

/* Takes the options of the command; optind is then the first other word. False, and the wrong word was named or getopt spoke. */
bool cli_options(int argc, char **argv, const struct cli_option *known, size_t n) WARN_UNUSED;

/* What did not go well, in words (and as {"error": …} with --json), and the exit code. OK prints nothing and gives 0. */
int cli_exit(const struct cli *cli, enum result r);

/* The same for a refusal that a pure function explained. */
int cli_refused(const struct cli *cli, const struct why *why);

/* Fills and prints one JSON object on standard output. */
void cli_print_json(void (*fill)(struct json_writer *, const void *), const void *what);

/* Begins a transaction as the officer who is logged in. Long work calls cli_next_step before each transaction. */
enum result cli_enter(struct cli *cli) WARN_UNUSED;
void cli_next_step(struct cli *cli);

/* The hash of the session's token. False with w->why not_logged_in. */
bool cli_session(struct cli *cli, struct hash *token_hash) WARN_UNUSED;

/* A key of the desk ([desk] option of type secret); wiped and freed by secret_free. NULL with why (config exit). */
struct key32 *cli_key(struct cli *cli, const char *option) WARN_UNUSED;

/* "2.789.000 đ" */
const char *cli_money(struct arena *a, struct vnd v);

/* "03/04/2024" */
const char *cli_day_vi(struct arena *a, struct day d);

/* "03/04/2024 08:00" */
const char *cli_instant_vi(struct arena *a, int64_t us);

/* ---- a terminal -------------------------------------------------------------------------------------------------------
 * A bar on standard error, drawn only on a terminal and only when the work lasts longer than a second. total −1: nobody
 * knows how much there is, so what is done is counted. */
struct progress {
	const char *what;
	int64_t total, begun_us, drawn_us;
	bool shown;
};
struct progress progress_begin(const struct cli *cli, const char *what, int64_t total);
void progress_at(struct progress *p, int64_t done);
void progress_end(struct progress *p);

/* Columns for people: add cells row by row, then print. Widths count characters, not bytes. A heading that begins with '>'
 * makes its column right-aligned: figures, which are never broken. On a terminal that is narrower than the table, headings and texts are
 * broken at spaces, or rows go on in a second line. */
struct table {
	struct arena *arena;
	size_t columns, n, room;
	const char **cells, **rest; /* rest: what is left to print of a row */
};
struct table table_new(struct arena *a, const char *const *headings, size_t columns);
void table_add(struct table *t, const char *cell);
void table_print(const struct table *t);
void table_print_in(
	const struct table *t, FILE *to, size_t terminal); /* columns of the terminal; SIZE_MAX: it is none */

#endif
