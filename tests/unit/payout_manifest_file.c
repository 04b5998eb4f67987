/* Manifests on the archive's disk: whole and under their names, or not there. */
#include "ledger/payout/manifest_file.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "tests/lib/board.h"
#include "tests/lib/tap.h"

/* What the disk says next, of these calls: an errno, once. */
static int on_write, on_close, on_begin, on_list;

static bool fails_with(int *once)
{
	errno = *once;
	*once = 0;
	return errno != 0;
}

ssize_t write(int fd, const void *at, size_t n)
{
	return fails_with(&on_write) ? -1 : syscall(SYS_write, fd, at, n);
}

int close(int fd)
{
	int closed = (int)syscall(SYS_close, fd);
	return fails_with(&on_close) ? -1 : closed;
}

int sync_file_range(int fd, off64_t at, off64_t n, unsigned flags)
{
	return fails_with(&on_begin) ? -1 : (int)syscall(SYS_sync_file_range, fd, at, n, flags);
}

struct dirent *readdir(DIR *d)
{
	struct dirent *(*real)(DIR *);
	void *found = dlsym(RTLD_NEXT, "readdir");
	memcpy(&real, &found, sizeof real);
	return fails_with(&on_list) ? NULL : real(d);
}

enum { MANIFESTS = 70, MANY = 300 }; /* more than there is room for at first */

static char archive[] = "/tmp/chitra-manifest-XXXXXX";
static struct arena *arena;

static const char *path_of(const char *name)
{
	return arena_printf(arena, "%s/manifest/%s", archive, name);
}

static struct manifest manifest_of(int64_t batch)
{
	static struct pay_line line;
	line = (struct pay_line){.batch = batch,
		.version = 1,
		.line = 1,
		.id = "7K3M9QAB2CDEFGHJKMN",
		.programme = "merit",
		.month = {2024, 4},
		.kind = "regular",
		.instalment = 1,
		.issue = 1,
		.amount = vnd(2789000),
		.channel = "demo-merit",
		.funding_bank = "DEMO",
		.funding_number = "0071000123456",
		.not_before = {19816},
		.valid_until_us = INT64_C(1712192400) * 1000000};
	return (struct manifest){.batch = {.batch = batch,
					 .version = 1,
					 .agency = "agency-a",
					 .programme = "merit",
					 .period = {2024, 4},
					 .area = "22915",
					 .area_from = {19457},
					 .channel = "demo-merit",
					 .made_by = "lan",
					 .released_by = {"minh", "hoa"},
					 .lines = 1,
					 .sum = vnd(2789000),
					 .root = pay_line_leaf(&line)},
		.lines = &line};
}

/* How many files there are, and how many of them have no name yet. */
static size_t files(size_t *drafts)
{
	size_t n = 0;
	DIR *d = opendir(path_of(""));
	*drafts = 0;
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		*drafts += e->d_name[0] == '.';
	}
	if (d)
		closedir(d);
	return n;
}

static bool put(struct manifest_files *f, int64_t batch, struct why *why)
{
	struct manifest m = manifest_of(batch);
	return manifest_files_put(f, &m, why);
}

static struct manifest_files *open_now(void)
{
	struct why why = {0};
	struct manifest_files *f = manifest_files_open(archive, &why);
	if (!f)
		bug("%s: %s", why.code, why.text);
	return f;
}

static void test_good(void)
{
	struct why why = {0};
	size_t drafts;
	struct manifest_files *f = open_now();
	for (int i = 1; i <= MANIFESTS; i++)
		bug_if(!put(f, i, &why));
	is_i64((int64_t)files(&drafts), MANIFESTS, "what was put lies there");
	is_i64((int64_t)drafts, MANIFESTS, "without a name");
	ok(manifest_files_keep(f, &why), "it is kept");
	manifest_files_drop(&f);
	ok(files(&drafts) == MANIFESTS && drafts == 0, "and has its names");
	struct bytes text;
	struct manifest back;
	ok(read_file(arena, path_of("70.v1"), 1 << 20, &text, &why) &&
			manifest_parse(arena, text, &back, &why) && back.batch.batch == 70,
		"under which it can be read");
	f = open_now();
	bug_if(!put(f, 200, &why));
	manifest_files_drop(&f);
	ok(files(&drafts) == MANIFESTS && !f, "what was not kept is gone");
	manifest_files_drop(&f);
	ok(!f, "nothing can be dropped");
}

