#include "ledger/payout/approve_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/secret.h"
#include "ledger/payout/field.h"
#include "ledger/payout/verify.h"

#define DAY_US INT64_C(86400000000)

/* ---- what waits ------------------------------------------------------------------------------------------------------ */

static bool may_wait_for(const struct batch *b, const struct officer *me, enum approval_role role)
{
	const char *mine = role == ROLE_CHECKER ? b->checker : b->approver;
	const char *other = role == ROLE_CHECKER ? b->approver : b->checker;
	return !mine && b->made_by != me->id && (!other || strcmp(other, me->login) != 0);
}

enum result approve_waiting(struct work *w, const struct officer *me, enum approval_role role,
	const struct batch_filter *filter, struct batches *out)
{
	struct batch_filter frozen = *filter;
	struct batches all;
	frozen.state = "frozen";
	enum result r = batch_list(w, &frozen, &all);
	if (r != OK)
		return r;
	bool *may = arena_array(w->arena, all.n, bool);
	r = officer_may(w, approval_role_name(role), batches_wanted(w->arena, &all), all.n, may);
	if (r != OK)
		return r;
	struct batches waiting = {.at = arena_array(w->arena, all.n, struct batch)};
	for (size_t i = 0; i < all.n; i++)
		if (may[i] && may_wait_for(&all.at[i], me, role))
			waiting.at[waiting.n++] = all.at[i];
	*out = waiting;
	return OK;
}

/* ---- drafts ---------------------------------------------------------------------------------------------------------- */

static struct draft *draft_for(struct drafts *d, const struct batch *b)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].agency_id == b->agency_id)
			return &d->at[i];
	return NULL;
}

static void fill_draft(struct arena *a, struct draft *d)
{
	struct hash *roots = arena_array(a, d->batches.n, struct hash);
	for (size_t i = 0; i < d->batches.n; i++)
		roots[i] = d->batches.at[i].root;
	bundle_make(a, roots, d->batches.n, &d->bundle);
}

static struct drafts drafts_of(struct arena *a, const struct batches *b)
{
	struct drafts d = {.at = arena_array(a, b->n, struct draft)};
	for (size_t i = 0; i < b->n; i++) {
		const struct batch *x = &b->at[i];
		struct draft *to = draft_for(&d, x);
		if (!to) {
			to = &d.at[d.n++];
			*to = (struct draft){.agency_id = x->agency_id,
				.agency = x->agency,
				.batches = {.at = arena_array(a, b->n - i, struct batch)}};
		}
		to->batches.at[to->batches.n++] = *x;
		to->lines += x->lines;
		bug_if(!vnd_add(to->sum, x->sum, &to->sum));
	}
	for (size_t i = 0; i < d.n; i++)
		fill_draft(a, &d.at[i]);
	return d;
}

/* Locked at last, so that two officers may read the same lines at a time; what is locked must be what was read. */
static enum result lock_as_read(
	struct work *w, const int64_t *ids, size_t n, const struct batches *read, struct batches *out)
{
	enum result r = batch_lock(w, ids, n, out);
	if (r == OK)
		r = batch_must_be(w, out, "frozen");
	for (size_t i = 0; i < read->n && r == OK; i++)
		if (out->at[i].version != read->at[i].version ||
			!hash_eq(&out->at[i].root, &read->at[i].root)) {
			why_set(&w->why, "batch_changed", "batch %" PRId64 " was changed meanwhile",
				read->at[i].id);
			r = REFUSED;
		}
	return r;
}

enum result approve_prepare(
	struct work *w, enum approval_role role, const int64_t *ids, size_t n, struct drafts *out)
{
	struct batches read, locked;
	enum result r = batch_known(w, ids, n, &read);
	if (r == OK)
		r = batch_must_be(w, &read, "frozen");
	if (r == OK)
		r = officer_must(w, approval_role_name(role), batches_wanted(w->arena, &read), read.n);
	if (r == OK)
		r = batch_check(w, &read);
	if (r == OK)
		r = lock_as_read(w, ids, n, &read, &locked);
	if (r == OK)
		*out = drafts_of(w->arena, &locked);
	return r;
}

struct bytes approve_text(struct arena *a, const struct draft *d, const char *login, enum approval_role role,
	const struct hash *certificate, int64_t now_us, int days)
{
	struct approval approval = {.bundle = d->bundle.root,
		.batches = (int64_t)d->batches.n,
		.lines = d->lines,
		.sum = d->sum,
		.agency = d->agency,
		.officer = login,
		.role = role,
		.certificate = *certificate,
		.time_us = second_floor(now_us),
		.expires_us = second_floor(now_us) + days * DAY_US};
	CLEANUP(secret_drop) struct key32 *random = secret_new();
	CLEANUP(buf_free) struct buf text;
	memcpy(approval.nonce.b, random->b, sizeof approval.nonce.b);
	buf_init(&text, APPROVAL_MAX);
	approval_text(&approval, &text);
	return buf_copy(&text, a);
}

/* ---- recording ------------------------------------------------------------------------------------------------------- */

