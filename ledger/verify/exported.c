#include "ledger/verify/exported.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/books.h"
#include "ledger/verify/export_file.h"
#include "ledger/verify/late.h"
#include "ledger/verify/log.h"
#include "ledger/verify/said.h"
#include "ledger/verify/table.h"
#include "ledger/verify/words.h"

struct sum {
	uint64_t at[2];
};

/* A number by the file and by the leaves: what an account held before, what a bank said at the end of a day. */
struct both {
	struct table_key key;
	char what[120];
	int64_t file, leaves, leaf;
	int64_t elsewhere; /* of `leaves`, what came late, is not told of here, and nobody knows in which month it is */
	bool in_file;
};

/* A transaction that one side has otherwise. */
struct sides {
	struct table_key key;
	int64_t leaf;
	struct sum file, leaves;
};

struct exported {
	const struct export_asked *asked;
	struct findings *findings;
	enum export_as as;
	struct export_head head;
	struct digest root;
	unsigned char secret[crypto_shorthash_siphashx24_KEYBYTES];
	struct words words;
	int64_t leaf; /* of the transaction at hand */
	struct sum file, leaves;
	struct table holds; /* of struct both: what accounts hold as the file goes on */
	struct table before, stated, sides;
	struct table late; /* leaves that came late for a closed month, by the file */
	struct lateness known;
	int32_t month;
	bool naming, root_seen;
	struct leaf *at;
	struct range range;
	uint64_t n;
};

/* ---- transactions -------------------------------------------------------------------------------------------- */

static void add(struct exported *e, bool file)
{
	uint64_t hash[2];
	struct sum *to = file ? &e->file : &e->leaves;

	crypto_shorthash_siphashx24(
		(unsigned char *)hash, (const unsigned char *)e->words.at, e->words.n, e->secret);
	if (e->naming) {
		struct said key = {.n = 0};
		struct sides *s;
		bool made;

		say_number(&key, e->leaf);
		s = table_row(&e->sides, said_text(&key), &made);
		s->leaf = e->leaf;
		to = file ? &s->file : &s->leaves;
	} else {
		e->n += file;
	}
	to->at[0] += hash[0];
	to->at[1] += hash[1];
	e->words.n = 0;
}

static struct both *both_of(struct table *t, struct text one, struct text two)
{
	struct said key = {.n = 0};
	struct both *b;
	bool made;

	say_text(&key, one);
	say_text(&key, two);
	b = table_row(t, said_text(&key), &made);
	if (made) {
		(void)snprintf(
			b->what, sizeof b->what, "%.*s%s%.*s", TEXT(one), two.n > 0 ? " " : "", TEXT(two));
		b->leaf = NO_LEAF;
	}
	return b;
}

/* ---- the file ------------------------------------------------------------------------------------------------ */

static void on_opening(void *with, struct text account, int64_t dong)
{
	struct exported *e = with;
	struct both *b = both_of(&e->before, account, text_z(""));

	if (b->in_file && !e->naming)
		finding(e->findings, "export_balance", NO_LEAF, "%.*s begins twice", TEXT(account));
	b->in_file = true;
	b->file = dong;
	both_of(&e->holds, account, text_z(""))->file = dong;
}

static void on_txn(void *with, struct text day, int64_t leaf, struct text kind)
{
	struct exported *e = with;

	e->leaf = leaf;
	e->words.n = 0;
	word(&e->words, day);
	word_number(&e->words, leaf);
	word(&e->words, kind);
}

static struct said late_key(int64_t leaf)
{
	struct said key = {.n = 0};

	say_number(&key, leaf);
	return key;
}

static void on_tag(void *with, struct text name, struct text value)
{
	struct exported *e = with;
	struct said key = late_key(e->leaf);
	bool made;

	if (text_is(name, "late") && value.n > 0)
		(void)table_row(&e->late, said_text(&key), &made);
	word(&e->words, name);
	word(&e->words, value);
}

static void on_leg(void *with, struct text account, int64_t dong)
{
	struct exported *e = with;
	struct both *b = both_of(&e->holds, account, text_z(""));

	(void)__builtin_add_overflow(b->file, dong, &b->file);
	word_leg(&e->words, account, dong);
}

static void on_end(void *with)
{
	add(with, true);
}

static void on_balance(void *with, struct text day, struct text account, int64_t dong, bool by_bank)
{
	struct exported *e = with;
	struct both *b = both_of(by_bank ? &e->stated : &e->holds, account, by_bank ? day : text_z(""));

	if (e->naming)
		return;
	if (by_bank) {
		b->in_file = true;
		b->file = dong;
	} else if (b->file != dong) {
		finding(e->findings, "export_balance", NO_LEAF,
			"%.*s is said to hold %" PRId64 " VND after %.*s; by what stands before, %" PRId64,
			TEXT(account), dong, TEXT(day), b->file);
	}
}

