#include "ledger/register/kek_store.h"

#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"

#define PORTION 5000

static const struct key32 known = {{0}}; /* what each KEK wrapped for person 0 */

/* ---- holders -------------------------------------------------------------------------------------------------------- */

static const struct kek *kek_of_row(const struct rows *r, size_t i, const struct kek *keks, size_t n)
{
	struct bytes id = row_bytes(r, i, rows_col(r, "id"));
	for (size_t k = 0; k < n; k++)
		if (kek_wrapped(&keks[k], id))
			return &keks[k];
	return NULL;
}

static bool is_right(const struct rows *r, size_t i, const struct kek *kek, struct why *why)
{
	struct key32 opened;
	return seal_unwrap(kek, 1, 0, row_bytes(r, i, rows_col(r, "proof")), &opened, why) &&
	       (memcmp(opened.b, known.b, sizeof known.b) == 0 ||
		       why_set(why, "seal_wrong", "the known key of a key-encryption key is another one"));
}

static enum result check_all(struct work *w, const struct rows *r, const struct kek *keks, size_t n)
{
	for (size_t i = 0; i < rows_n(r); i++) {
		struct bytes id = row_bytes(r, i, rows_col(r, "id"));
		const struct kek *kek = kek_of_row(r, i, keks, n);
		if (!kek) {
			why_set(&w->why, "kek_missing",
				"what is sealed here needs the key-encryption key %02x%02x%02x%02x, which is not among those given",
				id.at[0], id.at[1], id.at[2], id.at[3]);
			return REFUSED;
		}
		if (!is_right(r, i, kek, &w->why))
			return REFUSED;
	}
	return OK;
}

enum result kek_check(struct work *w, const struct kek *keks, size_t n)
{
	struct rows r;
	enum result result = db_run(w, Q_KEK_LIST, DB_NO_ARGS, &r);
	return result == OK ? check_all(w, &r, keks, n) : result;
}

enum result kek_is_needed(struct work *w, struct bytes wrapped, bool *needed)
{
	struct rows r;
	enum result result = db_run(w, Q_KEK_LIST, DB_NO_ARGS, &r);
	*needed = false;
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		struct kek kek = {0};
		struct bytes id = row_bytes(&r, i, rows_col(&r, "id"));
		memcpy(kek.id, id.at, sizeof kek.id);
		*needed = *needed || kek_wrapped(&kek, wrapped);
	}
	return result;
}

static enum result add(struct work *w, const struct kek *kek, int n, struct db_arg officer)
{
	uint8_t proof[SEAL_WRAPPED_SIZE];
	seal_wrap(kek, 0, &known, proof);
	return db_run(w, Q_KEK_ADD,
		DB_ARGS(db_bytes(bytes_of(kek->id, sizeof kek->id)), db_bytes(bytes_of(proof, sizeof proof)),
			db_i64(n), officer),
		NULL);
}

/* Of two holders that come at once one is the first. */
static enum result first_one(struct work *w, const struct kek *keks, size_t n, struct rows *r)
{
	if (n != 1) {
		why_set(&w->why, "kek_first",
			"nothing is sealed here yet, so there must be one key-encryption key and no other");
		return REFUSED;
	}
	enum result result = add(w, keks, 1, db_null());
	return result == OK ? db_run(w, Q_KEK_LIST, DB_NO_ARGS, r) : result;
}

enum result kek_choose(struct work *w, struct kek *keks, size_t n)
{
	struct rows r;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_KEK_LIST, DB_NO_ARGS, &r);
	if (result == OK && rows_n(&r) == 0)
		result = first_one(w, keks, n, &r);
	if (result == OK)
		result = check_all(w, &r, keks, n);
	if (result == OK)
		result = tx_commit(w);
	if (result != OK)
		return result;
	size_t newest = (size_t)(kek_of_row(&r, 0, keks, n) - keks);
	struct kek wraps = keks[newest];
	keks[newest] = keks[0];
	keks[0] = wraps;
	return OK;
}

/* ---- rotation ------------------------------------------------------------------------------------------------------- */

