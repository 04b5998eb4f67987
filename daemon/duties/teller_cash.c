/* teller_cash.c: what a cash agent is given: a list in CSV with a control sum.
 *
 * It is the dispatch's message: written after the sent journal, durably, readable by the teller alone. The operator hands it over
 * (and with it names and ID numbers, which the agent needs to know whom it pays). Written again it is the same list under the same
 * name. */
#include "daemon/duties/teller.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"

#define LIST_MAX ((size_t)1 << 20)

/* ID numbers of these people, opened. */
struct identities {
	int64_t *people;
	struct personal_id *ids;
	size_t n;
};

static enum result open_one(struct work *w, const struct kek_set *keks, int64_t person, struct bytes wrapped,
	struct bytes sealed, struct personal_id *out)
{
	struct key32 key;
	out->digits[0] = '\0';
	enum result r = data_key_open(w, keks, person, wrapped, &key);
	if (r != OK)
		return r == REFUSED ? OK : r;
	if (id_open(&key, person, sealed, out) != OK)
		out->digits[0] = '\0';
	secret_wipe(&key, sizeof key);
	return OK;
}

static enum result load_identities(struct work *w, const struct kek_set *keks, const struct payable *at,
	size_t n, struct identities *out)
{
	int64_t *people = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		people[i] = at[i].person;
	struct rows r;
	enum result result = db_run(w, Q_CASH_PEOPLE, DB_ARGS(db_i64s(people, n)), &r);
	if (result != OK)
		return result;
	struct identities all = {.people = arena_array(w->arena, rows_n(&r), int64_t),
		.ids = arena_array(w->arena, rows_n(&r), struct personal_id),
		.n = rows_n(&r)};
	int person = rows_col(&r, "person"), wrapped = rows_col(&r, "wrapped"),
	    id = rows_col(&r, "id_sealed");
	for (size_t i = 0; i < all.n && result == OK; i++) {
		all.people[i] = row_i64(&r, i, person);
		if (!row_null(&r, i, id))
			result = open_one(w, keks, all.people[i], row_bytes(&r, i, wrapped),
				row_bytes(&r, i, id), &all.ids[i]);
	}
	*out = all;
	return result;
}

static const char *digits_of(const struct identities *all, int64_t person)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->people[i] == person)
			return all->ids[i].digits;
	return "";
}

enum result cash_judge(
	struct work *w, const struct teller *t, const struct payable *at, struct judged *judged, size_t n)
{
	struct identities ids;
	enum result r = load_identities(w, &t->keks, at, n, &ids);
	for (size_t i = 0; r == OK && i < n; i++)
		if (!judged[i].refused && !*digits_of(&ids, at[i].person))
			judged[i].refused = "id_unreadable";
	return r;
}

/* A name in quotes; one that a spreadsheet would take for a formula gets a space before it. */
static void add_name(struct buf *b, const char *name)
{
	buf_add_z(b, "\"");
	if (strchr("=+-@\t", name[0]) && name[0])
		buf_add_z(b, " ");
	for (const char *c = name; *c; c++) {
		if (*c == '"')
			buf_add_z(b, "\"");
		buf_add(b, c, 1);
	}
	buf_add_z(b, "\"");
}

static void write_rows(struct buf *b, const struct identities *ids, const struct payable *at,
	const struct judged *judged, size_t n, size_t *count, struct vnd *sum)
{
	char month[MONTH_TEXT_SIZE], amount[VND_TEXT_SIZE];
	for (size_t i = 0; i < n; i++) {
		if (judged[i].refused)
			continue;
		const struct pay_line *l = &at[i].line;
		buf_addf(b, "%zu,%s,%s,", ++*count, l->id, digits_of(ids, at[i].person));
		add_name(b, at[i].name);
		buf_addf(b, ",%s,%s,%s\n", l->programme, month_format(l->month, month),
			vnd_format(l->amount, amount));
		bug_if(!vnd_add(*sum, l->amount, sum));
	}
}

enum result cash_write(struct work *w, const struct teller *t, const struct dispatch *d,
	const struct payable *at, const struct judged *judged, size_t n)
{
	struct identities ids;
	enum result r = load_identities(w, &t->keks, at, n, &ids);
	if (r != OK)
		return r;
	CLEANUP(buf_free) struct buf b = BUF(LIST_MAX);
	char text[VND_TEXT_SIZE];
	size_t count = 0;
	struct vnd sum = vnd(0);
	buf_addf(&b, "Danh sách chi trả tiền mặt,%s,%" PRId64 "\n", d->channel_code, d->id);
	buf_add_z(&b, "STT,Mã chi trả,Số CCCD,Họ và tên,Chương trình,Tháng,Số tiền\n");
	write_rows(&b, &ids, at, judged, n, &count, &sum);
	buf_addf(&b, "Tổng cộng,,,,,%zu,%s\n", count, vnd_format(sum, text));
	const char *path = arena_printf(
		w->arena, "%s/%s-%" PRId64 ".csv", t->cash_out, d->channel_code, d->id);
	bool fine = buf_ok(&b) && write_file_durable(path, buf_bytes(&b), 0600, &w->why);
	if (b.at)
		secret_wipe(b.at, b.n);
	if (!fine)
		return RETRY;
	log_event(LOG_NOTICE, "cash_list_written", K_STR("channel", d->channel_code),
		K_I64("dispatch", d->id), K_I64("count", (int64_t)count), K_VND("sum", sum));
	return OK;
}
