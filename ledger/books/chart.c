#include "ledger/books/chart.h"

#include <string.h>

/* Which accounts exist. `parts` is what follows the family: 1, a funding account or a cash channel; 2, an agency and a
 * programme. The clawback, loss and refundable families follow the same rule as the rest; an accountant has yet to map them to
 * Circular 24/2024/TT-BTC. */
static const struct {
	const char *family;
	int parts;
	int normal;  /* 1: debit is plus; -1: credit is plus */
	bool floors; /* never below 0 by what we do ourselves */
} chart[ACCOUNTS] = {
	/* clang-format off */
	[ACCOUNT_BANK]            = {"assets:bank",                 1,  1, true},
	[ACCOUNT_AGENT]           = {"assets:agent",                1,  1, true},
	[ACCOUNT_SUSPENSE_DEBIT]  = {"assets:suspense-debit",       1,  1, true},
	[ACCOUNT_CLAWBACK]        = {"assets:clawback",             2,  1, true},
	[ACCOUNT_ADVANCE]         = {"liabilities:advance",         1, -1, true},
	[ACCOUNT_PAYABLE]         = {"liabilities:payable",         2, -1, true},
	[ACCOUNT_IN_FLIGHT]       = {"liabilities:in-flight",       1, -1, true},
	[ACCOUNT_UNCLAIMED]       = {"liabilities:unclaimed",       2, -1, true},
	[ACCOUNT_SUSPENSE_CREDIT] = {"liabilities:suspense-credit", 1, -1, true},
	[ACCOUNT_REFUNDABLE]      = {"liabilities:refundable",      1, -1, true},
	[ACCOUNT_BENEFIT]         = {"expenses:benefit",            2,  1, false},
	[ACCOUNT_FEES]            = {"expenses:fees",               1,  1, false},
	[ACCOUNT_LOSS]            = {"expenses:loss",               2,  1, false},
	[ACCOUNT_FUNDING]         = {"income:funding",              2, -1, false},
	[ACCOUNT_CLOSED]          = {"equity:closed",               2, -1, false},
	/* clang-format on */
};

/* Starts with a letter; then letters, digits, '.', '_' and '-'. */
static bool is_part(struct bytes part)
{
	if (part.n < 1 || part.n > 32 || part.at[0] < 'a' || part.at[0] > 'z')
		return false;
	for (size_t i = 1; i < part.n; i++) {
		uint8_t c = part.at[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

const char *account_code(struct arena *a, enum account family, const char *one, const char *two)
{
	size_t head;
	size_t first;
	size_t second;
	char *code;

	bug_if((unsigned)family >= ACCOUNTS);
	bug_if((two != NULL) != (chart[family].parts == 2));
	bug_if(!is_part(bytes_z(one)) || (two != NULL && !is_part(bytes_z(two))));
	head = strlen(chart[family].family);
	first = strlen(one);
	second = two != NULL ? strlen(two) : 0;
	code = arena_alloc(a, head + 1 + first + 1 + second + 1);
	memcpy(code, chart[family].family, head);
	code[head] = ':';
	memcpy(code + head + 1, one, first + 1);
	if (two != NULL) {
		code[head + 1 + first] = ':';
		memcpy(code + head + 2 + first, two, second + 1);
	}
	return code;
}

static bool has_parts(struct bytes rest, int parts)
{
	const uint8_t *colon = memchr(rest.at, ':', rest.n);

	if (parts == 1 || colon == NULL)
		return parts == 1 && is_part(rest);
	return is_part(bytes_of(rest.at, (size_t)(colon - rest.at))) &&
	       is_part(bytes_of(colon + 1, (size_t)(rest.at + rest.n - colon - 1)));
}

bool account_parse(struct bytes code, enum account *family)
{
	for (unsigned f = 0; f < ACCOUNTS; f++) {
		size_t head = strlen(chart[f].family);

		if (code.n > head + 1 && memcmp(code.at, chart[f].family, head) == 0 &&
			code.at[head] == ':') {
			if (!has_parts(bytes_of(code.at + head + 1, code.n - head - 1), chart[f].parts))
				return false;
			*family = (enum account)f;
			return true;
		}
	}
	return false;
}

int account_normal(enum account family)
{
	bug_if((unsigned)family >= ACCOUNTS);
	return chart[family].normal;
}

bool account_has_floor(enum account family)
{
	bug_if((unsigned)family >= ACCOUNTS);
	return chart[family].floors;
}

void chart_text(struct buf *out)
{
	buf_add_z(out, "chitra-chart/v1\n");
	for (unsigned f = 0; f < ACCOUNTS; f++)
		buf_addf(out, "%s:%s %s %s\n", chart[f].family,
			chart[f].parts == 2 ? "<agency>:<programme>" : "<place>",
			chart[f].normal > 0 ? "debit" : "credit", chart[f].floors ? "floor" : "free");
}

struct hash chart_hash(void)
{
	CLEANUP(buf_free) struct buf text;

	buf_init(&text, 8192);
	chart_text(&text);
	return sha256(buf_bytes(&text));
}
