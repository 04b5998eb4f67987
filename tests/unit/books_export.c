/* Exports: names that beancount allows, what is asserted after a statement's day, and what is no export. */
#include "ledger/books/export.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "tests/lib/tap.h"

static struct arena *arena;
static struct buf text = {.max = 1 << 20};
static struct why why;

static struct leaf leaf_of(const char *name, int64_t seq)
{
	struct bytes bytes;
	struct leaf leaf;

	if (!read_file(arena, arena_printf(arena, "tests/vectors/books/leaf/%s.leaf", name), 65536, &bytes,
		    &why) ||
		!leaf_parse(arena, bytes, &leaf, &why))
		bug("%s: %s", name, why.text);
	leaf.seq = seq;
	return leaf;
}

static struct export *begin(enum export_format format, struct export_account *accounts, size_t n)
{
	const struct export_head head = {.format = format,
		.period = {2024, 4},
		.checkpoint = {.origin = "example.vn/log", .size = 12},
		.signature = "AAAA"};

	buf_reset(&text);
	return export_begin(arena, &head, accounts, n, &text);
}

static void names(void)
{
	struct export_account accounts[] = {{.code = "assets:bank:a-b"}, {.code = "assets:bank:a.b"},
		{.code = "assets:bank:a_b"}, {.code = "assets:bank:adb"},
		{.code = "liabilities:in-flight:x9"}};
	static const char *const want[] = {"Assets:Bank:A-b", "Assets:Bank:ADb", "Assets:Bank:AUb",
		"Assets:Bank:Adb", "Liabilities:In-flight:X9"};

	begin(EXPORT_BEANCOUNT, accounts, COUNT_OF(accounts));
	for (size_t i = 0; i < COUNT_OF(want); i++)
		ok(strstr(buf_str(&text), arena_printf(arena, "open %s VND\n  code: \"%s\"\n", want[i],
						  accounts[i].code)) != NULL,
			"%s is %s to beancount", accounts[i].code, want[i]);
}

/* The bank states 1,200,000 at the end of the day. */
static int64_t after_statement(int64_t held)
{
	struct export_account accounts[] = {{.code = "assets:bank:pt-merit", .balance = vnd(held)},
		{.code = "liabilities:advance:pt-merit", .balance = vnd(-held)}};
	struct leaf funding = leaf_of("funding", 7), statement = leaf_of("statement.file", 11);
	struct export *e = begin(EXPORT_HLEDGER, accounts, COUNT_OF(accounts));

	if (!export_leaf(e, arena, &funding, &text, &why) || !export_leaf(e, arena, &statement, &text, &why))
		bug("%s", why.text);
	export_end(e, &text);
	return export_counted(e).differing;
}

static void statements(void)
{
	struct leaf funding = leaf_of("funding", 7);
	int64_t dong = vnd_dong(funding.entry.legs[0].amount);

	is_i64(after_statement(1200000 - dong), 0, "books that hold what the bank states differ nowhere");
	ok(strstr(buf_str(&text), " 0 VND = 1200000 VND  ; by-bank:yes\n") != NULL,
		"and the file asserts it by the bank's word");
	is_i64(after_statement(1200001 - dong), 1, "books that hold one dong more differ");
	ok(strstr(buf_str(&text), " 0 VND = 1200000 VND  ; by-bank:yes\n") != NULL,
		"and the file asserts what the bank says, not what they hold");
}

static void refused(const char *code, struct leaf first, struct leaf second, const char *title)
{
	struct export_account accounts[] = {{.code = "assets:bank:pt-merit", .balance = vnd(INT64_MAX - 10)},
		{.code = "liabilities:advance:pt-merit"}};
	struct export *e = begin(EXPORT_CSV, accounts, COUNT_OF(accounts));

	why_clear(&why);
	ok(!(export_leaf(e, arena, &first, &text, &why) && export_leaf(e, arena, &second, &text, &why)) &&
			why_is(&why, code),
		"%s", title);
}

static void refusals(void)
{
	struct leaf statement = leaf_of("statement.file", 11), again = statement, earlier = statement,
		    later = statement, funding = leaf_of("funding", 12), fee = leaf_of("fee", 12);

	refused("export_order", statement, again, "a transaction twice is no export");
	earlier.entry.effective.n--;
	earlier.seq = 12;
	refused("export_order", statement, earlier, "nor one of an earlier day");
	later.entry.effective.n += 31;
	later.seq = 12;
	refused("export_order", statement, later, "nor one of another month");
	refused("export_amount", statement, funding, "nor a balance that does not fit");
	refused("export_account", statement, fee, "nor a posting to an account that the books do not have");
}

int main(void)
{
	arena = arena_new();
	names();
	statements();
	refusals();
	buf_free(&text);
	arena_free(arena);
	return done_testing();
}
