#include "daemon/duties/gate_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ledger/base/evidence.h"
#include "ledger/base/file.h"
#include "ledger/base/text.h"

#define KEY_FILE_SIZE 4096

/* Lines whpk_…; empty lines and those that begin with # are for people. */
static bool read_bank_keys(struct arena *a, const char *path, struct gate_bank *bank, struct why *why)
{
	struct bytes text, line;
	bool ended;
	if (!read_file(a, path, KEY_FILE_SIZE, &text, why))
		return false;
	while (bytes_line(&text, &line, &ended)) {
		if (line.n == 0 || line.at[0] == '#')
			continue;
		if (bank->keys_n == GATE_KEYS_MAX)
			return why_set(why, "config_key", "%s: more than %d keys", path, GATE_KEYS_MAX);
		if (!webhook_public_parse(line, &bank->keys[bank->keys_n]))
			return why_set(why, "config_key", "%s: a line is no public key whpk_…", path);
		bank->keys_n++;
	}
	return bank->keys_n > 0 ||
	       why_set(why, "config_key", "%s: there is no public key (whpk_…) in it", path);
}

static bool read_evidence(struct arena *a, const char *path, struct key32 *out, struct why *why)
{
	struct bytes text, line;
	bool ended;
	size_t n;
	if (!path)
		return why_set(
			why, "config_missing", "[evidence] public_key is not set; the gate seals with it");
	if (!read_file(a, path, KEY_FILE_SIZE, &text, why))
		return false;
	if (!bytes_line(&text, &line, &ended) ||
		!base64_decode(BASE64_STD, line, out->b, sizeof out->b, &n) || n != sizeof out->b)
		return why_set(why, "config_key", "%s: the line is no public key (base64 of 32 bytes)", path);
	return true;
}

static bool load(const struct config *c, struct arena *a, struct gate_keys *k, struct why *why)
{
	size_t n;
	const char *const *labels = config_labels(c, "bank", &n);
	k->banks = calloc(n + 1, sizeof *k->banks);
	bug_if(!k->banks);
	for (size_t i = 0; i < n; i++) {
		char section[64];
		snprintf(section, sizeof section, "bank %s", labels[i]);
		const char *path = config_text(c, section, "bank_key");
		if (!path)
			continue;
		struct gate_bank *bank = &k->banks[k->n++];
		bank->code = labels[i];
		if (!read_bank_keys(a, path, bank, why))
			return false;
	}
	return k->n == 0 || read_evidence(a, config_text(c, "evidence", "public_key"), &k->evidence, why);
}

bool gate_keys_load(const struct config *c, struct gate_keys *out, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	*out = (struct gate_keys){0};
	if (load(c, a, out, why))
		return true;
	gate_keys_free(out);
	return false;
}

void gate_keys_free(struct gate_keys *k)
{
	free(k->banks);
	*k = (struct gate_keys){0};
}

struct gate_bank *gate_bank_find(const struct gate_keys *k, const char *code)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcasecmp(k->banks[i].code, code) == 0)
			return &k->banks[i];
	return NULL;
}
