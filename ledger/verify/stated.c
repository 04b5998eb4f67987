#include "ledger/verify/stated.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/verify/log.h"
#include "ledger/verify/said.h"
#include "ledger/verify/sheet.h"
#include "ledger/verify/stated_item.h"
#include "ledger/verify/table.h"

#define PAGES_MAX ((size_t)1 << 24)
#define LATE_DAYS 10 /* after so many days a credit of the open day is on a statement */
#define RESTORES  64

struct sum {
	uint64_t at[2];
};
/* A statement's day, or an agent's list. */
struct sheet_of {
	struct table_key key;
	char name[SHEET_NAME]; /* "statement/<funding account>/<day>", "cash/<32 digits>" */
	int64_t first;         /* leaf that needs it; NO_LEAF: none yet */
	struct sum leaves;
	bool differs;
	/* of the statement's leaf */
	int64_t leaf; /* NO_LEAF: there is none */
	int64_t lines, debits, credits, pages;
	struct digest root;
};

/* A line with a payout's id whose money waits in suspense: the leaf does not say the id. */
struct waiting {
	struct table_key key;
	int64_t n, taken;
};

/* A credit that was booked on the open day. */
struct credit {
	struct table_key key;
	char fund[65], entry[80];
	int32_t day;
	int64_t leaf, amount;
	bool found;
};

/* The newest day of which a funding account has a statement. */
struct newest {
	struct table_key key;
	int32_t day;
};

/* What of a differing sheet is not answered. */
struct left {
	struct table_key key;
	int64_t n, leaf;
	char name[SHEET_NAME];
};

struct stated {
	const char *dir;
	struct findings *findings;
	unsigned char secret[crypto_shorthash_siphashx24_KEYBYTES];
	struct table sheets, waiting, credits, newest, left;
	char last[SHEET_NAME]; /* the sheet that was looked up last */
	struct sheet_of *last_is;
	size_t n_restores;
	struct {
		int64_t from, to;
	} restores[RESTORES];
	struct stated_out *out;
	struct leaf *again; /* when leaves are read once more */
};

/* The leaf that asks for it. */
static int64_t asks(const struct sheet_of *of)
{
	return of->leaf != NO_LEAF ? of->leaf : of->first;
}

/* ---- items --------------------------------------------------------------------------------------------------- */

static void sum_add(const struct stated *st, struct sum *sum, const struct item *i)
{
	struct said s = item_said(i);
	uint64_t hash[2];

	crypto_shorthash_siphashx24((unsigned char *)hash, (const unsigned char *)s.at, s.n, st->secret);
	sum->at[0] += hash[0];
	sum->at[1] += hash[1];
}

/* ---- leaves -------------------------------------------------------------------------------------------------- */

struct stated *stated_open(const char *dir, struct findings *f)
{
	char path[PATH_MAX];
	struct stat at;
	struct stated *s;

	(void)snprintf(path, sizeof path, "%s/statement", dir);
	if (stat(path, &at) != 0 && errno == ENOENT)
		return NULL;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		abort();
	s->dir = dir;
	s->findings = f;
	s->sheets = (struct table)TABLE(struct sheet_of);
	s->waiting = (struct table)TABLE(struct waiting);
	s->credits = (struct table)TABLE(struct credit);
	s->newest = (struct table)TABLE(struct newest);
	s->left = (struct table)TABLE(struct left);
	randombytes_buf(s->secret, sizeof s->secret);
	return s;
}

void stated_free(struct stated *s)
{
	if (s == NULL)
		return;
	table_free(&s->sheets);
	table_free(&s->waiting);
	table_free(&s->credits);
	table_free(&s->newest);
	table_free(&s->left);
	free(s->again);
	free(s);
}

static struct sheet_of *sheet_named(struct stated *s, const char *name)
{
	bool made;

	if (s->last_is != NULL && strcmp(s->last, name) == 0)
		return s->last_is;
	s->last_is = table_row(&s->sheets, text_z(name), &made);
	if (made) {
		(void)snprintf(s->last_is->name, sizeof s->last_is->name, "%s", name);
		s->last_is->first = s->last_is->leaf = NO_LEAF;
	}
	(void)snprintf(s->last, sizeof s->last, "%s", name);
	return s->last_is;
}

