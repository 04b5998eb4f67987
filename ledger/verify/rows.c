#include "ledger/verify/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/file.h"

struct table_file {
	FILE *in;
	char *line;
	size_t room;
	bool has;        /* a line was read and not yet used */
	bool ends;       /* it does, with its LF */
	struct text now; /* that line, which may be empty */
};

struct rows {
	struct findings *findings;
	const char *dir;
	uint64_t size;
	struct table_file txn, posting;
};

/* The next line without its LF, kept until it is used. False: none is left. */
static bool peek(struct table_file *t)
{
	ssize_t n;

	if (t->has)
		return true;
	n = file_line(t->in, &t->line, &t->room);
	if (n <= 0)
		return false;
	t->ends = t->line[n - 1] == '\n';
	if (t->ends)
		n--;
	t->now = (struct text){.at = t->line, .n = (size_t)n};
	return t->has = true;
}

static bool open_table(struct table_file *t, const char *dir, const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/rows/%s.csv", dir, name);
	t->in = file_open(path);
	return t->in != NULL;
}

static void close_table(struct table_file *t)
{
	if (t->in != NULL)
		(void)fclose(t->in);
	free(t->line);
}

struct rows *rows_open(const char *dir, uint64_t size, struct findings *f)
{
	struct rows *r = calloc(1, sizeof *r);

	if (r == NULL)
		abort();
	r->findings = f;
	r->dir = dir;
	r->size = size;
	if (open_table(&r->txn, dir, "txn")) {
		if (open_table(&r->posting, dir, "posting"))
			return r;
		finding(f, "rows_missing", NO_LEAF, "%s/rows/posting.csv cannot be read: %s", dir,
			strerror(errno));
	} else if (errno != ENOENT) {
		finding(f, "rows_missing", NO_LEAF, "%s/rows/txn.csv cannot be read: %s", dir,
			strerror(errno));
	}
	rows_close(r);
	return NULL;
}

void rows_close(struct rows *r)
{
	if (r == NULL)
		return;
	close_table(&r->txn);
	close_table(&r->posting);
	free(r);
}

/* The number that the line begins with; -1: none. */
static int64_t seq_of(struct text line)
{
	struct text seq;
	int64_t n;

	return text_until(&line, ',', &seq) && text_count(seq, &n) ? n : -1;
}

static void add_txn(struct rows *r, const struct leaf *l, const struct digest *hash)
{
	char want[700], reverses[24] = "", hex[65];
	int n;

	while (peek(&r->txn) && seq_of(r->txn.now) >= 0 && seq_of(r->txn.now) < l->seq) {
		finding(r->findings, "row_more", seq_of(r->txn.now),
			"a row of a transaction that no leaf has: %.*s", TEXT(r->txn.now));
		r->txn.has = false;
	}
	if (!peek(&r->txn) || seq_of(r->txn.now) != l->seq) {
		finding(r->findings, "row_missing", l->seq, "the database has no row for it");
		return;
	}
	digest_hex(hash, hex);
	if (l->reverses >= 0)
		(void)snprintf(reverses, sizeof reverses, "%" PRId64, l->reverses);
	n = snprintf(want, sizeof want, "%" PRId64 ",%.*s,%s,%.*s,%.*s,%s,%s,%zu,%s", l->seq, TEXT(l->idem),
		leaf_kind_name(l), TEXT(l->effective), TEXT(l->recorded), l->late ? "t" : "f", reverses,
		l->n_legs, hex);
	if (!text_same(r->txn.now, (struct text){.at = want, .n = (size_t)n}))
		finding(r->findings, "row_differs", l->seq, "the database's row says %.*s and the leaf %s",
			TEXT(r->txn.now), want);
	r->txn.has = false;
}

