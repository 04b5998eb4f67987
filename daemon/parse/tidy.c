#include "daemon/parse/tidy.h"

#include <string.h>

#include "ledger/base/text.h"

/* Precomposed Latin (U+0000–U+02FF, U+1E00–U+1EFF) without anything that combines or looks like a space is as it should be. */
static bool is_tidy(struct bytes s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.at[i];
		if (c <= ' ') {
			if (c != ' ' || i == 0 || i + 1 == s.n || s.at[i + 1] == ' ')
				return false;
		} else if (c >= 0x80) {
			if (c >= 0xc3 && c <= 0xcb && i + 1 < s.n)
				i += 1;
			else if (c == 0xe1 && i + 2 < s.n && s.at[i + 1] >= 0xb8 && s.at[i + 1] <= 0xbb)
				i += 2;
			else
				return false;
		}
	}
	return true;
}

/* How many bytes at s are one space, or nothing to be seen. *gone: they leave no space behind. */
static size_t space_here(struct bytes s, bool *gone)
{
	*gone = false;
	if (s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == '\n' || s.at[0] == '\r')
		return 1;
	if (s.n >= 2 && s.at[0] == 0xc2 && s.at[1] == 0xa0)
		return 2;
	if (s.n >= 3 && memcmp(s.at, "\xe2\x80", 2) == 0) {
		uint8_t last = s.at[2];
		*gone = last >= 0x8b && last <= 0x8f; /* zero width, direction marks */
		if (*gone || (last >= 0x80 && last <= 0x8a) || last == 0xaf)
			return 3;
	}
	if (s.n >= 3 && memcmp(s.at, "\xef\xbb\xbf", 3) == 0) {
		*gone = true;
		return 3;
	}
	return 0;
}

struct bytes tidy_cell(struct arena *a, struct bytes in)
{
	if (is_tidy(in))
		return in;
	char *out = arena_alloc(a, in.n + 1);
	size_t n = 0;
	bool space = false;
	for (size_t i = 0; i < in.n;) {
		bool gone;
		size_t width = space_here(bytes_of(in.at + i, in.n - i), &gone);
		if (width > 0) {
			space = space || !gone;
			i += width;
			continue;
		}
		if (space && n > 0)
			out[n++] = ' ';
		space = false;
		out[n++] = (char)in.at[i++];
	}
	const char *nfc;
	struct why why = {0};
	if (!utf8_nfc(a, bytes_of(out, n), &nfc, &why))
		bug("a cell that was checked is not UTF-8: %s", why.code);
	return bytes_z(nfc);
}
