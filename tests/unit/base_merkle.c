/* The RFC 6962 tree: roots of the published 8-leaf tree, proofs made and checked at every small size, and what is refused. */
#include "ledger/base/merkle.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/tap.h"

#define MOST 70

/* transparency-dev/merkle, testonly/constants.go (Apache-2.0) */
static const struct {
	const char *data;
	size_t n;
} inputs[] = {{"", 0}, {"\x00", 1}, {"\x10", 1}, {"\x20\x21", 2}, {"\x30\x31", 2}, {"\x40\x41\x42\x43", 4},
	{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
static const char *const roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void test_published_roots(void)
{
	struct hash leaves[8];
	struct compact c = {0}, stored;
	char text[HASH_HEX_SIZE];
	CLEANUP(buf_free) struct buf row;
	bool kept = true;

	buf_init(&row, 2048);
	for (size_t n = 0; n <= 8; n++) {
		struct hash root = merkle_root(leaves, n), of_range = compact_root(&c), of_row;

		is_str(hash_hex(&root, text), roots[n], "the root of %zu leaves is the published one", n);
		buf_reset(&row);
		compact_write(&c, &row);
		kept = kept && compact_read(n, buf_bytes(&row), &stored);
		of_row = compact_root(&stored);
		kept = kept && hash_eq(&root, &of_range) && hash_eq(&root, &of_row);
		if (n < 8) {
			leaves[n] = merkle_leaf(bytes_of(inputs[n].data, inputs[n].n));
			compact_append(&c, &leaves[n]);
		}
	}
	ok(kept, "the compact range has the same roots, also after it was written and read");
	ok(!compact_read(3, bytes_of(text, 32), &stored), "a range of 3 leaves has two hashes");
}

static void make_leaves(struct hash *leaves, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[32];

		snprintf(text, sizeof(text), "leaf %zu", i);
		leaves[i] = merkle_leaf(bytes_z(text));
	}
}

static void test_every_inclusion(void)
{
	struct hash leaves[MOST];
	bool good = true, strict = true;

	make_leaves(leaves, MOST);
	for (size_t n = 1; n <= MOST; n++) {
		struct hash root = merkle_root(leaves, n);

		for (size_t i = 0; i < n; i++) {
			struct merkle_path path;

			merkle_path(leaves, n, i, &path);
			good = good && merkle_verify_inclusion(&leaves[i], i, n, &path, &root);
			strict = strict && !merkle_verify_inclusion(&leaves[i], i + 1, n, &path, &root) &&
				 !merkle_verify_inclusion(&leaves[(i + 1) % MOST], i, n, &path, &root);
			if (path.n > 0) {
				path.at[path.n - 1].b[0] ^= 1;
				strict = strict && !merkle_verify_inclusion(&leaves[i], i, n, &path, &root);
				path.at[path.n - 1].b[0] ^= 1;
				path.n--;
				strict = strict && !merkle_verify_inclusion(&leaves[i], i, n, &path, &root);
				path.n++;
			}
			path.at[path.n++] = root;
			strict = strict && !merkle_verify_inclusion(&leaves[i], i, n, &path, &root);
		}
	}
	ok(good, "every leaf of every tree up to %d leaves is proven", MOST);
	ok(strict, "another place, another leaf, a changed, a missing and a further hash are refused");
}

static void test_every_consistency(void)
{
	struct hash leaves[MOST + 1];
	bool good = true, strict = true;

	make_leaves(leaves, MOST + 1);
	for (size_t n = 1; n <= MOST; n++) {
		struct hash root = merkle_root(leaves, n);

		for (size_t m = 1; m <= n; m++) {
			struct hash old = merkle_root(leaves, m);
			struct merkle_path path;

			merkle_consistency(leaves, m, n, &path);
			good = good && merkle_verify_consistency(m, &old, n, &root, &path);
			if (m < n) {
				strict = strict &&
					 !merkle_verify_consistency(m, &leaves[n], n, &root, &path) &&
					 !merkle_verify_consistency(m, &old, n, &leaves[n], &path) &&
					 !merkle_verify_consistency(m, &root, n, &old, &path) &&
					 !merkle_verify_consistency(n, &root, m, &old, &path);
				path.n--;
				strict = strict && !merkle_verify_consistency(m, &old, n, &root, &path);
				path.n++;
			}
			path.at[path.n++] = root;
			strict = strict && !merkle_verify_consistency(m, &old, n, &root, &path);
			path.n = 0;
			strict = strict && !merkle_verify_consistency(0, &old, n, &root, &path);
		}
	}
	ok(good, "every tree up to %d leaves continues every earlier one", MOST);
	ok(strict,
		"a wrong root, swapped roots, swapped sizes, a missing, a further hash and an empty beginning are refused");
	/* A proof of a tree of two, said to be of three: all its hashes fit, but it ends too early. */
	struct merkle_path short_path = {.n = 1, .at = {leaves[1]}};
	struct hash of_two = merkle_root(leaves, 2);
	ok(merkle_verify_inclusion(&leaves[0], 0, 2, &short_path, &of_two) &&
			!merkle_verify_inclusion(&leaves[0], 0, 3, &short_path, &of_two),
		"an inclusion proof that ends below the root is refused");
	ok(merkle_verify_consistency(1, &leaves[0], 2, &of_two, &short_path) &&
			!merkle_verify_consistency(1, &leaves[0], 3, &of_two, &short_path),
		"a consistency proof that ends below the root is refused");
	struct merkle_path endless = {.n = MERKLE_PATH_MAX + 1};
	ok(!merkle_verify_inclusion(&leaves[0], 0, 1, &endless, &leaves[0]) &&
			!merkle_verify_consistency(1, &leaves[0], 2, &leaves[0], &endless),
		"a path longer than any tree is refused unread");
	ok(!merkle_verify_inclusion(&leaves[0], 0, 0, &(struct merkle_path){0}, &leaves[0]),
		"an empty tree holds no leaf");
	ok(!merkle_verify_inclusion(&leaves[0], UINT64_MAX, 1, &(struct merkle_path){0}, &leaves[0]),
		"a leaf before the first is refused");
}

/* The root that two independent programs published for the leaves "leaf 0" … "leaf 69999". */
static void test_large(void)
{
	static struct hash leaves[70000];
	struct merkle_path path;
	struct hash root, old;
	char text[HASH_HEX_SIZE];

	make_leaves(leaves, COUNT_OF(leaves));
	root = merkle_root(leaves, COUNT_OF(leaves));
	is_str(hash_hex(&root, text), "da0532ff7b2ee56f4067110fc964e9f27b5959f9527bfff3fa501aa7584deaf3",
		"the root of 70,000 leaves is the published one");
	merkle_path(leaves, COUNT_OF(leaves), 69999, &path);
	ok(merkle_verify_inclusion(&leaves[69999], 69999, COUNT_OF(leaves), &path, &root),
		"its last leaf is proven");
	merkle_consistency(leaves, 65537, COUNT_OF(leaves), &path);
	old = merkle_root(leaves, 65537);
	ok(merkle_verify_consistency(65537, &old, COUNT_OF(leaves), &root, &path),
		"it continues the tree of 65,537");
}

int main(void)
{
	test_published_roots();
	test_every_inclusion();
	test_every_consistency();
	test_large();
	return done_testing();
}
