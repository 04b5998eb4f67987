#include "ledger/register/area.h"

#include <string.h>

#include "ledger/base/name.h"
#include "ledger/register/reading.h"

#define NONE        SIZE_MAX
#define CODE_DIGITS 5 /* of a commune; islands that had none had their district's three */

/* ---- names --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word, *kind;
} kinds[] = {{"thanh pho", "thanh pho"}, {"tp", "thanh pho"}, {"thi xa", "thi xa"}, {"tx", "thi xa"},
	{"thi tran", "thi tran"}, {"tt", "thi tran"}, {"dac khu", "dac khu"}, {"phuong", "phuong"},
	{"p", "phuong"}, {"huyen", "huyen"}, {"h", "huyen"}, {"quan", "quan"}, {"q", "quan"},
	{"tinh", "tinh"}, {"xa", "xa"}, {"x", "xa"}};

/* A cell folded, its dots as spaces: «P.Phú Thủy» and «P. Phú Thủy» are one. */
static char *fold(struct arena *a, const char *cell)
{
	char *s = arena_strdup(a, reading_fold(a, cell)), *to = s;
	for (const char *from = s; *from; from++) {
		char c = *from == '.' || *from == '(' || *from == ')' ? ' ' : *from;
		if (c != ' ' || (to > s && to[-1] != ' '))
			*to++ = c;
	}
	while (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
	return s;
}

/* What is behind the kind of unit, or NULL when the name does not begin with one; *words: how many it has. */
static const char *after_kind(const char *folded, const char **kind, int *words)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		size_t n = strlen(kinds[i].word);
		if (strncmp(folded, kinds[i].word, n) != 0 || folded[n] != ' ')
			continue;
		*kind = kinds[i].kind;
		*words = strchr(kinds[i].word, ' ') ? 2 : 1;
		return folded + n + 1;
	}
	return NULL;
}

/* «Phường 04» is Phường 4. */
static const char *unpadded(const char *bare)
{
	while (*bare == '0' && bare[1] >= '0' && bare[1] <= '9')
		bare++;
	return bare;
}

static const char *skip_words(const char *s, int words)
{
	s += strspn(s, " .");
	for (; words > 0; words--) {
		s += strcspn(s, " .");
		s += strspn(s, " .");
	}
	return s;
}

/* ---- the units ------------------------------------------------------------------------------------------------------ */

void areas_begin(struct areas *all, struct arena *a, size_t room)
{
	*all = (struct areas){.arena = a, .room = room, .at = arena_array(a, room, struct area)};
	map_begin(&all->codes, a);
	map_begin(&all->names, a);
	map_begin(&all->villages, a);
}

/* Before the first one of its key. */
static size_t chain(struct map *m, const char *key, size_t i)
{
	bool is_new;
	size_t *first = map_put(m, bytes_z(key), i, &is_new), next = is_new ? NONE : *first;
	*first = i;
	return next;
}

struct area *areas_add(struct areas *all, const struct area *unit)
{
	bug_if(all->n == all->room);
	size_t i = all->n++;
	int words = 0;
	struct area *a = &all->at[i];
	const char *folded = fold(all->arena, unit->name);
	*a = *unit;
	a->kind = "";
	const char *bare = after_kind(folded, &a->kind, &words);
	a->bare = unpadded(bare ? bare : folded);
	a->plain = skip_words(a->name, words);
	a->same_code = chain(&all->codes, a->code, i);
	a->same_name = chain(&all->names, a->bare, i);
	return a;
}

struct area *areas_get(const struct areas *all, const char *code, struct day from)
{
	const size_t *first = map_get(&all->codes, bytes_z(code));
	for (size_t i = first ? *first : NONE; i != NONE; i = all->at[i].same_code)
		if (day_cmp(all->at[i].from, from) == 0)
			return &all->at[i];
	return NULL;
}

void areas_link_parent(struct areas *all, struct area *of, const char *code, struct day from)
{
	of->parent = areas_get(all, code, from);
}

static void append(struct arena *a, const struct area ***at, size_t *n, const struct area *one)
{
	*at = arena_regrow(a, *at, *n, *n + 1, sizeof **at);
	(*at)[(*n)++] = one;
}

