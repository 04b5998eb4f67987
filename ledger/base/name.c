#include "ledger/base/name.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "ledger/base/text.h"

#define WORDS_MAX 64

/* COMPAT and IGNORE: no-break spaces become spaces, invisible characters vanish. */
#define COMMON   (UTF8PROC_STABLE | UTF8PROC_CASEFOLD | UTF8PROC_COMPAT | UTF8PROC_IGNORE)
#define ACCENTED ((utf8proc_option_t)(COMMON | UTF8PROC_COMPOSE))
#define PLAIN    ((utf8proc_option_t)(COMMON | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK))

/* A name as utf8proc maps it, in its own place: one sign of three bytes can be a phrase of 18 letters (U+FDFA), and none grows more. */
#define MAPPED_MAX ((size_t)6 * NAME_MAX_BYTES)

struct mapped {
	utf8proc_int32_t at[MAPPED_MAX + 1];
};

static const char *text_of(const struct mapped *m)
{
	return (const char *)m->at;
}

/* What a sign stands for where names are compared, 0 for itself. Minority names are typed with every look-alike of the apostrophe and
 * the hyphen. The strokes of đ and ƀ are no marks to utf8proc, so without this "Đào" would fold to "đao"; ð (eth) is what some
 * keyboards give for đ. Asked after mapping, which makes some of these itself (ŉ is ʼn) and leaves no capitals. */
static char stands_for(utf8proc_int32_t c, bool plain)
{
	static const uint16_t apostrophes[] = {
		0x60, 0x2b9, 0x2bb, 0x2bc, 0x2c8, 0x2018, 0x2019, 0x201b, 0x2032, 0x2035};
	static const uint16_t spaces[] = {'\t', '\n', '\r', 0x1680, 0x2028, 0x2029};

	if (c == 0x111 || c == 0xf0)
		return plain ? 'd' : '\0';
	if (c == 0x180)
		return plain ? 'b' : '\0';
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
		return '-';
	for (size_t i = 0; i < COUNT_OF(apostrophes); i++)
		if (c == apostrophes[i])
			return '\'';
	for (size_t i = 0; i < COUNT_OF(spaces); i++)
		if (c == spaces[i])
			return ' ';
	return '\0';
}

