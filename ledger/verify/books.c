#include "ledger/verify/books.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/rules.h"

struct fact {
	struct table_key key;
};

struct statement {
	struct table_key key;
	char fund[33];
	int32_t day;
	int64_t leaf, sequence, opening, closing, debits;
	bool chained;
};

void books_begin(struct books *b, const struct admins *admins, struct findings *f)
{
	*b = (struct books){
		.findings = f,
		.accounts = TABLE(struct account),
		.days = TABLE(struct moved),
		.facts = TABLE(struct fact),
		.payouts = TABLE(struct payout),
		.resolved = TABLE(struct resolved),
		.batches = TABLE(struct batch),
		.bundles = TABLE(struct fact),
		.approvals = TABLE(struct approved),
		.statements = TABLE(struct statement),
		.paid = TABLE(struct paid_day),
		.admins = *admins,
	};
}

void books_free(struct books *b)
{
	table_free(&b->accounts);
	table_free(&b->days);
	table_free(&b->facts);
	table_free(&b->payouts);
	table_free(&b->resolved);
	table_free(&b->batches);
	table_free(&b->bundles);
	table_free(&b->approvals);
	table_free(&b->statements);
	table_free(&b->paid);
}

const struct account *books_account(const struct books *b, struct text code)
{
	return table_find(&b->accounts, code);
}

/* ---- balances ------------------------------------------------------------------------------------------------ */

static void keep_text(char *to, size_t room, struct text t)
{
	size_t n = t.n < room ? t.n : room - 1;

	memcpy(to, t.at, n);
	to[n] = '\0';
}

static void move_account(struct books *b, const struct leaf *l, const struct leg *g)
{
	char of_day[ACCOUNT_CODE + 16];
	struct account *a;
	struct moved *m;
	bool made;
	int n;

	a = table_row(&b->accounts, g->account, &made);
	if (made) {
		keep_text(a->code, sizeof a->code, g->account);
		a->family = family_of(g->family);
	}
	a->last_seq = l->seq;
	if (__builtin_add_overflow(a->balance, g->amount, &a->balance))
		finding(b->findings, "balance_overflow", l->seq, "%s holds more than a number can", a->code);
	n = snprintf(of_day, sizeof of_day, "%.*s %.*s", TEXT(g->account), TEXT(l->effective));
	m = table_row(&b->days, (struct text){.at = of_day, .n = (size_t)n}, &made);
	if (made) {
		keep_text(m->code, sizeof m->code, g->account);
		m->day = l->day;
	}
	if (__builtin_add_overflow(m->amount, g->amount, &m->amount))
		finding(b->findings, "balance_overflow", l->seq, "%s moves by more than a number can",
			m->code);
}

/* A bank's fact is recorded even where it drives an account below zero; our own action is not. */
static bool own_action(const struct leaf *l)
{
	static const char *const kinds[] = {"batch.approved", "batch.released", "dispatch.sent",
		"claim.voided", "break.resolved", "unclaimed.cancelled", "clawback", "reversal"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(leaf_kind_name(l), kinds[i]) == 0)
			return true;
	return false;
}

/* What was posted at once was recorded at one moment; floors hold when all of it is in. */
static void ask_floors(struct books *b)
{
	for (size_t i = 0; i < b->n_touched; i++) {
		const struct account *a = books_account(b, text_z(b->touched[i].code));

		if (a->family->normal > 0 ? a->balance < 0 : a->balance > 0)
			finding(b->findings, "floor", b->touched[i].leaf,
				"%s is at %" PRId64 ", below its floor, by our own doing", a->code,
				a->balance);
	}
	b->n_touched = 0;
}

static void touch(struct books *b, const struct leaf *l, const struct leg *g)
{
	const struct family *family = family_of(g->family);

	if (!family->floor || (g->amount > 0) == (family->normal > 0) ||
		!(own_action(l) || text_is(g->family, "liabilities:in-flight")))
		return;
	for (size_t i = 0; i < b->n_touched; i++)
		if (text_is(g->account, b->touched[i].code))
			return;
	if (b->n_touched == sizeof b->touched / sizeof *b->touched)
		ask_floors(b);
	keep_text(b->touched[b->n_touched].code, sizeof b->touched->code, g->account);
	b->touched[b->n_touched++].leaf = l->seq;
}

