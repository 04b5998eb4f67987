#include "ledger/register/decided_file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"

bool decided_keep(const char *archive, const char *kind, const char *name, struct bytes text, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *directory = arena_printf(a, "%s/%s", archive, kind);
	return make_directory_durable(directory, 0755, why) &&
	       write_file_durable(arena_printf(a, "%s/%s", directory, name), text, 0644, why);
}

bool decided_line(struct bytes *text, const char *word, struct bytes *out)
{
	struct bytes line;
	bool ended;
	if (!bytes_line(text, &line, &ended) || !ended || !bytes_starts(line, word))
		return false;
	*out = bytes_of(line.at + strlen(word), line.n - strlen(word));
	return true;
}

static void drop_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

bool decided_read(const char *archive, const char *kind, struct arena *a,
	bool (*take)(void *to, struct arena *a, struct bytes text), void *to, struct why *why)
{
	const char *directory = arena_printf(a, "%s/%s", archive, kind);
	CLEANUP(drop_dir) DIR *d = opendir(directory);
	struct dirent *entry;
	if (!d && errno != ENOENT)
		return why_set(why, "file_trouble", "could not open %s: %s", directory, strerror(errno));
	while (d && (errno = 0, entry = readdir(d)) != NULL) {
		const char *path = arena_printf(a, "%s/%s", directory, entry->d_name);
		struct bytes text;
		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".tmp.")) /* what a crash left */
			continue;
		if (!read_file(a, path, DECISION_MAX, &text, why))
			return false;
		if (!take(to, a, text))
			return why_set(why, "archive_damaged", "%s: it has another form", path);
	}
	return !d || errno == 0 ||
	       why_set(why, "file_trouble", "could not read %s: %s", directory, strerror(errno));
}
