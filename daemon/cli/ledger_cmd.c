#include "daemon/cli/ledger_cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/cli/bundle_cmd.h"
#include "daemon/cli/export_cmd.h"
#include "daemon/cli/reverse_cmd.h"
#include "daemon/cli/slip_cmd.h"
#include "ledger/base/file.h"
#include "ledger/books/check_store.h"
#include "ledger/books/event.h"
#include "ledger/books/head_store.h"
#include "ledger/books/publish_store.h"
#include "ledger/books/receipt_store.h"
#include "daemon/witnesses.h"

#define CHECK_MS (INT64_C(60) * 60 * 1000)

struct head {
	int64_t txns, size;
	struct hash root;
	struct bytes note; /* n = 0: none yet */
	int64_t at_us;
};

static enum result read_head(struct cli *cli, struct head *out)
{
	struct rows r;
	int note;
	enum result result = db_run(cli->w, Q_BOOKS_CHECKPOINT, DB_NO_ARGS, &r);

	if (result != OK)
		return result;
	note = rows_col(&r, "note");
	*out = (struct head){
		.txns = row_i64(&r, 0, rows_col(&r, "next_seq")),
		.size = row_i64(&r, 0, rows_col(&r, "size")),
		.root = row_hash(&r, 0, rows_col(&r, "root")),
	};
	if (!row_null(&r, 0, note)) {
		out->note = row_bytes(&r, 0, note);
		out->at_us = row_instant(&r, 0, rows_col(&r, "at"));
	}
	return OK;
}

static const char *note_text(struct cli *cli, const struct head *h)
{
	return arena_strndup(cli->w->arena, h->note.n > 0 ? (const char *)h->note.at : "", h->note.n);
}

struct head_json {
	struct cli *cli;
	const struct head *head;
};

static void fill_head(struct json_writer *j, const void *what)
{
	const struct head_json *h = what;
	char hex[HASH_HEX_SIZE];
	char at[INSTANT_TEXT_SIZE];

	json_put_i64(j, "transactions", h->head->txns);
	json_put_i64(j, "sealed", h->head->size);
	json_put_str(j, "root", hash_hex(&h->head->root, hex));
	if (h->head->note.n > 0) {
		json_put_str(j, "checkpoint", note_text(h->cli, h->head));
		json_put_str(j, "signed_at", instant_format(h->head->at_us, at));
	}
}

static int ledger_head(struct cli *cli)
{
	struct head h;
	char at[INSTANT_TEXT_SIZE];
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);

	if (result == OK)
		result = read_head(cli, &h);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json) {
		cli_print_json(fill_head, &(struct head_json){.cli = cli, .head = &h});
		return EX_OK;
	}
	printf("%" PRId64 " transactions, %" PRId64 " sealed\n", h.txns, h.size);
	if (h.note.n > 0)
		printf("checkpoint of %s\n\n%s", instant_format(h.at_us, at), note_text(cli, &h));
	else
		printf("no checkpoint yet\n");
	return EX_OK;
}

static void fill_check(struct json_writer *j, const void *what)
{
	const struct books_check *c = what;
	char hex[HASH_HEX_SIZE];

	json_put_bool(j, "whole", true);
	json_put_i64(j, "transactions", c->txns);
	json_put_i64(j, "postings", c->postings);
	json_put_i64(j, "heads", c->heads);
	json_put_str(j, "root", hash_hex(&c->root, hex));
	json_open_array(j, "below_floor");
	for (size_t i = 0; i < c->n_below; i++)
		json_put_str(j, NULL, c->below[i]);
	json_close(j);
}

/* Whoever edits the archive too does not reach what they have signed. */
static enum result compare_with_witnesses(struct cli *cli, struct archive *archive)
{
	struct work *w = cli->w;
	CLEANUP(witnesses_drop) struct witnesses *all = witnesses_load(cli->config, archive, &w->why);
	struct archived newest;
	enum result result;

