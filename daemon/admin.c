#include "daemon/admin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/log.h"
#include "daemon/http.h"
#include "daemon/metrics.h"

enum { PAGE_MAX = 4 << 20 };

static void livez(struct exchange *x, void *arg)
{
	(void)arg;
	exchange_reply(x, 200, "text/plain; charset=utf-8", bytes_z("ok\n"));
}

static void readyz(struct exchange *x, void *arg)
{
	(void)arg;
	struct buf page CLEANUP(buf_free);
	buf_init(&page, PAGE_MAX);
	bool ready = conditions_write(&page);
	exchange_reply(x, ready ? 200 : 503, "text/plain; charset=utf-8", buf_bytes(&page));
}

static void metrics_page(struct exchange *x, void *arg)
{
	(void)arg;
	struct buf page CLEANUP(buf_free);
	buf_init(&page, PAGE_MAX);
	metric_set(metric_gauge("chitra_log_dropped", NULL, "Log lines lost because the reader was slow."),
		(int64_t)log_dropped());
	metrics_write(&page);
	exchange_reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_bytes(&page));
}

static const struct route routes[] = {
	{"GET", "/livez", livez},
	{"GET", "/readyz", readyz},
	{"GET", "/metrics", metrics_page},
};

struct server *admin_serve(struct loop *l, int listen_fd, struct why *why)
{
	return server_new(l,
		&(struct server_plan){
			.name = "admin",
			.routes = routes,
			.routes_n = COUNT_OF(routes),
			.header_max = 8192,
			.body_max = 1024,
			.request_ms = 5000,
			.answer_ms = 5000,
			.idle_ms = 30000,
			.connections_max = 64,
		},
		listen_fd, why);
}

bool admin_write(const char *run_dir, const char *duty, int instance, const char *kind, const char *text,
	struct why *why)
{
	char path[4096], fresh[4200];
	int n = snprintf(path, sizeof path, "%s/%s.%d.%s", run_dir, duty, instance, kind);
	snprintf(fresh, sizeof fresh, "%s.new", path);
	FILE *out = n < (int)sizeof path ? fopen(fresh, "we") : NULL;
	if (!out)
		return why_set(why, "run_dir", "could not write %s: %s", fresh, strerror(errno));
	bool written = fprintf(out, "%s\n", text) > 0;
	/* Not durable on purpose: after a restart of the machine it would be wrong. */
	if (fclose(out) != 0 || !written || rename(fresh, path) != 0)
		return why_set(why, "run_dir", "could not write %s: %s", path, strerror(errno));
	return true;
}

void admin_remove(const char *run_dir, const char *duty, int instance)
{
	static const char *const kinds[] = {"pid", "admin", "listen"};
	char path[4096];
	int pid = 0;
	snprintf(path, sizeof path, "%s/%s.%d.pid", run_dir, duty, instance);
	FILE *in = fopen(path, "re");
	if (!in)
		return;
	bool ours = fscanf(in, "%d", &pid) == 1 && pid == (int)getpid();
	fclose(in);
	for (size_t i = 0; ours && i < COUNT_OF(kinds); i++) {
		snprintf(path, sizeof path, "%s/%s.%d.%s", run_dir, duty, instance, kinds[i]);
		unlink(path);
	}
}
