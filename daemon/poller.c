#include "daemon/poller.h"

#include <stdlib.h>

#include "daemon/loop.h"

struct http_poller {
	struct loop *loop;
	struct http *http;
	struct timer *timer;
	struct watched {
		struct watch *watch;
		int what;
	} * by_fd; /* index: the descriptor */
	size_t by_fd_n;
};

static void ready(void *arg, int fd, int what)
{
	struct http_poller *p = arg;
	http_ready(p->http, fd,
		(what & WATCH_READ ? HTTP_WATCH_READ : 0) | (what & WATCH_WRITE ? HTTP_WATCH_WRITE : 0));
}

static void timed_out(void *arg)
{
	struct http_poller *p = arg;
	http_timeout(p->http);
}

static void reserve(struct http_poller *p, size_t n)
{
	if (n <= p->by_fd_n)
		return;
	n = n < 64 ? 64 : n * 2;
	p->by_fd = realloc(p->by_fd, n * sizeof *p->by_fd);
	bug_if(!p->by_fd);
	for (size_t i = p->by_fd_n; i < n; i++)
		p->by_fd[i] = (struct watched){0};
	p->by_fd_n = n;
}

static void watch(void *ctx, int fd, int what)
{
	struct http_poller *p = ctx;
	bug_if(fd < 0);
	reserve(p, (size_t)fd + 1);
	struct watched *w = &p->by_fd[fd];
	/* Not compared with what was watched before: the number may be another connection by now. */
	watch_free(w->watch);
	*w = (struct watched){.what = what};
	if (what)
		w->watch = watch_new(p->loop, fd,
			(what & HTTP_WATCH_READ ? WATCH_READ : 0) |
				(what & HTTP_WATCH_WRITE ? WATCH_WRITE : 0),
			ready, p);
}

static void timer(void *ctx, long ms)
{
	struct http_poller *p = ctx;
	if (ms < 0)
		timer_clear(p->timer);
	else
		timer_set(p->timer, ms);
}

struct http_poller *http_poller_new(struct loop *l)
{
	struct http_poller *p = calloc(1, sizeof *p);
	bug_if(!p);
	p->loop = l;
	p->timer = timer_new(l, timed_out, p);
	return p;
}

void http_poller_free(struct http_poller *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->by_fd_n; i++)
		watch_free(p->by_fd[i].watch);
	timer_free(p->timer);
	free(p->by_fd);
	free(p);
}

struct poller http_poller_of(struct http_poller *p)
{
	return (struct poller){.ctx = p, .watch = watch, .timer = timer};
}

void http_poller_attach(struct http_poller *p, struct http *h)
{
	p->http = h;
}
