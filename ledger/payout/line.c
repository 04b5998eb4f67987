#include "ledger/payout/line.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/payout/field.h"

#define HEAD "chitra-line/v1"

#define ANCHOR_HEX (2 * sizeof(struct hash16) + 1)

static void must_be_whole(const struct pay_line *l)
{
	bug_if(l->batch < 1 || l->version < 1 || l->line < 1 || l->instalment < 0 || l->issue < 1);
	bug_if(vnd_cmp(l->amount, vnd(0)) <= 0);
	bug_if(!e2e_id_valid(bytes_z(l->id)));
	bug_if(!code_valid(bytes_z(l->programme)) || !code_valid(bytes_z(l->kind)) ||
		!code_valid(bytes_z(l->channel)));
	bug_if(!code_valid(bytes_z(l->funding_bank)) || !code_valid(bytes_z(l->funding_number)));
}

void pay_line_text(const struct pay_line *l, struct buf *out)
{
	char month[MONTH_TEXT_SIZE], anchor[ANCHOR_HEX], amount[VND_TEXT_SIZE], account[HASH_HEX_SIZE],
		day[DAY_TEXT_SIZE], until[SECOND_TEXT_SIZE];
	must_be_whole(l);
	hex_encode(l->anchor.b, sizeof l->anchor.b, anchor);
	buf_addf(out,
		HEAD "\nbatch %" PRId64 "\nversion %" PRId32 "\nline %" PRId32 "\nid %s\n"
		     "claim %s %s %s %s %" PRId32 "\nissue %" PRId32
		     "\namount %s VND\nchannel %s\nfunding %s:%s\n"
		     "account %s\nnot-before %s\nvalid-until %s\n",
		l->batch, l->version, l->line, l->id, l->programme, month_format(l->month, month), l->kind,
		anchor, l->instalment, l->issue, vnd_format(l->amount, amount), l->channel, l->funding_bank,
		l->funding_number, hash_hex(&l->account, account), day_format(l->not_before, day),
		second_format(l->valid_until_us, until));
}

struct hash pay_line_leaf(const struct pay_line *l)
{
	CLEANUP(buf_free) struct buf text;
	buf_init(&text, PAY_LINE_MAX);
	pay_line_text(l, &text);
	bug_if(!buf_ok(&text));
	return merkle_leaf(buf_bytes(&text));
}

static bool take_id(struct bytes *rest, char out[static E2E_ID_SIZE])
{
	struct bytes id;
	if (!field_take(rest, "id", &id) || !e2e_id_valid(id))
		return false;
	memcpy(out, id.at, E2E_ID_SIZE - 1);
	out[E2E_ID_SIZE - 1] = '\0';
	return true;
}

static bool take_claim(struct arena *a, struct bytes *rest, struct pay_line *l)
{
	struct bytes v, programme, month, kind, anchor;
	uint64_t instalment;
	if (!field_take(rest, "claim", &v) || !field_word(&v, &programme) || !field_word(&v, &month) ||
		!field_word(&v, &kind) || !field_word(&v, &anchor) || !text_u64(v, INT32_MAX, &instalment))
		return false;
	l->instalment = (int32_t)instalment;
	return code_of(a, programme, &l->programme) && month_parse(month, &l->month) &&
	       code_of(a, kind, &l->kind) &&
	       hex_decode((const char *)anchor.at, anchor.n, l->anchor.b, sizeof l->anchor.b);
}

static bool take_funding(struct arena *a, struct bytes *rest, struct pay_line *l)
{
	struct bytes v;
	if (!field_take(rest, "funding", &v))
		return false;
	const uint8_t *colon = memchr(v.at, ':', v.n);
	if (!colon)
		return false;
	size_t n = (size_t)(colon - v.at);
	return code_of(a, bytes_of(v.at, n), &l->funding_bank) &&
	       code_of(a, bytes_of(colon + 1, v.n - n - 1), &l->funding_number);
}

static bool take_day(struct bytes *rest, const char *key, struct day *out)
{
	struct bytes v;
	return field_take(rest, key, &v) && day_parse(v, out);
}

static bool take_all(struct arena *a, struct bytes *rest, struct pay_line *l)
{
	return field_take(rest, HEAD, NULL) && field_i64(rest, "batch", INT64_MAX, &l->batch) &&
	       field_i32(rest, "version", &l->version) && field_i32(rest, "line", &l->line) &&
	       take_id(rest, l->id) && take_claim(a, rest, l) && field_i32(rest, "issue", &l->issue) &&
	       field_dong(rest, "amount", &l->amount) && field_code(a, rest, "channel", &l->channel) &&
	       take_funding(a, rest, l) && field_hash(rest, "account", &l->account) &&
	       take_day(rest, "not-before", &l->not_before) &&
	       field_second(rest, "valid-until", &l->valid_until_us) && l->batch > 0 && l->version > 0 &&
	       l->line > 0 && l->issue > 0 && vnd_cmp(l->amount, vnd(0)) > 0;
}

bool pay_line_take(struct arena *a, struct bytes *rest, struct pay_line *out, struct why *why)
{
	struct bytes after = *rest;
	struct pay_line l = {0};
	if (!take_all(a, &after, &l))
		return why_set(why, "line_malformed", "this is no %s text", HEAD);
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, PAY_LINE_MAX);
	pay_line_text(&l, &again);
	if (!buf_is(&again, bytes_of(rest->at, rest->n - after.n)))
		return why_set(why, "line_malformed", "this %s text is not written as it must be", HEAD);
	*rest = after;
	*out = l;
	return true;
}
