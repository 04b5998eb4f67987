/* Any bytes after one that names the format: the reader of exports tells of transactions that are whole, or refuses. */
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/export_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void must(bool fact)
{
	if (!fact)
		abort();
}

struct seen {
	bool in_txn;
	unsigned bytes; /* so that every text is read */
};

static void read_all(struct seen *s, struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		s->bytes += (unsigned char)t.at[i];
}

static void on_opening(void *with, struct text account, int64_t dong)
{
	struct seen *s = with;

	(void)dong;
	must(!s->in_txn);
	read_all(s, account);
}

static void on_txn(void *with, struct text day, int64_t leaf, struct text kind)
{
	struct seen *s = with;
	int32_t days;

	must(!s->in_txn && leaf >= 0 && text_day(day, &days));
	s->in_txn = true;
	read_all(s, kind);
}

static void on_tag(void *with, struct text name, struct text value)
{
	struct seen *s = with;

	must(s->in_txn);
	read_all(s, name);
	read_all(s, value);
}

static void on_leg(void *with, struct text account, int64_t dong)
{
	on_tag(with, account, text_z(dong < 0 ? "-" : "+"));
}

static void on_end(void *with)
{
	struct seen *s = with;

	must(s->in_txn);
	s->in_txn = false;
}

static void on_balance(void *with, struct text day, struct text account, int64_t dong, bool by_bank)
{
	struct seen *s = with;

	(void)by_bank;
	(void)dong;
	must(!s->in_txn);
	read_all(s, day);
	read_all(s, account);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct seen seen = {.in_txn = false};
	const struct export_sink sink = {&seen, on_opening, on_txn, on_tag, on_leg, on_end, on_balance};
	struct export_head head;
	uint64_t line;
	FILE *in;

	if (n < 2)
		return 0;
	in = fmemopen((void *)(uintptr_t)(at + 1), n - 1, "r");
	if (in == NULL)
		return 0;
	if (export_file_read(in, (enum export_as)(at[0] % 4), &head, &sink, &line))
		must(!seen.in_txn && strlen(head.period) == 7 && head.size >= 0);
	(void)fclose(in);
	return 0;
}
