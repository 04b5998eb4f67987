#include "daemon/cli/held_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/register/decision_store.h"
#include "ledger/register/explain.h"
#include "ledger/register/forget_store.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/words.h"

struct asked {
	const char *reason, *number, *name;
	struct decided_archive archive; /* of the steps that keep something there */
	struct personal_id id;
};

/* EX_OK, or what the command ends with. */
static int read_options(struct cli *cli, int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"reason", .reason = &o->reason, .needed = true},
		{"number", .text = &o->number},
		{"name", .text = &o->name},
	};
	struct why why = {0};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1)
		return cli_usage(cli);
	return personal_id_parse(bytes_z(argv[optind]), &o->id, &why) ? EX_OK : cli_refused(cli, &why);
}

/* What is decided of a person must outlive the database; *key is the caller's to drop. */
static bool has_archive(struct cli *cli, struct asked *o, struct key32 **key)
{
	o->archive.directory = config_text(cli->config, "archive", "directory");
	if (!o->archive.directory)
		return why_set(&cli->w->why, "config_missing", "[archive] directory is not set");
	o->archive.key = *key = cli_key(cli, "id_key");
	return *key != NULL;
}

/* Whom the ID means; in a transaction of its own. */
static enum result find(struct cli *cli, const struct desk_register_keys *keys, const struct asked *o,
	struct person_found_by_id *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = person_by_id(cli->w, &keys->keys, &o->id, out);
	return r == OK ? tx_commit(cli->w) : r;
}

/* ---- export --------------------------------------------------------------------------------------------------------------- */

struct label {
	const char *key, *vi;
};

static const char *label(const struct label *labels, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(labels[i].key, key) == 0)
			return labels[i].vi;
	return key;
}

static const char *section_vi(const char *section)
{
	static const struct label sections[] = {{"number", "SỐ ĐỊNH DANH, TÀI KHOẢN, ĐIỆN THOẠI"},
		{"person", "NHÂN THÂN"}, {"enrolment", "ĐỐI TƯỢNG HƯỞNG"}, {"preference", "CÁCH NHẬN TIỀN"},
		{"account", "TÀI KHOẢN"}, {"account_word", "CÁN BỘ GHI VỀ TÀI KHOẢN"},
		{"identity", "ĐIỀU CHỈNH NHÂN THÂN, GỘP HỒ SƠ"}, {"hold", "TẠM GIỮ"},
		{"void", "ĐỀ NGHỊ HỦY KHOẢN HƯỞNG"}, {"event", "BIẾN ĐỘNG"},
		{"list", "CÓ TÊN TRONG DANH SÁCH"}, {"claim", "KHOẢN HƯỞNG"}, {"payout", "KHOẢN CHI"},
		{"finding", "VIỆC CẦN XEM"}, {"decision", "QUYẾT ĐỊNH"}, {"looked", "AI ĐÃ XEM"}};
	return label(sections, COUNT_OF(sections), section);
}

