/* stated.h: whether what the books say of banks and cash agents stands on their statements and lists, line by line.
 *
 * Of each statement that a leaf names: its pages' hashes give the leaf's root, its lines come to the leaf's sums, and lines and leaves are
 * one to one: each line is booked by exactly one leaf of its day, under the bank's name for it, on its side and with its amount, and a
 * payout's is the line with its id. Of each cash agent's list that leaves name the same, but there is no leaf that sums it.
 *
 * Lines and leaves are compared as sums of keyed hashes, with a key drawn for this run: two sets that differ do not have one sum, and memory
 * grows with days, not with lines. Where the sums differ, the leaves are read once more and the lines named. */
#ifndef LEDGER_VERIFY_STATED_H
#define LEDGER_VERIFY_STATED_H

#include "ledger/verify/finding.h"
#include "ledger/verify/leaf.h"

struct stated;

/* NULL: no statements are published in the directory, and nothing is asked. */
struct stated *stated_open(const char *dir, struct findings *f);
void stated_free(struct stated *s);
/* The next leaf. */
void stated_add(struct stated *s, const struct leaf *l);

struct stated_out {
	bool published;
	size_t statements, lists; /* that leaves name */
	int64_t lines;            /* of them */
	size_t fetched_again;     /* whose pages came again after a restore and are not the first ones */
};
/* When all leaves, `size` of them, are there. */
void stated_end(struct stated *s, uint64_t size, struct stated_out *out);

#endif
