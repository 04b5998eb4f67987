/* judge.h: what a witness answers to a checkpoint.
 *
 * Pure: the logs that it watches, the size and root that it cosigned last for each, and a request in; a status out. The order of the
 * checks and the statuses are those of C2SP tlog-witness. Writing down the new size before anybody hears of it is memory.h's. */
#ifndef DAEMON_WITNESS_JUDGE_H
#define DAEMON_WITNESS_JUDGE_H

#include "ledger/books/add_checkpoint.h"

enum { LOG_KEYS_MAX = 4 };

/* A log, known by its origin, and where it was when it was cosigned last: size 0 when it never was. */
struct watched {
	char origin[NOTE_NAME_MAX + 1];
	size_t keys_n;
	struct note_verifier keys[LOG_KEYS_MAX];
	uint64_t size;
	struct hash root;
};

struct watch_list {
	size_t n;
	struct watched *at;
};

/* The log of this origin, or NULL. */
struct watched *watched_of(const struct watch_list *list, const char *origin);

/* What is worth keeping of a checkpoint that the log signed and that is not cosigned. Anybody can send a good checkpoint with a proof that does
 * not hold; only the log can have signed two histories of one size. */
enum evidence { NO_EVIDENCE, UNPROVEN, CONTRADICTION };

struct ruling {
	int status;            /* 200: to be cosigned; 400, 403, 404, 409, 422: why says what is wrong */
	struct watched *log;   /* NULL when it is none that is watched */
	struct checkpoint now; /* what was asked for; with log */
	struct note note;      /* points into the request */
	enum evidence evidence;
	struct why why;
};

/* Fills *out whatever the bytes are. */
void judge(const struct watch_list *list, struct bytes request, struct ruling *out);

#endif
