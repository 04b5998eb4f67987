#include "daemon/cli/import_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/text.h"
#include "ledger/register/advice.h"
#include "daemon/cli/csv_out.h"
#include "daemon/cli/import_run.h"
#include "daemon/cli/marked.h"
#include "daemon/cli/words.h"

#define SAID_MOST 1000 /* on a terminal: more are not read one by one */

/* ---- what is said ------------------------------------------------------------------------------------------------------- */

void import_said_free(struct import_said *s)
{
	free(s->at);
	arena_free(s->arena);
}

/* Many words are about one file, and often one after the other says the same. */
static const char *kept(struct arena *a, const char *text, const char *last)
{
	return last && strcmp(last, text) == 0 ? last : arena_strdup(a, text);
}

void import_say(struct import_said *s, const struct import_word *word)
{
	struct import_word w = *word, none = {0};
	const struct import_word *last = s->n > 0 ? &s->at[s->n - 1] : &none;
	const char *code = advice_code(w.code);
	bool is_advice = code && w.text == advice_for(code);
	w.file = kept(s->arena, w.file, last->file);
	w.code = code ? code : kept(s->arena, w.code, last->code);
	w.text = is_advice ? w.text : kept(s->arena, w.text, last->text);
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->at = reallocarray(s->at, s->room, sizeof *s->at);
		bug_if(!s->at);
	}
	s->at[s->n++] = w;
}

void import_unsay(struct import_said *s, size_t from, bool (*stays)(const struct import_word *word))
{
	size_t n = from;
	for (size_t i = from; i < s->n; i++)
		if (stays(&s->at[i]))
			s->at[n++] = s->at[i];
	s->n = n;
}

int16_t import_column(const struct list_head *head, const char *code, int column)
{
	enum list_cell cell;
	if (column == 0 && advice_cell(code, &cell))
		column = head->column[cell];
	return (int16_t)column;
}

const char *import_cell(const struct import_word *word, char out[static IMPORT_CELL_SIZE])
{
	char letters[LIST_LETTERS_SIZE];
	*out = '\0';
	if (word->column > 0)
		snprintf(out, IMPORT_CELL_SIZE, "%s%" PRId32, list_letters(word->column, letters), word->row);
	return out;
}

static void say_saved(struct import_said *s, const struct import_heading *h)
{
	for (size_t i = 0; i < s->n_saved; i++)
		if (s->saved[i] == h)
			return;
	s->saved = arena_regrow(s->arena, s->saved, s->n_saved, s->n_saved + 1, sizeof(*s->saved));
	s->saved[s->n_saved++] = h;
}

const char *import_asks(struct import_said *said, const struct import_asked *asked,
	const struct import_headings *headings, const char *sender)
{
	struct arena *a = said->arena;
	const char *text = asked->sheet ? arena_printf(a, "sheet\t%s\n", asked->sheet) : "";
	for (size_t i = 0; i < headings->n; i++) {
		const struct import_heading *h = &headings->at[i];
		if (h->waits || !sender || strcmp(h->sender, sender) != 0)
			continue;
		text = arena_printf(a, "%sheading\t%s\t%s\n", text, h->heading, h->cell);
		say_saved(said, h);
	}
	return text;
}

struct hash import_sum(const struct parser *p, const struct import_asked *asked)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const struct decision *d = asked->grant;
	char month[MONTH_TEXT_SIZE];
	const char *text = asked->sheet ? asked->sheet : "";
	if (d)
		text = arena_printf(a, "%s\n%s %s %s\n%s", text, d->programme, d->codes[0],
			month_format(d->month, month), d->number);
	return *text ? sha256_2parts(bytes_of(p->sha256.b, sizeof p->sha256.b), bytes_z(text)) : p->sha256;
}

