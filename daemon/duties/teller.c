/* teller.c: the duty that pays. What it consists of is told in teller.h; here it is put together and taken apart. */
#include "daemon/duties/teller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/base/text.h"

#define PAYOUTS_AHEAD 4096 /* claimed and not recorded, per bank, at most */

enum { WITNESS_MS = 60 * 1000 };

static const struct lane_plan lanes[] = {
	{.name = "journal", .threads = 1, .capacity = 4096},
	{.name = "dispatch", .capacity = 256},
	{.name = "record", .capacity = 1024},
	{.name = "witness", .threads = 1, .capacity = 4},
	{.name = "pauses", .threads = 1, .capacity = 1},
};

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

static bool load_kek(struct teller *t, const struct config *c, struct why *why)
{
	return kek_set_load(c, "teller", &t->keks, why);
}

static bool load_evidence(struct teller *t, const struct config *c, struct why *why)
{
	const char *path = config_text(c, "evidence", "public_key");
	if (!path)
		return why_set(why, "teller_evidence", "[evidence] lacks public_key");
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes file, line;
	bool ended;
	size_t n;
	if (!read_file(a, path, 1024, &file, why))
		return false;
	if (!bytes_line(&file, &line, &ended) || file.n > 0 ||
		!base64_decode(BASE64_STD, line, t->evidence.b, sizeof t->evidence.b, &n) ||
		n != sizeof t->evidence.b)
		return why_set(
			why, "teller_evidence", "%s: the line is no public key (base64 of 32 bytes)", path);
	return true;
}

static bool load_trust(struct teller *t, const struct config *c, struct why *why)
{
	const char *path = config_text(c, "teller", "admin_keys");
	if (!path)
		return why_set(why, "teller_admins", "[teller] lacks admin_keys");
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes file;
	struct trust trust;
	if (!read_file(a, path, 65536, &file, why) ||
		!trust_read(file, (size_t)config_int(c, "teller", "admin_threshold"), &trust, why))
		return false;
	t->law7 = law7_new(&trust, &t->keks, config_bool(c, "teller", "sandbox"));
	return true;
}

static bool find_journal(struct teller *t, const struct config *c, struct why *why)
{
	const char *directory = config_text(c, "teller", "journal");
	if (!directory)
		return why_set(why, "teller_journal", "[teller] lacks journal");
	if (!make_directory_durable(directory, 0700, why))
		return false;
	int n = snprintf(t->journal_path, sizeof t->journal_path, "%s/sent.log", directory);
	if (n < 0 || (size_t)n >= sizeof t->journal_path)
		return why_set(why, "teller_journal", "the journal's path is too long");
	return true;
}

/* ---- start and stop ------------------------------------------------------------------------------------------------- */

static void count(struct teller *t)
{
	static const char *const labels[REPLY_KINDS] = {
		[MESSAGE_UNCLEAR] = "result=\"unclear\"",
		[MESSAGE_REFUSED] = "result=\"refused\"",
		[MESSAGE_ANSWERED] = "result=\"answered\"",
		[REPLY_NOT_AUTHENTIC] = "result=\"not_authentic\"",
	};
	for (int i = 0; i < REPLY_KINDS; i++)
		t->replies[i] = metric_counter("chitra_teller_replies_total", labels[i],
			"Replies about payments, by what they are worth.");
	t->sent = metric_counter("chitra_teller_sent_total", NULL, "Payouts in requests that left.");
	t->not_sent = metric_counter(
		"chitra_teller_not_sent_total", NULL, "Requests that certainly did not leave.");
	t->recorded = metric_counter(
		"chitra_teller_recorded_total", NULL, "Payouts in replies that were recorded.");
	t->unknown = metric_counter(
		"chitra_teller_doubt_total", NULL, "Payouts that a recorded reply left in doubt.");
	t->refused = metric_counter(
		"chitra_teller_refused_total", NULL, "Payouts that may not leave (law 7).");
	t->repeated = metric_counter("chitra_teller_repeated_total", NULL, "Payouts sent again under law 1.");
}

static void draw_tag(struct teller *t)
{
	struct key32 *random = secret_new();
	crockford32_encode(random->b, 30, t->message_tag);
	secret_free(random);
}

static bool open_banks(struct teller *t, const struct config *c, struct why *why)
{
	size_t n;
	const char *const *codes = config_labels(c, "bank", &n);
	t->banks = calloc(n + 1, sizeof *t->banks);
	bug_if(!t->banks);
	t->cash = (struct bank){.teller = t, .payouts_max = PAYOUTS_AHEAD};
	for (size_t i = 0; i < n; i++) {
		char section[80];
		struct bank *b = &t->banks[t->banks_n++];
		*b = (struct bank){.teller = t, .code = codes[i], .payouts_max = PAYOUTS_AHEAD};
		snprintf(section, sizeof section, "bank %s", codes[i]);
		if (!bank_open(b, c, section, why))
			return why_prefix(why, "[%s]", section);
	}
	return true;
}

static int64_t ask_after_ms(const struct teller *t)
{
	int64_t longest = 0;
	for (size_t i = 0; i < t->banks_n; i++)
		if (t->banks[i].deadline_ms > longest)
			longest = t->banks[i].deadline_ms;
	return 2 * longest + t->sender.lease_ms;
}

