#include "ledger/verify/manifest.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX   1024  /* bytes of an approval's text */
#define SIGNED_MAX 16384 /* of a certificate, and of its signatures */
#define PART_MAX   ((size_t)1 << 16)
#define ROOM       (16 * PART_MAX)

struct manifest {
	FILE *in;
	bool ended, has_batch;
	struct text rest; /* in `held`: at least the next part, or all that is left */
	char held[ROOM];
	uint8_t text[TEXT_MAX], certificate[SIGNED_MAX], certified[SIGNED_MAX];
};

struct manifest *manifest_open(FILE *in)
{
	struct manifest *m;

	if (in == NULL)
		return NULL;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		abort();
	m->in = in;
	m->rest.at = m->held;
	return m;
}

void manifest_close(struct manifest *m)
{
	if (m == NULL)
		return;
	(void)fclose(m->in);
	free(m);
}

static void fill(struct manifest *m)
{
	if (m->ended || m->rest.n >= PART_MAX)
		return;
	memmove(m->held, m->rest.at, m->rest.n);
	m->rest.at = m->held;
	m->rest.n += fread(m->held + m->rest.n, 1, ROOM - m->rest.n, m->in);
	m->ended = m->rest.n < ROOM;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static bool field(struct text *rest, const char *key, struct text *value)
{
	return text_field(rest, text_z(key), value);
}

static bool count(struct text *rest, const char *key, int64_t least, int64_t *out)
{
	struct text value;

	return field(rest, key, &value) && text_count(value, out) && *out >= least;
}

static bool dong(struct text *rest, const char *key, int64_t *out)
{
	struct text value;

	return field(rest, key, &value) && text_dong(value, out) && *out > 0;
}

static bool word(struct text *rest, const char *key, struct text *out)
{
	return field(rest, key, out) && text_word(*out);
}

static bool hash(struct text *rest, const char *key, struct digest *out)
{
	struct text value;

	return field(rest, key, &value) && text_hex(value, out->at, sizeof out->at);
}

static bool day(struct text value)
{
	int32_t days;

	return text_day(value, &days);
}

static bool base64(struct text *rest, const char *key, uint8_t *at, size_t room, struct text *out)
{
	struct text value;
	size_t n = room;

	if (!field(rest, key, &value) || !text_base64(value, at, &n))
		return false;
	*out = (struct text){.at = (const char *)at, .n = n};
	return true;
}

/* ---- parts --------------------------------------------------------------------------------------------------- */

/* "merit 2024-04 regular 00112233445566778899aabbccddeeff 1" */
static bool claim(struct text *rest, struct manifest_line *l)
{
	struct text value, anchor;
	uint8_t bytes[16];

	if (!field(rest, "claim", &value))
		return false;
	l->claim = value;
	return text_until(&value, ' ', &l->programme) && text_word(l->programme) &&
	       text_until(&value, ' ', &l->month) && text_month(l->month) &&
	       text_until(&value, ' ', &l->kind) && text_word(l->kind) && text_until(&value, ' ', &anchor) &&
	       text_hex(anchor, bytes, sizeof bytes) && text_count(value, &l->instalment);
}

bool manifest_line_take(struct text *rest, struct manifest_line *l)
{
	struct text whole = *rest, value, bank;
	struct digest account;

	if (!text_skip(rest, "chitra-line/v1\n") || !count(rest, "batch", 1, &l->batch) ||
		!count(rest, "version", 1, &l->version) || !count(rest, "line", 1, &l->line) ||
		!field(rest, "id", &l->id) || !text_id(l->id) || !claim(rest, l) ||
		!count(rest, "issue", 1, &l->issue) || !dong(rest, "amount", &l->amount) ||
		!word(rest, "channel", &l->channel) || !field(rest, "funding", &value) ||
		!text_until(&value, ':', &bank) || !text_word(bank) || !text_word(value) ||
		!hash(rest, "account", &account) || !field(rest, "not-before", &value) || !day(value) ||
		!field(rest, "valid-until", &value) || !text_second(value))
		return false;
	whole.n -= rest->n;
	l->hash = tree_leaf(whole);
	return true;
}

static bool batch(struct text *rest, struct manifest_batch *b)
{
	struct text area;

	return text_skip(rest, "chitra-batch/v1\n") && count(rest, "batch", 1, &b->batch) &&
	       count(rest, "version", 1, &b->version) && word(rest, "agency", &b->agency) &&
	       word(rest, "programme", &b->programme) && field(rest, "period", &b->period) &&
	       text_month(b->period) && field(rest, "area", &area) && text_until(&area, ' ', &b->channel) &&
	       text_word(b->channel) && day(area) && word(rest, "channel", &b->channel) &&
	       word(rest, "made-by", &b->maker) && word(rest, "released-by", &b->releasers[0]) &&
	       word(rest, "released-by", &b->releasers[1]) && count(rest, "lines", 1, &b->lines) &&
	       dong(rest, "sum", &b->sum) && hash(rest, "root", &b->root);
}

static bool approval(struct manifest *m, struct text *rest, struct manifest_approval *a)
{
	struct text signature;
	struct digest node;

	a->place.n = 0;
	if (!text_skip(rest, "chitra-bundle/v1\n") || !count(rest, "batches", 1, &a->batches) ||
		!count(rest, "index", 0, &a->index))
		return false;
	while (hash(rest, "node", &node)) {
		if (a->place.n == PROOF_MAX)
			return false;
		a->place.at[a->place.n++] = node;
	}
	a->whole = *rest;
	if (!text_skip(rest, "chitra-signed/v1\n") ||
		!base64(rest, "text", m->text, sizeof m->text, &a->proof.text) ||
		!base64(rest, "signature", a->proof.signature, sizeof a->proof.signature, &signature) ||
		signature.n != sizeof a->proof.signature ||
		!base64(rest, "certificate", m->certificate, sizeof m->certificate, &a->proof.certificate) ||
		!base64(rest, "certified", m->certified, sizeof m->certified, &a->proof.certified))
		return false;
	a->whole.n -= rest->n;
	return true;
}

enum manifest_part manifest_next(struct manifest *m, struct manifest_out *out)
{
	fill(m);
	if (m->rest.n == 0)
		return m->has_batch && !ferror(m->in) ? MANIFEST_END : MANIFEST_MALFORMED;
	if (m->has_batch)
		return approval(m, &m->rest, &out->approval) ? MANIFEST_APPROVAL : MANIFEST_MALFORMED;
	if (m->rest.n > 12 && memcmp(m->rest.at, "chitra-line/", 12) == 0)
		return manifest_line_take(&m->rest, &out->line) ? MANIFEST_LINE : MANIFEST_MALFORMED;
	m->has_batch = true;
	return batch(&m->rest, &out->batch) ? MANIFEST_BATCH : MANIFEST_MALFORMED;
}
