/* Any bytes: the auditor's reader takes an archive or refuses it, and what it takes lies inside of it under a name that leads nowhere
 * else; and any files: each is asked, and none is believed that says nonsense. The first byte says which: 'f' is followed by files (a byte: the
 * name's length, the name; three bytes: the content's length, the content), anything else begins an archive. */
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/dossier_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

/* Of the run that the corpus is from. */
static const char key[] = "chitra.demo/phan-thiet+7047dc20+ATxYPQ7lcAsquLRlQl5gK1L4Awt6LleQojA0/st2n7PK";

static void must(bool fact)
{
	if (!fact)
		abort();
}

static void read_archive(struct text archive, struct tar *t)
{
	size_t place = 0;
	const char *wrong = tar_read(archive, t, &place);

	must(place <= archive.n && t->n <= TAR_MEMBERS);
	for (size_t i = 0; i < t->n; i++) {
		struct text name = t->at[i].name, content = t->at[i].content;

		must(name.n > 0 && name.n < 100 && name.at[0] != '/' && name.at[0] != '.');
		must(memmem(name.at, name.n, "..", 2) == NULL || memmem(name.at, name.n, "/.", 2) == NULL);
		must(content.at >= archive.at && content.n <= archive.n &&
			content.at + content.n <= archive.at + archive.n);
	}
	if (wrong != NULL)
		t->n = 0;
}

static void read_files(const uint8_t *at, size_t n, struct tar *t)
{
	t->n = 0;
	while (t->n < TAR_MEMBERS && n > 0 && n - 1 >= (size_t)at[0] + 3) {
		struct tar_member *m = &t->at[t->n++];
		const uint8_t *size = at + 1 + at[0];
		size_t left = n - 4 - at[0], wanted = (size_t)size[0] << 16 | (size_t)size[1] << 8 | size[2];

		m->name = (struct text){.at = (const char *)at + 1, .n = at[0]};
		m->content = (struct text){.at = (const char *)size + 3, .n = wanted < left ? wanted : left};
		at = size + 3 + m->content.n;
		n = left - m->content.n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	static struct policy policy;
	static FILE *nowhere;
	struct findings f = {.first_leaf = NO_LEAF};
	struct admins admins = {.least = 2};
	struct dossier *d = calloc(1, sizeof *d);

	if (nowhere == NULL) {
		nowhere = fopen("/dev/null", "we");
		must(nowhere != NULL && policy_of_key(text_z(key), &policy));
	}
	must(d != NULL);
	f.to = nowhere;
	d->findings = &f;
	d->policy = &policy;
	d->to = nowhere;
	if (n > 0 && at[0] == 'f')
		read_files(at + 1, n - 1, &d->tar);
	else
		read_archive((struct text){.at = (const char *)at, .n = n}, &d->tar);
	books_begin(&d->books, &admins, &f);
	dossier_ask(d);
	free(d);
	return 0;
}
