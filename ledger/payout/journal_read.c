#include "ledger/payout/journal_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/base/day.h"

struct reading {
	struct arena *arena;
	struct journal_sent *at;
	size_t n, whole, room; /* whole: up to the end of the last whole group */
	struct journal_sent head;
	bool in_group;
	uint64_t at_byte, whole_byte; /* whole: as whole, of the file */
};

bool journal_name_read(const char *line, char out[static JOURNAL_NAME_SIZE])
{
	const size_t n = JOURNAL_NAME_SIZE - 1;
	if (strncmp(line, "journal ", 8) != 0 || strlen(line + 8) != n + 1 || line[8 + n] != '\n')
		return false;
	memcpy(out, line + 8, n);
	out[n] = '\0';
	return true;
}

static bool take_head(struct reading *r, const char *line)
{
	char at[40];
	if (sscanf(line,
		    "dispatch %" SCNd64 " epoch %" SCNd32 " channel %*s count %*s sum %*s root %*s at %39s",
		    &r->head.dispatch, &r->head.epoch, at) != 3 ||
		!instant_parse(bytes_z(at), &r->head.at_us))
		return false;
	r->head.from = r->at_byte;
	r->in_group = true;
	return true;
}

static bool take_sent(struct reading *r, const char *line)
{
	struct journal_sent s = r->head;
	char id[E2E_ID_SIZE], hex[HASH_HEX_SIZE];
	int64_t dong;
	if (sscanf(line, "sent %19s %" SCNd64 " %64s %" SCNd64, id, &dong, hex, &s.item.payout) != 4 ||
		!e2e_id_valid(bytes_z(id)) ||
		!hex_decode(hex, strlen(hex), s.item.account.b, sizeof s.item.account.b))
		return false;
	memcpy(s.item.id, id, sizeof id);
	s.item.amount = vnd(dong);
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 1024;
		r->at = arena_regrow(r->arena, r->at, r->n, room, sizeof *r->at);
		r->room = room;
	}
	r->at[r->n++] = s;
	return true;
}

/* `again` and `not-sent` are about ids that are there; what the dispatch was does not change. */
static bool take_line(struct reading *r, const char *line)
{
	char name[JOURNAL_NAME_SIZE];
	if (!r->in_group)
		return strncmp(line, "dispatch ", 9) == 0
			       ? take_head(r, line)
			       : strncmp(line, "again ", 6) == 0 || strncmp(line, "not-sent ", 9) == 0 ||
					 journal_name_read(line, name);
	if (strncmp(line, "done ", 5) != 0)
		return take_sent(r, line);
	r->in_group = false;
	r->whole = r->n;
	return true;
}

static int by_id_then_epoch(const void *a, const void *b)
{
	const struct journal_sent *x = a, *y = b;
	int by_id = memcmp(x->item.id, y->item.id, sizeof x->item.id);
	if (by_id != 0)
		return by_id;
	return x->epoch != y->epoch ? (x->epoch < y->epoch ? -1 : 1)
				    : (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

/* The last dispatch of each id, and the first time. */
static size_t each_once(struct journal_sent *at, size_t n)
{
	size_t k = 0;
	if (n > 1)
		qsort(at, n, sizeof *at, by_id_then_epoch);
	for (size_t i = 0; i < n; i++) {
		if (k > 0 && strcmp(at[k - 1].item.id, at[i].item.id) == 0) {
			int64_t first = at[k - 1].at_us < at[i].at_us ? at[k - 1].at_us : at[i].at_us;
			at[k - 1] = at[i];
			at[k - 1].at_us = first;
		} else {
			at[k++] = at[i];
		}
	}
	return k;
}

/* Up to the end of the last whole line, or of the group with which there are so many ids. */
static bool read_lines(struct reading *r, FILE *in, const char *path, size_t most, struct why *why)
{
	char *line = NULL;
	size_t size = 0;
	bool fine = true;
	while (fine && r->whole < most) {
		ssize_t got = getline(&line, &size, in);
		if (got <= 0 || line[got - 1] != '\n') {
			if (!feof(in))
				fine = why_set(
					why, "file_trouble", "could not read %s: %s", path, strerror(errno));
			break;
		}
		if (!take_line(r, line))
			fine = why_set(why, "journal_broken", "%s: a line is not one that was written", path);
		r->at_byte += (uint64_t)got;
		if (!r->in_group)
			r->whole_byte = r->at_byte;
	}
	free(line);
	return fine;
}

bool journal_read_some(struct arena *a, const char *path, uint64_t from, size_t most,
	struct journal_sent **out, size_t *n, uint64_t *stopped, struct why *why)
{
	struct reading r = {.arena = a, .at_byte = from, .whole_byte = from};
	FILE *in = fopen(path, "re");
	bool fine = in && fseeko(in, (off_t)from, SEEK_SET) == 0;
	if (!fine)
		(void)why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	fine = fine && read_lines(&r, in, path, most, why);
	if (in)
		fclose(in);
	*out = r.at;
	*n = fine ? r.whole : 0;
	*stopped = r.whole_byte;
	return fine;
}

bool journal_read(struct arena *a, const char *path, struct journal_sent **out, size_t *n, struct why *why)
{
	struct reading r = {.arena = a};
	*out = NULL;
	*n = 0;
	FILE *in = fopen(path, "re");
	if (!in)
		return errno == ENOENT ||
		       why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	bool fine = read_lines(&r, in, path, SIZE_MAX, why);
	fclose(in);
	if (!fine)
		return false;
	*n = each_once(r.at, r.whole);
	*out = r.at;
	return true;
}