static const char *key_vi(const struct held_value *v)
{
	static const struct label keys[] = {{"number", "Số quyết định"}, {"account", "Tài khoản"},
		{"decision", "Quyết định"}, {"id", "Số định danh"}, {"phone", "Điện thoại"}, {"row", "Dòng"},
		{"of", "Thuộc"}, {"name", "Họ tên"}, {"sex", "Giới tính"}, {"birth_year", "Năm sinh"},
		{"birth_date", "Ngày sinh"}, {"registered_at", "Ghi nhận lúc"}, {"merged", "Đã gộp hồ sơ"},
		{"programme", "Chương trình"}, {"category", "Đối tượng"}, {"injury_pct", "Tỷ lệ thương tật"},
		{"area", "Xã, phường"}, {"from", "Từ tháng"}, {"to", "Đến tháng"}, {"kind", "Loại"},
		{"method", "Cách nhận"}, {"since", "Từ ngày"}, {"bank", "Ngân hàng"},
		{"holder", "Chủ tài khoản"}, {"authority", "Giấy ủy quyền"},
		{"authority_until", "Ủy quyền đến"}, {"source", "Nguồn"}, {"from_day", "Từ ngày"},
		{"until", "Đến ngày"}, {"document", "Giấy tờ"}, {"proposed_by", "Người đề nghị"},
		{"proposed_at", "Đề nghị lúc"}, {"decided_by", "Người xác nhận"},
		{"dropped_by", "Người bỏ đề nghị"}, {"other", "Người kia"}, {"was", "Trước đó"},
		{"refused", "Bị bác"}, {"let_go_by", "Người cho đi tiếp"}, {"asked_by", "Theo lời của"},
		{"checked", "Đã kiểm tra"}, {"bank_said", "Ngân hàng trả lời"}, {"day", "Ngày"},
		{"file", "Tệp"}, {"period", "Kỳ"}, {"listed_dong", "Số tiền ghi"}, {"status", "Kết quả"},
		{"note", "Ghi chú"}, {"month", "Tháng"}, {"amount_dong", "Số tiền"},
		{"pay_period", "Kỳ chi trả"}, {"state", "Trạng thái"}, {"working", "Cách tính"},
		{"end_to_end_id", "Mã chi trả"}, {"verdict", "Kết luận"}, {"reason", "Lý do"},
		{"decided_at", "Quyết định lúc"}, {"at", "Lúc"}, {"officer", "Cán bộ"}, {"what", "Việc"}};
	if (strcmp(v->section, "number") == 0 && strcmp(v->key, "row") == 0)
		return "Dòng nguyên văn";
	return label(keys, COUNT_OF(keys), v->key);
}

static bool is_one_of(const char *key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* "2024-04-03T08:00:00.118+07:00" as "03/04/2024 08:00", without the time where there is none, "04/2024" where a month is meant. */
static const char *time_vi(struct arena *a, const char *text, bool month)
{
	struct day day;
	size_t n = strlen("2024-04-03");
	if (strlen(text) < n || !day_parse(bytes_of(text, n), &day))
		return text;
	const char *vi = cli_day_vi(a, day);
	if (month)
		return vi + strlen("03/");
	return text[n] == 'T' && strlen(text) > n + 6 ? arena_printf(a, "%s %.5s", vi, text + n + 1) : vi;
}

static const char *value_vi(struct arena *a, const struct held_value *v)
{
	static const char *const codes[] = {
		"kind", "method", "source", "status", "verdict", "sex", "merged", "of", "what", "refused"};
	static const char *const months[] = {"month", "period", "pay_period", "from", "to"};
	static const char *const days[] = {"day", "since", "at", "birth_date", "registered_at", "proposed_at",
		"decided_at", "authority_until", "from_day", "until"};
	struct vnd dong;
	if (strcmp(v->key, "state") == 0)
		return explain_state(v->value);
	if (is_one_of(v->key, codes, COUNT_OF(codes)))
		return word_vi(v->value);
	if (is_one_of(v->key, months, COUNT_OF(months)))
		return time_vi(a, v->value, true);
	if (is_one_of(v->key, days, COUNT_OF(days)))
		return time_vi(a, v->value, false);
	if (strstr(v->key, "_dong") && vnd_parse(v->value, strlen(v->value), &dong, NULL))
		return cli_money(a, dong);
	return v->value;
}

static bool begins_thing(const struct held_values *all, size_t i)
{
	return i == 0 || all->at[i].item != all->at[i - 1].item ||
	       strcmp(all->at[i].section, all->at[i - 1].section) != 0;
}

static void fill(struct json_writer *j, const void *what)
{
	const struct held_values *all = what;
	json_open_array(j, "held");
	for (size_t i = 0; i < all->n; i++) {
		if (begins_thing(all, i)) {
			if (i > 0)
				json_close(j);
			json_open_object(j, NULL);
			json_put_str(j, "section", all->at[i].section);
		}
		json_put_str(j, all->at[i].key, all->at[i].value);
	}
	if (all->n > 0)
		json_close(j);
	json_close(j);
}

static void print_words(struct arena *a, const struct held_values *all)
{
	puts("DỮ LIỆU CÁ NHÂN ĐANG LƯU");
	for (size_t i = 0; i < all->n; i++) {
		const struct held_value *v = &all->at[i];
		if (i == 0 || strcmp(v->section, all->at[i - 1].section) != 0)
			printf("\n%s\n", section_vi(v->section));
		printf("%s%s: %s", begins_thing(all, i) ? "  - " : "; ", key_vi(v), value_vi(a, v));
		if (i + 1 == all->n || begins_thing(all, i + 1))
			puts("");
	}
}

static enum result read_held(
	struct cli *cli, const struct opening *opening, int64_t person, struct held_values *out)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = person_held(cli->w, opening, person, out);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_person_export(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	struct person_found_by_id person;
	struct held_values all;
	struct hash token_hash;
	struct opening *opening;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	int code = read_options(cli, argc, argv, &o);
	if (code != EX_OK)
		return code;
	enum result r = register_keys_load(cli, &keys);
	if (r == OK)
		r = find(cli, &keys, &o, &person);
	if (r == OK && !cli_session(cli, &token_hash))
		r = REFUSED;
	if (r == OK)
		r = opening_begin(cli->w, &token_hash, &keys.keys,
			&(struct opening_wish){"person.export", o.reason, person.id}, &opening);
	if (r == OK)
		r = read_held(cli, opening, person.id, &all);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &all);
	else
		print_words(cli->w->arena, &all);
	return EX_OK;
}

