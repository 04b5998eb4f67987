#include "daemon/cli/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"

bool passphrase_take_fd(const char *value, void *from)
{
	struct passphrase_from *to = from;
	return cli_count(value, 0, 1 << 20, &to->fd);
}

/* A page of its own that is neither swapped nor dumped. */
char *passphrase_room(void)
{
	void *room = mmap(NULL, PASSPHRASE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		bug("out of memory for a passphrase");
	/* Best effort: a small RLIMIT_MEMLOCK does not keep an officer from her work. */
	if (mlock(room, PASSPHRASE_MAX) != 0 || madvise(room, PASSPHRASE_MAX, MADV_DONTDUMP) != 0)
		errno = 0;
	return room;
}

void passphrase_free(char *room)
{
	secret_wipe(room, PASSPHRASE_MAX);
	munmap(room, PASSPHRASE_MAX);
}

/* One line, without its end. */
static bool read_line(int fd, char *room, struct why *why)
{
	size_t n = 0;
	while (n < PASSPHRASE_MAX - 1) {
		ssize_t got = read(fd, room + n, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || room[n] == '\n')
			break;
		n++;
	}
	room[n] = '\0';
	if (n == 0)
		return why_set(why, "passphrase_empty", "no passphrase was given");
	if (n == PASSPHRASE_MAX - 1)
		return why_set(
			why, "passphrase_long", "the passphrase has more than %d bytes", PASSPHRASE_MAX - 2);
	return true;
}

static bool prompt_line(int tty, const char *prompt, char *room, struct why *why)
{
	struct termios before, quiet;
	if (tcgetattr(tty, &before) != 0)
		return why_set(why, "passphrase_terminal", "there is no terminal to ask on");
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON;
	if (write(tty, prompt, strlen(prompt)) < 0 || write(tty, ": ", 2) < 0)
		return why_set(why, "passphrase_terminal", "could not write on the terminal");
	tcsetattr(tty, TCSAFLUSH, &quiet);
	bool done = read_line(tty, room, why);
	tcsetattr(tty, TCSAFLUSH, &before);
	if (write(tty, "\n", 1) < 0)
		errno = 0;
	return done;
}

static bool ask(const char *prompt, bool again, char *room, struct why *why)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0)
		return why_set(why, "passphrase_terminal",
			"there is no terminal to ask on; use --passphrase-file or --passphrase-fd");
	bool done = prompt_line(tty, prompt, room, why);
	if (done && again) {
		char *second = passphrase_room();
		done = prompt_line(tty, "Nhập lại", second, why);
		if (done && strcmp(room, second) != 0)
			done = why_set(why, "passphrase_differs", "the two passphrases differ");
		passphrase_free(second);
	}
	close(tty);
	return done;
}

bool passphrase_read(
	const struct passphrase_from *from, const char *prompt, bool again, char *room, struct why *why)
{
	if (from->fd >= 0)
		return read_line(from->fd, room, why);
	if (!from->file)
		return ask(prompt, again, room, why);
	int fd = open(from->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return why_set(why, "passphrase_file", "could not open %s: %s", from->file, strerror(errno));
	bool done = read_line(fd, room, why);
	close(fd);
	return done;
}

struct sign_key *passphrase_open_key(struct cli *cli, const char *path, const struct passphrase_from *from)
{
	struct bytes file;
	struct why *why = &cli->w->why;
	if (!read_file(cli->w->arena, path, KEY_FILE_MAX, &file, why))
		return NULL;
	char *room = passphrase_room();
	struct sign_key *key = NULL;
	if (passphrase_read(from, arena_printf(cli->w->arena, "Mật khẩu của %s", path), false, room, why))
		key = key_file_open(file, bytes_z(room), why);
	passphrase_free(room);
	return key;
}