static void ask_postings(struct books *b, const struct leaf *l)
{
	int64_t sum = 0;
	bool whole = true;

	for (size_t i = 0; i < l->n_legs; i++)
		whole = !__builtin_add_overflow(sum, l->legs[i].amount, &sum) && whole;
	if (!whole || sum != 0)
		finding(b->findings, "unbalanced", l->seq, "its postings add up to %" PRId64 ", not to 0",
			sum);
	if (!rules_fit(l))
		finding(b->findings, "postings_wrong", l->seq, "a %s does not post like this",
			leaf_kind_name(l));
}

static void add_postings(struct books *b, const struct leaf *l)
{
	if (!text_is(l->recorded, b->posting)) {
		ask_floors(b);
		keep_text(b->posting, sizeof b->posting, l->recorded);
	}
	for (size_t i = 0; i < l->n_legs; i++) {
		move_account(b, l, &l->legs[i]);
		touch(b, l, &l->legs[i]);
	}
	b->postings += (int64_t)l->n_legs;
}

/* ---- payouts ------------------------------------------------------------------------------------------------- */

static enum stands leads_to(const struct leaf *l)
{
	const char *kind = leaf_kind_name(l);

	if (strcmp(kind, "payout.settled") == 0)
		return SETTLED;
	if (strcmp(kind, "payout.rejected") == 0 || strcmp(kind, "payout.not_paid") == 0)
		return UNPAID;
	if (strcmp(kind, "payout.returned") == 0)
		return RETURNED;
	if (strcmp(kind, "break.resolved") != 0)
		return NOTHING_KNOWN;
	if (text_is(leaf_value(l, "outcome"), "paid_after_all"))
		return SETTLED;
	return text_is(leaf_value(l, "outcome"), "return") ? RETURNED : NOTHING_KNOWN;
}

/* A payout ends once; what ended unpaid or came back is paid only by two officers' finding; only what was paid comes back. */
static bool may_follow(enum stands was, enum stands now, bool by_officers)
{
	switch (now) {
	case SETTLED: return was == NOTHING_KNOWN || (by_officers && (was == UNPAID || was == RETURNED));
	case UNPAID: return was == NOTHING_KNOWN;
	case RETURNED: return was == SETTLED;
	case NOTHING_KNOWN: return true;
	}
	return false;
}

void payout_line(
	uint8_t to[16], const struct digest *line, int64_t amount, struct text channel, struct text fund)
{
	char said[300], hex[65];
	struct digest hash;
	int n;

	digest_hex(line, hex);
	n = snprintf(said, sizeof said, "%s %" PRId64 " %.*s %.*s", hex, amount, TEXT(channel), TEXT(fund));
	hash = digest_of((struct text){.at = said, .n = (size_t)n});
	memcpy(to, hash.at, 16);
}

/* From which funding account it was on its way; of what came back, to which. */
static struct text fund_of(const struct leaf *l)
{
	for (size_t i = 0; i < l->n_legs; i++)
		if (text_is(l->legs[i].family, "liabilities:in-flight"))
			return l->legs[i].parts[0];
	for (size_t i = 0; i < l->n_legs; i++)
		if (text_is(l->legs[i].family, "assets:bank"))
			return l->legs[i].parts[0];
	return text_z("");
}

static void add_resolved(struct books *b, const struct leaf *l, struct text id)
{
	bool made;
	struct resolved *r = table_row(&b->resolved, id, &made);

	r->leaf = l->seq;
	if (!made && r->amount != leaf_amount(l, "amount"))
		finding(b->findings, "payout_differs", l->seq, "payout %.*s had another amount before",
			TEXT(id));
	r->amount = leaf_amount(l, "amount");
}

/* What a statement must show; what an agent's list shows is not in the books. */
static void add_paid(struct books *b, const struct leaf *l)
{
	for (size_t i = 0; i < l->n_legs; i++) {
		const struct leg *g = &l->legs[i];
		char key[64];
		struct paid_day *day;
		bool made;
		int n;

		b->cash += text_is(g->family, "assets:agent");
		if (!text_is(g->family, "assets:bank"))
			continue;
		n = snprintf(key, sizeof key, "s%.*s.%.*s", TEXT(g->parts[0]), TEXT(l->effective));
		day = table_row(&b->paid, (struct text){.at = key, .n = (size_t)n}, &made);
		if (made) {
			memcpy(day->statement, key, sizeof day->statement);
			day->leaf = l->seq;
		}
		if (__builtin_sub_overflow(day->sum, g->amount, &day->sum))
			finding(b->findings, "balance_overflow", l->seq, "%s moves by more than a number can",
				key);
	}
}

