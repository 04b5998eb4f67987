#include "bankapi/signed.h"

#include <stdio.h>
#include <string.h>

#define REPLY_PREFIX "re-"

void signed_request(const struct sign_key *key, const char *message_id, int64_t now_s, struct bytes body,
	struct signed_headers *out)
{
	bug_if(!message_id_valid(message_id));
	memcpy(out->id, message_id, strlen(message_id) + 1);
	(void)snprintf(out->timestamp, sizeof out->timestamp, "%lld", (long long)now_s);
	(void)webhook_sign(key, message_id, now_s, body, out->signature);
}

bool heard_reply(const char *message_id, int status, const struct webhook_headers *headers, struct bytes body,
	const struct webhook_keys *keys, int64_t now_s, struct heard *out, struct why *why)
{
	*out = (struct heard){.status = status, .body = body};
	if (!webhook_verify(headers, keys, now_s, body, why))
		return false;
	if (strncmp(headers->id, REPLY_PREFIX, strlen(REPLY_PREFIX)) != 0 ||
		strcmp(headers->id + strlen(REPLY_PREFIX), message_id) != 0)
		return why_set(why, "reply_of_another", "the bank's reply belongs to another request");
	out->authentic = true;
	return true;
}

bool heard_callback(const struct webhook_headers *headers, struct bytes body, const struct webhook_keys *keys,
	int64_t now_s, struct heard *out, struct why *why)
{
	*out = (struct heard){.status = 200, .body = body};
	if (!webhook_verify(headers, keys, now_s, body, why))
		return false;
	out->authentic = true;
	return true;
}

struct heard heard_from_store(struct bytes body)
{
	return (struct heard){.authentic = true, .status = 200, .body = body};
}
