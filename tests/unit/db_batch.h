/* db_batch.h: officers, people and their claims, and what officers do with batches, for the tests of batches. */
#pragma once

#include <inttypes.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/db/copy.h"
#include "ledger/payout/make_store.h"
#include "ledger/payout/manifest.h"
#include "ledger/payout/release_store.h"
#include "ledger/payout/verify.h"
#include "tests/unit/db_books.h"

#define PERIOD ((struct month){2024, 4})
#define NEXT   ((struct month){2024, 5})
#define WARD   "22915"

static struct db *db;
static struct key32 id_key;
static const struct batch_keys batch_keys = {.id_key = &id_key};
static struct trust trust;
static struct sign_key *admins[2];
static char archive[64];

enum { LAN, MINH, HOA, BINH, OFFICERS };
static const char *const logins[OFFICERS] = {"lan", "minh", "hoa", "binh"};
static struct sign_key *keys[OFFICERS];

static inline struct sign_key *key_of(uint8_t n)
{
	struct key32 seed;
	memset(seed.b, n, sizeof seed.b);
	return sign_from_seed(&seed);
}

/* ---- the scene ---------------------------------------------------------------------------------------------------------- */

static inline void make_officer(struct work *w, int who)
{
	static const struct mandate all[] = {{"maker", "*", "*", {1000000000000}},
		{"checker", "*", "*", {1000000000000}}, {"approver", "*", "*", {1000000000000}},
		{"release", "*", "*", {1000000000000}}};
	struct buf text = BUF(CERTIFICATE_MAX), sigs = BUF(CERTIFICATE_MAX);
	bool added;
	keys[who] = key_of((uint8_t)(10 + who));
	struct certificate c = {.officer = logins[who],
		.name = logins[who],
		.key = sign_public(keys[who]),
		.n = COUNT_OF(all),
		.mandates = all,
		.not_before_us = wall_us() - 60000000,
		.not_after_us = wall_us() + 86400000000,
		.serial = 1};
	certificate_text(&c, &text);
	for (size_t i = 0; i < 2; i++)
		admin_sign(admins[i], buf_bytes(&text), &sigs);
	struct certified row = {.login = logins[who],
		.sha256 = sha256(buf_bytes(&text)),
		.text = buf_bytes(&text),
		.signatures = buf_bytes(&sigs),
		.key = c.key,
		.not_before_us = c.not_before_us,
		.not_after_us = c.not_after_us,
		.n = c.n,
		.mandates = c.mandates};
	if (!went(w, officer_add(w, logins[who], logins[who], &added)) || !went(w, officer_certify(w, &row)))
		exit(1);
	scene("insert into auth.session (token_hash, officer, expires_at) select sha256('%s'), id, now() + interval '1 hour' "
	      "from auth.officer where login = '%s'",
		logins[who], logins[who]);
	buf_free(&text);
	buf_free(&sigs);
}

static inline void make_scene(struct work *w)
{
	scene("insert into ops.instance (sandbox) values (true)");
	scene("insert into payout.state select * from (values %s) x",
		"(1::smallint, 'ready', 0::smallint, false, false, false), "
		"(2, 'held', 0, false, false, false), (3, 'sent', 1, false, true, false), (4, 'unknown', 2, false, true, false), "
		"(5, 'accepted', 2, false, true, false), (6, 'credited', 3, false, true, false), (7, 'settled', 4, true, false, false), "
		"(8, 'rejected', 4, true, false, true), (9, 'not_paid', 4, true, false, true), (10, 'returned', 5, true, false, true), "
		"(11, 'cancelled', 4, true, false, true)");
	scene("insert into payout.cause values (1, 'dispatch', 'teller', '3', ''), (2, 'reply', 'teller', '4 5 6 8', ''), "
	      "(5, 'statement', 'scribe', '7 10', ''), (9, 'officer', 'desk', '1 2 11', '')");
	scene("insert into payout.legal_move values (1, 3, ''), (3, 8, ''), (3, 7, ''), (7, 10, ''), (1, 2, ''), (2, 1, ''), "
	      "(1, 11, ''), (2, 11, '')");
	scene("insert into org.agency (code, name_vi) values ('labour', 'x')");
	scene("insert into org.funding_account (code, agency, bank, number) select 'merit-demo', id, 'DEMO', '0071000123456' "
	      "from org.agency");
	scene("insert into org.programme_agency select 'merit', agency, id from org.funding_account");
	scene("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	      "posting_lag_days, items_per_message, valid_hours) select 'demo-merit', 'bank', id, 'DEMO', 'chitra_json', true, 7, true, "
	      "1, 500, 24 from org.funding_account");
	for (int i = 0; i < OFFICERS; i++)
		make_officer(w, i);
}

