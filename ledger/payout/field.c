#include "ledger/payout/field.h"

#include <string.h>

#include "ledger/base/day.h"
#include "ledger/base/text.h"

#define SECOND    INT64_C(1000000)
#define CODE_MAX  64
#define VALUE_MAX ((size_t)4096) /* bytes of an unescaped text */

int64_t second_floor(int64_t us)
{
	return us - us % SECOND;
}

const char *second_format(int64_t us, char out[static SECOND_TEXT_SIZE])
{
	char whole[INSTANT_TEXT_SIZE];
	instant_format(us, whole);
	memcpy(out, whole, 19); /* up to the decimals */
	memcpy(out + 19, "Z", 2);
	return out;
}

bool second_parse(struct bytes s, int64_t *us)
{
	char whole[INSTANT_TEXT_SIZE];
	if (s.n != SECOND_TEXT_SIZE - 1 || s.at[s.n - 1] != 'Z')
		return false;
	memcpy(whole, s.at, 19);
	memcpy(whole + 19, ".000000Z", 9);
	return instant_parse(bytes_z(whole), us);
}

bool field_is_next(struct bytes rest, const char *key)
{
	size_t n = strlen(key);
	return rest.n > n && memcmp(rest.at, key, n) == 0 && (rest.at[n] == ' ' || rest.at[n] == '\n');
}

bool field_take(struct bytes *rest, const char *key, struct bytes *value)
{
	struct bytes after = *rest, line;
	bool ended;
	size_t n = strlen(key);
	if (!field_is_next(*rest, key) || !bytes_line(&after, &line, &ended) || !ended)
		return false;
	if (value ? line.n <= n + 1 : line.n != n)
		return false;
	if (value)
		*value = bytes_of(line.at + n + 1, line.n - n - 1);
	*rest = after;
	return true;
}

bool field_word(struct bytes *value, struct bytes *word)
{
	if (value->n == 0)
		return false;
	const uint8_t *space = memchr(value->at, ' ', value->n);
	size_t n = space ? (size_t)(space - value->at) : value->n;
	*word = bytes_of(value->at, n);
	size_t skip = space ? n + 1 : n;
	*value = bytes_of(value->at + skip, value->n - skip);
	return n > 0;
}

bool field_i64(struct bytes *rest, const char *key, int64_t most, int64_t *out)
{
	struct bytes value;
	uint64_t n;
	if (!field_take(rest, key, &value) || !text_u64(value, (uint64_t)most, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

bool field_i32(struct bytes *rest, const char *key, int32_t *out)
{
	int64_t n;
	if (!field_i64(rest, key, INT32_MAX, &n))
		return false;
	*out = (int32_t)n;
	return true;
}

bool field_dong(struct bytes *rest, const char *key, struct vnd *out)
{
	struct bytes value, amount;
	return field_take(rest, key, &value) && field_word(&value, &amount) && bytes_eq_z(value, "VND") &&
	       vnd_parse((const char *)amount.at, amount.n, out, NULL);
}

bool field_hash(struct bytes *rest, const char *key, struct hash *out)
{
	struct bytes value;
	return field_take(rest, key, &value) && hash_from_hex(value, out);
}

bool field_second(struct bytes *rest, const char *key, int64_t *us)
{
	struct bytes value;
	return field_take(rest, key, &value) && second_parse(value, us);
}

bool code_valid(struct bytes s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.at[i];
		bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    c == '.' || c == '_' || c == '-';
		if (!fine)
			return false;
	}
	return s.n > 0 && s.n <= CODE_MAX;
}

bool code_of(struct arena *a, struct bytes s, const char **out)
{
	if (!code_valid(s))
		return false;
	*out = arena_strndup(a, (const char *)s.at, s.n);
	return true;
}

bool field_code(struct arena *a, struct bytes *rest, const char *key, const char **out)
{
	struct bytes value;
	return field_take(rest, key, &value) && code_of(a, value, out);
}

bool field_text(struct arena *a, struct bytes *rest, const char *key, const char **out)
{
	struct bytes value;
	if (!field_take(rest, key, &value) || value.n > 3 * VALUE_MAX)
		return false;
	CLEANUP(buf_free) struct buf plain;
	buf_init(&plain, VALUE_MAX);
	if (!percent_unescape(value, &plain) || !buf_ok(&plain) || !utf8_valid(buf_bytes(&plain)) ||
		memchr(buf_bytes(&plain).at, '\0', plain.n))
		return false;
	*out = arena_strndup(a, (const char *)plain.at, plain.n);
	return true;
}