static void fill_said(struct json_writer *j, const void *what)
{
	const struct import_said *s = what;
	char cell[IMPORT_CELL_SIZE];
	if (s->error) {
		json_put_str(j, "error", s->error);
		json_put_str(j, "text", s->error_text);
	}
	json_put_i64(j, "files", (int64_t)s->files);
	json_put_i64(j, "refused_files", (int64_t)s->refused_files);
	json_put_i64(j, "accepted", (int64_t)s->accepted);
	json_put_i64(j, "repaired", (int64_t)s->repaired);
	json_put_i64(j, "rejected", (int64_t)s->rejected);
	json_put_i64(j, "known", (int64_t)s->known);
	json_put_i64(j, "carried", (int64_t)s->carried);
	json_put_i64(j, "new_people", (int64_t)s->new_people);
	json_put_i64(j, "not_listed", (int64_t)s->unknown);
	if (s->waits)
		json_put_i64(j, "waits", s->waits);
	json_open_array(j, "saved_headings");
	for (size_t i = 0; i < s->n_saved; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "sender", s->saved[i]->sender);
		json_put_str(j, "heading", s->saved[i]->heading);
		json_put_str(j, "means", s->saved[i]->cell);
		json_close(j);
	}
	json_close(j);
	json_open_array(j, "to_see");
	for (size_t i = 0; i < s->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "file", s->at[i].file);
		if (s->at[i].row > 0)
			json_put_i64(j, "row", s->at[i].row);
		if (s->at[i].column > 0)
			json_put_str(j, "cell", import_cell(&s->at[i], cell));
		json_put_str(j, "outcome", s->at[i].outcome);
		json_put_str(j, "code", s->at[i].code);
		json_put_str(j, "text", s->at[i].text);
		json_close(j);
	}
	json_close(j);
}

void import_print(const struct cli *cli, const struct import_said *s)
{
	if (cli->json) {
		cli_print_json(fill_said, s);
		return;
	}
	char cell[IMPORT_CELL_SIZE];
	for (size_t i = 0; i < s->n && i < SAID_MOST; i++) {
		const struct import_word *word = &s->at[i];
		if (word->row > 0)
			fprintf(stderr, "%s: dòng %" PRId32 "%s%s: %s (%s)\n", word->file, word->row,
				word->column > 0 ? ", ô " : "", import_cell(word, cell), word->text,
				word->code);
		else
			fprintf(stderr, "%s: %s (%s)\n", word->file, word->text, word->code);
	}
	if (s->n > SAID_MOST)
		fprintf(stderr, "và %zu dòng nữa: xem bằng --marked OUT.xlsx hoặc --json\n",
			s->n - SAID_MOST);
	if (s->error && s->files + s->refused_files == 0)
		return;
	for (size_t i = 0; i < s->n_saved; i++)
		printf("Khai báo đã lưu của %s: cột «%s» là %s\n", s->saved[i]->sender, s->saved[i]->heading,
			s->saved[i]->cell);
	printf("%zu tệp đã nhập, %zu tệp không nhập được: %zu dòng nhận, %zu dòng đã sửa, %zu dòng bị từ chối, %zu người mới\n",
		s->files, s->refused_files, s->accepted, s->repaired, s->rejected, s->new_people);
	if (s->known > 0)
		printf("%zu dòng đã nhận từ trước\n", s->known);
	if (s->carried > 0)
		printf("%zu dòng ghi đơn vị của thời kỳ khác, đã chuyển sang đơn vị của kỳ này\n",
			s->carried);
	if (s->unknown > 0)
		printf("%zu người không có trong danh sách nào\n", s->unknown);
	if (s->waits)
		printf("Chưa tài khoản nào được dùng: chờ người thứ hai xác nhận (chitra import confirm %" PRId64
		       ")\n",
			s->waits);
}

const char *import_file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* ---- rows --------------------------------------------------------------------------------------------------------------- */

static void csv_rows(const struct import_rows *rows)
{
	static const char *const heading[] = {"file", "row", "outcome", "code", "area", "note"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < rows->n; i++) {
		const struct import_row_out *r = &rows->at[i];
		char number[16];
		snprintf(number, sizeof number, "%" PRId32, r->row);
		const char *cells[] = {r->file, number, r->outcome, r->code, r->area, r->note};
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static void print_rows(struct arena *a, const struct import_rows *rows)
{
	static const char *const heading[] = {"tệp", ">dòng", "kết quả", "xã", "việc phải làm"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < rows->n; i++) {
		const struct import_row_out *r = &rows->at[i];
		table_add(&t, r->file);
		table_add(&t, arena_printf(a, "%" PRId32, r->row));
		table_add(&t, word_vi(r->outcome));
		table_add(&t, r->area);
		table_add(&t, r->note);
	}
	table_print(&t);
}

static void fill_rows(struct json_writer *j, const void *what)
{
	const struct import_rows *rows = what;
	json_open_array(j, "rows");
	for (size_t i = 0; i < rows->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "file", rows->at[i].file);
		json_put_i64(j, "row", rows->at[i].row);
		json_put_str(j, "outcome", rows->at[i].outcome);
		json_put_str(j, "code", rows->at[i].code);
		json_put_str(j, "area", rows->at[i].area);
		json_put_str(j, "note", rows->at[i].note);
		json_close(j);
	}
	json_close(j);
}

static int import_rows_run(struct cli *cli, const struct import_asked *asked)
{
	struct import_rows rows;
	if (!asked->has_period || asked->n_files != 1)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = import_rows_of(cli->w, asked->period, &rows);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_rows, &rows);
	else if (asked->csv)
		csv_rows(&rows);
	else
		print_rows(cli->w->arena, &rows);
	return EX_OK;
}

