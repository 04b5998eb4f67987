#include "daemon/duties/scribe_digest.h"

#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/post.h"
#include "ledger/recon/heard_store.h"
#include "bankapi/signed.h"

#define ACTOR           "duty:scribe"
#define WORDS_MAX       2000            /* payments spoken of in one transaction */
#define GAP_PATIENCE_US INT64_C(100000) /* a commit in flight takes a few milliseconds */

void digest_start(struct digest *d, const struct key32 *secret, const struct key32 *before)
{
	static const char name[] = "chitra_scribe_messages_total",
			  help[] = "Bank messages digested, by kind.";
	*d = (struct digest){.inbox = {.secrets = {secret, before}}};
	d->messages = metric_counter(name, "kind=\"callback\"", help);
	d->statements = metric_counter(name, "kind=\"statement\"", help);
	d->strange = metric_counter(name, "kind=\"strange\"", help);
	d->words = metric_counter(
		"chitra_scribe_words_total", NULL, "What callbacks said about single payments.");
	d->unclear = metric_counter("chitra_scribe_unclear_total", NULL,
		"What callbacks said about single payments and nobody can act upon.");
	d->unknown = metric_counter(
		"chitra_scribe_unknown_ids_total", NULL, "Callbacks' ids that are no payout of ours.");
	d->misfits = metric_counter("chitra_scribe_misfits_total", NULL,
		"Callbacks with our id and another amount, account or bank.");
	d->lines = metric_counter("chitra_scribe_statement_lines_total", NULL, "Statement lines stored.");
}

/* The message is kept; a person must look at it. */
static void passed(struct digest *d, const struct inbox_message *m, const struct why *why)
{
	bool early = why_is(why, "statement_early");
	metric_add(d->strange, !early);
	log_event(early ? LOG_WARN : LOG_ERROR, "message_passed", K_I64("message", m->id),
		K_STR("bank", m->bank), K_STR("name", m->external_id), K_WHY(why));
}

/* Whether a refusal is about one message alone, and not about us. */
static bool is_about_the_message(const struct why *why)
{
	static const char *const codes[] = {"funding_unknown", "page_unclear", "page_name", "statement_pages",
		"statement_early", "statement_known", "statement_entries", "pages_awaited"};
	for (size_t i = 0; i < COUNT_OF(codes); i++)
		if (why_is(why, codes[i]))
			return true;
	return strncmp(why->code, "evidence_", strlen("evidence_")) == 0;
}

/* ---- callbacks ------------------------------------------------------------------------------------------------------ */

struct words {
	struct heard_word *at;
	size_t n, room;
	size_t unclear; /* not among them */
};

static void words_add(struct arena *a, struct words *v, struct heard_word word)
{
	if (v->n == v->room) {
		size_t room = v->room ? 2 * v->room : 512;
		v->at = arena_regrow(a, v->at, v->n, room, sizeof *v->at);
		v->room = room;
	}
	v->at[v->n++] = word;
}

/* False: it says nothing that counts. A callback hastens; whoever is silent or unclear is asked by the teller. */
static bool event_of(const struct said *s, enum payout_event *out)
{
	switch (s->answer) {
	case ANSWER_PENDING: *out = EVENT_SAID_PENDING; return true;
	case ANSWER_ACCEPTED: *out = EVENT_SAID_ACCEPTED; return true;
	case ANSWER_CREDITED: *out = EVENT_SAID_CREDITED; return true;
	case ANSWER_REJECTED: *out = EVENT_SAID_REJECTED; return true;
	case ANSWER_UNCLEAR:
	case ANSWER_NOT_FOUND: return false;
	}
	bug("there is no answer %d", (int)s->answer);
}

static void words_of(struct work *w, const struct inbox_message *m, const struct callback *c, struct words *v)
{
	for (size_t i = 0; i < c->n; i++) {
		enum payout_event event;
		if (!event_of(&c->at[i], &event)) {
			v->unclear++;
			continue;
		}
		words_add(w->arena, v,
			(struct heard_word){
				.bank = m->bank,
				.id = c->at[i].e2e,
				.event = event,
				.amount = c->at[i].amount,
				.account = c->at[i].account.text,
				.reason = c->at[i].reason,
				.message = m->id,
				.item = (int32_t)i,
			});
	}
}

static enum result hear(struct work *w, struct digest *d, const struct inbox_message *m, struct words *v)
{
	struct bytes body;
	struct callback said = {0};
	enum result result = inbox_open(w, &d->inbox, m, &body);
	if (result == OK) {
		struct heard heard = heard_from_store(body);
		driver_named("chitra_json")->decode_callback(&heard, w->arena, &said);
	}
	if (result != OK && !(result == REFUSED && is_about_the_message(&w->why)))
		return result;
	if (result == REFUSED || said.verdict.says != MESSAGE_ANSWERED)
		passed(d, m, result == REFUSED ? &w->why : &said.verdict.why);
	else
		words_of(w, m, &said, v);
	why_clear(&w->why);
	return OK;
}

static bool is_callback(const struct inbox_message *m)
{
	return strcmp(m->direction, "callback") == 0 && strcmp(m->kind, "status") == 0;
}

static bool is_file(const struct inbox_message *m, const char *kind)
{
	return strcmp(m->direction, "file") == 0 && strcmp(m->kind, kind) == 0;
}

static bool stands_alone(const struct inbox_message *m)
{
	return is_file(m, "statement") || is_file(m, "credits");
}

