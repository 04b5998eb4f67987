#include "daemon/cli/registry_cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/register/advice.h"
#include "daemon/cli/import_run.h"
#include "daemon/cli/registry.h"

#define TEXT_MAX ((size_t)8 << 20)

static const struct registry_driver *const drivers[] = {&registry_file};

static const struct registry_driver *driver_of(const struct cli *cli)
{
	const char *name = config_text(cli->config, "registry", "driver");
	for (size_t i = 0; name && i < COUNT_OF(drivers); i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	why_set(&cli->w->why, "config_registry", "[registry] driver is not set");
	return NULL;
}

/* A name says what its list is. */
static const struct kind {
	const char *begin, *vi;
	enum list_kind kind;
} kinds[] = {
	{"deaths-", "báo tử", LIST_DEATHS},
	{"moves-", "chuyển nơi ở", LIST_MOVES},
	{"corrections-", "điều chỉnh", LIST_CORRECTIONS},
};

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strncasecmp(name, kinds[i].begin, strlen(kinds[i].begin)) == 0)
			return &kinds[i];
	return NULL;
}

/* A row about somebody whom the officer may not touch would be rejected, and the file taken: only who may touch everybody takes files. */
static enum result may(struct cli *cli)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = import_anybody_allowed(cli->w);
	return r == OK ? tx_commit(cli->w) : r;
}

/* ---- fetch --------------------------------------------------------------------------------------------------------------- */

struct fetch {
	struct cli *cli;
	const struct registry_driver *driver;
	struct registry *registry;
	const struct register_keys *keys;
	struct import_said *said;
	int code;  /* of what left a file where it was: the first */
	bool stop; /* the next file would fare no better */
};

/* The file stays where the next run finds it. */
static void leave(struct fetch *f, const char *name, const struct why *why, int code)
{
	import_say_refused(f->said, name, why->code, 0, why->text);
	f->said->at[f->said->n - 1].outcome = "waits";
	f->said->refused_files--;
	if (f->code == EX_OK)
		f->code = code;
}

static void mark(struct fetch *f, const struct registry_item *item, bool is_in, const char *text)
{
	struct why why = {0};
	enum result r = f->driver->mark(f->registry, item, is_in, text, &why);
	if (r != OK)
		leave(f, item->name, &why, EX_TEMPFAIL);
}

/* What was said since `from`, for whoever finds the file among the refused. */
static void refuse(struct fetch *f, const struct registry_item *item, size_t from)
{
	CLEANUP(buf_free) struct buf text;
	buf_init(&text, TEXT_MAX);
	buf_addf(&text, "Tệp %s không nhập được:\n", item->name);
	for (size_t i = from; i < f->said->n; i++) {
		const struct import_word *word = &f->said->at[i];
		if (word->row > 0)
			buf_addf(&text, "dòng %" PRId32 ": ", word->row);
		buf_addf(&text, "%s (%s)\n", word->text, word->code);
	}
	buf_addf(&text, "Sửa tệp, rồi đặt lại vào thư mục nhận.\n");
	mark(f, item, false, buf_ok(&text) ? buf_str(&text) : "Tệp không nhập được.\n");
}

/* The rows that were rejected, as the register keeps them: a run that was killed after the import could not say them any more. */
static enum result rejected_text(struct fetch *f, const struct kind *kind, const char *name, struct buf *text)
{
	struct work *w = f->cli->w;
	struct import_rows rows;
	TX_GUARD(w);
	enum result r = cli_enter(f->cli);
	if (r == OK)
		r = import_rejected_of(w, &f->said->sha256, kind->kind, &rows);
	if (r == OK)
		r = tx_commit(w);
	if (r != OK || rows.n == 0)
		return r;
	buf_addf(text, "Tệp %s đã nhập, trừ các dòng sau:\n", name);
	for (size_t i = 0; i < rows.n; i++)
		buf_addf(text, "dòng %" PRId32 ": %s (%s)\n", rows.at[i].row, rows.at[i].note,
			rows.at[i].code);
	if (rows.n == IMPORT_REJECTED_MOST)
		buf_addf(text, "và những dòng tiếp theo.\n");
	buf_addf(text, "Sửa các dòng này trong một tệp mới, rồi đặt vào thư mục nhận.\n");
	return OK;
}

static void take_in(struct fetch *f, const struct registry_item *item, const struct kind *kind)
{
	CLEANUP(buf_free) struct buf text;
	buf_init(&text, TEXT_MAX);
	enum result r = rejected_text(f, kind, item->name, &text);
	if (r == OK) {
		bool says = text.n > 0 && buf_ok(&text);
		mark(f, item, true, says ? buf_str(&text) : NULL);
		return;
	}
	f->code = import_failed(f->cli, f->said, r);
	f->stop = true;
}

/* The file was refused, in the last word that was said. */
static void refused(struct fetch *f, const struct registry_item *item, const struct kind *kind, size_t from)
{
	struct import_word *word = &f->said->at[f->said->n - 1];
	if (strcmp(word->code, "file_twice") == 0) {
		word->outcome = "known";
		word->text = advice_for_file(f->said->arena, "registry_known", 0, f->cli->w->why.text);
		f->said->refused_files--;
		take_in(f, item, kind);
	} else if (strcmp(word->code, "parser_died") == 0 || strcmp(word->code, "parser_line") == 0) {
		word->outcome = "waits";
		f->said->refused_files--;
		f->code = f->code == EX_OK ? EX_SOFTWARE : f->code;
	} else {
		refuse(f, item, from);
	}
}

