#include "ledger/register/import_store.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"
#include "ledger/register/advice.h"
#include "ledger/register/import_write_store.h"
#include "ledger/register/officer_store.h"
#include "ledger/register/people_found.h"

/* ---- the files ------------------------------------------------------------------------------------------------------ */

static void refuse(struct import_list *l, const char *code, const char *detail)
{
	l->refused = true;
	why_set(&l->why, code, "%s", detail);
}

const char *import_kind_name(enum list_kind kind)
{
	static const char *const names[LIST_KINDS] = {
		[LIST_PAYMENT] = "payment_list",
		[LIST_ENROLMENT] = "enrolment_list",
		[LIST_INCREASE] = "increase_list",
		[LIST_DECREASE] = "decrease_list",
		[LIST_ACCOUNTS] = "account_list",
		[LIST_DEATHS] = "deaths",
		[LIST_MOVES] = "moves",
		[LIST_CORRECTIONS] = "corrections",
		[LIST_GRANTS] = "grant_list",
		[LIST_AGENT_PAID] = "agent_paid_list",
	};
	return names[kind];
}

static enum result refuse_known_files(struct work *w, const struct import *im)
{
	struct import_list *lists = im->lists;
	size_t n = im->n_lists;
	struct hash *sums = arena_array(w->arena, n, struct hash);
	struct rows rows;
	for (size_t i = 0; i < n; i++) {
		sums[i] = lists[i].sha256;
		for (size_t j = 0; j < i && !lists[i].refused; j++)
			if (hash_eq(&sums[i], &sums[j]))
				refuse(&lists[i], "file_twice", lists[j].name);
	}
	enum result r = db_run(w, Q_IMPORT_FILES_KNOWN,
		DB_ARGS(db_hashes(sums, n), db_text(import_kind_name(im->kind)), db_bool(im->repairs)),
		&rows);
	if (r != OK)
		return r;
	int sum = rows_col(&rows, "sha256"), name = rows_col(&rows, "name");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		struct hash known = row_hash(&rows, i, sum);
		for (size_t j = 0; j < n; j++)
			if (hash_eq(&known, &sums[j]) && !lists[j].refused)
				refuse(&lists[j], "file_twice", row_text(&rows, i, name));
	}
	return OK;
}

static void find_areas(struct import *im)
{
	for (size_t i = 0; i < im->n_lists; i++) {
		const struct area_scope *s = &im->lists[i].scope;
		im->files[i].area = s->whole ? s->whole : s->unit;
		if (!s->unit && !im->lists[i].refused)
			refuse(&im->lists[i], s->code,
				strcmp(s->code, "area_unknown") == 0 ? im->lists[i].area : s->note);
	}
}

/* The agency that pays the programme decides whose mandate is needed. */
static enum result find_programmes(struct work *w, struct import *im)
{
	const char **codes = arena_array(w->arena, im->n_lists, const char *);
	struct rows rows;
	for (size_t i = 0; i < im->n_lists; i++)
		codes[i] = im->lists[i].programme;
	enum result r = db_run(w, Q_IMPORT_PROGRAMMES, DB_ARGS(db_texts(codes, im->n_lists)), &rows);
	if (r != OK)
		return r;
	int code = rows_col(&rows, "code"), agency = rows_col(&rows, "agency");
	for (size_t i = 0; i < im->n_lists; i++) {
		size_t at = 0;
		while (at < rows_n(&rows) && strcmp(row_text(&rows, at, code), codes[i]) != 0)
			at++;
		if (at == rows_n(&rows)) {
			if (!im->lists[i].refused)
				refuse(&im->lists[i], "programme_unknown", codes[i]);
			continue;
		}
		const char *payer = row_null(&rows, at, agency) ? "" : row_text(&rows, at, agency);
		im->files[i].agency = payer;
	}
	return OK;
}

