/* wake.h: one byte to another duty on the same host after a commit, so that it need not wait for its next poll.
 *
 * A Unix datagram socket per duty and instance in the run directory. A hint and nothing more: a lost, late or
 * invented byte changes no result, only when somebody looks; across hosts there is none. Loop thread only. */
#pragma once

#include <stdbool.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"

struct loop;
struct wake;

/* What there may be to do; the table in wake.c says for which duty. Bits, so that several are told at once. */
enum {
	WAKE_GATE_KEYS = 1 << 0,        /* banks' keys changed */
	WAKE_DESK_TASK = 1 << 1,        /* a task of the desk's long lane */
	WAKE_TELLER_DISPATCH = 1 << 2,  /* something was released, or a dispatch is ready */
	WAKE_TELLER_TASK = 1 << 3,      /* enquiry, account inquiry, statement pick-up */
	WAKE_SCRIBE_MESSAGE = 1 << 4,   /* a message was stored */
	WAKE_SCRIBE_STATEMENT = 1 << 5, /* a statement was stored */
	WAKE_SCRIBE_SEAL = 1 << 6,      /* the tree grew */
	WAKE_SCRIBE_TASK = 1 << 7,      /* schedule, reports */
};

typedef void wake_heard(void *arg, unsigned bits);

/* Binds RUN_DIR/wake.DUTY.INSTANCE and hears for that duty. Failure is a warning, not an end: NULL and why. */
void wake_free(struct wake *w);
struct wake *wake_new(struct loop *l, const char *run_dir, const char *duty, int instance, wake_heard *heard,
	void *arg, struct why *why);

/* Tells the duties on this host that the bits concern, at the end of this turn of the loop; NULL is fine. */
void wake_send(struct wake *w, unsigned bits);

/* For a program without a loop (chitra): tells now. Errors are of no consequence. */
void wake_send_once(const char *run_dir, unsigned bits);
