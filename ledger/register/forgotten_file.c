#include "ledger/register/forgotten_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"

#define DECISION_MAX 4096 /* bytes */

static const char *directory(struct arena *a, const char *archive)
{
	return arena_printf(a, "%s/forgotten", archive);
}

bool forgotten_keep(const char *archive, const struct forgotten *f, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf text = BUF(DECISION_MAX);
	char anchor[2 * sizeof f->anchor.b + 1];
	hex_encode(f->anchor.b, sizeof f->anchor.b, anchor);
	buf_addf(&text,
		"chitra-forgotten/v1\nanchor %s\nat %" PRId64 "\nback %d\nofficer %s\nofficer %s\nnumber ",
		anchor, f->at_us, f->back, f->officers[0], f->officers[1]);
	percent_escape(bytes_z(f->number), &text);
	buf_add_z(&text, "\n");
	bug_if(!buf_ok(&text)); /* a number has at most 100 characters */
	const char *path = arena_printf(
		a, "%s/%s.%" PRId64 "%s", directory(a, archive), anchor, f->at_us, f->back ? ".back" : "");
	return make_directory_durable(directory(a, archive), 0755, why) &&
	       write_file_durable(path, buf_bytes(&text), 0644, why);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

/* The rest of the next line, which begins with the word. */
static bool take(struct bytes *rest, const char *word, struct bytes *out)
{
	struct bytes line;
	bool ended;
	if (!bytes_line(rest, &line, &ended) || !ended || !bytes_starts(line, word))
		return false;
	*out = bytes_of(line.at + strlen(word), line.n - strlen(word));
	return true;
}

static bool parse(struct arena *a, struct bytes text, struct forgotten *out)
{
	CLEANUP(buf_free) struct buf number = BUF(DECISION_MAX);
	struct bytes none, anchor, at, back, who[2], escaped;
	uint64_t us, is_back;
	if (!take(&text, "chitra-forgotten/v1", &none) || none.n != 0 || !take(&text, "anchor ", &anchor) ||
		!take(&text, "at ", &at) || !take(&text, "back ", &back) ||
		!take(&text, "officer ", &who[0]) || !take(&text, "officer ", &who[1]) ||
		!take(&text, "number ", &escaped) || text.n != 0)
		return false;
	if (!hex_decode((const char *)anchor.at, anchor.n, out->anchor.b, sizeof out->anchor.b) ||
		!text_u64(at, INT64_MAX, &us) || !text_u64(back, 1, &is_back) ||
		!percent_unescape(escaped, &number) || !buf_ok(&number))
		return false;
	out->at_us = (int64_t)us;
	out->back = is_back == 1;
	out->number = arena_strndup(a, buf_str(&number), buf_bytes(&number).n);
	for (size_t i = 0; i < COUNT_OF(who); i++)
		out->officers[i] = arena_strndup(a, (const char *)who[i].at, who[i].n);
	return true;
}

static bool add(struct arena *a, const char *path, struct forgottens *all, struct why *why)
{
	struct bytes text;
	if (!read_file(a, path, DECISION_MAX, &text, why))
		return false;
	if (all->n == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		all->at = arena_regrow(a, all->at, all->n, room, sizeof *all->at);
		all->room = room;
	}
	return parse(a, text, &all->at[all->n++]) ||
	       why_set(why, "archive_damaged", "%s: it has another form", path);
}

static void drop_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

bool forgotten_read(const char *archive, struct arena *a, struct forgottens *out, struct why *why)
{
	const char *path = directory(a, archive);
	CLEANUP(drop_dir) DIR *d = opendir(path);
	struct forgottens all = {0};
	struct dirent *entry;
	if (!d && errno != ENOENT)
		return why_set(why, "file_trouble", "could not open %s: %s", path, strerror(errno));
	while (d && (errno = 0, entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.' && !strstr(entry->d_name, ".tmp.") && /* what a crash left */
			!add(a, arena_printf(a, "%s/%s", path, entry->d_name), &all, why))
			return false;
	if (d && errno != 0)
		return why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	*out = all;
	return true;
}
