#include "ledger/books/recover_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/merkle.h"
#include "ledger/base/text.h"
#include "ledger/books/event.h"
#include "ledger/books/head_store.h"
#include "ledger/books/post.h"
#include "ledger/books/seal_store.h"

#define STEP_MS (INT64_C(10) * 60 * 1000) /* one transaction */
#define STEP    4096                      /* leaves of one transaction */

static void next_step(struct work *w)
{
	w->deadline_us = work_deadline_in_ms(STEP_MS);
}

struct journey {
	struct work *w;
	const struct archive *archive;
	struct checkpoint newest;
	struct cluster cluster; /* that answers now */
	uint64_t had;
};

static enum result begin(struct journey *j)
{
	struct archived newest;
	struct rows r;
	enum result result;

	next_step(j->w);
	result = db_run(j->w, Q_BOOKS_HEAD, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	j->had = (uint64_t)row_i64(&r, 0, rows_col(&r, "next_seq"));
	j->cluster = books_cluster(&r);
	if (!archive_newest(j->archive, j->w->arena, &newest, &j->w->why))
		return REFUSED;
	j->newest = newest.checkpoint;
	if (j->newest.size == 0) {
		why_set(&j->w->why, "archive_empty", "the archive has no checkpoint to recover from");
		return REFUSED;
	}
	return OK;
}

/* The archive's next leaves, at least one. */
static bool read_some(struct journey *j, struct arena *some, uint64_t at, struct archived_leaves *out)
{
	if (!archive_read(j->archive, some, at, out, &j->w->why))
		return false;
	if (out->n == 0)
		return why_set(&j->w->why, "archive_gap",
			"the database has %" PRIu64 " ledger transactions, the newest checkpoint has %" PRIu64
			", and the archive lacks number %" PRIu64
			"; use a newer dump, or an archive that is whole",
			j->had, j->newest.size, at);
	if (out->n > j->newest.size - at)
		out->n = (size_t)(j->newest.size - at);
	return true;
}

/* Those of them that the database has must be the same. */
static enum result same_in_database(struct journey *j, uint64_t at, const struct hash *hashes, size_t n)
{
	struct rows r;
	int column;
	enum result result;

	if (at >= j->had)
		return OK;
	next_step(j->w);
	result = db_run(j->w, Q_BOOKS_LEAF_HASHES, DB_ARGS(db_i64((int64_t)at), db_i64((int64_t)n)), &r);
	if (result != OK)
		return result;
	column = rows_col(&r, "leaf_hash");
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct hash have = row_hash(&r, i, column);

		if (!hash_eq(&have, &hashes[i])) {
			why_set(&j->w->why, "recover_diverged",
				"ledger transaction %" PRIu64
				" of the database is not that of the archive: the database "
				"went on after the restore; restore it again and recover before anything else",
				at + i);
			return REFUSED;
		}
	}
	return OK;
}

/* All of the archive's leaves: do they give its signed root, and are the database's among them? Nothing is written before. */
static enum result look(struct journey *j)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_job = j->w->arena;
	struct compact tree = {.n = 0};
	struct hash root;

	while (tree.n < j->newest.size) {
		struct archived_leaves leaves;
		struct hash *hashes;
		enum result result;

		arena_reset(some);
		if (!read_some(j, some, tree.n, &leaves))
			return REFUSED;
		hashes = arena_array(some, leaves.n, struct hash);
		for (size_t i = 0; i < leaves.n; i++) {
			hashes[i] = merkle_leaf(leaves.at[i]);
			compact_append(&tree, &hashes[i]);
		}
		j->w->arena = some; /* rows go with the leaves */
		result = same_in_database(j, leaves.first, hashes, leaves.n);
		j->w->arena = of_job;
		if (result != OK)
			return result;
	}
	root = compact_root(&tree);
	if (!hash_eq(&root, &j->newest.root)) {
		why_set(&j->w->why, "archive_damaged",
			"the leaves of the archive do not give the root of its checkpoint of size %" PRIu64,
			j->newest.size);
		return REFUSED;
	}
	return OK;
}

static enum result bring(struct work *w, const struct bytes *texts, size_t n)
{
	struct leaf *leaves = arena_array(w->arena, n, struct leaf);
	enum result result;

	for (size_t i = 0; i < n; i++)
		if (!leaf_parse(w->arena, texts[i], &leaves[i], &w->why))
			return REFUSED;
	TX_GUARD(w);
	next_step(w);
	result = tx_begin(w);
	if (result == OK)
		result = books_post_again(w, leaves, texts, n);
	return result == OK ? tx_commit(w) : result;
}

static enum result bring_all(struct journey *j, void (*each)(uint64_t leaves, uint64_t of))
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_job = j->w->arena;
	uint64_t at = j->had;

	while (at < j->newest.size) {
		struct archived_leaves leaves;
		enum result result;

		arena_reset(some);
		if (!read_some(j, some, at, &leaves))
			return REFUSED;
		if (leaves.n > STEP)
			leaves.n = STEP;
		j->w->arena = some;
		result = bring(j->w, leaves.at, leaves.n);
		j->w->arena = of_job;
		if (result != OK)
			return result;
		at += leaves.n;
		if (each != NULL)
			each(at, j->newest.size);
	}
	return OK;
}

/* The checkpoint into the database; and, if anything was missing, a leaf that says so for ever. */
static enum result settle_down(struct journey *j, const char *actor, struct day effective, bool moved)
{
	struct told_by by = {.actor = actor, .effective = effective};
	struct entry entry = entry_recovered(j->w->arena, &by,
		&(struct recovered){.had = (int64_t)j->had,
			.size = (int64_t)j->newest.size,
			.root = j->newest.root,
			.timeline = (int64_t)j->cluster.timeline});
	bool adopted = false;
	enum result result;

	TX_GUARD(j->w);
	next_step(j->w);
	result = tx_begin(j->w);
	if (result == OK)
		result = books_adopt(j->w, j->archive, &adopted);
	if (result == OK && (adopted || moved))
		result = books_post(j->w, &entry, 1, FLOORS_RECORD, NULL);
	return result == OK ? tx_commit(j->w) : result;
}

enum result books_recover(struct work *w, const struct archive *archive, const char *actor,
	struct day effective, void (*each)(uint64_t leaves, uint64_t of), struct recovery *out)
{
	struct journey j = {.w = w, .archive = archive};
	struct cluster known;
	bool moved;
	enum result result = begin(&j);

	if (result == OK && !archive_cluster(archive, &known, &w->why))
		result = REFUSED;
	if (result == OK)
		result = look(&j);
	if (result == OK)
		result = bring_all(&j, each);
	if (result != OK)
		return result;
	moved = cluster_differs(&known, &j.cluster);
	result = settle_down(&j, actor, effective, moved);
	if (result != OK)
		return result;
	if (moved && !archive_note_cluster(archive, &j.cluster, &w->why))
		return REFUSED;
	*out = (struct recovery){
		.had = j.had,
		.size = j.newest.size,
		.root = j.newest.root,
		.brought_back = j.had < j.newest.size ? j.newest.size - j.had : 0,
	};
	return OK;
}
