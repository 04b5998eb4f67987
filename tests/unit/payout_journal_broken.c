/* The sent journal on a disk that fails, and under the hands of somebody who edits it: nothing of it is ever taken for less than it is. */
#include "ledger/payout/journal_read.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "tests/lib/board.h"
#include "tests/lib/tap.h"

#define AT     " at 2024-04-03T01:00:00.000000Z\n"
#define HEX    "0000000000000000000000000000000000000000000000000000000000000000"
#define FIRST  "7ZZZZZZZZZ000000000"
#define SECOND "7ZZZZZZZZZ000000001"
#define OTHER  "7ZZZZZZZZZZZZZZZZZZ"
#define HEAD   "dispatch 7 epoch 1 channel demo count 2 sum 3 root " HEX AT

static char path[] = "/tmp/chitra-broken-XXXXXX";
static const char good[] = "journal 0123456789ABCDEF\n" HEAD "sent " FIRST " 1 " HEX " 1\nsent " SECOND
			   " 2 " HEX " 2\ndone 2\nnot-sent " SECOND AT "again " SECOND AT "again " FIRST AT
			   "not-sent " FIRST AT;

/* ---- a disk of which no more than so many bytes can be read ------------------------------------------------------------------ */

static size_t readable = SIZE_MAX;
static bool gone; /* it can be opened no more */

struct disk {
	FILE *in;
	size_t left;
};

static ssize_t disk_read(void *of, char *to, size_t n)
{
	struct disk *d = of;
	if (d->left == 0) {
		errno = EIO;
		return -1;
	}
	size_t got = fread(to, 1, n < d->left ? n : d->left, d->in);
	d->left -= got;
	return (ssize_t)got;
}

static int disk_seek(void *of, off64_t *at, int whence)
{
	struct disk *d = of;
	int failed = fseeko(d->in, (off_t)*at, whence);
	*at = ftello(d->in);
	return failed;
}

static int disk_close(void *of)
{
	struct disk *d = of;
	int failed = fclose(d->in);
	free(d);
	return failed;
}

FILE *fopen(const char *name, const char *mode)
{
	if (gone) {
		errno = EMFILE;
		return NULL;
	}
	FILE *(*real)(const char *, const char *);
	void *found = dlsym(RTLD_NEXT, "fopen");
	memcpy(&real, &found, sizeof real); /* ISO C has no cast from an object's pointer to a function's */
	FILE *in = real(name, mode);
	if (!in || readable == SIZE_MAX)
		return in;
	struct disk *d = malloc(sizeof *d);
	*d = (struct disk){in, readable};
	return fopencookie(
		d, "r", (cookie_io_functions_t){.read = disk_read, .seek = disk_seek, .close = disk_close});
}

/* ---- */

static void put(const char *text, const char *more)
{
	struct why why;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	unlink(path);
	bug_if(!write_file_durable(path, bytes_z(arena_printf(a, "%s%s", text, more)), 0600, &why));
}

