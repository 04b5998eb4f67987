/* import_files.c: payment lists through chitra-parse, judged, and into the register in groups. */
#include "daemon/cli/import_payment.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/register/advice.h"

#define GROUP_ROWS    ((size_t)20000) /* rows of one transaction */
#define ROWS_TEXT_MAX (3 * LIST_FILE_MAX)

/* ---- failures ------------------------------------------------------------------------------------------------------------ */

int import_failed(const struct cli *cli, struct import_said *said, enum result r)
{
	struct cli in_words = *cli;
	in_words.json = false;
	said->error = arena_strdup(said->arena, cli->w->why.code);
	said->error_text = arena_strdup(said->arena, cli->w->why.text);
	return cli_exit(&in_words, r);
}

/* ---- one file ------------------------------------------------------------------------------------------------------------ */

void import_say_refused(
	struct import_said *said, const char *file, const char *code, int32_t row, const char *detail)
{
	struct arena *a = arena_new();
	import_say(said, &(struct import_word){.file = import_file_name(file),
				 .outcome = "refused",
				 .code = code,
				 .text = advice_for_file(a, code, row, detail)});
	said->refused_files++;
	arena_free(a);
}

static size_t lines_in(const char *text, const char *end)
{
	size_t n = 0;
	for (const char *s = text; s < end && (s = memchr(s, '\n', (size_t)(end - s))) != NULL; s++)
		n++;
	return n;
}

/* "22915-merit-2.csv": area 22915, programme merit. */
static bool names_say(struct arena *a, const char *file, struct import_list *l)
{
	const char *name = import_file_name(file), *dash = strchr(name, '-');
	if (!dash || dash == name)
		return false;
	size_t n = strcspn(dash + 1, "-.");
	if (n == 0 || n > 16)
		return false;
	l->area = arena_strndup(a, name, (size_t)(dash - name));
	l->programme = arena_strndup(a, dash + 1, n);
	return true;
}

/* Where the headings are its title is known too. */
static void take_head(struct payment_run *run, struct payment_list *l, const struct list_row *row)
{
	struct import_said *said = run->said;
	struct list_head *head = &l->list.head;
	struct why why;
	list_head_read(run->asked->kind, row, head);
	said->head_row = head->row;
	said->encoding = arena_strdup(said->arena, head->encoding);
	if (title_check(run->group, &l->title, &l->list.scope, run->asked->period, &why))
		return;
	if (run->asked->accept_repairs)
		l->list.title = arena_strdup(run->group, why.text);
	else
		l->bad = why;
}

bool payment_judge(struct payment_run *run, struct arena *a, struct payment_list *l, char *text, char *end)
{
	struct import_terms terms = {.programme = l->list.programme,
		.list = run->asked->kind,
		.scope = &l->list.scope,
		.period = run->asked->period,
		.accept_repairs = run->asked->accept_repairs};
	struct list_row row;
	l->list.n = 0;
	l->list.at = arena_array(a, lines_in(text, end), struct entry);
	while (list_row_read(run->asked->kind, &text, end, &row, &l->bad)) {
		if (row.title)
			title_read(a, &l->list.scope, row.row, row.raw, &l->title);
		else if (row.head)
			take_head(run, l, &row);
		else if (row.total)
			entries_sum_total(&l->sum, &row);
		else
			entry_judge(a, &run->reference, &terms, &row, &l->list.at[l->list.n++]);
	}
	entries_sum_add(&l->sum, l->list.at, l->list.n);
	l->again = !l->list.scope.has_words_of && !entries_areas_check(l->list.at, l->list.n, &l->words);
	return *l->bad.code == '\0';
}

bool payment_is_whole(const struct payment_run *run, struct payment_list *l)
{
	bool checked;
	return run->asked->kind != LIST_PAYMENT || entries_sum_check(&l->sum, &checked, &l->bad);
}

static void say_code(
	struct import_said *said, const struct import_list *l, const struct entry *e, const char *code)
{
	bool first = code == e->code;
	import_say(said, &(struct import_word){.file = l->name,
				 .row = e->row,
				 .outcome = entry_status_name(e->status),
				 .column = import_column(&l->head, code, first ? e->column : 0),
				 .code = code,
				 .text = first && e->note ? e->note : advice_for(code),
				 .from_alone = e->alone});
}

