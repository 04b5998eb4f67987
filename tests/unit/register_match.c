/* Whose account is it: which names pass with which second link. */
#include <string.h>

#include "ledger/register/match.h"
#include "tests/lib/tap.h"

static struct day day_z(const char *text)
{
	struct day d;
	if (!day_parse(bytes_z(text), &d))
		bug("%s", text);
	return d;
}

static struct match_asked own(const char *bank_holder, bool id_match)
{
	return (struct match_asked){.own = true,
		.status = "open",
		.person = "Nguyễn Thị Thuỷ",
		.holder = "gì cũng được",
		.bank_holder = bank_holder,
		.id_match = id_match,
		.pay_day = day_z("2024-04-03")};
}

static bool passes(struct match_asked asked)
{
	return match_judge(&asked).passes;
}

/* Stripped equality alone never passes: every grade, with the bank's word for the ID and without, whatever else is so. */
static void no_name_alone(void)
{
	static const struct {
		const char *person, *bank;
		enum name_grade grade;
		bool with_id;
	} rows[] = {
		{"Nguyễn Thị Thuỷ", "NGUYỄN THỊ THUỶ", NAME_EXACT, true},
		{"Nguyễn Thị Thuỷ", "Nguyễn Thị Thủy", NAME_TONE_VARIANT, true},
		{"Nguyễn Thị Thuỷ", "NGUYEN THI THUY", NAME_FOLDED, true},
		{"Nguyễn Thị Thuỷ", "Nguyễn Thị Thúy", NAME_FOLDED, true},
		{"Y Ê-ban", "Y Ê‑BAN", NAME_EXACT, true},
		{"Y Ê-ban", "Y EBAN", NAME_FOLDED, true},
		{"Ksor H'Blang", "KSOR H’BLANG", NAME_EXACT, true},
		{"Ksor H’Ƀlang", "KSOR HBLANG", NAME_FOLDED, true},
		{"K'", "K`", NAME_EXACT, true},
		{"Đào", "DAO", NAME_FOLDED, true},
		{"Đào", "\u0110\u0103o", NAME_FOLDED, true},
		{"Đào", "\u00d0ào", NAME_FOLDED, true},
		{"Y Ê-ban", "Ê-BAN Y", NAME_PARTIAL, false},
		{"Rơ Châm Lan", "LAN RO CHAM", NAME_PARTIAL, false},
		{"Nguyễn Thị Lan", "Nguyễn Thị Lаn", NAME_DIFFERENT, false},
		{"K'", "K H", NAME_DIFFERENT, false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct match_asked a = own(rows[i].bank, true);
		a.person = rows[i].person;
		struct match_verdict v = match_judge(&a);
		ok(v.grade == rows[i].grade && v.passes == rows[i].with_id,
			"with the ID, %s is %s for %s: %s", rows[i].bank, name_grade_text(rows[i].grade),
			rows[i].person, rows[i].with_id ? "passes" : "a person judges");
		a.id_match = false;
		v = match_judge(&a);
		ok(v.grade == rows[i].grade && !v.linked && !v.passes, "without it, it does not pass");
		a.authority = true;
		ok(!match_judge(&a).passes, "nor by a document: the account is the person's own");
		a.own = false;
		a.holder = rows[i].person;
		a.authority = false;
		a.id_match = true;
		ok(!match_judge(&a).passes, "nor as another's account without a document");
	}
}

int main(void)
{
	ok(passes(own("Nguyễn Thị Thuỷ", true)), "the same name and the bank's word for the ID pass");
	ok(passes(own("Nguyễn Thị Thủy", true)), "so does the other placement of a tone");
	ok(passes(own("NGUYEN THI THUY", true)), "so does a name without accents");
	ok(!passes(own("NGUYEN THI", true)), "a name that lacks a word does not");
	ok(!passes(own("THUY THI NGUYEN", true)), "nor do its words in another order");
	ok(!passes(own("TRAN VAN A", true)), "nor does another name");
	ok(!passes(own(NULL, true)), "nor does no name");
	ok(!passes(own("Nguyễn Thị Thuỷ", false)), "a name alone, however exact, passes no account");

	struct match_asked a = own("NGUYEN THI THUY", true);
	a.status = "closed";
	ok(!passes(a), "a closed account does not pass");

	struct match_asked d = {.own = false,
		.status = "open",
		.person = "Nguyễn Thị Thuỷ",
		.holder = "Phạm Văn Hậu",
		.bank_holder = "PHAM VAN HAU",
		.id_match = false,
		.authority = true,
		.authority_ends = true,
		.authority_until = day_z("2024-04-03"),
		.pay_day = day_z("2024-04-03")};
	ok(passes(d), "a delegate passes by his document, on its last day too");
	d.pay_day = day_z("2024-04-04");
	ok(!passes(d), "not on the day after");
	d.authority_ends = false;
	ok(passes(d), "a document without an end does not end");
	d.bank_holder = "NGUYEN THI THUY";
	ok(!passes(d), "the account must be the delegate's");
	d.bank_holder = "PHAM VAN HAU";
	d.authority = false;
	d.id_match = true;
	ok(!passes(d), "the bank's word for the ID is no authority");

	is_str(match_problem(true, "closed", "exact", false), "account_closed",
		"a closed account needs another");
	is_str(match_problem(true, "not_found", "different", false), "account_closed",
		"so does one that is not there");
	is_str(match_problem(true, "open", "partial", false), "account_name",
		"a name that fits half is a person's to judge");
	is_str(match_problem(true, "open", "folded", false), "account_id",
		"a fitting name without the bank's word is too");
	is_str(match_problem(false, "open", "folded", false), "authority_over",
		"a document that ended must be renewed");
	no_name_alone();
	return done_testing();
}
