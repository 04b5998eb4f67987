/* The journal that hledger 1.25 and ledger 3.3 both read, and beancount's.
 *
 * What each demands: two spaces before an amount (with one, the amount would be part of the account's name and the other leg be inferred);
 * a bare `commodity VND` and plain integers (dots between thousands are decimals to hledger); tags that a comma ends. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "ledger/base/text.h"
#include "ledger/books/export_writer.h"

/* ---- what both begin with -------------------------------------------------------------------------------------------------- */

static void put_checkpoint(const struct export *e, const char *for_whom, struct buf *out)
{
	const struct checkpoint *c = &e->head.checkpoint;
	char month[MONTH_TEXT_SIZE];

	buf_addf(out, "; chitra-export/v1: the books of %s, for %s\n", month_format(e->head.period, month),
		for_whom);
	buf_addf(out,
		"; Every transaction is a leaf of the log whose checkpoint this is; link and code are the leaf's number.\n");
	buf_addf(out, "; origin %s\n; size %" PRIu64 "\n; root ", e->origin, c->size);
	base64_encode(BASE64_STD, bytes_of(c->root.b, sizeof(c->root.b)), out);
	buf_addf(out, "\n; signature %s\n\n", e->head.signature);
}

static void put_late(struct export *e, struct buf *out)
{
	(void)e;
	buf_add_z(out,
		"; What came late, for months that were closed: told of on this month's first day, each with its own day as `effective`.\n\n");
}

static bool any_opening(const struct export *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (!vnd_is_zero(e->accounts[i].balance))
			return true;
	return false;
}

/* ---- hledger and ledger ------------------------------------------------------------------------------------------------------ */

static void hledger_posting(const char *account, struct vnd amount, struct buf *out)
{
	buf_addf(out, "    %-60s  %15" PRId64 " VND", account, vnd_dong(amount));
}

static void hledger_head(struct export *e, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	put_checkpoint(e, "hledger and ledger; check it with: hledger check -s ordereddates", out);
	buf_add_z(out, "commodity VND\n");
	for (size_t i = 0; i < e->n; i++)
		buf_addf(out, "account %s\n", e->accounts[i].code);
	buf_add_z(out, "\n");
	if (!any_opening(e))
		return;
	buf_addf(out, "%s * opening balances\n", day_format(e->day, day));
	for (size_t i = 0; i < e->n; i++) {
		const struct export_account *a = &e->accounts[i];

		if (vnd_is_zero(a->balance))
			continue;
		hledger_posting(a->code, a->balance, out);
		buf_addf(out, " = %" PRId64 " VND\n", vnd_dong(a->balance));
	}
	buf_add_z(out, "\n");
}

static void hledger_txn(struct export *e, const struct export_txn *t, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	buf_addf(out, "%s * (%" PRId64 ") %s  ; ", day_format(e->day, day), t->leaf->seq, t->kind);
	for (size_t i = 0; i < t->n_tags; i++)
		buf_addf(out, "%s%s:%s", i > 0 ? ", " : "", t->tags[i].name, t->tags[i].value);
	buf_add_z(out, "\n");
	for (size_t i = 0; i < t->leaf->entry.n_legs; i++) {
		hledger_posting(t->leaf->entry.legs[i].account, t->leaf->entry.legs[i].amount, out);
		buf_add_z(out, "\n");
	}
	buf_add_z(out, "\n");
}

static void hledger_balances(struct export *e, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	buf_addf(out, "%s * %s\n", day_format(e->day, day),
		e->statement ? "balances after the day's statements" : "balances at the end");
}

static void hledger_balance(
	struct export *e, const struct export_account *a, struct vnd holds, struct buf *out)
{
	(void)e;
	hledger_posting(a->code, vnd(0), out);
	buf_addf(out, " = %" PRId64 " VND%s\n", vnd_dong(holds), a->stated ? "  ; by-bank:yes" : "");
}

static void hledger_balances_end(struct export *e, struct buf *out)
{
	(void)e;
	buf_add_z(out, "\n");
}

const struct export_writer export_hledger = {
	.head = hledger_head,
	.late = put_late,
	.txn = hledger_txn,
	.balances_begin = hledger_balances,
	.balance = hledger_balance,
	.balances_end = hledger_balances_end,
};

/* ---- beancount ------------------------------------------------------------------------------------------------------------------
 * A part of an account's name begins with a capital and holds letters, digits and '-'. Codes have no capitals, so the first letter of a part
 * is made one, and inside it 'D' stands for a dot and 'U' for an underscore: two codes never get one name. */

static const char *bean_name(const char *code, char out[static 200])
{
	char *to = out;

	for (const char *c = code; *c != '\0' && to < out + 198; c++) {
		if (c == code || c[-1] == ':')
			*to++ = (char)toupper((unsigned char)*c);
		else
			*to++ = *c == '.' ? 'D' : *c == '_' ? 'U' : *c;
	}
	*to = '\0';
	return out;
}

static void bean_posting(const char *code, struct vnd amount, struct buf *out)
{
	char name[200];

	buf_addf(out, "  %-60s  %15" PRId64 " VND\n", bean_name(code, name), vnd_dong(amount));
}

static void bean_head(struct export *e, struct buf *out)
{
	char day[DAY_TEXT_SIZE], name[200], month[MONTH_TEXT_SIZE];

	put_checkpoint(e, "beancount; check it with: bean-check", out);
	buf_addf(out,
		"option \"title\" \"chitra: the books of %s\"\noption \"operating_currency\" \"VND\"\n\n",
		month_format(e->head.period, month));
	day_format(e->day, day);
	buf_addf(out, "%s commodity VND\n", day);
	for (size_t i = 0; i < e->n; i++)
		buf_addf(out, "%s open %s VND\n  code: \"%s\"\n", day, bean_name(e->accounts[i].code, name),
			e->accounts[i].code);
	buf_add_z(out, "\n");
	if (!any_opening(e))
		return;
	buf_addf(out, "%s * \"opening balances\"\n", day);
	for (size_t i = 0; i < e->n; i++)
		if (!vnd_is_zero(e->accounts[i].balance))
			bean_posting(e->accounts[i].code, e->accounts[i].balance, out);
	buf_add_z(out, "\n");
}

static void bean_txn(struct export *e, const struct export_txn *t, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	buf_addf(out, "%s * \"%s\" ^leaf-%" PRId64 "\n", day_format(e->day, day), t->kind, t->leaf->seq);
	for (size_t i = 0; i < t->n_tags; i++)
		buf_addf(out, "  %s: \"%s\"\n", t->tags[i].name, t->tags[i].value);
	for (size_t i = 0; i < t->leaf->entry.n_legs; i++)
		bean_posting(t->leaf->entry.legs[i].account, t->leaf->entry.legs[i].amount, out);
	buf_add_z(out, "\n");
}

/* To beancount a balance is that of the morning. */
static void bean_balance(struct export *e, const struct export_account *a, struct vnd holds, struct buf *out)
{
	char day[DAY_TEXT_SIZE], name[200];

	buf_addf(out, "%s balance %-60s  %15" PRId64 " VND\n", day_format(day_add(e->day, 1), day),
		bean_name(a->code, name), vnd_dong(holds));
	if (a->stated)
		buf_add_z(out, "  by-bank: \"yes\"\n");
}

const struct export_writer export_beancount = {
	.head = bean_head,
	.late = put_late,
	.txn = bean_txn,
	.balance = bean_balance,
	.balances_end = hledger_balances_end,
};
