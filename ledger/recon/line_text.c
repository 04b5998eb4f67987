#include "ledger/recon/line_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ledger/base/text.h"

#define DIGITS_KEPT 5 /* a longer run may be a number of somebody */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '/';
}

static void mask_digits(char *text)
{
	for (char *c = text; *c != '\0';) {
		size_t n = strspn(c, "0123456789");
		if (n > DIGITS_KEPT)
			memset(c, '.', n);
		c += n > 0 ? n : 1;
	}
}

/* Cut between characters. */
static void cut(char *text, size_t most)
{
	if (strlen(text) <= most)
		return;
	size_t n = most;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	text[n] = '\0';
}

const char *line_text(struct arena *a, const char *kind_text, const char *remittance)
{
	const char *first = kind_text ? kind_text : "", *second = remittance ? remittance : "";
	char *text = arena_printf(a, "%s%s%s", first, *first && *second ? " " : "", second);
	mask_digits(text);
	cut(text, LINE_TEXT_MAX);
	return text;
}

bool line_refers(const char *text, const char *reference)
{
	size_t n = strlen(reference);
	if (!text || n == 0)
		return false;
	for (const char *at = text; (at = strcasestr(at, reference)) != NULL; at++)
		if ((at == text || !is_word(at[-1])) && !is_word(at[n]))
			return true;
	return false;
}

bool line_leading_id(const char *remittance, char out[static E2E_ID_SIZE])
{
	size_t n = E2E_ID_SIZE - 1;
	if (!remittance || strlen(remittance) < n || is_word(remittance[n]) ||
		!e2e_id_valid(bytes_of(remittance, n)))
		return false;
	memcpy(out, remittance, n);
	out[n] = '\0';
	return true;
}
