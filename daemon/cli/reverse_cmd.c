#include "daemon/cli/reverse_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/books/post.h"
#include "ledger/recon/reverse_store.h"

static bool take_reason(const char *value, void *to)
{
	static const char *const known[] = {"wrong_finding", "wrong_amount", "wrong_case"};
	const char **reason = to;
	*reason = value;
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strcmp(known[i], value) == 0)
			return true;
	return cli_wrong("Chọn lý do (--reason): wrong_finding, wrong_amount, wrong_case");
}

static void fill_reversed(struct json_writer *j, const void *what)
{
	const struct reversed *r = what;
	json_put_bool(j, "reversed", r->confirmed);
	json_put_i64(j, "break", r->brk);
}

static void say(const struct reversed *r, int64_t seq, const char *reason)
{
	if (!r->confirmed)
		printf("Đã đề nghị; chờ cán bộ thứ hai nói như vậy: chitra ledger reverse %" PRId64
		       " --reason %s\n",
			seq, reason);
	else if (r->brk)
		printf("Đã đảo; tiền lại treo, giải quyết lại: chitra break show %" PRId64 "\n", r->brk);
	else
		puts("Đã đảo");
}

int cli_ledger_reverse(struct cli *cli, int argc, char **argv)
{
	const char *reason = NULL;
	const struct cli_option known[] = {{"reason", .take = take_reason, .to = &reason, .needed = true}};
	int64_t seq;
	struct entries entries = {0};
	struct reversed done;
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 1 != argc ||
		!cli_id(argv[optind], &seq))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = reverse_say(cli->w, &cli->me, seq, reason, &entries, &done);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_reversed, &done);
	else if (r == OK)
		say(&done, seq, reason);
	return cli_exit(cli, r);
}
