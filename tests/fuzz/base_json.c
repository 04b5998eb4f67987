/* JSON of any bytes is read or refused; what was read can be asked anything, and its texts written again come back the same. */
#include "ledger/base/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static const char *const keys[] = {"a", "amount", "items", ""};

static void write_and_read_again(const char *text)
{
	CLEANUP(buf_free) struct buf b;
	struct json_writer w;
	const char *back;

	buf_init(&b, 1 << 20);
	json_write(&w, &b);
	json_open_object(&w, NULL);
	json_put_str(&w, text, text);
	json_close(&w);
	CLEANUP(json_drop) struct json *doc = json_read(buf_bytes(&b), 1 << 20, NULL);
	bug_if(doc == NULL || !json_str(doc, text, &back, NULL) || strcmp(back, text) != 0);
}

static void ask(const struct json *v)
{
	struct why why;
	const struct json *inside;
	const char *text;
	struct day day;
	struct vnd amount;
	int64_t integer;
	bool truth;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (json_str(v, keys[i], &text, &why))
			write_and_read_again(text);
		if (json_vnd(v, keys[i], &amount, &why))
			bug_if(vnd_is_negative(amount));
		bug_if(json_i64(v, keys[i], &integer, &why) && json_str_opt(v, keys[i], &text, &why));
		bug_if(json_bool(v, keys[i], &truth, &why) && json_day(v, keys[i], &day, &why));
		if (json_arr(v, keys[i], &inside, &why) || json_obj(v, keys[i], &inside, &why))
			ask(inside);
	}
	for (size_t i = 0; i < json_n(v); i++)
		ask(json_at(v, i));
	if (!json_only(v, keys, COUNT_OF(keys), &why))
		bug_if(why.code[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct why why = {0};
	CLEANUP(json_drop) struct json *doc = json_read(bytes_of(at, n), 1 << 16, &why);

	bug_if((doc == NULL) != (why.code[0] != '\0'));
	if (doc != NULL)
		ask(doc);
	return 0;
}
