/* recover_journals.h: which sent journals `chitra recover` reads: all that the database knows of, or it says which one is missing.
 *
 * What a host sent and only its journal remembers would stay ready, and whoever cancels it may pay it twice. Each journal is held open, so
 * that its teller does not start meanwhile. */
#ifndef CHITRA_CLI_RECOVER_JOURNALS_H
#define CHITRA_CLI_RECOVER_JOURNALS_H

#include "daemon/cli/cli.h"
#include "ledger/payout/journal.h"

#define RECOVER_JOURNALS_MOST 64

struct recover_journals {
	const char *directories[RECOVER_JOURNALS_MOST]; /* --journal */
	size_t n;
	const char
		*lost[RECOVER_JOURNALS_MOST]; /* --lost-journal: names of those that do not exist any more */
	size_t lost_n;
	const char *paths[RECOVER_JOURNALS_MOST]; /* of those that are open */
	struct journal *at[RECOVER_JOURNALS_MOST];
	size_t open_n;
};

/* For struct cli_option. */
bool recover_journal_take(const char *value, void *journals);
bool recover_lost_take(const char *value, void *journals);

/* Without --journal that of [teller] journal, if there is one. REFUSED: journal_missing, file_locked, journal_broken. */
enum result recover_journals_open(struct cli *cli, struct work *w, struct recover_journals *j) WARN_UNUSED;
/* In the transaction that recovers: what they have stands in the rows now, and what was in doubt is not any more. */
enum result recover_journals_done(struct work *w, const struct recover_journals *j) WARN_UNUSED;
void recover_journals_close(struct recover_journals *j);

#endif