static enum result check_mandates(struct work *w, struct import *im)
{
	const char **agencies = arena_array(w->arena, im->n_lists, const char *);
	const char **areas = arena_array(w->arena, im->n_lists, const char *);
	struct day *froms = arena_array(w->arena, im->n_lists, struct day);
	int64_t *zero = arena_array(w->arena, im->n_lists, int64_t);
	struct rows rows;
	size_t n = 0;
	for (size_t i = 0; i < im->n_lists; i++) {
		if (im->lists[i].refused)
			continue;
		bool seen = n > 0 && strcmp(agencies[n - 1], im->files[i].agency) == 0 &&
			    strcmp(areas[n - 1], im->files[i].area->code) == 0 &&
			    day_cmp(froms[n - 1], im->files[i].area->from) == 0;
		if (seen)
			continue;
		agencies[n] = im->files[i].agency;
		froms[n] = im->files[i].area->from;
		areas[n++] = im->files[i].area->code;
	}
	if (n == 0)
		return OK;
	enum result r = db_run(w, Q_OFFICER_MAY,
		DB_ARGS(db_text("register"), db_texts(agencies, n), db_texts(areas, n), db_days(froms, n),
			db_i64s(zero, n)),
		&rows);
	for (size_t i = 0; i < n && r == OK; i++) {
		if (row_bool(&rows, i, rows_col(&rows, "may")))
			continue;
		why_set(&w->why, "no_mandate", "you have no mandate register for agency %s in area %s",
			agencies[i], areas[i]);
		r = REFUSED;
	}
	return r;
}

/* ---- the people ----------------------------------------------------------------------------------------------------- */

static void reject(struct entry *e, const char *code, const char *note)
{
	e->status = ENTRY_REJECTED;
	e->code = code;
	e->note = note;
}

/* Every row that still stands, with its person. */
static void collect(struct import *im)
{
	size_t n = 0;
	for (size_t i = 0; i < im->n_lists; i++)
		n += im->lists[i].n;
	im->rows = arena_array(im->arena, n, struct standing);
	for (size_t i = 0; i < im->n_lists; i++) {
		for (size_t j = 0; j < im->lists[i].n && !im->lists[i].refused; j++) {
			struct entry *e = &im->lists[i].at[j];
			if (entry_stands(e))
				im->rows[im->n_rows++] = (struct standing){.list = i,
					.entry = e,
					.person = people_add(&im->people, im->keys, &e->id)};
		}
	}
}

static enum result find_people(struct work *w, struct import *im)
{
	struct hash16 *blinds = arena_array(w->arena, im->people.n, struct hash16);
	struct rows rows;
	for (size_t i = 0; i < im->people.n; i++)
		blinds[i] = im->people.at[i].blind;
	enum result r = db_run(w, Q_IMPORT_PEOPLE, DB_ARGS(db_hash16s(blinds, im->people.n)), &rows);
	if (r != OK)
		return r;
	int n = rows_col(&rows, "n"), person = rows_col(&rows, "person"), name = rows_col(&rows, "name"),
	    wrapped = rows_col(&rows, "wrapped"), replaced = rows_col(&rows, "replaced");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		struct found_person *p = &im->people.at[row_i64(&rows, i, n) - 1];
		p->replaced = row_bool(&rows, i, replaced);
		p->id = row_i64(&rows, i, person);
		p->name = row_text(&rows, i, name);
		p->erased = row_null(&rows, i, wrapped);
		if (!p->erased)
			p->wrapped = row_bytes(&rows, i, wrapped);
	}
	return OK;
}

/* One ID on two people is a question that no program may answer. */
static void compare_names(struct import *im)
{
	for (size_t i = 0; i < im->n_rows; i++) {
		struct standing *s = &im->rows[i];
		struct found_person *p = &im->people.at[s->person];
		if (!entry_stands(s->entry))
			continue;
		if (p->erased) {
			reject(s->entry, "person_erased", NULL);
			continue;
		}
		if (!p->name) {
			p->name = s->entry->name;
			continue;
		}
		if (strcmp(p->name, s->entry->name) == 0)
			continue;
		enum name_grade g = name_grade(bytes_z(p->name), bytes_z(s->entry->name));
		if (g == NAME_DIFFERENT)
			reject(s->entry, "id_other_name", NULL);
		else if (g == NAME_PARTIAL)
			s->name_differs = true;
	}
}

const struct area *import_area_of(const struct import *im, const struct standing *s)
{
	return s->entry->area ? s->entry->area : im->files[s->list].area;
}

const char *import_other_row(const struct import *im, const char *area, const char *file, int32_t row)
{
	return arena_printf(im->arena,
		"Xóa dòng này, hoặc dòng kia: người này đã có tên ở danh sách của %s (%s, dòng %d)", area,
		file, row);
}

