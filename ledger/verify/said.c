#include "ledger/verify/said.h"

#include <string.h>

void say_text(struct said *s, struct text t)
{
	if (t.n + 1 > sizeof s->at - s->n)
		return;
	s->at[s->n++] = ' ';
	memcpy(s->at + s->n, t.at, t.n);
	s->n += t.n;
}

void say_number(struct said *s, int64_t n)
{
	char digits[24];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	say_text(s, (struct text){.at = digits + i, .n = sizeof digits - i});
}

struct text said_text(const struct said *s)
{
	return (struct text){.at = s->at, .n = s->n};
}
