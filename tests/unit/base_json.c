/* JSON in with a tight fist, JSON out as it must be. */
#include "ledger/base/json.h"

#include <string.h>

#include "tests/lib/tap.h"

static void test_refused(void)
{
	static const struct {
		const char *text, *code, *rule;
	} rows[] = {
		{"{\"a\":1,\"a\":2}", "json_duplicate_key", "a key twice"},
		{"{\"a\":{\"b\":1,\"b\":1}}", "json_duplicate_key", "a key twice further in"},
		{"{\"a\":1", "json_malformed", "an object that does not end"},
		{"{\"a\":1}x", "json_malformed", "something behind the end"},
		{"{\"a\":1}{}", "json_malformed", "two documents"},
		{"", "json_malformed", "nothing"},
		{"12", "json_malformed", "a bare number"},
		{"{\"a\":01}", "json_malformed", "a leading zero"},
		{"{\"a\":9223372036854775808}", "json_malformed", "an integer above 63 bits"},
		{"{\"a\":1e999}", "json_malformed", "a number that is infinite"},
		{"{\"a\":NaN}", "json_malformed", "not a number"},
		{"{\"a\":\"\\u0000\"}", "json_malformed", "an escaped NUL"},
		{"{\"a\":\"\xff\"}", "json_malformed", "bad UTF-8"},
		{"{\"a\":\"\\ud800\"}", "json_malformed", "half a surrogate pair"},
		{"{'a':1}", "json_malformed", "single quotes"},
		{"{\"a\":1,}", "json_malformed", "a comma too many"},
		{"[1] // x", "json_malformed", "a comment"},
	};
	char deep[2 * JSON_DEPTH_MAX + 3];
	struct why why;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		why_clear(&why);
		CLEANUP(json_drop) struct json *doc = json_read(bytes_z(rows[i].text), 1000, &why);
		ok(doc == NULL, "%s is refused", rows[i].rule);
		is_str(why.code, rows[i].code, "with its own code");
	}
	CLEANUP(json_drop) struct json *large = json_read(bytes_z("{\"a\":1}"), 6, &why);
	ok(large == NULL && why_is(&why, "json_too_large"), "a byte more than allowed is refused");
	CLEANUP(json_drop) struct json *fits = json_read(bytes_z("{\"a\":1}"), 7, &why);
	ok(fits != NULL, "as many as allowed are read");

	memset(deep, '[', JSON_DEPTH_MAX);
	memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	CLEANUP(json_drop) struct json *deepest = json_read(bytes_of(deep, 2 * JSON_DEPTH_MAX), 1000, &why);
	ok(deepest != NULL, "%d levels are read", JSON_DEPTH_MAX);
	memset(deep, '[', JSON_DEPTH_MAX + 1);
	memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	CLEANUP(json_drop)
	struct json *deeper = json_read(bytes_of(deep, 2 * JSON_DEPTH_MAX + 2), 1000, &why);
	ok(deeper == NULL && why_is(&why, "json_too_deep"), "one more is refused");
	CLEANUP(json_drop)
	struct json *brackets = json_read(
		bytes_z("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]"), 1000, &why);
	ok(brackets != NULL, "brackets in a text are not depth");
	CLEANUP(json_drop)
	struct json *quoted = json_read(bytes_z("{\"so_tai_khoan\":0970000000090}"), 1000, &why);
	ok(quoted == NULL && strstr(why.text, "97") == NULL, "a refusal names the place and not the content");
}

