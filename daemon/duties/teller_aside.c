/* teller_aside.c: what the database refuses to send is set aside. It stays ready in its row and is tried again, later each time and for
 * ever: a person who reads the log cures the cause. In memory alone: whoever starts finds it out anew. Lane journal. */
#include "daemon/duties/teller_claim.h"

#include <stdlib.h>

#include "ledger/base/log.h"

#define WAIT_FIRST_US INT64_C(5000000)
#define WAIT_MOST_US  INT64_C(600000000)

struct aside {
	int64_t dispatch;
	int64_t wait_us, until_us; /* monotonic */
};

static struct aside *find(struct bank *b, int64_t dispatch)
{
	for (size_t i = 0; i < b->aside_n; i++)
		if (b->aside[i].dispatch == dispatch)
			return &b->aside[i];
	return NULL;
}

static struct aside *add(struct bank *b, int64_t dispatch)
{
	if (b->aside_n == b->aside_room) {
		b->aside_room = b->aside_room ? 2 * b->aside_room : 16;
		b->aside = realloc(b->aside, b->aside_room * sizeof *b->aside);
		bug_if(!b->aside);
	}
	b->aside[b->aside_n] = (struct aside){.dispatch = dispatch};
	return &b->aside[b->aside_n++];
}

const int64_t *aside_now(struct work *w, const struct bank *b, int64_t monotonic_us, size_t *n)
{
	int64_t *ids = arena_array(w->arena, b->aside_n, int64_t);
	*n = 0;
	for (size_t i = 0; i < b->aside_n; i++)
		if (b->aside[i].until_us > monotonic_us)
			ids[(*n)++] = b->aside[i].dispatch;
	return ids;
}

void aside_refused(
	struct bank *b, const int64_t *dispatches, size_t n, int64_t monotonic_us, const struct why *why)
{
	if (n > 1) {
		b->singly = n;
		return;
	}
	struct aside *a = find(b, dispatches[0]);
	if (!a)
		a = add(b, dispatches[0]);
	a->wait_us = a->wait_us ? 2 * a->wait_us : WAIT_FIRST_US;
	if (a->wait_us > WAIT_MOST_US)
		a->wait_us = WAIT_MOST_US;
	a->until_us = monotonic_us + a->wait_us;
	if (b->singly > 0)
		b->singly--;
	log_event(LOG_ERROR, "dispatch_set_aside", K_I64("dispatch", a->dispatch),
		K_I64("again_in_ms", a->wait_us / 1000), K_WHY(why));
}

void aside_claimed(struct bank *b, const int64_t *dispatches, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct aside *a = find(b, dispatches[i]);
		if (a)
			*a = b->aside[--b->aside_n];
	}
	if (n > 0 && b->singly > 0)
		b->singly--;
	else if (n == 0)
		b->singly = 0;
}

void aside_free(struct bank *b)
{
	free(b->aside);
}
