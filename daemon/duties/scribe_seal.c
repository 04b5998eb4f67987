#include "daemon/duties/scribe_seal.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/log.h"
#include "ledger/base/secret.h"
#include "ledger/books/export_store.h"
#include "ledger/db/lease.h"
#include "daemon/duties/scribe_witness.h"

enum {
	ROUND_MS = 1000, /* between checkpoints: one a second whatever happens */
	ROUND_DEADLINE_MS = 60 * 1000,
};

struct scribe_seal {
	struct lane *lane;
	struct timer *timer;
	struct job job;
	struct sign_key *key;
	struct archive *archive;
	struct witnesses *witnesses;
	struct scribe_witness *cosigned;
	struct sealer sealer;
	struct lease lease;
	size_t sealed; /* by the round that is under way */
	bool stopped;
	struct condition *ready;
	struct metric *leaves, *checkpoints;
};

static enum result seal(struct work *w, void *arg, size_t *sealed)
{
	struct scribe_seal *s = arg;
	return books_seal(w, &s->sealer, sealed);
}

/* One scribe seals; another does when it is gone. */
static enum result round_run(struct work *w, void *arg)
{
	struct scribe_seal *s = arg;
	s->sealed = 0;
	return run_under_lease(w, &s->lease, seal, s, &s->sealed);
}

static void round_done(struct job *job, enum result result)
{
	struct scribe_seal *s = job->arg;
	bool waits = result == REFUSED && why_is(&job->why, "genesis_missing");
	if (waits)
		condition_set(s->ready, true, "there is no genesis yet");
	else if (result == OK)
		condition_set(s->ready, true, "the last round went well");
	else
		condition_set(s->ready, false, "%s: %s", job->why.code, job->why.text);
	if (result != OK && !waits)
		log_event(result == REFUSED ? LOG_ERROR : LOG_WARN, "not_sealed",
			K_STR("result", result_name(result)), K_WHY(&job->why));
	if (result == OK && s->sealed) {
		metric_add(s->leaves, (int64_t)s->sealed);
		metric_add(s->checkpoints, 1);
	}
	if (!s->stopped)
		timer_set(s->timer, result == OK && s->sealed == SEAL_LEAVES ? 0 : ROUND_MS);
}

static void round_begin(void *arg)
{
	struct scribe_seal *s = arg;
	s->job = (struct job){.name = "scribe.seal",
		.run = round_run,
		.done = round_done,
		.arg = s,
		.deadline_ms = ROUND_DEADLINE_MS};
	if (!lane_submit(s->lane, &s->job))
		timer_set(s->timer, ROUND_MS);
}

enum result scribe_seal_exports(struct work *w, void *arg, size_t *found)
{
	const struct scribe_seal *s = arg;
	return books_export_sign(w, &s->sealer, found);
}

void scribe_seal_stop(struct scribe_seal *s)
{
	if (!s)
		return;
	s->stopped = true;
	timer_clear(s->timer);
}

static void dispose(struct scribe_seal *s)
{
	timer_free(s->timer);
	db_on_connect(NULL, NULL);
	scribe_witness_free(s->cosigned);
	witnesses_free(s->witnesses);
	archive_close(s->archive);
	sign_free(s->key);
	free(s);
}

void scribe_seal_free(struct scribe_seal *s)
{
	if (s)
		dispose(s);
}

static bool load_key(struct scribe_seal *s, const char *where, const char *origin, struct why *why)
{
	if (!note_name_valid(bytes_z(origin)))
		return why_set(why, "config_origin", "[scribe] log_origin cannot be the name of a log");
	struct key32 *seed = strchr(where, '/') ? secret_load_file(where, why) : secret_load(where, why);
	if (!seed)
		return why_prefix(why, "[scribe] log_key");
	s->key = sign_from_seed(seed);
	secret_free(seed);
	struct verify_key half = sign_public(s->key);
	s->sealer.log = note_verifier(origin, NOTE_ED25519, &half);
	s->sealer.key = s->key;
	return true;
}

static bool open_all(
	struct scribe_seal *s, const char *directory, const char *where, const char *origin, struct why *why)
{
	if (!load_key(s, where, origin, why))
		return false;
	s->archive = archive_open(directory, &s->sealer.log, why);
	s->sealer.archive = s->archive;
	return s->archive != NULL;
}

struct scribe_seal *scribe_seal_start(struct duty_ctx *d, struct why *why)
{
	const char *directory = config_text(d->config, "archive", "directory"),
		   *where = config_secret(d->config, "scribe", "log_key"),
		   *origin = config_text(d->config, "scribe", "log_origin");
	if (!directory || !where) {
		log_event(LOG_WARN, "not_sealing",
			K_STR("why", "[archive] directory or [scribe] log_key is not set"));
		return NULL;
	}
	struct scribe_seal *s = calloc(1, sizeof *s);
	bug_if(!s);
	s->lane = duty_lane(d, "seal");
	s->lease = lease_of("seal", d->owner, d->owner_prefix, config_ms(d->config, "scribe", "lease"));
	s->timer = timer_new(d->loop, round_begin, s);
	if (open_all(s, directory, where, origin, why))
		s->witnesses = witnesses_load(d->config, s->archive, why);
	if (!s->witnesses) {
		dispose(s);
		return NULL;
	}
	db_on_connect(witnesses_check_head, s->witnesses);
	s->cosigned = scribe_witness_start(d, s->witnesses);
	s->ready = condition_new("seal");
	condition_set(s->ready, true, "since this process works");
	s->leaves = metric_counter("chitra_scribe_leaves_sealed_total", NULL, "Ledger transactions sealed.");
	s->checkpoints = metric_counter("chitra_scribe_checkpoints_total", NULL, "Checkpoints signed.");
	timer_set(s->timer, 0);
	return s;
}
