/* http.h: the HTTP server of gate, desk and the admin port.
 *
 * Knows evhttp, its missing limits, and a table of routes. Listens only on a Unix socket or loopback: HAProxy stands
 * in front, because libevent 2.1 accepts framing that it should not. Sets every cap, closes slow clients by its own
 * deadline (evhttp restarts its timer with each byte), refuses a request whose length is said twice, answers later:
 * a handler takes the exchange and somebody answers it after the commit. (The client for talking to banks is
 * bankapi/http.h.) Loop thread, but for reading an exchange. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/base/why.h"

struct arena;
struct loop;
struct server;
struct exchange;

/* Must lead to exactly one exchange_reply, now or later, on the loop's thread. */
typedef void exchange_handler(struct exchange *x, void *arg);

struct route {
	const char *method; /* "GET", "POST", "PUT", "DELETE"; GET answers HEAD too */
	const char *
		path; /* "/livez"; a last segment "*" takes any non-empty rest: "/v1/callbacks/<*>" without <> */
	exchange_handler *handle;
};

struct server_plan {
	const char *name; /* for metrics and logs: "gate" */
	const struct route *routes;
	size_t routes_n;
	void *arg;          /* handed to every handler */
	size_t header_max;  /* bytes; more is 400 */
	size_t body_max;    /* bytes; more is 413 */
	int64_t request_ms; /* from the first byte of a request to its last; then the connection is closed */
	int64_t answer_ms;  /* from there to exchange_reply; then 503, and the late reply is dropped */
	int64_t idle_ms;    /* a connection without a request is closed */
	size_t connections_max; /* more wait in the backlog */
};

/* Takes a listening socket (loopback or Unix; anything else is refused), which stays the caller's. */
void server_free(struct server *s);
struct server *server_new(struct loop *l, const struct server_plan *plan, int listen_fd, struct why *why);

/* Accepts no more; connections close after their answer, idle ones after a second. */
void server_drain(struct server *s);
/* Exchanges without an answer, requests half read; while draining every open connection. */
size_t server_in_flight(const struct server *s);

/* The request, owned by the exchange: readable from any thread until exchange_reply. */
const char *exchange_method(const struct exchange *x);
const char *exchange_path(const struct exchange *x);  /* without the query; not decoded */
const char *exchange_query(const struct exchange *x); /* after '?', or "" */
const char *exchange_rest(const struct exchange *x);  /* what the route's "*" took, or "" */
const char *exchange_header(const struct exchange *x, const char *name); /* the first of that name, or NULL */
size_t exchange_header_count(const struct exchange *x, const char *name); /* how many of that name */
struct bytes exchange_body(const struct exchange *x);
/* Freed with the exchange. Not while a worker uses it. */
struct arena *exchange_arena(struct exchange *x);

/* Ends the exchange; x is gone. type NULL: no body. The bytes are copied. A client that has gone away is no error. */
void exchange_set_header(struct exchange *x, const char *name, const char *value);
void exchange_reply(struct exchange *x, int status, const char *type, struct bytes body);
/* {"code":"…","text":"…"} from a why. */
void exchange_refuse(struct exchange *x, int status, const struct why *why);
