#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/head_store.h"
#include "daemon/duty_private.h"
#include "daemon/kek_set.h"
#include "daemon/notify.h"

enum { BEFORE_START_MS = 250, LOOK_MS = 5000, EX_CONFIG = 78 };

#define SKEW_MAX_US INT64_C(2000000) /* between two clocks that are set by NTP nothing explains more */

/* A wrong key would make every account unreadable, as if somebody had spoiled the rows. */
static enum result look_at_keks(struct work *w, const struct duty_ctx *d, struct duty_look *look)
{
	look->kek_wrong = false;
	if (!d->duty->holds_keks)
		return OK;
	enum result r = kek_set_look(w, d->config, d->duty->name);
	if (r != REFUSED)
		return r;
	look->kek_wrong = true;
	look->kek = w->why;
	return OK;
}

static enum result look(struct work *w, const struct duty_ctx *d)
{
	struct duty_look *look = &d->own->look;
	int version;
	enum result r = db_schema_version(w, &version);
	if (r != OK)
		return r;
	look->in_doubt = books_in_doubt(w->db, &look->doubt);
	look->version = version;
	if (version != CHITRA_SCHEMA_VERSION)
		return OK; /* of another schema nothing more can be asked */
	struct rows rows;
	int64_t asked_us = wall_us();
	r = db_run(w, Q_DAEMON_INSTANCE, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	int64_t answered_us = wall_us();
	if (rows_n(&rows) != 1) {
		why_set(&w->why, "not_initialised", "the database has no instance (chitra db init)");
		return REFUSED;
	}
	if (!row_null(&rows, 0, rows_col(&rows, "doubt")))
		books_doubt(row_text(&rows, 0, rows_col(&rows, "doubt")));
	look->in_doubt = books_in_doubt(w->db, &look->doubt);
	look->sandbox = row_bool(&rows, 0, rows_col(&rows, "sandbox"));
	look->standby = row_bool(&rows, 0, rows_col(&rows, "standby"));
	int64_t clock_us = row_instant(&rows, 0, rows_col(&rows, "clock"));
	look->ahead_us = clock_us > answered_us ? clock_us - answered_us
			 : clock_us < asked_us  ? clock_us - asked_us
						: 0;
	return look_at_keks(w, d, look);
}

/* What forbids to start, and no waiting cures. */
static bool may_begin(const struct duty_look *look, struct why *why)
{
	if (!db_schema_fits(look->version, why))
		return false;
	if (geteuid() == 0 && !look->sandbox)
		return why_set(why, "root", "root runs a duty only against a sandbox database");
	if (look->kek_wrong) {
		*why = look->kek;
		return false;
	}
	return true;
}

/* Whose clock is wrong it does not know; leases and cut-offs are the database's, signatures and certificates this host's,
 * and a callback is young by both or not at all. */
static void look_at_clock(struct duty_private *own)
{
	int64_t ms = own->look.ahead_us / 1000;
	bool agree = own->look.ahead_us < SKEW_MAX_US && own->look.ahead_us > -SKEW_MAX_US;
	bool agreed = own->clock_set && condition_holds(own->clock);
	metric_set(own->skew, ms);
	condition_set(own->clock, agree, "the database's is %" PRId64 " ms ahead of this host's", ms);
	if (!agree && (agreed || !own->clock_set))
		log_event(LOG_ERROR, "clock_skew", K_I64("database_ahead_ms", ms),
			K_STR("do", "see which of the two hosts has lost its time server"));
	else if (agree && own->clock_set && !agreed)
		log_event(LOG_NOTICE, "clocks_agree", K_I64("database_ahead_ms", ms));
	own->clock_set = true;
}

static void set_conditions(struct duty_private *own)
{
	look_at_clock(own);
	if (own->keks)
		condition_set(own->keks, !own->look.kek_wrong, "%s",
			own->look.kek_wrong ? own->look.kek.text : "open what is wrapped");
	condition_set(own->database, !own->look.standby, "%s",
		own->look.standby ? "is a standby: nothing can be written" : "answers");
	metric_set(own->db_up, 1);
	metric_set(own->doubt, own->look.in_doubt);
	if (own->look.version == CHITRA_SCHEMA_VERSION)
		condition_set(own->schema, true, "version %d", own->look.version);
	else
		condition_set(own->schema, false, "version %d, this program needs %d", own->look.version,
			CHITRA_SCHEMA_VERSION);
	condition_set(own->history, !own->look.in_doubt, "%s",
		own->look.in_doubt ? own->look.doubt.text : "goes on");
}

/* What `systemctl status` shows. */
static void say_status(const struct duty_ctx *d)
{
	char text[160];
	snprintf(text, sizeof text, "STATUS=database %s, %zu jobs under way",
		condition_holds(d->own->database) ? "ok" : "unavailable", queue_in_flight(d->queue));
	notify(text);
}

static void looked(struct job *job, enum result result)
{
	struct duty_ctx *d = job->arg;
	struct duty_private *own = d->own;
	bool was_up = condition_holds(own->database);
	if (result == OK) {
		set_conditions(own);
	} else {
		condition_set(own->database, false, "%s: %s", job->why.code, job->why.text);
		metric_set(own->db_up, 0);
		if (was_up || !own->said_down)
			log_event(LOG_WARN, "database_unavailable", K_STR("result", result_name(result)),
				K_WHY(&job->why));
		own->said_down = true;
	}
	if (own->draining)
		return;
	say_status(d);
	struct why why = {0};
	if (result == OK && own->started && !db_schema_fits(own->look.version, &why)) {
		/* Somebody migrated under us. What this program would write next may mean something else there. */
		log_event(LOG_ERROR, "schema_changed", K_WHY(&why));
		duty_drain(d, EX_CONFIG);
		return;
	}
	if (result == OK && !own->started && !own->look.standby) {
		if (!may_begin(&own->look, &why)) {
			log_event(LOG_ERROR, "not_started", K_WHY(&why));
			duty_drain(d, EX_CONFIG);
			return;
		}
		duty_begin(d);
		if (own->draining)
			return;
	}
	/* What is refused (a missing grant, a database half made) is for a person to cure. */
	timer_set(own->check, own->started || result == REFUSED ? LOOK_MS : BEFORE_START_MS);
}

static enum result run_look(struct work *w, void *arg)
{
	return look(w, arg);
}

static void look_again(void *arg)
{
	struct duty_ctx *d = arg;
	if (!lane_submit(d->own->watch_lane, &d->own->check_job))
		timer_set(d->own->check, BEFORE_START_MS);
}

void duty_check_new(struct duty_ctx *d)
{
	struct duty_private *own = d->own;
	own->check_job = (struct job){.name = "database.look", .run = run_look, .done = looked, .arg = d};
	own->check = timer_new(d->loop, look_again, d);
	timer_set(own->check, 0);
}
