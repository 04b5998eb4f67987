/* clock.h: what the machine's clocks say, in microseconds.
 *
 * Deadlines and intervals use the monotonic clock, webhook windows and recorded time the wall clock. Business dates come from
 * neither: they are the database's ops.now(). */
#ifndef LEDGER_BASE_CLOCK_H
#define LEDGER_BASE_CLOCK_H

#include <stdint.h>

int64_t monotonic_us(void); /* goes on while the machine is suspended: what is late after that is late */
int64_t wall_us(void);      /* since 1970-01-01 UTC */

#endif
