#include "daemon/cli/setup_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"
#include "ledger/base/webhook.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"
#include "ledger/payout/schedule.h"
#include "ledger/register/payer_store.h"

#define FILE_MAX ((size_t)1 << 20)
#define KEYS_MAX 64

struct setup {
	struct arena *arena;
	struct why *why;
	struct payer payer;
	bool has_genesis;
	struct genesis genesis; /* sandbox is the database's */
};

/* ---- reading the file --------------------------------------------------------------------------------------------------- */

/* The word in front, as hex or as a webhook key. */
static bool read_key(struct setup *s, const char *text, struct verify_key *out)
{
	struct bytes key = bytes_of(text, strcspn(text, " \n"));
	if (webhook_public_parse(key, out) || hex_decode((const char *)key.at, key.n, out->b, sizeof out->b))
		return true;
	return why_set(s->why, "setup_key", "a key is neither 64 hex digits nor whpk_...");
}

static bool read_agency(struct setup *s, const struct json *v, size_t i)
{
	static const char *const keys[] = {"code", "name_vi"};
	struct payer_agency *a = &s->payer.agencies[i];
	return json_only(v, keys, COUNT_OF(keys), s->why) && json_str(v, "code", &a->code, s->why) &&
	       json_str(v, "name_vi", &a->name, s->why);
}

static bool read_account(struct setup *s, const struct json *v, size_t i)
{
	static const char *const keys[] = {"code", "agency", "bank", "number"};
	struct payer_account *a = &s->payer.accounts[i];
	return json_only(v, keys, COUNT_OF(keys), s->why) && json_str(v, "code", &a->code, s->why) &&
	       json_str(v, "agency", &a->agency, s->why) && json_str(v, "bank", &a->bank, s->why) &&
	       json_str(v, "number", &a->number, s->why);
}

static bool read_programme(struct setup *s, const struct json *v, size_t i)
{
	static const char *const keys[] = {"code", "name_vi", "agency", "funding_account"};
	struct payer_programme *p = &s->payer.programmes[i];
	return json_only(v, keys, COUNT_OF(keys), s->why) && json_str(v, "code", &p->code, s->why) &&
	       json_str_opt(v, "name_vi", &p->name, s->why) && json_str(v, "agency", &p->agency, s->why) &&
	       json_str(v, "funding_account", &p->account, s->why);
}

/* A cash agent promises nothing of a bank: its signed list is what counts. */
static bool read_cash(struct setup *s, const struct json *v, struct payer_channel *c)
{
	const char *key;
	c->driver = "cash_list";
	c->items_per_message = 500;
	c->has_agent_key = true;
	return json_str(v, "agent_key", &key, s->why) && read_key(s, key, &c->agent_key);
}

static bool read_profile(struct setup *s, const struct json *v, struct payer_channel *c)
{
	c->driver = "chitra_json";
	return json_str_opt(v, "driver", &c->driver, s->why) &&
	       json_bool(v, "deduplicates", &c->deduplicates, s->why) &&
	       json_i64(v, "dedupe_days", &c->dedupe_days, s->why) &&
	       json_bool(v, "honours_valid_until", &c->honours_valid_until, s->why) &&
	       json_i64(v, "posting_lag_days", &c->posting_lag_days, s->why) &&
	       json_i64(v, "items_per_message", &c->items_per_message, s->why);
}

static bool read_hours(struct setup *s, const struct json *v, struct payer_channel *c)
{
	struct hours read = {0};
	c->margin_minutes = MARGIN_MIN;
	if (!json_has(v, "hours"))
		return true;
	return json_str(v, "hours", &c->hours, s->why) && hours_parse(bytes_z(c->hours), &read, s->why) &&
	       (!json_has(v, "on_holidays") || json_bool(v, "on_holidays", &c->on_holidays, s->why)) &&
	       json_i64_opt(v, "margin_minutes", &c->margin_minutes, s->why);
}