void areas_link_later(
	struct areas *all, const char *code, struct day from, const char *later_code, struct day later_from)
{
	struct area *was = areas_get(all, code, from), *is = areas_get(all, later_code, later_from);
	if (!was || !is)
		return;
	append(all->arena, &was->later, &was->n_later, is);
	append(all->arena, &is->earlier, &is->n_earlier, was);
}

static const char *village_key(struct arena *a, const struct area *of, const char *village)
{
	return arena_printf(a, "%s/%d/%s", of->code, of->from.n, village);
}

void areas_add_village(struct areas *all, const struct area *of, const char *village, const struct area *to)
{
	bool is_new;
	*map_put(&all->villages, bytes_z(village_key(all->arena, of, village)), 0,
		&is_new) = (size_t)(to - all->at);
}

const char *areas_province(const struct areas *all, const char *code, struct day from)
{
	const struct area *at = areas_get(all, code, from);
	while (at && at->level != AREA_PROVINCE)
		at = at->parent;
	return at ? at->code : NULL;
}

bool area_stands(const struct area *a, struct day day)
{
	return day_cmp(a->from, day) <= 0 && (!a->ends || day_cmp(day, a->to) <= 0);
}

const char *area_text(struct arena *a, const struct area *area)
{
	return arena_printf(a, "%s (%s)", area->name, area->code);
}

/* ---- what a word may name --------------------------------------------------------------------------------------------- */

#define MATCHES_MAX 64

struct matches {
	size_t n;
	const struct area *at[MATCHES_MAX];
};

static void add(struct matches *m, const struct area *a)
{
	if (m->n < MATCHES_MAX)
		m->at[m->n++] = a;
}

static const struct area *province_of(const struct area *a)
{
	while (a->parent)
		a = a->parent;
	return a;
}

static bool is_among(const struct area *a, const struct area *const *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] == a)
			return true;
	return false;
}

/* One province on two days: a province went into one other as a whole. */
static bool same_province(const struct area *a, const struct area *b)
{
	const struct area *p = province_of(a), *q = province_of(b);
	return strcmp(p->code, q->code) == 0 || is_among(q, p->later, p->n_later) ||
	       is_among(q, p->earlier, p->n_earlier);
}

struct word {
	const char *text; /* as it stood, up to the first comma */
	const char *code; /* digits in it, or NULL */
	const char *kind, *bare, *whole;
	const char *plain; /* the bare name with its accents */
	const char *above; /* folded, what came after a comma; NULL: nothing */
};

/* The digits of a code in the folded text are cut out. */
static const char *cut_code(struct arena *a, char *folded)
{
	for (char *s = folded; *s; s++) {
		size_t n = strspn(s, "0123456789");
		if (n == CODE_DIGITS || (n == 3 && n == strlen(folded))) {
			const char *code = arena_strndup(a, s, n);
			memmove(s, s + n, strlen(s + n) + 1);
			return code;
		}
		s += n > 0 ? n - 1 : 0;
	}
	return NULL;
}

static struct word read_word(struct arena *a, const char *cell)
{
	struct word w = {.kind = "", .text = cell};
	const char *comma = strchr(cell, ',');
	int words = 0;
	if (comma) {
		w.text = arena_strndup(a, cell, (size_t)(comma - cell));
		w.above = fold(a, comma + 1);
	}
	char *folded = fold(a, w.text);
	w.code = cut_code(a, folded);
	folded += strspn(folded, " -:");
	for (size_t n = strlen(folded); n > 0 && strchr(" -:", folded[n - 1]); n--)
		folded[n - 1] = '\0';
	const char *bare = after_kind(folded, &w.kind, &words);
	w.whole = folded;
	w.bare = bare ? unpadded(bare) : unpadded(folded);
	w.plain = skip_words(w.text, words);
	return w;
}

