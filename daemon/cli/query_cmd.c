#include "daemon/cli/query_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/books/kind.h"
#include "daemon/cli/question.h"
#include "daemon/cli/register_keys.h"

#define WORDS_MOST 40 /* of a saved query, as the table has it */

/* ---- values of options ---------------------------------------------------------------------------------------------------------- */

/* "A..B" in two, either of which may be empty, but not both; without dots both are the text. */
static bool in_two(struct arena *a, const char *text, const char **from, const char **to)
{
	const char *dots = strstr(text, "..");
	*from = dots ? arena_strndup(a, text, (size_t)(dots - text)) : text;
	*to = dots ? dots + 2 : text;
	return **from || **to;
}

static bool take_days(struct arena *a, const char *text, struct days *out)
{
	const char *from, *to;
	if (!in_two(a, text, &from, &to))
		return cli_wrong("Sửa «%s»: viết một ngày, hoặc TỪ..ĐẾN như 2024-04-01..2024-04-30", text);
	out->has_first = *from;
	out->has_last = *to;
	if ((*from && !cli_day(from, &out->first)) || (*to && !cli_day(to, &out->last)))
		return false;
	if (*from && *to && day_cmp(out->first, out->last) > 0)
		return cli_wrong("Sửa «%s»: ngày đầu sau ngày cuối", text);
	return true;
}

/* A day or an instant as the answers have it; its beginning, and the first moment that is not of it. */
static bool take_moment(const char *text, int64_t *from, int64_t *upto)
{
	struct day day;
	int64_t us;
	if (instant_parse(bytes_z(text), &us)) {
		*from = us;
		*upto = us + 1;
		return true;
	}
	if (!day_parse(bytes_z(text), &day))
		return cli_wrong(
			"Sửa lúc: viết ngày như 2024-04-03, hoặc thời điểm như 2024-04-03T01:00:00.000000Z, không phải «%s»",
			text);
	*from = instant_of_day_vn(day);
	*upto = instant_of_day_vn(day_add(day, 1));
	return true;
}

static bool take_moments(struct arena *a, const char *text, struct moments *out)
{
	const char *from, *to;
	int64_t unused;
	if (!in_two(a, text, &from, &to))
		return cli_wrong("Sửa «%s»: viết một ngày, hoặc TỪ..ĐẾN như 2024-04-01..2024-04-30", text);
	out->has_from = *from;
	out->has_upto = *to;
	if ((*from && !take_moment(from, &out->from_us, &unused)) ||
		(*to && !take_moment(to, &unused, &out->upto_us)))
		return false;
	if (*from && *to && out->from_us >= out->upto_us)
		return cli_wrong("Sửa «%s»: lúc đầu sau lúc cuối", text);
	return true;
}

static bool take_as_of(const char *text, struct question *q)
{
	int64_t unused;
	uint64_t size;
	if (text_u64(bytes_z(text), INT64_MAX, &size)) {
		q->as_of_size = (int64_t)size;
		return true;
	}
	return q->as_of.has_upto = take_moment(text, &unused, &q->as_of.upto_us);
}

static bool take_amounts(struct arena *a, const char *text, struct amounts *out)
{
	const char *from, *to;
	if (!in_two(a, text, &from, &to))
		return cli_wrong("Sửa «%s»: viết số đồng, hoặc TỪ..ĐẾN như 1000000..5000000", text);
	*out = (struct amounts){.given = true, .least = vnd(1), .most = vnd(INT64_MAX)};
	if ((*from && !cli_dong(from, &out->least)) || (*to && !cli_dong(to, &out->most)))
		return false;
	return vnd_cmp(out->least, out->most) <= 0 || cli_wrong("Sửa «%s»: số đầu lớn hơn số cuối", text);
}

