#include "ledger/verify/released.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/verify/file.h"
#include "ledger/verify/manifest.h"
#include "ledger/verify/revoked.h"

#define VOTES_MAX 64

/* An approval that counts for the batch. */
struct vote {
	bool checker;
	char officer[65];
	uint8_t key[32];
};

/* A proof that was verified, so that thousands of batches under one bundle cost two signatures. */
struct proved {
	struct table_key key;
	bool good;
	int64_t leaf; /* of a good one */
};

struct asking {
	struct books *books;
	struct findings *findings;
	struct claims *claims;
	struct table proved;
	struct table revoked;
	struct manifest_out out;
	/* of the manifest at hand */
	const struct batch *of;
	const struct proof *place; /* of the one line that is shown; NULL: all are */
	char name[64];
	struct range lines;
	int64_t sum;
	char programme[65], channel[65], agency[65], maker[65]; /* text_word */
	int64_t late; /* an approval that came when a leaf had approved it already; NO_LEAF: none */
	size_t n_votes;
	struct vote votes[VOTES_MAX];
};

#define FOUND(a, code, ...) finding((a)->findings, code, (a)->of->leaf, __VA_ARGS__)

/* ---- lines --------------------------------------------------------------------------------------------------- */

static void keep(char to[65], struct text word)
{
	(void)snprintf(to, 65, "%.*s", TEXT(word));
}

static bool line_is_its_own(struct asking *a, const struct manifest_line *l)
{
	if (a->lines.n == 1) {
		keep(a->programme, l->programme);
		keep(a->channel, l->channel);
	}
	return !__builtin_add_overflow(a->sum, l->amount, &a->sum) && l->batch == a->of->batch &&
	       l->version == a->of->version && (a->place != NULL || (uint64_t)l->line == a->lines.n) &&
	       text_is(l->programme, a->programme) && text_is(l->channel, a->channel);
}

static void ask_line(struct asking *a)
{
	const struct manifest_line *l = &a->out.line;
	uint8_t said[16];
	struct payout *p;
	const struct resolved *resolved;
	bool made;

	range_add(&a->lines, &l->hash, NULL, NULL);
	if (!line_is_its_own(a, l))
		FOUND(a, "manifest_differs", "%s: line %" PRIu64 " is not this batch's", a->name, a->lines.n);
	if (a->place != NULL && (l->line < 1 || !proof_inclusion(&l->hash, (uint64_t)l->line - 1,
							(uint64_t)a->of->lines, a->place, &a->of->root)))
		FOUND(a, "line_not_in_batch", "%s: what was approved does not hold the line %" PRId64,
			a->name, l->line);
	p = table_row(&a->books->payouts, l->id, &made);
	if (p->listed)
		FOUND(a, "line_twice", "%s: payout %.*s stands in another released batch too, or here twice",
			a->name, TEXT(l->id));
	p->listed = true;
	if (a->claims != NULL)
		claims_line(a->claims, l, p);
	payout_line(said, &l->hash, l->amount, l->channel, text_z(a->of->fund));
	if (p->has_line && a->of->leaf != NO_LEAF && memcmp(said, p->line, sizeof said) != 0)
		finding(a->findings, "line_differs", (int64_t)p->leaf,
			"payout %.*s is not what line %" PRId64
			" of %s says, or not from its funding account: amount, channel or content",
			TEXT(l->id), l->line, a->name);
	resolved = table_find(&a->books->resolved, l->id);
	if (resolved != NULL && resolved->amount != l->amount)
		finding(a->findings, "line_differs", resolved->leaf,
			"payout %.*s is of another amount by line %" PRId64 " of %s", TEXT(l->id), l->line,
			a->name);
}

static void ask_batch(struct asking *a)
{
	const struct manifest_batch *b = &a->out.batch;
	struct digest root = range_root(&a->lines), meant = batch_words(b->agency, b->programme, b->period),
		      let_go = batch_words(b->agency, b->releasers[0], b->releasers[1]);

	keep(a->agency, b->agency);
	keep(a->maker, b->maker);
	if (b->batch != a->of->batch || b->version != a->of->version ||
		!text_is(b->programme, a->programme) || !text_is(b->channel, a->channel) ||
		!digest_same(&meant, &a->of->meant) || !digest_same(&let_go, &a->of->let_go))
		FOUND(a, "manifest_differs",
			"%s: batch, agency, programme, period, channel or officers are not those of its leaves and lines",
			a->name);
	if (!digest_same(a->place != NULL ? &b->root : &root, &a->of->root) ||
		!digest_same(&a->of->root, &b->root))
		FOUND(a, "manifest_differs", "%s: its lines do not give the root that was approved", a->name);
	if (a->place != NULL) {
		if (a->lines.n != 1)
			FOUND(a, "manifest_differs", "%s: it shows %" PRIu64 " lines, not one", a->name,
				a->lines.n);
		a->lines.n = (uint64_t)b->lines;
		a->sum = b->sum;
	}
	if ((int64_t)a->lines.n != a->of->lines || b->lines != a->of->lines || a->sum != a->of->sum ||
		b->sum != a->of->sum)
		FOUND(a, "manifest_differs",
			"%s: %" PRIu64 " lines of %" PRId64 " VND, and %" PRId64 " of %" PRId64
			" VND were approved",
			a->name, a->lines.n, a->sum, a->of->lines, a->of->sum);
	if (text_same(b->maker, b->releasers[0]) || text_same(b->maker, b->releasers[1]))
		FOUND(a, "maker_acted", "%s: %s made the batch and released it", a->name, a->maker);
}

