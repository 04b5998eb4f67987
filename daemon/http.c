#include "daemon/http.h"

#include <ctype.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ledger/base/arena.h"
#include "ledger/base/clock.h"
#include "ledger/base/json.h"
#include "ledger/base/log.h"
#include "daemon/loop.h"
#include "daemon/metrics.h"
#include "daemon/sockets.h"

enum { JANITOR_MS = 200, LINGER_US = 1000000 };

/* One connection, as far as evhttp does not know it. evhttp frees its bufferevent without telling us, so we hold a
 * reference and the janitor sees that the callbacks are gone. */
struct conn {
	struct conn *next;
	struct server *server;
	struct bufferevent *bev;
	int fd;
	int64_t since_us; /* first byte of the request that is being read; 0: none is */
	int64_t quiet_us; /* since when nothing has been asked */
	bool answering;   /* a handler has its request */
};

struct server {
	struct loop *loop;
	struct server_plan plan;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct timer *janitor;
	struct conn *conns;
	size_t conns_n;
	struct exchange *exchanges;
	size_t unanswered;
	bool draining, full;
	int64_t drained_us;
	struct metric *connections;
};

struct named {
	const char *name, *value;
};

struct exchange {
	struct exchange *next, *previous;
	struct server *server;
	struct evhttp_request *request; /* NULL: answered for it, because it took too long */
	struct evbuffer *body;
	struct bytes body_bytes;
	struct arena *arena;
	struct conn *conn;
	const char *method, *path, *query, *rest, *route;
	struct named *headers;
	size_t headers_n;
	int64_t arrived_us;
	bool head;
};

static void *allocate(size_t size)
{
	void *at = calloc(1, size);
	bug_if(!at);
	return at;
}

/* ---- connections -------------------------------------------------------------------------------------------------- */

static bool conn_is_dead(const struct conn *c)
{
	bufferevent_data_cb read_cb, write_cb;
	bufferevent_event_cb event_cb;
	void *arg;
	bufferevent_getcb(c->bev, &read_cb, &write_cb, &event_cb, &arg);
	return !event_cb && !read_cb && !write_cb;
}

/* The first byte of a request starts its clock; evhttp's own restarts with every byte. */
static void bytes_came(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
	(void)input;
	struct conn *c = arg;
	if (info->n_added && !c->since_us && !c->answering)
		c->since_us = monotonic_us();
}

static void accept_more(struct server *s, bool more)
{
	s->full = !more;
	if (s->draining)
		return;
	struct evconnlistener *listener = evhttp_bound_socket_get_listener(s->bound);
	if (more)
		evconnlistener_enable(listener);
	else
		evconnlistener_disable(listener);
}

static struct bufferevent *new_connection(struct event_base *base, void *arg)
{
	struct server *s = arg;
	struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	bug_if(!bev);
	bufferevent_incref(bev);
	struct conn *c = allocate(sizeof *c);
	c->server = s;
	c->bev = bev;
	c->fd = -1;
	c->quiet_us = monotonic_us();
	c->next = s->conns;
	s->conns = c;
	s->conns_n++;
	metric_set(s->connections, (int64_t)s->conns_n);
	bug_if(!evbuffer_add_cb(bufferevent_get_input(bev), bytes_came, c));
	if (s->conns_n >= s->plan.connections_max)
		accept_more(s, false);
	return bev;
}

static void forget_connection(struct conn *c)
{
	evbuffer_remove_cb(bufferevent_get_input(c->bev), bytes_came, c);
	bufferevent_decref(c->bev);
	c->server->conns_n--;
	free(c);
}

/* evhttp reads the end of the stream and frees everything itself. */
static void cut(struct conn *c, const char *event)
{
	log_event(LOG_INFO, event, K_STR("server", c->server->plan.name));
	shutdown(c->fd, SHUT_RDWR);
	c->since_us = 0;
	c->quiet_us = monotonic_us();
}

static bool has_output(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) > 0;
}

static void look_after(struct server *s, struct conn *c, int64_t now)
{
	if (c->answering)
		return;
	c->fd = bufferevent_getfd(c->bev);
	if (c->since_us) {
		if (now - c->since_us > s->plan.request_ms * 1000)
			cut(c, "http_slow_request");
		return;
	}
	int64_t patience = s->draining ? LINGER_US : s->plan.idle_ms * 1000;
	if (now - (s->draining && s->drained_us > c->quiet_us ? s->drained_us : c->quiet_us) > patience &&
		!has_output(c)) {
		shutdown(c->fd, SHUT_RDWR);
		c->quiet_us = now;
	}
}

