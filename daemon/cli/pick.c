#include "daemon/cli/pick.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"

#define SLICE_LINES 100000

bool pick_ids(struct arena *a, int n, char **words, struct pick *p)
{
	if ((n > 0) == p->all)
		return false;
	p->n = n > 0 ? (size_t)n : 0;
	return n == 0 || cli_ids(a, n, words, &p->ids);
}

struct batch_filter pick_filter(const struct pick *p)
{
	return (struct batch_filter){.ids = p->ids,
		.n_ids = p->n,
		.period = p->has_period ? &p->period : NULL,
		.programme = p->programme,
		.state = p->state};
}

int64_t *pick_of(struct arena *a, const struct batches *b)
{
	int64_t *ids = arena_array(a, b->n, int64_t);
	for (size_t i = 0; i < b->n; i++)
		ids[i] = b->at[i].id;
	return ids;
}

size_t pick_slice(const struct batches *b, size_t first)
{
	size_t n = 0;
	for (int64_t lines = 0; first + n < b->n && (n == 0 || lines < SLICE_LINES); n++)
		lines += b->at[first + n].lines;
	return n;
}

static const char *state_vi(const char *state)
{
	static const struct {
		const char *state, *vi;
	} names[] = {
		{"open", "đang lập"},
		{"frozen", "chờ duyệt"},
		{"approved", "đã duyệt"},
		{"released", "đã chuyển chi"},
		{"closed", "đã đóng"},
		{"withdrawn", "đã rút"},
	};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i].state, state) == 0)
			return names[i].vi;
	return state;
}

void pick_print(struct arena *a, const struct batches *b)
{
	static const char *const headings[] = {">Số", "Kỳ", "Chương trình", "Xã, phường", "Kênh",
		"Trạng thái", ">Dòng", ">Số tiền", "Lập", "Kiểm tra", "Duyệt"};
	struct table t = table_new(a, headings, COUNT_OF(headings));
	if (b->n == 0) {
		puts("Không có bảng nào");
		return;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct batch *x = &b->at[i];
		char month[MONTH_TEXT_SIZE];
		table_add(&t, arena_printf(a, "%" PRId64, x->id));
		table_add(&t, arena_strdup(a, month_format(x->period, month)));
		table_add(&t, x->programme);
		table_add(&t, x->area_name);
		table_add(&t, x->channel);
		table_add(&t, state_vi(x->state));
		table_add(&t, arena_printf(a, "%" PRId64, x->lines));
		table_add(&t, cli_money(a, x->sum));
		table_add(&t, x->maker);
		table_add(&t, x->checker ? x->checker : "–");
		table_add(&t, x->approver ? x->approver : "–");
	}
	table_print(&t);
}

void pick_put(struct json_writer *j, const struct batches *b)
{
	json_open_array(j, "batches");
	for (size_t i = 0; i < b->n; i++) {
		const struct batch *x = &b->at[i];
		char month[MONTH_TEXT_SIZE];
		json_open_object(j, NULL);
		json_put_i64(j, "id", x->id);
		json_put_i64(j, "version", x->version);
		json_put_str(j, "state", x->state);
		json_put_str(j, "period", month_format(x->period, month));
		json_put_str(j, "agency", x->agency);
		json_put_str(j, "programme", x->programme);
		json_put_str(j, "area", x->area);
		json_put_str(j, "area_name", x->area_name);
		json_put_str(j, "channel", x->channel);
		json_put_bool(j, "cash", x->cash);
		json_put_i64(j, "lines", x->lines);
		json_put_vnd(j, "sum_dong", x->sum);
		if (x->frozen_once)
			json_put_hex(j, "root", bytes_of(x->root.b, sizeof x->root.b));
		json_put_day(j, "not_before", x->not_before);
		json_put_instant(j, "valid_until", x->valid_until_us);
		json_put_str(j, "maker", x->maker);
		json_put_str(j, "checker", x->checker);
		json_put_str(j, "approver", x->approver);
		json_open_array(j, "releasers");
		for (size_t k = 0; k < x->n_releasers; k++)
			json_put_str(j, NULL, x->releasers[k]);
		json_close(j);
		json_close(j);
	}
	json_close(j);
}