/* ---- headings ------------------------------------------------------------------------------------------------------------ */

static void fill_headings(struct json_writer *j, const void *what)
{
	const struct import_headings *h = what;
	json_open_array(j, "headings");
	for (size_t i = 0; i < h->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "sender", h->at[i].sender);
		json_put_str(j, "heading", h->at[i].heading);
		json_put_str(j, "means", h->at[i].cell);
		json_put_bool(j, "waits", h->at[i].waits);
		json_close(j);
	}
	json_close(j);
}

/* Says one word, when one is given, and shows what is known of this kind. */
static int import_headings_run(struct cli *cli, const struct import_asked *asked)
{
	struct import_headings all;
	bool add = asked->heading && asked->means && asked->sender;
	if (asked->n_files != 1 || add != (asked->heading || asked->means || asked->sender))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK && add)
		r = import_heading_add(cli->w, asked->kind, asked->sender, asked->heading, asked->means);
	if (r == OK)
		r = import_headings_of(cli->w, asked->kind, &all);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_headings, &all);
	for (size_t i = 0; i < all.n && !cli->json; i++)
		printf("%s: «%s» là %s%s\n", all.at[i].sender, all.at[i].heading, all.at[i].cell,
			all.at[i].waits ? " (chưa dùng: chờ người thứ hai khai báo lại như vậy)" : "");
	return EX_OK;
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static bool take_kind(const char *name, void *to)
{
	enum list_kind *kind = to;
	for (int k = 0; k < LIST_KINDS; k++) {
		if (strcmp(import_kind_name((enum list_kind)k), name) != 0 || k == LIST_AGENT_PAID ||
			k == LIST_GRANTS)
			continue;
		*kind = (enum list_kind)k;
		return true;
	}
	return cli_wrong("Chọn loại danh sách (--kind): không có loại «%s»", name);
}

