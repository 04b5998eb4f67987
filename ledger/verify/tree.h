/* tree.h: the RFC 6962 tree as an auditor rebuilds it.
 *
 * empty = SHA-256(""), leaf = SHA-256(0x00 ‖ data), node = SHA-256(0x01 ‖ left ‖ right). */
#ifndef LEDGER_VERIFY_TREE_H
#define LEDGER_VERIFY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/verify/text.h"

#define PROOF_MAX 63

struct digest {
	uint8_t at[32];
};

struct digest digest_of(struct text t);
bool digest_same(const struct digest *a, const struct digest *b);
void digest_hex(const struct digest *d, char to[65]);
struct digest tree_leaf(struct text data);
struct digest tree_node(const struct digest *left, const struct digest *right);

/* The first n leaves as one hash per set bit of n; at[l] is the perfect subtree of 2^l leaves. Zeroed is empty. */
struct range {
	uint64_t n;
	struct digest at[64];
};
/* Whoever gives `whole` learns of every perfect subtree the moment it is complete: level 0 is the leaf itself. */
typedef void range_whole(void *with, unsigned level, uint64_t index, const struct digest *root);
void range_add(struct range *r, const struct digest *leaf, range_whole *whole, void *with);
struct digest range_root(const struct range *r);

/* RFC 6962 2.1.1 and 2.1.2, for any input: nonsense is false. */
struct proof {
	size_t n;
	struct digest at[PROOF_MAX];
};
bool proof_inclusion(const struct digest *leaf, uint64_t index, uint64_t size, const struct proof *p,
	const struct digest *root);
bool proof_consistency(uint64_t size1, const struct digest *root1, uint64_t size2, const struct digest *root2,
	const struct proof *p);

#endif
