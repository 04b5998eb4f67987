/* The published vectors of transparency-dev/merkle, C2SP, golang/mod and transparency-dev/tessera, read from
 * $CHITRA_SHARED/data/vectors (or ../shared/data/vectors). Their README names sources and licences. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/json.h"
#include "ledger/base/merkle.h"
#include "ledger/base/note.h"
#include "ledger/base/text.h"
#include "tests/lib/tap.h"

#define FILE_MAX 100000

static struct arena *memory;
static char vectors[4096];

static struct bytes content(const char *path)
{
	struct bytes in = {0};

	if (!read_file(memory, path, FILE_MAX, &in, NULL))
		ok(false, "%s can be read", path);
	return in;
}

static struct bytes vector(const char *name)
{
	return content(arena_printf(memory, "%s/%s", vectors, name));
}

/* Sizes reach 2^64 − 1 in these files, more than a JSON integer of ours: every bare number becomes a text. */
static struct json *read_with_large_numbers(struct bytes in)
{
	CLEANUP(buf_free) struct buf quoted = BUF(2 * FILE_MAX);
	struct json *doc;

	for (size_t i = 0; i < in.n; i++) {
		bool digit = in.at[i] >= '0' && in.at[i] <= '9';
		bool begins = digit && i > 0 && in.at[i - 1] == ' ';
		bool ends = digit && i + 1 < in.n && (in.at[i + 1] == ',' || in.at[i + 1] == '\n');
		size_t first = i;

		while (ends && first > 0 && in.at[first - 1] >= '0' && in.at[first - 1] <= '9')
			first--;
		ends = ends && first > 1 && in.at[first - 1] == ' ' && in.at[first - 2] == ':';
		begins = begins && i > 1 && in.at[i - 2] == ':';
		if (begins)
			buf_add_z(&quoted, "\"");
		buf_u8(&quoted, in.at[i]);
		if (ends)
			buf_add_z(&quoted, "\"");
	}
	doc = json_read(buf_bytes(&quoted), 2 * FILE_MAX, NULL);
	return doc;
}

/* False: a value that is no hash or no number; a strict verifier refuses the whole. */
static bool hash_at(const struct json *v, const char *key, struct hash *out)
{
	const char *text;
	size_t n;

	return json_str(v, key, &text, NULL) &&
	       base64_decode(BASE64_STD, bytes_z(text), out->b, sizeof(out->b), &n) && n == sizeof(out->b);
}

static uint64_t number_at(const struct json *v, const char *key)
{
	const char *text = "";
	uint64_t n = 0;

	if (!json_str(v, key, &text, NULL) || !text_u64(bytes_z(text), UINT64_MAX, &n))
		ok(false, "%s is a number", key);
	return n;
}

static bool proof_at(const struct json *v, struct merkle_path *out)
{
	const struct json *proof = NULL;

	out->n = 0;
	if (!json_arr_opt(v, "proof", &proof, NULL) || json_n(proof) > MERKLE_PATH_MAX)
		return false;
	for (size_t i = 0; i < json_n(proof); i++) {
		const char *text = json_as_str(json_at(proof, i));
		size_t n;

		if (text == NULL ||
			!base64_decode(BASE64_STD, bytes_z(text), out->at[i].b, sizeof(out->at[i].b), &n) ||
			n != sizeof(out->at[i].b))
			return false;
	}
	out->n = json_n(proof);
	return true;
}

static bool inclusion_holds(const struct json *v)
{
	struct hash leaf, root;
	struct merkle_path path;

	return hash_at(v, "leafHash", &leaf) && hash_at(v, "root", &root) && proof_at(v, &path) &&
	       merkle_verify_inclusion(
		       &leaf, number_at(v, "leafIdx"), number_at(v, "treeSize"), &path, &root);
}

static bool consistency_holds(const struct json *v)
{
	struct hash one, two;
	struct merkle_path path;

	return hash_at(v, "root1", &one) && hash_at(v, "root2", &two) && proof_at(v, &path) &&
	       merkle_verify_consistency(number_at(v, "size1"), &one, number_at(v, "size2"), &two, &path);
}

static int proofs_seen[2];

static int check_proof(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	bool inclusion = strstr(path, "/inclusion/") != NULL;
	bool want_error = false;
	size_t n = strlen(path);

	(void)st;
	(void)at;
	if (kind != FTW_F || n < 5 || strcmp(path + n - 5, ".json") != 0)
		return 0;
	CLEANUP(json_drop) struct json *doc = read_with_large_numbers(content(path));
	if (doc == NULL || !json_bool(doc, "wantErr", &want_error, NULL)) {
		ok(false, "%s is a vector", path);
		return 0;
	}
	proofs_seen[inclusion]++;
	ok((inclusion ? inclusion_holds(doc) : consistency_holds(doc)) != want_error, "%s is %s",
		path + strlen(vectors) + 8, want_error ? "refused" : "accepted");
	return 0;
}

static void test_proofs(void)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/merkle", vectors);
	nftw(path, check_proof, 10, FTW_PHYS);
	is_i64(proofs_seen[1], 51, "all inclusion vectors were seen");
	is_i64(proofs_seen[0], 50, "all consistency vectors were seen");
}

