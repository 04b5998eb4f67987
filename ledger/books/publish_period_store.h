/* publish_period_store.h: the texts of closed periods as files: DIR/period/<agency>.<month> (period.md). Called by publish_store.c alone. */
#ifndef LEDGER_BOOKS_PUBLISH_PERIOD_STORE_H
#define LEDGER_BOOKS_PUBLISH_PERIOD_STORE_H

#include "ledger/books/publish.h"
#include "ledger/db/db.h"

/* Of those that the first `size` leaves close. REFUSED: publish_differs, file_trouble. */
enum result publish_periods(struct work *w, struct publisher *to, int64_t size) WARN_UNUSED;

#endif
