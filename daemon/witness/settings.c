#include "daemon/witness/settings.h"

#include <string.h>

enum { LOGS_MAX = 1000 };

static bool add_log(struct arena *a, struct watch_list *logs, struct bytes vkey, struct why *why)
{
	struct note_verifier v;
	struct watched *log;

	if (!note_vkey_parse(vkey, &v, why))
		return false;
	if (v.type != NOTE_ED25519)
		return why_set(why, "settings", "the key of a log must have type 0x01, this one cosigns");
	log = watched_of(logs, v.name);
	if (log == NULL) {
		if (logs->n == LOGS_MAX)
			return why_set(why, "settings", "there can be %d logs", LOGS_MAX);
		logs->at = arena_regrow(a, logs->at, logs->n, logs->n + 1, sizeof(*logs->at));
		log = &logs->at[logs->n++];
		memcpy(log->origin, v.name, sizeof(log->origin));
	}
	if (log->keys_n == LOG_KEYS_MAX)
		return why_set(why, "settings", "a log can have %d keys", LOG_KEYS_MAX);
	for (size_t i = 0; i < log->keys_n; i++)
		if (log->keys[i].key_id == v.key_id)
			return why_set(why, "settings", "this key stands there twice");
	log->keys[log->keys_n++] = v;
	return true;
}

static bool one_line(struct arena *a, struct settings *s, struct bytes line, struct why *why)
{
	const struct {
		const char *word;
		const char **value;
	} words[] = {{"listen ", &s->listen}, {"name ", &s->name}, {"key ", &s->key}, {"state ", &s->state}};

	if (line.n == 0 || line.at[0] == '#')
		return true;
	if (bytes_starts(line, "log "))
		return add_log(a, &s->logs, bytes_of(line.at + 4, line.n - 4), why);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t n = strlen(words[i].word);

		if (!bytes_starts(line, words[i].word) || line.n == n ||
			memchr(line.at, '\0', line.n) != NULL)
			continue;
		if (*words[i].value != NULL)
			return why_set(why, "settings", "%sstands there twice", words[i].word);
		*words[i].value = arena_strndup(a, (const char *)line.at + n, line.n - n);
		return true;
	}
	return why_set(why, "settings", "a line must begin with listen, name, key, state, log or #");
}

bool settings_read(struct arena *a, struct bytes file, struct settings *out, struct why *why)
{
	struct settings s = {.listen = NULL};
	struct bytes line;
	bool ended;

	for (int n = 1; bytes_line(&file, &line, &ended); n++)
		if (!one_line(a, &s, line, why))
			return why_prefix(why, "line %d", n);
	if (s.listen == NULL || s.name == NULL || s.key == NULL || s.state == NULL || s.logs.n == 0)
		return why_set(why, "settings", "listen, name, key, state and at least one log are wanted");
	if (!note_name_valid(bytes_z(s.name)))
		return why_set(why, "settings", "%s cannot be the name of a witness", s.name);
	*out = s;
	return true;
}