/* ---- erase, readmit: two officers, one after the other ------------------------------------------------------------------------ */

struct step {
	const char *key, *done, *proposed;
	bool named; /* the name is part of what both say */
	enum result (*take)(struct work *w, const struct register_keys *keys, const struct asked *o,
		int64_t person, bool *done);
};

struct taken {
	const char *key;
	bool done;
};

static void fill_taken(struct json_writer *j, const void *what)
{
	const struct taken *t = what;
	json_put_bool(j, t->key, t->done);
}

static int take_step(struct cli *cli, int argc, char **argv, const struct step *step)
{
	struct asked o = {0};
	struct person_found_by_id person;
	struct taken taken = {.key = step->key};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	CLEANUP(secret_drop) struct key32 *id_key = NULL;
	int code = read_options(cli, argc, argv, &o);
	if (code != EX_OK)
		return code;
	if (!o.number || !*o.number || step->named != (o.name != NULL))
		return cli_usage(cli);
	enum result r = has_archive(cli, &o, &id_key) ? register_keys_load(cli, &keys) : REFUSED;
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = person_by_id(cli->w, &keys.keys, &o.id, &person);
	if (r == OK)
		r = step->take(cli->w, &keys.keys, &o, person.id, &taken.done);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_taken, &taken);
	else if (r == OK)
		puts(taken.done ? step->done : step->proposed);
	return cli_exit(cli, r);
}

static enum result erase(
	struct work *w, const struct register_keys *keys, const struct asked *o, int64_t person, bool *done)
{
	(void)keys;
	return person_erase(w, &o->archive, person, o->number, o->reason, done);
}

int cli_person_erase(struct cli *cli, int argc, char **argv)
{
	static const struct step step = {"erased", "Đã xóa: không còn gì ở đây cho biết người này là ai",
		"Đã đề nghị xóa; chờ cán bộ thứ hai", false, erase};
	return take_step(cli, argc, argv, &step);
}

static enum result readmit(
	struct work *w, const struct register_keys *keys, const struct asked *o, int64_t person, bool *done)
{
	return person_readmit(w, keys,
		&(struct readmit_wish){person, o->id, o->name, o->number, o->reason, &o->archive}, done);
}

int cli_person_readmit(struct cli *cli, int argc, char **argv)
{
	static const struct step step = {"readmitted", "Đã ghi nhận lại: hãy nhập lại danh sách có người này",
		"Đã đề nghị ghi nhận lại; chờ cán bộ thứ hai", true, readmit};
	return take_step(cli, argc, argv, &step);
}
