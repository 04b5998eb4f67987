#include "ledger/payout/manifest.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/payout/field.h"

#define BATCH        "chitra-batch/v1"
#define SIGNED       "chitra-signed/v1"
#define LINE_SMALL   ((size_t)256) /* bytes that a line has at least */
#define FIELD_BASE64 (2 * CERTIFICATE_MAX)

/* ---- writing ---------------------------------------------------------------------------------------------------------- */

static void batch_text(const struct manifest_batch *b, struct buf *out)
{
	char period[MONTH_TEXT_SIZE], from[DAY_TEXT_SIZE], sum[VND_TEXT_SIZE], root[HASH_HEX_SIZE];
	buf_addf(out,
		BATCH
		"\nbatch %" PRId64 "\nversion %" PRId32 "\nagency %s\nprogramme %s\nperiod %s\narea %s %s\n"
		"channel %s\nmade-by %s\nreleased-by %s\nreleased-by %s\nlines %" PRId64 "\nsum %s VND\n"
		"root %s\n",
		b->batch, b->version, b->agency, b->programme, month_format(b->period, period), b->area,
		day_format(b->area_from, from), b->channel, b->made_by, b->released_by[0], b->released_by[1],
		b->lines, vnd_format(b->sum, sum), hash_hex(&b->root, root));
}

static void base64_field(const char *key, struct bytes value, struct buf *out)
{
	buf_addf(out, "%s ", key);
	base64_encode(BASE64_STD, value, out);
	buf_add_z(out, "\n");
}

static void approval_fields(const struct approval_proof *p, struct buf *out)
{
	bundle_place_text(&p->place, out);
	buf_add_z(out, SIGNED "\n");
	base64_field("text", p->text, out);
	base64_field("signature", bytes_of(p->signature.b, sizeof p->signature.b), out);
	base64_field("certificate", p->certificate, out);
	base64_field("certified", p->certificate_signatures, out);
}

void manifest_text(const struct manifest *m, struct buf *out)
{
	bug_if(m->n_approvals > MANIFEST_APPROVALS_MAX);
	for (int64_t i = 0; i < m->batch.lines; i++)
		pay_line_text(&m->lines[i], out);
	batch_text(&m->batch, out);
	for (size_t i = 0; i < m->n_approvals; i++)
		approval_fields(&m->approvals[i], out);
}