/* n people with a claim of 1,000,000 dong and an account that passes; `from` is the first one's number. */
static inline void people(int from, int n, const char *ward)
{
	scene("insert into register.person (anchor, name, name_fold, birth_year, sex) select decode(md5('p' || i), 'hex'), 'p' || i, "
	      "'p', 1950, 'M' from generate_series(%d, %d) as i",
		from, from + n - 1);
	scene("insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from) "
	      "select p.id, 'merit', '2024-04-01', 'regular', 1000000, a.id, '2024-04-01', '%s', '2023-04-01' from register.person p, "
	      "org.agency a where not exists (select from payout.claim c where c.person = p.id)",
		ward);
	scene("with a as (insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, "
	      "source) select id, 'self', 'DEMO', decode(md5(id || 'b'), 'hex'), '\\x00', decode(md5(id || 's'), 'hex'), "
	      "sha256(id::text::bytea), name, 'p', 'list' from register.person p where not exists (select from register.payee_account x "
	      "where x.person = p.id) returning id) insert into register.account_check (account, source, status, grade, id_linked, "
	      "passes) select id, 'bank_inquiry', 'open', 'exact', true, true from a");
}

/* ---- acting --------------------------------------------------------------------------------------------------------------- */

static struct officer me;

static inline enum result enter(struct work *w, int who)
{
	struct hash token = sha256(bytes_z(logins[who]));
	enum result r = tx_begin(w);
	return r == OK ? officer_enter(w, &token, &me) : r;
}

static inline struct batch_made make(struct work *w, int who, struct month period, const char *ward)
{
	struct batch_made made = {0};
	struct batch_areas areas;
	struct batch_wish wish = {.programme = "merit",
		.period = period,
		.areas = &ward,
		.n_areas = ward != NULL,
		.keys = batch_keys};
	enum result r = enter(w, who);
	if (r == OK)
		r = batch_areas(w, &wish, &areas);
	if (r == OK)
		r = batch_make(w, &wish, areas.at, areas.n, &made);
	if (!went(w, r == OK ? tx_commit(w) : r))
		exit(1);
	return made;
}