static bool read_channel(struct setup *s, const struct json *v, size_t i)
{
	static const char *const keys[] = {"code", "kind", "funding_account", "bank", "driver", "valid_hours",
		"deduplicates", "dedupe_days", "honours_valid_until", "posting_lag_days", "items_per_message",
		"agent_key", "hours", "on_holidays", "margin_minutes"};
	struct payer_channel *c = &s->payer.channels[i];
	if (!json_only(v, keys, COUNT_OF(keys), s->why) || !json_str(v, "code", &c->code, s->why) ||
		!json_str(v, "kind", &c->kind, s->why) ||
		!json_str(v, "funding_account", &c->account, s->why) ||
		!json_str(v, "bank", &c->bank, s->why) ||
		!json_i64(v, "valid_hours", &c->valid_hours, s->why) || !read_hours(s, v, c))
		return false;
	return strcmp(c->kind, "cash") == 0 ? read_cash(s, v, c) : read_profile(s, v, c);
}

static bool read_fee(struct setup *s, const struct json *v, size_t i)
{
	static const char *const keys[] = {"bank", "pattern", "max_dong"};
	struct payer_fee *f = &s->payer.fees[i];
	return json_only(v, keys, COUNT_OF(keys), s->why) && json_str(v, "bank", &f->bank, s->why) &&
	       json_str(v, "pattern", &f->pattern, s->why) && json_vnd(v, "max_dong", &f->most, s->why);
}

/* The array member, which may be absent, and room for what its elements say. */
static bool list_of(struct setup *s, const struct json *doc, const char *key, size_t size,
	const struct json **list, void **room)
{
	*list = NULL;
	if (!json_arr_opt(doc, key, list, s->why))
		return false;
	*room = arena_calloc(s->arena, *list ? json_n(*list) : 0, size);
	return true;
}

static bool read_each(struct setup *s, const struct json *list, const char *key, size_t *n,
	bool (*read)(struct setup *, const struct json *, size_t))
{
	*n = list ? json_n(list) : 0;
	for (size_t i = 0; i < *n; i++)
		if (!read(s, json_at(list, i), i))
			return why_prefix(s->why, "%s %zu", key, i + 1);
	return true;
}

static bool read_genesis(struct setup *s, const struct json *doc)
{
	static const char *const known[] = {"origin", "log_key", "admin_keys", "id_key_version"};
	const struct json *v, *admins;
	const char *log;
	struct genesis_key *keys = arena_array(s->arena, KEYS_MAX, struct genesis_key);
	s->has_genesis = json_has(doc, "genesis");
	if (!s->has_genesis)
		return true;
	s->genesis.id_key_version = 1;
	if (!json_obj(doc, "genesis", &v, s->why) || !json_only(v, known, COUNT_OF(known), s->why) ||
		!json_str(v, "origin", &s->genesis.origin, s->why) || !json_str(v, "log_key", &log, s->why) ||
		!json_i64_opt(v, "id_key_version", &s->genesis.id_key_version, s->why) ||
		!json_arr(v, "admin_keys", &admins, s->why))
		return why_prefix(s->why, "genesis");
	keys[0].purpose = "log";
	if (!read_key(s, log, &keys[0].key))
		return why_prefix(s->why, "genesis");
	size_t n = 1;
	for (size_t i = 0; i < json_n(admins); i++, n++) {
		const char *text = json_as_str(json_at(admins, i));
		if (n == KEYS_MAX || !text)
			return why_set(
				s->why, "setup_key", "genesis: admin_keys is a list of at most 63 keys");
		keys[n].purpose = "admin";
		if (!read_key(s, text, &keys[n].key))
			return why_prefix(s->why, "genesis");
	}
	s->genesis.n_keys = n;
	s->genesis.keys = keys;
	return true;
}

