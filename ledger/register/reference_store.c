#include "ledger/register/reference_store.h"

#include <string.h>

static enum result load_instance(struct work *w, struct reference *r)
{
	struct rows rows;
	enum result result = db_run(w, Q_IMPORT_INSTANCE, DB_NO_ARGS, &rows);
	if (result != OK)
		return result;
	bug_if(rows_n(&rows) != 1);
	r->sandbox = row_bool(&rows, 0, rows_col(&rows, "sandbox"));
	r->today = row_day(&rows, 0, rows_col(&rows, "today"));
	return OK;
}

static enum result load_prefixes(struct work *w, struct reference *r)
{
	struct rows rows;
	enum result result = db_run(w, Q_IMPORT_PREFIXES, DB_NO_ARGS, &rows);
	if (result != OK)
		return result;
	int prefix = rows_col(&rows, "prefix");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		const char *p = row_text(&rows, i, prefix);
		r->prefix[(p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0')] = true;
	}
	return OK;
}

static enum result load_categories(struct work *w, struct reference *r)
{
	struct categories *c = &r->categories;
	struct rows rows;
	bool is_new;
	enum result result = db_run(w, Q_IMPORT_CATEGORIES, DB_NO_ARGS, &rows);
	if (result != OK)
		return result;
	int code = rows_col(&rows, "code"), programme = rows_col(&rows, "programme"),
	    rate = rows_col(&rows, "rate_code"), also = rows_col(&rows, "also_rate_code"),
	    injury = rows_col(&rows, "needs_injury_pct"), rule = rows_col(&rows, "rule");
	c->n = rows_n(&rows);
	c->at = arena_array(r->arena, c->n, struct category);
	for (size_t i = 0; i < c->n; i++) {
		const char *also_code = row_text(&rows, i, also);
		struct category *at = &c->at[i];
		*at = (struct category){
			.code = arena_strdup(r->arena, row_text(&rows, i, code)),
			.programme = arena_strdup(r->arena, row_text(&rows, i, programme)),
			.rate_code = arena_strdup(r->arena, row_text(&rows, i, rate)),
			.also_rate_code = also_code ? arena_strdup(r->arena, also_code) : NULL,
			.needs_injury_pct = row_bool(&rows, i, injury),
		};
		category_decree(at);
		if (!category_rule_parse(row_text(&rows, i, rule), &at->rule))
			bug("rules.category has a rule that is not known");
		map_put(&c->codes, bytes_z(at->code), i, &is_new);
	}
	return OK;
}

static enum result load_aliases(struct work *w, struct reference *r)
{
	struct rows rows;
	enum result result = db_run(w, Q_IMPORT_ALIASES, DB_NO_ARGS, &rows);
	if (result != OK)
		return result;
	int alias = rows_col(&rows, "alias"), category = rows_col(&rows, "category");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		const size_t *at = map_get(&r->categories.codes, bytes_z(row_text(&rows, i, category)));
		bug_if(!at);
		category_alias_add(&r->categories, row_text(&rows, i, alias), *at);
	}
	return OK;
}

static size_t bank_index(struct reference *r, struct map *codes, const char *code)
{
	bool is_new;
	size_t i = *map_put(codes, bytes_z(code), codes->n, &is_new);
	if (is_new)
		r->bank_codes[i] = arena_strdup(r->arena, code);
	return i;
}

static enum result load_banks(struct work *w, struct reference *r)
{
	struct rows rows;
	struct map codes;
	enum result result = db_run(w, Q_IMPORT_BANKS, DB_NO_ARGS, &rows);
	if (result != OK)
		return result;
	int word = rows_col(&rows, "word"), code = rows_col(&rows, "code");
	map_begin(&codes, r->arena);
	r->bank_codes = arena_array(r->arena, rows_n(&rows), const char *);
	for (size_t i = 0; i < rows_n(&rows); i++) {
		bool is_new;
		size_t bank = bank_index(r, &codes, row_text(&rows, i, code));
		const char *folded = reading_fold(r->arena, row_text(&rows, i, word));
		size_t *at = map_put(&r->banks, bytes_z(folded), bank, &is_new);
		if (!is_new && *at != bank)
			*at = BANK_AMBIGUOUS;
	}
	return OK;
}

static enum area_level level_of(const char *text)
{
	return *text == 'p' ? AREA_PROVINCE : *text == 'd' ? AREA_DISTRICT : AREA_COMMUNE;
}

