#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/period_private.h"

#define WORDS 6

/* What one account comes to at the end of the month. */
struct sum {
	struct table_key key;
	char code[ACCOUNT_CODE + 1];
	int64_t amount, told; /* by the postings; by the items of the text */
	bool listed;
};

struct asking {
	struct periods *p;
	const struct leaf *l;
	const struct books *b;
	struct text agency;
	int32_t month;
	struct table sums;
	/* of the line at hand */
	struct text words[WORDS];
	size_t n;
	int64_t amount;
	/* of the text */
	struct text before; /* the line before */
	int64_t count[128]; /* lines by letter */
	int64_t debits, credits;
};

#define FOUND(a, code, ...) finding((a)->p->findings, code, (a)->l->seq, __VA_ARGS__)

/* ---- the accounts, by the leaves ------------------------------------------------------------------------------------- */

static int32_t month_of_days(int32_t days)
{
	int64_t z = (int64_t)days + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;
	int64_t month = march < 10 ? march + 3 : march - 9;

	return (int32_t)((year + era * 400 + (month <= 2) - 1970) * 12 + month);
}

static struct sum *sum_of(struct asking *a, struct text code)
{
	bool made;
	struct sum *s = table_row(&a->sums, code, &made);

	if (made)
		(void)snprintf(s->code, sizeof s->code, "%.*s", TEXT(code));
	return s;
}

static void add_up(struct asking *a)
{
	for (size_t i = 0; i < a->b->days.n; i++) {
		const struct moved *m = table_at(&a->b->days, i);
		struct sum *s;

		if (month_of_days(m->day) > a->month)
			continue;
		s = sum_of(a, text_z(m->code));
		(void)__builtin_add_overflow(s->amount, m->amount, &s->amount); /* balance_overflow said it */
	}
}

/* ---- lines -------------------------------------------------------------------------------------------------------------- */

static bool split(struct asking *a, struct text line)
{
	for (a->n = 0; a->n < WORDS; a->n++)
		if (!text_until(&line, ' ', &a->words[a->n])) {
			a->words[a->n++] = line;
			return true;
		}
	return false;
}

static bool amount_of(struct asking *a)
{
	struct text number = a->words[a->n - 2];
	bool minus = text_skip(&number, "-");

	if (a->n < 4 || !text_is(a->words[a->n - 1], "VND") || !text_count(number, &a->amount) ||
		(minus && a->amount == 0))
		return false;
	a->amount = minus ? -a->amount : a->amount;
	return true;
}

static void ask_account(struct asking *a)
{
	struct text code = a->words[1], whose = late_agency(&a->p->late, code);
	struct sum *s = sum_of(a, code);

	if (whose.n > 0 && !text_same(whose, a->agency))
		FOUND(a, "period_accounts", "%.*s is not an account of %.*s", TEXT(code), TEXT(a->agency));
	late_account_is(&a->p->late, code, a->agency);
	s->listed = true;
	if (s->amount != a->amount)
		FOUND(a, "period_balance",
			"%.*s was at %" PRId64 " by the leaves, and the text says %" PRId64, TEXT(code),
			s->amount, a->amount);
	if (a->amount > 0)
		(void)__builtin_add_overflow(a->debits, a->amount, &a->debits);
	else
		(void)__builtin_sub_overflow(a->credits, a->amount, &a->credits);
}

static void tell(struct asking *a, const char *family, struct text place, int64_t amount)
{
	char code[ACCOUNT_CODE + 1];
	int n = snprintf(code, sizeof code, "%s:%.*s", family, TEXT(place));
	struct sum *s;

	if (n >= (int)sizeof code)
		return;
	s = sum_of(a, (struct text){.at = code, .n = (size_t)n});
	(void)__builtin_add_overflow(s->told, amount, &s->told);
}

static void ask_in_flight(struct asking *a)
{
	struct text id = a->words[2];
	const struct payout *is = table_find(&a->b->payouts, id);
	struct carried_on *c;
	struct digest line;
	bool made;

	tell(a, "liabilities:in-flight", a->words[1], -a->amount);
	if (is != NULL && is->month != 0 && (int32_t)is->month <= a->month)
		FOUND(a, "period_item", "payout %.*s is carried over, and leaf %" PRId64 " says how it ended",
			TEXT(id), (int64_t)is->leaf);
	if (!text_hex(a->words[3], line.at, sizeof line.at))
		FOUND(a, "period_malformed", "payout %.*s has no hash of its line", TEXT(id));
	c = table_row(&a->p->carried, id, &made);
	c->line = line;
	c->amount = a->amount;
}

