#include "daemon/cli/recover_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/leaf.h"
#include "ledger/books/recover_store.h"
#include "ledger/payout/recover_store.h"
#include "ledger/register/payer_store.h"

#define RECOVER_MS (INT64_C(60) * 60 * 1000)

struct recovering {
	struct cli *cli;
	struct work *w;
	const char *archive_path, *journal_path, *database;
	bool dry;
	struct archive *archive;
	struct journal *journal; /* held, so that no teller starts meanwhile */
	struct note_verifier log;
	struct facts facts;
	struct business_clock clock;
	struct recovery leaves;
	struct payouts_recovered payouts;
};

/* ---- what it is told ----------------------------------------------------------------------------------------------------- */

/* [teller] journal is the teller's option, and the operator's. */
static bool find_journal(struct recovering *r, const char *directory)
{
	struct work *w = r->w;
	struct config_errors errors = {0};
	struct config *config = NULL;
	if (!directory) {
		config = config_load(r->cli->config_path, DUTY_TELLER, &errors);
		directory = config ? config_text(config, "teller", "journal") : NULL;
	}
	if (directory)
		r->journal_path = arena_printf(w->arena, "%s/sent.log", directory);
	else
		why_set(&w->why, "journal_missing", "%s",
			config ? "[teller] journal is not set; give --journal"
			       : "the configuration cannot be read; give --journal");
	config_errors_free(&errors);
	if (config)
		config_free(config);
	return r->journal_path != NULL;
}

