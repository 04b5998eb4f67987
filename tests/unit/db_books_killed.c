/* Sealing is killed at every step that it takes: the next round goes on, and a size is signed once. */
#include "tests/unit/db_archive.h"
#include "tests/unit/db_steps.h"

static struct db *db;

static bool seal_once(struct work *w)
{
	size_t n;

	return went(w, seal(w, &n));
}

/* How many checkpoints the archive has, when each of them is in the database byte for byte. */
static int both_have(struct arena *a)
{
	DIR *d = opendir(path_of(a, "checkpoint/0"));
	int n = 0;

	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] == '.' || strstr(e->d_name, ".tmp.") != NULL)
			continue;
		if (!bytes_eq_z(file_of(a, arena_printf(a, "checkpoint/0/%s", e->d_name)),
			    scene("select convert_from(note, 'UTF8') from books.checkpoint where size = %s",
				    e->d_name)))
			return -1;
		n++;
	}
	closedir(d);
	return n;
}

/* Leaves come in between the death and the next round, so that a round that did not take what is signed would sign another size. */
static void killed(void)
{
	struct work w = work_on(db);
	int at = 0, signed_alone = 0, went_on = 0;
	struct books_check found;
	bool died;

	do {
		const char *name;

		arena_reset(w.arena);
		post_n(db, 1 + 300 * at, 255);
		name = arena_printf(w.arena, "checkpoint/0/%s", scene("select next_seq from books.counter"));
		died = child_dies(++at, seal_once);
		post_n(db, 256 + 300 * at, 1);
		signed_alone += died && there(w.arena, name);
		went_on +=
			seal_once(&w) && seal_once(&w) &&
			strcmp(scene("select next_seq - (select max(size) from books.checkpoint) from books.counter"),
				"0") == 0;
	} while (died);
	ok(at > 10 && signed_alone > 1,
		"a round is killed at each of its %d steps, in %d of them with its checkpoint in the archive alone",
		at - 1, signed_alone);
	is_i64(went_on, at, "and the next one goes on");
	is_i64(both_have(w.arena), strtoll(scene("select count(*) from books.checkpoint"), NULL, 10),
		"what was signed is in the archive and in the database, and nothing else");
	ok(went(&w, books_check(&w, &found)) && found.tiles == found.txns / 256,
		"heads and tiles are those of the leaves");
	arena_free(w.arena);
}

int main(void)
{
	struct genesis_key k;
	struct genesis g;
	struct work w;

	books_scene_begin("killed");
	archive_begin();
	db = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(db);
	g = genesis_of(&k);
	bug_if(!went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)) || !seal_once(&w));
	killed();
	arena_free(w.arena);
	db_close(db);
	archive_end();
	scene_end();
	return done_testing();
}
