/* What is gathered from an archive and sent journals: each leaf kind that recovery acts on, what stands twice about one payout or dispatch,
 * and evidence that cannot be read. The leaves are the golden ones (tests/vectors/books/leaf) with other words in them. */
#include "ledger/payout/recover_facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/base/text.h"
#include "ledger/books/leaf.h"
#include "tests/lib/place.h"
#include "tests/lib/tap.h"

enum { LEAVES_MOST = 2500, MANY = 300 /* more than a list has room for at first */ };

#define ORIGIN     "chitra.example/ledger"
#define GOLDEN_ID  "4ZK7Q2M9XW0RB3T8HDN"
#define OTHER_ID   "4ZK7Q2M9XW0RB3T8HDP"
#define THIRD_ID   "4ZK7Q2M9XW0RB3T8HDQ"
#define FOURTH_ID  "4ZK7Q2M9XW0RB3T8HDR"
#define MORNING_US INT64_C(1712106000000000) /* when the golden leaves were recorded */

static struct arena *arena;
static char place[] = "/tmp/chitra-facts-XXXXXX";
static const char *directory;
static struct sign_key *key;
static struct note_verifier verifier;
static struct archive *archive;
static struct bytes leaves[LEAVES_MOST];
static size_t leaves_n;
static struct facts facts;

/* ---- an archive ---------------------------------------------------------------------------------------------------------- */

static const char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	CLEANUP(buf_free) struct buf out = BUF(LEAF_MAX);
	bug_if(!at);
	for (; at; text = at + strlen(from), at = strstr(text, from)) {
		buf_add_bytes(&out, bytes_of((const uint8_t *)text, (size_t)(at - text)));
		buf_add_z(&out, to);
	}
	buf_add_z(&out, text);
	return arena_strdup(arena, buf_str(&out));
}

/* add("payout.settled", "p41.", "p42.", NULL): the golden leaf with the one word in place of the other. */
static void add(const char *golden, ...)
{
	struct bytes file;
	struct why why;
	va_list words;
	const char *from;
	if (!read_file(arena, arena_printf(arena, "tests/vectors/books/leaf/%s.leaf", golden), LEAF_MAX,
		    &file, &why))
		bug("%s", why.text);
	const char *text = arena_strndup(arena, (const char *)file.at, file.n);
	va_start(words, golden);
	while ((from = va_arg(words, const char *)) != NULL)
		text = replaced(text, from, va_arg(words, const char *));
	va_end(words);
	leaves[leaves_n++] = bytes_z(text);
}

static const char *dong(struct vnd v)
{
	char text[VND_TEXT_SIZE];
	return arena_strdup(arena, vnd_format(v, text));
}

static const char *number(int64_t n)
{
	return arena_printf(arena, "%" PRId64, n);
}

static void begin(void)
{
	static int nth;
	struct why why;
	archive_drop(&archive);
	directory = arena_printf(arena, "%s/%d", place, ++nth);
	bug_if(!make_directory_durable(directory, 0700, &why));
	archive = archive_open(directory, &verifier, &why);
	if (!archive)
		bug("%s", why.text);
	leaves_n = 0;
}

static void sealed(void)
{
	CLEANUP(buf_free) struct buf note = BUF(NOTE_MAX);
	struct checkpoint c = {.origin = ORIGIN, .size = leaves_n};
	struct compact tree = {0};
	struct why why;
	for (size_t i = 0; i < leaves_n; i++) {
		struct hash leaf = merkle_leaf(leaves[i]);
		compact_append(&tree, &leaf);
	}
	c.root = compact_root(&tree);
	checkpoint_text(&c, &note);
	struct bytes text = bytes_of(
		arena_copy(arena, buf_bytes(&note).at, buf_bytes(&note).n), buf_bytes(&note).n);
	buf_add_z(&note, "\n");
	note_sign(&verifier, key, text, &note);
	if (!archive_leaves(archive, 0, leaves, leaves_n, &why) ||
		!archive_checkpoint(archive, &c, buf_bytes(&note), &why))
		bug("%s", why.text);
}

static bool gathered(const char *const *journals, size_t n)
{
	struct why why = {0};
	bool good = facts_gather(archive, journals, n, arena, &facts, &why);
	if (!good)
		note("%s: %s", why.code, why.text);
	return good;
}

