/* What a witness is asked and what is kept of its answer; what it has signed against what the database has. */
#include "ledger/books/cosign_store.h"

#include "ledger/books/add_checkpoint.h"
#include "tests/unit/db_archive.h"

static struct db *db;
static struct sign_key *witness_key;
static struct note_verifier witness;

static void witness_begin(void)
{
	witness_key = sign_new();
	struct verify_key half = sign_public(witness_key);
	witness = note_verifier("witness.example/audit", NOTE_COSIGNATURE, &half);
}

/* Leaves in rounds of another number each, so that heads have sizes of all shapes. */
static uint64_t sealed_in_rounds(void)
{
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	uint64_t size = 1;
	size_t n;

	bool all = went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)) &&
		   went(&w, seal(&w, &n));
	for (size_t round = 1; round <= 14; round++) {
		post_n(db, (int64_t)round * 100, round);
		all = all && went(&w, seal(&w, &n)) && n == round;
		size += round;
	}
	ok(all, "a ledger of %d leaves is sealed in rounds", (int)size);
	arena_free(w.arena);
	return size;
}

/* The roots by size, from all leaves: another way than the one that proves. */
static struct hash *roots_of(struct arena *a, uint64_t size)
{
	struct hash *roots = arena_array(a, (size_t)size + 1, struct hash);
	struct compact tree = {.n = 0};

	for (uint64_t i = 0; i < size; i++) {
		char hex[HASH_HEX_SIZE];
		struct hash leaf;

		snprintf(hex, sizeof hex, "%s",
			scene("select encode(leaf_hash, 'hex') from books.txn where seq = %llu",
				(unsigned long long)i));
		bug_if(!hash_from_hex(bytes_z(hex), &leaf));
		compact_append(&tree, &leaf);
		roots[i + 1] = compact_root(&tree);
	}
	return roots;
}

static void questions(uint64_t size)
{
	struct work w = work_on(db);
	struct hash *roots = roots_of(w.arena, size);
	int asked = 0, proven = 0;

	for (uint64_t old = 0; old <= size; old++) {
		struct cosign_question q;
		struct add_checkpoint r;
		struct note note;
		struct checkpoint c;

		asked += went(&w, books_cosign_question(&w, &witness, old, &q)) && q.size == size &&
			 add_checkpoint_parse(q.request, &r, NULL) && r.old == old &&
			 bytes_eq(r.note, q.note) && note_parse(r.note, &note, NULL) &&
			 checkpoint_parse(note.text, &c, NULL);
		proven += old == 0 ? r.proof.n == 0
				   : merkle_verify_consistency(old, &roots[old], c.size, &c.root, &r.proof);
	}
	is_i64(asked, (int64_t)size + 1,
		"whatever a witness has signed, it is asked for the newest checkpoint");
	is_i64(proven, (int64_t)size + 1,
		"and shown that it continues what it has signed, also where there was no head");

	struct cosign_question q;
	ok(went(&w, books_cosign_question(&w, &witness, size + 1, &q)) && q.size == size && q.note.n == 0,
		"who has signed more than there is, is asked nothing");
	arena_free(w.arena);
}

static struct bytes answer_by(
	struct arena *a, const struct sign_key *by, const struct note_verifier *as, struct bytes of)
{
	CLEANUP(buf_free) struct buf line = BUF(NOTE_MAX);
	struct note note;

	bug_if(!note_parse(of, &note, NULL));
	note_cosign(as, by, 1763700000, note.text, &line);
	return buf_copy(&line, a);
}

