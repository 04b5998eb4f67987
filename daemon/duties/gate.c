/* The gate: banks' callbacks in, one row each, 200 after its commit.
 *
 *	POST /v1/callbacks/<bank> ─▶ waiting ─▶ a group ─▶ lane inbox: verify, seal, insert, commit ─▶ answers
 *
 * A group closes when nobody has come for a moment and a worker is free, so it holds who came together and while the commit before it
 * was under way: alone when it is quiet, hundreds under load. Memory is bounded by how many may wait, and by how many bytes: whoever comes then is told 503 and
 * comes again. */
#include <stdlib.h>
#include <string.h>

#include "ledger/base/failpoint.h"
#include "ledger/base/log.h"
#include "daemon/duties/gate_group.h"
#include "daemon/duties/gate_keys.h"
#include "daemon/duty.h"
#include "daemon/gather.h"
#include "daemon/loop.h"

enum {
	WAITING_MAX = 4096,
	WAITING_OF_ONE = WAITING_MAX / 2, /* bank, beside others: what floods leaves them room */
	WAITING_BYTES_MAX = 64 << 20,
	SECOND_GROUP = 100,
	HEADER_MAX = 8192,
	KEY_AGE_MS = 60 * 60 * 1000,
	KEY_RETRY_MS = 1000,
};

/* A sealing key of ours, kept until the last group that uses it is done. */
struct gate_writer {
	struct message_writer key;
	size_t users; /* groups, and 1 while it is the newest */
};

struct gate {
	struct duty_ctx *duty;
	struct gate_keys keys;
	struct lane *inbox;
	int groups_max, groups_running;
	size_t group_max; /* callbacks of one */
	struct arrival *first, **last;
	size_t waiting;
	size_t waiting_bytes;
	struct gather *gather;

	struct gate_writer *writer; /* NULL until the first is stored */
	struct gate_writer *coming;
	struct job key_job;
	struct timer *key_timer;

	struct metric *verdicts[GATE_VERDICTS];
	struct metric *full, *trouble, *groups, *took;
};

struct running_group {
	struct job job;
	struct gate_group group;
	struct gate *gate;
	struct gate_writer *writer;
};

/* ---- the sealing key -------------------------------------------------------------------------------------------------- */

static void writer_let_go(struct gate_writer *writer)
{
	if (!writer || --writer->users > 0)
		return;
	explicit_bzero(writer, sizeof *writer);
	free(writer);
}

static enum result key_run(struct work *w, void *arg)
{
	struct gate *g = arg;
	return message_writer_new(w, &g->keys.evidence, &g->coming->key);
}

static void pump(struct gate *g);

static void key_done(struct job *job, enum result result)
{
	struct gate *g = job->arg;
	if (result == OK) {
		writer_let_go(g->writer);
		g->writer = g->coming;
	} else {
		log_event(LOG_WARN, "evidence_key_failed", K_STR("result", result_name(result)),
			K_WHY(&job->why));
		free(g->coming);
	}
	g->coming = NULL;
	timer_set(g->key_timer, result == OK ? KEY_AGE_MS : KEY_RETRY_MS);
	pump(g);
}

static void key_renew(void *arg)
{
	struct gate *g = arg;
	if (duty_is_draining(g->duty) && g->writer)
		return;
	g->coming = calloc(1, sizeof *g->coming);
	bug_if(!g->coming);
	g->coming->users = 1;
	g->key_job = (struct job){.name = "gate.key", .run = key_run, .done = key_done, .arg = g};
	if (lane_submit(g->inbox, &g->key_job))
		return;
	free(g->coming);
	g->coming = NULL;
	timer_set(g->key_timer, KEY_RETRY_MS);
}

/* ---- groups ------------------------------------------------------------------------------------------------------------ */

/* Nothing was committed, or nobody knows: the bank comes again with the same id. */
static void turn_away(struct arrival *a, const char *code, const char *text)
{
	struct why why = {0};
	why_set(&why, code, "%s", text);
	exchange_set_header(a->exchange, "Retry-After", "1");
	exchange_refuse(a->exchange, 503, &why);
	free(a);
}

