/* sheet.h: a published statement or paid list, line by line (DIR/statement/<funding account>/<day>.csv, DIR/cash/<list>.csv).
 *
 *	line,part,side,amount,value-date,id,entry
 *
 * Read in memory that does not grow with the file. Only texts that the format allows are taken. What the lines must be beside the
 * leaves is stated.c's. */
#ifndef LEDGER_VERIFY_SHEET_H
#define LEDGER_VERIFY_SHEET_H

#include <stdio.h>

#include "ledger/verify/text.h"

struct sheet_line {
	int64_t line, part; /* part 0: the booked line; 1 …: one of its parts */
	bool debit;
	int64_t amount;
	struct text id;    /* of a payout; n = 0: of none */
	struct text entry; /* the bank's name for it, as leaves write it */
};

struct sheet;

/* Takes the stream, also when it is NULL; then so is what it gives. */
struct sheet *sheet_open(FILE *in);
void sheet_close(struct sheet *s);

enum sheet_part { SHEET_LINE, SHEET_END, SHEET_MALFORMED };
/* The next line, in ascending order of (line, part); its texts hold until the next call. */
enum sheet_part sheet_next(struct sheet *s, struct sheet_line *out);

#endif
