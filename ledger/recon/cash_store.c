#include "ledger/recon/cash_store.h"

#include <string.h>

#include "ledger/base/ids.h"
#include "ledger/base/secret.h"
#include "ledger/books/post.h"
#include "ledger/db/db.h"
#include "ledger/payout/message_store.h"
#include "ledger/register/officer_store.h"

struct matched {
	int64_t payout;
	struct vnd amount;
	const struct cash_row *row;
};

struct cash {
	struct work *w;
	const struct cash_channel *channel;
	const struct cash_file *file;
	const struct cash_officer *by;
	const char *external_id;
	struct matched *at; /* every payout that was handed over */
	size_t n;
	struct cash_taken taken;
	int64_t list, message;
};

enum result cash_channel_find(struct work *w, const char *code, struct cash_channel *out)
{
	struct rows r;
	enum result result = db_run(w, Q_CASH_CHANNEL, DB_ARGS(db_text(code)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) != 1) {
		why_set(&w->why, "channel_unknown", "there is no cash channel %s", code);
		return REFUSED;
	}
	struct hash key = row_hash(&r, 0, rows_col(&r, "agent_key"));
	*out = (struct cash_channel){
		.id = row_i64(&r, 0, rows_col(&r, "id")),
		.funding = row_i64(&r, 0, rows_col(&r, "funding")),
		.code = arena_strdup(w->arena, code),
		.bank = row_text(&r, 0, rows_col(&r, "bank")),
		.agency = row_text(&r, 0, rows_col(&r, "agency")),
	};
	memcpy(out->agent_key.b, key.b, sizeof out->agent_key.b);
	return OK;
}

/* ---- the list against what was handed over -------------------------------------------------------------------------- */

static struct vnd plus(struct vnd a, struct vnd b)
{
	struct vnd sum;
	if (!vnd_add(a, b, &sum))
		bug("the sum of a paid list is out of range");
	return sum;
}

static bool check_rows(struct cash *c, const struct cash_rows *rows, const struct vnd *sums, struct day today)
{
	for (size_t i = 0; i < rows->n; i++) {
		char said[VND_TEXT_SIZE], ours[VND_TEXT_SIZE], day[DAY_TEXT_SIZE];
		if (rows->at[i].paid && rows->at[i].day.n > today.n)
			return why_set(&c->w->why, "cash_day",
				"row %d says that it was paid out on %s, which is to come",
				(int)rows->at[i].row, day_format(rows->at[i].day, day));
		if (vnd_is_zero(sums[i]))
			return why_set(&c->w->why, "cash_stranger",
				"row %d: nothing was handed over for this person", (int)rows->at[i].row);
		if (vnd_cmp(sums[i], rows->at[i].amount) != 0)
			return why_set(&c->w->why, "cash_amount", "row %d says %s dong, %s were handed over",
				(int)rows->at[i].row, vnd_format(rows->at[i].amount, said),
				vnd_format(sums[i], ours));
	}
	return true;
}

static enum result check_whole(struct cash *c)
{
	struct rows r;
	enum result result = db_run(c->w, Q_CASH_HANDED_OVER, DB_ARGS(db_i64(c->channel->id)), &r);
	if (result != OK)
		return result;
	int64_t payouts = row_i64(&r, 0, rows_col(&r, "payouts"));
	struct vnd listed = plus(c->taken.paid_amount, c->taken.unpaid_amount);
	if (payouts == (int64_t)c->n && vnd_cmp(row_vnd(&r, 0, rows_col(&r, "amount_dong")), listed) == 0)
		return OK;
	why_set(&c->w->why, "cash_missing", "%lld payouts were handed over, the list has %zu of them",
		(long long)payouts, c->n);
	return REFUSED;
}

static void count(struct cash *c, const struct matched *m)
{
	if (m->row->paid) {
		c->taken.paid++;
		c->taken.paid_amount = plus(c->taken.paid_amount, m->amount);
	} else {
		c->taken.unpaid++;
		c->taken.unpaid_amount = plus(c->taken.unpaid_amount, m->amount);
	}
}

