#include "ledger/register/decided_file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"

static struct hash mac_of(const struct key32 *key, struct bytes text)
{
	struct bytes parts[] = {bytes_z("chitra-decided/v1\n"), text};
	return blake2b_keyed(key, parts, COUNT_OF(parts));
}

bool decided_keep(const struct decided_archive *archive, const char *kind, const char *name,
	struct bytes text, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf signed_text = BUF(DECISION_MAX);
	const char *directory = arena_printf(a, "%s/%s", archive->directory, kind);
	char hex[HASH_HEX_SIZE];
	struct hash mac = mac_of(archive->key, text);
	buf_add(&signed_text, text.at, text.n);
	buf_addf(&signed_text, "mac %s\n", hash_hex(&mac, hex));
	bug_if(!buf_ok(&signed_text)); /* each kind's text is short */
	return make_directory_durable(directory, 0755, why) &&
	       write_file_durable(
		       arena_printf(a, "%s/%s", directory, name), buf_bytes(&signed_text), 0644, why);
}

#define MAC_LINE (sizeof "mac \n" - 1 + HASH_HEX_SIZE - 1)

/* The text before the last line, which says that the desk wrote it. */
static bool is_ours(const struct key32 *key, struct bytes whole, struct bytes *text)
{
	struct bytes last, hex;
	struct hash said, mac;
	if (whole.n < MAC_LINE)
		return false;
	*text = bytes_of(whole.at, whole.n - MAC_LINE);
	last = bytes_of(whole.at + text->n, MAC_LINE);
	if (!decided_line(&last, "mac ", &hex) || last.n != 0 || !hash_from_hex(hex, &said))
		return false;
	mac = mac_of(key, *text);
	return hash_eq(&mac, &said);
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

bool decided_read(const struct decided_archive *archive, const char *kind, struct arena *a,
	bool (*take)(void *to, struct arena *a, struct bytes text), void *to, struct why *why)
{
	const char *directory = arena_printf(a, "%s/%s", archive->directory, kind);
	CLEANUP(drop_dir) DIR *d = opendir(directory);
	struct dirent *entry;
	if (!d && errno != ENOENT)
		return why_set(why, "file_trouble", "could not open %s: %s", directory, strerror(errno));
	while (d && (errno = 0, entry = readdir(d)) != NULL) {
		const char *path = arena_printf(a, "%s/%s", directory, entry->d_name);
		struct bytes whole, text;
		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".tmp.")) /* what a crash left */
			continue;
		if (!archive->key)
			return why_set(why, "decision_key",
				"%s can be believed only with the desk's id_key; set [desk] id_key", path);
		if (!read_file(a, path, DECISION_MAX, &whole, why))
			return false;
		if (!is_ours(archive->key, whole, &text))
			return why_set(why, "decision_forged",
				"%s: the desk did not write this, or somebody changed it", path);
		if (!take(to, a, text))
			return why_set(why, "archive_damaged", "%s: it has another form", path);
	}
	return !d || errno == 0 ||
	       why_set(why, "file_trouble", "could not read %s: %s", directory, strerror(errno));
}
