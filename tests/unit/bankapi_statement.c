/* Statement pages, credits of the open day and account inquiries, as chitra_json tells them. */
#include "bankapi/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/tap.h"

static const struct driver *d;
static struct arena *a;

static struct heard heard(const char *body)
{
	return (struct heard){.authentic = true, .status = 200, .body = bytes_z(body)};
}

/* ---- statements ---- */

#define HEAD(page, pages, lines)                                                                             \
	"{\"message_id\":\"S-1\",\"account\":\"110000000001\",\"date\":\"2024-04-03\",\"currency\":\"VND\"," \
	"\"page\":" page ",\"pages\":" pages ",\"line_count\":" lines                                        \
	",\"opening_balance\":0,\"closing_balance\":7188000,\"sequence\":1,\"lines\":["
#define CREDIT                                                                                                    \
	"{\"entry_ref\":\"DEMO-240403-1\",\"line\":1,\"direction\":\"credit\",\"amount\":10000000,"               \
	"\"value_date\":\"2024-04-03\",\"kind_text\":\"KHO BAC CHUYEN TIEN\",\"counterparty_account\":\"KB701\"," \
	"\"remittance\":\"LENH CAP KINH PHI 04/2024\"}"
#define PAID                                                                                                 \
	"{\"entry_ref\":\"DEMO-240403-2\",\"line\":2,\"direction\":\"debit\",\"amount\":2789000,"            \
	"\"value_date\":\"2024-04-03\",\"kind_text\":\"CHI TRA\",\"end_to_end_id\":\"7Q2M4XK9C0V3H8T5RZ1\"," \
	"\"counterparty_account\":\"200100000345\",\"remittance\":\"7Q2M4XK9C0V3H8T5RZ1 TRO CAP\","          \
	"\"bank_reference\":\"DEMO240403000000017\"}"
#define FEE_(more)                                                                              \
	"{\"entry_ref\":\"DEMO-240403-3\",\"line\":3,\"direction\":\"debit\",\"amount\":23000," \
	"\"value_date\":\"2024-04-03\",\"kind_text\":\"PHI DICH VU\"" more "}"
#define FEE FEE_("")
#define PART(amount) \
	"{\"end_to_end_id\":\"0B6W1N8J4D2YFGE7KSA\",\"amount\":" amount ",\"counterparty_account\":\"2\"}"
#define PAGE(lines) HEAD("1", "1", "3") lines "]}"

static void page_of(const char *body, int32_t page, struct statement_page *out)
{
	struct heard h = heard(body);
	struct statement_request ask = {.message_id = "S-1", .account = "110000000001", .page = page};

	if (!day_of_ymd(2024, 4, 3, &ask.date))
		abort();
	d->decode_statement_page(&ask, &h, a, out);
}

static void test_page(void)
{
	struct statement_page p;

	page_of(PAGE(CREDIT "," PAID "," FEE), 1, &p);
	is_i64(p.verdict.says, MESSAGE_ANSWERED, "a statement's page is read");
	is_i64((int64_t)p.n, 3, "with its lines");
	is_i64(vnd_dong(p.closing), 7188000, "and its closing balance");
	is_i64(p.sequence, 1, "and its number");
	ok(!p.lines[0].is_debit && p.lines[1].is_debit, "credits and debits are told apart");
	is_str(p.lines[0].e2e, "", "a line without an id has none");
	is_str(p.lines[0].account.text, "KB701", "a counterparty is kept");
	is_str(p.lines[0].remittance, "LENH CAP KINH PHI 04/2024", "and the text");
	is_str(p.lines[1].e2e, "7Q2M4XK9C0V3H8T5RZ1", "a payment's debit has its id");
	is_i64(vnd_dong(p.lines[1].amount), 2789000, "and its amount");
	is_str(p.lines[1].bank_reference, "DEMO240403000000017", "and the bank's reference");
	is_str(p.lines[2].entry_ref, "DEMO-240403-3", "each line has its entry reference");
	ok(p.lines[2].remittance == NULL, "an absent text is absent");

	page_of("{\"message_id\":\"S-1\",\"account\":\"110000000001\",\"date\":\"2024-04-03\",\"currency\":\"VND\","
		"\"page\":1,\"pages\":1,\"line_count\":0,\"opening_balance\":-5,\"closing_balance\":-5,"
		"\"sequence\":9,\"lines\":[]}",
		1, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.n == 0 && vnd_dong(p.opening) == -5,
		"a day without movement is a page without lines");
	page_of(PAGE(CREDIT "," PAID "," FEE_(",\"details\":[" PART("22999") "," PART("1") "]")), 1, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.lines[2].parts_n == 2 &&
			vnd_dong(p.lines[2].parts[0].amount) == 22999,
		"a debit of several payments has its parts");
}

