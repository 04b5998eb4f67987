/* head_store.h: has the database forgotten what the archive remembers?
 *
 * At every (re)connect the ledger's head, and which PostgreSQL answers, are compared with the archive. If the database has fewer
 * leaves than the newest checkpoint, or others, or if timeline, cluster or tables are not those, history is in doubt: nothing is sent,
 * nothing is signed and nothing is posted until `chitra recover` has brought back what is missing and the programs were started
 * again. A duty's reading goes on, and so does storing what banks say; an officer's command is refused (books_compare). */
#ifndef LEDGER_BOOKS_HEAD_STORE_H
#define LEDGER_BOOKS_HEAD_STORE_H

#include "ledger/base/merkle.h"
#include "ledger/books/archive.h"
#include "ledger/db/db.h"

/* For db_on_connect(books_check_head, archive), set before the first db_open. OK also when in doubt (it is logged once);
 * anything else is trouble with the connection or the archive, and the connection is not used. */
enum result books_check_head(struct work *w, void *archive) WARN_UNUSED;

/* Asked before anything is sent or signed; true fills why (history_in_doubt). Stays true until the process ends. db NULL: whoever has no
 * connection. */
bool books_in_doubt(const struct db *db, struct why *why);

/* Somebody found otherwise that the database has forgotten something (the sent journal, ledger/payout/journal_store.h). */
void books_doubt(const char *what);

/* The same comparison as a question: true and why when the database is behind the archive or beside it. */
enum result books_compare(struct work *w, const struct archive *archive, bool *differs) WARN_UNUSED;

/* What somebody outside has of us: a checkpoint that `who` signed. In doubt (OK, logged once) when the database has fewer leaves or
 * others. */
enum result books_check_known(struct work *w, const struct checkpoint *known, const char *who) WARN_UNUSED;

/* The tree of the database's first `size` leaves, which it has. */
enum result books_tree_at(struct work *w, uint64_t size, struct compact *out) WARN_UNUSED;

/* A tree of some of its first leaves, grown to `size` by the leaves' hashes. REFUSED books_sequence: it lacks one. */
enum result books_tree_grow(struct work *w, struct compact *tree, uint64_t size) WARN_UNUSED;

/* Who answers, from a row of books_head. */
struct cluster books_cluster(const struct rows *head);

/* For tests: as at the start of a process. */
void books_forget_doubt(void);

#endif
