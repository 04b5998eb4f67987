/* registry.h: where the national population database's lists of deaths, moves and corrections come from.
 *
 * The seam: a driver lists what is new, hands one out as a file that only this OS user can replace, and is told what became of it. Who
 * is killed in between is handed the same again: a file is known by its bytes, so importing it twice is no harm, and losing it would
 * be one. A driver knows no kinds of list and no database, and never reads what a list says. */
#ifndef CHITRA_CLI_REGISTRY_H
#define CHITRA_CLI_REGISTRY_H

#include "ledger/base/arena.h"
#include "ledger/base/result.h"
#include "ledger/base/why.h"
#include "daemon/config.h"

struct registry; /* what is open; each driver's own */

struct registry_item {
	const char *name; /* as a person may read it: UTF-8, no control characters, at most 200 bytes */
	const char *key;  /* the driver's own */
	int64_t bytes;
	bool begun; /* an earlier run took it and did not come to its end */
};

struct registry_items {
	size_t n, room;
	struct registry_item *at; /* in the order in which they are to be imported: what was begun first */
};

struct registry_driver {
	const char *name;

	/* to_take: and nobody else takes before close. REFUSED config_registry, RETRY registry_busy. */
	enum result (*open)(const struct config *config, bool to_take, struct registry **out,
		struct why *why) WARN_UNUSED;

	/* What waits. What is still being sent is not listed. */
	bool (*list)(
		struct registry *r, struct arena *a, struct registry_items *out, struct why *why) WARN_UNUSED;

	/* The item is ours from here on; its name may be another now. *path: where it can be read, and its last part is the name. REFUSED
	 * registry_no_file: it can only be marked refused. RETRY registry_gone: whoever sent it took it back. */
	enum result (*take)(struct registry *r, struct arena *a, struct registry_item *item,
		const char **path, struct why *why) WARN_UNUSED;

	/* The end of the item that was taken last: in, or refused; with a text for people beside it, or NULL. REFUSED registry_changed: somebody
	 * wrote into it meanwhile, and RETRY: it will be listed again. */
	enum result (*mark)(struct registry *r, const struct registry_item *item, bool is_in,
		const char *text, struct why *why) WARN_UNUSED;

	void (*close)(struct registry *r); /* NULL: nothing */
};

/* A directory into which lists are put: [registry] drop. */
extern const struct registry_driver registry_file;

#endif
