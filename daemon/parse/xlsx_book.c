#include "daemon/parse/xlsx_book.h"

#include <string.h>

#include "daemon/parse/xml.h"

#define RELATIONS_MAX 500
#define STRINGS_MAX   ((size_t)2000000)
#define FORMATS_MAX   ((size_t)4096)
#define FONTS_MAX     ((size_t)4096)

static bool is(const char *name, const char *what)
{
	return strcmp(name, what) == 0;
}

static bool ends_in(struct bytes text, const char *end)
{
	size_t n = strlen(end);
	return text.n >= n && memcmp(text.at + text.n - n, end, n) == 0;
}

/* ---- relations ------------------------------------------------------------------------------------------------------ */

struct relation {
	const char *id, *part;
	struct bytes type;
};

struct relations {
	struct arena *arena;
	const char *folder; /* of the part that they belong to, with its slash */
	size_t n;
	struct relation at[RELATIONS_MAX];
	bool too_many;
};

/* A target is beside its part, or (with a slash) below the root. */
static const char *part_of(const struct relations *r, struct bytes target)
{
	const char *folder = r->folder;
	size_t n = strlen(folder);
	if (target.n > 0 && target.at[0] == '/')
		return arena_strndup(r->arena, (const char *)target.at + 1, target.n - 1);
	while (bytes_starts(target, "../") && n > 0) {
		target = bytes_of(target.at + 3, target.n - 3);
		for (n--; n > 0 && folder[n - 1] != '/';)
			n--;
	}
	return arena_printf(r->arena, "%.*s%.*s", (int)n, folder, (int)target.n, (const char *)target.at);
}

static void relation_start(void *context, struct xml_run *x, const char *name, const struct xml_element *e)
{
	struct relations *r = context;
	struct bytes id, type, target;
	(void)x;
	if (!is(name, "Relationship") || !xml_attribute(e, "Id", &id) || !xml_attribute(e, "Type", &type) ||
		!xml_attribute(e, "Target", &target) || target.n > 500)
		return;
	r->too_many = r->n == RELATIONS_MAX;
	if (r->too_many)
		return;
	r->at[r->n++] = (struct relation){
		.id = arena_strndup(r->arena, (const char *)id.at, id.n),
		.part = part_of(r, target),
		.type = bytes_of(arena_strndup(r->arena, (const char *)type.at, type.n), type.n),
	};
}

static const char *folder_of(struct arena *a, const char *part)
{
	const char *slash = strrchr(part, '/');
	return slash ? arena_strndup(a, part, (size_t)(slash + 1 - part)) : "";
}

static struct relations *relations_of(struct xlsx_book *b, const char *part)
{
	static const struct xml_handler handler = {.start = relation_start};
	struct relations *r = arena_zalloc(b->arena, sizeof *r);
	r->arena = b->arena;
	r->folder = folder_of(b->arena, part);
	const char *file = arena_printf(b->arena, "%s_rels/%s.rels", r->folder, part + strlen(r->folder));
	if (!xml_read(b->zip, file, &handler, r) && !zip_file_problem(b->zip)->code)
		problem_set(zip_file_problem(b->zip), "xlsx_none", 0, file);
	if (r->too_many)
		problem_set(zip_file_problem(b->zip), "xlsx_parts", 0, "");
	return r;
}

static const char *part_of_type(const struct relations *r, const char *type)
{
	for (size_t i = 0; i < r->n; i++)
		if (ends_in(r->at[i].type, type))
			return r->at[i].part;
	return NULL;
}

/* ---- the workbook ---------------------------------------------------------------------------------------------------- */

struct workbook {
	struct xlsx_book *book;
	const struct relations *relations;
};

/* libxml2 leaves «&» in an attribute as the reference &#38;. */
static const char *attribute_text(struct arena *a, struct bytes in)
{
	char *out = arena_strndup(a, (const char *)in.at, in.n), *to = out;
	for (const char *s = out; *s; s++) {
		*to++ = *s;
		if (strncmp(s, "&#38;", 5) == 0)
			s += 4;
	}
	*to = '\0';
	return out;
}

static void add_sheet(struct workbook *w, struct bytes name, struct bytes id, bool hidden)
{
	struct xlsx_book *b = w->book;
	for (size_t i = 0; i < w->relations->n; i++) {
		const struct relation *r = &w->relations->at[i];
		if (!bytes_eq_z(id, r->id) || !ends_in(r->type, "/worksheet"))
			continue;
		if (b->n_sheets == BOOK_SHEETS_MAX)
			problem_set(zip_file_problem(b->zip), "xlsx_sheets", 0, "");
		else
			b->sheets[b->n_sheets++] = (struct book_sheet){
				attribute_text(b->arena, name), r->part, hidden};
		return;
	}
}