static void answer(struct gate *g, struct arrival *a)
{
	static const int status[GATE_VERDICTS] = {
		[GATE_STORED] = 200,
		[GATE_REPEATED] = 200,
		[GATE_REFUSED] = 401,
		[GATE_STRANGE] = 400,
		[GATE_CHANGED] = 409,
	};
	metric_add(g->verdicts[a->verdict], 1);
	if (failpoint("answer.before")) {
		turn_away(a, "not_stored", "it could not be stored now; come again");
		return;
	}
	if (a->verdict == GATE_STORED || a->verdict == GATE_REPEATED) {
		exchange_reply(a->exchange, 200, NULL, (struct bytes){0});
	} else {
		log_event(a->verdict == GATE_CHANGED ? LOG_ERROR : LOG_WARN, "callback_refused",
			K_STR("bank", a->bank->code), K_I64("status", status[a->verdict]), K_WHY(&a->why));
		exchange_refuse(a->exchange, status[a->verdict], &a->why);
	}
	(void)failpoint("answer.after");
	free(a);
}

static enum result group_run(struct work *w, void *arg)
{
	struct running_group *r = arg;
	return gate_group_run(w, &r->group);
}

static void group_done(struct job *job, enum result result)
{
	struct running_group *r = job->arg;
	struct gate *g = r->gate;
	g->groups_running--;
	metric_add(g->groups, 1);
	metric_took(g->took, job->ended_us - job->submitted_us);
	if (result != OK) {
		log_event(LOG_WARN, "callbacks_not_stored", K_I64("callbacks", (int64_t)r->group.n),
			K_STR("result", result_name(result)), K_WHY(&job->why));
		metric_add(g->trouble, (int64_t)r->group.n);
	}
	for (size_t i = 0; i < r->group.n; i++) {
		if (result == OK)
			answer(g, r->group.at[i]);
		else
			turn_away(r->group.at[i], "not_stored", "it could not be stored now; come again");
	}
	writer_let_go(r->writer);
	free(r);
	pump(g);
}

static size_t body_size(const struct arrival *a)
{
	return exchange_body(a->exchange).n;
}

static struct arrival *take_waiting(struct gate *g)
{
	struct arrival *a = g->first;
	g->first = a->next;
	if (!g->first)
		g->last = &g->first;
	g->waiting--;
	a->bank->waiting--;
	g->waiting_bytes -= body_size(a);
	return a;
}

static struct running_group *group_close(struct gate *g)
{
	struct running_group *r = calloc(1, sizeof *r);
	bug_if(!r);
	r->gate = g;
	r->writer = g->writer;
	r->writer->users++;
	r->group.writer = &r->writer->key;
	size_t bytes = 0;
	while (g->first && r->group.n < g->group_max) {
		bytes += body_size(g->first);
		if (r->group.n > 0 && bytes > GATE_GROUP_BYTES)
			break;
		r->group.at[r->group.n++] = take_waiting(g);
	}
	r->job = (struct job){.name = "gate.message",
		.run = group_run,
		.done = group_done,
		.arg = r,
		.wakes = WAKE_SCRIBE_MESSAGE};
	return r;
}

/* A second group beside one that commits only when it is worth a commit of its own: else the next one will be larger. */
static bool may_close(const struct gate *g)
{
	if (g->waiting >= SECOND_GROUP || g->waiting >= g->group_max)
		return g->groups_running < g->groups_max;
	return g->groups_running == 0 && !gather_is_open(g->gather);
}

static void pump(struct gate *g)
{
	while (g->first && g->writer && may_close(g)) {
		struct running_group *r = group_close(g);
		g->groups_running++;
		bug_if(!lane_submit(g->inbox, &r->job)); /* the lane holds more jobs than may run */
	}
}

static void company_came(void *arg)
{
	pump(arg);
}

/* ---- what comes in ------------------------------------------------------------------------------------------------------ */

static void callback_came(struct exchange *x, void *arg)
{
	struct gate *g = arg;
	struct why why = {0};
	struct gate_bank *bank = gate_bank_find(&g->keys, exchange_rest(x));
	if (!bank) {
		why_set(&why, "unknown_bank", "no bank of this name sends callbacks here");
		exchange_refuse(x, 404, &why);
		return;
	}
	struct arrival *a = calloc(1, sizeof *a);
	bug_if(!a);
	a->exchange = x;
	a->bank = bank;
	if (g->waiting >= WAITING_MAX || (g->keys.n > 1 && bank->waiting >= WAITING_OF_ONE) ||
		g->waiting_bytes + body_size(a) > WAITING_BYTES_MAX) {
		metric_add(g->full, 1);
		turn_away(a, "too_busy", "too many callbacks wait; come again");
		return;
	}
	*g->last = a;
	g->last = &a->next;
	g->waiting++;
	a->bank->waiting++;
	g->waiting_bytes += body_size(a);
	gather_came(g->gather);
	pump(g);
}

