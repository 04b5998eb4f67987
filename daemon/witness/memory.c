#include "daemon/witness/memory.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/base/file.h"

enum { FILE_MAX = 2 * NOTE_MAX };

struct memory {
	struct append *lock;
	char directory[];
};

void memory_close(struct memory *m)
{
	if (m == NULL)
		return;
	append_close(m->lock);
	free(m);
}

struct memory *memory_open(const char *directory, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct append *lock = append_open(arena_printf(a, "%s/lock", directory), why);
	struct memory *m;

	if (lock == NULL)
		return NULL;
	m = malloc(sizeof(*m) + strlen(directory) + 1);
	if (m == NULL)
		bug("out of memory");
	m->lock = lock;
	memcpy(m->directory, directory, strlen(directory) + 1);
	return m;
}

const char *memory_name(const struct watched *log, char out[static HASH_HEX_SIZE])
{
	struct hash h = sha256(bytes_z(log->origin));

	return hash_hex(&h, out);
}

static const char *path_of(const struct memory *m, struct arena *a, const struct watched *log)
{
	char name[HASH_HEX_SIZE];

	return arena_printf(a, "%s/%s", m->directory, memory_name(log, name));
}

bool memory_shows(
	struct memory *m, struct arena *a, const struct watched *log, struct bytes *note, struct why *why)
{
	return read_file(a, path_of(m, a, log), FILE_MAX, note, why);
}

bool memory_recall(struct memory *m, const struct note_verifier *self, struct watched *log, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct note *note = arena_alloc(a, sizeof(*note));
	struct checkpoint c;
	struct why inner = {.code = ""};
	struct bytes file;
	uint64_t at;

	if (!memory_shows(m, a, log, &file, &inner)) {
		if (!why_is(&inner, "file_missing"))
			return why_set(why, inner.code, "%s", inner.text);
		log->size = 0;
		return true;
	}
	if (!note_parse(file, note, &inner) || !note_verify(note, self, 1, &at, &inner) ||
		!checkpoint_parse(note->text, &c, &inner))
		return why_set(why, "memory_damaged", "%s: %s", path_of(m, a, log), inner.text);
	if (strcmp(c.origin, log->origin) != 0)
		return why_set(why, "memory_damaged", "%s: it is of another log", path_of(m, a, log));
	log->size = c.size;
	log->root = c.root;
	return true;
}

/* The text and the lines of keys that we know; whatever else stood in the request is not kept. */
static void known_part(const struct ruling *r, struct buf *out)
{
	buf_add_bytes(out, r->note.text);
	buf_add_z(out, "\n");
	for (size_t i = 0; i < r->note.n; i++) {
		const struct note_line *line = &r->note.lines[i];

		for (size_t k = 0; k < r->log->keys_n; k++) {
			if (note_line_is(line, &r->log->keys[k])) {
				note_line_text(line, out);
				break;
			}
		}
	}
}

bool memory_keep(
	struct memory *m, struct watched *log, const struct ruling *r, struct bytes line, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf file = BUF(FILE_MAX);

	bug_if(r->status != 200 || r->log != log);
	known_part(r, &file);
	buf_add_bytes(&file, line);
	bug_if(!buf_ok(&file));
	if (!write_file_durable(path_of(m, a, log), buf_bytes(&file), 0644, why))
		return false;
	log->size = r->now.size;
	log->root = r->now.root;
	return true;
}

static void drop_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static size_t files_that_begin(const char *directory, const char *prefix)
{
	CLEANUP(drop_dir) DIR *d = opendir(directory);
	struct dirent *entry;
	size_t n = 0;

	while (d != NULL && (entry = readdir(d)) != NULL)
		n += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	return n;
}

bool memory_keep_evidence(struct memory *m, const struct ruling *r)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf file = BUF(FILE_MAX);
	char name[HASH_HEX_SIZE], root[HASH_HEX_SIZE];
	const char *prefix = arena_printf(a, "%s.%s.", memory_name(r->log, name),
		r->evidence == CONTRADICTION ? "refused" : "unproven");
	const char *path = arena_printf(
		a, "%s/%s%" PRIu64 ".%s", m->directory, prefix, r->now.size, hash_hex(&r->now.root, root));
	struct stat st;

	bug_if(r->evidence == NO_EVIDENCE);
	if (stat(path, &st) == 0 || files_that_begin(m->directory, prefix) >= EVIDENCE_MAX)
		return false;
	known_part(r, &file);
	return write_file_durable(path, buf_bytes(&file), 0644, NULL);
}
