#include "daemon/duties/gate_group.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/db/db.h"

/* What is to be stored, as columns; of[i] is whose row i is. */
struct batch {
	size_t n;
	struct arrival **of;
	const char **banks, **kinds, **ids;
	int64_t *stamps; /* when the bank says that it signed: seconds since 1970 */
	struct hash *hashes;
	struct bytes *bodies;
};

static struct batch batch_new(struct arena *a, size_t n)
{
	return (struct batch){
		.of = arena_array(a, n, struct arrival *),
		.banks = arena_array(a, n, const char *),
		.kinds = arena_array(a, n, const char *),
		.ids = arena_array(a, n, const char *),
		.stamps = arena_array(a, n, int64_t),
		.hashes = arena_array(a, n, struct hash),
		.bodies = arena_array(a, n, struct bytes),
	};
}

static const char *header_once(const struct exchange *x, const char *name)
{
	return exchange_header_count(x, name) == 1 ? exchange_header(x, name) : NULL;
}

/* Whether the bank says so, and whether we understand what. */
static bool judge(struct arrival *a, struct arena *scratch, const char **id, int64_t *stamp)
{
	struct webhook_headers headers = {
		.id = header_once(a->exchange, "webhook-id"),
		.timestamp = header_once(a->exchange, "webhook-timestamp"),
		.signature = header_once(a->exchange, "webhook-signature"),
	};
	struct webhook_keys keys = {
		.keys = a->bank->keys, .n_keys = a->bank->keys_n, .window_s = GATE_WINDOW_S};
	struct heard heard;
	if (!heard_callback(
		    &headers, exchange_body(a->exchange), &keys, wall_us() / 1000000, &heard, &a->why)) {
		a->verdict = GATE_REFUSED;
		return false;
	}
	struct callback said;
	driver_named("chitra_json")->decode_callback(&heard, scratch, &said);
	a->verdict = said.verdict.says == MESSAGE_ANSWERED ? GATE_STORED : GATE_STRANGE;
	a->why = said.verdict.why;
	*id = headers.id;
	*stamp = strtoll(headers.timestamp, NULL, 10); /* a number: heard_callback has looked */
	return true;
}

static struct bytes seal(
	struct arena *a, const struct message_writer *by, const char *bank, const char *id, struct bytes body)
{
	CLEANUP(buf_free) struct buf sealed = BUF(body.n + EVIDENCE_OVERHEAD);
	evidence_seal(&by->key, &(struct evidence_of){.bank = bank, .external_id = id}, body, &sealed);
	return buf_copy(&sealed, a);
}

static void batch_add(struct batch *b, struct arena *a, const struct message_writer *by, struct arrival *of,
	const char *kind, const char *id, int64_t stamp)
{
	struct bytes body = exchange_body(of->exchange);
	b->of[b->n] = of;
	b->banks[b->n] = of->bank->code;
	b->kinds[b->n] = kind;
	b->ids[b->n] = id;
	b->stamps[b->n] = stamp;
	b->hashes[b->n] = sha256(body);
	b->bodies[b->n] = seal(a, by, of->bank->code, id, body);
	b->n++;
}

static void judge_all(struct gate_group *g, struct arena *a, struct batch *b)
{
	CLEANUP(arena_drop) struct arena *scratch = arena_new();
	for (size_t i = 0; i < g->n; i++) {
		const char *id;
		int64_t stamp;
		if (judge(g->at[i], scratch, &id, &stamp))
			batch_add(b, a, g->writer, g->at[i],
				g->at[i]->verdict == GATE_STRANGE ? "strange" : "status", id, stamp);
		arena_reset(scratch);
	}
}

/* The same id with the same bytes is a repetition and gets the same answer. What was signed too long ago by the database's clock, or is
 * ahead of it, came where the two clocks disagree. */
static enum result find_known(struct work *w, struct batch *b, const bool *fresh)
{
	struct batch old = batch_new(w->arena, b->n);
	for (size_t i = 0; i < b->n; i++) {
		if (fresh[i])
			continue;
		old.of[old.n] = b->of[i];
		old.banks[old.n] = b->banks[i];
		old.ids[old.n] = b->ids[i];
		old.stamps[old.n] = b->stamps[i];
		old.hashes[old.n++] = b->hashes[i];
	}
	if (old.n == 0)
		return OK;
	struct rows r;
	enum result result = db_run(w, Q_GATE_KNOWN,
		DB_ARGS(db_texts(old.banks, old.n), db_texts(old.ids, old.n), db_hashes(old.hashes, old.n),
			db_i64s(old.stamps, old.n), db_i64(GATE_WINDOW_S)),
		&r);
	if (result != OK)
		return result;
	int in_time = rows_col(&r, "in_time"), same = rows_col(&r, "same");
	bug_if(rows_n(&r) != old.n);
	for (size_t i = 0; i < old.n; i++) {
		struct arrival *a = old.of[i];
		if (!row_bool(&r, i, in_time)) {
			a->verdict = GATE_REFUSED;
			why_set(&a->why, "webhook_other_clock",
				"by the database's clock webhook-timestamp is more than %d s away, and not by this host's: set both by NTP",
				GATE_WINDOW_S);
		} else if (!row_bool(&r, i, same)) {
			a->verdict = GATE_CHANGED;
			why_set(&a->why, "callback_changed",
				"this webhook-id is stored with another content");
		} else if (a->verdict == GATE_STORED) {
			a->verdict = GATE_REPEATED;
		}
	}
	return OK;
}

static enum result insert(
	struct work *w, const struct batch *b, const struct message_writer *by, struct rows *fresh)
{
	return db_run(w, Q_GATE_STORE,
		DB_ARGS(db_texts(b->banks, b->n), db_texts(b->kinds, b->n), db_texts(b->ids, b->n),
			db_hashes(b->hashes, b->n), db_i64(by->key_id), db_byteas(b->bodies, b->n),
			db_i64s(b->stamps, b->n), db_i64(GATE_WINDOW_S)),
		fresh);
}

/* What the bank signed under an id that it had used for something else is kept too, under that id and its own hash: a person compares
 * the two. */
static enum result keep_changed(struct work *w, const struct batch *b, const struct message_writer *by)
{
	struct rows r;
	struct batch changed = batch_new(w->arena, b->n);
	for (size_t i = 0; i < b->n; i++) {
		char hex[HASH_HEX_SIZE];
		if (b->of[i]->verdict == GATE_CHANGED)
			batch_add(&changed, w->arena, by, b->of[i], "changed",
				arena_printf(w->arena, "%s#%s", b->ids[i], hash_hex(&b->hashes[i], hex)),
				b->stamps[i]);
	}
	return changed.n > 0 ? insert(w, &changed, by, &r) : OK;
}

static enum result store(struct work *w, struct batch *b, const struct message_writer *by)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result != OK)
		return result;
	struct rows r;
	result = insert(w, b, by, &r);
	if (result != OK)
		return result;
	bool *fresh = arena_array(w->arena, b->n, bool);
	int n = rows_col(&r, "n");
	for (size_t i = 0; i < rows_n(&r); i++)
		fresh[row_i64(&r, i, n) - 1] = true;
	result = find_known(w, b, fresh);
	if (result == OK)
		result = keep_changed(w, b, by);
	return result == OK ? tx_commit(w) : result;
}

enum result gate_group_run(struct work *w, struct gate_group *g)
{
	struct batch b = batch_new(w->arena, g->n);
	judge_all(g, w->arena, &b);
	return b.n == 0 ? OK : store(w, &b, g->writer);
}