static bool refused(const char *journal, const char *code)
{
	struct why why = {0};
	bool good = facts_gather(archive, &journal, journal != NULL, arena, &facts, &why);
	if (good || !why_is(&why, code))
		note("%s: %s", good ? "gathered" : why.code, why.text);
	return !good && why_is(&why, code);
}

/* ---- each kind ------------------------------------------------------------------------------------------------------------- */

static void test_kinds(void)
{
	begin();
	add("genesis", NULL);
	add("batch.approved", NULL);
	add("batch.released", NULL);
	add("approval", NULL);
	add("claim.voided", NULL);
	add("unclaimed.cancelled", NULL);
	add("break.opened", NULL);
	add("break.opened", "k4.", "k5.", "break 4", "break 5", "break:4", "break:5", "id " GOLDEN_ID "\n",
		"", "entry X1", "entry X%201", NULL);
	add("break.opened", "k4.", "k6.", "break 4", "break 6", "break:4", "break:6", "entry X1\n", "", NULL);
	add("fee", NULL);
	sealed();
	ok(gathered(NULL, 0), "an archive is gathered");
	is_i64((int64_t)facts.leaves, (int64_t)leaves_n, "to its newest checkpoint");
	ok(!facts_dispatch(&facts, 12) && !facts_payout(&facts, GOLDEN_ID), "of no payment nothing is known");

	is_i64((int64_t)facts.batches_n, 2, "a batch that was approved and released is told twice");
	ok(!facts.batches[0].released && facts.batches[1].released && facts.batches[1].batch == 4 &&
			facts.batches[1].version == 2 && facts.batches[1].at_us == MORNING_US &&
			hash_eq(&facts.batches[0].root, &facts.batches[1].root),
		"which, when, over which root");
	is_str(arena_printf(arena, "%s %s", facts.batches[1].officers[0], facts.batches[1].officers[1]),
		"hoa minh", "and by whom");
	ok(facts.approvals_n == 1 && facts.approvals[0].bundle == 9 &&
			strcmp(facts.approvals[0].officer, "hoa") == 0,
		"a signature, under the number that its bundle had");

	is_i64((int64_t)facts.voids_n, 2, "two claims are void");
	const struct fact_void *v = facts.voids;
	is_str(arena_printf(arena, "%" PRId64 " %" PRId64 " %s %s %s %s %s %s %s", v->claim, v->instalment,
		       v->programme, v->month, v->kind, v->reason, v->officers[0], v->officers[1],
		       dong(v->amount)),
		"77 1 merit 2024-04 regular death hoa minh 1800000",
		"one by two officers, with their reason");
	ok(!v->cancelled && v[1].cancelled && v[1].claim == 78 && v[1].instalment == 2 &&
			strcmp(v[1].reason, "unclaimed") == 0 && v[1].decision.b[0] == 0x86,
		"one because nobody came, by a written decision");

	is_i64((int64_t)facts.breaks_n, 3, "three differences were found");
	const struct fact_break *b = facts.breaks;
	is_str(arena_printf(arena, "%s %s %s %s %s %" PRId64, b->kind, b->funding, b->id, b->entry,
		       dong(b->amount), (int64_t)b->day.n),
		"rogue_debit pt-merit " GOLDEN_ID " X1 45000 19816",
		"what, of which account, payout and line of the statement");
	is_str(arena_printf(arena, "(%s) (%s), (%s) (%s)", b[1].id, b[1].entry, b[2].id, b[2].entry),
		"() (X 1), (" GOLDEN_ID ") ()",
		"either may be missing, and a bank's words are as it wrote them");
	is_str(arena_printf(arena, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		       facts.numbers.batch, facts.numbers.bundle, facts.numbers.dispatch,
		       facts.numbers.payout, facts.numbers.brk, facts.numbers.claim),
		"4 9 0 0 6 78", "and up to which numbers rows were made");
}

/* The number of a break also stands in keys of other kinds; a key that only begins alike names none. */
static void test_keys(void)
{
	begin();
	add("fee", "\nidem ", "\nidem k70.", NULL);
	add("fee", "\nidem ", "\nidem k.", NULL);
	add("fee", "\nidem ", "\nidem key.", NULL);
	sealed();
	ok(gathered(NULL, 0) && facts.numbers.brk == 70, "a key counts as a break's number when it is one");
}

