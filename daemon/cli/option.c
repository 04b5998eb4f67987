/* option.c: a command's options from one table (cli.h). */
#include "daemon/cli/cli.h"

#include <getopt.h>
#include <string.h>

#define OPTIONS_MOST 24
#define FIRST        256 /* above every character, so that getopt's '?' is none of ours */

static bool take(const struct cli_option *o, const char *value)
{
	bool taken = true;
	if (o->text)
		*o->text = value;
	else if (o->reason)
		taken = cli_reason(value, o->reason);
	else if (o->month)
		taken = cli_month(value, o->month);
	else if (o->day)
		taken = cli_day(value, o->day);
	else if (o->amount)
		taken = cli_dong(value, o->amount);
	else if (o->id)
		taken = cli_id(value, o->id);
	else if (o->take)
		taken = o->take(value, o->to);
	if (o->given)
		*o->given = taken;
	return taken;
}

bool cli_options(int argc, char **argv, const struct cli_option *known, size_t n)
{
	struct option names[OPTIONS_MOST + 1] = {0};
	bool seen[OPTIONS_MOST] = {0};
	bug_if(n > OPTIONS_MOST);
	for (size_t i = 0; i < n; i++) {
		const struct cli_option *o = &known[i];
		bool has_value = o->text || o->reason || o->month || o->day || o->amount || o->id || o->take;
		names[i] = (struct option){
			o->name, has_value ? required_argument : no_argument, NULL, FIRST + (int)i};
	}
	optind = 0; /* glibc: begin anew, and find options after other words too */
	for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
		if (c < FIRST || !take(&known[c - FIRST], optarg))
			return false;
		seen[c - FIRST] = true;
	}
	for (size_t i = 0; i < n; i++)
		if (known[i].needed && !seen[i])
			return cli_wrong("Thêm --%s", known[i].name);
	return true;
}
