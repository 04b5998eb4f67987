#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/dossier_private.h"

#define FOUND(d, code, ...) finding((d)->findings, code, NO_LEAF, __VA_ARGS__)

static struct text file(const struct dossier *d, const char *name)
{
	const struct tar_member *m = tar_find(&d->tar, name);

	return m != NULL ? m->content : (struct text){.at = NULL};
}

/* ---- who approved it ----------------------------------------------------------------------------------------- */

static void say_officers(const struct dossier *d, char officers[RELEASED_OFFICERS][80], size_t n)
{
	(void)fprintf(d->to, "approved    line %" PRId64 " of batch %" PRId64 ".v%" PRId64 ", by",
		d->line.line, d->line.batch, d->line.version);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(d->to, " %s", officers[i]);
	(void)fprintf(d->to, "%s\n", n == 0 ? " nobody whose signature counts" : "");
}

static void ask_approvals(struct dossier *d)
{
	struct text part = file(d, "batch/manifest"), rest = part;
	struct place place;
	char name[48], officers[RELEASED_OFFICERS][80];
	const struct batch *of;
	int n;

	if (part.at == NULL || !manifest_line_take(&rest, &d->line)) {
		FOUND(d, "line_missing", "batch/manifest does not begin with the line that was signed");
		return;
	}
	d->has_line = true;
	if (!text_same(d->line.id, d->id))
		FOUND(d, "line_other", "batch/manifest shows the line of another payout, %.*s",
			TEXT(d->line.id));
	n = snprintf(name, sizeof name, "%" PRId64 ".%" PRId64, d->line.batch, d->line.version);
	of = table_find(&d->books.batches, (struct text){.at = name, .n = (size_t)n});
	if (of == NULL) {
		FOUND(d, "batch_unapproved", "no leaf here approves batch %s, of which the line is", name);
		return;
	}
	if (of->leaf == NO_LEAF)
		FOUND(d, "batch_unreleased", "no leaf here releases batch %s", name);
	if (!place_read(file(d, "batch/place"), &place) || place.leaves != of->lines ||
		place.index != d->line.line - 1)
		FOUND(d, "place_wrong", "batch/place is missing, or not the place of line %" PRId64,
			d->line.line);
	else
		say_officers(d, officers, released_ask_one(part, of, &place.proof, &d->books, officers));
}

/* ---- the leaves that are not the payment's ------------------------------------------------------------------- */

static bool is_of_batch(const struct dossier *d, const struct leaf *l)
{
	return leaf_amount(l, "batch") == d->line.batch && leaf_amount(l, "version") == d->line.version;
}

static bool is_of_claim(const struct dossier *d, const struct leaf *l)
{
	return text_same(leaf_value(l, "programme"), d->line.programme) &&
	       text_same(leaf_value(l, "month"), d->line.month) &&
	       text_same(leaf_value(l, "kind"), d->line.kind) &&
	       leaf_amount(l, "instalment") == d->line.instalment &&
	       leaf_amount(l, "amount") == d->line.amount;
}

/* Whether batch/manifest has the text whose signature the leaf books. */
static bool approval_shown(const struct dossier *d, const struct leaf *l)
{
	struct text part = file(d, "batch/manifest");
	struct manifest *m = manifest_open(fmemopen((void *)(uintptr_t)part.at, part.n, "r"));
	struct manifest_out out;
	enum manifest_part is = MANIFEST_LINE;
	uint8_t said[32];
	bool found = false;

	(void)text_hex(leaf_value(l, "text"), said, sizeof said);
	while (m != NULL && !found && is != MANIFEST_END && is != MANIFEST_MALFORMED) {
		is = manifest_next(m, &out);
		if (is == MANIFEST_APPROVAL) {
			struct digest text = digest_of(out.approval.proof.text);
			found = memcmp(said, text.at, sizeof said) == 0;
		}
	}
	manifest_close(m);
	return found;
}

