/* Sheets: their mode, and rows that did not find room are missed whatever comes after. */
#include "ledger/books/sheet.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "tests/lib/tap.h"

static char directory[] = "/tmp/chitra-sheet-XXXXXX";

static void rows(struct sheet *s, int n)
{
	for (int i = 0; i < n; i++)
		fprintf(s->to, "%d,a row\n", i);
}

static void room_for(rlim_t bytes)
{
	struct rlimit limit = {bytes, RLIM_INFINITY};

	bug_if(setrlimit(RLIMIT_FSIZE, &limit) != 0);
}

static void modes(struct arena *a, const char *path)
{
	struct sheet s;
	struct stat st;
	struct why why;

	umask(077);
	ok(sheet_begin(a, path, &s, &why), "a sheet is begun");
	rows(&s, 3);
	ok(sheet_end(&s, &why) && stat(path, &st) == 0 && (st.st_mode & 0777) == 0644,
		"whoever may enter its directory may read it, whatever the umask is");
	bug_if(symlink(path, arena_printf(a, "%s.tmp", path)) != 0);
	ok(!sheet_begin(a, path, &s, &why) && why_is(&why, "file_trouble"),
		"it is not written through somebody's link");
	unlink(arena_printf(a, "%s.tmp", path));
}

static void disk_full(struct arena *a, const char *path)
{
	struct bytes before, after;
	struct sheet s;
	struct why why;

	signal(SIGXFSZ, SIG_IGN);
	bug_if(!read_file(a, path, 1000, &before, &why) || !sheet_begin(a, path, &s, &why));
	room_for(4096);
	rows(&s, 2000);
	room_for(RLIM_INFINITY);
	rows(&s, 3);
	ok(!sheet_end(&s, &why) && why_is(&why, "file_trouble"),
		"rows that found no room are missed, also when there is room again");
	sheet_drop(&s);
	ok(read_file(a, path, 1000, &after, &why) && bytes_eq(before, after), "and what was there stays");
	ok(access(arena_printf(a, "%s.tmp", path), F_OK) != 0, "alone");
}

int main(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *path;

	bug_if(mkdtemp(directory) == NULL);
	path = arena_printf(a, "%s/sheet.csv", directory);
	modes(a, path);
	disk_full(a, path);
	unlink(path);
	rmdir(directory);
	return done_testing();
}