static bool take_kinds(struct arena *a, const char *text, struct question *q)
{
	enum leaf_kind unused;
	q->kinds = arena_array(a, LEAF_KINDS, const char *);
	for (const char *at = text; *at && q->n_kinds < LEAF_KINDS; at += *at == ',') {
		size_t n = strcspn(at, ",");
		if (!leaf_kind_of(bytes_of((const uint8_t *)at, n), &unused)) {
			fputs("Có các loại:", stderr);
			for (unsigned k = 0; k < LEAF_KINDS; k++)
				fprintf(stderr, " %s", leaf_kind_name((enum leaf_kind)k));
			fputc('\n', stderr);
			return cli_wrong("Sửa --kind: không có loại bút toán «%.*s»", (int)n, at);
		}
		q->kinds[q->n_kinds++] = arena_strndup(a, at, n);
		at += n;
	}
	return q->n_kinds > 0 || cli_wrong("Sửa --kind: viết loại bút toán như payout.settled");
}

/* A seed is a word that can be written down and typed again. */
static bool take_seed(const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~')
			n = 0;
	return (n >= 1 && n <= 64) ||
	       cli_wrong("Sửa --seed: viết 1 đến 64 chữ, số hoặc dấu của bàn phím, không có dấu cách");
}

static const char *new_seed(struct arena *a)
{
	struct key32 *random = secret_new();
	struct hash h = sha256(bytes_of(random->b, sizeof random->b));
	char hex[HASH_HEX_SIZE];
	secret_free(random);
	return arena_strndup(a, hash_hex(&h, hex), 16);
}

/* ---- where the page before ended --------------------------------------------------------------------------------------------------- */