static int64_t pair_of(size_t i)
{
	return facts.resolutions[i].pair;
}

/* A resolution of break n that stands at place seq, with one word changed. */
static void resolve(int n, int seq, const char *outcome, const char *from, const char *to)
{
	add("break.resolved", "seq 17", arena_printf(arena, "seq %d", seq), "k4.",
		arena_printf(arena, "k%d.", n), "break 4", arena_printf(arena, "break %d", n),
		"outcome taken_back", arena_printf(arena, "outcome %s", outcome), from, to, NULL);
}

static void test_resolutions(void)
{
	begin();
	resolve(1, 1, "taken_back", "officer hoa", "id " GOLDEN_ID "\nofficer hoa");
	resolve(2, 2, "sent_back", "hoa", "hoa");
	resolve(3, 3, "taken_back", "hoa", "hoa"); /* its half is taken */
	resolve(4, 4, "taken_back", "hoa", "hoa");
	resolve(5, 6, "sent_back", "hoa", "hoa");            /* not the next one */
	resolve(6, 7, "taken_back", "01:00:00", "01:00:01"); /* another transaction */
	resolve(7, 8, "sent_back", "45000", "45001");        /* another amount */
	resolve(8, 9, "taken_back", "45000", "45001");       /* before it: the same */
	resolve(9, 10, "sent_back", "pt-merit", "pt-rent");  /* another account */
	resolve(10, 11, "written_off", "pt-merit", "pt-rent");
	resolve(11, 12, "written_off", "pt-merit", "pt-rent");
	sealed();
	ok(gathered(NULL, 0) && facts.resolutions_n == 11, "eleven differences were resolved");
	const struct fact_resolution *r = facts.resolutions;
	is_str(arena_printf(arena, "%" PRId64 " %s %s %s %s %s %s %s", r->brk, r->kind, r->funding,
		       r->outcome, r->officers[0], r->officers[1], r->id, dong(r->amount)),
		"1 rogue_debit pt-merit taken_back hoa minh " GOLDEN_ID " 45000",
		"how, by whom, and whose money it is");
	ok(!r[1].id, "if it is anybody's");
	is_str(arena_printf(arena, "%" PRId64 " %" PRId64, pair_of(0), pair_of(1)), "2 1",
		"what was taken back and sent back in one are halves of each other");
	is_i64(pair_of(2), 0, "a half has one other half");
	ok(pair_of(3) == 0 && pair_of(4) == 0, "which is the leaf behind it");
	ok(pair_of(5) == 0 && pair_of(6) == 7 + 1 && pair_of(7) == 7,
		"of its transaction and amount, whichever is first");
	ok(pair_of(8) == 0 && pair_of(9) == 0 && pair_of(10) == 0,
		"of its account, and nothing but these two");
}

/* ---- twice about one ------------------------------------------------------------------------------------------------------ */

static void add_end(const char *kind, const char *id)
{
	add(kind, GOLDEN_ID, id, NULL);
}

static void test_ends(void)
{
	begin();
	add_end("payout.returned", GOLDEN_ID);
	add_end("payout.settled", GOLDEN_ID);
	add_end("payout.rejected", OTHER_ID);
	add_end("payout.settled", OTHER_ID);
	add_end("payout.not_paid", THIRD_ID);
	add_end("payout.settled", FOURTH_ID);
	add_end("payout.not_paid", FOURTH_ID);
	sealed();
	ok(gathered(NULL, 0) && facts.payouts_n == 4, "each payout is told once");
	const struct fact_payout *p = facts_payout(&facts, GOLDEN_ID);
	ok(p && p->paid == PAYOUT_RETURNED && p->unpaid == 0 && !p->journalled,
		"returned is later than settled");
	p = facts_payout(&facts, OTHER_ID);
	ok(p && p->paid == PAYOUT_SETTLED && p->unpaid == PAYOUT_REJECTED,
		"what was settled after all is remembered to have been refused");
	p = facts_payout(&facts, THIRD_ID);
	ok(p && p->paid == 0 && p->unpaid == PAYOUT_NOT_PAID, "what was never paid is that");
	p = facts_payout(&facts, FOURTH_ID);
	ok(p && p->paid == PAYOUT_SETTLED && p->unpaid == PAYOUT_NOT_PAID, "in whatever order they are told");
	ok(!facts_payout(&facts, "7ZZZZZZZZZZZZZZZZZZ"), "and others are not known");
	is_i64(facts.numbers.payout, 43, "the highest number of a payout");
}

