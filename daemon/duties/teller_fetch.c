/* teller_fetch.c: statements are picked up, day by day and page by page; credits of the open day while money is expected.
 *
 * A page is stored as it came; what it says is the scribe's. Here it is only asked how many pages there are. One question at a time per
 * account. Which day comes next follows from the statements that the scribe has made, or from what this process fetched. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"

#define IDLE_MS     1000
#define LOOK_BACK   10 /* days before today that an account without any statement is asked for */
#define WAIT_MIN_US INT64_C(1000000)
#define WAIT_MAX_US INT64_C(30000000)
#define CREDITS_US  INT64_C(3000000)

struct account_row {
	int64_t id;
	char code[33], number[35];
	bool has_last;
	struct day last, today;
	bool wants_credits;
};

struct account_fetch {
	struct bank *bank;
	struct account_row row; /* as last seen */
	struct day next;
	int32_t page;
	bool asking, asking_credits;
	int64_t wait_us, not_before_us, credits_not_before_us;
	char newest[BANK_REF_SIZE]; /* entry of the newest credit that was stored */
};

struct fetches {
	struct account_row *found; /* of the running task */
	size_t found_n;
	struct account_fetch *
		*at; /* by account; never freed while the process lives: questions point to them */
	size_t n;
};

/* ---- one page ------------------------------------------------------------------------------------------------------- */

enum page_end { PAGE_KEPT, PAGE_NOT_YET, PAGE_NO_STATEMENT };

struct page_question {
	struct account_fetch *of;
	struct statement_request body;
	struct day day;
	int32_t page, pages;
	enum page_end end;
};

static bool encode_page(struct question *q, struct buf *out, struct why *why)
{
	struct page_question *p = q->arg;
	p->body = (struct statement_request){.message_id = q->request.message_id,
		.account = p->of->row.number,
		.date = p->day,
		.page = p->page};
	return driver_named("chitra_json")->encode_statement(&p->body, out, why);
}

static enum result store_page(struct work *w, struct question *q)
{
	const struct page_question *p = q->arg;
	int64_t message;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = question_store(w, q, "file", "statement",
		statement_page_id(w->arena, p->of->row.code, p->day, p->page), &message);
	return r == OK ? tx_commit(w) : r;
}

static enum result keep_page(struct work *w, struct question *q, const struct heard *heard)
{
	struct page_question *p = q->arg;
	struct statement_page page = {0};
	driver_named("chitra_json")->decode_statement_page(&p->body, heard, w->arena, &page);
	if (page.verdict.says == MESSAGE_ANSWERED) {
		p->pages = page.pages;
		p->end = PAGE_KEPT;
		enum result r = store_page(w, q);
		if (r != REFUSED || !why_is(&w->why, "message_differs"))
			return r;
		/* Its message id is ours, so the same page never comes in the same bytes twice. */
		return OK;
	}
	if (page.verdict.says == MESSAGE_REFUSED && strcmp(page.verdict.refusal, "no_statement") == 0)
		p->end = PAGE_NO_STATEMENT;
	else if (page.verdict.says == MESSAGE_REFUSED && strcmp(page.verdict.refusal, "not_yet") == 0)
		p->end = PAGE_NOT_YET;
	else {
		log_event(LOG_WARN, "statement_unclear", K_STR("account", p->of->row.code),
			K_STR("refusal", page.verdict.refusal), K_WHY(&page.verdict.why));
		return RETRY;
	}
	return OK;
}

static void step(struct account_fetch *f);

static void wait(struct account_fetch *f)
{
	f->wait_us = f->wait_us ? 2 * f->wait_us : WAIT_MIN_US;
	if (f->wait_us > WAIT_MAX_US)
		f->wait_us = WAIT_MAX_US;
	f->not_before_us = monotonic_us() + f->wait_us;
}

static void page_done(struct question *q, enum result result)
{
	struct page_question p = *(const struct page_question *)q->arg;
	struct account_fetch *f = p.of;
	question_free(q);
	f->asking = false;
	if (result != OK || p.end == PAGE_NOT_YET) {
		wait(f);
		return;
	}
	f->wait_us = 0;
	if (p.end == PAGE_KEPT && p.page < p.pages) {
		f->page = p.page + 1;
	} else {
		if (p.end == PAGE_KEPT)
			log_event(LOG_NOTICE, "statement_fetched", K_STR("account", f->row.code),
				K_DAY("day", p.day), K_I64("pages", p.pages));
		f->page = 1;
		f->next = day_add(p.day, 1);
	}
	step(f);
}

static void ask_page(struct account_fetch *f)
{
	struct question *q = question_new(f->bank, CALL_STATEMENT);
	struct page_question *p = arena_zalloc(q->arena, sizeof *p);
	*p = (struct page_question){.of = f, .day = f->next, .page = f->page};
	q->arg = p;
	q->kind = 'S';
	q->encode = encode_page;
	q->keep = keep_page;
	q->done = page_done;
	f->asking = true;
	question_ask(q);
}

/* ---- credits -------------------------------------------------------------------------------------------------------- */

struct credits_question {
	struct account_fetch *of;
	struct credits_request body;
	char newest[BANK_REF_SIZE];
};

static bool encode_credits(struct question *q, struct buf *out, struct why *why)
{
	struct credits_question *c = q->arg;
	c->body = (struct credits_request){.message_id = q->request.message_id,
		.account = c->of->row.number,
		.since_us = instant_of_day_vn(c->of->row.today)};
	return driver_named("chitra_json")->encode_credits(&c->body, out, why);
}

