#include "ledger/payout/recover_manifest_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/payout/manifest_file.h"
#include "ledger/payout/verify.h"

#define NAMED_MOST 3 /* in one sentence */

struct looking {
	struct work *w;
	const struct release_evidence *e;
	struct manifest_ref *refs; /* that the dump has not released, by batch and version */
	bool *there;               /* is a file */
	bool *lacks;               /* the dump has no such batch, or another version */
	size_t n;
	struct lost_release *found;
	size_t found_n;
	struct buf lacking; /* batches that the dump lacks, for a person */
	size_t lacking_n;
	size_t again;
};

/* ---- which ------------------------------------------------------------------------------------------------------------ */

static const struct fact_batch *leaf_of(const struct facts *f, struct manifest_ref ref, bool released)
{
	for (size_t i = 0; i < f->batches_n; i++)
		if (f->batches[i].batch == ref.batch && f->batches[i].version == ref.version &&
			f->batches[i].released == released)
			return &f->batches[i];
	return NULL;
}

static bool is_among(const struct manifest_ref *at, size_t n, struct manifest_ref ref)
{
	for (size_t lo = 0, hi = n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		if (at[mid].batch == ref.batch && at[mid].version == ref.version)
			return true;
		if (at[mid].batch < ref.batch ||
			(at[mid].batch == ref.batch && at[mid].version < ref.version))
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* The archive's manifests and releases, without those that the dump has released. */
static enum result find_unreleased(struct looking *l)
{
	struct work *w = l->w;
	const struct facts *f = l->e->facts;
	struct manifest_ref *files, *all;
	size_t files_n, n = 0;
	struct rows r;
	if (!manifest_files_list(l->e->archive, w->arena, &files, &files_n, &w->why))
		return REFUSED;
	all = arena_array(w->arena, files_n + f->batches_n, struct manifest_ref);
	int64_t *ids = arena_array(w->arena, files_n + f->batches_n, int64_t),
		*versions = arena_array(w->arena, files_n + f->batches_n, int64_t);
	for (; n < files_n; n++)
		all[n] = files[n];
	for (size_t i = 0; i < f->batches_n; i++) {
		struct manifest_ref ref = {f->batches[i].batch, f->batches[i].version};
		if (f->batches[i].released && !is_among(files, files_n, ref))
			all[n++] = ref;
	}
	for (size_t i = 0; i < n; i++) {
		ids[i] = all[i].batch;
		versions[i] = all[i].version;
	}
	enum result result = db_run(
		w, Q_RECOVER_UNRELEASED, DB_ARGS(db_i64s(ids, n), db_i64s(versions, n)), &r);
	if (result != OK)
		return result;
	l->n = rows_n(&r);
	l->refs = arena_array(w->arena, l->n, struct manifest_ref);
	l->there = arena_array(w->arena, l->n, bool);
	l->lacks = arena_array(w->arena, l->n, bool);
	for (size_t i = 0; i < l->n; i++) {
		size_t at = (size_t)row_i64(&r, i, rows_col(&r, "n")) - 1;
		const char *state = row_text(&r, i, rows_col(&r, "state"));
		l->refs[i] = all[at];
		l->there[i] = at < files_n;
		l->lacks[i] = row_i32(&r, i, rows_col(&r, "version")) != all[at].version ||
			      strcmp(state, "withdrawn") == 0;
	}
	return OK;
}

/* How many of its lines left; since when is in *at_us, if any did. What certainly stayed stands in the journal too: it was released. */
static size_t count_sent(const struct facts *f, const struct manifest *m, int64_t *at_us, struct buf *ids)
{
	size_t n = 0;
	for (int64_t i = 0; i < m->batch.lines; i++) {
		const struct fact_payout *p = facts_payout(f, m->lines[i].id);
		if (!p)
			continue;
		if (p->journalled && (*at_us == 0 || p->sent.at_us < *at_us))
			*at_us = p->sent.at_us;
		if (n++ < NAMED_MOST)
			buf_addf(ids, "%s%s", n == 1 ? ": " : ", ", p->id);
	}
	if (n > NAMED_MOST)
		buf_add_z(ids, " …");
	return n;
}

static struct bytes kept(struct arena *a, struct bytes b)
{
	return bytes_of(arena_copy(a, b.at, b.n), b.n);
}

static void keep(struct looking *l, const struct manifest *m, const struct fact_batch *leaf, size_t sent,
	int64_t at_us)
{
	struct arena *a = l->w->arena;
	struct lost_release *x = &l->found[l->found_n++];
	struct approval_proof *approvals = arena_array(a, m->n_approvals, struct approval_proof);
	*x = (struct lost_release){.said = m->batch,
		.n_approvals = m->n_approvals,
		.approvals = approvals,
		.approved_booked = leaf_of(l->e->facts,
					   (struct manifest_ref){m->batch.batch, m->batch.version},
					   false) != NULL,
		.released_booked = leaf != NULL,
		.sent = sent,
		.at_us = leaf ? leaf->at_us : at_us};
	struct manifest_batch *b = &x->said;
	const char **words[] = {&b->agency, &b->programme, &b->area, &b->channel, &b->made_by,
		&b->released_by[0], &b->released_by[1]};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		*words[i] = arena_strdup(a, *words[i]);
	for (size_t i = 0; i < m->n_approvals; i++) {
		struct approval_proof *p = &approvals[i];
		*p = m->approvals[i];
		p->text = kept(a, p->text);
		p->certificate = kept(a, p->certificate);
		p->certificate_signatures = kept(a, p->certificate_signatures);
		p->place.path = kept(a, p->place.path);
	}
}

static void name_lacking(struct looking *l, const struct manifest *m, size_t sent, struct buf *ids)
{
	if (l->lacking_n++ < NAMED_MOST)
		buf_addf(&l->lacking,
			"%sbatch %" PRId64 " version %" PRId32 " of %s (%" PRId64
			" lines, %zu of them sent%s)",
			l->lacking_n > 1 ? ", " : "", m->batch.batch, m->batch.version, m->batch.made_by,
			m->batch.lines, sent, buf_str(ids));
}

/* Whoever may have sent it left no journal, and its bank would take it again. */
static bool is_in_doubt(const struct lost_channels *lost, const struct manifest *m)
{
	for (size_t i = 0; i < lost->n; i++)
		if (strcmp(lost->at[i].code, m->batch.channel) == 0)
			return !lost->at[i].knows || m->lines[0].valid_until_us >= lost->at[i].known_until_us;
	return false;
}

static enum result look_at(struct looking *l, size_t i)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	CLEANUP(buf_free) struct buf ids = BUF(256);
	struct why *why = &l->w->why;
	const struct fact_batch *leaf = leaf_of(l->e->facts, l->refs[i], true);
	struct manifest m;
	int64_t at_us = 0;
	if (!l->there[i]) {
		why_set(why, "manifest_missing",
			"the ledger has batch %" PRId64
			" as released, and the archive has no %s; use the newest copy of the archive",
			l->refs[i].batch, manifest_name(some, l->refs[i].batch, l->refs[i].version));
		return REFUSED;
	}
	if (!manifest_file_read(l->e->archive, some, l->refs[i], &m, why))
		return REFUSED;
	size_t sent = count_sent(l->e->facts, &m, &at_us, &ids);
	if (at_us == 0)
		at_us = wall_us();
	if (!leaf && sent == 0 && !is_in_doubt(&l->e->lost, &m))
		l->again++;
	else if (l->lacks[i])
		name_lacking(l, &m, sent, &ids);
	else
		keep(l, &m, leaf, sent, at_us);
	return OK;
}

static enum result find_lost(struct looking *l)
{
	l->found = arena_array(l->w->arena, l->n, struct lost_release);
	for (size_t i = 0; i < l->n; i++) {
		enum result result = look_at(l, i);
		if (result != OK)
			return result;
	}
	if (l->lacking_n == 0)
		return OK;
	why_set(&l->w->why, "dump_before_release",
		"released after this dump was taken, and the dump lacks them: %s%s. Restore a dump (or a base backup with its WAL) from after they were made; "
		"each line and its id is in the archive's manifest. Nobody may make these batches anew meanwhile: what was sent would be paid again. "
		"(One of which a lost journal alone would know that it was sent: when its bank's own book has nothing of it, move its manifest away)",
		buf_str(&l->lacking), l->lacking_n > NAMED_MOST ? " …" : "");
	return REFUSED;
}

/* ---- are they the dump's? ---------------------------------------------------------------------------------------------- */

static bool differs(struct looking *l, const struct lost_release *x, const char *what)
{
	why_set(&l->w->why, "manifest_differs",
		"manifest/%" PRId64 ".v%" PRId32 ": its %s is not that of batch %" PRId64
		" in this dump; restore a newer dump, or find out who changed which of them",
		x->said.batch, x->said.version, what, x->said.batch);
	return false;
}

static bool is_same(struct looking *l, const struct lost_release *x)
{
	const struct batch *b = x->row;
	const struct manifest_batch *s = &x->said;
	if (strcmp(b->agency, s->agency) != 0)
		return differs(l, x, "agency");
	if (strcmp(b->programme, s->programme) != 0 || month_cmp(b->period, s->period) != 0)
		return differs(l, x, "programme or period");
	if (strcmp(b->area, s->area) != 0 || day_cmp(b->area_from, s->area_from) != 0)
		return differs(l, x, "area");
	if (strcmp(b->maker, s->made_by) != 0)
		return differs(l, x, "maker");
	if (!x->fits)
		return differs(l, x, "list of lines");
	return true;
}

static enum result take_rows(
	struct work *w, void *context, const struct batch *batch, const struct batch_line *lines, size_t n)
{
	struct looking *l = context;
	struct lost_release *x = l->found;
	struct compact tree = {0};
	(void)w;
	while (x->said.batch != batch->id)
		x++;
	for (size_t i = 0; i < n; i++)
		compact_append(&tree, &lines[i].stored);
	struct hash root = compact_root(&tree);
	x->fits = (int64_t)n == x->said.lines && hash_eq(&root, &x->said.root);
	return OK;
}

/* Line by line: the root is over every word of them, so their sum and their count are the manifest's too. */
static enum result hold_against_rows(struct looking *l)
{
	struct batches rows;
	int64_t *ids = arena_array(l->w->arena, l->found_n, int64_t);
	for (size_t i = 0; i < l->found_n; i++)
		ids[i] = l->found[i].said.batch;
	enum result result = batch_known(l->w, ids, l->found_n, &rows);
	if (result == OK)
		result = batch_each(l->w, &rows, take_rows, l);
	for (size_t i = 0; result == OK && i < l->found_n; i++) {
		struct lost_release *x = &l->found[i];
		x->row = batch_find(&rows, x->said.batch);
		if (!is_same(l, x))
			result = REFUSED;
	}
	return result;
}

/* ---- are they true? ---------------------------------------------------------------------------------------------------- */

/* As the words that are in l->w->why say. */
static bool refuse(struct looking *l, const struct lost_release *x)
{
	why_prefix(&l->w->why, "manifest/%" PRId64 ".v%" PRId32, x->said.batch, x->said.version);
	return false;
}

static bool is_said(const char *const by[2], const char *login)
{
	return strcmp(by[0], login) == 0 || strcmp(by[1], login) == 0;
}

/* Released by two people, neither of whom made it; by those whom the ledger has. */
static bool is_released(struct looking *l, const struct lost_release *x)
{
	const struct manifest_batch *s = &x->said;
	const struct fact_batch *leaf = leaf_of(
		l->e->facts, (struct manifest_ref){s->batch, s->version}, true);
	struct why *why = &l->w->why;
	if (strcmp(s->released_by[0], s->released_by[1]) == 0)
		why_set(why, "same_person", "%s alone released it; two officers do", s->released_by[0]);
	else if (is_said(s->released_by, s->made_by))
		why_set(why, "own_batch", "%s made and released it", s->made_by);
	else if (leaf && (!hash_eq(&leaf->root, &s->root) || !is_said(s->released_by, leaf->officers[0]) ||
				 !is_said(s->released_by, leaf->officers[1])))
		why_set(why, "manifest_differs",
			"the ledger has another root, or other officers who released it");
	else
		return true;
	return refuse(l, x);
}

/* An approval that had run out by then is no forgery: others may be enough. */
static bool had_run_out(const struct why *why)
{
	return why_is(why, "approval_expired") || why_is(why, "certificate_expired") ||
	       why_is(why, "certificate_revoked");
}

/* Those that counted; false: one is of nobody who could sign, or over something else. */
static bool take_counting(
	struct looking *l, const struct lost_release *x, struct approval_proof *counting, size_t *n)
{
	for (size_t i = 0; i < x->n_approvals; i++) {
		struct approval a;
		struct certificate c;
		struct why why = {0};
		if (approval_verify(l->w->arena, l->e->trust, &x->approvals[i], x->at_us, &a, &c, &why) &&
			approval_holds(&a, &x->approvals[i].place, &x->said.root, &why)) {
			counting[(*n)++] = x->approvals[i];
		} else if (!had_run_out(&why)) {
			l->w->why = why;
			return false;
		}
	}
	return true;
}

static bool is_signed(struct looking *l, struct lost_release *x, struct verify_memo *memo)
{
	struct approval_proof *counting = arena_array(l->w->arena, x->n_approvals, struct approval_proof);
	size_t n = 0;
	struct batch_proof proof = {.root = x->said.root,
		.lines = x->said.lines,
		.sum = x->said.sum,
		.agency = x->said.agency,
		.areas = x->row->area_words,
		.n_areas = x->row->n_area_words,
		.n = x->n_approvals,
		.approvals = x->approvals};
	if (!take_counting(l, x, counting, &n) ||
		!verify_batch(l->e->trust, &proof, x->at_us, memo, &l->w->why))
		return refuse(l, x);
	x->approvals = counting;
	x->n_approvals = n;
	return true;
}

/* Whose name is in a manifest, and as what. */
struct named {
	const struct lost_release *in;
	bool releases; /* else: signed */
};

static size_t name_all(struct looking *l, const char **logins, struct named *as)
{
	size_t n = 0;
	for (size_t i = 0; i < l->found_n; i++) {
		const struct lost_release *x = &l->found[i];
		for (size_t k = 0; k < 2 + x->n_approvals; k++) {
			struct approval a;
			bool releases = k < 2;
			if (!releases)
				bug_if(!approval_parse(l->w->arena, x->approvals[k - 2].text, &a, NULL));
			as[n] = (struct named){x, releases};
			logins[n++] = releases ? x->said.released_by[k] : a.officer;
		}
	}
	return n;
}

/* Whom the dump does not know, or never let release, cannot stand in its rows. */
static enum result know_officers(struct looking *l)
{
	size_t room = 0;
	struct rows r;
	for (size_t i = 0; i < l->found_n; i++)
		room += 2 + l->found[i].n_approvals;
	const char **logins = arena_array(l->w->arena, room, const char *);
	struct named *as = arena_array(l->w->arena, room, struct named);
	size_t n = name_all(l, logins, as);
	enum result result = db_run(l->w, Q_RECOVER_OFFICERS, DB_ARGS(db_texts(logins, n)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		if (row_null(&r, i, rows_col(&r, "officer")))
			why_set(&l->w->why, "officer_unknown",
				"%s %s it and is not in this dump; add this officer again (chitra officer), then run recover again",
				logins[i], as[i].releases ? "released" : "signed");
		else if (as[i].releases && !row_bool(&r, i, rows_col(&r, "releases")))
			why_set(&l->w->why, "no_mandate", "%s released it and was never certified to release",
				logins[i]);
		else
			continue;
		refuse(l, as[i].in);
		return REFUSED;
	}
	return result;
}

static enum result judge(struct looking *l)
{
	if (!l->e->trust) {
		why_set(&l->w->why, "admin_keys_missing",
			"%zu batches were released after this dump was taken, and nobody here can say whose signatures on them count: "
			"set [desk] admin_keys",
			l->found_n);
		return REFUSED;
	}
	struct verify_memo *memo = verify_memo_new();
	bool good = true;
	for (size_t i = 0; i < l->found_n && good; i++)
		good = is_released(l, &l->found[i]) && is_signed(l, &l->found[i], memo);
	verify_memo_free(memo);
	return good ? know_officers(l) : REFUSED;
}

enum result releases_look(struct work *w, const struct release_evidence *e, struct lost_releases *out)
{
	struct looking l = {.w = w, .e = e, .lacking = BUF(4096)};
	enum result result = find_unreleased(&l);
	if (result == OK)
		result = find_lost(&l);
	if (result == OK && l.found_n > 0)
		result = hold_against_rows(&l);
	if (result == OK && l.found_n > 0)
		result = judge(&l);
	buf_free(&l.lacking);
	if (result == OK)
		*out = (struct lost_releases){.n = l.found_n, .at = l.found, .again = l.again};
	return result;
}
