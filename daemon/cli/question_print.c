/* question_print.c: the answer to a question (question.h), for a person, a spreadsheet or a program. */
#include "daemon/cli/question.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/cli/csv_out.h"

/* ---- one cell ---------------------------------------------------------------------------------------------------------------- */

static const char *joined(struct arena *a, const char *const *texts, size_t n)
{
	const char *all = n ? texts[0] : "";
	for (size_t i = 1; i < n; i++)
		all = arena_printf(a, "%s %s", all, texts[i]);
	return all;
}

static const char *counts_text(struct arena *a, const struct rows *r, size_t i, int col)
{
	size_t n;
	const int64_t *all = row_i64s(r, i, col, &n);
	const char **texts = arena_array(a, n, const char *);
	for (size_t k = 0; k < n; k++)
		texts[k] = arena_printf(a, "%" PRId64, all[k]);
	return joined(a, texts, n);
}

struct legs {
	size_t n;
	const char *const *accounts;
	const int64_t *amounts;
};

static struct legs legs_of(const struct rows *r, size_t i)
{
	struct legs l;
	l.accounts = row_texts(r, i, rows_col(r, "accounts"), &l.n);
	l.amounts = row_i64s(r, i, rows_col(r, "amounts"), &l.n);
	return l;
}

static const char *legs_text(struct arena *a, const struct rows *r, size_t i)
{
	struct legs l = legs_of(r, i);
	const char **texts = arena_array(a, l.n, const char *);
	for (size_t k = 0; k < l.n; k++)
		texts[k] = arena_printf(a, "%s %+" PRId64, l.accounts[k], l.amounts[k]);
	return joined(a, texts, l.n);
}

static const char *at_text(struct arena *a, int64_t us, bool for_people)
{
	char text[INSTANT_TEXT_SIZE];
	if (!for_people)
		return arena_strdup(a, instant_format(us, text));
	struct day day = day_of_instant_vn(us);
	int64_t s = (us - instant_of_day_vn(day)) / 1000000;
	return arena_printf(a, "%s %02" PRId64 ":%02" PRId64 ":%02" PRId64, cli_day_vi(a, day), s / 3600,
		s / 60 % 60, s % 60);
}

static const char *hex_text(struct arena *a, struct bytes b)
{
	char *text = arena_alloc(a, 2 * b.n + 1);
	for (size_t i = 0; i < b.n; i++)
		snprintf(text + 2 * i, 3, "%02x", b.at[i]);
	text[2 * b.n] = '\0';
	return text;
}

#define KEY_SHOWN 24 /* what a bank's entry is booked by has a hash in it */

static const char *about_text(struct arena *a, const struct rows *r, size_t i)
{
	const char *id = row_text(r, i, rows_col(r, "payout_id")), *key = row_text(r, i, rows_col(r, "key"));
	if (id)
		return id;
	return strlen(key) <= KEY_SHOWN ? key : arena_printf(a, "%.*s…", KEY_SHOWN - 1, key);
}

/* As CSV has it, or as people read it. */
static const char *cell_text(
	struct arena *a, const struct rows *r, size_t i, const struct question_column *c, bool for_people)
{
	char text[VND_TEXT_SIZE], day[DAY_TEXT_SIZE];
	size_t n;
	if (c->type == CELL_LEGS)
		return legs_text(a, r, i);
	int col = rows_col(r, c->name);
	if (row_null(r, i, col))
		return "";
	switch (c->type) {
	case CELL_COUNT: return arena_printf(a, "%" PRId64, row_i64(r, i, col));
	case CELL_DONG:
		return arena_strdup(a, for_people ? vnd_format_dots(row_vnd(r, i, col), text)
						  : vnd_format(row_vnd(r, i, col), text));
	case CELL_TEXT:
	case CELL_LEAF: return row_text(r, i, col);
	case CELL_ABOUT: return for_people ? about_text(a, r, i) : row_text(r, i, col);
	case CELL_DAY:
		return for_people ? cli_day_vi(a, row_day(r, i, col))
				  : arena_strdup(a, day_format(row_day(r, i, col), day));
	case CELL_AT: return at_text(a, row_instant(r, i, col), for_people);
	case CELL_HEX: return hex_text(a, row_bytes(r, i, col));
	case CELL_BOOL: return row_bool(r, i, col) ? "yes" : "no";
	case CELL_COUNTS: return counts_text(a, r, i, col);
	case CELL_TEXTS: {
		const char *const *texts = row_texts(r, i, col, &n);
		return joined(a, texts, n);
	}
	case CELL_LEGS: break;
	}
	bug("no such cell: %d", (int)c->type);
}

static void put_texts(struct json_writer *j, const struct rows *r, size_t i, const struct question_column *c)
{
	size_t n;
	const char *const *texts = row_texts(r, i, rows_col(r, c->name), &n);
	json_open_array(j, c->name);
	for (size_t k = 0; k < n; k++)
		json_put_str(j, NULL, texts[k]);
	json_close(j);
}

static void put_counts(struct json_writer *j, const struct rows *r, size_t i, const struct question_column *c)
{
	size_t n;
	const int64_t *all = row_i64s(r, i, rows_col(r, c->name), &n);
	json_open_array(j, c->name);
	for (size_t k = 0; k < n; k++)
		json_put_i64(j, NULL, all[k]);
	json_close(j);
}

