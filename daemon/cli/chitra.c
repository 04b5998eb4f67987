/* chitra: the command line. The table of commands, the options before a command, and nothing else: each command is a
 * function in its own file. A new command is one row here. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/failpoint.h"
#include "ledger/base/log.h"
#include "ledger/books/head_store.h"
#include "ledger/payout/journal_store.h"
#include "daemon/cli/account_cmd.h"
#include "daemon/cli/approve_cmd.h"
#include "daemon/cli/area_cmd.h"
#include "daemon/cli/batch_cmd.h"
#include "daemon/cli/break_cmd.h"
#include "daemon/cli/cash_cmd.h"
#include "daemon/cli/claim_cmd.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/db_cmd.h"
#include "daemon/cli/decide_cmd.h"
#include "daemon/cli/entitle_cmd.h"
#include "daemon/cli/explain_cmd.h"
#include "daemon/cli/fund_cmd.h"
#include "daemon/cli/import_cmd.h"
#include "daemon/cli/kek_cmd.h"
#include "daemon/cli/key_cmd.h"
#include "daemon/cli/officer_cmd.h"
#include "daemon/cli/period_cmd.h"
#include "daemon/cli/recall_cmd.h"
#include "daemon/cli/reconcile_cmd.h"
#include "daemon/cli/registry_cmd.h"
#include "daemon/cli/release_cmd.h"
#include "daemon/cli/report_cmd.h"
#include "daemon/cli/ledger_cmd.h"
#include "daemon/cli/match_cmd.h"
#include "daemon/cli/parser_run.h"
#include "daemon/cli/pause_cmd.h"
#include "daemon/cli/people_cmd.h"
#include "daemon/cli/person_cmd.h"
#include "daemon/cli/recover_cmd.h"
#include "daemon/cli/recovery_cmd.h"
#include "daemon/cli/schedule_cmd.h"
#include "daemon/cli/secret_cmd.h"
#include "daemon/cli/setup_cmd.h"
#include "daemon/signals.h"
#include "daemon/version.h"

static const struct command commands[] = {
	{"db", NEEDS_NOTHING, cli_db, DB_USAGE,
		"make the database, bring it up, compare it with the programs"},
	{"secret", NEEDS_NOTHING, cli_secret, "chitra secret new FILE | public evidence|signing FILE",
		"make the duties' keys and say their public halves"},
	{"kek", NEEDS_CONFIG, cli_kek, KEK_USAGE,
		"the key that wraps each person's data key, and its successor"},
	{"setup", NEEDS_NOTHING, cli_setup, SETUP_USAGE,
		"the payer: agencies, accounts, channels; the ledger's first leaf"},
	{"key", NEEDS_NOTHING, cli_key_files, KEY_USAGE, "the key files of officers and admins"},
	{"officer", NEEDS_CONFIG, cli_officer, OFFICER_USAGE, "who may do what, as admins certify it"},
	{"login", ANY_HISTORY, cli_login, LOGIN_USAGE, "begin to work as an officer"},
	{"logout", NEEDS_CONFIG, cli_logout, "chitra logout", "end it"},
	{"whoami", NEEDS_CONFIG, cli_whoami, "chitra whoami", "who is logged in"},
	{"import", WRITES_MUCH, cli_import, IMPORT_USAGE,
		"ward lists, a bank's accounts and deaths into the register"},
	{"registry", WRITES_MUCH, cli_registry, REGISTRY_USAGE,
		"deaths, moves and corrections from the population database"},
	{"entitle", WRITES_MUCH, cli_entitle, ENTITLE_USAGE,
		"what everybody on a period's lists is owed, as claims"},
	{"decide", NEEDS_CONFIG, cli_decide, DECIDE_USAGE,
		"suspend, end, resume, grant, ask back: by two officers"},
	{"area", NEEDS_CONFIG, cli_area, AREA_USAGE,
		"what a code means on which day, and where split units went"},
	{"explain", NEEDS_CONFIG, cli_explain, EXPLAIN_USAGE,
		"why a person gets what in a period, in words to read out"},
	{"account", NEEDS_CONFIG, cli_account, ACCOUNT_USAGE,
		"accounts of people: added, prolonged and ended by two officers"},
	{"preference", NEEDS_CONFIG, cli_preference, PREFERENCE_USAGE, "account or cash, as a person wishes"},
	{"people", NEEDS_CONFIG, cli_people, PEOPLE_USAGE,
		"everybody of a period with the state of each claim"},
	{"person", NEEDS_CONFIG, cli_person, PERSON_USAGE, "one person: corrections, new IDs, merges"},
	{"finding", NEEDS_CONFIG, cli_finding, FINDING_USAGE, "what awaits a decision before it is paid"},
	{"claim", NEEDS_CONFIG, cli_claim, CLAIM_USAGE,
		"what each person of a ward is owed; voided by two officers"},
	{"recovery", NEEDS_CONFIG, cli_recovery, RECOVERY_USAGE,
		"money that was not due: asked back or not, by two officers"},
	{"match", WRITES_MUCH, cli_match, MATCH_USAGE, "whose account is it: grades answers, asks banks"},
	{"ledger", ANY_HISTORY, cli_ledger, LEDGER_USAGE,
		"where the books stand, and whether they are whole"},
	{"batch", WRITES_MUCH, cli_batch, BATCH_USAGE, "make batches of what is owed, and submit them"},
	{"approve", WRITES_MUCH, cli_approve, APPROVE_USAGE, "sign batches as checker or approver"},
	{"release", NEEDS_CONFIG, cli_release, RELEASE_USAGE, "let approved batches go, by two officers"},
	{"schedule", NEEDS_CONFIG, cli_schedule, SCHEDULE_USAGE,
		"a period's plan: days, hours, what waits, the money for it"},
	{"hold", NEEDS_CONFIG, cli_hold, HOLD_USAGE, "stop payouts that have not left"},
	{"unhold", NEEDS_CONFIG, cli_unhold, UNHOLD_USAGE, "let held payouts go, by two officers"},
	{"cancel", NEEDS_CONFIG, cli_cancel, CANCEL_USAGE,
		"cancel payouts that have not left; they stay owed"},
	{"recall", NEEDS_CONFIG, cli_recall, RECALL_USAGE,
		"ask a bank to give back what has left, by two officers"},
	{"pause", NEEDS_CONFIG, cli_pause, PAUSE_USAGE,
		"stop a bank, a programme or everything within a second"},
	{"resume", NEEDS_CONFIG, cli_resume, RESUME_USAGE, "let it go on"},
	{"fund", NEEDS_CONFIG, cli_fund, FUND_USAGE, "money that is expected, and money that is there"},
	{"cash", NEEDS_CONFIG, cli_cash, CASH_USAGE,
		"the cash agent's signed list, confirmed by two officers"},
	{"reconcile", NEEDS_CONFIG, cli_reconcile, RECONCILE_USAGE,
		"one account on one day: does every dong have its place?"},
	{"break", NEEDS_CONFIG, cli_break, BREAK_USAGE, "open differences, resolved by two officers"},
	{"period", NEEDS_CONFIG, cli_period, PERIOD_USAGE, "a month of the books, closed by two officers"},
	{"report", NEEDS_CONFIG, cli_report, REPORT_USAGE,
		"a period in figures; statement lines and payouts as CSV"},
	{"recover", ANY_HISTORY, cli_recover, RECOVER_USAGE,
		"after a restore: what the dump lacks, from the archive and the sent journal"},
	{"sandbox", NEEDS_CONFIG, cli_sandbox, SANDBOX_USAGE, "the business clock of a sandbox"},
};

#define CONFIG_DEFAULT "/etc/chitra/chitra.conf"

struct globals {
	const char *config, *session;
	bool json;
};

static int usage(FILE *to, int code)
{
	fputs("usage: chitra [--config FILE] [--session FILE] [--json] COMMAND ...\n"
	      "       chitra --help | --version\n"
	      "       chitra help COMMAND [WORD]\n\n",
		to);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].doc);
	fputs("\n"
	      "  --config FILE   default: $CHITRA_CONFIG, then " CONFIG_DEFAULT "\n"
	      "  --session FILE  where the login is kept; default: $CHITRA_SESSION, then\n"
	      "                  $XDG_STATE_HOME/chitra/session, then ~/.local/state/chitra/session\n"
	      "  --json          one JSON object on standard output, errors too\n"
	      "\n"
	      "exit: 0 done, 64 wrong use, 65 refused, 69 database unreachable, 70 defect, 75 try again later,\n"
	      "      77 no permission or not logged in, 78 configuration; db check and reconcile also 1 and 2\n",
		to);
	return code;
}

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static const char *session_default(struct arena *a)
{
	const char *given = getenv("CHITRA_SESSION"), *state = getenv("XDG_STATE_HOME"),
		   *home = getenv("HOME");
	if (given && *given)
		return given;
	if (state && *state)
		return arena_printf(a, "%s/chitra/session", state);
	return arena_printf(a, "%s/.local/state/chitra/session", home && *home ? home : "");
}

static int run_bare(const struct command *command, const struct globals *g, int argc, char **argv)
{
	struct work w = {.arena = arena_new(), .job = command->name};
	struct cli cli = {.command = command, .word = argc > 1 ? argv[1] : NULL, .w = &w, .json = g->json};
	int code = command->run(&cli, argc, argv);
	arena_free(w.arena);
	return code;
}

/* A help to those who come after, and no part of the work: it failed or it did not. */
static void learn(struct cli *cli)
{
	struct why kept = cli->w->why;
	cli_next_step(cli);
	TX_GUARD(cli->w);
	enum result r = tx_begin(cli->w);
	if (r == OK)
		r = db_run(cli->w, Q_DAEMON_LEARN, DB_NO_ARGS, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		log_event(LOG_WARN, "not_learnt", K_WHY(&cli->w->why));
	cli->w->why = kept;
}

/* Two versions of the program never work in one database: what one writes may mean something else to the other. */
static enum result refuse_other_schema(struct work *w, void *nothing)
{
	(void)nothing;
	int version;
	enum result r = db_schema_version(w, &version);
	return r != OK || db_schema_fits(version, &w->why) ? r : REFUSED;
}

/* A restored dump has forgotten what was approved, paid or held: nobody reads or writes it before it is recovered. */
static enum result refuse_the_past(struct work *w, void *archive)
{
	bool differs = false;
	const char *doubt = NULL;
	enum result r = refuse_other_schema(w, NULL);
	if (r == OK && archive)
		r = books_compare(w, archive, &differs);
	if (r == OK && !differs)
		r = journal_doubt(w, &doubt);
	if (r != OK || (!differs && !doubt))
		return r;
	if (doubt)
		why_set(&w->why, "history_in_doubt", "%s", doubt);
	why_prefix(&w->why, "run chitra recover first");
	return REFUSED;
}

/* False: there should be an archive, and there is none. */
static bool compare_with_archive(const struct cli *cli, struct archive **out)
{
	const char *directory = config_text(cli->config, "archive", "directory");
	*out = NULL;
	db_on_connect(refuse_other_schema, NULL);
	if (cli->command->needs == ANY_HISTORY)
		return true;
	*out = directory ? archive_open(directory, NULL, &cli->w->why) : NULL;
	db_on_connect(refuse_the_past, *out);
	return *out || !directory;
}

static void fill_config_errors(struct json_writer *j, const void *what)
{
	json_put_str(j, "error", "config");
	json_put_str(j, "result", result_name(REFUSED));
	json_put_str(j, "text", what);
}

static int run_on_desk(const struct command *command, const struct globals *g, int argc, char **argv)
{
	const char *path = g->config ? g->config : getenv("CHITRA_CONFIG");
	struct config_errors errors = {0};
	if (!path || !*path)
		path = CONFIG_DEFAULT;
	struct config *config = config_load(path, DUTY_DESK, &errors);
	if (!config) {
		if (g->json)
			cli_print_json(fill_config_errors, errors.text);
		else
			fputs(errors.text, stderr);
		config_errors_free(&errors);
		return EX_CONFIG;
	}
	struct work w = {.arena = arena_new(), .job = command->name};
	w.db = db_open(config_text(config, "database", "conninfo"), DB_DUTY_DESK);
	struct cli cli = {.command = command,
		.word = argc > 1 ? argv[1] : NULL,
		.w = &w,
		.config = config,
		.config_path = path,
		.json = g->json};
	parser_program(config_text(config, "desk", "parse_program"));
	cli.session_path = g->session ? g->session : session_default(w.arena);
	cli_next_step(&cli);
	struct archive *archive;
	int code = compare_with_archive(&cli, &archive) ? command->run(&cli, argc, argv)
							: cli_refused(&cli, &w.why);
	if (command->needs == WRITES_MUCH && code == EX_OK)
		learn(&cli);
	db_close(w.db);
	db_on_connect(NULL, NULL);
	archive_close(archive);
	arena_free(w.arena);
	config_free(config);
	return code;
}

/* --json, --config and --session may also stand after the command. Returns the new argc; -1: an option lacks its value. */
static int take_globals(struct globals *g, int argc, char **argv)
{
	int n = 0;
	for (int i = 0; i < argc; i++) {
		const char **into = NULL;
		if (strcmp(argv[i], "--json") == 0) {
			g->json = true;
			continue;
		}
		if (strcmp(argv[i], "--config") == 0)
			into = &g->config;
		else if (strcmp(argv[i], "--session") == 0)
			into = &g->session;
		else if (strncmp(argv[i], "--config=", 9) == 0)
			g->config = argv[i] + 9;
		else if (strncmp(argv[i], "--session=", 10) == 0)
			g->session = argv[i] + 10;
		else
			argv[n++] = argv[i];
		if (into && ++i == argc)
			return -1;
		if (into)
			*into = argv[i];
	}
	argv[n] = NULL;
	return n;
}

/* The options before the command; returns its place in argv, or −1 − exit code. */
static int read_globals(struct globals *g, int argc, char **argv)
{
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"session", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"version", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	for (int c; (c = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
		switch (c) {
		case 'c': g->config = optarg; break;
		case 's': g->session = optarg; break;
		case 'j': g->json = true; break;
		case 'v': puts("chitra " CHITRA_VERSION); return -1;
		case 'h': return -1 - usage(stdout, EX_OK);
		default: return -1 - usage(stderr, EX_USAGE);
		}
	}
	return optind < argc ? optind : -1 - usage(stderr, EX_USAGE);
}

/* `chitra help COMMAND`, and `--help` wherever it stands after a command. */
static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct globals g = {0};
	int at = read_globals(&g, argc, argv);
	if (at < 0)
		return -1 - at;
	process_harden();
	struct why why;
	if (!failpoints_start("desk", &why)) {
		fprintf(stderr, "chitra: %s\n", why.text);
		return EX_CONFIG;
	}
	bool help = strcmp(argv[at], "help") == 0;
	if (help && at + 1 == argc)
		return usage(stdout, EX_OK);
	const struct command *command = command_named(argv[help ? at + 1 : at]);
	if (!command) {
		fprintf(stderr, "chitra: there is no command %s\n", argv[help ? at + 1 : at]);
		return usage(stderr, EX_USAGE);
	}
	argc -= at;
	argv += at;
	if (help || asks_help(argc, argv)) {
		cli_print_usage(stdout, command, argc > help + 1 ? argv[help + 1] : NULL);
		return EX_OK;
	}
	argc = take_globals(&g, argc, argv);
	if (argc < 0)
		return usage(stderr, EX_USAGE);
	return (command->needs == NEEDS_NOTHING ? run_bare : run_on_desk)(command, &g, argc, argv);
}
