/* rate_store.h: the rates of a programme, as rate.h wants them. */
#ifndef LEDGER_REGISTER_RATE_STORE_H
#define LEDGER_REGISTER_RATE_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/rate.h"

/* In the work's arena. */
enum result rates_load(struct work *w, const char *programme, struct rates *out) WARN_UNUSED;

#endif
