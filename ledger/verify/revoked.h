/* revoked.h: certificates that an admin revoked (DIR/revocation/<SHA-256 of the certificate>, chitra-revocation/v1).
 *
 * What a certificate's key signed after the time that the revocation says does not count. Whether every revocation is published nobody but
 * the admins can say: an auditor puts those that they give her into the directory. */
#ifndef LEDGER_VERIFY_REVOKED_H
#define LEDGER_VERIFY_REVOKED_H

#include "ledger/verify/approval.h"
#include "ledger/verify/finding.h"
#include "ledger/verify/table.h"

/* Every revocation in the directory that one of the admins signed; others are findings. The table is the caller's to free. */
struct table revoked_read(const char *dir, const struct admins *admins, struct findings *f);
/* Whether the approval was given at or after the time at which its certificate was revoked. */
bool revoked_before(const struct table *revoked, const struct approval *a);

#endif