static bool read_options(struct recovering *r, int argc, char **argv, const char **journal)
{
	static const struct option known[] = {
		{"dry-run", no_argument, NULL, 'n'},
		{"archive", required_argument, NULL, 'a'},
		{"journal", required_argument, NULL, 'j'},
		{"database", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	r->archive_path = config_text(r->cli->config, "archive", "directory");
	r->database = config_text(r->cli->config, "database", "conninfo");
	optind = 0;
	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
		switch (c) {
		case 'n': r->dry = true; break;
		case 'a': r->archive_path = optarg; break;
		case 'j': *journal = optarg; break;
		case 'd': r->database = optarg; break;
		default: return false;
		}
	return optind == argc;
}

/* ---- whose archive it is --------------------------------------------------------------------------------------------------- */

/* "key log <hex>" and "origin <name>" of the genesis. */
static bool read_log_key(struct recovering *r, struct bytes genesis)
{
	struct leaf leaf;
	struct bytes origin, rest, line;
	struct verify_key key;
	bool ended, found = false;
	static const char word[] = "key log ";
	if (!leaf_parse(r->w->arena, genesis, &leaf, &r->w->why))
		return false;
	rest = leaf.entry.lines;
	while (!found && rest.n > 0 && bytes_line(&rest, &line, &ended))
		found = bytes_starts(line, word) && line.n == strlen(word) + 2 * sizeof key.b &&
			hex_decode(
				(const char *)line.at + strlen(word), 2 * sizeof key.b, key.b, sizeof key.b);
	if (!found || !leaf_line_get(leaf.entry.lines, "origin", &origin))
		return why_set(
			&r->w->why, "genesis_missing", "the first ledger transaction names no log key");
	r->log = note_verifier(
		arena_strndup(r->w->arena, (const char *)origin.at, origin.n), NOTE_ED25519, &key);
	return true;
}

static enum result open_archive(struct recovering *r)
{
	struct work *w = r->w;
	struct rows genesis;
	enum result result = db_run(w, Q_GENESIS_LEAF, DB_NO_ARGS, &genesis);
	if (result != OK)
		return result;
	if (row_null(&genesis, 0, rows_col(&genesis, "leaf"))) {
		why_set(&w->why, "dump_before_release",
			"the restored database has no ledger: restore a dump that was taken after the last release");
		return REFUSED;
	}
	if (!r->archive_path)
		why_set(&w->why, "archive_missing", "[archive] directory is not set; give --archive");
	if (!r->archive_path || !read_log_key(r, row_bytes(&genesis, 0, rows_col(&genesis, "leaf"))))
		return REFUSED;
	r->archive = archive_open(r->archive_path, &r->log, &w->why);
	return r->archive ? OK : REFUSED;
}

/* ---- doing it ---------------------------------------------------------------------------------------------------------------- */

static enum result recover_payouts(struct recovering *r)
{
	struct work *w = r->w;
	TX_GUARD(w);
	w->deadline_us = work_deadline_in_ms(RECOVER_MS);
	enum result result = tx_begin(w);
	if (result == OK)
		result = payouts_recover(w, &r->facts, r->clock.today, &r->payouts);
	if (result == OK && !r->dry)
		result = tx_commit(w);
	return result;
}

static enum result recover(struct recovering *r)
{
	struct work *w = r->w;
	w->deadline_us = work_deadline_in_ms(RECOVER_MS);
	r->journal = journal_open(r->journal_path, &w->why);
	if (!r->journal)
		return REFUSED;
	enum result result = open_archive(r);
	if (result == OK && !facts_gather(r->archive, r->journal_path, w->arena, &r->facts, &w->why))
		result = REFUSED;
	if (result == OK)
		result = payouts_recoverable(w, &r->facts);
	if (result == OK)
		result = clock_look(w, &r->clock);
	if (result == OK && !r->dry)
		result = books_recover(w, r->archive, "duty:recover", r->clock.today, NULL, &r->leaves);
	return result == OK ? recover_payouts(r) : result;
}

/* ---- saying it --------------------------------------------------------------------------------------------------------------- */

static void fill(struct json_writer *j, const void *what)
{
	const struct recovering *r = what;
	const struct payouts_recovered *p = &r->payouts;
	json_put_bool(j, "dry_run", r->dry);
	json_put_i64(j, "archived", (int64_t)r->facts.leaves);
	json_put_i64(j, "leaves_brought_back", (int64_t)r->leaves.brought_back);
	json_put_i64(j, "dispatches_sent", (int64_t)p->sent);
	json_put_i64(j, "dispatches_made", (int64_t)p->made);
	json_put_i64(j, "dispatches_fenced", (int64_t)p->fenced);
	json_put_i64(j, "payouts_in_doubt", (int64_t)p->in_doubt);
	json_put_i64(j, "payouts_unpaid", (int64_t)p->refused);
	json_put_i64(j, "payouts_held", (int64_t)p->held);
	json_put_i64(j, "payouts_awaiting_statement", (int64_t)p->settled);
	json_put_i64(j, "booked_again", (int64_t)p->booked);
}

static void say(const struct recovering *r)
{
	const struct payouts_recovered *p = &r->payouts;
	if (r->dry)
		printf("Chạy thử: chưa ghi gì vào cơ sở dữ liệu.\n");
	if (r->leaves.brought_back + p->sent + p->fenced + p->in_doubt + p->refused + p->held == 0) {
		printf("%s\n",
			r->dry ? "Không có khoản chi nào phải phục hồi." : "Không có gì phải phục hồi.");
		return;
	}
	if (!r->dry)
		printf("Sổ cái: đã đưa lại %" PRIu64 " giao dịch từ kho lưu trữ (%" PRIu64
		       " đã niêm phong).\n",
			r->leaves.brought_back, r->leaves.size);
	printf("Lô gửi: %zu lô mà bản sao lưu coi là chưa gửi thực ra đã gửi (%zu lô phải tạo lại); %zu lô được đổi kỳ.\n",
		p->sent, p->made, p->fenced);
	printf("Khoản chi: %zu chưa rõ kết quả, sẽ hỏi lại ngân hàng; %zu chưa trả được; %zu tạm giữ, chờ hai cán bộ cho đi.\n",
		p->in_doubt, p->refused, p->held);
	if (p->settled > 0)
		printf("%zu khoản sổ cái đã quyết toán, chờ lấy lại sao kê.\n", p->settled);
	if (p->booked > 0)
		printf("%zu giao dịch sổ cái chưa kịp niêm phong được ghi lại.\n", p->booked);
	if (!r->dry)
		printf("Tạm giữ và hủy sau lúc sao lưu không có trong kho lưu trữ: hãy kiểm tra lại rồi khởi động chương trình.\n");
}

int cli_recover(struct cli *cli, int argc, char **argv)
{
	struct recovering r = {.cli = cli, .w = cli->w};
	struct db *desk = cli->w->db;
	const char *journal = NULL;
	if (!read_options(&r, argc, argv, &journal))
		return cli_usage(cli);
	if (!find_journal(&r, journal))
		return cli_refused(cli, &cli->w->why);
	cli->w->db = db_open(r.database, DB_DUTY_OWNER);
	enum result result = recover(&r);
	db_close(cli->w->db);
	cli->w->db = desk;
	archive_close(r.archive);
	journal_close(r.journal);
	if (result == OK && cli->json)
		cli_print_json(fill, &r);
	else if (result == OK)
		say(&r);
	return cli_exit(cli, result);
}
