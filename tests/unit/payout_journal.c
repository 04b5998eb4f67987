/* The sent journal: what it has seen it never forgets, and what was never synced it does not claim. */
#include "ledger/payout/journal_ids.h"
#include "ledger/payout/journal_read.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/tap.h"

static char path[] = "/tmp/chitra-journal-XXXXXX";

static struct journal_item item(int n)
{
	struct journal_item i = {.amount = vnd(2055000 + n), .payout = n};
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	memcpy(i.id, "7ZZZZZZZZZ000000000", E2E_ID_SIZE);
	for (int k = 0, v = n; k < 4; k++, v /= 32)
		i.id[11 - k] = digits[v % 32];
	return i;
}

static const struct journal_dispatch first = {
	.dispatch = 7, .epoch = 1, .channel = "demo-merit", .at_us = 1712106000000000};

static void append_raw(const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND);
	ok(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "a tail was written by hand");
	close(fd);
}

static bool fails_to_open(const char *code)
{
	struct why why = {0};
	struct journal *j = journal_open(path, &why);
	bool failed = !j && strcmp(why.code, code) == 0;
	journal_close(j);
	return failed;
}

static int64_t day_of(const struct journal *j, const char *id)
{
	struct day day;
	return journal_first_day(j, id, &day) ? day.n : -1;
}

/* Since when the bank may know an id: of the first attempt that may have left. */
static void first_days(struct journal *j, const struct journal_item *items)
{
	const int64_t day_us = INT64_C(86400000000);
	const char *again[] = {items[7].id}, *stayed[] = {items[8].id};
	struct journal_dispatch later = first;
	struct why why = {0};

	is_i64(day_of(j, items[0].id), 19816, "the journal knows on which day an id was first sent");
	is_i64(day_of(j, items[250].id), -1, "of one that was not, none");
	ok(journal_record_again(j, again, 1, first.at_us + day_us, &why), "a further attempt, a day later,");
	is_i64(day_of(j, items[7].id), 19816, "changes nothing about the first");
	ok(journal_record_not_sent(j, stayed, 1, first.at_us, &why), "what stayed here");
	is_i64(day_of(j, items[8].id), -1, "has no day");
	later.at_us += 2 * day_us;
	ok(journal_record(j, &later, items + 8, 1, &why), "until it leaves");
	is_i64(day_of(j, items[8].id), 19818, "on the day on which it does");
}

/* As many whole groups as it takes, one call after the other. */
static size_t read_in_parts(size_t most, uint64_t *stopped, uint64_t *last_group)
{
	size_t all = 0, n;
	struct why why = {0};
	CLEANUP(arena_drop) struct arena *a = arena_new();
	*stopped = 0;
	do {
		struct journal_sent *at;
		if (!journal_read_some(a, path, *stopped, most, &at, &n, stopped, &why))
			return SIZE_MAX;
		if (n > 0)
			*last_group = at[n - 1].from;
		all += n;
	} while (n > 0);
	return all;
}

static void in_parts(struct journal *j)
{
	uint64_t stopped, group, again;
	struct journal_sent *at;
	struct why why = {0};
	size_t n;
	CLEANUP(arena_drop) struct arena *a = arena_new();

	is_i64((int64_t)read_in_parts(1, &stopped, &group), 302, "read group by group, it is all there");
	is_i64((int64_t)stopped, (int64_t)journal_size(j), "to its end");
	is_i64((int64_t)read_in_parts(150, &stopped, &again), 302, "in larger parts too");
	ok(again == group && journal_read_some(a, path, group, 1000, &at, &n, &stopped, &why) && n == 100 &&
			strcmp(at[0].item.id, item(200).id) == 0,
		"and from the place where a group begins, it is that group and what follows");
}

int main(void)
{
	struct why why = {0};
	char name[JOURNAL_NAME_SIZE];
	struct journal_item items[300];
	for (int i = 0; i < 300; i++)
		items[i] = item(i);

	int fd = mkstemp(path);
	close(fd);
	struct journal *j = journal_open(path, &why);
	ok(j, "an empty journal opens");
	journal_ids_free(NULL);
	ok(journal_count(j) == 0, "no list of ids is freed like any");
	snprintf(name, sizeof name, "%s", journal_name(j));
	is_i64((int64_t)strlen(name), JOURNAL_NAME_SIZE - 1, "and gets a name");
	ok(!journal_has(j, items[0].id), "and knows nobody");
	ok(journal_record(j, &first, items, 200, &why), "a dispatch is recorded");
	ok(journal_has(j, items[0].id) && journal_has(j, items[199].id), "its ids were sent");
	ok(!journal_has(j, items[200].id), "others were not");
	ok(!journal_record(j, &first, items + 199, 100, &why),
		"a dispatch with one id that was sent before is refused");
	is_str(why.code, "journal_repeated", "by that name");
	ok(!journal_has(j, items[250].id), "and nothing of it was recorded");

	ok(journal_record_not_sent(j, (const char *const[]){items[5].id}, 1, first.at_us, &why),
		"what certainly stayed here is recorded as that");
	ok(!journal_has(j, items[5].id), "and may go");
	ok(journal_record(j, &first, items + 5, 1, &why), "it goes");
	ok(journal_has(j, items[5].id), "and is then sent for good");
	ok(!journal_record_again(j, (const char *const[]){items[299].id}, 1, first.at_us, &why),
		"what was never sent has no further attempt");
	ok(journal_record_again(j, (const char *const[]){items[6].id}, 1, first.at_us, &why),
		"what was sent may have one");
	ok(journal_record_not_sent(j, (const char *const[]){items[6].id}, 1, first.at_us, &why),
		"that a further attempt stayed here is recorded");
	ok(journal_has(j, items[6].id), "and the id was sent all the same, by the first one");
	first_days(j, items);
	ok(fails_to_open("file_locked"), "two processes cannot hold one journal");
	journal_close(j);

	append_raw(
		"dispatch 8 epoch 1 channel demo-merit count 2 sum 2 root 00 at 2024-04-03T01:00:00.000000Z\nsent 7ZZZZZZZZZ0000000ZZ 1 00 1\nsent 7ZZ");
	j = journal_open(path, &why);
	ok(j, "a torn tail is cut off");
	is_str(journal_name(j), name, "the journal keeps its name");
	is_i64((int64_t)journal_count(j), 200, "and its ids were never sent");
	ok(journal_has(j, items[5].id) && journal_has(j, items[6].id), "all else is remembered");
	is_i64(day_of(j, items[0].id), 19816, "and the days");
	is_i64(day_of(j, items[7].id), 19816, "of what went again");
	is_i64(day_of(j, items[8].id), 19818, "and of what stayed here at first");
	is_i64(day_of(j, items[6].id), 19816, "and of what stayed here at last");
	ok(journal_record(j, &first, items + 200, 100, &why), "and it goes on");
	in_parts(j);
	journal_close(j);

	append_raw("sent 7ZZZZZZZZZ0000000ZZ 1 00 1\n");
	ok(fails_to_open("journal_broken"), "a line that was never written stops everything");
	unlink(path);
	return done_testing();
}