static void test_getters(void)
{
	static const char text[] =
		"{\"name\":\"Đào\",\"n\":-5,\"yes\":true,\"no\":false,\"null\":null,\"real\":1.0,"
		"\"exp\":1e3,\"amount\":2789000,\"digits\":\"2789000\",\"minus\":-1,\"words\":\"1.5\","
		"\"day\":\"2024-04-03\",\"noday\":\"2024-02-30\",\"obj\":{\"x\":1},\"arr\":[\"a\",2,null]}";
	struct why why = {0};
	CLEANUP(json_drop) struct json *doc = json_read(bytes_z(text), 1000, &why);
	const struct json *inside;
	const char *s = "kept";
	int64_t n = 42;
	struct vnd v = vnd(42);
	struct day d;
	bool b = false;

	ok(json_is_object(doc) && !json_is_array(doc), "the document is an object");
	ok(json_str(doc, "name", &s, &why), "a text is read");
	is_str(s, "Đào", "as it is");
	ok(json_i64(doc, "n", &n, &why) && n == -5, "an integer is read");
	ok(json_bool(doc, "yes", &b, &why) && b, "true is read");
	ok(json_bool(doc, "no", &b, &why) && !b, "false is read");
	ok(!json_bool(doc, "n", &b, &why) && why_is(&why, "json_type"), "an integer is no truth");
	ok(!json_bool(doc, "none", &b, &why) && why_is(&why, "json_missing"), "an absent one is missing");
	ok(!json_str(doc, "n", &s, &why) && why_is(&why, "json_type"), "an integer is no text");
	ok(!json_str(doc, "none", &s, &why) && why_is(&why, "json_missing"), "an absent text is missing");
	ok(!json_str(doc, "null", &s, &why) && why_is(&why, "json_missing"), "null is missing");
	ok(!json_i64(doc, "real", &n, &why) && why_is(&why, "json_type"), "1.0 is no integer");
	ok(!json_i64(doc, "exp", &n, &why), "1e3 is no integer");
	ok(!json_i64(doc, "digits", &n, &why), "a text of digits is no integer");

	s = "kept";
	n = 42;
	why_clear(&why);
	ok(json_str_opt(doc, "none", &s, &why) && json_str_opt(doc, "null", &s, &why) &&
			strcmp(s, "kept") == 0,
		"what may be absent leaves its default");
	ok(json_i64_opt(doc, "none", &n, &why) && n == 42 && json_i64_opt(doc, "n", &n, &why) && n == -5,
		"integers too");
	is_str(why.code, "", "and gives no reason");
	ok(!json_str_opt(doc, "n", &s, &why) && why_is(&why, "json_type"), "but a wrong type is refused");
	b = true;
	ok(json_bool_opt(doc, "none", &b, &why) && b && !json_bool_opt(doc, "name", &b, &why), "truths too");

	ok(json_vnd(doc, "amount", &v, &why) && vnd_dong(v) == 2789000, "an integer is an amount");
	v = vnd(42);
	ok(json_vnd(doc, "digits", &v, &why) && vnd_dong(v) == 2789000, "its exact digits are an amount");
	v = vnd(42);
	ok(!json_vnd(doc, "real", &v, &why) && why_is(&why, "json_amount"), "a real is never an amount");
	ok(!json_vnd(doc, "exp", &v, &why) && why_is(&why, "json_amount"), "not even a whole one");
	ok(!json_vnd(doc, "words", &v, &why) && why_is(&why, "amount_not_whole"),
		"a decimal text is no amount");
	ok(!json_vnd(doc, "minus", &v, &why) && why_is(&why, "amount_negative"),
		"a negative amount is refused");
	ok(!json_vnd(doc, "none", &v, &why) && why_is(&why, "json_missing"), "an absent amount is missing");
	is_i64(vnd_dong(v), 42, "a refused amount writes nothing");
	ok(json_day(doc, "day", &d, &why) && d.n == 19816, "a day is read");
	ok(!json_day(doc, "noday", &d, &why) && why_is(&why, "json_day"), "30 February is refused");

	ok(json_obj(doc, "obj", &inside, &why) && json_i64(inside, "x", &n, &why) && n == 1,
		"an object inside is read");
	ok(!json_obj(doc, "arr", &inside, &why) && !json_arr(doc, "obj", &inside, &why),
		"object and array are told apart");
	ok(json_arr(doc, "arr", &inside, &why) && json_n(inside) == 3, "an array is read");
	is_str(json_as_str(json_at(inside, 0)), "a", "its text");
	ok(json_as_i64(json_at(inside, 1), &n) && n == 2, "its integer");
	ok(json_as_str(json_at(inside, 2)) == NULL && !json_as_i64(json_at(inside, 2), &n),
		"its null is neither");
	ok(json_n(doc) == 0 && json_n(NULL) == 0, "what is no array has no elements");
	ok(json_arr_opt(doc, "none", &inside, &why) && !json_arr_opt(doc, "n", &inside, &why),
		"an array may be absent");
	ok(!json_str(inside, "x", &s, &why) && why_is(&why, "json_missing"), "an array has no members");

	static const char *const known[] = {"name", "n", "yes", "no", "null", "real", "exp", "amount",
		"digits", "minus", "words", "day", "noday", "obj", "arr"};
	ok(json_only(doc, known, COUNT_OF(known), &why), "an object of known members passes");
	ok(!json_only(doc, known, COUNT_OF(known) - 1, &why) && why_is(&why, "json_unknown_key"),
		"one that is not known is refused");
}

static void test_writer(void)
{
	CLEANUP(buf_free) struct buf b;
	struct json_writer w;

	buf_init(&b, 1000);
	json_write(&w, &b);
	json_open_object(&w, NULL);
	json_put_str(&w, "tên", "Đào \"x\" \\ \n\x01");
	json_put_str(&w, "none", NULL);
	json_put_i64(&w, "least", INT64_MIN);
	json_put_vnd(&w, "amount", vnd(2789000));
	json_put_bool(&w, "yes", true);
	json_put_day(&w, "day", (struct day){19816});
	json_put_instant(&w, "at", 0);
	json_put_hex(&w, "hash", bytes_of("\xab\x00", 2));
	json_open_array(&w, "arr");
	json_put_i64(&w, NULL, 1);
	json_open_object(&w, NULL);
	json_close(&w);
	json_open_array(&w, NULL);
	json_close(&w);
	json_put_bytes(&w, NULL,
		bytes_of("a\xff"
			 "b\xe1\xbb",
			5));
	json_put_bytes(&w, NULL, bytes_of(NULL, 0));
	json_close(&w);
	ok(!json_written(&w), "an open object is not a document");
	json_close(&w);
	ok(json_written(&w), "a closed one is");
	is_str(buf_str(&b),
		"{\"tên\":\"Đào \\\"x\\\" \\\\ \\n\\u0001\",\"none\":null,\"least\":-9223372036854775808,\"amount\":2789000,"
		"\"yes\":true,\"day\":\"2024-04-03\",\"at\":\"1970-01-01T00:00:00.000000Z\",\"hash\":\"ab00\","
		"\"arr\":[1,{},[],\"a\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd\",\"\"]}",
		"commas, keys and escapes are right");
	CLEANUP(json_drop) struct json *back = json_read(buf_bytes(&b), 1000, NULL);
	ok(back != NULL, "and the reader takes it");
}

int main(void)
{
	test_refused();
	test_getters();
	test_writer();
	return done_testing();
}
