/* Texts of any bytes: a decoder takes only what its encoder writes, dates and amounts too, and NFC is its own NFC. */
#include "ledger/base/text.h"

#include <string.h>

#include "ledger/base/day.h"
#include "ledger/base/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void check_percent(struct bytes in)
{
	CLEANUP(buf_free) struct buf there = BUF(3 * in.n);
	CLEANUP(buf_free) struct buf back = BUF(3 * in.n);

	percent_escape(in, &there);
	bug_if(!percent_unescape(buf_bytes(&there), &back) || !bytes_eq(buf_bytes(&back), in));
	buf_reset(&there);
	buf_reset(&back);
	if (!percent_unescape(in, &there))
		return;
	percent_escape(buf_bytes(&there), &back);
	bug_if(!bytes_eq(buf_bytes(&back), in));
}

static void check_base64(enum base64 variant, struct bytes in)
{
	CLEANUP(buf_free) struct buf again = BUF(1024);
	uint8_t out[512];
	size_t n;

	if (!base64_decode(variant, in, out, sizeof(out), &n))
		return;
	base64_encode(variant, bytes_of(out, n), &again);
	bug_if(!bytes_eq(buf_bytes(&again), in));
}

static void check_nfc(struct bytes in)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *once, *twice;

	if (!utf8_nfc(a, in, &once, NULL))
		return;
	bug_if(!utf8_valid(bytes_z(once)) || !utf8_nfc(a, bytes_z(once), &twice, NULL) ||
		strcmp(once, twice) != 0);
}

static void check_numbers(struct bytes in)
{
	char text[VND_TEXT_SIZE];
	struct month month;
	struct day day;
	struct vnd amount;
	int64_t us;

	if (day_parse(in, &day))
		bug_if(!bytes_eq_z(in, day_format(day, text)));
	if (month_parse(in, &month))
		bug_if(!bytes_eq_z(in, month_format(month, text)));
	if (instant_parse(in, &us))
		bug_if(!bytes_eq_z(in, instant_format(us, text)));
	if (vnd_parse((const char *)in.at, in.n, &amount, NULL))
		bug_if(!bytes_eq_z(in, vnd_format(amount, text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct bytes in = bytes_of(at, n);

	check_percent(in);
	check_base64(BASE64_STD, in);
	check_base64(BASE64_URL, in);
	check_nfc(in);
	check_numbers(in);
	return 0;
}
