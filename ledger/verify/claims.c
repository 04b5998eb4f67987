#include "ledger/verify/claims.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/file.h"
#include "ledger/verify/said.h"

#define ROW_MAX  1024
#define SENT_MAX 100000 /* payouts in a dispatch */

/* A batch in one version, as its leaves say; found by "17.1". */
struct batch_of {
	struct table_key key;
	int64_t approved, released; /* leaves; NO_LEAF: it was not */
	int64_t first, unclaimed;   /* newly obligated, and again after it came back, by the leaf */
	int64_t by_lines, again_by_lines;
	int64_t elsewhere, again_elsewhere; /* of it, at most what a batch that still waits obligated */
	char payable[ACCOUNT_CODE + 1], came_back[ACCOUNT_CODE + 1], in_flight[ACCOUNT_CODE + 1];
};

enum where { PAYABLE, IN_FLIGHT, UNCLAIMED, PAID, ENDED };

struct claim {
	struct table_key key;
	uint64_t leaf : 48, issue : 8, where : 8; /* the last that says it of its last issue */
	int64_t amount;
	uint32_t batch; /* its place among the batches */
};

/* What the claims come to on an account. */
struct pot {
	struct table_key key;
	char code[ACCOUNT_CODE + 1];
	int64_t sum;
};

/* Lines of a batch that a dispatch sent. */
struct sent {
	int64_t batch, first, last;
	uint32_t dispatch, at; /* which of its payouts the first one is */
};
struct dispatch {
	int64_t id, leaf; /* NO_LEAF: none says that it was sent */
	int64_t count, sum, listed, seen, seen_sum;
	struct digest root, *lines; /* NULL: not begun, or compared */
	bool fits;
};

/* A leaf that ends a claim. */
struct ended {
	int64_t leaf, amount;
	char account[ACCOUNT_CODE + 1]; /* where it was owed; "": it was not */
};

struct claims {
	const char *dir;
	struct findings *findings;
	struct table batches, claims, pots, dispatch_places;
	struct table waiting; /* by account: what batches that still wait obligate */
	int64_t restored_to;  /* leaves below it came back from the archive; what they sent may be lost */
	bool whole;
	size_t n_sent, room_sent, n_dispatches, room_dispatches, n_ended, room_ended;
	struct sent *sent;
	struct dispatch *dispatches;
	struct ended *ended;
};

static void *more(void *at, size_t n, size_t *room, size_t width)
{
	if (n < *room)
		return at;
	*room = *room > 0 ? 2 * *room : 64;
	at = reallocarray(at, *room, width);
	if (at == NULL)
		abort();
	return at;
}

static void keep(char *to, size_t room, struct text t)
{
	(void)snprintf(to, room, "%.*s", TEXT(t));
}

/* ---- what dispatches sent ------------------------------------------------------------------------------------ */

struct place {
	struct table_key key;
	uint32_t at;
};

static struct dispatch *dispatch_of(struct claims *c, int64_t id, uint32_t *at)
{
	struct said key = {.n = 0};
	struct place *p;
	bool made;

	say_number(&key, id);
	p = table_row(&c->dispatch_places, said_text(&key), &made);
	if (made) {
		c->dispatches = more(
			c->dispatches, c->n_dispatches, &c->room_dispatches, sizeof *c->dispatches);
		p->at = (uint32_t)c->n_dispatches;
		c->dispatches[c->n_dispatches++] = (struct dispatch){.id = id, .leaf = NO_LEAF};
	}
	*at = p->at;
	return &c->dispatches[p->at];
}

/* "leaf,dispatch,batch,first,last" */
static bool sent_read(struct claims *c, struct text row)
{
	int64_t n[5];
	struct text word;
	struct dispatch *d;
	struct sent s;

	for (size_t i = 0; i < 5; i++) {
		if (i == 4)
			word = row;
		else if (!text_until(&row, ',', &word))
			return false;
		if (!text_count(word, &n[i]))
			return false;
	}
	s = (struct sent){.batch = n[2], .first = n[3], .last = n[4]};
	d = dispatch_of(c, n[1], &s.dispatch);
	if (s.first < 1 || s.last < s.first || s.last - s.first >= SENT_MAX - d->listed)
		return false;
	s.at = (uint32_t)d->listed;
	d->listed += s.last - s.first + 1;
	c->sent = more(c->sent, c->n_sent, &c->room_sent, sizeof *c->sent);
	c->sent[c->n_sent++] = s;
	return true;
}

