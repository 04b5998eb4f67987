/* teller_journal.c: the sent journal's part in a request's life. All but claim_renew run in the lane `journal`. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"
#include "ledger/payout/journal_store.h"

#define COMPARE_AGAIN_US \
	INT64_C(3600000000) /* so that what is to be read at the next connection stays little */
#define LOOK_MS 1000

/* ---- the journal and the rows ---------------------------------------------------------------------------------------- */

bool journal_is_ready(const struct teller *t, struct work *w)
{
	if (books_in_doubt(w->db, &w->why)) {
		log_event(LOG_ERROR, "nothing_is_sent", K_WHY(&w->why));
		return false;
	}
	return t->compared == db_connection(w->db) ||
	       why_set(&w->why, "journal_not_compared", "the connection to the database is a new one");
}

/* On whichever connection it begins: if it ends on another one, it is that one's turn. */
static enum result hold_against_rows(struct teller *t, struct work *w)
{
	uint64_t connection = db_connection(w->db);
	struct archived newest = {0};
	const char **banks = arena_array(w->arena, t->banks_n + 1, const char *);
	const char *doubt;
	for (size_t i = 0; i < t->banks_n; i++)
		banks[i] = t->banks[i].code;
	if (t->archive && !archive_newest(t->archive, w->arena, &newest, &w->why))
		return REFUSED;
	enum result r = journal_compare(w, t->journal, newest.checkpoint.size, banks, t->banks_n, &doubt);
	if (r != OK)
		return r;
	if (doubt)
		books_doubt(doubt);
	t->compared = connection;
	t->compared_us = monotonic_us();
	return OK;
}

/* Opened at first use: while a replaced process drains, the file is still its own. */
enum result journal_ready(struct teller *t, struct work *w)
{
	if (!t->journal)
		t->journal = journal_open(t->journal_path, &w->why);
	if (!t->journal)
		return RETRY;
	enum result r = db_connect(w);
	if (r == OK && !books_in_doubt(w->db, &w->why) &&
		(t->compared != db_connection(w->db) || monotonic_us() - t->compared_us > COMPARE_AGAIN_US))
		r = hold_against_rows(t, w);
	if (r != OK)
		return r;
	return journal_is_ready(t, w) ? OK : RETRY;
}

static enum result look_run(struct work *w, void *arg, size_t *found)
{
	(void)found;
	return journal_ready(arg, w);
}

void journal_start(struct teller *t)
{
	duty_poll(t->duty, &(struct poll_plan){
				   .name = "journal.look",
				   .lane = t->lane_journal,
				   .run = look_run,
				   .arg = t,
				   .idle_max_ms = LOOK_MS,
			   });
}

/* ---- what leaves is in it --------------------------------------------------------------------------------------------- */

static struct journal_item item_of(const struct parcel *p, size_t i)
{
	struct journal_item item = {
		.amount = p->payments[i].amount, .account = p->accounts[i], .payout = p->payouts[i]};
	memcpy(item.id, p->payments[i].e2e, sizeof item.id);
	return item;
}

static struct journal_dispatch journal_head(const struct parcel *p)
{
	return (struct journal_dispatch){
		.dispatch = p->dispatch.id,
		.epoch = p->dispatch.epoch,
		.channel = p->channel,
		.root = p->root,
		.at_us = wall_us(),
	};
}

/* Ids that are in it go as a further attempt, the others as a first one: their first teller died between commit and journal. */
bool journal_items(struct journal *j, const struct parcel *p, size_t first, size_t n, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct journal_item *fresh = arena_array(a, n, struct journal_item);
	const char **again = arena_array(a, n, const char *);
	size_t fresh_n = 0, again_n = 0;
	for (size_t i = first; i < first + n; i++) {
		if (journal_has(j, p->payments[i].e2e))
			again[again_n++] = p->payments[i].e2e;
		else
			fresh[fresh_n++] = item_of(p, i);
	}
	struct journal_dispatch head = journal_head(p);
	return (fresh_n == 0 || journal_record(j, &head, fresh, fresh_n, why)) &&
	       (again_n == 0 || journal_record_again(j, again, again_n, head.at_us, why));
}