static bool read_file(struct exported *e)
{
	const struct export_sink sink = {e, on_opening, on_txn, on_tag, on_leg, on_end, on_balance};
	FILE *in = file_open(e->asked->path);
	uint64_t line = 0;
	bool fits = in != NULL && export_file_read(in, e->as, &e->head, &sink, &line);

	if (in == NULL)
		finding(e->findings, "export_missing", NO_LEAF, "%s cannot be read: %s", e->asked->path,
			strerror(errno));
	else if (!fits)
		finding(e->findings, "export_malformed", NO_LEAF, "%s, line %" PRIu64 ": none of an export's",
			e->asked->path, line);
	if (in != NULL)
		(void)fclose(in);
	return fits;
}

/* ---- its note and its head ----------------------------------------------------------------------------------- */

/* The text that a log of the policy signed; n = 0: none did. */
static struct text signed_text(const struct policy *p, struct text note, struct text *origin)
{
	uint64_t at[SIGNERS_MAX];
	struct text text, none = text_z("");

	if (note_open(note, p->signers, p->n, at, &text) != NOTE_FINE)
		return none;
	for (size_t i = 0; i < p->n_logs; i++)
		if (at[i] > 0) {
			*origin = p->signers[i].name;
			return text;
		}
	return none;
}

struct signed_export {
	struct text origin, period;
	int64_t size;
	struct digest hash;
};

/* "chitra-export/v1", the origin, then period, format, size, sha256 */
static bool note_read(struct exported *e, struct text t, struct signed_export *s)
{
	struct text value;

	return text_skip(&t, "chitra-export/v1\n") && text_until(&t, '\n', &s->origin) &&
	       text_field(&t, text_z("period"), &s->period) && text_month(s->period) &&
	       text_field(&t, text_z("format"), &value) && export_as_named(value, &e->as) &&
	       text_field(&t, text_z("size"), &value) && text_count(value, &s->size) &&
	       text_field(&t, text_z("sha256"), &value) && text_hex(value, s->hash.at, sizeof s->hash.at) &&
	       t.n == 0;
}

/* The head's checkpoint as the note that it was. */
static bool head_signed(struct exported *e)
{
	char note[800];
	struct text origin, text;
	struct checkpoint c;
	int n = snprintf(note, sizeof note, "%s\n%" PRId64 "\n%s\n\n\xe2\x80\x94 %s %s\n", e->head.origin,
		e->head.size, e->head.root, e->head.origin, e->head.signature);

	text = signed_text(e->asked->policy, (struct text){.at = note, .n = (size_t)n}, &origin);
	if (text.n == 0 || !checkpoint_read(text, &c) || !text_same(origin, c.origin))
		return false;
	e->root = c.root;
	return true;
}

/* What the auditor holds of the same size has the same root. */
static void ask_held(struct exported *e)
{
	for (size_t i = 0; i < e->asked->n_earlier; i++) {
		struct text origin, text = signed_text(e->asked->policy, e->asked->earlier[i], &origin);
		struct checkpoint c;

		if (text.n > 0 && checkpoint_read(text, &c) && c.size == (uint64_t)e->head.size &&
			!digest_same(&c.root, &e->root))
			finding(e->findings, "history_rewritten", NO_LEAF,
				"the checkpoint of %" PRIu64 " leaves that you hold is another one", c.size);
	}
}

static bool ask_note(struct exported *e, struct signed_export *s, const struct held *file)
{
	struct digest hash;
	struct text origin,
		text = signed_text(e->asked->policy, (struct text){.at = file->at, .n = file->n}, &origin);

	if (text.n == 0 || !note_read(e, text, s) || !text_same(origin, s->origin)) {
		finding(e->findings, "export_unsigned", NO_LEAF,
			"%s.note is no export's note that the log signed", e->asked->path);
		return false;
	}
	if (!file_hash(e->asked->path, &hash)) {
		finding(e->findings, "export_missing", NO_LEAF, "%s cannot be read: %s", e->asked->path,
			strerror(errno));
		return false;
	}
	if (!digest_same(&hash, &s->hash))
		finding(e->findings, "export_changed", NO_LEAF, "%s is not the file that the log signed",
			e->asked->path);
	return true;
}

/* ---- leaves -------------------------------------------------------------------------------------------------- */

static void tag(struct words *w, const char *name, struct text value)
{
	if (value.n == 0)
		return;
	word(w, text_z(name));
	word_plain(w, value);
}

