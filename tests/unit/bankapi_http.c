/* The HTTP client against a bank that misbehaves on the socket. */
#include "bankapi/http_poll.h"

#include <curl/curl.h>
#include <stdio.h>
#include <sys/un.h>
#include <time.h>

#include "ledger/base/clock.h"
#include "tests/lib/tap.h"
#include "tests/unit/bankapi_http_bank.h"

/* ---- our side ---- */

struct seen {
	int ends;
	int replied;
	struct http_result last;
	char body[64];
};

static void on_end(void *ctx, void *user, const struct http_result *r)
{
	struct seen *s = ctx;

	(void)user;
	s->ends++;
	s->replied += r->transport == HTTP_REPLIED;
	s->last = *r;
	(void)snprintf(s->body, sizeof s->body, "%.*s", (int)(r->body.n < 63 ? r->body.n : 63),
		(const char *)r->body.at);
}

struct client {
	struct http_poll *poll;
	struct http *http;
	struct seen seen;
	char url[64];
};

static void client_open(struct client *c, uint16_t port, const char *socket_path, size_t in_flight)
{
	struct why why;

	memset(c, 0, sizeof *c);
	(void)snprintf(c->url, sizeof c->url, "http://127.0.0.1:%u", port);
	c->poll = http_poll_new();
	c->http = http_new(&(struct http_options){.peer = {.base_url = c->url, .unix_socket = socket_path},
				   .in_flight_max = in_flight,
				   .poller = http_poll_poller(c->poll),
				   .end = on_end,
				   .end_ctx = &c->seen},
		&why);
	if (c->http == NULL)
		abort();
}

static void client_close(struct client *c)
{
	http_free(c->http);
	http_poll_free(c->poll);
}

static const struct http_header headers[] = {{"Content-Type", "application/json"}, {"webhook-id", "T-1"}};

static void post(struct client *c, size_t body_n, size_t reply_max, long deadline_ms)
{
	static char body[8 << 20];
	struct why why;

	memset(body, 'b', body_n);
	if (!http_post(c->http,
		    &(struct http_request){.path = "/v1/transfers",
			    .headers = headers,
			    .headers_n = 2,
			    .body = bytes_of(body, body_n),
			    .reply_max = reply_max,
			    .deadline_ms = deadline_ms},
		    &why))
		abort();
}

/* One request of one client to a bank of one manner. */
static struct seen one(enum manner manner, size_t body_n, size_t reply_max, long deadline_ms, int *requests)
{
	struct bank b;
	struct client c;

	bank_open(&b, manner);
	client_open(&c, b.port, NULL, 4);
	post(&c, body_n, reply_max, deadline_ms);
	http_run_until_idle(c.poll, c.http);
	client_close(&c);
	bank_close(&b);
	if (requests != NULL)
		*requests = atomic_load(&b.requests);
	return c.seen;
}

static void test_reply(void)
{
	struct seen s = one(ANSWER, 100, 1000, 5000, NULL);

	is_i64(s.last.transport, HTTP_REPLIED, "a whole reply is a reply");
	is_i64(s.last.status, 200, "its status is told");
	is_str(s.body, "done", "its body is told");
	is_str(s.last.webhook_id, "re-T-1", "its id is told");
	is_str(s.last.webhook_timestamp, "1712106001",
		"header names have no case, values no space around them");
	is_str(s.last.webhook_signature, "v1a,abc v1a,def", "a list of signatures is told whole");
	is_i64((int64_t)s.last.handed_over, 100, "the bytes handed over are counted");
	is_i64(s.ends, 1, "a request ends once");
}

static void test_other_replies(void)
{
	int requests;
	struct seen s = one(BUSY, 100, 1000, 5000, NULL);

	is_i64(s.last.transport, HTTP_REPLIED, "a 429 is a reply as far as transport goes");
	is_i64(s.last.retry_after_s, 7, "Retry-After is told");
	s = one(REDIRECT, 100, 1000, 5000, &requests);
	is_i64(s.last.status, 307, "a redirect is told, not followed");
	is_i64(s.last.transport, HTTP_REPLIED, "a redirect is the reply");
	is_i64(requests, 1, "a redirect makes no second request");
	s = one(TWO_IDS, 100, 1000, 5000, NULL);
	is_str(s.last.webhook_id, "", "a header given more than once counts as absent");
	s = one(LONG_SIGNATURE, 100, 1000, 5000, NULL);
	is_str(s.last.webhook_signature, "", "a header that is too long counts as absent");
	is_str(s.last.webhook_id, "re-T-1", "and the others are still told");
	s = one(CONTINUE_FIRST, 100, 1000, 5000, NULL);
	is_i64(s.last.status, 200, "an interim reply is passed over");
	is_str(s.last.webhook_id, "", "what an interim head said is forgotten");
}

