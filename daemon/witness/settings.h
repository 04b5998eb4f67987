/* settings.h: the witness's one file: where it listens, who it is, and which logs it watches.
 *
 *	listen <path of a socket | 127.0.0.1:port>
 *	name <the name that it signs with, for ever the same>
 *	key <file of 32 random bytes, mode 0600; or the name of a credential>
 *	state <directory>
 *	log <a log's key: name+id+key>		once for each; a second key of the same log while it changes keys
 *
 * A line that begins with '#' says nothing. Called by chitra-witness.c. */
#ifndef DAEMON_WITNESS_SETTINGS_H
#define DAEMON_WITNESS_SETTINGS_H

#include "ledger/base/arena.h"
#include "daemon/witness/judge.h"

struct settings {
	const char *listen, *name, *key, *state;
	struct watch_list logs;
};

/* In the arena. False with why settings (the line that is wrong, or what is missing). */
bool settings_read(struct arena *a, struct bytes file, struct settings *out, struct why *why) WARN_UNUSED;

#endif
