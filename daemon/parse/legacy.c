#include "daemon/parse/legacy.h"

#include <string.h>

#include "ledger/base/text.h"

/* clang-format off */
/* U+00A0–U+00FF of a .VnTime font, the lower-case table of TCVN 5712:1993 VN3 (the 74 letters on which public tables agree; the same
 * as glibc's TCVN for these). Capitals have a font of their own (.VnTimeH): letter case is no difference between names. */
static const uint16_t tcvn3[0x60] = {
	0x0020, 0x0102, 0x00c2, 0x00ca, 0x00d4, 0x01a0, 0x01af, 0x0110,
	0x0103, 0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x0000,
	0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x00e0, 0x1ea3, 0x00e3,
	0x00e1, 0x1ea1, 0x0000, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x0000,
	0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x1eb7, 0x1ea7,
	0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0x00e8, 0x0000, 0x1ebb, 0x1ebd,
	0x00e9, 0x1eb9, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7, 0x00ec,
	0x1ec9, 0x0000, 0x0000, 0x0000, 0x0129, 0x00ed, 0x1ecb, 0x00f2,
	0x0000, 0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7,
	0x1ed1, 0x1ed9, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3, 0x00f9,
	0x0000, 0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef,
	0x1ee9, 0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5, 0x0000,
};

/* 0x80–0xFF of Windows-1258, by Microsoft's bestfit1258.txt; tones are combining. */
static const uint16_t cp1258[0x80] = {
	0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0000, 0x2039, 0x0152, 0x0000, 0x0000, 0x0000,
	0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0000, 0x203a, 0x0153, 0x0000, 0x0000, 0x0178,
	0x00a0, 0x00a1, 0x00a2, 0x00a3, 0x00a4, 0x00a5, 0x00a6, 0x00a7,
	0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
	0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7,
	0x00b8, 0x00b9, 0x00ba, 0x00bb, 0x00bc, 0x00bd, 0x00be, 0x00bf,
	0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
	0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf,
	0x0110, 0x00d1, 0x0309, 0x00d3, 0x00d4, 0x01a0, 0x00d6, 0x00d7,
	0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df,
	0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7,
	0x00e8, 0x00e9, 0x00ea, 0x00eb, 0x0301, 0x00ed, 0x00ee, 0x00ef,
	0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4, 0x01a1, 0x00f6, 0x00f7,
	0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0, 0x20ab, 0x00ff,
};
/* clang-format on */

/* VNI writes a letter and then its mark: «aù» á, «aá» ấ. What each mark adds: a shape (circumflex U+0302, breve U+0306) and a tone. */
static const struct {
	uint16_t small, capital;
	uint16_t shape, tone;
} vni_marks[] = {
	{0xf9, 0xd9, 0, 0x301},
	{0xf8, 0xd8, 0, 0x300},
	{0xfb, 0xdb, 0, 0x309},
	{0xf5, 0xd5, 0, 0x303},
	{0xef, 0xcf, 0, 0x323},
	{0xe2, 0xc2, 0x302, 0},
	{0xe1, 0xc1, 0x302, 0x301},
	{0xe0, 0xc0, 0x302, 0x300},
	{0xe5, 0xc5, 0x302, 0x309},
	{0xe3, 0xc3, 0x302, 0x303},
	{0xe4, 0xc4, 0x302, 0x323},
	{0xea, 0xca, 0x306, 0},
	{0xe9, 0xc9, 0x306, 0x301},
	{0xe8, 0xc8, 0x306, 0x300},
	{0xfa, 0xda, 0x306, 0x309},
	{0xfc, 0xdc, 0x306, 0x303},
	{0xeb, 0xcb, 0x306, 0x323},
};

/* Letters that VNI writes as one; ơ and ư may take a tone after them. */
static const uint16_t vni_letters[][2] = {
	{0xf4, 0x1a1},
	{0xd4, 0x1a0},
	{0xf6, 0x1b0},
	{0xd6, 0x1af},
	{0xf1, 0x111},
	{0xd1, 0x110},
	{0xf3, 0x129},
	{0xd3, 0x128},
	{0xe6, 0x1ec9},
	{0xc6, 0x1ec8},
	{0xf2, 0x1ecb},
	{0xd2, 0x1eca},
	{0xee, 0x1ef5},
	{0xce, 0x1ef4},
	{0xec, 0xec},
	{0xcc, 0xcc},
	{0xed, 0xed},
	{0xcd, 0xcd},
};

