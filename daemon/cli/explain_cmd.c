#include "daemon/cli/explain_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/register/explain_store.h"
#include "ledger/register/reference_store.h"
#include "daemon/cli/register_keys.h"

struct asked {
	struct personal_id id;
	struct month period;
	const char *reason;
	struct person_found_by_id person;
	struct explanations found;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"period", .month = &o->period, .needed = true},
		{"reason", .reason = &o->reason},
	};
	o->reason = "chitra explain";
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind + 1 == argc;
}

/* ---- words ---------------------------------------------------------------------------------------------------------------- */

static const char *money(struct arena *a, struct vnd v)
{
	char text[VND_TEXT_SIZE];
	return arena_printf(a, "%s đồng", vnd_format_dots(v, text));
}

static const char *title_of(struct arena *a, const struct explained_claim *c)
{
	const char *month = explain_month(a, c->month);
	if (strcmp(c->kind, "arrears") == 0)
		return arena_printf(a, "Truy lĩnh %s", month);
	if (strcmp(c->kind, "funeral") == 0)
		return "Mai táng phí";
	return strcmp(c->kind, "grant") == 0 ? arena_printf(a, "Trợ cấp một lần, %s", month)
					     : arena_printf(a, "Trợ cấp %s", month);
}

static void print_claim(struct arena *a, const struct explained_claim *c)
{
	printf("  %s: %s (%s%s%s)\n", title_of(a, c), money(a, c->amount), explain_state(c->state),
		c->payout ? ", mã khoản chi " : "", c->payout ? c->payout : "");
	for (size_t i = 0; i < c->n; i++) {
		const struct explained_part *p = &c->parts[i];
		bool of_all = strstr(p->working, "truy lĩnh") !=
			      NULL; /* a difference is that of all rates together */
		printf("    - %s%s%s\n", of_all ? "" : p->rate_name, of_all ? "" : ": ", p->working);
	}
}

static void print_sums(struct arena *a, const struct explained *e)
{
	struct vnd all = e->this_month;
	if (!vnd_add(all, e->arrears, &all) || !vnd_add(all, e->grants, &all) ||
		!vnd_add(all, e->earlier, &all))
		bug("the claims of a person do not fit into 63 bits");
	printf("  Cộng: %s; trong đó tháng này %s", money(a, all), money(a, e->this_month));
	if (!vnd_is_zero(e->arrears))
		printf(", truy lĩnh %s", money(a, e->arrears));
	if (!vnd_is_zero(e->grants))
		printf(", trợ cấp một lần %s", money(a, e->grants));
	if (e->earlier_months > 0)
		printf(", chưa lĩnh tháng trước %s", money(a, e->earlier));
	puts("");
}

static void print_programme(struct arena *a, const struct asked *o, const struct explained *e)
{
	bool earlier = false;
	printf("\n%s%s%s\n", e->name, e->area ? ", danh sách " : "", e->area ? e->area : "");
	if (e->why_nothing)
		printf("  Không có trợ cấp %s: %s\n", explain_month(a, o->period), e->why_nothing);
	for (size_t i = 0; i < e->n_claims; i++) {
		const struct explained_claim *c = &e->claims[i];
		if (!earlier && month_cmp(c->period, o->period) != 0)
			puts("  Chưa lĩnh tháng trước:");
		earlier = month_cmp(c->period, o->period) != 0;
		print_claim(a, c);
	}
	print_sums(a, e);
	for (size_t i = 0; i < e->n_notes; i++)
		printf("  Đang chờ: %s\n", e->notes[i]);
}

static void print_words(struct arena *a, const struct asked *o)
{
	int year, month, day;
	if (o->person.merged_number)
		printf("Số định danh này của %s: đã gộp vào %s ngày %s theo %s\n", o->person.merged_name,
			o->person.name, cli_day_vi(a, o->person.merged_on), o->person.merged_number);
	printf("%s, sinh năm %d, kỳ chi trả %s\n", o->person.name, o->person.birth_year,
		explain_month(a, o->period));
	if (o->person.dead) {
		day_to_ymd(o->person.death, &year, &month, &day);
		printf("Đã mất ngày %d/%d/%d: được hưởng đến hết tháng mất\n", day, month, year);
	}
	for (size_t i = 0; i < o->found.n; i++)
		print_programme(a, o, &o->found.at[i]);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static void put_claim(struct json_writer *j, const struct explained_claim *c)
{
	char month[MONTH_TEXT_SIZE];
	json_open_object(j, NULL);
	json_put_str(j, "month", month_format(c->month, month));
	json_put_str(j, "pay_period", month_format(c->period, month));
	json_put_str(j, "kind", c->kind);
	json_put_str(j, "state", c->state);
	json_put_str(j, "payout", c->payout);
	json_put_vnd(j, "amount_dong", c->amount);
	json_open_array(j, "parts");
	for (size_t i = 0; i < c->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "rate", c->parts[i].rate_name);
		json_put_vnd(j, "amount_dong", c->parts[i].amount);
		json_put_str(j, "working", c->parts[i].working);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct asked *o = what;
	char period[MONTH_TEXT_SIZE];
	json_put_str(j, "period", month_format(o->period, period));
	json_put_str(j, "name", o->person.name);
	json_put_str(j, "merged_name", o->person.merged_name);
	json_put_str(j, "merged_number", o->person.merged_number);
	json_open_array(j, "programmes");
	for (size_t i = 0; i < o->found.n; i++) {
		const struct explained *e = &o->found.at[i];
		json_open_object(j, NULL);
		json_put_str(j, "programme", e->programme);
		json_put_bool(j, "listed", e->listed);
		json_put_str(j, "why_nothing", e->why_nothing);
		json_put_vnd(j, "this_month_dong", e->this_month);
		json_put_vnd(j, "arrears_dong", e->arrears);
		json_put_vnd(j, "grants_dong", e->grants);
		json_put_vnd(j, "earlier_dong", e->earlier);
		json_open_array(j, "claims");
		for (size_t c = 0; c < e->n_claims; c++)
			put_claim(j, &e->claims[c]);
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

/* ---- the command ------------------------------------------------------------------------------------------------------------ */

static enum result look(
	struct cli *cli, const struct register_keys *keys, struct asked *o, struct reference *reference)
{
	enum result r = reference_load(cli->w, reference);
	if (r == OK)
		r = person_by_id(cli->w, keys, &o->id, &o->person);
	if (r == OK)
		r = explain_person(cli->w, reference, o->person.id, o->period, &o->found);
	if (r == OK)
		r = db_run(cli->w, Q_EXPLAIN_OPENED, DB_ARGS(db_i64(o->person.id), db_text(o->reason)), NULL);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_explain(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	struct reference reference = {0};
	struct why why = {0};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	if (!read_options(argc, argv, &asked))
		return cli_usage(cli);
	if (!personal_id_parse(bytes_z(argv[optind]), &asked.id, &why))
		return cli_refused(cli, &why);
	enum result loaded = register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = look(cli, &keys.keys, &asked, &reference);
	if (reference.arena)
		reference_free(&reference);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &asked);
	else
		print_words(cli->w->arena, &asked);
	return EX_OK;
}
