/* lines.h: how event.c and event_log.c write an entry's lines. Nobody else includes this. */
#ifndef LEDGER_BOOKS_LINES_H
#define LEDGER_BOOKS_LINES_H

#include "ledger/books/event.h"

void lines_code(struct buf *to, const char *key, const char *value); /* a code, or what needs no escape */
void lines_text(struct buf *to, const char *key, const char *value);
void lines_text_if(struct buf *to, const char *key, const char *value); /* nothing for NULL */
void lines_count(struct buf *to, const char *key, int64_t n);
void lines_dong(struct buf *to, const char *key, struct vnd v);
void lines_hash(struct buf *to, const char *key, const struct hash *h);
void lines_key(struct buf *to, const char *key, const struct verify_key *k);
void lines_day(struct buf *to, const char *key, struct day d);
void lines_month(struct buf *to, const char *key, struct month m);
void lines_yes_no(struct buf *to, const char *key, bool yes);
void lines_officers(struct buf *to, const char *const officers[2]);

/* An entry with these lines and without legs; the caller gives its key. */
struct entry entry_told(struct arena *a, const struct told_by *by, enum leaf_kind kind, struct buf *lines);
void bind_person(struct entry *e, const struct hash *pii);

/* "p" 123 ".settled" */
const char *entry_key(struct arena *a, const char *letter, int64_t id, const char *end);

#endif