static void test_no_directory(void)
{
	struct why why = {0};
	ok(!manifest_files_open("/nowhere", &why) && why_is(&why, "file_trouble"),
		"an archive that is not there is told");
	struct rlimit few = {3, 3}, before;
	bug_if(getrlimit(RLIMIT_NOFILE, &before) != 0);
	few.rlim_max = before.rlim_max;
	bug_if(setrlimit(RLIMIT_NOFILE, &few) != 0);
	ok(!manifest_files_open(archive, &why) && why_is(&why, "file_trouble"),
		"so is one that cannot be opened");
	bug_if(setrlimit(RLIMIT_NOFILE, &before) != 0);
	ok(!manifest_files_open("/dev/null", &why) && why_is(&why, "file_trouble"),
		"and one that is no directory");
}

static bool put_fails(const char *what)
{
	struct why why = {0};
	size_t before, after, drafts;
	before = files(&drafts);
	struct manifest_files *f = open_now();
	bool failed = !put(f, 300, &why) && why_is(&why, "file_trouble");
	manifest_files_drop(&f);
	after = files(&drafts);
	return ok(failed && after <= before, "%s is told, and leaves nothing", what);
}

static void test_trouble(void)
{
	struct why why = {0};
	size_t drafts;
	board_use("test");
	board_arm("test.manifest.write", 1, BOARD_ERROR);
	put_fails("a manifest that could not be written");
	bug_if(symlink("/dev/full", path_of(".300.v1.tmp")) != 0);
	put_fails("a full disk");
	mkdir(path_of(".300.v1.tmp"), 0700);
	put_fails("a draft that cannot be made");
	rmdir(path_of(".300.v1.tmp"));

	on_write = EIO;
	put_fails("a disk that fails");
	on_close = EIO;
	put_fails("one that says so when the file is closed");
	on_write = on_close = EIO;
	put_fails("one that says so both times");
	on_begin = EIO;
	put_fails("one that says so when it is to begin");
	static const int no_matter[] = {ESPIPE, EINVAL, ENOSYS};
	struct manifest_files *f = open_now();
	for (size_t i = 0; i < COUNT_OF(no_matter); i++) {
		on_begin = no_matter[i];
		ok(put(f, 300 + (int)i, &why), "a disk that cannot be told to begin writes all the same");
	}
	on_write = EINTR;
	ok(put(f, 303, &why), "a write that a signal cut short goes on");
	manifest_files_drop(&f);

	f = open_now();
	bug_if(!put(f, 301, &why) || !put(f, 302, &why));
	board_arm("test.manifest.rename", 2, BOARD_ERROR);
	ok(!manifest_files_keep(f, &why) && why_is(&why, "file_trouble"),
		"a name that could not be given is told");
	manifest_files_drop(&f);
	ok(files(&drafts) == MANIFESTS + 1 && drafts == 0,
		"what has its name keeps it: it only repeats what was approved");
	mkdir(path_of("303.v1"), 0700);
	f = open_now();
	ok(!put(f, 303, &why) && why_is(&why, "file_trouble"), "so is a name that something else has");
	manifest_files_drop(&f);

	f = open_now();
	bug_if(!put(f, 304, &why) || symlink("305.v1", path_of("305.v1")) != 0 ||
		mkdir(path_of("304.v1"), 0700) != 0);
	ok(!put(f, 305, &why) && why_is(&why, "file_trouble"), "and one that cannot be looked at");
	ok(!manifest_files_keep(f, &why) && why_is(&why, "file_trouble"),
		"and one that something else took meanwhile");
	manifest_files_drop(&f);
	bug_if(!write_file_durable(path_of("306.v1"), bytes_z("nothing that can be read"), 0644, &why));
	f = open_now();
	ok(!put(f, 306, &why) && why_is(&why, "manifest_differs"),
		"what lies there and cannot be read is not written over");
	manifest_files_drop(&f);
}

