/* The HTTP server over real sockets: a client in a thread speaks bytes, the server's loop runs in another. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/queue.h"
#include "daemon/sockets.h"
#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

enum {
	HEADER_MAX = 2048,
	BODY_MAX = 10000,
	REQUEST_MS = 700,
	ANSWER_MS = 600,
	IDLE_MS = 1500,
	CONNECTIONS = 4,
	QUIET_MS = 150,
	PATIENCE_MS = 5000
};

static struct loop *loop;
static struct server *server, *local, *late_server;
static char local_path[] = "/tmp/chitra-http-XXXXXX/s", local_dir[] = "/tmp/chitra-http-XXXXXX";
static struct lane *lane;
static struct sockets sockets;
static _Atomic int handled;
static _Atomic bool drain_now, end_now, listen_now;

/* ---- the server ------------------------------------------------------------------------------------------------------- */

static void echo(struct exchange *x, void *arg)
{
	(void)arg;
	atomic_fetch_add(&handled, 1);
	char text[256];
	const char *header = exchange_header(x, "x-hello");
	snprintf(text, sizeof text, "%s|%s|%s|%s|%s|%zu", exchange_method(x), exchange_path(x),
		exchange_query(x), exchange_rest(x), header ? header : "", exchange_body(x).n);
	exchange_set_header(x, "X-Answer", "yes");
	exchange_reply(x, 200, "text/plain", bytes_z(text));
}

struct later {
	struct job job;
	struct exchange *x;
	uint32_t sum;
	long sleep_ms;
};

static enum result add_up(struct work *w, void *arg)
{
	(void)w;
	struct later *l = arg;
	nanosleep(&(struct timespec){.tv_sec = l->sleep_ms / 1000, .tv_nsec = l->sleep_ms % 1000 * 1000000},
		NULL);
	struct bytes body = exchange_body(l->x);
	for (size_t i = 0; i < body.n; i++)
		l->sum += body.at[i];
	return OK;
}

static void answer(struct job *job, enum result result)
{
	(void)result;
	struct later *l = job->arg;
	char text[32];
	snprintf(text, sizeof text, "%u", l->sum);
	exchange_reply(l->x, 200, "text/plain", bytes_z(text));
	free(l);
}

static void defer(struct exchange *x, void *arg)
{
	(void)arg;
	atomic_fetch_add(&handled, 1);
	struct later *l = calloc(1, sizeof *l);
	l->x = x;
	l->sleep_ms = strtol(exchange_query(x), NULL, 10);
	l->job = (struct job){.name = "add_up", .run = add_up, .done = answer, .arg = l};
	if (!lane_submit(lane, &l->job))
		abort();
}

static const struct route routes[] = {
	{"GET", "/echo", echo},
	{"POST", "/echo", echo},
	{"POST", "/banks/*", echo},
	{"POST", "/later", defer},
};

static struct timer *orders;
static struct server_plan late_plan;

static void obey(void *arg)
{
	(void)arg;
	if (atomic_load(&drain_now))
		server_drain(server);
	if (atomic_load(&end_now))
		loop_stop(loop);
	if (atomic_load(&listen_now) && !late_server)
		late_server = server_new(loop, &late_plan, sockets.at[2].fd, &(struct why){0});
	if (!atomic_load(&listen_now) && late_server) {
		server_free(late_server);
		late_server = NULL;
	}
	timer_set(orders, 10);
}

static void *serve(void *arg)
{
	(void)arg;
	loop_run(loop);
	return NULL;
}

/* ---- the client --------------------------------------------------------------------------------------------------------- */

static int dial_to(size_t which)
{
	char address[SOCKET_ADDRESS_MAX];
	socket_address(sockets.at[which].fd, address);
	struct sockaddr_in to = {.sin_family = AF_INET};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int dial(void)
{
	return dial_to(0);
}

static void say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		note("the server is gone: %s", strerror(errno));
}

