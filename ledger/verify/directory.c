#include "ledger/verify/directory.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/log.h"
#include "ledger/verify/period.h"
#include "ledger/verify/rows.h"
#include "ledger/verify/rules.h"

struct walk {
	const struct directory *d;
	struct findings *findings;
	uint64_t size;
	struct range range;
	struct tiles tiles;
	struct books books;
	struct periods *periods;
	struct rows *rows;
	struct stated *stated;
	struct claims *claims;
	struct leaf leaf, taken_back;
	size_t n_earlier;
	struct {
		struct checkpoint c;
		bool seen;
	} earlier[EARLIER_MAX];
};

/* Whether the log signed it, and enough witnesses; says what does not hold. */
static bool note_believed(const struct policy *p, struct text note, const char *what, struct findings *f,
	struct checkpoint *c, bool *witnessed)
{
	uint64_t at[SIGNERS_MAX];
	struct text text;
	bool by_log = false;

	switch (note_open(note, p->signers, p->n, at, &text)) {
	case NOTE_FINE: break;
	case NOTE_MALFORMED:
		finding(f, "checkpoint_malformed", NO_LEAF, "%s is no signed note", what);
		return false;
	case NOTE_BAD_SIGNATURE:
		finding(f, "checkpoint_forged", NO_LEAF, "%s carries a signature that is not of its key",
			what);
		return false;
	}
	if (!checkpoint_read(text, c)) {
		finding(f, "checkpoint_malformed", NO_LEAF, "%s is a signed note and no checkpoint", what);
		return false;
	}
	for (size_t i = 0; i < p->n_logs; i++)
		by_log = by_log || (at[i] > 0 && text_same(p->signers[i].name, c->origin));
	if (!by_log) {
		finding(f, "checkpoint_unsigned", NO_LEAF, "%s is not signed by the log's key", what);
		return false;
	}
	*witnessed = policy_quorum(p, at);
	return true;
}

/* The checkpoints that the auditor holds; those that cannot be believed are findings and prove nothing. */
static void hold_earlier(struct walk *w, const struct checkpoint *now)
{
	for (size_t i = 0; i < w->d->n_earlier; i++) {
		struct checkpoint c;
		char what[64];
		bool witnessed;

		(void)snprintf(what, sizeof what, "the checkpoint that you hold (%zu)", i + 1);
		if (!note_believed(w->d->policy, w->d->earlier[i], what, w->findings, &c, &witnessed))
			continue;
		if (!text_same(c.origin, now->origin))
			finding(w->findings, "other_log", NO_LEAF, "%s is of another log: %.*s", what,
				TEXT(c.origin));
		else if (c.size > now->size)
			finding(w->findings, "history_shorter", (int64_t)now->size,
				"the checkpoint that you hold has %" PRIu64
				" leaves, this history only %" PRIu64 ": leaves are missing at its end",
				c.size, now->size);
		else if (c.size > 0)
			w->earlier[w->n_earlier++].c = c;
	}
}

static void ask_earlier(struct walk *w)
{
	struct digest root;

	for (size_t i = 0; i < w->n_earlier; i++) {
		if (w->earlier[i].seen || w->earlier[i].c.size != w->range.n)
			continue;
		root = range_root(&w->range);
		w->earlier[i].seen = digest_same(&root, &w->earlier[i].c.root);
		if (!w->earlier[i].seen)
			finding(w->findings, "history_rewritten", NO_LEAF,
				"the first %" PRIu64 " leaves are not those of the checkpoint that you hold",
				w->range.n);
	}
}

static void ask_reversal(struct walk *w)
{
	struct held in = {.at = NULL};
	struct text bytes;
	const char *wrong;

	if (!log_leaf_at(w->d->path, w->size, (uint64_t)w->leaf.reverses, &in, &bytes) ||
		!leaf_read(bytes, &w->taken_back, &wrong))
		finding(w->findings, "reversal_wrong", w->leaf.seq,
			"leaf %" PRId64 ", which it takes back, is none", w->leaf.reverses);
	else if (!rules_reverse(&w->leaf, &w->taken_back))
		finding(w->findings, "reversal_wrong", w->leaf.seq,
			"it does not take back what leaf %" PRId64 " posted", w->leaf.reverses);
	file_free(&in);
}

