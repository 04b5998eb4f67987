/* teller_send.c: requests leave, at the bank's pace, and end. On the loop: moves bytes, decides nothing. */
#include "daemon/duties/teller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"

#define SIGNATURE_AGE_US INT64_C(120000000) /* the bank takes 300 s */
#define WINDOW_S         300
#define SKEW_MAX_US      INT64_C(2000000)
#define RATE_MAX         100000
#define USELESS_REPLIES  4 /* one after the other, then it is tried with one payment at a time, and seldom */
#define USELESS_WAIT_S   INT64_C(16)
#define USELESS_DOUBLE   5 /* times */

/* ---- what a bank is ------------------------------------------------------------------------------------------------- */

static bool load_sign_key(struct bank *b, const struct config *c, const char *section, struct why *why)
{
	struct key32 *seed = config_key(c, section, "sign_key", why);
	if (!seed)
		return false;
	b->key = sign_from_seed(seed);
	secret_free(seed);
	return true;
}

static bool load_bank_keys(struct bank *b, const struct config *c, const char *section, struct why *why)
{
	const char *path = config_text(c, section, "bank_key");
	if (!path)
		return why_set(why, "bank_key", "[%s] lacks bank_key", section);
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes rest, line;
	bool ended;
	size_t n = 0;
	if (!read_file(a, path, 4096, &rest, why))
		return false;
	while (bytes_line(&rest, &line, &ended)) {
		if (line.n == 0 || line.at[0] == '#')
			continue;
		if (n == COUNT_OF(b->keys) || !webhook_public_parse(line, &b->keys[n]))
			return why_set(why, "bank_key",
				"%s must hold one to four lines whpk_… and nothing else", path);
		n++;
	}
	if (n == 0)
		return why_set(why, "bank_key", "%s holds no key whpk_…", path);
	b->known = (struct webhook_keys){.keys = b->keys, .n_keys = n, .window_s = WINDOW_S};
	return true;
}

static void end(void *ctx, void *user, const struct http_result *res);

/* A connection may take long: until the first byte, validity is watched and a pause obeyed. */
static bool may_leave(void *ctx, void *user)
{
	const struct request *r = user;
	(void)ctx;
	return r->call != CALL_TRANSFER || (monotonic_us() <= r->leave_by_us && pause_lets_leave(r));
}

static bool open_client(struct bank *b, const struct config *c, const char *section, struct why *why)
{
	struct duty_ctx *d = b->teller->duty;
	b->poller = http_poller_new(d->loop);
	struct http_options options = {
		.peer = {.base_url = config_text(c, section, "url"),
			.unix_socket = config_text(c, section, "unix_socket"),
			.ca_file = config_text(c, section, "ca_file"),
			.cert_file = config_text(c, section, "cert_file"),
			.key_file = config_secret_path(c, section, "key_file"),
			.pinned_key = config_text(c, section, "pinned_key")},
		.in_flight_max = (size_t)config_int(c, section, "concurrency"),
		.poller = http_poller_of(b->poller),
		.end = end,
		.end_ctx = b,
		.may_leave = may_leave,
	};
	b->http = http_new(&options, why);
	if (!b->http)
		return false;
	http_poller_attach(b->poller, b->http);
	return true;
}

static void pump_again(void *arg)
{
	bank_pump(arg);
}

bool bank_open(struct bank *b, const struct config *c, const char *section, struct why *why)
{
	b->deadline_ms = config_ms(c, section, "deadline");
	b->dedupe_days = (int32_t)config_int(c, section, "dedupe_days");
	b->accounts = config_text(c, section, "accounts");
	if (!load_sign_key(b, c, section, why) || !load_bank_keys(b, c, section, why) ||
		!open_client(b, c, section, why))
		return false;
	uint32_t concurrency = (uint32_t)config_int(c, section, "concurrency");
	int64_t rate = config_int(c, section, "rate");
	pace_init(&b->pace,
		&(struct pace_limits){
			.per_second = rate ? (uint32_t)rate : RATE_MAX,
			.burst = concurrency,
			.in_flight_max = concurrency,
		},
		monotonic_us());
	b->timer = timer_new(b->teller->duty->loop, pump_again, b);
	char label[80];
	snprintf(label, sizeof label, "bank=\"%s\"", b->code);
	b->skew = metric_gauge("chitra_teller_bank_skew_milliseconds", label,
		"How far the bank's clock, as its replies say, is ahead of this host's.");
	return true;
}

void bank_close(struct bank *b)
{
	http_free(b->http);
	if (b->poller)
		http_poller_free(b->poller);
	if (b->timer)
		timer_free(b->timer);
	if (b->inquiry_timer)
		timer_free(b->inquiry_timer);
	fetch_stop(b);
	sign_free(b->key);
}

