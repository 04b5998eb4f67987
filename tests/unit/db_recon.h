/* db_recon.h: a payroll that was sent, and a bank whose statements say what a test wants. What the db_recon*.c tests share. */
#pragma once

#include <sys/wait.h>

#include "ledger/recon/absence_store.h"
#include "ledger/recon/reconcile_store.h"
#include "ledger/recon/settle_store.h"
#include "ledger/recon/statement_store.h"
#include "tests/lib/payroll_fixture.h"
#include "tests/unit/db_books.h"

#define FIRST_DAY 19816 /* 2024-04-03 */

struct payee_row {
	int64_t payout, owed;
	char id[E2E_ID_SIZE], account[13];
};

static struct db *db;
static struct payee_row *payees; /* from 1 */
static char keys_dir[32];

/* people payouts, all sent; the treasury's money is booked and the statement's line KB-FIXTURE will be it. */
static inline void recon_scene_begin(const char *name, int64_t people, struct payroll *p)
{
	scene_begin(name);
	snprintf(keys_dir, sizeof keys_dir, "/tmp/chitra-recon-XXXXXX");
	db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	w.deadline_us = work_deadline_in_ms(120000);
	size_t applied;
	int64_t loaded;
	bool made;
	const char *share = migrate_share(&w, "sql");
	if (!share || !went(&w, migrate_roles(&w, share)) ||
		!went(&w, migrate_apply(&w, share, NULL, &applied)) ||
		!went(&w, migrate_instance(&w, true, "2024-04-03 08:00", &made)) ||
		!went(&w, migrate_reference(&w, share, &loaded)) || !mkdtemp(keys_dir))
		exit(1);
	p->dir = keys_dir;
	p->people = people;
	payroll_setup(&w, p);
	payroll_pay(&w, p);
	struct told_by by = told_by_scribe();
	struct entry sent = entry_dispatch_sent(w.arena, &by,
		&(struct dispatch_sent){.dispatch = 1,
			.channel = "demo-channel",
			.funding_account = "demo-funding",
			.count = people,
			.sum = vnd(p->sum),
			.n_parts = 1,
			.parts = &(struct dispatch_part){"so-ldtbxh", "merit", vnd(p->sum)}});
	if (!went(&w, tx_begin(&w)) || !went(&w, books_post(&w, &sent, 1, FLOORS_RECORD, NULL)) ||
		!went(&w, tx_commit(&w)))
		exit(1);
	arena_free(w.arena);
	scene("select count(*) from (select array_agg(payout) as ids from payout.payout_state) s, payout.move(s.ids, "
	      "array_fill(1::smallint, array[cardinality(s.ids)]), array_fill(3::smallint, array[cardinality(s.ids)]), 1::smallint, "
	      "array_fill(null::bigint, array[cardinality(s.ids)]), array_fill(null::integer, array[cardinality(s.ids)]), null)");
	scene("set session_replication_role = replica");
	scene("insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) "
	      "select id, 'treasury', 'QD-FIXTURE', %lld, 1 from org.funding_account",
		(long long)p->sum);
	scene("insert into bank.intraday_credit (funding_account, entry_ref, amount_dong, value_date, funding_order, message, item) "
	      "select funding_account, 'KB-FIXTURE', amount_dong, '2024-04-03', id, 0, 0 from org.funding_order");
	scene("reset session_replication_role");
	scene("insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) "
	      "select 'demo', 'file', 'statement', 'page-' || n, sha256('x'), 'x', true from generate_series(1, 20) n");
	payees = calloc((size_t)people + 1, sizeof *payees);
	for (int64_t i = 1; i <= people; i++) {
		struct payee_row *r = &payees[i];
		const char *row = scene(
			"select p.id || ' ' || p.amount_dong || ' ' || p.end_to_end_id from payout.payout p "
			"join payout.claim c on c.id = p.claim where c.person = %lld",
			(long long)i);
		if (sscanf(row, "%lld %lld %19s", (long long *)&r->payout, (long long *)&r->owed, r->id) != 3)
			exit(1);
		payroll_account(p, i, r->account);
	}
}

static inline void recon_scene_end(void)
{
	free(payees);
	db_close(db);
	pid_t remover = fork();
	if (remover == 0) {
		execlp("rm", "rm", "-r", keys_dir, (char *)NULL);
		_exit(127);
	}
	waitpid(remover, NULL, 0);
	scene_end();
	setenv("PGDATABASE", "postgres", 1);
}

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

#define LINES_MAX 200

