#include "ledger/payout/message_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/db/db.h"

enum result message_writer_new(struct work *w, const struct key32 *evidence, struct message_writer *out)
{
	uint8_t sealed[EVIDENCE_KEY_SIZE];
	struct message_writer writer = {0};
	evidence_key_new(evidence, &writer.key, sealed);
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result != OK)
		return result;
	struct rows r;
	result = db_run(w, Q_MESSAGE_KEY_NEW, DB_ARGS(db_bytes(bytes_of(sealed, sizeof sealed))), &r);
	if (result != OK)
		return result;
	writer.key_id = row_i64(&r, 0, rows_col(&r, "id"));
	result = tx_commit(w);
	if (result == OK)
		*out = writer;
	return result;
}

struct columns {
	const char **banks, **directions, **kinds, **ids;
	int64_t *dispatches;
	bool *no_dispatch, *authentics;
	struct hash *hashes;
	struct bytes *bodies;
};

static struct bytes sealed(struct work *w, const struct message_writer *by, const struct bank_message *m)
{
	CLEANUP(buf_free) struct buf b = BUF(m->body.n + EVIDENCE_OVERHEAD);
	evidence_seal(
		&by->key, &(struct evidence_of){.bank = m->bank, .external_id = m->external_id}, m->body, &b);
	return buf_copy(&b, w->arena);
}

static struct columns columns_of(
	struct work *w, const struct message_writer *by, const struct bank_message *at, size_t n)
{
	struct columns c = {
		.banks = arena_array(w->arena, n, const char *),
		.directions = arena_array(w->arena, n, const char *),
		.kinds = arena_array(w->arena, n, const char *),
		.ids = arena_array(w->arena, n, const char *),
		.dispatches = arena_array(w->arena, n, int64_t),
		.no_dispatch = arena_array(w->arena, n, bool),
		.authentics = arena_array(w->arena, n, bool),
		.hashes = arena_array(w->arena, n, struct hash),
		.bodies = arena_array(w->arena, n, struct bytes),
	};
	for (size_t i = 0; i < n; i++) {
		c.banks[i] = at[i].bank;
		c.directions[i] = at[i].direction;
		c.kinds[i] = at[i].kind;
		c.ids[i] = at[i].external_id;
		c.dispatches[i] = at[i].dispatch;
		c.no_dispatch[i] = at[i].dispatch == 0;
		c.authentics[i] = at[i].authentic;
		c.hashes[i] = sha256(at[i].body);
		c.bodies[i] = sealed(w, by, &at[i]);
	}
	return c;
}

/* What was there already: a repetition of the same bytes is the same message. */
static enum result find_known(struct work *w, const struct columns *c, struct bank_message *at, size_t n)
{
	struct rows r;
	enum result result = db_run(w, Q_MESSAGE_KNOWN,
		DB_ARGS(db_texts(c->banks, n), db_texts(c->directions, n), db_texts(c->ids, n)), &r);
	if (result != OK)
		return result;
	int id = rows_col(&r, "id"), name = rows_col(&r, "external_id"), hash = rows_col(&r, "sha256");
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; at[i].id == 0 && j < rows_n(&r); j++) {
			if (strcmp(row_text(&r, j, name), at[i].external_id) != 0)
				continue;
			struct hash there = row_hash(&r, j, hash);
			if (!hash_eq(&there, &c->hashes[i])) {
				why_set(&w->why, "message_differs",
					"message %s is stored with another content", at[i].external_id);
				return REFUSED;
			}
			at[i].id = row_i64(&r, j, id);
		}
		bug_if(at[i].id == 0);
	}
	return OK;
}

enum result messages_store(struct work *w, const struct message_writer *by, struct bank_message *at, size_t n)
{
	if (n == 0)
		return OK;
	struct columns c = columns_of(w, by, at, n);
	struct rows r;
	enum result result = db_run(w, Q_MESSAGE_STORE,
		DB_ARGS(db_texts(c.banks, n), db_texts(c.directions, n), db_texts(c.kinds, n),
			db_texts(c.ids, n), db_with_nulls(db_i64s(c.dispatches, n), c.no_dispatch),
			db_hashes(c.hashes, n), db_i64(by->key_id), db_byteas(c.bodies, n),
			db_bools(c.authentics, n)),
		&r);
	if (result != OK)
		return result;

	int id = rows_col(&r, "id"), name = rows_col(&r, "external_id");
	size_t j = 0; /* rows come in the order of the messages; those that were there are left out */
	for (size_t i = 0; i < n; i++) {
		at[i].fresh = j < rows_n(&r) && strcmp(row_text(&r, j, name), at[i].external_id) == 0;
		at[i].id = at[i].fresh ? row_i64(&r, j++, id) : 0;
	}
	bug_if(j != rows_n(&r));
	return j == n ? OK : find_known(w, &c, at, n);
}

const char *statement_page_id(struct arena *a, const char *funding, struct day day, int32_t page)
{
	char text[DAY_TEXT_SIZE];
	return arena_printf(a, "%s.%s.%" PRId32, funding, day_format(day, text), page);
}

bool statement_page_parse(
	struct arena *a, const char *external_id, const char **funding, struct day *day, int32_t *page)
{
	size_t n = strlen(external_id);
	const char *dot = strrchr(external_id, '.');
	if (!dot)
		return false;
	uint64_t number;
	struct bytes digits = bytes_z(dot + 1);
	size_t head = n - digits.n - 1;
	if (!text_u64(digits, INT32_MAX, &number) || head < DAY_TEXT_SIZE + 1)
		return false;
	const char *text = external_id + head - (DAY_TEXT_SIZE - 1);
	if (text[-1] != '.' || !day_parse(bytes_of(text, DAY_TEXT_SIZE - 1), day))
		return false;
	*funding = arena_strndup(a, external_id, head - DAY_TEXT_SIZE);
	*page = (int32_t)number;
	return true;
}
