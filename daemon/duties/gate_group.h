/* gate_group.h: callbacks that are verified, sealed and stored together, by one commit.
 *
 * Runs in a worker of the lane inbox. A group is what arrived while the commit before it was under way. Every callback gets
 * its own answer; none is told 200 before its row is committed. What is signed by the bank is kept, understood or not;
 * what is not signed is counted and forgotten. Called by gate.c; never touches the loop. */
#pragma once

#include "bankapi/driver.h"
#include "bankapi/signed.h"
#include "ledger/payout/message_store.h"
#include "daemon/http.h"

#define GATE_GROUP_MAX   500
#define GATE_GROUP_BYTES ((size_t)8 << 20) /* of bodies; one larger callback is a group of its own */
#define GATE_KEYS_MAX    8                 /* of one bank: two while it changes them */
#define GATE_WINDOW_S    300

struct gate_bank {
	const char *code; /* as in the configuration, which is as in org.channel */
	struct verify_key keys[GATE_KEYS_MAX];
	size_t keys_n;
	size_t waiting; /* callbacks of it; the loop's */
};

enum verdict_of_gate {
	GATE_STORED,   /* 200 */
	GATE_REPEATED, /* 200: it was here before */
	GATE_REFUSED,  /* 401: not signed by the bank, or too old */
	GATE_STRANGE,  /* 400: signed and stored, but not of a kind that we know */
	GATE_CHANGED,  /* 409: the id is known with another content; kept as kind changed, under id#hash */
};
#define GATE_VERDICTS 5

struct arrival {
	struct exchange *exchange;
	struct gate_bank *bank;
	struct arrival *next; /* gate.c's */

	enum verdict_of_gate verdict; /* out */
	struct why why;               /* out, unless 200 */
};

struct gate_group {
	const struct message_writer *writer;
	struct arrival *at[GATE_GROUP_MAX];
	size_t n;
};

/* OK: every arrival has its verdict, and what was to be stored is committed. Anything else: nobody may be told 200. */
enum result gate_group_run(struct work *w, struct gate_group *g) WARN_UNUSED;
