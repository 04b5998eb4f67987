/* gather.h: wait a moment for company, because what is written together costs one commit.
 *
 * `close` is called once nothing has come for GATHER_GAP_MS, and at the latest GATHER_MOST_MS after the first. Belongs to the loop's
 * thread. */
#pragma once

#include "daemon/loop.h"

enum { GATHER_GAP_MS = 3, GATHER_MOST_MS = 20 };

struct gather;

void gather_free(struct gather *g);
struct gather *gather_new(struct loop *l, timer_fire *close, void *arg);

void gather_came(struct gather *g);          /* one more is waiting */
bool gather_is_open(const struct gather *g); /* something came, and close has not been called for it yet */