/* ---- approvals ----------------------------------------------------------------------------------------------- */

/* The leaf that says that this was signed, in the same words; NO_LEAF: none. */
static int64_t booked(const struct asking *a, const struct proof_of_approval *p, const struct approval *is)
{
	static const char hex[] = "0123456789abcdef";
	struct digest text = digest_of(p->text), words = digest_of(is->words),
		      proof = digest_of(
			      (struct text){.at = (const char *)p->signature, .n = sizeof p->signature});
	char key[64];
	const struct approved *leaf;

	for (size_t i = 0; i < sizeof text.at; i++) {
		key[2 * i] = hex[text.at[i] >> 4];
		key[2 * i + 1] = hex[text.at[i] & 15];
	}
	leaf = table_find(&a->books->approvals, (struct text){.at = key, .n = sizeof key});
	return leaf != NULL && digest_same(&leaf->words, &words) && digest_same(&leaf->proof, &proof)
		       ? leaf->leaf
		       : NO_LEAF;
}

static bool proved(struct asking *a, struct approval *is, int64_t *leaf)
{
	const struct proof_of_approval *p = &a->out.approval.proof;
	bool made;
	struct proved *before = table_row(&a->proved, a->out.approval.whole, &made);
	const char *wrong, *code;

	*leaf = before->leaf;
	if (!made)
		return before->good && approval_read(p, is);
	code = approval_prove(p, &a->books->admins, is, &wrong);
	if (code == NULL && revoked_before(&a->revoked, is)) {
		code = "certificate_revoked";
		wrong = "its certificate was revoked by then";
	}
	*leaf = before->leaf = code == NULL ? booked(a, p, is) : NO_LEAF;
	before->good = before->leaf != NO_LEAF;
	if (code != NULL)
		FOUND(a, code, "%s: the approval by %.*s: %s", a->name, TEXT(is->officer), wrong);
	else if (!before->good)
		FOUND(a, "approval_unbooked", "%s: the approval by %.*s: no leaf has it", a->name,
			TEXT(is->officer));
	return before->good;
}

/* Whether what was signed holds the batch. The signature is good. */
static bool ask_place(struct asking *a, const struct approval *is)
{
	const struct manifest_approval *at = &a->out.approval;
	struct digest leaf = tree_leaf(
		(struct text){.at = (const char *)a->of->root.at, .n = sizeof a->of->root.at});

	if (at->batches == is->batches && at->index < at->batches &&
		proof_inclusion(&leaf, (uint64_t)at->index, (uint64_t)at->batches, &at->place, &is->bundle))
		return true;
	FOUND(a, "batch_not_in_bundle", "%s: the approval by %.*s: what was signed does not hold this batch",
		a->name, TEXT(is->officer));
	return false;
}

static void ask_approval(struct asking *a)
{
	struct approval is;
	int64_t leaf;
	struct vote *vote = &a->votes[a->n_votes];

	if (a->n_votes == VOTES_MAX || !proved(a, &is, &leaf) || !ask_place(a, &is))
		return;
	if (leaf > a->of->approved) {
		a->late = leaf;
		return;
	}
	if (text_is(is.officer, a->maker))
		FOUND(a, "maker_acted", "%s: %s made the batch and approved it", a->name, a->maker);
	if (!text_is(is.agency, a->agency) || is.lines < a->of->lines || is.sum < a->of->sum ||
		!approval_covers(&is, text_z(a->agency), a->of->sum))
		return;
	vote->checker = text_is(is.role, "checker");
	keep(vote->officer, is.officer);
	memcpy(vote->key, is.key, sizeof vote->key);
	a->n_votes++;
}

