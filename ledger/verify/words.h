/* words.h: a transaction as an exported file and as its leaf say it, one word behind the other, to be compared by a hash. */
#ifndef LEDGER_VERIFY_WORDS_H
#define LEDGER_VERIFY_WORDS_H

#include "ledger/verify/text.h"

struct words {
	char *at;
	size_t n, room;
};

void word(struct words *w, struct text t);
void word_number(struct words *w, int64_t n);
/* With every byte that could mean something to a program that reads the file as %XX. */
void word_plain(struct words *w, struct text t);
/* A posting, which no other words are: a file's lines have no NUL. */
void word_leg(struct words *w, struct text account, int64_t dong);

#endif
