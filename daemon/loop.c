#include "daemon/loop.h"

#include <event2/event.h>
#include <stdlib.h>

#include "ledger/base/log.h"

struct loop {
	struct event_base *base;
};

struct timer {
	struct event *event;
	timer_fire *fire;
	void *arg;
};

struct watch {
	struct event *event;
	watch_ready *ready;
	void *arg;
};

static void said_by_libevent(int severity, const char *text)
{
	if (severity == EVENT_LOG_ERR || severity == EVENT_LOG_WARN)
		log_event(LOG_WARN, "libevent", K_STR("why", text));
}

static void libevent_gave_up(int status)
{
	bug("libevent gave up with status %d", status);
}

static void *allocate(size_t size)
{
	void *at = calloc(1, size);
	bug_if(!at);
	return at;
}

struct loop *loop_new(void)
{
	event_set_log_callback(said_by_libevent);
	event_set_fatal_callback(libevent_gave_up);
	struct event_config *config = event_config_new();
	bug_if(!config);
	/* Without it timers are only as exact as CLOCK_MONOTONIC_COARSE: 4 ms, of a poll of 5 ms. */
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	struct loop *l = allocate(sizeof *l);
	l->base = event_base_new_with_config(config);
	bug_if(!l->base);
	event_config_free(config);
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	event_base_free(l->base);
	free(l);
}

void loop_run(struct loop *l)
{
	if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		bug("the event loop ended in an error");
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

static void timer_is_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct timer *t = arg;
	t->fire(t->arg);
}

struct timer *timer_new(struct loop *l, timer_fire *fire, void *arg)
{
	struct timer *t = allocate(sizeof *t);
	t->fire = fire;
	t->arg = arg;
	t->event = event_new(l->base, -1, 0, timer_is_due, t);
	bug_if(!t->event);
	return t;
}

void timer_free(struct timer *t)
{
	if (!t)
		return;
	event_free(t->event);
	free(t);
}

void timer_set(struct timer *t, int64_t after_ms)
{
	bug_if(after_ms < 0);
	struct timeval tv = {.tv_sec = after_ms / 1000, .tv_usec = after_ms % 1000 * 1000};
	bug_if(event_add(t->event, &tv) != 0);
}

void timer_clear(struct timer *t)
{
	event_del(t->event);
}

bool timer_is_set(const struct timer *t)
{
	return event_pending(t->event, EV_TIMEOUT, NULL) != 0;
}

static void descriptor_is_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	int ours = (what & EV_READ ? WATCH_READ : 0) | (what & EV_WRITE ? WATCH_WRITE : 0);
	w->ready(w->arg, fd, ours);
}

struct watch *watch_new(struct loop *l, int fd, int what, watch_ready *ready, void *arg)
{
	struct watch *w = allocate(sizeof *w);
	w->ready = ready;
	w->arg = arg;
	short wanted = EV_PERSIST;
	if (what & WATCH_READ)
		wanted |= EV_READ;
	if (what & WATCH_WRITE)
		wanted |= EV_WRITE;
	w->event = event_new(l->base, fd, wanted, descriptor_is_ready, w);
	bug_if(!w->event);
	bug_if(event_add(w->event, NULL) != 0);
	return w;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	event_free(w->event);
	free(w);
}
