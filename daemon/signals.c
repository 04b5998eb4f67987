#include "daemon/signals.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/loop.h"
#include "ledger/base/sanitizer.h"

enum { WATCHED = 4 };

struct signals {
	struct signals_plan plan;
	struct event *events[WATCHED];
};

static void told(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	struct signals *s = arg;
	if (number == SIGHUP)
		s->plan.reload(s->plan.arg);
	else if (number == SIGCHLD)
		s->plan.child(s->plan.arg);
	else
		s->plan.stop(s->plan.arg);
}

struct signals *signals_new(struct loop *l, const struct signals_plan *plan)
{
	static const int numbers[WATCHED] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	struct signals *s = calloc(1, sizeof *s);
	bug_if(!s);
	s->plan = *plan;
	for (size_t i = 0; i < WATCHED; i++) {
		if (numbers[i] == SIGCHLD && !plan->child)
			continue;
		s->events[i] = evsignal_new(loop_base(l), numbers[i], told, s);
		bug_if(!s->events[i] || event_add(s->events[i], NULL) != 0);
	}
	return s;
}

void signals_free(struct signals *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < WATCHED; i++)
		if (s->events[i])
			event_free(s->events[i]);
	free(s);
}

void process_harden(void)
{
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	/* systemd's service filter refuses setrlimit; the unit says LimitCORE=0 then. */
	const struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
#if !UNDER_ASAN && !UNDER_TSAN /* LeakSanitizer must trace its own process */
	bug_if(prctl(PR_SET_DUMPABLE, 0) != 0);
#endif
}
