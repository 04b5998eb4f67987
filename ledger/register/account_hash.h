/* account_hash.h: what a signed line says of the beneficiary's account, and payee_account.hash holds.
 *
 * Salted, so that a line tells nobody the number, and whoever may open the number can check that it is the signed one. Pure. */
#ifndef CHITRA_REGISTER_ACCOUNT_HASH_H
#define CHITRA_REGISTER_ACCOUNT_HASH_H

#include "ledger/base/digest.h"

/* SHA-256("chitra-account/v1\n" ‖ salt ‖ bank ‖ "\n" ‖ number). */
struct hash account_hash(const struct hash16 *salt, const char *bank, const char *number);

/* The same for cash: bank = the agent's code, number = "cash:" and the person's anchor in hex, salt = keyed BLAKE2b-128(the person's
 * data key, "cash/v1\n"). The key opens the ID that the agent is shown, so no other person can be put in this one's place. */
struct hash account_hash_cash(const char *agent, const struct hash16 *anchor, const struct key32 *data_key);

#endif
