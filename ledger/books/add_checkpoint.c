#include "ledger/books/add_checkpoint.h"

#include <inttypes.h>

#include "ledger/base/text.h"

#define HASH_BASE64 44

void add_checkpoint_text(const struct add_checkpoint *r, struct buf *out)
{
	bug_if(r->proof.n > ADD_CHECKPOINT_PROOF_MAX);
	buf_addf(out, "old %" PRIu64 "\n", r->old);
	for (size_t i = 0; i < r->proof.n; i++) {
		base64_encode(BASE64_STD, bytes_of(r->proof.at[i].b, sizeof(r->proof.at[i].b)), out);
		buf_add_z(out, "\n");
	}
	buf_add_z(out, "\n");
	buf_add_bytes(out, r->note);
}

static bool malformed(struct why *why, const char *what)
{
	return why_set(why, "add_checkpoint_malformed", "the request is no add-checkpoint: %s", what);
}

static bool old_line(struct bytes line, uint64_t *old)
{
	return bytes_starts(line, "old ") && text_u64(bytes_of(line.at + 4, line.n - 4), INT64_MAX, old);
}

bool add_checkpoint_parse(struct bytes in, struct add_checkpoint *out, struct why *why)
{
	struct add_checkpoint r = {.proof.n = 0};
	struct bytes rest = in, line;
	bool ended;
	size_t n;

	if (in.n > ADD_CHECKPOINT_MAX)
		return malformed(why, "it is too long");
	if (!bytes_line(&rest, &line, &ended) || !ended || !old_line(line, &r.old))
		return malformed(why, "it must begin with \"old \" and a size");
	for (;;) {
		if (!bytes_line(&rest, &line, &ended) || !ended)
			return malformed(why, "it has no empty line before the checkpoint");
		if (line.n == 0)
			break;
		if (r.proof.n == ADD_CHECKPOINT_PROOF_MAX)
			return malformed(why, "its proof has more than 63 hashes");
		if (line.n != HASH_BASE64 ||
			!base64_decode(
				BASE64_STD, line, r.proof.at[r.proof.n].b, sizeof(r.proof.at[0].b), &n) ||
			n != sizeof(r.proof.at[0].b))
			return malformed(why, "a line of its proof is no hash in base64");
		r.proof.n++;
	}
	r.note = rest;
	*out = r;
	return true;
}

bool add_checkpoint_size(struct bytes body, uint64_t *size)
{
	struct bytes line;
	bool ended;

	return bytes_line(&body, &line, &ended) && ended && body.n == 0 && text_u64(line, INT64_MAX, size);
}
