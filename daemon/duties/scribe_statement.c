/* Statement pages and credits of the open day, out of the inbox into rows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/post.h"
#include "ledger/db/db.h"
#include "ledger/payout/message_store.h"
#include "ledger/payout/outcome.h"
#include "ledger/recon/statement_store.h"
#include "bankapi/signed.h"
#include "daemon/duties/scribe_digest.h"

#define ACTOR "duty:scribe"

/* The teller is fetching: so long after one page the next one may come, and so long may all of them keep others waiting. */
#define PATIENCE_US       INT64_C(300000)
#define PATIENCE_TOTAL_US INT64_C(20000000)
#define LOOK_NS           4000000L

/* ---- decoding --------------------------------------------------------------------------------------------------------- */

struct page {
	struct funding funding;
	struct day day;
	int32_t number;
	struct statement_page said;
};

static const struct booked_part *parts_of(struct arena *a, const struct statement_line *l)
{
	struct booked_part *parts = arena_array(a, l->parts_n + 1, struct booked_part);
	for (size_t i = 0; i < l->parts_n; i++)
		parts[i] = (struct booked_part){.id = l->parts[i].e2e,
			.amount = l->parts[i].amount,
			.account = l->parts[i].account.text};
	return parts;
}

static struct booked_line *booked(struct arena *a, const struct statement_line *at, size_t n)
{
	struct booked_line *lines = arena_array(a, n + 1, struct booked_line);
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct booked_line){
			.line = at[i].line,
			.debit = at[i].is_debit,
			.amount = at[i].amount,
			.value_date = at[i].value_date,
			.entry_ref = at[i].entry_ref,
			.id = at[i].e2e,
			.account = at[i].account.text,
			.kind_text = at[i].kind_text,
			.remittance = at[i].remittance,
			.returned_reason = at[i].returned_reason,
			.parts = parts_of(a, &at[i]),
			.parts_n = at[i].parts_n,
		};
	return lines;
}

/* REFUSED page_unclear: the bank's words make no page. */
static enum result read_page(struct work *w, struct digest *d, int64_t message, struct page *p)
{
	struct bytes body;
	enum result result = inbox_read(w, &d->inbox, message, &body);
	if (result != OK)
		return result;
	struct heard heard = heard_from_store(body);
	struct statement_request asked = {.account = p->funding.number, .date = p->day, .page = p->number};
	driver_named("chitra_json")->decode_statement_page(&asked, &heard, w->arena, &p->said);
	if (p->said.verdict.says == MESSAGE_ANSWERED)
		return OK;
	why_set(&w->why, "page_unclear", "page %" PRId32 ": %s", p->number, p->said.verdict.why.text);
	return REFUSED;
}

/* ---- how many pages there will be -------------------------------------------------------------------------------------- */

static const char *coming_name(struct arena *a, const struct page *p)
{
	char day[DAY_TEXT_SIZE];
	return arena_printf(a, "%s.%s", p->funding.code, day_format(p->day, day));
}

/* Reads the page once for each statement, not for each page. */
static enum result coming_of(
	struct work *w, struct digest *d, const struct inbox_message *m, struct page *p, struct coming **out)
{
	const char *name = coming_name(w->arena, p);
	for (size_t i = 0; i < DIGEST_COMING; i++) {
		if (strcmp(d->coming[i].name, name) == 0) {
			*out = &d->coming[i];
			return OK;
		}
	}
	enum result result = read_page(w, d, m->id, p);
	if (result != OK)
		return result;
	struct coming *slot = &d->coming[d->coming_next++ % DIGEST_COMING];
	*slot = (struct coming){.pages = p->said.pages};
	snprintf(slot->name, sizeof slot->name, "%s", name);
	*out = slot;
	return OK;
}

/* ---- the whole statement ------------------------------------------------------------------------------------------------ */

static const char *const *page_names(struct arena *a, const struct page *p, int32_t pages)
{
	const char **names = arena_array(a, (size_t)pages, const char *);
	for (int32_t i = 0; i < pages; i++)
		names[i] = statement_page_id(a, p->funding.code, p->day, i + 1);
	return names;
}

