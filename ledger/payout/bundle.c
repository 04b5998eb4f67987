#include "ledger/payout/bundle.h"

#include <inttypes.h>

#include "ledger/payout/field.h"

#define HEAD      "chitra-bundle/v1"
#define ROOT_LINE (sizeof "root \n" - 1 + HASH_HEX_SIZE - 1)

struct hash bundle_root(const struct bundle *b)
{
	struct compact tree = {0};
	bug_if(b->n == 0);
	for (size_t i = 0; i < b->n; i++) {
		struct hash leaf = merkle_leaf(bytes_of(b->roots[i].b, sizeof b->roots[i].b));
		compact_append(&tree, &leaf);
	}
	return compact_root(&tree);
}

bool bundle_has(const struct bundle *b, const struct hash *batch_root)
{
	for (size_t i = 0; i < b->n; i++)
		if (hash_eq(&b->roots[i], batch_root))
			return true;
	return false;
}

void bundle_text(const struct bundle *b, struct buf *out)
{
	char hex[HASH_HEX_SIZE];
	bug_if(b->n == 0 || b->n > BUNDLE_BATCHES_MAX);
	buf_addf(out, HEAD "\nbatches %zu\n", b->n);
	for (size_t i = 0; i < b->n; i++)
		buf_addf(out, "root %s\n", hash_hex(&b->roots[i], hex));
}

bool bundle_take(struct arena *a, struct bytes *rest, struct bundle *out, struct why *why)
{
	struct bytes after = *rest;
	int64_t n;
	/* Memory is taken only for roots that are really there. */
	if (!field_take(&after, HEAD, NULL) || !field_i64(&after, "batches", BUNDLE_BATCHES_MAX, &n) ||
		n == 0 || after.n / ROOT_LINE < (size_t)n)
		return why_set(why, "bundle_malformed", "this is no %s text", HEAD);
	struct hash *roots = arena_array(a, (size_t)n, struct hash);
	for (size_t i = 0; i < (size_t)n; i++) {
		if (!field_hash(&after, "root", &roots[i]))
			return why_set(
				why, "bundle_malformed", "root %zu of this %s text is missing", i + 1, HEAD);
	}
	/* A hash has two spellings in hex, and only one is ours. */
	CLEANUP(buf_free) struct buf again;
	struct bundle b = {.n = (size_t)n, .roots = roots};
	buf_init(&again, rest->n);
	bundle_text(&b, &again);
	if (!buf_ok(&again) || !bytes_eq(buf_bytes(&again), bytes_of(rest->at, rest->n - after.n)))
		return why_set(why, "bundle_malformed", "this %s text is not written as it must be", HEAD);
	*rest = after;
	*out = b;
	return true;
}