/* At every connect the database is held against the archive and the witnesses: what went back sends nothing. */
static bool open_archive(struct teller *t, const struct config *c, struct why *why)
{
	const char *directory = config_text(c, "archive", "directory");
	if (!directory) {
		log_event(LOG_WARN, "no_archive",
			K_STR("why", "[archive] directory is not set: history is not compared"));
		return true;
	}
	t->archive = archive_open(directory, NULL, why);
	if (t->archive)
		t->witnesses = witnesses_load(c, t->archive, why);
	if (t->witnesses)
		db_on_connect(witnesses_check_head, t->witnesses);
	return t->witnesses != NULL;
}

static bool find_cash_out(struct teller *t, const struct config *c, struct why *why)
{
	t->cash_out = config_text(c, "teller", "cash_out");
	return !t->cash_out || make_directory_durable(t->cash_out, 0700, why);
}

static void give_back(void *arg)
{
	struct teller *t = arg;
	for (size_t i = 0; i < t->banks_n; i++)
		bank_give_back(&t->banks[i], false);
}

static enum result ask_witnesses(struct work *w, void *arg, size_t *found)
{
	(void)found;
	return witnesses_check_head(w, arg);
}

/* Who was silent when the database was connected to is asked again. */
static void witness_start(struct teller *t)
{
	if (t->witnesses && t->witnesses->n)
		duty_poll(t->duty, &(struct poll_plan){
					   .name = "teller.witness",
					   .lane = duty_lane(t->duty, "witness"),
					   .run = ask_witnesses,
					   .arg = t->witnesses,
					   .idle_max_ms = WITNESS_MS,
				   });
}

static void start_tasks(struct teller *t)
{
	witness_start(t);
	t->give_back_timer = timer_new(t->duty->loop, give_back, t);
	journal_start(t);
	record_start(t);
	lease_start(t);
	takeover_start(t);
	pause_start(t);
	times_start(t);
	if (t->cash_out)
		cash_start(&t->cash);
	for (size_t i = 0; i < t->banks_n; i++) {
		claim_start(&t->banks[i]);
		ask_start(&t->banks[i]);
		inquiry_start(&t->banks[i]);
		fetch_start(&t->banks[i]);
	}
}

static bool start(struct duty_ctx *d, struct why *why)
{
	struct teller *t = calloc(1, sizeof *t);
	bug_if(!t);
	d->state = t;
	t->duty = d;
	t->lane_journal = duty_lane(d, "journal");
	t->lane_dispatch = duty_lane(d, "dispatch");
	t->lane_record = duty_lane(d, "record");
	t->records_max = (size_t)config_int(d->config, "teller", "record_threads");
	t->sender = (struct sender){.owner = d->owner, .lease_ms = config_ms(d->config, "teller", "lease")};
	draw_tag(t);
	count(t);
	if (!load_kek(t, d->config, why) || !load_evidence(t, d->config, why) ||
		!load_trust(t, d->config, why) || !find_journal(t, d->config, why) ||
		!open_archive(t, d->config, why) || !find_cash_out(t, d->config, why) ||
		!open_banks(t, d->config, why))
		return false;
	t->sender.ask_ms = ask_after_ms(t);
	start_tasks(t);
	return true;
}

static void took_over(struct duty_ctx *d)
{
	struct teller *t = d->state;
	t->has_number = true;
	poll_task_wake(t->takeover);
}

/* What was claimed is still sent, for half of the drain's time, unless the bank is in trouble. */
static void stop_claiming(struct duty_ctx *d)
{
	struct teller *t = d->state;
	for (size_t i = 0; i < t->banks_n; i++)
		bank_give_back(&t->banks[i], true);
	timer_set(t->give_back_timer, config_ms(d->config, "chitra", "drain_time") / 2);
}

static bool idle(const struct duty_ctx *d)
{
	const struct teller *t = d->state;
	if (t->parcels || t->untold || t->records_running || t->to_record[0].n || t->to_record[1].n)
		return false;
	for (size_t i = 0; i < t->banks_n; i++)
		if (!bank_is_idle(&t->banks[i]))
			return false;
	return true;
}

static void stop(struct duty_ctx *d)
{
	struct teller *t = d->state;
	for (size_t i = 0; i < t->banks_n; i++) {
		bank_close(&t->banks[i]);
		aside_free(&t->banks[i]);
	}
	aside_free(&t->cash);
	timer_free(t->give_back_timer);
	record_stop(t);
	lease_stop(t);
	pause_stop(t);
	db_on_connect(NULL, NULL);
	witnesses_free(t->witnesses);
	archive_close(t->archive);
	journal_close(t->journal);
	law7_free(t->law7);
	times_free(t);
	kek_set_free(&t->keks);
	free(t->banks);
	free(t);
}

const struct duty duty_teller = {
	.name = "teller",
	.db = DB_DUTY_TELLER,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.holds_keks = true,
	.start = start,
	.took_over = took_over,
	.stop_claiming = stop_claiming,
	.idle = idle,
	.stop = stop,
};