static void put_legs(struct json_writer *j, const struct rows *r, size_t i, const struct question_column *c)
{
	struct legs l = legs_of(r, i);
	json_open_array(j, c->name);
	for (size_t k = 0; k < l.n; k++) {
		json_open_object(j, NULL);
		json_put_str(j, "account", l.accounts[k]);
		json_put_i64(j, "amount_dong", l.amounts[k]);
		json_close(j);
	}
	json_close(j);
}

static void put_cell(struct json_writer *j, const struct rows *r, size_t i, const struct question_column *c)
{
	if (c->type == CELL_LEGS) {
		put_legs(j, r, i, c);
		return;
	}
	int col = rows_col(r, c->name);
	if (row_null(r, i, col)) {
		json_put_null(j, c->name);
		return;
	}
	switch (c->type) {
	case CELL_COUNT: json_put_i64(j, c->name, row_i64(r, i, col)); return;
	case CELL_DONG: json_put_vnd(j, c->name, row_vnd(r, i, col)); return;
	case CELL_TEXT:
	case CELL_LEAF:
	case CELL_ABOUT: json_put_str(j, c->name, row_text(r, i, col)); return;
	case CELL_DAY: json_put_day(j, c->name, row_day(r, i, col)); return;
	case CELL_AT: json_put_instant(j, c->name, row_instant(r, i, col)); return;
	case CELL_HEX: json_put_hex(j, c->name, row_bytes(r, i, col)); return;
	case CELL_BOOL: json_put_bool(j, c->name, row_bool(r, i, col)); return;
	case CELL_TEXTS: put_texts(j, r, i, c); return;
	case CELL_COUNTS: put_counts(j, r, i, c); return;
	case CELL_LEGS: break;
	}
	bug("no such cell: %d", (int)c->type);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------ */

struct printed {
	const struct question *q;
	const char *next;
};

static void fill(struct json_writer *j, const void *what)
{
	const struct printed *p = what;
	const struct question *q = p->q;
	json_put_str(j, "query", q->kind->name);
	json_put_i64(j, "size", q->size);
	if (q->sample.n) {
		json_open_object(j, "sample");
		json_put_str(j, "method", q->sample.by_amount ? "by_amount" : "by_hash");
		json_put_str(j, "seed", q->sample.seed);
		json_put_i64(j, "asked", q->sample.n);
		json_put_i64(j, "population", q->sample.population);
		if (q->sample.by_amount)
			json_put_vnd(j, "population_dong", q->sample.population_sum);
		json_close(j);
	}
	json_open_array(j, "rows");
	for (size_t i = 0; i < question_rows(q); i++) {
		json_open_object(j, NULL);
		for (size_t c = 0; c < q->kind->n_columns; c++)
			put_cell(j, &q->rows, i, &q->kind->columns[c]);
		json_close(j);
	}
	json_close(j);
	json_put_str(j, "next", p->next);
}

static void print_csv(struct arena *a, const struct question *q)
{
	const struct question_column *columns = q->kind->columns;
	const char **cells = arena_array(a, q->kind->n_columns, const char *);
	size_t n = 0;
	for (size_t c = 0; c < q->kind->n_columns; c++)
		if (columns[c].type != CELL_LEAF)
			cells[n++] = columns[c].name;
	csv_out_row(stdout, cells, n);
	for (size_t i = 0; i < question_rows(q); i++) {
		n = 0;
		for (size_t c = 0; c < q->kind->n_columns; c++)
			if (columns[c].type != CELL_LEAF)
				cells[n++] = cell_text(a, &q->rows, i, &columns[c], false);
		csv_out_row(stdout, cells, n);
	}
}

static void print_table(struct arena *a, const struct question *q)
{
	size_t n = 0;
	const char **headings = arena_array(a, q->kind->n_columns, const char *);
	for (size_t c = 0; c < q->kind->n_columns; c++)
		if (q->kind->columns[c].heading)
			headings[n++] = q->kind->columns[c].heading;
	struct table t = table_new(a, headings, n);
	for (size_t i = 0; i < question_rows(q); i++)
		for (size_t c = 0; c < q->kind->n_columns; c++)
			if (q->kind->columns[c].heading)
				table_add(&t, cell_text(a, &q->rows, i, &q->kind->columns[c], true));
	table_print(&t);
}

/* What belongs to the answer and is none of its rows; with CSV on standard error, so that a file has rows alone. */
static void print_rest(struct arena *a, FILE *to, const struct question *q, const char *next)
{
	const struct sample *s = &q->sample;
	if (s->n)
		fprintf(to,
			"\nMẫu %s: %zu trong %" PRId64
			" bút toán%s%s.\nLấy lại đúng mẫu này: cùng các điều kiện, với --as-of %" PRId64
			" --sample %d%s --seed %s\n",
			s->by_amount ? "theo số tiền" : "ngẫu nhiên", question_rows(q), s->population,
			s->by_amount ? ", cộng " : "", s->by_amount ? cli_money(a, s->population_sum) : "",
			q->size, s->n, s->by_amount ? " --by-amount" : "", s->seed);
	else if (next)
		fprintf(to, "\n%zu dòng. Còn nữa, thêm: --after %s\n", question_rows(q), next);
	else
		fprintf(to, "\n%zu dòng. Hết.\n", question_rows(q));
}

void question_print(struct cli *cli, const struct question *q, const char *next)
{
	struct arena *a = cli->w->arena;
	if (cli->json) {
		cli_print_json(fill, &(struct printed){q, next});
		return;
	}
	(q->csv ? print_csv : print_table)(a, q);
	print_rest(a, q->csv ? stderr : stdout, q, next);
}
