/* person_identity_cmd.c: `chitra person list | confirm | refuse | merge | part`: who somebody is, by two officers. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/register/identity_store.h"
#include "daemon/cli/person_cmd.h"
#include "daemon/cli/register_keys.h"

struct asked {
	const char *number, *reason, *file;
	bool all;
	int64_t *ids;
	size_t n;
	bool refusing;
	struct identities_out found;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"number", .text = &o->number},
		{"reason", .reason = &o->reason},
		{"file", .text = &o->file},
		{"all", .given = &o->all},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- list ------------------------------------------------------------------------------------------------------------------------- */

static void put_identity(struct json_writer *j, const struct identity_out *o)
{
	char day[DAY_TEXT_SIZE];
	json_open_object(j, NULL);
	json_put_i64(j, "id", o->id);
	json_put_str(j, "kind", o->kind);
	json_put_str(j, "person", o->name);
	json_put_str(j, "other", o->other);
	json_put_str(j, "day", day_format(o->day, day));
	json_put_str(j, "new_id", o->masked_id);
	json_put_str(j, "new_name", o->new_name);
	json_put_str(j, "new_birth", o->new_birth);
	json_put_str(j, "new_sex", o->new_sex);
	json_put_str(j, "was", o->was);
	json_put_str(j, "number", o->number);
	json_put_str(j, "reason", o->reason);
	json_put_str(j, "first", o->first);
	json_put_str(j, "second", o->second);
	json_put_bool(j, "refused", o->refused);
	json_close(j);
}

static void put_surplus(struct json_writer *j, const struct surplus_out *s)
{
	char month[MONTH_TEXT_SIZE];
	json_open_object(j, NULL);
	json_put_i64(j, "claim", s->claim);
	json_put_i64(j, "merge", s->merge);
	json_put_str(j, "person", s->name);
	json_put_str(j, "programme", s->programme);
	json_put_str(j, "month", month_format(s->month, month));
	json_put_str(j, "kind", s->kind);
	json_put_vnd(j, "amount_dong", s->amount);
	json_put_bool(j, "paid", s->paid);
	json_put_i64(j, "decision", s->decision);
	json_put_i64(j, "keeps_back", s->keeps_back);
	json_put_bool(j, "settled", s->settled);
	json_close(j);
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct identities_out *f = what;
	json_open_array(j, "proposals");
	for (size_t i = 0; i < f->n; i++)
		put_identity(j, &f->at[i]);
	json_close(j);
	json_open_array(j, "surplus");
	for (size_t i = 0; i < f->n_surplus; i++)
		put_surplus(j, &f->surplus[i]);
	json_close(j);
}

static const char *what_of(struct arena *a, const struct identity_out *o)
{
	if (strcmp(o->kind, "merge") == 0)
		return arena_printf(a, "gộp %s (%d) vào người này", o->other, o->other_birth_year);
	if (strcmp(o->kind, "part") == 0)
		return arena_printf(a, "tách lại %s", o->other);
	const char *text = "";
	if (o->masked_id)
		text = arena_printf(a, "số mới %s; ", o->masked_id);
	if (o->new_name)
		text = arena_printf(a, "%shọ tên %s%s%s; ", text, o->new_name, o->was ? ", trước là " : "",
			o->was ? o->was : "");
	if (o->new_birth)
		text = arena_printf(a, "%ssinh %s; ", text, o->new_birth);
	if (o->new_sex)
		text = arena_printf(a, "%sgiới tính %s; ", text, *o->new_sex == 'F' ? "Nữ" : "Nam");
	return *text ? arena_strndup(a, text, strlen(text) - strlen("; ")) : text;
}

static void print_surplus(struct arena *a, const struct surplus_out *s)
{
	char month[MONTH_TEXT_SIZE];
	printf("Trùng khoản hưởng %" PRId64 ": %s, %s, tháng %s, %s: ", s->claim, s->name, s->programme,
		month_format(s->month, month), cli_money(a, s->amount));
	if (s->keeps_back)
		printf("đã chi hoặc có thể đã chi, nên khoản %" PRId64
		       " không được chi; hai cán bộ thu hồi (chitra recovery list), hoặc hủy: chitra claim void %" PRId64
		       " --reason claimed_twice\n",
			s->keeps_back, s->keeps_back);
	else if (s->settled)
		puts("đã xử lý");
	else if (s->decision)
		printf("đã chi; cán bộ thứ hai xác nhận thu hồi: chitra decide confirm %" PRId64 "\n",
			s->decision);
	else if (s->paid)
		puts("đã chi; thu hồi hay không do hai cán bộ: chitra entitle, rồi chitra recovery list");
	else
		printf("chưa chi; hai cán bộ hủy: chitra claim void %" PRId64 " --reason claimed_twice\n",
			s->claim);
}

