#include "ledger/verify/slip.h"

#include <string.h>

#define PREFIX "CHITRA1:"

/* -1: none of the 45. */
static int value_of(char c)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? (int)(at - alphabet) : -1;
}

bool base45_read(struct text t, uint8_t *out, size_t *n)
{
	size_t room = *n, k = 0;

	for (size_t i = 0; i < t.n; i += 3) {
		size_t chars = t.n - i < 3 ? t.n - i : 3;
		int value = 0, weight = 1;

		if (chars == 1)
			return false;
		for (size_t c = 0; c < chars; c++, weight *= 45) {
			int digit = value_of(t.at[i + c]);

			if (digit < 0)
				return false;
			value += digit * weight;
		}
		if (value > (chars == 3 ? 0xffff : 0xff) || room - k < chars - 1)
			return false;
		if (chars == 3)
			out[k++] = (uint8_t)(value >> 8);
		out[k++] = (uint8_t)(value & 0xff);
	}
	*n = k;
	return true;
}

bool slip_is(struct text text)
{
	return text_skip(&text, PREFIX);
}

static bool take(struct text *rest, size_t n, struct text *out)
{
	if (rest->n < n)
		return false;
	*out = (struct text){.at = rest->at, .n = n};
	rest->at += n;
	rest->n -= n;
	return true;
}

bool slip_read(struct text text, uint8_t held[SLIP_MAX], struct text *leaf, struct receipt *out)
{
	struct receipt r = {.index = 0};
	struct text rest, bytes;
	size_t n = SLIP_MAX;

	/* The line's end is of the program that read the code. */
	for (const char *end = "\n\r"; *end != '\0'; end++)
		if (text.n > 0 && text.at[text.n - 1] == *end)
			text.n--;
	if (!text_skip(&text, PREFIX) || !base45_read(text, held, &n))
		return false;
	rest = (struct text){.at = (const char *)held, .n = n};
	if (!take(&rest, 2, &bytes) || !take(&rest, (size_t)held[0] << 8 | held[1], leaf) ||
		!take(&rest, 1, &bytes))
		return false;
	r.proof.n = (uint8_t)bytes.at[0];
	if (r.proof.n > PROOF_MAX || !take(&rest, r.proof.n * 32, &bytes))
		return false;
	memcpy(r.proof.at, bytes.at, bytes.n);
	r.note = rest;
	*out = r;
	return rest.n > 0;
}