static void answer_for(struct exchange *x);

static void janitor(void *arg)
{
	struct server *s = arg;
	int64_t now = monotonic_us();
	for (struct conn **at = &s->conns; *at;) {
		struct conn *c = *at;
		if (!c->answering && conn_is_dead(c)) {
			*at = c->next;
			forget_connection(c);
			continue;
		}
		look_after(s, c, now);
		at = &c->next;
	}
	for (struct exchange *x = s->exchanges, *next; x; x = next) {
		next = x->next;
		if (x->request && now - x->arrived_us > s->plan.answer_ms * 1000)
			answer_for(x);
	}
	metric_set(s->connections, (int64_t)s->conns_n);
	if (s->full && s->conns_n < s->plan.connections_max)
		accept_more(s, true);
	timer_set(s->janitor, JANITOR_MS);
}

static struct conn *conn_of(struct server *s, struct evhttp_request *request)
{
	struct bufferevent *bev = evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
	for (struct conn *c = s->conns; c; c = c->next)
		if (c->bev == bev)
			return c;
	bug("a request of server %s came on no connection", s->plan.name);
}

/* ---- a request ---------------------------------------------------------------------------------------------------- */

static const char *method_name(enum evhttp_cmd_type type)
{
	if (type == EVHTTP_REQ_GET)
		return "GET";
	if (type == EVHTTP_REQ_HEAD)
		return "HEAD";
	if (type == EVHTTP_REQ_POST)
		return "POST";
	if (type == EVHTTP_REQ_PUT)
		return "PUT";
	return "DELETE"; /* the only other one that evhttp was told to let in */
}

static void copy_headers(struct exchange *x)
{
	struct evkeyvalq *from = evhttp_request_get_input_headers(x->request);
	struct evkeyval *h;
	size_t n = 0;
	for (h = from->tqh_first; h; h = h->next.tqe_next)
		n++;
	x->headers = arena_array(x->arena, n ? n : 1, struct named);
	for (h = from->tqh_first; h; h = h->next.tqe_next)
		x->headers[x->headers_n++] = (struct named){
			arena_strdup(x->arena, h->key), arena_strdup(x->arena, h->value)};
}

/* Everything is copied out of evhttp (the body is moved): the exchange can be read by a worker while evhttp's request
 * has been answered for it. */
static struct exchange *new_exchange(struct server *s, struct evhttp_request *request, struct conn *c)
{
	struct exchange *x = allocate(sizeof *x);
	x->server = s;
	x->request = request;
	x->conn = c;
	x->arena = arena_new();
	x->arrived_us = monotonic_us();
	x->method = method_name(evhttp_request_get_command(request));
	x->head = evhttp_request_get_command(request) == EVHTTP_REQ_HEAD;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	const char *query = uri ? evhttp_uri_get_query(uri) : NULL;
	x->path = arena_strdup(x->arena, path && *path ? path : "/");
	x->query = arena_strdup(x->arena, query ? query : "");
	x->rest = "";
	x->route = "none";
	copy_headers(x);
	x->body = evbuffer_new();
	bug_if(!x->body || evbuffer_add_buffer(x->body, evhttp_request_get_input_buffer(request)) != 0);
	size_t n = evbuffer_get_length(x->body);
	x->body_bytes = bytes_of(n ? evbuffer_pullup(x->body, -1) : (const unsigned char *)"", n);
	x->next = s->exchanges;
	if (x->next)
		x->next->previous = x;
	s->exchanges = x;
	s->unanswered++;
	return x;
}

static void free_exchange(struct exchange *x)
{
	struct server *s = x->server;
	if (x->previous)
		x->previous->next = x->next;
	else
		s->exchanges = x->next;
	if (x->next)
		x->next->previous = x->previous;
	evbuffer_free(x->body);
	arena_free(x->arena);
	free(x);
}

/* evhttp takes the first of two lengths and reads the rest as another request. */
static bool framing_is_plain(const struct exchange *x)
{
	const char *length = exchange_header(x, "Content-Length");
	const char *coding = exchange_header(x, "Transfer-Encoding");
	if (exchange_header_count(x, "Content-Length") > 1 ||
		exchange_header_count(x, "Transfer-Encoding") > 1)
		return false;
	if (length && (coding || !*length || length[strspn(length, "0123456789")] != '\0'))
		return false;
	return !coding || strcasecmp(coding, "chunked") == 0;
}