	if (all == NULL || !archive_newest(archive, w->arena, &newest, &w->why))
		return REFUSED;
	if (newest.checkpoint.size == 0)
		return OK;
	result = witnesses_check(w, all, newest.checkpoint.origin);
	return result == OK && books_in_doubt(w->db, &w->why) ? REFUSED : result;
}

/* Whoever edits all of the database leaves it whole, and other than the archive. */
static enum result compare_with_archive(struct cli *cli)
{
	const char *directory = config_text(cli->config, "archive", "directory");
	CLEANUP(archive_drop) struct archive *archive = NULL;
	bool differs = false;
	enum result result;

	if (directory == NULL)
		return OK;
	archive = archive_open(directory, NULL, &cli->w->why);
	if (archive == NULL)
		return REFUSED;
	result = books_compare(cli->w, archive, &differs);
	if (result != OK || differs)
		return result == OK ? REFUSED : result;
	return compare_with_witnesses(cli, archive);
}

static int ledger_check(struct cli *cli)
{
	struct books_check c;
	char hex[HASH_HEX_SIZE];
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);

	cli->w->deadline_us = work_deadline_in_ms(CHECK_MS);
	if (result == OK)
		result = books_check_here(cli->w, &c);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result == OK)
		result = compare_with_archive(cli);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json) {
		cli_print_json(fill_check, &c);
		return EX_OK;
	}
	printf("whole: %" PRId64 " transactions, %" PRId64 " postings, %" PRId64 " tree heads; root %s\n",
		c.txns, c.postings, c.heads, hash_hex(&c.root, hex));
	for (size_t i = 0; i < c.n_below; i++)
		printf("below its floor: %s\n", c.below[i]);
	return EX_OK;
}

/* What an auditor gives to chitra-verify; she compares it with what the agency published of old. */
static int ledger_key(struct cli *cli)
{
	CLEANUP(buf_free) struct buf vkey = BUF(1000);
	struct note_verifier log;
	struct rows genesis;
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);

	if (result == OK)
		result = db_run(cli->w, Q_GENESIS_LEAF, DB_NO_ARGS, &genesis);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result == OK &&
		(row_null(&genesis, 0, rows_col(&genesis, "leaf")) ||
			!genesis_log(cli->w->arena, row_bytes(&genesis, 0, rows_col(&genesis, "leaf")), &log,
				&cli->w->why)))
		result = REFUSED;
	if (result != OK)
		return cli_exit(cli, result);
	note_vkey_format(&log, &vkey);
	printf("%s\n", buf_str(&vkey));
	return EX_OK;
}

static void fill_published(struct json_writer *j, const void *what)
{
	const struct published *p = what;

	json_put_i64(j, "leaves", p->leaves);
	json_put_i64(j, "leaves_before", p->before);
	json_put_i64(j, "manifests", p->manifests);
	json_put_i64(j, "manifests_lacking", (int64_t)p->n_lacking);
	json_put_i64(j, "statements", p->sheets.n);
	json_put_i64(j, "statements_lacking", p->sheets.lacking);
}

static int ledger_publish(struct cli *cli, const char *directory, bool whole)
{
	const char *archive = config_text(cli->config, "archive", "directory");
	struct published p;
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);

	cli->w->deadline_us = work_deadline_in_ms(CHECK_MS);
	if (result == OK && !archive) {
		why_set(&cli->w->why, "config_missing", "[archive] directory is not set");
		result = REFUSED;
	}
	if (result == OK)
		result = books_publish(cli->w,
			&(struct publication){.archive = archive, .directory = directory, .whole = whole},
			&p);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result != OK)
		return cli_exit(cli, result);
	for (size_t i = 0; i < p.n_lacking; i++)
		fprintf(stderr,
			"chitra: the archive %s lacks %s: who approved its payouts cannot be checked\n",
			archive, p.lacking[i]);
	if (p.sheets.lacking > 0)
		fprintf(stderr,
			"chitra: %" PRId64
			" statements of the books are not in the database: their lines cannot be checked until "
			"they are fetched again\n",
			p.sheets.lacking);
	if (cli->json)
		cli_print_json(fill_published, &p);
	else
		printf("%" PRId64 " transactions, their rows and %" PRId64
		       " batches' manifests in %s; check them with chitra-verify\n",
			p.leaves, p.manifests, directory);
	return EX_OK;
}

