/* A payout that settles: the leaf that most of the books consist of. */
#ifndef CHITRA_TESTS_BENCH_SETTLED_H
#define CHITRA_TESTS_BENCH_SETTLED_H

#include <inttypes.h>

#include "ledger/books/event.h"

static inline struct entry settled(struct arena *a, int64_t n, const struct hash *src)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct told_by by = {.actor = "duty:scribe", .effective = {19816}, .src = src, .src_item = n % 500};
	struct hash line = sha256(bytes_of(&n, sizeof(n)));
	char id[20];

	for (int i = 0; i < 19; i++)
		id[i] = alphabet[line.b[i] & 31];
	id[19] = '\0';
	return entry_payout_settled(a, &by,
		&(struct payout_end){
			.payout = n,
			.batch = 1 + n / 150,
			.id = arena_strdup(a, id),
			.line = line,
			.amount = vnd(500000 + n % 1000),
			.channel = "demo-merit",
			.funding_account = "phan-thiet-merit",
			.agency = "phan-thiet",
			.programme = "merit",
			.entry = arena_printf(a, "FT24094%09" PRId64, n),
		});
}

#endif