bool bank_may_debit(const struct bank *b, const char *number)
{
	size_t n = strlen(number);
	for (const char *at = b->accounts; *at; at += strspn(at, " ,")) {
		size_t length = strcspn(at, " ,");
		if (length == n && memcmp(at, number, n) == 0)
			return true;
		at += length;
	}
	return false;
}

bool bank_is_idle(const struct bank *b)
{
	return b->payouts == 0 && !b->questions.n && !b->transfers.n && !b->paused_transfers.n &&
	       (!b->http || !http_in_flight(b->http));
}

/* The last digits of a clock are as good as dice for keeping tellers apart. */
static uint32_t jitter(int64_t now_us)
{
	return (uint32_t)(now_us % 1000);
}

/* ---- leaving -------------------------------------------------------------------------------------------------------- */

void bank_enqueue(struct bank *b, struct request *r)
{
	requests_add(r->call == CALL_TRANSFER ? &b->transfers : &b->questions, r);
}

/* It never left, and that is certain. */
static void not_sent(struct request *r, const char *code, const char *text)
{
	r->raw = (struct heard_raw){.transport = HTTP_NOT_SENT};
	(void)why_set(&r->raw.why, code, "%s", text);
	metric_add(r->bank->teller->not_sent, 1);
	r->ended(r);
}

static const struct driver *driver_of(const struct request *r)
{
	return r->parcel ? r->parcel->driver : driver_named("chitra_json");
}

static void post(struct bank *b, struct request *r, int64_t now_us)
{
	const struct http_header headers[] = {
		{"Content-Type", "application/json; charset=utf-8"},
		{"webhook-id", r->headers.id},
		{"webhook-timestamp", r->headers.timestamp},
		{"webhook-signature", r->headers.signature},
	};
	const struct driver *driver = driver_of(r);
	struct http_request request = {
		.path = driver->path(r->call),
		.headers = headers,
		.headers_n = COUNT_OF(headers),
		.body = buf_bytes(&r->body),
		.reply_max = driver->reply_max(r->call, r->reply_items),
		.deadline_ms = (long)b->deadline_ms,
		.user = r,
	};
	struct why why = {0};
	if (http_post(b->http, &request, &why)) {
		b->posted = r->call;
		if (r->call == CALL_TRANSFER) {
			b->unheard++;
			metric_add(b->teller->sent, (int64_t)r->n);
		}
		return;
	}
	pace_end(&b->pace, PACE_UNTRIED, 0, now_us);
	not_sent(r, why.code, why.text);
}

/* A bank that was never understood, or not the last time, gets few payments until it is: the others would be in doubt too. */
static bool may_be_understood(const struct bank *b)
{
	if (b->useless >= USELESS_REPLIES)
		return b->unheard == 0;
	return (b->understood && b->useless == 0) || b->unheard + b->useless < USELESS_REPLIES;
}

/* NULL: nothing may leave now. When both wait it is the other one's turn: a bank that never answers one kind does not stop the other. */
static struct requests *next_queue(struct bank *b)
{
	while (b->transfers.n && pause_stops(b->transfers.first))
		requests_add(&b->paused_transfers, requests_take(&b->transfers));
	bool transfers = b->transfers.n && may_be_understood(b) && pause_lets_leave(b->transfers.first);
	if (b->questions.n && !(transfers && b->posted != CALL_TRANSFER))
		return &b->questions;
	return transfers ? &b->transfers : NULL;
}

void bank_pump(struct bank *b)
{
	for (;;) {
		struct requests *q = next_queue(b);
		if (!q)
			return;
		int64_t now_us = monotonic_us();
		if (now_us > q->first->leave_by_us) {
			not_sent(requests_take(q), "valid_until_over", "its validity is over");
			continue;
		}
		if (now_us - q->first->signed_us > SIGNATURE_AGE_US) {
			struct request *old = requests_take(q);
			if (old->parcel)
				claim_renew(old);
			else
				not_sent(old, "signature_old", "it waited too long");
			continue;
		}
		if (!pace_take(&b->pace, now_us)) {
			int64_t wait_us = pace_wait_us(&b->pace, now_us);
			if (wait_us != PACE_NEVER)
				timer_set(b->timer, wait_us / 1000 + 1);
			return;
		}
		post(b, requests_take(q), now_us);
	}
}

/* ---- a bank that cannot be understood ------------------------------------------------------------------------------- */

/* Each further payment would be in doubt too (a key that was exchanged, a page of a gateway, another schema). */
void bank_heard(struct bank *b, const struct request *r)
{
	if (r->raw.transport == HTTP_NOT_SENT)
		return;
	bug_if(b->unheard == 0);
	b->unheard--;
	if (r->raw.transport != HTTP_REPLIED)
		return;
	bool useful = r->heard_as == MESSAGE_ANSWERED;
	b->useless = useful ? 0 : b->useless + 1;
	b->understood |= useful;
	if (b->useless < USELESS_REPLIES)
		return;
	size_t over = b->useless - USELESS_REPLIES;
	int64_t now_us = monotonic_us(),
		wait_s = USELESS_WAIT_S << (over < USELESS_DOUBLE ? over : USELESS_DOUBLE);
	log_event(LOG_ERROR, "bank_not_understood", K_STR("bank", b->code),
		K_I64("replies", (int64_t)b->useless), K_I64("next_in_s", wait_s));
	pace_retry_after(&b->pace, wait_s, jitter(now_us), now_us);
}