int32_t month_of(struct text day)
{
	int32_t year = (day.at[0] - '0') * 1000 + (day.at[1] - '0') * 100 + (day.at[2] - '0') * 10 +
		       day.at[3] - '0';

	return (year - 1970) * 12 + (day.at[5] - '0') * 10 + day.at[6] - '0';
}

static void add_payout(struct books *b, const struct leaf *l)
{
	struct text id = leaf_value(l, "id"), line = leaf_value(l, "line");
	enum stands now = leads_to(l);
	struct payout *p;
	struct digest hash;
	uint8_t said[16];
	bool made;

	if (now == NOTHING_KNOWN || id.n == 0)
		return;
	p = table_row(&b->payouts, id, &made);
	if (!may_follow((enum stands)p->stands, now, line.n == 0))
		finding(b->findings, "payout_order", l->seq,
			"payout %.*s cannot be %s after what leaves before it say", TEXT(id),
			leaf_kind_name(l));
	p->stands = now;
	p->leaf = (uint64_t)l->seq & 0xffffffffffff;
	if (line.n == 0) {
		add_resolved(b, l, id);
		return;
	}
	(void)text_hex(line, hash.at, sizeof hash.at);
	payout_line(said, &hash, leaf_amount(l, "amount"), leaf_value(l, "channel"), fund_of(l));
	if (p->has_line && memcmp(p->line, said, sizeof said) != 0)
		finding(b->findings, "payout_differs", l->seq,
			"payout %.*s had another amount, channel, line or funding account before", TEXT(id));
	memcpy(p->line, said, sizeof said);
	p->has_line = true;
	if (now != RETURNED)
		p->month = (uint64_t)month_of(l->effective) & 0xfff;
	if (now == SETTLED)
		add_paid(b, l);
}

/* ---- batches ------------------------------------------------------------------------------------------------- */

/* Its lines from `bundle` to `certificate` stand in the signed text as they stand in the leaf. */
static void add_approval(struct books *b, const struct leaf *l)
{
	struct text from = leaf_value(l, "bundle"), until = leaf_value(l, "certificate");
	const char *begins = from.at - strlen("bundle ");
	struct approved *a;
	bool made;

	(void)table_row(&b->bundles, from, &made);
	a = table_row(&b->approvals, leaf_value(l, "text"), &made);
	a->words = digest_of((struct text){.at = begins, .n = (size_t)(until.at + until.n + 1 - begins)});
	(void)text_hex(leaf_value(l, "proof"), a->proof.at, sizeof a->proof.at);
	a->leaf = l->seq;
}

struct digest batch_words(struct text a, struct text b, struct text c)
{
	char all[256];
	int n = snprintf(all, sizeof all, "%.*s %.*s %.*s", TEXT(a), TEXT(b), TEXT(c));

	return digest_of((struct text){.at = all, .n = (size_t)n});
}

static void approve_batch(struct books *b, const struct leaf *l, struct batch *of)
{
	(void)text_hex(leaf_value(l, "root"), of->root.at, sizeof of->root.at);
	of->lines = leaf_amount(l, "lines");
	of->sum = leaf_amount(l, "sum");
	of->meant = batch_words(leaf_value(l, "agency"), leaf_value(l, "programme"), leaf_value(l, "period"));
	of->approved = l->seq;
	of->leaf = NO_LEAF;
	if (table_find(&b->bundles, leaf_value(l, "bundle")) == NULL)
		finding(b->findings, "batch_unsigned", l->seq, "no approval before it is of its bundle");
	if (leaf_amount(l, "first") > of->sum - leaf_amount(l, "unclaimed"))
		finding(b->findings, "batch_sum", l->seq,
			"batch %" PRId64 ".%" PRId64 " owes more than its sum", of->batch, of->version);
}

