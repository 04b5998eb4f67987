/* teller_record.c: what banks answered becomes evidence and moves, many replies in one transaction. Replies gather for a
 * moment, and while groups are being recorded, so one commit carries many. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/post.h"

#define GROUP_REQUESTS 512
#define GROUP_ITEMS    2048
#define AGAIN_MS       200

struct group {
	struct job job;
	struct arena *arena;
	struct teller *teller;
	struct message_writer writer;
	struct request **at;
	size_t n, items;
	struct parcel **closing; /* of which nothing else is open */
	size_t closing_n;
};

/* ---- what was said -------------------------------------------------------------------------------------------------- */

static enum payout_event event_of(const struct said *s)
{
	switch (s->answer) {
	case ANSWER_UNCLEAR: return s->doubt == DOUBT_MISMATCH ? EVENT_SAID_MISFIT : EVENT_SAID_NOTHING;
	case ANSWER_NOT_FOUND: return EVENT_SAID_NOT_FOUND;
	case ANSWER_PENDING: return EVENT_SAID_PENDING;
	case ANSWER_ACCEPTED: return EVENT_SAID_ACCEPTED;
	case ANSWER_CREDITED: return EVENT_SAID_CREDITED;
	case ANSWER_REJECTED: return EVENT_SAID_REJECTED;
	}
	bug("there is no answer %d", (int)s->answer);
}

static void alarm(const struct request *r, const struct reply *reply)
{
	if (reply->foreign_items)
		log_event(LOG_ERROR, "reply_foreign_items", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id));
	if (reply->mismatches)
		log_event(LOG_ERROR, "reply_mismatch", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_I64("items", (int64_t)reply->mismatches));
	if (reply->verdict.says == MESSAGE_REFUSED)
		log_event(LOG_WARN, "message_refused", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_STR("code", reply->verdict.refusal));
	if (reply->verdict.says == MESSAGE_UNCLEAR)
		log_event(LOG_WARN, "reply_unclear", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_WHY(&reply->verdict.why));
}

struct heard_one {
	bool authentic;
	struct said *said; /* NULL: nothing usable was heard */
	struct bank_message message;
	bool kept; /* message goes to the store */
};

static struct heard_one hear(struct work *w, struct request *r)
{
	struct heard_one one = {0};
	if (r->raw.transport != HTTP_REPLIED)
		return one;
	struct heard heard;
	struct why why = {0};
	const struct webhook_headers headers = {r->raw.id, r->raw.timestamp, r->raw.signature};
	one.authentic = heard_reply(r->message_id, r->raw.status, &headers, r->raw.body, &r->bank->known,
		r->raw.at_s, &heard, &why);
	if (!one.authentic)
		log_event(LOG_WARN, "reply_not_authentic", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_I64("status", r->raw.status), K_WHY(&why));
	struct reply reply = {0};
	if (r->call == CALL_TRANSFER) {
		struct transfer t = transfer_of(r);
		r->parcel->driver->decode_transfer_reply(&t, &heard, w->arena, &reply);
	} else {
		struct enquiry e = enquiry_of(r);
		r->parcel->driver->decode_enquiry_reply(&e, &heard, w->arena, &reply);
	}
	alarm(r, &reply);
	bug_if(reply.n != r->n);
	r->heard_as = one.authentic ? (int)reply.verdict.says : REPLY_NOT_AUTHENTIC;
	one.said = reply.at;
	one.kept = r->raw.body.n > 0;
	one.message = (struct bank_message){
		.bank = r->bank->code,
		.direction = "reply",
		.kind = r->call == CALL_TRANSFER ? "transfer" : "enquiry",
		.external_id = arena_printf(w->arena, "%s-%s", one.authentic ? "re" : "un", r->message_id),
		.dispatch = r->parcel->dispatch.id,
		.body = r->raw.body,
		.authentic = one.authentic,
	};
	return one;
}

/* ---- one group ------------------------------------------------------------------------------------------------------ */

