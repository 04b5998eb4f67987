/* Statement pages and the credits of the open day. A page is taken whole or not at all. */
#include "bankapi/chitra_json.h"

#include <string.h>

#define PARTS_MAX 500

static bool take_parts(const struct json *list, struct arena *a, struct statement_line *l, struct why *why)
{
	size_t n = json_n(list);
	struct statement_part *parts;
	struct vnd sum = vnd(0);

	if (n < 2 || n > PARTS_MAX)
		return why_set(why, "bad_value", "details has %zu payments, not 2 to %d", n, PARTS_MAX);
	parts = arena_array(a, n, struct statement_part);
	for (size_t i = 0; i < n; i++) {
		const struct json *part = json_at(list, i);

		if (!take_e2e(part, parts[i].e2e, why) || !take_amount(part, &parts[i].amount, why) ||
			!take_token(part, "counterparty_account", CHARSET_ACCOUNT, parts[i].account.text,
				sizeof parts[i].account.text, why))
			return why_prefix(why, "details %zu", i);
		if (!vnd_add(sum, parts[i].amount, &sum))
			return why_set(why, "bad_value", "details: the sum is out of range");
	}
	if (vnd_cmp(sum, l->amount) != 0)
		return why_set(why, "bad_value", "details do not add up to the line's amount");
	if (!l->is_debit || l->e2e[0] != '\0')
		return why_set(
			why, "bad_value", "details are on a line that is not a debit of many payments");
	l->parts = parts;
	l->parts_n = n;
	return true;
}

/* What a statement line and a credit of the open day have in common. */
static bool take_entry(const struct json *o, struct arena *a, struct statement_line *l, struct why *why)
{
	return take_token(o, "entry_ref", CHARSET_REFERENCE, l->entry_ref, sizeof l->entry_ref, why) &&
	       take_amount(o, &l->amount, why) && json_day(o, "value_date", &l->value_date, why) &&
	       take_text_opt(o, "kind_text", a, &l->kind_text, why) &&
	       take_token_opt(o, "counterparty_account", CHARSET_ACCOUNT, l->account.text,
		       sizeof l->account.text, why) &&
	       take_text_opt(o, "remittance", a, &l->remittance, why);
}

static bool take_direction(const struct json *o, struct statement_line *l, struct why *why)
{
	const char *direction;

	if (!json_str(o, "direction", &direction, why))
		return false;
	l->is_debit = strcmp(direction, "debit") == 0;
	if (!l->is_debit && strcmp(direction, "credit") != 0)
		return why_set(why, "bad_value", "direction is neither debit nor credit");
	return true;
}

static bool take_line(const struct json *o, struct arena *a, struct statement_line *l, struct why *why)
{
	const struct json *details = NULL;

	if (!take_entry(o, a, l, why) || !take_direction(o, l, why))
		return false;
	if (json_has(o, "end_to_end_id") && !take_e2e(o, l->e2e, why))
		return false;
	if (!take_token_opt(o, "bank_reference", CHARSET_REFERENCE, l->bank_reference,
		    sizeof l->bank_reference, why) ||
		!take_token_opt(o, "returned_reason", CHARSET_BANK, l->returned_reason,
			sizeof l->returned_reason, why))
		return false;
	if (l->returned_reason[0] != '\0' && l->is_debit)
		return why_set(why, "bad_value", "returned_reason on a debit");
	if (!json_arr_opt(o, "details", &details, why))
		return false;
	return details == NULL || take_parts(details, a, l, why);
}

static bool take_lines(const struct json *list, int64_t first_line, struct arena *a, struct statement_page *p,
	struct why *why)
{
	p->lines = arena_array(a, p->n, struct statement_line);
	for (size_t i = 0; i < p->n; i++) {
		int64_t line = first_line + (int64_t)i;

		if (!take_line(json_at(list, i), a, &p->lines[i], why) ||
			!take_int(json_at(list, i), "line", line, line, &p->lines[i].line, why))
			return why_prefix(why, "line %lld", (long long)line);
	}
	return true;
}

static bool same_text(const struct json *o, const char *key, const char *want, struct why *why)
{
	const char *text;

	if (!json_str(o, key, &text, why))
		return false;
	if (strcmp(text, want) != 0)
		return why_set(why, "reply_of_another", "%s is not the one that was asked for", key);
	return true;
}

static bool take_head(const struct json *doc, const struct statement_request *sent, struct statement_page *p,
	struct why *why)
{
	char date[DAY_TEXT_SIZE];
	int64_t page, pages;

