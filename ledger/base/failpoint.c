#include "ledger/base/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "CHFAILP1"
#define SLOTS 255

/* As other programs write them too. */
enum { ACT_NOT, ACT_KILL, ACT_DELAY, ACT_ERROR, ACT_STOP };

/* The layout of the file, little endian; board.py has the same. */
struct slot {
	_Atomic uint64_t name[FAILPOINT_NAME_SIZE / 8]; /* text */
	_Atomic uint64_t hits, fire_at;                 /* acts when hits becomes fire_at */
	_Atomic uint32_t action, arg;                   /* arg: milliseconds */
	_Atomic uint64_t landed;
	_Atomic uint64_t key; /* of the name; 0: nobody's */
	uint64_t reserved[3];
};

struct failpoint_board {
	char magic[8];
	_Atomic uint64_t hits, global_at;
	_Atomic uint32_t global_action, global_arg;
	uint64_t reserved[4];
	struct slot slots[SLOTS];
};

_Static_assert(sizeof(struct slot) == 128, "a slot as others map it");
_Static_assert(offsetof(struct failpoint_board, slots) == 64, "a head as others map it");

struct failpoint_board *failpoint_board;
static const char *whose;

static bool no_board(struct why *why, const char *path, const char *what)
{
	return why_set(
		why, "failpoints_board", "CHITRA_FAILPOINTS: %s is no board of failpoints: %s", path, what);
}

bool failpoints_use(const char *path, const char *who, struct why *why)
{
	if (failpoint_board)
		munmap(failpoint_board, sizeof *failpoint_board);
	failpoint_board = NULL;
	if (!path)
		return true;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return no_board(why, path, strerror(errno));
	struct stat st;
	struct failpoint_board *b = MAP_FAILED;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)sizeof *b)
		b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (b == MAP_FAILED)
		return no_board(why, path, "it is not of a board's size");
	if (memcmp(b->magic, MAGIC, sizeof b->magic) != 0) {
		munmap(b, sizeof *b);
		return no_board(why, path, "it does not begin with " MAGIC);
	}
	failpoint_board = b;
	whose = who;
	return true;
}

bool failpoints_start(const char *who, struct why *why)
{
	const char *path = secure_getenv("CHITRA_FAILPOINTS");
	return !path || !*path || failpoints_use(path, who, why);
}

/* FNV-1a; 64 bits of it do for 255 names. */
static uint64_t key_of(const char *name)
{
	uint64_t key = UINT64_C(14695981039346656037);
	for (; *name; name++)
		key = (key ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return key ? key : 1;
}

static bool is_its(struct slot *s, uint64_t key, bool taking)
{
	uint64_t there = atomic_load(&s->key);
	return there == key ||
	       (taking && there == 0 &&
		       (atomic_compare_exchange_strong(&s->key, &there, key) || there == key));
}

/* Its first letters last, so that what has a name has the whole of it. */
static void write_name(struct slot *s, const char *name)
{
	uint64_t words[COUNT_OF(s->name)] = {0};
	memcpy(words, name, strlen(name));
	for (size_t i = COUNT_OF(words); i-- > 0;)
		atomic_store(&s->name[i], words[i]);
}

/* Slots are never given back, so the key alone decides, and whoever dies between taking a slot and naming it harms nothing: the next one
 * writes the same name. */
static struct slot *slot_of(const char *name)
{
	uint64_t key = key_of(name);
	struct slot *slots = failpoint_board->slots;
	for (int taking = 0; taking < 2; taking++)
		for (struct slot *s = slots; s < slots + SLOTS; s++)
			if (is_its(s, key, taking)) {
				if (!atomic_load(&s->name[0]))
					write_name(s, name);
				return s;
			}
	bug("the board has no room for the failpoint %s", name);
}

static void wait_ms(uint32_t ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

static bool act(struct slot *s, uint32_t action, uint32_t arg)
{
	if (action == ACT_NOT)
		return false;
	atomic_fetch_add(&s->landed, 1);
	if (action == ACT_KILL)
		kill(getpid(), SIGKILL);
	else if (action == ACT_STOP)
		kill(getpid(), SIGSTOP);
	else if (action == ACT_DELAY)
		wait_ms(arg);
	else if (action == ACT_ERROR)
		errno = EIO; /* or whoever tells of it says what happened last */
	return action == ACT_ERROR;
}

/* WHO.NAME, and WHO once where the name begins with it too. */
static void name_here(char out[static FAILPOINT_NAME_SIZE], const char *name, const char *arrow)
{
	size_t n = strlen(whose);
	bool said = strncmp(name, whose, n) == 0 && name[n] == '.';
	int size = snprintf(
		out, FAILPOINT_NAME_SIZE, "%s%s%s%s", said ? "" : whose, said ? "" : ".", name, arrow);
	bug_if(size < 0 || size >= FAILPOINT_NAME_SIZE);
}

bool failpoint_reached(const char *name, const char *arrow)
{
	char here[FAILPOINT_NAME_SIZE];
	name_here(here, name, arrow);
	struct failpoint_board *b = failpoint_board;
	struct slot *s = slot_of(here);
	uint64_t hit = atomic_fetch_add(&s->hits, 1) + 1, of_all = atomic_fetch_add(&b->hits, 1) + 1;
	if (hit == atomic_load(&s->fire_at))
		return act(s, atomic_load(&s->action), atomic_load(&s->arg));
	if (of_all == atomic_load(&b->global_at))
		return act(s, atomic_load(&b->global_action), atomic_load(&b->global_arg));
	return false;
}