/* In place: look-alikes become what they stand for; runs of spaces become one, none at the ends. */
static void settle(char *s, bool plain)
{
	char *to = s;

	for (const char *from = s; *from != '\0';) {
		utf8proc_int32_t c = (unsigned char)*from;
		size_t n = 1;
		char other = '\0';

		if (c >= 0x80)
			n = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)from, -1, &c);
		if (c >= 0x80 || c == '`' || c < ' ')
			other = stands_for(c, plain);
		if (other != '\0')
			c = other;
		if (c == ' ' ? to > s && to[-1] != ' ' : other != '\0') {
			*to++ = (char)c;
		} else if (c != ' ') {
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* U+0080–U+009F: what is left of a legacy font's letters read as Latin-1. */
static bool has_c1(struct bytes in)
{
	for (size_t i = 1; i < in.n; i++)
		if (in.at[i - 1] == 0xc2 && in.at[i] >= 0x80 && in.at[i] <= 0x9f)
			return true;
	return false;
}

/* In place of utf8proc_map(), which takes every letter apart twice to know how much to allocate. */
static void map(struct bytes in, utf8proc_option_t options, struct mapped *out)
{
	utf8proc_ssize_t n = utf8proc_decompose(
		in.at, (utf8proc_ssize_t)in.n, out->at, (utf8proc_ssize_t)MAPPED_MAX, options);

	bug_if(n > (utf8proc_ssize_t)MAPPED_MAX);
	if (n >= 0)
		n = utf8proc_reencode(out->at, n, options);
	if (n < 0)
		bug("could not fold a name: %s", utf8proc_errmsg(n));
}

/* The text mapped and settled; false with why. */
static bool mapped(struct bytes in, utf8proc_option_t options, struct mapped *out, struct why *why)
{
	char *text = (char *)out->at;

	if (in.n > NAME_MAX_BYTES)
		return why_set(why, "name_too_long", "a name can have %d bytes, this one has %zu",
			NAME_MAX_BYTES, in.n);
	if (!utf8_valid(in))
		return why_set(why, "utf8_invalid", "the name is not UTF-8");
	if (text_has_control(in) || has_c1(in))
		return why_set(why, "name_control",
			"the name holds a control character; the file may use a legacy font");
	map(in, options, out);
	settle(text, options == PLAIN);
	if (*text == '\0')
		return why_set(why, "name_empty", "the name is empty");
	/* What is stored stays a name. */
	if (options == PLAIN && strlen(text) > NAME_MAX_BYTES)
		return why_set(why, "name_too_long", "a name can have %d bytes, this one folds to more",
			NAME_MAX_BYTES);
	return true;
}

bool name_fold(struct arena *a, struct bytes in, const char **out, struct why *why)
{
	struct mapped folded;

	if (!mapped(in, PLAIN, &folded, why))
		return false;
	*out = arena_strdup(a, text_of(&folded));
	return true;
}

/* The five tones of the three open rhymes whose mark has an old and a new place (Thúy, Thuý). No old form is longer. */
static const struct {
	const char *new_style;
	const char *old_style;
} tone_places[] = {
	{"oà", "òa"},
	{"oá", "óa"},
	{"oả", "ỏa"},
	{"oã", "õa"},
	{"oạ", "ọa"},
	{"oè", "òe"},
	{"oé", "óe"},
	{"oẻ", "ỏe"},
	{"oẽ", "õe"},
	{"oẹ", "ọe"},
	{"uỳ", "ùy"},
	{"uý", "úy"},
	{"uỷ", "ủy"},
	{"uỹ", "ũy"},
	{"uỵ", "ụy"},
};

/* A syllable goes on with a letter; anything else ends it. */
static bool ends_syllable(char next)
{
	return !(next >= 'a' && next <= 'z') && ((unsigned char)next & 0x80) == 0;
}

/* In place: every movable tone mark at its old place. "quý" has only one spelling: its u belongs to the q. */
static void old_tone_places(char *s)
{
	char *to = s;

	for (const char *from = s; *from != '\0';) {
		const char *old_style = NULL;
		size_t n = 1;
		bool may_move = *from == 'o' || *from == 'u'; /* what every pair begins with */

		for (size_t i = 0; may_move && i < COUNT_OF(tone_places) && old_style == NULL; i++) {
			n = strlen(tone_places[i].new_style);
			if (strncmp(from, tone_places[i].new_style, n) == 0 && ends_syllable(from[n]) &&
				!(from[0] == 'u' && to > s && to[-1] == 'q'))
				old_style = tone_places[i].old_style;
		}
		if (old_style == NULL) {
			*to++ = *from++;
			continue;
		}
		memcpy(to, old_style, strlen(old_style));
		to += strlen(old_style);
		from += n;
	}
	*to = '\0';
}

/* Banks write "KSOR HBLANG" or "KSOR H BLANG" for Ksor H'Blang: the same letters in a row. */
static bool same_letters(const char *a, const char *b)
{
	static const char between[] = " -'";

	if (strpbrk(a, "-'") == NULL && strpbrk(b, "-'") == NULL)
		return false;
	for (;;) {
		a += strspn(a, between);
		b += strspn(b, between);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static size_t words_of(const char *s, struct bytes words[static WORDS_MAX])
{
	size_t n = 0;

	for (s += strspn(s, " -"); *s != '\0' && n < WORDS_MAX; s += strspn(s, " -")) {
		size_t length = strcspn(s, " -");

		words[n++] = bytes_of(s, length);
		s += length;
	}
	return n;
}

/* All words of the shorter name, at least two, are in the longer one, each as often. */
static bool shares_words(const char *a, const char *b)
{
	struct bytes at_a[WORDS_MAX], at_b[WORDS_MAX];
	struct bytes *few = at_a, *many = at_b;
	size_t n_few = words_of(a, at_a), n_many = words_of(b, at_b);

	if (n_few > n_many) {
		size_t n = n_few;

		n_few = n_many;
		n_many = n;
		few = at_b;
		many = at_a;
	}
	if (n_few < 2)
		return false;
	for (size_t i = 0; i < n_few; i++) {
		size_t at = 0;

		while (at < n_many && !bytes_eq(few[i], many[at]))
			at++;
		if (at == n_many)
			return false;
		many[at] = many[--n_many];
	}
	return true;
}

/* Latin letters whose simple small form is their folded one; İ and ı have two. */
static bool folds_simply(utf8proc_int32_t c)
{
	return (c >= 0xc0 && c < 0x250 && c != 0x130 && c != 0x131) || (c >= 0x1ea0 && c < 0x1f00);
}

/* The same names but for capitals, letter by letter: then they are equal however they are folded. What is not so is compared at length. */
static bool same_but_capitals(struct bytes a, struct bytes b)
{
	utf8proc_int32_t c, d;
	bool letter = false;

	if (a.n != b.n || a.n > NAME_MAX_BYTES || !utf8_valid(a) || !utf8_valid(b))
		return false;
	for (size_t i = 0, n = 1; i < a.n; i += n) {
		n = 1;
		if ((a.at[i] | b.at[i]) < 0x80) {
			c = a.at[i] | 0x20;
			d = b.at[i] | 0x20;
			if (c != d || !((c >= 'a' && c <= 'z') || (a.at[i] == ' ' && b.at[i] == ' ')))
				return false;
			letter = letter || c != ' ';
			continue;
		}
		n = (size_t)utf8proc_iterate(a.at + i, (utf8proc_ssize_t)(a.n - i), &c);
		if (utf8proc_iterate(b.at + i, (utf8proc_ssize_t)(b.n - i), &d) != (utf8proc_ssize_t)n)
			return false;
		if (!folds_simply(c) || !folds_simply(d) || utf8proc_tolower(c) != utf8proc_tolower(d))
			return false;
	}
	return letter;
}

enum name_grade name_grade(struct bytes a, struct bytes b)
{
	if (same_but_capitals(a, b))
		return NAME_EXACT;

	struct mapped plain_a, plain_b, accented_a, accented_b;

	if (!mapped(a, PLAIN, &plain_a, NULL) || !mapped(b, PLAIN, &plain_b, NULL) ||
		!mapped(a, ACCENTED, &accented_a, NULL) || !mapped(b, ACCENTED, &accented_b, NULL))
		return NAME_DIFFERENT;
	if (strcmp(text_of(&accented_a), text_of(&accented_b)) == 0)
		return NAME_EXACT;
	old_tone_places((char *)accented_a.at);
	old_tone_places((char *)accented_b.at);
	if (strcmp(text_of(&accented_a), text_of(&accented_b)) == 0)
		return NAME_TONE_VARIANT;

	const char *x = text_of(&plain_a), *y = text_of(&plain_b);

	if (strcmp(x, y) == 0 || same_letters(x, y))
		return NAME_FOLDED;
	return shares_words(x, y) ? NAME_PARTIAL : NAME_DIFFERENT;
}

const char *name_grade_text(enum name_grade g)
{
	switch (g) {
	case NAME_EXACT: return "exact";
	case NAME_TONE_VARIANT: return "tone_variant";
	case NAME_FOLDED: return "folded";
	case NAME_PARTIAL: return "partial";
	case NAME_DIFFERENT: return "different";
	}
	bug("no such grade of a name: %d", (int)g);
}

bool name_has_eth(struct bytes in)
{
	for (size_t i = 1; i < in.n; i++)
		if (in.at[i - 1] == 0xc3 && (in.at[i] == 0x90 || in.at[i] == 0xb0))
			return true;
	return false;
}

/* The last part of a letter taken apart (its mark, for ế the tone); *base is the first. */
static utf8proc_int32_t take_apart(utf8proc_int32_t c, utf8proc_int32_t *base)
{
	utf8proc_int32_t part[8];
	int boundclass = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(
		c, part, COUNT_OF(part), UTF8PROC_DECOMPOSE, &boundclass);

	bug_if(n < 1 || (size_t)n > COUNT_OF(part));
	*base = part[0];
	return part[n - 1];
}

static bool is_basic_letter(utf8proc_int32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What Vietnamese and the minority languages write: basic letters with their marks, đ and ƀ. Of Latin-1 only their letters, since old
 * fonts use the others for their own; beyond it Ɖ looks like Đ, ǀ like l and ı like i, and none is made of a basic letter. */
static bool is_letter_of_a_name(utf8proc_int32_t c)
{
	static const char latin1[] = "ÀÁÂÃÈÉÊÌÍÐÑÒÓÔÕÙÚÝàáâãèéêìíðñòóôõùúý";
	char two[3] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)), '\0'};
	utf8proc_int32_t base;

	if (c < 0x100)
		return c >= 0xc0 && strstr(latin1, two) != NULL;
	if (c == 0x110 || c == 0x111 || c == 0x180 || c == 0x243 || (c >= 0x1ea0 && c < 0x1efa))
		return true;
	if (c >= 0x250 && (c < 0x1e00 || c >= 0x1f00))
		return false;
	take_apart(c, &base);
	return is_basic_letter(base);
}

static bool is_mark(utf8proc_int32_t c)
{
	return c >= 0x300 && c < 0x370;
}

static bool is_tone(utf8proc_int32_t c)
{
	return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323;
}

/* Marks that NFC leaves alone: ơ̆. The tone comes last; «é» with a circumflex looks like ế and is not. */
static bool is_mark_of_a_name(utf8proc_int32_t c, utf8proc_int32_t before, size_t marks)
{
	static const uint16_t others[] = {0x304, 0x306, 0x308, 0x30c, 0x331};
	utf8proc_int32_t base, last = take_apart(before, &base);
	bool known = is_tone(c);

	if (!is_mark(before) && !is_letter_of_a_name(before) && !is_basic_letter(before))
		return false;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		known = known || c == others[i];
	return known && marks < 2 && !is_tone(last);
}

static bool is_sign_of_a_name(utf8proc_int32_t c)
{
	return c < 0x80 || c == 0x2bc || (c >= 0x2010 && c <= 0x2015) || c == 0x2018 || c == 0x2019;
}

static bool composed_has_foreign_letter(struct bytes in)
{
	utf8proc_int32_t c, before = ' ';
	size_t marks = 0;

	for (size_t i = 0; i < in.n;) {
		utf8proc_ssize_t n = utf8proc_iterate(in.at + i, (utf8proc_ssize_t)(in.n - i), &c);

		if (n <= 0)
			return true;
		if (is_mark(c) ? !is_mark_of_a_name(c, before, marks)
			       : !is_sign_of_a_name(c) && !is_letter_of_a_name(c))
			return true;
		/* «NguyÔn»: no name has an accented capital behind a small letter, but TCVN3 in another font has. */
		if (before >= 'a' && before <= 'z' && c >= 0xc0 && c < 0xe0)
			return true;
		marks = is_mark(c) ? marks + 1 : 0;
		before = c;
		i += (size_t)n;
	}
	return false;
}

static void drop_text(char **text)
{
	free(*text);
}

/* U+0300–U+036F begin with these bytes. */
static bool has_mark(struct bytes in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.at[i] == 0xcc || in.at[i] == 0xcd)
			return true;
	return false;
}

bool name_has_foreign_letter(struct bytes in)
{
	CLEANUP(drop_text) char *composed = NULL;
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n;

	if (!has_mark(in))
		return composed_has_foreign_letter(in);
	n = utf8proc_map(in.at, (utf8proc_ssize_t)in.n, &out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return true;
	composed = (char *)out;
	return composed_has_foreign_letter(bytes_of(composed, (size_t)n));
}

bool name_has_hidden(struct bytes in)
{
	utf8proc_int32_t c;

	for (size_t i = 0; i < in.n;) {
		utf8proc_ssize_t n = utf8proc_iterate(in.at + i, (utf8proc_ssize_t)(in.n - i), &c);

		if (n <= 0)
			return false;
		utf8proc_category_t category = utf8proc_category(c);
		if (c > 0xad && (utf8proc_get_property(c)->ignorable || category == UTF8PROC_CATEGORY_CF ||
					category == UTF8PROC_CATEGORY_CO || category == UTF8PROC_CATEGORY_CN))
			return true;
		i += (size_t)n;
	}
	return false;
}