static bool matches(const char *pattern, const char *path, const char **rest)
{
	size_t n = strlen(pattern);
	*rest = "";
	if (pattern[n - 1] != '*')
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, n - 1) != 0 || path[n - 1] == '\0')
		return false;
	*rest = path + n - 1;
	return true;
}

/* The route, or NULL and the status. */
static const struct route *find_route(struct exchange *x, int *status)
{
	const struct server_plan *plan = &x->server->plan;
	const char *method = x->head ? "GET" : x->method;
	*status = 404;
	for (size_t i = 0; i < plan->routes_n; i++) {
		const char *rest;
		if (!matches(plan->routes[i].path, x->path, &rest))
			continue;
		*status = 405;
		if (strcmp(plan->routes[i].method, method) != 0)
			continue;
		x->rest = rest;
		x->route = plan->routes[i].path;
		return &plan->routes[i];
	}
	return NULL;
}

static void request_came(struct evhttp_request *request, void *arg)
{
	struct server *s = arg;
	struct conn *c = conn_of(s, request);
	c->since_us = 0;
	c->answering = true;
	struct exchange *x = new_exchange(s, request, c);
	struct why why = {0};
	if (!framing_is_plain(x)) {
		evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
		why_set(&why, "framing", "the length of the body is not said exactly once");
		exchange_refuse(x, 400, &why);
		return;
	}
	int status;
	const struct route *route = find_route(x, &status);
	if (!route) {
		why_set(&why, status == 404 ? "not_found" : "method", "there is no such resource");
		exchange_refuse(x, status, &why);
		return;
	}
	route->handle(x, s->plan.arg);
}

/* ---- an answer ------------------------------------------------------------------------------------------------------ */

static void count(const struct exchange *x, int status)
{
	char labels[200];
	snprintf(labels, sizeof labels, "server=\"%s\",route=\"%.100s\",code=\"%d\"", x->server->plan.name,
		x->route, status);
	metric_add(metric_counter("chitra_http_requests_total", labels, "Requests answered."), 1);
	snprintf(labels, sizeof labels, "server=\"%s\",route=\"%.100s\"", x->server->plan.name, x->route);
	metric_took(metric_seconds("chitra_http_request_seconds", labels,
			    "From the last byte of a request to its answer."),
		monotonic_us() - x->arrived_us);
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
		{303, "See Other"}, {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"},
		{403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
		{413, "Content Too Large"}, {422, "Unprocessable Content"}, {429, "Too Many Requests"},
		{500, "Internal Server Error"}, {503, "Service Unavailable"}};
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "Status";
}

/* The request belongs to evhttp again afterwards. */
static void send_answer(struct exchange *x, int status, const char *type, struct bytes body)
{
	struct server *s = x->server;
	struct evhttp_request *request = x->request;
	struct conn *c = x->conn;
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	char length[32];
	snprintf(length, sizeof length, "%zu", body.n);
	if (type)
		evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Content-Length", length);
	if (s->draining && !evhttp_find_header(headers, "Connection"))
		evhttp_add_header(headers, "Connection", "close");
	struct evbuffer *out = NULL;
	if (!x->head && body.n) {
		out = evbuffer_new();
		bug_if(!out || evbuffer_add(out, body.at, body.n) != 0);
	}
	count(x, status);
	x->request = NULL;
	x->conn = NULL;
	s->unanswered--;
	c->answering = false;
	c->quiet_us = monotonic_us();
	if (evbuffer_get_length(bufferevent_get_input(c->bev)) > 0)
		c->since_us = c->quiet_us; /* the next request has begun already */
	evhttp_send_reply(request, status, reason(status), out);
	if (out)
		evbuffer_free(out);
}

void exchange_reply(struct exchange *x, int status, const char *type, struct bytes body)
{
	if (x->request)
		send_answer(x, status, type, body);
	free_exchange(x);
}

void exchange_refuse(struct exchange *x, int status, const struct why *why)
{
	struct buf out CLEANUP(buf_free);
	struct json_writer w;
	buf_init(&out, 4096);
	json_write(&w, &out);
	json_open_object(&w, NULL);
	json_put_str(&w, "code", why->code);
	json_put_str(&w, "text", why->text);
	json_close(&w);
	exchange_reply(x, status, "application/json", buf_bytes(&out));
}

static void answer_for(struct exchange *x)
{
	log_event(LOG_WARN, "http_unanswered", K_STR("server", x->server->plan.name),
		K_STR("route", x->route), K_I64("after_ms", (monotonic_us() - x->arrived_us) / 1000));
	send_answer(x, 503, NULL, bytes_z(""));
}

/* ---- reading an exchange ---------------------------------------------------------------------------------------------- */

const char *exchange_method(const struct exchange *x)
{
	return x->method;
}

const char *exchange_path(const struct exchange *x)
{
	return x->path;
}

const char *exchange_query(const struct exchange *x)
{
	return x->query;
}

const char *exchange_rest(const struct exchange *x)
{
	return x->rest;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
	for (size_t i = 0; i < x->headers_n; i++)
		if (strcasecmp(x->headers[i].name, name) == 0)
			return x->headers[i].value;
	return NULL;
}

size_t exchange_header_count(const struct exchange *x, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < x->headers_n; i++)
		n += strcasecmp(x->headers[i].name, name) == 0;
	return n;
}

