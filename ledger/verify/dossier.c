#include "ledger/verify/dossier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/dossier_private.h"
#include "ledger/verify/receipt.h"

#define FOUND(d, code, ...) finding((d)->findings, code, NO_LEAF, __VA_ARGS__)

bool place_read(struct text text, struct place *out)
{
	struct place p = {.index = 0};
	struct text value;

	if (!text_skip(&text, "chitra-place/v1\n") || !text_field(&text, text_z("leaves"), &value) ||
		!text_count(value, &p.leaves) || !text_field(&text, text_z("index"), &value) ||
		!text_count(value, &p.index))
		return false;
	while (text_field(&text, text_z("node"), &value)) {
		if (p.proof.n == PROOF_MAX || !text_hex(value, p.proof.at[p.proof.n].at, 32))
			return false;
		p.proof.n++;
	}
	*out = p;
	return text.n == 0 && p.index < p.leaves;
}

struct text dossier_file(const struct dossier *d, const char *prefix, int64_t seq, const char *suffix)
{
	char name[100];
	const struct tar_member *m;

	(void)snprintf(name, sizeof name, "%s%012" PRId64 "%s", prefix, seq, suffix);
	m = tar_find(&d->tar, name);
	return m != NULL ? m->content : (struct text){.at = NULL};
}

bool dossier_kind(const struct leaf *l, const char *kind)
{
	return strcmp(leaf_kind_name(l), kind) == 0;
}

/* ---- the files ----------------------------------------------------------------------------------------------- */

struct listed {
	struct digest digest;
	int64_t size;
	struct text name;
};

static bool read_listed(struct text *rest, struct listed *out)
{
	struct text line, hash, size;

	if (!text_field(rest, text_z("file"), &line) || !text_until(&line, ' ', &hash) ||
		!text_hex(hash, out->digest.at, sizeof out->digest.at) || !text_until(&line, ' ', &size) ||
		!text_count(size, &out->size))
		return false;
	out->name = line;
	return true;
}

static void ask_listed(struct dossier *d, const struct listed *l, bool seen[TAR_MEMBERS])
{
	for (size_t i = 0; i < d->tar.n; i++) {
		struct digest is;

		if (!text_same(d->tar.at[i].name, l->name))
			continue;
		if (seen[i]) {
			FOUND(d, "dossier_malformed", "the manifest has %.*s twice", TEXT(l->name));
			return;
		}
		is = digest_of(d->tar.at[i].content);
		if (!digest_same(&is, &l->digest) || (int64_t)d->tar.at[i].content.n != l->size)
			FOUND(d, "file_changed", "%.*s is not what the manifest says", TEXT(l->name));
		seen[i] = true;
		return;
	}
	FOUND(d, "file_missing", "%.*s is in the manifest and not in the archive", TEXT(l->name));
}

/* Each file but the manifest is a line of it. False: there is no manifest. */
static bool ask_files(struct dossier *d)
{
	const struct tar_member *m = tar_find(&d->tar, "manifest");
	struct text list = m != NULL ? m->content : (struct text){.n = 0};
	bool seen[TAR_MEMBERS] = {false};
	struct listed l;

	if (!text_skip(&list, "chitra-dossier/v1\n") || !text_field(&list, text_z("payout"), &d->id) ||
		!text_id(d->id)) {
		FOUND(d, "dossier_malformed", "it has no manifest (chitra-dossier/v1) of a payout");
		return false;
	}
	for (size_t n = 0; n < TAR_MEMBERS && read_listed(&list, &l); n++)
		ask_listed(d, &l, seen);
	if (list.n > 0)
		FOUND(d, "dossier_malformed", "the manifest has a line that is none, or too many");
	for (size_t i = 0; i < d->tar.n; i++)
		if (!seen[i] && &d->tar.at[i] != m)
			FOUND(d, "file_unlisted", "%.*s is in the archive and not in its manifest",
				TEXT(d->tar.at[i].name));
	return true;
}

/* ---- leaves -------------------------------------------------------------------------------------------------- */

