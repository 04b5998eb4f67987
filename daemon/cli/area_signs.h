/* area_signs.h: what the signs behind a unit's code mean where a report is by the units of another day (register.ward_as_of): «22951?» and
 * «22924/22927». One line for each sign that stands in the table. */
#ifndef CHITRA_CLI_AREA_SIGNS_H
#define CHITRA_CLI_AREA_SIGNS_H

#include <stdbool.h>

struct area_signs {
	const char *unknown, *several; /* the first of each; NULL: none */
};
void area_signs_see(struct area_signs *s, const char *unit);
void area_signs_print(const struct area_signs *s);

#endif
