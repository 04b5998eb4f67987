#include "ledger/base/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/base/log.h"

const char *result_name(enum result r)
{
	switch (r) {
	case OK: return "ok";
	case REFUSED: return "refused";
	case RETRY: return "retry";
	case UNSURE: return "unsure";
	}
	bug("no such result: %d", (int)r);
}

void bug(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_last_words(text);
	abort();
}
