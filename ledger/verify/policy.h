/* policy.h: whom the auditor believes (C2SP tlog-policy): the log's keys, witnesses, and how many of them it takes.
 *
 *	log <vkey> [<url>]
 *	witness <name> <vkey> [<url>]
 *	group <name> all|any|<k> <names of witnesses or groups above it, each in one group at most>
 *	quorum <name>|none
 *
 * A line that begins with '#' is a comment. */
#ifndef LEDGER_VERIFY_POLICY_H
#define LEDGER_VERIFY_POLICY_H

#include "ledger/verify/note.h"

struct policy {
	size_t n; /* logs first, then witnesses, however the file orders them */
	size_t n_logs;
	struct signer signers[SIGNERS_MAX];
	size_t n_members; /* witnesses and groups, in the order of the file */
	struct member {
		struct text name;
		size_t signer; /* of a witness */
		uint64_t of;   /* of a group: a bit per member; 0: a witness */
		unsigned least;
	} members[64];
	int quorum; /* index of a member; -1: none */
};

/* False with the line that is wrong. Points into the text. */
bool policy_read(struct text text, struct policy *out, size_t *line);
/* One log key, no witness. */
bool policy_of_key(struct text vkey, struct policy *out);
/* By what note_open says of policy->signers. */
bool policy_quorum(const struct policy *p, const uint64_t *signed_at);

#endif
