#include "daemon/cli/approve_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/books/post.h"
#include "ledger/payout/approve_store.h"
#include "ledger/payout/flag_store.h"
#include "daemon/cli/passphrase.h"
#include "daemon/cli/pick.h"
#include "daemon/cli/trust.h"

#define APPROVAL_DAYS 30 /* how long a signature lets its batches be sent */
#define FLAGGED_SHOWN 40

struct approve_options {
	struct pick pick;
	const char *key;
	struct passphrase_from from;
	bool has_role, yes;
	enum approval_role role;
};

struct approve_run {
	struct cli *cli;
	const struct approve_options *o;
	const struct sign_key *key;
	const struct trust *trust;
	const struct certificate_row *certificate;
	struct drafts drafts;
	struct approved approved;
	struct flagged flagged; /* with --json */
	struct arena *arena;
};

static bool take_role(const char *value, void *to)
{
	struct approve_options *o = to;
	o->has_role = approval_role_parse(value, &o->role);
	return o->has_role || cli_wrong("Chọn vai trò (--role): không có vai trò «%s»", value);
}

static bool read_options(int argc, char **argv, struct approve_options *o)
{
	const struct cli_option known[] = {
		PICK_OPTIONS(&o->pick, "all-frozen"),
		{"role", .take = take_role, .to = o, .needed = true},
		{"key", .text = &o->key, .needed = true},
		{"yes", .given = &o->yes},
		PASSPHRASE_OPTIONS(&o->from),
	};
	*o = (struct approve_options){.from = PASSPHRASE_FROM_TERMINAL};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- what the officer sees ----------------------------------------------------------------------------------------------- */

static enum result print_draft(struct cli *cli, const struct draft *d)
{
	struct rows before;
	int64_t *ids = pick_of(cli->w->arena, &d->batches);
	enum result r = db_run(cli->w, Q_APPROVE_PREVIOUS, DB_ARGS(db_i64s(ids, d->batches.n)), &before);
	if (r != OK)
		return r;
	int64_t lines = row_i64(&before, 0, rows_col(&before, "lines"));
	struct vnd sum = row_vnd(&before, 0, rows_col(&before, "sum_dong")), change;
	bug_if(!vnd_sub(d->sum, sum, &change));
	char root[HASH_HEX_SIZE];
	if (d->batches.n <= 40)
		pick_print(cli->w->arena, &d->batches);
	printf("%s: %zu bảng, %" PRId64 " dòng, %s\n", d->agency, d->batches.n, d->lines,
		cli_money(cli->w->arena, d->sum));
	if (lines > 0)
		printf("kỳ trước: %" PRId64 " dòng, %s (chênh lệch %+" PRId64 " dòng, %s)\n", lines,
			cli_money(cli->w->arena, sum), d->lines - lines, cli_money(cli->w->arena, change));
	printf("mã gốc: %s\n", hash_hex(&d->bundle.root, root));
	return OK;
}

/* Lines with something to look at; above FLAGGED_SHOWN of them the counts and where to find all. */
static void print_flagged(struct arena *a, const struct flagged *f)
{
	if (f->n == 0) {
		puts("Không có tài khoản nào cần xem lại");
		return;
	}
	for (size_t i = 0; i < f->n && f->n <= FLAGGED_SHOWN; i++) {
		const struct flagged_line *l = &f->at[i];
		printf("bảng %" PRId64 ", dòng %" PRId32 ": %s, %s\n    %s\n", l->batch, l->line, l->name,
			cli_money(a, l->amount), flags_vi(a, l->flags));
	}
	printf("%zu dòng cần xem trước khi ký:\n", f->n);
	for (int i = 0; i < FLAGS; i++)
		if (f->lines[i] > 0)
			printf("  %" PRId64 " %s\n", f->lines[i], flag_vi((enum flag)i));
	puts("Xem từng dòng: chitra batch show. Nếu sai, không ký và trả lại: chitra batch send-back");
}

static bool agrees(const struct approve_options *o)
{
	char answer[8] = "";
	if (o->yes)
		return true;
	fflush(stdout);
	fprintf(stderr, "Ký? [c/K] ");
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'c' || answer[0] == 'C');
}

static void fill_approved(struct json_writer *j, const void *what)
{
	const struct approve_run *x = what;
	json_put_str(j, "role", approval_role_name(x->o->role));
	json_open_array(j, "bundles");
	for (size_t i = 0; i < x->drafts.n; i++) {
		const struct draft *d = &x->drafts.at[i];
		json_open_object(j, NULL);
		json_put_str(j, "agency", d->agency);
		json_put_hex(j, "root", bytes_of(d->bundle.root.b, sizeof d->bundle.root.b));
		json_put_i64(j, "batches", (int64_t)d->batches.n);
		json_put_i64(j, "lines", d->lines);
		json_put_vnd(j, "sum_dong", d->sum);
		json_close(j);
	}
	json_close(j);
	json_open_array(j, "flagged");
	for (size_t i = 0; i < x->flagged.n; i++) {
		const struct flagged_line *l = &x->flagged.at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "batch", l->batch);
		json_put_i64(j, "line", l->line);
		json_open_array(j, "flags");
		for (int f = 0; f < FLAGS; f++)
			if ((l->flags >> f) & 1)
				json_put_str(j, NULL, flag_name((enum flag)f));
		json_close(j);
		json_close(j);
	}
	json_close(j);
	json_put_i64(j, "approved_batches", (int64_t)x->approved.n);
	json_put_i64(j, "approved_lines", x->approved.lines);
	json_put_vnd(j, "approved_dong", x->approved.sum);
}

