#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "daemon/config.h"

enum { FIRST = 3, PID_DIGITS = 20 };

bool duty_sockets(struct sockets *s, const struct config *c, const char *duty, struct why *why)
{
	char name[SOCKET_NAME_MAX];
	snprintf(name, sizeof name, "%s.admin", duty);
	if (config_has(duty, "listen") && !sockets_open(s, duty, config_text(c, duty, "listen"), why))
		return false;
	return sockets_open(s, name, config_text(c, duty, "admin_listen"), why);
}

static bool belongs_to(const char *socket, const char *duty)
{
	size_t n = strlen(duty);
	return strncmp(socket, duty, n) == 0 && (socket[n] == '\0' || socket[n] == '.');
}

/* Everything that the new process is given. Made before fork: other threads may hold locks, so after it the child only
 * moves descriptors, writes its number and becomes the program. */
struct plan {
	int fds[SOCKETS_MAX + 1]; /* the sockets, then the ready pipe; above those that they will become */
	int n;
	char *listen_pid; /* "LISTEN_PID=" and room for the number */
	char **environment;
	char *arguments[6];
	bool supervised;
};

static const char *const ours[] = {"LISTEN_", "CHITRA_READY_FD=", "CHITRA_SUPERVISED="};
static const char *const managers[] = {"NOTIFY_SOCKET=", "WATCHDOG_"};

static bool starts_with_any(const char *z, const char *const *with, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(z, with[i], strlen(with[i])) == 0)
			return true;
	return false;
}

static void plan_environment(struct plan *p, struct arena *a, const char *names)
{
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	p->environment = arena_array(a, n + 6, char *);
	for (size_t i = 0; i < n; i++) {
		if (starts_with_any(environ[i], ours, COUNT_OF(ours)) ||
			(p->supervised && starts_with_any(environ[i], managers, COUNT_OF(managers))))
			continue;
		p->environment[kept++] = environ[i];
	}
	p->listen_pid = arena_zalloc(a, sizeof "LISTEN_PID=" + PID_DIGITS);
	memcpy(p->listen_pid, "LISTEN_PID=", sizeof "LISTEN_PID=");
	p->environment[kept++] = p->listen_pid;
	p->environment[kept++] = arena_printf(a, "LISTEN_FDS=%d", p->n - 1);
	p->environment[kept++] = arena_printf(a, "LISTEN_FDNAMES=%s", names);
	p->environment[kept++] = arena_printf(a, "CHITRA_READY_FD=%d", FIRST + p->n - 1);
	if (p->supervised)
		p->environment[kept++] = arena_strdup(a, "CHITRA_SUPERVISED=1");
}

static bool plan_make(struct plan *p, struct arena *a, const struct spawner *s, const char *duty,
	const struct sockets *sockets, int ready)
{
	const char *names = "";
	for (size_t i = 0; i < sockets->n; i++) {
		if (!belongs_to(sockets->at[i].name, duty))
			continue;
		p->fds[p->n++] = fcntl(sockets->at[i].fd, F_DUPFD_CLOEXEC, 2 * SOCKETS_MAX);
		names = arena_printf(a, "%s%s%s", names, *names ? ":" : "", sockets->at[i].name);
	}
	p->fds[p->n++] = fcntl(ready, F_DUPFD_CLOEXEC, 2 * SOCKETS_MAX);
	p->supervised = s->supervises;
	plan_environment(p, a, names);
	char *arguments[] = {arena_strdup(a, "chitrad"), arena_strdup(a, "--duty"), arena_strdup(a, duty),
		arena_strdup(a, "--config"), arena_strdup(a, s->config_path), NULL};
	memcpy(p->arguments, arguments, sizeof arguments);
	for (int i = 0; i < p->n; i++)
		if (p->fds[i] < 0)
			return false;
	return true;
}

static void plan_close(const struct plan *p)
{
	for (int i = 0; i < p->n; i++)
		if (p->fds[i] >= 0)
			close(p->fds[i]);
}

static void write_number(char *at, unsigned n)
{
	char digits[PID_DIGITS];
	size_t count = 0;
	do
		digits[count++] = (char)('0' + n % 10);
	while (n /= 10);
	while (count)
		*at++ = digits[--count];
}

/* In the child. */
static _Noreturn void become(const struct plan *p, const char *program, pid_t parent)
{
	static const char said[] = "chitrad: could not start a duty's process\n";
	bool placed = true;
	for (int i = 0; i < p->n; i++)
		placed = placed && dup2(p->fds[i], FIRST + i) == FIRST + i;
	/* Not every library opens its descriptors close-on-exec. */
	close_range((unsigned)(FIRST + p->n), ~0u, 0);
	if (p->supervised) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		placed = placed && getppid() == parent;
	}
	write_number(p->listen_pid + strlen("LISTEN_PID="), (unsigned)getpid());
	if (placed)
		execve(program, p->arguments, p->environment);
	(void)!write(STDERR_FILENO, said, sizeof said - 1);
	_exit(71);
}

pid_t duty_spawn(
	const struct spawner *s, const char *duty, const struct sockets *sockets, int *ready, struct why *why)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		why_set(why, "spawn", "could not make a pipe: %s", strerror(errno));
		return -1;
	}
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct plan plan = {0};
	pid_t child = -1, parent = getpid();
	if (plan_make(&plan, a, s, duty, sockets, ends[1]))
		child = fork();
	if (child == 0)
		become(&plan, s->program, parent);
	if (child < 0) {
		why_set(why, "spawn", "could not start a process for %s: %s", duty, strerror(errno));
		close(ends[0]);
	} else {
		*ready = ends[0];
	}
	plan_close(&plan);
	close(ends[1]);
	return child;
}