static void add_statement(struct stated *s, const struct leaf *l)
{
	char name[SHEET_NAME];
	bool made;
	struct sheet_of *of;
	struct newest *newest = table_row(&s->newest, leaf_value(l, "funding-account"), &made);
	int32_t day;

	if (text_day(leaf_value(l, "day"), &day) && (made || day > newest->day))
		newest->day = day;
	(void)snprintf(name, sizeof name, "statement/%.*s/%.*s", TEXT(leaf_value(l, "funding-account")),
		TEXT(leaf_value(l, "day")));
	of = sheet_named(s, name);
	of->leaf = l->seq;
	of->lines = leaf_amount(l, "lines");
	of->debits = leaf_amount(l, "debits");
	of->credits = leaf_amount(l, "credits");
	of->pages = leaf_amount(l, "pages");
	(void)text_hex(leaf_value(l, "root"), of->root.at, sizeof of->root.at);
}

static void add_credit(struct stated *s, const struct leaf *l, const struct item *i)
{
	struct said key = {.n = 0};
	struct credit *c;
	bool made;

	say_text(&key, leaf_value(l, "funding-account"));
	say_text(&key, i->entry);
	c = table_row(&s->credits, said_text(&key), &made);
	*c = (struct credit){.key = c->key, .day = l->day, .leaf = l->seq, .amount = i->amount};
	(void)snprintf(c->fund, sizeof c->fund, "%.*s", TEXT(leaf_value(l, "funding-account")));
	(void)snprintf(c->entry, sizeof c->entry, "%.*s", TEXT(i->entry));
}

static struct said waiting_key(const char *sheet, int64_t part, struct text entry)
{
	struct said key = {.n = 0};

	say_text(&key, text_z(sheet));
	say_number(&key, part);
	say_text(&key, entry);
	return key;
}

static void add_item(struct stated *s, const struct leaf *l, const char *name, const struct item *i)
{
	struct sheet_of *of = sheet_named(s, name);
	bool made;

	if (of->first == NO_LEAF)
		of->first = l->seq;
	sum_add(s, &of->leaves, i);
	if (strcmp(leaf_kind_name(l), "suspense") == 0) {
		struct said key = waiting_key(name, i->part, i->entry);
		struct waiting *w = table_row(&s->waiting, said_text(&key), &made);

		w->n++;
	}
}

