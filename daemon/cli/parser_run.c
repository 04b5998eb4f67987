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
#include <sys/socket.h>
#include <sys/stat.h>
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

static const char *trouble_vi(int error)
{
	if (error == ENOENT || error == ENOTDIR)
		return "không có tệp này";
	return error == EACCES || error == EPERM ? "không có quyền đọc" : strerror(error);
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
		problem(p, "file_trouble", trouble_vi(errno));
	else if (total == 0)
		problem(p, "file_empty", "");
	return *p->code == '\0' && lseek(to, 0, SEEK_SET) == 0;
}

/* Half of a list is no list: whether somebody writes while the file is read. */
static bool has_changed(int fd, const struct stat *before)
{
	struct stat now;
	return fstat(fd, &now) != 0 || now.st_size != before->st_size ||
	       now.st_mtim.tv_sec != before->st_mtim.tv_sec || now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

/* A descriptor with the file's bytes that nobody can change any more; −1 with the problem. */
static int copy_of(struct parser *p, const char *path)
{
	CLEANUP(close_fd) int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat s;
	if (from < 0 || fstat(from, &s) != 0) {
		problem(p, "file_trouble", trouble_vi(errno));
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
	bool good = copy_file(p, from, to);
	if (has_changed(from, &s))
		problem(p, "file_changed", "");
	else if (good)
		return to;
	close(to);
	return -1;
}

/* ---- the process ------------------------------------------------------------------------------------------------------- */

/* `chitra-parse serve`, one for the life of this program: it forks a process for each file and dies when our end closes. */
static int server = -1;

static const char *program; /* NULL: beside the program that runs */

void parser_program(const char *path)
{
	program = path;
}

static bool parser_path(char out[static PATH_MAX])
{
	char self[PATH_MAX];
	if (program)
		return snprintf(out, PATH_MAX, "%s", program) < PATH_MAX;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return false;
	self[n] = '\0';
	return snprintf(out, PATH_MAX, "%s/chitra-parse", dirname(self)) < PATH_MAX;
}

static int spawn_server(int socket)
{
	char path[PATH_MAX];
	char serve[] = "serve";
	char *argv[] = {path, serve, NULL};
	char *environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	if (!parser_path(path))
		return ENOENT;
	if (posix_spawn_file_actions_init(&actions) != 0)
		bug("out of memory");
	int failed = posix_spawn_file_actions_adddup2(&actions, socket, 0);
	if (!failed)
		failed = posix_spawn(&pid, path, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* 0, or why not (errno). */
static int server_start(void)
{
	int ends[2];
	if (server >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return errno;
	int failed = spawn_server(ends[1]);
	close(ends[1]);
	if (failed)
		close(ends[0]);
	else
		server = ends[0];
	return failed;
}

static int server_send(enum list_kind kind, const char *asked, const int fds[3])
{
	union {
		char at[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control = {.at = {0}};
	unsigned char byte = (unsigned char)kind;
	char *text = strdup(asked);
	bug_if(!text);
	struct iovec pieces[] = {
		{.iov_base = &byte, .iov_len = 1}, {.iov_base = text, .iov_len = strlen(text)}};
	struct msghdr m = {.msg_iov = pieces,
		.msg_iovlen = COUNT_OF(pieces),
		.msg_control = control.at,
		.msg_controllen = sizeof control.at};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(c), fds, 3 * sizeof(int));
	int failed = sendmsg(server, &m, MSG_NOSIGNAL) > 0 ? 0 : errno;
	free(text);
	return failed;
}

void parser_start(struct parser *p, enum list_kind kind, const char *path, const char *asked)
{
	int rows[2], words[2];
	*p = (struct parser){.kind = kind, .rows = -1, .words = -1};
	CLEANUP(close_fd) int in = copy_of(p, path);
	if (in < 0)
		return;
	if (pipe2(rows, O_CLOEXEC) != 0 || pipe2(words, O_CLOEXEC) != 0)
		bug("could not make a pipe: %s", strerror(errno));
	fcntl(rows[1], F_SETPIPE_SZ, PIPE_SIZE);
	int failed = server_start();
	if (!failed)
		failed = server_send(kind, asked, (const int[3]){in, rows[1], words[1]});
	close(rows[1]);
	close(words[1]);
	p->rows = rows[0];
	p->words = words[0];
	p->running = !failed;
	if (!failed)
		return;
	close(p->rows);
	close(p->words);
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
	if (!p->running)
		return false;
	while (out->n < most)
		if (!take(p->rows, out, PIECE))
			return false;
	return true;
}

/* What it says fits into its pipe, so it can be read after the rows. A process that died has said nothing. */
bool parser_end(struct parser *p)
{
	CLEANUP(buf_free) struct buf words;
	buf_init(&words, WORDS_MAX + 256);
	if (!p->running)
		return false;
	close(p->rows);
	while (take(p->words, &words, 256))
		continue;
	close(p->words);
	p->running = false;
	if (!read_words(p, &words))
		problem(p, "parser_died", "");
	if (strcmp(p->code, "ok") != 0)
		return false;
	problem(p, "", "");
	return true;
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