/* A dispatch of `n` ids, as the teller writes it. */
static const char *journal_of(
	const char *name, int64_t dispatch, int32_t epoch, int64_t at_us, const char *const *ids, size_t n)
{
	struct why why = {0};
	const char *path = arena_printf(arena, "%s/%s", place, name);
	struct journal *j = journal_open(path, &why);
	struct journal_item *items = arena_calloc(arena, n, sizeof *items);
	bug_if(!j);
	for (size_t i = 0; i < n; i++) {
		items[i] = (struct journal_item){.amount = vnd(1000), .payout = 50 + (int64_t)i};
		snprintf(items[i].id, sizeof items[i].id, "%s", ids[i]);
	}
	bug_if(!journal_record(j,
		&(struct journal_dispatch){
			.dispatch = dispatch, .epoch = epoch, .channel = "demo-merit", .at_us = at_us},
		items, n, &why));
	journal_close(j);
	return path;
}

static void test_sent(void)
{
	static const char *const both[] = {GOLDEN_ID, OTHER_ID}, *const one[] = {GOLDEN_ID};
	begin();
	add("dispatch.sent", NULL);
	add("dispatch.sent", "d12.e1", "d13.e1", "dispatch 12", "dispatch 13", "dispatch:12", "dispatch:13",
		NULL);
	add("dispatch.sent", "d12.e1", "d12.e2", "epoch 1", "epoch 2", "count 3", "count 2", NULL);
	add_end("payout.settled", OTHER_ID);
	sealed();
	const char *journals[] = {journal_of("one", 12, 3, MORNING_US - 5, both, 2),
		journal_of("two", 14, 4, MORNING_US + 5, one, 1),
		journal_of("three", 12, 1, MORNING_US + 9, one, 1), arena_printf(arena, "%s/none", place)};
	ok(gathered(journals, 4),
		"two journals are gathered with the leaves, and one that does not exist is empty");
	is_i64((int64_t)facts.dispatches_n, 3, "three dispatches were sent");
	const struct fact_dispatch *d = facts_dispatch(&facts, 12);
	ok(d && d->booked && !d->whole && d->count == 5 && d->epoch == 3,
		"one in two parts, last with the journal's epoch");
	is_i64(d ? d->at_us : 0, MORNING_US - 5, "for the first time when the journal says");
	d = facts_dispatch(&facts, 13);
	ok(d && d->booked && d->whole && d->count == 3 && strcmp(d->channel, "demo-merit") == 0 &&
			d->root.b[0] == 0x48,
		"one in one leaf, over its lines");
	d = facts_dispatch(&facts, 14);
	ok(d && !d->booked, "one that the books lack");
	is_i64(d ? d->at_us : 0, MORNING_US - 5, "of whose ids the bank may have known before");
	const struct fact_payout *p = facts_payout(&facts, GOLDEN_ID);
	ok(p && p->journalled && p->sent.dispatch == 14 && p->sent.epoch == 4 &&
			p->sent.at_us == MORNING_US - 5,
		"of two hosts that sent it whoever did so last has it; the bank may know it since the first");
	p = facts_payout(&facts, OTHER_ID);
	ok(p && p->journalled && p->paid == PAYOUT_SETTLED && p->sent.dispatch == 12 &&
			p->sent.at_us == MORNING_US - 5,
		"a journal's word and the books' are about one payout");
	ok(!facts_dispatch(&facts, 15) && facts.numbers.dispatch == 14 && facts.numbers.payout == 51,
		"numbers come from both");
}

