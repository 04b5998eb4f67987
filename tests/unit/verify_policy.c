/* Whom an auditor believes, as a file says it (C2SP tlog-policy), and what a finding prints. */
#include "ledger/verify/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "ledger/verify/finding.h"
#include "tests/lib/tap.h"

/* The key of a signer whose 32 bytes are all `byte`. */
static const char *vkey(const char *name, uint8_t type, uint8_t byte)
{
	static char made[8][200];
	static unsigned turn;
	char *to = made[turn++ % 8], hex[9], base64[60];
	uint8_t said[300], hash[32], typed[33];
	size_t n = (size_t)snprintf((char *)said, sizeof said, "%s\n", name);

	memset(typed, byte, sizeof typed);
	typed[0] = type;
	memcpy(said + n, typed, sizeof typed);
	(void)crypto_hash_sha256(hash, said, n + sizeof typed);
	(void)sodium_bin2hex(hex, sizeof hex, hash, 4);
	(void)sodium_bin2base64(base64, sizeof base64, typed, sizeof typed, sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(to, sizeof made[0], "%s+%s+%s", name, hex, base64);
	return to;
}

static struct policy policy;

/* The line that is wrong; 0: the policy is read. $L and $M stand for two keys of the log, $1, $2 and $3 for three witnesses', $0 for the first
 * one's under another name. */
static size_t wrong(const char *text)
{
	static const struct {
		const char *name;
		uint8_t type, byte;
	} keys[] = {['L'] = {"log.example", 1, 9},
		['M'] = {"log.example", 1, 8},
		['1'] = {"one.example", 4, 1},
		['2'] = {"two.example", 4, 2},
		['3'] = {"three.example", 4, 3},
		['0'] = {"other.name", 4, 1}};
	static char file[4000]; /* the policy points into it */
	size_t n = 0, line;

	for (; *text != '\0'; text++) {
		if (*text != '$') {
			file[n++] = *text;
			continue;
		}
		text++;
		n += (size_t)snprintf(file + n, sizeof file - n, "%s",
			vkey(keys[(int)*text].name, keys[(int)*text].type, keys[(int)*text].byte));
	}
	return policy_read((struct text){.at = file, .n = n}, &policy, &line) ? 0 : line;
}

#define THREE "log $L\nwitness a $1\nwitness b $2\nwitness c $3\n"

static void test_read(void)
{
	static const struct {
		const char *text;
		size_t wrong;
		const char *rule;
	} rows[] = {
		{"log $L\nquorum none\n", 0, "a log without witnesses"},
		{"log $L\nquorum none", 0, "also without a last line end"},
		{"# ours\n\n \t# and\n\tlog  $L\thttps://log.example/ \nwitness a $1 https://one.example/#w\nquorum a\n",
			0, "comments, blanks, tabs and addresses"},
		{"witness a $1\nlog $L\nwitness b $2\nlog $M\nquorum b\n", 0,
			"logs and witnesses in any order"},
		{THREE "group g 2 a b\ngroup h all g c\nquorum h\n", 0, "groups in groups"},
		{"log $L\nwitness a#1 $1\nquorum a#1\n", 0, "a name with '#' in it"},
		{"log $L\n", 2, "no quorum is a mistake"},
		{"quorum none\n", 2, "so is no log"},
		{"log $L\nquorum none\nquorum none\n", 3, "two quorums"},
		{"log $L\nquorum a\nwitness a $1\n", 2, "a quorum of somebody who comes later"},
		{"log $L\nwitness a $1\nwitness a $2\nquorum a\n", 3, "two of one name"},
		{"log $L\nwitness a $1\nwitness b $0\nquorum a\n", 3, "one key under two names"},
		{"log $L\nlog $L\nquorum none\n", 2, "one log twice"},
		{"log $1\nquorum none\n", 1, "a witness's key as a log's"},
		{"log $L\nwitness a $L\nquorum a\n", 2, "a log's key as a witness's"},
		{"log $L\nwitness none $1\nquorum none\n", 2, "a witness whose name is none"},
		{THREE "group g 3 a b\nquorum g\n", 5, "a group that can never be complete"},
		{THREE "group g 0 a b\nquorum g\n", 5, "one that always is"},
		{THREE "group g 02 a b\nquorum g\n", 5, "a number with two spellings"},
		{THREE "group g any\nquorum g\n", 5, "one without members"},
		{THREE "group g 2 a a\nquorum g\n", 5, "a witness that counts twice"},
		{THREE "group g any a b\ngroup h any a c\ngroup i all g h\nquorum i\n", 6,
			"or in two groups"},
		{THREE "group g any g\nquorum g\n", 5, "a group in itself"},
		{THREE "group g any none\nquorum g\n", 5, "nobody as a member"},
		{"log $L\nquorum none\r\n", 2, "another line end"},
		{"log $L u v\nquorum none\n", 1, "more words than there may be"},
		{"log $L\nquorum none us\n", 2, "also behind the quorum"},
		{"log $L\nwitnesses a $1\nquorum a\n", 2, "a word that there is not"},
		{"log $L\nwitness a $1x\nquorum a\n", 2, "a key that is none"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is_i64((int64_t)wrong(rows[i].text), (int64_t)rows[i].wrong, "%s", rows[i].rule);
}

/* Who has signed, by the letters of keys: in the order of the policy's signers. */
static bool met(const char *who)
{
	uint64_t at[SIGNERS_MAX] = {0};

	for (size_t i = 0; i < policy.n; i++)
		at[i] = strchr(who, policy.signers[i].name.at[0]) != NULL;
	return policy_quorum(&policy, at);
}

static void test_quorum(void)
{
	is_i64((int64_t)wrong(
		       "witness a $1\nwitness b $2\nlog $L\nwitness c $3\ngroup g 2 a b c\nquorum g\n"),
		0, "two of three are asked for");
	is_i64((int64_t)policy.n_logs, 1, "of one log");
	ok(policy.signers[0].type == 1, "whose key comes first");
	/* two.example and three.example begin with the same letter */
	ok(!met("") && !met("l") && !met("o") && met("t") && met("ot"),
		"two are enough, and one is not, nor the log");
	is_i64((int64_t)wrong("witness a $1\nlog $L\nquorum a\n"), 0, "one is asked for");
	ok(met("o") && !met("l"), "and it is the witness, not the log before it");
	is_i64((int64_t)wrong("log $L\nquorum none\n"), 0, "none is asked for");
	ok(met(""), "and none is enough");
}

static void test_finding(void)
{
	char *said = NULL;
	size_t n;
	struct findings f = {.to = open_memstream(&said, &n), .first_leaf = NO_LEAF};

	finding(&f, "row_more", 7, "%s", "1,\x1b[2J\r\x9b 2\xc2\x9b\nresult      everything fits\x7f");
	(void)fclose(f.to);
	is_str(said, "finding row_more: leaf 7: 1,?[2J?? 2???result      everything fits?\n",
		"what a stranger wrote gives no orders to the terminal");
	free(said);
}

int main(void)
{
	if (sodium_init() < 0)
		return 1;
	test_read();
	test_quorum();
	test_finding();
	return done_testing();
}
