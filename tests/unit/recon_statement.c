/* A statement from its pages, and what is kept of the bank's words. */
#include <string.h>

#include "ledger/recon/line_text.h"
#include "ledger/recon/signed_account.h"
#include "ledger/recon/statement.h"
#include "ledger/register/account_hash.h"
#include "tests/lib/tap.h"

static struct statement_head head(int32_t pages, int64_t lines, int64_t opening, int64_t closing)
{
	return (struct statement_head){.pages = pages,
		.line_count = lines,
		.sequence = 7,
		.opening = vnd(opening),
		.closing = vnd(closing)};
}

static struct booked_line line(int64_t n, bool debit, int64_t dong)
{
	return (struct booked_line){.line = n, .debit = debit, .amount = vnd(dong), .entry_ref = "E"};
}

static void pages(void)
{
	struct statement_sums s = {0};
	struct why why = {0};
	struct hash page = {{1}};
	struct vnd gap;
	struct statement_head h = head(2, 3, 1000, 1250);
	struct booked_line first[] = {line(1, false, 500), line(2, true, 200)},
			   second[] = {line(3, true, 50)};
	ok(statement_take(&s, &h, first, 2, &page, &why) && !statement_whole(&s),
		"one of two pages is no whole");
	ok(statement_take(&s, &h, second, 1, &page, &why) && statement_whole(&s), "two of two are");
	ok(statement_gap(&s, &gap) && vnd_is_zero(gap), "1000 + 500 − 200 − 50 is 1250");
	is_i64(vnd_dong(s.debits), 250, "debits are added up");
	ok(!statement_take(&s, &h, second, 1, &page, &why), "a third page of two is refused");

	s = (struct statement_sums){0};
	ok(statement_take(&s, &h, first, 2, &page, &why), "again");
	struct statement_head other = head(2, 3, 1000, 1251);
	ok(!statement_take(&s, &other, second, 1, &page, &why),
		"a page with another closing balance is refused");
	struct booked_line late[] = {line(4, true, 50)};
	ok(!statement_take(&s, &h, late, 1, &page, &why), "so is one whose lines do not follow");
	is_str(why.code, "statement_pages", "by that name");

	s = (struct statement_sums){0};
	h = head(1, 1, 1000, 400);
	ok(statement_take(&s, &h, &(struct booked_line){.line = 1, .debit = true, .amount = vnd(599)}, 1,
		   &page, &why) &&
			statement_gap(&s, &gap),
		"a statement that does not add up is read");
	is_i64(vnd_dong(gap), -1, "and its gap is what lacks");
	s = (struct statement_sums){0};
	h = head(1, 0, 5, 5);
	ok(statement_take(&s, &h, NULL, 0, &page, &why) && statement_whole(&s),
		"a day without lines is whole");
}

static void texts(struct arena *a)
{
	is_str(line_text(a, "CHUYEN TIEN", "toi 100900000077 so 12345"),
		"CHUYEN TIEN toi ............ so 12345",
		"six digits and more in a row are masked, five are not");
	is_str(line_text(a, NULL, NULL), "", "no words are no words");
	is_str(line_text(a, "A", NULL), "A", "one text stands alone");
	char lots[1201];
	memset(lots, 'x', sizeof lots - 1);
	lots[sizeof lots - 1] = '\0';
	is_i64((int64_t)strlen(line_text(a, lots, NULL)), LINE_TEXT_MAX, "a long text is cut");
	for (size_t i = 0; i + 2 < sizeof lots; i += 2)
		memcpy(lots + i, "đ", 2);
	is_i64((int64_t)strlen(line_text(a, "x", lots)) % 2, 0, "between two characters");

	ok(line_refers("KB-2024-04-0117 CAP KINH PHI", "KB-2024-04-0117"),
		"a reference at the beginning is found");
	ok(line_refers("ung theo tamung-vnpost-202404.", "TAMUNG-VNPOST-202404"),
		"in the middle, in any case");
	ok(!line_refers("KB-2024-04-01170", "KB-2024-04-0117"), "not as a part of a longer number");
	ok(!line_refers("XKB-2024-04-0117", "KB-2024-04-0117"), "nor of a longer word");
	ok(line_refers("KB-2024-04-01170 KB-2024-04-0117", "KB-2024-04-0117"), "a later place counts too");
	ok(!line_refers(NULL, "KB") && !line_refers("KB", ""), "nothing refers to nothing");

	char id[E2E_ID_SIZE];
	ok(line_leading_id("7Q2M4XK9C0V3H8T5RZ1 TRO CAP", id), "an id that a remittance begins with is read");
	is_str(id, "7Q2M4XK9C0V3H8T5RZ1", "whole");
	ok(!line_leading_id("7Q2M4XK9C0V3H8T5RZ12", id), "a longer word is none");
	ok(!line_leading_id("CHI 7Q2M4XK9C0V3H8T5RZ1", id), "nor one further behind");
	ok(!line_leading_id("7Q2M4XK9C0V3H8T5RZ", id) && !line_leading_id(NULL, id), "nor a short one");
}

static void accounts(void)
{
	struct hash16 salt = {{7}}, other = {{8}};
	struct hash signed_hash = account_hash(&salt, "DEMO", "200100000345");
	ok(signed_account_fits(&signed_hash, "DEMO", &salt, "200100000345"), "the signed account fits");
	ok(!signed_account_fits(&signed_hash, "DEMO", &salt, "200100000346"), "another number does not");
	ok(!signed_account_fits(&signed_hash, "DEMOX", &salt, "200100000345"),
		"nor the number at another bank");
	ok(!signed_account_fits(&signed_hash, "DEMO", &other, "200100000345"), "nor another salt");
	ok(!signed_account_fits(&signed_hash, NULL, &salt, "200100000345"), "cash has no account");
}

int main(void)
{
	struct arena *a = arena_new();
	pages();
	texts(a);
	accounts();
	arena_free(a);
	return done_testing();
}
