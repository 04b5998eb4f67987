#include "daemon/cli/pause_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* "bank:demo" of "demo"; a bank and a programme of one name are told apart by the whole of it. */
static enum result find(struct work *w, const char *word, const char **what)
{
	struct rows r;
	enum result result = db_run(w, Q_PAUSE_NAMED, DB_ARGS(db_text(word)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 1) {
		*what = row_text(&r, 0, rows_col(&r, "what"));
		return OK;
	}
	if (rows_n(&r) > 1) {
		why_set(&w->why, "pause_ambiguous",
			"%s is a bank and a programme: say bank:%s or programme:%s", word, word, word);
		return REFUSED;
	}
	result = db_run(w, Q_PAUSE_NAMES, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	why_set(&w->why, "pause_unknown", "%s is no bank and no programme; there are: %s", word,
		row_text(&r, 0, rows_col(&r, "names")));
	return REFUSED;
}

struct said {
	const char *what;
	bool pauses;
};

static void fill_said(struct json_writer *j, const void *what)
{
	const struct said *s = what;
	json_put_str(j, "what", s->what);
	json_put_bool(j, "paused", s->pauses);
}

static int say(struct cli *cli, int argc, char **argv, bool pauses)
{
	const char *reason;
	struct said said = {.pauses = pauses};
	const struct cli_option known[] = {{"reason", .reason = &reason, .needed = true}};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = find(cli->w, argv[optind], &said.what);
	if (r == OK)
		r = db_run(cli->w, Q_PAUSE_SAY, DB_ARGS(db_text(said.what), db_bool(pauses), db_text(reason)),
			NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_said, &said);
	else if (r == OK)
		printf(pauses ? "Đã dừng gửi: %s\n" : "Được gửi tiếp: %s\n", said.what);
	return cli_exit(cli, r);
}

/* ---- what is paused ------------------------------------------------------------------------------------------------------- */

static void fill_list(struct json_writer *j, const void *what)
{
	const struct rows *r = what;
	json_open_array(j, "pauses");
	for (size_t i = 0; i < rows_n(r); i++) {
		json_open_object(j, NULL);
		json_put_str(j, "what", row_text(r, i, rows_col(r, "what")));
		json_put_str(j, "reason", row_text(r, i, rows_col(r, "reason")));
		json_put_str(j, "by", row_text(r, i, rows_col(r, "by_officer")));
		json_close(j);
	}
	json_close(j);
}

static int list(struct cli *cli)
{
	struct rows r;
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);
	if (result == OK)
		result = db_run(cli->w, Q_PAUSE_LIST, DB_NO_ARGS, &r);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json) {
		cli_print_json(fill_list, &r);
		return EX_OK;
	}
	if (rows_n(&r) == 0)
		puts("Không có gì đang dừng");
	for (size_t i = 0; i < rows_n(&r); i++)
		printf("%s: %s (%s)\n", row_text(&r, i, rows_col(&r, "what")),
			row_text(&r, i, rows_col(&r, "reason")), row_text(&r, i, rows_col(&r, "by_officer")));
	return EX_OK;
}

int cli_pause(struct cli *cli, int argc, char **argv)
{
	return argc == 1 ? list(cli) : say(cli, argc, argv, true);
}

int cli_resume(struct cli *cli, int argc, char **argv)
{
	return say(cli, argc, argv, false);
}
