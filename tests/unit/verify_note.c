/* The verifier refuses notes, checkpoints and receipts that are malformed. It shares no code with the writer, so it is asked again; the note with
 * two signatures is the published one whose keys have the seeds 32 times 0x01 and 0x02. */
#include "ledger/verify/note.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/verify/log.h"
#include "ledger/verify/receipt.h"
#include "tests/lib/tap.h"

#define TEXT_OF "ledger.example.gov.vn/payout-2025\n70000\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n"
#define BY_LOG \
	"— ledger.example.gov.vn/payout-2025 71Fy1KtZDcrjM8y0tzyUvj5Jb7P116Ce8atydhUWwGMC6PAAsaiR37myWOeg9xaK3oyWfgF3OruXIx+VLnBFIlSlHQY=\n"
#define WITNESS "— witness.example.vn/stateaudit "
#define BY_WITNESS \
	WITNESS "JHALmQAAAABpH+0gwS/JmgumUiVfAlib1tw86MsDsjKab9S5nXhNTpkRRn3VFRs/T96/TcS5dkRGKd0Hz6MTArRYGKM6du+Ip+5rDw==\n"

static struct signer signers[2];
static uint64_t at[2];

static enum note_answer opened(const char *note)
{
	struct text text;

	at[0] = at[1] = 99;
	return note_open(text_z(note), signers, 2, at, &text);
}

static void test_signatures(void)
{
	static const struct {
		const char *note;
		enum note_answer answer;
		uint64_t at[2];
		const char *rule;
	} rows[] = {
		{TEXT_OF "\n" BY_LOG BY_WITNESS, NOTE_FINE, {1, 1763700000},
			"the published note, by the log and the witness"},
		{TEXT_OF "\n" BY_WITNESS, NOTE_FINE, {0, 1763700000}, "by the witness alone"},
		{TEXT_OF "\n— other.example AAAAAAA=\n" BY_LOG, NOTE_FINE, {1, 0},
			"a stranger's line is passed over"},
		{TEXT_OF "\n— witness.example.vn/stateaudit AAAAAAA=\n" BY_LOG, NOTE_FINE, {1, 0},
			"so is one with a known name and another key"},
		{"x" TEXT_OF "\n" BY_LOG, NOTE_BAD_SIGNATURE, {0, 0}, "another text"},
		{TEXT_OF
			"\n" BY_LOG WITNESS
			"JHALmQAAAABpH+0hwS/JmgumUiVfAlib1tw86MsDsjKab9S5nXhNTpkRRn3VFRs/T96/TcS5dkRGKd0Hz6MTArRYGKM6du+Ip+5rDw==\n",
			NOTE_BAD_SIGNATURE, {0, 0}, "a cosignature of a second later"},
		{TEXT_OF
			"\n" BY_LOG WITNESS
			"JHALmcEvyZoLplIlXwJYm9bcPOjLA7Iymm/UuZ14TU6ZEUZ91RUbP0/ev03EuXZERindB8+jEwK0WBijOnbviKfuaw8=\n",
			NOTE_BAD_SIGNATURE, {0, 0}, "one without its time"},
	};

	ok(signer_read(
		   text_z("ledger.example.gov.vn/payout-2025+ef5172d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"),
		   &signers[0]) &&
			signer_read(
				text_z("witness.example.vn/stateaudit+24700b99+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"),
				&signers[1]),
		"the published keys are read");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ok(opened(rows[i].note) == rows[i].answer, "%s: as it must be", rows[i].rule);
		if (rows[i].answer == NOTE_FINE)
			ok(at[0] == rows[i].at[0] && at[1] == rows[i].at[1], "with who signed, and when");
	}
}

