/* seal: leaves into the tree, its tiles and signed checkpoints, beside the bare SHA-256 of the same; proofs and publishing after that.
 *
 *	seal DIRECTORY [LEAVES]
 *
 * On the database of the PG* variables, which has the schema and no leaf. Posts LEAVES (1,000,000) settled payouts; then, for each fifth
 * of them in turns:
 *
 *	sha256	one SHA-256 of each leaf's text and one of a node (65 bytes), nothing else
 *	tree	the same leaves integrated, tiled and signed at every SEAL_LEAVES, in memory: what the sealer does in C
 *	sealer	books_seal as the scribe calls it: PostgreSQL's rows read and compared with the leaves, the archive's files written
 *		durably, PostgreSQL's own guards over tiles and heads, a commit a checkpoint
 *
 * `sha256` and `tree` take turns leaf group by leaf group, on texts that are in memory already. Then 200 proofs by tiles, one call each,
 * and one as it is made from all leaf hashes; the books published into DIRECTORY, again without and with 1,000 more leaves, and
 * compared as a whole. Memory is the peak of this program after the first and after the last fifth. Prints each fifth and, last, one
 * JSON object. Never fails on time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/text.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"
#include "ledger/books/publish_store.h"
#include "ledger/books/receipt_store.h"
#include "ledger/books/seal_store.h"
#include "ledger/books/tile.h"
#include "tests/bench/settled.h"

#define ORIGIN "chitra.example/ledger"
#define FIFTHS 5
#define PROOFS 200

static void must(enum result r, struct work *w, const char *what)
{
	if (r == OK)
		return;
	fprintf(stderr, "seal: %s: %s: %s: %s\n", what, result_name(r), w->why.code, w->why.text);
	exit(1);
}

static void in_time(struct work *w)
{
	w->deadline_us = work_deadline_in_ms(20 * 60 * 1000);
}

/* The peak of resident memory, in KiB. */
static long peak_kb(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kb = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "VmHWM: %ld", &kb) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kb;
}

/* ---- leaves ---------------------------------------------------------------------------------------------------------- */

static void post(struct work *w, int64_t first, int64_t upto)
{
	for (int64_t at = first; at < upto; at += 1000) {
		size_t n = (size_t)(upto - at < 1000 ? upto - at : 1000);
		struct hash src = sha256(bytes_of(&at, sizeof at));
		struct entry *entries = arena_array(w->arena, n, struct entry);

		for (size_t i = 0; i < n; i++)
			entries[i] = settled(w->arena, at + (int64_t)i, &src);
		in_time(w);
		must(tx_begin(w), w, "begin");
		must(books_post(w, entries, n, FLOORS_RECORD, NULL), w, "post");
		must(tx_commit(w), w, "commit");
		arena_reset(w->arena);
	}
}

/* ---- in memory ------------------------------------------------------------------------------------------------------- */

static volatile uint8_t seen; /* so that no hash is left out */

static void bare(const struct bytes *leaves, size_t n)
{
	uint8_t node[65] = {1};

	for (size_t i = 0; i < n; i++) {
		struct hash leaf = sha256(leaves[i]), above;

		memcpy(node + 1, leaf.b, sizeof leaf.b);
		above = sha256(bytes_of(node, sizeof node));
		seen ^= above.b[0];
	}
}

struct tree {
	struct compact compact;
	struct full_tiles full;
	const struct sealer *sealer;
	struct {
		size_t n;
		struct hash at[TILE_WIDTH];
	} tiles[TILE_LEVELS];
};

static void into_tile(struct tree *t, unsigned level, const struct hash *hash)
{
	t->tiles[level].at[t->tiles[level].n++ % TILE_WIDTH] = *hash;
}

static void note_node(void *tree, unsigned level, uint64_t index, const struct hash *node)
{
	struct tree *t = tree;

	if (level % 8 != 0)
		return;
	full_tiles_note(&t->full, level, index, node);
	into_tile(t, level / 8, node);
}

static void integrate(struct tree *t, struct arena *a, const struct bytes *leaves, size_t n)
{
	CLEANUP(buf_free) struct buf nodes = BUF((size_t)64 * 32);
	CLEANUP(buf_free) struct buf note = BUF(NOTE_MAX);
	struct checkpoint c = {.size = t->compact.n + n};

	t->full = (struct full_tiles){.arena = a};
	for (size_t i = 0; i < n; i++) {
		struct hash hash = merkle_leaf(leaves[i]);

		into_tile(t, 0, &hash);
		compact_append_by(&t->compact, &hash, note_node, t);
	}
	compact_write(&t->compact, &nodes);
	c.root = compact_root(&t->compact);
	memcpy(c.origin, t->sealer->log.name, sizeof c.origin);
	checkpoint_text(&c, &note);
	note_sign(&t->sealer->log, t->sealer->key, buf_copy(&note, a), &note);
	seen ^= note.at[0];
}

/* ---- one fifth ------------------------------------------------------------------------------------------------------- */

