/* line.h: chitra-line/v1, the text of one payout that the officers sign.
 *
 * Whatever makes, signs, sends or recovers payouts writes this text and hashes it: the batch root is the RFC 6962 root over
 * these texts in line order. A changed byte is another hash, so nothing of a payment can change after its approval.
 *
 *	chitra-line/v1
 *	batch 17
 *	version 1
 *	line 3
 *	id 7K3M9QAB2CDEFGHJKMN
 *	claim merit 2024-04 regular 00112233445566778899aabbccddeeff 1
 *	issue 1
 *	amount 2789000 VND
 *	channel demo-merit
 *	funding DEMO:0071000123456
 *	account 5f1d…(64 hex)
 *	not-before 2024-04-03
 *	valid-until 2024-04-04T01:00:00Z
 *
 * Pure. */
#ifndef CHITRA_PAYOUT_LINE_H
#define CHITRA_PAYOUT_LINE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/merkle.h"
#include "ledger/base/money.h"

#define PAY_LINE_MAX 1024 /* bytes of one text */

struct pay_line {
	int64_t batch;
	int32_t version;
	int32_t line; /* from 1 */
	char id[E2E_ID_SIZE];
	const char *programme;
	struct month month;
	const char *kind; /* regular, arrears, grant, funeral */
	struct hash16 anchor;
	int32_t instalment;
	int32_t issue;
	struct vnd amount;
	const char *channel;
	const char *funding_bank, *funding_number;
	struct hash account; /* ledger/register/account_hash.h */
	struct day not_before;
	int64_t valid_until_us; /* whole seconds count */
};

/* Appends the text. Codes that are none, or an amount that is not positive, are a bug(). */
void pay_line_text(const struct pay_line *line, struct buf *out);

/* The RFC 6962 leaf hash of the text. */
struct hash pay_line_leaf(const struct pay_line *line);

/* Takes one line's text off *rest. Total: any bytes; only what pay_line_text writes is taken. Texts live in the arena. False
 * with why line_malformed; then *rest is as it was. */
bool pay_line_take(struct arena *a, struct bytes *rest, struct pay_line *out, struct why *why) WARN_UNUSED;

#endif
