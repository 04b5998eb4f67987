#include "ledger/verify/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MOST ((size_t)1 << 20)

FILE *file_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat at;
	FILE *in = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &at) == 0 && S_ISREG(at.st_mode))
		in = fdopen(fd, "rb");
	else
		errno = EINVAL;
	if (in == NULL) {
		int error = errno;

		(void)close(fd);
		errno = error;
	}
	return in;
}

void file_free(struct held *h)
{
	free(h->at);
	*h = (struct held){.at = NULL};
}

static struct held read_all(FILE *in, size_t max)
{
	struct held h = {.at = NULL};
	size_t room = 0;

	if (in == NULL)
		return h;
	do {
		size_t more = h.n == 0 ? 1U << 16 : h.n;
		char *wider = h.n < room ? h.at : realloc(h.at, room += more);

		if (wider == NULL)
			abort();
		h.at = wider;
		h.n += fread(h.at + h.n, 1, room - h.n, in);
	} while (h.n == room && h.n <= max && !ferror(in));
	if (ferror(in) || h.n > max) {
		int error = h.n > max ? EFBIG : errno;

		file_free(&h);
		errno = error;
	}
	(void)fclose(in);
	return h;
}

struct held file_read(const char *path, size_t max)
{
	return read_all(file_open(path), max);
}

struct held file_take(const char *path, size_t max)
{
	return read_all(fopen(path, "rbe"), max);
}

bool file_hash(const char *path, struct digest *out)
{
	crypto_hash_sha256_state state;
	unsigned char some[1 << 16];
	FILE *in = file_open(path);
	size_t n;
	bool fine;

	if (in == NULL)
		return false;
	(void)crypto_hash_sha256_init(&state);
	while ((n = fread(some, 1, sizeof some, in)) > 0)
		(void)crypto_hash_sha256_update(&state, some, n);
	(void)crypto_hash_sha256_final(&state, out->at);
	fine = !ferror(in);
	(void)fclose(in);
	return fine;
}

ssize_t file_line(FILE *in, char **at, size_t *room)
{
	size_t n = 0;
	int c = 0;

	while (n < LINE_MOST && c != '\n' && (c = getc_unlocked(in)) != EOF) {
		if (n == *room) {
			*room = n > 0 ? 2 * n : 512;
			*at = realloc(*at, *room);
			if (*at == NULL)
				abort();
		}
		(*at)[n++] = (char)c;
	}
	return n > 0 ? (ssize_t)n : -1;
}
