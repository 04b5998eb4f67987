#include "daemon/cli/slip_cmd.h"

#include <getopt.h>
#include <stdio.h>

#include "ledger/base/file.h"
#include "ledger/recon/dossier_store.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/slip_page.h"

/* Whose payout it is; in a transaction of its own. */
static enum result find(struct cli *cli, const char *id, struct dossier_of *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = dossier_find(cli->w, id, out);
	return r == OK ? tx_commit(cli->w) : r;
}

static enum result load(struct cli *cli, const struct opening *opening, const char *id,
	const struct dossier_of *of, struct slip *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = slip_make(cli->w, opening, of->payout, id, out);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_ledger_slip(struct cli *cli, int argc, char **argv)
{
	const char *reason = "chitra ledger slip";
	const struct cli_option known[] = {{"reason", .reason = &reason}};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	CLEANUP(buf_free) struct buf page = BUF(SLIP_PAGE_MAX);
	struct dossier_of of;
	struct opening *opening;
	struct slip slip;
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 2 != argc)
		return cli_usage(cli);
	const char *id = argv[optind], *file = argv[optind + 1];
	enum result r = find(cli, id, &of);
	if (r == OK)
		r = desk_opening(cli, &keys,
			&(struct opening_wish){.what = "ledger.slip", .reason = reason, .person = of.person},
			&opening);
	if (r == OK)
		r = load(cli, opening, id, &of, &slip);
	if (r == OK && !(slip_page(cli->w->arena, &slip, &page, &cli->w->why) &&
			       write_file_durable(file, buf_bytes(&page), 0600, &cli->w->why)))
		r = REFUSED;
	if (r != OK)
		return cli_exit(cli, r);
	printf("%s: in ra một trang A5 và giao cho người hưởng\n", file);
	return EX_OK;
}
