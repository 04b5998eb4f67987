/* title.h: what stands above a list's headings: of which month and of which unit the list says that it is.
 *
 * Pure. Last month's file imported for this month, or the neighbour's list, is right row by row; only its title tells. A month is what
 * «Tháng 05 năm 2024», «tháng 5/2024», «T5/2024» and «Kỳ chi trả: 05/2024» say; a day («ngày 20 tháng 5 năm 2024») is none, and where several
 * months, a range or a quarter are named nothing is compared. A unit is a commune of the list's own province behind «xã», «phường», «thị trấn» or
 * «đặc khu», written out; who signs above it is none. A title that names the list's own unit too is that unit's. */
#ifndef LEDGER_REGISTER_TITLE_H
#define LEDGER_REGISTER_TITLE_H

#include "ledger/base/why.h"
#include "ledger/register/area.h"

/* What the rows so far said; all zeros before the first. */
struct title {
	int month, year; /* 0: not said */
	int32_t month_row;
	bool several;
	bool own; /* the list's own unit is named */
	const struct area *other;
	int32_t other_row;
};

/* One row, its texts joined by tabs. */
void title_read(
	struct arena *a, const struct area_scope *scope, int32_t row, const char *text, struct title *title);

/* True when the list is what its title says. False with title_differs, and in why->text what differs, in Vietnamese. */
bool title_check(struct arena *a, const struct title *title, const struct area_scope *scope,
	struct month period, struct why *why) WARN_UNUSED;

#endif
