/* publish_revocation_store.h: certificates that were revoked, as whoever checks the books needs to know.
 *
 *	DIR/revocation/<SHA-256 of the certificate>	text <base64 of chitra-revocation/v1>, certified <base64 of the admins' signatures> */
#ifndef LEDGER_BOOKS_PUBLISH_REVOCATION_STORE_H
#define LEDGER_BOOKS_PUBLISH_REVOCATION_STORE_H

#include "ledger/db/db.h"

/* Adds those that are not there yet. Inside the caller's transaction, as the desk. REFUSED: file_trouble. */
enum result publish_revocations(struct work *w, const char *directory) WARN_UNUSED;

#endif
