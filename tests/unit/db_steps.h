/* db_steps.h: whatever the program under test says to the disk and to PostgreSQL is a step, and it can be killed at any of them.
 *
 * The C library's functions by which it does so are these here: a step is counted, then done. A child process that is told to die at its
 * n-th step dies before it, as by kill -9. */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/db_test.h"

static int steps, dies_at;

static void step(void)
{
	if (++steps == dies_at)
		raise(SIGKILL);
}

int rename(const char *from, const char *to)
{
	step();
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int fsync(int fd)
{
	step();
	return (int)syscall(SYS_fsync, fd);
}

ssize_t send(int fd, const void *at, size_t n, int flags)
{
	step();
	return syscall(SYS_sendto, fd, at, n, flags, NULL, 0);
}

/* Whether the child died at its n-th step; otherwise it did all of it, and well. */
static inline bool child_dies(int at, bool (*all)(struct work *w))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct db *own = db_open(NULL, DB_DUTY_OWNER);
		struct work w = {.arena = arena_new(), .db = own, .deadline_us = work_deadline_in_ms(60000)};

		steps = 0;
		dies_at = at;
		_exit(all(&w) ? 0 : 1);
	}
	bug_if(child < 0 || waitpid(child, &status, 0) != child);
	bug_if(!WIFSIGNALED(status) && WEXITSTATUS(status) != 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}