struct sheet {
	struct booked_line at[LINES_MAX];
	size_t n;
	int64_t opening, closing;
	struct day day;
	int64_t sequence;
};

static inline struct booked_line *sheet_add(struct sheet *s, bool debit, int64_t dong)
{
	struct booked_line *l = &s->at[s->n++];
	static char refs[LINES_MAX * 8][32];
	static size_t ref;
	char *name = refs[ref++ % (LINES_MAX * 8)];
	snprintf(name, sizeof refs[0], "E-%d-%zu", s->day.n, s->n);
	*l = (struct booked_line){.line = (int64_t)s->n,
		.debit = debit,
		.amount = vnd(dong),
		.value_date = s->day,
		.entry_ref = name};
	s->closing += debit ? -dong : dong;
	return l;
}

static inline struct booked_line *sheet_pays(struct sheet *s, int64_t i)
{
	struct booked_line *l = sheet_add(s, true, payees[i].owed);
	l->id = payees[i].id;
	l->account = payees[i].account;
	return l;
}

static inline struct sheet sheet_of(int64_t day, int64_t sequence, int64_t opening)
{
	return (struct sheet){
		.day = {(int32_t)day}, .sequence = sequence, .opening = opening, .closing = opening};
}

/* Stores it as one page; what statement_close said, or the refusal in *why. */
static inline enum result sheet_store(struct sheet *s, struct statement_closed *closed, struct why *why)
{
	struct work w = work_on(db);
	struct funding f;
	struct statement_draft draft;
	struct entries entries = {0};
	struct hash page = {{(uint8_t)s->sequence}};
	struct statement_head head = {.pages = 1,
		.line_count = (int64_t)s->n,
		.sequence = s->sequence,
		.opening = vnd(s->opening),
		.closing = vnd(s->closing)};
	enum result r = tx_begin(&w);
	if (r == OK)
		r = funding_find(&w, "demo-funding", &f);
	if (r == OK)
		r = statement_begin(&w, &f, s->day, "fetched", &draft);
	if (r == OK)
		r = statement_page(&w, &draft, &head, s->at, s->n, s->sequence, &page);
	if (r == OK)
		r = statement_close(&w, &draft, "duty:scribe", &entries, closed);
	if (r == OK)
		r = books_post(&w, entries.at, entries.n, FLOORS_RECORD, NULL);
	if (r == OK)
		r = tx_commit(&w);
	tx_rollback(&w);
	if (why)
		*why = w.why;
	else if (r != OK)
		note("%s: %s", w.why.code, w.why.text);
	arena_free(w.arena);
	return r;
}

static inline struct settle_counts settle_all(size_t portion)
{
	struct settle_counts all = {0}, c;
	for (int settler = 0, idle = 0; idle < SETTLERS; settler = (settler + 1) % SETTLERS) {
		struct work w = work_on(db);
		if (!went(&w, settle_some(&w, settler, portion, "duty:scribe", &c)))
			exit(1);
		arena_free(w.arena);
		all.lines += c.lines;
		all.matched += c.matched;
		all.suspense += c.suspense;
		all.funding += c.funding;
		all.fees += c.fees;
		all.agent += c.agent;
		all.done.settled += c.done.settled;
		all.done.returned += c.done.returned;
		all.done.breaks += c.done.breaks;
		idle = c.seen ? 0 : idle + 1;
	}
	return all;
}

static inline struct absence_counts absence_all(void)
{
	struct absence_counts all = {0}, c;
	struct absence_at at = {0};
	do {
		struct work w = work_on(db);
		if (!went(&w, absence_some(&w, &at, 3, "duty:scribe", &c)))
			exit(1);
		arena_free(w.arena);
		all.statements += c.statements;
		all.absent += c.absent;
		all.lost += c.lost;
		all.overdue += c.overdue;
		all.done.not_paid += c.done.not_paid;
		all.done.breaks += c.done.breaks;
	} while (c.statements + c.payouts > 0);
	return all;
}

static inline enum reconciled reconciled_on(int64_t day, struct reconciliation *out)
{
	static struct arena *kept;
	struct work w = work_on(db);
	arena_free(kept);
	kept = w.arena;
	if (!went(&w, tx_begin(&w)) ||
		!went(&w, reconcile(&w, "demo-funding", (struct day){(int32_t)day}, out)) ||
		!went(&w, tx_commit(&w)))
		exit(1);
	return out->result;
}

static inline const char *state_of(int64_t i)
{
	return scene(
		"select t.name from payout.payout_state s join payout.state t on t.code = s.state where s.payout = %lld",
		(long long)payees[i].payout);
}
