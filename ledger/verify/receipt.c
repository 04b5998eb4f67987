#include "ledger/verify/receipt.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "ledger/verify/leaf.h"
#include "ledger/verify/log.h"
#include "ledger/verify/slip.h"

bool receipt_read(struct text text, struct receipt *out)
{
	struct receipt r = {.index = 0};
	struct text line;
	int64_t index;

	if (!text_skip(&text, "c2sp.org/tlog-proof@v1\n") || !text_until(&text, '\n', &line))
		return false;
	if (text_skip(&line, "extra ") && !text_until(&text, '\n', &line))
		return false;
	if (!text_skip(&line, "index ") || !text_count(line, &index))
		return false;
	while (text_until(&text, '\n', &line) && line.n > 0) {
		size_t n = 32;

		if (r.proof.n == PROOF_MAX || !text_base64(line, r.proof.at[r.proof.n].at, &n) || n != 32)
			return false;
		r.proof.n++;
	}
	r.index = (uint64_t)index;
	r.note = text;
	*out = r;
	return text.n > 0;
}

/* NULL: the leaf is in the tree that the believed checkpoint signs. */
static const char *trouble(
	const struct policy *p, const struct receipt *r, struct text leaf, struct checkpoint *c)
{
	uint64_t at[SIGNERS_MAX];
	struct text text;
	struct digest hash = tree_leaf(leaf);
	bool by_log = false;

	if (note_open(r->note, p->signers, p->n, at, &text) != NOTE_FINE || !checkpoint_read(text, c))
		return "its checkpoint is malformed, or carries a signature that is not of its key";
	for (size_t i = 0; i < p->n_logs; i++)
		by_log = by_log || (at[i] > 0 && text_same(p->signers[i].name, c->origin));
	if (!by_log)
		return "its checkpoint is not signed by the log's key";
	if (!policy_quorum(p, at))
		return "too few of the witnesses of your policy signed its checkpoint";
	if (!proof_inclusion(&hash, r->index, c->size, &r->proof, &c->root))
		return "the leaf is not in the tree that the checkpoint signs";
	return NULL;
}

static void say(const struct leaf *l, const struct checkpoint *c, bool payment, FILE *to)
{
	(void)fprintf(to, "log         %.*s\n", TEXT(c->origin));
	(void)fprintf(to, "leaf        %" PRId64 " of %" PRIu64 ": %s\n", l->seq, c->size, leaf_kind_name(l));
	if (leaf_value(l, "id").n > 0)
		(void)fprintf(to, "payment     %.*s\n", TEXT(leaf_value(l, "id")));
	if (leaf_value(l, "amount").n > 0)
		(void)fprintf(to, "amount      %.*s\n", TEXT(leaf_value(l, "amount")));
	if (leaf_value(l, "entry").n > 0)
		(void)fprintf(to, "bank entry  %.*s\n", TEXT(leaf_value(l, "entry")));
	(void)fprintf(to, "day         %.*s\n", TEXT(l->effective));
	if (payment)
		(void)fputs(
			"not asked   whether the money came back later: that would be another leaf; and whose it is: compare id and amount\n",
			to);
	(void)fprintf(to, "result      %s\n",
		payment ? "the receipt is genuine" : "the transaction is in the books");
}

/* NULL: everything holds, and it was said. */
static const char *ask(const struct policy *p, struct text proof, struct text leaf, bool payment, FILE *to)
{
	uint8_t held[SLIP_MAX];
	bool slip = slip_is(proof);
	struct receipt r;
	struct checkpoint c;
	struct leaf read;
	const char *wrong;

	if (slip ? !slip_read(proof, held, &leaf, &r) : !receipt_read(proof, &r))
		return slip ? "it is not what a slip's code holds, or a part of it is missing"
			    : "it is no receipt (c2sp.org/tlog-proof@v1)";
	if (!leaf_read(leaf, &read, &wrong) || (!slip && (uint64_t)read.seq != r.index))
		return "the leaf is none of chitra's, or of another place";
	r.index = (uint64_t)read.seq;
	wrong = trouble(p, &r, leaf, &c);
	if (wrong == NULL && payment && strcmp(leaf_kind_name(&read), "payout.settled") != 0)
		wrong = "the leaf is in the books, and is no payment that was made: ask `chitra-verify proof` about it";
	if (wrong == NULL)
		say(&read, &c, payment, to);
	return wrong;
}

bool receipt_verify(const struct policy *p, const char *path, bool payment, FILE *to)
{
	char beside[PATH_MAX];
	const char *dot = strrchr(path, '.');
	size_t stem = dot != NULL && strchr(dot, '/') == NULL ? (size_t)(dot - path) : strlen(path);
	struct held proof = file_take(path, NOTE_MAX), leaf = {.at = NULL};
	const char *wrong = NULL, *missing = proof.at == NULL ? path : NULL;

	(void)snprintf(beside, sizeof beside, "%.*s.leaf", (int)stem, path);
	if (missing == NULL && !slip_is((struct text){.at = proof.at, .n = proof.n})) {
		leaf = file_read(beside, 65535);
		missing = leaf.at == NULL ? beside : NULL;
	}
	if (missing != NULL)
		(void)fprintf(
			to, "finding receipt_missing: %s cannot be read: %s\n", missing, strerror(errno));
	else
		wrong = ask(p, (struct text){.at = proof.at, .n = proof.n},
			(struct text){.at = leaf.at, .n = leaf.n}, payment, to);
	if (wrong != NULL)
		(void)fprintf(to, "finding receipt_wrong: %s\n", wrong);
	file_free(&proof);
	file_free(&leaf);
	return missing == NULL && wrong == NULL;
}