static void import_one(
	struct fetch *f, const struct registry_item *item, const struct kind *kind, const char *path)
{
	struct import_asked asked = {.kind = kind->kind, .files = &path, .n_files = 1};
	size_t from = f->said->n, before = f->said->refused_files;
	int code = import_other_file(f->cli, &asked, f->keys, f->said);
	if (code == EX_OK) {
		take_in(f, item, kind);
	} else if (f->said->refused_files > before) {
		refused(f, item, kind, from);
	} else {
		f->stop = code != EX_DATAERR;
		f->code = f->code == EX_OK ? code : f->code;
	}
}

static void fetch_one(struct fetch *f, struct registry_item *item)
{
	struct why why = {0};
	const char *path;
	enum result r = f->driver->take(f->registry, f->cli->w->arena, item, &path, &why);
	if (r == RETRY && why_is(&why, "registry_gone"))
		return;
	if (r == RETRY) {
		leave(f, item->name, &why, EX_TEMPFAIL);
		return;
	}
	const struct kind *kind = kind_of(item->name);
	if (r == OK && kind) {
		import_one(f, item, kind, path);
		return;
	}
	import_say_refused(f->said, item->name, r == OK ? "registry_kind" : why.code, 0, "");
	refuse(f, item, f->said->n - 1);
}

static void fetch_all(struct fetch *f, struct registry_items *items)
{
	struct work *w = f->cli->w;
	struct arena *whole = w->arena;
	w->arena = arena_new();
	struct progress bar = progress_begin(f->cli, "Nhận danh sách", (int64_t)items->n);
	for (size_t i = 0; i < items->n && !f->stop; i++) {
		fetch_one(f, &items->at[i]);
		progress_at(&bar, (int64_t)i + 1);
		arena_reset(w->arena);
	}
	progress_end(&bar);
	arena_free(w->arena);
	w->arena = whole;
}

static int fetch(struct cli *cli, const struct registry_driver *driver)
{
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct why *why = &cli->w->why;
	struct import_said said = {.arena = arena_new()};
	struct fetch f = {.cli = cli, .driver = driver, .keys = &keys.keys, .said = &said};
	struct registry_items items;
	enum result r = register_keys_load(cli, &keys);
	if (r == OK)
		r = may(cli);
	if (r == OK)
		r = driver->open(cli->config, true, &f.registry, why);
	if (r == OK && !driver->list(f.registry, cli->w->arena, &items, why))
		r = RETRY;
	if (r == OK) {
		fetch_all(&f, &items);
		import_print(cli, &said);
	}
	driver->close(f.registry);
	int code = f.code != EX_OK ? f.code : said.refused_files > 0 ? EX_DATAERR : EX_OK;
	import_said_free(&said);
	return r == OK ? code : cli_exit(cli, r);
}

/* ---- list ---------------------------------------------------------------------------------------------------------------- */

static void fill_items(struct json_writer *j, const void *what)
{
	const struct registry_items *items = what;
	json_open_array(j, "files");
	for (size_t i = 0; i < items->n; i++) {
		const struct registry_item *item = &items->at[i];
		const struct kind *kind = kind_of(item->name);
		json_open_object(j, NULL);
		json_put_str(j, "file", item->name);
		if (kind)
			json_put_str(j, "kind", import_kind_name(kind->kind));
		json_put_i64(j, "bytes", item->bytes);
		json_put_bool(j, "begun", item->begun);
		json_close(j);
	}
	json_close(j);
}

static void print_items(const struct cli *cli, const struct registry_items *items)
{
	static const char *const headings[] = {"Tệp", "Loại", ">Byte", ""};
	struct table t = table_new(cli->w->arena, headings, COUNT_OF(headings));
	for (size_t i = 0; i < items->n; i++) {
		const struct registry_item *item = &items->at[i];
		const struct kind *kind = kind_of(item->name);
		table_add(&t, item->name);
		table_add(&t, kind ? kind->vi : "không rõ");
		table_add(&t, arena_printf(cli->w->arena, "%" PRId64, item->bytes));
		table_add(&t, item->begun ? "đang nhập dở" : "");
	}
	if (items->n > 0)
		table_print(&t);
	else
		puts("Không có danh sách nào đang chờ");
}

static int list(struct cli *cli, const struct registry_driver *driver)
{
	struct registry *registry = NULL;
	struct registry_items items;
	enum result r = may(cli);
	if (r == OK)
		r = driver->open(cli->config, false, &registry, &cli->w->why);
	if (r == OK && !driver->list(registry, cli->w->arena, &items, &cli->w->why))
		r = RETRY;
	driver->close(registry);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_items, &items);
	else
		print_items(cli, &items);
	return EX_OK;
}

int cli_registry(struct cli *cli, int argc, char **argv)
{
	bool to_fetch = argc == 2 && strcmp(argv[1], "fetch") == 0;
	if (!to_fetch && (argc != 2 || strcmp(argv[1], "list") != 0))
		return cli_usage(cli);
	const struct registry_driver *driver = driver_of(cli);
	if (!driver)
		return cli_exit(cli, REFUSED);
	return to_fetch ? fetch(cli, driver) : list(cli, driver);
}