struct fifth {
	double sha256_us, tree_us, sealer_us, sealer_cpu_us; /* a leaf; the last of this program alone */
};

/* The unsealed ones from `first` on. */
static void in_memory(struct work *w, struct tree *t, int64_t first, int64_t upto, struct fifth *out)
{
	int64_t sha_us = 0, tree_us = 0;

	for (int64_t at = first; at < upto; at += SEAL_LEAVES) {
		int64_t n = upto - at < SEAL_LEAVES ? upto - at : SEAL_LEAVES;
		struct bytes *leaves = arena_array(w->arena, (size_t)n, struct bytes);
		struct rows r;

		in_time(w);
		must(db_run(w, Q_BOOKS_LEAVES, DB_ARGS(db_i64(at), db_i64(n)), &r), w, "leaves");
		for (int64_t i = 0; i < n; i++)
			leaves[i] = row_bytes(&r, (size_t)i, rows_col(&r, "leaf"));
		for (int turn = 0; turn < 2; turn++) {
			bool sha = (at / SEAL_LEAVES + turn) % 2 == 0;
			int64_t begun = monotonic_us();

			if (sha)
				bare(leaves, (size_t)n);
			else
				integrate(t, w->arena, leaves, (size_t)n);
			*(sha ? &sha_us : &tree_us) += monotonic_us() - begun;
		}
		arena_reset(w->arena);
	}
	out->sha256_us = (double)sha_us / (double)(upto - first);
	out->tree_us = (double)tree_us / (double)(upto - first);
}

static int64_t seal_all(struct work *w, const struct sealer *sealer)
{
	int64_t all = 0;
	size_t n;

	do {
		in_time(w);
		must(books_seal(w, sealer, &n), w, "seal");
		arena_reset(w->arena);
		all += (int64_t)n;
	} while (n > 0);
	return all;
}

static int64_t own_cpu_us(void)
{
	struct rusage used;

	bug_if(getrusage(RUSAGE_SELF, &used) != 0);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec +
	       used.ru_stime.tv_usec;
}

static struct fifth run_fifth(struct work *w, struct tree *t, int64_t first, int64_t upto)
{
	struct fifth f;
	int64_t begun, cpu;

	post(w, first, upto);
	in_memory(w, t, first, upto, &f);
	begun = monotonic_us();
	cpu = own_cpu_us();
	if (seal_all(w, t->sealer) != upto - first)
		bug("not all were sealed");
	f.sealer_us = (double)(monotonic_us() - begun) / (double)(upto - first);
	f.sealer_cpu_us = (double)(own_cpu_us() - cpu) / (double)(upto - first);
	printf("leaves %" PRId64 " to %" PRId64
	       ": sha256 %.3f us a leaf, tree %.3f (%.2f), sealer %.3f (%.2f; CPU %.3f)\n",
		first, upto - 1, f.sha256_us, f.tree_us, f.tree_us / f.sha256_us, f.sealer_us,
		f.sealer_us / f.sha256_us, f.sealer_cpu_us);
	fflush(stdout);
	return f;
}

/* ---- proofs, publishing ---------------------------------------------------------------------------------------------- */

static double proof_us(struct work *w, int64_t leaves)
{
	int64_t begun = monotonic_us();

	for (int64_t i = 0; i < PROOFS; i++) {
		const char *name = arena_printf(w->arena, "%" PRId64, (i * 7919 + 13) * 4801 % leaves);
		struct receipt out;

		must(books_receipts(w, &name, 1, &out), w, "prove");
		arena_reset(w->arena);
	}
	return (double)(monotonic_us() - begun) / PROOFS;
}

/* As it is without tiles: all leaf hashes, and the path of one of them. */
static double proof_of_leaves_us(struct work *w, int64_t leaves)
{
	int64_t begun = monotonic_us();
	struct arena *of_job = w->arena, *some = arena_new();
	struct hash *hashes = arena_array(of_job, (size_t)leaves, struct hash);
	struct merkle_path path;

	in_time(w);
	w->arena = some;
	for (int64_t at = 0; at < leaves; at += 100000) {
		struct rows r;

		must(db_run(w, Q_BOOKS_LEAF_HASHES, DB_ARGS(db_i64(at), db_i64(100000)), &r), w, "hashes");
		for (size_t i = 0; i < rows_n(&r) && at + (int64_t)i < leaves; i++)
			hashes[at + (int64_t)i] = row_hash(&r, i, rows_col(&r, "leaf_hash"));
		arena_reset(some);
	}
	w->arena = of_job;
	merkle_path(hashes, (size_t)leaves, (size_t)leaves / 2, &path);
	seen ^= path.at[0].b[0];
	arena_free(some);
	arena_reset(w->arena);
	return (double)(monotonic_us() - begun);
}

