#include "daemon/cli/csv_out.h"

#include <string.h>

void csv_out_row(FILE *to, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			putc(',', to);
		if (!strpbrk(cells[i], ",\"\r\n")) {
			fputs(cells[i], to);
			continue;
		}
		putc('"', to);
		for (const char *s = cells[i]; *s; s++) {
			if (*s == '"')
				putc('"', to);
			putc(*s, to);
		}
		putc('"', to);
	}
	putc('\n', to);
}
