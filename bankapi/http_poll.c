#include "bankapi/http_poll.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "ledger/base/clock.h"

#define NEVER INT64_MAX

struct http_poll {
	struct pollfd *fds; /* watched, in no order */
	struct pollfd *ready;
	size_t n;
	size_t size;
	int64_t due_us; /* of the timer; NEVER = not set */
};

static void *grown(void *at, size_t n, size_t size)
{
	void *more = reallocarray(at, n, size);

	bug_if(more == NULL);
	return more;
}

static struct pollfd *watched(struct http_poll *p, int fd)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->fds[i].fd == fd)
			return &p->fds[i];
	return NULL;
}

static void watch(void *ctx, int fd, int what)
{
	struct http_poll *p = ctx;
	struct pollfd *f = watched(p, fd);

	if (what == 0) {
		if (f != NULL)
			*f = p->fds[--p->n];
		return;
	}
	if (f == NULL) {
		if (p->n == p->size) {
			p->size = p->size == 0 ? 16 : p->size * 2;
			p->fds = grown(p->fds, p->size, sizeof *p->fds);
			p->ready = grown(p->ready, p->size, sizeof *p->ready);
		}
		f = &p->fds[p->n++];
	}
	*f = (struct pollfd){.fd = fd};
	if ((what & HTTP_WATCH_READ) != 0)
		f->events |= POLLIN;
	if ((what & HTTP_WATCH_WRITE) != 0)
		f->events |= POLLOUT;
}

static void timer(void *ctx, long ms)
{
	struct http_poll *p = ctx;

	p->due_us = ms < 0 ? NEVER : monotonic_us() + (int64_t)ms * 1000;
}

struct http_poll *http_poll_new(void)
{
	struct http_poll *p = calloc(1, sizeof *p);

	bug_if(p == NULL);
	p->due_us = NEVER;
	return p;
}

void http_poll_free(struct http_poll *p)
{
	if (p == NULL)
		return;
	free(p->fds);
	free(p->ready);
	free(p);
}

struct poller http_poll_poller(struct http_poll *p)
{
	return (struct poller){.ctx = p, .watch = watch, .timer = timer};
}

/* Milliseconds to sleep, rounded up: waking early would be a turn for nothing. */
static int sleep_ms(const struct http_poll *p, int wait_ms)
{
	int64_t left;

	if (p->due_us == NEVER)
		return wait_ms;
	left = p->due_us - monotonic_us();
	if (left <= 0)
		return 0;
	left = (left + 999) / 1000;
	return left < wait_ms ? (int)left : wait_ms;
}

static void tell_ready(struct http_poll *p, struct http *h)
{
	size_t n = 0;

	/* a copy: telling the client changes what it watches */
	for (size_t i = 0; i < p->n; i++)
		if (p->fds[i].revents != 0)
			p->ready[n++] = p->fds[i];
	for (size_t i = 0; i < n; i++) {
		const struct pollfd ready = p->ready[i];
		int what = 0;

		if (watched(p, ready.fd) == NULL)
			continue;
		if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			what |= HTTP_WATCH_READ;
		if ((ready.revents & (POLLOUT | POLLERR)) != 0)
			what |= HTTP_WATCH_WRITE;
		http_ready(h, ready.fd, what);
	}
}

void http_run_once(struct http_poll *p, struct http *h, int wait_ms)
{
	int n = poll(p->fds, p->n, sleep_ms(p, wait_ms));

	bug_if(n < 0 && errno != EINTR);
	if (n > 0)
		tell_ready(p, h);
	if (p->due_us != NEVER && monotonic_us() >= p->due_us) {
		p->due_us = NEVER;
		http_timeout(h);
	}
}

void http_run_until_idle(struct http_poll *p, struct http *h)
{
	while (http_in_flight(h) > 0)
		http_run_once(p, h, 1000);
}
