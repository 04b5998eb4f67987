/* keys.h: the keys with which the register seals and finds people. Loaded by the desk from its own secrets. */
#ifndef LEDGER_REGISTER_KEYS_H
#define LEDGER_REGISTER_KEYS_H

#include "ledger/base/seal.h"

struct register_keys {
	const struct kek *keks; /* the first one wraps; all open */
	size_t n_keks;
	const struct key32 *blind;
};

#endif
