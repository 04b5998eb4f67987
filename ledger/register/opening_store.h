/* opening_store.h: the one door to sealed data for people.
 *
 * Whoever wants to see what is sealed says as whom (the session) and why; that becomes a row of auth.access_log, committed before anything
 * is opened, so that what was shown is written down whatever happens next. What opens takes the opening that this gives, and nothing
 * else in the desk's programs can open a field (tests/check-source). Machines that open for a bank or an agent: daemon/duties/teller_keys.c. */
#ifndef LEDGER_REGISTER_OPENING_STORE_H
#define LEDGER_REGISTER_OPENING_STORE_H

#include "ledger/base/ids.h"
#include "ledger/db/db.h"
#include "ledger/register/keys.h"
#include "ledger/register/officer_store.h"

/* Made by opening_begin alone; holds the keys, which must outlive it. */
struct opening;

/* For what is looked at: "people.list", "person.export" …; person 0: many. A transaction of its own. REFUSED session_over. */
struct opening_wish {
	const char *what, *reason;
	int64_t person;
};
enum result opening_begin(struct work *w, const struct hash *token_hash, const struct register_keys *keys,
	const struct opening_wish *wish, struct opening **out) WARN_UNUSED;

/* A field of a person (or of a file's raw rows: −file), its key wrapped. Appends to out, which the caller wipes. False with w->why seal_*. */
struct sealed_field {
	int64_t person;
	struct bytes wrapped, sealed;
	const char *field;
};
bool opening_field(
	struct work *w, const struct opening *o, const struct sealed_field *f, struct buf *out) WARN_UNUSED;

/* The ID of a row with the columns person, wrapped and sealed; without digits: of somebody who was erased. False with why seal_*. */
bool opening_id(struct work *w, const struct opening *o, const struct rows *r, size_t i,
	struct personal_id *out) WARN_UNUSED;
/* Only its masked form, as it is shown; NULL: the row has none. */
bool opening_id_masked(struct work *w, const struct opening *o, const struct rows *r, size_t i,
	const char **out) WARN_UNUSED;

#endif