/* ---- the same request anew ------------------------------------------------------------------------------------------ */

struct renewal {
	struct job job;
	struct request *request;
	bool stays; /* it is not to be tried again */
};

static bool journal_stayed(struct journal *j, const struct request *r, struct why *why)
{
	const char *ids[MESSAGE_ITEMS_MAX];
	for (size_t i = 0; i < r->n; i++)
		ids[i] = r->parcel->payments[r->first + i].e2e;
	return journal_record_not_sent(j, ids, r->n, wall_us(), why);
}

/* A certificate was revoked since its dispatch was judged: nothing of it leaves that would not leave now. */
static enum result judge_anew(struct work *w, const struct request *r, const struct dispatch_head *now)
{
	const struct parcel *p = r->parcel;
	struct payables all;
	size_t fine = 0;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = dispatch_load(w, &p->dispatch.id, 1,
			(const enum payout_state[]){PAYOUT_SENT, PAYOUT_UNKNOWN}, 2, &all);
	if (result != OK)
		return result;
	struct judged *judged = arena_array(w->arena, all.n, struct judged);
	result = law7_judge(
		r->bank->teller->law7, w, now, r->bank->code, p->channel_id, p->cash, all.at, all.n, judged);
	for (size_t i = 0; result == OK && i < all.n; i++)
		for (size_t k = r->first; !judged[i].refused && k < r->first + r->n; k++)
			fine += p->payouts[k] == all.at[i].payout;
	if (result != OK || fine == r->n)
		return result;
	why_set(&w->why, "revoked",
		"a certificate was revoked, and %zu of its %zu payments are signed by nobody else",
		r->n - fine, r->n);
	return REFUSED;
}

/* Revocations count at the time of sending (law 7). When the database does not answer, those that are known do. */
static bool still_signed(struct work *w, const struct request *r)
{
	struct dispatch_head now;
	return r->call != CALL_TRANSFER || dispatch_head(w, &now) != OK ||
	       now.revocations == r->parcel->revocations || judge_anew(w, r, &now) == OK;
}

/* It did not leave: the journal records that end. If it still may, it is journalled and made again. */
static enum result renew_run(struct work *w, void *arg)
{
	const struct renewal *n = arg;
	struct request *r = n->request;
	struct journal *j = r->bank->teller->journal;
	if (r->call == CALL_TRANSFER && r->raw.transport == HTTP_NOT_SENT) {
		if (!journal_stayed(j, r, &w->why))
			return RETRY;
		if (n->stays) {
			why_set(&w->why, "not_sent", "it will not be tried again by this process");
			return REFUSED;
		}
	}
	if (!still_signed(w, r))
		return REFUSED;
	if (r->call == CALL_TRANSFER && r->raw.transport == HTTP_NOT_SENT &&
		!journal_items(j, r->parcel, r->first, r->n, &w->why))
		return RETRY;
	request_free(r);
	r->body = BUF((size_t)1 << 20);
	return request_prepare(r, &w->why) ? OK : REFUSED;
}

static void stays(struct request *r)
{
	struct teller *t = r->bank->teller;
	request_free(r);
	r->raw.transport = HTTP_NOT_SENT;
	requests_add(&t->to_record[r->call == CALL_ENQUIRY], r);
	record_pump(t);
}

static void renewed(struct job *job, enum result result)
{
	struct renewal *n = job->arg;
	struct request *r = n->request;
	if (result == OK) {
		bank_enqueue(r->bank, r);
		bank_pump(r->bank);
	} else {
		log_event(LOG_WARN, "stays_unsent", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_WHY(&job->why));
		stays(r);
	}
	free(n);
}

void claim_renew(struct request *r)
{
	struct teller *t = r->bank->teller;
	struct renewal *n = calloc(1, sizeof *n);
	bug_if(!n);
	n->request = r;
	n->stays = monotonic_us() > r->leave_by_us || duty_is_draining(t->duty);
	n->job = (struct job){.name = "renew", .run = renew_run, .done = renewed, .arg = n};
	if (lane_submit(t->lane_journal, &n->job))
		return;
	free(n);
	stays(r);
}
