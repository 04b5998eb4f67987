#include "daemon/cli/release_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/books/post.h"
#include "ledger/payout/release_store.h"
#include "daemon/cli/pick.h"
#include "daemon/cli/trust.h"

/* What became of one batch, kept when its transaction's memory is gone. */
struct gone {
	int64_t batch;
	enum release_answer answer;
	const char *funding;
	struct vnd missing;
	int64_t goes_us; /* 0: now */
};

struct release_run {
	struct cli *cli;
	const char *archive;
	bool planned;
	size_t n, done, dispatches;
	struct gone *at;
	int64_t lines;
	struct vnd sum;
};

static void fill_released(struct json_writer *j, const void *what)
{
	const struct release_run *x = what;
	json_put_i64(j, "released_batches", (int64_t)x->done);
	json_put_i64(j, "released_lines", x->lines);
	json_put_vnd(j, "released_dong", x->sum);
	json_put_i64(j, "dispatches", (int64_t)x->dispatches);
	json_open_array(j, "batches");
	for (size_t i = 0; i < x->n; i++) {
		json_open_object(j, NULL);
		json_put_i64(j, "id", x->at[i].batch);
		json_put_str(j, "answer", release_answer_name(x->at[i].answer));
		if (x->at[i].answer == RELEASE_NOT_FUNDED) {
			json_put_str(j, "funding_account", x->at[i].funding);
			json_put_vnd(j, "missing_dong", x->at[i].missing);
		}
		if (x->at[i].goes_us)
			json_put_instant(j, "goes_at", x->at[i].goes_us);
		json_close(j);
	}
	json_close(j);
}

static size_t count(const struct release_run *x, enum release_answer a)
{
	size_t n = 0;
	for (size_t i = 0; i < x->n; i++)
		n += x->at[i].answer == a;
	return n;
}

static void say_troubles(const struct release_run *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct gone *g = &x->at[i];
		if (g->answer == RELEASE_NOT_FUNDED)
			fprintf(stderr, "bảng %" PRId64 ": chưa đủ tiền, còn thiếu %s ở %s (not_funded)\n",
				g->batch, cli_money(x->cli->w->arena, g->missing), g->funding);
		else if (g->answer == RELEASE_EXPIRED)
			fprintf(stderr,
				"bảng %" PRId64 ": đã quá thời hạn chi; hủy các khoản của bảng rồi lập lại "
				"(chitra cancel --batch %" PRId64 ") (batch_expired)\n",
				g->batch, g->batch);
		else if (g->answer == RELEASE_NO_OPENING)
			fprintf(stderr,
				"bảng %" PRId64
				": hết hạn trước ngày, giờ chi tới (chitra schedule); %s hủy các khoản rồi "
				"lập lại (chitra cancel --batch %" PRId64 ") (no_opening)\n",
				g->batch, x->planned ? "chuyển chi không có --in-window, hoặc" : "",
				g->batch);
		else if (g->answer == RELEASE_BEFORE)
			fprintf(stderr, "bảng %" PRId64 ": đã chuyển chi từ trước (released_before)\n",
				g->batch);
	}
}

/* The first hour at which something of it goes. */
static int64_t first_hour(const struct release_run *x)
{
	int64_t first = 0;
	for (size_t i = 0; i < x->n; i++)
		if (x->at[i].goes_us && (!first || x->at[i].goes_us < first))
			first = x->at[i].goes_us;
	return first;
}

static int say(const struct release_run *x)
{
	size_t waits = count(x, RELEASE_AWAITS_SECOND);
	if (x->cli->json) {
		cli_print_json(fill_released, x);
	} else {
		if (x->done > 0)
			printf("%zu bảng đã chuyển chi: %" PRId64 " dòng, %s, %zu lệnh gửi\n", x->done,
				x->lines, cli_money(x->cli->w->arena, x->sum), x->dispatches);
		if (first_hour(x))
			printf("  gửi từ %s\n", cli_instant_vi(x->cli->w->arena, first_hour(x)));
		if (count(x, RELEASE_HURRIED) > 0)
			printf("%zu bảng không chờ ngày chi nữa\n", count(x, RELEASE_HURRIED));
		if (waits > 0)
			printf("%zu bảng chờ cán bộ thứ hai\n", waits);
		if (x->n == 0)
			printf("Không có bảng nào chờ chuyển chi\n");
		say_troubles(x);
	}
	if (count(x, RELEASE_NOT_FUNDED) > 0)
		return EX_TEMPFAIL;
	return count(x, RELEASE_EXPIRED) + count(x, RELEASE_NO_OPENING) > 0 ? EX_DATAERR : EX_OK;
}

