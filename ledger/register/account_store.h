/* account_store.h: accounts of people, added, prolonged and ended by two officers; wishes for account or cash; renamed banks.
 *
 * Inside the caller's officer transaction. What an officer types is a proposal: the account receives nothing before a second officer has
 * typed its number again. register.account_now says what holds today, and whoever pays asks that view. */
#ifndef LEDGER_REGISTER_ACCOUNT_STORE_H
#define LEDGER_REGISTER_ACCOUNT_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/db/db.h"
#include "ledger/register/decided_file.h"
#include "ledger/register/keys.h"
#include "ledger/register/opening_store.h"

struct account_wish {
	int64_t person;
	const char *kind; /* self, delegate, guardian, household */
	const char *bank; /* code */
	struct account_no number;
	const char *holder; /* NULL: the person, whose name is taken */
	bool has_from, has_until;
	struct day from, until; /* from: today, when it is not said */
	const char *document;   /* that was seen; of another's account: the authority */
};

/* *word is what the second officer confirms. REFUSED bank_unknown, no_mandate, account_in, account_kind (known as another kind),
 * holder_differs (one's own account under another name), authority_until_missing, authority_too_long. */
enum result account_propose(struct work *w, const struct register_keys *keys, const struct account_wish *wish,
	int64_t *word) WARN_UNUSED;

/* A word about an account that is known: what is "renew" or "end". REFUSED account_id_unknown, no_mandate, account_over,
 * word_waits (another one awaits its second officer), and what account_propose says of authorities. */
struct account_change {
	int64_t account;
	const char *what, *document;
	bool has_from, has_until;
	struct day from, until;
};
enum result account_change(struct work *w, const struct account_change *change, int64_t *word) WARN_UNUSED;

/* All of them or none. An account that is added is confirmed alone, by its number typed again. What is ended is in the archive before the
 * commit (ended_file.h). REFUSED word_unknown, same_officer, no_mandate (why->text says which), first_mandate, number_needed, number_differs (why->text
 * names the first), file_trouble. */
struct account_confirmed {
	const int64_t *words;
	size_t n;
	const struct account_no *number;       /* NULL: not given */
	const struct decided_archive *archive; /* NULL: there is none */
};
enum result account_confirm(
	struct work *w, const struct register_keys *keys, const struct account_confirmed *c) WARN_UNUSED;

/* What was proposed wrongly counts never. All of them or none. REFUSED word_unknown, no_mandate. */
enum result account_drop(struct work *w, const int64_t *words, size_t n) WARN_UNUSED;

struct account_row {
	int64_t account, person;
	const char *person_name, *kind, *bank, *holder, *source, *authority;
	char number[MASKED_SIZE];
	struct day valid_from;
	bool has_until, stands, renamed, passes;
	struct day until;
	const char *status;               /* NULL: nobody has answered for it */
	int64_t word;                     /* proposed and not confirmed; 0: none */
	const char *what, *document, *by; /* of that word */
	struct day word_from, word_until; /* .n 0: no end */
};
struct account_rows {
	size_t n;
	struct account_row *at;
};

/* Those of a person, or (0) all about which something awaits its second officer. */
enum result account_list(
	struct work *w, const struct opening *opening, int64_t person, struct account_rows *out) WARN_UNUSED;

/* The number of a row with the columns person, wrapped and sealed. Empty: the person's key was destroyed, or is not ours. */
void account_number_masked(struct work *w, const struct opening *opening, const struct rows *r, size_t i,
	char out[static MASKED_SIZE]);

struct account_expiring {
	int64_t account;
	const char *person_name, *area, *holder, *kind, *authority;
	struct day until;
	int days_left; /* negative: it is over */
};
struct account_expirings {
	size_t n;
	struct account_expiring *at;
};
enum result account_expiring(struct work *w, int days, struct account_expirings *out) WARN_UNUSED;

/* Carries accounts whose bank has another code to that code: a row of their own, so what was signed stays. */
enum result accounts_follow(struct work *w, const struct opening *opening, int64_t *carried) WARN_UNUSED;

/* Whether there are any. */
enum result accounts_renamed(struct work *w, bool *any) WARN_UNUSED;

/* ---- wishes ------------------------------------------------------------------------------------------------------------ */

/* method: account or cash; has_since false: from today. REFUSED person_not_enrolled, not_yours. */
struct wish {
	int64_t person;
	const char *programme, *method, *asked_by;
	bool has_since;
	struct day since;
};
enum result wish_add(struct work *w, const struct wish *wish) WARN_UNUSED;

struct wish_row {
	const char *programme, *method, *said_by;
	struct day since;
	bool holds, later; /* it is the one that counts today; it has not begun */
};
struct wish_rows {
	size_t n;
	struct wish_row *at;
};
enum result wish_list(struct work *w, int64_t person, struct wish_rows *out) WARN_UNUSED;

#endif
