/* poller.h: the bank client of bankapi/http.h on the daemon's loop.
 *
 * Keeps a watch per descriptor and the one timer that the client asks for, and tells the client when something is
 * ready. Loop thread only. */
#pragma once

#include "bankapi/http.h"

struct loop;
struct http_poller;

/* The struct http must be freed first. */
void http_poller_free(struct http_poller *p);
struct http_poller *http_poller_new(struct loop *l) FREED_BY(http_poller_free);

/* For http_options.poller; then say which client it became. */
struct poller http_poller_of(struct http_poller *p);
void http_poller_attach(struct http_poller *p, struct http *h);
