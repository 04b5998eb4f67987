#include "ledger/payout/bundle.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/payout/field.h"

#define HEAD "chitra-bundle/v1"

/* Level l has n >> l nodes, and lies behind the levels below it. */
static struct hash node_at(void *ctx, unsigned level, uint64_t index)
{
	const struct bundle *b = ctx;
	size_t skip = 0;
	for (unsigned l = 0; l < level; l++)
		skip += b->n >> l;
	return b->nodes[skip + index];
}

void bundle_make(struct arena *a, const struct hash *roots, size_t n, struct bundle *out)
{
	struct compact tree = {0};
	bug_if(n == 0 || n > BUNDLE_BATCHES_MAX);
	struct hash *nodes = arena_array(a, 2 * n, struct hash);
	for (size_t i = 0; i < n; i++) {
		nodes[i] = merkle_leaf(bytes_of(roots[i].b, sizeof roots[i].b));
		compact_append(&tree, &nodes[i]);
	}
	struct hash *below = nodes;
	for (size_t wide = n; wide > 1; wide /= 2) {
		struct hash *level = below + wide;
		for (size_t i = 0; i < wide / 2; i++)
			level[i] = merkle_node(&below[2 * i], &below[2 * i + 1]);
		below = level;
	}
	*out = (struct bundle){.n = n, .roots = roots, .root = compact_root(&tree), .nodes = nodes};
}

struct bundle_place bundle_place(struct arena *a, const struct bundle *b, size_t i)
{
	struct merkle_path path;
	struct bundle from = *b;
	merkle_path_by(node_at, &from, b->n, i, &path);
	return (struct bundle_place){.n = (int64_t)b->n,
		.index = (int64_t)i,
		.path = bytes_of(arena_copy(a, path.at, path.n * sizeof *path.at), path.n * sizeof *path.at)};
}

bool bundle_holds(const struct bundle_place *p, const struct hash *batch_root, const struct hash *bundle_root)
{
	struct merkle_path path;
	if (p->n < 1 || p->index < 0 || p->index >= p->n || p->path.n % sizeof *path.at != 0 ||
		p->path.n > sizeof path.at)
		return false;
	path.n = p->path.n / sizeof *path.at;
	if (path.n > 0)
		memcpy(path.at, p->path.at, p->path.n);
	struct hash leaf = merkle_leaf(bytes_of(batch_root->b, sizeof batch_root->b));
	return merkle_verify_inclusion(&leaf, (uint64_t)p->index, (uint64_t)p->n, &path, bundle_root);
}

void bundle_place_text(const struct bundle_place *p, struct buf *out)
{
	char hex[HASH_HEX_SIZE];
	struct hash node;
	bug_if(p->n < 1 || p->index < 0 || p->path.n % sizeof node != 0);
	buf_addf(out, HEAD "\nbatches %" PRId64 "\nindex %" PRId64 "\n", p->n, p->index);
	for (size_t i = 0; i < p->path.n; i += sizeof node) {
		memcpy(&node, p->path.at + i, sizeof node);
		buf_addf(out, "node %s\n", hash_hex(&node, hex));
	}
}

static bool take(struct arena *a, struct bytes *rest, struct bundle_place *p)
{
	struct hash *nodes = arena_array(a, MERKLE_PATH_MAX, struct hash);
	size_t n = 0;
	if (!field_take(rest, HEAD, NULL) || !field_i64(rest, "batches", BUNDLE_BATCHES_MAX, &p->n) ||
		!field_i64(rest, "index", BUNDLE_BATCHES_MAX, &p->index) || p->n < 1)
		return false;
	while (field_is_next(*rest, "node"))
		if (n == MERKLE_PATH_MAX || !field_hash(rest, "node", &nodes[n++]))
			return false;
	p->path = bytes_of(nodes, n * sizeof *nodes);
	return true;
}

bool bundle_place_take(struct arena *a, struct bytes *rest, struct bundle_place *out, struct why *why)
{
	struct bytes after = *rest;
	struct bundle_place p;
	if (!take(a, &after, &p))
		return why_set(why, "bundle_malformed", "this is no %s text", HEAD);
	/* A hash has two spellings in hex, and only one is ours. */
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, rest->n);
	bundle_place_text(&p, &again);
	if (!buf_is(&again, bytes_of(rest->at, rest->n - after.n)))
		return why_set(why, "bundle_malformed", "this %s text is not written as it must be", HEAD);
	*rest = after;
	*out = p;
	return true;
}
