#include "ledger/verify/export_file.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/verify/file.h"

#define ACCOUNT_MAX 200

struct reader {
	struct export_head *head;
	const struct export_sink *to;
	bool in_txn, opening, balances,
		ended; /* opening: its accounts or their array; of a journal the transaction of that name */
	bool first;    /* json: no element of the array yet */
	char last[12]; /* day that was told of */
	bool asserts;  /* what an account holds after it */
	char day[12], common[2400]; /* csv: of the transaction that is open, to see when it ends */
	struct {
		char account[ACCOUNT_MAX], day[12];
		int64_t amount;
		bool waits;
	} asserted; /* beancount: whether the bank says it stands behind it */
};

bool export_as_named(struct text name, enum export_as *out)
{
	static const char *const names[] = {[EXPORT_CSV] = "csv",
		[EXPORT_JSON] = "json",
		[EXPORT_HLEDGER] = "hledger",
		[EXPORT_BEANCOUNT] = "beancount"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_is(name, names[i])) {
			*out = (enum export_as)i;
			return true;
		}
	return false;
}

/* ---- words --------------------------------------------------------------------------------------------------- */

static bool keep(char *to, size_t room, struct text t)
{
	if (t.n >= room)
		return false;
	memcpy(to, t.at, t.n);
	to[t.n] = '\0';
	return true;
}

static bool number(struct text t, int64_t *out)
{
	bool minus = text_skip(&t, "-");

	if (!text_count(t, out) || (minus && *out == 0))
		return false;
	*out = minus ? -*out : *out;
	return true;
}

static bool is_day(struct text t)
{
	int32_t days;

	return text_day(t, &days);
}

/* A word, and the spaces behind it. */
static struct text next_word(struct text *rest)
{
	struct text word = *rest;

	for (word.n = 0; word.n < rest->n && rest->at[word.n] != ' '; word.n++)
		;
	rest->at += word.n;
	rest->n -= word.n;
	while (text_skip(rest, " "))
		;
	return word;
}

/* What the file says of its checkpoint. */
static bool head_line(struct export_head *h, struct text name, struct text value)
{
	if (text_is(name, "period"))
		return text_month(value) && keep(h->period, sizeof h->period, value);
	if (text_is(name, "origin"))
		return keep(h->origin, sizeof h->origin, value);
	if (text_is(name, "size"))
		return text_count(value, &h->size);
	if (text_is(name, "root"))
		return keep(h->root, sizeof h->root, value);
	return text_is(name, "signature") && keep(h->signature, sizeof h->signature, value);
}

static void end_txn(struct reader *r)
{
	if (r->in_txn)
		r->to->txn_end(r->to->with);
	r->in_txn = false;
}

/* Days come one after the other, and what an account holds after a day stands behind all that is of it. What came late stands before them. */
static bool is_next(struct reader *r, struct text day, bool balance)
{
	int order = memcmp(r->last, day.at, day.n);

	if (!is_day(day) || order > 0 || (order == 0 && r->asserts && !balance) ||
		(balance && memcmp(day.at, r->head->period, 7) != 0))
		return false;
	r->asserts = balance;
	return keep(r->last, sizeof r->last, day);
}

static void begin_txn(struct reader *r, struct text day, int64_t leaf, struct text kind)
{
	end_txn(r);
	r->in_txn = true;
	r->to->txn(r->to->with, day, leaf, kind);
}

static bool tell_balance(struct reader *r, struct text day, struct text account, int64_t dong, bool by_bank)
{
	if (!is_next(r, day, true))
		return false;
	r->to->balance(r->to->with, day, account, dong, by_bank);
	return true;
}

/* ---- csv: row,day,leaf,kind,key,recorded,late,id,entry,account,dong -------------------------------------------- */

enum { ROW, DAY, LEAF, KIND, KEY, RECORDED, LATE, ID, ENTRY, ACCOUNT, DONG, FIELDS };

static bool csv_posting(struct reader *r, const struct text f[FIELDS], int64_t dong)
{
	static const char *const names[] = {"key", "recorded", "late", "id", "entry"};
	struct text common = {.at = f[DAY].at, .n = (size_t)(f[ACCOUNT].at - f[DAY].at)};
	int64_t leaf;

	if (!text_count(f[LEAF], &leaf) || !is_day(f[DAY]))
		return false;
	if (!r->in_txn || !text_is(common, r->common)) {
		if (!keep(r->common, sizeof r->common, common) ||
			(f[LATE].n > 0 ? r->last[0] != '\0' : !is_next(r, f[DAY], false)))
			return false;
		begin_txn(r, f[DAY], leaf, f[KIND]);
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			r->to->tag(r->to->with, text_z(names[i]), f[KEY + i]);
	}
	r->to->leg(r->to->with, f[ACCOUNT], dong);
	return true;
}

