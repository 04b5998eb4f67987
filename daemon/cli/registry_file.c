/* registry_file.c: the driver "file": a directory into which somebody else renames whole files.
 *
 *	drop/NAME ──take──▶ drop/taking/NAME ──mark──▶ drop/taken/NAME     or   drop/refused/NAME
 *	                    (killed: begun again)      (NAME.reason.txt beside it when there is something to say)
 *
 * Whoever may write into the drop may do anything to what lies there, our three directories included. So a file counts only once it is in
 * one that nobody else may write into, and those are held open: what is renamed away under us is the sender's own loss. */
#include "daemon/cli/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"

#define NAME_BYTES  200 /* so that what is added to a name still fits into 255 */
#define PATH_BYTES  512
#define NAMES_MOST  9999
#define REASON_NAME ".reason.txt"

struct registry {
	int drop, taking, taken, refused; /* directories; −1: not open */
	int lock;
	struct stat at_take; /* of the item that was taken last */
};

static void file_close(struct registry *r)
{
	if (!r)
		return;
	const int fds[] = {r->drop, r->taking, r->taken, r->refused, r->lock};
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(r);
}

static bool trouble(struct why *why, const char *what, const char *name)
{
	return why_set(why, "file_trouble", "could not %s %s: %s", what, name, strerror(errno));
}

/* ---- open --------------------------------------------------------------------------------------------------------------- */

/* A directory of ours in the drop. Only to look, it may be missing. */
static bool open_ours(struct registry *r, const char *name, bool make, int *out, struct why *why)
{
	struct stat st;
	if (make && mkdirat(r->drop, name, 0700) != 0 && errno != EEXIST)
		return why_set(why, "config_registry",
			"could not make the directory %s in [registry] drop: %s", name, strerror(errno));
	*out = openat(r->drop, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out < 0 && errno == ENOENT && !make)
		return true;
	if (*out < 0 || fstat(*out, &st) != 0)
		return why_set(why, "config_registry",
			"could not open the directory %s in [registry] drop: %s", name, strerror(errno));
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return why_set(why, "config_registry",
			"the directory %s in [registry] drop must belong to whoever runs this, and nobody else may write into it",
			name);
	return true;
}

static enum result lock(struct registry *r, struct why *why)
{
	r->lock = openat(r->taking, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock >= 0 && flock(r->lock, LOCK_EX | LOCK_NB) == 0)
		return OK;
	if (r->lock >= 0 && errno == EWOULDBLOCK)
		why_set(why, "registry_busy", "another run takes from this directory");
	else
		trouble(why, "lock", "taking/.lock");
	return RETRY;
}

static enum result file_open(
	const struct config *config, bool to_take, struct registry **out, struct why *why)
{
	const char *path = config_text(config, "registry", "drop");
	if (!path) {
		why_set(why, "config_registry", "[registry] drop is not set");
		return REFUSED;
	}
	struct registry *r = malloc(sizeof *r);
	bug_if(!r);
	*r = (struct registry){.taking = -1, .taken = -1, .refused = -1, .lock = -1};
	r->drop = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum result result = OK;
	if (r->drop < 0) {
		why_set(why, "config_registry", "could not open [registry] drop %s: %s", path,
			strerror(errno));
		result = REFUSED;
	} else if (!open_ours(r, "taking", to_take, &r->taking, why) ||
		   (to_take && (!open_ours(r, "taken", true, &r->taken, why) ||
				       !open_ours(r, "refused", true, &r->refused, why)))) {
		result = REFUSED;
	} else if (to_take) {
		result = lock(r, why);
	}
	if (result == OK)
		*out = r;
	else
		file_close(r);
	return result;
}

/* ---- list --------------------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n >= m && strcasecmp(name + n - m, end) == 0;
}

/* Ours, hidden, or what programs call a file that they have not sent whole. */
static bool is_no_item(const char *name)
{
	static const char *const ours[] = {"taking", "taken", "refused"};
	static const char *const unsent[] = {".part", ".filepart", ".tmp"};
	for (size_t i = 0; i < COUNT_OF(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT_OF(unsent); i++)
		if (ends_with(name, unsent[i]))
			return true;
	return name[0] == '.';
}

/* A name that can be shown, stored, and stand beside the reason of another. */
static const char *clean_name(struct arena *a, const char *raw)
{
	size_t n = strlen(raw);
	bool is_utf8 = utf8_valid(bytes_z(raw));
	if (n > NAME_BYTES)
		for (n = NAME_BYTES; is_utf8 && ((unsigned char)raw[n] & 0xc0) == 0x80;)
			n--;
	char *name = arena_strndup(a, raw, n);
	for (char *s = name; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f || (!is_utf8 && (unsigned char)*s >= 0x80))
			*s = '_';
	if (ends_with(name, REASON_NAME))
		name[strlen(name) - strlen(".txt")] = '_';
	return name;
}

static bool list_one(int fd, bool begun, struct arena *a, struct registry_items *out, struct why *why)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	struct stat st;
	if (!d) {
		trouble(why, "list", "[registry] drop");
		if (again >= 0)
			close(again);
		return false;
	}
	while (errno = 0, (entry = readdir(d)) != NULL) {
		if (begun ? entry->d_name[0] == '.' : is_no_item(entry->d_name))
			continue;
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue; /* gone */
		if (out->n == out->room) {
			out->room = out->room ? 2 * out->room : 64;
			out->at = arena_regrow(a, out->at, out->n, out->room, sizeof *out->at);
		}
		const char *key = arena_strdup(a, entry->d_name);
		out->at[out->n++] = (struct registry_item){.name = begun ? key : clean_name(a, key),
			.key = key,
			.bytes = st.st_size,
			.begun = begun};
	}
	bool whole = errno == 0 || trouble(why, "list", "[registry] drop");
	closedir(d);
	return whole;
}

