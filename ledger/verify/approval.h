/* approval.h: what a checker or an approver signed (chitra-approval/v1), the certificate that says whose key it was
 * (chitra-certificate/v1), and the admins who vouch for certificates.
 *
 * Says whether signatures hold. Which batch was approved by whom is released.c's. */
#ifndef LEDGER_VERIFY_APPROVAL_H
#define LEDGER_VERIFY_APPROVAL_H

#include "ledger/verify/leaf.h"

#define ADMINS_MAX 64

/* Whose signatures make a certificate, and how many of them it takes. */
struct admins {
	size_t n;
	uint8_t keys[ADMINS_MAX][32];
	size_t least;
	bool given; /* by the auditor: what the leaves say changes nothing */
};
/* Lines "<64 hex digits> <label>"; '#' begins a comment. False: another line, none, or more than ADMINS_MAX. */
bool admins_read(struct text file, struct admins *out);
/* What a genesis or a key leaf says of them. False: it puts a key in the place of an admin's that did not sign the change. */
bool admins_told(struct admins *a, const struct leaf *l);

/* How many of them signed the text: lines "<name of the key> <base64>", of which the name proves nothing. */
size_t admins_signed(const struct admins *a, struct text text, struct text lines);

/* Everything that proves one approval, apart from any batch; points into the manifest. */
struct proof_of_approval {
	struct text text, certificate, certified;
	uint8_t signature[64];
};

struct approval {
	struct text words; /* from `bundle` to `certificate`, in the words of its leaf */
	struct digest bundle;
	int64_t batches, lines, sum;
	struct text agency, officer, role;
	uint8_t key[32]; /* of the officer's certificate */
	struct digest certificate;
	struct text time;     /* text_second */
	struct text mandates; /* of it: lines "mandate <role> <agency> <area> <limit>" */
};

/* Reads and verifies. NULL: it was signed by whom it names, whose certificate was in force and signed by enough of the admins.
 * Otherwise the code of the finding; *wrong says what is wrong with it. */
const char *approval_prove(const struct proof_of_approval *p, const struct admins *admins,
	struct approval *out, const char **wrong);
/* Only reads: of a proof that was found good before. */
bool approval_read(const struct proof_of_approval *p, struct approval *out);

/* Whether the certificate has a mandate for the role and agency up to this amount. The area is in no signed text. */
bool approval_covers(const struct approval *a, struct text agency, int64_t sum);

#endif
