#include "ledger/verify/tar.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512U

/* Offsets in a header: name 100, mode 8, uid 8, gid 8, size 12, mtime 12, checksum 8, type 1, … */
#define SIZE     124
#define CHECKSUM 148

/* The header that a file of this name and size has. */
static void header(uint8_t to[BLOCK], struct text name, size_t size)
{
	char *at = (char *)to;
	unsigned sum = 0;

	memset(to, 0, BLOCK);
	memcpy(at, name.at, name.n);
	memcpy(at + 100, "0000444\0000000000\0000000000", 24);
	(void)snprintf(at + SIZE, 12, "%011llo", (unsigned long long)size);
	memcpy(at + 136, "00000000000\0        0", 21);
	memcpy(at + 257, "ustar\00000", 8);
	memcpy(at + 329, "0000000\0000000000", 16);
	for (size_t i = 0; i < BLOCK; i++)
		sum += to[i];
	(void)snprintf(at + CHECKSUM, 7, "%06o", sum);
	at[CHECKSUM + 7] = ' ';
}

static bool name_is_plain(struct text name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.at[i];
		bool first = i == 0 || name.at[i - 1] == '/';

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
			    (!first && c == '.') || (!first && c == '/' && i + 1 < name.n)))
			return false;
	}
	return name.n > 0;
}

static bool follows(struct text before, struct text name)
{
	size_t n = before.n < name.n ? before.n : name.n;
	int order = memcmp(before.at, name.at, n);

	return order < 0 || (order == 0 && before.n < name.n);
}

/* Eleven octal digits. */
static bool size_read(const char *at, size_t *out)
{
	size_t size = 0;

	for (size_t i = 0; i < 11; i++) {
		if (at[i] < '0' || at[i] > '7')
			return false;
		size = size * 8 + (size_t)(at[i] - '0');
	}
	*out = size;
	return true;
}

static bool all_zero(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static const char *member_read(struct text archive, size_t at, struct tar *t, size_t *after)
{
	uint8_t wanted[BLOCK];
	const char *head = archive.at + at;
	struct tar_member *m = &t->at[t->n];
	size_t room = archive.n - at - BLOCK, size, padded;

	if (t->n == TAR_MEMBERS)
		return "there are too many files";
	m->name = (struct text){.at = head, .n = strnlen(head, 100)};
	if (m->name.n == 100 || !name_is_plain(m->name))
		return "a file's name is none that is allowed here";
	if (t->n > 0 && !follows(t->at[t->n - 1].name, m->name))
		return "the files are not in the order of their names, or one is there twice";
	if (!size_read(head + SIZE, &size) || size > TAR_MAX)
		return "a file's size is none";
	header(wanted, m->name, size);
	if (memcmp(wanted, head, BLOCK) != 0)
		return "a header is not as it must be";
	padded = (size + BLOCK - 1) / BLOCK * BLOCK;
	if (padded > room)
		return "it ends within a file";
	m->content = (struct text){.at = head + BLOCK, .n = size};
	if (!all_zero(m->content.at + size, padded - size))
		return "something stands between two files";
	t->n++;
	*after = at + BLOCK + padded;
	return NULL;
}

const char *tar_read(struct text archive, struct tar *out, size_t *place)
{
	const char *wrong;

	out->n = 0;
	for (*place = 0;;) {
		if (archive.n - *place < 2 * (size_t)BLOCK)
			return "it ends before its end";
		if (archive.at[*place] == 0)
			break;
		wrong = member_read(archive, *place, out, place);
		if (wrong != NULL)
			return wrong;
	}
	if (archive.n - *place != 2 * (size_t)BLOCK || !all_zero(archive.at + *place, 2 * (size_t)BLOCK))
		return "something stands behind its end";
	return NULL;
}

const struct tar_member *tar_find(const struct tar *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (text_is(t->at[i].name, name))
			return &t->at[i];
	return NULL;
}
