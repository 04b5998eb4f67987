#include "ledger/books/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/books/chart.h"
#include "ledger/books/export_writer.h"

#define TAGS_MAX 20

static const struct {
	const char *name;
	const struct export_writer *writer;
} formats[EXPORT_FORMATS] = {
	[EXPORT_HLEDGER] = {"hledger", &export_hledger},
	[EXPORT_BEANCOUNT] = {"beancount", &export_beancount},
	[EXPORT_CSV] = {"csv", &export_csv},
	[EXPORT_JSON] = {"json", &export_json},
};

const char *export_format_name(enum export_format format)
{
	return formats[format].name;
}

bool export_format_of(const char *name, enum export_format *out)
{
	for (unsigned i = 0; i < EXPORT_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0) {
			*out = (enum export_format)i;
			return true;
		}
	return false;
}

/* ---- what is told about a transaction ------------------------------------------------------------------------------------ */

/* What a bank calls its entry is the only word from outside: no byte of it may mean anything to a program that reads the file. */
static const char *plain(struct arena *a, struct bytes in)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_%+#-";
	char *out = arena_alloc(a, 3 * in.n + 1), *to = out;

	for (size_t i = 0; i < in.n; i++) {
		if (in.at[i] != '\0' && strchr(safe, in.at[i]) != NULL)
			*to++ = (char)in.at[i];
		else
			to += snprintf(to, 4, "%%%02X", in.at[i]);
	}
	*to = '\0';
	return out;
}

