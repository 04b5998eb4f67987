/* Names: what folds to what, and how alike two names are. */
#include "ledger/base/name.h"

#include <string.h>

#include "tests/lib/tap.h"

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

int main(void)
{
	test_fold();
	test_refused();
	test_grade();
	test_all_tone_places();
	return done_testing();
}
