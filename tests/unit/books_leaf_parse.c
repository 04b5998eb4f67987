/* Reading leaves: what is read is what was written, whatever is done to a byte or a line, and nothing else is taken. */
#include "ledger/books/leaf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/base/text.h"
#include "ledger/books/chart.h"
#include "ledger/books/event.h"
#include "tests/lib/tap.h"

static struct arena *arena;

static struct bytes golden(const char *name)
{
	struct bytes text;
	struct why why;

	if (!read_file(arena, arena_printf(arena, "tests/vectors/books/%s", name), 65536, &text, &why)) {
		fprintf(stderr, "# %s: %s\n", name, why.text);
		exit(1);
	}
	return text;
}

static const char *const all[] = {"genesis", "batch.approved", "approval", "batch.released", "dispatch.sent",
	"payout.rejected", "payout.not_paid", "payout.settled", "payout.settled.cash", "payout.returned",
	"claim.voided", "statement.file", "funding", "fee", "suspense", "suspense.debit", "break.opened",
	"break.resolved", "agent.advanced", "agent.returned", "reversal", "clawback", "unclaimed.cancelled",
	"refund", "recovered", "key", "close"};

static bool reads_as_itself(struct bytes text)
{
	CLEANUP(buf_free) struct buf again;
	struct leaf leaf;
	struct why why;

	buf_init(&again, LEAF_MAX);
	if (!leaf_parse(arena, text, &leaf, &why))
		return false;
	leaf_text(&leaf, &again);
	return bytes_eq(buf_bytes(&again), text);
}

/* Every byte changed, every line left out, doubled, and moved to the end: refused, or another whole leaf. */
static void no_half_leaf(const char *name)
{
	struct bytes text = golden(arena_printf(arena, "leaf/%s.leaf", name));
	struct leaf leaf;
	struct why why;
	size_t taken = 0;
	size_t wrong = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t *copy = arena_copy(arena, text.at, text.n);

		for (size_t k = 0; k < 5; k++) {
			copy[i] = (uint8_t)(text.at[i] ^ "\x01\x20\x80\x0a\xff"[k]);
			if (!leaf_parse(arena, bytes_of(copy, text.n), &leaf, &why))
				continue;
			taken++;
			wrong += !reads_as_itself(bytes_of(copy, text.n));
		}
		if (leaf_parse(arena, bytes_of(text.at, i), &leaf, &why))
			wrong += !reads_as_itself(bytes_of(text.at, i));
	}
	is_i64((int64_t)wrong, 0, "%s with a changed byte is refused or is another whole leaf (%zu are)",
		name, taken);
}

static void round_trips(void)
{
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		ok(reads_as_itself(golden(arena_printf(arena, "leaf/%s.leaf", all[i]))),
			"%s is read and written again as it was", all[i]);
		no_half_leaf(all[i]);
	}
}

/* The golden fee with one text replaced by another. */
static const char *code_after(const char *name, const char *from, const char *to)
{
	static struct why why;
	struct bytes text = golden(arena_printf(arena, "leaf/%s.leaf", name));
	const char *z = arena_strndup(arena, (const char *)text.at, text.n);
	const char *at = strstr(z, from);
	struct leaf leaf;

	bug_if(at == NULL);
	z = arena_printf(arena, "%.*s%s%s", (int)(at - z), z, to, at + strlen(from));
	why_clear(&why);
	return leaf_parse(arena, bytes_z(z), &leaf, &why) ? "taken" : why.code;
}

static void refusals(void)
{
	static const struct {
		const char *from, *to, *code, *rule;
	} wrong[] = {
		{"chitra-ledger/v1", "chitra-ledger/v2", "leaf_version", "another version"},
		{"seq 13\n", "seq 013\n", "leaf_line", "a leading zero"},
		{"seq 13\n", "seq -1\n", "leaf_line", "a negative number"},
		{"seq 13\n", "seq  13\n", "leaf_line", "two spaces"},
		{"seq 13\n", "seq 13\r\n", "leaf_line", "CR LF"},
		{"kind fee", "kind fees", "leaf_line", "an unknown kind"},
		{"kind fee", "kind funding", "leaf_line", "the lines of another kind"},
		{"idem lpt-merit", "idem Lpt-merit", "leaf_idem", "a key in capitals"},
		{"effective 2024-04-03", "effective 2024-02-30", "leaf_line", "a day that does not exist"},
		{"actor duty:scribe", "actor scribe", "leaf_actor", "an actor without a word before it"},
		{"actor duty:scribe", "actor duty:scr%69be", "leaf_line", "an escape that need not be"},
		{"ref line:502", "ref line502", "leaf_ref", "a reference without a colon"},
		{"ref line:502", "ref  line:502", "leaf_ref", "an empty reference"},
		{"#7", "#-7", "leaf_line", "a negative item"},
		{"src sha256", "src SHA256", "leaf_line", "another digest"},
		{"amount 11000 VND", "amount 11.000 VND", "leaf_line", "an amount with a separator"},
		{"amount 11000 VND", "amount 11000 USD", "leaf_line", "another currency"},
		{"entry FEE0403\n", "", "leaf_line", "a missing line"},
		{"entry FEE0403\n", "entry FEE0403\nentry FEE0403\n", "leaf_line", "a line twice"},
		{"p expenses:fees:pt-merit +11000", "p expenses:fees:pt-merit +11001", "leaf_unbalanced",
			"postings whose sum is 1"},
		{"p expenses:fees:pt-merit +11000 VND\n", "", "leaf_legs", "one posting"},
		{"p expenses:fees:pt-merit +11000", "p expenses:fees:pt-merit 11000", "leaf_legs",
			"an amount without a sign"},
		{"p expenses:fees:pt-merit", "p expenses:fee:pt-merit", "leaf_account",
			"an account that the chart lacks"},
		{"p assets:bank:pt-merit -11000 VND\n", "p assets:bank:pt-merit -11000 VND\np x +0 VND\n",
			"leaf_account", "a posting to nothing"},
		{"11000 VND\nentry", "9223372036854775808 VND\nentry", "leaf_line", "an amount of 2^63"},
		{"p assets:bank:pt-merit -11000 VND\n", "p assets:bank:pt-merit -11000 VND\nlate yes\n",
			"leaf_line", "a line after the postings"},
	};

	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		is_str(code_after("fee", wrong[i].from, wrong[i].to), wrong[i].code,
			"a leaf with %s is refused", wrong[i].rule);
	is_str(code_after("genesis", "key log", "p assets:bank:x +1 VND\nkey log"), "leaf_line",
		"a genesis moves no money");
	is_str(code_after("reversal", "reverses 13\n", ""), "leaf_reverses",
		"a reversal says what it takes back");
	is_str(code_after("suspense.debit", "late yes\n", "late no\n"), "leaf_line",
		"an entry in time says nothing about it");
	is_str(code_after("statement.file", "opening -5", "opening -0"), "leaf_line",
		"there is no minus zero");
}

int main(void)
{
	arena = arena_new();
	round_trips();
	refusals();
	arena_free(arena);
	return done_testing();
}
