#include "ledger/verify/sheet.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MAX 1024

struct sheet {
	FILE *in;
	bool headed;
	int64_t line, part; /* last */
	char row[ROW_MAX];
};

struct sheet *sheet_open(FILE *in)
{
	struct sheet *s;

	if (in == NULL)
		return NULL;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		abort();
	s->in = in;
	return s;
}

void sheet_close(struct sheet *s)
{
	if (s == NULL)
		return;
	(void)fclose(s->in);
	free(s);
}

/* A row without its LF. False: none is left, or it is none. */
static bool row(struct sheet *s, struct text *out, bool *none)
{
	size_t n = 0;
	int c;

	while ((c = getc_unlocked(s->in)) != EOF && c != '\n' && n < ROW_MAX)
		s->row[n++] = (char)c;
	*none = c == EOF && n == 0 && !ferror(s->in);
	*out = (struct text){.at = s->row, .n = n};
	return c == '\n';
}

static bool is_entry(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.at[i] < 0x21 || t.at[i] == 0x7f)
			return false;
	return t.n > 0 && text_utf8(t);
}

static bool read_line(struct text t, struct sheet_line *l)
{
	struct text line, part, side, amount, day;
	int32_t days;

	if (!text_until(&t, ',', &line) || !text_count(line, &l->line) || !text_until(&t, ',', &part) ||
		!text_count(part, &l->part) || !text_until(&t, ',', &side) || !text_until(&t, ',', &amount) ||
		!text_count(amount, &l->amount) || l->amount == 0 || !text_until(&t, ',', &day) ||
		!text_day(day, &days) || !text_until(&t, ',', &l->id) || (l->id.n > 0 && !text_id(l->id)))
		return false;
	l->debit = text_is(side, "debit");
	l->entry = t;
	return (l->debit || text_is(side, "credit")) && is_entry(t);
}

enum sheet_part sheet_next(struct sheet *s, struct sheet_line *out)
{
	struct text t;
	bool none;

	if (!s->headed) {
		if (!row(s, &t, &none) || !text_is(t, "line,part,side,amount,value-date,id,entry"))
			return SHEET_MALFORMED;
		s->headed = true;
		s->line = -1;
	}
	if (!row(s, &t, &none))
		return none ? SHEET_END : SHEET_MALFORMED;
	if (!read_line(t, out) || out->line < s->line || (out->line == s->line && out->part <= s->part))
		return SHEET_MALFORMED;
	s->line = out->line;
	s->part = out->part;
	return SHEET_LINE;
}
