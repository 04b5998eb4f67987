#include "ledger/verify/revoked.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ledger/verify/log.h"

#define FILE_MAX (64U << 10)

struct revoked {
	struct table_key key; /* of the certificate's hash */
	char time[24];        /* the earliest that counts */
};

static bool base64_field(struct text *rest, const char *key, uint8_t *at, size_t room, struct text *out)
{
	struct text value;
	size_t n = room;

	if (!text_field(rest, text_z(key), &value) || !text_base64(value, at, &n))
		return false;
	*out = (struct text){.at = (const char *)at, .n = n};
	return true;
}

static bool text_read(struct text t, struct digest *certificate, struct text *time)
{
	struct text value;

	return text_skip(&t, "chitra-revocation/v1\n") && text_field(&t, text_z("certificate"), &value) &&
	       text_hex(value, certificate->at, sizeof certificate->at) &&
	       text_field(&t, text_z("reason"), &value) && text_field(&t, text_z("time"), time) &&
	       text_second(*time) && t.n == 0;
}

static struct text bytes_of(const struct digest *d)
{
	return (struct text){.at = (const char *)d->at, .n = sizeof d->at};
}

/* Which certificate a file revokes, and since when. The code of the finding, or NULL. */
static const char *file_add(struct text file, const struct admins *admins, struct table *to)
{
	uint8_t said[FILE_MAX], by[FILE_MAX];
	struct text text, lines, time;
	struct digest certificate;
	struct revoked *r;
	bool made;

	if (!base64_field(&file, "text", said, sizeof said, &text) ||
		!base64_field(&file, "certified", by, sizeof by, &lines) || file.n > 0 ||
		!text_read(text, &certificate, &time))
		return "revocation_malformed";
	if (admins_signed(admins, text, lines) == 0)
		return "revocation_unsigned";
	r = table_row(to, bytes_of(&certificate), &made);
	if (made || memcmp(time.at, r->time, time.n) < 0)
		(void)snprintf(r->time, sizeof r->time, "%.*s", TEXT(time));
	return NULL;
}

struct table revoked_read(const char *dir, const struct admins *admins, struct findings *f)
{
	struct table all = TABLE(struct revoked);
	char path[PATH_MAX];
	const struct dirent *e;
	DIR *d;

	(void)snprintf(path, sizeof path, "%s/revocation", dir);
	d = opendir(path);
	if (d == NULL && errno != ENOENT)
		finding(f, "revocation_malformed", NO_LEAF, "%s cannot be read: %s", path, strerror(errno));
	while (d != NULL && (e = readdir(d)) != NULL) {
		struct held file;
		const char *code;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%s/revocation/%s", dir, e->d_name);
		file = file_read(path, FILE_MAX);
		code = file_add((struct text){.at = file.at, .n = file.n}, admins, &all);
		if (code != NULL)
			finding(f, code, NO_LEAF, "%s: %s", path,
				strcmp(code, "revocation_unsigned") == 0 ? "no admin signed it"
									 : "it is none");
		file_free(&file);
	}
	if (d != NULL)
		(void)closedir(d);
	return all;
}

bool revoked_before(const struct table *revoked, const struct approval *a)
{
	const struct revoked *r = table_find(revoked, bytes_of(&a->certificate));

	return r != NULL && memcmp(r->time, a->time.at, a->time.n) <= 0;
}
