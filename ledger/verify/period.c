#include "ledger/verify/period.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/log.h"
#include "ledger/verify/period_private.h"

#define TEXT_MAX_BYTES ((size_t)1 << 30)

/* ---- what is on its way, what came back, what nobody explained ------------------------------------------------------- */

static void keep(char to[65], struct text t)
{
	(void)snprintf(to, 65, "%.*s", TEXT(t));
}

static void count_flight(struct periods *p, struct text fund, struct text day, int64_t n)
{
	char name[96];
	int length = snprintf(name, sizeof name, "%.*s %.7s", TEXT(fund), day.at);
	bool made;
	struct flight *f = table_row(&p->flights, (struct text){.at = name, .n = (size_t)length}, &made);

	if (made) {
		keep(f->fund, fund);
		f->month = month_of(day);
	}
	f->n += n;
}

static void ask_carried(struct periods *p, const struct leaf *l, struct text id)
{
	const struct carried_on *c = table_find(&p->carried, id);
	struct digest line;

	if (c == NULL || leaf_value(l, "line").n == 0)
		return;
	(void)text_hex(leaf_value(l, "line"), line.at, sizeof line.at);
	if (!digest_same(&line, &c->line) || leaf_amount(l, "amount") != c->amount)
		finding(p->findings, "period_item", l->seq,
			"payout %.*s was carried over with another amount or line", TEXT(id));
}

static void add_end(struct periods *p, const struct leaf *l, struct text id)
{
	bool made;

	for (size_t i = 0; i < l->n_legs; i++)
		if (text_is(l->legs[i].family, "liabilities:in-flight")) {
			count_flight(p, l->legs[i].parts[0], l->effective, -1);
		} else if (text_is(l->legs[i].family, "liabilities:unclaimed")) {
			struct returned *r = table_row(&p->returned, id, &made);

			r->month = month_of(l->effective);
			(void)text_hex(leaf_value(l, "line"), r->line.at, sizeof r->line.at);
			r->amount = leaf_amount(l, "amount");
			r->has_line = leaf_value(l, "line").n > 0;
		}
	ask_carried(p, l, id);
}

static void add_facts(struct periods *p, const struct leaf *l)
{
	const char *kind = leaf_kind_name(l);
	struct text id = leaf_value(l, "id");
	bool made;

	if (strcmp(kind, "dispatch.sent") == 0)
		count_flight(p, leaf_value(l, "funding-account"), l->effective, leaf_amount(l, "count"));
	else if (strncmp(kind, "payout.", 7) == 0 ||
		 (strcmp(kind, "break.resolved") == 0 && text_is(leaf_value(l, "outcome"), "return")))
		add_end(p, l, id);
	else if (strcmp(kind, "suspense") == 0) {
		struct suspended *s = table_row(&p->suspended, l->idem, &made);

		s->month = month_of(l->effective);
		s->amount = leaf_amount(l, "amount");
		s->number = leaf_amount(l, "break");
		s->debit = text_is(leaf_value(l, "side"), "debit");
		keep(s->fund, leaf_value(l, "funding-account"));
	}
}

/* ---- late ---------------------------------------------------------------------------------------------------------------- */

static void ask_late(struct periods *p, const struct leaf *l)
{
	bool known, late = late_told_in(&p->late, l, &known) != 0;

	if (late && !l->late)
		finding(p->findings, "late_wrong", l->seq,
			"%.*s was closed, and it does not say that it is late", 7, l->effective.at);
	else if (l->late && !late && (known || p->n_closed == 0))
		finding(p->findings, "late_wrong", l->seq,
			"it says that it is late, and nobody had closed %.*s", 7, l->effective.at);
}

/* ---- the tree at a size ---------------------------------------------------------------------------------------------------- */

void periods_whole(struct periods *p, unsigned level, const struct digest *root)
{
	if (level != 8)
		return;
	if (p->n_blocks == p->room) {
		p->room = p->room > 0 ? 2 * p->room : 64;
		p->blocks = realloc(p->blocks, p->room * sizeof *p->blocks);
		if (p->blocks == NULL)
			abort();
	}
	p->blocks[p->n_blocks++] = *root;
}

/* Of full blocks of 256 from the walk, and the leaves after them. */
static bool root_at(const struct periods *p, const struct books *b, uint64_t size, struct digest *out)
{
	struct range blocks = {.n = 0}, all = {.n = size & ~UINT64_C(255)};

	if (size >> 8 > p->n_blocks || size > (uint64_t)b->next)
		return false;
	for (uint64_t i = 0; i < size >> 8; i++)
		range_add(&blocks, &p->blocks[i], NULL, NULL);
	for (unsigned level = 8; level < 64; level++)
		all.at[level] = blocks.at[level - 8];
	if (size % 256 > 0 && !log_leaves(p->dir, p->size, size >> 8, size % 256, &all))
		return false;
	*out = range_root(&all);
	return true;
}

static void ask_root(struct periods *p, const struct leaf *l, const struct books *b, const char *code)
{
	struct digest said, is;

	(void)text_hex(leaf_value(l, "root"), said.at, sizeof said.at);
	if (!root_at(p, b, (uint64_t)leaf_amount(l, "size"), &is) || !digest_same(&said, &is))
		finding(p->findings, code, l->seq,
			"the first %" PRId64 " leaves do not give the root that it names",
			leaf_amount(l, "size"));
}

/* ---- closing --------------------------------------------------------------------------------------------------------------- */

static void close_period(struct periods *p, const struct leaf *l, const struct books *b)
{
	struct text agency = leaf_value(l, "agency"), month = leaf_value(l, "period");
	struct held in;
	char path[PATH_MAX];
	int32_t before;

	(void)snprintf(path, sizeof path, "%s/period/%.*s.%.*s", p->dir, TEXT(agency), TEXT(month));
	in = file_read(path, TEXT_MAX_BYTES);
	if (in.at == NULL)
		finding(p->findings, "period_missing", l->seq, "%s cannot be read: %s", path,
			strerror(errno));
	else
		period_text_ask(p, l, b, (struct text){.at = in.at, .n = in.n});
	file_free(&in);
	ask_root(p, l, b, "close_root");
	before = late_closed(&p->late, agency);
	if (before != 0 && month_of(month) != before + 1)
		finding(p->findings, "close_order", l->seq,
			"%.*s does not follow the month that was closed before it", TEXT(month));
	p->n_closed++;
}

void periods_add(struct periods *p, const struct leaf *l, const struct books *b)
{
	late_learn(&p->late, l);
	ask_late(p, l);
	add_facts(p, l);
	if (strcmp(leaf_kind_name(l), "close") == 0)
		close_period(p, l, b);
	late_close(&p->late, l);
	if (strcmp(leaf_kind_name(l), "recovered") == 0)
		ask_root(p, l, b, "recovered_root");
}

size_t periods_closed(const struct periods *p)
{
	return p->n_closed;
}

struct periods *periods_begin(const char *dir, uint64_t size, struct findings *f)
{
	struct periods *p = calloc(1, sizeof *p);

	if (p == NULL)
		abort();
	*p = (struct periods){
		.dir = dir,
		.size = size,
		.findings = f,
		.late = late_begin(),
		.flights = TABLE(struct flight),
		.returned = TABLE(struct returned),
		.suspended = TABLE(struct suspended),
		.carried = TABLE(struct carried_on),
	};
	return p;
}

void periods_free(struct periods *p)
{
	struct table *const all[] = {&p->flights, &p->returned, &p->suspended, &p->carried};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		table_free(all[i]);
	late_free(&p->late);
	free(p->blocks);
	free(p);
}