/* The statement that a leaf of the payment was booked by: its account's, of its day. */
static bool is_statement_of(const struct leaf *statement, const struct leaf *paid)
{
	struct text fund = leaf_value(statement, "funding-account");
	bool same = false;

	for (size_t i = 0; i < paid->n_legs; i++)
		same = same || (text_is(paid->legs[i].family, "assets:bank") &&
				       text_same(paid->legs[i].parts[0], fund));
	return same && text_same(leaf_value(statement, "day"), paid->effective);
}

static bool is_payment(const struct dossier *d, const struct leaf *l)
{
	return text_same(leaf_value(l, "id"), d->id);
}

static bool belongs(const struct dossier *d, const struct leaf *l)
{
	if (dossier_kind(l, "genesis") || dossier_kind(l, "key"))
		return true;
	if (dossier_kind(l, "batch.approved") || dossier_kind(l, "batch.released"))
		return is_of_batch(d, l);
	if (dossier_kind(l, "approval"))
		return approval_shown(d, l);
	if (dossier_kind(l, "dispatch.sent"))
		return true; /* ask_dispatches */
	if (dossier_kind(l, "claim.voided") || dossier_kind(l, "unclaimed.cancelled"))
		return is_of_claim(d, l);
	for (size_t i = 0; i < d->n; i++) {
		if (dossier_kind(l, "statement.file") && is_payment(d, d->leaves[i]) &&
			is_statement_of(l, d->leaves[i]))
			return true;
		if (l->reverses >= 0 && d->leaves[i]->seq == l->reverses)
			return true;
	}
	return is_payment(d, l);
}

/* ---- what was sent and what became of it --------------------------------------------------------------------- */

static void ask_dispatch(struct dossier *d, const struct leaf *l)
{
	struct text text = dossier_file(d, "dispatch/", l->seq, ".place");
	struct place place;
	struct digest root;

	if (text.at == NULL) {
		(void)fprintf(d->to,
			"sent        leaf %" PRId64
			": the archive does not show that it holds the payment: not checked\n",
			l->seq);
		return;
	}
	(void)text_hex(leaf_value(l, "root"), root.at, sizeof root.at);
	if (!place_read(text, &place) || place.leaves != leaf_amount(l, "count") ||
		!proof_inclusion(
			&d->line.hash, (uint64_t)place.index, (uint64_t)place.leaves, &place.proof, &root))
		finding(d->findings, "line_not_sent", l->seq, "what was sent does not hold the payment");
	else
		(void)fprintf(d->to, "sent        leaf %" PRId64 ", to %.*s, recorded %.*s\n", l->seq,
			TEXT(leaf_value(l, "channel")), TEXT(l->recorded));
}

static void say_end(const struct dossier *d, const struct leaf *l)
{
	struct text entry = leaf_value(l, "entry");

	(void)fprintf(d->to, "booked      leaf %" PRId64 ": %s on %.*s, %.*s", l->seq, leaf_kind_name(l),
		TEXT(l->effective), TEXT(leaf_value(l, "amount")));
	if (entry.n > 0)
		(void)fprintf(d->to, ", bank entry %.*s", TEXT(entry));
	(void)fputc('\n', d->to);
}

static void ask_leaves(struct dossier *d)
{
	size_t ends = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct leaf *l = d->leaves[i];

		if (!belongs(d, l))
			finding(d->findings, "leaf_other", l->seq, "a %s that does not concern the payout",
				leaf_kind_name(l));
		else if (dossier_kind(l, "dispatch.sent"))
			ask_dispatch(d, l);
		else if (is_payment(d, l))
			say_end(d, l), ends += strncmp(leaf_kind_name(l), "payout.", 7) == 0;
		else if (l->reverses >= 0)
			(void)fprintf(d->to,
				"taken back  leaf %" PRId64 " takes back what leaf %" PRId64 " booked\n",
				l->seq, l->reverses);
		else if (dossier_kind(l, "claim.voided") || dossier_kind(l, "unclaimed.cancelled"))
			(void)fprintf(d->to,
				"claim       leaf %" PRId64
				": %s, of this programme, month, kind and amount; that it is this person's: not checked\n",
				l->seq, leaf_kind_name(l));
	}
	if (ends == 0)
		(void)fprintf(d->to, "booked      no leaf here says that it was paid or refused\n");
}

