/* chitrad: the daemon. Options in, exit status out; duty.c and supervisor.c do the rest. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"
#include "daemon/config.h"
#include "daemon/duty.h"
#include "daemon/signals.h"
#include "daemon/spawn.h"
#include "daemon/supervisor.h"
#include "daemon/version.h"

enum { EX_USAGE = 64, EX_SOFTWARE = 70, EX_CONFIG = 78 };

static const char usage[] =
	"usage: chitrad [--config FILE] [--duty gate|desk|teller|scribe]\n"
	"       chitrad [--config FILE] [--duty NAME] --check-config | --print-config\n"
	"       chitrad --list-options | --version | --help\n"
	"\n"
	"Without --duty it starts all four duties, each as a process of its own, and keeps them running.\n"
	"SIGTERM: finish what was begun, then end. SIGHUP: start new processes with the changed configuration, then\n"
	"end the old ones; no connection is refused.\n"
	"\n"
	"  --config FILE    default /etc/chitra/chitra.conf; then conf.d/*.conf beside it\n"
	"  --check-config   print each error with file and line; exit 0 when there is none, else 78\n"
	"  --print-config   the configuration in force, secrets masked\n"
	"  --list-options   every option: [section] name\n";

static int list_options(void)
{
	for (size_t i = 0; i < option_rows_n; i++)
		printf("[%s] %s\n", option_rows[i].section, option_rows[i].name);
	return 0;
}

static int check_config(const char *path, unsigned reader, bool print)
{
	struct config_errors errors = {0};
	struct config *c = config_load(path, reader, &errors);
	if (!c) {
		fputs(errors.text, stderr);
		config_errors_free(&errors);
		return EX_CONFIG;
	}
	if (print)
		config_print(c, stdout);
	config_free(c);
	return 0;
}

static int run(const struct duty *duty, const char *config_path)
{
	struct why why;
	if (!failpoints_start(duty ? duty->name : "supervisor", &why)) {
		fprintf(stderr, "chitrad: %s\n", why.text);
		return EX_CONFIG;
	}
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n < 0) {
		fputs("chitrad: could not find its own program file\n", stderr);
		return EX_SOFTWARE;
	}
	program[n] = '\0';
	process_harden();
	struct spawner spawner = {.program = program, .config_path = config_path, .supervises = !duty};
	return duty ? duty_run(duty, &spawner) : supervisor_run(&spawner);
}

int main(int argc, char **argv)
{
	enum { CONFIG = 1, DUTY, CHECK, PRINT, LIST, VERSION, HELP };
	static const struct option long_options[] = {
		{"config", required_argument, NULL, CONFIG},
		{"duty", required_argument, NULL, DUTY},
		{"check-config", no_argument, NULL, CHECK},
		{"print-config", no_argument, NULL, PRINT},
		{"list-options", no_argument, NULL, LIST},
		{"version", no_argument, NULL, VERSION},
		{"help", no_argument, NULL, HELP},
		{NULL, 0, NULL, 0},
	};
	const char *config_path = "/etc/chitra/chitra.conf";
	const struct duty *duty = NULL;
	int what = 0, option;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case CONFIG: config_path = optarg; break;
		case DUTY:
			duty = duty_by_name(optarg);
			if (!duty) {
				fprintf(stderr, "chitrad: there is no duty %s\n", optarg);
				return EX_USAGE;
			}
			break;
		case CHECK:
		case PRINT:
		case LIST: what = option; break;
		case VERSION: puts("chitrad " CHITRA_VERSION); return 0;
		case HELP: fputs(usage, stdout); return 0;
		default: fputs(usage, stderr); return EX_USAGE;
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (what == LIST)
		return list_options();
	if (what)
		return check_config(config_path, duty ? 1u << duty->db : (unsigned)DUTY_ALL, what == PRINT);
	return run(duty, config_path);
}