enum result kek_status(struct work *w, struct kek_rows *out)
{
	struct rows r, unknown;
	enum result result = db_run(w, Q_KEK_STATUS, DB_NO_ARGS, &r);
	if (result == OK)
		result = db_run(w, Q_KEK_UNKNOWN, DB_NO_ARGS, &unknown);
	if (result != OK)
		return result;
	out->unknown = row_i64(&unknown, 0, rows_col(&unknown, "n"));
	out->n = rows_n(&r);
	out->at = arena_array(w->arena, out->n, struct kek_row);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct kek_row){
			.number = row_i32(&r, i, rows_col(&r, "n")),
			.id = row_text(&r, i, rows_col(&r, "id")),
			.needed = row_i64(&r, i, rows_col(&r, "needed")),
			.retired = row_bool(&r, i, rows_col(&r, "retired")),
		};
	return OK;
}

static bool is_known(const struct kek_rows *all, const struct kek *kek)
{
	char id[2 * SEAL_KEK_ID_SIZE + 1];
	hex_encode(kek->id, sizeof kek->id, id);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->at[i].id, id) == 0)
			return true;
	return false;
}

enum result kek_begin(struct work *w, const struct kek *keks, size_t n, int64_t officer, bool *began)
{
	struct kek_rows all;
	enum result r = kek_status(w, &all);
	*began = false;
	for (size_t i = 0; r == OK && i < n; i++) {
		if (is_known(&all, &keks[i]))
			continue;
		r = add(w, &keks[i], (int)all.n + 1, db_i64(officer));
		*began = r == OK;
		return r;
	}
	return r;
}

/* Every key of the rows, wrapped anew. */
static enum result wrap_anew(
	struct work *w, const struct kek *keks, size_t n, const struct rows *r, enum query set)
{
	size_t count = rows_n(r);
	int whose = rows_col(r, "whose"), wrapped = rows_col(r, "wrapped");
	int64_t *ids = arena_array(w->arena, count, int64_t);
	struct bytes *olds = arena_array(w->arena, count, struct bytes),
		     *news = arena_array(w->arena, count, struct bytes);
	for (size_t i = 0; i < count; i++) {
		struct key32 key;
		uint8_t *out = arena_alloc(w->arena, SEAL_WRAPPED_SIZE);
		ids[i] = row_i64(r, i, whose);
		olds[i] = row_bytes(r, i, wrapped);
		if (!seal_unwrap(keks, n, ids[i], olds[i], &key, &w->why)) {
			why_prefix(&w->why, "key of %lld", (long long)ids[i]);
			return REFUSED;
		}
		seal_wrap(&keks[0], ids[i], &key, out);
		secret_wipe(&key, sizeof key);
		news[i] = bytes_of(out, SEAL_WRAPPED_SIZE);
	}
	return db_run(
		w, set, DB_ARGS(db_i64s(ids, count), db_byteas(olds, count), db_byteas(news, count)), NULL);
}

enum result kek_rewrap(
	struct work *w, const struct kek *keks, size_t n, struct kek_after *after, int64_t *done)
{
	struct db_arg id = db_bytes(bytes_of(keks[0].id, sizeof keks[0].id));
	struct rows r;
	*done = 0;
	enum result result = db_run(
		w, Q_REWRAP_PEOPLE, DB_ARGS(id, db_i64(after->person), db_i64(PORTION)), &r);
	bool files = result == OK && rows_n(&r) == 0;
	if (files)
		result = db_run(w, Q_REWRAP_FILES, DB_ARGS(id, db_i64(after->file), db_i64(PORTION)), &r);
	if (result != OK || rows_n(&r) == 0) {
		after->over = result == OK;
		return result;
	}
	result = wrap_anew(w, keks, n, &r, files ? Q_REWRAP_FILES_SET : Q_REWRAP_PEOPLE_SET);
	if (result != OK)
		return result;
	int64_t last = row_i64(&r, rows_n(&r) - 1, rows_col(&r, "whose"));
	if (files)
		after->file = -last;
	else
		after->person = last;
	*done = (int64_t)rows_n(&r);
	return OK;
}

enum result kek_retire(struct work *w, int number)
{
	return db_run(w, Q_KEK_RETIRE, DB_ARGS(db_i64(number)), NULL);
}
