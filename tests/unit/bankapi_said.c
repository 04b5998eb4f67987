/* What chitra_json believes of replies and callbacks: the failure catalogue as a table. */
#include "bankapi/driver.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/tap.h"

#define A              "\"7Q2M4XK9C0V3H8T5RZ1\""
#define B              "\"0B6W1N8J4D2YFGE7KSA\""
#define C              "\"2000000000000000003\""
#define HIM            "\"9999999999999999999\"" /* an id that we did not send */
#define ID             "{\"end_to_end_id\":"
#define AMT            ",\"amount\":"
#define ACC            ",\"creditor_account\":"
#define ST             ",\"status\":"
#define REF            ",\"bank_reference\":\"FT1\"}"
#define BODY(items)    "{\"message_id\":\"T-1\",\"items\":[" items "]}"
#define A_IS(status)   ID A AMT "2789000" ACC "\"200100000345\"" ST "\"" status "\"" REF
#define B_IS(status)   ID B AMT "500000" ACC "\"200100000459\"" ST "\"" status "\"" REF
#define C_IS(status)   ID C AMT "1" ACC "\"A1\"" ST "\"" status "\"" REF
#define A_RJCT(reason) ID A AMT "2789000" ACC "\"200100000345\"" ST "\"RJCT\",\"reason\":\"" reason "\"}"
#define ERROR(code)    "{\"message_id\":\"T-1\",\"error\":{\"code\":\"" code "\",\"text\":\"t\"}}"

static const struct payment payments[] = {
	{.e2e = "7Q2M4XK9C0V3H8T5RZ1", .amount = {2789000}, .account = {"200100000345"}},
	{.e2e = "0B6W1N8J4D2YFGE7KSA", .amount = {500000}, .account = {"200100000459"}},
	{.e2e = "2000000000000000003", .amount = {1}, .account = {"A1"}},
};

/* "accepted rejected unclear(missing)" */
static const char *story(const struct said *at, size_t n, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++) {
		bool unclear = at[i].answer == ANSWER_UNCLEAR;

		used += (size_t)snprintf(out + used, size - used, "%s%s%s%s%s", i > 0 ? " " : "",
			answer_name(at[i].answer), unclear ? "(" : "", unclear ? doubt_name(at[i].doubt) : "",
			unclear ? ")" : "");
	}
	return out;
}

#define ALL_UNCLEAR "unclear(message) unclear(message) unclear(message)"

#define ROW(t, b, w)                             \
	{                                        \
		.title = t, .body = b, .want = w \
	}
#define ROW_WITH(t, b, w, ...)                                \
	{                                                     \
		.title = t, .body = b, .want = w, __VA_ARGS__ \
	}

struct row {
	const char *title;
	const char *body;
	const char *want;
	int status; /* 0 = 200 */
	bool not_authentic;
	enum message_says
		says; /* MESSAGE_UNCLEAR when want is ALL_UNCLEAR, else MESSAGE_ANSWERED, if not given */
	bool enquiry;
	bool foreign;
	size_t mismatches;
};

