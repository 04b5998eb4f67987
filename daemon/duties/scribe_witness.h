/* scribe_witness.h: every checkpoint goes to every witness, and its signature is kept.
 *
 * In a lane of its own, a task for each witness: whoever is silent or slow holds up neither the sealing nor the others. Called by scribe_seal.c. */
#pragma once

#include "daemon/duty.h"
#include "daemon/witnesses.h"

struct scribe_witness;

void scribe_witness_free(struct scribe_witness *s);
/* The witnesses stay the caller's. */
struct scribe_witness *scribe_witness_start(struct duty_ctx *d, struct witnesses *all)
	FREED_BY(scribe_witness_free);