static void workbook_start(void *context, struct xml_run *x, const char *name, const struct xml_element *e)
{
	struct workbook *w = context;
	struct bytes sheet, id, state;
	if (is(name, "workbookPr"))
		w->book->from_1904 = xml_attribute_true(e, "date1904");
	if (is(name, "sheet") && xml_attribute(e, "name", &sheet) && xml_attribute(e, "id", &id) &&
		sheet.n < 200)
		add_sheet(w, sheet, id, xml_attribute(e, "state", &state) && !bytes_eq_z(state, "visible"));
	if (zip_file_problem(w->book->zip)->code)
		xml_stop(x);
}

/* ---- styles ---------------------------------------------------------------------------------------------------------- */

struct styles {
	struct xlsx_book *book;
	struct arena *arena;
	bool in_fonts, in_cells;
	size_t n_formats, n_fonts;
	struct {
		uint32_t id;
		enum xlsx_format format;
	} formats[FORMATS_MAX];
	enum legacy fonts[FONTS_MAX];
};

static enum xlsx_format format_of(const struct styles *s, uint32_t id)
{
	for (size_t i = 0; i < s->n_formats; i++)
		if (s->formats[i].id == id)
			return s->formats[i].format;
	return xlsx_format_of_id(id);
}

static void add_style(struct styles *s, const struct xml_element *e)
{
	struct xlsx_book *b = s->book;
	uint32_t format = 0, font = 0;
	if (b->n_styles == BOOK_STYLES_MAX)
		return;
	xml_attribute_u32(e, "numFmtId", &format);
	xml_attribute_u32(e, "fontId", &font);
	if (b->n_styles % 256 == 0)
		b->styles = arena_regrow(
			b->arena, b->styles, b->n_styles, b->n_styles + 256, sizeof *b->styles);
	b->styles[b->n_styles++] = (struct book_style){
		.format = (uint8_t)format_of(s, format),
		.legacy = (uint8_t)(font < s->n_fonts ? s->fonts[font] : LEGACY_NONE),
	};
}

static void style_start(void *context, struct xml_run *x, const char *name, const struct xml_element *e)
{
	struct styles *s = context;
	struct bytes code;
	uint32_t id;
	(void)x;
	if (is(name, "fonts"))
		s->in_fonts = true;
	else if (is(name, "cellXfs"))
		s->in_cells = true;
	else if (is(name, "numFmt") && s->n_formats < FORMATS_MAX && xml_attribute_u32(e, "numFmtId", &id) &&
		 xml_attribute(e, "formatCode", &code)) {
		s->formats[s->n_formats].id = id;
		s->formats[s->n_formats++].format = xlsx_format_of_code(code);
	} else if (is(name, "font") && s->in_fonts && s->n_fonts < FONTS_MAX)
		s->fonts[s->n_fonts++] = LEGACY_NONE;
	else if (is(name, "name") && s->in_fonts && s->n_fonts > 0 && xml_attribute(e, "val", &code))
		s->fonts[s->n_fonts - 1] = legacy_of_font(code);
	else if (is(name, "xf") && s->in_cells)
		add_style(s, e);
}

static void style_end(void *context, struct xml_run *x, const char *name)
{
	struct styles *s = context;
	(void)x;
	if (is(name, "fonts"))
		s->in_fonts = false;
	else if (is(name, "cellXfs"))
		s->in_cells = false;
}

static bool read_styles(struct xlsx_book *b, const char *part)
{
	static const struct xml_handler handler = {.start = style_start, .end = style_end};
	struct arena *a = arena_new();
	struct styles *s = arena_zalloc(a, sizeof *s);
	s->book = b;
	bool good = xml_read(b->zip, part, &handler, s);
	arena_free(a);
	return good;
}

/* ---- shared strings --------------------------------------------------------------------------------------------------- */

struct strings {
	struct xlsx_book *book;
	bool in_text, phonetic;
	size_t begin; /* of the string that is read: its first byte is its encoding */
};