static void unknown(const char *title, const char *code, struct seen s)
{
	is_i64(s.last.transport, HTTP_UNKNOWN, "%s: unknown", title);
	is_str(s.last.why.code, code, "%s: the reason is %s", title, code);
	is_i64(s.ends, 1, "%s: told once", title);
}

static void test_unknown(void)
{
	unknown("no answer before the deadline", "timed_out", one(SILENT, 100, 1000, 200, NULL));
	unknown("cut off after a 200 line", "connection_lost", one(CUT_REPLY, 100, 1000, 5000, NULL));
	unknown("a reply over the cap", "reply_too_large", one(LARGE_REPLY, 100, 1000, 5000, NULL));
	unknown("headers without end", "reply_too_large", one(LARGE_HEAD, 100, 1000, 5000, NULL));
	unknown("a reply that is not HTTP", "transport", one(NOT_HTTP, 100, 1000, 5000, NULL));
}

static void test_not_sent(void)
{
	struct client c;
	struct seen s;

	client_open(&c, 1, NULL, 4); /* nobody listens on port 1 */
	post(&c, 100, 1000, 5000);
	http_run_until_idle(c.poll, c.http);
	is_i64(c.seen.last.transport, HTTP_NOT_SENT, "connection refused: certainly not sent");
	is_str(c.seen.last.why.code, "not_connected", "and the reason says so");
	is_i64((int64_t)c.seen.last.handed_over, 0, "and no byte was handed over");
	client_close(&c);

	s = one(CUT_BODY, 8 << 20, 1000, 5000, NULL);
	is_i64(s.last.transport, HTTP_NOT_SENT,
		"reset before the last byte was handed over: certainly not sent");
	ok(s.last.handed_over > 0 && s.last.handed_over < 8 << 20, "although %zu bytes were",
		s.last.handed_over);

	s = one(REFUSE_EARLY, 8 << 20, 1000, 5000, NULL);
	is_i64(s.last.transport, HTTP_NOT_SENT,
		"answered before the last byte was handed over: certainly not sent");
	is_i64(s.last.status, 413, "the early status is told, for the pace");

	s = one(CUT_BODY, 6000, 1000, 5000, NULL);
	is_i64(s.last.transport, HTTP_UNKNOWN,
		"a body that was handed over whole is unknown, however little the bank read");
}

static void test_abandoned(void)
{
	struct bank b;
	struct client c;

	bank_open(&b, SILENT);
	client_open(&c, b.port, NULL, 4);
	post(&c, 100, 1000, 60000);
	while (atomic_load(&b.requests) == 0)
		http_run_once(c.poll, c.http, 10);
	post(&c, 100, 1000, 60000); /* and one that has not even connected */
	client_close(&c);
	is_i64(c.seen.ends, 2, "a client that is freed ends what is under way");
	is_str(c.seen.last.why.code, "abandoned", "as abandoned");
	bank_close(&b);
}

static bool never(void *ctx, void *user)
{
	(void)ctx;
	(void)user;
	return false;
}

static void test_held_back(void)
{
	struct bank b;
	struct client c;
	struct why why;

	bank_open(&b, ANSWER);
	client_open(&c, b.port, NULL, 4);
	http_free(c.http);
	c.http = http_new(&(struct http_options){.peer = {.base_url = c.url},
				  .in_flight_max = 4,
				  .poller = http_poll_poller(c.poll),
				  .end = on_end,
				  .end_ctx = &c.seen,
				  .may_leave = never},
		&why);
	post(&c, 100, 1000, 5000);
	http_run_until_idle(c.poll, c.http);
	client_close(&c);
	bank_close(&b);
	is_i64(c.seen.last.transport, HTTP_NOT_SENT,
		"what may not leave when it is connected: certainly not sent");
	is_str(c.seen.last.why.code, "held_back", "and the reason says so");
	is_i64((int64_t)c.seen.last.handed_over, 0, "and no byte of it was handed over");
	is_i64(c.seen.ends, 1, "it ends once");
	is_i64(atomic_load(&b.requests), 0, "the bank read no request");
}

/* ---- the trap: libcurl posts again by itself ---- */

static void test_never_again(void)
{
	struct bank b;
	struct client c;

	bank_open(&b, CLOSE_REUSED);
	client_open(&c, b.port, NULL, 4);
	post(&c, 100, 1000, 5000);
	http_run_until_idle(c.poll, c.http);
	is_i64(c.seen.last.transport, HTTP_REPLIED, "the first request of a connection is answered");
	post(&c, 100, 1000, 5000);
	http_run_until_idle(c.poll, c.http);
	is_i64(c.seen.last.transport, HTTP_UNKNOWN, "a reused connection that dies after reading: unknown");
	is_str(c.seen.last.why.code, "not_repeated", "and libcurl was kept from posting again");
	client_close(&c);
	bank_close(&b);
	is_i64(atomic_load(&b.requests), 2, "the bank read each of two requests once");
}

