#include "daemon/cli/recover_journals.h"

#include <string.h>
#include <unistd.h>

#include "ledger/base/text.h"
#include "ledger/db/db.h"

static bool add(const char **list, size_t *n, const char *value)
{
	if (*n == RECOVER_JOURNALS_MOST)
		return cli_wrong("Nhiều nhất %d nhật ký gửi", RECOVER_JOURNALS_MOST);
	list[(*n)++] = value;
	return true;
}

bool recover_journal_take(const char *value, void *journals)
{
	struct recover_journals *j = journals;
	return add(j->directories, &j->n, value);
}

bool recover_lost_take(const char *value, void *journals)
{
	struct recover_journals *j = journals;
	return add(j->lost, &j->lost_n, value);
}

static bool open_one(struct work *w, struct recover_journals *j, const char *directory, bool needed)
{
	const char *path = arena_printf(w->arena, "%s/sent.log", directory);
	if (access(path, F_OK) != 0)
		return !needed || why_set(&w->why, "journal_missing", "there is no sent journal %s", path);
	struct journal *open = journal_open(path, &w->why);
	if (!open)
		return false;
	j->paths[j->open_n] = path;
	j->at[j->open_n++] = open;
	return true;
}

/* [teller] journal is the teller's option, and the operator's. A teller that never ran has none. */
static bool open_configured(struct cli *cli, struct work *w, struct recover_journals *j)
{
	struct config_errors errors = {0};
	struct config *config = config_load(cli->config_path, DUTY_TELLER, &errors);
	const char *directory = config ? config_text(config, "teller", "journal") : NULL;
	bool fine = directory ? open_one(w, j, directory, false)
			      : why_set(&w->why, "journal_missing", "%s",
					config ? "[teller] journal is not set; give --journal"
					       : "the configuration cannot be read; give --journal");
	config_errors_free(&errors);
	if (config)
		config_free(config);
	return fine;
}

static bool is_given(const struct recover_journals *j, const char *name)
{
	for (size_t i = 0; i < j->open_n; i++)
		if (strcmp(journal_name(j->at[i]), name) == 0)
			return true;
	for (size_t i = 0; i < j->lost_n; i++)
		if (strcmp(j->lost[i], name) == 0)
			return true;
	return false;
}

/* Those of which the restored rows know. */
static enum result miss_none(struct work *w, const struct recover_journals *j)
{
	struct rows r;
	enum result result = db_run(w, Q_RECOVER_JOURNALS_KNOWN, DB_NO_ARGS, &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		const char *name = row_text(&r, i, rows_col(&r, "name"));
		if (is_given(j, name))
			continue;
		why_set(&w->why, "journal_missing",
			"what the sent journal %s (%s) remembers is not known here: give a copy of its directory (--journal), or if it exists nowhere any more --lost-journal %s",
			row_text(&r, i, rows_col(&r, "place")), name, name);
		return REFUSED;
	}
	return result;
}

enum result recover_journals_open(struct cli *cli, struct work *w, struct recover_journals *j)
{
	if (j->n == 0 && !open_configured(cli, w, j))
		return REFUSED;
	for (size_t i = 0; i < j->n; i++)
		if (!open_one(w, j, j->directories[i], true))
			return REFUSED;
	return miss_none(w, j);
}

enum result recover_journals_done(struct work *w, const struct recover_journals *j)
{
	const char *names[RECOVER_JOURNALS_MOST];
	for (size_t i = 0; i < j->open_n; i++)
		names[i] = journal_name(j->at[i]);
	return db_run(w, Q_RECOVER_JOURNALS_DONE,
		DB_ARGS(db_texts(names, j->open_n), db_texts(j->paths, j->open_n),
			db_texts(j->lost, j->lost_n)),
		NULL);
}

void recover_journals_close(struct recover_journals *j)
{
	for (size_t i = 0; i < j->open_n; i++)
		journal_close(j->at[i]);
}