/* ---- statements and messages --------------------------------------------------------------------------------- */

/* How many pages the statement has whose hashes, in the archive, give the root that its leaf says; 0: they do not, or are not there. *at: which
 * of them, from 1, has this hash; 0: none. */
static size_t pages_of(
	const struct dossier *d, const struct leaf *statement, const struct digest *is, size_t *at)
{
	struct text pages = dossier_file(d, "statement/", statement->seq, ".pages"), value;
	struct range range = {.n = 0};
	struct digest page, root, said;

	*at = 0;
	if (!text_skip(&pages, "chitra-pages/v1\n"))
		return 0;
	while ((int64_t)range.n < leaf_amount(statement, "pages") &&
		text_field(&pages, text_z("page"), &value) && text_hex(value, page.at, sizeof page.at)) {
		struct digest leaf = tree_leaf(
			(struct text){.at = (const char *)page.at, .n = sizeof page.at});

		range_add(&range, &leaf, NULL, NULL);
		if (digest_same(&page, is))
			*at = (size_t)range.n;
	}
	(void)text_hex(leaf_value(statement, "root"), said.at, sizeof said.at);
	root = range_root(&range);
	return pages.n == 0 && (int64_t)range.n == leaf_amount(statement, "pages") &&
			       digest_same(&root, &said)
		       ? (size_t)range.n
		       : 0;
}

/* "sha256:<hex>#<item>" */
static bool source_of(const struct leaf *l, struct digest *out)
{
	struct text src = l->src, hex;

	return text_skip(&src, "sha256:") && text_until(&src, '#', &hex) &&
	       text_hex(hex, out->at, sizeof out->at);
}

static void ask_statement(struct dossier *d, const struct leaf *statement, const struct leaf *paid)
{
	struct digest src = {.at = {0}};
	bool has_src = source_of(paid, &src);
	size_t at, n = pages_of(d, statement, &src, &at);

	(void)fprintf(d->to, "statement   leaf %" PRId64 ", of %.*s, of which the %s is", statement->seq,
		TEXT(leaf_value(statement, "day")), leaf_kind_name(paid));
	if (n > 0)
		(void)fprintf(d->to, "; the hashes of its %zu pages give its root\n", n);
	else
		(void)fprintf(d->to, "; its pages' hashes are not in the archive: not checked\n");
	if (n == 0 && dossier_file(d, "statement/", statement->seq, ".pages").at != NULL)
		finding(d->findings, "pages_wrong", statement->seq,
			"the pages' hashes do not give the root that it says");
	else if (n > 0 && has_src && at == 0)
		finding(d->findings, "page_other", paid->seq,
			"what it was booked by is no page of the statement of that day");
}

static void ask_statements(struct dossier *d)
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < d->n; k++)
			if (dossier_kind(d->leaves[i], "statement.file") && is_payment(d, d->leaves[k]) &&
				is_statement_of(d->leaves[i], d->leaves[k]))
				ask_statement(d, d->leaves[i], d->leaves[k]);
}

static bool holds(struct text whole, struct text part)
{
	return part.n > 0 && whole.n > 0 && memmem(whole.at, whole.n, part.at, part.n) != NULL;
}

/* Which leaf binds these bytes: one that was booked by them, or a statement of which they are a page that has the bank's entry. */
static const struct leaf *bound_by(struct dossier *d, struct text name, struct text message)
{
	struct digest is = digest_of(message), src;
	const struct leaf *statement = NULL;
	size_t at;

	for (size_t i = 0; i < d->n; i++) {
		if (source_of(d->leaves[i], &src) && digest_same(&is, &src))
			return d->leaves[i];
		if (dossier_kind(d->leaves[i], "statement.file") && pages_of(d, d->leaves[i], &is, &at) > 0 &&
			at > 0)
			statement = d->leaves[i];
	}
	for (size_t i = 0; statement != NULL && i < d->n; i++)
		if (is_payment(d, d->leaves[i]) && is_statement_of(statement, d->leaves[i]) &&
			leaf_value(d->leaves[i], "entry").n > 0 &&
			!holds(message, leaf_value(d->leaves[i], "entry")))
			(void)fprintf(d->to,
				"message     %.*s does not have the entry of leaf %" PRId64
				": another page must\n",
				TEXT(name), d->leaves[i]->seq);
	return statement;
}