static void test_more(void)
{
	struct fact_dispatch trip = {.dispatch = 3, .at_us = MORNING_US};
	struct journal_sent sent[2] = {
		{.dispatch = 3, .epoch = 1, .at_us = MORNING_US - 7, .item = {.id = OTHER_ID, .payout = 8}},
		{.dispatch = 3, .epoch = 1, .at_us = MORNING_US + 7, .item = {.id = GOLDEN_ID, .payout = 7}}};
	facts = (struct facts){.arena = arena, .dispatches = &trip, .dispatches_n = 1};
	facts_add_sent(&facts, sent, 2);
	const struct fact_payout *p = facts_payout(&facts, GOLDEN_ID);
	ok(facts.payouts_n == 2 && p && p->sent.item.payout == 7 && facts.numbers.payout == 8,
		"more that may have left can be found");
	is_i64(trip.at_us, MORNING_US - 7, "and their dispatch left when the first of them did");
}

static void test_many(void)
{
	const char **ids = arena_array(arena, MANY, const char *);
	begin();
	for (int64_t i = 0; i < MANY; i++) {
		const char *n = number(1000 + i);
		ids[i] = arena_printf(arena, "7ZZZZZZZZZZZZZZ%s", n);
		add("batch.approved", "batch 4", arena_printf(arena, "batch %s", n), NULL);
		add("approval", "a9.", arena_printf(arena, "a%s.", n), NULL);
		add("dispatch.sent", "dispatch 12", arena_printf(arena, "dispatch %s", n), NULL);
		add_end("payout.rejected", ids[i]);
		add("claim.voided", "claim 77", arena_printf(arena, "claim %s", n), NULL);
		add("break.opened", "break 4", arena_printf(arena, "break %s", n), NULL);
		add("break.resolved", "break 4", arena_printf(arena, "break %s", n), NULL);
	}
	sealed();
	const char *journals[] = {journal_of("many", 9, 1, MORNING_US, ids, MANY)};
	ok(gathered(journals, 1), "many are gathered");
	is_str(arena_printf(arena, "%zu %zu %zu %zu %zu %zu %zu", facts.batches_n, facts.approvals_n,
		       facts.dispatches_n, facts.payouts_n, facts.voids_n, facts.breaks_n,
		       facts.resolutions_n),
		"300 300 301 300 300 300 300", "each once");
	const struct fact_payout *p = facts_payout(&facts, ids[MANY - 1]);
	ok(p && p->journalled && p->unpaid == PAYOUT_REJECTED, "and found by its id");
}

/* ---- what cannot be read -------------------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
	struct why why;
	if (!write_file_durable(path, bytes_z(text), 0644, &why))
		bug("%s", why.text);
}

static const char *inside(const char *rest)
{
	return arena_printf(arena, "%s/%s", directory, rest);
}

static void test_unreadable(void)
{
	begin();
	ok(refused(NULL, "archive_empty"), "an empty archive tells nothing");
	add("genesis", NULL);
	add("fee", NULL);
	sealed();
	const char *journal = arena_printf(arena, "%s/broken", place);
	put(journal, "journal 0123456789abcdef\nno line of ours\ndone 1\n");
	ok(refused(journal, "journal_broken"), "a journal that was edited is no evidence");
	put(inside("leaves/0/0-1"), "");
	ok(refused(NULL, "archive_damaged"), "nor are leaves that were cut");
	bug_if(unlink(inside("leaves/0/0-1")) != 0);
	ok(refused(NULL, "archive_gap"), "nor an archive that lacks some");
	put(inside("checkpoint/0/2"), "");
	ok(refused(NULL, "archive_damaged"), "nor a checkpoint that nobody signed");
	begin();
	leaves[leaves_n++] = bytes_z("chitra-ledger/v1\nseq none\n");
	sealed();
	ok(refused(NULL, "leaf_line"), "a leaf that is none is refused");
}

int main(void)
{
	bug_if(!mkdtemp(place));
	arena = arena_new();
	key = sign_new();
	struct verify_key public = sign_public(key);
	verifier = note_verifier(ORIGIN, NOTE_ED25519, &public);
	test_kinds();
	test_keys();
	test_resolutions();
	test_ends();
	test_sent();
	test_more();
	test_many();
	test_unreadable();
	archive_drop(&archive);
	sign_free(key);
	arena_free(arena);
	place_remove(place);
	return done_testing();
}