/* In descending order of the codes: what lies in a unit has a longer code, and is linked when all are there. */
static void add_areas(struct areas *all, const struct rows *rows)
{
	int level = rows_col(rows, "level"), code = rows_col(rows, "code"), name = rows_col(rows, "name"),
	    from = rows_col(rows, "valid_from"), known = rows_col(rows, "from_known"),
	    last = rows_col(rows, "last"), parent = rows_col(rows, "parent"),
	    parent_from = rows_col(rows, "parent_from");
	for (size_t i = 0; i < rows_n(rows); i++) {
		struct area one = {.level = level_of(row_text(rows, i, level)),
			.code = arena_strdup(all->arena, row_text(rows, i, code)),
			.name = arena_strdup(all->arena, row_text(rows, i, name)),
			.from = row_day(rows, i, from),
			.from_known = row_bool(rows, i, known),
			.ends = !row_null(rows, i, last)};
		if (one.ends)
			one.to = row_day(rows, i, last);
		areas_add(all, &one);
	}
	for (size_t i = 0; i < rows_n(rows); i++)
		if (!row_null(rows, i, parent))
			areas_link_parent(
				all, &all->at[i], row_text(rows, i, parent), row_day(rows, i, parent_from));
}

static enum result load_areas(struct work *w, struct reference *r)
{
	struct rows units, links, villages;
	enum result result = db_run(w, Q_IMPORT_AREAS, DB_NO_ARGS, &units);
	if (result == OK)
		result = db_run(w, Q_IMPORT_AREA_LINKS, DB_NO_ARGS, &links);
	if (result == OK)
		result = db_run(w, Q_IMPORT_AREA_VILLAGES, DB_NO_ARGS, &villages);
	if (result != OK)
		return result;
	areas_begin(&r->areas, r->arena, rows_n(&units));
	add_areas(&r->areas, &units);
	for (size_t i = 0; i < rows_n(&links); i++)
		areas_link_later(&r->areas, row_text(&links, i, rows_col(&links, "code")),
			row_day(&links, i, rows_col(&links, "valid_from")),
			row_text(&links, i, rows_col(&links, "later")),
			row_day(&links, i, rows_col(&links, "later_from")));
	for (size_t i = 0; i < rows_n(&villages); i++) {
		const struct area *of = areas_get(&r->areas,
			row_text(&villages, i, rows_col(&villages, "code")),
			row_day(&villages, i, rows_col(&villages, "valid_from")));
		const struct area *to = areas_get(&r->areas,
			row_text(&villages, i, rows_col(&villages, "later")),
			row_day(&villages, i, rows_col(&villages, "later_from")));
		bug_if(!of || !to);
		areas_add_village(&r->areas, of, row_text(&villages, i, rows_col(&villages, "village")), to);
	}
	return OK;
}

enum result reference_load(struct work *w, struct reference *out)
{
	struct reference r = {.arena = arena_new()};
	map_begin(&r.categories.aliases, r.arena);
	map_begin(&r.categories.codes, r.arena);
	map_begin(&r.banks, r.arena);
	enum result result = load_instance(w, &r);
	if (result == OK)
		result = load_prefixes(w, &r);
	if (result == OK)
		result = load_categories(w, &r);
	if (result == OK)
		result = load_aliases(w, &r);
	if (result == OK)
		result = load_banks(w, &r);
	if (result == OK)
		result = load_areas(w, &r);
	if (result == OK)
		*out = r;
	else
		arena_free(r.arena);
	return result;
}

void reference_free(struct reference *r)
{
	arena_free(r->arena);
}

enum result catalogue_load(struct work *w, const char *programme, struct catalogue *out)
{
	struct rows r;
	enum result result = db_run(w, Q_IMPORT_CATALOGUE, DB_ARGS(db_text(programme ? programme : "")), &r);
	if (result != OK)
		return result;
	out->n = rows_n(&r);
	out->at = arena_array(w->arena, out->n, struct catalogue_row);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct catalogue_row){.code = row_text(&r, i, rows_col(&r, "code")),
			.programme = row_text(&r, i, rows_col(&r, "programme")),
			.name = row_text(&r, i, rows_col(&r, "name")),
			.others = row_text(&r, i, rows_col(&r, "others"))};
	return OK;
}