/* Messages up to the first that is digested alone; *done of them. */
static enum result digest_callbacks(
	struct work *w, struct digest *d, const struct inbox_message *at, size_t n, size_t *done)
{
	struct words v = {0};
	size_t heard_n = 0, i = 0;
	for (; i < n && v.n < WORDS_MAX && !stands_alone(&at[i]); i++) {
		if (!is_callback(&at[i]))
			continue;
		if (at[i].sealed.n == 0 && i > 0)
			break; /* its body comes with the next run */
		enum result result = hear(w, d, &at[i], &v);
		if (result != OK)
			return result;
		heard_n++;
	}
	struct entries entries = {0};
	struct heard_counts counts = {0};
	enum result result = heard_apply(w, CAUSE_CALLBACK, ACTOR, v.at, v.n, &entries, &counts);
	if (result == OK)
		result = progress_set(w, "digest", at[i - 1].id);
	if (result == OK && entries.n > 0)
		result = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	if (result == OK)
		result = tx_commit(w);
	if (result != OK)
		return result;
	metric_add(d->messages, (int64_t)heard_n);
	metric_add(d->words, (int64_t)v.n);
	metric_add(d->unclear, (int64_t)v.unclear);
	metric_add(d->unknown, (int64_t)counts.unknown);
	metric_add(d->misfits, (int64_t)counts.misfits);
	if (v.unclear || counts.misfits || counts.unknown || counts.done.breaks)
		log_event(LOG_WARN, "callbacks_differ", K_I64("unclear", (int64_t)v.unclear),
			K_I64("misfits", (int64_t)counts.misfits),
			K_I64("unknown_ids", (int64_t)counts.unknown),
			K_I64("breaks", (int64_t)counts.done.breaks));
	*done = i;
	return OK;
}

/* What was begun for it is undone; the mark goes on. */
static enum result pass(struct work *w, struct digest *d, const struct inbox_message *m)
{
	int64_t upto;
	bool mine = false;
	if (!why_is(&w->why, "pages_awaited"))
		passed(d, m, &w->why);
	why_clear(&w->why);
	tx_rollback(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = progress_take(w, "digest", &upto, &mine);
	if (result != OK || !mine)
		return result;
	result = progress_set(w, "digest", m->id);
	return result == OK ? tx_commit(w) : result;
}

static enum result digest_alone(struct work *w, struct digest *d, const struct inbox_message *m)
{
	enum result result = is_file(m, "statement") ? digest_page(w, d, m) : digest_credits(w, d, m);
	if (result == REFUSED && is_about_the_message(&w->why))
		return pass(w, d, m);
	if (result == OK)
		result = progress_set(w, "digest", m->id);
	return result == OK ? tx_commit(w) : result;
}

/* ---- one run ---------------------------------------------------------------------------------------------------------- */

/* Nothing can be taken because of a gap. Whoever fills it commits soon; if not, wait for all who write. */
static enum result wait_at_gap(struct work *w, struct digest *d, int64_t upto)
{
	int64_t now = monotonic_us();
	if (d->gap_since_us == 0 || d->gap_upto != upto) {
		d->gap_upto = upto;
		d->gap_since_us = now;
		return OK;
	}
	if (now - d->gap_since_us < GAP_PATIENCE_US)
		return OK;
	d->gap_since_us = 0;
	return inbox_sure(w, &d->sure);
}

static enum result run(struct work *w, struct digest *d, size_t *found)
{
	struct inbox_message *at;
	size_t n;
	int64_t upto;
	bool mine = false, gap = false;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = progress_take(w, "digest", &upto, &mine);
	if (result != OK || !mine)
		return result;
	result = inbox_next(w, upto, d->sure, d->singly ? 1 : DIGEST_MESSAGES, &at, &n, &gap);
	if (result != OK)
		return result;
	if (n == 0) {
		tx_rollback(w);
		if (!gap)
			return OK;
		*found = 1; /* look again soon */
		return wait_at_gap(w, d, upto);
	}
	*found = DIGEST_MESSAGES; /* a page has no others to wait for */
	return stands_alone(&at[0]) ? digest_alone(w, d, &at[0]) : digest_callbacks(w, d, at, n, found);
}

enum result digest_run(struct work *w, void *arg, size_t *found)
{
	struct digest *d = arg;
	bool aside = false;
	enum result result = poison_before(w, d, &aside);
	if (result != OK || aside) {
		*found = aside ? DIGEST_MESSAGES : 0;
		return result;
	}
	result = run(w, d, found);
	if (d->singly && *found)
		*found = DIGEST_MESSAGES; /* there are more */
	poison_after(w, d, result == OK);
	return result;
}

static enum result find_waiting(struct work *w, struct digest *d, struct inbox_message *m, bool *some)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	return result == OK ? digest_waiting_page(w, d, m, some) : result;
}

static enum result take_waiting(struct work *w, struct digest *d, const struct inbox_message *m)
{
	int64_t upto;
	bool mine = false;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = progress_take(w, "digest", &upto, &mine); /* one at a time writes statements */
	if (result != OK || !mine)
		return result;
	result = digest_page(w, d, m);
	if (result == REFUSED && is_about_the_message(&w->why)) {
		log_event(LOG_WARN, "statement_waits", K_WHY(&w->why));
		why_clear(&w->why);
		return OK;
	}
	return result == OK ? tx_commit(w) : result;
}

enum result digest_run_waiting(struct work *w, void *arg, size_t *found)
{
	struct digest *d = arg;
	struct inbox_message m;
	bool some = false, aside = false;
	*found = 0; /* a statement of which pages are still missing would be found again at once */
	enum result result = find_waiting(w, d, &m, &some);
	if (result == OK && some)
		result = poison_waiting(w, d, m.id, &aside);
	if (result != OK || !some || aside)
		return result;
	result = take_waiting(w, d, &m);
	poison_after(w, d, result == OK);
	return result;
}