static enum result release_in_tx(struct release_run *x, const int64_t *ids, size_t n, struct released *out)
{
	struct cli *cli = x->cli;
	struct entries entries = {0};
	struct release_wish wish = {.planned = x->planned, .archive = x->archive, .ids = ids, .n = n};
	enum result r = cli_enter(cli);
	wish.me = &cli->me;
	if (r == OK)
		r = cli_trust(cli, &wish.trust);
	if (r == OK)
		r = release_batches(cli->w, &wish, &entries, out);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	return r == OK ? tx_commit(cli->w) : r;
}

static void note(struct release_run *x, struct arena *kept, const struct released *out)
{
	for (size_t i = 0; i < out->n; i++)
		x->at[x->n++] = (struct gone){.batch = out->at[i].batch->id,
			.answer = out->at[i].answer,
			.funding = arena_strdup(kept, out->at[i].batch->funding),
			.missing = out->at[i].missing,
			.goes_us = out->at[i].answer == RELEASE_DONE && out->at[i].waits
					   ? out->at[i].opening.from_us
					   : 0};
	x->done += out->done;
	x->lines += out->lines;
	x->dispatches += out->dispatches;
	bug_if(!vnd_add(x->sum, out->sum, &x->sum));
}

/* One transaction, whose memory goes with it: tellers begin with the first slice while the next is made. */
static enum result release_slice(struct release_run *x, const int64_t *ids, size_t n)
{
	struct work *w = x->cli->w;
	struct arena *kept = w->arena;
	struct released out = {0};
	struct arena *own = arena_new();
	w->arena = own;
	enum result r = release_in_tx(x, ids, n, &out);
	tx_rollback(w);
	if (r == OK)
		note(x, kept, &out);
	w->arena = kept;
	arena_free(own);
	return r;
}

/* Of batches that were named, those that went before are told of, and the others go; when all of them did, that is the refusal. */
static void leave_out_gone(struct release_run *x, struct batches *b)
{
	struct batches rest = {.at = arena_array(x->cli->w->arena, b->n, struct batch)};
	x->at = arena_array(x->cli->w->arena, b->n, struct gone);
	for (size_t i = 0; i < b->n; i++) {
		const struct batch *at = &b->at[i];
		bool went = strcmp(at->state, "closed") == 0 ||
			    (strcmp(at->state, "released") == 0 && (x->planned || !at->planned));
		if (went)
			x->at[x->n++] = (struct gone){.batch = at->id, .answer = RELEASE_BEFORE};
		else
			rest.at[rest.n++] = *at;
	}
	if (rest.n > 0)
		*b = rest;
	else
		x->n = 0;
}

static enum result choose(struct cli *cli, const struct pick *pick, struct batches *out)
{
	struct batch_filter filter = pick_filter(pick);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = pick->all ? release_waiting(cli->w, &cli->me, &filter, out)
			      : batch_lock(cli->w, pick->ids, pick->n, out);
	return r == OK ? tx_commit(cli->w) : r;
}

static enum result release_all(struct release_run *x, const struct batches *b)
{
	struct cli *cli = x->cli;
	int64_t *ids = pick_of(cli->w->arena, b);
	enum result r = OK;
	struct progress bar = progress_begin(cli, "Chuyển chi", (int64_t)b->n);
	for (size_t i = 0; i < b->n && r == OK;) {
		size_t n = pick_slice(b, i);
		r = release_slice(x, ids + i, n);
		i += n;
		progress_at(&bar, (int64_t)i);
	}
	progress_end(&bar);
	return r;
}

int cli_release(struct cli *cli, int argc, char **argv)
{
	struct pick pick = {0};
	struct batches b;
	bool planned = false;
	const struct cli_option known[] = {
		PICK_OPTIONS(&pick, "all-approved"), {"in-window", .given = &planned}};
	if (!cli_options(argc, argv, known, COUNT_OF(known)))
		return cli_usage(cli);
	if (!pick_ids(cli->w->arena, argc - optind, argv + optind, &pick))
		return cli_usage(cli);
	struct release_run x = {
		.cli = cli, .planned = planned, .archive = config_text(cli->config, "archive", "directory")};
	if (!x.archive) {
		why_set(&cli->w->why, "config_missing", "[archive] directory is not set");
		return cli_refused(cli, &cli->w->why);
	}
	enum result r = choose(cli, &pick, &b);
	if (r == OK) {
		leave_out_gone(&x, &b);
		r = release_all(&x, &b);
	}
	/* What went before a refusal is gone and is told. */
	if (r != OK && !cli->json && x.n > 0)
		say(&x);
	return r == OK ? say(&x) : cli_exit(cli, r);
}