static size_t drop(char *at, size_t size, size_t n, void *arg)
{
	(void)at;
	(void)arg;
	return size * n;
}

static void test_twin(void)
{
	struct bank b;
	char url[64];
	CURL *e = curl_easy_init();
	CURLcode second;

	bank_open(&b, CLOSE_REUSED);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/v1/transfers", b.port);
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, "pay");
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, drop);
	(void)curl_easy_perform(e);
	second = curl_easy_perform(e);
	curl_easy_cleanup(e);
	bank_close(&b);
	is_i64(second, CURLE_OK, "without the guard libcurl reports one clean reply");
	is_i64(atomic_load(&b.requests), 3, "although the bank read the second request twice");
}

/* ---- many ---- */

struct many {
	struct client c;
	int to_post;
};

static void on_end_post_next(void *ctx, void *user, const struct http_result *r)
{
	struct many *m = ctx;

	on_end(&m->c.seen, user, r);
	if (m->to_post > 0) {
		m->to_post--;
		post(&m->c, 300, 1000, 20000);
	}
}

static void test_many(int in_flight, int total)
{
	struct bank b;
	struct many m = {.to_post = total};
	struct why why;
	int64_t began;
	struct timespec cpu;
	double cpu_before;

	bank_open(&b, ANSWER);
	m.c.poll = http_poll_new();
	(void)snprintf(m.c.url, sizeof m.c.url, "http://127.0.0.1:%u", b.port);
	m.c.http = http_new(&(struct http_options){.peer = {.base_url = m.c.url},
				    .in_flight_max = (size_t)in_flight,
				    .poller = http_poll_poller(m.c.poll),
				    .end = on_end_post_next,
				    .end_ctx = &m},
		&why);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	cpu_before = (double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3;
	began = monotonic_us();
	for (int i = 0; i < in_flight; i++) {
		m.to_post--;
		post(&m.c, 300, 1000, 20000);
	}
	http_run_until_idle(m.c.poll, m.c.http);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	note("%d in flight: %.0f requests/s, %.1f CPU-us a request on our side", in_flight,
		total / ((double)(monotonic_us() - began) / 1e6),
		((double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3 - cpu_before) / total);
	is_i64(m.c.seen.replied, total, "%d in flight: every one of %d requests is answered", in_flight,
		total);
	ok(atomic_load(&b.connections) <= in_flight, "%d in flight: %d connections carried all of them",
		in_flight, atomic_load(&b.connections));
	is_i64(atomic_load(&b.requests), total, "%d in flight: the bank read each request once", in_flight);
	client_close(&m.c);
	bank_close(&b);
}

static void test_refused(void)
{
	struct bank b;
	struct client c;
	struct why why;
	struct http_options o = {.peer = {.base_url = "ftp://127.0.0.1"}, .in_flight_max = 1, .end = on_end};

	ok(http_new(&o, &why) == NULL && why_is(&why, "bad_url"),
		"an address of another protocol is refused");
	o.peer.base_url = "http://bank.example";
	ok(http_new(&o, &why) == NULL && why_is(&why, "bad_url"),
		"without TLS no other machine is talked to");
	o.peer.base_url = "http://localhost.bank.example:80";
	ok(http_new(&o, &why) == NULL, "also when its name begins like this one's");
	o.peer.base_url = "http://127.0.0.1/";
	ok(http_new(&o, &why) == NULL, "an address that ends with a slash is refused");
	bank_open(&b, SILENT);
	client_open(&c, b.port, NULL, 1);
	post(&c, 10, 10, 60000);
	ok(!http_post(c.http, &(struct http_request){.path = "/", .body = bytes_z("b"), .deadline_ms = 1000},
		   &why) &&
			why_is(&why, "busy"),
		"more than the cap in flight is refused");
	client_close(&c);
	bank_close(&b);
}

static void test_unix_socket(void)
{
	char dir[] = "/tmp/bankapi_http.XXXXXX";
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct bank b;
	struct client c;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s/bank", dir);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		abort();
	bank_listen(&b, ANSWER, fd);
	client_open(&c, 1, at.sun_path, 4);
	post(&c, 100, 1000, 5000);
	http_run_until_idle(c.poll, c.http);
	is_str(c.seen.body, "done", "a bank behind a Unix socket is reached");
	client_close(&c);
	bank_close(&b);
	unlink(at.sun_path);
	rmdir(dir);
}

int main(void)
{
	setenv("http_proxy", "http://127.0.0.1:2", 1); /* must not matter */
	test_reply();
	test_other_replies();
	test_unknown();
	test_not_sent();
	test_abandoned();
	test_held_back();
	test_never_again();
	test_twin();
	test_many(1, 500);
	test_many(64, 4000);
	test_refused();
	test_unix_socket();
	return done_testing();
}
