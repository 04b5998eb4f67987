#include "daemon/cli/bundle_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/recon/dossier_store.h"
#include "daemon/cli/register_keys.h"

#define GATHER_MS (INT64_C(10) * 60 * 1000)

struct asked {
	const char *id, *file, *reason, *archive;
	bool opens_messages;
	struct key32 *evidence[INBOX_SECRETS];
	struct inbox inbox;
};

static void asked_free(struct asked *o)
{
	for (size_t i = 0; i < INBOX_SECRETS; i++)
		secret_free(o->evidence[i]);
}

static bool load_evidence(struct cli *cli, struct asked *o)
{
	const char *where = config_secret(cli->config, "evidence", "secret_key");

	if (!where)
		return why_set(&cli->w->why, "config_missing",
			"[evidence] secret_key is not set; banks' messages open with it");
	o->evidence[0] = strchr(where, '/') ? secret_load_file(where, &cli->w->why)
					    : secret_load(where, &cli->w->why);
	o->inbox.secrets[0] = o->evidence[0];
	return o->evidence[0] || why_prefix(&cli->w->why, "[evidence] secret_key");
}

static bool prepare(struct cli *cli, struct asked *o)
{
	o->archive = config_text(cli->config, "archive", "directory");
	if (!o->archive)
		return why_set(&cli->w->why, "config_missing", "[archive] directory is not set");
	return !o->opens_messages || load_evidence(cli, o);
}

/* PostgreSQL asks whether the officer audits where the person is looked after; this payout may be another agency's. */
static enum result within_reach(struct cli *cli, int64_t payout)
{
	struct rows r;
	size_t n_agencies, n_wards;
	enum result result = db_run(cli->w, Q_AUDIT_REACH, DB_NO_ARGS, &r);
	if (result != OK || row_bool(&r, 0, rows_col(&r, "everywhere")))
		return result;
	const char *const *agencies = row_texts(&r, 0, rows_col(&r, "agencies"), &n_agencies);
	const char *const *wards = row_texts(&r, 0, rows_col(&r, "wards"), &n_wards);
	result = db_run(cli->w, Q_AUDIT_PAYOUTS_KNOWN,
		DB_ARGS(db_null(), db_i64(payout), db_null(), db_texts(agencies, n_agencies),
			db_texts(wards, n_wards)),
		&r);
	if (result == OK && row_i64(&r, 0, rows_col(&r, "out_of_reach")) > 0) {
		why_set(&cli->w->why, "no_mandate", "your mandate auditor does not reach to this payout");
		return REFUSED;
	}
	return result;
}

/* Which payout is meant; in a transaction of its own. */
static enum result find(struct cli *cli, const char *id, struct dossier_of *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = dossier_find(cli->w, id, out);
	if (r == OK)
		r = within_reach(cli, out->payout);
	return r == OK ? tx_commit(cli->w) : r;
}

static enum result gather(struct cli *cli, struct asked *o, const struct dossier_of *of,
	const struct opening *opening, struct buf *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	cli->w->deadline_us = work_deadline_in_ms(GATHER_MS);
	if (r == OK)
		r = dossier_make(cli->w,
			&(struct dossier_wish){.end_to_end_id = o->id,
				.of = of,
				.archive = o->archive,
				.opening = opening,
				.inbox = o->opens_messages ? &o->inbox : NULL},
			out);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_ledger_bundle(struct cli *cli, int argc, char **argv)
{
	CLEANUP(asked_free) struct asked o = {0};
	CLEANUP(buf_free) struct buf archive = BUF(DOSSIER_MAX);
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	const struct cli_option known[] = {
		{"reason", .reason = &o.reason, .needed = true},
		{"open-messages", .given = &o.opens_messages},
	};
	struct dossier_of of;
	struct opening *opening;
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 2 != argc)
		return cli_usage(cli);
	o.id = argv[optind];
	o.file = argv[optind + 1];
	enum result r = prepare(cli, &o) ? find(cli, o.id, &of) : REFUSED;
	if (r == OK)
		r = desk_opening(cli, &keys,
			&(struct opening_wish){
				.what = o.opens_messages ? "ledger.bundle.messages" : "ledger.bundle",
				.reason = o.reason,
				.person = of.person},
			&opening);
	if (r == OK)
		r = gather(cli, &o, &of, opening, &archive);
	if (r == OK && !write_file_durable(o.file, buf_bytes(&archive), 0600, &cli->w->why))
		r = REFUSED;
	if (r != OK)
		return cli_exit(cli, r);
	printf("%s: kiểm tra bằng chitra-verify --key … bundle %s; readme.txt ở trong nói gì đã được chứng minh\n",
		o.file, o.file);
	return EX_OK;
}
