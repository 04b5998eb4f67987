#include "daemon/config.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/text.h"
#include "daemon/config_value.h"

enum { ERRORS_MAX = 1 << 16 };

/* One option that a file gives. */
struct given {
	struct given *next;
	const struct option_row *row;
	const char *label; /* of a repeated section, else "" */
	const char *text;  /* as written; a path made absolute */
	int64_t number;
	const char *file;
	int line;
};

/* Of one repeated section. */
struct labels {
	const char **at;
	struct place {
		const char *file;
		int line;
	} * places; /* where each was first */
	size_t n;
};

static const char *const repeated[] = {"bank", "witness"};
enum { REPEATED_N = COUNT_OF(repeated) };

struct config {
	struct arena *arena;
	unsigned reader;
	struct given *first, **last;
	struct labels labels[REPEATED_N];
};

/* The file that is being read. */
struct reading {
	struct config *c;
	struct buf *errors;
	size_t errors_n;
	FILE *in;
	const char *file;
	int line;
	bool section_known; /* options of an unknown section are not errors of their own */
};

/* ---- errors -------------------------------------------------------------------------------------------------- */

static void wrong(struct reading *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void wrong(struct reading *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (r->line)
		buf_addf(r->errors, "%s:%d: %s\n", r->file, r->line, text);
	else
		buf_addf(r->errors, "%s: %s\n", r->file, text);
	r->errors_n++;
}

/* ---- sections ------------------------------------------------------------------------------------------------ */

/* -1: it stands once. */
static int repeated_index(const char *section)
{
	for (int i = 0; i < (int)REPEATED_N; i++)
		if (strcmp(section, repeated[i]) == 0)
			return i;
	return -1;
}

static bool is_repeated(const char *section)
{
	return repeated_index(section) >= 0;
}

static bool section_exists(const char *name, size_t n)
{
	for (size_t i = 0; i < option_rows_n; i++)
		if (strlen(option_rows[i].section) == n && memcmp(option_rows[i].section, name, n) == 0)
			return true;
	return false;
}

static bool label_is_fine(const char *label)
{
	size_t n = strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return n > 0 && n <= 32 && label[n] == '\0';
}

static const char *nearest_section(const char *name)
{
	struct nearest best = nearest_to(name);
	for (size_t i = 0; i < option_rows_n; i++)
		nearest_try(&best, option_rows[i].section);
	return best.name;
}

static void remember_label(const struct reading *r, const char *section, const char *label)
{
	struct arena *a = r->c->arena;
	struct labels *l = &r->c->labels[repeated_index(section)];
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->at[i], label) == 0)
			return;
	l->at = arena_regrow(a, l->at, l->n, l->n + 1, sizeof *l->at);
	l->places = arena_regrow(a, l->places, l->n, l->n + 1, sizeof *l->places);
	l->at[l->n] = arena_strdup(a, label);
	l->places[l->n++] = (struct place){r->file, r->line};
}

