#include "ledger/books/archive.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/base/text.h"

#define SHELF 65536 /* files of one directory, by their number */
#define MODE  0644  /* no personal data; who may enter the directory is the operator's choice */

struct archive {
	bool knows_log;
	struct note_verifier log;
	char directory[];
};

void archive_close(struct archive *a)
{
	free(a);
}

void archive_drop(struct archive **a)
{
	archive_close(*a);
}

static const char *log_path(const char *directory, struct arena *arena)
{
	return arena_printf(arena, "%s/log", directory);
}

static bool read_log(const char *directory, struct note_verifier *out)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	struct bytes vkey;

	return read_file(arena, log_path(directory, arena), NOTE_MAX, &vkey, NULL) &&
	       note_vkey_parse(vkey, out, NULL);
}

static bool write_log(const char *directory, const struct note_verifier *log, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	CLEANUP(buf_free) struct buf vkey = BUF(NOTE_MAX);
	struct note_verifier there;

	if (read_log(directory, &there) && there.key_id == log->key_id && strcmp(there.name, log->name) == 0)
		return true;
	note_vkey_format(log, &vkey);
	return write_file_durable(log_path(directory, arena), buf_bytes(&vkey), MODE, why);
}

bool archive_log(const struct archive *a, struct note_verifier *out)
{
	if (a->knows_log)
		*out = a->log;
	return a->knows_log || read_log(a->directory, out);
}