static void add_posting(struct rows *r, const struct leaf *l, size_t i, int64_t after)
{
	char want[300];
	int n;

	while (peek(&r->posting) && seq_of(r->posting.now) >= 0 && seq_of(r->posting.now) < l->seq) {
		finding(r->findings, "row_more", seq_of(r->posting.now),
			"a posting that its leaf has not: %.*s", TEXT(r->posting.now));
		r->posting.has = false;
	}
	if (!peek(&r->posting) || seq_of(r->posting.now) != l->seq) {
		finding(r->findings, "row_missing", l->seq, "the database has no row for its posting %zu",
			i + 1);
		return;
	}
	n = snprintf(want, sizeof want, "%" PRId64 ",%zu,%.*s,%" PRId64 ",%" PRId64, l->seq, i + 1,
		TEXT(l->legs[i].account), l->legs[i].amount, after);
	if (!text_same(r->posting.now, (struct text){.at = want, .n = (size_t)n}))
		finding(r->findings, "row_differs", l->seq,
			"the database's posting says %.*s and the leaf %s", TEXT(r->posting.now), want);
	r->posting.has = false;
}

void rows_add(struct rows *r, const struct leaf *l, const struct digest *hash, const struct books *b)
{
	add_txn(r, l, hash);
	/* an account is named once in a transaction, so its balance after the posting is the one after the transaction */
	for (size_t i = 0; i < l->n_legs; i++)
		add_posting(r, l, i, books_account(b, l->legs[i].account)->balance);
}

/* Of a leaf behind the checkpoint's last, or a line that is not whole yet. */
static bool not_covered(const struct rows *r, const struct table_file *t)
{
	return !t->ends || (seq_of(t->now) >= 0 && (uint64_t)seq_of(t->now) >= r->size);
}

/* Every line of a table of balances beside what the leaves give; *n counts them. */
static void ask_balances(struct rows *r, const struct books *b, const char *table, bool by_day, size_t all)
{
	struct table_file t = {.in = NULL};
	char name[40];
	struct table seen = TABLE(struct table_key);
	size_t n = 0;
	bool once;

	(void)snprintf(name, sizeof name, "%s.%" PRIu64, table, r->size);
	if (!open_table(&t, r->dir, name)) {
		finding(r->findings, "rows_missing", NO_LEAF, "%s/rows/%s.csv cannot be read: %s", r->dir,
			name, strerror(errno));
		return;
	}
	for (; peek(&t); t.has = false, n++) {
		struct text rest = t.now, code = text_z(""), day = text_z("");
		char key[ACCOUNT_CODE + 16], amount[24] = "no such account";
		const struct account *a = NULL;
		const struct moved *m = NULL;
		bool fits = text_until(&rest, ',', &code) && (!by_day || text_until(&rest, ',', &day));
		struct text named = {.at = t.now.at, .n = fits ? t.now.n - rest.n - 1 : 0};
		int k;

		if (fits && code.n <= ACCOUNT_CODE && day.n <= 10) {
			k = snprintf(key, sizeof key, "%.*s %.*s", TEXT(code), TEXT(day));
			a = by_day ? NULL : books_account(b, code);
			m = by_day ? table_find(&b->days, (struct text){.at = key, .n = (size_t)k}) : NULL;
		}
		if (a != NULL || m != NULL)
			(void)snprintf(amount, sizeof amount, "%" PRId64, a != NULL ? a->balance : m->amount);
		(void)table_row(&seen, named, &once);
		if (!once)
			finding(r->findings, "row_more", NO_LEAF, "%s names %.*s twice", name, TEXT(named));
		if (!text_is(rest, amount))
			finding(r->findings, "balance_differs", NO_LEAF, "%s says %.*s and the leaves %s",
				name, TEXT(t.now), amount);
	}
	if (n < all)
		finding(r->findings, "balance_missing", NO_LEAF, "%s has %zu rows and the leaves make %zu",
			name, n, all);
	table_free(&seen);
	close_table(&t);
}

static void ask_rest(struct rows *r, struct table_file *t, const char *what)
{
	for (; peek(t); t->has = false)
		if (!not_covered(r, t))
			finding(r->findings, "row_more", NO_LEAF, "%s: %.*s", what, TEXT(t->now));
}

void rows_end(struct rows *r, const struct books *b)
{
	ask_rest(r, &r->txn, "a row of a transaction that no leaf has");
	ask_rest(r, &r->posting, "a posting that its leaf has not");
	ask_balances(r, b, "balance", false, b->accounts.n);
	ask_balances(r, b, "balance_day", true, b->days.n);
}