static void answers(uint64_t size)
{
	struct work w = work_on(db);
	struct sign_key *other = sign_new();
	struct verify_key half = sign_public(other);
	struct note_verifier stranger = note_verifier("stranger.example/w", NOTE_COSIGNATURE, &half);
	struct cosign_question q;
	struct bytes kept;

	bug_if(books_cosign_question(&w, &witness, 0, &q) != OK);
	struct bytes good = answer_by(w.arena, witness_key, &witness, q.note);
	struct bytes strange = answer_by(w.arena, other, &stranger, q.note);
	char *both = arena_printf(w.arena, "%.*s%.*s", (int)strange.n, (const char *)strange.at, (int)good.n,
		(const char *)good.at);
	char *touched = arena_strndup(w.arena, (const char *)good.at, good.n);
	touched[good.n - 20] = touched[good.n - 20] == 'A' ? 'B' : 'A';

	is_i64(books_cosigned(&w, archive, &witness, &q, strange), REFUSED, "a stranger's signature is none");
	is_i64(books_cosigned(&w, archive, &witness, &q, bytes_z(touched)), REFUSED,
		"nor one that was touched");
	is_i64(books_cosigned(&w, archive, &witness, &q, bytes_z("")), REFUSED, "nor nothing");
	is_str(scene("select count(*) from books.cosignature"), "0", "and nothing is kept");
	ok(!there(w.arena, "witnessed"), "in the archive neither");
	ok(went(&w, books_cosigned(&w, archive, &witness, &q, bytes_z(both))),
		"its own is, beside a stranger's");
	is_str(scene("select convert_from(line, 'UTF8') from books.cosignature where size = %llu and witness = 'witness.example/audit'",
		       (unsigned long long)size),
		arena_strndup(w.arena, (const char *)good.at, good.n), "alone and as it came");
	ok(archive_witnessed(archive, w.arena, &witness, &kept, NULL) && kept.n == q.note.n + good.n,
		"the archive has the checkpoint with it");
	ok(went(&w, books_cosigned(&w, archive, &witness, &q, good)), "told again, nothing happens");
	uint64_t upto = 0;
	ok(went(&w, books_cosigned_upto(&w, &witness, &upto)) && upto == size,
		"the database knows how far it has signed");
	ok(went(&w, books_cosign_question(&w, &witness, size, &q)) && q.note.n == 0, "and asks it no more");
	sign_free(other);
	arena_free(w.arena);
}

static bool doubted(struct work *w, uint64_t size, const struct hash *root, const char *text)
{
	struct checkpoint c = {.size = size, .root = *root};
	bool doubt = went(w, books_check_known(w, &c, "audit")) && books_in_doubt(db, &w->why) &&
		     (text == NULL || strstr(w->why.text, text) != NULL);

	books_forget_doubt();
	return doubt;
}

static void known(uint64_t size)
{
	struct work w = work_on(db);
	struct hash *roots = roots_of(w.arena, size);
	struct hash none = merkle_empty();

	ok(!doubted(&w, size, &roots[size], NULL),
		"what a witness has signed last and is there is in no doubt");
	ok(!doubted(&w, size - 3, &roots[size - 3], NULL),
		"nor what it has signed before, where there was no head");
	ok(!doubted(&w, 0, &none, NULL), "nor nothing");
	ok(doubted(&w, size + 1, &roots[size], "and the witness audit has signed"),
		"a leaf that it has signed and is not there puts all in doubt");
	ok(doubted(&w, size, &roots[size - 1], "are not those that the witness audit has signed"),
		"so does another root of the same size");
	ok(doubted(&w, 5, &roots[6], "are not those"), "and of an earlier one");
	arena_free(w.arena);
}

/* What lacks `quorum` of these names. */
static bool lacks(size_t quorum, uint64_t leaves, const char *behind)
{
	static const char *const names[] = {"witness.example/audit", "b.example", "c.example"};
	struct work w = work_on(db);
	struct unwitnessed u = {.leaves = 99};
	bool fits = went(&w, books_unwitnessed(&w, names, COUNT_OF(names), quorum, &u)) &&
		    u.leaves == leaves && strcmp(u.behind, behind) == 0 && (u.waited_s > 60) == (leaves > 0);

	if (!fits)
		printf("# %llu leaves, %lld s, behind %s\n", (unsigned long long)u.leaves,
			(long long)u.waited_s, u.behind);
	arena_free(w.arena);
	return fits;
}

static void lags(uint64_t size)
{
	scene("set session_replication_role = replica; update books.checkpoint set at = at - interval '2 minutes'; "
	      "set session_replication_role = origin; select 1");
	ok(lacks(1, 0, ""), "one of three has signed all that there is: nothing lacks one signature");
	ok(lacks(2, size, "b.example, c.example"), "all of it lacks a second one, and it is said whose");
	scene("insert into books.cosignature (size, witness, line) select min(size), 'b.example', 'x' from books.checkpoint returning 1");
	uint64_t first = strtoull(scene("select min(size) from books.checkpoint"), NULL, 10);
	ok(lacks(2, size - first, "b.example, c.example"), "what the second one signed it lacks no more");
	ok(lacks(3, size, "c.example"), "but a third, who alone is behind with the oldest");
	scene("insert into books.cosignature (size, witness, line) select max(size), 'c.example', 'x' from books.checkpoint returning 1");
	ok(lacks(2, 0, ""), "who signs the newest has signed all before it");
	ok(lacks(3, size - first, "b.example"), "and the slowest counts when all are wanted");
}

int main(void)
{
	books_scene_begin("cosign");
	archive_begin();
	witness_begin();
	db = db_open(NULL, DB_DUTY_OWNER);
	uint64_t size = sealed_in_rounds();
	questions(size);
	answers(size);
	known(size);
	lags(size);
	db_close(db);
	sign_free(witness_key);
	archive_end();
	scene_end();
	return done_testing();
}
