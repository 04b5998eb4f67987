/* passphrase.h: where a passphrase comes from, and the key that it opens. Used by the commands that sign. */
#ifndef CHITRA_CLI_PASSPHRASE_H
#define CHITRA_CLI_PASSPHRASE_H

#include "daemon/cli/cli.h"

#define PASSPHRASE_MAX 1024 /* bytes, with its NUL */
#define PASSPHRASE_MIN 12   /* characters of a new one */

/* A file's first line, a descriptor's, or, when neither is given, the terminal's. */
struct passphrase_from {
	const char *file; /* NULL: none */
	int fd;           /* -1: none */
};
#define PASSPHRASE_FROM_TERMINAL ((struct passphrase_from){.fd = -1})

/* For a command's table of options. */
#define PASSPHRASE_OPTIONS(from)                                          \
	{"passphrase-file", .text = &(from)->file},                       \
	{                                                                 \
		"passphrase-fd", .take = passphrase_take_fd, .to = (from) \
	}
bool passphrase_take_fd(const char *value, void *from) WARN_UNUSED;

/* Guarded memory of PASSPHRASE_MAX bytes, wiped when freed. */
char *passphrase_room(void);
void passphrase_free(char *room);

/* Into the room; from a terminal twice when `again`. False with why passphrase_*. */
bool passphrase_read(const struct passphrase_from *from, const char *prompt, bool again, char *room,
	struct why *why) WARN_UNUSED;

/* Reads the file, asks for its passphrase, opens the key. NULL with w->why. */
struct sign_key *passphrase_open_key(struct cli *cli, const char *path, const struct passphrase_from *from)
	FREED_BY(sign_free) WARN_UNUSED;

#endif
