/* The text that Prometheus and a load balancer read. */
#include <string.h>

#include "daemon/metrics.h"
#include "ledger/base/bytes.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

static const char *page(struct buf *b)
{
	buf_reset(b);
	metrics_write(b);
	return buf_str(b);
}

int main(void)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	struct metric *sent = metric_counter("chitra_sent_total", "bank=\"demo\"", "Sent.");
	struct metric *depth = metric_gauge("chitra_depth", NULL, "Depth.");
	struct metric *other = metric_counter("chitra_sent_total", "bank=\"nodup\"", "Sent.");
	metric_add(sent, 2);
	metric_add(sent, 3);
	metric_add(other, 1);
	metric_set(depth, 7);
	metric_add(depth, -2);
	ok(metric_counter("chitra_sent_total", "bank=\"demo\"", "Sent.") == sent,
		"the same name and labels are the same metric");
	is_i64(metric_value(sent), 5, "a counter adds");
	is_str(page(&b),
		"# HELP chitra_sent_total Sent.\n"
		"# TYPE chitra_sent_total counter\n"
		"chitra_sent_total{bank=\"demo\"} 5\n"
		"chitra_sent_total{bank=\"nodup\"} 1\n"
		"# HELP chitra_depth Depth.\n"
		"# TYPE chitra_depth gauge\n"
		"chitra_depth 5\n",
		"one help and type per name, the samples of a name together");

	struct metric *took = metric_seconds("chitra_took_seconds", "lane=\"a\"", "Took.");
	metric_took(took, 999);
	metric_took(took, 1000);
	metric_took(took, 1001);
	metric_took(took, 61000000);
	const char *text = page(&b);
	ok(strstr(text, "chitra_took_seconds_bucket{lane=\"a\",le=\"0.001\"} 2\n") != NULL,
		"a bucket counts what is at most its limit");
	ok(strstr(text, "chitra_took_seconds_bucket{lane=\"a\",le=\"0.0025\"} 3\n") != NULL,
		"buckets are cumulative");
	ok(strstr(text, "chitra_took_seconds_bucket{lane=\"a\",le=\"60\"} 3\n") != NULL, "what is above all");
	ok(strstr(text, "chitra_took_seconds_bucket{lane=\"a\",le=\"+Inf\"} 4\n") != NULL, "is in the last");
	ok(strstr(text, "chitra_took_seconds_sum{lane=\"a\"} 61.003000\n") != NULL, "the sum is in seconds");
	ok(strstr(text, "chitra_took_seconds_count{lane=\"a\"} 4\n") != NULL, "and all are counted");

	struct condition *db = condition_new("database"), *serving = condition_new("serving");
	buf_reset(&b);
	ok(!conditions_write(&b), "nobody is ready before it is known");
	is_str(buf_str(&b), "database NOT not known yet\nserving NOT not known yet\n",
		"and the page says what is not known");
	condition_set(db, true, "answers");
	condition_set(serving, true, "since %d", 5);
	buf_reset(&b);
	ok(conditions_write(&b), "ready is when every condition holds");
	is_str(buf_str(&b), "database ok answers\nserving ok since 5\n", "one line each");
	condition_set(db, false, "connection was lost");
	buf_reset(&b);
	ok(!conditions_write(&b) && condition_new("database") == db && !condition_holds(db),
		"one that fails is enough");
	buf_free(&b);
	return done_testing();
}