static void say_entry(struct import_said *said, const struct import_list *l, const struct entry *e)
{
	say_code(said, l, e, e->code);
	for (size_t i = 0; i < e->n_also && (e->alone || e->status == ENTRY_REPAIRED); i++)
		say_code(said, l, e, e->also[i]);
}

void payment_say_rows(struct import_said *said, const struct import_list *l, bool all)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].code && (all || l->at[i].status == ENTRY_REJECTED))
			say_entry(said, l, &l->at[i]);
}

bool payment_begin(
	struct payment_run *run, const struct parser *p, const char *file, struct payment_list *out)
{
	*out = (struct payment_list){.list = {.name = import_file_name(file),
					     .sha256 = import_sum(p, run->asked),
					     .programme = run->asked->programme,
					     .area = run->asked->area}};
	struct import_list *l = &out->list;
	if (run->asked->from_names && !names_say(run->group, file, l)) {
		import_say_refused(run->said, file, "file_name", 0, "");
		return false;
	}
	l->scope = area_scope(run->group, &run->reference.areas, l->area, month_first(run->asked->period),
		run->asked->has_words_of ? &run->asked->words_of : NULL);
	return true;
}

/* Judges one file and adds it to the group. Where the sum is off, the rows that are wrong anyway are the first to look at. */
static void take_short(
	struct payment_run *run, const struct parser *p, const char *file, const struct buf *text)
{
	struct payment_list l;
	if (!payment_begin(run, p, file, &l))
		return;
	char *lines = arena_strndup(run->group, (const char *)text->at, text->n);
	bool good = payment_judge(run, run->group, &l, lines, lines + text->n) && payment_is_whole(run, &l);
	bug_if(l.again);
	if (!good) {
		import_say_refused(run->said, file, l.bad.code, 0, l.bad.text);
		payment_say_rows(run->said, &l.list, false);
		return;
	}
	run->lists[run->n_lists++] = l.list;
	run->n_rows += l.list.n;
}

/* ---- one group ----------------------------------------------------------------------------------------------------------- */

/* A file that names a unit of another time is that of the unit which it became. */
static void say_area(struct import_said *said, const struct import_list *l)
{
	const struct area_scope *s = &l->scope;
	if (!s->whole || s->whole == s->unit)
		return;
	struct arena *a = said->arena;
	import_say(said, &(struct import_word){.file = l->name,
				 .outcome = "carried",
				 .code = "area_carried",
				 .text = arena_printf(a, "Danh sách của %s được nhập cho %s",
					 area_text(a, s->unit), area_text(a, s->whole))});
}

static void say_title(struct import_said *said, const struct import_list *l)
{
	if (!l->title)
		return;
	import_say(said, &(struct import_word){.file = l->name,
				 .outcome = "repaired",
				 .code = "title_accepted",
				 .text = arena_printf(said->arena,
					 "Đã nhập dù tiêu đề của danh sách khác: %s", l->title)});
}

void payment_say_in(struct import_said *said, const struct import_list *l)
{
	said->files++;
	say_area(said, l);
	say_title(said, l);
	said->accepted += l->accepted;
	said->rejected += l->rejected;
	said->repaired += l->repaired;
	said->known += l->known;
	said->carried += l->carried;
	said->new_people += l->new_people;
}

static void say_list(struct import_said *said, const struct import_list *l, bool counts)
{
	if (l->refused) {
		import_say_refused(said, l->name, l->why.code, 0, l->why.text);
		return;
	}
	payment_say_rows(said, l, counts);
	if (counts)
		payment_say_in(said, l);
}

static enum result import_in_transaction(struct payment_run *run, bool alone)
{
	struct import_how how = {.kind = run->asked->kind,
		.period = run->asked->period,
		.repairs = run->asked->accept_repairs,
		.strict = run->asked->strict,
		.alone = alone};
	struct import *im = NULL;
	TX_GUARD(run->cli->w);
	enum result r = cli_enter(run->cli);
	if (r == OK)
		r = import_begin(
			run->cli->w, run->keys, &run->reference, &how, run->lists, run->n_lists, &im);
	if (r == OK)
		r = import_slice(im);
	if (r == OK)
		r = import_end(im);
	import_free(im);
	return r == OK ? tx_commit(run->cli->w) : r;
}

static void group_begin(struct payment_run *run)
{
	arena_reset(run->group);
	run->n_lists = run->n_rows = 0;
}

