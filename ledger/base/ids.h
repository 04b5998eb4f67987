/* ids.h: the numbers by which people, accounts and payments are known.
 *
 * A personal ID, an account number and a phone number are types of their own, and their masked forms are the only ones that
 * a log or a screen may print. End-to-end ids, anchors and blind indexes are derived with keys (laws 3 and 9), never drawn. */
#ifndef LEDGER_BASE_IDS_H
#define LEDGER_BASE_IDS_H

#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/why.h"

struct personal_id {
	char digits[13];
};

struct account_no {
	char text[35];
};

struct phone_no {
	char digits[12];
};

#define MASKED_SIZE 40 /* bytes of a masked form with its NUL */
#define E2E_ID_SIZE 20 /* 19 characters and NUL */

/* 12 digits (Decree 137/2015/ND-CP art. 13: 3 place of birth registration, 1 century and sex, 2 year of birth, 6 random); there
 * is no check digit. Codes: personal_id_empty, personal_id_not_digits, personal_id_cmnd (9 digits: an old identity card),
 * personal_id_zeros_lost (10 or 11), personal_id_length. */
bool personal_id_parse(struct bytes s, struct personal_id *out, struct why *why) WARN_UNUSED;
/* 10 or 11 digits with the zeros that a spreadsheet took away put back; the caller still checks prefix, sex and birth year. */
bool personal_id_with_zeros(struct bytes s, struct personal_id *out) WARN_UNUSED;
/* Nine digits of an old identity card (CMND), never filled up: a number of its own kind that says nothing of birth or sex. */
bool personal_id_cmnd(struct bytes s, struct personal_id *out) WARN_UNUSED;
int personal_id_birth_year(const struct personal_id *id);
bool personal_id_is_female(const struct personal_id *id);
const char *personal_id_masked(const struct personal_id *id, char out[static MASKED_SIZE]); /* 001•••••1234 */

/* 4–34 characters 0–9 A–Z; lower case is raised, nothing else is mended. Codes: account_empty, account_length, account_character. */
bool account_no_parse(struct bytes s, struct account_no *out, struct why *why) WARN_UNUSED;
const char *account_no_masked(const struct account_no *no, char out[static MASKED_SIZE]); /* ••••1234 */

/* A Vietnamese number as 0 and 9 or 10 digits; +84 and 84 become 0, spaces and dots are dropped. Codes: phone_bad. */
bool phone_no_parse(struct bytes s, struct phone_no *out, struct why *why) WARN_UNUSED;
const char *phone_no_masked(const struct phone_no *no, char out[static MASKED_SIZE]); /* 09•••••567 */

/* The first nbits (a multiple of 5) of `in` as Crockford base32, upper case; out holds nbits / 5 + 1 bytes. */
void crockford32_encode(const uint8_t *in, size_t nbits, char *out);

/* What one payout is. programme and kind are codes of a–z 0–9 - . _, 1–32 characters; instalment and issue ≥ 0, or bug(). */
struct e2e_of {
	const char *programme;
	struct month month;
	const char *kind;
	struct hash16 anchor;
	int32_t instalment;
	int32_t issue;
};

/* 19 Crockford characters = the first 95 bits of keyed BLAKE2b-256 over "chitra-e2e/v1\n<programme>\n<YYYY-MM>\n<kind>\n
 * <anchor as 32 hex>\n<instalment>\n<issue>\n". Returns out. */
const char *e2e_id(const struct key32 *id_key, const struct e2e_of *of, char out[static E2E_ID_SIZE]);
bool e2e_id_valid(struct bytes s) WARN_UNUSED; /* has the shape of one */

/* The person's anchor: the first 16 bytes of keyed BLAKE2b-256 over "anchor/v1\n<digits>" of the first ID ever registered. */
struct hash16 person_anchor(const struct key32 *blind_key, const struct personal_id *first);

enum blind_kind { BLIND_ID, BLIND_ACCOUNT, BLIND_PHONE };

/* What sealed numbers are looked up by: keyed BLAKE2b-128 over "<id|account|phone>/v1\n<text>". */
struct hash16 blind_index(const struct key32 *blind_key, enum blind_kind kind, const char *text);

#endif