static void test_eight_leaves(void)
{
	CLEANUP(json_drop) struct json *doc = json_read(vector("note/rfc6962-8leaves.json"), FILE_MAX, NULL);
	const struct json *inputs = NULL, *roots = NULL;
	struct compact c = {0};

	ok(json_arr(doc, "leaf_inputs_hex", &inputs, NULL) &&
			json_arr(doc, "roots_hex_by_size", &roots, NULL) &&
			json_n(roots) == json_n(inputs) + 1,
		"the 8-leaf tree is read");
	for (size_t n = 0; n < json_n(roots); n++) {
		struct hash root = compact_root(&c);
		char hex[HASH_HEX_SIZE];

		is_str(hash_hex(&root, hex), json_as_str(json_at(roots, n)), "the root of %zu leaves", n);
		if (n < json_n(inputs)) {
			const char *text = json_as_str(json_at(inputs, n));
			uint8_t data[64];
			size_t size = strlen(text) / 2;

			ok(size <= sizeof(data) && hex_decode(text, strlen(text), data, size),
				"leaf %zu is read", n);
			struct hash leaf = merkle_leaf(bytes_of(data, size));
			compact_append(&c, &leaf);
		}
	}
}

static void test_signed_notes(void)
{
	CLEANUP(json_drop) struct json *doc = json_read(vector("note/signed-notes.json"), FILE_MAX, NULL);

	is_i64((int64_t)json_n(doc), 10, "ten signed notes are read");
	for (size_t i = 0; i < json_n(doc); i++) {
		const struct json *v = json_at(doc, i);
		CLEANUP(buf_free) struct buf whole = BUF(NOTE_MAX);
		const char *vkey = "", *text = "", *line = "", *source = "";
		struct note_verifier known;
		uint64_t signed_at = 0;
		struct note note;

		ok(json_str(v, "vkey", &vkey, NULL) && json_str(v, "note_text", &text, NULL) &&
				json_str(v, "sig_line", &line, NULL) && json_str(v, "source", &source, NULL),
			"note %zu is read", i + 1);
		buf_addf(&whole, "%s\n%s\n", text, line);
		ok(note_vkey_parse(bytes_z(vkey), &known, NULL), "its key belongs to its name: %s", vkey);
		ok(note_parse(buf_bytes(&whole), &note, NULL) &&
				note_verify(&note, &known, 1, &signed_at, NULL) && signed_at == 1,
			"it verifies: %s", source);
	}
}

/* Bundle → leaf hashes = tile → root = checkpoint, whose signature verifies. */
static void check_log_of(size_t size, const struct note_verifier *known)
{
	struct bytes note_text = vector(arena_printf(memory, "tessera-log/checkpoint.%zu", size));
	struct checkpoint c = {.size = 99};
	struct compact tree = {0};
	uint64_t signed_at;
	struct note note;

	ok(note_parse(note_text, &note, NULL) && note_verify(&note, known, 1, &signed_at, NULL),
		"checkpoint %zu verifies", size);
	ok(checkpoint_parse(note.text, &c, NULL) && c.size == size, "it is of %zu entries", size);
	if (size > 0) {
		struct bytes bundle = vector(
			arena_printf(memory, "tessera-log/tile/entries/000.p/%zu", size));
		struct bytes tile = vector(arena_printf(memory, "tessera-log/tile/0/000.p/%zu", size));
		size_t at = 0;
		bool same = tile.n == size * sizeof(struct hash);

		for (size_t i = 0; i < size && at + 2 <= bundle.n && same; i++) {
			size_t n = (size_t)bundle.at[at] << 8 | bundle.at[at + 1];
			struct hash leaf = merkle_leaf(bytes_of(bundle.at + at + 2, n));

			same = memcmp(leaf.b, tile.at + i * sizeof(leaf), sizeof(leaf)) == 0;
			compact_append(&tree, &leaf);
			at += 2 + n;
		}
		ok(same && at == bundle.n, "the tile holds its entries' hashes");
	}
	struct hash root = compact_root(&tree);
	ok(hash_eq(&root, &c.root), "the tree of %zu entries has the signed root", size);
}

static void test_log(void)
{
	struct note_verifier known;

	ok(note_vkey_parse(
		   bytes_z("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		   &known, NULL),
		"the log's key is read");
	for (size_t size = 0; size <= 15; size++)
		check_log_of(size, &known);
}

int main(void)
{
	const char *shared = getenv("CHITRA_SHARED");
	char readme[4200];
	struct bytes in;

	snprintf(vectors, sizeof(vectors), "%s/data/vectors", shared != NULL ? shared : "../shared");
	snprintf(readme, sizeof(readme), "%s/README.md", vectors);
	memory = arena_new();
	if (!read_file(memory, readme, FILE_MAX, &in, NULL))
		skip_all("the published vectors are not at %s (CHITRA_SHARED)", vectors);
	test_proofs();
	test_eight_leaves();
	test_signed_notes();
	test_log();
	arena_free(memory);
	return done_testing();
}