static struct statement_head head_of(const struct statement_page *p)
{
	return (struct statement_head){
		.pages = p->pages,
		.line_count = p->line_count,
		.sequence = p->sequence,
		.opening = p->opening,
		.closing = p->closing,
	};
}

/* Where the pages of a statement are. */
struct files {
	const char *bank;
	const char *const *names;
	struct inbox_file *at; /* id 0: not there yet */
	int32_t n;
	struct coming *coming;
	int64_t waited_us;
};

/* Waits for a page that is not there, as long as pages follow each other closely. */
static enum result await_page(struct work *w, struct files *f, int32_t i)
{
	static const struct timespec look = {.tv_nsec = LOOK_NS};
	int64_t began_us = monotonic_us(), waits_us = 0;
	for (; f->at[i].id == 0; waits_us = monotonic_us() - began_us) {
		if (waits_us > PATIENCE_US || f->waited_us + waits_us > PATIENCE_TOTAL_US) {
			f->coming->slow = true;
			why_set(&w->why, "pages_awaited", "page %" PRId32 " is not there yet", i + 1);
			return REFUSED;
		}
		nanosleep(&look, NULL);
		arena_reset(w->arena);
		enum result result = inbox_files(w, f->bank, &f->names[i], 1, &f->at[i]);
		if (result != OK)
			return result;
	}
	f->waited_us += waits_us;
	return OK;
}

/* Each page in an arena of its own: a statement may have a million lines. */
static enum result take_pages(struct work *w, struct digest *d, const struct page *p, struct files *f,
	struct statement_draft *draft)
{
	struct arena *whole = w->arena;
	CLEANUP(arena_drop) struct arena *one = arena_new();
	enum result result = OK;
	w->arena = one;
	for (int32_t i = 0; i < f->n && result == OK; i++) {
		struct page page = {.funding = p->funding, .day = p->day, .number = i + 1};
		result = await_page(w, f, i);
		arena_reset(one);
		if (result == OK)
			result = read_page(w, d, f->at[i].id, &page);
		if (result != OK)
			break;
		struct statement_head head = head_of(&page.said);
		result = statement_page(w, draft, &head, booked(one, page.said.lines, page.said.n),
			page.said.n, f->at[i].id, &f->at[i].sha256);
	}
	w->arena = whole;
	return result;
}

static void tell(struct digest *d, const struct statement_draft *draft, const struct statement_closed *c)
{
	bool good = c->complete && c->chained;
	metric_add(d->statements, 1);
	metric_add(d->lines, draft->sums.lines);
	log_event(good ? LOG_NOTICE : LOG_ERROR, "statement_stored", K_STR("account", draft->funding.code),
		K_DAY("day", draft->day), K_I64("lines", draft->sums.lines), K_BOOL("complete", c->complete),
		K_BOOL("chained", c->chained));
}

static enum result store_statement(struct work *w, struct digest *d, const struct page *p, struct files *f)
{
	struct statement_draft draft;
	struct statement_closed closed;
	struct entries entries = {0};
	enum result result = statement_begin(w, &p->funding, p->day, "fetched", &draft);
	if (result == OK)
		result = take_pages(w, d, p, f, &draft);
	if (result == OK)
		result = statement_close(w, &draft, ACTOR, &entries, &closed);
	if (result == OK)
		result = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	if (result == OK)
		tell(d, &draft, &closed);
	return result;
}

/* Takes the name apart; the account must be one of ours. */
static enum result page_of(struct work *w, const struct inbox_message *m, struct page *p)
{
	const char *code;
	*p = (struct page){0};
	if (!statement_page_parse(w->arena, m->external_id, &code, &p->day, &p->number)) {
		why_set(&w->why, "page_name", "it is not named as a page of a statement");
		return REFUSED;
	}
	return funding_find(w, code, &p->funding);
}