static int by_batch(const void *one, const void *two)
{
	const struct sent *a = one, *b = two;

	return a->batch != b->batch ? (a->batch > b->batch) - (a->batch < b->batch)
				    : (a->first > b->first) - (a->first < b->first);
}

/* The first of the rows that may hold the line, by the last whose first is not above it. */
static struct sent *sent_of(struct claims *c, int64_t batch, int64_t line)
{
	size_t from = 0, to = c->n_sent;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct sent *s = &c->sent[middle];

		if (s->batch < batch || (s->batch == batch && s->first <= line))
			from = middle + 1;
		else
			to = middle;
	}
	if (from == 0 || c->sent[from - 1].batch != batch || c->sent[from - 1].last < line)
		return NULL;
	return &c->sent[from - 1];
}

struct claims *claims_open(const char *dir, struct findings *f)
{
	char path[PATH_MAX], row[ROW_MAX];
	struct claims *c;
	FILE *in;
	bool fits;

	(void)snprintf(path, sizeof path, "%s/rows/dispatch.csv", dir);
	in = file_open(path);
	if (in == NULL && errno == ENOENT)
		return NULL;
	c = calloc(1, sizeof *c);
	if (c == NULL)
		abort();
	*c = (struct claims){.dir = dir,
		.findings = f,
		.batches = TABLE(struct batch_of),
		.claims = TABLE(struct claim),
		.pots = TABLE(struct pot),
		.waiting = TABLE(struct pot),
		.dispatch_places = TABLE(struct place)};
	fits = in != NULL;
	while (fits && fgets(row, sizeof row, in) != NULL) {
		struct text t = text_z(row), line;

		fits = text_until(&t, '\n', &line) && sent_read(c, line);
	}
	if (in != NULL)
		(void)fclose(in);
	qsort(c->sent, c->n_sent, sizeof *c->sent, by_batch);
	c->whole = fits;
	if (!fits)
		finding(f, "dispatch_malformed", NO_LEAF, "%s cannot be read, or holds a row that is none",
			path);
	return c;
}

void claims_free(struct claims *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_dispatches; i++)
		free(c->dispatches[i].lines);
	table_free(&c->batches);
	table_free(&c->claims);
	table_free(&c->pots);
	table_free(&c->waiting);
	table_free(&c->dispatch_places);
	free(c->sent);
	free(c->dispatches);
	free(c->ended);
	free(c);
}

/* ---- leaves -------------------------------------------------------------------------------------------------- */

static struct batch_of *batch_named(struct claims *c, int64_t batch, int64_t version)
{
	struct said key = {.n = 0};
	struct batch_of *b;
	bool made;

	say_number(&key, batch);
	say_number(&key, version);
	b = table_row(&c->batches, said_text(&key), &made);
	if (made)
		b->approved = b->released = NO_LEAF;
	return b;
}

static void add_to(struct claims *c, struct table *pots, const char *code, int64_t dong)
{
	bool made;
	struct pot *p = table_row(pots, text_z(code), &made);

	if (made)
		keep(p->code, sizeof p->code, text_z(code));
	if (__builtin_add_overflow(p->sum, dong, &p->sum))
		finding(c->findings, "balance_overflow", NO_LEAF,
			"claims on %s are more than a number can hold", code);
}

static void pot_add(struct claims *c, const char *code, int64_t dong)
{
	add_to(c, &c->pots, code, dong);
}

static void add_up(int64_t *sum, int64_t dong)
{
	if (__builtin_add_overflow(*sum, dong, sum))
		*sum = INT64_MAX;
}

static bool is_owed(struct text family)
{
	return text_is(family, "liabilities:payable") || text_is(family, "liabilities:unclaimed") ||
	       text_is(family, "liabilities:in-flight");
}

static void add_ended(struct claims *c, const struct leaf *l)
{
	struct ended *e;

	c->ended = more(c->ended, c->n_ended, &c->room_ended, sizeof *c->ended);
	e = &c->ended[c->n_ended++];
	*e = (struct ended){.leaf = l->seq, .amount = leaf_amount(l, "amount")};
	for (size_t i = 0; i < l->n_legs; i++)
		if (is_owed(l->legs[i].family))
			keep(e->account, sizeof e->account, l->legs[i].account);
}

