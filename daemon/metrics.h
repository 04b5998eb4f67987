/* metrics.h: numbers for Prometheus, and the conditions of readiness.
 *
 * Knows names and values; admin.c serves them. A metric is made once, on the loop's thread (at start, or when a bank
 * is first met); its value may be moved from any thread, without a lock. Never a person as a label. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/base/result.h"

struct buf;
struct metric;
struct condition;

/* name begins with "chitra_", a counter's ends with "_total"; labels is NULL or `bank="demo",result="ok"`. Asking
 * again for the same name and labels gives the same metric. Metrics live as long as the process. */
struct metric *metric_counter(const char *name, const char *labels, const char *help);
struct metric *metric_gauge(const char *name, const char *labels, const char *help);
/* Seconds, in buckets from 1 ms to 60 s. */
struct metric *metric_seconds(const char *name, const char *labels, const char *help);

void metric_add(struct metric *m, int64_t n);        /* counter, gauge */
void metric_set(struct metric *m, int64_t value);    /* gauge */
void metric_took(struct metric *m, int64_t took_us); /* seconds */
int64_t metric_value(const struct metric *m); /* counter, gauge: the value; seconds: how many were taken */

/* Prometheus text format, loop thread. */
void metrics_write(struct buf *out);

/* A condition of /readyz, false until it is set; loop thread. The text says what is wrong or what holds, in English
 * and without personal data: "db: connection to the database was lost". Asking again gives the same one. */
struct condition *condition_new(const char *name);
void condition_set(struct condition *c, bool holds, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool condition_holds(const struct condition *c);

/* Writes one line per condition, `name ok|NOT text`; returns whether all hold. */
bool conditions_write(struct buf *out);
