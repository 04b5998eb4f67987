/* The verifier's tables: each row is found again, however many there are, and rows keep the order in which they were made. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/verify/table.h"
#include "tests/lib/tap.h"

struct row {
	struct table_key key;
	int64_t n, once;
};

static struct text name(char to[32], int64_t n)
{
	return (struct text){.at = to, .n = (size_t)snprintf(to, 32, "row %" PRId64, n)};
}

static void many(int64_t n)
{
	struct table t = TABLE(struct row);
	int64_t made_right = 0, found = 0, in_order = 0, strangers = 0;
	char text[32];

	for (int64_t i = 0; i < n; i++) {
		bool made, again;
		struct row *row = table_row(&t, name(text, i), &made);

		made_right += made && row->n == 0 && row->once == 0;
		row->n = i;
		row->once = -1;
		row = table_row(&t, name(text, i / 2), &again);
		made_right -= again || row->n != i / 2;
	}
	for (int64_t i = 0; i < n; i++) {
		const struct row *row = table_find(&t, name(text, i)), *at = table_at(&t, (size_t)i);

		found += row != NULL && row->n == i && row->once == -1;
		in_order += at->n == i;
		strangers += table_find(&t, name(text, n + i)) != NULL;
	}
	is_i64((int64_t)t.n, n, "%" PRId64 " rows are so many", n);
	is_i64(made_right, n, "each is made once and empty");
	is_i64(found, n, "each is found");
	is_i64(in_order, n, "in the order in which they were made");
	is_i64(strangers, 0, "and no other");
	table_free(&t);
}

int main(void)
{
	struct table none = TABLE(struct row), one = TABLE(struct row), other = TABLE(struct row);
	bool made;

	ok(table_find(&none, text_z("")) == NULL, "in an empty table there is nothing");
	many(1);
	many(33);
	many(100000);
	(void)table_row(&one, text_z("a"), &made);
	(void)table_row(&other, text_z("a"), &made);
	ok(memcmp(table_at(&one, 0), table_at(&other, 0), sizeof(struct table_key)) != 0,
		"nobody knows beforehand where a text will be: each table has a secret of its own");
	(void)table_row(&one, text_z(""), &made);
	ok(made && table_find(&one, text_z("")) == table_at(&one, 1), "an empty text is one");
	table_free(&one);
	table_free(&other);
	return done_testing();
}
