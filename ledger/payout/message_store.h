/* message_store.h: raw messages of banks, kept as they came (evidence.h seals them).
 *
 * Each writer draws a key and renews it now and then; scribe and desk can open what it wrote, itself cannot once the key is gone.
 * Requests are not kept: what was sent is the signed lines and the sent journal, so a copy of the bytes would prove nothing
 * more. Called by the teller. */
#ifndef CHITRA_PAYOUT_MESSAGE_STORE_H
#define CHITRA_PAYOUT_MESSAGE_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/evidence.h"
#include "ledger/db/work.h"

#define EXTERNAL_ID_MAX 128 /* bytes */

struct message_writer {
	struct key32 key;
	int64_t key_id; /* bank.message_key */
};

/* Draws a key and stores it sealed; a transaction of its own. */
enum result message_writer_new(
	struct work *w, const struct key32 *evidence, struct message_writer *out) WARN_UNUSED;

struct bank_message {
	const char *bank;
	const char *direction;   /* reply, file */
	const char *kind;        /* transfer, enquiry, inquiry, statement, credits */
	const char *external_id; /* unique per bank and direction, for ever */
	int64_t dispatch;        /* 0: none */
	struct bytes body;
	bool authentic;
	int64_t id; /* out: bank.message, also when it was there already */
	bool fresh; /* out */
};

/* Inside the caller's transaction. REFUSED message_differs: an id is there with another content. */
enum result messages_store(
	struct work *w, const struct message_writer *by, struct bank_message *at, size_t n) WARN_UNUSED;

/* What a statement's page is called: "<funding account code>.<YYYY-MM-DD>.<page>"; and back. */
const char *statement_page_id(struct arena *a, const char *funding, struct day day, int32_t page);
bool statement_page_parse(struct arena *a, const char *external_id, const char **funding, struct day *day,
	int32_t *page) WARN_UNUSED;

#endif
