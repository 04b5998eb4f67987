/* scribe_poison.c: a message that kills or stops whoever digests it is found and set aside, and the others go on.
 *
 * As in the teller: what dies cannot say of what. So the first run of a process is counted before, in a transaction of its own; when the
 * process before it was not heard of again, messages are digested one by one, each counted before. One that was begun for the third time is
 * passed: a statement's page with a break over its day, a callback with a line of the log (the teller asks about whoever is silent). It stays
 * in ops.attempt: whoever has mended the program deletes it there, and a statement is read again. Lane digest. */
#include "daemon/duties/scribe_digest.h"

#include "ledger/base/log.h"
#include "ledger/db/db.h"
#include "ledger/payout/tries_store.h"

#define ONE_BY_ONE    2 /* tries of a run */
#define MESSAGE_TRIES 2 /* of a message alone */

static const int64_t a_run = 0; /* ops.attempt has one row for all scribes: one at a time digests */

static enum result end(struct work *w, const char *work, int64_t id, bool done)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = done ? attempt_end(w, work, &id, 1) : attempt_lived(w, work, id);
	return r == OK ? tx_commit(w) : r;
}

/* This process lives, so what it has counted is not what kills. */
static enum result end_begun(struct work *w, struct digest *d, bool done)
{
	enum result r = d->begun ? end(w, "message", d->begun, done) : OK;
	if (r == OK)
		d->begun = 0;
	return r;
}

static enum result next_message(struct work *w, int64_t *id)
{
	int64_t upto;
	bool mine;
	*id = 0;
	enum result r = progress_take(w, "digest", &upto, &mine);
	return r == OK && mine ? inbox_after(w, upto, id) : r;
}

static enum result count_run(struct work *w, struct digest *d)
{
	int32_t tries = 0;
	enum result r = attempt_begin(w, "digest", &a_run, 1, &tries);
	d->counted = r == OK;
	if (r != OK || tries < ONE_BY_ONE)
		return r;
	d->singly = DIGEST_MESSAGES;
	log_event(LOG_WARN, "messages_one_by_one", K_I64("tries", tries));
	return OK;
}

static enum result pass(struct work *w, int64_t message)
{
	int64_t upto;
	bool mine;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = progress_take(w, "digest", &upto, &mine);
	if (r != OK || !mine || upto >= message)
		return r;
	r = progress_set(w, "digest", message);
	return r == OK ? tx_commit(w) : r;
}

static enum result tell(struct work *w, int64_t message)
{
	struct inbox_message *at;
	size_t n = 0;
	bool gap;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = inbox_next(w, message - 1, message, 1, &at, &n, &gap);
	if (r != OK || n == 0)
		return r;
	r = digest_break(w, &at[0],
		"a page of its statement ends whoever reads it; it was set aside: mend the program");
	return r == OK ? tx_commit(w) : r;
}

/* First it is passed: who tells of it reads its row. */
static enum result set_aside(struct work *w, struct digest *d, int64_t message)
{
	d->begun = 0;
	enum result r = pass(w, message);
	if (r != OK)
		return r;
	metric_add(d->strange, 1);
	log_event(LOG_ERROR, "message_set_aside", K_I64("message", message));
	return tell(w, message);
}

static enum result count(struct work *w, struct digest *d, int64_t *message, int32_t *tries)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = next_message(w, message);
	if (r != OK || *message == 0)
		return r;
	if (!d->counted)
		r = count_run(w, d);
	if (r == OK && d->singly) {
		d->begun = *message;
		r = attempt_begin(w, "message", message, 1, tries);
	}
	return r == OK ? tx_commit(w) : r;
}

enum result poison_before(struct work *w, struct digest *d, bool *aside)
{
	int64_t message = 0;
	int32_t tries = 0;
	if (d->survived)
		return OK;
	enum result r = end_begun(w, d, false);
	if (r == OK)
		r = count(w, d, &message, &tries);
	if (r == OK && message == 0)
		d->singly = 0; /* whatever it was, it was read */
	if (r != OK || tries <= MESSAGE_TRIES)
		return r;
	*aside = true;
	return set_aside(w, d, message);
}

void poison_after(struct work *w, struct digest *d, bool done)
{
	if (!d->counted && !d->begun)
		return;
	struct why why = w->why;
	tx_rollback(w);
	enum result r = end_begun(w, d, done);
	d->singly -= done && d->singly > 0;
	if (r == OK && d->counted && !d->singly) {
		r = end(w, "digest", a_run, done);
		d->counted = false;
		d->survived = done;
	}
	if (r != OK)
		log_event(LOG_WARN, "attempt_not_ended", K_WHY(&w->why));
	w->why = why;
}

enum result poison_waiting(struct work *w, struct digest *d, int64_t message, bool *aside)
{
	int32_t tries = 0;
	enum result r = end_begun(w, d, false);
	if (r != OK)
		return r;
	TX_GUARD(w);
	r = tx_begin(w);
	if (r == OK)
		r = attempt_begin(w, "message", &message, 1, &tries);
	if (r != OK || tries > MESSAGE_TRIES) {
		*aside = r == OK;
		return r; /* undone: it stays as often as it was */
	}
	d->begun = message;
	return tx_commit(w);
}
