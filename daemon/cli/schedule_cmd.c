#include "daemon/cli/schedule_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/payout/plan_store.h"

/* ---- the plan in words -------------------------------------------------------------------------------------------------- */

static const char *number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

static const char *step_vi(const struct plan_row *r)
{
	switch (r->step) {
	case PLAN_OPEN: return "đang lập";
	case PLAN_FROZEN: return "chờ duyệt";
	case PLAN_APPROVED: return "chờ chuyển chi";
	case PLAN_WAITING: return r->planned ? "chờ ngày chi" : "chờ gửi";
	case PLAN_HELD: return "tạm giữ";
	case PLAN_GONE: return "đã gửi";
	}
	bug("no such step: %d", (int)r->step);
}

static const char *when_vi(struct arena *a, const struct month_plan *p, const struct plan_row *r)
{
	const struct opening *o = &r->opening;
	if (r->step == PLAN_GONE)
		return "";
	if (r->step == PLAN_HELD)
		return "chờ cán bộ xem";
	if (!r->goes)
		return arena_printf(a, "hết hạn %s: lập bảng mới", cli_instant_vi(a, r->valid_until_us));
	return arena_printf(a, "%s%s", o->from_us <= p->now_us ? "ngay" : cli_instant_vi(a, o->from_us),
		o->missed ? " (lỡ đợt)" : "");
}

static void print_rows(struct arena *a, const struct month_plan *p, const struct plan_programme *x)
{
	static const char *const heading[] = {"kênh", "bước", ">bảng", ">khoản", ">đồng", "khi nào"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < x->n; i++) {
		const struct plan_row *r = &x->rows[i];
		const char *cells[] = {r->channel->code, step_vi(r), number(a, r->batches),
			number(a, r->lines), cli_money(a, r->sum), when_vi(a, p, r)};
		for (size_t k = 0; k < COUNT_OF(cells); k++)
			table_add(&t, cells[k]);
	}
	if (x->n > 0)
		table_print(&t);
}

/* What should be there on this day and is not. */
static const char *late_vi(const struct month_plan *p, struct day before, bool missing)
{
	return missing && day_cmp(day_of_instant_vn(p->now_us), before) >= 0 ? " TRỄ" : "";
}

static void print_programme(struct arena *a, const struct month_plan *p, const struct plan_programme *x)
{
	struct vnd lacks = vnd(0);
	bool short_of = vnd_cmp(x->needed, x->free) > 0 && vnd_sub(x->needed, x->free, &lacks);
	bool missing = x->wards_missing > 0 || x->unbatched > 0;
	printf("\n%s: ", x->code);
	if (x->has_window)
		printf("chi từ %s đến %s\n", cli_day_vi(a, x->window.first), cli_day_vi(a, x->window.last));
	else
		puts("chi ngày nào cũng được");
	printf("  Danh sách: %" PRId64 " khoản, %s, %" PRId64 " xã, phường", x->claims, cli_money(a, x->owed),
		x->wards);
	if (x->has_window)
		printf("; trước %s%s", cli_day_vi(a, x->window.lists_before),
			late_vi(p, x->window.lists_before, missing));
	if (x->wards_missing > 0)
		printf("\n    thiếu %" PRId64 " xã, phường có trong kỳ trước", x->wards_missing);
	if (x->unbatched > 0)
		printf("\n    chưa vào bảng: %" PRId64 " khoản, %s", x->unbatched,
			cli_money(a, x->unbatched_sum));
	if (x->funding) {
		printf("\n  Tiền: cần %s, có %s ở %s", cli_money(a, x->needed), cli_money(a, x->free),
			x->funding);
		if (x->has_window)
			printf("; trước %s%s", cli_day_vi(a, x->window.money_before),
				late_vi(p, x->window.money_before, short_of));
		if (short_of)
			printf("\n    còn thiếu %s", cli_money(a, lacks));
	}
	puts("");
	print_rows(a, p, x);
}

