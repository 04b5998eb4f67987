/* name_words.h: names of people by the hundred thousand, each in all the ways it is typed; tests of names share them.
 *
 * The letters, their capitals, their parts and their plain forms are tables by hand: nothing here asks the code under test, or the
 * library that it asks. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "ledger/base/bytes.h"
#include "tests/lib/tap.h"

#define NAME_TEXT 400

struct letter {
	const char *small, *capital, *plain, *parts, *capital_parts, *other_order;
};

static const char *const vowels[12][2][6] = {
	{{"a", "à", "á", "ả", "ã", "ạ"}, {"A", "À", "Á", "Ả", "Ã", "Ạ"}},
	{{"ă", "ằ", "ắ", "ẳ", "ẵ", "ặ"}, {"Ă", "Ằ", "Ắ", "Ẳ", "Ẵ", "Ặ"}},
	{{"â", "ầ", "ấ", "ẩ", "ẫ", "ậ"}, {"Â", "Ầ", "Ấ", "Ẩ", "Ẫ", "Ậ"}},
	{{"e", "è", "é", "ẻ", "ẽ", "ẹ"}, {"E", "È", "É", "Ẻ", "Ẽ", "Ẹ"}},
	{{"ê", "ề", "ế", "ể", "ễ", "ệ"}, {"Ê", "Ề", "Ế", "Ể", "Ễ", "Ệ"}},
	{{"i", "ì", "í", "ỉ", "ĩ", "ị"}, {"I", "Ì", "Í", "Ỉ", "Ĩ", "Ị"}},
	{{"o", "ò", "ó", "ỏ", "õ", "ọ"}, {"O", "Ò", "Ó", "Ỏ", "Õ", "Ọ"}},
	{{"ô", "ồ", "ố", "ổ", "ỗ", "ộ"}, {"Ô", "Ồ", "Ố", "Ổ", "Ỗ", "Ộ"}},
	{{"ơ", "ờ", "ớ", "ở", "ỡ", "ợ"}, {"Ơ", "Ờ", "Ớ", "Ở", "Ỡ", "Ợ"}},
	{{"u", "ù", "ú", "ủ", "ũ", "ụ"}, {"U", "Ù", "Ú", "Ủ", "Ũ", "Ụ"}},
	{{"ư", "ừ", "ứ", "ử", "ữ", "ự"}, {"Ư", "Ừ", "Ứ", "Ử", "Ữ", "Ự"}},
	{{"y", "ỳ", "ý", "ỷ", "ỹ", "ỵ"}, {"Y", "Ỳ", "Ý", "Ỷ", "Ỹ", "Ỵ"}},
};
static const char *const vowel_shapes[12] = {
	"", "\u0306", "\u0302", "", "\u0302", "", "", "\u0302", "\u031b", "", "\u031b", ""};
static const char *const tones[6] = {"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"};

/* Of the minority languages; and đ, which has no parts. */
static const struct letter other_letters[] = {
	{"đ", "Đ", "d", "đ", "Đ", "đ"},
	{"ƀ", "Ƀ", "b", "ƀ", "Ƀ", "ƀ"},
	{"č", "Č", "c", "c\u030c", "C\u030c", "c\u030c"},
	{"ñ", "Ñ", "n", "n\u0303", "N\u0303", "n\u0303"},
	{"ĕ", "Ĕ", "e", "e\u0306", "E\u0306", "e\u0306"},
	{"ĭ", "Ĭ", "i", "i\u0306", "I\u0306", "i\u0306"},
	{"ŏ", "Ŏ", "o", "o\u0306", "O\u0306", "o\u0306"},
	{"ŭ", "Ŭ", "u", "u\u0306", "U\u0306", "u\u0306"},
};

static struct letter letters[12 * 6 + COUNT_OF(other_letters)];
static size_t n_letters;
static const struct letter *letter_of[0x2000]; /* by code point of either case */

