#include "daemon/cli/people_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/register/people_store.h"
#include "daemon/cli/csv_out.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/words.h"

struct asked {
	struct month period;
	bool has_period, csv, open, has_area_day;
	struct day area_day;
	const char *reason, *verdict;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"period", .month = &o->period, .given = &o->has_period},
		{"csv", .given = &o->csv},
		{"open", .given = &o->open},
		{"reason", .reason = &o->reason},
		{"verdict", .text = &o->verdict},
		{"area-as-of", .day = &o->area_day, .given = &o->has_area_day},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- people -------------------------------------------------------------------------------------------------------------- */

static void print_line(const struct person_out *p, const struct person_claim *c)
{
	char month[MONTH_TEXT_SIZE] = "", amount[VND_TEXT_SIZE] = "";
	if (c) {
		month_format(month_of_day(c->month), month);
		vnd_format(c->amount, amount);
	}
	const char *cells[] = {p->id.digits, p->programme, p->ward, p->name, p->method, p->state, month,
		c ? c->kind : "", amount, c ? c->state : ""};
	csv_out_row(stdout, cells, COUNT_OF(cells));
}

static void print_person(void *unused, const struct person_out *p)
{
	(void)unused;
	for (size_t i = 0; i < p->n_claims; i++)
		print_line(p, &p->claims[i]);
	if (p->n_claims == 0)
		print_line(p, NULL);
}

/* A list of everybody's numbers has one form: CSV, to be sent on to a file. */
int cli_people(struct cli *cli, int argc, char **argv)
{
	static const char *const heading[] = {"personal_id", "programme", "ward", "name", "method", "state",
		"month", "kind", "amount_dong", "claim_state"};
	struct asked asked = {0};
	if (!read_options(argc, argv, &asked) || optind != argc || !asked.has_period || !asked.csv)
		return cli_usage(cli);
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "export.people",
			.reason = asked.reason ? asked.reason : "chitra people --csv"},
		&opening);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r != OK)
		return cli_exit(cli, r);
	csv_out_row(stdout, heading, COUNT_OF(heading));
	r = people_each(cli->w, opening,
		&(struct people_wish){asked.period, asked.has_area_day ? &asked.area_day : NULL},
		print_person, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && fflush(stdout) != 0)
		return EX_IOERR;
	return cli_exit(cli, r);
}

/* ---- findings ------------------------------------------------------------------------------------------------------------- */

static void fill_findings(struct json_writer *j, const void *what)
{
	const struct findings_out *f = what;
	json_open_array(j, "findings");
	for (size_t i = 0; i < f->n; i++) {
		const struct finding_out *o = &f->at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "id", o->id);
		json_put_str(j, "programme", o->programme);
		json_put_str(j, "code", o->code);
		json_put_str(j, "note", o->note);
		json_put_str(j, "file", o->file);
		json_put_i64(j, "row", o->row);
		json_put_str(j, "area", o->area);
		json_put_bool(j, "blocks", o->blocks);
		json_put_str(j, "verdict", o->verdict);
		json_put_str(j, "name", o->name);
		if (o->birth_year)
			json_put_i64(j, "birth_year", o->birth_year);
		else
			json_put_null(j, "birth_year");
		json_put_str(j, "masked_id", o->masked_id);
		json_put_str(j, "proposed", o->proposed);
		json_put_str(j, "proposed_by", o->proposed_by);
		json_put_str(j, "reason", o->reason);
		json_close(j);
	}
	json_close(j);
}

static void csv_findings(const struct findings_out *f)
{
	static const char *const heading[] = {"id", "programme", "area", "name", "birth_year", "masked_id",
		"file", "row", "code", "blocks", "verdict", "proposed", "proposed_by", "reason", "note"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < f->n; i++) {
		const struct finding_out *o = &f->at[i];
		char id[24], row[16], year[16] = "";
		snprintf(id, sizeof id, "%" PRId64, o->id);
		snprintf(row, sizeof row, "%" PRId32, o->row);
		if (o->birth_year)
			snprintf(year, sizeof year, "%" PRId32, o->birth_year);
		const char *cells[] = {id, o->programme, o->area, o->name, year, o->masked_id, o->file, row,
			o->code, o->blocks ? "yes" : "no", o->verdict, o->proposed, o->proposed_by, o->reason,
			o->note};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			cells[c] = cells[c] ? cells[c] : "";
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static const char *stands(struct arena *a, const struct finding_out *o)
{
	if (o->verdict)
		return word_vi(o->verdict);
	if (o->proposed)
		return arena_printf(
			a, "%s đề nghị %s", o->proposed_by ? o->proposed_by : "", word_vi(o->proposed));
	return o->blocks ? "chờ quyết định" : "để biết";
}

static void print_findings(struct arena *a, const struct findings_out *f)
{
	static const char *const heading[] = {">số", "họ tên", ">năm sinh", "số định danh", "chương trình",
		"xã", "tình trạng", "việc cần xem"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < f->n; i++) {
		const struct finding_out *o = &f->at[i];
		table_add(&t, arena_printf(a, "%" PRId64, o->id));
		table_add(&t, o->name);
		table_add(&t, o->birth_year ? arena_printf(a, "%" PRId32, o->birth_year) : "");
		table_add(&t, o->masked_id);
		table_add(&t, o->programme);
		table_add(&t, o->area);
		table_add(&t, stands(a, o));
		table_add(&t, o->note);
	}
	table_print(&t);
}

static int list(struct cli *cli, const struct asked *asked)
{
	struct findings_out f;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "finding.list", .reason = "chitra finding list"}, &opening);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = finding_list(cli->w, opening, asked->period, asked->open, &f);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_findings, &f);
	else if (asked->csv)
		csv_findings(&f);
	else
		print_findings(cli->w->arena, &f);
	return EX_OK;
}

static void fill_decided(struct json_writer *j, const void *what)
{
	const bool *decided = what;
	json_put_bool(j, "decided", *decided);
}

static int decide(struct cli *cli, const struct asked *asked, const char *id_text)
{
	uint64_t id;
	bool decided;
	bool pays = strcmp(asked->verdict, "pay") == 0;
	if ((!pays && strcmp(asked->verdict, "no") != 0) || !text_u64(bytes_z(id_text), INT64_MAX, &id))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = finding_decide(
			cli->w, (int64_t)id, pays ? "pay_entitled" : "do_not_pay", asked->reason, &decided);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_decided, &decided);
	else
		puts(decided ? "Đã quyết định" : "Đã đề nghị; chờ người thứ hai quyết định");
	return EX_OK;
}

int cli_finding(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	if (!read_options(argc, argv, &asked) || optind >= argc || asked.has_area_day)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc && asked.has_period)
		return list(cli, &asked);
	if (strcmp(what, "decide") == 0 && optind + 2 == argc && asked.verdict && asked.reason)
		return decide(cli, &asked, argv[optind + 1]);
	return cli_usage(cli);
}