	if (!same_text(doc, "account", sent->account, why) ||
		!same_text(doc, "date", day_format(sent->date, date), why) ||
		!same_text(doc, "currency", "VND", why) ||
		!take_int(doc, "pages", 1, INT32_MAX / PAGE_LINES_MAX, &pages, why) ||
		!take_int(doc, "page", sent->page, sent->page, &page, why) ||
		!take_int(doc, "line_count", 0, pages * PAGE_LINES_MAX, &p->line_count, why) ||
		!take_int(doc, "sequence", 1, INT32_MAX, &p->sequence, why) ||
		!take_balance(doc, "opening_balance", &p->opening, why) ||
		!take_balance(doc, "closing_balance", &p->closing, why))
		return false;
	p->page = (int32_t)page;
	p->pages = (int32_t)pages;

	/* every page has 1 to 5,000 lines; a statement without lines is one page without lines */
	if (page > pages || pages > (p->line_count > 1 ? p->line_count : 1))
		return why_set(why, "bad_value", "page %lld of %lld does not fit %lld lines", (long long)page,
			(long long)pages, (long long)p->line_count);
	return true;
}

/* Pages need not be equally long, so only the first and the last say where they begin and end. */
static bool lines_fit(const struct statement_page *p, int64_t first, struct why *why)
{
	int64_t n = (int64_t)p->n;
	int64_t last = first + n - 1;
	bool fits = n <= PAGE_LINES_MAX && (n > 0 || p->line_count == 0) && first >= p->page &&
		    last <= p->line_count - (p->pages - p->page);

	if (p->page == 1 && first != 1)
		fits = false;
	if (p->page == p->pages && last != p->line_count)
		fits = false;
	if (!fits)
		return why_set(why, "lines_missing",
			"page %d of %d has %lld lines from line %lld, the statement has %lld", p->page,
			p->pages, (long long)n, (long long)first, (long long)p->line_count);
	return true;
}

static bool take_page(const struct json *doc, const struct statement_request *sent, struct arena *a,
	struct statement_page *p)
{
	struct why *why = &p->verdict.why;
	const struct json *lines;

	if (!take_head(doc, sent, p, why) || !json_arr(doc, "lines", &lines, why))
		return false;

	int64_t first = 1;

	p->n = json_n(lines);
	if (p->n > 0 && !take_int(json_at(lines, 0), "line", 1, p->line_count, &first, why))
		return false;
	return lines_fit(p, first, why) && take_lines(lines, first, a, p, why);
}

void chitra_json_decode_statement_page(const struct statement_request *sent, const struct heard *h,
	struct arena *a, struct statement_page *out)
{
	*out = (struct statement_page){0};

	struct json *doc CLEANUP(json_drop) = answer_open(
		h, CHITRA_JSON_REPLY_MAX, sent->message_id, &out->verdict);

	if (doc == NULL || take_page(doc, sent, a, out))
		return;

	struct why why = out->verdict.why;

	*out = (struct statement_page){.verdict = {.says = MESSAGE_UNCLEAR, .why = why}};
}

static bool take_credits(
	const struct json *doc, const struct credits_request *sent, struct arena *a, struct credits *c)
{
	struct why *why = &c->verdict.why;
	const struct json *list;

	if (!same_text(doc, "account", sent->account, why) || !json_day(doc, "date", &c->date, why) ||
		!same_text(doc, "currency", "VND", why) || !take_balance(doc, "balance", &c->balance, why) ||
		!json_bool(doc, "more", &c->more, why) || !json_arr(doc, "credits", &list, why))
		return false;
	if (json_n(list) > PAGE_LINES_MAX)
		return why_set(why, "too_many_items", "%zu credits", json_n(list));
	c->n = json_n(list);
	c->lines = arena_array(a, c->n, struct statement_line);
	for (size_t i = 0; i < c->n; i++)
		if (!take_entry(json_at(list, i), a, &c->lines[i], why) ||
			!take_instant(json_at(list, i), "booked_at", &c->lines[i].booked_at_us, why))
			return why_prefix(why, "credit %zu", i);
	return true;
}

void chitra_json_decode_credits(
	const struct credits_request *sent, const struct heard *h, struct arena *a, struct credits *out)
{
	*out = (struct credits){0};

	struct json *doc CLEANUP(json_drop) = answer_open(
		h, CHITRA_JSON_REPLY_MAX, sent->message_id, &out->verdict);

	if (doc == NULL || take_credits(doc, sent, a, out))
		return;

	struct why why = out->verdict.why;

	*out = (struct credits){.verdict = {.says = MESSAGE_UNCLEAR, .why = why}};
}
