#include "ledger/base/ids.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"

#define ID_DIGITS   ((size_t)12)
#define ACCOUNT_MIN ((size_t)4)
#define ACCOUNT_MAX ((size_t)34)
#define E2E_BITS    ((size_t)95)

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool personal_id_parse(struct bytes s, struct personal_id *out, struct why *why)
{
	if (s.n == 0)
		return why_set(why, "personal_id_empty", "the personal ID is empty");
	if (!text_all_digits((const char *)s.at, s.n))
		return why_set(why, "personal_id_not_digits", "a personal ID must be digits only");
	if (s.n == 9)
		return why_set(why, "personal_id_cmnd",
			"9 digits are an old identity card (CMND), not a personal ID; ask for the 12-digit number");
	if (s.n == 10 || s.n == 11)
		return why_set(why, "personal_id_zeros_lost",
			"personal ID must have 12 digits, this one has %zu; the spreadsheet may have dropped leading zeros",
			s.n);
	if (s.n != ID_DIGITS)
		return why_set(
			why, "personal_id_length", "personal ID must have 12 digits, this one has %zu", s.n);
	memcpy(out->digits, s.at, ID_DIGITS);
	out->digits[ID_DIGITS] = '\0';
	return true;
}

bool personal_id_with_zeros(struct bytes s, struct personal_id *out)
{
	size_t lost;

	if ((s.n != 10 && s.n != 11) || !text_all_digits((const char *)s.at, s.n))
		return false;
	lost = ID_DIGITS - s.n;
	memset(out->digits, '0', lost);
	memcpy(out->digits + lost, s.at, s.n);
	out->digits[ID_DIGITS] = '\0';
	return true;
}

bool personal_id_cmnd(struct bytes s, struct personal_id *out)
{
	if (s.n != 9 || !text_all_digits((const char *)s.at, s.n))
		return false;
	memcpy(out->digits, s.at, s.n);
	out->digits[s.n] = '\0';
	return true;
}

/* Digit 4 holds century and sex: 0/1 = 1900s male/female, 2/3 = 2000s, and so on. */
int personal_id_birth_year(const struct personal_id *id)
{
	int century = 19 + (id->digits[3] - '0') / 2;

	return century * 100 + (id->digits[4] - '0') * 10 + (id->digits[5] - '0');
}

bool personal_id_is_female(const struct personal_id *id)
{
	return (id->digits[3] - '0') % 2 == 1;
}

const char *personal_id_masked(const struct personal_id *id, char out[static MASKED_SIZE])
{
	snprintf(out, MASKED_SIZE, "%.3s•••••%.4s", id->digits, id->digits + 8);
	return out;
}

bool account_no_parse(struct bytes s, struct account_no *out, struct why *why)
{
	struct account_no no = {0};

	if (s.n == 0)
		return why_set(why, "account_empty", "the account number is empty");
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.at[i];

		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z'))
			return why_set(why, "account_character",
				"an account number must be digits and letters A to Z; character %zu is neither",
				i + 1);
		if (i < ACCOUNT_MAX)
			no.text[i] = (char)c;
	}
	if (s.n < ACCOUNT_MIN || s.n > ACCOUNT_MAX)
		return why_set(why, "account_length",
			"an account number must have 4 to 34 characters, this one has %zu", s.n);
	*out = no;
	return true;
}

/* Neither the length nor, for the shortest numbers, half of the digits can be seen. */
const char *account_no_masked(const struct account_no *no, char out[static MASKED_SIZE])
{
	size_t n = strnlen(no->text, ACCOUNT_MAX);
	size_t shown = n >= 8 ? 4 : n >= 2 ? 2 : 0;

	snprintf(out, MASKED_SIZE, "••••%.*s", (int)shown, no->text + n - shown);
	return out;
}