/* heading: what stands between the brackets. */
static void begin_section(struct reading *r, const char *heading)
{
	size_t n = strcspn(heading, " ");
	const char *label = heading[n] ? heading + n + 1 : "";
	char section[64];
	snprintf(section, sizeof section, "%.*s", (int)n, heading);
	r->section_known = section_exists(heading, n);
	if (!r->section_known) {
		const char *near = nearest_section(section);
		wrong(r, near ? "unknown section [%s], did you mean [%s]?" : "unknown section [%s]", heading,
			near);
		return;
	}
	if (is_repeated(section) && !label_is_fine(label))
		wrong(r, "[%s] needs a code of letters, digits, - and _: [%s CODE]", heading, section);
	else if (is_repeated(section))
		remember_label(r, section, label);
	else if (*label)
		wrong(r, "section [%s] has no code", section);
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

/* inih's reader, called once a line. It counts them, because Debian's build of inih does not, and it sees every heading,
 * also one without options below it. What inih would read in a way that surprises is an error here. */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *r = stream;
	char *text = NULL;
	size_t allocated = 0;
	ssize_t n = getline(&text, &allocated, r->in);
	if (n < 0) {
		free(text);
		return NULL;
	}
	r->line++;
	struct bytes all = bytes_of(text, (size_t)n);
	if (memchr(text, '\0', (size_t)n) || !utf8_valid(all)) {
		wrong(r, "this line is not UTF-8 text");
		*line = '\0';
	} else if (n >= size) {
		wrong(r, "this line is longer than %d bytes", size - 1);
		*line = '\0';
	} else if ((*text == ' ' || *text == '\t') && text[strspn(text, " \t\r\n")] != '\0' &&
		   !strchr("#;", text[strspn(text, " \t")])) {
		wrong(r, "a line cannot begin with a space: a value goes on one line");
		*line = '\0';
	} else {
		memcpy(line, text, (size_t)n + 1);
	}
	if (*line == '[' && strchr(line, ']')) {
		char heading[128];
		snprintf(heading, sizeof heading, "%.*s", (int)(strchr(line, ']') - line - 1), line + 1);
		begin_section(r, heading);
	}
	free(text);
	return line;
}