static const struct {
	const char *title;
	const char *body;
	const char *code;
	const char *text; /* a part of the reason */
} bad_pages[] = {
	{"a page of another account", "{\"message_id\":\"S-1\",\"account\":\"1\"}", "reply_of_another",
		"account"},
	{"a page without its last line", PAGE(CREDIT "," PAID), "lines_missing",
		"2 lines from line 1, the statement has 3"},
	{"a page with a line too many", PAGE(CREDIT "," PAID "," FEE "," FEE), "lines_missing", "4 lines"},
	{"a first page that begins with line 2", PAGE(PAID "," FEE), "lines_missing", "from line 2"},
	{"lines out of order", PAGE(CREDIT "," FEE "," PAID), "bad_value", "line 2"},
	{"a line twice", PAGE(CREDIT "," PAID "," PAID), "bad_value", "line 3"},
	{"another page than was asked for", HEAD("2", "2", "5003") CREDIT "," PAID "," FEE "]}", "bad_value",
		"page"},
	{"a page beyond the pages", HEAD("1", "0", "0") "]}", "bad_value", "pages"},
	{"more pages than lines", HEAD("1", "4", "3") CREDIT "," PAID "," FEE "]}", "bad_value",
		"does not fit"},
	{"a page that leaves no line for the next", HEAD("1", "2", "3") CREDIT "," PAID "," FEE "]}",
		"lines_missing", "page 1 of 2"},
	{"an empty page of a statement with lines", HEAD("1", "2", "3") "]}", "lines_missing", "0 lines"},
	{"parts that do not add up",
		PAGE(CREDIT "," PAID "," FEE_(",\"details\":[" PART("1") "," PART("1") "]")), "bad_value",
		"add up"},
	{"a single part", PAGE(CREDIT "," PAID "," FEE_(",\"details\":[" PART("23000") "]")), "bad_value",
		"details"},
	{"parts beside an id",
		PAGE(CREDIT "," PAID "," FEE_(",\"end_to_end_id\":\"0B6W1N8J4D2YFGE7KSA\",\"details\":[" PART(
			"22999") "," PART("1") "]")),
		"bad_value", "details"},
	{"a return on a debit", PAGE(CREDIT "," PAID "," FEE_(",\"returned_reason\":\"AC04\"")), "bad_value",
		"returned_reason"},
	{"a line with a broken id", PAGE(CREDIT "," PAID "," FEE_(",\"end_to_end_id\":\"0B6W\"")),
		"bad_value", "line 3"},
	{"a page that is cut", HEAD("1", "1", "3") CREDIT "," PAID, "json_malformed", ""},
	{"an answer to another request", "{\"message_id\":\"S-2\"}", "reply_of_another", ""},
};

#define LINE_WITH(direction, amount, date)                                                    \
	HEAD("1", "1", "1")                                                                   \
	"{\"entry_ref\":\"E1\",\"line\":1,\"direction\":\"" direction "\",\"amount\":" amount \
	",\"value_date\":\"" date "\",\"kind_text\":\"X\"}]}"

