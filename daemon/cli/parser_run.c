#include "daemon/cli/parser_run.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ledger/base/text.h"

#define PIECE     ((size_t)256 << 10)
#define WORDS_MAX ((size_t)1024)
#define PIPE_SIZE (1 << 20)

static void problem(struct parser *p, const char *code, const char *detail)
{
	snprintf(p->code, sizeof p->code, "%s", code);
	snprintf(p->detail, sizeof p->detail, "%s", detail);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- the copy ---------------------------------------------------------------------------------------------------------- */

static bool write_all(int fd, const uint8_t *at, size_t n)
{
	while (n > 0) {
		ssize_t wrote = write(fd, at, n);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		at += wrote;
		n -= (size_t)wrote;
	}
	return true;
}

/* Copies and hashes at most LIST_FILE_MAX bytes. */
static bool copy_file(struct parser *p, int from, int to)
{
	uint8_t *piece = malloc(PIECE);
	struct sha256_run *run = sha256_begin();
	size_t total = 0;
	ssize_t n = 0;
	bug_if(!piece);
	while (total <= LIST_FILE_MAX && (n = read(from, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !write_all(to, piece, (size_t)n))
			break;
		sha256_add(run, bytes_of(piece, (size_t)n));
		total += (size_t)n;
	}
	p->sha256 = sha256_end(run);
	free(piece);
	if (total > LIST_FILE_MAX)
		problem(p, "file_too_large", "");
	else if (n != 0)
		problem(p, "file_trouble", strerror(errno));
	else if (total == 0)
		problem(p, "file_empty", "");
	return *p->code == '\0' && lseek(to, 0, SEEK_SET) == 0;
}

/* A descriptor with the file's bytes that nobody can change any more; −1 with the problem. */
static int copy_of(struct parser *p, const char *path)
{
	CLEANUP(close_fd) int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat s;
	if (from < 0 || fstat(from, &s) != 0) {
		problem(p, "file_trouble", strerror(errno));
		return -1;
	}
	if (!S_ISREG(s.st_mode)) {
		problem(p, "file_trouble", "không phải tệp");
		return -1;
	}
	if ((size_t)s.st_size > LIST_FILE_MAX) {
		problem(p, "file_too_large", "");
		return -1;
	}
	int to = memfd_create("list", MFD_CLOEXEC);
	if (to < 0)
		bug("could not make room for a file: %s", strerror(errno));
	if (copy_file(p, from, to))
		return to;
	close(to);
	return -1;
}

/* ---- the process ------------------------------------------------------------------------------------------------------- */

/* Beside the program that runs. */
static bool parser_path(char out[static PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return false;
	self[n] = '\0';
	return snprintf(out, PATH_MAX, "%s/chitra-parse", dirname(self)) < PATH_MAX;
}

static bool make_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC) == 0;
}

static int spawn(struct parser *p, int in, int rows, int words)
{
	char path[PATH_MAX];
	char kind[32];
	char *argv[] = {path, kind, NULL};
	char *environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	if (!parser_path(path))
		return ENOENT;
	snprintf(kind, sizeof kind, "%s", list_kind_name(p->kind));
	if (posix_spawn_file_actions_init(&actions) != 0)
		bug("out of memory");
	int failed = posix_spawn_file_actions_adddup2(&actions, in, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(&actions, rows, 1);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(&actions, words, 2);
	if (!failed)
		failed = posix_spawn(&p->pid, path, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

void parser_start(struct parser *p, enum list_kind kind, const char *path)
{
	int rows[2] = {-1, -1}, words[2] = {-1, -1};
	*p = (struct parser){.kind = kind, .rows = -1, .words = -1};
	CLEANUP(close_fd) int in = copy_of(p, path);
	if (in < 0)
		return;
	if (!make_pipe(rows) || !make_pipe(words))
		bug("could not make a pipe: %s", strerror(errno));
	fcntl(rows[1], F_SETPIPE_SZ, PIPE_SIZE);
	int failed = spawn(p, in, rows[1], words[1]);
	close(rows[1]);
	close(words[1]);
	p->rows = rows[0];
	p->words = words[0];
	if (!failed)
		return;
	p->pid = 0;
	problem(p, "parser_died", strerror(failed));
}

/* ---- its answer -------------------------------------------------------------------------------------------------------- */

/* False at the end of the file. */
static bool take(int fd, struct buf *to, size_t piece)
{
	uint8_t *at = buf_grow(to, piece);
	if (!at)
		return false;
	ssize_t n;
	do
		n = read(fd, at, piece);
	while (n < 0 && errno == EINTR);
	to->n -= piece - (n > 0 ? (size_t)n : 0);
	return n > 0;
}

/* code <tab> row <tab> detail: three short texts, whoever wrote them. */
static bool read_words(struct parser *p, struct buf *words)
{
	char text[WORDS_MAX];
	uint64_t row;
	if (!buf_ok(words) || words->n == 0 || words->n >= sizeof text || !utf8_valid(buf_bytes(words)))
		return false;
	snprintf(text, sizeof text, "%s", buf_str(words));
	char *tab = strchr(text, '\t'), *tab2 = tab ? strchr(tab + 1, '\t') : NULL, *lf = strchr(text, '\n');
	if (!tab2 || !lf || lf < tab2)
		return false;
	*tab = *tab2 = *lf = '\0';
	if (strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(text) ||
		!text_u64(bytes_z(tab + 1), INT32_MAX, &row) || text_has_control(bytes_z(tab2 + 1)))
		return false;
	problem(p, text, tab2 + 1);
	p->row = (int32_t)row;
	return true;
}

bool parser_more(struct parser *p, struct buf *out, size_t most)
{
	if (p->pid == 0)
		return false;
	while (out->n < most)
		if (!take(p->rows, out, PIECE))
			return false;
	return true;
}

/* What it says fits into its pipe, so it can be read when the rows are. */
bool parser_end(struct parser *p)
{
	CLEANUP(buf_free) struct buf words;
	int status = -1;
	buf_init(&words, WORDS_MAX + 256);
	if (p->pid == 0)
		return false;
	close(p->rows);
	while (take(p->words, &words, 256))
		continue;
	close(p->words);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	p->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OK)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EX_DATAERR || !read_words(p, &words))
		problem(p, "parser_died", "");
	return false;
}

bool parser_rows(struct parser *p, struct buf *out)
{
	while (parser_more(p, out, SIZE_MAX))
		continue;
	if (!parser_end(p))
		return false;
	if (!buf_ok(out))
		problem(p, "file_too_large", "");
	return buf_ok(out);
}