void stated_add(struct stated *s, const struct leaf *l)
{
	char name[SHEET_NAME];
	struct item i;

	if (strcmp(leaf_kind_name(l), "statement.file") == 0) {
		add_statement(s, l);
	} else if (strcmp(leaf_kind_name(l), "recovered") == 0 && s->n_restores < RESTORES) {
		s->restores[s->n_restores].from = leaf_amount(l, "had");
		s->restores[s->n_restores++].to = leaf_amount(l, "size");
	} else if (leaf_item(l, name, &i)) {
		if (l->idem.at[0] == 'i')
			add_credit(s, l, &i);
		else
			add_item(s, l, name, &i);
	}
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

/* A sheet as it is read. */
struct reading {
	struct stated *s;
	struct sheet_of *of;
	struct text fund; /* of a statement */
	int32_t day;
	struct sum lines;
	int64_t n, debits, credits, parts;
	bool even;            /* numbered from 1 on, and each line's parts come to it */
	bool has;             /* a line that waits whether parts follow */
	struct sheet_line at; /* that line; its texts are in `kept` */
	char kept[1100];
	void (*each)(struct reading *r, const struct item *i, int64_t line);
};

/* What the line is to the leaves. False: its leaf stands elsewhere. */
static bool line_item(struct reading *r, const struct sheet_line *l, struct item *i)
{
	struct said key = {.n = 0};
	struct waiting *w;
	struct credit *c;

	*i = (struct item){
		.debit = l->debit, .amount = l->amount, .part = l->part, .id = l->id, .entry = l->entry};
	if (r->of->leaf == NO_LEAF)
		return true;
	if (l->id.n > 0) {
		key = waiting_key(r->of->name, l->part, l->entry);
		w = table_find(&r->s->waiting, said_text(&key));
		if (w != NULL && w->taken < w->n) {
			w->taken++;
			i->id.n = 0;
		}
		return true;
	}
	if (l->debit || l->part > 0)
		return true;
	say_text(&key, r->fund);
	say_text(&key, l->entry);
	c = table_find(&r->s->credits, said_text(&key));
	if (c == NULL || c->found || c->amount != l->amount || c->day > r->day)
		return true;
	c->found = true;
	return false;
}

static void take(struct reading *r, const struct sheet_line *l)
{
	struct item i;

	if (line_item(r, l, &i))
		r->each(r, &i, l->line);
}

static void take_kept(struct reading *r)
{
	if (r->has && r->parts == 0)
		take(r, &r->at);
	else if (r->has && r->parts != r->at.amount)
		r->even = false;
	r->has = false;
	r->parts = 0;
}

/* A line whose parts follow is booked by its parts. */
static void take_line(struct reading *r, const struct sheet_line *l)
{
	bool fits;

	if (l->part > 0 && r->has && l->line == r->at.line) {
		r->even = r->even && l->debit == r->at.debit &&
			  !__builtin_add_overflow(r->parts, l->amount, &r->parts);
		take(r, l);
		return;
	}
	take_kept(r);
	if (l->part > 0) {
		take(r, l);
		return;
	}
	r->n++;
	fits = l->debit ? !__builtin_add_overflow(r->debits, l->amount, &r->debits)
			: !__builtin_add_overflow(r->credits, l->amount, &r->credits);
	r->even = r->even && fits && l->line == r->n;
	r->at = *l;
	r->has = true;
	memcpy(r->kept, l->id.at, l->id.n);
	memcpy(r->kept + l->id.n, l->entry.at, l->entry.n);
	r->at.id.at = r->kept;
	r->at.entry.at = r->kept + l->id.n;
}

/* False: it is not there, or none; that was said. */
static bool read_sheet(struct reading *r)
{
	char path[PATH_MAX];
	struct sheet_line line;
	struct sheet *sheet;
	enum sheet_part part;

	(void)snprintf(path, sizeof path, "%s/%s.csv", r->s->dir, r->of->name);
	sheet = sheet_open(file_open(path));
	if (sheet == NULL) {
		finding(r->s->findings, "statement_unpublished", asks(r->of), "%s.csv cannot be read: %s",
			r->of->name, strerror(errno));
		return false;
	}
	r->even = true;
	while ((part = sheet_next(sheet, &line)) == SHEET_LINE) {
		take_line(r, &line);
		r->s->out->lines++;
	}
	take_kept(r);
	sheet_close(sheet);
	if (part == SHEET_MALFORMED)
		finding(r->s->findings, "statement_malformed", asks(r->of), "%s.csv is none", r->of->name);
	return part == SHEET_END;
}

/* ---- statements ---------------------------------------------------------------------------------------------- */

static bool was_restored(const struct stated *s, int64_t leaf)
{
	for (size_t i = 0; i < s->n_restores; i++)
		if (leaf >= s->restores[i].from && leaf < s->restores[i].to)
			return true;
	return false;
}

/* The hashes of its pages, a line each, give the root that its leaf says. */
static void ask_pages(struct stated *s, const struct sheet_of *of)
{
	char path[PATH_MAX];
	struct range pages = {.n = 0};
	struct held file;
	struct text rest, line;
	struct digest page, root;
	bool fits;

	(void)snprintf(path, sizeof path, "%s/%s.pages", s->dir, of->name);
	file = file_read(path, PAGES_MAX);
	if (file.at == NULL) {
		finding(s->findings, "statement_unpublished", of->leaf, "%s.pages cannot be read: %s",
			of->name, strerror(errno));
		return;
	}
	rest = (struct text){.at = file.at, .n = file.n};
	while ((fits = text_until(&rest, '\n', &line) && text_hex(line, page.at, sizeof page.at))) {
		page = tree_leaf((struct text){.at = (const char *)page.at, .n = sizeof page.at});
		range_add(&pages, &page, NULL, NULL);
	}
	root = range_root(&pages);
	fits = rest.n == 0 && (int64_t)pages.n == of->pages && digest_same(&root, &of->root);
	if (!fits && was_restored(s, of->leaf))
		s->out->fetched_again++;
	else if (!fits)
		finding(s->findings, "statement_pages", of->leaf,
			"%s.pages: these pages are not those that it was read from", of->name);
	file_free(&file);
}

static void add_line(struct reading *r, const struct item *i, int64_t line)
{
	(void)line;
	sum_add(r->s, &r->lines, i);
}

static struct reading reading_of(struct stated *s, struct sheet_of *of)
{
	struct reading r = {.s = s, .of = of};
	struct text rest = text_z(of->name), word;

	if (text_skip(&rest, "statement/") && text_until(&rest, '/', &word)) {
		r.fund = word;
		(void)text_day(rest, &r.day);
	}
	return r;
}

static void ask_sheet(struct stated *s, struct sheet_of *of)
{
	struct reading r = reading_of(s, of);

	r.each = add_line;
	if (strcmp(of->name, NO_LIST) == 0) {
		finding(s->findings, "line_missing", of->first,
			"an agent is said to have paid it, by no list");
		return;
	}
	if (of->leaf == NO_LEAF && r.fund.n > 0) {
		finding(s->findings, "line_missing", of->first, "it was booked by %s, which no leaf has",
			of->name);
		return;
	}
	s->out->statements += r.fund.n > 0;
	s->out->lists += r.fund.n == 0;
	if (of->leaf != NO_LEAF)
		ask_pages(s, of);
	if (!read_sheet(&r))
		return;
	if (of->leaf != NO_LEAF &&
		(!r.even || r.n != of->lines || r.debits != of->debits || r.credits != of->credits))
		finding(s->findings, "statement_lines", of->leaf,
			"%s.csv has %" PRId64 " lines of %" PRId64 " and %" PRId64
			" VND, and its leaf says %" PRId64 " of %" PRId64 " and %" PRId64,
			of->name, r.n, r.debits, r.credits, of->lines, of->debits, of->credits);
	of->differs = memcmp(&r.lines, &of->leaves, sizeof r.lines) != 0;
}

/* A credit of the open day is on one of the statements that come after. */
static void ask_credit(struct stated *s, const struct credit *c)
{
	const struct newest *newest = table_find(&s->newest, text_z(c->fund));

	if (!c->found && newest != NULL && newest->day >= c->day + LATE_DAYS)
		finding(s->findings, "line_missing", c->leaf,
			"no statement of %s has the credit %s of the open day, days after", c->fund,
			c->entry);
}

/* ---- which ones ---------------------------------------------------------------------------------------------- */

static struct left *left_of(struct stated *s, const char *name, const struct item *i)
{
	struct said said = item_said(i);
	struct left *left;
	bool made;

	say_text(&said, text_z(name));
	left = table_row(&s->left, said_text(&said), &made);
	if (made)
		(void)snprintf(left->name, sizeof left->name, "%s", name);
	return left;
}

static bool each_leaf(void *with, uint64_t index, struct text bytes)
{
	struct stated *s = with;
	char name[SHEET_NAME];
	const char *wrong;
	struct item i;

	(void)index;
	if (!leaf_read(bytes, s->again, &wrong) || !leaf_item(s->again, name, &i) ||
		s->again->idem.at[0] == 'i' || !sheet_named(s, name)->differs)
		return true;
	struct left *left = left_of(s, name, &i);

	left->n++;
	left->leaf = s->again->seq;
	return true;
}

static void strike_line(struct reading *r, const struct item *i, int64_t line)
{
	struct left *left = left_of(r->s, r->of->name, i);

	if (left->n > 0)
		left->n--;
	else
		finding(r->s->findings, "line_unbooked", asks(r->of),
			"%s, line %" PRId64 ": a %s of %" PRId64 " VND, and no leaf books exactly that",
			r->of->name, line, i->debit ? "debit" : "credit", i->amount);
}

static void name_differences(struct stated *s, uint64_t size)
{
	struct stated_out kept = *s->out;

	s->again = calloc(1, sizeof *s->again);
	if (s->again == NULL)
		abort();
	for (size_t i = 0; i < s->waiting.n; i++)
		((struct waiting *)table_at(&s->waiting, i))->taken = 0;
	for (size_t i = 0; i < s->credits.n; i++)
		((struct credit *)table_at(&s->credits, i))->found = false;
	(void)log_walk(s->dir, size, each_leaf, s, s->findings);
	for (size_t i = 0; i < s->sheets.n; i++) {
		struct sheet_of *of = table_at(&s->sheets, i);
		struct reading r;

		if (!of->differs)
			continue;
		r = reading_of(s, of);
		r.each = strike_line;
		(void)!read_sheet(&r);
	}
	for (size_t i = 0; i < s->left.n; i++) {
		const struct left *left = table_at(&s->left, i);

		if (left->n > 0)
			finding(s->findings, "line_missing", left->leaf,
				"%s has no line that says what it books", left->name);
	}
	*s->out = kept;
}

void stated_end(struct stated *s, uint64_t size, struct stated_out *out)
{
	bool differ = false;

	*out = (struct stated_out){.published = true};
	s->out = out;
	for (size_t i = 0; i < s->sheets.n; i++) {
		struct sheet_of *of = table_at(&s->sheets, i);

		ask_sheet(s, of);
		differ = differ || of->differs;
	}
	for (size_t i = 0; i < s->credits.n; i++)
		ask_credit(s, table_at(&s->credits, i));
	if (differ)
		name_differences(s, size);
}
