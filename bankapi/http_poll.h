/* http_poll.h: a loop for struct http out of poll(2), for worker lanes, tools and tests.
 *
 * Knows which descriptors one client watches and when its timer is due; nothing else. Blocks its caller, so never on
 * the daemon's event loop. One thread. */
#ifndef BANKAPI_HTTP_POLL_H
#define BANKAPI_HTTP_POLL_H

#include "bankapi/http.h"

struct http_poll;

void http_poll_free(struct http_poll *p);
struct http_poll *http_poll_new(void) FREED_BY(http_poll_free);

/* To be put into http_options; the struct http must be freed before the http_poll. */
struct poller http_poll_poller(struct http_poll *p);

/* Moves bytes until nothing is in flight. The deadlines of the requests bound it; more posted by an end callback
 * prolong it. */
void http_run_until_idle(struct http_poll *p, struct http *h);

/* Moves bytes once, waiting at most wait_ms for something to happen. */
void http_run_once(struct http_poll *p, struct http *h, int wait_ms);

#endif
