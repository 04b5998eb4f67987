/* scribe_digest.h: what banks' messages say, message by message, in the order in which they were stored.
 *
 *	callbacks ─▶ decode ─▶ heard_apply ─▶ books_post ─▶ mark, commit          hundreds of messages to a transaction
 *	a statement's first page, and those that follow it closely ─▶ statement lines ─▶ mark, commit
 *	another page: when it is the last to come, and the statement is not there yet, the same
 *	credits of the open day ─▶ funding ─▶ mark, commit
 *
 * One transaction per run; the mark moves with what was done. A message that cannot be understood is kept, named in the log, and
 * passed. Runs in the lane digest; one struct digest belongs to it. */
#pragma once

#include "ledger/recon/inbox_store.h"
#include "bankapi/driver.h"
#include "daemon/metrics.h"

#define DIGEST_MESSAGES 1000

/* Days whose pages are still coming: how many there will be. */
struct coming {
	char name[64]; /* "<funding>.<day>" */
	int32_t pages;
	bool slow; /* they do not follow each other closely: the last page will find them all */
};
#define DIGEST_COMING 32

struct digest {
	struct inbox inbox;
	int64_t sure;                   /* inbox_next: no gap below will be filled */
	int64_t gap_upto, gap_since_us; /* the gap that we wait at */
	struct coming coming[DIGEST_COMING];
	size_t coming_next;
	int64_t waiting_skip; /* how many of those that wait were tried in this round */

	/* scribe_poison.c */
	bool survived, counted; /* a run, by this process; the one that is under way */
	size_t singly;          /* so many more are digested alone */
	int64_t begun;          /* message that this process has counted and not ended */
	struct metric *messages, *words, *unclear, *unknown, *misfits, *strange, *statements, *lines;
};

/* `before`: the secret half of the evidence key pair that was replaced; NULL: none. */
void digest_start(struct digest *d, const struct key32 *secret, const struct key32 *before);

/* poll_plan.run */
enum result digest_run(struct work *w, void *digest, size_t *found);

/* poll_plan.run: statements that came before the one that they follow, as soon as that is there. */
enum result digest_run_waiting(struct work *w, void *digest, size_t *found);

/* ---- scribe_poison.c: a message that kills or stops whoever digests it ---- */

/* Before a run, outside a transaction, while nobody knows that this process survives one. *aside: the next message was set aside. */
enum result poison_before(struct work *w, struct digest *d, bool *aside) WARN_UNUSED;
/* After one, whatever came of it. */
void poison_after(struct work *w, struct digest *d, bool done);
/* The same for a statement that waits (digest_run_waiting). *aside: it is not read any more. */
enum result poison_waiting(struct work *w, struct digest *d, int64_t message, bool *aside) WARN_UNUSED;

/* ---- scribe_statement.c ---- */

/* In the caller's transaction: a break over the day of which a page cannot be read. A message that is no page of ours has none. */
enum result digest_break(struct work *w, const struct inbox_message *m, const char *note) WARN_UNUSED;

/* Inside the caller's transaction: what a page, or a message of credits, leads to. REFUSED (digest_passes): this message leads to
 * nothing, the others go on; the transaction must be rolled back. REFUSED "pages_awaited": the same, and another page leads to it. */
enum result digest_page(struct work *w, struct digest *d, const struct inbox_message *m) WARN_UNUSED;
enum result digest_credits(struct work *w, struct digest *d, const struct inbox_message *m) WARN_UNUSED;

/* The first page of a statement that follows one that is there, and is not there itself; each call gives the next one. */
enum result digest_waiting_page(
	struct work *w, struct digest *d, struct inbox_message *out, bool *some) WARN_UNUSED;
