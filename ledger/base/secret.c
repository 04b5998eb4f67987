#include "ledger/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "ledger/base/text.h"

__attribute__((constructor)) static void start_sodium(void)
{
	bug_if(sodium_init() < 0);
}

void secret_wipe(void *at, size_t n)
{
	sodium_memzero(at, n);
}

void secret_free(struct key32 *key)
{
	if (key == NULL)
		return;
	sodium_free(key); /* wipes */
}

void secret_drop(struct key32 **key)
{
	secret_free(*key);
	*key = NULL;
}

static struct key32 *guarded(void)
{
	struct key32 *key = sodium_malloc(sizeof(*key));

	if (key == NULL)
		bug("out of memory for a key");
	return key;
}

struct key32 *secret_copy(const struct key32 *from)
{
	struct key32 *key = guarded();

	*key = *from;
	sodium_mprotect_readonly(key);
	return key;
}

struct key32 *secret_new(void)
{
	struct key32 *key = guarded();

	randombytes_buf(key->b, sizeof(key->b));
	sodium_mprotect_readonly(key);
	return key;
}

/* 32 raw bytes are a key as they are; 64 hexadecimal digits may end in one LF. */
static bool decode(const uint8_t *at, size_t n, struct key32 *out)
{
	if (n == sizeof(out->b)) {
		memcpy(out->b, at, n);
		return true;
	}
	if (n == 2 * sizeof(out->b) + 1 && at[n - 1] == '\n')
		n--;
	return hex_decode((const char *)at, n, out->b, sizeof(out->b));
}

static void drop_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static struct key32 *load(const char *path, bool must_be_private, struct why *why)
{
	CLEANUP(drop_descriptor) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t content[2 * sizeof(struct key32) + 2];
	struct key32 *key;
	struct stat st;
	ssize_t n;

	if (fd < 0 && errno == ELOOP) {
		why_set(why, "secret_open_to_others", "the key file %s cannot be a symbolic link", path);
		return NULL;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		why_set(why, "secret_missing", "could not open the key file %s: %s", path, strerror(errno));
		return NULL;
	}
	if (must_be_private && ((st.st_mode & 077) != 0 || (st.st_uid != geteuid() && st.st_uid != 0))) {
		why_set(why, "secret_open_to_others",
			"the key file %s must be readable by its owner alone (mode 0600)", path);
		return NULL;
	}
	n = read(fd, content, sizeof(content));
	key = guarded();
	if (!S_ISREG(st.st_mode) || n < 0 || !decode(content, (size_t)n, key)) {
		sodium_memzero(content, sizeof(content));
		secret_free(key);
		why_set(why, "secret_bad", "the key file %s must hold 32 bytes or 64 hexadecimal digits",
			path);
		return NULL;
	}
	sodium_memzero(content, sizeof(content));
	sodium_mprotect_readonly(key);
	return key;
}

struct key32 *secret_load_file(const char *path, struct why *why)
{
	return load(path, true, why);
}

struct key32 *secret_load(const char *name, struct why *why)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];
	int n;

	if (directory == NULL || directory[0] != '/') {
		why_set(why, "secret_no_directory",
			"cannot load the key %s: CREDENTIALS_DIRECTORY is not set", name);
		return NULL;
	}
	bug_if(name[0] == '\0' || strchr(name, '/') != NULL);
	n = snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		why_set(why, "secret_no_directory", "CREDENTIALS_DIRECTORY is too long");
		return NULL;
	}
	return load(path, false,
		why); /* systemd made the directory private (0500, its files 0400 or by access list) */
}
