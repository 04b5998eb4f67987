/* import_slices.c: a bank's accounts and deaths, read from chitra-parse slice by slice: a file of a million rows needs no more memory
 * than one of some thousands. What the parser says at its end decides whether the transaction commits. */
#include "daemon/cli/import_run.h"

#include <string.h>
#include <strings.h>

#include "ledger/register/advice.h"
#include "ledger/register/change.h"
#include "ledger/register/reference_store.h"

#define SLICE_TEXT ((size_t)1 << 20) /* bytes of rows that are judged and written at a time */
#define TEXT_MAX   (2 * SLICE_TEXT)

struct slices {
	struct cli *cli;
	const struct import_asked *asked;
	const struct register_keys *keys;
	struct import_said *said;
	struct parser parser;
	struct reference reference;
	struct import_headings headings;
	struct import_file file;
	struct import_other *other;
	struct list_head head;
	struct arena *arena; /* of one slice */
};

static size_t lines_in(const char *text, const char *end)
{
	size_t n = 0;
	for (const char *s = text; s < end && (s = memchr(s, '\n', (size_t)(end - s))) != NULL; s++)
		n++;
	return n;
}

static void say_row(struct slices *s, int32_t row, const char *code, int column)
{
	if (code)
		import_say(s->said, &(struct import_word){.file = s->file.name,
					    .row = row,
					    .outcome = "rejected",
					    .column = import_column(&s->head, code, column),
					    .code = code,
					    .text = advice_for(code)});
}

static void take_head(struct slices *s, const struct list_row *row)
{
	list_head_read(s->parser.kind, row, &s->head);
	s->said->head_row = s->head.row;
	s->said->encoding = arena_strdup(s->said->arena, s->head.encoding);
}

/* The next row. What was decoded is whole once the officer has said so. */
static bool next_row(struct slices *s, char **text, char *end, struct list_row *row)
{
	if (!list_row_read(s->asked->kind, text, end, row, &s->cli->w->why))
		return false;
	if (s->asked->accept_repairs && strcmp(row->problem, "converted") == 0)
		row->problem = "";
	return true;
}

static enum result accounts_in(struct slices *s, char *text, char *end)
{
	struct account_entry *at = arena_array(s->arena, lines_in(text, end), struct account_entry);
	struct why *why = &s->cli->w->why;
	struct list_row row;
	size_t n = 0;
	why_clear(why);
	while (next_row(s, &text, end, &row))
		if (row.head)
			take_head(s, &row);
		else if (!row.total)
			account_entry_judge(s->arena, &s->reference,
				strcmp(s->file.bank, BANK_VNEID) == 0 ? NULL : s->file.bank, &row, &at[n++]);
	enum result r = *why->code ? REFUSED : import_accounts_slice(s->other, at, n);
	for (size_t i = 0; i < n && r == OK; i++)
		say_row(s, at[i].row, at[i].code, at[i].column);
	return r;
}

static enum result changes_in(struct slices *s, char *text, char *end)
{
	struct change_entry *at = arena_array(s->arena, lines_in(text, end), struct change_entry);
	enum list_kind kind = s->asked->kind;
	struct why *why = &s->cli->w->why;
	struct list_row row;
	size_t n = 0;
	why_clear(why);
	while (next_row(s, &text, end, &row))
		if (row.head)
			take_head(s, &row);
		else if (!row.total)
			change_judge(s->arena, &s->reference, kind, &row, &at[n++]);
	enum result r = *why->code ? REFUSED
				   : import_changes_slice(s->other, kind, s->asked->programme, at, n);
	for (size_t i = 0; i < n && r == OK; i++)
		say_row(s, at[i].row, at[i].code, at[i].column);
	return r;
}

static enum result deaths_in(struct slices *s, char *text, char *end)
{
	struct death_entry *at = arena_array(s->arena, lines_in(text, end), struct death_entry);
	struct why *why = &s->cli->w->why;
	struct list_row row;
	size_t n = 0;
	why_clear(why);
	while (next_row(s, &text, end, &row))
		if (row.head)
			take_head(s, &row);
		else if (!row.total)
			death_entry_judge(s->arena, &s->reference, &row, &at[n++]);
	enum result r = *why->code ? REFUSED : import_deaths_slice(s->other, at, n);
	for (size_t i = 0; i < n && r == OK; i++)
		say_row(s, at[i].row, at[i].code, at[i].column);
	return r;
}