const char *legacy_name(enum legacy l)
{
	switch (l) {
	case LEGACY_NONE: return "";
	case LEGACY_TCVN3: return "TCVN3";
	case LEGACY_VNI: return "VNI";
	case LEGACY_CP1258: return "CP1258";
	}
	bug("legacy encoding %d", (int)l);
}

enum legacy legacy_named(const char *name)
{
	for (int l = 0; l < LEGACIES; l++)
		if (strcmp(legacy_name((enum legacy)l), name) == 0)
			return (enum legacy)l;
	return LEGACY_NONE;
}

enum legacy legacy_of_font(struct bytes name)
{
	if (bytes_starts(name, ".Vn"))
		return LEGACY_TCVN3;
	return bytes_starts(name, "VNI-") ? LEGACY_VNI : LEGACY_NONE;
}

static char *put(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

static uint16_t vni_letter(uint16_t c)
{
	for (size_t i = 0; i < COUNT_OF(vni_letters); i++)
		if (vni_letters[i][0] == c)
			return vni_letters[i][1];
	return 0;
}

/* The mark that a letter may take, or −1. */
static int vni_mark(uint16_t letter, uint16_t mark)
{
	bool shaped = letter < 0x80 && strchr("aAeEoO", letter),
	     horned = (letter | 1) == 0x1a1 || letter == 0x1b0 || letter == 0x1af;
	bool toned = shaped || horned || (letter < 0x80 && strchr("uUyY", letter));
	for (size_t i = 0; i < COUNT_OF(vni_marks); i++) {
		if (vni_marks[i].small != mark && vni_marks[i].capital != mark)
			continue;
		bool breve = vni_marks[i].shape == 0x306;
		return (vni_marks[i].shape ? shaped && (!breve || letter == 'a' || letter == 'A') : toned)
			       ? (int)i
			       : -1;
	}
	return -1;
}

/* How many code points were used, of one and the next (0: there is none); 0: this one means nothing. */
static size_t decode_vni(uint16_t c, uint16_t next, char **to)
{
	uint16_t letter = c < 0x80 ? c : vni_letter(c);
	int mark = next && letter ? vni_mark(letter, next) : -1;
	if (!letter)
		return 0;
	*to = put(*to, letter);
	if (mark < 0)
		return 1;
	if (vni_marks[mark].shape)
		*to = put(*to, vni_marks[mark].shape);
	if (vni_marks[mark].tone)
		*to = put(*to, vni_marks[mark].tone);
	return 2;
}

static size_t decode_one(enum legacy l, uint16_t c, uint16_t next, char **to)
{
	uint16_t u = c;
	if (l == LEGACY_VNI && u != 0xa0)
		return decode_vni(c, next, to);
	if (u == 0xa0)
		u = ' ';
	else if (u >= 0x80)
		u = l == LEGACY_CP1258 ? cp1258[u - 0x80] : u >= 0xa0 ? tcvn3[u - 0xa0] : 0;
	if (u == 0)
		return 0;
	*to = put(*to, u);
	return 1;
}

/* Whether all code points of a text are below U+0100. */
static bool is_latin1(struct bytes in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.at[i] > 0xc3)
			return false;
	return in.n == 0 || in.at[in.n - 1] < 0xc0;
}

static uint16_t point_at(struct bytes in, size_t i, size_t *width)
{
	*width = in.at[i] < 0x80 ? 1 : 2;
	unsigned high = (in.at[i] & 3u) << 6;
	return (uint16_t)(*width == 1 ? in.at[i] : high | (in.at[i + 1] & 0x3fu));
}

bool legacy_decode(enum legacy l, struct arena *a, struct bytes in, struct bytes *out, bool *changed)
{
	*changed = false;
	*out = in;
	if (l == LEGACY_NONE || text_is_ascii(in) || !is_latin1(in))
		return true;
	/* Two bytes become three at most, and a plain letter with its mark (three bytes) five. */
	char *text = arena_alloc(a, 2 * in.n), *to = text;
	for (size_t i = 0, width, more = 0; i < in.n;) {
		uint16_t c = point_at(in, i, &width);
		i += width;
		uint16_t next = i < in.n ? point_at(in, i, &more) : 0;
		size_t used = decode_one(l, c, next, &to);
		if (used == 0)
			return false;
		i += used == 2 ? more : 0;
	}
	*out = bytes_of(text, (size_t)(to - text));
	*changed = !bytes_eq(*out, in);
	return true;
}
