/* period.h: closed periods, as ledger/books/period.md says, computed again from the leaves before each that closes one.
 *
 * DIR/period/<agency>.<month> is the text whose hash the leaf has. Each account in it is what the postings up to the month's last day come
 * to; what it carries over adds up to those accounts, and no leaf says otherwise of any of it; and what comes for a closed period later
 * says that it is late, and nothing else does. */
#ifndef LEDGER_VERIFY_PERIOD_H
#define LEDGER_VERIFY_PERIOD_H

#include "ledger/verify/books.h"

struct periods;

/* size: of the tree that the directory has. */
struct periods *periods_begin(const char *dir, uint64_t size, struct findings *f);
/* The next leaf, before books_add takes it. */
void periods_add(struct periods *p, const struct leaf *l, const struct books *b);
/* As range_whole: the roots of every 256 leaves are kept, so that the root that a leaf names can be computed. */
void periods_whole(struct periods *p, unsigned level, const struct digest *root);
size_t periods_closed(const struct periods *p);
void periods_free(struct periods *p);

#endif
