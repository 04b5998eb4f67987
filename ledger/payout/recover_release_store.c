#include "ledger/payout/recover_release_store.h"

#include <string.h>

#include "ledger/books/post.h"
#include "ledger/payout/dispatch_rows_store.h"
#include "ledger/payout/outcome.h"

#define ACTOR "duty:recover"

struct releasing {
	struct work *w;
	const struct facts *facts;
	struct told_by by;
	struct entries entries;
	struct releases_recovered *done;
};

/* ---- signatures -------------------------------------------------------------------------------------------------------- */

/* A signature that a lost batch needs, read. */
struct given {
	const struct lost_release *of;
	const struct approval_proof *proof;
	struct approval approval;
	struct certificate certificate;
};

struct givens {
	size_t n;
	struct given *at;
};

static struct givens read_given(struct arena *a, const struct lost_release *const *at, size_t n)
{
	struct givens g = {0};
	for (size_t i = 0; i < n; i++)
		g.n += at[i]->n_approvals;
	g.at = arena_array(a, g.n, struct given);
	for (size_t i = 0, k = 0; i < n; i++)
		for (size_t j = 0; j < at[i]->n_approvals; j++, k++) {
			struct given *x = &g.at[k];
			x->of = at[i];
			x->proof = &at[i]->approvals[j];
			/* releases_look has read and verified them */
			bug_if(!approval_parse(a, x->proof->text, &x->approval, NULL) ||
				!certificate_parse(a, x->proof->certificate, &x->certificate, NULL));
		}
	return g;
}

static int64_t booked_bundle(const struct facts *f, const struct hash *root)
{
	for (size_t i = 0; i < f->approvals_n; i++)
		if (hash_eq(&f->approvals[i].root, root))
			return f->approvals[i].bundle;
	return 0;
}

static bool is_booked(const struct facts *f, const struct approval *a)
{
	for (size_t i = 0; i < f->approvals_n; i++)
		if (hash_eq(&f->approvals[i].root, &a->bundle) &&
			strcmp(f->approvals[i].officer, a->officer) == 0)
			return true;
	return false;
}

static enum result add_certificates(struct work *w, const struct givens *g)
{
	struct arena *a = w->arena;
	const char **logins = arena_array(a, g->n, const char *);
	struct hash *hashes = arena_array(a, g->n, struct hash);
	struct bytes *texts = arena_array(a, g->n, struct bytes),
		     *signatures = arena_array(a, g->n, struct bytes),
		     *keys = arena_array(a, g->n, struct bytes);
	int64_t *froms = arena_array(a, g->n, int64_t), *tos = arena_array(a, g->n, int64_t);
	size_t n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct given *x = &g->at[i];
		size_t known = 0;
		while (known < n && !hash_eq(&hashes[known], &x->approval.certificate))
			known++;
		if (known < n)
			continue;
		logins[n] = x->approval.officer;
		hashes[n] = x->approval.certificate;
		texts[n] = x->proof->certificate;
		signatures[n] = x->proof->certificate_signatures;
		keys[n] = bytes_of(x->certificate.key.b, sizeof x->certificate.key.b);
		froms[n] = x->certificate.not_before_us;
		tos[n++] = x->certificate.not_after_us;
	}
	return db_run(w, Q_RECOVER_CERTIFICATES,
		DB_ARGS(db_texts(logins, n), db_hashes(hashes, n), db_byteas(texts, n),
			db_byteas(signatures, n), db_byteas(keys, n), db_instants(froms, n),
			db_instants(tos, n)),
		NULL);
}

static enum result add_bundles(struct releasing *r, const struct givens *g)
{
	struct arena *a = r->w->arena;
	int64_t *numbers = arena_array(a, g->n, int64_t), *batches = arena_array(a, g->n, int64_t),
		*lines = arena_array(a, g->n, int64_t);
	const char **agencies = arena_array(a, g->n, const char *);
	struct hash *roots = arena_array(a, g->n, struct hash);
	struct vnd *sums = arena_array(a, g->n, struct vnd);
	size_t n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct approval *x = &g->at[i].approval;
		size_t known = 0;
		while (known < n && !hash_eq(&roots[known], &x->bundle))
			known++;
		if (known < n)
			continue;
		numbers[n] = booked_bundle(r->facts, &x->bundle);
		agencies[n] = x->agency;
		roots[n] = x->bundle;
		batches[n] = x->batches;
		lines[n] = x->lines;
		sums[n++] = x->sum;
	}
	return db_run(r->w, Q_RECOVER_BUNDLES,
		DB_ARGS(db_i64s(numbers, n), db_texts(agencies, n), db_hashes(roots, n), db_i64s(batches, n),
			db_i64s(lines, n), db_vnds(sums, n)),
		NULL);
}