/* Stored only when there is one that was not there before. */
static enum result keep_credits(struct work *w, struct question *q, const struct heard *heard)
{
	struct credits_question *c = q->arg;
	struct credits said = {0};
	driver_named("chitra_json")->decode_credits(&c->body, heard, w->arena, &said);
	if (said.verdict.says != MESSAGE_ANSWERED) {
		log_event(LOG_WARN, "credits_unclear", K_STR("account", c->of->row.code),
			K_STR("refusal", said.verdict.refusal), K_WHY(&said.verdict.why));
		return RETRY;
	}
	if (said.n == 0 || strcmp(said.lines[said.n - 1].entry_ref, c->newest) == 0)
		return OK;
	int64_t message;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = question_store(w, q, "file", "credits",
		arena_printf(w->arena, "%s.credits.%s", c->of->row.code, q->request.message_id), &message);
	if (r != OK)
		return r;
	snprintf(c->newest, sizeof c->newest, "%s", said.lines[said.n - 1].entry_ref);
	return tx_commit(w);
}

static void credits_done(struct question *q, enum result result)
{
	const struct credits_question *c = q->arg;
	struct account_fetch *f = c->of;
	f->asking_credits = false;
	f->credits_not_before_us = monotonic_us() + CREDITS_US;
	if (result == OK)
		memcpy(f->newest, c->newest, sizeof f->newest);
	question_free(q);
}

static void ask_credits(struct account_fetch *f)
{
	struct question *q = question_new(f->bank, CALL_CREDITS);
	struct credits_question *c = arena_zalloc(q->arena, sizeof *c);
	c->of = f;
	memcpy(c->newest, f->newest, sizeof c->newest);
	q->arg = c;
	q->kind = 'C';
	q->encode = encode_credits;
	q->keep = keep_credits;
	q->done = credits_done;
	f->asking_credits = true;
	question_ask(q);
}

/* ---- what comes next ------------------------------------------------------------------------------------------------ */

static void step(struct account_fetch *f)
{
	int64_t now_us = monotonic_us();
	if (duty_is_draining(f->bank->teller->duty))
		return;
	if (!f->asking && day_cmp(f->next, f->row.today) < 0 && now_us >= f->not_before_us)
		ask_page(f);
	if (!f->asking_credits && f->row.wants_credits && now_us >= f->credits_not_before_us)
		ask_credits(f);
}

static struct account_fetch *fetch_of(struct bank *b, const struct account_row *row)
{
	struct fetches *all = b->fetches;
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i]->row.id == row->id)
			return all->at[i];
	all->at = realloc(all->at, (all->n + 1) * sizeof *all->at);
	bug_if(!all->at);
	struct account_fetch *f = calloc(1, sizeof *f);
	bug_if(!f);
	all->at[all->n++] = f;
	*f = (struct account_fetch){.bank = b, .page = 1};
	f->next = day_add(row->today, -LOOK_BACK);
	return f;
}

static void see(struct bank *b, const struct account_row *row)
{
	struct account_fetch *f = fetch_of(b, row);
	if (day_cmp(f->row.today, row->today) != 0)
		f->wait_us = f->not_before_us = 0;
	if (f->asking || f->asking_credits) { /* its question points at the row */
		f->row.wants_credits = row->wants_credits;
		return;
	}
	f->row = *row;
	if (row->has_last && day_cmp(f->next, row->last) <= 0) {
		f->next = day_add(row->last, 1);
		f->page = 1;
	}
	step(f);
}

static enum result run(struct work *w, void *arg, size_t *found)
{
	(void)found;
	struct bank *b = arg;
	struct rows r;
	enum result result = db_run(w, Q_FETCH_ACCOUNTS, DB_ARGS(db_text(b->code)), &r);
	if (result != OK)
		return result;
	struct account_row *at = arena_array(w->arena, rows_n(&r), struct account_row);
	int last = rows_col(&r, "last_day");
	for (size_t i = 0; i < rows_n(&r); i++) {
		at[i].id = row_i64(&r, i, rows_col(&r, "id"));
		snprintf(at[i].code, sizeof at[i].code, "%s", row_text(&r, i, rows_col(&r, "code")));
		snprintf(at[i].number, sizeof at[i].number, "%s", row_text(&r, i, rows_col(&r, "number")));
		at[i].has_last = !row_null(&r, i, last);
		if (at[i].has_last)
			at[i].last = row_day(&r, i, last);
		at[i].today = row_day(&r, i, rows_col(&r, "today"));
		at[i].wants_credits = row_bool(&r, i, rows_col(&r, "wants_credits"));
	}
	b->fetches->found = at;
	b->fetches->found_n = rows_n(&r);
	return OK;
}

static void after(void *arg, enum result result, size_t found)
{
	(void)found;
	struct bank *b = arg;
	for (size_t i = 0; result == OK && i < b->fetches->found_n; i++)
		see(b, &b->fetches->found[i]);
	b->fetches->found_n = 0;
}

void fetch_start(struct bank *b)
{
	b->fetches = calloc(1, sizeof *b->fetches);
	bug_if(!b->fetches);
	b->fetch = duty_poll(b->teller->duty, &(struct poll_plan){
						      .name = "fetch",
						      .lane = b->teller->lane_dispatch,
						      .run = run,
						      .after = after,
						      .arg = b,
						      .woken_by = WAKE_TELLER_TASK,
						      .idle_max_ms = IDLE_MS,
					      });
}

void fetch_stop(struct bank *b)
{
	if (!b->fetches)
		return;
	for (size_t i = 0; i < b->fetches->n; i++)
		free(b->fetches->at[i]);
	free(b->fetches->at);
	free(b->fetches);
}
