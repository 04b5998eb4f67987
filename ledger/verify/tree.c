#include "ledger/verify/tree.h"

#include <sodium.h>
#include <string.h>

struct digest digest_of(struct text t)
{
	struct digest d;

	crypto_hash_sha256(d.at, (const unsigned char *)t.at, t.n);
	return d;
}

bool digest_same(const struct digest *a, const struct digest *b)
{
	return memcmp(a->at, b->at, sizeof a->at) == 0;
}

void digest_hex(const struct digest *d, char to[65])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof d->at; i++) {
		to[2 * i] = digits[d->at[i] >> 4];
		to[2 * i + 1] = digits[d->at[i] & 15];
	}
	to[64] = '\0';
}

struct digest tree_leaf(struct text data)
{
	crypto_hash_sha256_state state;
	struct digest d;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)"\x00", 1);
	crypto_hash_sha256_update(&state, (const unsigned char *)data.at, data.n);
	crypto_hash_sha256_final(&state, d.at);
	return d;
}

struct digest tree_node(const struct digest *left, const struct digest *right)
{
	unsigned char both[65] = {0x01};
	struct digest d;

	memcpy(both + 1, left->at, 32);
	memcpy(both + 33, right->at, 32);
	crypto_hash_sha256(d.at, both, sizeof both);
	return d;
}

void range_add(struct range *r, const struct digest *leaf, range_whole *whole, void *with)
{
	struct digest x = *leaf;
	unsigned level = 0;
	uint64_t index = r->n;

	for (;; level++, index >>= 1) {
		if (whole != NULL)
			whole(with, level, index, &x);
		if ((index & 1) == 0)
			break;
		x = tree_node(&r->at[level], &x);
	}
	r->at[level] = x;
	r->n++;
}

struct digest range_root(const struct range *r)
{
	struct digest root = digest_of(text_z(""));
	bool begun = false;

	for (unsigned level = 0; level < 64; level++) {
		if ((r->n >> level & 1) == 0)
			continue;
		root = begun ? tree_node(&r->at[level], &root) : r->at[level];
		begun = true;
	}
	return root;
}

bool proof_inclusion(const struct digest *leaf, uint64_t index, uint64_t size, const struct proof *p,
	const struct digest *root)
{
	uint64_t place = index, last = size - 1;
	struct digest r = *leaf;

	if (index >= size || p->n > PROOF_MAX)
		return false;
	for (size_t i = 0; i < p->n; i++, place >>= 1, last >>= 1) {
		if (last == 0)
			return false;
		if ((place & 1) == 0 && place != last) {
			r = tree_node(&r, &p->at[i]);
			continue;
		}
		r = tree_node(&p->at[i], &r);
		while ((place & 1) == 0 && place != 0) {
			place >>= 1;
			last >>= 1;
		}
	}
	return last == 0 && digest_same(&r, root);
}

bool proof_consistency(uint64_t size1, const struct digest *root1, uint64_t size2, const struct digest *root2,
	const struct proof *p)
{
	uint64_t place = size1 - 1, last = size2 - 1;
	struct digest first, second;
	size_t i = 0;

	if (size1 == 0 || size1 > size2 || p->n > PROOF_MAX)
		return false;
	if (size1 == size2)
		return p->n == 0 && digest_same(root1, root2);
	if (p->n == 0)
		return false;
	for (; (place & 1) != 0; place >>= 1)
		last >>= 1;
	first = second = place == 0 ? *root1 : p->at[i++];
	for (; i < p->n; i++, place >>= 1, last >>= 1) {
		if (last == 0)
			return false;
		if ((place & 1) == 0 && place != last) {
			second = tree_node(&second, &p->at[i]);
			continue;
		}
		first = tree_node(&p->at[i], &first);
		second = tree_node(&p->at[i], &second);
		while ((place & 1) == 0 && place != 0) {
			place >>= 1;
			last >>= 1;
		}
	}
	return last == 0 && digest_same(&first, root1) && digest_same(&second, root2);
}
