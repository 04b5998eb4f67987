/* The scribe: what banks' messages and statements mean for payouts and books; the tree and its checkpoints.
 *
 *	lane digest   callbacks, statement pages, credits: scribe_digest.h
 *	lane settle   statement lines: settle_store.h; what their absence proves: absence_store.h; what is kept no longer: forget_store.h
 *	lane seal     the ledger's tree, its checkpoint and the archive
 *	lane export   months of the books that somebody exported, made again and signed: export_store.h
 *	lane witness  the checkpoints to the witnesses: scribe_witness.h */
#include <stdlib.h>
#include <string.h>

#include "ledger/base/log.h"
#include "ledger/base/secret.h"
#include "ledger/db/lease.h"
#include "ledger/recon/absence_store.h"
#include "ledger/recon/settle_store.h"
#include "ledger/register/forget_store.h"
#include "daemon/duties/scribe_digest.h"
#include "daemon/duties/scribe_seal.h"
#include "daemon/duties/seal_lag.h"
#include "daemon/duty.h"

#define ACTOR "duty:scribe"

enum {
	SETTLE_LINES = 1000,
	ABSENT_PAYOUTS = 5000,
	DIGEST_FULL = 200,                      /* as many again at once: there are more */
	DIGEST_GATHER_MS = 60,                  /* a group of thirty costs as much as one of three hundred */
	STATEMENT_DEADLINE_MS = 15 * 60 * 1000, /* a million lines are one transaction */
	WAITING_IDLE_MS = 30 * 1000,
	EXPIRE_IDLE_MS = 60 * 60 * 1000,
	EXPORT_IDLE_MS = 1000, /* somebody waits for the signature */
	EXPORT_DEADLINE_MS = 60 * 60 * 1000,
};

struct settler {
	struct scribe *scribe;
	int n;
};

struct scribe {
	struct key32 *evidence, *evidence_before;
	struct digest digest;
	struct scribe_seal *seal; /* may be NULL */
	struct settler settlers[SETTLERS];
	struct absence_at absence;
	struct lease expiry;
	struct metric *settled, *suspense;
};

static enum result settle(struct work *w, void *arg, size_t *found)
{
	const struct settler *settler = arg;
	struct scribe *s = settler->scribe;
	struct settle_counts c;
	enum result result = settle_some(w, settler->n, (size_t)SETTLE_LINES * SETTLERS, ACTOR, &c);
	if (result != OK)
		return result;
	*found = c.seen;
	metric_add(s->settled, (int64_t)c.lines);
	metric_add(s->suspense, (int64_t)c.suspense);
	if (c.rogue)
		log_event(LOG_ERROR, "rogue_debit", K_I64("lines", (int64_t)c.rogue),
			K_STR("do", "chitra pause all, stop the bank credential, call the bank"));
	if (c.suspense || c.done.breaks)
		log_event(LOG_ERROR, "lines_unexplained", K_I64("lines", (int64_t)c.suspense),
			K_I64("of", (int64_t)c.lines));
	return OK;
}

static enum result absence(struct work *w, void *arg, size_t *found)
{
	struct scribe *s = arg;
	struct absence_counts c;
	enum result result = absence_some(w, &s->absence, ABSENT_PAYOUTS, ACTOR, &c);
	if (result != OK)
		return result;
	*found = c.statements + c.payouts;
	if (c.absent || c.lost || c.overdue)
		log_event(LOG_WARN, "payments_absent", K_I64("proven", (int64_t)c.absent),
			K_I64("not_paid", (int64_t)c.done.not_paid), K_I64("lost_lines", (int64_t)c.lost),
			K_I64("overdue", (int64_t)c.overdue),
			K_I64("breaks", (int64_t)(c.done.breaks + c.lost + c.overdue)));
	return OK;
}

static enum result expire_now(struct work *w, void *arg, size_t *found)
{
	int64_t files, messages;
	(void)arg;
	enum result result = kept_expire(w, &files, &messages);
	if (result != OK)
		return result;
	*found = (size_t)(files + messages);
	if (*found)
		log_event(LOG_INFO, "expired", K_I64("raw_files", files), K_I64("message_keys", messages));
	return OK;
}

static enum result expire(struct work *w, void *arg, size_t *found)
{
	struct scribe *s = arg;
	return run_under_lease(w, &s->expiry, expire_now, s, found);
}

