#include "ledger/books/head_store.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "ledger/base/log.h"
#include "ledger/base/merkle.h"
#include "ledger/base/text.h"

#define AT_ONCE 8192 /* leaf hashes of one query */

/* Written once, by whoever finds the first difference; read when in_doubt says so. */
static char reason[sizeof((struct why *)NULL)->text];
static atomic_flag reason_taken = ATOMIC_FLAG_INIT;
static atomic_bool in_doubt;

struct head {
	uint64_t leaves; /* in the database */
	uint64_t size;   /* of its newest tree head */
	struct compact tree;
	struct cluster cluster;
};

struct cluster books_cluster(const struct rows *head)
{
	struct cluster c = {.timeline = (uint64_t)row_i64(head, 0, rows_col(head, "timeline")),
		.tables = (uint64_t)row_i64(head, 0, rows_col(head, "tables"))};

	if (!text_u64(bytes_z(row_text(head, 0, rows_col(head, "system"))), UINT64_MAX, &c.system))
		bug("a system identifier that is no number");
	return c;
}

static enum result read_head(struct work *w, struct head *out)
{
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_HEAD, DB_NO_ARGS, &r);

	if (result != OK)
		return result;
	out->leaves = (uint64_t)row_i64(&r, 0, rows_col(&r, "next_seq"));
	out->size = (uint64_t)row_i64(&r, 0, rows_col(&r, "size"));
	out->cluster = books_cluster(&r);
	if (!compact_read(out->size, row_bytes(&r, 0, rows_col(&r, "nodes")), &out->tree)) {
		why_set(&w->why, "books_head", "the tree head of size %" PRIu64 " cannot be read", out->size);
		return REFUSED;
	}
	return OK;
}

static enum result grow_some(struct work *w, struct compact *tree, uint64_t size)
{
	uint64_t n = size - tree->n < AT_ONCE ? size - tree->n : AT_ONCE;
	struct rows r;
	int hash;
	enum result result = db_run(
		w, Q_BOOKS_LEAF_HASHES, DB_ARGS(db_i64((int64_t)tree->n), db_i64((int64_t)n)), &r);

	if (result != OK)
		return result;
	if (rows_n(&r) != n) {
		why_set(&w->why, "books_sequence",
			"of the %" PRIu64 " ledger transactions from %" PRIu64
			" on, %zu are missing; see chitra ledger check",
			n, tree->n, (size_t)n - rows_n(&r));
		return REFUSED;
	}
	hash = rows_col(&r, "leaf_hash");
	for (size_t i = 0; i < n; i++) {
		struct hash leaf = row_hash(&r, i, hash);

		compact_append(tree, &leaf);
	}
	return OK;
}

enum result books_tree_grow(struct work *w, struct compact *tree, uint64_t size)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_job = w->arena;
	enum result result = OK;

	w->arena = some;
	while (result == OK && tree->n < size) {
		arena_reset(some);
		result = grow_some(w, tree, size);
	}
	w->arena = of_job;
	return result;
}

static bool cluster_went_back(
	const struct archive *archive, const struct cluster *now, struct why *why, bool *differs)
{
	struct cluster known;

	*differs = false;
	if (!archive_cluster(archive, &known, why))
		return false;
	if (known.system == 0)
		return true;
	if (known.system != now->system)
		*differs = !why_set(why, "history_in_doubt", "the archive is of another PostgreSQL cluster");
	else if (known.timeline > now->timeline)
		*differs = !why_set(why, "history_in_doubt",
			"PostgreSQL is on timeline %" PRIu64 ", and was on %" PRIu64, now->timeline,
			known.timeline);
	else if (cluster_differs(&known, now))
		*differs = !why_set(why, "history_in_doubt",
			"the tables are not those that the archive knows: a dump was restored");
	return true;
}

/* Others go on sealing meanwhile, into the archive and then into the database. So the database has at least what the archive had
 * before the head was read, and has sealed at most what the archive has now. */
static bool sizes_differ(const struct head *head, uint64_t before, uint64_t now, struct why *why)
{
	if (head->leaves < before)
		return !why_set(why, "history_in_doubt",
			"the database has %" PRIu64 " ledger transactions, and the archive %" PRIu64,
			head->leaves, before);
	if (head->size > now)
		return !why_set(why, "history_in_doubt",
			"the database has sealed %" PRIu64
			" ledger transactions, and the archive only %" PRIu64,
			head->size, now);
	return false;
}

