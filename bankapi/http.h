/* http.h: the one HTTP client, for talking to banks.
 *
 * Knows how to carry one signed request to a bank and to say truthfully what became of it. Its own read callback
 * hands the body to libcurl and counts: NOT_SENT means that the last byte was never handed over, and is the only
 * outcome after which the same request may simply be repeated. Everything else without a whole reply is UNKNOWN,
 * also after a 200 line. It never repeats a request by itself: libcurl would post again on a new connection when a
 * reused one dies (measured with 7.88), so the body cannot be rewound here. No redirects, no proxy, HTTP/1.1.
 *
 * One struct http belongs to one bank and to one thread. The loop that moves its bytes is behind struct poller: the daemon's event
 * loop, or the plain poll(2) of http_poll.h. It never looks into a body and knows nothing of payouts. */
#ifndef BANKAPI_HTTP_H
#define BANKAPI_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/base/why.h"

enum http_transport {
	HTTP_REPLIED,  /* a whole reply came, of any status */
	HTTP_NOT_SENT, /* the last byte of the body was certainly not handed over, whatever came back */
	HTTP_UNKNOWN,  /* the request may have been read */
};

/* Where a bank listens and how it is known. NULL = not used. The strings are borrowed for the
 * life of the client. */
struct http_peer {
	const char
		*base_url; /* "https://api.bank.example:8443", "http://127.0.0.1:7001", no slash at the end */
	const char *unix_socket; /* path of a socket to connect to instead of the host of base_url */
	const char *ca_file;     /* instead of the system's certificates */
	const char *cert_file;   /* our client certificate (PEM) and its key */
	const char *key_file;
	const char *pinned_key; /* "sha256//…", libcurl's form, several with ';' */
};

struct http_header {
	const char *name;
	const char *value;
};

struct http_request {
	const char *path; /* "/v1/transfers" */
	const struct http_header *headers;
	size_t headers_n;
	struct bytes body; /* at least 1 byte, unchanged until the request has ended */
	size_t reply_max;  /* bytes of the reply's body; more is UNKNOWN */
	long deadline_ms;  /* for the whole exchange, from now */
	void *user;        /* handed to the end */
};

enum { HTTP_HEADER_MAX = 1024 }; /* longer, or given twice, counts as absent */

/* Valid only inside the end callback. */
struct http_result {
	enum http_transport transport;
	int status; /* 0: no status line came. Kept also when the transport failed later, for the pace only */
	size_t handed_over;               /* bytes of the body that libcurl took */
	char webhook_id[HTTP_HEADER_MAX]; /* "" = absent */
	char webhook_timestamp[HTTP_HEADER_MAX];
	char webhook_signature[HTTP_HEADER_MAX];
	int64_t retry_after_s; /* 0 = absent or a date */
	int64_t date_s;        /* the bank's clock as it says in Date, whole seconds; 0 = absent */
	struct bytes body;     /* what came; whole only when transport is HTTP_REPLIED */
	int64_t took_us;
	struct why why; /* empty code when HTTP_REPLIED: timed_out, not_connected, not_resolved, tls_failed,
			 * held_back, reply_too_large, connection_lost, not_repeated, abandoned, transport */
};

typedef void http_end(void *ctx, void *user, const struct http_result *r);

enum { HTTP_WATCH_READ = 1, HTTP_WATCH_WRITE = 2 };

/* What the client needs of a loop. Called from inside the http functions; must only take note, never call back. */
struct poller {
	void *ctx;
	void (*watch)(void *ctx, int fd, int what); /* level triggered; 0 = forget the descriptor */
	void (*timer)(void *ctx, long ms);          /* one timer: call http_timeout after ms; -1 = stop it */
};

struct http_options {
	struct http_peer peer;
	size_t in_flight_max; /* 1 to 1,024 */
	struct poller poller;
	http_end *
		end; /* once for each http_post that returned true, never from inside http_post; may post again */
	void *end_ctx;
	/* Asked just before the first byte of a body is handed over, which may be long after http_post (a slow connection). False: it
	 * ends as NOT_SENT, held_back. NULL: all may. With end_ctx; must only look. */
	bool (*may_leave)(void *ctx, void *user);
};

struct http;

/* Ends every request that is still under way as abandoned (NOT_SENT or UNKNOWN) and frees the client. NULL is fine. */
void http_free(struct http *h);

/* NULL when the address is impossible, why says how. Out of memory aborts. */
struct http *http_new(const struct http_options *o, struct why *why) FREED_BY(http_free);

/* Takes a request. False: not taken, nothing was or will be sent (too many in flight, or the client is ending). */
bool http_post(struct http *h, const struct http_request *r, struct why *why) WARN_UNUSED;

/* Asks without a body, for what may be asked as often as one likes: r->body is empty, and NOT_SENT is never the answer. */
bool http_get(struct http *h, const struct http_request *r, struct why *why) WARN_UNUSED;

/* The loop says: the descriptor is ready (HTTP_WATCH_ bits), or the timer ran out. */
void http_ready(struct http *h, int fd, int what);
void http_timeout(struct http *h);

size_t http_in_flight(const struct http *h);

#endif