static bool read_setup(struct setup *s, const struct json *doc)
{
	static const char *const known[] = {
		"agencies", "funding_accounts", "programmes", "channels", "fee_rules", "genesis"};
	struct payer *p = &s->payer;
	const struct json *list;
	void *room;
	if (!json_only(doc, known, COUNT_OF(known), s->why))
		return false;
	if (!list_of(s, doc, "agencies", sizeof *p->agencies, &list, &room))
		return false;
	p->agencies = room;
	if (!read_each(s, list, "agencies", &p->n_agencies, read_agency) ||
		!list_of(s, doc, "funding_accounts", sizeof *p->accounts, &list, &room))
		return false;
	p->accounts = room;
	if (!read_each(s, list, "funding_accounts", &p->n_accounts, read_account) ||
		!list_of(s, doc, "programmes", sizeof *p->programmes, &list, &room))
		return false;
	p->programmes = room;
	if (!read_each(s, list, "programmes", &p->n_programmes, read_programme) ||
		!list_of(s, doc, "channels", sizeof *p->channels, &list, &room))
		return false;
	p->channels = room;
	if (!read_each(s, list, "channels", &p->n_channels, read_channel) ||
		!list_of(s, doc, "fee_rules", sizeof *p->fees, &list, &room))
		return false;
	p->fees = room;
	return read_each(s, list, "fee_rules", &p->n_fees, read_fee) && read_genesis(s, doc);
}

/* ---- the first leaf ------------------------------------------------------------------------------------------------------ */

/* It is written once. On another day it would say the same, but for the day. */
static enum result is_the_same(struct work *w, struct bytes leaf, const struct entry *entry)
{
	struct leaf there;
	if (!leaf_parse(w->arena, leaf, &there, &w->why))
		return REFUSED;
	if (bytes_eq(there.entry.lines, entry->lines))
		return OK;
	why_set(&w->why, "setup_differs", "the ledger began with another genesis");
	return REFUSED;
}

static enum result put_genesis(struct work *w, struct genesis *g, int64_t *fresh)
{
	struct business_clock clock;
	struct rows found;
	enum result r = clock_look(w, &clock);
	if (r == OK)
		r = db_run(w, Q_GENESIS_LEAF, DB_NO_ARGS, &found);
	if (r != OK)
		return r;
	struct told_by by = {.actor = "duty:setup", .effective = clock.today};
	g->sandbox = clock.sandbox;
	struct entry entry = entry_genesis(w->arena, &by, g);
	int leaf = rows_col(&found, "leaf");
	if (!row_null(&found, 0, leaf))
		return is_the_same(w, row_bytes(&found, 0, leaf), &entry);
	if (row_i64(&found, 0, rows_col(&found, "next_seq")) != 0) {
		why_set(&w->why, "genesis_late",
			"the ledger has leaves already and none of them is its genesis");
		return REFUSED;
	}
	++*fresh;
	return books_post(w, &entry, 1, FLOORS_REFUSE, NULL);
}

/* ---- the command ---------------------------------------------------------------------------------------------------------- */

static enum result put_all(struct work *w, struct setup *s, int64_t *fresh)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = payer_put(w, &s->payer, fresh);
	if (r == OK && s->has_genesis)
		r = put_genesis(w, &s->genesis, fresh);
	return r == OK ? tx_commit(w) : r;
}

static void fill_done(struct json_writer *j, const void *what)
{
	json_put_i64(j, "added", *(const int64_t *)what);
}

int cli_setup(struct cli *cli, int argc, char **argv)
{
	struct work *w = cli->w;
	const char *database = NULL;
	const struct cli_option known[] = {{"database", .text = &database}};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 1 != argc)
		return cli_usage(cli);
	struct bytes file;
	struct setup s = {.arena = w->arena, .why = &w->why};
	if (!read_file(w->arena, argv[optind], FILE_MAX, &file, &w->why))
		return cli_refused(cli, &w->why);
	CLEANUP(json_drop) struct json *doc = json_read(file, FILE_MAX, &w->why);
	if (!doc || !read_setup(&s, doc)) {
		why_prefix(&w->why, "%s", argv[optind]);
		return cli_refused(cli, &w->why);
	}
	int64_t fresh = 0;
	struct db *db = db_open(database, DB_DUTY_OWNER);
	w->db = db;
	cli_next_step(cli);
	enum result r = put_all(w, &s, &fresh);
	w->db = NULL;
	db_close(db);
	if (r == OK && cli->json)
		cli_print_json(fill_done, &fresh);
	else if (r == OK)
		printf(fresh ? "%lld added\n" : "nothing to do\n", (long long)fresh);
	return cli_exit(cli, r);
}
