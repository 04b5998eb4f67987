/* Any bytes: the reader of published statements takes lines in ascending order or refuses them; what it takes lies inside of what it was given. */
#include <stdlib.h>

#include "ledger/verify/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void must(bool fact)
{
	if (!fact)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct sheet *s = n > 0 ? sheet_open(fmemopen((void *)(uintptr_t)at, n, "r")) : NULL;
	struct sheet_line l;
	int64_t line = -1, part = 0;

	while (s != NULL && sheet_next(s, &l) == SHEET_LINE) {
		must(l.amount > 0 && l.entry.n > 0 && text_utf8(l.entry) && (l.id.n == 0 || l.id.n == 19));
		must(l.line > line || (l.line == line && l.part > part));
		line = l.line;
		part = l.part;
	}
	sheet_close(s);
	return 0;
}