static bool lies_in_words(const struct area *a, const char *above)
{
	const char *kind;
	int words;
	for (const struct area *p = a->parent; p; p = p->parent) {
		const char *s = above;
		for (;;) { /* each part between commas */
			s += strspn(s, " ,");
			size_t n = strcspn(s, ",");
			const char *bare = after_kind(s, &kind, &words);
			bare = bare && bare < s + n ? bare : s;
			if (strlen(p->bare) == n - (size_t)(bare - s) &&
				strncmp(p->bare, bare, strlen(p->bare)) == 0)
				return true;
			if (!s[n])
				break;
			s += n;
		}
	}
	return false;
}

static bool fits(const struct area_scope *scope, const struct word *w, const struct area *a, bool kind_counts)
{
	if (scope->unit && (a->level != AREA_COMMUNE || !same_province(a, scope->unit)))
		return false;
	if (kind_counts && *w->kind && strcmp(w->kind, a->kind) != 0)
		return false;
	return !w->above || lies_in_words(a, w->above);
}

static void by_name(const struct area_scope *scope, const struct word *w, const char *bare, bool kind_counts,
	struct matches *m)
{
	const size_t *first = map_get(&scope->all->names, bytes_z(bare));
	for (size_t i = first ? *first : NONE; i != NONE; i = scope->all->at[i].same_name)
		if (fits(scope, w, &scope->all->at[i], kind_counts))
			add(m, &scope->all->at[i]);
}

/* A code with a name beside it is the unit that had both. */
static void by_code(const struct area_scope *scope, const struct word *w, struct matches *m)
{
	const size_t *first = map_get(&scope->all->codes, bytes_z(w->code));
	for (size_t i = first ? *first : NONE; i != NONE; i = scope->all->at[i].same_code) {
		const struct area *a = &scope->all->at[i];
		if ((!*w->whole || strcmp(w->bare, a->bare) == 0) && fits(scope, w, a, *w->whole != '\0'))
			add(m, a);
	}
}

/* All units of all days that the word may name. */
static struct matches matches_of(const struct area_scope *scope, const struct word *w)
{
	struct matches m = {0};
	if (w->code) {
		by_code(scope, w, &m);
		return m;
	}
	by_name(scope, w, w->bare, true, &m);
	if (m.n == 0 && *w->kind) /* «Xa Dung» is Xã Xa Dung */
		by_name(scope, w, w->whole, false, &m);
	return m;
}

/* Of several, those with the same accents, when there are any. */
static void narrow(const struct word *w, struct matches *m)
{
	struct matches same = {0};
	if (m->n < 2 || w->code)
		return;
	for (size_t i = 0; i < m->n; i++)
		if (name_grade(bytes_z(w->plain), bytes_z(m->at[i]->plain)) <= NAME_TONE_VARIANT)
			add(&same, m->at[i]);
	if (same.n > 0)
		*m = same;
}

/* A unit that began on a day nobody knows stood when a list names it. */
static bool stood(const struct area *a, struct day day)
{
	return area_stands(a, day) || (!a->from_known && day_cmp(a->from, day) > 0);
}

static struct matches standing(const struct matches *m, struct day day, bool perhaps)
{
	struct matches s = {0};
	for (size_t i = 0; i < m->n; i++)
		if (perhaps ? stood(m->at[i], day) : area_stands(m->at[i], day))
			add(&s, m->at[i]);
	return s;
}

/* ---- from one day to another ------------------------------------------------------------------------------------------- */

/* Where a unit went, or what it was made of, as of the day. */
static struct matches carried(const struct area *a, struct day day)
{
	struct matches m = {0};
	if (stood(a, day)) {
		add(&m, a);
		return m;
	}
	for (size_t i = 0; i < a->n_later; i++)
		if (area_stands(a->later[i], day))
			add(&m, a->later[i]);
	for (size_t i = 0; i < a->n_earlier; i++)
		if (area_stands(a->earlier[i], day))
			add(&m, a->earlier[i]);
	return m;
}

static bool leads_only_to(const struct area *a, const struct area *to, struct day day)
{
	struct matches m = carried(a, day);
	return m.n == 1 && m.at[0] == to;
}

static const char *names_of(struct arena *a, const struct matches *m)
{
	const char *text = "";
	for (size_t i = 0; i < m->n; i++) {
		const struct area *p = m->at[i]->parent;
		text = arena_printf(a, "%s%s%s%s%s", text, i > 0 ? "; " : "", area_text(a, m->at[i]),
			p ? ", " : "", p ? p->name : "");
	}
	return text;
}

