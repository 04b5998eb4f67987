/* finding.h: what is wrong, said as it is found.
 *
 * A finding has a code that scripts and tests know, the leaf that it is about, and a sentence. Of each code the first few are
 * printed and the rest counted: a rewritten history would otherwise print a million lines. */
#ifndef LEDGER_VERIFY_FINDING_H
#define LEDGER_VERIFY_FINDING_H

#include <stdint.h>
#include <stdio.h>

#define FINDING_CODES   128
#define FINDING_PRINTED 5
#define NO_LEAF         (-1)

struct findings {
	FILE *to;
	uint64_t n;
	int64_t first_leaf; /* the lowest leaf that a finding names; NO_LEAF: none does */
	struct {
		const char *code;
		uint64_t n;
	} of[FINDING_CODES];
};

void finding(struct findings *f, const char *code, int64_t leaf, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* What was counted and not printed. */
void findings_end(struct findings *f);

#endif
