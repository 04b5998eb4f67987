/* Names: what folds to what, and how alike two names are. */
#include "ledger/base/name.h"

#include <string.h>

#include "tests/lib/tap.h"
#include "tests/unit/name_words.h"

static void test_fold(void)
{
	static const struct {
		const char *name, *folded, *rule;
	} rows[] = {
		{"Đào", "dao", "đ folds to d"},
		{"đào", "dao", "also the small one"},
		{"Nguyễn Thị Đào", "nguyen thi dao", "marks are taken off"},
		{"NGUYỄN THỊ ĐÀO", "nguyen thi dao", "capitals fold"},
		{"Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 \xc4\x90"
		 "a\xcc\x80o",
			"nguyen thi dao", "decomposed text folds alike"},
		{"NGUYEN THI DAO", "nguyen thi dao", "a bank's spelling is its own fold"},
		{"\xc3\x90\xc3\xa0o", "dao", "the look-alike eth folds to d"},
		{"\xc3\xb0\xc3\xa0o", "dao", "the small look-alike too"},
		{"Thúy", "thuy", "old tone placement"},
		{"Thuý", "thuy", "new tone placement"},
		{"Ngô Bảo Ơn Ư", "ngo bao on u", "horns are taken off"},
		{"Lê\xc2\xa0Văn\xe2\x80\x8b Tám", "le van tam",
			"a no-break space is a space, an invisible one nothing"},
		{"  Lê \t Văn\r\n Tám  ", "le van tam", "runs of spaces become one, none at the ends"},
		{"\xef\xbc\xac\xef\xbd\x85 An", "le an", "full-width letters are letters"},
		{"Y Ê-ban", "y e-ban", "a hyphen stays"},
		{"Ksor H'Blang", "ksor h'blang", "an apostrophe stays"},
		{"H’Blang K` Hʼ H‘", "h'blang k' h' h'", "an apostrophe is one, however typed"},
		{"Y Ê‐ban ‑ – — −", "y e-ban - - - -", "so is a hyphen"},
		{"H'Ƀlang", "h'blang", "ƀ folds to b, as banks print it"},
		{"Niê Ơ\u0306 Ƀuôn Čư", "nie o buon cu",
			"letters of the minority languages lose their marks"},
		{"L\u202ean\u2066 \u2060A\ufeffnh", "lan anh",
			"direction, joiners and a byte order mark are nothing"},
		{"Lan\u2028Anh\u3000Thu\u202fB", "lan anh thu b", "every space is a space"},
		{"Straße", "strasse", "case folding is Unicode's"},
	};
	CLEANUP(arena_drop) struct arena *a = arena_new();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *out = NULL;
		struct why why = {0};

		ok(name_fold(a, bytes_z(rows[i].name), &out, &why), "%s: it folds", rows[i].rule);
		is_str(out, rows[i].folded, "%s", rows[i].rule);
	}
}

static void test_refused(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	char longest[NAME_MAX_BYTES + 1];
	const char *out = "untouched";
	struct why why;

	ok(!name_fold(a,
		   bytes_z("Nguy\xea"
			   "n"),
		   &out, &why) &&
			why_is(&why, "utf8_invalid"),
		"bad UTF-8 is refused");
	ok(!name_fold(a, bytes_of("Lan\0x", 5), &out, &why) && why_is(&why, "name_control"),
		"a NUL is refused");
	ok(!name_fold(a, bytes_z("Lan\x1b"), &out, &why) && why_is(&why, "name_control"),
		"a control byte is refused");
	ok(!name_fold(a, bytes_z("Lan\xc2\x85"), &out, &why) && why_is(&why, "name_control"),
		"a C1 control of a legacy font is refused");
	ok(!name_fold(a, bytes_z(""), &out, &why) && why_is(&why, "name_empty"), "an empty name is refused");
	ok(!name_fold(a, bytes_z(" \xc2\xa0 "), &out, &why) && why_is(&why, "name_empty"),
		"a name of spaces is refused");
	ok(!name_fold(a, bytes_z("\xe2\x80\x8b"), &out, &why) && why_is(&why, "name_empty"),
		"an invisible name is refused");
	memset(longest, 'a', sizeof(longest));
	ok(name_fold(a, bytes_of(longest, NAME_MAX_BYTES), &out, &why), "a name of %d bytes folds",
		NAME_MAX_BYTES);
	ok(!name_fold(a, bytes_of(longest, NAME_MAX_BYTES + 1), &out, &why) && why_is(&why, "name_too_long"),
		"a longer one is refused");
	memset(longest, ' ', sizeof longest);
	for (size_t i = 0; i < 20; i++)
		memcpy(longest + 3 * i, "\xef\xb7\xba", 3);
	ok(!name_fold(a, bytes_of(longest, NAME_MAX_BYTES), &out, &why) && why_is(&why, "name_too_long"),
		"one that folds to more is refused");
	ok(name_has_eth(bytes_z("\xc3\x90\xc3\xa0o")) && !name_has_eth(bytes_z("Đào")), "eth is told from Đ");
}