/* Everything that csv says of a transaction, or that the others do. */
static void tags(struct exported *e, const struct leaf *l)
{
	static const char *const lines[] = {"batch", "dispatch", "claim", "break", "period", "id", "channel",
		"entry", "order", "reason", "outcome"};
	struct words *w = &e->words;

	if (e->as == EXPORT_CSV) {
		const struct text of[] = {l->idem, l->recorded, text_z(l->late ? "yes" : ""),
			leaf_value(l, "id"), leaf_value(l, "entry")};
		static const char *const names[] = {"key", "recorded", "late", "id", "entry"};

		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			word(w, text_z(names[i]));
			word_plain(w, of[i]);
		}
		return;
	}
	tag(w, "key", l->idem);
	tag(w, "recorded", l->recorded);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		tag(w, lines[i], leaf_value(l, lines[i]));
	tag(w, "src", l->src);
	if (l->reverses >= 0) {
		word(w, text_z("reverses"));
		word_number(w, l->reverses);
	}
	tag(w, "late", text_z(l->late ? "yes" : ""));
	tag(w, "effective", l->late ? l->effective : text_z(""));
}

/* What its bank says the account holds at the end of the day. */
static void add_stated(struct exported *e, const struct leaf *l)
{
	char account[80];
	struct both *b;

	if (!text_is(leaf_value(l, "complete"), "yes"))
		return;
	(void)snprintf(account, sizeof account, "assets:bank:%.*s", TEXT(leaf_value(l, "funding-account")));
	b = both_of(&e->stated, text_z(account), l->effective);
	b->leaves = leaf_amount(l, "closing");
	b->leaf = l->seq;
}

static void add_txn(struct exported *e, const struct leaf *l, struct text day)
{
	on_txn(e, day, l->seq, text_z(leaf_kind_name(l)));
	tags(e, l);
	for (size_t i = 0; i < l->n_legs; i++)
		word_leg(&e->words, l->legs[i].account, l->legs[i].amount);
	add(e, false);
}

/* Whether the month tells of what came late for an earlier one: where no leaf says whose it is, the file has the word. *later: a later one does. */
static bool is_told(struct exported *e, const struct leaf *l, bool *known, bool *later)
{
	struct said key = late_key(l->seq);
	int32_t in = late_told_in(&e->known, l, known);

	*later = *known && in > e->month;
	return *known ? in == e->month : table_find(&e->late, said_text(&key)) != NULL;
}

/* Before the month, or late. */
static void add_before(struct exported *e, const struct leaf *l)
{
	bool known = true, later = false;
	char first[12];

	if (l->late && is_told(e, l, &known, &later)) {
		(void)snprintf(first, sizeof first, "%s-01", e->head.period);
		add_txn(e, l, e->as == EXPORT_CSV ? l->effective : text_z(first));
		return;
	}
	for (size_t i = 0; i < l->n_legs && !e->naming && !later; i++) {
		struct both *b = both_of(&e->before, l->legs[i].account, text_z(""));

		(void)__builtin_add_overflow(b->leaves, l->legs[i].amount, &b->leaves);
		if (!known)
			(void)__builtin_add_overflow(b->elsewhere, l->legs[i].amount, &b->elsewhere);
	}
}

static void add_leaf(struct exported *e, const struct leaf *l)
{
	int month = memcmp(l->effective.at, e->head.period, 7);

	late_learn(&e->known, l);
	if (month < 0 && l->n_legs > 0)
		add_before(e, l);
	late_close(&e->known, l);
	if (month != 0 || l->late)
		return;
	if (strcmp(leaf_kind_name(l), "statement.file") == 0 && !e->naming)
		add_stated(e, l);
	if (l->n_legs > 0)
		add_txn(e, l, l->effective);
}

static bool each_leaf(void *with, uint64_t index, struct text bytes)
{
	struct exported *e = with;
	struct digest hash, root;
	const char *wrong;

	if (!e->naming) {
		hash = tree_leaf(bytes);
		range_add(&e->range, &hash, NULL, NULL);
	}
	if (leaf_read(bytes, e->at, &wrong))
		add_leaf(e, e->at);
	else
		finding(e->findings, "leaf_malformed", (int64_t)index, "it is no leaf: %s", wrong);
	if (index + 1 < (uint64_t)e->head.size)
		return true;
	if (!e->naming) {
		root = range_root(&e->range);
		e->root_seen = digest_same(&root, &e->root);
	}
	return false; /* what came later is not asked */
}

