#include "daemon/duties/scribe_witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/base/log.h"
#include "ledger/books/add_checkpoint.h"
#include "ledger/books/cosign_store.h"

enum {
	WAITS_MAX_S = 60, /* what lacks its signatures for longer is an alarm */
	LOOK_MS = 5 * 1000,
	IDLE_MS = 1000, /* there is a checkpoint a second at most */
	ROUND_DEADLINE_MS = 90 * 1000,
	DONE = 200,
	CONFLICT = 409,
	UNPROVEN = 422,
};

struct peer {
	struct scribe_witness *of;
	const struct witness_at *at;
	bool asked;    /* the database was asked what it signed */
	bool told;     /* it has told another size, and signed nothing since */
	uint64_t kept; /* up to here we have its signature */
	uint64_t old;  /* that size, or what it has told since */
	struct metric *leaves, *signatures;
};

struct scribe_witness {
	struct witnesses *all;
	const char **names; /* that they sign with */
	size_t quorum;
	struct unwitnessed left;
	struct condition *ready;
	struct metric *leaves, *waited;
	struct peer peers[];
};

/* It has signed what we do not have, or has another history: what it can prove of that stops everything (witnesses.h). */
static enum result contradicted(struct peer *p, struct work *w, const char *what)
{
	enum result result = witnesses_check_head(w, p->of->all);
	p->asked = false; /* what it told may have been nonsense */
	if (result != OK)
		return result;
	why_set(&w->why, "witness_contradicts", "the witness %s %s", p->at->name, what);
	return REFUSED;
}

static enum result refused(struct peer *p, struct work *w, int status, struct bytes reply, size_t *found)
{
	uint64_t told;
	if (status == CONFLICT && add_checkpoint_size(reply, &told) && told != p->old) {
		if (told < p->kept)
			log_event(LOG_ERROR, "witness_forgot", K_STR("witness", p->at->name),
				K_I64("signed", (int64_t)p->kept), K_I64("says", (int64_t)told),
				K_STR("do",
					"its office must find out who set it back: it no longer protects"));
		p->old = told;
		*found = p->told ? 0 : 1; /* who tells something else each time is not asked without end */
		p->told = true;
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
	enum result result = p->asked ? OK : books_cosigned_upto(w, &p->at->key, &p->kept);
	if (result == OK && !p->asked)
		p->old = p->kept;
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
	p->old = p->kept = q.size;
	p->told = false;
	metric_set(p->leaves, (int64_t)p->old);
	metric_add(p->signatures, 1);
	*found = 1;
	return OK;
}

/* ---- how long signatures are lacking --------------------------------------------------------------------------- */

static enum result look(struct work *w, void *arg, size_t *found)
{
	struct scribe_witness *s = arg;
	(void)found;
	return books_unwitnessed(w, s->names, s->all->n, s->quorum, &s->left);
}

static void looked(void *arg, enum result result, size_t found)
{
	struct scribe_witness *s = arg;
	(void)found;
	if (result != OK)
		return;
	metric_set(s->leaves, (int64_t)s->left.leaves);
	metric_set(s->waited, s->left.waited_s);
	if (s->left.waited_s > WAITS_MAX_S)
		condition_set(s->ready, false,
			"for %" PRId64 " s fewer than %zu of %zu witnesses have signed; behind: %s",
			s->left.waited_s, s->quorum, s->all->n, s->left.behind);
	else
		condition_set(s->ready, true, "%zu of %zu witnesses sign", s->quorum, s->all->n);
}

static void watch(struct duty_ctx *d, struct scribe_witness *s)
{
	size_t wanted = (size_t)config_int(d->config, "scribe", "witness_quorum");
	s->quorum = wanted && wanted < s->all->n ? wanted : s->all->n;
	s->names = calloc(s->all->n, sizeof *s->names);
	bug_if(!s->names);
	for (size_t i = 0; i < s->all->n; i++)
		s->names[i] = s->all->at[i].key.name;
	s->ready = condition_new("witnesses");
	condition_set(s->ready, true, "since this process works");
	s->leaves = metric_gauge("chitra_scribe_leaves_unwitnessed", NULL,
		"Sealed ledger transactions that too few witnesses have signed.");
	s->waited = metric_gauge("chitra_scribe_witness_lag_seconds", NULL,
		"For how long the oldest checkpoint of them has waited.");
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.unwitnessed",
			     .lane = duty_lane(d, "seal"),
			     .run = look,
			     .after = looked,
			     .arg = s,
			     .idle_max_ms = LOOK_MS,
		     });
}

void scribe_witness_free(struct scribe_witness *s)
{
	if (!s)
		return;
	free(s->names);
	free(s);
}

struct scribe_witness *scribe_witness_start(struct duty_ctx *d, struct witnesses *all)
{
	struct scribe_witness *s = calloc(1, sizeof *s + all->n * sizeof *s->peers);
	bug_if(!s);
	s->all = all;
	if (all->n)
		watch(d, s);
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
