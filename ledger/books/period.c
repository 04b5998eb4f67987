#include "ledger/books/period.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/books/chart.h"

#define WORDS 6

struct reading {
	struct arena *arena;
	struct period *to;
	size_t room_accounts, room_items;
	const char *words[WORDS]; /* of the line at hand */
	size_t n;
};

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static bool split(struct reading *r, struct bytes line)
{
	char *at = arena_strndup(r->arena, (const char *)line.at, line.n);

	for (r->n = 0; r->n < WORDS; at++) {
		r->words[r->n++] = at;
		at = strchr(at, ' ');
		if (at == NULL)
			return true;
		*at = '\0';
	}
	return false;
}

static bool count_of(const char *text, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return end != text && *end == '\0' && *out >= 0;
}

/* The last two words: a number of dong, and VND. */
static bool amount_of(const struct reading *r, struct vnd *out)
{
	const char *text = r->words[r->n - 2];
	bool minus = *text == '-';
	int64_t dong;

	if (strcmp(r->words[r->n - 1], "VND") != 0 || !count_of(text + minus, &dong))
		return false;
	*out = vnd(minus ? -dong : dong);
	return true;
}

static void add(struct vnd *sum, struct vnd more)
{
	bug_if(!vnd_add(*sum, more, sum));
}

static bool take_account(struct reading *r)
{
	struct period *p = r->to;
	struct period_account *a = &p->accounts[p->n_accounts];
	enum account family;
	struct vnd minus;

	if (p->n_accounts == r->room_accounts || r->n != 4 || !account_parse(bytes_z(r->words[1]), &family) ||
		!amount_of(r, &a->balance))
		return false;
	a->code = r->words[1];
	p->n_accounts++;
	bug_if(!vnd_neg(a->balance, &minus));
	if (vnd_is_negative(a->balance))
		add(&p->credits, minus);
	else
		add(&p->debits, a->balance);
	return true;
}

static bool take_item(struct reading *r, enum carried list)
{
	struct period *p = r->to;
	struct period_item *i = &p->items[p->n_items];

	if (p->n_items == r->room_items || r->n != WORDS || !amount_of(r, &i->amount))
		return false;
	*i = (struct period_item){.list = list, .of = r->words[1], .id = r->words[2], .amount = i->amount};
	if (list >= CARRIED_SUSPENSE_CREDIT && !count_of(r->words[3], &i->break_id))
		return false;
	p->n_items++;
	p->count[list]++;
	add(&p->sum[list], i->amount);
	return true;
}

static bool take_line(struct reading *r, struct bytes line)
{
	static const char letters[CARRIED] = {'f', 'u', 'c', 'd'};

	if (line.n < 2 || line.at[1] != ' ' || !split(r, line))
		return false;
	if (line.at[0] == 'a')
		return take_account(r);
	for (unsigned i = 0; i < CARRIED; i++)
		if (line.at[0] == (uint8_t)letters[i])
			return take_item(r, (enum carried)i);
	return false;
}

/* ---- head ---------------------------------------------------------------------------------------------------------- */

static bool take_head(struct bytes *rest, const char *key, struct bytes *value)
{
	size_t n = strlen(key);
	struct bytes line;
	bool ended;

	if (!bytes_line(rest, &line, &ended) || !ended || line.n <= n || memcmp(line.at, key, n) != 0)
		return false;
	*value = bytes_of(line.at + n, line.n - n);
	return true;
}

static bool take_count(struct arena *a, struct bytes *rest, const char *key, size_t most, size_t *out)
{
	struct bytes value;
	int64_t n;

	if (!take_head(rest, key, &value) ||
		!count_of(arena_strndup(a, (const char *)value.at, value.n), &n) || (size_t)n > most)
		return false;
	*out = (size_t)n;
	return true;
}

static bool read_head(struct reading *r, struct bytes *rest)
{
	static const char *const lists[] = {"in-flight ", "unclaimed ", "suspense "};
	size_t most = rest->n; /* a line has more than a byte */
	struct bytes value;

	if (!take_head(rest, "chitra-period/v", &value) || !bytes_eq_z(value, "1") ||
		!take_head(rest, "period ", &value) || !month_parse(value, &r->to->month) ||
		!take_head(rest, "agency ", &value))
		return false;
	r->to->agency = arena_strndup(r->arena, (const char *)value.at, value.n);
	if (!take_count(r->arena, rest, "accounts ", most, &r->room_accounts))
		return false;
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		size_t n;

		if (!take_count(r->arena, rest, lists[i], most, &n))
			return false;
		r->room_items += n;
	}
	return true;
}

static bool read_text(struct reading *r, struct bytes rest)
{
	struct period *p = r->to;
	struct bytes line;
	bool ended;

	if (!read_head(r, &rest))
		return false;
	p->accounts = arena_array(r->arena, r->room_accounts, struct period_account);
	p->items = arena_array(r->arena, r->room_items, struct period_item);
	while (rest.n > 0)
		if (!bytes_line(&rest, &line, &ended) || !ended || !take_line(r, line))
			return false;
	return p->n_accounts == r->room_accounts && p->n_items == r->room_items;
}

bool period_read(struct arena *a, struct bytes text, struct period *out, struct why *why)
{
	struct reading r = {.arena = a, .to = out};

	*out = (struct period){.sha256 = sha256(text)};
	return read_text(&r, text) || why_set(why, "period_text", "the database made no text of a period");
}

/* ---- closing --------------------------------------------------------------------------------------------------------- */

static void leg_add(struct leg *legs, size_t *n, const char *account, struct vnd amount)
{
	size_t i = 0;

	while (i < *n && strcmp(legs[i].account, account) != 0)
		i++;
	if (i == *n)
		legs[(*n)++] = (struct leg){.account = account, .amount = vnd(0)};
	add(&legs[i].amount, amount);
}

/* A result of nothing has no leg. */
static size_t drop_empty(struct leg *legs, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!vnd_is_zero(legs[i].amount))
			legs[kept++] = legs[i];
	return kept;
}

void period_legs(struct arena *a, const struct period *p, struct period_closed *out)
{
	struct leg *legs = arena_array(a, 2 * p->n_accounts, struct leg);
	size_t n = 0;

	for (size_t i = 0; i < p->n_accounts; i++) {
		const struct period_account *at = &p->accounts[i];
		enum account family;
		struct vnd minus;

		if (!account_parse(bytes_z(at->code), &family) ||
			(family != ACCOUNT_FUNDING && family != ACCOUNT_BENEFIT && family != ACCOUNT_LOSS))
			continue;
		bug_if(!vnd_neg(at->balance, &minus));
		leg_add(legs, &n, at->code, minus);
		leg_add(legs, &n, account_code(a, ACCOUNT_CLOSED, p->agency, strrchr(at->code, ':') + 1),
			at->balance);
	}
	out->legs = legs;
	out->n_legs = drop_empty(legs, n);
}
