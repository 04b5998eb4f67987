/* board.h: a board of failpoints in the test's own process. A driver of other processes uses tests/chaos/board.py. */
#pragma once

#include <stdint.h>

enum board_action { BOARD_KILL = 1, BOARD_DELAY, BOARD_ERROR, BOARD_STOP };

/* A new board, on which this process's places are called WHO.NAME; the one before is gone. NULL: none. */
void board_use(const char *who);

/* Acts once, at the n-th time from now that any place is reached. 0: never. */
void board_arm_any(uint64_t n, enum board_action action);

/* The same at the n-th time from now that this place is reached: "WHO.NAME". 0: never. */
void board_arm(const char *place, uint64_t n, enum board_action action);
uint64_t board_landed_at(const char *place);

/* How often any place was reached, and how often one acted. */
uint64_t board_hits(void);
uint64_t board_landed(void);

/* The i-th place that was reached for the first time; "" when there were fewer. */
const char *board_place(int i);