static void test_bad_pages(void)
{
	struct statement_page p;

	for (size_t i = 0; i < COUNT_OF(bad_pages); i++) {
		page_of(bad_pages[i].body, 1, &p);
		ok(p.verdict.says == MESSAGE_UNCLEAR && p.n == 0 && p.lines == NULL &&
				why_is(&p.verdict.why, bad_pages[i].code) &&
				strstr(p.verdict.why.text, bad_pages[i].text) != NULL,
			"%s is refused whole (%s)", bad_pages[i].title, p.verdict.why.text);
	}
	page_of(LINE_WITH("debit", "1", "2024-04-03"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_ANSWERED, "the twin of the next ones is taken");
	page_of(LINE_WITH("outward", "1", "2024-04-03"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "a line that is neither debit nor credit is refused");
	page_of(LINE_WITH("debit", "1.0", "2024-04-03"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "a real amount is refused");
	page_of(LINE_WITH("debit", "-1", "2024-04-03"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "a negative amount is refused");
	page_of(LINE_WITH("debit", "9007199254740992", "2024-04-03"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "an amount beyond exact JSON integers is refused");
	page_of(LINE_WITH("debit", "1", "2024-02-30"), 1, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "a day that does not exist is refused");
}

static void test_refusals(void)
{
	struct statement_page p;
	struct heard h = {.authentic = true,
		.status = 404,
		.body = bytes_z("{\"message_id\":\"S-1\",\"error\":{\"code\":\"not_yet\",\"text\":\"\"}}")};
	struct statement_request ask = {.message_id = "S-1", .account = "110000000001", .page = 1};

	d->decode_statement_page(&ask, &h, a, &p);
	ok(p.verdict.says == MESSAGE_REFUSED && strcmp(p.verdict.refusal, "not_yet") == 0,
		"a day that is not closed is refused as not_yet");
	h.authentic = false;
	d->decode_statement_page(&ask, &h, a, &p);
	ok(p.verdict.says == MESSAGE_UNCLEAR && why_is(&p.verdict.why, "not_authentic"),
		"an unsigned page says nothing");
}

/* Two pages: 5,000 lines and one; two and one. */
static void test_full_pages(void)
{
	struct buf b CLEANUP(buf_free);
	struct statement_page p;

	buf_init(&b, 4 << 20);
	buf_add_z(&b, HEAD("1", "2", "5001"));
	for (int i = 1; i <= 5000; i++)
		buf_addf(&b,
			"%s{\"entry_ref\":\"E%d\",\"line\":%d,\"direction\":\"debit\",\"amount\":%d,"
			"\"value_date\":\"2024-04-03\",\"kind_text\":\"X\"}",
			i > 1 ? "," : "", i, i, i);
	buf_add_z(&b, "]}");
	page_of(buf_str(&b), 1, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.n == 5000 && p.lines[4999].line == 5000,
		"a full page has 5,000 lines");
	page_of(HEAD("2", "2",
			"5001") "{\"entry_ref\":\"E5001\",\"line\":5001,\"direction\":\"debit\",\"amount\":5,"
				"\"value_date\":\"2024-04-03\",\"kind_text\":\"X\"}]}",
		2, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.n == 1 && p.lines[0].line == 5001,
		"the last page has the rest");
	page_of(HEAD("1", "2", "3") CREDIT "," PAID "]}", 1, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.n == 2, "a page need not be full");
	page_of(HEAD("2", "2", "3") FEE "]}", 2, &p);
	ok(p.verdict.says == MESSAGE_ANSWERED && p.lines[0].line == 3, "the next one goes on where it ended");
	page_of(HEAD("2", "2", "3") PAID "]}", 2, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "the last page ends with the statement's last line");
	page_of(HEAD("2", "3", "3") CREDIT "]}", 2, &p);
	is_i64(p.verdict.says, MESSAGE_UNCLEAR, "a second page cannot begin with the first line");
}

/* ---- credits ---- */

#define CREDITS(list)                                                                                        \
	"{\"message_id\":\"C-1\",\"account\":\"110000000001\",\"date\":\"2024-04-03\",\"currency\":\"VND\"," \
	"\"balance\":10000000,\"more\":false,\"credits\":[" list "]}"
#define ONE(booked)                                                                                               \
	"{\"entry_ref\":\"DEMO-240403-1\",\"amount\":10000000,\"value_date\":\"2024-04-03\",\"kind_text\":\"X\"," \
	"\"counterparty_account\":\"KB701\",\"remittance\":\"LENH\",\"booked_at\":\"" booked "\"}"

static void test_credits(void)
{
	struct credits c;
	struct credits_request ask = {.message_id = "C-1", .account = "110000000001"};
	struct heard h = heard(CREDITS(ONE("2024-04-03T08:00:01+07:00")));

	d->decode_credits(&ask, &h, a, &c);
	ok(c.verdict.says == MESSAGE_ANSWERED && c.n == 1 && !c.more, "credits of the open day are read");
	is_i64(vnd_dong(c.balance), 10000000, "with the balance of the moment");
	is_str(c.lines[0].entry_ref, "DEMO-240403-1", "under the reference that the statement will have");
	is_i64(c.lines[0].booked_at_us, 1712106001000000, "and the instant of booking");
	h = heard(CREDITS(ONE("2024-04-03T24:00:00+07:00")));
	d->decode_credits(&ask, &h, a, &c);
	ok(c.verdict.says == MESSAGE_UNCLEAR && c.n == 0, "one bad credit refuses all");
}

/* ---- account inquiries ---- */

#define INQUIRY(items)    "{\"message_id\":\"A-1\",\"items\":[" items "]}"
#define ACC(number, rest) "{\"bank\":\"DEMO\",\"account\":\"" number "\"," rest "}"
#define LAN               "\"status\":\"open\",\"holder_name\":\"NGUYEN THI LAN\",\"personal_id_match\":"
#define GONE              "\"status\":\"not_found\",\"personal_id_match\":null"

static const struct account_question questions[] = {
	{.bank = "DEMO", .account = {"100"}, .asks_person = true, .person = {"099145000345"}},
	{.bank = "DEMO", .account = {"200"}},
	{.bank = "DEMO", .account = {"100"}, .asks_person = true, .person = {"099145000346"}},
};

/* "open/matches closed/unknown -" */
static const char *account_story(const struct inquiry_reply *r, char out[static 100])
{
	static const char *const statuses[] = {
		"unclear", "open", "dormant", "closed", "blocked", "not_found"};
	static const char *const persons[] = {"unknown", "matches", "differs"};
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += (size_t)snprintf(out + n, 100 - n, "%s%s/%s", i > 0 ? " " : "",
			statuses[r->at[i].status], persons[r->at[i].person]);
	return out;
}

static const struct {
	const char *title;
	const char *body;
	const char *want;
	bool unclear;
} inquiries[] = {
	{"answers follow their accounts; the same account in the order of asking",
		INQUIRY(ACC("200", GONE) "," ACC("100", LAN "true") "," ACC("100", LAN "false")),
		"open/matches not_found/unknown open/differs", false},
	{"one answer to an account asked twice is no answer",
		INQUIRY(ACC("100", LAN "true") "," ACC("200", GONE)),
		"unclear/unknown not_found/unknown unclear/unknown", false},
	{"an answer more than asked refuses all",
		INQUIRY(ACC("200", GONE) "," ACC("200", GONE) "," ACC("100", LAN "true")),
		"unclear/unknown unclear/unknown unclear/unknown", true},
	{"another bank's account of that number is foreign",
		INQUIRY("{\"bank\":\"OTHER\",\"account\":\"200\"," GONE "}"),
		"unclear/unknown unclear/unknown unclear/unknown", true},
	{"a match that nobody asked for says nothing", INQUIRY(ACC("200", LAN "true")),
		"unclear/unknown open/unknown unclear/unknown", false},
	{"a status that we do not know is unclear", INQUIRY(ACC("200", "\"status\":\"asleep\"")),
		"unclear/unknown unclear/unknown unclear/unknown", false},
	{"a match that is no truth value is unclear",
		INQUIRY(ACC("100", LAN "\"yes\"") "," ACC("100", LAN "true") "," ACC("200", GONE)),
		"unclear/unknown not_found/unknown open/matches", false},
};

static void test_inquiries(void)
{
	for (size_t i = 0; i < COUNT_OF(inquiries); i++) {
		struct account_inquiry ask = {.message_id = "A-1", .questions = questions, .n = 3};
		struct heard h = heard(inquiries[i].body);
		struct inquiry_reply r;
		char text[100];

		d->decode_inquiry_reply(&ask, &h, a, &r);
		is_str(account_story(&r, text), inquiries[i].want, "%s", inquiries[i].title);
		if ((r.verdict.says == MESSAGE_UNCLEAR) != inquiries[i].unclear ||
			r.foreign_items != inquiries[i].unclear)
			ok(false, "%s: verdict %d", inquiries[i].title, (int)r.verdict.says);
		if (i == 0)
			is_str(r.at[0].holder, "NGUYEN THI LAN", "the holder is told");
	}
}

int main(void)
{
	d = driver_named("chitra_json");
	a = arena_new();
	test_page();
	test_bad_pages();
	test_refusals();
	test_full_pages();
	test_credits();
	test_inquiries();
	arena_free(a);
	return done_testing();
}