bool phone_no_parse(struct bytes s, struct phone_no *out, struct why *why)
{
	char digits[16];
	size_t n = 0;
	size_t country = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = (char)s.at[i];

		if (c == ' ' || c == '.' || (c == '+' && i == 0))
			continue;
		if (c < '0' || c > '9' || n == sizeof(digits))
			return why_set(
				why, "phone_bad", "a phone number must be 0 or +84 and 9 or 10 digits");
		digits[n++] = c;
	}
	if (n > 2 && digits[0] == '8' && digits[1] == '4')
		country = 2;
	else if (n > 1 && digits[0] == '0' && s.at[0] != '+')
		country = 1;
	if (country == 0 || n - country < 9 || n - country > 10 || digits[country] == '0')
		return why_set(why, "phone_bad", "a phone number must be 0 or +84 and 9 or 10 digits");
	out->digits[0] = '0';
	memcpy(out->digits + 1, digits + country, n - country);
	out->digits[1 + n - country] = '\0';
	return true;
}

const char *phone_no_masked(const struct phone_no *no, char out[static MASKED_SIZE])
{
	size_t n = strnlen(no->digits, sizeof(no->digits) - 1);

	bug_if(n < 10);
	snprintf(out, MASKED_SIZE, "%.2s•••••%s", no->digits, no->digits + n - 3);
	return out;
}

void crockford32_encode(const uint8_t *in, size_t nbits, char *out)
{
	size_t n = nbits / 5;

	bug_if(nbits % 5 != 0);
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 5;
		unsigned pair = (unsigned)in[bit / 8] << 8;

		if (bit % 8 > 3) /* the five bits run into the next byte */
			pair |= in[bit / 8 + 1];
		out[i] = crockford[pair >> (11 - bit % 8) & 31];
	}
	out[n] = '\0';
}

/* A code stands on a line of its own in what is hashed; a line feed in it would be another payment. */
static bool code_fits(const char *code)
{
	size_t n = strnlen(code, 33);

	for (size_t i = 0; i < n; i++)
		if (!((code[i] >= 'a' && code[i] <= 'z') || (code[i] >= '0' && code[i] <= '9') ||
			    code[i] == '-' || code[i] == '.' || code[i] == '_'))
			return false;
	return n > 0 && n <= 32;
}

const char *e2e_id(const struct key32 *id_key, const struct e2e_of *of, char out[static E2E_ID_SIZE])
{
	char text[256], month[MONTH_TEXT_SIZE], anchor[2 * sizeof(of->anchor.b) + 1];
	struct bytes message;
	struct hash h;
	int n;

	bug_if(!code_fits(of->programme) || !code_fits(of->kind) || of->instalment < 0 || of->issue < 0);
	hex_encode(of->anchor.b, sizeof(of->anchor.b), anchor);
	n = snprintf(text, sizeof(text), "chitra-e2e/v1\n%s\n%s\n%s\n%s\n%" PRId32 "\n%" PRId32 "\n",
		of->programme, month_format(of->month, month), of->kind, anchor, of->instalment, of->issue);
	bug_if(n < 0 || (size_t)n >= sizeof(text));
	message = bytes_of(text, (size_t)n);
	h = blake2b_keyed(id_key, &message, 1);
	crockford32_encode(h.b, E2E_BITS, out);
	return out;
}

bool e2e_id_valid(struct bytes s)
{
	if (s.n != E2E_ID_SIZE - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] == '\0' || strchr(crockford, s.at[i]) == NULL)
			return false;
	return true;
}

struct hash16 person_anchor(const struct key32 *blind_key, const struct personal_id *first)
{
	struct bytes parts[] = {bytes_z("anchor/v1\n"), bytes_of(first->digits, ID_DIGITS)};
	struct hash h = blake2b_keyed(blind_key, parts, COUNT_OF(parts));
	struct hash16 out;

	memcpy(out.b, h.b, sizeof(out.b));
	return out;
}

static const char *blind_prefix(enum blind_kind kind)
{
	switch (kind) {
	case BLIND_ID: return "id/v1\n";
	case BLIND_ACCOUNT: return "account/v1\n";
	case BLIND_PHONE: return "phone/v1\n";
	}
	bug("no such kind of blind index: %d", (int)kind);
}

struct hash16 blind_index(const struct key32 *blind_key, enum blind_kind kind, const char *text)
{
	struct bytes parts[] = {bytes_z(blind_prefix(kind)), bytes_z(text)};

	return blake2b_keyed16(blind_key, parts, COUNT_OF(parts));
}