static bool read_options(int argc, char **argv, struct import_asked *o)
{
	const struct cli_option known[] = {
		{"programme", .text = &o->programme},
		{"area", .text = &o->area},
		{"period", .month = &o->period, .given = &o->has_period},
		{"kind", .take = take_kind, .to = &o->kind},
		{"bank", .text = &o->bank},
		{"sheet", .text = &o->sheet},
		{"marked", .text = &o->marked},
		{"sender", .text = &o->sender},
		{"heading", .text = &o->heading},
		{"means", .text = &o->means},
		{"from-names", .given = &o->from_names},
		{"strict", .given = &o->strict},
		{"accept-repairs", .given = &o->accept_repairs},
		{"csv", .given = &o->csv},
		{"area-words-of", .day = &o->words_of, .given = &o->has_words_of},
		{"as-of", .day = &o->as_of, .given = &o->has_as_of},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind < argc;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	return strcmp(import_file_name(*x), import_file_name(*y));
}

/* The order of the names decides which of two rows of a person counts, whatever order the shell gave. */
static void take_files(struct cli *cli, int argc, char **argv, struct import_asked *o)
{
	o->n_files = (size_t)(argc - optind);
	const char **files = arena_array(cli->w->arena, o->n_files, const char *);
	for (size_t i = 0; i < o->n_files; i++)
		files[i] = argv[optind + (int)i];
	qsort(files, o->n_files, sizeof *files, by_name);
	o->files = files;
}

/* What does not go together, in words; NULL: nothing. */
static const char *lacks_of_ward(const struct import_asked *o)
{
	if (!o->has_period)
		return "Thêm --period YYYY-MM: danh sách của tháng nào";
	if (o->bank)
		return "Bỏ --bank: chỉ --kind account_list mới có";
	if (o->from_names)
		return o->programme || o->area ? "Bỏ --programme và --area: --from-names lấy từ tên tệp"
					       : NULL;
	if (!o->programme || !o->area)
		return "Thêm --programme và --area: danh sách của chương trình nào, đơn vị nào";
	return o->n_files == 1 ? NULL : "Nhập từng tệp một, hoặc dùng --from-names";
}

static const char *lacks_other(const struct import_asked *o)
{
	if ((o->kind == LIST_ACCOUNTS) != (o->bank != NULL))
		return o->bank ? "Bỏ --bank: chỉ --kind account_list mới có"
			       : "Thêm --bank: danh sách tài khoản của ngân hàng nào";
	if ((o->kind == LIST_DECREASE) != (o->programme != NULL))
		return o->programme ? "Bỏ --programme: loại danh sách này không theo chương trình"
				    : "Thêm --programme: danh sách giảm của chương trình nào";
	if (o->area || o->from_names || o->has_period || o->has_words_of)
		return "Bỏ --area, --period, --from-names, --area-words-of: loại danh sách này không có";
	return o->n_files == 1 ? NULL : "Nhập từng tệp một";
}

static const char *lacks(const struct import_asked *o)
{
	if (o->heading || o->means)
		return "Viết: chitra import headings --sender … --heading … --means …";
	if (o->has_as_of && o->kind != LIST_ACCOUNTS)
		return "Bỏ --as-of: chỉ --kind account_list mới có";
	if ((o->marked || o->sheet) && o->n_files != 1)
		return "Nhập từng tệp một khi dùng --marked hay --sheet";
	if (o->sheet && strpbrk(o->sheet, "\t\n"))
		return "Sửa tên trang tính (--sheet)";
	return list_is_of_ward(o->kind) ? lacks_of_ward(o) : lacks_other(o);
}

/* Before anything is in: the list itself stays as it is, and what is marked has a place. */
static bool marked_has_place(const struct import_asked *o, struct why *why)
{
	struct stat list, out;
	const char *dot = strrchr(o->marked, '.'), *slash = strrchr(o->marked, '/');
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *directory = !slash ? "."
				       : arena_printf(a, "%.*s", (int)(slash - o->marked) + 1, o->marked);
	if (!dot || strcasecmp(dot, ".xlsx") != 0)
		return why_set(why, "marked_name", "%s", o->marked);
	if (stat(o->files[0], &list) == 0 && stat(o->marked, &out) == 0 && list.st_ino == out.st_ino &&
		list.st_dev == out.st_dev)
		return why_set(why, "marked_same", "%s", o->marked);
	return access(directory, W_OK) == 0 || why_set(why, "marked_failed", "%s", o->marked);
}

/* The file back to the officer; what cannot come back is said, and changes nothing of what is in. */
static int give_back(const struct import_asked *asked, struct import_said *said, int code)
{
	struct why why = {0};
	if (marked_write(asked, said, &why))
		return code;
	import_say_refused(said, asked->files[0], why.code, 0, why.text);
	said->refused_files--;
	return code == EX_OK ? EX_CANTCREAT : code;
}

int import_lists(struct cli *cli, const struct import_asked *asked)
{
	if (asked->marked && !marked_has_place(asked, &cli->w->why))
		return cli_refused(cli, &cli->w->why);
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result loaded = register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	struct import_said said = {.arena = arena_new()};
	int code = list_is_of_ward(asked->kind) ? import_payment_files(cli, asked, &keys.keys, &said)
						: import_other_file(cli, asked, &keys.keys, &said);
	if (code != EX_USAGE && asked->marked)
		code = give_back(asked, &said, code);
	if (code != EX_USAGE)
		import_print(cli, &said);
	import_said_free(&said);
	return code;
}

int cli_import(struct cli *cli, int argc, char **argv)
{
	struct import_asked asked = {.kind = LIST_PAYMENT};
	if (argc > 1 && (strcmp(argv[1], "confirm") == 0 || strcmp(argv[1], "drop") == 0))
		return import_decide_run(cli, argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[1], "waiting") == 0)
		return import_waiting_run(cli);
	if (!read_options(argc, argv, &asked))
		return cli_usage(cli);
	take_files(cli, argc, argv, &asked);
	if (strcmp(asked.files[0], "rows") == 0)
		return import_rows_run(cli, &asked);
	if (strcmp(asked.files[0], "headings") == 0)
		return import_headings_run(cli, &asked);
	if (strcmp(asked.files[0], "categories") == 0)
		return import_catalogue(cli, &asked);
	const char *lack = lacks(&asked);
	if (lack && !cli_wrong("%s", lack))
		return cli_usage(cli);
	return import_lists(cli, &asked);
}
