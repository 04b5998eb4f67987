#include "ledger/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"

#define PATH_BYTES 4096

static void drop_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool trouble(struct why *why, const char *what, const char *path)
{
	return why_set(why, "file_trouble", "could not %s %s: %s", what, path, strerror(errno));
}

/* Reads up to n bytes; fewer only at the end of the file. */
static ssize_t read_full(int fd, uint8_t *at, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, at + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static bool write_full(int fd, struct bytes bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.at, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = bytes_of(bytes.at + n, bytes.n - (size_t)n);
	}
	return true;
}

bool read_file(struct arena *a, const char *path, size_t max, struct bytes *out, struct why *why)
{
	CLEANUP(drop_descriptor) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *at;
	ssize_t n;

	if (fd < 0 && errno == ENOENT)
		return why_set(why, "file_missing", "there is no file %s", path);
	if (fd < 0 || fstat(fd, &st) != 0)
		return trouble(why, "open", path);
	if (!S_ISREG(st.st_mode))
		return why_set(why, "file_trouble", "%s is not a regular file", path);
	if ((uint64_t)st.st_size > max)
		return why_set(why, "file_too_large", "%s has %" PRIu64 " bytes, at most %zu can be read",
			path, (uint64_t)st.st_size, max);
	at = arena_alloc(a, (size_t)st.st_size + 1);
	n = read_full(fd, at, (size_t)st.st_size + 1);
	if (n < 0)
		return trouble(why, "read", path);
	if ((size_t)n > (size_t)st.st_size)
		return why_set(why, "file_trouble", "%s grew while it was read", path);
	*out = bytes_of(at, (size_t)n);
	return true;
}

/* Makes an entry of the directory that holds path durable. */
static void sync_directory_of(const char *path)
{
	CLEANUP(drop_descriptor) int fd = -1;
	char directory[PATH_BYTES];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	bug_if(n >= sizeof(directory));
	if (slash == NULL) {
		memcpy(directory, ".", 2);
	} else if (n == 0) {
		memcpy(directory, "/", 2);
	} else {
		memcpy(directory, path, n);
		directory[n] = '\0';
	}
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || failpoint("file.directory.sync") || fsync(fd) != 0)
		bug("could not fsync the directory of %s: %s", path, strerror(errno));
}

static bool write_new(const char *path, struct bytes bytes, unsigned mode, struct why *why)
{
	CLEANUP(drop_descriptor)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return trouble(why, "create", path);
	if (fchmod(fd, mode) != 0 || failpoint("file.write") || !write_full(fd, bytes))
		return trouble(why, "write", path);
	if (failpoint("file.sync") || fsync(fd) != 0)
		bug("could not fsync %s: %s", path, strerror(errno));
	return true;
}

bool write_file_durable(const char *path, struct bytes bytes, unsigned mode, struct why *why)
{
	static atomic_uint serial; /* two threads may write the same file */
	char whole[PATH_BYTES];
	int n;

	bug_if(mode != 0600 && mode != 0644);
	n = snprintf(
		whole, sizeof(whole), "%s.tmp.%ld.%u", path, (long)getpid(), atomic_fetch_add(&serial, 1));
	if (n < 0 || (size_t)n >= sizeof(whole))
		return why_set(why, "file_trouble", "the path is longer than %d bytes", PATH_BYTES);
	if (!write_new(whole, bytes, mode, why)) {
		unlink(whole);
		return false;
	}
	if (failpoint("file.rename") || rename(whole, path) != 0) {
		trouble(why, "replace", path);
		unlink(whole);
		return false;
	}
	sync_directory_of(path);
	return true;
}

bool make_directory_durable(const char *path, unsigned mode, struct why *why)
{
	struct stat st;

	if (mkdir(path, mode) == 0) {
		if (chmod(path, mode) != 0) /* whatever the umask is */
			return trouble(why, "give its mode to", path);
		sync_directory_of(path);
		return true;
	}
	if (errno != EEXIST)
		return trouble(why, "make the directory", path);
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return why_set(why, "file_trouble", "%s is there and is no directory", path);
	return true;
}

struct append {
	int fd;
	uint64_t size;
	char *path; /* for messages */
};

void append_close(struct append *f)
{
	if (f == NULL)
		return;
	close(f->fd); /* everything is on disk already; the lock goes with it */
	free(f->path);
	free(f);
}

void append_drop(struct append **f)
{
	append_close(*f);
	*f = NULL;
}

static bool lock_and_measure(int fd, const char *path, uint64_t *size, struct why *why)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return why_set(why, "file_locked", "%s is being written by another process", path);
		return trouble(why, "lock", path);
	}
	if (fstat(fd, &st) != 0)
		return trouble(why, "look at", path);
	if (!S_ISREG(st.st_mode))
		return why_set(why, "file_trouble", "%s is not a regular file", path);
	*size = (uint64_t)st.st_size;
	return true;
}

struct append *append_open(const char *path, struct why *why)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct append *f;
	uint64_t size = 0; /* gcc cannot see that a false leaves before its use */

	if (fd < 0) {
		trouble(why, "open", path);
		return NULL;
	}
	if (!lock_and_measure(fd, path, &size, why)) {
		close(fd);
		return NULL;
	}
	/* What an earlier process wrote before it died may still be in the page cache alone. */
	if (fsync(fd) != 0)
		bug("could not fsync %s: %s", path, strerror(errno));
	sync_directory_of(path);
	f = malloc(sizeof(*f));
	if (f == NULL)
		bug("out of memory for a file handle");
	*f = (struct append){.fd = fd, .size = size, .path = strdup(path)};
	bug_if(f->path == NULL);
	return f;
}

bool append_durable(struct append *f, struct bytes bytes, struct why *why)
{
	if (bytes.n == 0)
		return true;
	if (failpoint("journal.write") || !write_full(f->fd, bytes)) {
		trouble(why, "append to", f->path);
		if (ftruncate(f->fd, (off_t)f->size) != 0)
			bug("could not take back half a record from %s: %s", f->path, strerror(errno));
		return false;
	}
	if (failpoint("journal.sync.before") || fdatasync(f->fd) != 0 || failpoint("journal.sync.after"))
		bug("could not fdatasync %s: %s", f->path, strerror(errno));
	f->size += bytes.n;
	return true;
}

bool append_reserve(struct append *f, size_t n, struct why *why)
{
	int failed;

	do
		failed = fallocate(f->fd, FALLOC_FL_KEEP_SIZE, (off_t)f->size, (off_t)n);
	while (failed && errno == EINTR);
	if (failed && errno != EOPNOTSUPP && errno != ENOSYS) /* a file system that cannot promise it */
		return trouble(why, "reserve room in", f->path);
	return true;
}

uint64_t append_size(const struct append *f)
{
	return f->size;
}

bool append_cut(struct append *f, uint64_t size, struct why *why)
{
	bug_if(size > f->size);
	if (ftruncate(f->fd, (off_t)size) != 0)
		return trouble(why, "cut", f->path);
	if (fsync(f->fd) != 0)
		bug("could not fsync %s: %s", f->path, strerror(errno));
	f->size = size;
	return true;
}