static size_t size(void)
{
	struct stat st;
	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static const char *opened(void)
{
	static struct why why;
	why_clear(&why);
	struct journal *j = journal_open(path, &why);
	journal_close(j);
	return j ? "" : why.code;
}

static const char *read_back(size_t *n)
{
	static struct why why;
	struct journal_sent *at;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	why_clear(&why);
	return journal_read(a, path, &at, n, &why) ? "" : why.code;
}

static const char *read_some(size_t *n)
{
	static struct why why;
	struct journal_sent *at;
	uint64_t stopped;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	why_clear(&why);
	return journal_read_some(a, path, 0, 1000, &at, n, &stopped, &why) ? "" : why.code;
}

static void test_edited(void)
{
	static const struct {
		const char *line, *title;
		bool is_read; /* the reader of lists looks at less: it reads what journal_open has looked through */
	} bad[] = {
		{"sent " OTHER " 1 " HEX " 1\n", "an id outside of any dispatch", false},
		{"done 1\n", "an end of nothing", false},
		{HEAD "sent " OTHER " 1 " HEX " 1\ndone 2\n", "a dispatch with fewer ids than it says", true},
		{HEAD "sent " OTHER " 1 " HEX " 1\ndone x\n", "an end without a count", true},
		{HEAD "sent short 1 " HEX " 1\ndone 1\n", "an id that is none", false},
		{HEAD "lost " OTHER " 1 " HEX " 1\ndone 1\n", "a word that is none", false},
		{"dispatch 8 epoch 1 channel demo count 1 sum 1 root " HEX "\n",
			"a dispatch without its time", false},
		{"dispatch 8 epoch 1 channel demo count 1 sum 1 root " HEX " at noon\n",
			"a time that is none", false},
		{"dispatch 8 epoch 1 channel demo count 1 sum 1 root " HEX
		 " at 1969-12-30T00:00:00.000000Z\n",
			"a day before any", true},
		{"dispatch 8 epoch 1 channel demo count 1 sum 1 root " HEX
		 " at 2150-01-01T00:00:00.000000Z\n",
			"a day after all", true},
		{"again " OTHER AT, "a further attempt of what was never sent", true},
		{"again short" AT, "a further attempt of no id", true},
		{"again " FIRST "\n", "a further attempt without its time", true},
		{"not-sent " OTHER AT, "what stayed here and was never sent", true},
		{"not-sent short" AT, "no id that stayed here", true},
		{"journal short\n", "a short name", false},
		{"journal 0123456789ABCDEF0\n", "a long name", false},
		{"journal 0123456789ABCDEFx", "a torn name", true},
		{HEAD "sent " OTHER " x " HEX " 1\n", "an amount that is none", false},
		{HEAD "sent " OTHER " 1 " HEX "\n", "an id without its payout", false},
		{HEAD "sent " OTHER " 1 zz 1\n", "an account's hash that is none", false},
		{"\n", "an empty line", false},
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		size_t n, whole;
		put(good, bad[i].line);
		whole = size();
		bool torn = strcmp(bad[i].title, "a torn name") == 0 || strstr(bad[i].line, " x ") ||
			    strstr(bad[i].line, HEX "\n") || strstr(bad[i].line, "zz");
		is_str(read_back(&n), bad[i].is_read ? "" : "journal_broken", "a list of a journal with %s",
			bad[i].title);
		is_str(read_some(&n), bad[i].is_read ? "" : "journal_broken", "a part of it");
		if (!torn || strstr(bad[i].line, "done"))
			ok(strcmp(opened(), "journal_broken") == 0 && size() == whole,
				"a journal with %s is not opened, and stays as it is", bad[i].title);
	}
	CLEANUP(arena_drop) struct arena *a = arena_new();
	put(good, arena_printf(a, "again %0300d\n", 1));
	is_str(opened(), "journal_broken", "nor is one with a line that is longer than any");
}

static void test_unreadable(void)
{
	size_t n, half = 0, whole = strlen(good);
	put(good, "");
	for (readable = 0; readable < whole; readable += 7)
		half += strcmp(opened(), "file_trouble") != 0 || size() != whole ||
			strcmp(read_back(&n), "file_trouble") != 0 ||
			strcmp(read_some(&n), "file_trouble") != 0;
	readable = SIZE_MAX;
	is_i64((int64_t)half, 0,
		"a journal that the disk gives in part is not opened, not cut, and not read as if it were whole");
	is_str(opened(), "", "when the disk gives it all it opens");
	gone = true;
	is_str(opened(), "file_trouble", "one that can be opened once and not twice does not open");
	is_str(read_back(&n), "file_trouble", "and is no list");
	gone = false;
	struct journal_sent *at;
	uint64_t stopped;
	struct why why = {0};
	CLEANUP(arena_drop) struct arena *a = arena_new();
	ok(!journal_read_some(a, path, UINT64_MAX, 1, &at, &n, &stopped, &why) &&
			why_is(&why, "file_trouble"),
		"no part begins where no file can");
	put(HEAD "sent " FIRST " 1 " HEX " 1\ndone 1\n", "");
	ok(strcmp(read_back(&n), "") == 0 && n == 1, "one id is a list of one");
	unlink(path);
	ok(strcmp(read_back(&n), "") == 0 && n == 0, "a journal that is not there is an empty list");
	is_str(read_some(&n), "file_trouble", "but has no part");
	bug_if(symlink(path, path) != 0);
	is_str(opened(), "file_trouble", "a path that leads nowhere is no journal");
	is_str(read_back(&n), "file_trouble", "and no list");
	unlink(path);
}

/* The disk takes nothing more: nothing is remembered that is not on it. */
static void test_full(void)
{
	const struct journal_dispatch d = {
		.dispatch = 8, .epoch = 1, .channel = "demo", .at_us = 1712106000000000};
	struct journal_item item = {.id = OTHER, .amount = vnd(5), .payout = 3};
	const char *const ids[] = {SECOND};
	struct why why = {0};

	put("", "");
	board_use("test");
	board_arm("test.journal.write", 1, BOARD_ERROR);
	is_str(opened(), "file_trouble", "a journal that cannot get its name is not opened");
	put(good, "");
	struct journal *j = journal_open(path, &why);
	bug_if(!j);
	is_str(journal_path(j), path, "a journal knows where it lies");
	ok(journal_has_room(j, 100, &why), "there is room");
	ok(!journal_has_room(j, SIZE_MAX >> 12, &why) && why_is(&why, "file_trouble"),
		"for more than any disk there is none");
	board_arm("test.journal.write", 1, BOARD_ERROR);
	ok(!journal_record(j, &d, &item, 1, &why) && why_is(&why, "file_trouble") && !journal_has(j, OTHER),
		"a dispatch that could not be written was not sent");
	board_arm("test.journal.write", 1, BOARD_ERROR);
	ok(!journal_record_again(j, ids, 1, d.at_us, &why) && why_is(&why, "file_trouble"),
		"a further attempt that could not be written is told");
	board_arm("test.journal.write", 1, BOARD_ERROR);
	ok(!journal_record_not_sent(j, ids, 1, d.at_us, &why) && journal_has(j, SECOND),
		"what could not be written as not sent counts as sent");
	ok(journal_record(j, &d, &item, 1, &why) && journal_has(j, OTHER), "then it goes");
	journal_close(j);
	board_use(NULL);
	is_str(opened(), "", "and the journal is whole");
}

/* Memory for more ids than there was at first; and each once in the list, with its last dispatch and its first time. */
static void test_many(void)
{
	enum { IDS = 9000, GROUP = 3000 };
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	static struct journal_item items[IDS];
	struct journal_dispatch d = {.dispatch = 1, .epoch = 1, .channel = "demo", .at_us = 1712106000000000};
	struct why why = {0};
	for (int i = 0; i < IDS; i++) {
		items[i] = (struct journal_item){.id = OTHER, .amount = vnd(1), .payout = i};
		uint64_t v = (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15) >> 4; /* spread as keyed hashes are */
		for (int k = 0; k < 12; k++, v >>= 5)
			items[i].id[k] = digits[v % 32];
	}
	put("", "");
	struct journal *j = journal_open(path, &why);
	bug_if(!j);
	for (int i = 0; i < IDS; i += GROUP)
		bug_if(!journal_record(j, &d, items + i, GROUP, &why));
	const char *const stays[] = {items[5].id};
	bug_if(!journal_record_not_sent(j, stays, 1, d.at_us, &why));
	d = (struct journal_dispatch){
		.dispatch = 2, .epoch = 3, .channel = "demo", .at_us = d.at_us + 1000000};
	bug_if(!journal_record(j, &d, items + 5, 1, &why));
	bug_if(!journal_record_not_sent(j, stays, 1, d.at_us, &why));
	d.dispatch = 3;
	d.at_us += 1000000;
	bug_if(!journal_record(j, &d, items + 5, 1, &why)); /* by the same sender, a second later */
	bug_if(!journal_record_not_sent(j, stays, 1, d.at_us, &why));
	d.dispatch = 4;
	d.at_us -= 3000000;
	d.epoch++;
	bug_if(!journal_record(j, &d, items + 5, 1, &why)); /* by the next one, whose clock is behind */
	journal_close(j);
	j = journal_open(path, &why);
	bug_if(!j);
	int known = 0;
	for (int i = 0; i < IDS; i++)
		known += journal_has(j, items[i].id);
	ok(known == IDS && journal_count(j) == IDS, "each of %d ids is remembered", IDS);
	journal_close(j);

	struct journal_sent *at;
	size_t n;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	ok(journal_read(a, path, &at, &n, &why) && n == IDS, "the list has each once");
	size_t sorted = 1;
	const struct journal_sent *again = NULL;
	for (size_t i = 0; i < n; i++) {
		sorted += i > 0 && strcmp(at[i - 1].item.id, at[i].item.id) < 0;
		if (strcmp(at[i].item.id, items[5].id) == 0)
			again = &at[i];
	}
	ok(sorted == n, "by id");
	ok(again && again->dispatch == 4 && again->epoch == 4 && again->at_us == d.at_us,
		"what went often with its last dispatch and its first time");
}

int main(void)
{
	int fd = mkstemp(path);
	close(fd);
	test_edited();
	test_unreadable();
	test_full();
	test_many();
	unlink(path);
	return done_testing();
}