static void string_start(void *context, struct xml_run *x, const char *name, const struct xml_element *e)
{
	struct strings *s = context;
	struct bytes font;
	(void)x;
	if (is(name, "si")) {
		s->begin = s->book->strings.n;
		buf_u8(&s->book->strings, LEGACY_NONE);
	} else if (is(name, "rPh"))
		s->phonetic = true;
	else if (is(name, "t"))
		s->in_text = !s->phonetic;
	else if (is(name, "rFont") && xml_attribute(e, "val", &font) && legacy_of_font(font) != LEGACY_NONE &&
		 s->begin < s->book->strings.n)
		s->book->strings.at[s->begin] = (uint8_t)legacy_of_font(font);
}

static void string_end(void *context, struct xml_run *x, const char *name)
{
	struct strings *s = context;
	struct xlsx_book *b = s->book;
	if (is(name, "t"))
		s->in_text = false;
	else if (is(name, "rPh"))
		s->phonetic = false;
	if (!is(name, "si"))
		return;
	uint32_t end = (uint32_t)b->strings.n;
	buf_add(&b->ends, &end, sizeof end);
	if (buf_ok(&b->strings) && buf_ok(&b->ends))
		return;
	problem_set(zip_file_problem(b->zip), "xlsx_strings", 0, "");
	xml_stop(x);
}

static void string_text(void *context, struct bytes piece)
{
	struct strings *s = context;
	if (s->in_text)
		buf_add_bytes(&s->book->strings, piece);
}

static bool read_strings(struct xlsx_book *b, const char *part)
{
	static const struct xml_handler handler = {
		.start = string_start, .end = string_end, .text = string_text};
	struct strings s = {.book = b};
	return xml_read(b->zip, part, &handler, &s);
}

bool xlsx_book_string(const struct xlsx_book *b, uint64_t i, struct bytes *text, enum legacy *l)
{
	uint32_t from = 0, to;
	if (i >= b->ends.n / sizeof to)
		return false;
	if (i > 0)
		memcpy(&from, b->ends.at + (i - 1) * sizeof from, sizeof from);
	memcpy(&to, b->ends.at + i * sizeof to, sizeof to);
	if (to <= from) /* a string inside a string */
		return false;
	*l = (enum legacy)b->strings.at[from];
	*text = bytes_of(b->strings.at + from + 1, to - from - 1);
	return true;
}

/* ---- the whole -------------------------------------------------------------------------------------------------------- */

void xlsx_book_free(struct xlsx_book *b)
{
	if (b->arena)
		arena_free(b->arena);
	buf_free(&b->strings);
	buf_free(&b->ends);
	*b = (struct xlsx_book){0};
}

/* Nothing of a macro is ever run here; but whoever sends one is to send the list without. */
static bool has_macros(const struct zip_file *z, const struct relations *r)
{
	return zip_file_has(z, "xl/vbaProject.bin") || part_of_type(r, "/vbaProject") ||
	       part_of_type(r, "/xlMacrosheet");
}

static bool read_parts(struct xlsx_book *b)
{
	static const struct xml_handler handler = {.start = workbook_start};
	struct problem *p = zip_file_problem(b->zip);
	const struct relations *root = relations_of(b, "");
	const char *part = p->code ? NULL : part_of_type(root, "/officeDocument");
	if (!part)
		return problem_set(p, "xlsx_none", 0, "");
	if (ends_in(bytes_z(part), ".bin")) /* .xlsb */
		return problem_set(p, "file_xls", 0, "");
	struct workbook w = {.book = b, .relations = relations_of(b, part)};
	if (p->code)
		return false;
	if (has_macros(b->zip, w.relations))
		return problem_set(p, "xlsx_macro", 0, "");
	if (!xml_read(b->zip, part, &handler, &w) || b->n_sheets == 0)
		return problem_set(p, "xlsx_none", 0, part);
	const char *styles = part_of_type(w.relations, "/styles"),
		   *strings = part_of_type(w.relations, "/sharedStrings");
	if (styles && !read_styles(b, styles))
		return problem_set(p, "xlsx_none", 0, styles);
	if (strings && !read_strings(b, strings))
		return problem_set(p, "xlsx_none", 0, strings);
	return !p->code;
}

bool xlsx_book_open(struct zip_file *zip, struct xlsx_book *out)
{
	*out = (struct xlsx_book){.zip = zip, .arena = arena_new()};
	buf_init(&out->strings, BOOK_STRINGS_MAX);
	buf_init(&out->ends, STRINGS_MAX * sizeof(uint32_t));
	return read_parts(out);
}
