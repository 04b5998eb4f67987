/* Wake bytes between duties that share a run directory, also one whose path is longer than a socket's may be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/loop.h"
#include "daemon/wake.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

static struct loop *loop;
static unsigned teller_heard, other_teller_heard, scribe_heard;
static int teller_calls;

static void hear(void *arg, unsigned bits)
{
	*(unsigned *)arg |= bits;
	teller_calls += arg == &teller_heard;
}

static void stop_loop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void run_for(int64_t ms)
{
	struct timer *t = timer_new(loop, stop_loop, NULL);
	timer_set(t, ms);
	loop_run(loop);
	timer_free(t);
}

static bool is_there(const char *dir, const char *name)
{
	char path[400];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &st) == 0;
}

int main(void)
{
	char top[] = "/tmp/chitra-wake-XXXXXX", dir[300];
	struct why why = {0};
	if (!mkdtemp(top))
		return 1;
	int n = snprintf(dir, sizeof dir, "%s/", top);
	memset(dir + n, 'd', 200);
	dir[n + 200] = '\0';
	mkdir(dir, 0700);
	loop = loop_new();

	struct wake *gate = wake_new(loop, dir, "gate", 0, hear, &(unsigned){0}, &why);
	struct wake *teller = wake_new(loop, dir, "teller", 0, hear, &teller_heard, &why);
	struct wake *second = wake_new(loop, dir, "teller", 1, hear, &other_teller_heard, &why);
	struct wake *scribe = wake_new(loop, dir, "scribe", 0, hear, &scribe_heard, &why);
	if (!ok(gate && teller && second && scribe, "a socket is bound in a directory of 200 bytes: %s",
		    why.text))
		return done_testing();

	wake_send(gate, WAKE_SCRIBE_MESSAGE);
	run_for(50);
	is_i64(scribe_heard, WAKE_SCRIBE_MESSAGE, "the duty that a byte concerns hears it");
	is_i64(teller_heard, 0, "the others do not");
	wake_send(gate, WAKE_TELLER_DISPATCH);
	wake_send(gate, WAKE_TELLER_TASK);
	wake_send(gate, WAKE_TELLER_DISPATCH);
	is_i64(teller_heard, 0, "nothing is sent before the turn of the loop ends");
	run_for(50);
	is_i64(teller_heard, WAKE_TELLER_DISPATCH | WAKE_TELLER_TASK, "several reasons come together");
	is_i64(teller_calls, 1, "in one byte");
	is_i64(other_teller_heard, teller_heard, "every instance on the host hears");

	/* A reload: another process takes the name over. */
	teller_heard = 0;
	unsigned new_heard = 0;
	struct wake *new_teller = wake_new(loop, dir, "teller", 0, hear, &new_heard, &why);
	wake_send(gate, WAKE_TELLER_TASK);
	run_for(50);
	is_i64(new_heard, WAKE_TELLER_TASK, "after a reload the new process hears");
	is_i64(teller_heard, 0, "the old one polls");
	wake_free(teller);
	ok(is_there(dir, "wake.teller.0"), "the old one's end leaves the new one's socket");
	wake_send(gate, WAKE_TELLER_DISPATCH);
	run_for(50);
	is_i64(new_heard, WAKE_TELLER_TASK | WAKE_TELLER_DISPATCH, "which still works");

	scribe_heard = 0;
	wake_send_once(dir, WAKE_SCRIBE_SEAL);
	run_for(50);
	is_i64(scribe_heard, WAKE_SCRIBE_SEAL, "a program without a loop can tell too");

	wake_free(scribe);
	ok(!is_there(dir, "wake.scribe.0"), "a socket goes with its duty");
	wake_send(gate, WAKE_SCRIBE_MESSAGE);
	wake_send(NULL, WAKE_SCRIBE_MESSAGE);
	run_for(50);
	ok(true, "a byte to nobody is lost without consequence");
	ok(!wake_new(loop, "/nowhere", "gate", 0, hear, NULL, &why) && why_is(&why, "wake"),
		"a missing run directory is said");
	wake_send_once("/nowhere", WAKE_SCRIBE_SEAL);

	wake_free(gate);
	wake_free(second);
	wake_free(new_teller);
	loop_free(loop);
	ok(rmdir(dir) == 0 && rmdir(top) == 0, "nothing is left in the run directory");
	return done_testing();
}