static void ask_unclaimed(struct asking *a)
{
	const struct returned *r = table_find(&a->p->returned, a->words[2]);
	char place[ACCOUNT_CODE + 1];
	struct digest line;

	(void)snprintf(place, sizeof place, "%.*s:%.*s", TEXT(a->agency), TEXT(a->words[1]));
	tell(a, "liabilities:unclaimed", text_z(place), -a->amount);
	if (r == NULL || r->month > a->month || r->amount != a->amount ||
		!text_hex(a->words[3], line.at, sizeof line.at) ||
		(r->has_line && !digest_same(&line, &r->line)))
		FOUND(a, "period_item",
			"payout %.*s is carried over as unclaimed, and no leaf up to then returns it",
			TEXT(a->words[2]));
}

static void ask_suspense(struct asking *a, bool debit)
{
	const struct suspended *s = table_find(&a->p->suspended, a->words[2]);
	int64_t number;

	tell(a, debit ? "assets:suspense-debit" : "liabilities:suspense-credit", a->words[1],
		debit ? a->amount : -a->amount);
	if (s == NULL || s->month > a->month || s->amount != a->amount || s->debit != debit ||
		!text_is(a->words[1], s->fund) || !text_count(a->words[3], &number) || number != s->number)
		FOUND(a, "period_item",
			"%.*s is carried over as not explained, and no leaf up to then says that",
			TEXT(a->words[2]));
}

/* Lines of a letter are in order and there once; letters come in the order of period.md. */
static bool in_order(const struct asking *a, struct text line)
{
	static const char letters[] = "afucd";
	const char *was = a->before.n > 0 ? strchr(letters, a->before.at[0]) : letters,
		   *is = strchr(letters, line.at[0]);
	size_t least = line.n < a->before.n ? line.n : a->before.n;
	int order;

	if (line.at[0] == '\0' || is == NULL || was == NULL || is < was)
		return false;
	if (a->before.n == 0 || is > was)
		return true;
	order = memcmp(a->before.at, line.at, least);
	return order < 0 || (order == 0 && a->before.n < line.n);
}

