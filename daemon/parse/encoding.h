/* encoding.h: is this file UTF-8, and if not, what is it?
 *
 * Checks a file piece by piece. Converts nothing: a file in another encoding is refused by its name, because a wrong guess
 * changes people's names without anybody seeing it. */
#pragma once

#include "ledger/base/bytes.h"
#include "daemon/parse/problem.h"

struct encoding {
	uint8_t tail[4]; /* the begun character at the end of the last piece */
	size_t n_tail;
	size_t total; /* bytes so far */
	size_t bad;   /* after a refusal: where in the last piece it stands */
};

/* The next piece. False with file_nul, file_encoding or file_too_large; the caller knows the row. */
bool encoding_check(struct encoding *e, struct bytes piece, struct problem *p) WARN_UNUSED;

/* The end of the file: false (file_encoding) when it ends inside a character. */
bool encoding_end(const struct encoding *e, struct problem *p) WARN_UNUSED;

/* Words of TCVN3 that were read as Latin-1 and are valid UTF-8 now: «Hä vµ tªn» for «Họ và tên». */
bool encoding_is_disguised_tcvn3(struct bytes head);
