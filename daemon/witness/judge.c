#include "daemon/witness/judge.h"

#include <inttypes.h>
#include <string.h>

enum { DONE = 200, BAD = 400, FORBIDDEN = 403, UNKNOWN = 404, CONFLICT = 409, UNPROCESSABLE = 422 };

struct watched *watched_of(const struct watch_list *list, const char *origin)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].origin, origin) == 0)
			return &list->at[i];
	return NULL;
}

static int not_shown(struct ruling *r, int status, enum evidence evidence, const char *what)
{
	r->evidence = evidence;
	why_set(&r->why, status == CONFLICT ? "root_differs" : "proof_wrong",
		"%s: size %" PRIu64 " was cosigned, size %" PRIu64 " is asked for", what, r->log->size,
		r->now.size);
	return status;
}

static int growth(const struct add_checkpoint *asked, struct ruling *r)
{
	const struct watched *log = r->log;
	struct hash none = merkle_empty();

	if (asked->old > r->now.size) {
		why_set(&r->why, "old_larger", "the old size is larger than the checkpoint's");
		return BAD;
	}
	if (asked->old != log->size) {
		why_set(&r->why, "old_size", "the size cosigned last is %" PRIu64 ", not %" PRIu64, log->size,
			asked->old);
		return CONFLICT;
	}
	if (asked->old == 0) {
		if (asked->proof.n == 0 && (r->now.size > 0 || hash_eq(&r->now.root, &none)))
			return DONE;
		why_set(&r->why, "proof_wrong",
			"from size 0 there is nothing to prove, and size 0 has one root");
		return UNPROCESSABLE;
	}
	if (asked->old == r->now.size && !hash_eq(&r->now.root, &log->root))
		return not_shown(r, CONFLICT, CONTRADICTION, "the same size with another root");
	if (!merkle_verify_consistency(log->size, &log->root, r->now.size, &r->now.root, &asked->proof))
		return not_shown(r, UNPROCESSABLE, asked->old == r->now.size ? NO_EVIDENCE : UNPROVEN,
			"the proof does not hold");
	return DONE;
}

static int answer(const struct watch_list *list, struct bytes request, struct ruling *r)
{
	struct add_checkpoint asked;
	uint64_t signed_at[LOG_KEYS_MAX];

	if (!add_checkpoint_parse(request, &asked, &r->why) || !note_parse(asked.note, &r->note, &r->why) ||
		!checkpoint_parse(r->note.text, &r->now, &r->why))
		return BAD;
	r->log = watched_of(list, r->now.origin);
	if (r->log == NULL) {
		why_set(&r->why, "origin_unknown", "no log of this origin is watched here");
		return UNKNOWN;
	}
	if (!note_verify(&r->note, r->log->keys, r->log->keys_n, signed_at, &r->why))
		return FORBIDDEN;
	return growth(&asked, r);
}

void judge(const struct watch_list *list, struct bytes request, struct ruling *out)
{
	*out = (struct ruling){.log = NULL};
	out->status = answer(list, request, out);
}
