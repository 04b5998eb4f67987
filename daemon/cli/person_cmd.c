#include "daemon/cli/person_cmd.h"

#include <string.h>

#include "daemon/cli/held_cmd.h"

/* Each gets the arguments from its word on. */
static const struct {
	const char *word;
	int (*run)(struct cli *cli, int argc, char **argv);
} words[] = {
	{"list", person_list},
	{"confirm", person_confirm},
	{"refuse", person_refuse},
	{"merge", person_merge},
	{"part", person_part},
	{"export", cli_person_export},
	{"erase", cli_person_erase},
	{"readmit", cli_person_readmit},
};

int cli_person(struct cli *cli, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < COUNT_OF(words); i++)
		if (strcmp(words[i].word, argv[1]) == 0)
			return words[i].run(cli, argc - 1, argv + 1);
	return cli_usage(cli);
}