static void say(const struct approve_run *x)
{
	if (x->cli->json) {
		cli_print_json(fill_approved, x);
		return;
	}
	if (x->drafts.n == 0)
		printf("Không có bảng nào đang chờ chữ ký này\n");
	else if (x->approved.n > 0)
		printf("%zu bảng đã đủ chữ ký: %" PRId64 " dòng, %s\n", x->approved.n, x->approved.lines,
			cli_money(x->arena, x->approved.sum));
	else
		printf("Đã ký; còn chờ chữ ký thứ hai\n");
}

/* ---- signing ------------------------------------------------------------------------------------------------------------- */

/* The certificate in force of the key that was opened. */
static enum result find_certificate(struct approve_run *x)
{
	struct certificates all;
	struct cli *cli = x->cli;
	struct verify_key mine = sign_public(x->key);
	enum result r = officer_certificates(cli->w, cli->me.login, &all);
	if (r != OK)
		return r;
	for (size_t i = 0; i < all.n; i++)
		if (memcmp(all.at[i].key.b, mine.b, sizeof mine.b) == 0) {
			x->certificate = all.at + i;
			return OK;
		}
	why_set(&cli->w->why, all.n == 0 ? "certificate_none" : "key_not_certified",
		"no certificate of %s in force is for the key %s", cli->me.login, x->o->key);
	return REFUSED;
}

static enum result choose(struct approve_run *x, int64_t **ids, size_t *n)
{
	struct batches waiting;
	*ids = x->o->pick.ids;
	*n = x->o->pick.n;
	if (!x->o->pick.all)
		return OK;
	struct batch_filter filter = pick_filter(&x->o->pick);
	enum result r = approve_waiting(x->cli->w, &x->cli->me, x->o->role, &filter, &waiting);
	if (r != OK)
		return r;
	*ids = pick_of(x->cli->w->arena, &waiting);
	*n = waiting.n;
	return OK;
}

/* What there is to look at in the very batches that are signed now; who says --yes has looked. */
static enum result show_flagged(struct approve_run *x, const int64_t *ids, size_t n)
{
	struct cli *cli = x->cli;
	if (n == 0 || (x->o->yes && !cli->json))
		return OK;
	enum result r = batch_flags(cli->w, ids, n, &x->flagged);
	if (r == OK && !cli->json)
		print_flagged(cli->w->arena, &x->flagged);
	return r;
}

static enum result sign_one(struct approve_run *x, const struct draft *d, struct entries *entries)
{
	struct cli *cli = x->cli;
	enum result r = cli->json ? OK : print_draft(cli, d);
	if (r != OK)
		return r;
	if (!agrees(x->o)) {
		why_set(&cli->w->why, "not_signed", "the officer did not agree");
		return REFUSED;
	}
	cli_next_step(cli);
	struct signed_draft s = {.draft = d,
		.text = approve_text(cli->w->arena, d, cli->me.login, x->o->role, &x->certificate->sha256,
			wall_us(), APPROVAL_DAYS),
		.certificate = x->certificate};
	s.signature = sign_detached(x->key, s.text);
	return approve_record(cli->w, &cli->me, x->trust, &s, entries, &x->approved);
}

static enum result sign_all(struct approve_run *x)
{
	struct cli *cli = x->cli;
	struct entries entries = {0};
	int64_t *ids;
	size_t n;
	enum result r = cli_enter(cli);
	if (r == OK)
		r = cli_trust(cli, &x->trust);
	if (r == OK)
		r = find_certificate(x);
	if (r == OK)
		r = choose(x, &ids, &n);
	if (r == OK && n > 0)
		r = approve_prepare(cli->w, x->o->role, ids, n, &x->drafts);
	if (r == OK)
		r = show_flagged(x, ids, n);
	for (size_t i = 0; r == OK && i < x->drafts.n; i++)
		r = sign_one(x, &x->drafts.at[i], &entries);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_approve(struct cli *cli, int argc, char **argv)
{
	struct approve_options o;
	if (!read_options(argc, argv, &o) || !pick_ids(cli->w->arena, argc - optind, argv + optind, &o.pick))
		return cli_usage(cli);
	if (!o.yes && !isatty(STDIN_FILENO)) {
		why_set(&cli->w->why, "needs_yes",
			"nobody can be asked here whether to sign; --yes says so beforehand");
		return cli_refused(cli, &cli->w->why);
	}
	struct approve_run x = {.cli = cli, .o = &o, .arena = cli->w->arena};
	CLEANUP(sign_drop) struct sign_key *key = passphrase_open_key(cli, o.key, &o.from);
	if (!key)
		return cli_refused(cli, &cli->w->why);
	x.key = key;
	TX_GUARD(cli->w);
	enum result r = sign_all(&x);
	if (r == OK)
		say(&x);
	return cli_exit(cli, r);
}
