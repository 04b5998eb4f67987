/* The life of payouts in the database, in which each call of it fails once: it is told, nothing stays, and the next try does it all. */
#include <sys/stat.h>

#include "ledger/payout/message_store.h"
#include "ledger/payout/outcome.h"
#include "ledger/payout/release_store.h"
#include "ledger/register/officer_store.h"
#include "tests/unit/db_each.h"
#include "tests/unit/db_payout.h"

enum { PEOPLE = 6 };

static const struct sender me = {
	.owner = "teller/0/aaaa", .lease_ms = 60000, .ask_ms = 120000, .dedupe_days = 7};
/* ---- each a whole transaction ------------------------------------------------------------------------------------------ */

static enum result done(struct work *w, enum result r, struct entries *entries)
{
	if (r == OK && entries && entries->n)
		r = books_post(w, entries->at, entries->n, FLOORS_RECORD, NULL);
	return r == OK ? tx_commit(w) : r;
}

static enum result begin_as(struct work *w, const char *login, struct officer *who)
{
	struct hash token = sha256(bytes_z(login));
	enum result r = tx_begin(w);
	return r == OK ? officer_enter(w, &token, who) : r;
}

static enum result release(struct work *w, const char *login)
{
	struct officer who;
	struct entries entries = {0};
	struct released out;
	const int64_t batch = 1;
	enum result r = begin_as(w, login, &who);
	if (r == OK)
		r = release_batches(w,
			&(struct release_wish){.me = &who,
				.archive = arena_printf(w->arena, "%s/archive", place),
				.ids = &batch,
				.n = 1},
			&entries, &out);
	return done(w, r, &entries);
}

static enum result by_minh(struct work *w)
{
	return release(w, "minh");
}
static enum result by_hoa(struct work *w)
{
	return release(w, "hoa");
}

static const char *id_of(struct work *w, int payout)
{
	return arena_strdup(w->arena, scene("select end_to_end_id from payout.payout where id = %d", payout));
}

static enum result hold(struct work *w)
{
	struct officer who;
	const char *ids[] = {id_of(w, 1), id_of(w, 2)};
	enum result r = begin_as(w, "minh", &who);
	return done(w, r == OK ? payout_hold(w, ids, 2, "looks wrong") : r, NULL);
}

static enum result let_go(struct work *w, const char *login)
{
	struct officer who;
	size_t waiting;
	const char *id = id_of(w, 1);
	enum result r = begin_as(w, login, &who);
	return done(w, r == OK ? payout_unhold(w, &id, 1, &waiting) : r, NULL);
}

static enum result let_go_first(struct work *w)
{
	return let_go(w, "minh");
}
static enum result let_go_second(struct work *w)
{
	return let_go(w, "hoa");
}

static enum result cancel(struct work *w)
{
	struct officer who;
	const char *id = id_of(w, 2);
	enum result r = begin_as(w, "minh", &who);
	return done(w, r == OK ? payout_cancel(w, &id, 1, "looks wrong") : r, NULL);
}

static struct dispatch_ref ref; /* the dispatch, and under which epoch it was sent */
static size_t found;            /* by whoever looked for dispatches */

static enum result intent(struct work *w)
{
	struct open_now open;
	struct dispatch *d = NULL;
	struct dispatch_head now = {0};
	struct payables all = {0};
	struct entries entries = {0};
	int64_t now_us = 0;
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_any(w, &now_us);
	if (r == OK)
		r = dispatch_head(w, &now);
	if (r == OK)
		r = what_is_open(w, "demo", &open);
	if (r == OK)
		r = dispatch_pick(w, &(struct dispatch_wish){.open = &open, .n = 1}, &d, &found);
	if (r == OK)
		r = dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY}, 1, &all);
	if (r == OK)
		r = dispatch_hold(w, &(struct held){all.at[0].payout, "line_changed"}, 1);
	const struct payable **items = arena_array(w->arena, PEOPLE, const struct payable *);
	for (size_t i = 1; r == OK && i < all.n; i++)
		items[i - 1] = &all.at[i];
	struct sent_dispatch sent = {.dispatch = d, .items = items, .n = all.n - 1};
	if (r == OK)
		r = dispatch_send(w, &me, now.today, &sent, 1, &entries);
	if (r == OK)
		ref = (struct dispatch_ref){d->id, sent.epoch};
	return done(w, r, &entries);
}

static enum result renew(struct work *w)
{
	return dispatch_renew(w, &me, &ref.id, 1, &found);
}

static struct message_writer writer;

static enum result writer_make(struct work *w)
{
	struct key32 key = {{9}};
	return message_writer_new(w, &key, &writer);
}

static struct bank_message message_of_the_reply(void)
{
	return (struct bank_message){.bank = "demo",
		.direction = "reply",
		.kind = "transfer",
		.external_id = "re-T-1",
		.dispatch = ref.id,
		.body = bytes_z("{}"),
		.authentic = true};
}

/* Everything that a bank can say in one reply: each payout that is under way is told another thing. */
static enum result reply(struct work *w)
{
	static const enum payout_event said[] = {EVENT_SAID_ACCEPTED, EVENT_SAID_REJECTED, EVENT_SAID_MISFIT,
		EVENT_SAID_CREDITED, EVENT_SAID_NOTHING};
	struct bank_message m = message_of_the_reply();
	struct told told[COUNT_OF(said)];
	struct outcome *out;
	struct outcome_counts counts = {0};
	struct entries entries = {0};
	bool current = false;
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_current(w, &ref, 1, &current);
	if (r == OK)
		r = messages_store(w, &writer, &m, 1);
	for (size_t i = 0; i < COUNT_OF(said); i++)
		told[i] = (struct told){.payout = (int64_t)i + 2,
			.event = said[i],
			.message = m.id,
			.item = (int32_t)i,
			.amount = vnd(1000000),
			.reason = said[i] == EVENT_SAID_REJECTED ? "AC04" : NULL};
	if (r == OK)
		r = outcome_decide(w, told, COUNT_OF(said), &out);
	if (r == OK)
		r = outcome_apply(
			w, CAUSE_REPLY, "duty:teller", told, out, COUNT_OF(said), &entries, &counts);
	if (r == OK)
		r = dispatch_told(w, &ref, &(const int64_t){0}, 1);
	found = current;
	return done(w, r, &entries);
}

