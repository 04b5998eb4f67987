/* The verifier reads leaves by their specification: the golden files, and what is wrong with them when a little is changed. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/leaf.h"
#include "ledger/verify/log.h"
#include "ledger/verify/rules.h"
#include "tests/lib/tap.h"

static struct leaf l;

static bool reads(struct text t)
{
	const char *wrong;

	return leaf_read(t, &l, &wrong);
}

static struct held golden(const char *name)
{
	char path[200];
	struct held h;

	(void)snprintf(path, sizeof path, "tests/vectors/books/leaf/%s.leaf", name);
	h = file_read(path, 65535);
	if (h.at == NULL)
		ok(false, "%s is there", path);
	return h;
}

static void test_golden(void)
{
	glob_t found;

	if (glob("tests/vectors/books/leaf/*.leaf", 0, NULL, &found) != 0)
		skip_all("no golden leaves here");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct held h = file_read(found.gl_pathv[i], 65535);
		struct text t = {.at = h.at, .n = h.n};

		ok(reads(t), "%s is a leaf", found.gl_pathv[i] + strlen("tests/vectors/books/leaf/"));
		ok(leaf_key_fits(&l), "its key is that of the fact");
		ok(rules_fit(&l), "it posts what such a fact must");
		t.n--;
		ok(!reads(t), "without its last byte it is none");
		file_free(&h);
	}
	is_i64((int64_t)found.gl_pathc, 28, "there is one of each kind and more");
	globfree(&found);
}

/* The golden leaf with the first `from` replaced; NULL to end where it stood. */
static bool changed(
	const char *name, const char *from, const char *to, char *into, size_t room, struct text *t)
{
	struct held h = golden(name);
	const char *at = memmem(h.at, h.n, from, strlen(from));
	size_t before = at != NULL ? (size_t)(at - h.at) : 0, n;

	if (at == NULL) {
		file_free(&h);
		return false;
	}
	n = (size_t)snprintf(into, room, "%.*s%s%.*s", (int)before, h.at, to,
		(int)(h.n - before - strlen(from)), at + strlen(from));
	*t = (struct text){.at = into, .n = n};
	file_free(&h);
	return true;
}

static void test_malformed(void)
{
	static const struct {
		const char *name, *from, *to, *title;
	} rows[] = {
		{"fee", "chitra-ledger/v1", "chitra-ledger/v2", "another version"},
		{"fee", "seq 13", "seq 013", "a leading zero"},
		{"fee", "seq 13", "seq +13", "a sign before a count"},
		{"fee", "kind fee", "kind fees", "an unknown kind"},
		{"fee", "effective 2024-04-03", "effective 2024-04-31", "a day that is none"},
		{"fee", "effective 2024-04-03", "effective 2023-02-29",
			"the 29th of February of another year"},
		{"fee", "T01:00:00.000000Z", "T24:00:00.000000Z", "an hour that is none"},
		{"fee", "T01:00:00.000000Z", "T01:00:00Z", "a moment without its parts of a second"},
		{"fee", "PHI%20DICH", "PHI%2fDICH", "an escape of small letters"},
		{"fee", "PHI%20DICH", "PHI%41DICH", "an escape that was not needed"},
		{"fee", "PHI%20DICH", "PHI%FFDICH", "text that is no UTF-8"},
		{"fee", "amount 11000 VND", "amount 11000.0 VND", "a fraction of a dong"},
		{"fee", "amount 11000 VND", "amount 11,000 VND", "an amount with separators"},
		{"fee", "amount 11000 VND", "amount 11000 USD", "another currency"},
		{"fee", "amount 11000 VND\nentry FEE0403", "entry FEE0403\namount 11000 VND",
			"lines in another order"},
		{"fee", "entry FEE0403\n", "", "a line less"},
		{"fee", "entry FEE0403\n", "entry FEE0403\nentry FEE0403\n", "a line twice"},
		{"fee", "p expenses", "p  expenses", "two spaces"},
		{"fee", " +11000 VND", " 11000 VND", "a posting without a sign"},
		{"fee", " +11000 VND", " +0 VND", "a posting of nothing"},
		{"fee", "p expenses:fees:pt-merit", "p expenses:fee:pt-merit", "an account of no family"},
		{"fee", "p expenses:fees:pt-merit", "p expenses:fees:pt-merit:x",
			"an account with a part too many"},
		{"fee", "p expenses:fees:pt-merit", "p expenses:fees:Pt-merit", "a part that is no code"},
		{"fee", "#7", "#07", "an item with a leading zero"},
		{"fee", "sha256:ab", "sha256:AB", "a hash in capitals"},
		{"fee", "ref line:502\n", "ref line:502\nlate no\n", "late that says no"},
		{
			"fee",
			"ref line:502\n",
			"ref line:502\r\n",
			"a carriage return",
		},
		{"funding", "amount 6000000 VND", "amount 9223372036854775808 VND",
			"more than a number holds"},
		{"payout.settled", "id 4ZK7", "id 4IK7", "an id with a letter that ids have not"},
		{"reversal", "reverses ", "reversed ", "a reversal of nothing"},
		{"key", "purpose log", "purpose Log", "a code in capitals"},
	};
	char into[8192];
	struct text t;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ok(changed(rows[i].name, rows[i].from, rows[i].to, into, sizeof into, &t) && !reads(t),
			"no leaf: %s", rows[i].title);
}

static void test_wrong_books(void)
{
	static const struct {
		const char *name, *from, *to, *title;
		bool key;
	} rows[] = {
		{"fee", "p expenses:fees:pt-merit +11000", "p expenses:fees:pt-merit +11001",
			"a posting of one dong more", false},
		{"fee", "amount 11000 VND", "amount 11001 VND", "a fact of one dong more than its postings",
			false},
		{"fee", "p expenses:fees:pt-merit", "p expenses:fees:pt-rent", "another account", false},
		{"fee", "p expenses:fees:pt-merit", "p assets:agent:pt-merit", "another family", false},
		{"fee", "+11000 VND\np assets:bank:pt-merit -", "-11000 VND\np assets:bank:pt-merit +",
			"debit for credit", false},
		{"payout.settled", "p assets:bank:pt-merit", "p assets:bank:pt-rent",
			"paid from another funding account", false},
		{"batch.approved", "first 3600000", "first 3600001", "a batch that owes one dong more",
			false},
		{"break.resolved", "outcome taken_back", "outcome fee", "another outcome", false},
		{"suspense", "side credit", "side debit", "the other side", false},
		{"fee", "entry FEE0403", "entry FEE0404", "another entry under the key", true},
		{"batch.approved", "version 2", "version 3", "another version under the key", true},
		{"payout.settled", "ref payout:", "ref payout:9", "another payout under the key", true},
		{"recovered", "idem recovered.", "idem recovered.9", "another key", true},
	};
	char into[8192];
	struct text t;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ok(changed(rows[i].name, rows[i].from, rows[i].to, into, sizeof into, &t) && reads(t) &&
				!(rows[i].key ? leaf_key_fits(&l) : rules_fit(&l)),
			"%s: %s", rows[i].key ? "the key does not fit" : "postings do not fit",
			rows[i].title);
}

int main(void)
{
	test_golden();
	test_malformed();
	test_wrong_books();
	return done_testing();
}