static void whole(void *with, unsigned level, uint64_t index, const struct digest *root)
{
	struct walk *w = with;

	tiles_whole(&w->tiles, level, index, root);
	periods_whole(w->periods, level, root);
}

static bool each_leaf(void *with, uint64_t index, struct text bytes)
{
	struct walk *w = with;
	struct digest hash = tree_leaf(bytes);
	const char *wrong;

	range_add(&w->range, &hash, whole, w);
	ask_earlier(w);
	if (!leaf_read(bytes, &w->leaf, &wrong)) {
		finding(w->findings, "leaf_malformed", (int64_t)index, "it is no leaf: %s", wrong);
		w->books.next = (int64_t)index + 1;
		return true;
	}
	periods_add(w->periods, &w->leaf, &w->books);
	books_add(&w->books, &w->leaf);
	if (w->leaf.reverses >= 0)
		ask_reversal(w);
	if (w->stated != NULL)
		stated_add(w->stated, &w->leaf);
	if (w->claims != NULL)
		claims_add(w->claims, &w->leaf);
	if (w->rows != NULL)
		rows_add(w->rows, &w->leaf, &hash, &w->books);
	return true;
}

static void walk_leaves(struct walk *w, const struct checkpoint *c, struct verdict *out)
{
	struct digest root;

	books_begin(&w->books, &w->d->admins, w->findings);
	w->periods = periods_begin(w->d->path, c->size, w->findings);
	w->tiles = (struct tiles){.dir = w->d->path, .findings = w->findings};
	w->rows = rows_open(w->d->path, c->size, w->findings);
	w->stated = stated_open(w->d->path, w->findings);
	w->claims = claims_open(w->d->path, w->findings);
	if (log_walk(w->d->path, c->size, each_leaf, w, w->findings)) {
		root = range_root(&w->range);
		if (!digest_same(&root, &c->root))
			finding(w->findings, "root_differs", NO_LEAF,
				"the leaves do not give the root that the checkpoint signs");
		tiles_end(&w->tiles);
		books_end(&w->books);
		released_ask(w->d->path, &w->books, w->claims, &out->released);
		if (w->stated != NULL)
			stated_end(w->stated, c->size, &out->stated);
		if (w->rows != NULL)
			rows_end(w->rows, &w->books);
	}
	if (w->range.n > 0 && !text_is(c->origin, w->books.origin_text))
		finding(w->findings, "genesis", 0, "the first leaf begins another log than the checkpoint's");
	for (size_t i = 0; i < w->n_earlier; i++)
		out->n_earlier += w->earlier[i].seen;
	out->leaves = w->range.n;
	out->postings = w->books.postings;
	out->accounts = w->books.accounts.n;
	out->statements = w->books.statements.n;
	out->paid_days = w->books.paid.n;
	out->cash = w->books.cash;
	out->admins = w->books.admins;
	out->rows = w->rows != NULL;
	rows_close(w->rows);
	stated_free(w->stated);
	claims_free(w->claims);
	out->periods = periods_closed(w->periods);
	periods_free(w->periods);
	books_free(&w->books);
}

void directory_verify(const struct directory *d, struct findings *f, struct verdict *out)
{
	char path[PATH_MAX];
	struct walk *w = calloc(1, sizeof *w);
	struct held note;
	struct checkpoint c;

	if (w == NULL)
		abort();
	*out = (struct verdict){.leaves = 0};
	(void)snprintf(path, sizeof path, "%s/checkpoint", d->path);
	note = file_read(path, NOTE_MAX);
	w->d = d;
	w->findings = f;
	if (note.at == NULL) {
		finding(f, "checkpoint_missing", NO_LEAF, "%s cannot be read: %s", path, strerror(errno));
	} else if (note_believed(d->policy, (struct text){.at = note.at, .n = note.n}, "the checkpoint", f,
			   &c, &out->witnessed)) {
		out->signed_by_log = true;
		out->checkpoint = c;
		(void)snprintf(out->origin, sizeof out->origin, "%.*s", TEXT(c.origin));
		w->size = c.size;
		hold_earlier(w, &c);
		walk_leaves(w, &c, out);
		if (!out->witnessed)
			finding(f, "quorum_missing", NO_LEAF,
				"too few of the witnesses of your policy signed the checkpoint");
	}
	file_free(&note);
	free(w);
}