static struct area_found wrong(const char *code, const char *note)
{
	return (struct area_found){.code = code, .note = note};
}

static struct area_found unknown(struct arena *a, const struct word *w)
{
	bool short_code = *w->text && strspn(w->text, "0123456789") == strlen(w->text) && !w->code;
	return wrong("area_unknown",
		short_code
			? "Ghi đủ 5 chữ số của mã xã, phường, định dạng ô là Văn bản"
			: arena_printf(a, "Sửa xã, phường: không có đơn vị nào trong tỉnh là «%s»", w->text));
}

/* The unit that the word names, of whatever day; or why none. */
static struct area_found named(
	struct arena *a, const struct area_scope *scope, const struct word *w, const struct matches *all)
{
	struct day day = scope->has_words_of ? scope->words_of : scope->day;
	struct matches here = standing(all, day, false);
	struct area_found f = {0};
	if (here.n == 0)
		here = standing(all, day, true);
	if (here.n == 0 && !scope->has_words_of) {
		here = *all;
		f.by_old_word = true;
	}
	narrow(w, &here);
	if (here.n == 0)
		return unknown(a, w);
	f.area = here.at[0];
	struct matches to = carried(f.area, scope->day);
	bool same = to.n == 1;
	for (size_t i = 1; i < here.n; i++)
		same = same && leads_only_to(here.at[i], to.at[0], scope->day);
	if (here.n > 1 && !same)
		return wrong("area_ambiguous",
			arena_printf(a,
				"Ghi thêm mã, hoặc huyện cũ sau dấu phẩy, hoặc nhập lại với --area-words-of NGÀY: có thể là %s",
				names_of(a, &here)));
	for (size_t i = 0; i < all->n && !scope->has_words_of && !f.by_old_word; i++)
		f.doubtful = f.doubtful ||
			     (all->at[i] != f.area && !leads_only_to(all->at[i], f.area, scope->day) &&
				     !(w->code && *w->whole) &&
				     all->at[i]->n_later + all->at[i]->n_earlier > 0);
	return f;
}