static const struct route routes[] = {
	{"POST", "/v1/callbacks/*", callback_came},
};

/* ---- the duty ----------------------------------------------------------------------------------------------------------- */

static void metrics_make(struct gate *g)
{
	static const char *const labels[GATE_VERDICTS] = {
		[GATE_STORED] = "result=\"stored\"",
		[GATE_REPEATED] = "result=\"repeated\"",
		[GATE_REFUSED] = "result=\"refused\"",
		[GATE_STRANGE] = "result=\"strange\"",
		[GATE_CHANGED] = "result=\"changed\"",
	};
	static const char name[] = "chitra_gate_callbacks_total",
			  help[] = "Callbacks, by what became of them.";
	for (int i = 0; i < GATE_VERDICTS; i++)
		g->verdicts[i] = metric_counter(name, labels[i], help);
	g->full = metric_counter(name, "result=\"full\"", help);
	g->trouble = metric_counter(name, "result=\"not_stored\"", help);
	g->groups = metric_counter("chitra_gate_groups_total", NULL, "Groups of callbacks, one commit each.");
	g->took = metric_seconds("chitra_gate_group_seconds", NULL, "From closing a group to its answers.");
}

static bool serve(struct duty_ctx *d, struct gate *g, struct why *why)
{
	const struct config *c = d->config;
	return duty_serve(d,
		       &(struct server_plan){
			       .name = "gate",
			       .routes = routes,
			       .routes_n = COUNT_OF(routes),
			       .arg = g,
			       .header_max = HEADER_MAX,
			       .body_max = (size_t)config_bytes(c, "gate", "body_max"),
			       .request_ms = config_ms(c, "gate", "request_time"),
			       .answer_ms = config_ms(c, "gate", "answer_time"),
			       .idle_ms = config_ms(c, "gate", "idle_time"),
			       .connections_max = (size_t)config_int(c, "gate", "connections_max"),
		       },
		       why) != NULL;
}

static bool idle(const struct duty_ctx *d)
{
	const struct gate *g = d->state;
	return !g->first && g->groups_running == 0;
}

/* What waits goes into the last groups; without a key there will be none. */
static void stop_claiming(struct duty_ctx *d)
{
	struct gate *g = d->state;
	while (g->first && !g->writer)
		turn_away(take_waiting(g), "stopping", "this process stops; come again");
}

static void stop(struct duty_ctx *d)
{
	struct gate *g = d->state;
	while (g->first)
		free(take_waiting(g));
	timer_free(g->key_timer);
	gather_free(g->gather);
	writer_let_go(g->writer);
	free(g->coming);
	gate_keys_free(&g->keys);
	free(g);
	d->state = NULL;
}

static bool start(struct duty_ctx *d, struct why *why)
{
	struct gate *g = calloc(1, sizeof *g);
	bug_if(!g);
	d->state = g;
	g->duty = d;
	g->last = &g->first;
	g->inbox = duty_lane(d, "inbox");
	g->groups_max = (int)config_int(d->config, "gate", "inbox_threads");
	g->group_max = (size_t)config_int(d->config, "gate", "group_max");
	g->key_timer = timer_new(d->loop, key_renew, g);
	g->gather = gather_new(d->loop, company_came, g);
	metrics_make(g);
	if (!gate_keys_load(d->config, &g->keys, why) || !serve(d, g, why)) {
		stop(d);
		return false;
	}
	if (g->keys.n > 0)
		timer_set(g->key_timer, 0);
	else
		log_event(LOG_WARN, "no_bank_key",
			K_STR("why", "no [bank CODE] has a bank_key: every callback gets 404"));
	return true;
}

static const struct lane_plan lanes[] = {
	{.name = "inbox", .capacity = 256},
};

const struct duty duty_gate = {
	.name = "gate",
	.db = DB_DUTY_GATE,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
	.stop_claiming = stop_claiming,
	.idle = idle,
	.stop = stop,
};