/* How many leaves the published books have; 0: not enough. */
static uint64_t published(struct exported *e)
{
	char path[PATH_MAX];
	struct held file;
	struct text origin, text = text_z("");
	struct checkpoint c = {.size = 0};

	(void)snprintf(path, sizeof path, "%s/checkpoint", e->asked->dir);
	file = file_read(path, NOTE_MAX);
	if (file.at != NULL)
		text = signed_text(e->asked->policy, (struct text){.at = file.at, .n = file.n}, &origin);
	if (text.n == 0 || !checkpoint_read(text, &c))
		finding(e->findings, "checkpoint_unsigned", NO_LEAF,
			"%s is no checkpoint that the log signed", path);
	else if (c.size < (uint64_t)e->head.size)
		finding(e->findings, "history_shorter", NO_LEAF,
			"%s has %" PRIu64 " leaves, and the file covers %" PRId64, path, c.size,
			e->head.size);
	file_free(&file);
	return c.size < (uint64_t)e->head.size ? 0 : c.size;
}

static void ask_both(struct exported *e, struct table *t, const char *what)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct both *b = table_at(t, i);

		if (b->file != b->leaves && b->file != b->leaves - b->elsewhere)
			finding(e->findings, "export_balance", b->leaf,
				"%s %s: %" PRId64 " VND in the file, %" PRId64 " by the leaves", what,
				b->what, b->file, b->leaves);
	}
}

static void name_differences(struct exported *e, uint64_t size)
{
	static const struct sum none;

	e->naming = true;
	late_free(&e->known);
	e->known = late_begin();
	(void)read_file(e);
	(void)log_walk(e->asked->dir, size, each_leaf, e, e->findings);
	for (size_t i = 0; i < e->sides.n; i++) {
		const struct sides *s = table_at(&e->sides, i);

		if (memcmp(&s->file, &s->leaves, sizeof s->file) == 0)
			continue;
		finding(e->findings, "export_differs", s->leaf,
			memcmp(&s->file, &none, sizeof none) == 0 ? "the file lacks it"
			: memcmp(&s->leaves, &none, sizeof none) == 0
				? "the file has it, and no such leaf is of the month"
				: "the file says something else of it");
	}
}

static void ask_leaves(struct exported *e)
{
	uint64_t size = published(e), found = e->findings->n;

	e->month = month_of(text_z(e->head.period));
	e->at = calloc(1, sizeof *e->at);
	if (e->at == NULL)
		abort();
	if (size == 0)
		return;
	(void)log_walk(e->asked->dir, size, each_leaf, e, e->findings);
	if (!e->root_seen && e->findings->n == found) {
		finding(e->findings, "history_rewritten", NO_LEAF,
			"the first %" PRId64 " leaves of %s are not those of the file's checkpoint",
			e->head.size, e->asked->dir);
	}
	if (!e->root_seen)
		return;
	ask_both(e, &e->before, "before the month");
	ask_both(e, &e->stated, "by the bank's statement,");
	if (memcmp(&e->file, &e->leaves, sizeof e->file) != 0)
		name_differences(e, size);
}

static void ask_file(struct exported *e, const struct signed_export *s)
{
	if (!read_file(e))
		return;
	if (!text_is(s->origin, e->head.origin) || !text_is(s->period, e->head.period) ||
		s->size != e->head.size) {
		finding(e->findings, "export_head", NO_LEAF,
			"its head says another log, month or size than its note");
		return;
	}
	if (!head_signed(e)) {
		finding(e->findings, "checkpoint_forged", NO_LEAF,
			"the checkpoint in its head is not signed by the log's key");
		return;
	}
	ask_held(e);
	if (e->asked->dir != NULL)
		ask_leaves(e);
	(void)fprintf(e->findings->to,
		"log         %s\nmonth       %s, covered by %" PRId64 " leaves\ntransactions %" PRIu64 "%s\n",
		e->head.origin, e->head.period, e->head.size, e->n,
		e->asked->dir != NULL ? ", compared with the leaves"
				      : "; without published books their leaves were not asked");
}

void exported_verify(const struct export_asked *a, struct findings *f)
{
	char path[PATH_MAX];
	struct exported *e = calloc(1, sizeof *e);
	struct signed_export s;
	struct held file;

	if (e == NULL)
		abort();
	e->asked = a;
	e->findings = f;
	e->holds = e->before = e->stated = (struct table)TABLE(struct both);
	e->sides = (struct table)TABLE(struct sides);
	e->late = (struct table)TABLE(struct table_key);
	e->known = late_begin();
	randombytes_buf(e->secret, sizeof e->secret);
	(void)snprintf(path, sizeof path, "%s.note", a->path);
	file = file_read(path, NOTE_MAX);
	if (file.at == NULL)
		finding(f, "export_missing", NO_LEAF, "%s cannot be read: %s", path, strerror(errno));
	else if (ask_note(e, &s, &file))
		ask_file(e, &s);
	file_free(&file);
	table_free(&e->holds);
	table_free(&e->before);
	table_free(&e->stated);
	table_free(&e->sides);
	table_free(&e->late);
	late_free(&e->known);
	free(e->words.at);
	free(e->at);
	free(e);
}