static const struct row rows[] = {
	ROW("each item has the answer that its status says",
		BODY(A_IS("ACCC") "," B_IS("ACCP") "," C_IS("PDNG")), "credited accepted pending"),
	ROW("settled at the payer is accepted, not credited",
		BODY(A_IS("ACSC") "," B_IS("ACSC") "," C_IS("ACSC")), "accepted accepted accepted"),
	ROW("items are matched by id, not by position", BODY(C_IS("PDNG") "," A_IS("ACCC") "," B_IS("ACCP")),
		"credited accepted pending"),
	ROW_WITH("swapped ids over right amounts are mismatches",
		BODY(ID A AMT "500000" ACC "\"200100000459\"" ST "\"ACCC\"" REF "," ID B AMT "2789000" ACC
			      "\"200100000345\"" ST "\"ACCC\"" REF "," C_IS("ACCC")),
		"unclear(mismatch) unclear(mismatch) credited", .mismatches = 2),
	ROW("an item that the reply leaves out is unclear", BODY(A_IS("ACCC") "," C_IS("ACCP")),
		"credited unclear(missing) accepted"),
	ROW("a reply without items leaves all unclear", BODY(""),
		"unclear(missing) unclear(missing) unclear(missing)"),
	ROW_WITH("one item that we never sent makes the whole reply unclear",
		BODY(A_IS("ACCC") "," B_IS("ACCC") "," C_IS("ACCC") "," ID HIM AMT "1" ACC "\"A1\"" ST
								    "\"ACCC\"" REF),
		ALL_UNCLEAR, .foreign = true),
	ROW_WITH("an amount that is one dong off is a mismatch",
		BODY(ID A AMT "2789001" ACC "\"200100000345\"" ST "\"ACCC\"" REF
			      "," B_IS("ACCC") "," C_IS("ACCC")),
		"unclear(mismatch) credited credited", .mismatches = 1),
	ROW_WITH("another account is a mismatch",
		BODY(A_IS("ACCC") "," ID B AMT "500000" ACC "\"200100000345\"" ST "\"ACCC\"" REF
				  "," C_IS("ACCC")),
		"credited unclear(mismatch) credited", .mismatches = 1),
	ROW_WITH("an account in another case is a mismatch",
		BODY(A_IS("ACCC") "," B_IS("ACCC") "," ID C AMT "1" ACC "\"a1\"" ST "\"ACCC\"" REF),
		"credited credited unclear(mismatch)", .mismatches = 1),
	ROW_WITH("a rejection with another amount is no rejection",
		BODY(ID A AMT "1" ACC "\"200100000345\"" ST "\"RJCT\",\"reason\":\"AC04\"}"),
		"unclear(mismatch) unclear(missing) unclear(missing)", .mismatches = 1),
	ROW("an id twice in a reply is unclear, even with the same answer",
		BODY(A_IS("ACCC") "," B_IS("ACCC") "," A_IS("ACCC")),
		"unclear(repeated) credited unclear(missing)"),
	ROW("an id three times in a reply stays unclear",
		BODY(A_IS("ACCC") "," A_IS("ACCC") "," A_IS("ACCC")),
		"unclear(repeated) unclear(missing) unclear(missing)"),
	ROW("a rejection with a definite reason is a rejection",
		BODY(A_RJCT("AC04") "," B_IS("ACCP") "," C_IS("ACCP")), "rejected accepted accepted"),
	ROW("a rejection for being known already is none: ask", BODY(A_RJCT("DUPL")),
		"unclear(exists) unclear(missing) unclear(missing)"),
	ROW("a rejection for a reason that we do not know is unclear", BODY(A_RJCT("XX99")),
		"unclear(reason) unclear(missing) unclear(missing)"),
	ROW("a rejection without a reason is malformed", BODY(A_IS("RJCT")),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("a reason beside an acceptance is malformed",
		BODY(ID A AMT "2789000" ACC "\"200100000345\"" ST "\"ACCC\",\"reason\":\"AC04\"}"),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("a status that we do not know is unclear", BODY(A_IS("ACWC") "," B_IS("OK") "," C_IS("accc")),
		"unclear(status) unclear(status) unclear(malformed)"),
	ROW("not found is no answer to a transfer", BODY(ID A ST "\"NOTF\"}"),
		"unclear(status) unclear(missing) unclear(missing)"),
	ROW_WITH("not found is an answer to an enquiry, and proves nothing",
		BODY(ID A ST "\"NOTF\"}," B_IS("ACCC")), "not_found credited unclear(missing)",
		.enquiry = true),
	ROW_WITH("an enquiry's answer without amount is malformed",
		BODY(ID A ACC "\"200100000345\"" ST "\"ACCC\"}"),
		"unclear(malformed) unclear(missing) unclear(missing)", .enquiry = true),
	ROW_WITH("an enquiry's answer about another amount is a mismatch",
		BODY(ID A AMT "2788999" ACC "\"200100000345\"" ST "\"ACCC\"" REF),
		"unclear(mismatch) unclear(missing) unclear(missing)", .enquiry = true, .mismatches = 1),
	ROW("a real amount is refused", BODY(ID A AMT "2789000.0" ACC "\"200100000345\"" ST "\"ACCC\"" REF),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("an amount with an exponent is refused",
		BODY(ID B AMT "5e5" ACC "\"200100000459\"" ST "\"ACCC\"" REF),
		"unclear(missing) unclear(malformed) unclear(missing)"),
	ROW("an amount as text is refused",
		BODY(ID A AMT "\"2789000\"" ACC "\"200100000345\"" ST "\"ACCC\"" REF),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("an amount of nothing is refused", BODY(ID A AMT "0" ACC "\"200100000345\"" ST "\"ACCC\"" REF),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("an amount over 64 bits spoils the message",
		BODY(ID A AMT "92233720368547758080" ACC "\"200100000345\"" ST "\"ACCC\"" REF), ALL_UNCLEAR),
	ROW("an account as a number is malformed",
		BODY(ID A AMT "2789000" ACC "200100000345" ST "\"ACCC\"" REF),
		"unclear(malformed) unclear(missing) unclear(missing)"),
	ROW("an item without an id spoils the message", BODY(A_IS("ACCC") ",{\"status\":\"ACCC\"}"),
		ALL_UNCLEAR),
	ROW("an item that is no object spoils the message", BODY(A_IS("ACCC") ",7"), ALL_UNCLEAR),
	ROW("an id in lower case spoils the message", BODY(A_IS("ACCC") "," ID "\"7q2m4xk9c0v3h8t5rz1\"}"),
		ALL_UNCLEAR),
	ROW("an id of 18 characters spoils the message", BODY(ID "\"7Q2M4XK9C0V3H8T5RZ\"}"), ALL_UNCLEAR),
	ROW("a field that we do not know changes nothing",
		BODY(ID A AMT "2789000" ACC "\"200100000345\",\"new\":{\"x\":[1.5]}" ST "\"ACCC\"" REF),
		"credited unclear(missing) unclear(missing)"),
	ROW("the same key twice spoils the message",
		BODY(ID A AMT "1" AMT "2789000" ACC "\"200100000345\"" ST "\"ACCC\"" REF), ALL_UNCLEAR),
	ROW("an escaped key twice spoils the message",
		BODY(ID A ST "\"RJCT\",\"st\\u0061tus\":\"ACCC\"" AMT "2789000" ACC "\"200100000345\"" REF),
		ALL_UNCLEAR),
	ROW("the body of another message is unclear", "{\"message_id\":\"T-2\",\"items\":[" A_IS("ACCC") "]}",
		ALL_UNCLEAR),
	ROW("a body without message_id is unclear", "{\"items\":[" A_IS("ACCC") "]}", ALL_UNCLEAR),
	ROW("a body without items is unclear", "{\"message_id\":\"T-1\"}", ALL_UNCLEAR),
	ROW("items that are no list are unclear", "{\"message_id\":\"T-1\",\"items\":{}}", ALL_UNCLEAR),
	ROW("a truncated body is unclear", "{\"message_id\":\"T-1\",\"items\":[" A_IS("ACCC") "]",
		ALL_UNCLEAR),
	ROW("bytes after the body are unclear", BODY(A_IS("ACCC")) "x", ALL_UNCLEAR),
	ROW("an empty body is unclear", "", ALL_UNCLEAR),
	ROW("garbage is unclear", "\x89PNG\r\n", ALL_UNCLEAR),
	ROW("a list is unclear", "[]", ALL_UNCLEAR),
	ROW("bad UTF-8 is unclear", "{\"message_id\":\"T-1\",\"x\":\"\xff\",\"items\":[]}", ALL_UNCLEAR),
	ROW("a deep nest is unclear",
		"{\"message_id\":\"T-1\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],\"items\":[]}",
		ALL_UNCLEAR),
	ROW_WITH("what is not authentic is unclear, whatever it says",
		BODY(A_IS("ACCC") "," B_IS("ACCC") "," C_IS("ACCC")), ALL_UNCLEAR, .not_authentic = true),
	ROW_WITH("a gateway's unsigned 403 page is unclear", "<html>Forbidden</html>", ALL_UNCLEAR,
		.status = 403, .not_authentic = true),
	ROW_WITH("an unsigned refusal is unclear", ERROR("wrong_control_sum"), ALL_UNCLEAR, .status = 422,
		.not_authentic = true),
	ROW_WITH("a signed refusal refuses the message, and is no evidence about payments",
		ERROR("wrong_control_sum"), ALL_UNCLEAR, .status = 422, .says = MESSAGE_REFUSED),
	ROW_WITH("a signed slow_down refuses the message", ERROR("slow_down"), ALL_UNCLEAR, .status = 429,
		.says = MESSAGE_REFUSED),
	ROW_WITH("a refusal of another message is unclear",
		"{\"message_id\":\"T-2\",\"error\":{\"code\":\"malformed\",\"text\":\"\"}}", ALL_UNCLEAR,
		.status = 400),
	ROW_WITH("a refusal with a code that we do not know is unclear", ERROR("maintenance"), ALL_UNCLEAR,
		.status = 400),
	ROW_WITH("a 409 is not a refusal: it means that the id exists", ERROR("duplicate"), ALL_UNCLEAR,
		.status = 409),
	ROW_WITH("a signed 5xx is never a refusal", ERROR("malformed"), ALL_UNCLEAR, .status = 500),
	ROW("a refusal under 200 is unclear", ERROR("malformed"), ALL_UNCLEAR),
	ROW_WITH("items under a 5xx are unclear", BODY(A_IS("ACCC")), ALL_UNCLEAR, .status = 503),
	ROW_WITH("items under a 4xx are unclear", BODY(A_RJCT("AC04")), ALL_UNCLEAR, .status = 422),
	ROW_WITH("items under a 202 are unclear", BODY(A_IS("ACCC")), ALL_UNCLEAR, .status = 202),
	ROW("an error beside items is unclear",
		"{\"message_id\":\"T-1\",\"items\":[" A_IS("ACCC") "],\"error\":{\"code\":\"malformed\"}}",
		ALL_UNCLEAR),
};

static void decode(const struct driver *d, const struct row *r, struct arena *a, struct reply *out)
{
	struct heard h = {.authentic = !r->not_authentic,
		.status = r->status == 0 ? 200 : r->status,
		.body = bytes_z(r->body)};

	if (r->enquiry)
		d->decode_enquiry_reply(
			&(struct enquiry){.message_id = "T-1", .payments = payments, .n = 3}, &h, a, out);
	else
		d->decode_transfer_reply(
			&(struct transfer){.message_id = "T-1", .payments = payments, .n = 3}, &h, a, out);
}

static void test_replies(const struct driver *d)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *r = &rows[i];
		struct arena *a CLEANUP(arena_drop) = arena_new();
		struct reply got;
		char text[200];
		enum message_says says = r->says;

		if (strcmp(r->want, ALL_UNCLEAR) != 0)
			says = MESSAGE_ANSWERED;
		decode(d, r, a, &got);
		is_str(story(got.at, got.n, text, sizeof text), r->want, "%s", r->title);

		bool ids = got.n == 3;

		for (size_t k = 0; k < 3 && ids; k++)
			ids = strcmp(got.at[k].e2e, payments[k].e2e) == 0;
		if (!ids || got.verdict.says != says || got.foreign_items != r->foreign ||
			got.mismatches != r->mismatches ||
			(says == MESSAGE_UNCLEAR) != (got.verdict.why.code[0] != '\0'))
			ok(false, "%s: ids in our order, verdict %d (%s), foreign %d, mismatches %zu",
				r->title, (int)got.verdict.says, got.verdict.why.text, got.foreign_items,
				got.mismatches);
	}
}

/* A reply is believed whole or not at all. */
static void test_damage(const struct driver *d)
{
	char body[] = BODY(A_IS("ACCC") "," B_IS("ACCP") "," A_RJCT("AC04"));
	struct row r = {.body = body};
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct reply got;
	size_t n = strlen(body);
	int believed = 0;

	for (size_t cut = 0; cut < n; cut++) {
		char kept = body[cut];

		body[cut] = '\0';
		arena_reset(a);
		decode(d, &r, a, &got);
		for (size_t i = 0; i < got.n; i++)
			believed += got.at[i].answer != ANSWER_UNCLEAR;
		body[cut] = kept;
	}
	is_i64(believed, 0, "a reply cut at any of %zu places proves nothing", n);
}

static void test_reference(const struct driver *d)
{
	struct row r = {.body = BODY(A_IS("ACCC"))};
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct reply got;

	decode(d, &r, a, &got);
	is_str(got.at[0].bank_reference, "FT1", "the bank's reference is kept");
	is_str(got.at[0].status, "ACCC", "and the bank's word");
	is_i64(vnd_dong(got.at[0].amount), 2789000, "and the amount as told");
}

/* ---- callbacks ---- */

#define TIME         ",\"time\":\"2024-04-03T08:00:04+07:00\""
#define CB(items)    "{\"type\":\"payout.status\",\"items\":[" items "]}"
#define CB_A(status) ID A AMT "2789000" ACC "\"200100000345\"" ST "\"" status "\"" TIME REF
#define CB_B(status) ID B AMT "500000" ACC "\"200100000459\"" ST "\"" status "\"" TIME REF

static const struct {
	const char *title;
	const char *body;
	const char *want; /* NULL: the message is unclear */
	size_t unreadable;
	bool not_authentic;
} callbacks[] = {
	ROW("a callback tells of payments in its own order", CB(CB_B("ACCC") "," CB_A("ACSC")),
		"credited accepted"),
	ROW("a callback with one item is the same", CB(CB_A("ACCC")), "credited"),
	ROW("a callback without a time is malformed",
		CB(ID A AMT "2789000" ACC "\"200100000345\"" ST "\"ACCC\"" REF), "unclear(malformed)"),
	ROW("a callback that says not found is unclear", CB(ID A ST "\"NOTF\"" TIME "}"), "unclear(status)"),
	ROW("an id twice in one callback is unclear both times",
		CB(CB_A("ACSC") "," CB_B("ACCC") "," CB_A("ACCC")),
		"unclear(repeated) credited unclear(repeated)"),
	ROW_WITH("an item without a readable id leaves the others alone", CB("{\"x\":1}," CB_B("ACCC") ",7"),
		"unclear(malformed) credited unclear(malformed)", .unreadable = 2),
	ROW("a time in another zone is malformed",
		CB(ID A AMT "2789000" ACC "\"200100000345\"" ST
			    "\"ACCC\",\"time\":\"2024-04-03T01:00:04Z\"}"),
		"unclear(malformed)"),
	ROW("a callback of another type is unclear",
		"{\"type\":\"payout.settled\",\"items\":[" CB_A("ACCC") "]}", NULL),
	ROW("a callback without items is unclear", CB(""), NULL),
	ROW("a reply replayed as a callback is unclear", BODY(A_IS("ACCC")), NULL),
	ROW_WITH(
		"a callback that is not authentic is unclear", CB(CB_A("ACCC")), NULL, .not_authentic = true),
	ROW("garbage as a callback is unclear", "hello", NULL),
};

static void test_callbacks(const struct driver *d)
{
	struct callback got;
	char text[200];
	struct arena *a CLEANUP(arena_drop) = arena_new();

	for (size_t i = 0; i < COUNT_OF(callbacks); i++) {
		struct heard h = {.authentic = !callbacks[i].not_authentic,
			.status = 200,
			.body = bytes_z(callbacks[i].body)};

		d->decode_callback(&h, a, &got);
		is_str(got.verdict.says == MESSAGE_ANSWERED ? story(got.at, got.n, text, sizeof text) : NULL,
			callbacks[i].want, "%s", callbacks[i].title);
		if (got.unreadable != callbacks[i].unreadable || (callbacks[i].want == NULL && got.n != 0))
			ok(false, "%s: %zu items, %zu of them unreadable", callbacks[i].title, got.n,
				got.unreadable);
	}
	d->decode_callback(
		&(struct heard){.authentic = true, .status = 200, .body = bytes_z(CB(CB_A("ACCC")))}, a,
		&got);
	is_i64(got.at[0].time_us, 1712106004000000, "a callback's time is an instant");
	is_str(got.at[0].account.text, "200100000345", "a callback's account is handed on to be compared");
	is_str(got.at[0].e2e, "7Q2M4XK9C0V3H8T5RZ1", "and its id");
}

int main(void)
{
	const struct driver *d = driver_named("chitra_json");

	test_replies(d);
	test_damage(d);
	test_reference(d);
	test_callbacks(d);
	ok(driver_named("nobody") == NULL, "there is no driver of another name");
	return done_testing();
}
