#include "ledger/books/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"

#define MODE 0644 /* as publish.c's files, whatever the umask is */

void sheet_drop(struct sheet *s)
{
	if (s->to == NULL)
		return;
	fclose(s->to);
	if (s->beside != NULL)
		unlink(s->beside);
	s->to = NULL;
}

static bool trouble(struct why *why, const char *path)
{
	return why_set(why, "file_trouble", "could not write %s: %s", path, strerror(errno));
}

bool sheet_begin(struct arena *a, const char *path, struct sheet *s, struct why *why)
{
	const char *beside = arena_printf(a, "%s.tmp", path);
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);

	*s = (struct sheet){.path = path, .beside = beside};
	if (fd < 0)
		return trouble(why, beside);
	s->to = fdopen(fd, "w");
	if (s->to == NULL)
		bug("out of memory");
	return fchmod(fd, MODE) == 0 || trouble(why, beside);
}

/* ---- where it counts to ---------------------------------------------------------------------------------------- */

struct reading {
	FILE *in;
	char *line;
	size_t room;
};

/* The line that begins at `at`; -1: it does not end. */
static ssize_t line_at(struct reading *r, off_t at)
{
	ssize_t n = fseeko(r->in, at, SEEK_SET) == 0 ? getline(&r->line, &r->room, r->in) : -1;

	return n > 0 && r->line[n - 1] == '\n' ? n : -1;
}

/* Where the first row begins whose number is `next` or more, or that does not end. */
static off_t first_from(struct reading *r, off_t size, int64_t next)
{
	off_t low = 0, high = size, found = size; /* at low a line begins; before it all are below */

	while (low < high) {
		off_t middle = low + (high - low) / 2, start = middle;
		ssize_t n = middle > low ? line_at(r, middle - 1) : 0;

		start += middle > low ? (n < 0 ? high : n - 1) : 0;
		if (start >= high) {
			high = middle;
			continue;
		}
		n = line_at(r, start);
		if (n < 0 || strtoll(r->line, NULL, 10) >= next) {
			found = start;
			high = middle;
		} else {
			low = start + n;
		}
	}
	return found;
}

/* The line before `end` begins with `last`; none: there is nothing before it. */
static bool ends_with(struct reading *r, off_t end, const char *last)
{
	char before[1024];
	size_t n = end < (off_t)sizeof before ? (size_t)end : sizeof before;
	const char *line;

	if (end == 0 || *last == '\0')
		return end == 0 && *last == '\0';
	if (fseeko(r->in, end - (off_t)n, SEEK_SET) != 0 || fread(before, 1, n, r->in) != n)
		return false;
	line = memrchr(before, '\n', n - 1);
	line = line != NULL ? line + 1 : before;
	return (size_t)(before + n - line) > strlen(last) && strncmp(line, last, strlen(last)) == 0;
}

bool sheet_go_on(
	const char *path, int64_t next, const char *last, struct sheet *s, bool *fits, struct why *why)
{
	FILE *f = fopen(path, "r+e");
	struct reading r = {.in = f};
	struct stat st;
	off_t end;

	*fits = false;
	if (f == NULL)
		return errno == ENOENT || trouble(why, path);
	*s = (struct sheet){.to = f, .path = path};
	if (fstat(fileno(f), &st) != 0)
		return trouble(why, path);
	end = first_from(&r, st.st_size, next);
	*fits = ends_with(&r, end, last);
	free(r.line);
	if (!*fits)
		sheet_drop(s);
	else if (ftruncate(fileno(f), end) != 0 || fseeko(f, end, SEEK_SET) != 0)
		return trouble(why, path);
	return true;
}

bool sheet_end(struct sheet *s, struct why *why)
{
	/* What could not be written earlier is lost, also when there is room again. */
	bool whole = fflush(s->to) == 0 && !ferror(s->to) && !failpoint("sheet.sync") &&
		     fsync(fileno(s->to)) == 0 && (s->beside == NULL || rename(s->beside, s->path) == 0);

	if (!whole)
		return trouble(why, s->path);
	fclose(s->to);
	s->to = NULL;
	return true;
}