/* The officer's own signature over exactly this draft. */
static bool is_for(struct work *w, const struct officer *me, const struct signed_draft *s,
	const struct trust *trust, struct approval *approval)
{
	struct certificate c;
	struct approval_proof proof = {.text = s->text,
		.signature = s->signature,
		.certificate = s->certificate->text,
		.certificate_signatures = s->certificate->signatures,
		.place = bundle_place(w->arena, &s->draft->bundle, 0)};
	if (trust && !approval_verify(w->arena, trust, &proof, wall_us(), approval, &c, &w->why))
		return false;
	if (!approval_parse(w->arena, s->text, approval, &w->why))
		return false;
	if (strcmp(approval->officer, me->login) != 0 || strcmp(s->certificate->login, me->login) != 0)
		return why_set(&w->why, "not_yours", "this approval is not by %s", me->login);
	if (!sign_verify(&s->certificate->key, s->text, &s->signature))
		return why_set(&w->why, "approval_signature", "the signature does not fit the certified key");
	const struct draft *d = s->draft;
	if (!hash_eq(&approval->bundle, &d->bundle.root) || approval->batches != (int64_t)d->batches.n ||
		approval->lines != d->lines || vnd_cmp(approval->sum, d->sum) != 0 ||
		strcmp(approval->agency, d->agency) != 0)
		return why_set(&w->why, "batch_changed", "the signed text is about other batches than these");
	return true;
}

static enum result find_bundle(struct work *w, const struct draft *d, int64_t *id)
{
	struct rows found;
	enum result r = db_run(w, Q_BUNDLE_FIND, DB_ARGS(db_hash(&d->bundle.root)), &found);
	if (r != OK)
		return r;
	if (rows_n(&found) == 1) {
		*id = row_i64(&found, 0, rows_col(&found, "id"));
		return OK;
	}
	size_t n = d->batches.n;
	r = db_run(w, Q_BUNDLE_ADD,
		DB_ARGS(db_i64(d->agency_id), db_hash(&d->bundle.root), db_i64((int64_t)n), db_i64(d->lines),
			db_vnd(d->sum)),
		&found);
	if (r != OK)
		return r;
	*id = row_i64(&found, 0, rows_col(&found, "id"));
	int64_t *ids = arena_array(w->arena, n, int64_t), *versions = arena_array(w->arena, n, int64_t);
	struct bytes *paths = arena_array(w->arena, n, struct bytes);
	for (size_t i = 0; i < n; i++) {
		ids[i] = d->batches.at[i].id;
		versions[i] = d->batches.at[i].version;
		paths[i] = bundle_place(w->arena, &d->bundle, i).path;
	}
	return db_run(w, Q_BUNDLE_BATCHES_ADD,
		DB_ARGS(db_i64(*id), db_i64s(ids, n), db_i64s(versions, n), db_hashes(d->bundle.roots, n),
			db_byteas(paths, n)),
		NULL);
}

static enum result add_approval(struct work *w, const struct officer *me, const struct signed_draft *s,
	enum approval_role role, int64_t bundle)
{
	struct rows made;
	enum result r = db_run(w, Q_APPROVAL_ADD,
		DB_ARGS(db_i64(bundle), db_text(approval_role_name(role)), db_i64(me->id),
			db_i64(s->certificate->id), db_bytes(s->text),
			db_bytes(bytes_of(s->signature.b, sizeof s->signature.b))),
		&made);
	if (r == REFUSED && why_is(&w->why, "constraint") &&
		strncmp(db_constraint(w), "approval_bundle", strlen("approval_bundle")) == 0)
		why_set(&w->why, "already_signed", "these batches have been signed by you, or in this role");
	return r;
}

static struct told_by told_by(struct arena *a, const struct officer *me, struct day today)
{
	return (struct told_by){.actor = arena_printf(a, "officer:%s", me->login), .effective = today};
}

/* The obligation: one ledger transaction a batch. */
static enum result obligations(struct work *w, const struct draft *d, const int64_t *ids, size_t n,
	const struct told_by *by, struct entries *entries, struct approved *out)
{
	struct rows sums;
	enum result r = db_run(w, Q_APPROVE_SUMS, DB_ARGS(db_i64s(ids, n)), &sums);
	if (r != OK)
		return r;
	bug_if(rows_n(&sums) != n);
	int id = rows_col(&sums, "batch"), first = rows_col(&sums, "first_dong"),
	    unclaimed = rows_col(&sums, "unclaimed_dong");
	for (size_t i = 0; i < n; i++) {
		const struct batch *b = batch_find(&d->batches, row_i64(&sums, i, id));
		bug_if(!b);
		struct batch_approved e = {.batch = b->id,
			.version = b->version,
			.root = b->root,
			.lines = b->lines,
			.sum = b->sum,
			.first = row_vnd(&sums, i, first),
			.unclaimed = row_vnd(&sums, i, unclaimed),
			.agency = b->agency,
			.programme = b->programme,
			.period = b->period,
			.bundle = d->bundle.root};
		if (!row_bool(&sums, i, rows_col(&sums, "is_booked")))
			entries_add(w->arena, entries, entry_batch_approved(w->arena, by, &e));
		out->n++;
		out->lines += b->lines;
		bug_if(!vnd_add(out->sum, b->sum, &out->sum));
	}
	return OK;
}