/* The code point at *at, which moves on; of letters below U+2000. */
static inline unsigned next_point(const char **at)
{
	const uint8_t *s = (const uint8_t *)*at;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : 3;
	*at += n;
	if (n == 1)
		return s[0];
	return n == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
		      : (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

static inline void letters_know(const struct letter *l)
{
	const char *small = l->small, *capital = l->capital;
	letter_of[next_point(&small)] = l;
	letter_of[next_point(&capital)] = l;
}

static inline void letters_make(void)
{
	static char text[12][6][4][16];
	for (size_t v = 0; v < 12; v++) {
		for (size_t t = 0; t < 6; t++) {
			struct letter *l = &letters[n_letters++];
			char(*to)[16] = text[v][t];
			const char *base = &"aaaeeiooouuy"[v], *shape = vowel_shapes[v], *tone = tones[t];
			/* NFD: a dot below stands before a circumflex or a breve, behind a horn. */
			bool dot_first = t == 5 && strcmp(shape, "\u031b") != 0;
			const char *first = dot_first ? tone : shape, *second = dot_first ? shape : tone;
			snprintf(to[0], 16, "%c%s%s", *base, first, second);
			snprintf(to[1], 16, "%c%s%s", *base - 'a' + 'A', first, second);
			snprintf(to[2], 16, "%c%s%s", *base, shape, tone);
			snprintf(to[3], 16, "%c", *base);
			*l = (struct letter){vowels[v][0][t], vowels[v][1][t], to[3], to[0], to[1], to[2]};
			letters_know(l);
		}
	}
	for (size_t i = 0; i < COUNT_OF(other_letters); i++) {
		letters[n_letters] = other_letters[i];
		letters_know(&letters[n_letters++]);
	}
}

/* ---- words ------------------------------------------------------------------------------------------------------------ */

static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Huỳnh", "Phan", "Bùi", "Hoàng",
	"Vũ", "Trương", "Đỗ", "Đặng", "Hồ", "Ngô", "Dương", "Đoàn", "Đinh", "Trịnh", "Cao", "Đào", "Mai",
	"Lương", "Lưu", "Lâm", "Hà", "Phùng", "Tạ", "Lý", "Tô", "Quách", "Lã", "Ksor", "Rơ Châm", "Siu", "Y",
	"H'", "K'", "Niê", "Êban", "Mlô", "Bá", "Đạo"};
static const char *const middles[] = {"Thị", "Văn", "Minh", "Hữu", "Đức", "Thanh", "Ngọc", "Bích", "Xuân",
	"Quốc", "Công", "Như", "Diệu", "Mỹ", "Đình", "Trọng", "Nguyễn", "Lệ", "Ánh", "Hồng"};
static const char *const givens[] = {"Lan", "Đào", "Tám", "Sáu", "Hương", "Phượng", "Ơn", "Ước", "Khiêm",
	"Dũng", "Hiệp", "Quý", "Nguyệt", "Hoàn", "Thuyết", "Ẩn", "Ứng", "Vĩnh", "Kỳ", "Ỷ", "Ê-ban", "Blang",
	"H'Ƀlang", "Bŭn Krông", "Čư", "Ñơng", "Kpă", "Hbĭa", "Lŏ", "Đĕ", "Anh", "Bình", "Chẩm", "Nhẫn", "Dạ",
	"Bẩy", "Ngỡi", "Rẽ", "Lượm", "Nẵm"};
/* The tone on its old and on its new place. */
static const char *const two_places[][2] = {{"Hòa", "Hoà"}, {"Hóa", "Hoá"}, {"Thỏa", "Thoả"},
	{"Khỏe", "Khoẻ"}, {"Thúy", "Thuý"}, {"Thùy", "Thuỳ"}, {"Thủy", "Thuỷ"}, {"Thụy", "Thuỵ"},
	{"Lũy", "Luỹ"}, {"Xòe", "Xoè"}};

#define WORDS 6

/* Its words in NFC; the second spelling of each, mostly the same text. */
struct made {
	size_t n;
	const char *word[WORDS], *other[WORDS];
	bool movable; /* a word has two spellings */
};

static inline unsigned made_draw(uint64_t *seed, size_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*seed >> 33) % below);
}

static inline void made_word(struct made *m, const char *word, const char *other)
{
	m->word[m->n] = word;
	m->other[m->n++] = other;
	m->movable = m->movable || word != other;
}

static inline struct made made_name(uint64_t *seed)
{
	struct made m = {0};
	const char *family = families[made_draw(seed, COUNT_OF(families))];
	made_word(&m, family, family);
	for (unsigned i = made_draw(seed, 4); i > 0; i--) {
		const char *middle = middles[made_draw(seed, COUNT_OF(middles))];
		made_word(&m, middle, middle);
	}
	if (made_draw(seed, 3) == 0) {
		const char *const *pair = two_places[made_draw(seed, COUNT_OF(two_places))];
		made_word(&m, pair[0], pair[1]);
	} else {
		const char *given = givens[made_draw(seed, COUNT_OF(givens))];
		made_word(&m, given, given);
	}
	return m;
}

enum form {
	FORM_STORED,
	FORM_CAPITALS,
	FORM_SMALL,
	FORM_PARTS,
	FORM_CAPITAL_PARTS,
	FORM_OTHER_ORDER,
	FORM_PLAIN
};
#define FORMS 7

static inline const char *letter_in(const struct letter *l, bool capital, enum form form)
{
	switch (form) {
	case FORM_STORED: return capital ? l->capital : l->small;
	case FORM_CAPITALS: return l->capital;
	case FORM_SMALL: return l->small;
	case FORM_PARTS: return capital ? l->capital_parts : l->parts;
	case FORM_CAPITAL_PARTS: return l->capital_parts;
	case FORM_OTHER_ORDER: return l->other_order;
	case FORM_PLAIN: return l->plain;
	}
	bug("no such form: %d", (int)form);
}

/* A text of the tables' letters and ASCII in another form; plain is small letters without marks. */
static inline void text_in(const char *text, enum form form, char out[static NAME_TEXT])
{
	bool small = form == FORM_SMALL || form == FORM_PLAIN || form == FORM_OTHER_ORDER;
	bool capitals = form == FORM_CAPITALS || form == FORM_CAPITAL_PARTS;
	size_t n = 0;
	for (const char *s = text; *s;) {
		const char *here = s;
		unsigned c = next_point(&s);
		const struct letter *l = letter_of[c];
		char ascii[2] = {(char)c, '\0'};
		if (small && c >= 'A' && c <= 'Z')
			ascii[0] = (char)(c | 0x20);
		if (capitals && c >= 'a' && c <= 'z')
			ascii[0] = (char)(c & ~0x20u);
		bool capital = l && strncmp(here, l->capital, (size_t)(s - here)) == 0;
		const char *piece = l ? letter_in(l, capital, form) : ascii;
		bug_if((!l && c >= 0x80) || n + strlen(piece) >= NAME_TEXT);
		memcpy(out + n, piece, strlen(piece));
		n += strlen(piece);
	}
	out[n] = '\0';
}

static inline void made_join(const char *const *words, size_t n, char out[static NAME_TEXT])
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, NAME_TEXT - at, "%s%s", i > 0 ? " " : "", words[i]);
}
