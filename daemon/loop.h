/* loop.h: the one event loop of a duty.
 *
 * Knows when a descriptor is ready and when a timer is due, and calls one function for it. Moves bytes, decides
 * nothing. Everything here belongs to the loop's thread; worker threads reach it only through queue.c. Nothing that
 * runs on the loop may block: no database, no file that could be slow, no lock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/base/result.h"

struct event_base;
struct loop;
struct timer;
struct watch;

void loop_free(struct loop *l);
struct loop *loop_new(void) FREED_BY(loop_free);

/* Runs until loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* For http.c and signals.c, the other two that speak libevent. */
struct event_base *loop_base(struct loop *l);

typedef void timer_fire(void *arg);

/* Timers and watches are kept in structs that outlive the function, which gcc's analyzer takes for leaks: no FREED_BY.
 *
 * A timer that is not set yet. timer_free also stops it; it may be called from inside fire. */
void timer_free(struct timer *t);
struct timer *timer_new(struct loop *l, timer_fire *fire, void *arg);
void timer_set(struct timer *t, int64_t after_ms); /* once, after_ms from now; replaces an earlier setting */
void timer_clear(struct timer *t);
bool timer_is_set(const struct timer *t);

enum { WATCH_READ = 1, WATCH_WRITE = 2 };
typedef void watch_ready(void *arg, int fd, int what);

/* Watches one descriptor, level triggered, until watch_free, which leaves the descriptor open. */
void watch_free(struct watch *w);
struct watch *watch_new(struct loop *l, int fd, int what, watch_ready *ready, void *arg);
