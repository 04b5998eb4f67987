/* The bank client and the HTTP server on one loop: what the client's descriptors and timer need is what they get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bankapi/http.h"
#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/poller.h"
#include "daemon/sockets.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

enum { MANY = 200 };

static struct loop *loop;
static int ended, wanted, replied, unknown, not_sent, wrong;

static void echo(struct exchange *x, void *arg)
{
	(void)arg;
	exchange_reply(x, 200, "application/json", exchange_body(x));
}

/* Never answers. The exchange is freed with the server. */
static void silent(struct exchange *x, void *arg)
{
	(void)x;
	(void)arg;
}

static void one_ended(void *ctx, void *user, const struct http_result *r)
{
	(void)ctx;
	replied += r->transport == HTTP_REPLIED;
	unknown += r->transport == HTTP_UNKNOWN;
	not_sent += r->transport == HTTP_NOT_SENT;
	if (r->transport == HTTP_REPLIED)
		wrong += r->status != 200 || r->body.n != strlen(user) ||
			 memcmp(r->body.at, user, r->body.n) != 0;
	if (++ended == wanted)
		loop_stop(loop);
}

static void give_up(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void run_until(int n)
{
	wanted = n;
	struct timer *t = timer_new(loop, give_up, NULL);
	timer_set(t, 15000);
	loop_run(loop);
	timer_free(t);
}

static struct http *new_client(const char *url, struct http_poller **poller)
{
	struct why why = {0};
	*poller = http_poller_new(loop);
	struct http *h = http_new(
		&(struct http_options){
			.peer = {.base_url = url},
			.in_flight_max = MANY,
			.poller = http_poller_of(*poller),
			.end = one_ended,
		},
		&why);
	http_poller_attach(*poller, h);
	return h;
}

static bool post(struct http *h, const char *path, char *body, long deadline_ms)
{
	struct why why = {0};
	return http_post(h,
		&(struct http_request){.path = path,
			.body = bytes_z(body),
			.reply_max = 1000,
			.deadline_ms = deadline_ms,
			.user = body},
		&why);
}

int main(void)
{
	static const struct route routes[] = {{"POST", "/echo", echo}, {"POST", "/silent", silent}};
	struct sockets sockets = {0};
	struct why why = {0};
	char address[SOCKET_ADDRESS_MAX], url[SOCKET_ADDRESS_MAX + 16];
	log_start(&(struct log_setup){.level = LOG_ERROR});
	loop = loop_new();
	if (!sockets_open(&sockets, "test", "127.0.0.1:0", &why))
		skip_all("%s", why.text);
	struct server *server = server_new(loop,
		&(struct server_plan){
			.name = "test",
			.routes = routes,
			.routes_n = COUNT_OF(routes),
			.header_max = 4096,
			.body_max = 1 << 20,
			.request_ms = 5000,
			.answer_ms = 60000,
			.idle_ms = 60000,
			.connections_max = 300,
		},
		sockets.at[0].fd, &why);
	socket_address(sockets.at[0].fd, address);
	snprintf(url, sizeof url, "http://%s", address);

	struct http_poller *poller, *nobodys;
	struct http *client = new_client(url, &poller),
		    *to_nobody = new_client("http://127.0.0.1:1", &nobodys);
	static char texts[MANY][32];
	int taken = 0;
	for (int i = 0; i < MANY; i++) {
		snprintf(texts[i], sizeof texts[i], "{\"n\":%d}", i);
		taken += post(client, "/echo", texts[i], 10000);
	}
	is_i64(taken, MANY, "the client takes %d requests", MANY);
	run_until(MANY);
	is_i64(replied, MANY, "all of them are answered over one loop");
	is_i64(wrong, 0, "each with its own body");

	ended = 0;
	char text[] = "{}";
	ok(post(client, "/silent", text, 300), "a request to a bank that keeps silent is taken");
	run_until(1);
	is_i64(unknown, 1, "its deadline ends it as unknown: the timer is kept");

	ended = 0;
	ok(post(to_nobody, "/echo", text, 5000), "a request to nobody is taken");
	run_until(1);
	is_i64(not_sent, 1, "and certainly was not sent");

	http_free(client);
	http_free(to_nobody);
	http_poller_free(poller);
	http_poller_free(nobodys);
	server_free(server);
	sockets_close(&sockets);
	loop_free(loop);
	return done_testing();
}
