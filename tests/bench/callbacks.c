/* What a bank does that tells us of each payment by a callback of its own. One JSON line.
 *
 *	callbacks public KEYFILE			the public key that the gate is to know
 *	callbacks SOCKET KEYFILE N IN-FLIGHT START RATE	N callbacks to the gate on this Unix socket, of other ids for another
 *							START; RATE a second in an even stream, 0: as fast as answers come
 *
 * Everything is signed before the clock runs. Only a 200 counts. The time of an answer is that from when it was due to leave, so that a
 * gate that stalls is not spared the callbacks that waited behind it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bankapi/http_poll.h"
#include "bankapi/signed.h"
#include "ledger/base/clock.h"
#include "ledger/base/secret.h"

#define DEADLINE_MS 30000

struct callback_out {
	char body[320];
	struct signed_headers headers;
	int64_t due_us;
};

static struct http *http;
static struct callback_out *out;
static int64_t *took_us;
static size_t n, next, accepted, ended_n;

_Noreturn static void die(const struct why *why)
{
	fprintf(stderr, "callbacks: %s: %s\n", why->code, why->text);
	exit(1);
}

static void invent(struct callback_out *c, const struct sign_key *key, uint64_t number)
{
	char id[MESSAGE_ID_SIZE];

	snprintf(id, sizeof id, "CB-%" PRIu64, number);
	snprintf(c->body, sizeof c->body,
		"{\"type\":\"payout.status\",\"items\":[{\"end_to_end_id\":\"%019" PRIu64
		"\",\"amount\":500000,\"creditor_account\":\"2001%010" PRIu64
		"\",\"status\":\"ACCC\",\"bank_reference\":\"R%" PRIu64
		"\",\"time\":\"2024-04-03T08:00:04+07:00\"}]}",
		number, number, number);
	signed_request(key, id, wall_us() / 1000000, bytes_z(c->body), &c->headers);
}

static void post_next(int64_t due_us)
{
	struct callback_out *c = &out[next++];
	struct why why = {0};
	struct http_header headers[] = {{"Content-Type", "application/json"}, {"webhook-id", c->headers.id},
		{"webhook-timestamp", c->headers.timestamp}, {"webhook-signature", c->headers.signature}};
	struct http_request r = {.path = "/v1/callbacks/demo",
		.headers = headers,
		.headers_n = COUNT_OF(headers),
		.body = bytes_z(c->body),
		.reply_max = 4096,
		.deadline_ms = DEADLINE_MS,
		.user = c};

	c->due_us = due_us;
	if (!http_post(http, &r, &why))
		die(&why);
}

static int64_t rate;

static void ended(void *ctx, void *user, const struct http_result *res)
{
	const struct callback_out *c = user;

	(void)ctx;
	accepted += res->transport == HTTP_REPLIED && res->status == 200;
	took_us[ended_n++] = monotonic_us() - c->due_us;
	if (!rate && next < n)
		post_next(monotonic_us());
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* What is due leaves; a stream has no other bound than what may be under way. */
static void stream(struct http_poll *poll, size_t in_flight, int64_t began_us)
{
	while (ended_n < n) {
		int64_t now = monotonic_us();
		for (; next < n && http_in_flight(http) < in_flight;) {
			int64_t due = began_us + (int64_t)next * 1000000 / rate;
			if (due > now)
				break;
			post_next(due);
		}
		http_run_once(poll, http, 1);
	}
}

int main(int argc, char **argv)
{
	struct why why = {0};
	struct key32 *seed = argc > 2 ? secret_load_file(argv[2], &why) : NULL;

	if (!seed || (argc != 7 && argc != 3))
		return 64;
	CLEANUP(sign_drop) struct sign_key *key = sign_from_seed(seed);
	secret_free(seed);
	if (argc == 3) {
		struct verify_key public_key = sign_public(key);
		CLEANUP(buf_free) struct buf b = BUF(256);
		webhook_public_format(&public_key, &b);
		puts(buf_str(&b));
		return 0;
	}
	n = strtoull(argv[3], NULL, 10);
	size_t in_flight = strtoull(argv[4], NULL, 10);
	rate = strtoll(argv[6], NULL, 10);
	out = calloc(n, sizeof *out);
	took_us = calloc(n, sizeof *took_us);
	bug_if(!out || !took_us || n == 0);
	for (size_t i = 0; i < n; i++)
		invent(&out[i], key, strtoull(argv[5], NULL, 10) + i);

	struct http_poll *poll = http_poll_new();
	http = http_new(&(struct http_options){.peer = {.base_url = "http://gate", .unix_socket = argv[1]},
				.in_flight_max = in_flight,
				.poller = http_poll_poller(poll),
				.end = ended},
		&why);
	if (!http)
		die(&why);
	int64_t began = monotonic_us();
	if (rate)
		stream(poll, in_flight, began);
	else
		while (next < n && next < in_flight)
			post_next(monotonic_us());
	http_run_until_idle(poll, http);
	double s = (double)(monotonic_us() - began) / 1e6;
	qsort(took_us, n, sizeof *took_us, by_size);
	printf("{\"callbacks\":%zu,\"accepted\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
		n, accepted, s, (double)n / s, (double)took_us[n / 2] / 1e3,
		(double)took_us[n * 99 / 100] / 1e3, (double)took_us[n - 1] / 1e3);
	http_free(http);
	http_poll_free(poll);
	free(out);
	free(took_us);
	return accepted == n ? 0 : 1;
}