struct archive *archive_open(const char *directory, const struct note_verifier *log, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	struct stat st;
	struct archive *a;

	if (stat(directory, &st) != 0 || !S_ISDIR(st.st_mode)) {
		why_set(why, "archive_missing", "the archive %s is not there", directory);
		return NULL;
	}
	/* Whoever writes makes the directories, so that they are the scribe's. */
	if (log != NULL &&
		(!make_directory_durable(arena_printf(arena, "%s/checkpoint", directory), 0755, why) ||
			!make_directory_durable(arena_printf(arena, "%s/leaves", directory), 0755, why) ||
			!write_log(directory, log, why)))
		return NULL;
	a = malloc(sizeof(*a) + strlen(directory) + 1);
	if (a == NULL)
		bug("out of memory");
	a->knows_log = log != NULL;
	if (log != NULL)
		a->log = *log;
	memcpy(a->directory, directory, strlen(directory) + 1);
	return a;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static const char *checkpoint_path(const struct archive *a, struct arena *arena, uint64_t size)
{
	return arena_printf(arena, "%s/checkpoint/%" PRIu64 "/%" PRIu64, a->directory, size / SHELF, size);
}

static const char *leaves_path(const struct archive *a, struct arena *arena, uint64_t first, uint64_t last)
{
	return arena_printf(arena, "%s/leaves/%" PRIu64 "/%" PRIu64 "-%" PRIu64, a->directory, first / SHELF,
		first, last);
}

static bool make_shelf(
	const struct archive *a, struct arena *arena, const char *kind, uint64_t n, struct why *why)
{
	return make_directory_durable(
		arena_printf(arena, "%s/%s/%" PRIu64, a->directory, kind, n / SHELF), 0755, why);
}

static void drop_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* Calls each(ctx, name) for what is in a directory; one that is not there is empty. */
static bool each_name(const char *path, void (*each)(void *ctx, const char *name), void *ctx, struct why *why)
{
	CLEANUP(drop_dir) DIR *d = opendir(path);
	struct dirent *entry;

	if (d == NULL && errno == ENOENT)
		return true;
	if (d == NULL)
		return why_set(why, "file_trouble", "could not open %s: %s", path, strerror(errno));
	while (errno = 0, (entry = readdir(d)) != NULL)
		each(ctx, entry->d_name);
	if (errno != 0)
		return why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	return true;
}

/* The largest number that is a name. */
struct largest {
	bool found;
	uint64_t n;
};

static void larger(void *ctx, const char *name)
{
	struct largest *l = ctx;
	uint64_t n;

	if (text_u64(bytes_z(name), INT64_MAX, &n) && (!l->found || n > l->n))
		*l = (struct largest){.found = true, .n = n};
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------ */

static bool damaged(struct why *why, const char *path, const char *what)
{
	return why_set(why, "archive_damaged", "%s is damaged: %s", path, what);
}

static bool read_checkpoint(
	const struct archive *a, struct arena *arena, uint64_t size, struct archived *out, struct why *why)
{
	const char *path = checkpoint_path(a, arena, size);
	struct archived found;
	struct note *note = arena_alloc(arena, sizeof(*note));
	uint64_t signed_at;
	struct why inner = {.code = ""};

	if (!read_file(arena, path, NOTE_MAX, &found.note, why))
		return false;
	if (!note_parse(found.note, note, &inner) ||
		(a->knows_log && !note_verify(note, &a->log, 1, &signed_at, &inner)) ||
		!checkpoint_parse(note->text, &found.checkpoint, &inner))
		return damaged(why, path, inner.text);
	if (a->knows_log && strcmp(found.checkpoint.origin, a->log.name) != 0)
		return damaged(why, path, "it is of another log");
	if (found.checkpoint.size != size)
		return damaged(why, path, "its name is not its size");
	*out = found;
	return true;
}

bool archive_at(
	const struct archive *a, struct arena *arena, uint64_t size, struct archived *out, struct why *why)
{
	struct why inner = {.code = ""};

	if (read_checkpoint(a, arena, size, out, &inner))
		return true;
	if (!why_is(&inner, "file_missing"))
		return why_set(why, inner.code, "%s", inner.text);
	*out = (struct archived){.checkpoint = {.size = 0}};
	return true;
}

bool archive_newest(const struct archive *a, struct arena *arena, struct archived *out, struct why *why)
{
	const char *path = arena_printf(arena, "%s/checkpoint", a->directory);
	struct largest shelf = {.found = false};
	struct largest size = {.found = false};

	if (!each_name(path, larger, &shelf, why))
		return false;
	/* A crash may have made a shelf and not filled it. */
	for (uint64_t n = shelf.found ? shelf.n + 1 : 0; n > 0 && !size.found; n--)
		if (!each_name(arena_printf(arena, "%s/%" PRIu64, path, n - 1), larger, &size, why))
			return false;
	if (!size.found) {
		*out = (struct archived){.checkpoint = {.size = 0}};
		return true;
	}
	return read_checkpoint(a, arena, size.n, out, why);
}

bool archive_checkpoint(
	const struct archive *a, const struct checkpoint *c, struct bytes note, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	struct archived there;

	bug_if(!a->knows_log || strcmp(c->origin, a->log.name) != 0);
	if (!archive_at(a, arena, c->size, &there, why))
		return false;
	if (there.checkpoint.size != 0)
		return hash_eq(&there.checkpoint.root, &c->root) ||
		       why_set(why, "archive_other_root",
			       "the archive has a checkpoint of size %" PRIu64 " with another root", c->size);
	return make_shelf(a, arena, "checkpoint", c->size, why) &&
	       write_file_durable(checkpoint_path(a, arena, c->size), note, MODE, why);
}

/* ---- witnesses -------------------------------------------------------------------------------------------------- */

static const char *witnessed_path(
	const struct archive *a, struct arena *arena, const struct note_verifier *witness)
{
	return arena_printf(arena, "%s/witnessed/%08" PRIx32, a->directory, witness->key_id);
}

bool archive_keep_witnessed(
	const struct archive *a, const struct note_verifier *witness, struct bytes note, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();

	return make_directory_durable(arena_printf(arena, "%s/witnessed", a->directory), 0755, why) &&
	       write_file_durable(witnessed_path(a, arena, witness), note, MODE, why);
}

bool archive_witnessed(const struct archive *a, struct arena *arena, const struct note_verifier *witness,
	struct bytes *out, struct why *why)
{
	struct why inner = {.code = ""};

	if (read_file(arena, witnessed_path(a, arena, witness), 2 * NOTE_MAX, out, &inner))
		return true;
	*out = bytes_of(NULL, 0);
	return why_is(&inner, "file_missing") || why_set(why, inner.code, "%s", inner.text);
}

/* ---- leaves ----------------------------------------------------------------------------------------------------- */

bool archive_leaves(
	const struct archive *a, uint64_t first, const struct bytes *leaves, size_t n, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	CLEANUP(buf_free) struct buf file;

	buf_init(&file, ARCHIVE_LEAVES_MAX);
	for (size_t i = 0; i < n; i++) {
		bug_if(leaves[i].n > UINT16_MAX);
		buf_u16be(&file, (uint16_t)leaves[i].n);
		buf_add_bytes(&file, leaves[i]);
	}
	bug_if(n == 0 || !buf_ok(&file));
	return make_shelf(a, arena, "leaves", first, why) &&
	       write_file_durable(leaves_path(a, arena, first, first + n - 1), buf_bytes(&file), MODE, why);
}

/* The file that holds `wanted` and ends where a checkpoint is. There may be two: what a crash left behind, of a round that was then
 * sealed in smaller ones, begins and ends where they do. The smaller one is what was sealed. */
struct holder {
	const struct archive *archive;
	struct arena *arena;
	uint64_t wanted;
	bool found;
	uint64_t first, last;
};

static bool checkpoint_there(const struct archive *a, struct arena *arena, uint64_t size)
{
	struct stat st;

	return stat(checkpoint_path(a, arena, size), &st) == 0;
}

static void holds(void *ctx, const char *name)
{
	struct holder *h = ctx;
	const char *dash = strchr(name, '-');
	uint64_t first;
	uint64_t last;

	if (dash == NULL || !text_u64(bytes_of(name, (size_t)(dash - name)), INT64_MAX, &first) ||
		!text_u64(bytes_z(dash + 1), INT64_MAX, &last))
		return;
	if (first <= h->wanted && h->wanted <= last &&
		(!h->found || last < h->last || (last == h->last && first > h->first)) &&
		checkpoint_there(h->archive, h->arena, last + 1)) {
		h->found = true;
		h->first = first;
		h->last = last;
	}
}

static bool unpack(struct arena *arena, const char *path, struct bytes file, struct holder *h,
	struct archived_leaves *out, struct why *why)
{
	size_t n = (size_t)(h->last - h->first + 1);
	struct bytes *at = arena_array(arena, n, struct bytes);

	for (size_t i = 0; i < n; i++) {
		size_t length;

		if (file.n < 2)
			return damaged(why, path, "it holds fewer leaves than its name says");
		length = (size_t)file.at[0] << 8 | file.at[1];
		if (file.n - 2 < length)
			return damaged(why, path, "its last leaf is cut");
		at[i] = bytes_of(file.at + 2, length);
		file = bytes_of(file.at + 2 + length, file.n - 2 - length);
	}
	if (file.n != 0)
		return damaged(why, path, "it holds more leaves than its name says");
	out->first = h->wanted;
	out->n = (size_t)(h->last - h->wanted + 1);
	out->at = at + (h->wanted - h->first);
	return true;
}

bool archive_read(const struct archive *a, struct arena *arena, uint64_t first, struct archived_leaves *out,
	struct why *why)
{
	struct holder h = {.archive = a, .arena = arena, .wanted = first};
	const char *path;
	struct bytes file;

	/* A file has at most 64 MiB, but may begin on an earlier shelf; what a crash left begins on no later one than what was sealed. */
	for (uint64_t shelf = first / SHELF + 1; shelf > 0 && !h.found && first / SHELF + 1 - shelf < 8;
		shelf--)
		if (!each_name(arena_printf(arena, "%s/leaves/%" PRIu64, a->directory, shelf - 1), holds, &h,
			    why))
			return false;
	if (!h.found) {
		*out = (struct archived_leaves){.n = 0};
		return true;
	}
	path = leaves_path(a, arena, h.first, h.last);
	return read_file(arena, path, ARCHIVE_LEAVES_MAX, &file, why) &&
	       unpack(arena, path, file, &h, out, why);
}

bool archive_has(const struct archive *a, const struct checkpoint *known, bool *has, struct why *why)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct compact tree = {.n = 0};
	struct archived_leaves leaves = {.n = 1};
	struct hash root;

	while (tree.n < known->size && leaves.n > 0) {
		arena_reset(some);
		if (!archive_read(a, some, tree.n, &leaves, why))
			return false;
		for (size_t i = 0; i < leaves.n && tree.n < known->size; i++) {
			struct hash leaf = merkle_leaf(leaves.at[i]);

			compact_append(&tree, &leaf);
		}
	}
	root = compact_root(&tree);
	*has = tree.n == known->size && hash_eq(&root, &known->root);
	return true;
}

/* ---- cluster ---------------------------------------------------------------------------------------------------- */

static bool take_number(struct bytes *rest, const char *key, uint64_t *out)
{
	struct bytes line;
	bool ended;
	size_t n = strlen(key);

	return bytes_line(rest, &line, &ended) && ended && bytes_starts(line, key) &&
	       text_u64(bytes_of(line.at + n, line.n - n), UINT64_MAX, out);
}

bool cluster_differs(const struct cluster *known, const struct cluster *now)
{
	return known->system != now->system || known->timeline > now->timeline ||
	       known->tables != now->tables;
}

bool archive_cluster(const struct archive *a, struct cluster *out, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	const char *path = arena_printf(arena, "%s/cluster", a->directory);
	struct why inner = {.code = ""};
	struct cluster c;
	struct bytes file;

	if (!read_file(arena, path, 1000, &file, &inner)) {
		*out = (struct cluster){.system = 0};
		return why_is(&inner, "file_missing") || why_set(why, inner.code, "%s", inner.text);
	}
	if (!bytes_starts(file, "chitra-cluster/v1\n"))
		return damaged(why, path, "it has another form");
	file = bytes_of(file.at + 18, file.n - 18);
	if (!take_number(&file, "system ", &c.system) || !take_number(&file, "timeline ", &c.timeline) ||
		!take_number(&file, "tables ", &c.tables) || file.n != 0)
		return damaged(why, path, "it has another form");
	*out = c;
	return true;
}

bool archive_note_cluster(const struct archive *a, const struct cluster *c, struct why *why)
{
	CLEANUP(arena_drop) struct arena *arena = arena_new();
	const char *text = arena_printf(arena,
		"chitra-cluster/v1\nsystem %" PRIu64 "\ntimeline %" PRIu64 "\ntables %" PRIu64 "\n",
		c->system, c->timeline, c->tables);

	return write_file_durable(arena_printf(arena, "%s/cluster", a->directory), bytes_z(text), MODE, why);
}