struct bytes exchange_body(const struct exchange *x)
{
	return x->body_bytes;
}

struct arena *exchange_arena(struct exchange *x)
{
	return x->arena;
}

void exchange_set_header(struct exchange *x, const char *name, const char *value)
{
	if (x->request)
		evhttp_add_header(evhttp_request_get_output_headers(x->request), name, value);
}

/* ---- the server --------------------------------------------------------------------------------------------------------- */

static void set_limits(struct server *s)
{
	evhttp_set_max_headers_size(s->http, (ev_ssize_t)s->plan.header_max);
	evhttp_set_max_body_size(s->http, (ev_ssize_t)s->plan.body_max);
	evhttp_set_allowed_methods(s->http,
		EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE);
	/* Ours comes first; this one is for connections on which we would have lost sight. */
	evhttp_set_timeout(
		s->http, (int)((s->plan.idle_ms + s->plan.request_ms + s->plan.answer_ms) / 1000 + 1));
	evhttp_set_bevcb(s->http, new_connection, s);
	evhttp_set_gencb(s->http, request_came, s);
}

struct server *server_new(struct loop *l, const struct server_plan *plan, int listen_fd, struct why *why)
{
	bug_if(!plan->header_max || !plan->body_max || !plan->request_ms || !plan->answer_ms ||
		!plan->idle_ms || !plan->connections_max);
	if (!socket_is_local(listen_fd)) {
		why_set(why, "listen", "server %s may listen on loopback or a Unix socket only", plan->name);
		return NULL;
	}
	/* evhttp closes what it is given. */
	int fd = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) {
		why_set(why, "listen", "could not duplicate the socket of server %s: %s", plan->name,
			strerror(errno));
		return NULL;
	}
	struct server *s = allocate(sizeof *s);
	s->loop = l;
	s->plan = *plan;
	char labels[64];
	snprintf(labels, sizeof labels, "server=\"%s\"", plan->name);
	s->connections = metric_gauge("chitra_http_connections", labels, "Open connections.");
	s->http = evhttp_new(loop_base(l));
	bug_if(!s->http);
	set_limits(s);
	s->bound = evhttp_accept_socket_with_handle(s->http, fd);
	bug_if(!s->bound);
	s->janitor = timer_new(l, janitor, s);
	timer_set(s->janitor, JANITOR_MS);
	return s;
}

void server_drain(struct server *s)
{
	if (s->draining)
		return;
	s->draining = true;
	s->drained_us = monotonic_us();
	evhttp_del_accept_socket(s->http, s->bound);
	s->bound = NULL;
}

size_t server_in_flight(const struct server *s)
{
	size_t n = s->unanswered;
	for (const struct conn *c = s->conns; c; c = c->next)
		n += !conn_is_dead(c) && !c->answering && (s->draining || c->since_us || has_output(c));
	return n;
}

void server_free(struct server *s)
{
	if (!s)
		return;
	for (struct exchange *x = s->exchanges, *next; x; x = next) {
		next = x->next;
		if (x->request)
			send_answer(x, 503, NULL, bytes_z(""));
		free_exchange(x);
	}
	evhttp_free(s->http);
	for (struct conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		forget_connection(c);
	}
	timer_free(s->janitor);
	free(s);
}
