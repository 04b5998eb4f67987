#include "ledger/register/opening_store.h"

#include "ledger/base/secret.h"

struct opening {
	const struct register_keys *keys;
};

enum result opening_begin(struct work *w, const struct hash *token_hash, const struct register_keys *keys,
	const struct opening_wish *wish, struct opening **out)
{
	struct officer me;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = officer_enter(w, token_hash, &me);
	if (r == OK)
		r = db_run(w, Q_OPENING_ADD,
			DB_ARGS(db_text(wish->what), wish->person ? db_i64(wish->person) : db_null(),
				db_text(wish->reason)),
			NULL);
	if (r == OK)
		r = tx_commit(w);
	if (r != OK)
		return r;
	*out = arena_alloc(w->arena, sizeof **out);
	**out = (struct opening){.keys = keys};
	return OK;
}

bool opening_field(struct work *w, const struct opening *o, const struct sealed_field *f, struct buf *out)
{
	struct key32 key;
	if (!seal_unwrap(o->keys->keks, o->keys->n_keks, f->person, f->wrapped, &key, &w->why))
		return false;
	bool opened = open_field(&key, f->person, f->field, f->sealed, out, &w->why);
	secret_wipe(&key, sizeof key);
	return opened;
}

static bool is_there(const struct rows *r, size_t i, const char *column)
{
	int c = rows_col(r, column);
	return !row_null(r, i, c) && row_bytes(r, i, c).n > 0;
}

bool opening_id(
	struct work *w, const struct opening *o, const struct rows *r, size_t i, struct personal_id *out)
{
	out->digits[0] = '\0';
	if (!is_there(r, i, "wrapped") || !is_there(r, i, "sealed"))
		return true;
	CLEANUP(buf_free) struct buf text = BUF(64);
	const struct sealed_field f = {.person = row_i64(r, i, rows_col(r, "person")),
		.wrapped = row_bytes(r, i, rows_col(r, "wrapped")),
		.sealed = row_bytes(r, i, rows_col(r, "sealed")),
		.field = "id"};
	bool opened = opening_field(w, o, &f, &text) && personal_id_parse(buf_bytes(&text), out, &w->why);
	if (text.at)
		secret_wipe(text.at, text.size);
	return opened;
}

bool opening_id_masked(
	struct work *w, const struct opening *o, const struct rows *r, size_t i, const char **out)
{
	char masked[MASKED_SIZE];
	struct personal_id id;
	*out = NULL;
	bool opened = opening_id(w, o, r, i, &id);
	if (opened && *id.digits)
		*out = arena_strdup(w->arena, personal_id_masked(&id, masked));
	secret_wipe(&id, sizeof id);
	return opened;
}
