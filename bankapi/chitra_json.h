/* chitra_json.h: the reference dialect of chitra-json.md; private to the chitra_json_*.c files, and driver.c for the table.
 *
 * _encode.c writes requests, _said.c reads what is said about payments (replies, enquiries, callbacks), _account.c account
 * inquiries, _statement.c statements and credits, _read.c the values that they share. */
#ifndef BANKAPI_CHITRA_JSON_H
#define BANKAPI_CHITRA_JSON_H

#include "bankapi/driver.h"
#include "ledger/base/json.h"

#define CHITRA_JSON_REPLY_MAX    (4u << 20)
#define CHITRA_JSON_CALLBACK_MAX (1u << 20)
#define CHITRA_JSON_AMOUNT_MAX   9007199254740991 /* 2^53 − 1 */
#define VN_INSTANT_SIZE          26               /* 2024-04-03T08:00:00+07:00 */

extern const struct driver chitra_json_driver;

bool chitra_json_encode_transfer(const struct transfer *t, struct buf *out, struct why *why);
bool chitra_json_encode_enquiry(const struct enquiry *e, struct buf *out, struct why *why);
bool chitra_json_encode_account_inquiry(const struct account_inquiry *i, struct buf *out, struct why *why);
bool chitra_json_encode_statement(const struct statement_request *s, struct buf *out, struct why *why);
bool chitra_json_encode_credits(const struct credits_request *c, struct buf *out, struct why *why);
void chitra_json_decode_transfer_reply(
	const struct transfer *sent, const struct heard *h, struct arena *a, struct reply *out);
void chitra_json_decode_enquiry_reply(
	const struct enquiry *sent, const struct heard *h, struct arena *a, struct reply *out);
void chitra_json_decode_callback(const struct heard *h, struct arena *a, struct callback *out);
void chitra_json_decode_inquiry_reply(const struct account_inquiry *sent, const struct heard *h,
	struct arena *a, struct inquiry_reply *out);
void chitra_json_decode_statement_page(const struct statement_request *sent, const struct heard *h,
	struct arena *a, struct statement_page *out);
void chitra_json_decode_credits(
	const struct credits_request *sent, const struct heard *h, struct arena *a, struct credits *out);

/* ---- values (_read.c) ---- */

enum charset {
	CHARSET_ACCOUNT,   /* A–Z a–z 0–9 */
	CHARSET_BANK,      /* A–Z 0–9 */
	CHARSET_REFERENCE, /* A–Z a–z 0–9 - _ / */
	CHARSET_E2E,       /* Crockford's base32 */
};

/* A text of 1 to size − 1 characters of the set, into out with its NUL. _opt: absent leaves out "". False with why. */
bool take_token(const struct json *o, const char *key, enum charset set, char *out, size_t size,
	struct why *why) WARN_UNUSED;
bool take_token_opt(const struct json *o, const char *key, enum charset set, char *out, size_t size,
	struct why *why) WARN_UNUSED;
/* 1 to 2^53 − 1 đồng */
bool take_amount(const struct json *o, struct vnd *out, struct why *why) WARN_UNUSED;
bool take_balance(const struct json *o, const char *key, struct vnd *out, struct why *why) WARN_UNUSED;
bool take_e2e(const struct json *o, char out[static E2E_ID_SIZE], struct why *why) WARN_UNUSED;
bool take_int(const struct json *o, const char *key, int64_t min, int64_t max, int64_t *out,
	struct why *why) WARN_UNUSED;
bool take_instant(const struct json *o, const char *key, int64_t *us, struct why *why) WARN_UNUSED;
/* Free text of at most 1,000 bytes into the arena; absent gives NULL. */
bool take_text_opt(const struct json *o, const char *key, struct arena *a, const char **out,
	struct why *why) WARN_UNUSED;

bool is_token(const char *text, enum charset set, size_t size) WARN_UNUSED;
const char *vn_instant_format(int64_t us, char out[static VN_INSTANT_SIZE]); /* whole seconds, or bug() */

/* Opens an answer to message_id (NULL: a callback has none). NULL: *v says why there is nothing to read. */
struct json *answer_open(const struct heard *h, size_t max, const char *message_id, struct verdict *v)
	FREED_BY(json_free) WARN_UNUSED;

#endif
