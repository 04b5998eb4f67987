/* client URL KEYFILE BANKFILE N IN-FLIGHT START bare|speaking: pays N different people, one a message, through the client that the
 * teller uses (bankapi/http.h), without a database. One JSON line.
 *
 * speaking: encodes and signs each message when it leaves, verifies and decodes each reply. bare: everything is encoded and signed
 * before the clock runs, and of a reply only its status is looked at. Payments of another START are other payments. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bankapi/http_poll.h"
#include "bankapi/signed.h"
#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/secret.h"

#define DEBTOR      "110000000001"
#define VALID_US    INT64_C(4102444800000000) /* 2100-01-01 */
#define WINDOW_S    300
#define DEADLINE_MS 30000

struct message {
	char id[MESSAGE_ID_SIZE];
	struct payment payment;
	struct payee payee;
	char remittance[64];
	struct buf body;
	struct signed_headers headers;
};

static const struct driver *driver;
static struct sign_key *key;
static struct verify_key bank;
static struct webhook_keys known;
static struct http *http;
static struct message *messages;
static size_t n, next, accepted;
static bool speaking;

_Noreturn static void die(const struct why *why)
{
	fprintf(stderr, "client: %s: %s\n", why->code, why->text);
	exit(1);
}

static struct transfer transfer_of(const struct message *m)
{
	return (struct transfer){.message_id = m->id,
		.debtor_account = DEBTOR,
		.valid_until_us = VALID_US,
		.payments = &m->payment,
		.payees = &m->payee,
		.n = 1};
}

static void invent(struct message *m, uint64_t number)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct hash h = sha256(bytes_of(&number, sizeof number));

	for (int i = 0; i < E2E_ID_SIZE - 1; i++)
		m->payment.e2e[i] = alphabet[h.b[i] & 31];
	m->payment.amount = vnd(500000);
	snprintf(m->payment.account.text, sizeof m->payment.account.text, "2001%010" PRIu64 "99", number);
	snprintf(m->remittance, sizeof m->remittance, "%s TRO CAP 04/2024", m->payment.e2e);
	m->payee = (struct payee){.bank = "DEMO", .name = "NGUYEN THI LAN", .remittance = m->remittance};
	snprintf(m->id, sizeof m->id, "B-%" PRIu64, number);
	m->body = BUF(4096);
}

static void say(struct message *m)
{
	struct why why = {0};
	struct transfer t = transfer_of(m);

	if (!driver->encode_transfer(&t, &m->body, &why))
		die(&why);
	signed_request(key, m->id, wall_us() / 1000000, buf_bytes(&m->body), &m->headers);
}

static void post_next(void)
{
	struct message *m = &messages[next++];
	struct why why = {0};

	if (speaking)
		say(m);
	struct http_header headers[] = {{"Content-Type", "application/json; charset=utf-8"},
		{"webhook-id", m->headers.id}, {"webhook-timestamp", m->headers.timestamp},
		{"webhook-signature", m->headers.signature}};
	struct http_request r = {.path = driver->path(CALL_TRANSFER),
		.headers = headers,
		.headers_n = COUNT_OF(headers),
		.body = buf_bytes(&m->body),
		.reply_max = driver->reply_max(CALL_TRANSFER, 1),
		.deadline_ms = DEADLINE_MS,
		.user = m};
	if (!http_post(http, &r, &why))
		die(&why);
}

static bool understood(const struct message *m, const struct http_result *res)
{
	if (!speaking)
		return true;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct webhook_headers headers = {.id = res->webhook_id,
		.timestamp = res->webhook_timestamp,
		.signature = res->webhook_signature};
	struct heard heard;
	struct reply reply;
	struct why why = {0};
	struct transfer t = transfer_of(m);
	if (!heard_reply(m->id, res->status, &headers, res->body, &known, wall_us() / 1000000, &heard, &why))
		return false;
	driver->decode_transfer_reply(&t, &heard, a, &reply);
	return reply.n == 1 &&
	       (reply.at[0].answer == ANSWER_ACCEPTED || reply.at[0].answer == ANSWER_CREDITED);
}

static void ended(void *ctx, void *user, const struct http_result *res)
{
	struct message *m = user;

	(void)ctx;
	accepted += res->transport == HTTP_REPLIED && res->status == 200 && understood(m, res);
	buf_free(&m->body);
	if (next < n)
		post_next();
}

int main(int argc, char **argv)
{
	if (argc != 8)
		return 64;
	struct why why = {0};
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes rest, line;
	bool whole;
	struct key32 *seed = secret_load_file(argv[2], &why);
	if (!seed || !read_file(a, argv[3], 4096, &rest, &why))
		die(&why);
	if (!bytes_line(&rest, &line, &whole) || !webhook_public_parse(line, &bank))
		return 65;
	key = sign_from_seed(seed);
	secret_free(seed);
	known = (struct webhook_keys){.keys = &bank, .n_keys = 1, .window_s = WINDOW_S};
	driver = driver_named("chitra_json");
	n = strtoull(argv[4], NULL, 10);
	size_t in_flight = strtoull(argv[5], NULL, 10);
	speaking = strcmp(argv[7], "speaking") == 0;

	messages = calloc(n, sizeof *messages);
	bug_if(!messages);
	for (size_t i = 0; i < n; i++) {
		invent(&messages[i], strtoull(argv[6], NULL, 10) + i);
		if (!speaking)
			say(&messages[i]);
	}

	struct http_poll *poll = http_poll_new();
	http = http_new(&(struct http_options){.peer = {.base_url = argv[1]},
				.in_flight_max = in_flight,
				.poller = http_poll_poller(poll),
				.end = ended},
		&why);
	if (!http)
		die(&why);
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	int64_t began = monotonic_us();
	while (next < n && next < in_flight)
		post_next();
	http_run_until_idle(poll, http);
	double s = (double)(monotonic_us() - began) / 1e6;
	getrusage(RUSAGE_SELF, &after);
	double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec -
			      before.ru_stime.tv_sec) +
		     (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
			      before.ru_stime.tv_usec) /
			     1e6;
	printf("{\"payments\":%zu,\"accepted\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"cpu_us\":%.1f}\n",
		n, accepted, s, (double)n / s, cpu * 1e6 / (double)n);
	http_free(http);
	http_poll_free(poll);
	sign_free(key);
	free(messages);
	return accepted == n ? 0 : 1;
}
