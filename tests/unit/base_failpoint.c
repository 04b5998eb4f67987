/* Failpoints: what a board can make a process do. */
#include "ledger/base/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "tests/lib/tap.h"

enum { HEAD = 64, SLOT = 128, SIZE = HEAD + 255 * SLOT };
enum { HITS = 64, FIRE_AT = 72, ACTION = 80, ARG = 84, LANDED = 88, KEY = 96 };
enum { KILL = 1, DELAY, ERROR, STOP };

static char path[] = "/tmp/chitra-board-XXXXXX";
static int board;

static void put(off_t at, const void *what, size_t n)
{
	if (pwrite(board, what, n, at) != (ssize_t)n)
		abort();
}

static uint64_t word_at(off_t at)
{
	uint64_t word;
	if (pread(board, &word, sizeof word, at) != sizeof word)
		abort();
	return word;
}

/* As another program does it: the n-th time from the beginning. */
static void arm(int slot, uint64_t n, uint32_t action, uint32_t arg)
{
	off_t at = HEAD + slot * SLOT;
	put(at + ACTION, &action, sizeof action);
	put(at + ARG, &arg, sizeof arg);
	put(at + FIRE_AT, &n, sizeof n);
}

static void empty_board(void)
{
	static const uint8_t nothing[SIZE];
	put(0, nothing, SIZE);
	put(0, "CHFAILP1", 8);
}

static bool starts_with(const char *file, struct why *why)
{
	setenv("CHITRA_FAILPOINTS", file, 1);
	return failpoints_start("test", why);
}

static void test_start(void)
{
	struct why why = {0};
	unsetenv("CHITRA_FAILPOINTS");
	ok(failpoints_start("test", &why) && !failpoint_board && !failpoint("a.place"),
		"without the environment every place is dead");
	ok(!starts_with("/nowhere/board", &why) && why_is(&why, "failpoints_board"),
		"a board that is not there is refused");
	ok(!starts_with("/dev/null", &why) && !failpoint_board, "what is no file is refused");
	put(0, "other text", 10);
	ok(!starts_with(path, &why), "a file of another size is refused");
	empty_board();
	put(0, "X", 1);
	ok(!starts_with(path, &why) && !failpoint_board, "a file that begins with something else is refused");
	empty_board();
	ok(starts_with(path, &why) && failpoint_board, "a board is taken");
}

static void test_counts(void)
{
	char name[64];
	ok(!failpoint("one") && !failpoint("two") && !failpoint("one"),
		"a place that is not armed does nothing");
	ok(pread(board, name, sizeof name, HEAD) == 64 && strcmp(name, "test.one") == 0,
		"a place is named after the program and itself");
	ok(!failpoint("test.one") && !failpoint_of("o", "ne"),
		"also where it says the program, and when it is said in two words");
	is_i64((int64_t)word_at(HEAD + HITS), 4, "how often it was reached");
	is_i64((int64_t)word_at(HEAD + SLOT + HITS), 1, "each for itself");
	is_i64((int64_t)word_at(8), 5, "and all together");
}

static void test_error(void)
{
	arm(0, 6, ERROR, 0);
	errno = ENOENT;
	bool fifth = failpoint("one"), sixth = failpoint("one"), seventh = failpoint("one");
	is_i64(errno, EIO, "its error is told as one of the disk, not as whatever went wrong before");
	ok(!fifth && sixth && !seventh, "it acts at the n-th time alone");
	is_i64((int64_t)word_at(HEAD + LANDED), 1, "that it acted is counted");
	uint64_t at = word_at(8) + 2;
	uint32_t error = ERROR;
	put(24, &error, sizeof error);
	put(16, &at, sizeof at);
	ok(!failpoint("two") && failpoint("three") && !failpoint("two"), "or at the n-th time of all places");
	is_i64((int64_t)word_at(HEAD + 2 * SLOT + LANDED), 1,
		"the place where that was is the one that acted");
}

static void test_delay(void)
{
	int64_t began_us = monotonic_us();
	arm(1, word_at(HEAD + SLOT + HITS) + 1, DELAY, 60);
	ok(!failpoint("two") && monotonic_us() - began_us >= 60000, "a delay is waited for, and no error");
}

/* The child's status, once it has ended or stopped. */
static int child_at(uint32_t action, pid_t *child)
{
	int status = 0;
	arm(1, word_at(HEAD + SLOT + HITS) + 1, action, 0);
	fflush(stdout);
	*child = fork();
	if (*child == 0)
		_exit(failpoint("two") ? 1 : 0);
	waitpid(*child, &status, WUNTRACED);
	return status;
}

static void test_signals(void)
{
	pid_t child;
	int status = child_at(KILL, &child);
	uint64_t hits = word_at(HEAD + SLOT + HITS);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the process is killed");
	ok(!failpoint("two") && word_at(HEAD + SLOT + HITS) == hits + 1,
		"what comes after it counts on, and is not killed again");
	status = child_at(STOP, &child);
	ok(WIFSTOPPED(status), "the process stops");
	kill(child, SIGCONT);
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "and goes on as if nothing had been");
}

/* Taken by a program that died before it wrote the name. */
static void test_half_taken(void)
{
	char name[64] = "";
	empty_board();
	ok(!failpoint("alone"), "a place takes a slot");
	put(HEAD, name, sizeof name);
	ok(!failpoint("alone") && pread(board, name, sizeof name, HEAD) == 64 &&
			strcmp(name, "test.alone") == 0,
		"a slot that was taken without a name gets it from the next one");
	is_i64((int64_t)word_at(HEAD + HITS), 2, "and stays that place's");
}

/* Many at once take many places: each has one slot. */
static void test_race(void)
{
	enum { CHILDREN = 4, PLACES = 100 };
	empty_board();
	fflush(stdout);
	for (int i = 0; i < CHILDREN; i++) {
		if (fork() != 0)
			continue;
		for (int k = 0; k < PLACES; k++) {
			char name[16];
			snprintf(name, sizeof name, "place.%d", (k * (i + 7) + i) % PLACES);
			(void)failpoint(name);
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	int taken = 0, all = 0;
	for (int i = 0; i < 255; i++) {
		taken += word_at(HEAD + i * SLOT + KEY) != 0;
		all += (int)word_at(HEAD + i * SLOT + HITS);
	}
	ok(taken <= PLACES && all == CHILDREN * PLACES, "programs that start together share slots (%d, %d)",
		taken, all);
}

int main(void)
{
	struct why why;
	board = mkstemp(path);
	test_start();
	test_counts();
	test_error();
	test_delay();
	test_signals();
	test_half_taken();
	test_race();
	ok(failpoints_use(NULL, NULL, &why) && !failpoint("one"), "a board can be put away");
	unlink(path);
	return done_testing();
}