static double publish_s(struct work *w, const struct publication *asked)
{
	int64_t begun = monotonic_us();
	struct published out;

	in_time(w);
	must(tx_begin(w), w, "begin");
	must(books_publish(w, asked, &out), w, "publish");
	must(tx_commit(w), w, "commit");
	arena_reset(w->arena);
	return (double)(monotonic_us() - begun) / 1e6;
}

/* ---- all of it ------------------------------------------------------------------------------------------------------- */

static int by_size(const void *one, const void *two)
{
	double a = *(const double *)one, b = *(const double *)two;

	return a < b ? -1 : a > b;
}

static void print_spread(const char *name, const struct fifth *at, double (*of)(const struct fifth *))
{
	double sorted[FIFTHS];

	for (int i = 0; i < FIFTHS; i++)
		sorted[i] = of(&at[i]);
	qsort(sorted, FIFTHS, sizeof *sorted, by_size);
	printf(", \"%s\": %.3f, \"%s_min\": %.3f, \"%s_max\": %.3f", name, sorted[FIFTHS / 2], name,
		sorted[0], name, sorted[FIFTHS - 1]);
}

static double of_sha256(const struct fifth *f)
{
	return f->sha256_us;
}

static double of_tree(const struct fifth *f)
{
	return f->tree_us / f->sha256_us;
}

static double of_cpu(const struct fifth *f)
{
	return f->sealer_cpu_us;
}

static double of_sealer(const struct fifth *f)
{
	return f->sealer_us / f->sha256_us;
}

static void measure(struct work *w, struct tree *t, const char *archive, const char *in, int64_t leaves)
{
	struct publication asked = {.archive = archive, .directory = arena_printf(w->arena, "%s/books", in)};
	char books[4096];
	struct fifth at[FIFTHS];
	long first_kb = 0, last_kb;
	double all_s, none_s, more_s, whole_s;

	snprintf(books, sizeof books, "%s", asked.directory);
	asked.directory = books;
	for (int i = 0; i < FIFTHS; i++) {
		at[i] = run_fifth(w, t, i == 0 ? 1 : leaves * i / FIFTHS, leaves * (i + 1) / FIFTHS);
		first_kb = i == 0 ? peak_kb() : first_kb;
	}
	last_kb = peak_kb();
	printf("{\"bench\": \"seal\", \"leaves\": %" PRId64, leaves);
	print_spread("sha256_us", at, of_sha256);
	print_spread("ratio", at, of_tree);
	print_spread("sealer_ratio", at, of_sealer);
	print_spread("sealer_cpu_us", at, of_cpu);
	printf(", \"peak_kb_first\": %ld, \"peak_kb\": %ld", first_kb, last_kb);
	printf(", \"proof_us\": %.0f", proof_us(w, leaves));
	printf(", \"proof_of_leaves_us\": %.0f", proof_of_leaves_us(w, leaves));
	all_s = publish_s(w, &asked);
	none_s = publish_s(w, &asked);
	post(w, leaves, leaves + 1000);
	seal_all(w, t->sealer);
	more_s = publish_s(w, &asked);
	asked.whole = true;
	whole_s = publish_s(w, &asked);
	printf(", \"publish_s\": %.2f, \"publish_nothing_s\": %.3f, \"publish_1000_s\": %.3f, \"publish_whole_s\": %.2f}\n",
		all_s, none_s, more_s, whole_s);
}

int main(int argc, char **argv)
{
	char *end = NULL, archive_at[4096];
	int64_t leaves = argc == 3 ? strtoll(argv[2], &end, 10) : 1000000;
	struct sign_key *key = sign_new();
	struct verify_key public = sign_public(key);
	struct genesis_key k = {.purpose = "log", .key = public};
	struct genesis g = {.origin = ORIGIN, .sandbox = true, .id_key_version = 1, .n_keys = 1, .keys = &k};
	struct sealer sealer = {.log = note_verifier(ORIGIN, NOTE_ED25519, &public), .key = key};
	struct tree *tree = calloc(1, sizeof *tree);
	struct archive *archive;
	struct work w;

	if (argc < 2 || argc > 3 || (end != NULL && *end != '\0') || leaves < 1000) {
		fprintf(stderr, "usage: seal DIRECTORY [LEAVES]\n");
		return 64;
	}
	w = (struct work){.arena = arena_new(), .db = db_open(NULL, DB_DUTY_OWNER)};
	in_time(&w);
	snprintf(archive_at, sizeof archive_at, "%s/archive", argv[1]);
	if (!make_directory_durable(archive_at, 0755, &w.why))
		must(REFUSED, &w, "archive");
	sealer.archive = archive = archive_open(archive_at, &sealer.log, &w.why);
	bug_if(archive == NULL || tree == NULL);
	tree->sealer = &sealer;
	must(books_genesis(&w, "officer:admin", (struct day){19816}, &g), &w, "genesis");
	seal_all(&w, &sealer);
	measure(&w, tree, archive_at, argv[1], leaves);
	free(tree);
	archive_close(archive);
	sign_free(key);
	db_close(w.db);
	arena_free(w.arena);
	return 0;
}
