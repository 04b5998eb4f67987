/* tidy.h: one cell as everybody after the parser sees it. */
#pragma once

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"

/* NFC, no spaces at the ends, runs of white space (no-break spaces and line breaks too) as one space, no zero-width characters.
 * The text must be UTF-8. Points into `in` when nothing had to change. */
struct bytes tidy_cell(struct arena *a, struct bytes in);