struct saying {
	struct work *w;
	struct group *g;
	struct heard_one *heard;
	struct told *told; /* replies first, then silence */
	struct request **whose;
	size_t *item;
	size_t n, spoken;
	struct dispatch_ref *forgotten; /* by an enquiry: what the bank had taken and does not know now */
	size_t forgotten_n;
	struct entries entries;
};

static void hear_all(struct saying *s)
{
	s->heard = arena_array(s->w->arena, s->g->n, struct heard_one);
	for (size_t i = 0; i < s->g->n; i++)
		s->heard[i] = hear(s->w, s->g->at[i]);
}

static enum result store_messages(struct saying *s)
{
	struct bank_message *at = arena_array(s->w->arena, s->g->n, struct bank_message);
	size_t n = 0;
	for (size_t i = 0; i < s->g->n; i++)
		if (s->heard[i].kept)
			at[n++] = s->heard[i].message;
	enum result r = messages_store(s->w, &s->g->writer, at, n);
	n = 0;
	for (size_t i = 0; i < s->g->n; i++)
		if (s->heard[i].kept)
			s->heard[i].message.id = at[n++].id;
	return r;
}

/* A reply to a sender that lost its dispatch is evidence and nothing more. */
static enum result find_stale(struct saying *s)
{
	if (s->g->at[0]->call != CALL_TRANSFER)
		return OK;
	struct dispatch_ref *refs = arena_array(s->w->arena, s->g->n, struct dispatch_ref);
	bool *current = arena_array(s->w->arena, s->g->n, bool);
	for (size_t i = 0; i < s->g->n; i++)
		refs[i] = s->g->at[i]->parcel->dispatch;
	enum result r = dispatch_current(s->w, refs, s->g->n, current);
	for (size_t i = 0; r == OK && i < s->g->n; i++) {
		s->g->at[i]->stale = !current[i];
		if (!current[i])
			log_event(LOG_WARN, "reply_stale", K_I64("dispatch", refs[i].id),
				K_I64("epoch", refs[i].epoch));
	}
	return r;
}

static void say(struct saying *s, size_t which, size_t i)
{
	struct request *r = s->g->at[which];
	const struct heard_one *h = &s->heard[which];
	struct told t = {
		.payout = r->parcel->payouts[r->first + i],
		.event = r->raw.transport == HTTP_NOT_SENT ? EVENT_NOT_SENT : EVENT_SAID_NOTHING,
		.message = h->message.id,
		.item = (int32_t)i,
	};
	if (h->said) {
		t.event = event_of(&h->said[i]);
		t.amount = h->said[i].amount;
		t.reason = h->said[i].reason[0] ? h->said[i].reason : NULL;
	}
	s->told[s->n] = t;
	s->whose[s->n] = r;
	s->item[s->n] = i;
	s->n++;
}

static void say_all(struct saying *s)
{
	size_t most = s->g->items + 1;
	s->told = arena_array(s->w->arena, most, struct told);
	s->whose = arena_array(s->w->arena, most, struct request *);
	s->item = arena_array(s->w->arena, most, size_t);
	for (int silent = 0; silent < 2; silent++) {
		for (size_t i = 0; i < s->g->n; i++) {
			struct request *r = s->g->at[i];
			if (r->stale || (r->raw.transport != HTTP_REPLIED) != silent)
				continue;
			for (size_t k = 0; k < r->n; k++)
				say(s, i, k);
		}
		if (!silent)
			s->spoken = s->n;
	}
}