static bool csv_line(struct reader *r, struct text t)
{
	struct text f[FIELDS];
	int64_t dong;
	size_t i;

	if (text_is(t, "row,day,leaf,kind,key,recorded,late,id,entry,account,dong"))
		return r->head->period[0] == '\0';
	for (i = 0; i < DONG; i++)
		if (!text_until(&t, ',', &f[i]))
			return false;
	f[DONG] = t;
	if (f[DONG].n == 0)
		return head_line(r->head, f[ROW], f[KEY]);
	if (!number(f[DONG], &dong))
		return false;
	if (text_is(f[ROW], "posting") || text_is(f[ROW], "late"))
		return text_is(f[ROW], "late") == text_is(f[LATE], "yes") && csv_posting(r, f, dong);
	end_txn(r);
	if (text_is(f[ROW], "opening"))
		r->to->opening(r->to->with, f[ACCOUNT], dong);
	else if (text_is(f[ROW], "balance") || text_is(f[ROW], "balance-by-bank"))
		return tell_balance(r, f[DAY], f[ACCOUNT], dong, text_is(f[ROW], "balance-by-bank"));
	else
		return false;
	return is_day(f[DAY]);
}

/* ---- json: an object a line ------------------------------------------------------------------------------------ */

/* "…" without an escape, which no value needs. */
static bool quoted(struct text *t, struct text *out)
{
	return text_skip(t, "\"") && text_until(t, '"', out) && memchr(out->at, '\\', out->n) == NULL;
}

static bool json_number(struct text *t, int64_t *out)
{
	struct text n = *t;

	for (n.n = 0; n.n < t->n && strchr("-0123456789", t->at[n.n]) != NULL && t->at[n.n] != '\0'; n.n++)
		;
	t->at += n.n;
	t->n -= n.n;
	return number(n, out);
}

static bool json_head(struct reader *r, struct text *t)
{
	static const char *const names[] = {"period", "origin", "size", "root", "signature"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct text name, value;

		if (!text_skip(t, ",") || !quoted(t, &name) || !text_is(name, names[i]) || !text_skip(t, ":"))
			return false;
		if (i == 2 ? !json_number(t, &r->head->size)
			   : !quoted(t, &value) || !head_line(r->head, name, value))
			return false;
	}
	return text_skip(t, ",\"currency\":\"VND\",\"opening\":[");
}

static bool json_legs(struct reader *r, struct text *t)
{
	struct text account;
	int64_t dong;

	do {
		if (!text_skip(t, "{\"account\":") || !quoted(t, &account) || !text_skip(t, ",\"dong\":") ||
			!json_number(t, &dong) || !text_skip(t, "}"))
			return false;
		r->to->leg(r->to->with, account, dong);
	} while (text_skip(t, ","));
	return text_skip(t, "]}");
}

static bool json_txn(struct reader *r, struct text *t)
{
	struct text day, kind, name, value;
	int64_t leaf;

	if (!json_number(t, &leaf) || !text_skip(t, ",\"day\":") || !quoted(t, &day) ||
		!is_next(r, day, false) || !text_skip(t, ",\"kind\":") || !quoted(t, &kind))
		return false;
	begin_txn(r, day, leaf, kind);
	while (text_skip(t, ",") && quoted(t, &name) && text_skip(t, ":")) {
		if (text_is(name, "postings"))
			return text_skip(t, "[") && json_legs(r, t);
		if (!quoted(t, &value))
			return false;
		r->to->tag(r->to->with, name, value);
	}
	return false;
}

static bool json_balance(struct reader *r, struct text *t)
{
	struct text day, account;
	int64_t dong;
	bool by_bank;

	if (!quoted(t, &day) || !is_day(day) || !text_skip(t, ",\"balance\":") || !quoted(t, &account) ||
		!text_skip(t, ",\"dong\":") || !json_number(t, &dong) || !text_skip(t, ",\"by_bank\":"))
		return false;
	by_bank = text_skip(t, "true");
	return (by_bank || text_skip(t, "false")) && text_skip(t, "}") &&
	       tell_balance(r, day, account, dong, by_bank);
}

static bool json_line(struct reader *r, struct text t)
{
	struct text account;
	int64_t dong;

	end_txn(r);
	if (r->head->period[0] == '\0') {
		if (!text_skip(&t, "{\"format\":\"chitra-export/v1\"") || !json_head(r, &t))
			return false;
		r->opening = r->first = true;
	} else {
		if (text_skip(&t, ",") == r->first)
			return false;
		r->first = false;
		if (r->opening && text_skip(&t, "{\"account\":")) {
			if (!quoted(&t, &account) || !text_skip(&t, ",\"dong\":") ||
				!json_number(&t, &dong) || !text_skip(&t, "}"))
				return false;
			r->to->opening(r->to->with, account, dong);
		} else if (!r->opening && text_skip(&t, "{\"leaf\":")) {
			if (!json_txn(r, &t))
				return false;
		} else if (r->opening || !text_skip(&t, "{\"day\":") || !json_balance(r, &t)) {
			return false;
		}
	}
	if (r->opening && text_skip(&t, "],\"entries\":["))
		r->opening = !(r->first = true);
	r->ended = !r->opening && text_skip(&t, "]}");
	return t.n == 0;
}