static enum result compare_roots(
	struct work *w, struct head *head, const struct checkpoint *known, bool *differs)
{
	enum result result = books_tree_grow(w, &head->tree, known->size);
	struct hash root;

	if (result != OK)
		return result;
	root = compact_root(&head->tree);
	if (known->size > 0 && !hash_eq(&root, &known->root))
		*differs = !why_set(&w->why, "history_in_doubt",
			"the first %" PRIu64 " ledger transactions are not those of the archive",
			known->size);
	return OK;
}

enum result books_compare(struct work *w, const struct archive *archive, bool *differs)
{
	struct archived before, now, same;
	struct head head;
	enum result result;

	*differs = false;
	if (!archive_newest(archive, w->arena, &before, &w->why))
		return REFUSED;
	result = read_head(w, &head);
	if (result != OK)
		return result;
	if (!archive_newest(archive, w->arena, &now, &w->why) ||
		!cluster_went_back(archive, &head.cluster, &w->why, differs))
		return REFUSED;
	if (!*differs)
		*differs = sizes_differ(&head, before.checkpoint.size, now.checkpoint.size, &w->why);
	if (*differs)
		return OK;
	if (before.checkpoint.size >= head.size)
		return compare_roots(w, &head, &before.checkpoint, differs);
	if (!archive_at(archive, w->arena, head.size, &same, &w->why))
		return REFUSED;
	if (same.checkpoint.size == 0) {
		*differs = !why_set(&w->why, "history_in_doubt",
			"the archive has no checkpoint of the database's %" PRIu64 " ledger transactions",
			head.size);
		return OK;
	}
	return compare_roots(w, &head, &same.checkpoint, differs);
}

static void begin_to_doubt(const struct why *why)
{
	if (atomic_flag_test_and_set(&reason_taken))
		return;
	memcpy(reason, why->text, sizeof reason);
	atomic_store(&in_doubt, true);
	log_event(LOG_ERROR, "history_in_doubt", K_WHY(why));
}

void books_doubt(const char *what)
{
	struct why why = {0};
	(void)why_set(&why, "history_in_doubt", "%s", what);
	begin_to_doubt(&why);
}

enum result books_check_head(struct work *w, void *archive)
{
	bool differs = false;
	enum result result = books_compare(w, archive, &differs);

	if (result == OK && differs)
		begin_to_doubt(&w->why);
	return result;
}

enum result books_tree_at(struct work *w, uint64_t size, struct compact *out)
{
	struct compact tree = {.n = 0};
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_HEAD_UPTO, DB_ARGS(db_i64((int64_t)size)), &r);

	if (result == OK && rows_n(&r) > 0 &&
		!compact_read((uint64_t)row_i64(&r, 0, rows_col(&r, "size")),
			row_bytes(&r, 0, rows_col(&r, "nodes")), &tree)) {
		why_set(&w->why, "books_head", "a tree head up to size %" PRIu64 " cannot be read", size);
		return REFUSED;
	}
	if (result == OK)
		result = books_tree_grow(w, &tree, size);
	if (result == OK)
		*out = tree;
	return result;
}

enum result books_check_known(struct work *w, const struct checkpoint *known, const char *who)
{
	struct compact tree;
	struct head head;
	struct hash root;
	enum result result = read_head(w, &head);

	if (result != OK)
		return result;
	if (head.leaves < known->size) {
		why_set(&w->why, "history_in_doubt",
			"the database has %" PRIu64
			" ledger transactions, and the witness %s has signed %" PRIu64,
			head.leaves, who, known->size);
		begin_to_doubt(&w->why);
		return OK;
	}
	result = books_tree_at(w, known->size, &tree);
	if (result != OK || known->size == 0)
		return result;
	root = compact_root(&tree);
	if (!hash_eq(&root, &known->root)) {
		why_set(&w->why, "history_in_doubt",
			"the first %" PRIu64
			" ledger transactions are not those that the witness %s has signed",
			known->size, who);
		begin_to_doubt(&w->why);
	}
	return OK;
}

bool books_in_doubt(const struct db *db, struct why *why)
{
	bool behind = atomic_load(&in_doubt);

	if (!behind && !db_history_in_doubt(db))
		return false;
	why_set(why, "history_in_doubt",
		"%s: nothing is sent, signed or booked; run chitra recover, then start again",
		behind ? reason : "PostgreSQL is another one or went back in time");
	return true;
}

void books_forget_doubt(void)
{
	atomic_store(&in_doubt, false);
	atomic_flag_clear(&reason_taken);
}