/* A checker and an approver who are two people with two keys. */
static bool two_people(const struct asking *a)
{
	for (size_t i = 0; i < a->n_votes; i++)
		for (size_t k = 0; k < a->n_votes; k++)
			if (a->votes[i].checker && !a->votes[k].checker &&
				strcmp(a->votes[i].officer, a->votes[k].officer) != 0 &&
				memcmp(a->votes[i].key, a->votes[k].key, sizeof a->votes[i].key) != 0)
				return true;
	return false;
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

static void ask_parts(struct asking *a, FILE *in)
{
	struct manifest *m = manifest_open(in);
	enum manifest_part part = MANIFEST_MALFORMED;

	a->lines = (struct range){.n = 0};
	a->sum = 0;
	a->n_votes = 0;
	a->late = NO_LEAF;
	if (m == NULL) {
		FOUND(a, "manifest_missing", "%s cannot be read: %s", a->name, strerror(errno));
		return;
	}
	for (bool on = true; on;) {
		part = manifest_next(m, &a->out);
		switch (part) {
		case MANIFEST_LINE: ask_line(a); break;
		case MANIFEST_BATCH: ask_batch(a); break;
		case MANIFEST_APPROVAL: ask_approval(a); break;
		case MANIFEST_END:
		case MANIFEST_MALFORMED: on = false; break;
		}
	}
	manifest_close(m);
	if (part == MANIFEST_MALFORMED) {
		FOUND(a, "manifest_malformed", "%s is none, after %" PRIu64 " lines", a->name, a->lines.n);
	} else if (!two_people(a)) {
		if (a->late != NO_LEAF)
			finding(a->findings, "approval_late", a->late,
				"%s: it was signed when leaf %" PRId64 " had approved the batch already",
				a->name, a->of->approved);
		FOUND(a, "approvals_few",
			"%s: no checker and no other person as approver signed it by mandates that reach so far",
			a->name);
	}
}

static void ask_manifest(struct asking *a, const char *dir)
{
	char path[PATH_MAX];

	(void)snprintf(
		a->name, sizeof a->name, "manifest/%" PRId64 ".v%" PRId64, a->of->batch, a->of->version);
	(void)snprintf(path, sizeof path, "%s/%s", dir, a->name);
	ask_parts(a, file_open(path));
}

/* A claim's issues follow each other as they were approved; what waited for money may be released after a later one. */
static int by_approval(const void *one, const void *two)
{
	const struct batch *a = *(const struct batch *const *)one, *b = *(const struct batch *const *)two;

	return (a->approved > b->approved) - (a->approved < b->approved);
}

static void ask_manifests(struct asking *a, const char *dir, struct released *out)
{
	const struct batch **at = calloc(a->books->batches.n + 1, sizeof *at);

	if (at == NULL)
		abort();
	for (size_t i = 0; i < a->books->batches.n; i++) {
		const struct batch *b = table_at(&a->books->batches, i);

		if (b->leaf != NO_LEAF)
			at[out->batches++] = b;
	}
	qsort(at, out->batches, sizeof *at, by_approval);
	for (size_t i = 0; i < out->batches; i++) {
		uint64_t before = a->findings->n;

		a->of = at[i];
		ask_manifest(a, dir);
		out->good += a->findings->n == before;
	}
	free(at);
}

static struct asking *asking_new(struct books *b)
{
	struct asking *a = calloc(1, sizeof *a);

	if (a == NULL)
		abort();
	a->books = b;
	a->findings = b->findings;
	a->proved = (struct table)TABLE(struct proved);
	return a;
}

static void asking_free(struct asking *a)
{
	table_free(&a->proved);
	table_free(&a->revoked);
	free(a);
}

size_t released_ask_one(struct text part, const struct batch *of, const struct proof *place, struct books *b,
	char officers[RELEASED_OFFICERS][80])
{
	struct asking *a = asking_new(b);
	size_t n;

	a->of = of;
	a->place = place;
	(void)snprintf(a->name, sizeof a->name, "batch %" PRId64 ".v%" PRId64, of->batch, of->version);
	ask_parts(a, part.n > 0 ? fmemopen((void *)(uintptr_t)part.at, part.n, "r") : NULL);
	for (n = 0; n < a->n_votes && n < RELEASED_OFFICERS; n++)
		(void)snprintf(officers[n], sizeof officers[n], "%s (%s)", a->votes[n].officer,
			a->votes[n].checker ? "checker" : "approver");
	asking_free(a);
	return n;
}

void released_ask(const char *dir, struct books *b, struct claims *c, struct released *out)
{
	char path[PATH_MAX];
	struct stat s;
	struct asking *a;

	*out = (struct released){.batches = 0};
	(void)snprintf(path, sizeof path, "%s/manifest", dir);
	if (stat(path, &s) != 0 && errno == ENOENT)
		return;
	a = asking_new(b);
	a->revoked = revoked_read(dir, &b->admins, b->findings);
	out->revocations = a->revoked.n;
	out->published = true;
	a->claims = c != NULL && claims_ready(c) ? c : NULL;
	ask_manifests(a, dir, out);
	for (size_t i = 0; i < b->payouts.n; i++) {
		const struct payout *p = table_at(&b->payouts, i);

		if (p->stands == NOTHING_KNOWN)
			continue;
		out->payouts++;
		if (!p->listed)
			finding(b->findings, "payout_unlisted", (int64_t)p->leaf,
				"its payout stands in no batch that was released");
	}
	if (a->claims != NULL && out->good == out->batches)
		claims_end(a->claims, b, &out->claims);
	asking_free(a);
}
