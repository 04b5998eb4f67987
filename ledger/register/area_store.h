/* area_store.h: what the tables say of a unit, and where the villages of a split one went. In an officer's transaction. */
#ifndef LEDGER_REGISTER_AREA_STORE_H
#define LEDGER_REGISTER_AREA_STORE_H

#include "ledger/db/db.h"

struct area_rows {
	size_t n;
	struct area_row {
		const char *level, *name, *parent; /* parent: "" for a province */
		struct day from, to;
		bool ends;
		const char *later, *earlier; /* names with codes; "" for none */
	} * at;
};
enum result area_show(struct work *w, const char *code, struct area_rows *out) WARN_UNUSED;

/* REFUSED no_mandate (register, for the old unit), village_bad, not_split: no unit with that code was split to the other one. */
enum result area_village_add(struct work *w, const char *code, const char *village, const char *to,
	const char *source) WARN_UNUSED;

#endif