enum result digest_page(struct work *w, struct digest *d, const struct inbox_message *m)
{
	struct page p;
	struct coming *coming;
	bool taken = false;
	enum result result = page_of(w, m, &p);
	if (result == OK)
		result = statement_fetched(w, &p.funding, p.day, &taken);
	if (result != OK || taken)
		return result; /* an earlier page led to it */
	result = coming_of(w, d, m, &p, &coming);
	if (result != OK)
		return result;
	struct files f = {
		.bank = m->bank,
		.names = page_names(w->arena, &p, coming->pages),
		.at = arena_array(w->arena, (size_t)coming->pages, struct inbox_file),
		.n = coming->pages,
		.coming = coming,
	};
	result = inbox_files(w, f.bank, f.names, (size_t)f.n, f.at);
	bool early = p.number == 1 && !coming->slow;
	for (int32_t i = 0; i < f.n && result == OK && !early; i++)
		if (f.at[i].id == 0)
			return OK; /* the last page to come will find them all */
	return result == OK ? store_statement(w, d, &p, &f) : result;
}

/* ---- what nobody can read --------------------------------------------------------------------------------------------- */

enum result digest_break(struct work *w, const struct inbox_message *m, const char *note)
{
	struct page p;
	if (strcmp(m->kind, "statement") != 0)
		return OK;
	enum result result = page_of(w, m, &p);
	if (result != OK) {
		why_clear(&w->why);
		return result == REFUSED ? OK : result;
	}
	struct entries entries = {0};
	struct told_by by = {.actor = ACTOR, .effective = p.day};
	struct break_found found = {
		.kind = "chain_gap", .funding_id = p.funding.id, .funding = p.funding.code, .note = note};
	result = breaks_open(w, &by, &found, 1, &entries);
	return result == OK ? books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL) : result;
}

/* ---- credits of the open day --------------------------------------------------------------------------------------------- */

/* "<funding account code>.…" */
static enum result credits_funding(struct work *w, const struct inbox_message *m, struct funding *out)
{
	size_t n = strcspn(m->external_id, ".");
	return funding_find(w, arena_strndup(w->arena, m->external_id, n), out);
}

enum result digest_credits(struct work *w, struct digest *d, const struct inbox_message *m)
{
	struct funding f;
	struct bytes body;
	struct credits said;
	size_t n;
	enum result result = credits_funding(w, m, &f);
	if (result == OK)
		result = inbox_read(w, &d->inbox, m->id, &body);
	if (result != OK)
		return result;
	struct heard heard = heard_from_store(body);
	struct credits_request asked = {.account = f.number};
	driver_named("chitra_json")->decode_credits(&asked, &heard, w->arena, &said);
	if (said.verdict.says != MESSAGE_ANSWERED) {
		why_set(&w->why, "page_unclear", "credits: %s", said.verdict.why.text);
		return REFUSED;
	}
	struct entries entries = {0};
	result = intraday_apply(
		w, &f, booked(w->arena, said.lines, said.n), said.n, m->id, &m->sha256, ACTOR, &entries, &n);
	if (result == OK && n > 0) {
		log_event(LOG_NOTICE, "funding_came", K_STR("account", f.code), K_I64("credits", (int64_t)n));
		result = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	}
	return result;
}

/* ---- statements that wait for the one before them ------------------------------------------------------------------------ */

enum result digest_waiting_page(struct work *w, struct digest *d, struct inbox_message *out, bool *some)
{
	struct rows r;
	enum result result = db_run(w, Q_STATEMENT_WAITING, DB_ARGS(db_i64(d->waiting_skip)), &r);
	*some = result == OK && rows_n(&r) > 0;
	d->waiting_skip = *some ? d->waiting_skip + 1 : 0;
	if (!*some)
		return result;
	*out = (struct inbox_message){
		.id = row_i64(&r, 0, rows_col(&r, "id")),
		.bank = row_text(&r, 0, rows_col(&r, "bank")),
		.external_id = row_text(&r, 0, rows_col(&r, "external_id")),
		.direction = "file",
		.kind = "statement",
	};
	return OK;
}