struct proved {
	const char *directory;
	const char *const *names;
	size_t n;
	const struct receipt *at;
	struct arena *arena;
};

static const char *proof_path(const struct proved *p, size_t i, const char *kind)
{
	return arena_printf(p->arena, "%s/%s.%s", p->directory, p->names[i], kind);
}

static void fill_proved(struct json_writer *j, const void *what)
{
	const struct proved *p = what;

	json_open_array(j, "receipts");
	for (size_t i = 0; i < p->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "name", p->names[i]);
		json_put_str(j, "proof", proof_path(p, i, "tlog-proof"));
		json_put_str(j, "leaf", proof_path(p, i, "leaf"));
		json_close(j);
	}
	json_close(j);
}

static bool write_proved(const struct proved *p, struct why *why)
{
	if (!make_directory_durable(p->directory, 0755, why))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (!write_file_durable(proof_path(p, i, "leaf"), p->at[i].leaf, 0644, why) ||
			!write_file_durable(
				proof_path(p, i, "tlog-proof"), bytes_z(p->at[i].proof), 0644, why))
			return false;
	return true;
}

static bool is_payment(struct bytes leaf)
{
	static const char kind[] = "\nkind payout.settled\n";

	return memmem(leaf.at, leaf.n, kind, sizeof kind - 1) != NULL;
}

static int ledger_prove(struct cli *cli, size_t n, char **names, const char *directory)
{
	struct receipt *receipts = arena_array(cli->w->arena, n, struct receipt);
	struct proved p = {.directory = directory,
		.names = (const char *const *)names,
		.n = n,
		.at = receipts,
		.arena = cli->w->arena};
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);

	if (result == OK)
		result = books_receipts(cli->w, p.names, n, receipts);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result == OK && !write_proved(&p, &cli->w->why))
		result = REFUSED;
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json)
		cli_print_json(fill_proved, &p);
	for (size_t i = 0; !cli->json && i < n; i++) {
		const char *proof = proof_path(&p, i, "tlog-proof");

		printf("%s and %s; check them with chitra-verify %s %s\n", proof, proof_path(&p, i, "leaf"),
			is_payment(receipts[i].leaf) ? "receipt" : "proof", proof);
	}
	return EX_OK;
}

int cli_ledger(struct cli *cli, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "head") == 0)
		return ledger_head(cli);
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return ledger_check(cli);
	if (argc == 2 && strcmp(argv[1], "key") == 0)
		return ledger_key(cli);
	if (argc == 3 && strcmp(argv[1], "publish") == 0)
		return ledger_publish(cli, argv[2], false);
	if (argc == 4 && strcmp(argv[1], "publish") == 0 && strcmp(argv[2], "--whole") == 0)
		return ledger_publish(cli, argv[3], true);
	if (argc >= 4 && strcmp(argv[1], "prove") == 0)
		return ledger_prove(cli, (size_t)argc - 3, argv + 2, argv[argc - 1]);
	if (argc > 1 && strcmp(argv[1], "accounts") == 0)
		return cli_ledger_accounts(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "export") == 0)
		return cli_ledger_export(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "slip") == 0)
		return cli_ledger_slip(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "bundle") == 0)
		return cli_ledger_bundle(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "reverse") == 0)
		return cli_ledger_reverse(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "query") == 0)
		return cli_ledger_query(cli, argc - 1, argv + 1);
	return cli_usage(cli);
}
