/* sockets.h: listening sockets: made here, or inherited from systemd, the supervisor or an earlier process.
 *
 * Inherited ones come by systemd's protocol: LISTEN_PID, LISTEN_FDS, and LISTEN_FDNAMES with names of ours ("gate",
 * "gate.admin"). So a restart or a reload refuses no connection. Loopback and Unix sockets only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"

enum { SOCKETS_MAX = 16, SOCKET_NAME_MAX = 32, SOCKET_ADDRESS_MAX = 128 };

struct sockets {
	size_t n;
	struct listening {
		char name[SOCKET_NAME_MAX];
		char address[SOCKET_ADDRESS_MAX]; /* as the option says it; "" for an inherited one */
		int fd;
	} at[SOCKETS_MAX];
};

/* Takes what was inherited; all become close-on-exec and the variables leave the environment. Call once, at start. */
void sockets_inherit(struct sockets *s);

/* The descriptor of that name, or -1. */
int sockets_find(const struct sockets *s, const char *name);

/* Opens the address and adds it under the name, unless one of that name and (if known) address is there. A dead
 * socket's file is replaced. False with why. */
bool sockets_open(struct sockets *s, const char *name, const char *address, struct why *why) WARN_UNUSED;
void sockets_close(struct sockets *s);

/* "127.0.0.1:8180" or the path, as the kernel knows it; out holds SOCKET_ADDRESS_MAX bytes. */
void socket_address(int fd, char *out);
/* Whether it listens on a Unix socket or on loopback. */
bool socket_is_local(int fd);
