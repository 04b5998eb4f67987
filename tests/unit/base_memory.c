/* Arena, bytes, buffers and reasons. */
#include "ledger/base/arena.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/bytes.h"
#include "ledger/base/sanitizer.h"
#include "ledger/base/why.h"
#include "tests/lib/tap.h"

static void test_arena(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	bool aligned = true, kept = true;
	uint8_t *at[300];

	for (size_t i = 0; i < COUNT_OF(at); i++) {
		at[i] = arena_alloc(a, i * 37);
		aligned = aligned && (uintptr_t)at[i] % 16 == 0;
		memset(at[i], (int)i & 0xff, i * 37);
	}
	for (size_t i = 1; i < COUNT_OF(at); i++)
		kept = kept && at[i][0] == (i & 0xff) && at[i][i * 37 - 1] == (i & 0xff);
	ok(aligned, "every piece is aligned to 16 bytes");
	ok(kept, "no piece overlaps another");
	uint8_t *big = arena_zalloc(a, (size_t)5 << 20);
	ok(big[0] == 0 && big[((size_t)5 << 20) - 1] == 0, "a piece larger than a block is given, zeroed");
	is_str(arena_printf(a, "%s-%d", "batch", 17), "batch-17", "printf into the arena");
	is_str(arena_strndup(a, "abcdef", 3), "abc", "a text is cut and ended");
	int *n = arena_array(a, 4, int);
	ok(n[0] == 0 && n[3] == 0, "arrays are zeroed");
	n[3] = 9;
	n = arena_regrow(a, n, 4, 8, sizeof(*n));
	ok(n[3] == 9 && n[7] == 0, "a regrown array keeps its elements and zeroes the rest");
	arena_reset(a);
	is_i64((int64_t)arena_used(a), 0, "a reset arena has handed out nothing");
	memset(arena_alloc(a, 100000), 1, 100000);
	ok(arena_used(a) >= 100000, "and is used again");
}

static void overflow_of_a_product(void)
{
	volatile size_t n = SIZE_MAX / 8 + 2; /* times 8 is 8; gcc would see it */

	arena_calloc(arena_new(), n, 8);
}

static void reading_an_overflowed_buffer(void)
{
	struct buf b;

	buf_init(&b, 2);
	buf_add_z(&b, "abc");
	(void)buf_bytes(&b);
}

static void asking_for_what_is_not_there(void)
{
	struct rlimit little = {.rlim_cur = 64 << 20, .rlim_max = 64 << 20};
	bug_if(setrlimit(RLIMIT_AS, &little) != 0);
	struct arena *a = arena_new();
	for (int i = 0; i < 1024; i++)
		memset(arena_array(a, 1 << 20, char), 1, 1 << 20);
}

/* The process dies by abort, as bug() promises. */
static bool dies(void (*act)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		act();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_buffer(void)
{
	CLEANUP(buf_free) struct buf b;
	struct bytes rest = bytes_z("one\n\ntwo"), line;
	bool ended;

	buf_init(&b, 20);
	buf_u8(&b, 1);
	buf_u16be(&b, 0x0203);
	buf_u32be(&b, 0x04050607);
	buf_u64be(&b, UINT64_C(0x08090a0b0c0d0e0f));
	is_mem(b.at, b.n, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 15, "integers are written big-endian");
	ok(buf_addf(&b, "%d", 12345) && buf_ok(&b), "a buffer can be filled to its last byte");
	ok(!buf_u8(&b, 0) && !buf_ok(&b), "a byte more does not fit");
	is_i64((int64_t)b.n, 20, "and is not written");
	buf_reset(&b);
	ok(buf_ok(&b) && buf_add_z(&b, "again"), "a reset buffer takes bytes again");
	is_str(buf_str(&b), "again", "a buffer is read as text");
	buf_reset(&b);
	ok(!buf_addf(&b, "%0100d", 1) && !buf_ok(&b) && !buf_add_z(&b, ""), "the mark stays");

	ok(bytes_line(&rest, &line, &ended) && bytes_eq_z(line, "one") && ended, "the first line is cut off");
	ok(bytes_line(&rest, &line, &ended) && line.n == 0 && ended, "an empty line is a line");
	ok(bytes_line(&rest, &line, &ended) && bytes_eq_z(line, "two") && !ended,
		"a last line without LF is told");
	ok(!bytes_line(&rest, &line, &ended), "then there is none");
	ok(bytes_starts(bytes_z("v1a,x"), "v1a,") && !bytes_starts(bytes_z("v1"), "v1a,"),
		"prefixes are seen");

#if !UNDER_ASAN /* which takes all address space for itself */
	ok(dies(asking_for_what_is_not_there), "a process without memory ends: what it did is in the rows");
#else
	(void)asking_for_what_is_not_there;
#endif
	ok(dies(overflow_of_a_product), "an array whose size overflows ends the process");
	ok(dies(reading_an_overflowed_buffer), "reading an overflowed buffer ends the process");
}

static void test_why(void)
{
	struct why w;
	char longest[600];

	ok(!why_set(&w, "account_closed", "closed on %s", "2024-04-03"),
		"a refusal is one line that returns false");
	is_str(w.text, "closed on 2024-04-03", "its text is filled in");
	ok(why_is(&w, "account_closed") && !why_is(&w, "account"), "codes are compared whole");
	ok(!why_prefix(&w, "row %d", 12), "a prefix is added");
	is_str(w.text, "row 12: closed on 2024-04-03", "before the text");
	ok(!why_set(NULL, "x", "y"), "nobody has to listen");

	for (size_t i = 0; i + 1 < sizeof(longest); i += 2)
		memcpy(longest + i, "đ", 2);
	longest[sizeof(longest) - 2] = '\0';
	why_set(&w, "x", "%s", longest);
	is_i64((int64_t)strlen(w.text), 510, "a text that is too long is cut at a character boundary");
	why_prefix(&w, "line 7");
	is_i64((int64_t)strlen(w.text), 510, "also behind a prefix");
	is_str(result_name(UNSURE), "unsure", "results have names");
	why_clear(&w);
	is_str(w.code, "", "a cleared reason is empty");
}

int main(void)
{
	test_arena();
	test_buffer();
	test_why();
	return done_testing();
}
