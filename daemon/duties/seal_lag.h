/* seal_lag.h: how much of the books waits for its checkpoint, and an alarm before it has waited for a minute.
 *
 * Asked of the database in a lane that seals nothing, by the scribe and by the desk: so a sealer that hangs, was stopped or was
 * never started shows too, in at least one of them. Called by scribe.c and desk.c. */
#pragma once

#include "daemon/duty.h"

/* Metrics chitra_<duty>_leaves_unsealed and _seal_lag_seconds, and a line in the log, from now on in that lane; nothing where no
 * archive is configured. condition: of /readyz too ("sealed"); not at the desk, where officers go on working. */
void seal_lag_watch(struct duty_ctx *d, const char *lane, bool condition);
