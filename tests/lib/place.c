#include "tests/lib/place.h"

#include <ftw.h>
#include <stdio.h>

static int remove_one(const char *at, const struct stat *st, int what, struct FTW *where)
{
	(void)st;
	(void)what;
	(void)where;
	return remove(at);
}

void place_remove(const char *place)
{
	(void)nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