/* ---- stopping ------------------------------------------------------------------------------------------------------------- */

struct stopped {
	const char *what;
	size_t n, waiting;
};

static void fill_stopped(struct json_writer *j, const void *what)
{
	const struct stopped *s = what;
	json_put_str(j, "what", s->what);
	json_put_i64(j, "payouts", (int64_t)s->n);
	json_put_i64(j, "await_second", (int64_t)s->waiting);
}

static void say_stopped(const struct stopped *s)
{
	static const struct {
		const char *what, *vi;
	} words[] = {{"hold", "đã tạm giữ"}, {"unhold", "được đi tiếp"}, {"cancel", "đã hủy"}};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].what, s->what) == 0)
			printf("%zu khoản %s\n", s->n - s->waiting, words[i].vi);
	if (s->waiting > 0)
		printf("%zu khoản chờ cán bộ thứ hai\n", s->waiting);
}

struct stop_options {
	const char *reason;
	int64_t batch; /* 0: payouts are named */
};

static bool read_stop(int argc, char **argv, struct stop_options *o)
{
	const struct cli_option known[] = {
		{"reason", .reason = &o->reason},
		{"batch", .id = &o->batch},
	};
	*o = (struct stop_options){0};
	return cli_options(argc, argv, known, COUNT_OF(known)) && (optind < argc) != (o->batch > 0);
}

static enum result ids_of_batch(struct work *w, int64_t batch, const char *const **ids, size_t *n)
{
	struct rows found;
	enum result r = db_run(w, Q_PAYOUTS_STOPPABLE, DB_ARGS(db_i64s(&batch, 1)), &found);
	if (r != OK)
		return r;
	const char **all = arena_array(w->arena, rows_n(&found), const char *);
	for (size_t i = 0; i < rows_n(&found); i++)
		all[i] = row_text(&found, i, rows_col(&found, "end_to_end_id"));
	*ids = all;
	*n = rows_n(&found);
	return OK;
}

typedef enum result stop(
	struct work *w, const char *const *ids, size_t n, const char *reason, struct stopped *s);

static enum result hold(
	struct work *w, const char *const *ids, size_t n, const char *reason, struct stopped *s)
{
	(void)s;
	return payout_hold(w, ids, n, reason);
}

static enum result unhold(
	struct work *w, const char *const *ids, size_t n, const char *reason, struct stopped *s)
{
	(void)reason;
	return payout_unhold(w, ids, n, &s->waiting);
}

static enum result cancel(
	struct work *w, const char *const *ids, size_t n, const char *reason, struct stopped *s)
{
	(void)s;
	return payout_cancel(w, ids, n, reason);
}

static int stop_with(struct cli *cli, int argc, char **argv, const char *what, bool needs_reason, stop *run)
{
	struct stop_options o;
	struct stopped s = {.what = what};
	if (!read_stop(argc, argv, &o) || needs_reason != (o.reason != NULL))
		return cli_usage(cli);
	const char **given = arena_array(cli->w->arena, (size_t)argc, const char *);
	const char *const *ids = given;
	s.n = (size_t)(argc - optind);
	for (size_t i = 0; i < s.n; i++)
		given[i] = argv[optind + (int)i];
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK && o.batch > 0)
		r = ids_of_batch(cli->w, o.batch, &ids, &s.n);
	if (r == OK && s.n > 0)
		r = run(cli->w, ids, s.n, o.reason, &s);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_stopped, &s);
	else if (r == OK)
		say_stopped(&s);
	return cli_exit(cli, r);
}

int cli_hold(struct cli *cli, int argc, char **argv)
{
	return stop_with(cli, argc, argv, "hold", true, hold);
}

int cli_unhold(struct cli *cli, int argc, char **argv)
{
	return stop_with(cli, argc, argv, "unhold", false, unhold);
}

int cli_cancel(struct cli *cli, int argc, char **argv)
{
	return stop_with(cli, argc, argv, "cancel", true, cancel);
}