/* Waits that long for the first byte, then until nothing more comes; *closed tells whether the server has closed. */
static const char *hear(int fd, int wait_ms, bool *closed)
{
	static char got[1 << 16];
	size_t n = 0;
	*closed = false;
	int64_t until = monotonic_us() + wait_ms * INT64_C(1000);
	while (n < sizeof got - 1) {
		int left = n ? QUIET_MS : (int)((until - monotonic_us()) / 1000);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (left <= 0 || poll(&p, 1, left) <= 0)
			break;
		ssize_t r = recv(fd, got + n, sizeof got - 1 - n, 0);
		if (r <= 0) {
			*closed = true;
			break;
		}
		n += (size_t)r;
	}
	got[n] = '\0';
	return got;
}

static const char *body_of(const char *answer_text)
{
	const char *at = strstr(answer_text, "\r\n\r\n");
	return at ? at + 4 : "";
}

static int status_of(const char *text)
{
	return strncmp(text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(text + 9, NULL, 10) : 0;
}

/* One request on a connection of its own. */
static const char *ask(const char *request, bool *closed)
{
	int fd = dial();
	say(fd, request);
	const char *text = hear(fd, PATIENCE_MS, closed);
	close(fd);
	return text;
}

static void plain_requests(void)
{
	bool closed;
	const char *t = ask("GET /echo?a=1&b HTTP/1.1\r\nHost: x\r\nX-Hello: there\r\n\r\n", &closed);
	is_i64(status_of(t), 200, "a route answers");
	is_str(body_of(t), "GET|/echo|a=1&b||there|0", "the handler sees method, path, query and headers");
	ok(strstr(t, "X-Answer: yes\r\n") != NULL, "its header is in the answer");
	ok(!closed, "the connection stays open");
	t = ask("POST /banks/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", &closed);
	is_str(body_of(t), "POST|/banks/demo||demo||5", "a star takes the rest of the path");
	is_i64(status_of(ask("POST /banks/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", &closed)), 404,
		"but not an empty one");
	is_i64(status_of(ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", &closed)), 404,
		"an unknown path is 404");
	is_i64(status_of(ask("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n", &closed)), 405,
		"another method is 405");
	t = ask("HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n", &closed);
	ok(status_of(t) == 200 && !*body_of(t), "HEAD has no body");
	t = ask("TRACE /echo HTTP/1.1\r\nHost: x\r\n\r\n", &closed);
	ok(status_of(t) >= 400 && closed, "a method that nobody uses is refused and the connection closed");
	t = ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		&closed);
	is_str(body_of(t), "POST|/echo||||3", "a chunked body is read");
}

static void two_on_one_connection(void)
{
	bool closed;
	int fd = dial();
	int64_t before = monotonic_us();
	for (int i = 0; i < 20; i++) {
		say(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
		char got[512];
		if (recv(fd, got, sizeof got, 0) <= 0)
			break;
	}
	int took_ms = (int)((monotonic_us() - before) / 1000);
	ok(took_ms < 700, "20 requests after each other do not wait for delayed acknowledgements (%d ms)",
		took_ms);
	int was = handled;
	say(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fd, PATIENCE_MS, &closed);
	is_i64(handled - was, 2, "two requests sent at once are two exchanges");
	ok(!closed, "and the connection stays open");
	close(fd);
}

static void limits(void)
{
	bool closed;
	char big[HEADER_MAX + 1000];
	snprintf(big, sizeof big, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Long: %*s\r\n\r\n", HEADER_MAX + 100,
		"x");
	const char *t = ask(big, &closed);
	ok(status_of(t) == 400 && closed, "a header above its maximum is 400");
	t = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10001\r\n\r\nx", &closed);
	ok(status_of(t) == 413 && closed, "a body above its maximum is 413 before it is sent");
	char chunk[2 * BODY_MAX];
	int n = snprintf(chunk, sizeof chunk,
		"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n");
	memset(chunk + n, 'x', 10001);
	memcpy(chunk + n + 10001, "\r\n0\r\n\r\n", 8);
	t = ask(chunk, &closed);
	ok(status_of(t) == 413 && closed, "a chunked body above it too");
	int was = handled;
	t = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 35\r\n\r\n"
		"helloGET /echo HTTP/1.1\r\nHost: x\r\n\r\n",
		&closed);
	ok(status_of(t) == 400 && closed, "two lengths are 400 and the end of the connection");
	t = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello", &closed);
	ok(status_of(t) == 400 && closed, "so is a length with a sign");
	t = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		&closed);
	ok(status_of(t) == 400 && closed, "so are a length and chunks");
	is_i64(handled, was, "none of them reached a handler");
}

