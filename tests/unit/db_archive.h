/* db_archive.h: an archive directory, the log's key, and a sealer over them. What the tests of sealing and recovery share. */
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include "ledger/base/file.h"
#include "ledger/books/head_store.h"
#include "ledger/books/seal_store.h"
#include "tests/unit/db_books.h"

#define ORIGIN "chitra.example/ledger"

static struct sign_key *key;
static struct note_verifier verifier;
static struct archive *archive;
static struct sealer sealer;
static char directory[64];

static inline void archive_begin(void)
{
	struct why why;
	struct verify_key public;

	snprintf(directory, sizeof directory, "%s/chitra-seal-XXXXXX",
		getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(directory) == NULL)
		bug("no directory");
	key = sign_new();
	public = sign_public(key);
	verifier = note_verifier(ORIGIN, NOTE_ED25519, &public);
	archive = archive_open(directory, &verifier, &why);
	if (archive == NULL)
		bug("%s", why.text);
	sealer = (struct sealer){.log = verifier, .key = key, .archive = archive};
}

static inline const char *path_of(struct arena *a, const char *rest)
{
	return arena_printf(a, "%s/%s", directory, rest);
}

static inline struct bytes file_of(struct arena *a, const char *rest)
{
	struct bytes bytes = {.n = 0};
	struct why why;

	if (!read_file(a, path_of(a, rest), 64U << 20, &bytes, &why))
		note("%s: %s", rest, why.text);
	return bytes;
}

static inline void put_file(struct arena *a, const char *rest, struct bytes bytes)
{
	struct why why;

	if (!write_file_durable(path_of(a, rest), bytes, 0644, &why))
		bug("%s", why.text);
}

static inline bool there(struct arena *a, const char *rest)
{
	struct stat st;

	return stat(path_of(a, rest), &st) == 0;
}

static inline enum result seal(struct work *w, size_t *n)
{
	*n = 9999999;
	w->deadline_us = work_deadline_in_ms(60000);
	return books_seal(w, &sealer, n);
}

static inline struct genesis genesis_of(struct genesis_key *k)
{
	k->purpose = "log";
	k->key = sign_public(key);
	return (struct genesis){
		.origin = ORIGIN, .sandbox = true, .id_key_version = 1, .n_keys = 1, .keys = k};
}

static inline void post_n(struct db *db, int64_t from, size_t n)
{
	struct work w = work_on(db);
	struct entry *at = arena_array(w.arena, n, struct entry);

	for (size_t i = 0; i < n; i++)
		at[i] = settled_of(w.arena, from + (int64_t)i, 3);
	if (!went(&w, post_all(&w, at, n, FLOORS_RECORD, NULL)))
		bug("not posted");
	arena_free(w.arena);
}

static inline void archive_end(void)
{
	static const char *const shelves[] = {
		"checkpoint/0", "leaves/0", "checkpoint", "leaves", "witnessed", "."};
	struct arena *a = arena_new();

	for (size_t i = 0; i < COUNT_OF(shelves); i++) {
		DIR *d = opendir(path_of(a, shelves[i]));
		struct dirent *e;

		while (d != NULL && (e = readdir(d)) != NULL)
			unlinkat(dirfd(d), e->d_name, 0);
		if (d != NULL)
			closedir(d);
		rmdir(path_of(a, shelves[i]));
	}
	rmdir(directory);
	archive_close(archive);
	sign_free(key);
	arena_free(a);
}