static void add_batch(struct claims *c, const struct leaf *l, bool approved)
{
	struct batch_of *b = batch_named(c, leaf_amount(l, "batch"), leaf_amount(l, "version"));
	struct text agency = leaf_value(l, "agency"), programme = leaf_value(l, "programme");

	if (!approved) {
		b->released = l->seq;
		(void)snprintf(b->in_flight, sizeof b->in_flight, "liabilities:in-flight:%.*s",
			TEXT(leaf_value(l, "funding-account")));
		return;
	}
	b->approved = l->seq;
	b->first = leaf_amount(l, "first");
	b->unclaimed = leaf_amount(l, "unclaimed");
	(void)snprintf(b->payable, sizeof b->payable, "liabilities:payable:%.*s:%.*s", TEXT(agency),
		TEXT(programme));
	(void)snprintf(b->came_back, sizeof b->came_back, "liabilities:unclaimed:%.*s:%.*s", TEXT(agency),
		TEXT(programme));
}

static void add_dispatch(struct claims *c, const struct leaf *l)
{
	uint32_t at;
	struct dispatch *d = dispatch_of(c, leaf_amount(l, "dispatch"), &at);

	d->leaf = l->seq;
	d->count = leaf_amount(l, "count");
	d->sum = leaf_amount(l, "sum");
	(void)text_hex(leaf_value(l, "root"), d->root.at, sizeof d->root.at);
}

void claims_add(struct claims *c, const struct leaf *l)
{
	const char *kind = leaf_kind_name(l);

	if (strcmp(kind, "dispatch.sent") == 0)
		add_dispatch(c, l);
	else if (strcmp(kind, "batch.approved") == 0 || strcmp(kind, "batch.released") == 0)
		add_batch(c, l, strcmp(kind, "batch.approved") == 0);
	else if (strcmp(kind, "claim.voided") == 0 || strcmp(kind, "unclaimed.cancelled") == 0)
		add_ended(c, l);
	else if (strcmp(kind, "recovered") == 0)
		c->restored_to = leaf_amount(l, "size");
}

