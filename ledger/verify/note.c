#include "ledger/verify/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 100

/* Unicode's other spaces, which no name has. */
static bool has_space(struct text name)
{
	static const char *const spaces[] = {"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (memmem(name.at, name.n, spaces[i], strlen(spaces[i])) != NULL)
			return true;
	for (size_t i = 0; i + 2 < name.n; i++)
		if (memcmp(name.at + i, "\xe2\x80", 2) == 0 && (unsigned char)name.at[i + 2] <= 0x8a)
			return true;
	return false;
}

static bool name_fits(struct text name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.at[i] <= 0x20 || name.at[i] == '+' || name.at[i] == 0x7f)
			return false;
	return name.n >= 1 && name.n <= 255 && text_utf8(name) && !has_space(name);
}

bool signer_read(struct text vkey, struct signer *out)
{
	struct signer s;
	struct text id;
	uint8_t key[33];
	size_t n = sizeof key;
	crypto_hash_sha256_state state;
	uint8_t hash[32];

	if (!text_until(&vkey, '+', &s.name) || !name_fits(s.name) || !text_until(&vkey, '+', &id) ||
		!text_hex(id, s.id, 4) || !text_base64(vkey, key, &n) || n != sizeof key ||
		(key[0] != 0x01 && key[0] != 0x04))
		return false;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)s.name.at, s.name.n);
	crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
	crypto_hash_sha256_update(&state, key, n);
	crypto_hash_sha256_final(&state, hash);
	if (memcmp(hash, s.id, 4) != 0)
		return false;
	s.type = key[0];
	memcpy(s.key, key + 1, 32);
	*out = s;
	return true;
}

/* The text ends before the last empty line; what follows are signature lines. */
static bool split(struct text note, struct text *text, struct text *lines)
{
	for (size_t i = note.n; i >= 2; i--) {
		if (note.at[i - 1] == '\n' && note.at[i - 2] == '\n') {
			*text = (struct text){.at = note.at, .n = i - 1};
			*lines = (struct text){.at = note.at + i, .n = note.n - i};
			return lines->n > 0;
		}
	}
	return false;
}

static bool clean(struct text note)
{
	for (size_t i = 0; i < note.n; i++)
		if (((unsigned char)note.at[i] < 0x20 && note.at[i] != '\n') || note.at[i] == 0x7f)
			return false;
	return note.n <= NOTE_MAX && text_utf8(note);
}

static bool fits(const struct signer *s, struct text text, const uint8_t *signature, size_t n, uint64_t *at)
{
	char head[64];
	uint64_t time = 0;
	unsigned char message[NOTE_MAX + sizeof head];
	size_t m;

	if (s->type == 0x01) {
		*at = 1;
		return n == 64 && crypto_sign_verify_detached(
					  signature, (const unsigned char *)text.at, text.n, s->key) == 0;
	}
	if (n != 72)
		return false;
	for (size_t i = 0; i < 8; i++)
		time = time << 8 | signature[i];
	m = (size_t)snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	memcpy(message, head, m);
	memcpy(message + m, text.at, text.n);
	*at = time;
	return time > 0 && time <= INT64_MAX &&
	       crypto_sign_verify_detached(signature + 8, message, m + text.n, s->key) == 0;
}

enum note_answer note_open(
	struct text note, const struct signer *signers, size_t n, uint64_t *signed_at, struct text *text)
{
	struct text body, lines, line, name;

	if (!clean(note) || !split(note, &body, &lines))
		return NOTE_MALFORMED;
	memset(signed_at, 0, n * sizeof *signed_at);
	for (size_t seen = 0; lines.n > 0; seen++) {
		uint8_t signature[8192]; /* ML-DSA-44 takes 2,424 */
		size_t length = sizeof signature;

		if (seen == LINES_MAX || !text_until(&lines, '\n', &line) ||
			!text_skip(&line, "\xe2\x80\x94 ") || !text_until(&line, ' ', &name) ||
			!name_fits(name) || !text_base64(line, signature, &length) || length < 5)
			return NOTE_MALFORMED;
		for (size_t i = 0; i < n; i++) {
			if (!text_same(name, signers[i].name) || memcmp(signature, signers[i].id, 4) != 0)
				continue;
			if (!fits(&signers[i], body, signature + 4, length - 4, &signed_at[i]))
				return NOTE_BAD_SIGNATURE;
		}
	}
	*text = body;
	return NOTE_FINE;
}

bool checkpoint_read(struct text text, struct checkpoint *out)
{
	struct checkpoint c;
	struct text size, root;
	size_t n = sizeof c.root.at;
	int64_t count;

	if (!text_until(&text, '\n', &c.origin) || !name_fits(c.origin) || !text_until(&text, '\n', &size) ||
		!text_count(size, &count) || !text_until(&text, '\n', &root) ||
		!text_base64(root, c.root.at, &n) || n != sizeof c.root.at || text.n != 0)
		return false;
	c.size = (uint64_t)count;
	*out = c;
	return true;
}