/* ---- giving back ---------------------------------------------------------------------------------------------------- */

/* What waits and was never posted goes back: it is journalled as not sent. In distress at once; else when the drain has lasted. */
void bank_give_back(struct bank *b, bool only_in_distress)
{
	if (only_in_distress && b->pace.pause_us == 0)
		return;
	for (struct request *r; (r = requests_take(&b->questions));)
		not_sent(r, "draining", "this process ends");
	for (struct request *r; (r = requests_take(&b->transfers));)
		not_sent(r, "draining", "this process ends");
	for (struct request *r; (r = requests_take(&b->paused_transfers));)
		not_sent(r, "draining", "this process ends");
}

/* ---- ending --------------------------------------------------------------------------------------------------------- */

static const char *put(char **at, const char *z)
{
	size_t n = strlen(z);
	if (n == 0)
		return NULL;
	char *here = *at;
	memcpy(here, z, n + 1);
	*at += n + 1;
	return here;
}

/* What libcurl lends becomes ours, in one allocation that request_free frees. */
static void keep(struct request *r, const struct http_result *res)
{
	struct heard_raw *raw = &r->raw;
	*raw = (struct heard_raw){.transport = res->transport,
		.status = res->status,
		.why = res->why,
		.at_s = wall_us() / 1000000};
	if (res->transport != HTTP_REPLIED)
		return;
	char *at = malloc(res->body.n + strlen(res->webhook_id) + strlen(res->webhook_timestamp) +
			  strlen(res->webhook_signature) + 4);
	bug_if(!at);
	raw->memory = at;
	raw->id = put(&at, res->webhook_id);
	raw->timestamp = put(&at, res->webhook_timestamp);
	raw->signature = put(&at, res->webhook_signature);
	if (res->body.n)
		memcpy(at, res->body.at, res->body.n);
	raw->body = bytes_of(at, res->body.n);
}

static enum pace_end pace_end_of(const struct http_result *res)
{
	if (res->transport == HTTP_NOT_SENT && why_is(&res->why, "held_back"))
		return PACE_UNTRIED;
	return res->transport != HTTP_REPLIED || res->status == 429 || res->status >= 500 ? PACE_DISTRESS
											  : PACE_ANSWERED;
}

/* A bank whose clock is another refuses our signatures, and has its cut-off at another time. Its Date has whole seconds. */
static void look_at_clock(struct bank *b, const struct http_result *res)
{
	if (res->date_s == 0)
		return;
	int64_t now_us = wall_us(), said_us = res->date_s * 1000000, asked_us = now_us - res->took_us;
	int64_t ahead_us = said_us > now_us               ? said_us - now_us
			   : said_us + 1000000 < asked_us ? said_us + 1000000 - asked_us
							  : 0;
	bool differs = ahead_us >= SKEW_MAX_US || ahead_us <= -SKEW_MAX_US;
	metric_set(b->skew, ahead_us / 1000);
	if (differs != b->clock_differs)
		log_event(differs ? LOG_ERROR : LOG_NOTICE, differs ? "bank_clock_skew" : "bank_clock_agrees",
			K_STR("bank", b->code), K_I64("bank_ahead_ms", ahead_us / 1000));
	b->clock_differs = differs;
}

static void end(void *ctx, void *user, const struct http_result *res)
{
	struct bank *b = ctx;
	struct request *r = user;
	int64_t now_us = monotonic_us();
	look_at_clock(b, res);
	pace_end(&b->pace, pace_end_of(res), jitter(now_us), now_us);
	if (res->retry_after_s > 0)
		pace_retry_after(&b->pace, res->retry_after_s, jitter(now_us), now_us);
	keep(r, res);
	if (res->transport != HTTP_REPLIED)
		log_event(LOG_WARN, "bank_no_reply", K_STR("bank", b->code), K_STR("message", r->message_id),
			K_STR("transport", res->transport == HTTP_NOT_SENT ? "not_sent" : "unknown"),
			K_I64("status", res->status), K_WHY(&res->why));
	if (res->transport == HTTP_NOT_SENT) {
		b->unheard -= r->call == CALL_TRANSFER;
		metric_add(b->teller->not_sent, 1);
	}
	r->ended(r);
	if (duty_is_draining(b->teller->duty))
		bank_give_back(b, true);
	bank_pump(b);
}
