/* Corrections, and what the log says of itself. */
#include "ledger/books/event.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/chart.h"
#include "ledger/books/lines.h"
#include "ledger/books/posting.h"

struct entry entry_reversal(struct arena *a, const struct told_by *by, const struct reversal *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_code(to, "reason", e->reason);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_REVERSAL, to);
	entry.idem = entry_key(a, "r", e->seq, ".reversed");
	entry.refs = entry_key(a, "seq:", e->seq, "");
	entry.reverses_one = true;
	entry.reverses = e->seq;
	post_reversal(a, e, &entry);
	return entry;
}

static const char *step_name(enum clawback_step step)
{
	switch (step) {
	case CLAWBACK_OPENED: return "opened";
	case CLAWBACK_RECEIVED: return "received";
	case CLAWBACK_GIVEN_UP: return "given_up";
	}
	bug("no such step of a clawback: %d", (int)step);
}

struct entry entry_clawback(struct arena *a, const struct told_by *by, const struct clawback *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_code(to, "id", e->id);
	lines_hash(to, "line", &e->line);
	lines_dong(to, "amount", e->amount);
	lines_code(to, "step", step_name(e->step));
	lines_hash(to, "decision", &e->decision);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_CLAWBACK, to);
	entry.idem = arena_printf(a, "w%lld.%d", (long long)e->case_id, (int)e->n);
	entry.refs = entry_key(a, "case:", e->case_id, "");
	post_clawback(a, e, &entry);
	return entry;
}

static int by_purpose_and_key(const void *x, const void *y)
{
	const struct genesis_key *a = x;
	const struct genesis_key *b = y;
	int purpose = strcmp(a->purpose, b->purpose);

	return purpose != 0 ? purpose : memcmp(a->key.b, b->key.b, sizeof(a->key.b));
}

struct entry entry_genesis(struct arena *a, const struct told_by *by, const struct genesis *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct genesis_key *keys = arena_copy(a, e->keys, e->n_keys * sizeof(*e->keys));
	struct hash chart = chart_hash();
	struct entry entry;
	char hex[HASH_HEX_SIZE];

	bug_if(e->n_keys == 0);
	qsort(keys, e->n_keys, sizeof(*keys), by_purpose_and_key);
	lines_text(to, "origin", e->origin);
	lines_code(to, "currency", "VND");
	lines_yes_no(to, "sandbox", e->sandbox);
	lines_hash(to, "chart", &chart);
	lines_count(to, "id-key-version", e->id_key_version);
	for (size_t i = 0; i < e->n_keys; i++) {
		hex_encode(keys[i].key.b, sizeof(keys[i].key.b), hex);
		lines_code(to, "key", arena_printf(a, "%s %s", keys[i].purpose, hex));
	}
	entry = entry_told(a, by, LEAF_GENESIS, to);
	entry.idem = "genesis";
	return entry;
}

/* "key log <hex>" and "origin <name>" */
bool genesis_log(struct arena *a, struct bytes text, struct note_verifier *out, struct why *why)
{
	static const char word[] = "key log ";
	struct leaf leaf;
	struct bytes origin, rest, line;
	struct verify_key key;
	bool ended, found = false;

	if (!leaf_parse(a, text, &leaf, why))
		return false;
	rest = leaf.entry.lines;
	while (!found && rest.n > 0 && bytes_line(&rest, &line, &ended))
		found = bytes_starts(line, word) && line.n == strlen(word) + 2 * sizeof(key.b) &&
			hex_decode((const char *)line.at + strlen(word), 2 * sizeof(key.b), key.b,
				sizeof(key.b));
	if (!found || !leaf_line_get(leaf.entry.lines, "origin", &origin))
		return why_set(why, "genesis_missing", "the first ledger transaction names no log key");
	*out = note_verifier(arena_strndup(a, (const char *)origin.at, origin.n), NOTE_ED25519, &key);
	return true;
}

struct entry entry_recovered(struct arena *a, const struct told_by *by, const struct recovered *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_count(to, "had", e->had);
	lines_count(to, "size", e->size);
	lines_hash(to, "root", &e->root);
	lines_count(to, "timeline", e->timeline);
	entry = entry_told(a, by, LEAF_RECOVERED, to);
	entry.idem = arena_printf(a, "recovered.%lld.from.%lld", (long long)e->size, (long long)e->had);
	return entry;
}

struct entry entry_key_changed(struct arena *a, const struct told_by *by, const struct key_changed *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;
	char hex[129];

	lines_code(to, "purpose", e->purpose);
	if (e->old != NULL)
		lines_key(to, "old", e->old);
	lines_key(to, "new", &e->new_key);
	if (e->proof != NULL) {
		hex_encode(e->proof->b, sizeof(e->proof->b), hex);
		lines_code(to, "proof", hex);
	}
	entry = entry_told(a, by, LEAF_KEY, to);
	hex_encode(e->new_key.b, sizeof(e->new_key.b), hex);
	entry.idem = arena_printf(a, "key.%s.%.64s", e->purpose, hex);
	return entry;
}

struct entry entry_close(struct arena *a, const struct told_by *by, const struct period_closed *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;
	char month[MONTH_TEXT_SIZE];

	lines_month(to, "period", e->period);
	lines_code(to, "agency", e->agency);
	lines_count(to, "size", e->size);
	lines_hash(to, "root", &e->root);
	lines_count(to, "accounts", e->accounts);
	lines_hash(to, "trial-balance", &e->trial_balance);
	lines_dong(to, "debits", e->debits);
	lines_dong(to, "credits", e->credits);
	entry = entry_told(a, by, LEAF_CLOSE, to);
	entry.idem = arena_printf(a, "close.%s.%s", e->agency, month_format(e->period, month));
	entry.n_legs = e->n_legs;
	entry.legs = e->legs;
	return entry;
}
