/* kek_store.h: the keys that wrap all others (KEK), as the database knows them: by id, never themselves.
 *
 * The database's newest wraps, whatever a holder's configuration says first; all that are not retired open. A rotation is: both holders get
 * the new key beside the old one, kek_rotate brings it in and wraps anew what is wrapped, in portions, while all else goes on; when nothing
 * needs the old one it retires, and the holders may lose it. Called by the desk's commands and, kek_check, by every duty that holds one. */
#ifndef LEDGER_REGISTER_KEK_STORE_H
#define LEDGER_REGISTER_KEK_STORE_H

#include "ledger/base/seal.h"
#include "ledger/db/db.h"

/* Inside a transaction. Every KEK that the database still needs is among the n, and is the right one. REFUSED kek_missing, kek_unknown. */
enum result kek_check(struct work *w, const struct kek *keks, size_t n) WARN_UNUSED;

/* Whether the database needs the KEK that wrapped this key; inside or outside a transaction. */
enum result kek_is_needed(struct work *w, struct bytes wrapped, bool *needed) WARN_UNUSED;

/* A transaction of its own: kek_check, and the one that wraps comes first. The first holder that an empty database sees makes its only KEK
 * the database's. REFUSED kek_missing, kek_unknown. */
enum result kek_choose(struct work *w, struct kek *keks, size_t n) WARN_UNUSED;

struct kek_rows {
	int64_t unknown; /* wrapped by none of them */
	size_t n;
	struct kek_row {
		int number;
		const char *id; /* 8 hex digits */
		int64_t needed; /* wrapped keys that only it opens */
		bool retired;
	} * at; /* the oldest first; the last one wraps */
};
enum result kek_status(struct work *w, struct kek_rows *out) WARN_UNUSED;

/* Inside an officer's transaction. Of the n the one that the database does not know becomes the newest. *began: there was one. REFUSED
 * kek_rotating, no_mandate. */
enum result kek_begin(
	struct work *w, const struct kek *keks, size_t n, int64_t officer, bool *began) WARN_UNUSED;

/* The next portion, inside a transaction of the caller's; *done of it. keks[0] wraps (kek_choose). Begin with zeros; after.over: nothing is
 * left. REFUSED kek_missing, seal_*. */
struct kek_after {
	int64_t person, file;
	bool over;
};
enum result kek_rewrap(
	struct work *w, const struct kek *keks, size_t n, struct kek_after *after, int64_t *done) WARN_UNUSED;

/* Inside an officer's transaction. REFUSED kek_needed, kek_newest, no_mandate. */
enum result kek_retire(struct work *w, int number) WARN_UNUSED;

#endif