static enum result match(struct cash *c, const struct cash_rows *rows)
{
	struct hash16 *blinds = arena_array(c->w->arena, rows->n, struct hash16);
	struct vnd *sums = arena_array(c->w->arena, rows->n, struct vnd);
	struct rows r, now;
	for (size_t i = 0; i < rows->n; i++)
		blinds[i] = blind_index(c->file->blind, BLIND_ID, rows->at[i].id.digits);
	enum result result = db_run(
		c->w, Q_CASH_LISTED, DB_ARGS(db_i64(c->channel->id), db_hash16s(blinds, rows->n)), &r);
	if (result != OK)
		return result;
	c->n = rows_n(&r);
	c->at = arena_array(c->w->arena, c->n + 1, struct matched);
	int n = rows_col(&r, "n"), payout = rows_col(&r, "payout"), amount = rows_col(&r, "amount_dong");
	for (size_t i = 0; i < c->n; i++) {
		size_t k = (size_t)row_i64(&r, i, n) - 1;
		c->at[i] = (struct matched){.payout = row_i64(&r, i, payout),
			.amount = row_vnd(&r, i, amount),
			.row = &rows->at[k]};
		sums[k] = plus(sums[k], c->at[i].amount);
		count(c, &c->at[i]);
	}
	result = db_run(c->w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (result != OK)
		return result;
	return check_rows(c, rows, sums, row_day(&now, 0, rows_col(&now, "today"))) ? check_whole(c)
										    : REFUSED;
}

/* ---- the first officer ------------------------------------------------------------------------------------------------ */

static enum result keep_file(struct cash *c)
{
	struct key32 key;
	uint8_t sealed_key[EVIDENCE_KEY_SIZE];
	struct rows r;
	evidence_key_new(c->file->evidence, &key, sealed_key);
	CLEANUP(buf_free) struct buf sealed = BUF(c->file->body.n + EVIDENCE_OVERHEAD);
	evidence_seal(&key, &(struct evidence_of){.bank = c->channel->bank, .external_id = c->external_id},
		c->file->body, &sealed);
	secret_wipe(&key, sizeof key);
	enum result result = db_run(
		c->w, Q_MESSAGE_KEY_NEW, DB_ARGS(db_bytes(bytes_of(sealed_key, sizeof sealed_key))), &r);
	if (result != OK)
		return result;
	int64_t key_id = row_i64(&r, 0, rows_col(&r, "id"));
	result = db_run(c->w, Q_CASH_MESSAGE_ADD,
		DB_ARGS(db_text(c->channel->bank), db_text(c->external_id), db_hash(&c->file->sha256),
			db_i64(key_id), db_bytes(buf_bytes(&sealed))),
		&r);
	if (result == OK)
		c->message = row_i64(&r, 0, rows_col(&r, "id"));
	return result;
}

static enum result write_lines(struct cash *c)
{
	struct arena *a = c->w->arena;
	int64_t *rows = arena_array(a, c->n, int64_t), *payouts = arena_array(a, c->n, int64_t);
	bool *paid = arena_array(a, c->n, bool), *no_day = arena_array(a, c->n, bool);
	struct vnd *amounts = arena_array(a, c->n, struct vnd);
	struct day *days = arena_array(a, c->n, struct day);
	for (size_t i = 0; i < c->n; i++) {
		rows[i] = c->at[i].row->row;
		payouts[i] = c->at[i].payout;
		paid[i] = c->at[i].row->paid;
		no_day[i] = !paid[i];
		amounts[i] = c->at[i].amount;
		days[i] = c->at[i].row->day;
	}
	return db_run(c->w, Q_CASH_LINES_ADD,
		DB_ARGS(db_i64(c->list), db_i64s(rows, c->n), db_i64s(payouts, c->n), db_bools(paid, c->n),
			db_vnds(amounts, c->n), db_with_nulls(db_days(days, c->n), no_day)),
		NULL);
}

static enum result propose(struct cash *c)
{
	struct rows r;
	c->taken.step = CASH_PROPOSED;
	enum result result = keep_file(c);
	if (result != OK)
		return result;
	result = db_run(c->w, Q_CASH_LIST_ADD,
		DB_ARGS(db_i64(c->channel->id), db_i64(c->message), db_i64(c->taken.paid),
			db_vnd(c->taken.paid_amount), db_i64(c->taken.unpaid), db_vnd(c->taken.unpaid_amount),
			db_i64(c->by->id)),
		&r);
	if (result != OK)
		return result;
	c->list = row_i64(&r, 0, rows_col(&r, "id"));
	return write_lines(c);
}

/* ---- the second officer ----------------------------------------------------------------------------------------------- */

static struct told told_of(struct cash *c, size_t i)
{
	const struct matched *m = &c->at[i];
	return (struct told){
		.payout = m->payout,
		.event = m->row->paid ? EVENT_DEBITED : EVENT_ABSENT,
		.message = c->message,
		.item = m->row->row,
		.amount = m->amount,
		.entry = arena_printf(c->w->arena, "list:%.32s row:%d", c->external_id, (int)m->row->row),
		.effective = m->row->paid ? m->row->day : (struct day){0},
		.reason = m->row->paid ? NULL : "uncollected",
	};
}

static enum result settle(struct cash *c)
{
	struct told *told = arena_array(c->w->arena, c->n, struct told);
	struct outcome *decided;
	struct outcome_counts counts = {0};
	struct entries entries = {0};
	const char *actor = arena_printf(c->w->arena, "officer:%s", c->by->login);
	for (size_t i = 0; i < c->n; i++)
		told[i] = told_of(c, i);
	c->taken.step = CASH_CONFIRMED;
	enum result result = db_run(
		c->w, Q_CASH_LIST_CONFIRM, DB_ARGS(db_i64(c->list), db_i64(c->by->id)), NULL);
	if (result == OK)
		result = outcome_decide(c->w, told, c->n, &decided);
	if (result == OK)
		result = outcome_apply(c->w, CAUSE_CASH_LIST, actor, told, decided, c->n, &entries, &counts);
	if (result == OK)
		result = db_run(c->w, Q_BATCH_CLOSE_ENDED, DB_ARGS(db_i64(c->channel->funding)), NULL);
	if (result == OK && entries.n > 0)
		result = books_post(c->w, entries.at, entries.n, FLOORS_RECORD, NULL);
	return result;
}

/* ---- both ---------------------------------------------------------------------------------------------------------------- */

/* *known: the file was confirmed, or proposed by this officer, before. */
static enum result find_list(struct cash *c, bool *known)
{
	struct rows r;
	*known = false;
	enum result result = db_run(
		c->w, Q_CASH_LIST_FIND, DB_ARGS(db_text(c->channel->bank), db_text(c->external_id)), &r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	c->list = row_i64(&r, 0, rows_col(&r, "id"));
	c->message = row_i64(&r, 0, rows_col(&r, "message"));
	if (!row_null(&r, 0, rows_col(&r, "second_officer")))
		c->taken.step = CASH_KNOWN;
	else if (row_i64(&r, 0, rows_col(&r, "first_officer")) == c->by->id)
		c->taken.step = CASH_WAITS;
	else
		return OK;
	*known = true;
	return OK;
}

enum result cash_confirm(struct work *w, const struct cash_channel *channel, const struct cash_file *f,
	const struct cash_rows *rows, const struct cash_officer *by, struct cash_taken *out)
{
	char hex[HASH_HEX_SIZE];
	struct cash c = {.w = w,
		.channel = channel,
		.file = f,
		.by = by,
		.external_id = arena_strdup(w->arena, hash_hex(&f->sha256, hex))};
	bool known;
	enum result result = find_list(&c, &known);
	if (result == OK && !known)
		result = match(&c, rows);
	if (result == OK && !known) {
		struct wanted wanted = {.agency = channel->agency,
			.area = "*",
			.amount = plus(c.taken.paid_amount, c.taken.unpaid_amount)};
		result = officer_must(w, "cash", &wanted, 1);
	}
	if (result == OK && !known)
		result = c.list ? settle(&c) : propose(&c);
	if (result == OK)
		*out = c.taken;
	return result;
}
