#include "ledger/verify/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* In ASCII: what a stranger wrote gives no orders to the terminal that shows it. */
__attribute__((format(printf, 2, 0))) static void say(FILE *to, const char *format, va_list args)
{
	char text[2000];

	(void)vsnprintf(text, sizeof text, format, args);
	for (char *c = text; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	(void)fputs(text, to);
}

void finding(struct findings *f, const char *code, int64_t leaf, const char *format, ...)
{
	size_t i = 0;
	va_list args;

	if (leaf != NO_LEAF && (f->n == 0 || f->first_leaf == NO_LEAF || leaf < f->first_leaf))
		f->first_leaf = leaf;
	else if (f->n == 0)
		f->first_leaf = NO_LEAF;
	f->n++;
	while (i < FINDING_CODES - 1 && f->of[i].code != NULL && strcmp(f->of[i].code, code) != 0)
		i++;
	f->of[i].code = code;
	if (f->of[i].n++ >= FINDING_PRINTED)
		return;
	if (leaf == NO_LEAF)
		(void)fprintf(f->to, "finding %s: ", code);
	else
		(void)fprintf(f->to, "finding %s: leaf %" PRId64 ": ", code, leaf);
	va_start(args, format);
	say(f->to, format, args);
	va_end(args);
	(void)fputc('\n', f->to);
}

void findings_end(struct findings *f)
{
	for (size_t i = 0; i < FINDING_CODES && f->of[i].code != NULL; i++)
		if (f->of[i].n > FINDING_PRINTED)
			(void)fprintf(f->to, "finding %s: %" PRIu64 " more of these\n", f->of[i].code,
				f->of[i].n - FINDING_PRINTED);
}
