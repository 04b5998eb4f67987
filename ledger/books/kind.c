#include "ledger/books/kind.h"

#include <string.h>

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/text.h"

/* What the lines are for is told in leaf.md, in the same order. */
#define LINE(name, value, times)                  \
	{                                         \
		name, VALUE_##value, LINE_##times \
	}

static const struct kind_line genesis[] = {
	LINE("origin", TEXT, ONE),
	LINE("currency", TEXT, ONE),
	LINE("sandbox", YES_NO, ONE),
	LINE("chart", HASH, ONE),
	LINE("id-key-version", COUNT, ONE),
	LINE("key", CODE_KEY, MANY),
};
static const struct kind_line batch_approved[] = {
	LINE("batch", COUNT, ONE),
	LINE("version", COUNT, ONE),
	LINE("root", HASH, ONE),
	LINE("lines", COUNT, ONE),
	LINE("sum", DONG, ONE),
	LINE("first", DONG, ONE),
	LINE("unclaimed", DONG, ONE),
	LINE("agency", CODE, ONE),
	LINE("programme", CODE, ONE),
	LINE("period", MONTH, ONE),
	LINE("bundle", HASH, ONE),
};
static const struct kind_line approval[] = {
	LINE("bundle", HASH, ONE),
	LINE("batches", COUNT, ONE),
	LINE("lines", COUNT, ONE),
	LINE("sum", DONG, ONE),
	LINE("agency", CODE, ONE),
	LINE("officer", CODE, ONE),
	LINE("role", CODE, ONE),
	LINE("certificate", HASH, ONE),
	LINE("method", CODE, ONE),
	LINE("text", HASH, ONE),
	LINE("proof", HASH, ONE),
};
static const struct kind_line batch_released[] = {
	LINE("batch", COUNT, ONE),
	LINE("version", COUNT, ONE),
	LINE("root", HASH, ONE),
	LINE("lines", COUNT, ONE),
	LINE("sum", DONG, ONE),
	LINE("unfunded", DONG, ONE),
	LINE("agency", CODE, ONE),
	LINE("programme", CODE, ONE),
	LINE("funding-account", CODE, ONE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line dispatch_sent[] = {
	LINE("dispatch", COUNT, ONE),
	LINE("epoch", COUNT, ONE),
	LINE("channel", CODE, ONE),
	LINE("funding-account", CODE, ONE),
	LINE("count", COUNT, ONE),
	LINE("sum", DONG, ONE),
	LINE("root", HASH, ONE),
};
static const struct kind_line payout_unpaid[] = {
	LINE("id", E2E_ID, ONE),
	LINE("line", HASH, ONE),
	LINE("amount", DONG, ONE),
	LINE("channel", CODE, ONE),
	LINE("reason", CODE, ONE),
};
static const struct kind_line payout_settled[] = {
	LINE("id", E2E_ID, ONE),
	LINE("line", HASH, ONE),
	LINE("amount", DONG, ONE),
	LINE("channel", CODE, ONE),
	LINE("entry", TEXT, ONE),
};
static const struct kind_line payout_returned[] = {
	LINE("id", E2E_ID, ONE),
	LINE("line", HASH, ONE),
	LINE("amount", DONG, ONE),
	LINE("channel", CODE, ONE),
	LINE("entry", TEXT, ONE),
	LINE("reason", CODE, ONE),
};
static const struct kind_line claim_voided[] = {
	LINE("claim", COUNT, ONE),
	LINE("programme", CODE, ONE),
	LINE("month", MONTH, ONE),
	LINE("kind", CODE, ONE),
	LINE("instalment", COUNT, ONE),
	LINE("amount", DONG, ONE),
	LINE("reason", CODE, ONE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line statement_file[] = {
	LINE("funding-account", CODE, ONE),
	LINE("day", DAY, ONE),
	LINE("sequence", COUNT, ONE),
	LINE("opening", BALANCE, ONE),
	LINE("closing", BALANCE, ONE),
	LINE("lines", COUNT, ONE),
	LINE("debits", DONG, ONE),
	LINE("credits", DONG, ONE),
	LINE("pages", COUNT, ONE),
	LINE("root", HASH, ONE),
	LINE("source", CODE, ONE),
	LINE("complete", YES_NO, ONE),
	LINE("chained", YES_NO, ONE),
};
static const struct kind_line funding[] = {
	LINE("funding-account", CODE, ONE),
	LINE("amount", DONG, ONE),
	LINE("entry", TEXT, ONE),
	LINE("order", TEXT, MAYBE),
};
static const struct kind_line fee[] = {
	LINE("funding-account", CODE, ONE),
	LINE("amount", DONG, ONE),
	LINE("entry", TEXT, ONE),
	LINE("rule", TEXT, MAYBE),
};
static const struct kind_line suspense[] = {
	LINE("funding-account", CODE, ONE),
	LINE("amount", DONG, ONE),
	LINE("side", CODE, ONE),
	LINE("entry", TEXT, ONE),
	LINE("break", COUNT, ONE),
};
static const struct kind_line break_opened[] = {
	LINE("break", COUNT, ONE),
	LINE("kind", CODE, ONE),
	LINE("funding-account", CODE, ONE),
	LINE("day", DAY, ONE),
	LINE("amount", DONG, ONE),
	LINE("id", E2E_ID, MAYBE),
	LINE("entry", TEXT, MAYBE),
};
static const struct kind_line break_resolved[] = {
	LINE("break", COUNT, ONE),
	LINE("kind", CODE, ONE),
	LINE("funding-account", CODE, ONE),
	LINE("amount", DONG, ONE),
	LINE("outcome", CODE, ONE),
	LINE("id", E2E_ID, MAYBE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line agent[] = {
	LINE("funding-account", CODE, ONE),
	LINE("channel", CODE, ONE),
	LINE("amount", DONG, ONE),
	LINE("entry", TEXT, ONE),
	LINE("order", TEXT, MAYBE),
};
static const struct kind_line reversal[] = {
	LINE("reason", CODE, ONE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line clawback[] = {
	LINE("id", E2E_ID, ONE),
	LINE("line", HASH, ONE),
	LINE("amount", DONG, ONE),
	LINE("step", CODE, ONE),
	LINE("decision", HASH, ONE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line unclaimed_cancelled[] = {
	LINE("claim", COUNT, ONE),
	LINE("programme", CODE, ONE),
	LINE("month", MONTH, ONE),
	LINE("kind", CODE, ONE),
	LINE("instalment", COUNT, ONE),
	LINE("amount", DONG, ONE),
	LINE("decision", HASH, ONE),
	LINE("officer", CODE, TWO),
};
static const struct kind_line recovered[] = {
	LINE("had", COUNT, ONE),
	LINE("size", COUNT, ONE),
	LINE("root", HASH, ONE),
	LINE("timeline", COUNT, ONE),
};
static const struct kind_line key_changed[] = {
	LINE("purpose", CODE, ONE),
	LINE("old", HASH, MAYBE),
	LINE("new", HASH, ONE),
	LINE("proof", SIG, MAYBE),
};
static const struct kind_line close_of_period[] = {
	LINE("period", MONTH, ONE),
	LINE("agency", CODE, ONE),
	LINE("size", COUNT, ONE),
	LINE("root", HASH, ONE),
	LINE("accounts", COUNT, ONE),
	LINE("trial-balance", HASH, ONE),
	LINE("debits", DONG, ONE),
	LINE("credits", DONG, ONE),
};

#define KIND(name, legs, lines)                           \
	{                                                 \
		name, LEGS_##legs, lines, COUNT_OF(lines) \
	}

static const struct {
	const char *name;
	enum leaf_legs legs;
	const struct kind_line *lines;
	size_t n;
} kinds[LEAF_KINDS] = {
	[LEAF_GENESIS] = KIND("genesis", NONE, genesis),
	[LEAF_BATCH_APPROVED] = KIND("batch.approved", MAY, batch_approved),
	[LEAF_APPROVAL] = KIND("approval", NONE, approval),
	[LEAF_BATCH_RELEASED] = KIND("batch.released", MAY, batch_released),
	[LEAF_DISPATCH_SENT] = KIND("dispatch.sent", MUST, dispatch_sent),
	[LEAF_PAYOUT_REJECTED] = KIND("payout.rejected", MUST, payout_unpaid),
	[LEAF_PAYOUT_NOT_PAID] = KIND("payout.not_paid", MUST, payout_unpaid),
	[LEAF_PAYOUT_SETTLED] = KIND("payout.settled", MUST, payout_settled),
	[LEAF_PAYOUT_RETURNED] = KIND("payout.returned", MUST, payout_returned),
	[LEAF_CLAIM_VOIDED] = KIND("claim.voided", MAY, claim_voided),
	[LEAF_STATEMENT_FILE] = KIND("statement.file", NONE, statement_file),
	[LEAF_FUNDING] = KIND("funding", MUST, funding),
	[LEAF_FEE] = KIND("fee", MUST, fee),
	[LEAF_SUSPENSE] = KIND("suspense", MUST, suspense),
	[LEAF_BREAK_OPENED] = KIND("break.opened", NONE, break_opened),
	[LEAF_BREAK_RESOLVED] = KIND("break.resolved", MAY, break_resolved),
	[LEAF_AGENT_ADVANCED] = KIND("agent.advanced", MUST, agent),
	[LEAF_AGENT_RETURNED] = KIND("agent.returned", MUST, agent),
	[LEAF_REVERSAL] = KIND("reversal", MUST, reversal),
	[LEAF_CLAWBACK] = KIND("clawback", MUST, clawback),
	[LEAF_UNCLAIMED_CANCELLED] = KIND("unclaimed.cancelled", MUST, unclaimed_cancelled),
	[LEAF_REFUND] = KIND("refund", MUST, funding),
	[LEAF_RECOVERED] = KIND("recovered", NONE, recovered),
	[LEAF_KEY] = KIND("key", NONE, key_changed),
	[LEAF_CLOSE] = KIND("close", MAY, close_of_period),
};

const char *leaf_kind_name(enum leaf_kind kind)
{
	bug_if((unsigned)kind >= LEAF_KINDS);
	return kinds[kind].name;
}

bool leaf_kind_of(struct bytes name, enum leaf_kind *out)
{
	for (unsigned k = 0; k < LEAF_KINDS; k++) {
		if (bytes_eq_z(name, kinds[k].name)) {
			*out = (enum leaf_kind)k;
			return true;
		}
	}
	return false;
}

enum leaf_legs leaf_kind_legs(enum leaf_kind kind)
{
	bug_if((unsigned)kind >= LEAF_KINDS);
	return kinds[kind].legs;
}

size_t leaf_kind_lines(enum leaf_kind kind, const struct kind_line **lines)
{
	bug_if((unsigned)kind >= LEAF_KINDS);
	*lines = kinds[kind].lines;
	return kinds[kind].n;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static bool is_hex(struct bytes v, size_t digits)
{
	if (v.n != digits)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!((v.at[i] >= '0' && v.at[i] <= '9') || (v.at[i] >= 'a' && v.at[i] <= 'f')))
			return false;
	return true;
}

static bool is_code(struct bytes v)
{
	if (v.n < 1 || v.n > 64 || v.at[0] < 'a' || v.at[0] > 'z')
		return false;
	for (size_t i = 1; i < v.n; i++) {
		uint8_t c = v.at[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static bool is_dong(struct bytes v, bool may_be_negative)
{
	bool negative = may_be_negative && v.n > 0 && v.at[0] == '-';
	uint64_t n;

	if (negative)
		v = bytes_of(v.at + 1, v.n - 1);
	if (v.n < 5 || memcmp(v.at + v.n - 4, " VND", 4) != 0)
		return false;
	return text_u64(bytes_of(v.at, v.n - 4), INT64_MAX, &n) && !(negative && n == 0);
}

/* Escaped exactly as percent_escape would have done, of well-formed UTF-8. */
static bool is_text(struct bytes v)
{
	CLEANUP(buf_free) struct buf out;

	buf_init(&out, 256);
	return v.n > 0 && percent_unescape(v, &out) && utf8_valid(buf_bytes(&out));
}

static bool is_code_key(struct bytes v)
{
	return v.n > 65 && v.at[v.n - 65] == ' ' && is_code(bytes_of(v.at, v.n - 65)) &&
	       is_hex(bytes_of(v.at + v.n - 64, 64), 64);
}

static bool value_fits(enum line_value value, struct bytes v)
{
	uint64_t n;
	struct day day;
	struct month month;

	switch (value) {
	case VALUE_COUNT: return text_u64(v, INT64_MAX, &n);
	case VALUE_DONG: return is_dong(v, false);
	case VALUE_BALANCE: return is_dong(v, true);
	case VALUE_HASH: return is_hex(v, 64);
	case VALUE_SIG: return is_hex(v, 128);
	case VALUE_E2E_ID: return e2e_id_valid(v);
	case VALUE_CODE: return is_code(v);
	case VALUE_TEXT: return is_text(v);
	case VALUE_DAY: return day_parse(v, &day);
	case VALUE_MONTH: return month_parse(v, &month);
	case VALUE_YES_NO: return bytes_eq_z(v, "yes") || bytes_eq_z(v, "no");
	case VALUE_CODE_KEY: return is_code_key(v);
	}
	bug("no such value of a line: %d", (int)value);
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

/* Whether the line is "<key> <value>"; the value is what follows the first space. */
static bool line_has_key(struct bytes line, const char *key, struct bytes *value)
{
	size_t n = strlen(key);

	if (line.n < n + 1 || memcmp(line.at, key, n) != 0 || line.at[n] != ' ')
		return false;
	*value = bytes_of(line.at + n + 1, line.n - n - 1);
	return true;
}

bool leaf_lines_take(enum leaf_kind kind, struct bytes *rest, struct bytes *lines, struct why *why)
{
	const struct kind_line *wanted;
	size_t n = leaf_kind_lines(kind, &wanted);
	struct bytes at = *rest;

	for (size_t i = 0; i < n; i++) {
		size_t times = 0;
		size_t least = wanted[i].times == LINE_TWO ? 2 : wanted[i].times == LINE_MAYBE ? 0 : 1;
		size_t most = wanted[i].times == LINE_MANY ? 100 : wanted[i].times == LINE_TWO ? 2 : 1;
		struct bytes next = at;
		struct bytes line;
		struct bytes value;
		bool ended;

		while (times < most && bytes_line(&next, &line, &ended) && ended &&
			line_has_key(line, wanted[i].key, &value)) {
			if (!value_fits(wanted[i].value, value))
				return why_set(why, "leaf_line",
					"a %s leaf has a bad value in its line \"%s\"", leaf_kind_name(kind),
					wanted[i].key);
			at = next;
			times++;
		}
		if (times < least)
			return why_set(why, "leaf_line", "a %s leaf lacks its line \"%s\"",
				leaf_kind_name(kind), wanted[i].key);
	}
	*lines = bytes_of(rest->at, rest->n - at.n);
	*rest = at;
	return true;
}

bool leaf_line_get(struct bytes lines, const char *key, struct bytes *value)
{
	struct bytes line;
	bool ended;

	while (bytes_line(&lines, &line, &ended))
		if (line_has_key(line, key, value))
			return true;
	return false;
}