static const struct option_row *find_row(const char *section, size_t n, const char *name)
{
	for (size_t i = 0; i < option_rows_n; i++) {
		const struct option_row *row = &option_rows[i];
		if (strlen(row->section) == n && memcmp(row->section, section, n) == 0 &&
			strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static struct given *find_given(const struct config *c, const struct option_row *row, const char *label)
{
	for (struct given *g = c->first; g; g = g->next)
		if (g->row == row && strcmp(g->label, label) == 0)
			return g;
	return NULL;
}

static void unknown_option(struct reading *r, const char *section, size_t n, const char *name)
{
	struct nearest best = nearest_to(name);
	for (size_t i = 0; i < option_rows_n; i++)
		if (strlen(option_rows[i].section) == n && memcmp(option_rows[i].section, section, n) == 0)
			nearest_try(&best, option_rows[i].name);
	if (best.name)
		wrong(r, "unknown option `%s` in [%s], did you mean `%s`?", name, section, best.name);
	else
		wrong(r, "unknown option `%s` in [%s]", name, section);
}

/* inih's handler. Always 1: the line was understood, and what is wrong with it has been said. */
static int take_option(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	struct config *c = r->c;
	if (!*section) {
		wrong(r, "`%s` stands before any [section]", name);
		return 1;
	}
	if (!r->section_known)
		return 1;
	size_t n = strcspn(section, " ");
	const char *label = section[n] ? section + n + 1 : "";
	const struct option_row *row = find_row(section, n, name);
	if (!row) {
		unknown_option(r, section, n, name);
		return 1;
	}
	struct given *old = find_given(c, row, label);
	if (old && strcmp(old->file, r->file) == 0) {
		wrong(r, "`%s` was given already in line %d", name, old->line);
		return 1;
	}
	struct why why = {0};
	const char *text = NULL;
	int64_t number = 0;
	if (!config_value(c->arena, row, value, r->file, &text, &number, &why)) {
		wrong(r, "`%s`: %s", name, why.text);
		return 1;
	}
	struct given *g = old ? old : arena_zalloc(c->arena, sizeof *g);
	g->row = row;
	g->label = arena_strdup(c->arena, label);
	g->text = text;
	g->number = number;
	g->file = r->file;
	g->line = r->line;
	if (!old) {
		*c->last = g;
		c->last = &g->next;
	}
	return 1;
}

static void read_one(struct config *c, const char *path, struct buf *errors, size_t *errors_n)
{
	struct reading r = {.c = c, .errors = errors, .errors_n = *errors_n};
	r.file = arena_strdup(c->arena, path);
	r.in = fopen(path, "re");
	if (!r.in) {
		wrong(&r, "could not open: %s", strerror(errno));
	} else {
		int line = ini_parse_stream(next_line, &r, take_option, &r);
		bool trouble = ferror(r.in) != 0;
		fclose(r.in);
		if (line > 0) {
			r.line = line;
			wrong(&r, "this line is neither a [section] nor `name = value`");
		} else if (line < 0 || trouble) {
			r.line = 0;
			wrong(&r, "could not read: %s", strerror(errno));
		}
	}
	*errors_n = r.errors_n;
}

static int is_conf(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

/* conf.d/ beside the file. */
static void read_more(struct config *c, const char *path, struct buf *errors, size_t *errors_n)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path + 1) : 0;
	const char *directory = arena_printf(c->arena, "%.*sconf.d", n, path);
	struct dirent **found = NULL;
	int count = scandir(directory, &found, is_conf, alphasort);
	for (int i = 0; i < count; i++) {
		read_one(c, arena_printf(c->arena, "%s/%s", directory, found[i]->d_name), errors, errors_n);
		free(found[i]);
	}
	free(found);
}

/* ---- after all files ------------------------------------------------------------------------------------------- */

static void look_for_missing(struct config *c, struct buf *errors, size_t *errors_n)
{
	for (size_t i = 0; i < option_rows_n; i++) {
		const struct option_row *row = &option_rows[i];
		if (!row->required)
			continue;
		bug_if(!is_repeated(row->section));
		const struct labels *of = &c->labels[repeated_index(row->section)];
		for (size_t l = 0; l < of->n; l++) {
			if (find_given(c, row, of->at[l]))
				continue;
			buf_addf(errors, "%s:%d: [%s %s] lacks `%s`\n", of->places[l].file,
				of->places[l].line, row->section, of->at[l], row->name);
			++*errors_n;
		}
	}
}

struct config *config_load(const char *path, unsigned reader, struct config_errors *errors)
{
	struct config *c = calloc(1, sizeof *c);
	bug_if(!c);
	c->arena = arena_new();
	c->reader = reader;
	c->last = &c->first;
	struct buf said;
	buf_init(&said, ERRORS_MAX);
	size_t n = 0;
	read_one(c, path, &said, &n);
	read_more(c, path, &said, &n);
	look_for_missing(c, &said, &n);
	if (n) {
		/* More errors than fit are a file of another kind; the count says so. */
		errors->text = strdup(buf_ok(&said) ? buf_str(&said) : "too many errors to print\n");
		bug_if(!errors->text);
		errors->n = n;
		config_free(c);
		c = NULL;
	}
	buf_free(&said);
	return c;
}

void config_errors_free(struct config_errors *e)
{
	free(e->text);
	*e = (struct config_errors){0};
}

void config_free(struct config *c)
{
	if (!c)
		return;
	arena_free(c->arena);
	free(c);
}

/* ---- reading it ------------------------------------------------------------------------------------------------ */

/* What was asked for: its row, and where a file gave it. */
static const struct option_row *asked(
	const struct config *c, const char *section, const char *name, const struct given **given)
{
	size_t n = strcspn(section, " ");
	const struct option_row *row = find_row(section, n, name);
	if (!row)
		bug("there is no option `%s` in [%s]", name, section);
	if ((row->duties & c->reader) != c->reader && c->reader != DUTY_ALL)
		bug("this duty may not read `%s` in [%s]", name, section);
	*given = find_given(c, row, section[n] ? section + n + 1 : "");
	return row;
}

static const char *text_of(
	const struct config *c, const char *section, const char *name, unsigned types, int64_t *number)
{
	const struct given *g;
	const struct option_row *row = asked(c, section, name, &g);
	if (!(types & 1u << row->type))
		bug("`%s` in [%s] is asked for as another type than its row says", name, section);
	if (g) {
		*number = g->number;
		return g->text;
	}
	*number = 0;
	if (!row->fallback)
		return NULL;
	const char *text;
	struct why why = {0};
	if (!config_value(c->arena, row, row->fallback, "/default", &text, number, &why))
		bug("the default of `%s` in [%s]: %s", name, section, why.text);
	return text;
}

const char *config_text(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	return text_of(c, section, name,
		1u << OPTION_TEXT | 1u << OPTION_PATH | 1u << OPTION_LISTEN | 1u << OPTION_CONNINFO, &number);
}

const char *config_secret(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	return text_of(c, section, name, 1u << OPTION_SECRET, &number);
}

const char *config_secret_path(const struct config *c, const char *section, const char *name)
{
	const char *secret = config_secret(c, section, name), *directory = getenv("CREDENTIALS_DIRECTORY");
	if (!secret || strchr(secret, '/'))
		return secret;
	return arena_printf(c->arena, "%s/%s", directory ? directory : "/run/credentials", secret);
}

struct key32 *config_key(const struct config *c, const char *section, const char *name, struct why *why)
{
	const char *secret = config_secret(c, section, name);
	if (!secret) {
		why_set(why, "config_missing", "[%s] %s is not set", section, name);
		return NULL;
	}
	struct key32 *key = strchr(secret, '/') ? secret_load_file(secret, why) : secret_load(secret, why);
	if (!key)
		why_prefix(why, "[%s] %s (%s)", section, name, config_where(c, section, name));
	return key;
}

int64_t config_int(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	text_of(c, section, name, 1u << OPTION_INT, &number);
	return number;
}

bool config_bool(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	text_of(c, section, name, 1u << OPTION_BOOL, &number);
	return number != 0;
}

int64_t config_ms(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	text_of(c, section, name, 1u << OPTION_DURATION, &number);
	return number;
}

int64_t config_bytes(const struct config *c, const char *section, const char *name)
{
	int64_t number;
	text_of(c, section, name, 1u << OPTION_SIZE, &number);
	return number;
}

const char *config_where(const struct config *c, const char *section, const char *name)
{
	const struct given *g;
	asked(c, section, name, &g);
	return g ? arena_printf(c->arena, "%s:%d", g->file, g->line) : "default";
}

bool config_has(const char *section, const char *name)
{
	return find_row(section, strcspn(section, " "), name) != NULL;
}

const char *const *config_labels(const struct config *c, const char *section, size_t *n)
{
	bug_if(!is_repeated(section));
	*n = c->labels[repeated_index(section)].n;
	return c->labels[repeated_index(section)].at;
}

/* ---- printing --------------------------------------------------------------------------------------------------- */

static void print_row(const struct config *c, const struct option_row *row, const char *label, FILE *out)
{
	const struct given *g = find_given(c, row, label);
	const char *text = g ? g->text : row->fallback;
	if (!text)
		fprintf(out, "# %s is not set\n", row->name);
	else if (row->type == OPTION_SECRET)
		fprintf(out, "%s = ********\n", row->name);
	else
		fprintf(out, "%s = %s\n", row->name, text);
}

void config_print(const struct config *c, FILE *out)
{
	const char *section = "";
	for (size_t i = 0; i < option_rows_n; i++) {
		const struct option_row *row = &option_rows[i];
		if (is_repeated(row->section))
			continue;
		if (strcmp(row->section, section) != 0)
			fprintf(out, "%s[%s]\n", *section ? "\n" : "", row->section);
		section = row->section;
		print_row(c, row, "", out);
	}
	for (size_t k = 0; k < REPEATED_N; k++)
		for (size_t l = 0; l < c->labels[k].n; l++) {
			fprintf(out, "\n[%s %s]\n", repeated[k], c->labels[k].at[l]);
			for (size_t i = 0; i < option_rows_n; i++)
				if (strcmp(option_rows[i].section, repeated[k]) == 0)
					print_row(c, &option_rows[i], c->labels[k].at[l], out);
		}
}
