#include "daemon/wake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "daemon/loop.h"

enum { LISTENERS_MAX = 64, LOOK_AGAIN_US = 1000000 };

static const struct {
	const char *duty;
	unsigned bits;
} concerns[] = {
	{"gate", WAKE_GATE_KEYS},
	{"desk", WAKE_DESK_TASK},
	{"teller", WAKE_TELLER_DISPATCH | WAKE_TELLER_TASK},
	{"scribe", WAKE_SCRIBE_MESSAGE | WAKE_SCRIBE_STATEMENT | WAKE_SCRIBE_SEAL | WAKE_SCRIBE_TASK},
};

struct listener {
	char name[32]; /* "wake.teller.1" */
	unsigned bits;
};

struct wake {
	int directory, fd;
	char name[32];
	ino_t inode;
	struct watch *watch;
	struct timer *flush;
	unsigned pending;
	wake_heard *heard;
	void *arg;
	struct listener listeners[LISTENERS_MAX];
	size_t listeners_n;
	int64_t looked_us;
};

/* A socket's path may have 107 bytes; through /proc the directory's own path does not count. */
static void address_of(struct sockaddr_un *to, int directory, const char *name)
{
	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(to->sun_path, sizeof to->sun_path, "/proc/self/fd/%d/%s", directory, name);
}

static unsigned bits_of(const char *socket_name)
{
	for (size_t i = 0; i < COUNT_OF(concerns); i++) {
		size_t n = strlen(concerns[i].duty);
		if (strncmp(socket_name + 5, concerns[i].duty, n) == 0 && socket_name[5 + n] == '.')
			return concerns[i].bits;
	}
	return 0;
}

static void look_for_listeners(struct wake *w)
{
	w->listeners_n = 0;
	int copy = openat(w->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	if (!d) {
		if (copy >= 0)
			close(copy);
		return;
	}
	struct dirent *entry;
	while (w->listeners_n < LISTENERS_MAX && (entry = readdir(d))) {
		struct listener *l = &w->listeners[w->listeners_n];
		if (strncmp(entry->d_name, "wake.", 5) != 0 || strlen(entry->d_name) >= sizeof l->name)
			continue;
		memcpy(l->name, entry->d_name, strlen(entry->d_name) + 1);
		l->bits = bits_of(l->name);
		if (l->bits)
			w->listeners_n++;
	}
	closedir(d);
}

static void tell(struct wake *w, unsigned bits)
{
	for (size_t i = 0; i < w->listeners_n; i++) {
		uint8_t byte = (uint8_t)(w->listeners[i].bits & bits);
		if (!byte)
			continue;
		struct sockaddr_un to;
		address_of(&to, w->directory, w->listeners[i].name);
		/* Nobody there, or a full queue: the poll finds the work. */
		(void)!sendto(
			w->fd, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
	}
}

static void flush(void *arg)
{
	struct wake *w = arg;
	unsigned bits = w->pending;
	w->pending = 0;
	int64_t now = monotonic_us();
	if (now - w->looked_us > LOOK_AGAIN_US) {
		look_for_listeners(w);
		w->looked_us = now;
	}
	tell(w, bits);
}

static void hear(void *arg, int fd, int what)
{
	(void)what;
	struct wake *w = arg;
	unsigned bits = 0;
	uint8_t byte;
	for (int i = 0; i < 256 && recv(fd, &byte, 1, MSG_DONTWAIT) == 1; i++)
		bits |= byte;
	bits &= bits_of(w->name);
	if (bits)
		w->heard(w->arg, bits);
}

/* The socket of an earlier process is replaced: during a reload the new one hears, the old one polls. */
static bool bind_here(struct wake *w, struct why *why)
{
	struct sockaddr_un here;
	address_of(&here, w->directory, w->name);
	unlinkat(w->directory, w->name, 0);
	struct stat st;
	/* Another duty is another user; the run directory says who may come in. */
	if (bind(w->fd, (struct sockaddr *)&here, sizeof here) != 0 ||
		fchmodat(w->directory, w->name, 0666, 0) != 0 ||
		fstatat(w->directory, w->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return why_set(
			why, "wake", "could not bind %s in the run directory: %s", w->name, strerror(errno));
	w->inode = st.st_ino;
	return true;
}

struct wake *wake_new(struct loop *l, const char *run_dir, const char *duty, int instance, wake_heard *heard,
	void *arg, struct why *why)
{
	struct wake *w = calloc(1, sizeof *w);
	bug_if(!w);
	w->heard = heard;
	w->arg = arg;
	snprintf(w->name, sizeof w->name, "wake.%s.%d", duty, instance);
	w->looked_us = -INT64_C(2) * LOOK_AGAIN_US;
	w->directory = open(run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->directory < 0 || w->fd < 0) {
		why_set(why, "wake", "could not open the run directory %s: %s", run_dir, strerror(errno));
		wake_free(w);
		return NULL;
	}
	if (!bind_here(w, why)) {
		wake_free(w);
		return NULL;
	}
	w->watch = watch_new(l, w->fd, WATCH_READ, hear, w);
	w->flush = timer_new(l, flush, w);
	return w;
}

void wake_free(struct wake *w)
{
	if (!w)
		return;
	watch_free(w->watch);
	timer_free(w->flush);
	struct stat st;
	if (w->inode && fstatat(w->directory, w->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		st.st_ino == w->inode)
		unlinkat(w->directory, w->name, 0);
	if (w->directory >= 0)
		close(w->directory);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

void wake_send(struct wake *w, unsigned bits)
{
	if (!w || !bits)
		return;
	if (!w->pending)
		timer_set(w->flush, 0);
	w->pending |= bits;
}

void wake_send_once(const char *run_dir, unsigned bits)
{
	struct wake w = {
		.directory = open(run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC),
		.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
	};
	if (w.directory >= 0 && w.fd >= 0) {
		look_for_listeners(&w);
		tell(&w, bits);
	}
	if (w.directory >= 0)
		close(w.directory);
	if (w.fd >= 0)
		close(w.fd);
}
