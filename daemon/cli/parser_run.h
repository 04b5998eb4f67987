/* parser_run.h: runs chitra-parse on a file, in a process of its own that can do nothing but read and answer.
 *
 * The file is copied first, so that what was hashed is what is parsed. Several may run while their rows are waited for. */
#ifndef CHITRA_CLI_PARSER_RUN_H
#define CHITRA_CLI_PARSER_RUN_H

#include "ledger/base/digest.h"
#include "ledger/register/list.h"

struct parser {
	enum list_kind kind;
	struct hash sha256; /* of the file */
	bool running;       /* false: it was never started, and code says why; or its end was seen */
	int rows, words;    /* its descriptors 1 and 2 */
	/* Why the file cannot be imported; code "" while nothing is wrong (advice.h knows the codes). */
	char code[48], detail[256];
	int32_t row;
};

/* Which program reads: [desk] parse_program. NULL, the default: chitra-parse beside the program that runs. */
void parser_program(const char *path);

/* Copies, hashes and starts. `asked` is what daemon/parse/heading.h says of asked_read, "" for nothing. Trouble with the file shows in parser_rows: file_trouble, file_too_large, file_empty. */
void parser_start(struct parser *p, enum list_kind kind, const char *path, const char *asked);

/* The next rows: appends to *out until it holds `most` bytes at least, or until the end; false: this was the end, and parser_end
 * says whether the rows are whole. */
bool parser_more(struct parser *p, struct buf *out, size_t most) WARN_UNUSED;
bool parser_end(struct parser *p) WARN_UNUSED;

/* Both at once. The rows' text is appended to *out (for list_row_read), and true; false: code, row and detail say why. */
bool parser_rows(struct parser *p, struct buf *out) WARN_UNUSED;

#endif
