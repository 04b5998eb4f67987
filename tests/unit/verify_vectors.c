/* The verifier against the published vectors of transparency-dev/merkle, C2SP, golang/mod and transparency-dev/tessera, read from
 * $CHITRA_SHARED/data/vectors (or ../shared/data/vectors). It shares no code with the writer, so it is asked again. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/log.h"
#include "ledger/verify/note.h"
#include "ledger/verify/tree.h"
#include "tests/lib/tap.h"

static char vectors[3000];

static struct held content(const char *name)
{
	char path[4200];
	struct held h;

	(void)snprintf(path, sizeof path, "%s/%s", vectors, name);
	h = file_read(path, 1U << 20);
	if (h.at == NULL)
		ok(false, "%s can be read", path);
	return h;
}

/* The value of a key, as the files write it: a string's inside, or a number. The next one behind *from, which moves there. */
static bool value_of(struct text *from, const char *key, struct text *value)
{
	char wanted[40];
	size_t n = (size_t)snprintf(wanted, sizeof wanted, "\"%s\": ", key);
	const char *at = memmem(from->at, from->n, wanted, n);
	struct text rest;

	if (at == NULL)
		return false;
	at += n;
	rest = (struct text){.at = at, .n = from->n - (size_t)(at - from->at)};
	if (text_skip(&rest, "\"")) {
		if (!text_until(&rest, '"', value))
			return false;
	} else {
		*value = (struct text){.at = rest.at, .n = strcspn(rest.at, ",\n}]")};
	}
	*from = rest;
	return true;
}

static struct text found(struct text doc, const char *key)
{
	struct text value = text_z("");

	(void)value_of(&doc, key, &value);
	return value;
}

/* Sizes reach 2^64 - 1 here. */
static uint64_t number(struct text doc, const char *key)
{
	struct text t = found(doc, key);
	uint64_t n = 0;

	for (size_t i = 0; i < t.n; i++)
		n = n * 10 + (uint64_t)(t.at[i] - '0');
	return n;
}

static bool digest(struct text base64, struct digest *out)
{
	size_t n = sizeof out->at;

	return text_base64(base64, out->at, &n) && n == sizeof out->at;
}

static bool proof(struct text doc, struct proof *p)
{
	const char *at = memmem(doc.at, doc.n, "\"proof\": [", 10);
	struct text rest, one;

	p->n = 0;
	if (at == NULL)
		return true;
	rest = (struct text){.at = at + 10, .n = doc.n - (size_t)(at + 10 - doc.at)};
	(void)text_until(&rest, ']', &rest);
	while (text_until(&rest, '"', &one) && text_until(&rest, '"', &one))
		if (p->n == PROOF_MAX || !digest(one, &p->at[p->n++]))
			return false;
	return true;
}

static bool holds(struct text doc, bool inclusion)
{
	struct digest one, two;
	struct proof p;

	if (inclusion)
		return digest(found(doc, "leafHash"), &one) && digest(found(doc, "root"), &two) &&
		       proof(doc, &p) &&
		       proof_inclusion(&one, number(doc, "leafIdx"), number(doc, "treeSize"), &p, &two);
	return digest(found(doc, "root1"), &one) && digest(found(doc, "root2"), &two) && proof(doc, &p) &&
	       proof_consistency(number(doc, "size1"), &one, number(doc, "size2"), &two, &p);
}

static int seen[2];

static int each_proof(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	bool inclusion = strstr(path, "/inclusion/") != NULL, refused;
	size_t n = strlen(path);
	struct held h;
	struct text doc;

	(void)st;
	(void)at;
	if (kind != FTW_F || n < 5 || strcmp(path + n - 5, ".json") != 0)
		return 0;
	h = content(path + strlen(vectors) + 1);
	doc = (struct text){.at = h.at, .n = h.n};
	refused = text_is(found(doc, "wantErr"), "true");
	seen[inclusion]++;
	ok(holds(doc, inclusion) != refused, "%s is %s", path + strlen(vectors) + 8,
		refused ? "refused" : "accepted");
	file_free(&h);
	return 0;
}

static void test_proofs(void)
{
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/merkle", vectors);
	(void)nftw(path, each_proof, 10, FTW_PHYS);
	is_i64(seen[1], 51, "all inclusion vectors were seen");
	is_i64(seen[0], 50, "all consistency vectors were seen");
}

/* What a JSON string of these files escapes. */
static size_t unescaped(struct text t, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++) {
		bool line = t.at[i] == '\\' && i + 1 < t.n && t.at[i + 1] == 'n';
		bool dash = i + 5 < t.n && memcmp(t.at + i, "\\u2014", 6) == 0;

		if (dash)
			memcpy(to + n, "\xe2\x80\x94", 3);
		else
			to[n] = line ? '\n' : t.at[i];
		n += dash ? 3 : 1;
		i += dash ? 5 : line;
	}
	return n;
}

