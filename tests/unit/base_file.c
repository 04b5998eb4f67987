/* Files: limits, durable writes, the append-only file and its lock. */
#include "ledger/base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/tap.h"

static char directory[] = "/tmp/chitra-file-XXXXXX";

static const char *in_directory(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void test_write(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes back;
	struct stat st;
	struct why why;

	ok(!read_file(a, in_directory("none"), 100, &back, &why) && why_is(&why, "file_missing"),
		"a missing file is named");
	ok(write_file_durable(in_directory("f"), bytes_z("first"), 0600, &why), "a file is written");
	ok(stat(in_directory("f"), &st) == 0 && (st.st_mode & 0777) == 0600, "with its mode");
	ok(write_file_durable(in_directory("f"), bytes_z("second"), 0644, &why), "and replaced");
	ok(read_file(a, in_directory("f"), 6, &back, &why) && bytes_eq_z(back, "second"), "and read back");
	ok(!read_file(a, in_directory("f"), 5, &back, &why) && why_is(&why, "file_too_large"),
		"a byte too many is refused");
	ok(!read_file(a, directory, 100, &back, &why) && why_is(&why, "file_trouble"),
		"a directory is no file");
	ok(!write_file_durable(in_directory("no/where"), bytes_z("x"), 0600, &why) &&
			why_is(&why, "file_trouble"),
		"a directory that is missing is told");
	ok(write_file_durable(in_directory("empty"), bytes_of(NULL, 0), 0600, &why) &&
			read_file(a, in_directory("empty"), 0, &back, &why) && back.n == 0,
		"an empty file is a file");
	ok(make_directory_durable(in_directory("d"), 0700, &why) &&
			make_directory_durable(in_directory("d"), 0700, &why),
		"a directory is made once and found again");
	ok(!make_directory_durable(in_directory("f"), 0700, &why), "a file in its place is told");
	rmdir(in_directory("d"));
	umask(077);
	ok(make_directory_durable(in_directory("d"), 0755, &why) && stat(in_directory("d"), &st) == 0 &&
			(st.st_mode & 0777) == 0755,
		"who may enter it does not hang on the umask");
	rmdir(in_directory("d"));
	unlink(in_directory("f"));
	unlink(in_directory("empty"));
	ok(rmdir(directory) == 0 && mkdir(directory, 0700) == 0, "no temporary file is left behind");
}

static void test_reserve(void)
{
	struct why why;
	CLEANUP(append_drop) struct append *f = append_open(in_directory("reserve"), &why);

	ok(f && append_durable(f, bytes_z("line\n"), &why), "a file is appended to");
	ok(append_reserve(f, 4096, &why), "room that there is is reserved");
	is_i64((int64_t)append_size(f), 5, "and the file has not grown");
	ok(append_durable(f, bytes_z("line\n"), &why) && append_size(f) == 10,
		"what comes next stands behind");
	ok(!append_reserve(f, (size_t)1 << 56, &why) && why_is(&why, "file_trouble"),
		"room that there is not is refused");
	unlink(in_directory("reserve"));
}

static void test_append(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(append_drop) struct append *f = NULL;
	CLEANUP(append_drop) struct append *second = NULL;
	struct bytes back;
	struct why why;

	f = append_open(in_directory("journal"), &why);
	ok(f != NULL && append_size(f) == 0, "a journal begins empty");
	if (f == NULL)
		return;
	ok(append_durable(f, bytes_z("one\n"), &why) && append_durable(f, bytes_z("two\n"), &why),
		"records are appended");
	second = append_open(in_directory("journal"), &why);
	ok(second == NULL && why_is(&why, "file_locked"), "nobody else can append meanwhile");
	append_close(f);
	f = append_open(in_directory("journal"), &why);
	ok(f != NULL && append_size(f) == 8, "it goes on where it ended");
	if (f == NULL)
		return;
	ok(append_cut(f, 4, &why) && append_durable(f, bytes_z("three\n"), &why), "a torn tail is cut off");
	ok(read_file(a, in_directory("journal"), 100, &back, &why) && bytes_eq_z(back, "one\nthree\n"),
		"the file holds what was said");
}

/* A disk that is full half way through a record: RLIMIT_FSIZE makes write() stop at 10 bytes, then fail with EFBIG. */
static void test_disk_full(void)
{
	struct rlimit limit = {.rlim_cur = 10, .rlim_max = RLIM_INFINITY};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct append *f = append_open(in_directory("full"), NULL);
		struct why why = {0};

		signal(SIGXFSZ, SIG_IGN);
		if (f == NULL || !append_durable(f, bytes_z("1234567\n"), NULL) ||
			setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(2);
		if (append_durable(f, bytes_z("abcdefg\n"), &why) || !why_is(&why, "file_trouble"))
			_exit(3);
		_exit(append_size(f) == 8 && append_durable(f, bytes_z("9\n"), NULL) && append_size(f) == 10
				? 0
				: 4);
	}
	waitpid(pid, &status, 0);
	is_i64(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0,
		"a record that did not fit is told and the next one is written");
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes back;
	struct why why;
	ok(read_file(a, in_directory("full"), 100, &back, &why) && bytes_eq_z(back, "1234567\n9\n"),
		"no half of a record stays in the file");
	unlink(in_directory("full"));
}

int main(void)
{
	if (mkdtemp(directory) == NULL)
		return 1;
	test_write();
	test_reserve();
	test_append();
	test_disk_full();
	unlink(in_directory("journal"));
	rmdir(directory);
	return done_testing();
}
