/* encoding.h: the bytes of a text file as UTF-8, whatever program saved it.
 *
 * UTF-8 and UTF-16 say what they are. Anything else is taken byte for byte as the code point of the same number; the headings then tell
 * which old Vietnamese encoding makes sense of it (legacy.h), and a file in which none does is refused by the name that its
 * words suggest. */
#pragma once

#include "ledger/base/bytes.h"
#include "daemon/parse/problem.h"

enum encoding_kind { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_BYTES };

struct encoding {
	enum encoding_kind kind;
	uint8_t tail[4]; /* the begun character at the end of the last piece */
	size_t n_tail;
	bool begun; /* something was written: a byte order mark is none any more */
};

/* From the file's first bytes. */
void encoding_begin(struct encoding *e, struct bytes head);

/* Appends the piece as UTF-8 to *out, which has room. False with file_nul or file_encoding; the text before it is appended. */
bool encoding_text(struct encoding *e, struct bytes piece, struct buf *out, struct problem *p) WARN_UNUSED;

/* The end of the file: false (file_encoding) when it ends inside a character. */
bool encoding_end(const struct encoding *e, struct problem *p) WARN_UNUSED;

/* What a file in no known encoding seems to be, for the officer. */
const char *encoding_guess(struct bytes head);
