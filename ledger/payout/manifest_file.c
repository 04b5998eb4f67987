#include "ledger/payout/manifest_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"
#include "ledger/base/file.h"
#include "ledger/base/text.h"

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
	if (faccessat(f->directory, name, F_OK, 0) != 0) {
		if (errno == ENOENT)
			return false;
		trouble(f, name, why);
		return true;
	}
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
	bool written = !failpoint("manifest.write") && write_all(fd, buf_bytes(&text));
	if (!written)
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

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

/* "17.v1"; a draft begins with a dot. */
static bool ref_parse(const char *name, struct manifest_ref *out)
{
	const char *v = strstr(name, ".v");
	uint64_t batch, version;
	if (!v || !text_u64(bytes_of(name, (size_t)(v - name)), INT64_MAX, &batch) ||
		!text_u64(bytes_z(v + 2), INT32_MAX, &version))
		return false;
	*out = (struct manifest_ref){(int64_t)batch, (int32_t)version};
	return true;
}

static int by_batch(const void *a, const void *b)
{
	const struct manifest_ref *x = a, *y = b;
	if (x->batch != y->batch)
		return x->batch < y->batch ? -1 : 1;
	return (x->version > y->version) - (x->version < y->version);
}

bool manifest_files_list(
	const char *archive, struct arena *a, struct manifest_ref **out, size_t *n, struct why *why)
{
	const char *path = arena_printf(a, "%s/manifest", archive);
	DIR *d = opendir(path);
	size_t room = 0;
	const struct dirent *e;
	*out = NULL;
	*n = 0;
	if (!d)
		return errno == ENOENT || why_set(why, "file_trouble", "%s: %s", path, strerror(errno));
	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (*n == room) {
			room = room ? 2 * room : 256;
			*out = arena_regrow(a, *out, *n, room, sizeof **out);
		}
		*n += ref_parse(e->d_name, &(*out)[*n]);
	}
	int trouble_no = errno;
	closedir(d);
	if (trouble_no)
		return why_set(why, "file_trouble", "%s: %s", path, strerror(trouble_no));
	if (*n > 1)
		qsort(*out, *n, sizeof **out, by_batch);
	return true;
}

bool manifest_file_read(
	const char *archive, struct arena *a, struct manifest_ref ref, struct manifest *out, struct why *why)
{
	const char *name = manifest_name(a, ref.batch, ref.version);
	struct bytes text;
	struct manifest m;
	if (!read_file(a, arena_printf(a, "%s/%s", archive, name), MANIFEST_MAX, &text, why))
		return false;
	if (!manifest_parse(a, text, &m, why))
		return why_prefix(why, "%s", name);
	if (m.batch.batch != ref.batch || m.batch.version != ref.version)
		return why_set(why, "manifest_malformed", "%s: it is of batch %" PRId64 " version %" PRId32,
			name, m.batch.batch, m.batch.version);
	*out = m;
	return true;
}
