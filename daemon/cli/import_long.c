/* import_long.c: one payment list that is longer than a slice, in a transaction of its own: judged and written as its rows come, so that
 * memory does not grow with it but for what the register's import remembers of a row. What only its end can say (its total, and whether
 * the parser read all of it) decides whether the transaction commits. Two things send it back to its first row: another import that met
 * the same person, and a unit of another time, named after rows had passed whose words it puts in doubt. */
#include "daemon/cli/import_payment.h"

#include <string.h>

struct long_list {
	struct payment_run *run;
	struct payment_list l;
	struct parser *parser;
	struct buf *text; /* what was read and not yet judged */
	struct arena *slice;
	size_t first_word; /* about this list */
	bool more;         /* rows are to come */
	bool judged; /* why the file is refused was seen in its rows, so those that are wrong anyway are said too */
};

static bool stays_none(const struct import_word *word)
{
	(void)word;
	return false;
}

static bool stays_rejected(const struct import_word *word)
{
	return strcmp(word->outcome, "rejected") == 0;
}

static bool stays_alone(const struct import_word *word)
{
	return stays_rejected(word) && word->from_alone;
}

/* ---- its rows ------------------------------------------------------------------------------------------------------------ */

static enum result refuse(struct long_list *g)
{
	g->judged = true;
	return REFUSED;
}

/* The whole lines of the text; what is left of a line moves to its front. No line is as long as a slice. */
static enum result one_slice(struct long_list *g, struct import *im)
{
	struct payment_run *run = g->run;
	struct buf *text = g->text;
	char *from = (char *)text->at, *lf = text->n > 0 ? memrchr(from, '\n', text->n) : NULL;
	size_t n = lf ? (size_t)(lf - from) + 1 : 0;
	if (n == 0 && text->n >= IMPORT_SLICE) {
		why_set(&g->l.bad, "parser_line", "%s", "");
		return refuse(g);
	}
	if (n == 0)
		return OK;
	cli_next_step(run->cli);
	if (!payment_judge(run, g->slice, &g->l, from, from + n))
		return refuse(g);
	enum result r = g->l.again ? REFUSED : import_slice(im);
	if (r == OK)
		payment_say_rows(run->said, &g->l.list, true);
	memmove(text->at, text->at + n, text->n - n);
	text->n -= n;
	arena_reset(g->slice);
	return r;
}

static enum result all_slices(struct long_list *g, struct import *im)
{
	enum result r = one_slice(g, im);
	while (r == OK && g->more) {
		g->more = parser_more(g->parser, g->text, IMPORT_SLICE);
		r = one_slice(g, im);
	}
	if (r != OK)
		return r;
	if (!parser_end(g->parser)) {
		why_set(&g->l.bad, g->parser->code, "%s", g->parser->detail);
		return REFUSED;
	}
	if (g->text->n > 0 || !buf_ok(g->text)) {
		why_set(&g->l.bad, "parser_line", "%s", "");
		return refuse(g);
	}
	return payment_is_whole(g->run, &g->l) ? OK : refuse(g);
}

static enum result in_transaction(struct long_list *g, bool alone)
{
	const struct payment_run *run = g->run;
	struct work *w = run->cli->w;
	struct import_how how = {.kind = run->asked->kind,
		.period = run->asked->period,
		.repairs = run->asked->accept_repairs,
		.strict = run->asked->strict,
		.alone = alone};
	struct import *im = NULL;
	TX_GUARD(w);
	enum result r = cli_enter(run->cli);
	if (r == OK)
		r = import_begin(w, run->keys, &run->reference, &how, &g->l.list, 1, &im);
	if (r == OK)
		r = all_slices(g, im);
	if (r == OK)
		r = import_end(im);
	import_free(im);
	return r == OK ? tx_commit(w) : r;
}

/* ---- what becomes of it -------------------------------------------------------------------------------------------------- */

static void stop_parser(struct long_list *g)
{
	if (parser_end(g->parser))
		return;
}

/* From its first row, with nothing of it said or known but whose words its units are. The file is read again, and may be another. */
static void rewind_list(struct long_list *g, const char *file)
{
	struct area_words words = {.old = g->l.words.old};
	stop_parser(g);
	import_unsay(g->run->said, g->first_word, stays_none);
	payment_parse(g->run, g->parser, file);
	g->l.list.sha256 = import_sum(g->parser, g->run->asked);
	g->l.list.refused = false;
	g->l.sum = (struct entries_sum){0};
	g->l.words = words;
	g->l.title = (struct title){0};
	g->l.bad = (struct why){0};
	g->l.again = g->judged = false;
	g->text->n = 0;
	g->more = parser_more(g->parser, g->text, IMPORT_SLICE);
}

/* Before what is said of its rows. */
static void say_refused(struct long_list *g, const struct why *why)
{
	struct import_said *said = g->run->said;
	size_t first = g->first_word;
	import_unsay(said, first, g->judged ? stays_alone : stays_none);
	import_say_refused(said, g->l.list.name, why->code, g->judged ? 0 : g->parser->row, why->text);
	struct import_word word = said->at[said->n - 1];
	memmove(&said->at[first + 1], &said->at[first], (said->n - 1 - first) * sizeof word);
	said->at[first] = word;
}

static void say_outcome(struct long_list *g, enum result r)
{
	struct payment_run *run = g->run;
	bool strict_no = r == REFUSED && !*g->l.bad.code && why_is(&run->cli->w->why, "strict");
	if (*g->l.bad.code)
		say_refused(g, &g->l.bad);
	else if (g->l.list.refused && (r == OK || strict_no))
		say_refused(g, &g->l.list.why);
	else if (r == OK)
		payment_say_in(run->said, &g->l.list);
	else
		import_unsay(run->said, g->first_word, strict_no ? stays_rejected : stays_none);
	if (r != OK && !*g->l.bad.code)
		run->code = import_failed(run->cli, run->said, r);
}

static void import_list_alone(struct long_list *g, const char *file)
{
	struct work *w = g->run->cli->w;
	bool alone = false;
	for (;;) {
		enum result r = in_transaction(g, alone);
		bool met = !*g->l.bad.code && !g->l.again && import_met_another(w, r);
		if (!g->l.again && (!met || alone)) {
			say_outcome(g, r);
			return;
		}
		alone = alone || met;
		rewind_list(g, file);
	}
}

void payment_long(struct payment_run *run, struct parser *p, const char *file, struct buf *text)
{
	struct work *w = run->cli->w;
	struct arena *whole = w->arena;
	struct long_list g = {.run = run,
		.parser = p,
		.text = text,
		.slice = arena_new(),
		.first_word = run->said->n,
		.more = true};
	if (run->code == EX_OK && payment_begin(run, p, file, &g.l)) {
		w->arena = g.slice;
		import_list_alone(&g, file);
		w->arena = whole;
	}
	stop_parser(&g);
	arena_free(g.slice);
}
