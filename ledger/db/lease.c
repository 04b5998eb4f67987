#include "ledger/db/lease.h"

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"

struct lease lease_of(const char *name, const char *owner, const char *prefix, int64_t ms)
{
	return (struct lease){.name = name, .owner = owner, .prefix = prefix, .ms = ms};
}

static enum result take(struct work *w, struct lease *l)
{
	struct rows r;
	TX_GUARD(w);
	int64_t asked_us = monotonic_us();
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_LEASE_TAKE,
			DB_ARGS(db_text(l->name), db_text(l->owner), db_text(l->prefix), db_i64(l->ms)), &r);
	if (result == OK)
		result = tx_commit(w);
	if (result != OK)
		return result;
	int64_t epoch = rows_n(&r) ? row_i64(&r, 0, rows_col(&r, "epoch")) : 0;
	l->renew_us = asked_us + l->ms * 500;
	if (epoch != l->epoch)
		log_event(LOG_NOTICE, epoch ? "lease_taken" : "lease_lost", K_STR("lease", l->name),
			K_I64("epoch", epoch ? epoch : l->epoch));
	l->epoch = epoch;
	return OK;
}

enum result run_under_lease(struct work *w, struct lease *l,
	enum result (*run)(struct work *w, void *arg, size_t *found), void *arg, size_t *found)
{
	enum result r = l->epoch && monotonic_us() < l->renew_us ? OK : take(w, l);
	if (r != OK || l->epoch == 0)
		return r;
	w->lease = l;
	r = run(w, arg, found);
	w->lease = NULL;
	if (r != OK && why_is(&w->why, "lease_lost"))
		l->epoch = 0;
	return r;
}

enum result lease_fence(struct work *w)
{
	struct rows r;
	const struct lease *l = w->lease;
	enum result result = db_run(w, Q_LEASE_FENCE, DB_ARGS(db_text(l->name), db_i64(l->epoch)), &r);
	if (result != OK || rows_n(&r) == 1)
		return result;
	why_set(&w->why, "lease_lost", "another process holds the lease %s since; nothing of this was done",
		l->name);
	return RETRY;
}