static void slow_body(void)
{
	bool closed = false;
	int was = handled;
	int fd = dial();
	int64_t began = monotonic_us();
	say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
	while (!closed && monotonic_us() - began < 5000000) {
		say(fd, "x");
		hear(fd, 100, &closed);
	}
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(closed && took_ms >= REQUEST_MS && took_ms < 4500,
		"a body that drips is cut off by the request's own clock (%d ms)", (int)took_ms);
	is_i64(handled, was, "and reaches no handler");
	close(fd);
	fd = dial();
	began = monotonic_us();
	say(fd, "GET /echo HT");
	hear(fd, 3000, &closed);
	took_ms = (monotonic_us() - began) / 1000;
	ok(closed && took_ms < 2900, "so is a request line without an end (%d ms)", (int)took_ms);
	close(fd);
	fd = dial();
	began = monotonic_us();
	hear(fd, 4000, &closed);
	took_ms = (monotonic_us() - began) / 1000;
	ok(closed && took_ms >= IDLE_MS - 50 && took_ms < IDLE_MS + 1200,
		"a quiet connection is closed (%d ms)", (int)took_ms);
	close(fd);
}

static void later(void)
{
	bool closed;
	const char *t = ask("POST /later?50 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", &closed);
	is_str(body_of(t), "294",
		"an answer may come later, and a worker reads the body meanwhile"); /* 97+98+99 */
	int fd = dial();
	int64_t began = monotonic_us();
	say(fd, "POST /later?1300 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
	t = hear(fd, PATIENCE_MS, &closed);
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(status_of(t) == 503 && took_ms >= ANSWER_MS, "an answer that takes too long is 503");
	close(fd);
	fd = dial();
	say(fd, "POST /later?200 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	close(fd);
	nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 400000000}, NULL);
	t = ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", &closed);
	is_i64(status_of(t), 200, "late answers and clients that have gone away harm nobody");
}