/* After a flush that failed nobody knows what the disk holds. */
static void test_flush(const char *place)
{
	int status = 0;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct why why;
		struct manifest_files *f = open_now();
		fclose(stderr);
		board_arm(place, 1, BOARD_ERROR);
		_exit(put(f, 400, &why) && manifest_files_keep(f, &why));
	}
	waitpid(child, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s: the process ends", place);
}

static void test_list(void)
{
	struct why why = {0};
	struct manifest_ref *at;
	struct manifest m;
	size_t n = 9;
	const char *shelf = arena_printf(arena, "%s/shelf", archive);
	const char *names[] = {"7.v2", "7.v1", "10.v1", "2.v1", ".3.v1.tmp", "x4.v1", "4.vx", "4.x1", "4"};
	ok(manifest_files_list(shelf, arena, &at, &n, &why) && n == 0,
		"where no manifest was ever written there is none");
	bug_if(mkdir(shelf, 0700) != 0 || mkdir(arena_printf(arena, "%s/manifest", shelf), 0700) != 0);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		bug_if(!write_file_durable(
			arena_printf(arena, "%s/manifest/%s", shelf, names[i]), bytes_z(""), 0644, &why));
	ok(manifest_files_list(shelf, arena, &at, &n, &why) && n == 4,
		"what has another name is no manifest");
	ok(n == 4 && at[0].batch == 2 && at[1].batch == 7 && at[1].version == 1 && at[2].batch == 7 &&
			at[2].version == 2 && at[3].batch == 10,
		"they come by batch and version");
	for (int i = 0; i < MANY; i++)
		bug_if(!write_file_durable(
			arena_printf(arena, "%s/manifest/%d.v1", shelf, 1000 + i), bytes_z(""), 0644, &why));
	ok(manifest_files_list(shelf, arena, &at, &n, &why) && n == 4 + MANY &&
			at[n - 1].batch == 1000 + MANY - 1,
		"however many");
	on_list = EIO;
	ok(!manifest_files_list(shelf, arena, &at, &n, &why) && why_is(&why, "file_trouble"),
		"a directory that cannot be read to its end is no list");
	ok(!manifest_files_list("/dev/null", arena, &at, &n, &why) && why_is(&why, "file_trouble"),
		"nor is what is no directory");

	ok(manifest_file_read(archive, arena, (struct manifest_ref){70, 1}, &m, &why) && m.batch.batch == 70,
		"one of them is read");
	ok(!manifest_file_read(archive, arena, (struct manifest_ref){71, 1}, &m, &why) &&
			why_is(&why, "file_missing"),
		"one that is missing is told");
	bug_if(link(path_of("70.v1"), path_of("71.v1")) != 0 ||
		link(path_of("70.v1"), path_of("70.v2")) != 0);
	for (int i = 0; i < 2; i++)
		ok(!manifest_file_read(archive, arena, (struct manifest_ref){71 - i, 1 + i}, &m, &why) &&
				why_is(&why, "manifest_malformed") &&
				strstr(why.text, "it is of batch 70 version 1"),
			"another's under its name is told");
	bug_if(unlink(path_of("71.v1")) != 0 || unlink(path_of("70.v2")) != 0);
}

static void remove_archive(void)
{
	pid_t rm = fork();
	if (rm == 0) {
		execlp("rm", "rm", "-rf", archive, NULL);
		_exit(1);
	}
	waitpid(rm, NULL, 0);
}

int main(void)
{
	bug_if(!mkdtemp(archive));
	arena = arena_new();
	test_good();
	test_list();
	test_no_directory();
	test_trouble();
	test_flush("test.manifest.sync");
	test_flush("test.manifest.directory.sync");
	board_use(NULL);
	arena_free(arena);
	remove_archive();
	return done_testing();
}
