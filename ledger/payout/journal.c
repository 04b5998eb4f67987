#include "ledger/payout/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/day.h"
#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/payout/journal_ids.h"
#include "ledger/payout/journal_read.h"

#define LINE_MAX_BYTES 256

struct journal {
	struct append *file;
	char *path;
	char name[JOURNAL_NAME_SIZE]; /* "": none was read */
	struct journal_ids *ids;
	struct buf line;
};

bool journal_has(const struct journal *j, const char *id)
{
	return journal_ids_has(j->ids, id);
}

bool journal_first_day(const struct journal *j, const char *id, struct day *out)
{
	return journal_ids_first_day(j->ids, id, out);
}

const char *journal_name(const struct journal *j)
{
	return j->name;
}

const char *journal_path(const struct journal *j)
{
	return j->path;
}

uint64_t journal_size(const struct journal *j)
{
	return append_size(j->file);
}

size_t journal_count(const struct journal *j)
{
	return journal_ids_count(j->ids);
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

/* What has been read: a group counts when its `done` has come. */
struct reader {
	struct journal *j;
	uint64_t whole; /* bytes up to the end of the last whole record */
	uint64_t line_no;
	bool in_group;
	struct day day;           /* of the open group */
	char (*ids)[E2E_ID_SIZE]; /* of the open group */
	size_t n, room;
};

static bool broken(const struct reader *r, struct why *why)
{
	return why_set(why, "journal_broken",
		"line %" PRIu64
		" of the sent journal is not one that was written; nothing is sent until it is restored",
		r->line_no);
}

static bool take_id(const char *word, char id[static E2E_ID_SIZE])
{
	size_t n = strcspn(word, " \n");
	if (!e2e_id_valid(bytes_of(word, n)))
		return false;
	memcpy(id, word, n);
	id[n] = '\0';
	return true;
}

static void group_add(struct reader *r, const char id[static E2E_ID_SIZE])
{
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 512;
		void *more = realloc(r->ids, r->room * sizeof *r->ids);
		if (!more)
			bug("out of memory for a group of the sent journal");
		r->ids = more;
	}
	memcpy(r->ids[r->n++], id, E2E_ID_SIZE);
}

static bool group_line(struct reader *r, const char *line, struct why *why)
{
	char id[E2E_ID_SIZE];
	size_t count;

	if (strncmp(line, "sent ", 5) == 0 && take_id(line + 5, id)) {
		group_add(r, id);
		return true;
	}
	if (sscanf(line, "done %zu\n", &count) != 1 || count != r->n)
		return broken(r, why);
	for (size_t i = 0; i < r->n; i++)
		journal_ids_sent(r->j->ids, r->ids[i], r->day);
	r->n = 0;
	r->in_group = false;
	return true;
}

/* Of the line's end: " at <instant>". */
static bool take_day(const char *line, struct day *out)
{
	const char *at = strstr(line, " at ");
	int64_t us;

	if (!at || !instant_parse(bytes_of(at + 4, strcspn(at + 4, "\n")), &us))
		return false;
	*out = day_of_instant_vn(us);
	return out->n >= 0 && out->n <= UINT16_MAX;
}

static bool take_line(struct reader *r, const char *line, struct why *why)
{
	struct day day;
	char id[E2E_ID_SIZE];

	if (r->in_group)
		return group_line(r, line, why);
	if (journal_name_read(line, r->j->name))
		return true;
	if (strncmp(line, "dispatch ", 9) == 0 && take_day(line, &r->day)) {
		r->in_group = true;
		return true;
	}
	if (strncmp(line, "again ", 6) == 0 && take_id(line + 6, id) && journal_ids_know(r->j->ids, id) &&
		take_day(line, &day)) {
		journal_ids_again(r->j->ids, id, day);
		return true;
	}
	if (strncmp(line, "not-sent ", 9) == 0 && take_id(line + 9, id) && journal_ids_know(r->j->ids, id)) {
		journal_ids_stayed(r->j->ids, id);
		return true;
	}
	return broken(r, why);
}

static bool read_all(struct reader *r, FILE *in, struct why *why)
{
	char *line = NULL;
	size_t size = 0;
	uint64_t at = 0;
	bool fine = true;

	for (;;) {
		ssize_t n = getline(&line, &size, in);
		if (n < 0 || line[n - 1] != '\n') {
			/* The end, or a torn last line; what a disk that fails did not give is neither. */
			if (!feof(in))
				fine = why_set(why, "file_trouble", "could not read %s: %s", r->j->path,
					strerror(errno));
			break;
		}
		at += (uint64_t)n;
		r->line_no++;
		fine = n <= LINE_MAX_BYTES ? take_line(r, line, why) : broken(r, why);
		if (!fine)
			break;
		if (!r->in_group)
			r->whole = at;
	}
	free(line);
	return fine;
}