static void print_list(struct arena *a, const struct identities_out *f)
{
	static const char *const heading[] = {
		">số", "người", "thay đổi", "từ ngày", "căn cứ", "đề nghị", "xác nhận"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	char day[DAY_TEXT_SIZE];
	for (size_t i = 0; i < f->n; i++) {
		const struct identity_out *o = &f->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId64, o->id),
			arena_printf(a, "%s (%d)", o->name, o->birth_year), what_of(a, o),
			arena_strdup(a, day_format(o->day, day)), o->number, o->first,
			!o->second   ? "chờ"
			: o->refused ? arena_printf(a, "%s: không đồng ý", o->second)
				     : o->second};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	table_print(&t);
	for (size_t i = 0; i < f->n_surplus; i++)
		print_surplus(a, &f->surplus[i]);
}

int person_list(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	if (!read_options(argc, argv, &o) || optind != argc)
		return cli_usage(cli);
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "person.list", .reason = "chitra person list"}, &opening);
	if (r != OK)
		return cli_exit(cli, r);
	TX_GUARD(cli->w);
	r = cli_enter(cli);
	if (r == OK)
		r = identity_list(cli->w, opening, !o.all, &o.found);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_list, &o.found);
	else
		print_list(cli->w->arena, &o.found);
	return EX_OK;
}

/* ---- confirm, refuse ---------------------------------------------------------------------------------------------------------------- */

static void fill_decided(struct json_writer *j, const void *what)
{
	const struct asked *o = what;
	json_put_i64(j, o->refusing ? "refused" : "confirmed", (int64_t)o->n);
}

static int decide(struct cli *cli, int argc, char **argv, bool refusing)
{
	struct asked o = {.refusing = refusing};
	if (!read_options(argc, argv, &o) || (optind < argc) == (o.file != NULL))
		return cli_usage(cli);
	o.n = (size_t)(argc - optind);
	o.ids = arena_array(cli->w->arena, o.n, int64_t);
	for (size_t i = 0; i < o.n; i++) {
		uint64_t id;
		if (!text_u64(bytes_z(argv[optind + (int)i]), INT64_MAX, &id))
			return cli_usage(cli);
		o.ids[i] = (int64_t)id;
	}
	const int64_t *ids = o.ids;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK && o.file)
		r = identity_of_number(cli->w, o.file, &ids, &o.n);
	if (r == OK && o.n == 0) {
		why_set(&cli->w->why, "identity_unknown", "nothing of the list %s waits", o.file);
		r = REFUSED;
	}
	if (r == OK)
		r = refusing ? identity_refuse(cli->w, ids, o.n) : identity_confirm(cli->w, ids, o.n);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_decided, &o);
	else
		printf(refusing ? "Đã bỏ %zu đề nghị\n" : "Đã xác nhận %zu thay đổi\n", o.n);
	return EX_OK;
}

int person_confirm(struct cli *cli, int argc, char **argv)
{
	return decide(cli, argc, argv, false);
}

int person_refuse(struct cli *cli, int argc, char **argv)
{
	return decide(cli, argc, argv, true);
}

/* ---- merge, part -------------------------------------------------------------------------------------------------------------------- */

static void fill_proposed(struct json_writer *j, const void *what)
{
	json_put_i64(j, "id", *(const int64_t *)what);
}

static int proposed(struct cli *cli, enum result r, int64_t id)
{
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_proposed, &id);
	else
		printf("Đã đề nghị; người thứ hai xác nhận: chitra person confirm %" PRId64 "\n", id);
	return EX_OK;
}

static bool is_founded(const struct asked *o)
{
	return o->number && *o->number && strlen(o->number) <= 100 && o->reason;
}

int person_merge(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	struct personal_id kept, gone;
	struct why why = {0};
	int64_t id = 0;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	if (!read_options(argc, argv, &o) || optind + 2 != argc || !is_founded(&o))
		return cli_usage(cli);
	if (!personal_id_parse(bytes_z(argv[optind]), &kept, &why) ||
		!personal_id_parse(bytes_z(argv[optind + 1]), &gone, &why))
		return cli_refused(cli, &why);
	enum result r = register_keys_load(cli, &keys);
	if (r != OK)
		return cli_exit(cli, r);
	TX_GUARD(cli->w);
	r = cli_enter(cli);
	if (r == OK)
		r = merge_propose(cli->w, &keys.keys, &kept, &gone, o.number, o.reason, &id);
	return proposed(cli, r, id);
}

int person_part(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	uint64_t merge;
	int64_t id = 0;
	if (!read_options(argc, argv, &o) || optind + 1 != argc || !is_founded(&o) ||
		!text_u64(bytes_z(argv[optind]), INT64_MAX, &merge))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = part_propose(cli->w, (int64_t)merge, o.number, o.reason, &id);
	return proposed(cli, r, id);
}