/* The whole lines of the text; what is left of a line moves to its front. No line is as long as a slice. */
static enum result one_slice(struct slices *s, struct buf *text)
{
	char *from = (char *)text->at, *lf = text->n > 0 ? memrchr(from, '\n', text->n) : NULL;
	size_t n = lf ? (size_t)(lf - from) + 1 : 0;
	if (n == 0 && text->n >= SLICE_TEXT) {
		why_set(&s->cli->w->why, "parser_line", "%s", "");
		return REFUSED;
	}
	if (n == 0)
		return OK;
	enum list_kind kind = s->asked->kind;
	enum result r = kind == LIST_DEATHS     ? deaths_in(s, from, from + n)
			: kind == LIST_ACCOUNTS ? accounts_in(s, from, from + n)
						: changes_in(s, from, from + n);
	memmove(text->at, text->at + n, text->n - n);
	text->n -= n;
	arena_reset(s->arena);
	return r;
}

static enum result all_slices(struct slices *s)
{
	CLEANUP(buf_free) struct buf text;
	struct why *why = &s->cli->w->why;
	enum result r = OK;
	bool more = true;
	buf_init(&text, TEXT_MAX);
	while (r == OK && more) {
		more = parser_more(&s->parser, &text, SLICE_TEXT);
		r = one_slice(s, &text);
	}
	bool whole = parser_end(&s->parser);
	if (r != OK)
		return r;
	if (whole && text.n == 0 && buf_ok(&text))
		return OK;
	why_set(why, whole ? "parser_line" : s->parser.code, "%s", s->parser.detail);
	return REFUSED;
}

static enum result import_all(struct slices *s)
{
	struct work *w = s->cli->w;
	TX_GUARD(w);
	enum result r = cli_enter(s->cli);
	if (r == OK)
		r = reference_load(w, &s->reference);
	if (r != OK)
		return r;
	bool declared = s->asked->bank && strcasecmp(s->asked->bank, BANK_VNEID) == 0;
	if (declared)
		s->file.bank = BANK_VNEID;
	else if (s->asked->bank) {
		s->file.bank = reference_bank(w->arena, &s->reference, s->asked->bank);
		if (!s->file.bank) {
			why_set(&w->why, "bank_unknown", "%s", s->asked->bank);
			return REFUSED;
		}
	}
	s->file.sandbox = s->reference.sandbox;
	r = import_other_begin(w, s->keys, import_kind_name(s->asked->kind), &s->file, &s->other);
	if (r == OK)
		r = all_slices(s);
	if (r == OK)
		r = import_other_end(s->other, s->asked->strict);
	return r == OK ? tx_commit(w) : r;
}

/* A refusal of the file is said as files are; everything else as a command's failure. */
static bool is_of_the_file(const struct slices *s, enum result r)
{
	static const char *const codes[] = {
		"file_twice", "people_unknown", "bank_unknown", "as_of_future", "strict", "parser_line"};
	const struct why *why = &s->cli->w->why;
	if (r != REFUSED)
		return false;
	for (size_t i = 0; i < COUNT_OF(codes); i++)
		if (why_is(why, codes[i]))
			return true;
	return *s->parser.code && why_is(why, s->parser.code);
}

/* Before the file is read, and so before its transaction. */
static enum result headings_in(struct slices *s)
{
	struct work *w = s->cli->w;
	TX_GUARD(w);
	enum result r = cli_enter(s->cli);
	if (r == OK)
		r = import_headings_of(w, s->asked->kind, &s->headings);
	return r == OK ? tx_commit(w) : r;
}

int import_other_file(struct cli *cli, const struct import_asked *asked, const struct register_keys *keys,
	struct import_said *said)
{
	struct slices s = {.cli = cli, .asked = asked, .keys = keys, .said = said};
	enum result loaded = headings_in(&s);
	if (loaded != OK)
		return import_failed(cli, said, loaded);
	said->asks = import_asks(said, asked, &s.headings, asked->sender ? asked->sender : asked->bank);
	parser_start(&s.parser, asked->kind, asked->files[0], said->asks);
	s.file = (struct import_file){.name = import_file_name(asked->files[0]),
		.sha256 = import_sum(&s.parser, asked),
		.as_of = asked->has_as_of ? &asked->as_of : NULL,
		.repairs = asked->accept_repairs,
		.grant = asked->grant};
	said->sha256 = s.file.sha256;
	if (!s.parser.running) {
		import_say_refused(said, s.file.name, s.parser.code, s.parser.row, s.parser.detail);
		return EX_DATAERR;
	}
	s.arena = arena_new();
	enum result r = import_all(&s);
	if (s.parser.running && !parser_end(&s.parser) && r == OK)
		bug("rows that nobody waited for");
	import_other_free(s.other);
	if (s.reference.arena)
		reference_free(&s.reference);
	arena_free(s.arena);
	if (is_of_the_file(&s, r)) {
		import_say_refused(said, s.file.name, cli->w->why.code, s.parser.row, cli->w->why.text);
		return EX_DATAERR;
	}
	if (r != OK)
		return import_failed(cli, said, r);
	said->files++;
	said->accepted += s.file.accepted;
	said->rejected += s.file.rejected;
	said->unknown += s.file.unknown;
	said->waits = s.file.waits;
	return EX_OK;
}