static void drop(struct journal *j)
{
	append_close(j->file);
	free(j->path);
	buf_free(&j->line);
	journal_ids_free(j->ids);
	free(j);
}

void journal_close(struct journal *j)
{
	if (j)
		drop(j);
}

/* One that has none gets it: two hosts' journals are told apart by it, and so is one that is missing. */
static bool be_named(struct journal *j, struct why *why)
{
	char name[JOURNAL_NAME_SIZE];
	if (*j->name)
		return true;
	struct key32 *random = secret_new();
	crockford32_encode(random->b, 5 * (JOURNAL_NAME_SIZE - 1), name);
	secret_free(random);
	buf_reset(&j->line);
	buf_addf(&j->line, "journal %s\n", name);
	if (!append_durable(j->file, buf_bytes(&j->line), why))
		return false;
	memcpy(j->name, name, sizeof name);
	return true;
}

struct journal *journal_open(const char *path, struct why *why)
{
	struct append *file = append_open(path, why);
	if (!file)
		return NULL;

	struct journal *j = calloc(1, sizeof *j);
	if (!j)
		bug("out of memory for the sent journal");
	j->file = file;
	j->path = strdup(path);
	bug_if(!j->path);
	buf_init(&j->line, (size_t)1 << 24);
	j->ids = journal_ids_new();

	FILE *in = fopen(path, "re");
	if (!in) {
		(void)why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
		drop(j);
		return NULL;
	}
	struct reader r = {.j = j};
	bool fine = read_all(&r, in, why);
	fclose(in);
	free(r.ids);
	if (fine && r.whole < append_size(file))
		fine = append_cut(file, r.whole, why);
	if (!fine || !be_named(j, why)) {
		drop(j);
		return NULL;
	}
	return j;
}

bool journal_has_room(struct journal *j, size_t lines, struct why *why)
{
	return append_reserve(j->file, lines * LINE_MAX_BYTES, why);
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

bool journal_record(struct journal *j, const struct journal_dispatch *d, const struct journal_item *items,
	size_t n, struct why *why)
{
	char hex[HASH_HEX_SIZE], at[INSTANT_TEXT_SIZE];
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (journal_has(j, items[i].id))
			return why_set(why, "journal_repeated", "%s was sent before; it is not sent again",
				items[i].id);
		bug_if(__builtin_add_overflow(sum, vnd_dong(items[i].amount), &sum));
	}

	buf_reset(&j->line);
	buf_addf(&j->line,
		"dispatch %" PRId64 " epoch %" PRId32 " channel %s count %zu sum %" PRId64 " root %s at %s\n",
		d->dispatch, d->epoch, d->channel, n, sum, hash_hex(&d->root, hex),
		instant_format(d->at_us, at));
	for (size_t i = 0; i < n; i++)
		buf_addf(&j->line, "sent %s %" PRId64 " %s %" PRId64 "\n", items[i].id,
			vnd_dong(items[i].amount), hash_hex(&items[i].account, hex), items[i].payout);
	buf_addf(&j->line, "done %zu\n", n);
	if (!append_durable(j->file, buf_bytes(&j->line), why))
		return false;
	for (size_t i = 0; i < n; i++)
		journal_ids_sent(j->ids, items[i].id, day_of_instant_vn(d->at_us));
	return true;
}

static bool record_words(
	struct journal *j, const char *word, const char *const *ids, size_t n, int64_t at_us, struct why *why)
{
	char at[INSTANT_TEXT_SIZE];

	for (size_t i = 0; i < n; i++)
		if (!journal_ids_know(j->ids, ids[i]))
			return why_set(why, "journal_unknown", "%s is not in the sent journal", ids[i]);
	buf_reset(&j->line);
	for (size_t i = 0; i < n; i++)
		buf_addf(&j->line, "%s %s at %s\n", word, ids[i], instant_format(at_us, at));
	return append_durable(j->file, buf_bytes(&j->line), why);
}

bool journal_record_again(struct journal *j, const char *const *ids, size_t n, int64_t at_us, struct why *why)
{
	if (!record_words(j, "again", ids, n, at_us, why))
		return false;
	for (size_t i = 0; i < n; i++)
		journal_ids_again(j->ids, ids[i], day_of_instant_vn(at_us));
	return true;
}

bool journal_record_not_sent(
	struct journal *j, const char *const *ids, size_t n, int64_t at_us, struct why *why)
{
	if (!record_words(j, "not-sent", ids, n, at_us, why))
		return false;
	for (size_t i = 0; i < n; i++)
		journal_ids_stayed(j->ids, ids[i]);
	return true;
}
