#include "tests/lib/payroll_fixture.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/base/clock.h"
#include "ledger/base/evidence.h"
#include "ledger/base/file.h"
#include "ledger/base/ids.h"
#include "ledger/base/seal.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/base/webhook.h"
#include "ledger/books/post.h"
#include "ledger/payout/field.h"
#include "ledger/payout/make_store.h"
#include "ledger/payout/release_store.h"
#include "ledger/register/account_hash.h"

#define AGENCY "so-ldtbxh"
#define CASH   "vnpost-cash"

static PGconn *conn;

_Noreturn __attribute__((format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void must(const struct work *w, enum result r, const char *what)
{
	if (r != OK)
		die("payroll: %s: %s: %s: %s", what, result_name(r), w->why.code, w->why.text);
}

/* One value as text, "" for none; valid until the next call. */
__attribute__((format(printf, 1, 2))) static const char *sql(const char *format, ...)
{
	static char value[256];
	char *text;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	PGresult *r = PQexec(conn, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		die("payroll: %s\n%s", text, PQerrorMessage(conn));
	snprintf(value, sizeof value, "%s", PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	free(text);
	return value;
}

static void connect_scene(void)
{
	const char *database = getenv("PGDATABASE");
	if (conn && (!database || strcmp(PQdb(conn), database) == 0))
		return;
	PQfinish(conn); /* a test may have several databases, one after the other */
	conn = PQconnectdb("");
	if (PQstatus(conn) != CONNECTION_OK)
		die("payroll: %s", PQerrorMessage(conn));
	sql("set client_min_messages = error");
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

static const char *in_dir(const struct payroll *p, struct work *w, const char *name)
{
	return arena_printf(w->arena, "%s/%s", p->dir, name);
}

static void write_text(
	const struct payroll *p, struct work *w, const char *name, const char *text, unsigned mode)
{
	struct why why = {0};
	if (!write_file_durable(in_dir(p, w, name), bytes_z(text), mode, &why))
		die("payroll: %s", why.text);
}

/* A key of this name: the one of the directory, or a new one. */
static struct key32 key_named(const struct payroll *p, struct work *w, const char *name)
{
	struct why why = {0};
	char hex[66];
	struct key32 key;
	struct key32 *there = secret_load_file(in_dir(p, w, name), &why);
	if (!there) {
		there = secret_new();
		hex_encode(there->b, sizeof there->b, hex);
		write_text(p, w, name, hex, 0600);
	}
	key = *there;
	secret_free(there);
	return key;
}

static struct sign_key *signer_named(const struct payroll *p, struct work *w, const char *name)
{
	struct key32 seed = key_named(p, w, name);
	return sign_from_seed(&seed);
}

static void write_public(const struct payroll *p, struct work *w, struct sign_key *key, const char *name)
{
	struct verify_key public_key = sign_public(key);
	struct buf b = BUF(256);
	webhook_public_format(&public_key, &b);
	buf_add_z(&b, "\n");
	write_text(p, w, name, buf_str(&b), 0644);
	buf_free(&b);
}

/* ---- the payer ------------------------------------------------------------------------------------------------------ */

static void make_officer(const struct payroll *p, struct work *w, struct sign_key *const admins[2],
	const char *login, const char *roles)
{
	struct sign_key *key = signer_named(p, w, arena_printf(w->arena, "officer-%s.key", login));
	struct mandate mandates[8];
	struct certificate c = {.officer = login,
		.name = login,
		.key = sign_public(key),
		.mandates = mandates,
		.not_before_us = second_floor(wall_us()) - 3600 * INT64_C(1000000),
		.not_after_us = second_floor(wall_us()) + 365 * INT64_C(86400000000),
		.serial = 1};
	char *list = arena_strdup(w->arena, roles), *at = NULL;
	for (char *role = strtok_r(list, " ", &at); role; role = strtok_r(NULL, " ", &at))
		mandates[c.n++] = (struct mandate){
			.role = role, .agency = "*", .area = "*", .limit = vnd(INT64_C(1000000000000))};
	struct buf text = BUF(CERTIFICATE_MAX), signatures = BUF(CERTIFICATE_MAX);
	certificate_text(&c, &text);
	for (int i = 0; i < 2; i++)
		admin_sign(admins[i], buf_bytes(&text), &signatures);
	bool added;
	must(w, officer_add(w, login, login, &added), "officer");
	must(w,
		officer_certify(w, &(struct certified){.login = login,
					   .sha256 = sha256(buf_bytes(&text)),
					   .text = buf_copy(&text, w->arena),
					   .signatures = buf_copy(&signatures, w->arena),
					   .key = c.key,
					   .not_before_us = c.not_before_us,
					   .not_after_us = c.not_after_us,
					   .n = c.n,
					   .mandates = mandates}),
		"certificate");
	struct hash token = sha256(bytes_z(login));
	char hex[HASH_HEX_SIZE];
	sql("insert into auth.session (token_hash, officer, expires_at) select '\\x%s', id, now() + '1 day' from auth.officer "
	    "where login = '%s'",
		hash_hex(&token, hex), login);
	buf_free(&text);
	buf_free(&signatures);
	sign_free(key);
}

static const char *bank_of(const struct payroll *p)
{
	return p->bank ? p->bank : "demo";
}

static void make_channel(const struct payroll *p)
{
	const char *bank = bank_of(p);
	sql("insert into org.agency (code, name_vi) values ('" AGENCY "', 'Sở') on conflict do nothing");
	sql("insert into org.funding_account (code, agency, bank, number) select '%s-funding', id, upper('%s'), '%s' from org.agency "
	    "where code = '" AGENCY "' on conflict do nothing",
		bank, bank, p->number ? p->number : "110000000001");
	sql("insert into org.programme_agency select 'merit', agency, id from org.funding_account where code = '%s-funding' on conflict do nothing",
		bank);
	sql("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	    "posting_lag_days, items_per_message, valid_hours) select '%s-merit', 'bank', id, '%s', 'chitra_json', %s, 30, %s, %d, %d, %d "
	    "from org.funding_account where code = '%s-funding' on conflict do nothing",
		bank, bank, p->deduplicates ? p->deduplicates : "true", p->honours ? p->honours : "true",
		p->lag, p->items ? p->items : 500, p->valid_hours ? p->valid_hours : 24, bank);
	sql("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	    "posting_lag_days, items_per_message, valid_hours, agent_key) select '" CASH
	    "', 'cash', id, 'vnpost', 'cash_list', true, 30, true, 0, 500, 240, sha256('agent') from org.funding_account "
	    "where code = '%s-funding' on conflict do nothing",
		bank);
}

void payroll_setup(struct work *w, struct payroll *p)
{
	connect_scene();
	mkdir(p->dir, 0700);
	struct key32 evidence = key_named(p, w, "evidence.key"), public_key;
	CLEANUP(buf_free) struct buf line = BUF(128);
	evidence_public(&evidence, &public_key);
	base64_encode(BASE64_STD, bytes_of(public_key.b, sizeof public_key.b), &line);
	buf_add_z(&line, "\n");
	write_text(p, w, "evidence.pub", buf_str(&line), 0644);
	key_named(p, w, "kek");
	key_named(p, w, "blind");
	key_named(p, w, "id");
	key_named(p, w, "log");
	struct sign_key *payer = signer_named(p, w, "payer.key");
	write_public(p, w, payer, "payer.pub");
	sign_free(payer);

	struct sign_key *admins[2];
	struct buf list = BUF(1024);
	for (int i = 0; i < 2; i++) {
		admins[i] = signer_named(p, w, i == 0 ? "admin-1.key" : "admin-2.key");
		struct verify_key k = sign_public(admins[i]);
		char hex[2 * sizeof k.b + 1];
		hex_encode(k.b, sizeof k.b, hex);
		buf_addf(&list, "%s admin-%d\n", hex, i + 1);
	}
	write_text(p, w, "admin-keys", buf_str(&list), 0644);
	buf_free(&list);
	make_channel(p);
	make_officer(p, w, admins, "lan", "maker");
	make_officer(p, w, admins, "minh", "checker release");
	make_officer(p, w, admins, "hoa", "approver release");
	make_officer(p, w, admins, "an", "operator");
	sign_free(admins[0]);
	sign_free(admins[1]);
}

/* ---- people --------------------------------------------------------------------------------------------------------- */

const char *payroll_account(const struct payroll *p, int64_t i, char out[static 13])
{
	char digits[32];
	bool special = p->special_every > 0 && i % p->special_every == 0;
	int64_t suffix = p->special_suffix >= 0 ? p->special_suffix
			 : special              ? i / p->special_every % 12 + 1
						: 0;
	int n = special ? snprintf(digits, sizeof digits, "9%09u%02u", (unsigned)i, (unsigned)suffix)
			: snprintf(digits, sizeof digits, "2%011u", (unsigned)i);
	if (n != 12)
		die("payroll: person %" PRId64 " has no account number", i);
	memcpy(out, digits, 13);
	return out;
}

static void copy_begin(const char *what)
{
	PGresult *r = PQexec(conn, what);
	if (PQresultStatus(r) != PGRES_COPY_IN)
		die("payroll: %s\n%s", what, PQerrorMessage(conn));
	PQclear(r);
}

static void copy_end(struct buf *b)
{
	if (PQputCopyData(conn, (const char *)b->at, (int)b->n) != 1 || PQputCopyEnd(conn, NULL) != 1)
		die("payroll: %s", PQerrorMessage(conn));
	PGresult *r = PQgetResult(conn);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		die("payroll: %s", PQerrorMessage(conn));
	PQclear(r);
	while ((r = PQgetResult(conn)))
		PQclear(r);
	buf_reset(b);
}

static const char *hex_of(struct work *w, const void *at, size_t n)
{
	char *out = arena_alloc(w->arena, 2 * n + 1);
	hex_encode(at, n, out);
	return out;
}

struct person_made {
	const char *anchor, *wrapped, *id_blind, *id_sealed, *account_blind, *account_sealed, *salt, *hash;
};

static struct person_made make_person(
	struct work *w, const struct payroll *p, const struct kek *kek, const struct key32 *blind, int64_t i)
{
	struct why why = {0};
	char digits[32], number[13];
	struct personal_id id;
	struct key32 key;
	uint8_t wrapped[SEAL_WRAPPED_SIZE];
	snprintf(digits, sizeof digits, "0990%02u%06u", (unsigned)(i / 1000000), (unsigned)(i % 1000000));
	if (!personal_id_parse(bytes_z(digits), &id, &why))
		die("payroll: %s", why.text);
	payroll_account(p, i, number);
	seal_new_key(&key);
	seal_wrap(kek, i, &key, wrapped);
	struct buf b = BUF(256);
	seal_field(&key, i, "id", bytes_z(digits), &b);
	const char *id_sealed = hex_of(w, b.at, b.n);
	buf_reset(&b);
	seal_field(&key, i, "account", bytes_z(number), &b);
	const char *account_sealed = hex_of(w, b.at, b.n);
	buf_free(&b);
	struct hash16 anchor = person_anchor(blind, &id), salt = {{0}};
	memcpy(salt.b, key.b, 8);
	memcpy(salt.b + 8, &i, 8);
	struct hash16 id_blind = blind_index(blind, BLIND_ID, digits);
	struct hash16 account_blind = blind_index(blind, BLIND_ACCOUNT, number);
	struct hash hash = account_hash(&salt, "DEMO", number);
	return (struct person_made){
		.anchor = hex_of(w, anchor.b, 16),
		.wrapped = hex_of(w, wrapped, sizeof wrapped),
		.id_blind = hex_of(w, id_blind.b, 16),
		.id_sealed = id_sealed,
		.account_blind = hex_of(w, account_blind.b, 16),
		.account_sealed = account_sealed,
		.salt = hex_of(w, salt.b, 16),
		.hash = hex_of(w, hash.b, 32),
	};
}

/* Everything of people first … first + n - 1, each kind of row in one COPY. */
static void copy_people(struct work *w, const struct payroll *p, int64_t first, int64_t n, int64_t wards)
{
	struct key32 kek_key = key_named(p, w, "kek"), blind = key_named(p, w, "blind");
	struct kek kek = kek_of(&kek_key);
	struct person_made *made = arena_array(w->arena, (size_t)n, struct person_made);
	struct buf b = BUF((size_t)1 << 28);
	for (int64_t i = 0; i < n; i++)
		made[i] = make_person(w, p, &kek, &blind, first + i);

	copy_begin("copy register.person (id, anchor, name, name_fold, birth_year, sex) from stdin");
	for (int64_t i = 0; i < n; i++)
		buf_addf(&b,
			"%" PRId64 "\t\\\\x%s\tNguyễn Thị %" PRId64 "\tnguyen thi %" PRId64 "\t1940\tF\n",
			first + i, made[i].anchor, first + i, first + i);
	copy_end(&b);
	copy_begin("copy register.person_key (person, wrapped) from stdin");
	for (int64_t i = 0; i < n; i++)
		buf_addf(&b, "%" PRId64 "\t\\\\x%s\n", first + i, made[i].wrapped);
	copy_end(&b);
	copy_begin("copy register.person_id (person, kind, blind, sealed) from stdin");
	for (int64_t i = 0; i < n; i++)
		buf_addf(&b, "%" PRId64 "\tcccd\t\\\\x%s\t\\\\x%s\n", first + i, made[i].id_blind,
			made[i].id_sealed);
	copy_end(&b);
	copy_begin(
		"copy register.payee_account (id, person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, source) "
		"from stdin");
	for (int64_t i = 0; i < n; i++)
		buf_addf(&b,
			"%" PRId64 "\t%" PRId64
			"\tself\tDEMO\t\\\\x%s\t\\\\x%s\t\\\\x%s\t\\\\x%s\tNGUYEN THI %" PRId64
			"\tnguyen thi %" PRId64 "\tbank_list\n",
			first + i, first + i, made[i].account_blind, made[i].account_sealed, made[i].salt,
			made[i].hash, first + i, first + i);
	copy_end(&b);
	copy_begin(
		"copy register.account_check (account, source, status, grade, id_linked, passes) from stdin");
	for (int64_t i = 0; i < n; i++)
		buf_addf(&b, "%" PRId64 "\tbank_inquiry\topen\texact\tt\tt\n", first + i);
	copy_end(&b);
	buf_free(&b);
	if (p->cash_every > 0)
		sql("insert into register.pay_preference (person, programme, method, since) select id, 'merit', 'cash', '2024-01-01' "
		    "from register.person where id between %" PRId64 " and %" PRId64 " and id %% %d = 0",
			first, first + n - 1, p->cash_every);
	sql("insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from) "
	    "select p.id, 'merit', '2024-04-01', 'regular', 1000000 + p.id %% 1000 * 1000, a.id, '2024-04-01', w.code, w.valid_from "
	    "from register.person p join org.agency a on a.code = '" AGENCY "' "
	    "join (select code, valid_from, row_number() over (order by code, valid_from) - 1 as n from (select code, valid_from "
	    "from register.area where level = 'commune' order by code, valid_from offset %" PRId64
	    " limit %" PRId64 ") x) w on w.n = p.id %% %" PRId64 " "
	    "where p.id between %" PRId64 " and %" PRId64 " order by w.code, p.id",
		p->ward_first, wards, wards, first, first + n - 1);
}

static int64_t wards_of(const struct payroll *p)
{
	return p->wards ? p->wards : p->people / 100 + 1;
}

static void make_people(struct work *w, const struct payroll *p)
{
	int64_t first = p->first ? p->first : 1, wards = wards_of(p);
	for (int64_t done = 0; done < p->people; done += 20000) {
		struct work step = *w;
		step.arena = arena_new();
		int64_t n = p->people - done < 20000 ? p->people - done : 20000;
		copy_people(&step, p, first + done, n, wards);
		arena_free(step.arena);
	}
	sql("select setval(pg_get_serial_sequence('register.person', 'id'), (select max(id) from register.person))");
	sql("select setval(pg_get_serial_sequence('register.payee_account', 'id'), (select max(id) from register.payee_account))");
	if (!p->no_analyze)
		sql("analyze");
}

/* ---- officers at work ----------------------------------------------------------------------------------------------- */

static struct officer begin_as(struct work *w, const char *login)
{
	struct officer me;
	struct hash token = sha256(bytes_z(login));
	w->deadline_us = work_deadline_in_ms(600000);
	must(w, tx_begin(w), "begin");
	must(w, officer_enter(w, &token, &me), login);
	return me;
}

/* Its own channel, and no wards but those of this payroll: the others' batches are other banks'. */
static void wish_for_bank(struct work *w, const struct payroll *p, struct batch_wish *wish)
{
	int64_t n = wards_of(p);
	const char **wards = arena_array(w->arena, (size_t)n, const char *);
	for (int64_t i = 0; i < n; i++)
		wards[i] = arena_strdup(w->arena,
			sql("select code from register.area where level = 'commune' order by code, valid_from offset %" PRId64
			    " limit 1",
				p->ward_first + i));
	wish->areas = wards;
	wish->n_areas = (size_t)n;
	wish->channel = arena_printf(w->arena, "%s-merit", p->bank);
}

static void make_batches(struct work *w, const struct payroll *p, struct batches *out)
{
	struct key32 id_key = key_named(p, w, "id"), kek_key = key_named(p, w, "kek");
	struct kek kek = kek_of(&kek_key);
	struct month period = {2024, 4};
	struct batch_wish wish = {.programme = "merit",
		.period = period,
		.keys = {.id_key = &id_key, .keks = &kek, .n_keks = 1}};
	if (p->bank)
		wish_for_bank(w, p, &wish);
	struct batch_areas areas;
	struct batch_made made = {0};
	struct officer me = begin_as(w, "lan");
	must(w, batch_areas(w, &wish, &areas), "areas");
	must(w, batch_make(w, &wish, areas.at, areas.n, &made), "make");
	must(w, tx_commit(w), "commit");

	me = begin_as(w, "lan");
	must(w, batch_list(w, &(struct batch_filter){.state = "open"}, out), "list");
	int64_t *ids = arena_array(w->arena, out->n, int64_t);
	size_t n = 0;
	for (size_t i = 0; i < out->n; i++)
		if (!p->bank || strcmp(out->at[i].channel, wish.channel) == 0)
			ids[n++] = out->at[i].id;
	must(w, batch_submit(w, me.id, ids, n, out), "submit");
	must(w, tx_commit(w), "commit");
}

static void approve(struct work *w, const struct payroll *p, const char *login, enum approval_role role,
	const int64_t *ids, size_t n)
{
	struct sign_key *key = signer_named(p, w, arena_printf(w->arena, "officer-%s.key", login));
	struct certificates certificates;
	struct entries entries = {0};
	struct drafts drafts;
	struct approved approved = {0};
	must(w, officer_certificates(w, login, &certificates), "certificates");
	struct officer me = begin_as(w, login);
	must(w, approve_prepare(w, role, ids, n, &drafts), "prepare");
	for (size_t i = 0; i < drafts.n; i++) {
		struct signed_draft d = {.draft = &drafts.at[i], .certificate = &certificates.at[0]};
		d.text = approve_text(w->arena, d.draft, login, role, &d.certificate->sha256, wall_us(), 30);
		d.signature = sign_detached(key, d.text);
		must(w, approve_record(w, &me, NULL, &d, &entries, &approved), "approve");
	}
	must(w, books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL), "post");
	must(w, tx_commit(w), "commit");
	sign_free(key);
}

static void fund(struct work *w, const char *account, int64_t dong)
{
	static int64_t line = 900000000;
	w->deadline_us = work_deadline_in_ms(60000);
	must(w, tx_begin(w), "begin");
	line += wall_us() % 1000000;
	struct entry e = entry_funding(w->arena,
		&(struct told_by){.actor = "duty:scribe", .effective = {19816}},
		&(struct statement_fact){.line = line,
			.funding_account = account,
			.day = {19816},
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB-FIXTURE",
			.order = "QD-FIXTURE"});
	must(w, books_post(w, &e, 1, FLOORS_RECORD, NULL), "fund");
	must(w, tx_commit(w), "commit");
}

static void release(struct work *w, const struct payroll *p, const char *login, const int64_t *ids, size_t n)
{
	struct entries entries = {0};
	struct released released;
	struct officer me = begin_as(w, login);
	must(w,
		release_batches(w,
			&(struct release_wish){.me = &me,
				.planned = p->planned,
				.archive = in_dir(p, w, "archive"),
				.ids = ids,
				.n = n},
			&entries, &released),
		"release");
	if (entries.n)
		must(w, books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL), "post");
	if (p->lose_release)
		tx_rollback(w);
	else
		must(w, tx_commit(w), "commit");
}

void payroll_pay(struct work *w, struct payroll *p)
{
	struct batches batches;
	connect_scene();
	make_channel(p);
	if (p->people > 0)
		make_people(w, p);
	make_batches(w, p, &batches);
	int64_t *ids = arena_array(w->arena, batches.n, int64_t);
	p->lines = p->sum = 0;
	for (size_t i = 0; i < batches.n; i++) {
		ids[i] = batches.at[i].id;
		p->lines += batches.at[i].lines;
		p->sum += vnd_dong(batches.at[i].sum);
	}
	p->batches = ids;
	p->batches_n = batches.n;
	if (batches.n == 0)
		return;
	approve(w, p, "minh", ROLE_CHECKER, ids, batches.n);
	approve(w, p, "hoa", ROLE_APPROVER, ids, batches.n);
	if (!p->no_fund)
		fund(w, arena_printf(w->arena, "%s-funding", bank_of(p)), p->sum);
	if (p->no_release)
		return;
	struct why why = {0};
	if (!make_directory_durable(in_dir(p, w, "archive"), 0700, &why))
		die("payroll: %s", why.text);
	struct payroll first = *p;
	first.lose_release = false;
	release(w, &first, "minh", ids, batches.n);
	release(w, p, "hoa", ids, batches.n);
	if (!p->no_analyze)
		sql("analyze payout.payout, payout.payout_state, payout.dispatch, payout.dispatch_range");
}