static void test_grade(void)
{
	static const struct {
		const char *a, *b;
		enum name_grade grade;
		const char *rule;
	} rows[] = {
		{"Nguyễn Thị Đào", "Nguyễn Thị Đào", NAME_EXACT, "itself"},
		{"Nguyễn Thị Đào", "NGUYỄN  THỊ ĐÀO ", NAME_EXACT, "letter case and spaces do not count"},
		{"Nguyễn Thị Đào",
			"Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 \xc4\x90"
			"a\xcc\x80o",
			NAME_EXACT, "NFD equals NFC"},
		{"Y Ê-ban", "Y Ê-ban", NAME_EXACT, "a minority name"},
		{"Thúy", "Thuý", NAME_TONE_VARIANT, "Thúy and Thuý"},
		{"Lê Thị Hòa", "LÊ THỊ HOÀ", NAME_TONE_VARIANT, "Hòa and Hoà, in capitals"},
		{"Hòa Khỏe Thủy", "Hoà Khoẻ Thuỷ", NAME_TONE_VARIANT, "three in a row"},
		{"Thúy-Hòa", "Thuý-Hoà", NAME_TONE_VARIANT, "a hyphen ends a syllable"},
		{"Thúy", "Thùy", NAME_FOLDED, "another tone is another name, the same only without accents"},
		{"Quý", "Qúy", NAME_FOLDED, "after q there is one place only"},
		{"Hoàn", "Hòan", NAME_FOLDED, "a closed rhyme has one place only"},
		{"Nguyễn Thị Đào", "NGUYEN THI DAO", NAME_FOLDED, "a bank's spelling"},
		{"Đào", "\xc3\x90\xc3\xa0o", NAME_FOLDED, "the look-alike eth is not exact"},
		{"Đào", "Dào", NAME_FOLDED, "d is not đ"},
		{"Y Ê-ban", "Y E BAN", NAME_FOLDED, "a bank drops the hyphen"},
		{"Ksor H'Blang", "KSOR HBLANG", NAME_FOLDED, "a bank drops the apostrophe"},
		{"Ksor H'Blang", "KSOR H BLANG", NAME_FOLDED, "or makes it a space"},
		{"Ksor H'Blang", "Ksor H’Blang", NAME_EXACT, "another apostrophe is the same"},
		{"K'", "K`", NAME_EXACT, "also in a family of one letter"},
		{"Y Ê-ban", "Y Ê‑ban", NAME_EXACT, "another hyphen is the same"},
		{"Y Ê-ban", "Y Ê ban", NAME_FOLDED, "no hyphen is not"},
		{"Ksor H'Ƀlang", "KSOR H BLANG", NAME_FOLDED, "a bank has no ƀ"},
		{"Y Ê-ban", "Ê-ban Y", NAME_PARTIAL, "Y first or last is another order, not the same name"},
		{"Đào", "ĐÀO ", NAME_EXACT, "a name of one word"},
		{"Nguyễn Thị Lan", "Nguyễn Thị Lаn", NAME_DIFFERENT, "a Cyrillic а is no a"},
		{"Nguyễn Thị Lan", "Nguyễn Thị Lαn", NAME_DIFFERENT, "nor is a Greek α"},
		{"Đào", "\u0189ào", NAME_DIFFERENT, "nor is Ɖ a Đ"},
		{"Tế", "Te\u0301\u0302", NAME_FOLDED, "marks in an order that means another letter"},
		{"Tệ", "Te\u0302\u0323", NAME_EXACT, "marks in an order that means the same one"},
		{"Nguyễn Thị Đào", "Đào Nguyễn Thị", NAME_PARTIAL, "the words in another order"},
		{"Nguyễn Thị Đào", "Nguyễn Đào", NAME_PARTIAL, "a middle word is missing"},
		{"Nguyễn Thị Bích Đào", "NGUYEN DAO", NAME_PARTIAL,
			"two middle words are missing, without accents"},
		{"Nguyễn Thị Đào", "Đào", NAME_DIFFERENT, "one word in common is no name"},
		{"Nguyễn Thị Đào", "Nguyễn Thị Lan", NAME_DIFFERENT, "another given name"},
		{"Nguyễn Thị Đào", "Nguyễn Thị Đạo Lan Anh", NAME_PARTIAL,
			"all words, without accents, and more"},
		{"An An Bình", "An Bình Bình", NAME_DIFFERENT, "words are counted"},
		{"Lan Anh", "Lananh", NAME_DIFFERENT, "spaces count where nothing was dropped"},
		{"", "", NAME_DIFFERENT, "no name is nobody's"},
		{"\xcc\x81", "\xcc\x81", NAME_DIFFERENT, "a mark without a letter is no name"},
		{"Lan", "La\xff", NAME_DIFFERENT, "bad bytes are nobody's"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		is_str(name_grade_text(name_grade(bytes_z(rows[i].a), bytes_z(rows[i].b))),
			name_grade_text(rows[i].grade), "%s: %s", rows[i].rule,
			name_grade_text(rows[i].grade));
		is_str(name_grade_text(name_grade(bytes_z(rows[i].b), bytes_z(rows[i].a))),
			name_grade_text(rows[i].grade), "and the other way round");
	}
}

/* data/vietnam/tone_placement_variants.csv: a consonant before each rhyme gives two spellings of one name. */
static void test_all_tone_places(void)
{
	static const char *const pairs[][2] = {{"hòa", "hoà"}, {"hóa", "hoá"}, {"hỏa", "hoả"}, {"hõa", "hoã"},
		{"họa", "hoạ"}, {"hòe", "hoè"}, {"hóe", "hoé"}, {"hỏe", "hoẻ"}, {"hõe", "hoẽ"},
		{"họe", "hoẹ"}, {"thùy", "thuỳ"}, {"thúy", "thuý"}, {"thủy", "thuỷ"}, {"thũy", "thuỹ"},
		{"thụy", "thuỵ"}};

	for (size_t i = 0; i < COUNT_OF(pairs); i++)
		is_i64(name_grade(bytes_z(pairs[i][0]), bytes_z(pairs[i][1])), NAME_TONE_VARIANT,
			"%s and %s are one name", pairs[i][0], pairs[i][1]);
}

static void test_letters(void)
{
	static const struct {
		const char *name;
		bool foreign, hidden;
		const char *rule;
	} rows[] = {
		{"Nguyễn Thị Đào", false, false, "Vietnamese"},
		{"Nguye\u0302\u0303n Thi\u0323 \u0110a\u0300o", false, false, "in parts"},
		{"Nguyê\u0303n Thị Đào", false, false, "half in parts"},
		{"Y Ê-ban", false, false, "a minority name"},
		{"Ksor H'Blang", false, false, "its apostrophe"},
		{"H’Ƀlang Niê Hʼ H‘ K`", false, false, "and the apostrophe's look-alikes"},
		{"Y Ê‑ban–Niê", false, false, "and the hyphen's"},
		{"Bŭn Krông Čư Ñơng Kpă Hbĭa Lŏ Đĕ", false, false, "letters of the minority languages"},
		{"Ơ\u0306 Ê\u0306 Ư\u0306\u0301", false, false,
			"their marks that have no letter of their own"},
		{"\u00d0ào", false, false, "eth is warned of by itself"},
		{"Nguyễn Thị Lаn", true, false, "a Cyrillic а"},
		{"ΝGUYỄN", true, false, "a Greek Ν"},
		{"\u0189ào", true, false, "an African Ɖ, which looks like Đ"},
		{"\u01c0an", true, false, "a click ǀ, which looks like l"},
		{"B\u0131ch", true, false, "an i without its dot"},
		{"ＬＡＮ", true, false, "full-width letters"},
		{"𝐋an", true, false, "a letter of mathematics"},
		{"NguyÔn", true, false, "an old font"},
		{"L\u00adu", true, false, "its ư, which Unicode calls a soft hyphen"},
		{"Te\u0301\u0302", true, false, "a circumflex behind its tone"},
		{"\u0301Lan", true, false, "a mark without a letter"},
		{"La\u0301\u0300n", true, false, "two tones on one letter"},
		{"La\u0306\u0308\u0306\u0308n", true, false, "marks upon marks"},
		{"d\u0335ao", true, false, "a stroke laid over a d"},
		{"L´an", true, false, "an accent of its own"},
		{"Lan™", true, false, "a sign"},
		{"Nguyễn\u200bThị", true, true, "a space of no width"},
		{"Nguyễn\u200d Lan", true, true, "a joiner"},
		{"Lan\ufeff Anh", true, true, "a byte order mark in the middle"},
		{"Lan\u202eAnh", true, true, "an order to write from the right"},
		{"\u2066Lan\u2069", true, true, "an isolated direction"},
		{"Lan\u200e", true, true, "a mark of direction"},
		{"Lan\u034fAnh", true, true, "a joiner of marks"},
		{"Lan\ufe0f", true, true, "a variation"},
		{"Lan\ue000", true, true, "a private letter"},
		{"Lan\U000e0041", true, true, "a tag"},
		{"Lan\u3164Anh", true, true, "a filler"},
		{"Lan\u0378", true, true, "a letter that nobody assigned"},
		{"Lan\u00a0Anh", true, false, "a no-break space is a space that tidying has missed"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bytes name = bytes_z(rows[i].name);

		ok(name_has_foreign_letter(name) == rows[i].foreign, "%s: %s", rows[i].rule,
			rows[i].foreign ? "foreign" : "a name's");
		ok(name_has_hidden(name) == rows[i].hidden, "%s: %s", rows[i].rule,
			rows[i].hidden ? "hidden" : "seen");
	}
}

/* Names that differ in letter case only take a short way. A hyphen closes it: what is exact one way must be so the other. */
static void test_capitals(void)
{
	size_t wrong = 0, exact = 0;

	for (unsigned c = 0xc0; c < 0x1f00; c = c == 0x24f ? 0x1ea0 : c + 1) {
		for (unsigned d = c; d < 0x1f00; d = d == 0x24f ? 0x1ea0 : d + 1) {
			char name[4][16];

			for (size_t i = 0; i < 4; i++) {
				unsigned x = i & 1 ? d : c;
				char *to = name[i];

				if (x < 0x800)
					snprintf(to, 16, "L%c%c%c%s", 0xc0 | (int)(x >> 6),
						0x80 | (int)(x & 0x3f), i & 1 ? 'N' : 'n',
						i < 2 ? " A" : "-A");
				else
					snprintf(to, 16, "L%c%c%c%c%s", 0xe0 | (int)(x >> 12),
						0x80 | (int)(x >> 6 & 0x3f), 0x80 | (int)(x & 0x3f),
						i & 1 ? 'N' : 'n', i < 2 ? " A" : "-A");
			}
			/* What is not exact the short way has gone the long one. */
			if (name_grade(bytes_z(name[0]), bytes_z(name[1])) != NAME_EXACT)
				continue;
			exact++;
			wrong += name_grade(bytes_z(name[2]), bytes_z(name[3])) != NAME_EXACT;
		}
	}
	is_i64((int64_t)wrong, 0, "two names that differ in letter case only are exact, and no others");
	ok(exact > 700, "among them each letter of extended Latin and its capital");
}

/* ---- any name ------------------------------------------------------------------------------------------------------ */

enum {
	LAW_FOLD,
	LAW_FOLD_TWICE,
	LAW_FORMS_FOLD,
	LAW_FORMS_EXACT,
	LAW_PLACES,
	LAW_BANK,
	LAW_SYMMETRIC,
	LAW_SAME_FOLD,
	LAW_FORM_OF_GRADE,
	LAW_AT_BEST,
	LAW_OWN_LETTERS,
	LAW_HIDDEN,
	LAW_HOMOGLYPH,
	LAWS
};

static const char *const laws[LAWS] = {
	[LAW_FOLD] = "a name folds to its small letters without marks",
	[LAW_FOLD_TWICE] = "a fold folds to itself",
	[LAW_FORMS_FOLD] = "capitals, small letters and letters in parts, in any order of marks, fold alike",
	[LAW_FORMS_EXACT] = "and are exact, both ways",
	[LAW_PLACES] = "another place of a tone is a tone variant, in capitals and in parts too",
	[LAW_BANK] = "a bank's spelling is the same folded, or exact where there was nothing to fold",
	[LAW_SYMMETRIC] = "likeness has no direction",
	[LAW_SAME_FOLD] = "exact and tone variants have one fold",
	[LAW_FORM_OF_GRADE] = "how alike two names are does not depend on how they are typed",
	[LAW_AT_BEST] =
		"names that differ without their marks are partial at best, but for hyphens and apostrophes",
	[LAW_OWN_LETTERS] = "no name has a foreign or a hidden letter",
	[LAW_HIDDEN] = "with an invisible character in it every name has, and still is seen to be the same",
	[LAW_HOMOGLYPH] = "with a look-alike in it every name has, and is another name",
};
static size_t broken[LAWS];

static void law(int which, bool holds, const char *a, const char *b)
{
	if (!holds && broken[which]++ == 0)
		note("%s: %s / %s", laws[which], a, b);
}

static enum name_grade grade(const char *a, const char *b)
{
	return name_grade(bytes_z(a), bytes_z(b));
}

static void check_forms(
	struct arena *a, const struct made *m, char form[static FORMS][NAME_TEXT], uint64_t *seed)
{
	const char *fold = NULL, *again = NULL;
	char whole[NAME_TEXT], other[NAME_TEXT];
	const char *x = form[FORM_STORED], *plain = form[FORM_PLAIN],
		   *drawn = form[made_draw(seed, FORM_PLAIN)];
	bool ascii = strcmp(form[FORM_SMALL], plain) == 0;

	for (enum form f = FORM_STORED; f < FORM_PLAIN; f++) {
		bool folds = name_fold(a, bytes_z(form[f]), &fold, NULL);

		law(f == FORM_STORED ? LAW_FOLD : LAW_FORMS_FOLD, folds && strcmp(fold, plain) == 0, form[f],
			plain);
		law(LAW_OWN_LETTERS,
			!name_has_foreign_letter(bytes_z(form[f])) && !name_has_hidden(bytes_z(form[f])),
			form[f], "");
	}
	law(LAW_FOLD_TWICE, name_fold(a, bytes_z(plain), &again, NULL) && strcmp(again, plain) == 0, plain,
		again);
	made_join(m->other, m->n, whole);
	text_in(whole, (enum form)made_draw(seed, FORM_PLAIN), other);
	law(LAW_FORMS_EXACT, grade(x, drawn) == NAME_EXACT && grade(drawn, x) == NAME_EXACT, x, drawn);
	law(LAW_PLACES, grade(drawn, other) == (m->movable ? NAME_TONE_VARIANT : NAME_EXACT), drawn, other);
	law(LAW_BANK, grade(x, plain) == (ascii ? NAME_EXACT : NAME_FOLDED), x, plain);
}

/* Another name, or this one with a word more, less, changed or moved. */
static struct made near_name(const struct made *m, uint64_t *seed)
{
	struct made near = *m, other = made_name(seed);
	size_t i = made_draw(seed, m->n), j = made_draw(seed, m->n);

	switch (made_draw(seed, 4)) {
	case 0: return other;
	case 1: near.word[i] = other.word[made_draw(seed, other.n)]; break;
	case 2: near.n -= near.n > 1; break;
	case 3:
		near.word[i] = m->word[j];
		near.word[j] = m->word[i];
		break;
	}
	return near;
}

static void check_two(struct arena *a, const struct made *n, char form[static FORMS][NAME_TEXT])
{
	char other[NAME_TEXT], other_parts[NAME_TEXT], other_plain[NAME_TEXT];
	const char *x = form[FORM_STORED], *fold = "", *other_fold = "?";
	enum name_grade g;

	made_join(n->word, n->n, other);
	text_in(other, FORM_CAPITAL_PARTS, other_parts);
	text_in(other, FORM_PLAIN, other_plain);
	g = grade(x, other);
	law(LAW_SYMMETRIC, grade(other, x) == g, x, other);
	law(LAW_FORM_OF_GRADE, grade(form[FORM_OTHER_ORDER], other_parts) == g, x, other);
	law(LAW_SAME_FOLD,
		g > NAME_TONE_VARIANT || (name_fold(a, bytes_z(x), &fold, NULL) &&
						 name_fold(a, bytes_z(other), &other_fold, NULL) &&
						 strcmp(fold, other_fold) == 0),
		x, other);
	if (!strpbrk(x, "-'") && !strpbrk(other, "-'") && strcmp(form[FORM_PLAIN], other_plain) != 0)
		law(LAW_AT_BEST, g >= NAME_PARTIAL, x, other);
}

static void check_strange(const char *x, uint64_t *seed)
{
	static const char *const hidden[] = {"\u200b", "\u200c", "\u200e", "\u202a", "\u202e", "\u2060",
		"\u2069", "\ufeff", "\u034f", "\ufe00"};
	static const char *const looks[][2] = {{"a", "а"}, {"e", "е"}, {"o", "о"}, {"i", "і"}, {"c", "с"},
		{"u", "υ"}, {"H", "Η"}, {"Đ", "\u0189"}};
	char strange[2 * NAME_TEXT + 16];
	size_t at = made_draw(seed, strlen(x) + 1);
	const char *const *look = looks[made_draw(seed, COUNT_OF(looks))];
	const char *where = strstr(x, look[0]);

	while (at > 0 && ((unsigned char)x[at] & 0xc0) == 0x80)
		at--;
	snprintf(strange, sizeof strange, "%.*s%s%s", (int)at, x, hidden[made_draw(seed, COUNT_OF(hidden))],
		x + at);
	law(LAW_HIDDEN,
		name_has_hidden(bytes_z(strange)) && name_has_foreign_letter(bytes_z(strange)) &&
			grade(x, strange) == NAME_EXACT,
		x, strange);
	if (!where)
		return;
	snprintf(strange, sizeof strange, "%.*s%s%s", (int)(where - x), x, look[1], where + strlen(look[0]));
	law(LAW_HOMOGLYPH, name_has_foreign_letter(bytes_z(strange)) && grade(x, strange) >= NAME_PARTIAL, x,
		strange);
}

static void test_any_name(void)
{
	enum { NAMES = 100000 };
	static char form[FORMS][NAME_TEXT];
	struct arena *a = arena_new();
	uint64_t seed = 20240403;
	char whole[NAME_TEXT];

	for (int i = 0; i < NAMES; i++) {
		struct made m = made_name(&seed), n = near_name(&m, &seed);

		made_join(m.word, m.n, whole);
		for (enum form f = FORM_STORED; f < FORMS; f++)
			text_in(whole, f, form[f]);
		check_forms(a, &m, form, &seed);
		check_two(a, &n, form);
		check_strange(form[FORM_STORED], &seed);
		arena_reset(a);
	}
	arena_free(a);
	for (int i = 0; i < LAWS; i++)
		is_i64((int64_t)broken[i], 0, "of %d names: %s", NAMES, laws[i]);
}

int main(void)
{
	letters_make();
	test_fold();
	test_refused();
	test_grade();
	test_letters();
	test_capitals();
	test_all_tone_places();
	test_any_name();
	return done_testing();
}