static enum result add_places(struct work *w, const struct givens *g)
{
	struct arena *a = w->arena;
	struct hash *bundles = arena_array(a, g->n, struct hash), *roots = arena_array(a, g->n, struct hash);
	int64_t *at = arena_array(a, g->n, int64_t), *batches = arena_array(a, g->n, int64_t),
		*versions = arena_array(a, g->n, int64_t);
	struct bytes *paths = arena_array(a, g->n, struct bytes);
	for (size_t i = 0; i < g->n; i++) {
		const struct given *x = &g->at[i];
		bundles[i] = x->approval.bundle;
		roots[i] = x->of->said.root;
		at[i] = x->proof->place.index;
		batches[i] = x->of->said.batch;
		versions[i] = x->of->said.version;
		paths[i] = x->proof->place.path;
	}
	return db_run(w, Q_RECOVER_BUNDLE_BATCHES,
		DB_ARGS(db_hashes(bundles, g->n), db_i64s(at, g->n), db_i64s(batches, g->n),
			db_i64s(versions, g->n), db_hashes(roots, g->n), db_byteas(paths, g->n)),
		NULL);
}

static void book_approval(struct releasing *r, const struct given *x, int64_t bundle)
{
	const struct approval *a = &x->approval;
	entries_add(r->w->arena, &r->entries,
		entry_approval(r->w->arena, &r->by,
			&(struct approval_given){.bundle = bundle,
				.bundle_root = a->bundle,
				.batches = a->batches,
				.lines = a->lines,
				.sum = a->sum,
				.agency = a->agency,
				.officer = a->officer,
				.role = approval_role_name(a->role),
				.certificate = a->certificate,
				.method = "ed25519",
				.text = sha256(x->proof->text),
				.proof = sha256(
					bytes_of(x->proof->signature.b, sizeof x->proof->signature.b))}));
}

static enum result add_approvals(struct releasing *r, const struct givens *g)
{
	struct arena *a = r->w->arena;
	struct hash *bundles = arena_array(a, g->n, struct hash),
		    *certificates = arena_array(a, g->n, struct hash);
	const char **roles = arena_array(a, g->n, const char *),
		   **logins = arena_array(a, g->n, const char *);
	struct bytes *texts = arena_array(a, g->n, struct bytes),
		     *signatures = arena_array(a, g->n, struct bytes);
	int64_t *ats = arena_array(a, g->n, int64_t);
	const struct given **of = arena_array(a, g->n, const struct given *);
	struct rows made;
	size_t n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct given *x = &g->at[i];
		size_t known = 0;
		while (known < n && (!hash_eq(&bundles[known], &x->approval.bundle) ||
					    strcmp(logins[known], x->approval.officer) != 0))
			known++;
		if (known < n)
			continue;
		bundles[n] = x->approval.bundle;
		roles[n] = approval_role_name(x->approval.role);
		logins[n] = x->approval.officer;
		certificates[n] = x->approval.certificate;
		texts[n] = x->proof->text;
		signatures[n] = bytes_of(x->proof->signature.b, sizeof x->proof->signature.b);
		ats[n] = x->approval.time_us;
		of[n++] = x;
	}
	enum result result = db_run(r->w, Q_RECOVER_APPROVALS,
		DB_ARGS(db_hashes(bundles, n), db_texts(roles, n), db_texts(logins, n),
			db_hashes(certificates, n), db_byteas(texts, n), db_byteas(signatures, n),
			db_instants(ats, n)),
		&made);
	for (size_t i = 0; result == OK && i < rows_n(&made); i++) {
		const struct given *x = of[row_i64(&made, i, rows_col(&made, "n")) - 1];
		if (!is_booked(r->facts, &x->approval))
			book_approval(r, x, row_i64(&made, i, rows_col(&made, "bundle")));
	}
	return result;
}

/* ---- open → frozen → approved ------------------------------------------------------------------------------------------ */

