/* slots.h: which texts were seen before, in one pass over an array. A value of post.c; nobody else needs it. Pure. */
#ifndef LEDGER_BOOKS_SLOTS_H
#define LEDGER_BOOKS_SLOTS_H

#include "ledger/base/arena.h"

struct slots;

/* For at most n texts. */
struct slots *slots_new(struct arena *a, size_t n);

/* The value under which the same text was put first; `value` when it is new. The text must outlive the slots. */
size_t slots_put(struct slots *s, const char *text, size_t value);

#endif