static void tally(struct saying *s, const struct outcome *out)
{
	for (size_t i = 0; i < s->g->n; i++) {
		struct request *r = s->g->at[i];
		r->doubt = r->accepted = 0;
	}
	for (size_t i = 0; i < s->n; i++) {
		struct request *r = s->whose[i];
		if (!out[i].known)
			continue;
		r->doubt += out[i].decision.to == PAYOUT_UNKNOWN || out[i].decision.to == PAYOUT_SENT;
		r->accepted += out[i].decision.to == PAYOUT_ACCEPTED;
		if (r->call != CALL_ENQUIRY)
			continue;
		size_t k = r->first + s->item[i];
		r->again[s->item[i]] = attempt_goes_again(
			r->parcel->may_again[k], out[i].decision.to, s->told[i].event);
		if (out[i].from == PAYOUT_ACCEPTED && out[i].decision.to == PAYOUT_UNKNOWN)
			s->forgotten[s->forgotten_n++] = r->parcel->dispatches[k];
	}
}

static enum result move(struct saying *s)
{
	if (s->n == 0)
		return OK;
	struct outcome *out;
	struct outcome_counts counts = {0};
	s->forgotten = arena_array(s->w->arena, s->n, struct dispatch_ref);
	enum result r = outcome_decide(s->w, s->told, s->n, &out);
	if (r != OK)
		return r;
	enum payout_cause cause = s->g->at[0]->call == CALL_TRANSFER ? CAUSE_REPLY : CAUSE_ENQUIRY;
	if (s->spoken > 0)
		r = outcome_apply(s->w, cause, "duty:teller", s->told, out, s->spoken, &s->entries, &counts);
	if (r == OK && s->n > s->spoken)
		r = outcome_apply(s->w, CAUSE_SILENCE, "duty:teller", s->told + s->spoken, out + s->spoken,
			s->n - s->spoken, &s->entries, &counts);
	if (r == OK)
		tally(s, out);
	return r;
}

/* A dispatch of which this is the last that was open is let go of: asked about soon, later, or never. */
static enum result let_go(struct saying *s)
{
	const struct group *g = s->g;
	struct dispatch_ref *refs = arena_array(s->w->arena, g->closing_n, struct dispatch_ref);
	int64_t *asks = arena_array(s->w->arena, g->closing_n, int64_t);
	for (size_t i = 0; i < g->closing_n; i++) {
		const struct parcel *p = g->closing[i];
		size_t doubt = p->doubt, accepted = p->accepted;
		for (size_t k = 0; k < g->n; k++) {
			if (g->at[k]->parcel != p)
				continue;
			doubt += g->at[k]->doubt;
			accepted += g->at[k]->accepted;
		}
		refs[i] = p->dispatch;
		asks[i] = enquiry_after_ms(doubt, accepted, p->is_part, p->asked);
	}
	return dispatch_told(s->w, refs, asks, g->closing_n);
}

/* While the bank was at work the next enquiry was put far off. */
static enum result ask_sooner(struct saying *s)
{
	int64_t *asks = arena_array(s->w->arena, s->forgotten_n, int64_t);
	for (size_t i = 0; i < s->forgotten_n; i++)
		asks[i] = enquiry_after_ms(1, 0, false, 0);
	return dispatch_told(s->w, s->forgotten, asks, s->forgotten_n);
}

static enum result record_run(struct work *w, void *arg)
{
	struct saying s = {.w = w, .g = arg};
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	if (s.g->n > 0) {
		hear_all(&s);
		r = find_stale(&s);
		if (r != OK)
			return r;
		r = store_messages(&s);
		if (r != OK)
			return r;
		say_all(&s);
		r = move(&s);
		if (r != OK)
			return r;
	}
	r = let_go(&s);
	if (r == OK)
		r = ask_sooner(&s);
	if (r != OK)
		return r;
	if (s.entries.n > 0) {
		r = books_post(w, s.entries.at, s.entries.n, FLOORS_RECORD, NULL);
		if (r != OK)
			return r;
	}
	return tx_commit(w);
}

/* ---- on the loop ---------------------------------------------------------------------------------------------------- */

static void finish_parcel(struct teller *t, struct parcel *p)
{
	parcel_remove(t, p);
	if (p->call == CALL_ENQUIRY)
		ask_recorded(p);
	parcel_free(p);
}