static enum result freeze(struct releasing *r, const struct lost_releases *lost)
{
	struct arena *a = r->w->arena;
	int64_t *ids = arena_array(a, lost->n, int64_t), *lines = arena_array(a, lost->n, int64_t);
	struct vnd *sums = arena_array(a, lost->n, struct vnd);
	struct hash *roots = arena_array(a, lost->n, struct hash);
	struct rows frozen;
	size_t n = 0;
	for (size_t i = 0; i < lost->n; i++) {
		const struct manifest_batch *b = &lost->at[i].said;
		if (strcmp(lost->at[i].row->state, "open") != 0)
			continue;
		ids[n] = b->batch;
		lines[n] = b->lines;
		sums[n] = b->sum;
		roots[n++] = b->root;
	}
	if (n == 0)
		return OK;
	enum result result = db_run(r->w, Q_BATCH_FREEZE,
		DB_ARGS(db_i64s(ids, n), db_i64s(lines, n), db_vnds(sums, n), db_hashes(roots, n)), &frozen);
	return result == OK ? db_run(r->w, Q_RECOVER_VERSIONS, DB_ARGS(db_i64s(ids, n)), NULL) : result;
}

static void book_approved(
	struct releasing *r, const struct lost_release *x, struct vnd first, struct vnd unclaimed)
{
	struct approval last;
	bug_if(!approval_parse(r->w->arena, x->approvals[x->n_approvals - 1].text, &last, NULL));
	entries_add(r->w->arena, &r->entries,
		entry_batch_approved(r->w->arena, &r->by,
			&(struct batch_approved){.batch = x->said.batch,
				.version = x->said.version,
				.root = x->said.root,
				.lines = x->said.lines,
				.sum = x->said.sum,
				.first = first,
				.unclaimed = unclaimed,
				.agency = x->said.agency,
				.programme = x->said.programme,
				.period = x->said.period,
				.bundle = last.bundle}));
}

static enum result live(struct releasing *r, const struct lost_release *const *at, size_t n)
{
	int64_t *ids = arena_array(r->w->arena, n, int64_t);
	struct rows marked, sums;
	for (size_t i = 0; i < n; i++)
		ids[i] = at[i]->said.batch;
	enum result result = db_run(r->w, Q_APPROVE_MARK, DB_ARGS(db_i64s(ids, n)), &marked);
	if (result == OK && rows_n(&marked) != n) {
		why_set(&r->w->why, "not_approved",
			"of %zu batches that were released, %zu have both signatures; run recover again", n,
			rows_n(&marked));
		return REFUSED;
	}
	if (result == OK)
		result = db_run(r->w, Q_APPROVE_BIRTH, DB_ARGS(db_i64s(ids, n)), NULL);
	if (result == OK)
		result = db_run(r->w, Q_APPROVE_SUMS, DB_ARGS(db_i64s(ids, n)), &sums);
	for (size_t i = 0; result == OK && i < n; i++) { /* both by batch */
		bug_if(row_i64(&sums, i, rows_col(&sums, "batch")) != ids[i]);
		if (!at[i]->approved_booked)
			book_approved(r, at[i], row_vnd(&sums, i, rows_col(&sums, "first_dong")),
				row_vnd(&sums, i, rows_col(&sums, "unclaimed_dong")));
	}
	r->done->approved = n;
	return result;
}

static enum result approve(struct releasing *r, const struct lost_releases *lost)
{
	struct arena *a = r->w->arena;
	const struct lost_release **at = arena_array(a, lost->n, const struct lost_release *);
	size_t n = 0;
	for (size_t i = 0; i < lost->n; i++)
		if (strcmp(lost->at[i].row->state, "approved") != 0)
			at[n++] = &lost->at[i];
	if (n == 0)
		return OK;
	struct givens g = read_given(a, at, n);
	enum result result = freeze(r, lost);
	if (result == OK)
		result = add_certificates(r->w, &g);
	if (result == OK)
		result = add_bundles(r, &g);
	if (result == OK)
		result = add_places(r->w, &g);
	if (result == OK)
		result = add_approvals(r, &g);
	return result == OK ? live(r, at, n) : result;
}

/* ---- released ---------------------------------------------------------------------------------------------------------- */

