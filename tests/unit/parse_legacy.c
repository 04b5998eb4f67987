/* Text from before Unicode and numbers of workbooks, by vectors of others: glibc's iconv made those of TCVN3 and Windows-1258 (cited with
 * each), Excel's documentation those of days. */
#include <stdio.h>
#include <string.h>

#include "daemon/parse/legacy.h"
#include "daemon/parse/tidy.h"
#include "daemon/parse/xlsx_number.h"
#include "tests/lib/tap.h"

static struct arena *a;

/* The decoded text in NFC; "?" when it cannot be. */
static const char *decoded(enum legacy l, const char *text)
{
	struct bytes out;
	bool changed;
	if (!legacy_decode(l, a, bytes_z(text), &out, &changed))
		return "?";
	struct bytes tidy = tidy_cell(a, out);
	return arena_strndup(a, (const char *)tidy.at, tidy.n);
}

static void letters(void)
{
	/* printf 'Nguyễn Thị Đào' | iconv -t TCVN | iconv -f LATIN1 */
	is_str(decoded(LEGACY_TCVN3, "NguyÔn ThÞ §µo"), "Nguyễn Thị Đào", "TCVN3 is decoded");
	is_str(decoded(LEGACY_TCVN3, "L\xc2\xad"
				     "u B\xc2\xad\xc3\xab"
				     "i"),
		"Lưu Bưởi", "also its ư, which Unicode calls a soft hyphen");
	is_str(decoded(LEGACY_TCVN3, "H\xc3\x83"), "?",
		"a byte that no .VnTime letter has is not guessed at");
	is_str(decoded(LEGACY_VNI, "Nguyeãn Thò Ñaøo"), "Nguyễn Thị Đào", "VNI is decoded");
	is_str(decoded(LEGACY_VNI, "Höôùng ÑÖÔØNG Myõ Quyønh Lyù Thuûy Laân Baèng"),
		"Hướng ĐƯỜNG Mỹ Quỳnh Lý Thủy Lân Bằng", "letters with two marks, and capitals");
	is_str(decoded(LEGACY_VNI, "øa"), "?", "a mark without its letter means nothing");
	/* printf 'Nguyễn Thị Đào' | iconv -t CP1258 | iconv -f LATIN1 */
	is_str(decoded(LEGACY_CP1258, "NguyêÞn Thiò Ðào"), "Nguyễn Thị Đào", "Windows-1258 is decoded");
	is_str(decoded(LEGACY_TCVN3, "Nguyễn Thị Đào"), "Nguyễn Thị Đào",
		"what is Unicode is never decoded twice");
	is_str(decoded(LEGACY_TCVN3, "Nguyen Thi Dao"), "Nguyen Thi Dao", "nor what has no marks");
	ok(legacy_of_font(bytes_z(".VnTimeH")) == LEGACY_TCVN3 &&
			legacy_of_font(bytes_z("VNI-Times")) == LEGACY_VNI &&
			legacy_of_font(bytes_z("Times New Roman")) == LEGACY_NONE,
		"a font says which");
}

static const char *number(const char *value, enum xlsx_format f, bool from_1904)
{
	static char out[XLSX_NUMBER_SIZE];
	struct bytes text = xlsx_number(bytes_z(value), f, from_1904, out);
	return arena_strndup(a, (const char *)text.at, text.n);
}

static void numbers(void)
{
	static const struct {
		const char *value;
		enum xlsx_format format;
		const char *text;
	} table[] = {
		{"360000", FORMAT_NUMBER, "360000"},
		{"9.9143000102E10", FORMAT_NUMBER, "99143000102"},
		{"3.6E5", FORMAT_NUMBER, "360000"},
		{"2055000.0000000002", FORMAT_NUMBER, "2055000"},
		{"0.1", FORMAT_NUMBER, "0.1"},
		{"-0.00025", FORMAT_NUMBER, "-0.00025"},
		{"999999999999999.9", FORMAT_NUMBER, "1000000000000000"},
		{"1E400", FORMAT_NUMBER, "1E400"},
		{"0", FORMAT_NUMBER, "0"},
		{"abc", FORMAT_NUMBER, "abc"},
		{"", FORMAT_NUMBER, ""},
		{"0.39", FORMAT_PERCENT, "39%"},
		{"1", FORMAT_DAY, "01/01/1900"},
		{"59", FORMAT_DAY, "28/02/1900"},
		{"60", FORMAT_DAY, "29/02/1900"},
		{"61", FORMAT_DAY, "01/03/1900"},
		{"45385.75", FORMAT_DAY, "03/04/2024"},
		{"45385", FORMAT_MONTH, "04/2024"},
		{"45385", FORMAT_YEAR, "2024"},
		{"-1", FORMAT_DAY, "-1"},
		{"99999999", FORMAT_DAY, "99999999"},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		is_str(number(table[i].value, table[i].format, false), table[i].text, "«%s» in format %d",
			table[i].value, (int)table[i].format);
	/* Microsoft: 5 July 1998 is 35981 in the one and 34519 in the other. */
	is_str(number("35981", FORMAT_DAY, false), "05/07/1998", "days from 1900");
	is_str(number("34519", FORMAT_DAY, true), "05/07/1998", "days from 1904");
}

static void formats(void)
{
	static const struct {
		const char *code;
		enum xlsx_format format;
	} table[] = {
		{"General", FORMAT_NUMBER},
		{"#,##0", FORMAT_NUMBER},
		{"dd/mm/yyyy;@", FORMAT_DAY},
		{"[$-42A]dd\\/mm\\/yyyy", FORMAT_DAY},
		{"\"ngày\" dd \"tháng\" mm", FORMAT_DAY},
		{"mm/yyyy", FORMAT_MONTH},
		{"yyyy", FORMAT_YEAR},
		{"0.00%", FORMAT_PERCENT},
		{"#,##0 \"đồng/ngày\"", FORMAT_NUMBER},
		{"#,##0[Red]", FORMAT_NUMBER},
		{"h:mm:ss", FORMAT_NUMBER},
		{"\"", FORMAT_NUMBER},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		is_i64(xlsx_format_of_code(bytes_z(table[i].code)), table[i].format, "the format %s",
			table[i].code);
	ok(xlsx_format_of_id(14) == FORMAT_DAY && xlsx_format_of_id(0) == FORMAT_NUMBER &&
			xlsx_format_of_id(9) == FORMAT_PERCENT,
		"formats without a code");
}

int main(void)
{
	a = arena_new();
	letters();
	numbers();
	formats();
	arena_free(a);
	return done_testing();
}