static size_t tags_of(struct arena *a, const struct leaf *leaf, struct export_tag *tags)
{
	static const char *const lines[] = {"batch", "dispatch", "claim", "break", "period", "id", "channel",
		"entry", "order", "reason", "outcome"};
	const struct entry *e = &leaf->entry;
	char at[INSTANT_TEXT_SIZE], hex[HASH_HEX_SIZE], day[DAY_TEXT_SIZE];
	struct bytes value;
	size_t n = 0;

	tags[n++] = (struct export_tag){"key", e->idem};
	tags[n++] = (struct export_tag){"recorded", arena_strdup(a, instant_format(leaf->recorded_us, at))};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		if (leaf_line_get(e->lines, lines[i], &value))
			tags[n++] = (struct export_tag){lines[i], plain(a, value)};
	if (e->has_src)
		tags[n++] = (struct export_tag){
			"src", arena_printf(a, "sha256:%s#%" PRId64, hash_hex(&e->src, hex), e->src_item)};
	if (e->reverses_one)
		tags[n++] = (struct export_tag){"reverses", arena_printf(a, "%" PRId64, e->reverses)};
	if (e->late) {
		tags[n++] = (struct export_tag){"late", "yes"};
		tags[n++] = (struct export_tag){"effective", arena_strdup(a, day_format(e->effective, day))};
	}
	bug_if(n > TAGS_MAX);
	return n;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------------- */

static int by_code(const void *key, const void *member)
{
	return strcmp(key, ((const struct export_account *)member)->code);
}

static struct export_account *account_of(struct export *e, const char *code, struct why *why)
{
	struct export_account *a = bsearch(code, e->accounts, e->n, sizeof(*e->accounts), by_code);

	if (a == NULL)
		why_set(why, "export_account",
			"ledger transaction %" PRId64 " posts to %s, which the books do not have", e->seq,
			code);
	return a;
}

static void assert_balances(struct export *e, struct buf *out)
{
	const struct export_writer *w = formats[e->head.format].writer;
	bool begun = false;

	for (size_t i = 0; i < e->n; i++) {
		struct export_account *a = &e->accounts[i];

		if (!a->moved && !a->stated)
			continue;
		if (!begun && w->balances_begin != NULL)
			w->balances_begin(e, out);
		begun = true;
		w->balance(e, a, a->stated ? a->by_bank : a->balance, out);
		if (a->stated && vnd_cmp(a->by_bank, a->balance) != 0)
			e->count.differing++;
		a->moved = a->stated = false;
	}
	if (begun && w->balances_end != NULL)
		w->balances_end(e, out);
	e->statement = false;
}

/* ---- leaves --------------------------------------------------------------------------------------------------------------- */

/* What the bank says its account holds at the end of the day; a statement that is not whole says nothing. */
static bool take_statement(struct export *e, struct arena *some, const struct leaf *leaf, struct why *why)
{
	struct bytes fund, closing, complete;
	struct export_account *a;
	int64_t dong;
	char *text, *end;

	if (!leaf_line_get(leaf->entry.lines, "funding-account", &fund) ||
		!leaf_line_get(leaf->entry.lines, "closing", &closing) ||
		!leaf_line_get(leaf->entry.lines, "complete", &complete))
		bug("a statement's leaf lacks a line");
	e->statement = true;
	if (!bytes_eq_z(complete, "yes"))
		return true;
	text = arena_strndup(some, (const char *)fund.at, fund.n);
	a = bsearch(account_code(some, ACCOUNT_BANK, text, NULL), e->accounts, e->n, sizeof(*e->accounts),
		by_code);
	text = arena_strndup(some, (const char *)closing.at, closing.n);
	dong = strtoll(text, &end, 10);
	if (strcmp(end, " VND") != 0)
		return why_set(
			why, "export_amount", "ledger transaction %" PRId64 " states no whole dong", e->seq);
	if (a == NULL) {
		e->count.differing += dong != 0;
		return true;
	}
	a->stated = true;
	a->by_bank = vnd(dong);
	return true;
}

static bool take_legs(struct export *e, const struct leaf *leaf, struct why *why)
{
	for (size_t i = 0; i < leaf->entry.n_legs; i++) {
		struct export_account *a = account_of(e, leaf->entry.legs[i].account, why);

		if (a == NULL)
			return false;
		if (!vnd_add(a->balance, leaf->entry.legs[i].amount, &a->balance))
			return why_set(why, "export_amount",
				"%s does not fit in 63 bits after ledger transaction %" PRId64, a->code,
				e->seq);
		a->moved = true;
	}
	return true;
}

static void put_txn(struct export *e, struct arena *some, const struct leaf *leaf, struct buf *out)
{
	struct export_tag tags[TAGS_MAX];

	e->count.transactions++;
	e->count.postings += (int64_t)leaf->entry.n_legs;
	formats[e->head.format].writer->txn(e,
		&(struct export_txn){leaf, leaf_kind_name(leaf->entry.kind), tags_of(some, leaf, tags), tags},
		out);
}

bool export_late(
	struct export *e, struct arena *some, const struct leaf *leaf, struct buf *out, struct why *why)
{
	const struct export_writer *w = formats[e->head.format].writer;

	if (!leaf->entry.late || e->seq >= 0 ||
		month_cmp(month_of_day(leaf->entry.effective), e->head.period) >= 0)
		return why_set(
			why, "export_order", "ledger transaction %" PRId64 " is not late here", leaf->seq);
	if (!e->late && w->late != NULL)
		w->late(e, out);
	e->late = true;
	if (!take_legs(e, leaf, why))
		return false;
	put_txn(e, some, leaf, out);
	return true;
}

bool export_leaf(
	struct export *e, struct arena *some, const struct leaf *leaf, struct buf *out, struct why *why)
{
	int order = day_cmp(leaf->entry.effective, e->day);

	if (order < 0 || (order == 0 && leaf->seq <= e->seq) ||
		month_cmp(month_of_day(leaf->entry.effective), e->head.period) != 0)
		return why_set(
			why, "export_order", "ledger transaction %" PRId64 " is out of its place", leaf->seq);
	if (order > 0 && e->statement)
		assert_balances(e, out);
	e->day = leaf->entry.effective;
	e->seq = leaf->seq;
	if (leaf->entry.kind == LEAF_STATEMENT_FILE)
		return take_statement(e, some, leaf, why);
	if (leaf->entry.n_legs == 0)
		return true;
	if (!take_legs(e, leaf, why))
		return false;
	put_txn(e, some, leaf, out);
	return true;
}

struct export *export_begin(struct arena *a, const struct export_head *head, struct export_account *accounts,
	size_t n, struct buf *out)
{
	struct export *e = arena_alloc(a, sizeof(*e));

	*e = (struct export){
		.head = *head,
		.origin = plain(a, bytes_z(head->checkpoint.origin)),
		.accounts = accounts,
		.n = n,
		.day = month_first(head->period),
		.seq = -1,
	};
	formats[head->format].writer->head(e, out);
	return e;
}

void export_end(struct export *e, struct buf *out)
{
	assert_balances(e, out);
	if (formats[e->head.format].writer->end != NULL)
		formats[e->head.format].writer->end(e, out);
}

struct export_count export_counted(const struct export *e)
{
	return e->count;
}

void export_note_text(const struct export_head *head, const struct hash *sha256_of_file, struct buf *out)
{
	char month[MONTH_TEXT_SIZE], hex[HASH_HEX_SIZE];

	buf_addf(out, "chitra-export/v1\n%s\nperiod %s\nformat %s\nsize %" PRIu64 "\nsha256 %s\n",
		head->checkpoint.origin, month_format(head->period, month), export_format_name(head->format),
		head->checkpoint.size, hash_hex(sha256_of_file, hex));
}