static void test_notes(void)
{
	struct held h = content("note/signed-notes.json");
	struct text doc = {.at = h.at, .n = h.n}, source, vkey, body, line, said;
	int notes = 0;

	while (value_of(&doc, "vkey", &vkey)) {
		char whole[8192];
		struct signer s;
		uint64_t at = 0;
		size_t n;

		if (!value_of(&doc, "note_text", &body) || !value_of(&doc, "sig_line", &line) ||
			!value_of(&doc, "source", &source))
			break;
		n = unescaped(body, whole);
		whole[n++] = '\n';
		n += unescaped(line, whole + n);
		whole[n++] = '\n';
		notes++;
		ok(signer_read(vkey, &s), "its key belongs to its name: %.*s", TEXT(vkey));
		ok(note_open((struct text){.at = whole, .n = n}, &s, 1, &at, &said) == NOTE_FINE && at == 1,
			"its note verifies: %.*s", TEXT(source));
		whole[0] ^= 1;
		ok(note_open((struct text){.at = whole, .n = n}, &s, 1, &at, &said) != NOTE_FINE,
			"and not with one bit changed");
	}
	is_i64(notes, 10, "ten signed notes were seen");
	file_free(&h);
}

/* What stands in the list of this name, from its first string on. */
static struct text list_of(struct text doc, const char *key)
{
	const char *at = memmem(doc.at, doc.n, key, strlen(key));
	struct text rest = {.at = at, .n = at != NULL ? doc.n - (size_t)(at - doc.at) : 0}, before;

	(void)text_until(&rest, '[', &before);
	return rest;
}

static void test_eight_leaves(void)
{
	struct held h = content("note/rfc6962-8leaves.json");
	struct text doc = {.at = h.at, .n = h.n}, one;
	struct text leaves = list_of(doc, "leaf_inputs_hex"), roots = list_of(doc, "roots_hex_by_size");
	struct range range = {.n = 0};

	for (size_t n = 0; n <= 8; n++) {
		struct digest root = range_root(&range), wanted, leaf;
		uint8_t data[64];

		ok(text_until(&roots, '"', &one) && text_until(&roots, '"', &one) &&
				text_hex(one, wanted.at, 32) && digest_same(&root, &wanted),
			"the root of %zu leaves", n);
		if (n == 8 || !text_until(&leaves, '"', &one) || !text_until(&leaves, '"', &one) ||
			!text_hex(one, data, one.n / 2))
			break;
		leaf = tree_leaf((struct text){.at = (const char *)data, .n = one.n / 2});
		range_add(&range, &leaf, NULL, NULL);
	}
	is_i64((int64_t)range.n, 8, "eight leaves were seen");
	file_free(&h);
}

struct log_of {
	struct range range;
	struct tiles tiles;
};

static bool each_leaf(void *with, uint64_t index, struct text leaf)
{
	struct log_of *l = with;
	struct digest hash = tree_leaf(leaf);

	(void)index;
	range_add(&l->range, &hash, tiles_whole, &l->tiles);
	return true;
}

static void test_log(void)
{
	char dir[4100], name[60];
	struct signer s;

	(void)snprintf(dir, sizeof dir, "%s/tessera-log", vectors);
	ok(signer_read(
		   text_z("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		   &s),
		"the log's key is read");
	for (uint64_t size = 0; size <= 15; size++) {
		struct findings f = {.to = stderr, .first_leaf = NO_LEAF};
		struct log_of l = {.tiles = {.dir = dir, .findings = &f}};
		struct checkpoint c = {.size = 99};
		struct digest root;
		struct held h;
		struct text text;
		uint64_t at = 0;

		(void)snprintf(name, sizeof name, "tessera-log/checkpoint.%d", (int)size);
		h = content(name);
		ok(note_open((struct text){.at = h.at, .n = h.n}, &s, 1, &at, &text) == NOTE_FINE &&
				at == 1 && checkpoint_read(text, &c) && c.size == size,
			"checkpoint %d verifies", (int)size);
		ok(log_walk(dir, size, each_leaf, &l, &f), "its leaves are there");
		tiles_end(&l.tiles);
		root = range_root(&l.range);
		ok(digest_same(&root, &c.root) && f.n == 0, "they give its tiles and its root");
		file_free(&h);
	}
}

int main(void)
{
	const char *shared = getenv("CHITRA_SHARED");
	struct held readme;
	char path[4200];

	(void)snprintf(vectors, sizeof vectors, "%s/data/vectors", shared != NULL ? shared : "../shared");
	(void)snprintf(path, sizeof path, "%s/README.md", vectors);
	readme = file_read(path, 1U << 20);
	if (readme.at == NULL)
		skip_all("the published vectors are not at %s (CHITRA_SHARED)", vectors);
	file_free(&readme);
	test_proofs();
	test_notes();
	test_eight_leaves();
	test_log();
	return done_testing();
}