/* The part of a split unit to which the village went, if an officer said so. */
static const struct area *by_village(
	struct arena *a, const struct area_scope *scope, const struct area *was, const char *village)
{
	char *folded = fold(a, village);
	for (char *s = folded; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9')))
			*s = ' ';
	const size_t *to = *folded ? map_get(&scope->all->villages, bytes_z(village_key(a, was, folded)))
				   : NULL;
	return to ? &scope->all->at[*to] : NULL;
}

static struct area_found carry(
	struct arena *a, const struct area_scope *scope, struct area_found f, const char *village)
{
	const struct area *was = f.area;
	struct matches to = carried(was, scope->day);
	if (to.n == 0)
		return wrong("area_ended",
			arena_printf(a, "Ghi đơn vị của kỳ này: không rõ %s đã chuyển thành đơn vị nào",
				area_text(a, was)));
	if (to.n > 1) {
		const struct area *part = was->n_later > 1 ? by_village(a, scope, was, village) : NULL;
		if (part && is_among(part, to.at, to.n)) {
			f.area = part;
			f.was = was;
			return f;
		}
		bool split = was->n_later > 0;
		return wrong(split ? "area_split" : "area_merged",
			arena_printf(a,
				split ? *village
						? "Ghi xã, phường mới, hoặc nhờ cán bộ khai thôn này bằng «chitra area village»: %s đã chia vào %s"
						: "Ghi xã, phường mới, hoặc ghi thôn vào cột «Thôn»: %s đã chia vào %s"
				      : "Ghi xã, phường cũ: %s khi đó còn là %s",
				area_text(a, was), names_of(a, &to)));
	}
	if (to.at[0] != was)
		f.was = was;
	f.area = to.at[0];
	return f;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

static bool lies_in(const struct area *a, const struct area *in)
{
	for (; a; a = a->parent)
		if (a == in)
			return true;
	return false;
}

static bool all_lie_in(const struct area *const *at, size_t n, const struct area *in)
{
	for (size_t i = 0; i < n; i++)
		if (!lies_in(at[i], in))
			return false;
	return n > 0;
}

/* In the file's unit: as it is, as it was, or as a whole on the other side of a reform. */
static bool belongs(const struct area_scope *scope, const struct area_found *f)
{
	const struct area *unit = scope->unit, *a = f->area;
	if (scope->whole)
		return a == scope->whole;
	return lies_in(a, unit) || (f->was && lies_in(f->was, unit)) ||
	       all_lie_in(a->earlier, a->n_earlier, unit) || all_lie_in(a->later, a->n_later, unit) ||
	       is_among(a, unit->later, unit->n_later) || is_among(a, unit->earlier, unit->n_earlier);
}

struct area_scope area_scope(struct arena *a, const struct areas *all, const char *text, struct day day,
	const struct day *words_of)
{
	struct area_scope s = {.all = all, .day = day, .has_words_of = words_of != NULL};
	if (words_of)
		s.words_of = *words_of;
	struct word w = read_word(a, text);
	if (!w.code && strspn(text, "0123456789") == strlen(text))
		w.code = text; /* a province's code has two digits */
	if (w.code == text)
		w.whole = w.bare = "";
	struct matches m = matches_of(&s, &w);
	struct area_found f = named(a, &s, &w, &m);
	s.code = f.code;
	s.note = f.note;
	if (!f.area)
		return s;
	s.unit = f.area;
	if (f.area->level != AREA_COMMUNE)
		return s;
	f = carry(a, &s, f, "");
	if (f.area)
		s.whole = f.area;
	else if (strcmp(f.code, "area_split") != 0 && strcmp(f.code, "area_merged") != 0) {
		s.unit = NULL;
		s.code = f.code;
		s.note = f.note;
	}
	return s;
}

struct area_found area_find(
	struct arena *a, const struct area_scope *scope, const char *text, const char *village)
{
	if (!*text && scope->whole)
		return (struct area_found){.area = scope->whole};
	if (!*text && scope->unit->level == AREA_COMMUNE)
		return carry(a, scope, (struct area_found){.area = scope->unit}, village);
	if (!*text)
		return wrong("area_missing", "Ghi xã, phường của người này vào cột «Xã, phường»");
	struct word w = read_word(a, text);
	struct matches m = matches_of(scope, &w);
	struct area_found f = named(a, scope, &w, &m);
	if (f.area)
		f = carry(a, scope, f, village);
	if (f.area && !belongs(scope, &f))
		return wrong("area_of_another",
			arena_printf(a, "Chuyển dòng này sang danh sách của %s: danh sách này là của %s",
				area_text(a, f.area),
				area_text(a, scope->whole ? scope->whole : scope->unit)));
	return f;
}

/* ---- titles -------------------------------------------------------------------------------------------------------------- */

static bool lies_in_one(const struct area *a, const struct area *const *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lies_in(a, at[i]))
			return true;
	return false;
}

static bool is_kin(const struct area *a, const struct area *of)
{
	bool kin = lies_in(a, of) || strcmp(a->bare, of->bare) == 0 ||
		   lies_in_one(a, of->later, of->n_later) || lies_in_one(a, of->earlier, of->n_earlier);
	for (size_t i = 0; i < a->n_later && !kin; i++)
		kin = lies_in(a->later[i], of);
	for (size_t i = 0; i < a->n_earlier && !kin; i++)
		kin = lies_in(a->earlier[i], of);
	return kin;
}

enum area_said area_said(
	struct arena *a, const struct area_scope *scope, const char *word, const struct area **other)
{
	struct word w = read_word(a, word);
	struct matches m = matches_of(scope, &w);
	if (m.n == 0 || !scope->unit)
		return AREA_SAID_NONE;
	for (size_t i = 0; i < m.n; i++)
		if (is_kin(m.at[i], scope->unit) || (scope->whole && is_kin(m.at[i], scope->whole)))
			return AREA_SAID_OWN;
	*other = m.at[0];
	return AREA_SAID_OTHER;
}