/* The work of a group lives as long as the group: a million people need no more memory than some thousands. */
static void group_end(struct payment_run *run)
{
	struct work *w = run->cli->w;
	struct arena *whole = w->arena;
	if (run->n_lists == 0 || run->code != EX_OK)
		return;
	if (run->asked->strict && run->said->refused_files > 0)
		return;
	w->arena = run->group;
	enum result r = import_in_transaction(run, false);
	if (import_met_another(w, r))
		r = import_in_transaction(run, true);
	w->arena = whole;
	bool strict_no = r == REFUSED && why_is(&w->why, "strict");
	for (size_t i = 0; i < run->n_lists && (r == OK || strict_no); i++)
		say_list(run->said, &run->lists[i], r == OK);
	if (r != OK)
		run->code = import_failed(run->cli, run->said, r);
	group_begin(run);
}

static bool group_is_full(const struct payment_run *run)
{
	if (run->asked->strict)
		return false;
	return run->n_rows >= GROUP_ROWS || run->n_lists == GROUP_LISTS;
}

/* ---- the run --------------------------------------------------------------------------------------------------------------- */

static enum result load_reference(struct payment_run *run)
{
	struct work *w = run->cli->w;
	TX_GUARD(w);
	enum result r = cli_enter(run->cli);
	if (r == OK)
		r = reference_load(w, &run->reference);
	if (r == OK)
		r = import_headings_of(w, run->asked->kind, &run->headings);
	if (r == OK)
		r = tx_commit(w);
	return r;
}

/* After a failure nobody wants the rows of those that still run. */
static void reap(struct parser *ahead, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (parser_end(&ahead[i % AHEAD]))
			continue;
}

/* The sender is the ward; with many files, whoever the name says. */
void payment_parse(struct payment_run *run, struct parser *p, const char *file)
{
	struct import_list named = {.area = run->asked->area};
	struct arena *a = run->said->arena;
	const char *sender = run->asked->sender;
	if (!sender && run->asked->from_names && !names_say(a, file, &named))
		named.area = NULL;
	run->said->asks = import_asks(run->said, run->asked, &run->headings, sender ? sender : named.area);
	parser_start(p, run->asked->kind, file, run->said->asks);
}

/* Several lists that go in together or not at all are held together. */
static void take_file(struct payment_run *run, struct parser *p, const char *file)
{
	CLEANUP(buf_free) struct buf text;
	bool held = run->asked->strict && run->asked->n_files > 1;
	buf_init(&text, ROWS_TEXT_MAX);
	if (parser_more(p, &text, IMPORT_SLICE) && !held) {
		group_end(run);
		payment_long(run, p, file, &text);
		group_begin(run);
	} else if (!parser_rows(p, &text))
		import_say_refused(run->said, file, p->code, p->row, p->detail);
	else
		take_short(run, p, file, &text);
}

static void run_files(struct payment_run *run)
{
	const struct import_asked *asked = run->asked;
	struct progress bar = progress_begin(run->cli, "Nhập danh sách", (int64_t)asked->n_files);
	size_t started = 0, i = 0;
	for (; i < asked->n_files && run->code == EX_OK; i++) {
		for (; started < asked->n_files && started < i + AHEAD; started++)
			payment_parse(run, &run->ahead[started % AHEAD], asked->files[started]);
		take_file(run, &run->ahead[i % AHEAD], asked->files[i]);
		if (group_is_full(run))
			group_end(run);
		progress_at(&bar, (int64_t)i + 1);
	}
	reap(run->ahead, i, started);
	group_end(run);
	progress_end(&bar);
}

int import_payment_files(struct cli *cli, const struct import_asked *asked, const struct register_keys *keys,
	struct import_said *said)
{
	if (asked->strict && asked->n_files > GROUP_LISTS)
		return cli_usage(cli);
	struct payment_run *run = calloc(1, sizeof *run);
	bug_if(!run);
	run->cli = cli;
	run->asked = asked;
	run->keys = keys;
	run->said = said;
	enum result r = load_reference(run);
	if (r != OK) {
		free(run);
		return import_failed(cli, said, r);
	}
	run->group = arena_new();
	run_files(run);
	int code = run->code != EX_OK ? run->code : said->refused_files > 0 ? EX_DATAERR : EX_OK;
	arena_free(run->group);
	reference_free(&run->reference);
	free(run);
	return code;
}