static int by_turn(const void *a, const void *b)
{
	const struct registry_item *x = a, *y = b;
	return x->begun != y->begun ? (x->begun ? -1 : 1) : strcmp(x->key, y->key);
}

static bool file_list(struct registry *r, struct arena *a, struct registry_items *out, struct why *why)
{
	*out = (struct registry_items){0};
	if (r->taking >= 0 && !list_one(r->taking, true, a, out, why))
		return false;
	if (!list_one(r->drop, false, a, out, why))
		return false;
	if (out->n > 0)
		qsort(out->at, out->n, sizeof *out->at, by_turn);
	return true;
}

/* ---- take and mark -------------------------------------------------------------------------------------------------------- */

/* "deaths-4.csv", then "deaths-4-2.csv" and so on: the first that nobody has. Only we write into these directories, and one run at a time. */
static bool free_name(int dir, const char *name, char out[static NAME_BYTES + 16], struct why *why)
{
	const char *dot = strrchr(name, '.');
	int stem = (int)(dot && dot != name ? (size_t)(dot - name) : strlen(name));
	struct stat st;
	for (int i = 1; i <= NAMES_MOST; i++) {
		if (i == 1)
			snprintf(out, NAME_BYTES + 16, "%s", name);
		else
			snprintf(out, NAME_BYTES + 16, "%.*s-%d%s", stem, name, i, name + stem);
		if (fstatat(dir, out, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return errno == ENOENT || trouble(why, "look for", out);
	}
	return why_set(why, "file_trouble", "there are %d files called %s", NAMES_MOST, name);
}

static enum result file_take(
	struct registry *r, struct arena *a, struct registry_item *item, const char **path, struct why *why)
{
	char name[NAME_BYTES + 16];
	if (!item->begun) {
		if (!free_name(r->taking, item->name, name, why))
			return RETRY;
		if (renameat(r->drop, item->key, r->taking, name) != 0) {
			if (errno == ENOENT)
				why_set(why, "registry_gone", "%s", item->name);
			else
				trouble(why, "take", item->name);
			return RETRY;
		}
		item->name = item->key = arena_strdup(a, name);
		item->begun = true;
	}
	if (fstatat(r->taking, item->key, &r->at_take, AT_SYMLINK_NOFOLLOW) != 0) {
		trouble(why, "open", item->name);
		return RETRY;
	}
	if (!S_ISREG(r->at_take.st_mode)) {
		why_set(why, "registry_no_file", "%s", "");
		return REFUSED;
	}
	*path = arena_printf(a, "/proc/self/fd/%d/%s", r->taking, item->key);
	return OK;
}

/* A run that was killed may have left words about a file that is not there. */
static bool write_words(int dir, const char *name, const char *text, struct why *why)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "/proc/self/fd/%d/%s" REASON_NAME, dir, name);
	if (text)
		return write_file_durable(path, bytes_z(text), 0644, why);
	return unlink(path) == 0 || errno == ENOENT || trouble(why, "remove", path);
}

static enum result file_mark(
	struct registry *r, const struct registry_item *item, bool is_in, const char *text, struct why *why)
{
	int to = is_in ? r->taken : r->refused, other = is_in ? r->refused : r->taken;
	char name[NAME_BYTES + 16], name_there[NAME_BYTES + 16];
	struct stat st;
	if (fstatat(r->taking, item->key, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		trouble(why, "find", item->name);
		return RETRY;
	}
	if (st.st_size != r->at_take.st_size || st.st_mtim.tv_sec != r->at_take.st_mtim.tv_sec ||
		st.st_mtim.tv_nsec != r->at_take.st_mtim.tv_nsec) {
		why_set(why, "registry_changed", "%s", "");
		return REFUSED;
	}
	if (!free_name(other, item->name, name_there, why) || !write_words(other, name_there, NULL, why))
		return RETRY;
	if (!free_name(to, item->name, name, why) || !write_words(to, name, text, why))
		return RETRY;
	if (renameat(r->taking, item->key, to, name) == 0)
		return OK;
	trouble(why, "move", item->name);
	return RETRY;
}

const struct registry_driver registry_file = {
	.name = "file",
	.open = file_open,
	.list = file_list,
	.take = file_take,
	.mark = file_mark,
	.close = file_close,
};