/* The same bytes again, which are found. */
static enum result repeated(struct work *w)
{
	struct bank_message m = message_of_the_reply();
	enum result r = tx_begin(w);
	if (r == OK)
		r = messages_store(w, &writer, &m, 1);
	found = r == OK && m.id > 0 && !m.fresh;
	return done(w, r, NULL);
}

/* Whoever died of a payout's line holds it: unless it is not ready any more. */
static enum result lock(struct work *w, int64_t payout)
{
	bool ready = false;
	enum result r = tx_begin(w);
	if (r == OK)
		r = payout_lock_ready(w, payout, &ready);
	found = ready;
	return done(w, r, NULL);
}
static enum result lock_ready(struct work *w)
{
	return lock(w, 3);
}
static enum result lock_held(struct work *w)
{
	enum result r = lock(w, 2);
	found = !found;
	return r;
}

static enum result look(struct work *w)
{
	int64_t now_us = -1;
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_any(w, &now_us);
	found = now_us == 0;
	return done(w, r, NULL);
}

static enum result ask(struct work *w)
{
	struct dispatch_due *due;
	enum result r = tx_begin(w);
	return done(w, r == OK ? dispatch_due(w, "demo", 8, &due, &found) : r, NULL);
}

static enum result again(struct work *w)
{
	struct dispatch *out;
	struct open_now open;
	enum result r = tx_begin(w);
	if (r == OK)
		r = what_is_open(w, "demo", &open);
	return done(w, r == OK ? dispatch_again(w, &me, &open, &ref, 1, &out, &found) : r, NULL);
}

static enum result take_over(struct work *w)
{
	struct dispatch *out;
	enum result r = tx_begin(w);
	return done(
		w, r == OK ? dispatch_take_over(w, "teller/0/bbbb", "teller/0/", 8, &out, &found) : r, NULL);
}

static enum result end(struct work *w)
{
	enum result r = tx_begin(w);
	return done(w, r == OK ? dispatch_end(w, &ref.id, 1) : r, NULL);
}

/* ---- */

static const struct {
	const char *what;
	enum result (*run)(struct work *w);
	const char *states; /* of the payouts, when it is done */
	const char *
		dispatch; /* NULL: there is none yet; otherwise its state, epoch, how often it was asked about, owner */
	bool finds;
} life[] = {
	{"a look when nothing is to go", look, "1:6", NULL, true},
	{"hold", hold, "1:4 2:2", NULL, false},
	{"a lock of what is ready", lock_ready, "1:4 2:2", NULL, true},
	{"a lock of what is not", lock_held, "1:4 2:2", NULL, true},
	{"the first release from hold", let_go_first, "1:4 2:2", NULL, false},
	{"the second", let_go_second, "1:5 2:1", NULL, false},
	{"cancel", cancel, "1:5 11:1", NULL, false},
	{"the first release", by_minh, "1:5 11:1", NULL, false},
	{"the second release", by_hoa, "1:5 11:1", "ready 0 0", false},
	{"the intent", intent, "2:1 3:4 11:1", "sent 1 0 teller/0/aaaa", true},
	{"the lease", renew, "2:1 3:4 11:1", "sent 1 0 teller/0/aaaa", true},
	{"the evidence's key", writer_make, "2:1 3:4 11:1", "sent 1 0 teller/0/aaaa", false},
	{"a reply", reply, "2:1 4:2 6:1 8:1 11:1", "sent 1 0", true},
	{"a repeated reply", repeated, "2:1 4:2 6:1 8:1 11:1", "sent 1 0", true},
	{"an enquiry", ask, "2:1 4:2 6:1 8:1 11:1", "sent 1 1", true},
	{"a further attempt", again, "2:1 4:2 6:1 8:1 11:1", "sent 2 1 teller/0/aaaa", true},
	{"a takeover", take_over, "2:1 4:2 6:1 8:1 11:1", "sent 3 1", true},
	{"the end", end, "2:1 4:2 6:1 8:1 11:1", "ended 3 1", false},
};

int main(void)
{
	struct db *db = payout_scene_begin("errors");
	struct work w = fresh_work(db);
	make_payroll(&w, (struct payroll){.people = PEOPLE, .wards = 1, .no_release = true});
	mkdir(arena_printf(w.arena, "%s/archive", place), 0700);
	for (size_t i = 0; i < COUNT_OF(life); i++) {
		found = 0;
		each(&w, life[i].what, life[i].run);
		is_str(states(), life[i].states, "%s: once", life[i].what);
		if (life[i].finds)
			is_i64((int64_t)found, 1, "%s: finds what it is about", life[i].what);
		is_str(scene("select concat_ws(' ', state, epoch, asked, owner) from payout.dispatch"),
			life[i].dispatch ? life[i].dispatch : "", "%s: the dispatch", life[i].what);
	}
	is_str(scene("select sum(balance) from books.balance"), "0", "the books balance");
	arena_free(w.arena);
	payout_scene_end(db);
	return done_testing();
}
