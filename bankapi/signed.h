/* signed.h: how a bank knows that a message is ours, and how we know that one is the bank's.
 *
 * Standard Webhooks v1a on every request, reply and callback, whatever the dialect of the body. Makes the headers of a
 * request and is the only maker of a `struct heard` that is authentic. A reply must carry the id of the request that it
 * answers ("re-" + message id), so a reply that belongs to another one is no answer. Asks no clock. */
#ifndef BANKAPI_SIGNED_H
#define BANKAPI_SIGNED_H

#include "bankapi/driver.h"
#include "ledger/base/webhook.h"

#define SIGNED_TIMESTAMP_SIZE 21

struct signed_headers {
	char id[MESSAGE_ID_SIZE];
	char timestamp[SIGNED_TIMESTAMP_SIZE];
	char signature[WEBHOOK_SIGNATURE_SIZE];
};

/* message_id has the form of driver.h, or bug(). */
void signed_request(const struct sign_key *key, const char *message_id, int64_t now_s, struct bytes body,
	struct signed_headers *out);

/* What became of a request. Always fills *out; it is authentic only when true is returned. False with why: the codes of
 * webhook_verify, or reply_of_another (the signature is good, the id is of another request: raise the alarm). */
bool heard_reply(const char *message_id, int status, const struct webhook_headers *headers, struct bytes body,
	const struct webhook_keys *keys, int64_t now_s, struct heard *out, struct why *why) WARN_UNUSED;

/* A callback. False with why: the codes of webhook_verify. */
bool heard_callback(const struct webhook_headers *headers, struct bytes body, const struct webhook_keys *keys,
	int64_t now_s, struct heard *out, struct why *why) WARN_UNUSED;

/* A callback out of our own store, where only what heard_callback took is kept. */
struct heard heard_from_store(struct bytes body);

#endif
