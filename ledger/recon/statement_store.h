/* statement_store.h: statements and the credits of the open day into the database.
 *
 *	statement_begin → statement_page for each page → statement_close → books_post → tx_commit
 *
 * Lines are written page by page, the statement last: it is what they add up to. Each line says which payout of this account its
 * id is, whether amount and account are the signed ones, and which funding order its text names; account numbers are compared
 * here and not kept. Inside one transaction of the caller. Called by the scribe. */
#ifndef CHITRA_RECON_STATEMENT_STORE_H
#define CHITRA_RECON_STATEMENT_STORE_H

#include "ledger/payout/outcome.h"
#include "ledger/recon/statement.h"

struct funding {
	int64_t id;
	const char *code, *bank, *number, *agency;
};
/* REFUSED funding_unknown. */
enum result funding_find(struct work *w, const char *code, struct funding *out) WARN_UNUSED;

struct funding_order {
	int64_t id;
	const char *kind, *reference, *channel; /* channel: of an agent's order, or NULL */
	struct vnd amount;
	bool used;
};
struct funding_orders {
	struct funding_order *at;
	size_t n;
};
enum result funding_orders(struct work *w, int64_t funding, struct funding_orders *out) WARN_UNUSED;

struct statement_draft {
	struct funding funding;
	struct day day;
	const char *source; /* "fetched", "uploaded" */
	int64_t id;
	struct statement_sums sums;
	struct funding_orders orders;
	bool first; /* of this account here: it must begin with 0 đồng and be number 1, else it is not chained, which two officers resolve */
	int64_t last_sequence;
	struct vnd last_closing;
};

/* Whether the day's statement is there already, out of pages that we fetched. */
enum result statement_fetched(struct work *w, const struct funding *f, struct day day, bool *out) WARN_UNUSED;

/* REFUSED statement_known: it is stored already. Everything is in the arena that w has now. */
enum result statement_begin(struct work *w, const struct funding *f, struct day day, const char *source,
	struct statement_draft *out) WARN_UNUSED;

/* The next page; message is the one that it stands in. REFUSED statement_pages; statement_early: the one before it is not here
 * yet. The arena may be reset between pages. */
enum result statement_page(struct work *w, struct statement_draft *d, const struct statement_head *head,
	const struct booked_line *at, size_t n, int64_t message, const struct hash *page) WARN_UNUSED;

struct statement_closed {
	bool complete, chained;
	size_t breaks;
};
/* REFUSED statement_pages: pages or lines are missing. */
enum result statement_close(struct work *w, struct statement_draft *d, const char *actor,
	struct entries *entries, struct statement_closed *out) WARN_UNUSED;

/* A break about a statement as a whole, once; its leaf has the statement's day. amount: its size, the sign does not count. */
struct statement_break {
	const struct funding *funding;
	int64_t statement;
	struct day day;
	const char *kind, *note;
	struct vnd amount;
};
enum result statement_break_open(struct work *w, const struct statement_break *b, const char *actor,
	struct entries *entries) WARN_UNUSED;

/* Credits of the open day that answer a funding order of the treasury, whole: booked once, however often they are seen. */
enum result intraday_apply(struct work *w, const struct funding *f, const struct booked_line *at, size_t n,
	int64_t message, const struct hash *src, const char *actor, struct entries *entries,
	size_t *booked) WARN_UNUSED;

#endif
