#include "daemon/duties/scribe_witness.h"

#include <stdio.h>
#include <stdlib.h>

#include "ledger/books/add_checkpoint.h"
#include "ledger/books/cosign_store.h"

enum {
	IDLE_MS = 1000, /* there is a checkpoint a second at most */
	ROUND_DEADLINE_MS = 90 * 1000,
	DONE = 200,
	CONFLICT = 409,
	UNPROVEN = 422,
};

struct peer {
	struct scribe_witness *of;
	const struct witness_at *at;
	bool asked;   /* the database was asked what it signed */
	uint64_t old; /* that size, or what it has told since */
	struct metric *leaves, *signatures;
};

struct scribe_witness {
	struct witnesses *all;
	struct peer peers[];
};

/* It has signed what we do not have, or has another history: what it can prove of that stops everything (witnesses.h). */
static enum result contradicted(struct peer *p, struct work *w, const char *what)
{
	enum result result = witnesses_check_head(w, p->of->all);
	if (result != OK)
		return result;
	why_set(&w->why, "witness_contradicts", "the witness %s %s", p->at->name, what);
	return REFUSED;
}

static enum result refused(struct peer *p, struct work *w, int status, struct bytes reply, size_t *found)
{
	uint64_t told;
	if (status == CONFLICT && add_checkpoint_size(reply, &told) && told != p->old) {
		p->old = told;
		*found = 1;
		return OK;
	}
	if (status == CONFLICT || status == UNPROVEN)
		return contradicted(p, w, "refuses our history");
	why_set(&w->why, "witness_status", "the witness %s answers %d", p->at->name, status);
	return RETRY;
}

static enum result round_run(struct work *w, void *arg, size_t *found)
{
	struct peer *p = arg;
	struct cosign_question q;
	struct bytes reply;
	int status;
	enum result result = p->asked ? OK : books_cosigned_upto(w, &p->at->key, &p->old);
	p->asked = p->asked || result == OK;
	if (result == OK)
		result = books_cosign_question(w, &p->at->key, p->old, &q);
	if (result != OK)
		return result;
	metric_set(p->leaves, (int64_t)p->old);
	if (q.size < p->old)
		return contradicted(p, w, "has signed more than there is");
	if (q.note.n == 0)
		return OK;
	if (!witness_ask(p->at, w->arena, "/add-checkpoint", q.request, &status, &reply, &w->why))
		return RETRY;
	if (status != DONE)
		return refused(p, w, status, reply, found);
	result = books_cosigned(w, p->of->all->archive, &p->at->key, &q, reply);
	if (result != OK)
		return result;
	p->old = q.size;
	metric_set(p->leaves, (int64_t)p->old);
	metric_add(p->signatures, 1);
	*found = 1;
	return OK;
}

void scribe_witness_free(struct scribe_witness *s)
{
	free(s);
}

struct scribe_witness *scribe_witness_start(struct duty_ctx *d, struct witnesses *all)
{
	struct scribe_witness *s = calloc(1, sizeof *s + all->n * sizeof *s->peers);
	bug_if(!s);
	s->all = all;
	for (size_t i = 0; i < all->n; i++) {
		struct peer *p = &s->peers[i];
		char labels[64];
		snprintf(labels, sizeof labels, "witness=\"%s\"", all->at[i].name);
		*p = (struct peer){.of = s, .at = &all->at[i]};
		p->leaves = metric_gauge("chitra_scribe_witnessed_leaves", labels,
			"Ledger transactions that a witness has cosigned.");
		p->signatures = metric_counter("chitra_scribe_cosignatures_total", labels,
			"Checkpoints that a witness has cosigned.");
		duty_poll(d, &(struct poll_plan){
				     .name = "scribe.witness",
				     .lane = duty_lane(d, "witness"),
				     .run = round_run,
				     .arg = p,
				     .full = 1,
				     .idle_max_ms = IDLE_MS,
				     .deadline_ms = ROUND_DEADLINE_MS,
			     });
	}
	return s;
}
