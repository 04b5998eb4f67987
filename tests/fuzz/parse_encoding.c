/* Any bytes as text in any encoding, in pieces of any size: what comes out is UTF-8, the same for all pieces; and old letters decode into
 * UTF-8 or not at all. The first byte is the size of the pieces. */
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "daemon/parse/encoding.h"
#include "daemon/parse/legacy.h"
#include "daemon/parse/tidy.h"

static bool turn(struct bytes in, size_t piece, struct buf *out)
{
	struct encoding e;
	struct problem p = {0};
	encoding_begin(&e, in);
	for (size_t at = 0; at < in.n; at += piece)
		if (!encoding_text(&e, bytes_of(in.at + at, in.n - at < piece ? in.n - at : piece), out, &p))
			return false;
	return encoding_end(&e, &p);
}

static void decode(struct arena *a, struct bytes text)
{
	for (int l = 0; l < LEGACIES; l++) {
		struct bytes out;
		bool changed;
		if (!legacy_decode((enum legacy)l, a, text, &out, &changed))
			continue;
		if (!utf8_valid(out) || changed == bytes_eq(out, text) || !utf8_valid(tidy_cell(a, out)))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	CLEANUP(buf_free) struct buf whole = BUF(4 * size), pieces = BUF(4 * size);
	struct bytes in = bytes_of(data + 1, size - 1);
	bool good = turn(in, in.n, &whole);
	if (good != turn(in, (size_t)data[0] + 1, &pieces))
		abort();
	if (!good)
		return 0;
	if (!bytes_eq(buf_bytes(&whole), buf_bytes(&pieces)) || !utf8_valid(buf_bytes(&whole)))
		abort();
	struct arena *a = arena_new();
	decode(a, buf_bytes(&whole));
	arena_free(a);
	return 0;
}