static void release_batch(struct books *b, const struct leaf *l, struct batch *of, bool made)
{
	struct digest root;

	(void)text_hex(leaf_value(l, "root"), root.at, sizeof root.at);
	if (leaf_amount(l, "unfunded") > leaf_amount(l, "sum"))
		finding(b->findings, "batch_sum", l->seq,
			"batch %" PRId64 ".%" PRId64 " takes more of the advance than its sum", of->batch,
			of->version);
	if (made)
		finding(b->findings, "batch_unapproved", l->seq,
			"batch %" PRId64 ".%" PRId64 " was released and never approved", of->batch,
			of->version);
	else if (!digest_same(&of->root, &root) || of->lines != leaf_amount(l, "lines") ||
		 of->sum != leaf_amount(l, "sum"))
		finding(b->findings, "batch_differs", l->seq,
			"batch %" PRId64 ".%" PRId64 " was released with other content than was approved",
			of->batch, of->version);
	of->leaf = l->seq;
	keep_text(of->fund, sizeof of->fund, leaf_value(l, "funding-account"));
	of->let_go = batch_words(
		leaf_value(l, "agency"), l->lines[l->n_lines - 2].value, l->lines[l->n_lines - 1].value);
}

static void add_batch(struct books *b, const struct leaf *l)
{
	bool approved = strcmp(leaf_kind_name(l), "batch.approved") == 0, made;
	char name[48];
	struct batch *of;
	int n;

	if (strcmp(leaf_kind_name(l), "approval") == 0)
		add_approval(b, l);
	if (!approved && strcmp(leaf_kind_name(l), "batch.released") != 0)
		return;
	n = snprintf(name, sizeof name, "%" PRId64 ".%" PRId64, leaf_amount(l, "batch"),
		leaf_amount(l, "version"));
	of = table_row(&b->batches, (struct text){.at = name, .n = (size_t)n}, &made);
	of->batch = leaf_amount(l, "batch");
	of->version = leaf_amount(l, "version");
	if (approved)
		approve_batch(b, l, of);
	else
		release_batch(b, l, of, made);
}

/* ---- statements ---------------------------------------------------------------------------------------------- */

static void add_statement(struct books *b, const struct leaf *l)
{
	struct statement *s;
	int64_t moved, said;
	bool made, fits;

	if (strcmp(leaf_kind_name(l), "statement.file") != 0)
		return;
	s = table_row(&b->statements, l->idem, &made);
	keep_text(s->fund, sizeof s->fund, leaf_value(l, "funding-account"));
	(void)text_day(leaf_value(l, "day"), &s->day);
	if (s->day != l->day)
		finding(b->findings, "statement_day", l->seq, "it is of another day than it counts for");
	s->leaf = l->seq;
	s->sequence = leaf_amount(l, "sequence");
	s->opening = leaf_amount(l, "opening");
	s->closing = leaf_amount(l, "closing");
	s->debits = leaf_amount(l, "debits");
	s->chained = text_is(leaf_value(l, "chained"), "yes");
	moved = leaf_amount(l, "credits") - leaf_amount(l, "debits");
	fits = !__builtin_sub_overflow(s->closing, s->opening, &said);
	if (!fits || said != moved)
		finding(b->findings, "statement_uneven", l->seq,
			"its lines move the account by %" PRId64 ", its balances by %" PRId64, moved, said);
}

static int by_fund_and_day(const void *one, const void *two)
{
	const struct statement *a = *(const struct statement *const *)one,
			       *b = *(const struct statement *const *)two;
	int order = strcmp(a->fund, b->fund);

	return order != 0 ? order : (a->day > b->day) - (a->day < b->day);
}

/* What the books moved at banks, by account and day; read once from the first to the last. */
struct bank_days {
	const struct moved **at;
	size_t n, next;
};

static int by_code_and_day(const void *one, const void *two)
{
	const struct moved *a = *(const struct moved *const *)one, *b = *(const struct moved *const *)two;
	int order = strcmp(a->code, b->code);

	return order != 0 ? order : (a->day > b->day) - (a->day < b->day);
}

static struct bank_days bank_days(const struct books *b)
{
	struct bank_days d = {.at = calloc(b->days.n + 1, sizeof *d.at)};

	if (d.at == NULL)
		abort();
	for (size_t i = 0; i < b->days.n; i++) {
		const struct moved *m = table_at(&b->days, i);

		if (strncmp(m->code, "assets:bank:", 12) == 0)
			d.at[d.n++] = m;
	}
	qsort(d.at, d.n, sizeof *d.at, by_code_and_day);
	return d;
}

/* What of the account comes next, up to the day; what stands before is of accounts without a statement. */
static int64_t moved_until(struct bank_days *d, const char *fund, int32_t day)
{
	int64_t sum = 0;

	for (; d->next < d->n; d->next++) {
		const struct moved *m = d->at[d->next];
		int order = strcmp(m->code + 12, fund);

		if (order > 0 || (order == 0 && m->day > day))
			break;
		if (order == 0)
			(void)__builtin_add_overflow(sum, m->amount, &sum); /* balance_overflow said it */
	}
	return sum;
}

