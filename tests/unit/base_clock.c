/* The clock of deadlines: a teller's machine may sleep between an intent and its first byte, and then its validity has gone on. */
#include "tests/lib/tap.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/clock.h"

#define SLEPT_S 1000000

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

/* In a time namespace whose machine has slept for SLEPT_S: how far our clock is ahead of it outside, in seconds; -1: there is none. */
static int64_t ahead_after_sleep(void)
{
	int ends[2];
	int64_t ahead_us = -1000000, outside_us = monotonic_us();
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		char offset[64];
		snprintf(offset, sizeof offset, "boottime %d 0", SLEPT_S);
		if ((unshare(CLONE_NEWTIME) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWTIME) == 0) &&
			put("/proc/self/timens_offsets", offset) && fork() == 0) {
			int64_t inside_us = monotonic_us() - outside_us;
			_exit(write(ends[1], &inside_us, sizeof inside_us) != sizeof inside_us);
		}
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &ahead_us, sizeof ahead_us) != sizeof ahead_us)
		ahead_us = -1000000;
	close(ends[0]);
	waitpid(child, NULL, 0);
	return ahead_us / 1000000;
}

int main(void)
{
	int64_t ahead_s = ahead_after_sleep();
	if (ahead_s == -1)
		skip_all("there are no time namespaces here");
	ok(ahead_s >= SLEPT_S, "what is late after the machine has slept is late");
	return done_testing();
}