bool claims_ready(struct claims *c)
{
	for (size_t i = 0; i < c->n_dispatches && c->whole; i++) {
		const struct dispatch *d = &c->dispatches[i];

		if (d->leaf == NO_LEAF || d->listed == d->count)
			continue;
		c->whole = false;
		if (d->leaf >= c->restored_to)
			finding(c->findings, "dispatch_unlisted", d->leaf,
				"rows/dispatch.csv has %" PRId64 " of the %" PRId64 " payouts that it sent",
				d->listed, d->count);
	}
	return c->whole;
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

/* The leaf that sent the line, or NO_LEAF; its dispatch's root is compared when the last of its lines is there. */
static int64_t sent_by(struct claims *c, const struct manifest_line *l)
{
	const struct sent *s = sent_of(c, l->batch, l->line);
	struct dispatch *d = s != NULL ? &c->dispatches[s->dispatch] : NULL;
	struct range range = {.n = 0};
	struct digest root;

	if (d == NULL || d->leaf == NO_LEAF)
		return NO_LEAF;
	if (d->seen == 0)
		d->lines = calloc((size_t)d->listed, sizeof *d->lines);
	if (d->lines == NULL)
		return d->leaf; /* a line came twice, which was said */
	d->lines[s->at + (l->line - s->first)] = l->hash;
	(void)__builtin_add_overflow(d->seen_sum, l->amount, &d->seen_sum);
	if (++d->seen < d->listed)
		return d->leaf;
	for (int64_t i = 0; i < d->listed; i++)
		range_add(&range, &d->lines[i], NULL, NULL);
	root = range_root(&range);
	d->fits = d->listed == d->count && d->seen_sum == d->sum && digest_same(&root, &d->root);
	free(d->lines);
	d->lines = NULL;
	return d->leaf;
}

static void tally(struct claims *c, const struct claim *is, const struct batch_of *b, int sign)
{
	switch ((enum where)is->where) {
	case PAYABLE: pot_add(c, b->payable, sign * is->amount); break;
	case IN_FLIGHT: pot_add(c, b->in_flight, sign * is->amount); break;
	case UNCLAIMED: pot_add(c, b->came_back, sign * is->amount); break;
	case PAID:
	case ENDED: break;
	}
}

/* How the claim stood when the batch was approved, and whether it could be obligated then. */
static void ask_before(struct claims *c, const struct claim *was, const struct claim *is, struct batch_of *b,
	const struct manifest_line *l)
{
	int64_t leaf = b->approved;
	bool later = (int64_t)was->leaf > leaf;

	if (is->issue <= was->issue)
		finding(c->findings, "claim_twice", leaf,
			"the claim of payout %.*s was obligated as issue %u before", TEXT(l->id),
			(unsigned)was->issue);
	else if (was->where == IN_FLIGHT || ((was->where == PAYABLE || was->where == UNCLAIMED) && later))
		finding(c->findings, "claim_live", leaf,
			"the claim of payout %.*s was obligated again before its issue %u had ended",
			TEXT(l->id), (unsigned)was->issue);
	else if (was->where == PAID && (!later || is->where == PAID || is->where == IN_FLIGHT))
		finding(c->findings, "claim_paid_twice", is->where == PAID ? (int64_t)is->leaf : leaf,
			"the claim of payout %.*s was paid as issue %u", TEXT(l->id), (unsigned)was->issue);
	if (was->amount != is->amount)
		finding(c->findings, "claim_amount", leaf,
			"the claim of payout %.*s was %" PRId64 " VND before", TEXT(l->id), was->amount);
	if (was->where == UNCLAIMED && !later) {
		add_up(&b->again_by_lines, is->amount);
		if (is->issue > was->issue + 1)
			add_up(&b->again_elsewhere, is->amount);
	}
}

static struct claim claim_now(
	struct claims *c, const struct manifest_line *l, const struct payout *p, const struct batch_of *b)
{
	int64_t sent = sent_by(c, l);
	struct claim is = {
		.amount = l->amount, .issue = (uint8_t)(l->issue < 255 ? l->issue : 255), .leaf = p->leaf};

	is.batch = (uint32_t)((size_t)((const uint8_t *)b - c->batches.rows) / c->batches.width);
	switch ((enum stands)p->stands) {
	case NOTHING_KNOWN:
		is.where = sent != NO_LEAF ? IN_FLIGHT : PAYABLE;
		is.leaf = (uint64_t)(sent != NO_LEAF ? sent : b->approved) & 0xffffffffffff;
		break;
	case SETTLED: is.where = PAID; break;
	case UNPAID: is.where = PAYABLE; break;
	case RETURNED: is.where = UNCLAIMED; break;
	}
	if (sent != NO_LEAF && sent < b->released)
		finding(c->findings, "sent_unreleased", sent,
			"payout %.*s was sent before its batch was released", TEXT(l->id));
	if (p->stands != NOTHING_KNOWN && (sent == NO_LEAF || (int64_t)p->leaf < sent))
		finding(c->findings, "ended_unsent", (int64_t)p->leaf,
			"payout %.*s ended before it was sent, by what its dispatch says", TEXT(l->id));
	return is;
}

void claims_line(struct claims *c, const struct manifest_line *l, const struct payout *p)
{
	struct said key = {.n = 0};
	struct batch_of *b;
	struct claim is, *was;
	bool made;

	say_number(&key, l->batch);
	say_number(&key, l->version);
	b = table_find(&c->batches, said_text(&key));
	if (!c->whole || b == NULL || b->approved == NO_LEAF || b->released == NO_LEAF)
		return;
	is = claim_now(c, l, p, b);
	was = table_row(&c->claims, l->claim, &made);
	if (l->issue == 1)
		add_up(&b->by_lines, l->amount);
	else if (made)
		add_up(&b->elsewhere, l->amount);
	if (!made) {
		ask_before(c, was, &is, b, l);
		tally(c, was, table_at(&c->batches, was->batch), -1);
		if (was->where == PAID &&
			is.where != PAID) { /* paid after all, when a later issue was there */
			is.where = PAID;
			is.leaf = was->leaf;
		}
	}
	is.key = was->key;
	*was = is;
	tally(c, was, b, 1);
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

static void end_claim(struct claims *c, const struct ended *e, struct claim *is)
{
	const struct batch_of *b = is != NULL ? table_at(&c->batches, is->batch) : NULL;
	const char *owed = is == NULL               ? ""
			   : is->where == PAYABLE   ? b->payable
			   : is->where == UNCLAIMED ? b->came_back
						    : "";
	bool waited = is != NULL && is->where == UNCLAIMED && strcmp(e->account, b->payable) == 0;

	if (is != NULL && (is->where == IN_FLIGHT || is->where == PAID || is->where == ENDED ||
				  (int64_t)is->leaf > e->leaf))
		finding(c->findings, "claim_ended", e->leaf,
			"the claim that it ends was paid, on its way, ended or obligated again");
	else if (waited && is->amount == e->amount) /* it was obligated again, in a batch that waits still */
		add_to(c, &c->waiting, b->payable, -e->amount);
	else if (is != NULL && (is->amount != e->amount || strcmp(owed, e->account) != 0))
		finding(c->findings, "claim_amount", e->leaf,
			"the claim that it ends was owed as %" PRId64 " VND on %s", is->amount, owed);
	if (e->account[0] != '\0')
		pot_add(c, e->account, -e->amount);
	if (is != NULL)
		is->where = ENDED;
}

/* "leaf,merit 2024-04 regular 00… 1", in the order of leaves */
static void ask_ended(struct claims *c)
{
	char path[PATH_MAX], row[ROW_MAX];
	FILE *in;
	size_t i = 0;

	(void)snprintf(path, sizeof path, "%s/rows/claim.csv", c->dir);
	in = file_open(path);
	while (in != NULL && i < c->n_ended && fgets(row, sizeof row, in) != NULL) {
		struct text t = text_z(row), line, word;
		int64_t leaf;

		if (!text_until(&t, '\n', &line) || !text_until(&line, ',', &word) ||
			!text_count(word, &leaf) || leaf != c->ended[i].leaf)
			break;
		end_claim(c, &c->ended[i++], table_find(&c->claims, line));
	}
	if (in != NULL)
		(void)fclose(in);
	if (i < c->n_ended)
		finding(c->findings, "claim_unnamed", c->ended[i].leaf,
			"rows/claim.csv does not say which claim it ends");
}

static void ask_dispatches(struct claims *c)
{
	for (size_t i = 0; i < c->n_dispatches; i++) {
		const struct dispatch *d = &c->dispatches[i];

		if (!d->fits && d->leaf != NO_LEAF)
			finding(c->findings, "dispatch_differs", d->leaf,
				"what rows/dispatch.csv says that dispatch %" PRId64
				" sent are not the lines of its leaf",
				d->id);
	}
}

/* An issue whose predecessor no line has: that one was obligated by a batch which waits for its money, was cancelled in it and paid by this. */
static void ask_elsewhere(struct claims *c, const struct batch_of *b)
{
	int64_t again = b->again_by_lines - b->unclaimed;

	if (b->first != b->by_lines || again < 0 || again > b->again_elsewhere) {
		finding(c->findings, "claim_obligation", b->approved,
			"it obligates %" PRId64 " and, of what came back, %" PRId64
			" VND; by its lines %" PRId64 " and %" PRId64,
			b->first, b->unclaimed, b->by_lines, b->again_by_lines);
		return;
	}
	pot_add(c, b->came_back, again);
	add_up(&again, b->elsewhere);
	pot_add(c, b->payable, -again);
	add_to(c, &c->waiting, b->payable, -again);
}

/* What a batch obligates: what is new by its lines of issue 1, and what had come back. Of one that is not released yet nobody has the lines. */
static void ask_batches(struct claims *c)
{
	for (size_t i = 0; i < c->batches.n; i++) {
		const struct batch_of *b = table_at(&c->batches, i);

		if (b->approved != NO_LEAF && b->released == NO_LEAF) {
			int64_t both = b->first;
			add_up(&both, b->unclaimed);
			pot_add(c, b->came_back, -b->unclaimed);
			pot_add(c, b->payable, both);
			add_to(c, &c->waiting, b->payable, both);
		} else if (b->approved != NO_LEAF) {
			ask_elsewhere(c, b);
		}
	}
	for (size_t i = 0; i < c->waiting.n; i++) {
		const struct pot *p = table_at(&c->waiting, i);

		if (p->sum < 0)
			finding(c->findings, "claims_differ", NO_LEAF,
				"%s: %" PRId64 " VND were paid as later issues of what nobody obligated",
				p->code, -p->sum);
	}
}

static void ask_accounts(struct claims *c, const struct books *b, struct claims_out *out)
{
	for (size_t i = 0; i < b->accounts.n; i++) {
		const struct account *a = table_at(&b->accounts, i);

		if (is_owed(text_z(a->family->name)))
			pot_add(c, a->code, a->balance);
	}
	for (size_t i = 0; i < c->pots.n; i++) {
		const struct pot *p = table_at(&c->pots, i);
		const struct account *a = books_account(b, text_z(p->code));

		out->open -= a != NULL ? a->balance : 0;
		if (p->sum != 0)
			finding(c->findings, "claims_differ", NO_LEAF,
				"%s holds %" PRId64 " VND, and its claims come to %" PRId64, p->code,
				a != NULL ? -a->balance : 0, p->sum - (a != NULL ? a->balance : 0));
	}
}

void claims_end(struct claims *c, const struct books *b, struct claims_out *out)
{
	*out = (struct claims_out){.judged = true, .claims = c->claims.n};
	ask_dispatches(c);
	ask_ended(c);
	ask_batches(c);
	ask_accounts(c, b, out);
}