static bool ends_in(struct text name, const char *end)
{
	size_t n = strlen(end);

	return name.n > n && memcmp(name.at + name.n - n, end, n) == 0;
}

static void ask_message(struct dossier *d, struct text name, struct text body)
{
	const struct leaf *l;

	if (!ends_in(name, ".raw")) {
		(void)fprintf(d->to, "message     %.*s is sealed: not read\n", TEXT(name));
		return;
	}
	l = bound_by(d, name, body);
	(void)fprintf(d->to, "message     %.*s %s the payout", TEXT(name),
		holds(body, d->id) ? "names" : "does not name");
	if (l != NULL)
		(void)fprintf(d->to, "; leaf %" PRId64 " (%s) binds it\n", l->seq, leaf_kind_name(l));
	else
		(void)fprintf(d->to, "; a copy: no leaf binds it\n");
}

static void ask_messages(struct dossier *d)
{
	for (size_t i = 0; i < d->tar.n; i++) {
		struct text prefix = d->tar.at[i].name;

		if (text_skip(&prefix, "message/") && !ends_in(prefix, ".key"))
			ask_message(d, d->tar.at[i].name, d->tar.at[i].content);
	}
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static const struct leaf *leaf_of(const struct dossier *d, int64_t seq)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->leaves[i]->seq == seq)
			return d->leaves[i];
	return NULL;
}

/* "seq,n,account,amount,balance_after": of the last, only the whole books can say whether it is true. */
static bool posting_fits(const struct dossier *d, struct text row)
{
	struct text seq, n, account, amount;
	int64_t at, nth, dong;
	const struct leaf *l;
	bool minus;

	if (!text_until(&row, ',', &seq) || !text_count(seq, &at) || !text_until(&row, ',', &n) ||
		!text_count(n, &nth) || !text_until(&row, ',', &account) || !text_until(&row, ',', &amount))
		return false;
	minus = text_skip(&amount, "-");
	l = leaf_of(d, at);
	return text_count(amount, &dong) && l != NULL && nth >= 1 && (uint64_t)nth <= l->n_legs &&
	       text_same(l->legs[nth - 1].account, account) &&
	       l->legs[nth - 1].amount == (minus ? -dong : dong);
}

static void ask_postings(struct dossier *d)
{
	struct text rows = file(d, "postings.csv"), row;
	size_t n = 0, wanted = 0;

	if (!text_skip(&rows, "seq,n,account,amount,balance_after\n")) {
		FOUND(d, "postings_missing", "postings.csv is missing, or none");
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		wanted += d->leaves[i]->n_legs;
	while (n <= wanted && text_until(&rows, '\n', &row)) {
		n++;
		if (!posting_fits(d, row))
			FOUND(d, "posting_differs", "postings.csv, row %zu is not what its leaf says", n);
	}
	if (rows.n > 0 || n != wanted)
		FOUND(d, "posting_differs", "postings.csv has %s rows than the leaves' %zu postings",
			n < wanted ? "fewer" : "more", wanted);
}

void dossier_payment(struct dossier *d)
{
	ask_approvals(d);
	if (!d->has_line)
		return;
	ask_leaves(d);
	ask_statements(d);
	ask_messages(d);
	ask_postings(d);
	(void)fprintf(d->to,
		"copies      rows.csv and balances in postings.csv are what the database said: nothing here proves them\n"
		"not asked   whether other leaves speak of the payout too, and the balances: the whole books show that "
		"(chitra-verify DIR); areas of mandates and revocations of certificates\n");
}