static bool ask_checkpoint(struct dossier *d, struct text note)
{
	uint64_t at[SIGNERS_MAX];
	struct text text;
	bool by_log = false;

	if (note_open(note, d->policy->signers, d->policy->n, at, &text) != NOTE_FINE ||
		!checkpoint_read(text, &d->checkpoint)) {
		FOUND(d, "checkpoint_forged",
			"its checkpoint is missing, malformed, or carries a signature that is not of its key");
		return false;
	}
	for (size_t i = 0; i < d->policy->n_logs; i++)
		by_log = by_log || (at[i] > 0 && text_same(d->policy->signers[i].name, d->checkpoint.origin));
	if (!by_log)
		FOUND(d, "checkpoint_unsigned", "its checkpoint is not signed by the log's key");
	if (!policy_quorum(d->policy, at))
		FOUND(d, "quorum_missing", "too few of the witnesses of your policy signed its checkpoint");
	return by_log;
}

/* "leaf/000000000007.leaf" with its receipt beside it. */
static void ask_leaf(struct dossier *d, const struct tar_member *m, struct text note)
{
	const char *wrong;
	struct leaf *l = calloc(1, sizeof *l);
	struct digest hash = tree_leaf(m->content);
	struct receipt r;

	if (l == NULL)
		abort();
	if (!leaf_read(m->content, l, &wrong)) {
		FOUND(d, "leaf_malformed", "%.*s is no leaf: %s", TEXT(m->name), wrong);
	} else if (dossier_file(d, "leaf/", l->seq, ".leaf").at != m->content.at) {
		finding(d->findings, "leaf_place", l->seq, "%.*s is not the name of this leaf",
			TEXT(m->name));
	} else if (!receipt_read(dossier_file(d, "leaf/", l->seq, ".tlog-proof"), &r) ||
		   !text_same(r.note, note) || r.index != (uint64_t)l->seq ||
		   !proof_inclusion(&hash, r.index, d->checkpoint.size, &r.proof, &d->checkpoint.root)) {
		finding(d->findings, "leaf_unproved", l->seq,
			"nothing shows that it is in the tree that the checkpoint signs");
	} else {
		d->leaves[d->n++] = l;
		return;
	}
	free(l);
}

static void ask_leaves(struct dossier *d, struct text note)
{
	for (size_t i = 0; i < d->tar.n; i++) {
		struct text name = d->tar.at[i].name;

		if (text_skip(&name, "leaf/") && name.n > 5 && memcmp(name.at + name.n - 5, ".leaf", 5) == 0)
			ask_leaf(d, &d->tar.at[i], note);
	}
	for (size_t i = 0; i < d->n; i++) {
		books_add_alone(&d->books, d->leaves[i]);
		if (dossier_kind(d->leaves[i], "genesis") &&
			!text_same(leaf_value(d->leaves[i], "origin"), d->checkpoint.origin))
			finding(d->findings, "genesis", d->leaves[i]->seq,
				"it begins another log than the checkpoint's");
	}
	(void)fprintf(d->to, "leaves      %zu, each in the tree of %" PRIu64 " that %.*s signed\n", d->n,
		d->checkpoint.size, TEXT(d->checkpoint.origin));
}

static void ask_all(struct dossier *d)
{
	const struct tar_member *note = tar_find(&d->tar, "checkpoint");

	(void)fprintf(d->to, "payout      %.*s\n", TEXT(d->id));
	if (!ask_checkpoint(d, note != NULL ? note->content : (struct text){.n = 0}))
		return;
	ask_leaves(d, note->content);
	dossier_payment(d);
}

void dossier_ask(struct dossier *d)
{
	if (ask_files(d))
		ask_all(d);
	for (size_t i = 0; i < d->n; i++)
		free(d->leaves[i]);
	books_free(&d->books);
}

void dossier_verify(const struct policy *p, const struct admins *admins, struct text archive,
	struct findings *f, FILE *to)
{
	struct dossier *d = calloc(1, sizeof *d);
	const char *wrong;
	size_t place;

	if (d == NULL)
		abort();
	d->findings = f;
	d->policy = p;
	d->to = to;
	books_begin(&d->books, admins, f);
	wrong = tar_read(archive, &d->tar, &place);
	if (wrong != NULL)
		FOUND(d, "archive_malformed", "it is no archive of ours: %s (byte %zu)", wrong, place);
	else
		dossier_ask(d);
	free(d);
}