const char *manifest_name(struct arena *a, int64_t batch, int32_t version)
{
	return arena_printf(a, "manifest/%" PRId64 ".v%" PRId32, batch, version);
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static bool take_month(struct bytes *rest, const char *key, struct month *out)
{
	struct bytes v;
	return field_take(rest, key, &v) && month_parse(v, out);
}

static bool take_area(struct arena *a, struct bytes *rest, struct manifest_batch *b)
{
	struct bytes v, code;
	return field_take(rest, "area", &v) && field_word(&v, &code) && code_of(a, code, &b->area) &&
	       day_parse(v, &b->area_from);
}

static bool take_batch(struct arena *a, struct bytes *rest, struct manifest_batch *b)
{
	return field_take(rest, BATCH, NULL) && field_i64(rest, "batch", INT64_MAX, &b->batch) &&
	       field_i32(rest, "version", &b->version) && field_code(a, rest, "agency", &b->agency) &&
	       field_code(a, rest, "programme", &b->programme) && take_month(rest, "period", &b->period) &&
	       take_area(a, rest, b) && field_code(a, rest, "channel", &b->channel) &&
	       field_code(a, rest, "made-by", &b->made_by) &&
	       field_code(a, rest, "released-by", &b->released_by[0]) &&
	       field_code(a, rest, "released-by", &b->released_by[1]) &&
	       field_i64(rest, "lines", INT64_MAX, &b->lines) && field_dong(rest, "sum", &b->sum) &&
	       field_hash(rest, "root", &b->root);
}

static bool take_base64(struct arena *a, struct bytes *rest, const char *key, struct bytes *out)
{
	struct bytes v;
	if (!field_take(rest, key, &v) || v.n > FIELD_BASE64)
		return false;
	uint8_t *at = arena_alloc(a, v.n);
	size_t n;
	if (!base64_decode(BASE64_STD, v, at, v.n, &n))
		return false;
	*out = bytes_of(at, n);
	return true;
}

static bool take_approval(struct arena *a, struct bytes *rest, struct approval_proof *p)
{
	struct bytes sig;
	if (!bundle_place_take(a, rest, &p->place, NULL) || !field_take(rest, SIGNED, NULL) ||
		!take_base64(a, rest, "text", &p->text) || !take_base64(a, rest, "signature", &sig) ||
		sig.n != sizeof p->signature.b || !take_base64(a, rest, "certificate", &p->certificate) ||
		!take_base64(a, rest, "certified", &p->certificate_signatures))
		return false;
	memcpy(p->signature.b, sig.at, sizeof p->signature.b);
	return true;
}

static bool take_lines(
	struct arena *a, struct bytes *rest, struct pay_line **lines, int64_t *n, struct why *why)
{
	size_t room = rest->n / LINE_SMALL + 1;
	*lines = arena_array(a, room, struct pay_line);
	for (*n = 0; field_is_next(*rest, "chitra-line/v1"); ++*n) {
		bug_if((size_t)*n == room);
		if (!pay_line_take(a, rest, &(*lines)[*n], why))
			return why_prefix(why, "line %" PRId64, *n + 1);
	}
	return true;
}

static bool lines_are_its_own(const struct manifest *m, int64_t n, struct why *why)
{
	const struct manifest_batch *b = &m->batch;
	struct compact tree = {0};
	struct vnd sum = vnd(0);
	if (n != b->lines || n == 0)
		return why_set(why, "manifest_lines",
			"the manifest says %" PRId64 " lines and holds %" PRId64, b->lines, n);
	for (int64_t i = 0; i < n; i++) {
		const struct pay_line *l = &m->lines[i];
		if (l->batch != b->batch || l->version != b->version || l->line != i + 1 ||
			strcmp(l->channel, b->channel) != 0 || strcmp(l->programme, b->programme) != 0)
			return why_set(why, "manifest_lines", "line %" PRId64 " is not this batch's", i + 1);
		struct hash leaf = pay_line_leaf(l);
		compact_append(&tree, &leaf);
		if (!vnd_add(sum, l->amount, &sum))
			return why_set(why, "manifest_lines", "the sum of the lines is too large");
	}
	struct hash root = compact_root(&tree);
	if (vnd_cmp(sum, b->sum) != 0 || !hash_eq(&root, &b->root))
		return why_set(why, "manifest_lines", "sum or root are not those of the lines");
	return true;
}

/* What is not a line is written again and compared: one manifest has one text. */
static bool is_canonical(const struct manifest *m, struct bytes tail)
{
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, tail.n + 1);
	batch_text(&m->batch, &again);
	for (size_t i = 0; i < m->n_approvals; i++)
		approval_fields(&m->approvals[i], &again);
	return buf_is(&again, tail);
}

bool manifest_parse(struct arena *a, struct bytes text, struct manifest *out, struct why *why)
{
	struct manifest m = {0};
	struct pay_line *lines;
	struct bytes rest = text;
	int64_t n;
	if (!take_lines(a, &rest, &lines, &n, why))
		return false;
	struct bytes tail = rest;
	if (!take_batch(a, &rest, &m.batch))
		return why_set(
			why, "manifest_malformed", "after %" PRId64 " lines comes no %s text", n, BATCH);
	struct approval_proof *approvals = arena_array(a, MANIFEST_APPROVALS_MAX, struct approval_proof);
	while (rest.n > 0) {
		if (m.n_approvals == MANIFEST_APPROVALS_MAX ||
			!take_approval(a, &rest, &approvals[m.n_approvals]))
			return why_set(
				why, "manifest_malformed", "approval %zu is malformed", m.n_approvals + 1);
		m.n_approvals++;
	}
	m.lines = lines;
	m.approvals = approvals;
	if (!is_canonical(&m, tail))
		return why_set(why, "manifest_malformed", "this manifest is not written as it must be");
	if (!lines_are_its_own(&m, n, why))
		return false;
	*out = m;
	return true;
}
