/* merkle.h: the RFC 6962 tree.
 *
 * empty = SHA-256(""), leaf = SHA-256(0x00 ‖ data), node = SHA-256(0x01 ‖ left ‖ right). Makes roots and proofs for batches,
 * bundles, dispatches and the ledger, and checks proofs of strangers. Knows no file and no table: nodes that lie elsewhere are
 * read through a function of the caller. chitra-verify has its own. */
#ifndef LEDGER_BASE_MERKLE_H
#define LEDGER_BASE_MERKLE_H

#include "ledger/base/digest.h"

#define MERKLE_PATH_MAX 64

struct merkle_path {
	size_t n;
	struct hash at[MERKLE_PATH_MAX];
};

/* A tree of n leaves as one hash per set bit of n, h[l] being the perfect subtree of 2^l leaves. Zeroed is empty. */
struct compact {
	uint64_t n;
	struct hash h[64];
};

struct hash merkle_empty(void);
struct hash merkle_leaf(struct bytes data);
struct hash merkle_node(const struct hash *left, const struct hash *right);

void compact_append(struct compact *c, const struct hash *leaf);
/* The same; each perfect node above the leaves that it completes is told, lowest first: its level and its index there. */
typedef void merkle_each_node(void *ctx, unsigned level, uint64_t index, const struct hash *node);
void compact_append_by(struct compact *c, const struct hash *leaf, merkle_each_node *each, void *ctx);
struct hash compact_root(const struct compact *c);

/* The hashes of the set bits of n, largest subtree first, as stored in one row. The reader wants exactly that many. */
void compact_write(const struct compact *c, struct buf *out);
bool compact_read(uint64_t n, struct bytes hashes, struct compact *out) WARN_UNUSED;

/* Over leaf hashes (not leaf data). A path is from the leaf's sibling upwards; i < n or bug(); 0 < m ≤ n or bug(). */
struct hash merkle_root(const struct hash *leaves, size_t n);
void merkle_path(const struct hash *leaves, size_t n, size_t i, struct merkle_path *out);
void merkle_consistency(const struct hash *leaves, size_t m, size_t n, struct merkle_path *out);

/* The same from stored perfect nodes: at(ctx, level, index) gives the root of leaves index·2^level … (index+1)·2^level − 1. */
typedef struct hash merkle_node_at(void *ctx, unsigned level, uint64_t index);
void merkle_path_by(merkle_node_at *at, void *ctx, uint64_t n, uint64_t i, struct merkle_path *out);
void merkle_consistency_by(merkle_node_at *at, void *ctx, uint64_t m, uint64_t n, struct merkle_path *out);

/* Check a proof by a stranger: any input is allowed, false is the answer to nonsense. m = 0 is refused (a witness that has seen
 * nothing has its own rule). */
bool merkle_verify_inclusion(const struct hash *leaf, uint64_t i, uint64_t n, const struct merkle_path *proof,
	const struct hash *root) WARN_UNUSED;
bool merkle_verify_consistency(uint64_t m, const struct hash *root_m, uint64_t n, const struct hash *root_n,
	const struct merkle_path *proof) WARN_UNUSED;

#endif