/* For what a row pays its person: the programme, by the first list that has it, and the kind. */
static uint16_t payment_of(const struct import *im, const struct standing *s)
{
	size_t i = 0;
	while (strcmp(im->lists[i].programme, im->lists[s->list].programme) != 0)
		i++;
	return (uint16_t)(2 * i + s->entry->arrears);
}

static void reject_second(
	const struct import *im, const struct standing *s, const char *area, size_t list, int32_t row)
{
	reject(s->entry, "duplicate", import_other_row(im, area, im->lists[list].name, row));
}

/* Within this import: the first row counts, in the order of the files. First those of the slices before, which are in the register
 * already and yet no earlier list. */
static enum result reject_seen(struct work *w, struct import *im)
{
	struct standing **again = arena_array(im->arena, im->n_rows, struct standing *);
	int32_t *first = arena_array(im->arena, im->n_rows, int32_t);
	struct rows rows;
	size_t n = 0;
	for (size_t i = 0; i < im->n_rows; i++) {
		struct standing *s = &im->rows[i];
		if (!entry_stands(s->entry) || im->people.at[s->person].id == 0)
			continue;
		first[n] = seen_row(&im->seen, im->people.at[s->person].id, payment_of(im, s));
		again[n] = s;
		n += first[n] != 0;
	}
	if (n == 0)
		return OK;
	enum result r = db_run(
		w, Q_IMPORT_ROW_AREAS, DB_ARGS(db_i64(im->files[0].id), db_i32s(first, n)), &rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n"), area = rows_col(&rows, "area");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		size_t k = (size_t)row_i64(&rows, i, at) - 1;
		reject_second(im, again[k], row_text(&rows, i, area), 0, first[k]);
	}
	return OK;
}

static void reject_twice_here(struct import *im)
{
	struct map first;
	map_begin(&first, im->arena);
	for (size_t i = 0; i < im->n_rows; i++) {
		struct standing *s = &im->rows[i];
		uint16_t payment = payment_of(im, s);
		uint8_t key[18] = {0};
		bool is_new;
		if (!entry_stands(s->entry))
			continue;
		/* One person may be named by two numbers. */
		if (im->people.at[s->person].id != 0)
			memcpy(key, &im->people.at[s->person].id, sizeof im->people.at[s->person].id);
		else
			memcpy(key, im->people.at[s->person].blind.b, 16);
		memcpy(key + 16, &payment, sizeof payment);
		size_t at = *map_put(&first, bytes_of(key, sizeof key), i, &is_new);
		if (is_new)
			continue;
		const struct standing *f = &im->rows[at];
		reject_second(im, s, import_area_of(im, f)->name, f->list, f->entry->row);
	}
}

/* What the next slices have to know of this one. */
static void remember(struct import *im)
{
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		if (entry_stands(s->entry))
			seen_add(&im->seen, im->people.at[s->person].id, payment_of(im, s), s->entry->row);
	}
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

static void count(struct import_list *lists, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < lists[i].n; j++) {
			lists[i].accepted += lists[i].at[j].status == ENTRY_ACCEPTED;
			lists[i].rejected += lists[i].at[j].status == ENTRY_REJECTED;
			lists[i].repaired += lists[i].at[j].status == ENTRY_REPAIRED;
			lists[i].known += lists[i].at[j].status == ENTRY_KNOWN;
			lists[i].carried += lists[i].at[j].note && !lists[i].at[j].code;
		}
	}
}

static bool nothing_left(const struct import_list *lists, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!lists[i].refused)
			return false;
	return true;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	secret_wipe(im->files, im->n_lists * sizeof *im->files);
	free(im->files);
	seen_free(&im->seen);
	free(im);
}

