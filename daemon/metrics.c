/* The list of metrics is changed and walked on the loop's thread only; values are atomic and may be moved from any. */
#include "daemon/metrics.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/bytes.h"

enum kind { COUNTER, GAUGE, SECONDS };

static const int64_t bucket_us[] = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
	2500000, 5000000, 10000000, 30000000, 60000000};
enum { BUCKETS = COUNT_OF(bucket_us) };

struct metric {
	struct metric *next; /* those of one name stand together */
	enum kind kind;
	char *name, *labels;
	const char *help;
	_Atomic int64_t value; /* seconds: how many were taken */
	_Atomic int64_t sum_us;
	_Atomic int64_t below[BUCKETS]; /* each counts its own bucket only */
};

static struct metric *metrics;

static char *copy(const char *z)
{
	char *s = strdup(z);
	bug_if(!s);
	return s;
}

static struct metric *find_or_make(enum kind kind, const char *name, const char *labels, const char *help)
{
	bug_if(strncmp(name, "chitra_", 7) != 0);
	struct metric **at = &metrics, **after_name = NULL;
	labels = labels ? labels : "";
	for (; *at; at = &(*at)->next) {
		struct metric *m = *at;
		if (strcmp(m->name, name) != 0)
			continue;
		bug_if(m->kind != kind);
		if (strcmp(m->labels, labels) == 0)
			return m;
		after_name = &m->next;
	}
	struct metric *m = calloc(1, sizeof *m);
	bug_if(!m);
	m->kind = kind;
	m->name = copy(name);
	m->labels = copy(labels);
	m->help = help;
	struct metric **where = after_name ? after_name : at;
	m->next = *where;
	*where = m;
	return m;
}

struct metric *metric_counter(const char *name, const char *labels, const char *help)
{
	return find_or_make(COUNTER, name, labels, help);
}

struct metric *metric_gauge(const char *name, const char *labels, const char *help)
{
	return find_or_make(GAUGE, name, labels, help);
}

struct metric *metric_seconds(const char *name, const char *labels, const char *help)
{
	return find_or_make(SECONDS, name, labels, help);
}

void metric_add(struct metric *m, int64_t n)
{
	bug_if(m->kind == SECONDS || (m->kind == COUNTER && n < 0));
	atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

void metric_set(struct metric *m, int64_t value)
{
	bug_if(m->kind != GAUGE);
	atomic_store_explicit(&m->value, value, memory_order_relaxed);
}

void metric_took(struct metric *m, int64_t took_us)
{
	bug_if(m->kind != SECONDS);
	for (size_t i = 0; i < BUCKETS; i++) {
		if (took_us <= bucket_us[i]) {
			atomic_fetch_add_explicit(&m->below[i], 1, memory_order_relaxed);
			break;
		}
	}
	atomic_fetch_add_explicit(&m->sum_us, took_us, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->value, 1, memory_order_relaxed);
}

int64_t metric_value(const struct metric *m)
{
	return atomic_load_explicit(&m->value, memory_order_relaxed);
}

static void write_seconds(struct buf *out, const struct metric *m)
{
	const char *comma = *m->labels ? "," : "";
	int64_t below = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		below += atomic_load_explicit(&m->below[i], memory_order_relaxed);
		buf_addf(out, "%s_bucket{%s%sle=\"%g\"} %lld\n", m->name, m->labels, comma,
			(double)bucket_us[i] / 1e6, (long long)below);
	}
	/* Read after the buckets, so that the last one is never below them. */
	long long all = metric_value(m);
	int64_t sum_us = atomic_load_explicit(&m->sum_us, memory_order_relaxed);
	const char *open = *m->labels ? "{" : "", *close = *m->labels ? "}" : "";
	buf_addf(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", m->name, m->labels, comma,
		all > below ? all : below);
	buf_addf(out, "%s_sum%s%s%s %lld.%06lld\n", m->name, open, m->labels, close,
		(long long)(sum_us / 1000000), (long long)(sum_us % 1000000));
	buf_addf(out, "%s_count%s%s%s %lld\n", m->name, open, m->labels, close, all > below ? all : below);
}

void metrics_write(struct buf *out)
{
	static const char *const types[] = {
		[COUNTER] = "counter", [GAUGE] = "gauge", [SECONDS] = "histogram"};
	const char *name = "";
	for (const struct metric *m = metrics; m; m = m->next) {
		if (strcmp(m->name, name) != 0)
			buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
				types[m->kind]);
		name = m->name;
		if (m->kind == SECONDS)
			write_seconds(out, m);
		else if (*m->labels)
			buf_addf(out, "%s{%s} %lld\n", m->name, m->labels, (long long)metric_value(m));
		else
			buf_addf(out, "%s %lld\n", m->name, (long long)metric_value(m));
	}
}

/* ---- readiness --------------------------------------------------------------------------------------------------- */

struct condition {
	struct condition *next;
	char *name;
	bool holds;
	char text[200];
};

static struct condition *conditions;

struct condition *condition_new(const char *name)
{
	struct condition **at = &conditions;
	for (; *at; at = &(*at)->next)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	struct condition *c = calloc(1, sizeof *c);
	bug_if(!c);
	c->name = copy(name);
	snprintf(c->text, sizeof c->text, "not known yet");
	*at = c;
	return c;
}

void condition_set(struct condition *c, bool holds, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof c->text, fmt, ap);
	va_end(ap);
	c->holds = holds;
}

bool condition_holds(const struct condition *c)
{
	return c->holds;
}

bool conditions_write(struct buf *out)
{
	bool all = true;
	for (const struct condition *c = conditions; c; c = c->next) {
		buf_addf(out, "%s %s %s\n", c->name, c->holds ? "ok" : "NOT", c->text);
		all = all && c->holds;
	}
	return all;
}
