#include "ledger/recon/inbox_store.h"

#include <string.h>

#include "ledger/base/evidence.h"
#include "ledger/db/db.h"

#define BODIES_MAX ((int64_t)16 << 20) /* bytes of bodies in one run */

enum result progress_take(struct work *w, const char *name, int64_t *upto, bool *mine)
{
	struct rows r;
	enum result result = db_run(w, Q_PROGRESS_TAKE, DB_ARGS(db_text(name)), &r);
	if (result != OK)
		return result;
	*mine = rows_n(&r) == 1;
	if (*mine)
		*upto = row_i64(&r, 0, rows_col(&r, "upto"));
	return OK;
}

enum result progress_set(struct work *w, const char *name, int64_t upto)
{
	return db_run(w, Q_PROGRESS_SET, DB_ARGS(db_text(name), db_i64(upto)), NULL);
}

static struct inbox_message message_of(const struct rows *r, size_t i)
{
	int key = rows_col(r, "key"), body = rows_col(r, "body");
	return (struct inbox_message){
		.id = row_i64(r, i, rows_col(r, "id")),
		.bank = row_text(r, i, rows_col(r, "bank")),
		.direction = row_text(r, i, rows_col(r, "direction")),
		.kind = row_text(r, i, rows_col(r, "kind")),
		.external_id = row_text(r, i, rows_col(r, "external_id")),
		.sha256 = row_hash(r, i, rows_col(r, "sha256")),
		.key = row_null(r, i, key) ? 0 : row_i64(r, i, key),
		.sealed = row_null(r, i, body) ? bytes_of(NULL, 0) : row_bytes(r, i, body),
	};
}

enum result inbox_next(struct work *w, int64_t upto, int64_t sure, size_t n, struct inbox_message **out,
	size_t *out_n, bool *gap)
{
	struct rows r;
	enum result result = db_run(
		w, Q_INBOX_NEXT, DB_ARGS(db_i64(upto), db_i64((int64_t)n), db_i64(BODIES_MAX)), &r);
	if (result != OK)
		return result;
	struct inbox_message *at = arena_array(w->arena, rows_n(&r) + 1, struct inbox_message);
	size_t taken = 0;
	*gap = false;
	for (int64_t last = upto; taken < rows_n(&r); taken++) {
		at[taken] = message_of(&r, taken);
		if (at[taken].id != last + 1 && at[taken].id > sure) {
			*gap = true;
			break;
		}
		last = at[taken].id;
	}
	*out = at;
	*out_n = taken;
	return OK;
}

enum result inbox_after(struct work *w, int64_t upto, int64_t *id)
{
	struct rows r;
	enum result result = db_run(w, Q_INBOX_AFTER, DB_ARGS(db_i64(upto)), &r);
	if (result == OK)
		*id = rows_n(&r) ? row_i64(&r, 0, rows_col(&r, "id")) : 0;
	return result;
}

enum result inbox_sure(struct work *w, int64_t *sure)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result != OK)
		return result;
	struct rows waited, last;
	result = db_run(w, Q_INBOX_WAIT, DB_NO_ARGS, &waited);
	if (result == OK)
		result = db_run(w, Q_INBOX_LAST, DB_NO_ARGS, &last);
	if (result != OK)
		return result;
	*sure = row_i64(&last, 0, rows_col(&last, "id"));
	return tx_commit(w);
}

/* Whose secret half it is sealed for, nothing says but that it opens. */
static bool key_open(const struct inbox *in, struct bytes sealed, struct key32 *key, struct why *why)
{
	for (size_t i = 0; i < INBOX_SECRETS; i++)
		if (in->secrets[i] && evidence_key_open(in->secrets[i], sealed, key, why))
			return true;
	return false;
}

static enum result key_of(struct work *w, struct inbox *in, int64_t id, const struct key32 **out)
{
	for (size_t i = 0; i < INBOX_KEYS; i++) {
		if (id != 0 && in->keys[i].id == id) {
			*out = &in->keys[i].key;
			return OK;
		}
	}
	struct rows r;
	enum result result = db_run(w, Q_INBOX_KEY, DB_ARGS(db_i64(id)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) != 1) {
		why_set(&w->why, "evidence_key", "the key of a message is not there");
		return REFUSED;
	}
	struct inbox_key *slot = &in->keys[in->next];
	if (!key_open(in, row_bytes(&r, 0, rows_col(&r, "sealed")), &slot->key, &w->why)) {
		slot->id = 0;
		return REFUSED;
	}
	slot->id = id;
	in->next = (in->next + 1) % INBOX_KEYS;
	*out = &slot->key;
	return OK;
}

static enum result open_sealed(struct work *w, struct inbox *in, int64_t key_id, const struct evidence_of *of,
	struct bytes sealed, struct bytes *body)
{
	const struct key32 *key;
	enum result result = key_of(w, in, key_id, &key);
	if (result != OK)
		return result;
	CLEANUP(buf_free) struct buf opened = BUF(sealed.n);
	if (!evidence_open(key, of, sealed, &opened, &w->why))
		return REFUSED;
	*body = buf_copy(&opened, w->arena);
	return OK;
}

enum result inbox_open(struct work *w, struct inbox *in, const struct inbox_message *m, struct bytes *body)
{
	return open_sealed(w, in, m->key,
		&(struct evidence_of){.bank = m->bank, .external_id = m->external_id}, m->sealed, body);
}

enum result inbox_read(struct work *w, struct inbox *in, int64_t id, struct bytes *body)
{
	struct rows r;
	enum result result = db_run(w, Q_INBOX_MESSAGE, DB_ARGS(db_i64(id)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) != 1) {
		why_set(&w->why, "message_unknown", "there is no message %lld", (long long)id);
		return REFUSED;
	}
	int key = rows_col(&r, "key");
	struct evidence_of of = {
		.bank = row_text(&r, 0, rows_col(&r, "bank")),
		.external_id = row_text(&r, 0, rows_col(&r, "external_id")),
	};
	return open_sealed(w, in, row_null(&r, 0, key) ? 0 : row_i64(&r, 0, key), &of,
		row_bytes(&r, 0, rows_col(&r, "body")), body);
}

enum result inbox_files(
	struct work *w, const char *bank, const char *const *names, size_t n, struct inbox_file *out)
{
	struct rows r;
	enum result result = db_run(w, Q_INBOX_FILES, DB_ARGS(db_text(bank), db_texts(names, n)), &r);
	if (result != OK)
		return result;
	memset(out, 0, n * sizeof *out);
	int id = rows_col(&r, "id"), nth = rows_col(&r, "n"), sha = rows_col(&r, "sha256");
	for (size_t i = 0; i < rows_n(&r); i++)
		out[row_i64(&r, i, nth) - 1] = (struct inbox_file){
			.id = row_i64(&r, i, id), .sha256 = row_hash(&r, i, sha)};
	return OK;
}