enum result import_begin(struct work *w, const struct register_keys *keys, const struct reference *reference,
	const struct import_how *how, struct import_list *lists, size_t n, struct import **out)
{
	struct import *im = calloc(1, sizeof *im);
	struct rows rows;
	bug_if(!im || n > UINT16_MAX / 2);
	*out = im;
	*im = (struct import){.w = w,
		.arena = w->arena,
		.keys = keys,
		.reference = reference,
		.kind = how->kind,
		.repairs = how->repairs,
		.period = month_first(how->period),
		.strict = how->strict,
		.lists = lists,
		.n_lists = n,
		.files = calloc(n, sizeof *im->files)};
	bug_if(n > 0 && !im->files);
	for (size_t i = 0; i < n; i++)
		lists[i].accepted = lists[i].rejected = lists[i].repaired = lists[i].known =
			lists[i].carried = lists[i].new_people = 0;
	enum result r = db_run(w, Q_IMPORT_LOCK, DB_ARGS(db_bool(how->alone)), &rows);
	if (r == OK)
		r = refuse_known_files(w, im);
	find_areas(im);
	if (r == OK)
		r = find_programmes(w, im);
	if (r == OK)
		r = check_mandates(w, im);
	return r == OK && !nothing_left(lists, n) ? import_write_files(im) : r;
}

static enum result judge_together(struct work *w, struct import *im)
{
	collect(im);
	enum result r = find_people(w, im);
	if (r == OK)
		r = import_judge_cmnds(w, im);
	if (r != OK)
		return r;
	compare_names(im);
	r = reject_seen(w, im);
	/* Who is on a list of enrolments again brings nothing new, and that is no error. */
	if (r == OK && im->kind == LIST_PAYMENT)
		r = import_judge_again(w, im);
	reject_twice_here(im);
	return r;
}

enum result import_slice(struct import *im)
{
	struct work *w = im->w;
	if (nothing_left(im->lists, im->n_lists))
		return OK;
	im->arena = w->arena;
	im->n_rows = 0;
	people_begin(&im->people, im->arena);
	enum result r = judge_together(w, im);
	if (r != OK)
		return r;
	count(im->lists, im->n_lists);
	r = import_write(w, im);
	if (r == OK && im->n_lists == 1)
		remember(im);
	return r;
}

enum result import_end(struct import *im)
{
	size_t rejected = 0;
	for (size_t i = 0; i < im->n_lists; i++)
		rejected += im->lists[i].rejected + im->lists[i].refused;
	if (!im->strict || rejected == 0)
		return OK;
	why_set(&im->w->why, "strict", "%zu rows or files are rejected; with --strict nothing was imported",
		rejected);
	return REFUSED;
}

bool import_met_another(const struct work *w, enum result r)
{
	return (r == REFUSED && why_is(&w->why, "constraint")) ||
	       (r == RETRY && why_is(&w->why, "db_conflict"));
}

enum result import_rows_of(struct work *w, struct month period, struct import_rows *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_ROWS_OF, DB_ARGS(db_day(month_first(period))), &rows);
	if (r != OK)
		return r;
	int file = rows_col(&rows, "file"), row = rows_col(&rows, "row"),
	    outcome = rows_col(&rows, "outcome"), code = rows_col(&rows, "code"),
	    note = rows_col(&rows, "note"), area = rows_col(&rows, "area");
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct import_row_out);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct import_row_out){
			.file = row_text(&rows, i, file),
			.row = row_i32(&rows, i, row),
			.outcome = row_text(&rows, i, outcome),
			.code = row_text(&rows, i, code),
			.note = row_text(&rows, i, note),
			.area = row_text(&rows, i, area),
		};
	return OK;
}

enum result import_rejected_of(
	struct work *w, const struct hash *sha256, enum list_kind kind, struct import_rows *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_REJECTED_OF,
		DB_ARGS(db_hash(sha256), db_text(import_kind_name(kind)), db_i32(IMPORT_REJECTED_MOST)),
		&rows);
	if (r != OK)
		return r;
	int row = rows_col(&rows, "row"), code = rows_col(&rows, "code"), note = rows_col(&rows, "note");
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct import_row_out);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct import_row_out){.row = row_i32(&rows, i, row),
			.code = row_text(&rows, i, code),
			.note = row_text(&rows, i, note)};
	return OK;
}

enum result import_anybody_allowed(struct work *w)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_ANYBODY_MAY, DB_NO_ARGS, &rows);
	if (r != OK || row_bool(&rows, 0, rows_col(&rows, "may")))
		return r;
	why_set(&w->why, "no_mandate", "you have no mandate register for every agency and area");
	return REFUSED;
}