static void many_connections(void)
{
	int fds[CONNECTIONS + 2];
	bool closed;
	for (int i = 0; i < CONNECTIONS + 2; i++)
		fds[i] = dial();
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	say(fds[CONNECTIONS], "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
	is_i64(status_of(hear(fds[CONNECTIONS], 300, &closed)), 0, "above the maximum a connection waits");
	close(fds[0]);
	close(fds[1]);
	is_i64(status_of(hear(fds[CONNECTIONS], PATIENCE_MS, &closed)), 200, "until another one has gone");
	for (int i = 2; i < CONNECTIONS + 2; i++)
		close(fds[i]);
	nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
}

/* evhttp lets go of a connection while we still hold it. Were its descriptor closed then, the loop would mind the number of a closed
 * file, and a listener that got the number next would never be polled. */
static void listener_after_close(void)
{
	int heard = 0;
	bool closed;
	for (int i = 0; i < 5; i++) {
		int gone = dial();
		say(gone, "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
		hear(gone, PATIENCE_MS, &closed);
		atomic_store(&listen_now, true);
		int fd = dial_to(2);
		say(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
		heard += status_of(hear(fd, 1000, &closed)) == 200;
		close(fd);
		close(gone);
		atomic_store(&listen_now, false);
		nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	}
	is_i64(heard, 5, "who listens right after a connection was closed is heard by the loop");
}

/* HAProxy comes in by a Unix socket. */
static void unix_socket(void)
{
	bool closed;
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	snprintf(to.sun_path, sizeof to.sun_path, "%s", local_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "a Unix socket takes connections");
	say(fd, "GET /echo?u HTTP/1.1\r\nHost: x\r\n\r\n");
	is_str(body_of(hear(fd, PATIENCE_MS, &closed)), "GET|/echo|u|||0", "and serves as loopback does");
	close(fd);
}

static void draining(void)
{
	bool closed;
	int busy = dial(), idle = dial();
	say(idle, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(idle, PATIENCE_MS, &closed);
	say(busy, "POST /later?400 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	atomic_store(&drain_now, true);
	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	int late = dial(); /* into the backlog: the socket is open, but nobody here accepts */
	say(late, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
	is_i64(status_of(hear(late, 100, &closed)), 0, "a server that drains accepts nobody");
	say(idle, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
	const char *t = hear(idle, PATIENCE_MS, &closed);
	ok(status_of(t) == 200 && strstr(t, "Connection: close\r\n") && closed,
		"a request on an open connection is still answered, then the connection closed");
	t = hear(busy, PATIENCE_MS, &closed);
	ok(status_of(t) == 200 && closed, "what was begun is answered");
	close(busy);
	close(idle);
	close(late);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_start(&(struct log_setup){.level = LOG_ERROR});
	struct why why = {0};
	loop = loop_new();
	struct queue *q = queue_new(&(struct queue_options){.loop = loop});
	lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 2, .capacity = 16, .deadline_ms = 5000});
	if (!sockets_open(&sockets, "test", "127.0.0.1:0", &why))
		skip_all("%s", why.text);
	if (!mkdtemp(local_dir))
		return 1;
	snprintf(local_path, sizeof local_path, "%s/s", local_dir);
	if (!sockets_open(&sockets, "local", local_path, &why) ||
		!sockets_open(&sockets, "late", "127.0.0.1:0", &why))
		skip_all("%s", why.text);
	struct server_plan plan = {
		.name = "test",
		.routes = routes,
		.routes_n = COUNT_OF(routes),
		.header_max = HEADER_MAX,
		.body_max = BODY_MAX,
		.request_ms = REQUEST_MS,
		.answer_ms = ANSWER_MS,
		.idle_ms = IDLE_MS,
		.connections_max = CONNECTIONS,
	};
	late_plan = plan;
	late_plan.name = "late";
	server = server_new(loop, &plan, sockets.at[0].fd, &why);
	local = server_new(loop, &plan, sockets.at[1].fd, &why);
	ok(server != NULL, "a server listens on loopback");
	orders = timer_new(loop, obey, NULL);
	timer_set(orders, 10);
	pthread_t thread;
	if (pthread_create(&thread, NULL, serve, NULL) != 0)
		return 1;
	plain_requests();
	two_on_one_connection();
	limits();
	slow_body();
	later();
	many_connections();
	listener_after_close();
	unix_socket();
	draining();
	atomic_store(&end_now, true);
	pthread_join(thread, NULL);
	is_i64((int64_t)server_in_flight(server), 0, "after draining nothing is under way");
	server_free(server);
	server_free(local);
	int open_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in anywhere = {.sin_family = AF_INET};
	ok(bind(open_fd, (struct sockaddr *)&anywhere, sizeof anywhere) == 0 && listen(open_fd, 1) == 0 &&
			!server_new(loop, &plan, open_fd, &why) && why_is(&why, "listen"),
		"a socket on the network is refused");
	close(open_fd);
	unlink(local_path);
	rmdir(local_dir);
	queue_free(q);
	timer_free(orders);
	sockets_close(&sockets);
	loop_free(loop);
	return done_testing();
}