/* A cursor is good for the question that it came from: its last word is of what was asked. */
static const char *cursor_text(struct arena *a, const struct cursor *c, const char *asked)
{
	struct hash h = sha256(bytes_z(arena_printf(a, "%s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		asked, c->size, c->key[0], c->key[1], c->key[2])));
	char hex[HASH_HEX_SIZE];
	return arena_printf(a, "%" PRId64 "_%" PRId64 "_%" PRId64 "_%" PRId64 "_%.8s", c->size, c->key[0],
		c->key[1], c->key[2], hash_hex(&h, hex));
}

static bool read_cursor(struct arena *a, const char *text, const char *asked, struct cursor *out)
{
	const char *at = text;
	int64_t n[4] = {0};
	for (size_t i = 0; i < COUNT_OF(n); i++) {
		char *end;
		n[i] = strtoll(at, &end, 10);
		at = end + (*end == '_');
	}
	*out = (struct cursor){.given = true, .size = n[0], .key = {n[1], n[2], n[3]}};
	return strcmp(text, cursor_text(a, out, asked)) == 0 ||
	       cli_wrong(
		       "Sửa --after: dùng đúng con trỏ mà trang trước đã in, với cùng các điều kiện của trang ấy");
}

/* Whatever says which rows there are, but for a person's ID: not even its hash is printed. */
static const char *asked_text(struct arena *a, const struct question *q)
{
	const char *text = arena_printf(a, "%s|%u|%s|%s|%s|%s|%" PRId64 "|%" PRId64 "|%" PRId64,
		q->kind->name, q->given, q->account ? q->account : "", q->payout ? q->payout : "",
		q->officer ? q->officer : "", q->entry ? q->entry : "", q->batch, q->as_of_size,
		q->as_of.upto_us);
	text = arena_printf(a, "%s|%" PRId64 "|%" PRId64 "|%d|%d|%" PRId64 "|%" PRId64, text,
		vnd_dong(q->amount.least), vnd_dong(q->amount.most), (int)q->effective.first.n,
		(int)q->effective.last.n, q->recorded.from_us, q->recorded.upto_us);
	for (size_t i = 0; i < q->n_kinds; i++)
		text = arena_printf(a, "%s|%s", text, q->kinds[i]);
	return text;
}

/* ---- options ------------------------------------------------------------------------------------------------------------------------- */

struct words {
	const char *account, *payout, *person, *reason, *officer, *entry, *kinds, *amount, *effective,
		*recorded, *as_of, *limit, *after, *sample, *seed;
	int64_t batch;
	bool csv, by_amount;
};

static bool read_words(int argc, char **argv, struct words *w)
{
	const struct cli_option known[] = {
		{"account", .text = &w->account},
		{"payout", .text = &w->payout},
		{"person", .text = &w->person},
		{"reason", .reason = &w->reason},
		{"batch", .id = &w->batch},
		{"officer", .text = &w->officer},
		{"entry", .text = &w->entry},
		{"kind", .text = &w->kinds},
		{"amount", .text = &w->amount},
		{"effective", .text = &w->effective},
		{"recorded", .text = &w->recorded},
		{"as-of", .text = &w->as_of},
		{"limit", .text = &w->limit},
		{"after", .text = &w->after},
		{"sample", .text = &w->sample},
		{"by-amount", .given = &w->by_amount},
		{"seed", .text = &w->seed},
		{"csv", .given = &w->csv},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) &&
	       (optind == argc || cli_wrong("Bỏ «%s»", argv[optind]));
}

/* Which of the options that choose rows were given; false when the kind of question does not know one of them. */
static bool check_given(const struct words *w, struct question *q)
{
	const struct {
		enum question_option option;
		bool given;
		const char *name;
	} all[] = {
		{BY_ACCOUNT, w->account, "account"},
		{BY_PAYOUT, w->payout, "payout"},
		{BY_PERSON, w->person, "person"},
		{BY_BATCH, w->batch != 0, "batch"},
		{BY_OFFICER, w->officer, "officer"},
		{BY_ENTRY, w->entry, "entry"},
		{BY_KIND, w->kinds, "kind"},
		{BY_AMOUNT, w->amount, "amount"},
		{BY_EFFECTIVE, w->effective, "effective"},
		{BY_RECORDED, w->recorded, "recorded"},
		{AS_OF, w->as_of, "as-of"},
		{SAMPLE, w->sample, "sample"},
	};
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		if (!all[i].given)
			continue;
		q->given |= (unsigned)all[i].option;
		if (!(q->kind->knows & (unsigned)all[i].option))
			return cli_wrong("Bỏ --%s: không dùng với %s", all[i].name, q->kind->name);
	}
	if (w->payout && w->person)
		return cli_wrong("Chọn một: --payout hoặc --person");
	if (w->payout && w->entry && strcmp(q->kind->name, "lines") == 0)
		return cli_wrong("Chọn một: --payout hoặc --entry");
	if ((w->person != NULL) != (w->reason != NULL))
		return cli_wrong(w->person ? "Thêm --reason: việc xem một người được ghi lại với lý do"
					   : "Bỏ --reason: chỉ dùng với --person");
	if ((w->seed || w->by_amount) && !w->sample)
		return cli_wrong("Thêm --sample N: --seed và --by-amount là của mẫu");
	if (w->sample && (w->limit || w->after))
		return cli_wrong("Bỏ --limit và --after: mẫu là một trang");
	if (strcmp(q->kind->name, "postings") == 0 && !w->account)
		return cli_wrong("Thêm --account: chọn tài khoản của sổ cái, xem chitra ledger accounts");
	return true;
}

static bool read_values(struct arena *a, const struct words *w, struct question *q)
{
	*q = (struct question){.kind = q->kind,
		.given = q->given,
		.account = w->account,
		.payout = w->payout,
		.officer = w->officer,
		.entry = w->entry,
		.reason = w->reason,
		.batch = w->batch,
		.csv = w->csv,
		.after = w->after,
		.as_of_size = -1,
		.limit = 100};
	q->sample = (struct sample){.by_amount = w->by_amount, .seed = w->seed};
	if ((w->kinds && !take_kinds(a, w->kinds, q)) ||
		(w->amount && !take_amounts(a, w->amount, &q->amount)) ||
		(w->effective && !take_days(a, w->effective, &q->effective)) ||
		(w->recorded && !take_moments(a, w->recorded, &q->recorded)) ||
		(w->as_of && !take_as_of(w->as_of, q)) ||
		(w->limit && !cli_count(w->limit, 1, QUESTION_LIMIT_MOST, &q->limit)) ||
		(w->sample && !cli_count(w->sample, 1, QUESTION_SAMPLE_MOST, &q->sample.n)) ||
		(w->seed && !take_seed(w->seed)))
		return false;
	if (q->sample.n)
		q->limit = q->sample.n;
	if (q->sample.n && !q->sample.seed)
		q->sample.seed = new_seed(a);
	return true;
}

static bool is_kind(const char *word, const struct question_kind **out)
{
	for (size_t i = 0; i < n_question_kinds; i++)
		if (strcmp(question_kinds[i].name, word) == 0) {
			*out = &question_kinds[i];
			return true;
		}
	return false;
}

/* argv[0] is the kind. False, and it was said what to mend; or, for a person, *why has it. */
static bool read_question(struct cli *cli, int argc, char **argv, struct question *q, struct words *w)
{
	*q = (struct question){0};
	*w = (struct words){0};
	if (argc < 1 || !is_kind(argv[0], &q->kind))
		return argc < 1 ||
		       cli_wrong("Sửa «%s»: có transactions, postings, payouts, lines, batches, breaks, acts",
			       argv[0]);
	return read_words(argc, argv, w) && check_given(w, q) && read_values(cli->w->arena, w, q) &&
	       (!w->after || read_cursor(cli->w->arena, w->after, asked_text(cli->w->arena, q), &q->cursor));
}

/* ---- the commands ---------------------------------------------------------------------------------------------------------------------- */

static enum result look(struct cli *cli, struct question *q)
{
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result r = register_keys_load(cli, &keys);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = question_look(cli, &keys.keys, q);
	return r == OK ? tx_commit(cli->w) : r;
}

static enum result answer(struct cli *cli, struct question *q)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = question_answer(cli, q);
	return r == OK ? tx_commit(cli->w) : r;
}

static int ask(struct cli *cli, int argc, char **argv)
{
	struct question q;
	struct words words;
	struct why why = {0};
	struct cursor ended;
	const char *next = NULL;
	if (argc < 1 || !read_question(cli, argc, argv, &q, &words))
		return cli_usage(cli);
	if (words.person && !personal_id_parse(bytes_z(words.person), &q.person_id, &why))
		return cli_refused(cli, &why);
	q.has_person = words.person;
	enum result r = q.has_person ? look(cli, &q) : OK;
	if (r == OK)
		r = answer(cli, &q);
	if (r != OK)
		return cli_exit(cli, r);
	if (question_has_more(&q)) {
		question_ended(&q, &ended);
		next = cursor_text(cli->w->arena, &ended, asked_text(cli->w->arena, &q));
	}
	question_print(cli, &q, next);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static enum result kept(struct cli *cli, struct rows *out)
{
	enum result r = cli_enter(cli);
	if (r == OK)
		r = db_run(cli->w, Q_AUDIT_SAVED, DB_NO_ARGS, out);
	return r;
}

/* As the table wants it. */
static bool is_name(const char *name)
{
	size_t n = strlen(name);
	size_t fits = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return (n >= 1 && n <= 32 && fits == n && name[0] >= 'a') ||
	       cli_wrong("Sửa tên «%s»: viết 1 đến 32 chữ a–z, số hoặc dấu -, bắt đầu bằng chữ", name);
}

/* Read as it will be read when it is run, so that a wrong one is not kept; and nobody's ID is. */
static int save(struct cli *cli, int argc, char **argv)
{
	struct question q;
	struct words words;
	struct rows done;
	const char *texts[WORDS_MOST];
	if (argc < 2 || argc - 1 > WORDS_MOST || !is_name(argv[0]))
		return cli_usage(cli);
	for (int i = 1; i < argc; i++)
		texts[i - 1] = argv[i];
	char **copy = arena_copy(
		cli->w->arena, argv + 1, (size_t)argc * sizeof *argv); /* getopt moves words about */
	if (!read_question(cli, argc - 1, copy, &q, &words))
		return cli_usage(cli);
	if (words.person || words.after) {
		(void)cli_wrong(
			"Bỏ --person, --reason và --after: chỉ lưu điều kiện dùng lại được, không lưu số CCCD");
		return cli_usage(cli);
	}
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = db_run(cli->w, Q_AUDIT_SAVE, DB_ARGS(db_text(argv[0]), db_texts(texts, (size_t)argc - 1)),
			&done);
	if (r == OK && row_i64(&done, 0, rows_col(&done, "kept")) == 0) {
		why_set(&cli->w->why, "query_saved", "you have saved another query by the name %s", argv[0]);
		r = REFUSED;
	}
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && !cli->json)
		printf("Đã lưu «%s»: chạy bằng chitra ledger query run %s\n", argv[0], argv[0]);
	return cli_exit(cli, r);
}

static void fill_saved(struct json_writer *j, const void *what)
{
	const struct rows *r = what;
	json_open_array(j, "saved");
	for (size_t i = 0; i < rows_n(r); i++) {
		size_t n;
		const char *const *words = row_texts(r, i, rows_col(r, "words"), &n);
		json_open_object(j, NULL);
		json_put_str(j, "name", row_text(r, i, rows_col(r, "name")));
		json_open_array(j, "words");
		for (size_t k = 0; k < n; k++)
			json_put_str(j, NULL, words[k]);
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

static int saved(struct cli *cli)
{
	static const char *const heading[] = {"tên", "điều kiện"};
	struct rows r;
	TX_GUARD(cli->w);
	enum result result = kept(cli, &r);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json) {
		cli_print_json(fill_saved, &r);
		return EX_OK;
	}
	struct table t = table_new(cli->w->arena, heading, COUNT_OF(heading));
	for (size_t i = 0; i < rows_n(&r); i++) {
		size_t n;
		const char *all = "", *const *words = row_texts(&r, i, rows_col(&r, "words"), &n);
		for (size_t k = 0; k < n; k++)
			all = arena_printf(cli->w->arena, "%s%s%s", all, k ? " " : "", words[k]);
		table_add(&t, row_text(&r, i, rows_col(&r, "name")));
		table_add(&t, all);
	}
	table_print(&t);
	return EX_OK;
}

static enum result not_saved(struct cli *cli, const char *name)
{
	why_set(&cli->w->why, "query_unknown", "you have saved no query by the name %s", name);
	return REFUSED;
}

/* The words that were kept, and those that come behind them: who gives an option again means the new one. */
static enum result recall(struct cli *cli, int argc, char **argv, int *n_all, char ***all)
{
	struct rows r;
	size_t n;
	TX_GUARD(cli->w);
	enum result result = kept(cli, &r);
	if (result != OK)
		return result;
	for (size_t i = 0; i < rows_n(&r); i++) {
		if (strcmp(row_text(&r, i, rows_col(&r, "name")), argv[0]) != 0)
			continue;
		const char *const *words = row_texts(&r, i, rows_col(&r, "words"), &n);
		*n_all = (int)n + argc - 1;
		*all = arena_array(cli->w->arena, n + (size_t)argc, char *);
		for (size_t k = 0; k < n; k++)
			(*all)[k] = arena_strdup(cli->w->arena, words[k]);
		for (int k = 1; k < argc; k++)
			(*all)[n + (size_t)k - 1] = argv[k];
		return tx_commit(cli->w);
	}
	return not_saved(cli, argv[0]);
}

static int run(struct cli *cli, int argc, char **argv)
{
	int n;
	char **all;
	if (argc < 1)
		return cli_usage(cli);
	enum result r = recall(cli, argc, argv, &n, &all);
	return r == OK ? ask(cli, n, all) : cli_exit(cli, r);
}

static int drop(struct cli *cli, int argc, char **argv)
{
	struct rows gone;
	if (argc != 1)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = db_run(cli->w, Q_AUDIT_DROP, DB_ARGS(db_text(argv[0])), &gone);
	if (r == OK && row_i64(&gone, 0, rows_col(&gone, "dropped")) == 0)
		r = not_saved(cli, argv[0]);
	if (r == OK)
		r = tx_commit(cli->w);
	return cli_exit(cli, r);
}

int cli_ledger_query(struct cli *cli, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	if (argc == 1)
		return cli_usage(cli);
	if (strcmp(word, "save") == 0)
		return save(cli, argc - 2, argv + 2);
	if (strcmp(word, "saved") == 0 && argc == 2)
		return saved(cli);
	if (strcmp(word, "run") == 0)
		return run(cli, argc - 2, argv + 2);
	if (strcmp(word, "drop") == 0)
		return drop(cli, argc - 2, argv + 2);
	return ask(cli, argc - 1, argv + 1);
}
