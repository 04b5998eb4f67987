#include "daemon/cli/cash_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/recon/cash_store.h"
#include "ledger/register/list.h"
#include "daemon/cli/parser_run.h"

#define ROWS_MAX ((size_t)256 << 20)

struct asked {
	const char *file, *channel, *signature;
};

static bool read_options(struct arena *a, int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"channel", .text = &o->channel, .needed = true},
		{"signature", .text = &o->signature},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1)
		return false;
	o->file = argv[optind];
	if (!o->signature)
		o->signature = arena_printf(a, "%s.sig", o->file);
	return true;
}

/* ---- the file -------------------------------------------------------------------------------------------------------- */

/* 64 raw bytes over the bytes of the file, as `openssl pkeyutl -sign -rawin` writes them. */
static bool is_signed(struct arena *a, const struct asked *o, struct bytes body, const struct verify_key *key,
	struct why *why)
{
	struct bytes raw;
	struct signature signature;
	if (!read_file(a, o->signature, 4096, &raw, why))
		return false;
	if (raw.n != sizeof signature.b)
		return why_set(why, "cash_signature", "%s is no Ed25519 signature of 64 bytes", o->signature);
	memcpy(signature.b, raw.at, sizeof signature.b);
	return sign_verify(key, body, &signature) ||
	       why_set(why, "cash_signature", "%s is not the agent's signature of %s", o->signature, o->file);
}

/* The rows, read by a process of its own out of exactly the bytes that were signed. */
static bool read_rows(struct arena *a, const struct asked *o, const struct cash_file *file,
	struct cash_rows *out, struct why *why)
{
	struct parser p;
	CLEANUP(buf_free) struct buf rows = BUF(ROWS_MAX);
	parser_start(&p, LIST_AGENT_PAID, o->file, "");
	if (!parser_rows(&p, &rows))
		return why_set(why, p.code, "%s, row %d: %s", o->file, (int)p.row, p.detail);
	if (!hash_eq(&p.sha256, &file->sha256))
		return why_set(why, "file_changed", "%s changed while it was read", o->file);
	struct bytes text = buf_copy(&rows, a);
	char *copy = arena_strndup(a, (const char *)text.at, text.n);
	return cash_rows_read(a, copy, text.n, out, why);
}

/* ---- what became of it ------------------------------------------------------------------------------------------------ */

static const char *step_name(enum cash_step s)
{
	switch (s) {
	case CASH_PROPOSED: return "proposed";
	case CASH_CONFIRMED: return "confirmed";
	case CASH_WAITS: return "waits";
	case CASH_KNOWN: return "known";
	}
	bug("a paid list is %d", (int)s);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct cash_taken *t = what;
	json_put_str(j, "step", step_name(t->step));
	json_put_i64(j, "paid", t->paid);
	json_put_vnd(j, "paid_dong", t->paid_amount);
	json_put_i64(j, "unpaid", t->unpaid);
	json_put_vnd(j, "unpaid_dong", t->unpaid_amount);
}

static void print_words(struct arena *a, const struct cash_taken *t)
{
	switch (t->step) {
	case CASH_PROPOSED:
		printf("Đã ghi nhận danh sách: %" PRId64 " khoản đã trả %s, %" PRId64
		       " khoản chưa trả %s. Nhờ cán bộ thứ hai xác nhận.\n",
			t->paid, cli_money(a, t->paid_amount), t->unpaid, cli_money(a, t->unpaid_amount));
		break;
	case CASH_CONFIRMED:
		printf("Đã xác nhận: %" PRId64 " khoản đã trả %s, %" PRId64 " khoản chưa trả %s.\n", t->paid,
			cli_money(a, t->paid_amount), t->unpaid, cli_money(a, t->unpaid_amount));
		break;
	case CASH_WAITS: puts("Chờ cán bộ thứ hai: bạn đã ghi nhận danh sách này."); break;
	case CASH_KNOWN: puts("Danh sách này đã được xác nhận trước đây; không có gì thay đổi."); break;
	}
}

/* ---- the command ------------------------------------------------------------------------------------------------------ */

struct cash_keys {
	struct key32 *blind, *evidence;
	struct key32 evidence_public;
};

static void keys_free(struct cash_keys *k)
{
	secret_free(k->blind);
	secret_free(k->evidence);
}

static bool load_keys(struct cli *cli, struct cash_keys *k)
{
	const char *where = config_secret(cli->config, "evidence", "secret_key");
	k->blind = cli_key(cli, "blind_key");
	if (!k->blind)
		return false;
	if (!where)
		return why_set(&cli->w->why, "config_missing",
			"[evidence] secret_key is not set; the agent's list is kept sealed with it");
	k->evidence = strchr(where, '/') ? secret_load_file(where, &cli->w->why)
					 : secret_load(where, &cli->w->why);
	if (!k->evidence)
		return why_prefix(&cli->w->why, "[evidence] secret_key");
	evidence_public(k->evidence, &k->evidence_public);
	return true;
}

static enum result take(
	struct cli *cli, const struct asked *o, const struct cash_keys *k, struct cash_taken *out)
{
	struct work *w = cli->w;
	struct cash_channel channel;
	struct cash_file file = {.evidence = &k->evidence_public, .blind = k->blind};
	struct cash_rows rows;
	TX_GUARD(w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = cash_channel_find(w, o->channel, &channel);
	if (r != OK)
		return r;
	if (!read_file(w->arena, o->file, LIST_FILE_MAX, &file.body, &w->why) ||
		!is_signed(w->arena, o, file.body, &channel.agent_key, &w->why))
		return REFUSED;
	file.sha256 = sha256(file.body);
	if (!read_rows(w->arena, o, &file, &rows, &w->why))
		return REFUSED;
	struct cash_officer by = {.id = cli->me.id, .login = cli->me.login};
	r = cash_confirm(w, &channel, &file, &rows, &by, out);
	return r == OK ? tx_commit(w) : r;
}

int cli_cash(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	struct cash_taken taken = {0};
	CLEANUP(keys_free) struct cash_keys keys = {0};
	if (argc < 2 || strcmp(argv[1], "confirm") != 0 ||
		!read_options(cli->w->arena, argc - 1, argv + 1, &asked))
		return cli_usage(cli);
	if (!load_keys(cli, &keys))
		return cli_refused(cli, &cli->w->why);
	enum result r = take(cli, &asked, &keys, &taken);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &taken);
	else
		print_words(cli->w->arena, &taken);
	return EX_OK;
}
