#include "daemon/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ledger/base/bytes.h"
#include "ledger/base/text.h"

enum { FIRST_INHERITED = 3, BACKLOG = 1024 };

static void add(struct sockets *s, const char *name, size_t name_n, const char *address, int fd)
{
	bug_if(s->n == SOCKETS_MAX || name_n >= SOCKET_NAME_MAX);
	struct listening *l = &s->at[s->n++];
	*l = (struct listening){.fd = fd};
	memcpy(l->name, name, name_n);
	snprintf(l->address, sizeof l->address, "%s", address);
}

void sockets_inherit(struct sockets *s)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS"),
		   *names = getenv("LISTEN_FDNAMES");
	uint64_t for_whom, n;
	if (pid && count && names && text_u64(bytes_z(pid), INT64_MAX, &for_whom) &&
		for_whom == (uint64_t)getpid() && text_u64(bytes_z(count), SOCKETS_MAX, &n)) {
		for (int i = 0; i < (int)n && *names; i++) {
			size_t length = strcspn(names, ":");
			int fd = FIRST_INHERITED + i;
			/* systemd's are blocking unless the unit says otherwise, and accept would hold up the loop. */
			if (length < SOCKET_NAME_MAX && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
				fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
				add(s, names, length, "", fd);
			names += length + (names[length] == ':');
		}
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

static struct listening *find(const struct sockets *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->at[i].name, name) == 0)
			return (struct listening *)(uintptr_t)&s->at[i];
	return NULL;
}

int sockets_find(const struct sockets *s, const char *name)
{
	const struct listening *l = find(s, name);
	return l ? l->fd : -1;
}

/* ---- addresses ------------------------------------------------------------------------------------------------- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static bool parse_address(const char *text, union address *out, socklen_t *size, struct why *why)
{
	*out = (union address){0};
	if (*text == '/') {
		out->local.sun_family = AF_UNIX;
		if (strlen(text) >= sizeof out->local.sun_path)
			return why_set(why, "listen",
				"cannot listen on %s: a socket's path has at most %zu bytes", text,
				sizeof out->local.sun_path - 1);
		memcpy(out->local.sun_path, text, strlen(text));
		*size = sizeof out->local;
		return true;
	}
	const char *colon = strrchr(text, ':');
	uint64_t port;
	if (!colon || !text_u64(bytes_z(colon + 1), 65535, &port))
		return why_set(why, "listen", "cannot listen on %s: no port", text);
	if (*text == '[') {
		out->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
		out->v6.sin6_addr = in6addr_loopback;
		*size = sizeof out->v6;
	} else {
		out->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
		out->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*size = sizeof out->v4;
	}
	return true;
}

/* Only HAProxy and its group may come in by a Unix socket: the directory says who, so the socket itself is open. */
static bool prepare(int fd, const union address *at, struct why *why)
{
	int one = 1;
	if (at->any.sa_family == AF_UNIX) {
		struct stat st;
		if (lstat(at->local.sun_path, &st) == 0 && !S_ISSOCK(st.st_mode))
			return why_set(why, "listen",
				"cannot listen on %s: there is a file that is no socket", at->local.sun_path);
		unlink(at->local.sun_path);
		return true;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	/* Accepted sockets inherit it. Without it head and body of an answer are 40 ms apart. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return true;
}

static int open_address(const char *address, struct why *why)
{
	union address at;
	socklen_t size = 0;
	if (!parse_address(address, &at, &size, why))
		return -1;
	int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		why_set(why, "listen", "could not make a socket: %s", strerror(errno));
		return -1;
	}
	if (!prepare(fd, &at, why)) {
		close(fd);
		return -1;
	}
	if (bind(fd, &at.any, size) != 0 || listen(fd, BACKLOG) != 0) {
		why_set(why, "listen", "could not listen on %s: %s", address, strerror(errno));
		close(fd);
		return -1;
	}
	if (at.any.sa_family == AF_UNIX)
		chmod(at.local.sun_path, 0666);
	return fd;
}

bool sockets_open(struct sockets *s, const char *name, const char *address, struct why *why)
{
	struct listening *l = find(s, name);
	if (l && (!*l->address || strcmp(l->address, address) == 0)) {
		snprintf(l->address, sizeof l->address, "%s", address);
		return true;
	}
	int fd = open_address(address, why);
	if (fd < 0)
		return false;
	if (!l) {
		add(s, name, strlen(name), address, fd);
		return true;
	}
	close(l->fd);
	l->fd = fd;
	snprintf(l->address, sizeof l->address, "%s", address);
	return true;
}

void sockets_close(struct sockets *s)
{
	for (size_t i = 0; i < s->n; i++)
		close(s->at[i].fd);
	s->n = 0;
}

void socket_address(int fd, char *out)
{
	union address at = {0};
	socklen_t size = sizeof at;
	char host[INET6_ADDRSTRLEN] = "";
	*out = '\0';
	if (getsockname(fd, &at.any, &size) != 0)
		return;
	if (at.any.sa_family == AF_UNIX) {
		snprintf(out, SOCKET_ADDRESS_MAX, "%.*s", (int)sizeof at.local.sun_path, at.local.sun_path);
	} else if (at.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &at.v6.sin6_addr, host, sizeof host);
		snprintf(out, SOCKET_ADDRESS_MAX, "[%s]:%d", host, ntohs(at.v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &at.v4.sin_addr, host, sizeof host);
		snprintf(out, SOCKET_ADDRESS_MAX, "%s:%d", host, ntohs(at.v4.sin_port));
	}
}

bool socket_is_local(int fd)
{
	union address at = {0};
	socklen_t size = sizeof at;
	if (getsockname(fd, &at.any, &size) != 0)
		return false;
	if (at.any.sa_family == AF_INET)
		return ntohl(at.v4.sin_addr.s_addr) >> 24 == 127;
	if (at.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr);
	return at.any.sa_family == AF_UNIX;
}
