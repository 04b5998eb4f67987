#include "daemon/parse/problem.h"

#include <stdio.h>

bool problem_set(struct problem *p, const char *code, int32_t row, const char *detail)
{
	if (p->code)
		return false;
	p->code = code;
	p->row = row;
	snprintf(p->detail, sizeof p->detail, "%s", detail);
	return false;
}