/* Parcels whose last requests were recorded by two groups at once are let go of by a group of their own. */
static void request_recorded(struct teller *t, struct request *r, bool effective)
{
	struct parcel *p = r->parcel;
	if (effective) {
		p->doubt += r->doubt;
		p->accepted += r->accepted;
		metric_add(t->recorded, (int64_t)r->n);
		metric_add(t->unknown, (int64_t)r->doubt);
		if (r->raw.transport == HTTP_REPLIED)
			metric_add(t->replies[r->heard_as], 1);
	}
	if (r->call == CALL_TRANSFER) {
		bank_heard(r->bank, r);
		claim_release(r->bank, r->n);
	}
	if (--p->open > 0)
		return;
	if (p->call == CALL_ENQUIRY && !duty_is_draining(t->duty))
		claim_again(p);
	if (r->call == CALL_TRANSFER && !p->told && effective) {
		p->next_untold = t->untold;
		t->untold = p;
		return;
	}
	finish_parcel(t, p);
}

static void put_back(struct teller *t, struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		requests_add(&t->to_record[g->at[i]->call == CALL_ENQUIRY], g->at[i]);
	for (size_t i = 0; i < g->closing_n; i++)
		if (g->closing[i]->open == 0) {
			g->closing[i]->next_untold = t->untold;
			t->untold = g->closing[i];
		}
}

/* A reply that the database refuses to record, alone: its payouts stay as they are, the lease runs out, they are asked about. */
static void give_up(struct teller *t, struct group *g, const struct why *why)
{
	log_event(LOG_ERROR, "reply_not_recorded", K_STR("message", g->n ? g->at[0]->message_id : "none"),
		K_WHY(why));
	for (size_t i = 0; i < g->n; i++)
		request_recorded(t, g->at[i], false);
	for (size_t i = 0; i < g->closing_n; i++)
		if (g->n == 0)
			finish_parcel(t, g->closing[i]);
}

static void recorded_all(struct teller *t, struct group *g)
{
	for (size_t i = 0; i < g->closing_n; i++) {
		g->closing[i]->told = true;
		if (g->closing[i]->open == 0)
			finish_parcel(t, g->closing[i]);
	}
	for (size_t i = 0; i < g->n; i++)
		request_recorded(t, g->at[i], true);
}

static void recorded(struct job *job, enum result result)
{
	struct group *g = job->arg;
	struct teller *t = g->teller;
	t->records_running--;
	if (result == OK) {
		recorded_all(t, g);
	} else if (result == REFUSED && g->n + g->closing_n <= 1) {
		give_up(t, g, &job->why);
	} else {
		log_event(LOG_WARN, "record_failed", K_STR("result", result_name(result)),
			K_I64("messages", (int64_t)g->n), K_WHY(&job->why));
		t->record_singly = result == REFUSED;
		put_back(t, g);
		timer_set(t->record_timer, AGAIN_MS);
	}
	arena_free(g->arena);
	for (size_t i = 0; i < t->banks_n; i++)
		bank_pump(&t->banks[i]); /* what waited for a word that is understood */
	if (!timer_is_set(t->record_timer))
		record_pump(t);
}

static void look_whether_closing(struct group *g, struct parcel *p)
{
	if (p->call != CALL_TRANSFER)
		return;
	size_t mine = 0;
	for (size_t i = 0; i < g->n; i++)
		mine += g->at[i]->parcel == p;
	for (size_t i = 0; i < g->closing_n; i++)
		if (g->closing[i] == p)
			return;
	if (mine == p->open)
		g->closing[g->closing_n++] = p;
}

