#include "ledger/payout/manifest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"
#include "ledger/base/file.h"

struct put {
	const char *draft, *name; /* in the directory */
};

struct manifest_files {
	struct arena *arena;
	const char *path;
	int directory;
	size_t n, room;
	struct put *at;
};

static bool trouble(const struct manifest_files *f, const char *name, struct why *why)
{
	return why_set(why, "file_trouble", "%s/%s: %s", f->path, name, strerror(errno));
}

struct manifest_files *manifest_files_open(const char *archive, struct why *why)
{
	struct manifest_files *f = calloc(1, sizeof *f);
	bug_if(!f);
	f->directory = -1;
	f->arena = arena_new();
	f->path = arena_printf(f->arena, "%s/manifest", archive);
	if (!make_directory_durable(f->path, 0755, why)) {
		manifest_files_drop(&f);
		return NULL;
	}
	f->directory = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->directory < 0) {
		trouble(f, "", why);
		manifest_files_drop(&f);
		return NULL;
	}
	return f;
}

void manifest_files_drop(struct manifest_files **at)
{
	struct manifest_files *f = *at;
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		unlinkat(f->directory, f->at[i].draft, 0);
	if (f->directory >= 0)
		close(f->directory);
	arena_free(f->arena);
	free(f);
	*at = NULL;
}

static void remember(struct manifest_files *f, struct put put)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->at = arena_regrow(f->arena, f->at, f->n, f->room, sizeof *f->at);
	}
	f->at[f->n++] = put;
}

static bool write_all(int fd, struct bytes text)
{
	for (size_t done = 0; done < text.n;) {
		ssize_t n = write(fd, text.at + done, text.n - done);
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	/* The disk begins now; the flush in manifest_files_keep then waits for little. */
	return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) == 0 || errno == EINVAL || errno == ENOSYS ||
	       errno == ESPIPE;
}

/* What was released under this name and is another batch was lost together with its release, and may have been sent: it is the only one
 * that still knows until when. */
static bool is_of_another(
	struct manifest_files *f, const struct manifest *m, const char *name, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct manifest there;
	struct bytes text;
	if (faccessat(f->directory, name, F_OK, 0) != 0)
		return errno != ENOENT && !trouble(f, name, why);
	if (!read_file(a, arena_printf(a, "%s/%s", f->path, name), MANIFEST_MAX, &text, why))
		return true;
	if (manifest_parse(a, text, &there, why) && hash_eq(&there.batch.root, &m->batch.root))
		return false;
	why_set(why, "manifest_differs",
		"%s/%s is of another batch, which this database does not know: what was released has been lost. Run chitra recover "
		"with every sent journal; when it has found nothing that was sent of that batch, move the file away",
		f->path, name);
	return true;
}

bool manifest_files_put(struct manifest_files *f, const struct manifest *m, struct why *why)
{
	CLEANUP(buf_free) struct buf text;
	const char *name = strrchr(manifest_name(f->arena, m->batch.batch, m->batch.version), '/') + 1;
	/* Whoever writes this batch's manifest holds the batch's row: the draft of one that died is written over. */
	struct put put = {.name = name, .draft = arena_printf(f->arena, ".%s.tmp", name)};
	buf_init(&text, MANIFEST_MAX);
	if (is_of_another(f, m, name, why))
		return false;
	manifest_text(m, &text); /* a batch is a ward's: some thousand lines */
	int fd = openat(f->directory, put.draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return trouble(f, put.draft, why);
	remember(f, put);
	bool written = (!failpoint("manifest.write") && write_all(fd, buf_bytes(&text))) ||
		       trouble(f, put.draft, why);
	if (close(fd) != 0 && written)
		written = trouble(f, put.draft, why);
	return written;
}

static void flush(const struct manifest_files *f, const char *name)
{
	int fd = openat(f->directory, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || failpoint("manifest.sync") || fsync(fd) != 0)
		bug("could not make %s/%s durable: %s", f->path, name, strerror(errno));
	close(fd);
}

bool manifest_files_keep(struct manifest_files *f, struct why *why)
{
	for (size_t i = 0; i < f->n; i++)
		flush(f, f->at[i].draft);
	for (; f->n > 0; f->n--) {
		const struct put *p = &f->at[f->n - 1];
		if (failpoint("manifest.rename") ||
			renameat(f->directory, p->draft, f->directory, p->name) != 0)
			return trouble(f, p->name, why);
	}
	if (failpoint("manifest.directory.sync") || fsync(f->directory) != 0)
		bug("could not make %s durable: %s", f->path, strerror(errno));
	return true;
}