/* ---- journals -------------------------------------------------------------------------------------------------- */

/* "; origin …" and the first line, which names the month */
static bool journal_comment(struct reader *r, struct text t)
{
	struct text month = text_z("");

	if (text_skip(&t, "chitra-export/v1: the books of ") && text_until(&t, ',', &month))
		return head_line(r->head, text_z("period"), month);
	month = next_word(&t);
	return text_is(month, "Every") || text_is(month, "What") || head_line(r->head, month, t);
}

/* "<account>  <dong> VND", and what is behind it. After a single space hledger reads the amount as part of the name, and makes up another. */
static bool amount_line(struct text *t, struct text *account, int64_t *dong)
{
	struct text n;

	bool apart;

	*account = next_word(t);
	apart = t->at - account->at >= (ptrdiff_t)account->n + 2;
	n = next_word(t);
	return apart && account->n > 0 && account->n < ACCOUNT_MAX && number(n, dong) && text_skip(t, "VND");
}

/* "key:p1.settled, recorded:…" */
static void hledger_tags(struct reader *r, struct text t)
{
	while (t.n > 0) {
		struct text item, name;

		if (!text_until(&t, ',', &item)) {
			item = t;
			t.n = 0;
		}
		(void)text_skip(&t, " ");
		if (text_until(&item, ':', &name))
			r->to->tag(r->to->with, name, item);
	}
}

/* "2024-04-03 * (142) payout.settled  ; key:…", "2024-04-03 * opening balances", "2024-04-03 * balances …" */
static bool hledger_begin(struct reader *r, struct text t)
{
	struct text day = next_word(&t), code, kind;
	int64_t leaf;

	end_txn(r);
	if (!is_day(day) || !text_skip(&t, "* ") || !keep(r->day, sizeof r->day, day))
		return false;
	r->opening = text_is(t, "opening balances");
	r->balances = text_skip(&t, "balances ");
	if (r->opening || r->balances)
		return true;
	if (!text_skip(&t, "(") || !text_until(&t, ')', &code) || !text_count(code, &leaf) ||
		!text_skip(&t, " "))
		return false;
	kind = next_word(&t);
	if (!is_next(r, day, false))
		return false;
	begin_txn(r, day, leaf, kind);
	if (text_skip(&t, "; "))
		hledger_tags(r, t);
	return true;
}

static bool hledger_posting(struct reader *r, struct text t)
{
	struct text account, n;
	int64_t dong, holds;

	if (!amount_line(&t, &account, &dong))
		return false;
	if (r->in_txn) {
		r->to->leg(r->to->with, account, dong);
		return t.n == 0;
	}
	if (!text_skip(&t, " = "))
		return false;
	n = next_word(&t);
	if (!number(n, &holds) || !text_skip(&t, "VND"))
		return false;
	if (r->opening && holds == dong)
		r->to->opening(r->to->with, account, dong);
	else if (!r->balances || dong != 0 ||
		 !tell_balance(r, text_z(r->day), account, holds, text_skip(&t, "  ; by-bank:yes")))
		return false;
	return t.n == 0;
}

static bool hledger_line(struct reader *r, struct text t)
{
	if (text_skip(&t, "; "))
		return journal_comment(r, t);
	if (text_skip(&t, "    "))
		return hledger_posting(r, t);
	if (t.n == 0)
		end_txn(r);
	return t.n == 0 || text_is(t, "commodity VND") ||
	       (text_skip(&t, "account ") ? memchr(t.at, ' ', t.n) == NULL : hledger_begin(r, t));
}

/* A part of a name has a capital first, and inside it D is a dot and U an underscore. */
static struct text bean_account(struct text name, char to[ACCOUNT_MAX])
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.at[i];

		if (i == 0 || name.at[i - 1] == ':')
			to[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : '?';
		else
			to[i] = c == 'D' ? '.' : c == 'U' ? '_' : c;
	}
	return (struct text){.at = to, .n = name.n};
}

static bool bean_asserted(struct reader *r, bool by_bank)
{
	bool waits = r->asserted.waits;

	r->asserted.waits = false;
	return !waits || tell_balance(r, text_z(r->asserted.day), text_z(r->asserted.account),
				 r->asserted.amount, by_bank);
}

