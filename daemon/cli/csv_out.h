/* csv_out.h: rows of CSV as RFC 4180 wants them, with LF. */
#ifndef CHITRA_CLI_CSV_OUT_H
#define CHITRA_CLI_CSV_OUT_H

#include <stdio.h>

void csv_out_row(FILE *to, const char *const *cells, size_t n);

#endif