static void begin_digest(struct duty_ctx *d, struct scribe *s)
{
	struct lane *lane = duty_lane(d, "digest");
	digest_start(&s->digest, s->evidence, s->evidence_before);
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.digest",
			     .lane = lane,
			     .run = digest_run,
			     .arg = &s->digest,
			     .full = DIGEST_FULL,
			     .gather_ms = DIGEST_GATHER_MS,
			     .wakes = WAKE_SCRIBE_STATEMENT | WAKE_SCRIBE_SEAL,
			     .woken_by = WAKE_SCRIBE_MESSAGE,
			     .deadline_ms = STATEMENT_DEADLINE_MS,
		     });
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.waiting",
			     .lane = lane,
			     .run = digest_run_waiting,
			     .arg = &s->digest,
			     .idle_max_ms = WAITING_IDLE_MS,
			     .deadline_ms = STATEMENT_DEADLINE_MS,
		     });
}

static void begin_settle(struct duty_ctx *d, struct scribe *s)
{
	s->settled = metric_counter(
		"chitra_scribe_lines_settled_total", NULL, "Statement lines explained or named.");
	s->suspense = metric_counter(
		"chitra_scribe_lines_suspense_total", NULL, "Statement lines that nothing explains.");
	for (int i = 0; i < SETTLERS; i++) {
		s->settlers[i] = (struct settler){.scribe = s, .n = i};
		duty_poll(d, &(struct poll_plan){
				     .name = "scribe.settle",
				     .lane = duty_lane(d, "settle"),
				     .run = settle,
				     .arg = &s->settlers[i],
				     .full = 1,
				     .wakes = WAKE_SCRIBE_SEAL,
				     .woken_by = WAKE_SCRIBE_STATEMENT,
			     });
	}
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.absence",
			     .lane = duty_lane(d, "settle"),
			     .run = absence,
			     .arg = s,
			     .full = 1,
			     .wakes = WAKE_SCRIBE_SEAL,
		     });
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.expire",
			     .lane = duty_lane(d, "settle"),
			     .run = expire,
			     .arg = s,
			     .idle_max_ms = EXPIRE_IDLE_MS,
		     });
}

static void begin_export(struct duty_ctx *d, struct scribe *s)
{
	duty_poll(d, &(struct poll_plan){
			     .name = "scribe.export",
			     .lane = duty_lane(d, "export"),
			     .run = scribe_seal_exports,
			     .arg = s->seal,
			     .full = 1,
			     .idle_max_ms = EXPORT_IDLE_MS,
			     .deadline_ms = EXPORT_DEADLINE_MS,
		     });
}

/* True also where nothing is set: *out is NULL. */
static bool load_secret(struct duty_ctx *d, const char *option, struct key32 **out, struct why *why)
{
	const char *where = config_secret(d->config, "evidence", option);
	if (where)
		*out = strchr(where, '/') ? secret_load_file(where, why) : secret_load(where, why);
	return !where || *out || why_prefix(why, "[evidence] %s", option);
}

static bool load_keys(struct duty_ctx *d, struct scribe *s, struct why *why)
{
	if (!load_secret(d, "secret_key", &s->evidence, why) ||
		!load_secret(d, "secret_key_other", &s->evidence_before, why))
		return false;
	if (!s->evidence)
		log_event(LOG_WARN, "no_evidence_key",
			K_STR("why", "[evidence] secret_key is not set: no message is digested"));
	return true;
}

static void stop_claiming(struct duty_ctx *d)
{
	struct scribe *s = d->state;
	scribe_seal_stop(s->seal);
}

static void stop(struct duty_ctx *d)
{
	struct scribe *s = d->state;
	scribe_seal_free(s->seal);
	secret_free(s->evidence);
	secret_free(s->evidence_before);
	explicit_bzero(&s->digest.inbox, sizeof s->digest.inbox);
	free(s);
	d->state = NULL;
}

static bool start(struct duty_ctx *d, struct why *why)
{
	struct scribe *s = calloc(1, sizeof *s);
	bug_if(!s);
	d->state = s;
	s->expiry = lease_of("expire", d->owner, d->owner_prefix, config_ms(d->config, "scribe", "lease"));
	if (load_keys(d, s, why))
		s->seal = scribe_seal_start(d, why);
	if (*why->code) {
		stop(d);
		return false;
	}
	if (s->evidence)
		begin_digest(d, s);
	begin_settle(d, s);
	if (s->seal) {
		begin_export(d, s);
		seal_lag_watch(d, "digest", true);
	}
	return true;
}

static const struct lane_plan lanes[] = {
	{.name = "digest", .capacity = 16},
	{.name = "settle", .capacity = 16},
	{.name = "seal", .capacity = 16},
	{.name = "export", .capacity = 16, .threads = 1},
	{.name = "witness", .per = "witness", .capacity = 64},
};

const struct duty duty_scribe = {
	.name = "scribe",
	.db = DB_DUTY_SCRIBE,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
	.stop_claiming = stop_claiming,
	.stop = stop,
};
