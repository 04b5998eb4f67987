/* teller_inquiry.c: whose account is it? Questions of the register, 500 in a message, one message at a time per bank. */
#include "daemon/duties/teller.h"

#include <string.h>

#include "ledger/base/log.h"
#include "ledger/db/db.h"

#define QUESTIONS  500
#define IDLE_MS    500
#define TROUBLE_MS 2000

struct inquiry {
	struct account_inquiry body;
	struct account_question *questions;
	int64_t *ids;
	size_t n;
};

/* REFUSED: the account cannot be read. RETRY: not by us, now (kek_missing). */
static enum result fill(struct work *w, const struct kek_set *keks, const struct rows *r, size_t i,
	struct account_question *q)
{
	struct key32 key;
	int64_t person = row_i64(r, i, rows_col(r, "person"));
	const char *bank = row_text(r, i, rows_col(r, "bank"));
	if (strlen(bank) >= sizeof q->bank)
		return REFUSED;
	enum result result = data_key_open(w, keks, person, row_bytes(r, i, rows_col(r, "wrapped")), &key);
	if (result != OK)
		return result;
	snprintf(q->bank, sizeof q->bank, "%s", bank);
	result = account_number_open(&key, person, row_bytes(r, i, rows_col(r, "sealed")), &q->account);
	int id = rows_col(r, "id_sealed");
	q->asks_person = result == OK && !row_null(r, i, id) &&
			 id_open(&key, person, row_bytes(r, i, id), &q->person) == OK;
	secret_wipe(&key, sizeof key);
	return result;
}

static bool encode(struct question *q, struct buf *out, struct why *why)
{
	struct inquiry *in = q->arg;
	in->body = (struct account_inquiry){
		.message_id = q->request.message_id, .questions = in->questions, .n = in->n};
	return driver_named("chitra_json")->encode_account_inquiry(&in->body, out, why);
}

static const char *status_name(enum account_status s)
{
	switch (s) {
	case ACCOUNT_STATUS_UNCLEAR: return "unclear";
	case ACCOUNT_STATUS_OPEN: return "open";
	case ACCOUNT_STATUS_DORMANT: return "dormant";
	case ACCOUNT_STATUS_CLOSED: return "closed";
	case ACCOUNT_STATUS_BLOCKED: return "blocked";
	case ACCOUNT_STATUS_NOT_FOUND: return "not_found";
	}
	bug("there is no account status %d", (int)s);
}

static enum result store_answers(
	struct work *w, const struct inquiry *in, const struct inquiry_reply *reply, int64_t message)
{
	size_t n = in->n;
	const char **statuses = arena_array(w->arena, n, const char *);
	const char **holders = arena_array(w->arena, n, const char *);
	bool *matches = arena_array(w->arena, n, bool), *unknown = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++) {
		statuses[i] = status_name(reply->at[i].status);
		holders[i] = reply->at[i].holder;
		matches[i] = reply->at[i].person == PERSON_MATCHES;
		unknown[i] = reply->at[i].person == PERSON_UNKNOWN;
	}
	return db_run(w, Q_INQUIRY_ANSWER,
		DB_ARGS(db_i64s(in->ids, n), db_texts(statuses, n), db_texts(holders, n),
			db_with_nulls(db_bools(matches, n), unknown), db_i64(message)),
		NULL);
}

/* A message that was not answered item by item is asked again; what is unclear in an answered one is the answer. */
static enum result keep(struct work *w, struct question *q, const struct heard *heard)
{
	const struct inquiry *in = q->arg;
	struct inquiry_reply reply = {0};
	driver_named("chitra_json")->decode_inquiry_reply(&in->body, heard, w->arena, &reply);
	if (reply.verdict.says != MESSAGE_ANSWERED || reply.foreign_items) {
		log_event(LOG_WARN, "inquiry_unclear", K_STR("bank", q->request.bank->code),
			K_STR("message", q->request.message_id), K_STR("refusal", reply.verdict.refusal),
			K_WHY(&reply.verdict.why));
		return RETRY;
	}
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	int64_t message = 0;
	r = question_store(
		w, q, "reply", "inquiry", arena_printf(w->arena, "re-%s", q->request.message_id), &message);
	if (r != OK)
		return r;
	r = store_answers(w, in, &reply, message);
	return r == OK ? tx_commit(w) : r;
}

/* ---- what cannot be asked ------------------------------------------------------------------------------------------- */

static bool encodes(const struct account_question *question)
{
	CLEANUP(buf_free) struct buf scratch = BUF((size_t)1 << 16);
	const struct account_inquiry one = {.message_id = "A-0-0", .questions = question, .n = 1};
	struct why why = {0};
	return driver_named("chitra_json")->encode_account_inquiry(&one, &scratch, &why);
}

