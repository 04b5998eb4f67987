/* name_fold() and PostgreSQL's unaccent take the same marks off names. Skipped where postgresql-contrib is not installed. */
#include "tests/unit/db_test.h"

#include "ledger/base/name.h"
#include "tests/unit/name_words.h"

enum { NAMES = 20000 };

static void put(FILE *to, const char *text, int i)
{
	fprintf(to, "%s\"%s\"", i > 0 ? "," : "{", text);
}

int main(void)
{
	scene_begin("db_name");
	if (strcmp(scene("select count(*) from pg_available_extensions where name = 'unaccent'"), "1") != 0) {
		scene_end();
		skip_all("db_name: PostgreSQL has no extension unaccent (postgresql-contrib)");
	}
	scene("create extension unaccent");
	letters_make();
	CLEANUP(arena_drop) struct arena *a = arena_new();
	char *names = NULL, *folds = NULL, whole[NAME_TEXT], form[NAME_TEXT];
	size_t names_n, folds_n;
	FILE *to_names = open_memstream(&names, &names_n), *to_folds = open_memstream(&folds, &folds_n);
	uint64_t seed = 1;
	for (int i = 0; i < NAMES; i++) {
		struct made m = made_name(&seed);
		const char *fold = "";
		made_join(made_draw(&seed, 2) ? m.word : m.other, m.n, whole);
		text_in(whole, (enum form)made_draw(&seed, FORMS), form);
		bug_if(!name_fold(a, bytes_z(form), &fold, NULL));
		put(to_names, form, i);
		put(to_folds, fold, i);
	}
	fputs("}", to_names);
	fputs("}", to_folds);
	fclose(to_names);
	fclose(to_folds);
	PGresult *r = PQexecParams(scene_conn,
		"select count(*), min(name || ' / ' || fold) filter (where lower(unaccent(normalize(name, nfc))) <> fold), "
		"count(distinct name) * 2 > count(*) from unnest($1::text[], $2::text[]) as t(name, fold)",
		2, NULL, (const char *const[]){names, folds}, NULL, NULL, 0);
	if (ok(PQresultStatus(r) == PGRES_TUPLES_OK, "PostgreSQL folds them")) {
		is_str(PQgetvalue(r, 0, 0), "20000", "all names were compared");
		is_str(PQgetvalue(r, 0, 2), "t", "most of them different");
		is_str(PQgetvalue(r, 0, 1), "",
			"a name's fold is PostgreSQL's lower(unaccent(name)), in any form");
	}
	PQclear(r);
	is_str(scene("select lower(unaccent('H’Blang Ðào Y Ê‐ban'))"), "h'blang dao y e-ban",
		"also for the apostrophe's, the hyphen's and đ's look-alikes, as name_fold() has them");
	free(names);
	free(folds);
	scene_end();
	return done_testing();
}