/* Each statement continues the one before it, and the books move what the bank says. */
static void ask_statements(struct books *b)
{
	const struct statement **at = calloc(b->statements.n + 1, sizeof *at);
	struct bank_days days = bank_days(b);
	size_t n = 0;

	if (at == NULL)
		abort();
	for (; n < b->statements.n; n++)
		at[n] = table_at(&b->statements, n);
	qsort(at, n, sizeof *at, by_fund_and_day);
	for (size_t i = 0; i < n; i++) {
		const struct statement *s = at[i], *before = i > 0 && strcmp(at[i - 1]->fund, s->fund) == 0
								     ? at[i - 1]
								     : NULL;
		int64_t said, booked;

		if (before != NULL && s->chained && before->closing != s->opening)
			finding(b->findings, "statement_chain", s->leaf,
				"%s opens at %" PRId64 ", and the statement before it closed at %" PRId64,
				s->fund, s->opening, before->closing);
		(void)__builtin_sub_overflow(
			s->closing, before != NULL ? before->closing : s->opening, &said);
		if (before == NULL && moved_until(&days, s->fund, s->day - 1) != 0)
			finding(b->findings, "statement_missing", s->leaf,
				"the books moved %s before its first statement", s->fund);
		booked = moved_until(&days, s->fund, s->day);
		if (said != booked)
			finding(b->findings, "statement_differs", s->leaf,
				"%s moved by %" PRId64 " at the bank and by %" PRId64 " in the books",
				s->fund, said, booked);
	}
	free(days.at);
	free(at);
}

/* What was settled at a bank was settled by a line of a statement: that day's is there, and its debits are enough. */
static void ask_paid(struct books *b)
{
	for (size_t i = 0; i < b->paid.n; i++) {
		const struct paid_day *day = table_at(&b->paid, i);
		const struct statement *s = table_find(&b->statements, text_z(day->statement));

		if (s == NULL || s->debits < day->sum)
			finding(b->findings, "settled_unstated", day->leaf,
				"%" PRId64 " VND were settled by the statement %s, which %s", day->sum,
				day->statement, s == NULL ? "no leaf has" : "has less than that of debits");
	}
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

void books_add_alone(struct books *b, const struct leaf *l)
{
	bool made;

	(void)table_row(&b->facts, l->idem, &made);
	if (!made)
		finding(b->findings, "posted_twice", l->seq, "%.*s is in the books already", TEXT(l->idem));
	if (!leaf_key_fits(l))
		finding(b->findings, "key_wrong", l->seq, "%.*s is not the key of what it says",
			TEXT(l->idem));
	ask_postings(b, l);
	add_payout(b, l);
	add_batch(b, l);
	add_statement(b, l);
	if (!admins_told(&b->admins, l))
		finding(b->findings, "key_unproved", l->seq,
			"the admin whose key it replaces did not sign that");
}

void books_add(struct books *b, const struct leaf *l)
{
	bool genesis = strcmp(leaf_kind_name(l), "genesis") == 0;

	if (l->seq != b->next)
		finding(b->findings, "leaf_place", b->next, "it says that it is leaf %" PRId64, l->seq);
	if (genesis != (b->next == 0))
		finding(b->findings, "genesis", b->next,
			genesis ? "a second genesis" : "the first leaf is no genesis");
	else if (genesis)
		keep_text(b->origin_text, sizeof b->origin_text, leaf_value(l, "origin"));
	if (genesis && !text_is(leaf_value(l, "currency"), "VND"))
		finding(b->findings, "genesis", l->seq, "its currency is not VND");
	b->next++;
	books_add_alone(b, l);
	add_postings(b, l);
}

void books_end(struct books *b)
{
	int64_t total = 0;

	ask_floors(b);
	for (size_t i = 0; i < b->accounts.n; i++) {
		const struct account *a = table_at(&b->accounts, i);

		(void)__builtin_add_overflow(total, a->balance, &total);
	}
	if (total != 0)
		finding(b->findings, "trial_balance", NO_LEAF, "all accounts add up to %" PRId64 ", not to 0",
			total);
	ask_statements(b);
	ask_paid(b);
}