static enum result born(struct work *w, const struct draft *d, const struct told_by *by,
	struct entries *entries, struct approved *out)
{
	struct rows marked;
	int64_t *ids = arena_array(w->arena, d->batches.n, int64_t);
	for (size_t i = 0; i < d->batches.n; i++)
		ids[i] = d->batches.at[i].id;
	enum result r = db_run(w, Q_APPROVE_MARK, DB_ARGS(db_i64s(ids, d->batches.n)), &marked);
	size_t n = r == OK ? rows_n(&marked) : 0;
	if (n == 0)
		return r;
	for (size_t i = 0; i < n; i++)
		ids[i] = row_i64(&marked, i, rows_col(&marked, "id"));
	r = db_run(w, Q_APPROVE_BIRTH, DB_ARGS(db_i64s(ids, n)), NULL);
	return r == OK ? obligations(w, d, ids, n, by, entries, out) : r;
}

enum result approve_record(struct work *w, const struct officer *me, const struct trust *trust,
	const struct signed_draft *s, struct entries *entries, struct approved *out)
{
	struct approval a;
	struct rows now;
	int64_t bundle;
	if (!is_for(w, me, s, trust, &a))
		return REFUSED;
	enum result r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r == OK)
		r = find_bundle(w, s->draft, &bundle);
	if (r == OK)
		r = add_approval(w, me, s, a.role, bundle);
	if (r != OK)
		return r;
	struct told_by by = told_by(w->arena, me, row_day(&now, 0, rows_col(&now, "today")));
	struct approval_given e = {.bundle = bundle,
		.bundle_root = a.bundle,
		.batches = a.batches,
		.lines = a.lines,
		.sum = a.sum,
		.agency = a.agency,
		.officer = a.officer,
		.role = approval_role_name(a.role),
		.certificate = a.certificate,
		.method = "ed25519",
		.text = sha256(s->text),
		.proof = sha256(bytes_of(s->signature.b, sizeof s->signature.b))};
	entries_add(w->arena, entries, entry_approval(w->arena, &by, &e));
	return born(w, s->draft, &by, entries, out);
}

/* ---- proofs ---------------------------------------------------------------------------------------------------------- */

static struct approval_proof proof_of(const struct rows *r, size_t i)
{
	struct approval_proof p = {
		.text = row_bytes(r, i, rows_col(r, "text")),
		.certificate = row_bytes(r, i, rows_col(r, "certificate")),
		.certificate_signatures = row_bytes(r, i, rows_col(r, "certificate_signatures")),
		.place = {.n = row_i64(r, i, rows_col(r, "bundle_batches")),
			.index = row_i64(r, i, rows_col(r, "n")),
			.path = row_bytes(r, i, rows_col(r, "path"))},
	};
	struct bytes sig = row_bytes(r, i, rows_col(r, "signature"));
	bug_if(sig.n != sizeof p.signature.b);
	memcpy(p.signature.b, sig.at, sig.n);
	return p;
}

enum result approve_proofs(struct work *w, const struct batches *batches, struct proofs **out)
{
	int64_t *ids = arena_array(w->arena, batches->n, int64_t);
	struct rows found;
	for (size_t i = 0; i < batches->n; i++)
		ids[i] = batches->at[i].id;
	enum result r = db_run(w, Q_APPROVALS_OF, DB_ARGS(db_i64s(ids, batches->n)), &found);
	if (r != OK)
		return r;
	size_t n = rows_n(&found);
	struct proofs *all = arena_array(w->arena, batches->n, struct proofs);
	struct approval_proof *at = arena_array(w->arena, n, struct approval_proof);
	int batch = rows_col(&found, "batch");
	for (size_t i = 0, b = 0; i < n; i++) { /* both by batch */
		at[i] = proof_of(&found, i);
		while (batches->at[b].id != row_i64(&found, i, batch))
			b++;
		if (all[b].n == 0)
			all[b].at = &at[i];
		all[b].n++;
	}
	*out = all;
	return OK;
}

enum result approve_verify(
	struct work *w, const struct trust *trust, const struct batches *batches, const struct proofs *proofs)
{
	struct verify_memo *memo = verify_memo_new();
	bool good = true;
	for (size_t i = 0; i < batches->n && good; i++) {
		const struct batch *b = &batches->at[i];
		struct batch_proof proof = {.root = b->root,
			.lines = b->lines,
			.sum = b->sum,
			.agency = b->agency,
			.areas = b->area_words,
			.n_areas = b->n_area_words,
			.n = proofs[i].n,
			.approvals = proofs[i].at};
		good = verify_batch(trust, &proof, wall_us(), memo, &w->why);
		if (!good)
			why_prefix(&w->why, "batch %" PRId64, b->id);
	}
	verify_memo_free(memo);
	return good ? OK : REFUSED;
}
