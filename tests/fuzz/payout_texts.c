/* Signed texts are read totally and strictly: any bytes give a value or a refusal, and what is taken is written again the
 * same. The first byte says which text. */
#include "ledger/payout/manifest.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void must_equal(const struct buf *written, struct bytes taken)
{
	bug_if(!buf_ok(written) || !bytes_eq(buf_bytes(written), taken));
}

static void try_line(struct arena *a, struct bytes in, struct buf *out)
{
	struct pay_line l;
	struct bytes rest = in;
	if (!pay_line_take(a, &rest, &l, NULL))
		return;
	struct hash leaf = pay_line_leaf(&l), of_text = merkle_leaf(bytes_of(in.at, in.n - rest.n));
	pay_line_text(&l, out);
	must_equal(out, bytes_of(in.at, in.n - rest.n));
	bug_if(!hash_eq(&leaf, &of_text));
}

static void try_certificate(struct arena *a, struct bytes in, struct buf *out)
{
	struct certificate c;
	if (!certificate_parse(a, in, &c, NULL))
		return;
	certificate_text(&c, out);
	must_equal(out, in);
}

static void try_approval(struct arena *a, struct bytes in, struct buf *out)
{
	struct approval p;
	if (!approval_parse(a, in, &p, NULL))
		return;
	approval_text(&p, out);
	must_equal(out, in);
}

static void try_bundle(struct arena *a, struct bytes in, struct buf *out)
{
	struct bundle_place b;
	struct bytes rest = in;
	if (!bundle_place_take(a, &rest, &b, NULL))
		return;
	bundle_place_text(&b, out);
	must_equal(out, bytes_of(in.at, in.n - rest.n));
}

static void try_manifest(struct arena *a, struct bytes in, struct buf *out)
{
	struct manifest m;
	if (!manifest_parse(a, in, &m, NULL))
		return;
	manifest_text(&m, out);
	must_equal(out, in);
}

/* Nobody's signature is under these bytes, so they must prove nothing. */
static void try_revocation(struct arena *a, struct bytes in)
{
	struct trust trust = {.n = 1, .threshold = 1};
	struct revocation r;
	memset(trust.admins[0].b, 9, sizeof trust.admins[0].b);
	bug_if(revocation_verify(a, &trust, in, in, &r, NULL));
	struct trust read;
	if (trust_read(in, 1, &read, NULL))
		bug_if(read.n < 1 || read.n > ADMINS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	if (n == 0)
		return 0;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf out;
	struct bytes in = bytes_of(at + 1, n - 1);
	buf_init(&out, n + CERTIFICATE_MAX);
	switch (at[0] % 6) {
	case 0: try_line(a, in, &out); break;
	case 1: try_certificate(a, in, &out); break;
	case 2: try_approval(a, in, &out); break;
	case 3: try_bundle(a, in, &out); break;
	case 4: try_manifest(a, in, &out); break;
	case 5: try_revocation(a, in); break;
	}
	return 0;
}
