/* failpoint.h: named places where a test makes this process die, wait, stop, or take the way of an error.
 *
 * A place says the arrow it stands on: "teller.record.commit.before". It does nothing, and costs one branch, unless
 * CHITRA_FAILPOINTS named a board when the program started: a file that all programs of a test and its driver have mapped, where the
 * driver arms a place by name or by number and reads how often each was reached (tests/chaos/board.py). The counts outlive a process,
 * so what starts again after it was killed is not killed again.
 *
 * Production programs carry the places, because what is tested should be what runs. A board can only make the process do what any
 * machine does to it at any instant, or what an error that it handles anyway does: no place skips a check, changes a value or
 * opens a way. And only who sets the environment can name one, who might as well start another program: so a program with more
 * rights than its starter (setuid, file capabilities) takes none, and the daemon says in its log that it has one. */
#ifndef LEDGER_BASE_FAILPOINT_H
#define LEDGER_BASE_FAILPOINT_H

#include "ledger/base/why.h"

#define FAILPOINT_NAME_SIZE 64 /* with its NUL; a longer name is a bug() */

struct failpoint_board;
extern struct failpoint_board *failpoint_board; /* NULL: every place is dead */

/* Maps the board that the environment names, if it names one, for the places of this program: they are called WHO.NAME there. False
 * with why (failpoints_board) when it is none: nothing must run in the belief that it is being tested. Once, before any thread. */
bool failpoints_start(const char *who, struct why *why) WARN_UNUSED;

/* Maps this board instead of the one before (NULL: none): for unit tests. */
bool failpoints_use(const char *path, const char *who, struct why *why) WARN_UNUSED;

bool failpoint_reached(const char *name, const char *arrow);

/* True: the caller takes the way of an error. False nearly always, perhaps after a while; or this does not return. */
static inline bool failpoint(const char *name)
{
	return __builtin_expect(failpoint_board != NULL, 0) && failpoint_reached(name, "");
}

/* The same for a name that is made of two: whose arrow it is, and ".commit.before". */
static inline bool failpoint_of(const char *whose, const char *arrow)
{
	return __builtin_expect(failpoint_board != NULL, 0) && failpoint_reached(whose, arrow);
}

#endif