static inline enum result submit(struct work *w, int who, int64_t batch)
{
	struct batches b;
	enum result r = enter(w, who);
	if (r == OK)
		r = batch_submit(w, me.id, &batch, 1, &b);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static inline enum result record(struct work *w, int who, enum approval_role role, const struct draft *draft,
	struct entries *entries, struct approved *done)
{
	struct certificates c;
	enum result r = officer_certificates(w, logins[who], &c);
	if (r != OK)
		return r;
	struct signed_draft s = {.draft = draft,
		.text = approve_text(w->arena, draft, logins[who], role, &c.at[0].sha256, wall_us(), 30),
		.certificate = &c.at[0]};
	s.signature = sign_detached(keys[who], s.text);
	return approve_record(w, &me, &trust, &s, entries, done);
}

static inline enum result approve(
	struct work *w, int who, enum approval_role role, const int64_t *ids, size_t n)
{
	struct drafts d;
	struct entries entries = {0};
	struct approved done = {0};
	enum result r = enter(w, who);
	if (r == OK)
		r = approve_prepare(w, role, ids, n, &d);
	if (r == OK)
		r = record(w, who, role, &d.at[0], &entries, &done);
	if (r == OK)
		r = books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static bool planned; /* what release says */

static inline enum result release(struct work *w, int who, const int64_t *ids, size_t n, struct released *out)
{
	struct entries entries = {0};
	struct release_wish wish = {
		.me = &me, .planned = planned, .trust = &trust, .archive = archive, .ids = ids, .n = n};
	enum result r = enter(w, who);
	if (r == OK)
		r = release_batches(w, &wish, &entries, out);
	if (r == OK && entries.n > 0)
		r = books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static inline void fund(struct work *w, int64_t line, int64_t dong)
{
	struct told_by by = told_by_scribe();
	struct entry e = entry_funding(w->arena, &by,
		&(struct statement_fact){.line = line,
			.funding_account = "merit-demo",
			.day = by.effective,
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB24",
			.order = "QD-08"});
	enum result r = tx_begin(w);
	if (r == OK)
		r = books_post(w, &e, 1, FLOORS_REFUSE, NULL);
	if (!went(w, r == OK ? tx_commit(w) : r))
		exit(1);
}

static inline bool refused(struct work *w, enum result r, const char *code)
{
	if (r != REFUSED || !why_is(&w->why, code))
		note("%s: %s: %s", result_name(r), r == OK ? "" : w->why.code, r == OK ? "" : w->why.text);
	return r == REFUSED && why_is(&w->why, code);
}

/* The same of a transaction that is open still. */
static inline bool refused_now(struct work *w, enum result r, const char *code)
{
	bool was = refused(w, r, code);
	tx_rollback(w);
	return was;
}

static inline int64_t last_batch(void)
{
	return strtoll(scene("select max(id) from payout.batch"), NULL, 10);
}

static inline int64_t frozen_batch(struct work *w, int first, int n, const char *ward)
{
	people(first, n, ward);
	make(w, LAN, PERIOD, ward);
	int64_t batch = last_batch();
	bug_if(!went(w, submit(w, LAN, batch)));
	return batch;
}

static inline int64_t approved_batch(struct work *w, int first, int n, const char *ward)
{
	int64_t batch = frozen_batch(w, first, n, ward);
	bug_if(!went(w, approve(w, MINH, ROLE_CHECKER, &batch, 1)));
	bug_if(!went(w, approve(w, HOA, ROLE_APPROVER, &batch, 1)));
	return batch;
}

/* Behind the guards' back: what nobody may do, somebody did. */
static inline void forge(const char *what, int64_t of)
{
	scene("set session_replication_role = replica; %s %" PRId64 "; reset session_replication_role", what,
		of);
}

/* Every payout of the batch goes along these states. */
static inline void move(int64_t batch, int from, int to, enum payout_cause cause)
{
	scene("select count(*) from (select payout.move(array_agg(id), array_agg(%d::smallint), array_agg(%d::smallint), %d::smallint, "
	      "array_agg(null::bigint), array_agg(null::int), null) from payout.payout where batch = %" PRId64
	      ") x",
		from, to, (int)cause, batch);
}

static inline void remove_archive(void)
{
	pid_t rm = fork();
	if (rm == 0) {
		execlp("rm", "rm", "-rf", archive, NULL);
		_exit(1);
	}
	waitpid(rm, NULL, 0);
}

static inline struct work batch_scene_begin(const char *name)
{
	books_scene_begin(name);
	db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	w.deadline_us = work_deadline_in_ms(120000);
	snprintf(archive, sizeof archive, "/tmp/chitra-%s-%d", name, (int)getpid());
	mkdir(archive, 0700);
	for (size_t i = 0; i < 2; i++) {
		admins[i] = key_of((uint8_t)(1 + i));
		trust.admins[i] = sign_public(admins[i]);
	}
	trust.n = trust.threshold = 2;
	memset(id_key.b, 7, sizeof id_key.b);
	make_scene(&w);
	return w;
}

static inline void batch_scene_end(struct work *w)
{
	for (int i = 0; i < OFFICERS; i++)
		sign_free(keys[i]);
	for (size_t i = 0; i < 2; i++)
		sign_free(admins[i]);
	arena_free(w->arena);
	db_close(db);
	scene_end();
	remove_archive();
}
