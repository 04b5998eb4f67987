/* advice.h: what an officer does about a row, a file or a finding, in Vietnamese, verb first. No personal data. */
#ifndef LEDGER_REGISTER_ADVICE_H
#define LEDGER_REGISTER_ADVICE_H

#include "ledger/base/arena.h"
#include "ledger/register/list.h"

/* A sentence for a row's code, or for a finding's; the code itself where no sentence is known. */
const char *advice_for(const char *code);

/* The code itself, for as long as the program runs; NULL where no sentence is known. */
const char *advice_code(const char *code);

/* The cell that a row's code is about; false when it is about the row. */
bool advice_cell(const char *code, enum list_cell *cell) WARN_UNUSED;

/* Why a file as a whole was not imported: the codes of chitra-parse and of the importer. row 0 and detail "" where there is none. */
const char *advice_for_file(struct arena *a, const char *code, int32_t row, const char *detail);

#endif