/* Its account cannot be read, or said to the bank: an unclear answer puts it before a person, and the others are asked. */
static enum result answer_unclear(struct work *w, const int64_t *ids, size_t n)
{
	const char **statuses = arena_array(w->arena, n, const char *);
	bool *no = arena_array(w->arena, n, bool), *yes = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++) {
		log_event(LOG_ERROR, "account_not_asked", K_I64("inquiry", ids[i]));
		statuses[i] = "unclear";
		yes[i] = true;
	}
	if (n == 0)
		return OK;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = db_run(w, Q_INQUIRY_ANSWER,
			DB_ARGS(db_i64s(ids, n), db_texts(statuses, n),
				db_with_nulls(db_texts(statuses, n), yes),
				db_with_nulls(db_bools(no, n), yes), db_null()),
			NULL);
	return r == OK ? tx_commit(w) : r;
}

/* ---- the task ------------------------------------------------------------------------------------------------------- */

static enum result move_mark(struct work *w, struct bank *b)
{
	struct rows r;
	enum result result = db_run(w, Q_INQUIRY_MARK, DB_NO_ARGS, &r);
	if (result != OK || row_i64(&r, 0, rows_col(&r, "oldest")) < b->inquiry_next)
		return result;
	b->inquiry_after = b->inquiry_seen;
	b->inquiry_seen = row_i64(&r, 0, rows_col(&r, "upto"));
	b->inquiry_next = row_i64(&r, 0, rows_col(&r, "next"));
	return OK;
}

static enum result run(struct work *w, void *arg, size_t *found)
{
	struct bank *b = arg;
	struct rows r;
	b->inquired = NULL;
	enum result result = db_run(w, Q_INQUIRY_NEXT,
		DB_ARGS(db_text(b->code), db_i64(b->inquiry_after), db_i64(QUESTIONS)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0)
		return move_mark(w, b);
	struct question *q = question_new(b, CALL_ACCOUNT_INQUIRY);
	struct inquiry *in = arena_zalloc(q->arena, sizeof *in);
	in->questions = arena_array(q->arena, rows_n(&r), struct account_question);
	in->ids = arena_array(q->arena, rows_n(&r), int64_t);
	int64_t *never = arena_array(w->arena, rows_n(&r), int64_t);
	size_t never_n = 0;
	bool waiting = false;
	for (size_t i = 0; i < rows_n(&r); i++) {
		int64_t id = row_i64(&r, i, rows_col(&r, "id"));
		enum result filled = fill(w, &b->teller->keks, &r, i, &in->questions[in->n]);
		if (filled == RETRY)
			waiting = true;
		else if (filled == OK && encodes(&in->questions[in->n]))
			in->ids[in->n++] = id;
		else
			never[never_n++] = id;
	}
	result = answer_unclear(w, never, never_n);
	if (result == OK && in->n == 0 && never_n == 0 && waiting)
		result = RETRY; /* for the key; w->why says which */
	if (result != OK || in->n == 0) {
		question_free(q);
		*found = result == OK ? never_n : 0;
		return result;
	}
	q->arg = in;
	q->kind = 'A';
	q->encode = encode;
	q->keep = keep;
	q->request.reply_items = in->n;
	b->inquired = q;
	*found = in->n;
	return OK;
}

static void resume(void *arg)
{
	struct bank *b = arg;
	poll_task_resume(b->inquiry);
}

static void answered(struct question *q, enum result result)
{
	struct bank *b = q->request.bank;
	question_free(q);
	if (result == OK)
		poll_task_resume(b->inquiry);
	else
		timer_set(b->inquiry_timer, TROUBLE_MS);
}

static void after(void *arg, enum result result, size_t found)
{
	(void)result;
	(void)found;
	struct bank *b = arg;
	struct question *q = b->inquired;
	b->inquired = NULL;
	if (!q)
		return;
	poll_task_pause(b->inquiry);
	q->done = answered;
	question_ask(q);
}

void inquiry_start(struct bank *b)
{
	b->inquiry_timer = timer_new(b->teller->duty->loop, resume, b);
	b->inquiry = duty_poll(b->teller->duty, &(struct poll_plan){
							.name = "inquiry",
							.lane = b->teller->lane_dispatch,
							.run = run,
							.after = after,
							.arg = b,
							.full = 1,
							.woken_by = WAKE_TELLER_TASK,
							.idle_max_ms = IDLE_MS,
						});
}