static void test_malformed(void)
{
	static const char *const notes[] = {"x\n\n— a AAAA\n", "x\n\n— a AAAAAAA\n", "x\n\n— a AAAAAAB=\n",
		"x\n\n—a AAAAAAA=\n", "x\n\n- a AAAAAAA=\n", "x\n\n—  AAAAAAA=\n", "x\n\n— a+b AAAAAAA=\n",
		"x\n\n— a\xc2\xa0z AAAAAAA=\n", "x\n\n— a\xe2\x80\x89z AAAAAAA=\n", "x\n\n— a AAAAAAA= \n",
		"x\n\n— a AAAAAAA=", "x\n\n", "x\n— a AAAAAAA=\n", "x\n\n— a AAAAAAA=\n\n",
		"x\ty\n\n— a AAAAAAA=\n", "x\r\n\n— a AAAAAAA=\n", "x\xff\n\n— a AAAAAAA=\n",
		"x\xc0\xaf\n\n— a AAAAAAA=\n", ""};
	static const char *const checkpoints[] = {"o\n01\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",
		"o\n-1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",
		"o\n9223372036854775808\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",
		"o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6v==\n", "o\n1\nZG9uJ3QgY2FyZSAy\n",
		"o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\nmore\n",
		"\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",
		"o o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n", "o\n1\n", "o\n", ""};
	struct checkpoint c;

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		ok(opened(notes[i]) == NOTE_MALFORMED, "malformed note %zu is refused", i + 1);
	for (size_t i = 0; i < sizeof checkpoints / sizeof *checkpoints; i++)
		ok(!checkpoint_read(text_z(checkpoints[i]), &c), "malformed checkpoint %zu is refused",
			i + 1);
	ok(checkpoint_read(text_z(TEXT_OF), &c) && c.size == 70000, "the published one is read");
}

#define HASH_OF "2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n"
#define EIGHT   HASH_OF HASH_OF HASH_OF HASH_OF HASH_OF HASH_OF HASH_OF HASH_OF

static void test_receipts(void)
{
	static const struct {
		const char *text;
		bool fine;
		const char *rule;
	} rows[] = {
		{"c2sp.org/tlog-proof@v1\nindex 0\n\nnote", true, "a receipt of a tree of one leaf"},
		{"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 7\n" HASH_OF HASH_OF "\nnote", true,
			"one with something that proves nothing"},
		{"c2sp.org/tlog-proof@v1\nindex 7\n" EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "\nnote",
			false, "64 hashes"},
		{"c2sp.org/tlog-proof@v2\nindex 0\n\nnote", false, "another version"},
		{"index 0\n\nnote", false, "no version"},
		{"c2sp.org/tlog-proof@v1\n\nnote", false, "no index"},
		{"c2sp.org/tlog-proof@v1\nindex 00\n\nnote", false, "an index with two spellings"},
		{"c2sp.org/tlog-proof@v1\nindex -1\n\nnote", false, "one below zero"},
		{"c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nnote", false, "one beyond all leaves"},
		{"c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\nnote", false, "lines out of order"},
		{"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote", false, "a hash that is too short"},
		{"c2sp.org/tlog-proof@v1\nindex 1\n" HASH_OF, false, "no checkpoint"},
		{"c2sp.org/tlog-proof@v1\nindex 1\n" HASH_OF "\n", false, "an empty one"},
		{"c2sp.org/tlog-proof@v1\r\nindex 1\n\nnote", false, "another line end"},
	};
	struct receipt r;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ok(receipt_read(text_z(rows[i].text), &r) == rows[i].fine, "%s is %s", rows[i].rule,
			rows[i].fine ? "read" : "refused");
}

static int removed(const char *path, const struct stat *st, int kind, struct FTW *at_level)
{
	(void)st;
	(void)kind;
	(void)at_level;
	return remove(path);
}

/* Where a bundle of leaves lies: the published encodings of tiles' paths. */
static void test_paths(void)
{
	static const struct {
		uint64_t index;
		unsigned width;
		const char *path;
	} rows[] = {{1234067, 256, "x001/x234/067"}, {1, 5, "001.p/5"}, {123456078, 2, "x123/x456/078.p/2"},
		{0, 256, "000"}};
	char dir[] = "/tmp/chitra-verify-XXXXXX", path[200];

	if (mkdtemp(dir) == NULL)
		abort();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t first = rows[i].index * 256, size = first + rows[i].width;
		struct held in = {.at = NULL};
		struct text leaf = text_z("");
		FILE *to;

		ok(!log_leaf_at(dir, size, first, &in, &leaf), "no bundle %s is there", rows[i].path);
		file_free(&in);
		(void)snprintf(path, sizeof path, "%s/tile/entries/%s", dir, rows[i].path);
		for (char *slash = path + strlen(dir); slash != NULL; slash = strchr(slash + 1, '/')) {
			*slash = '\0';
			(void)mkdir(path, 0700);
			*slash = '/';
		}
		to = fopen(path, "we");
		if (to == NULL || fwrite("\0\4leaf", 1, 6, to) != 6 || fclose(to) != 0)
			abort();
		ok(log_leaf_at(dir, size, first, &in, &leaf) && text_is(leaf, "leaf"), "there it is found");
		file_free(&in);
	}
	(void)nftw(dir, removed, 10, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	test_signatures();
	test_malformed();
	test_receipts();
	test_paths();
	return done_testing();
}