static struct group *gather(struct teller *t, struct requests *q)
{
	struct arena *a = arena_new();
	struct group *g = arena_zalloc(a, sizeof *g);
	size_t most = t->record_singly ? 1 : GROUP_REQUESTS;
	g->arena = a;
	g->teller = t;
	g->writer = t->writer;
	g->at = arena_array(a, most, struct request *);
	while (q->first && g->n < most && (g->n == 0 || g->items + q->first->n <= GROUP_ITEMS)) {
		g->items += q->first->n;
		g->at[g->n++] = requests_take(q);
	}
	size_t untold = 0;
	for (struct parcel *p = t->untold; p; p = p->next_untold)
		untold++;
	g->closing = arena_array(a, g->n + untold, struct parcel *);
	for (size_t i = 0; i < g->n; i++)
		if (i == 0 || g->at[i]->parcel != g->at[i - 1]->parcel)
			look_whether_closing(g, g->at[i]->parcel);
	if (t->record_singly && g->n > 0)
		return g;
	for (; untold > 0; untold--, t->untold = t->untold->next_untold) {
		g->closing[g->closing_n++] = t->untold;
		if (!t->record_singly)
			continue;
		t->untold = t->untold->next_untold;
		break;
	}
	return g;
}

/* A second group beside a running one only when it is worth it: fuller groups cost less per reply. */
static bool may_begin(const struct teller *t)
{
	if (!t->writer_known || t->records_running >= t->records_max)
		return false;
	if (t->to_record[0].n + t->to_record[1].n >= GROUP_REQUESTS / 2)
		return true;
	return t->records_running == 0 && !gather_is_open(t->record_gather);
}

void record_pump(struct teller *t)
{
	while (may_begin(t)) {
		struct requests *q = &t->to_record[t->to_record_next];
		if (!q->n)
			q = &t->to_record[!t->to_record_next];
		t->to_record_next = q == &t->to_record[0];
		if (!q->n && !t->untold) {
			t->record_singly = false;
			return;
		}
		struct group *g = gather(t, q);
		g->job = (struct job){.name = "record", .run = record_run, .done = recorded, .arg = g};
		t->records_running++;
		if (lane_submit(t->lane_record, &g->job))
			continue;
		t->records_running--;
		put_back(t, g);
		arena_free(g->arena);
		timer_set(t->record_timer, AGAIN_MS);
		return;
	}
}

void record_add(struct request *r)
{
	struct teller *t = r->bank->teller;
	if (r->raw.transport == HTTP_NOT_SENT && r->call == CALL_TRANSFER) {
		claim_renew(r);
		return;
	}
	requests_add(&t->to_record[r->call == CALL_ENQUIRY], r);
	gather_came(t->record_gather);
	record_pump(t);
}

/* ---- the key that evidence is sealed with --------------------------------------------------------------------------- */

#define KEY_MS (INT64_C(60) * 60 * 1000)

static enum result key_run(struct work *w, void *arg)
{
	struct teller *t = arg;
	return message_writer_new(w, &t->evidence, &t->writer_next);
}

static void key_done(struct job *job, enum result result)
{
	struct teller *t = job->arg;
	t->key_running = false;
	if (result != OK) {
		log_event(LOG_WARN, "no_message_key", K_WHY(&job->why));
		timer_set(t->key_timer, 1000);
		return;
	}
	t->writer = t->writer_next;
	t->writer_known = true;
	timer_set(t->key_timer, KEY_MS);
	record_pump(t);
}

static void key_now(void *arg)
{
	struct teller *t = arg;
	t->key_running = lane_submit(t->lane_record, &t->key_job);
	if (!t->key_running)
		timer_set(t->key_timer, 1000);
}

static void pump_now(void *arg)
{
	record_pump(arg);
}

void record_start(struct teller *t)
{
	t->record_timer = timer_new(t->duty->loop, pump_now, t);
	t->record_gather = gather_new(t->duty->loop, pump_now, t);
	t->key_timer = timer_new(t->duty->loop, key_now, t);
	t->key_job = (struct job){.name = "record.key", .run = key_run, .done = key_done, .arg = t};
	timer_set(t->key_timer, 0);
}

void record_stop(struct teller *t)
{
	timer_free(t->record_timer);
	gather_free(t->record_gather);
	timer_free(t->key_timer);
}
