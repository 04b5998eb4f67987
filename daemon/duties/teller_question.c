/* teller_question.c: one question to a bank that is no payment: account inquiry, statement page, credits of the day.
 *
 *	question_ask → made (lane dispatch) → leaves, ends (loop) → kept (lane record) → done (loop) */
#include "daemon/duties/teller.h"

#include <stdlib.h>

#include "ledger/base/log.h"

#define BODY_MAX ((size_t)1 << 20)

static void ended(struct request *r);

struct question *question_new(struct bank *b, enum call call)
{
	struct arena *a = arena_new();
	struct question *q = arena_zalloc(a, sizeof *q);
	q->arena = a;
	q->request = (struct request){.call = call,
		.bank = b,
		.reply_items = 1,
		.leave_by_us = INT64_MAX,
		.body = BUF(BODY_MAX),
		.ended = ended};
	return q;
}

void question_free(struct question *q)
{
	request_free(&q->request);
	arena_free(q->arena);
}

/* ---- making it ------------------------------------------------------------------------------------------------------ */

static enum result make_run(struct work *w, void *arg)
{
	struct question *q = arg;
	message_id_new(q->request.bank->teller, q->kind, q->request.message_id);
	if (!q->encode(q, &q->request.body, &w->why))
		return REFUSED;
	request_sign(&q->request);
	return OK;
}

static void made(struct job *job, enum result result)
{
	struct question *q = job->arg;
	if (result != OK) {
		log_event(LOG_ERROR, "question_not_made", K_STR("bank", q->request.bank->code),
			K_WHY(&job->why));
		q->done(q, result);
		return;
	}
	bank_enqueue(q->request.bank, &q->request);
	bank_pump(q->request.bank);
}

void question_ask(struct question *q)
{
	q->job = (struct job){.name = "question.make", .run = make_run, .done = made, .arg = q};
	if (!lane_submit(q->request.bank->teller->lane_dispatch, &q->job))
		q->done(q, RETRY);
}

/* ---- hearing the answer --------------------------------------------------------------------------------------------- */

static enum result keep_run(struct work *w, void *arg)
{
	struct question *q = arg;
	const struct request *r = &q->request;
	struct heard heard;
	const struct webhook_headers headers = {r->raw.id, r->raw.timestamp, r->raw.signature};
	if (!heard_reply(r->message_id, r->raw.status, &headers, r->raw.body, &r->bank->known, r->raw.at_s,
		    &heard, &w->why)) {
		log_event(LOG_WARN, "reply_not_authentic", K_STR("bank", r->bank->code),
			K_STR("message", r->message_id), K_I64("status", r->raw.status), K_WHY(&w->why));
		return RETRY;
	}
	return q->keep(w, q, &heard);
}

static void kept(struct job *job, enum result result)
{
	struct question *q = job->arg;
	if (result == REFUSED)
		log_event(LOG_ERROR, "answer_not_kept", K_STR("bank", q->request.bank->code),
			K_STR("message", q->request.message_id), K_WHY(&job->why));
	q->done(q, result);
}

static void ended(struct request *r)
{
	struct question *q = (struct question *)r; /* its first member */
	struct teller *t = r->bank->teller;
	if (r->raw.transport != HTTP_REPLIED || !t->writer_known) {
		q->done(q, RETRY);
		return;
	}
	q->writer = t->writer;
	q->job = (struct job){.name = "question.keep", .run = keep_run, .done = kept, .arg = q};
	q->job.wakes = r->call == CALL_STATEMENT || r->call == CALL_CREDITS
			       ? WAKE_SCRIBE_MESSAGE | WAKE_SCRIBE_STATEMENT
			       : 0;
	if (!lane_submit(t->lane_record, &q->job))
		q->done(q, RETRY);
}
_Static_assert(offsetof(struct question, request) == 0, "a request is found in its question");

enum result question_store(struct work *w, struct question *q, const char *direction, const char *kind,
	const char *external_id, int64_t *message)
{
	struct bank_message m = {
		.bank = q->request.bank->code,
		.direction = direction,
		.kind = kind,
		.external_id = external_id,
		.body = q->request.raw.body,
		.authentic = true,
	};
	enum result r = messages_store(w, &q->writer, &m, 1);
	if (r == OK)
		*message = m.id;
	return r;
}