static bool take_line(struct asking *a, struct text line)
{
	if (line.n < 2 || line.at[1] != ' ' || !in_order(a, line) || !split(a, line) || !amount_of(a) ||
		(line.at[0] == 'a') != (a->n == 4) ||
		(line.at[0] != 'a' && (a->n != WORDS || a->amount <= 0)))
		return false;
	a->before = line;
	a->count[(unsigned char)line.at[0]]++;
	switch (line.at[0]) {
	case 'a': ask_account(a); break;
	case 'f': ask_in_flight(a); break;
	case 'u': ask_unclaimed(a); break;
	default: ask_suspense(a, line.at[0] == 'd'); break;
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------ */

static bool take_count(struct text *rest, const char *key, int64_t *n)
{
	struct text value;

	return text_field(rest, text_z(key), &value) && text_count(value, n);
}

static bool read_text(struct asking *a, struct text rest)
{
	struct text month, agency, line;
	int64_t accounts, in_flight, unclaimed, suspense;

	if (!text_skip(&rest, "chitra-period/v1\n") || !text_field(&rest, text_z("period"), &month) ||
		!text_same(month, leaf_value(a->l, "period")) ||
		!text_field(&rest, text_z("agency"), &agency) || !text_same(agency, a->agency) ||
		!take_count(&rest, "accounts", &accounts) || !take_count(&rest, "in-flight", &in_flight) ||
		!take_count(&rest, "unclaimed", &unclaimed) || !take_count(&rest, "suspense", &suspense))
		return false;
	while (rest.n > 0)
		if (!text_until(&rest, '\n', &line) || !take_line(a, line))
			return false;
	return a->count['a'] == accounts && a->count['f'] == in_flight && a->count['u'] == unclaimed &&
	       a->count['c'] + a->count['d'] == suspense;
}

static bool is_listed_family(const char *code)
{
	static const char *const families[] = {"liabilities:in-flight:", "liabilities:unclaimed:",
		"assets:suspense-debit:", "liabilities:suspense-credit:"};

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strncmp(code, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

/* Nothing is left out, and the lists come to their accounts. */
static void ask_sums(struct asking *a)
{
	for (size_t i = 0; i < a->sums.n; i++) {
		const struct sum *s = table_at(&a->sums, i);

		if (!s->listed && text_same(late_agency(&a->p->late, text_z(s->code)), a->agency))
			FOUND(a, "period_accounts", "%s was moved by then, and the text lacks it", s->code);
		if ((s->listed || s->told != 0) && is_listed_family(s->code) && s->told != s->amount)
			FOUND(a, "period_list",
				"%s was at %" PRId64
				", and what the text carries over of it comes to %" PRId64,
				s->code, s->amount, s->told);
	}
}

/* As many payouts on their way as were sent and had no end. */
static void ask_flights(struct asking *a)
{
	int64_t n = 0;

	for (size_t i = 0; i < a->p->flights.n; i++) {
		const struct flight *f = table_at(&a->p->flights, i);
		char code[ACCOUNT_CODE + 1];

		if (f->month > a->month)
			continue;
		(void)snprintf(code, sizeof code, "liabilities:in-flight:%s", f->fund);
		if (text_same(late_agency(&a->p->late, text_z(code)), a->agency))
			n += f->n;
	}
	if (n != a->count['f'])
		FOUND(a, "period_list",
			"%" PRId64 " payouts were on their way, and the text carries over %" PRId64, n,
			a->count['f']);
}

/* What the month earned and cost is taken to its result. */
static void ask_result(struct asking *a)
{
	for (size_t i = 0; i < a->sums.n; i++) {
		const struct sum *s = table_at(&a->sums, i);
		int64_t said = 0;

		if (!s->listed || (strncmp(s->code, "income:funding:", 15) != 0 &&
					  strncmp(s->code, "expenses:benefit:", 17) != 0 &&
					  strncmp(s->code, "expenses:loss:", 14) != 0))
			continue;
		for (size_t k = 0; k < a->l->n_legs; k++)
			if (text_is(a->l->legs[k].account, s->code))
				said = a->l->legs[k].amount;
		if (said != -s->amount)
			FOUND(a, "close_result", "%s was at %" PRId64 ", and %" PRId64 " of it is closed",
				s->code, s->amount, -said);
	}
}

static void ask_leaf(struct asking *a, struct text text)
{
	struct digest hash = digest_of(text), said;

	(void)text_hex(leaf_value(a->l, "trial-balance"), said.at, sizeof said.at);
	if (!digest_same(&hash, &said))
		FOUND(a, "period_differs", "the text of %.*s is not the one whose hash it has",
			TEXT(leaf_value(a->l, "period")));
	if (leaf_amount(a->l, "accounts") != a->count['a'] || leaf_amount(a->l, "debits") != a->debits ||
		leaf_amount(a->l, "credits") != a->credits)
		FOUND(a, "period_sums",
			"the text has %" PRId64 " accounts, %" PRId64 " of debits and %" PRId64 " of credits",
			a->count['a'], a->debits, a->credits);
	if (a->debits != a->credits)
		FOUND(a, "period_sums", "debits and credits of %.*s are not the same", TEXT(a->agency));
}

void period_text_ask(struct periods *p, const struct leaf *l, const struct books *b, struct text text)
{
	struct asking *a = calloc(1, sizeof *a);

	if (a == NULL)
		abort();
	a->p = p;
	a->l = l;
	a->b = b;
	a->agency = leaf_value(l, "agency");
	a->month = month_of(leaf_value(l, "period"));
	a->sums = (struct table)TABLE(struct sum);
	add_up(a);
	if (!read_text(a, text)) {
		FOUND(a, "period_malformed", "after %.*s", TEXT(a->before));
	} else {
		ask_sums(a);
		ask_flights(a);
		ask_result(a);
	}
	ask_leaf(a, text);
	table_free(&a->sums);
	free(a);
}