/* "T2–T6 08:00–16:30" would be ours alone: officers type what they read. */
static void print_hours(const struct month_plan *p)
{
	puts("\nGiờ nhận của kênh (1 là thứ hai):");
	for (size_t i = 0; i < p->times.n_channels; i++) {
		const struct channel_times *c = &p->times.channels[i];
		printf("  %s: %s", c->code, c->hours_text ? c->hours_text : "lúc nào cũng nhận");
		if (c->hours.n > 0)
			printf("%s, ngừng trước giờ cuối %d phút",
				c->hours.at[0].on_holidays ? ", cả ngày lễ" : "", c->hours.at[0].margin_min);
		puts("");
	}
}

static void print_plan(struct arena *a, const struct month_plan *p)
{
	printf("Lịch chi trả kỳ %02d/%d, lúc %s\n", p->period.month, p->period.year,
		cli_instant_vi(a, p->now_us));
	for (size_t i = 0; i < p->n; i++)
		print_programme(a, p, &p->at[i]);
	print_hours(p);
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------- */

static void put_row(struct json_writer *j, const struct plan_row *r)
{
	json_open_object(j, NULL);
	json_put_str(j, "channel", r->channel->code);
	json_put_str(j, "step", plan_step_name(r->step));
	json_put_bool(j, "planned", r->planned);
	json_put_i64(j, "batches", r->batches);
	json_put_i64(j, "lines", r->lines);
	json_put_vnd(j, "dong", r->sum);
	json_put_instant(j, "valid_until", r->valid_until_us);
	if (r->goes)
		json_put_instant(j, "goes_at", r->opening.from_us);
	else
		json_put_null(j, "goes_at");
	json_put_bool(j, "missed", r->goes && r->opening.missed);
	json_close(j);
}

static void put_programme(struct json_writer *j, const struct plan_programme *x)
{
	json_open_object(j, NULL);
	json_put_str(j, "programme", x->code);
	if (x->has_window) {
		json_open_object(j, "window");
		json_put_day(j, "first", x->window.first);
		json_put_day(j, "last", x->window.last);
		json_put_day(j, "lists_before", x->window.lists_before);
		json_put_day(j, "money_before", x->window.money_before);
		json_close(j);
	} else {
		json_put_null(j, "window");
	}
	json_put_i64(j, "claims", x->claims);
	json_put_vnd(j, "owed_dong", x->owed);
	json_put_i64(j, "wards", x->wards);
	json_put_i64(j, "wards_missing", x->wards_missing);
	json_put_i64(j, "unbatched", x->unbatched);
	json_put_vnd(j, "unbatched_dong", x->unbatched_sum);
	json_put_str(j, "funding_account", x->funding);
	json_put_vnd(j, "free_dong", x->free);
	json_put_vnd(j, "needed_dong", x->needed);
	json_open_array(j, "rows");
	for (size_t i = 0; i < x->n; i++)
		put_row(j, &x->rows[i]);
	json_close(j);
	json_close(j);
}

static void fill_plan(struct json_writer *j, const void *what)
{
	const struct month_plan *p = what;
	char month[MONTH_TEXT_SIZE];
	json_put_str(j, "period", month_format(p->period, month));
	json_put_instant(j, "at", p->now_us);
	json_open_array(j, "programmes");
	for (size_t i = 0; i < p->n; i++)
		put_programme(j, &p->at[i]);
	json_close(j);
	json_open_array(j, "channels");
	for (size_t i = 0; i < p->times.n_channels; i++) {
		const struct channel_times *c = &p->times.channels[i];
		json_open_object(j, NULL);
		json_put_str(j, "code", c->code);
		json_put_str(j, "hours", c->hours_text);
		if (c->hours.n > 0) {
			json_put_bool(j, "on_holidays", c->hours.at[0].on_holidays);
			json_put_i64(j, "margin_minutes", c->hours.at[0].margin_min);
		}
		json_close(j);
	}
	json_close(j);
}

static int plan(struct cli *cli, int argc, char **argv)
{
	struct month_plan p;
	struct month period;
	const struct cli_option known[] = {{"month", .month = &period, .needed = true}};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = plan_read(cli->w, period, &p);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_plan, &p);
	else
		print_plan(cli->w->arena, &p);
	return EX_OK;
}