/* A balance is that of the morning after. */
static bool day_before(char to[12], struct text day)
{
	int32_t at, found;
	int year, month;

	if (!text_day(day, &at))
		return false;
	year = (day.at[0] - '0') * 1000 + (day.at[1] - '0') * 100 + (day.at[2] - '0') * 10 + day.at[3] - '0';
	month = (day.at[5] - '0') * 10 + day.at[6] - '0';
	for (int back = 0; back < 2; back++, year -= month == 1, month = month == 1 ? 12 : month - 1)
		for (int of = 31; of > 0; of--) {
			(void)snprintf(to, 12, "%04u-%02u-%02u", (unsigned)year % 10000,
				(unsigned)month % 100, (unsigned)of % 100);
			if (text_day(text_z(to), &found) && found == at - 1)
				return true;
		}
	return false;
}

/* "* "kind" ^leaf-142", "* "opening balances"", "balance <account>  <dong> VND", "open …", "commodity VND" */
static bool bean_begin(struct reader *r, struct text day, struct text t)
{
	struct text kind, account;
	char name[ACCOUNT_MAX];
	int64_t n;

	end_txn(r);
	r->opening = false;
	if (text_skip(&t, "* ")) {
		if (!quoted(&t, &kind))
			return false;
		r->opening = text_is(kind, "opening balances");
		if (r->opening)
			return t.n == 0;
		if (!text_skip(&t, " ^leaf-") || !text_count(t, &n))
			return false;
		if (!is_next(r, day, false))
			return false;
		begin_txn(r, day, n, kind);
		return true;
	}
	if (text_skip(&t, "open ")) {
		account = next_word(&t);
		return account.n < ACCOUNT_MAX && text_is(t, "VND") &&
		       keep(r->common, sizeof r->common, bean_account(account, name));
	}
	if (!text_skip(&t, "balance "))
		return text_is(t, "commodity VND");
	if (!amount_line(&t, &account, &r->asserted.amount) || t.n > 0 || !day_before(r->asserted.day, day))
		return false;
	r->asserted.waits = true;
	return keep(r->asserted.account, sizeof r->asserted.account, bean_account(account, name));
}

static bool bean_line(struct reader *r, struct text t)
{
	struct text account, name, value, day;
	char code[ACCOUNT_MAX];
	int64_t dong;

	if (text_is(t, "  by-bank: \"yes\"") && r->asserted.waits)
		return bean_asserted(r, true);
	if (!bean_asserted(r, false))
		return false;
	if (text_skip(&t, "; "))
		return journal_comment(r, t);
	if (t.n == 0)
		end_txn(r);
	if (t.n == 0 || text_is(t, "option \"operating_currency\" \"VND\"") ||
		text_skip(&t, "option \"title\" \""))
		return true;
	if (!text_skip(&t, "  ")) {
		day = next_word(&t);
		return is_day(day) && bean_begin(r, day, t);
	}
	if (t.n > 0 && t.at[0] >= 'a') {
		if (!text_until(&t, ':', &name) || !text_skip(&t, " ") || !quoted(&t, &value) || t.n > 0)
			return false;
		if (r->in_txn)
			r->to->tag(r->to->with, name, value);
		return r->in_txn || (text_is(name, "code") && text_is(value, r->common));
	}
	if (!amount_line(&t, &account, &dong) || t.n > 0 || !(r->in_txn || r->opening))
		return false;
	account = bean_account(account, code);
	(r->in_txn ? r->to->leg : r->to->opening)(r->to->with, account, dong);
	return true;
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

bool export_file_read(
	FILE *in, enum export_as as, struct export_head *head, const struct export_sink *to, uint64_t *line)
{
	static bool (*const lines[])(struct reader *, struct text) = {[EXPORT_CSV] = csv_line,
		[EXPORT_JSON] = json_line,
		[EXPORT_HLEDGER] = hledger_line,
		[EXPORT_BEANCOUNT] = bean_line};
	struct reader *r = calloc(1, sizeof *r);
	char *at = NULL;
	size_t room = 0;
	ssize_t n;
	bool fits = true;

	if (r == NULL)
		abort();
	*head = (struct export_head){.size = -1};
	r->head = head;
	r->to = to;
	for (*line = 1; fits && (n = file_line(in, &at, &room)) > 0; *line += fits) {
		fits = at[n - 1] == '\n' && !r->ended && memchr(at, '\0', (size_t)n) == NULL &&
		       lines[as](r, (struct text){.at = at, .n = (size_t)n - 1});
	}
	if (fits) {
		end_txn(r);
		fits = bean_asserted(r, false);
	}
	fits = fits && !ferror(in) && head->period[0] != '\0' && head->size >= 0 &&
	       (as != EXPORT_JSON || r->ended);
	free(at);
	free(r);
	return fits;
}
