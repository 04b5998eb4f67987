#include "ledger/base/merkle.h"

#include <string.h>

struct hash merkle_empty(void)
{
	return sha256(bytes_of("", 0));
}

struct hash merkle_leaf(struct bytes data)
{
	return sha256_2parts(bytes_of("\0", 1), data);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
	uint8_t in[1 + 2 * sizeof(left->b)];

	in[0] = 1;
	memcpy(in + 1, left->b, sizeof(left->b));
	memcpy(in + 1 + sizeof(left->b), right->b, sizeof(right->b));
	return sha256(bytes_of(in, sizeof(in)));
}

void compact_append_by(struct compact *c, const struct hash *leaf, merkle_each_node *each, void *ctx)
{
	struct hash x = *leaf;
	unsigned level = 0;

	bug_if(c->n == UINT64_MAX);
	for (uint64_t i = c->n; i & 1; i >>= 1) {
		x = merkle_node(&c->h[level++], &x);
		if (each != NULL)
			each(ctx, level, i >> 1, &x);
	}
	c->h[level] = x;
	c->n++;
}

void compact_append(struct compact *c, const struct hash *leaf)
{
	compact_append_by(c, leaf, NULL, NULL);
}

struct hash compact_root(const struct compact *c)
{
	struct hash root;
	unsigned level;

	if (c->n == 0)
		return merkle_empty();
	level = (unsigned)__builtin_ctzll(c->n);
	root = c->h[level];
	for (level++; level < 64; level++)
		if (c->n >> level & 1)
			root = merkle_node(&c->h[level], &root);
	return root;
}

void compact_write(const struct compact *c, struct buf *out)
{
	for (unsigned level = 64; level-- > 0;)
		if (c->n >> level & 1)
			buf_add(out, c->h[level].b, sizeof(c->h[level].b));
}

bool compact_read(uint64_t n, struct bytes hashes, struct compact *out)
{
	const uint8_t *at = hashes.at;

	if (hashes.n != (size_t)__builtin_popcountll(n) * sizeof(struct hash))
		return false;
	memset(out, 0, sizeof(*out));
	out->n = n;
	for (unsigned level = 64; level-- > 0;)
		if (n >> level & 1) {
			memcpy(out->h[level].b, at, sizeof(struct hash));
			at += sizeof(struct hash);
		}
	return true;
}

struct hash merkle_root(const struct hash *leaves, size_t n)
{
	struct compact c;

	c.n = 0; /* the hashes of unset bits are never read */
	for (size_t i = 0; i < n; i++)
		compact_append(&c, &leaves[i]);
	return compact_root(&c);
}

/* ---- making proofs: RFC 6962 §2.1.1 and §2.1.2 ---- */

struct nodes {
	merkle_node_at *at;
	void *ctx;
	struct merkle_path *out;
};

/* The largest power of two below n (n ≥ 2). */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* Root of n leaves from `start`, which is a multiple of every power of two that is not larger than n. */
static struct hash subtree(const struct nodes *t, uint64_t start, uint64_t n)
{
	struct hash left, right;
	uint64_t k;

	if ((n & (n - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(n);

		return t->at(t->ctx, level, start >> level);
	}
	k = split(n);
	left = subtree(t, start, k);
	right = subtree(t, start + k, n - k);
	return merkle_node(&left, &right);
}

static void push(const struct nodes *t, uint64_t start, uint64_t n)
{
	t->out->at[t->out->n++] = subtree(t, start, n);
}

static void path(const struct nodes *t, uint64_t i, uint64_t start, uint64_t n)
{
	uint64_t k;

	if (n == 1)
		return;
	k = split(n);
	if (i < k) {
		path(t, i, start, k);
		push(t, start + k, n - k);
	} else {
		path(t, i - k, start + k, n - k);
		push(t, start, k);
	}
}

/* `known`: the verifier holds the root of this part already, as its old root. */
static void subproof(const struct nodes *t, uint64_t m, uint64_t start, uint64_t n, bool known)
{
	uint64_t k;

	if (m == n) {
		if (!known)
			push(t, start, n);
		return;
	}
	k = split(n);
	if (m <= k) {
		subproof(t, m, start, k, known);
		push(t, start + k, n - k);
	} else {
		subproof(t, m - k, start + k, n - k, false);
		push(t, start, k);
	}
}

void merkle_path_by(merkle_node_at *at, void *ctx, uint64_t n, uint64_t i, struct merkle_path *out)
{
	struct nodes t = {.at = at, .ctx = ctx, .out = out};

	bug_if(i >= n || n > INT64_MAX);
	out->n = 0;
	path(&t, i, 0, n);
}

void merkle_consistency_by(merkle_node_at *at, void *ctx, uint64_t m, uint64_t n, struct merkle_path *out)
{
	struct nodes t = {.at = at, .ctx = ctx, .out = out};

	bug_if(m == 0 || m > n || n > INT64_MAX);
	out->n = 0;
	subproof(&t, m, 0, n, true);
}

/* Every leaf is hashed into exactly one part of a proof, so that reading nodes from leaves costs n hashes in all. */
struct leaves {
	const struct hash *at;
};

static struct hash node_of_leaves(void *ctx, unsigned level, uint64_t index)
{
	const struct leaves *leaves = ctx;

	return merkle_root(leaves->at + (index << level), (size_t)1 << level);
}

void merkle_path(const struct hash *leaves, size_t n, size_t i, struct merkle_path *out)
{
	struct leaves from = {.at = leaves};

	merkle_path_by(node_of_leaves, &from, n, i, out);
}

void merkle_consistency(const struct hash *leaves, size_t m, size_t n, struct merkle_path *out)
{
	struct leaves from = {.at = leaves};

	merkle_consistency_by(node_of_leaves, &from, m, n, out);
}

/* ---- checking proofs: RFC 9162 §2.1.3.2 and §2.1.4.2 ---- */

bool merkle_verify_inclusion(const struct hash *leaf, uint64_t i, uint64_t n, const struct merkle_path *proof,
	const struct hash *root)
{
	struct hash r = *leaf;
	uint64_t fn = i, sn;

	if (i >= n || proof->n > MERKLE_PATH_MAX)
		return false;
	sn = n - 1;
	for (size_t p = 0; p < proof->n; p++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			r = merkle_node(&proof->at[p], &r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			r = merkle_node(&r, &proof->at[p]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(&r, root);
}

bool merkle_verify_consistency(uint64_t m, const struct hash *root_m, uint64_t n, const struct hash *root_n,
	const struct merkle_path *proof)
{
	struct hash old_root, new_root;
	uint64_t fn, sn;
	size_t p = 0;

	if (m == 0 || m > n || proof->n > MERKLE_PATH_MAX)
		return false;
	if (m == n)
		return proof->n == 0 && hash_eq(root_m, root_n);
	if (proof->n == 0)
		return false;
	fn = m - 1;
	sn = n - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	old_root = new_root = (m & (m - 1)) == 0 ? *root_m : proof->at[p++];
	for (; p < proof->n; p++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			old_root = merkle_node(&proof->at[p], &old_root);
			new_root = merkle_node(&proof->at[p], &new_root);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			new_root = merkle_node(&new_root, &proof->at[p]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(&old_root, root_m) && hash_eq(&new_root, root_n);
}
