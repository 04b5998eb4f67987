/* import_payment.h: payment lists, and those of who joins, while they are read. A list of some thousands of rows is judged whole and goes
 * into the register with others (import_files.c); a longer one goes in slice by slice, by itself (import_long.c), so that a million rows
 * need no more memory than these thousands. Inside the import command only. */
#ifndef CHITRA_CLI_IMPORT_PAYMENT_H
#define CHITRA_CLI_IMPORT_PAYMENT_H

#include "daemon/cli/import_run.h"
#include "ledger/register/reference_store.h"
#include "ledger/register/title.h"

#define IMPORT_SLICE ((size_t)1 << 20) /* bytes of rows that are judged and written at a time */

#define AHEAD       4 /* parsers that run while one file is judged */
#define GROUP_LISTS 512

struct payment_run {
	struct cli *cli;
	const struct import_asked *asked;
	const struct register_keys *keys;
	struct reference reference;
	struct import_headings headings;
	struct import_said *said;
	struct parser ahead[AHEAD];
	struct arena *group; /* what the present group needs */
	struct import_list lists[GROUP_LISTS];
	size_t n_lists, n_rows;
	int code;
};

/* One list while its rows come. */
struct payment_list {
	struct import_list list;
	struct entries_sum sum;
	struct area_words words;
	struct title title;
	bool again;     /* rows that were judged before have to be judged anew, beginning with these words */
	struct why bad; /* why the file is refused; code "": it is not */
};

void payment_parse(struct payment_run *run, struct parser *p, const char *file);

/* Which list this is. False: its name does not say, and it has been said. Texts live in the group's arena. */
bool payment_begin(struct payment_run *run, const struct parser *p, const char *file,
	struct payment_list *out) WARN_UNUSED;

/* Judges these lines, in place, which become the list's rows; they live as long as the text and the arena. False: they are not
 * chitra-parse's (l->bad). */
bool payment_judge(
	struct payment_run *run, struct arena *a, struct payment_list *l, char *text, char *end) WARN_UNUSED;

/* Whether all that was judged is the whole list; else l->bad. */
bool payment_is_whole(const struct payment_run *run, struct payment_list *l) WARN_UNUSED;

/* The rows that need somebody to look at them: all, or only the rejected ones. */
void payment_say_rows(struct import_said *said, const struct import_list *l, bool all);

/* The list is in. */
void payment_say_in(struct import_said *said, const struct import_list *l);

/* The file `ahead` of which a slice has been read into `text`; its end has been seen when this returns. */
void payment_long(struct payment_run *run, struct parser *p, const char *file, struct buf *text);

#endif
