#include "daemon/cli/area_signs.h"

#include <stdio.h>
#include <string.h>

void area_signs_see(struct area_signs *s, const char *unit)
{
	if (strchr(unit, '?') && !s->unknown)
		s->unknown = unit;
	if (strchr(unit, '/') && !s->several)
		s->several = unit;
}

void area_signs_print(const struct area_signs *s)
{
	if (s->unknown || s->several)
		putchar('\n');
	if (s->unknown)
		printf("Mã có dấu ? (%s): chưa rõ ngày đó là đơn vị nào; xem bằng chitra area show %.*s\n",
			s->unknown, (int)strcspn(s->unknown, "?"), s->unknown);
	if (s->several)
		printf("Mã có dấu / (%s): là một trong các đơn vị đó; danh sách không cho biết đơn vị nào\n",
			s->several);
}