static int64_t *ids_of(struct arena *a, const struct lost_releases *lost)
{
	int64_t *ids = arena_array(a, lost->n, int64_t);
	for (size_t i = 0; i < lost->n; i++)
		ids[i] = lost->at[i].said.batch;
	return ids;
}

static enum result add_releases(struct work *w, const struct lost_releases *lost)
{
	size_t n = 2 * lost->n;
	int64_t *batches = arena_array(w->arena, n, int64_t), *ats = arena_array(w->arena, n, int64_t);
	const char **logins = arena_array(w->arena, n, const char *);
	bool *planneds = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++) {
		const struct lost_release *x = &lost->at[i / 2];
		batches[i] = x->said.batch;
		logins[i] = x->said.released_by[i % 2];
		planneds[i] = x->sent == 0;
		ats[i] = x->at_us;
	}
	return db_run(w, Q_RECOVER_RELEASES,
		DB_ARGS(db_i64s(batches, n), db_texts(logins, n), db_bools(planneds, n), db_instants(ats, n)),
		NULL);
}

static void book_release(struct releasing *r, const struct lost_release *x, struct vnd unfunded)
{
	entries_add(r->w->arena, &r->entries,
		entry_batch_released(r->w->arena, &r->by,
			&(struct batch_released){.batch = x->said.batch,
				.version = x->said.version,
				.root = x->said.root,
				.lines = x->said.lines,
				.sum = x->said.sum,
				.unfunded = unfunded,
				.agency = x->said.agency,
				.programme = x->said.programme,
				.funding_account = x->row->funding,
				.officers = {x->said.released_by[0], x->said.released_by[1]}}));
}

static enum result release(struct releasing *r, const struct lost_releases *lost)
{
	int64_t *ids = ids_of(r->w->arena, lost);
	struct rows unfunded, marked;
	enum result result = add_releases(r->w, lost);
	if (result == OK)
		result = db_run(r->w, Q_RELEASE_UNFUNDED, DB_ARGS(db_i64s(ids, lost->n)), &unfunded);
	if (result == OK)
		result = db_run(r->w, Q_RELEASE_MARK, DB_ARGS(db_i64s(ids, lost->n)), &marked);
	if (result != OK)
		return result;
	bug_if(rows_n(&unfunded) != lost->n ||
		rows_n(&marked) != lost->n); /* all are approved now, and have lines */
	for (size_t i = 0; i < lost->n; i++)
		if (!lost->at[i].released_booked)
			book_release(
				r, &lost->at[i], row_vnd(&unfunded, i, rows_col(&unfunded, "unfunded_dong")));
	r->done->released = lost->n;
	return OK;
}

enum result releases_recover(struct work *w, const struct facts *f, const struct lost_releases *lost,
	struct day today, struct releases_recovered *out)
{
	struct releases_recovered done = {0};
	struct releasing r = {.w = w, .facts = f, .by = {.actor = ACTOR, .effective = today}, .done = &done};
	const struct fact_numbers *n = &f->numbers;
	struct rows moved;
	if (lost->n == 0) {
		*out = done;
		return OK;
	}
	enum result result = db_run(w, Q_RECOVER_LOCK, DB_NO_ARGS, NULL);
	if (result == OK)
		result = db_run(w, Q_RECOVER_NUMBERS,
			DB_ARGS(db_i64(n->batch), db_i64(n->bundle), db_i64(n->dispatch), db_i64(n->payout),
				db_i64(n->brk), db_i64(n->claim)),
			&moved);
	if (result == OK)
		result = db_run(w, Q_RECOVER_SIGNED_GUARDS_OFF, DB_NO_ARGS, NULL);
	if (result == OK)
		result = approve(&r, lost);
	if (result == OK)
		result = release(&r, lost);
	if (result == OK)
		result = db_run(w, Q_RECOVER_SIGNED_GUARDS_ON, DB_NO_ARGS, NULL);
	if (result == OK && r.entries.n > 0)
		result = books_post(w, r.entries.at, r.entries.n, FLOORS_RECORD, NULL);
	done.booked = r.entries.n;
	if (result == OK)
		*out = done;
	return result;
}

enum result releases_send(struct work *w, const struct lost_releases *lost, struct releases_recovered *out)
{
	return lost->n == 0 ? OK : dispatches_make(w, ids_of(w->arena, lost), lost->n, &out->dispatches);
}