/* ---- what two officers say ------------------------------------------------------------------------------------------------- */

struct word {
	const char *of, *source; /* programme, channel; where it stands */
	struct window window;
	struct hours hours;
	const char *hours_text, *kind, *name;
	struct day day;
	bool decided;
};

static void fill_word(struct json_writer *j, const void *what)
{
	json_put_bool(j, "decided", ((const struct word *)what)->decided);
}

static int say(struct cli *cli, struct word *x, enum result (*run)(struct work *w, struct word *x))
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = run(cli->w, x);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_word, x);
	else if (r == OK)
		puts(x->decided ? "Đã có hiệu lực" : "Đã đề nghị; chờ cán bộ thứ hai nói đúng như thế");
	return cli_exit(cli, r);
}

static enum result say_window(struct work *w, struct word *x)
{
	return window_say(w, x->of, &x->window, x->source, &x->decided);
}

static int window(struct cli *cli, int argc, char **argv)
{
	struct word x = {0};
	const struct cli_option known[] = {
		{"month", .month = &x.window.period, .needed = true},
		{"every-month", .given = &x.window.every_month},
		{"first", .day = &x.window.first, .needed = true},
		{"last", .day = &x.window.last, .needed = true},
		{"lists-before", .day = &x.window.lists_before, .needed = true},
		{"money-before", .day = &x.window.money_before, .needed = true},
		{"source", .reason = &x.source, .needed = true},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1)
		return cli_usage(cli);
	x.of = argv[optind];
	return say(cli, &x, say_window);
}

static enum result say_hours(struct work *w, struct word *x)
{
	if (!hours_parse(bytes_z(x->hours_text), &x->hours, &w->why))
		return REFUSED;
	return hours_say(w, x->of, x->hours_text, &x->hours, x->source, &x->decided);
}

static bool take_minutes(const char *value, void *to)
{
	int n;
	if (!cli_count(value, 0, 240, &n))
		return false;
	*(int16_t *)to = (int16_t)n;
	return true;
}

static int hours(struct cli *cli, int argc, char **argv)
{
	struct word x = {.hours = {.margin_min = MARGIN_MIN}};
	const struct cli_option known[] = {
		{"from", .day = &x.hours.from, .needed = true},
		{"hours", .text = &x.hours_text, .needed = true},
		{"holidays", .given = &x.hours.on_holidays},
		{"margin", .take = take_minutes, .to = &x.hours.margin_min},
		{"source", .reason = &x.source, .needed = true},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1)
		return cli_usage(cli);
	x.of = argv[optind];
	return say(cli, &x, say_hours);
}

static enum result say_day(struct work *w, struct word *x)
{
	return day_say(w, x->day, x->kind, x->name, x->source, &x->decided);
}

static int day(struct cli *cli, int argc, char **argv)
{
	struct word x = {0};
	const struct cli_option known[] = {
		{"kind", .text = &x.kind, .needed = true},
		{"name", .text = &x.name, .needed = true},
		{"source", .reason = &x.source, .needed = true},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1 ||
		!cli_day(argv[optind], &x.day))
		return cli_usage(cli);
	return say(cli, &x, say_day);
}

int cli_schedule(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
	} words[] = {{"window", window}, {"hours", hours}, {"day", day}};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (argc > 1 && strcmp(argv[1], words[i].name) == 0)
			return words[i].run(cli, argc - 1, argv + 1);
	return plan(cli, argc, argv);
}
