/* The export as rows for a spreadsheet or a database, and as one JSON object with a transaction a line. */
#include <inttypes.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/export_writer.h"

/* ---- csv ------------------------------------------------------------------------------------------------------------------------
 * `row` says what a row is: period, origin, size, root, signature (the value in `key`), opening, late (a posting for a month that was closed, with
 * its own day), posting, balance, balance-by-bank. No value
 * needs quotes: codes, keys and plain() have no comma. */

static const char *tag(const struct export_txn *t, const char *name)
{
	for (size_t i = 0; i < t->n_tags; i++)
		if (strcmp(t->tags[i].name, name) == 0)
			return t->tags[i].value;
	return "";
}

static void csv_row(const char *row, const char *day, const char *account, struct vnd dong, struct buf *out)
{
	buf_addf(out, "%s,%s,,,,,,,,%s,%" PRId64 "\n", row, day, account, vnd_dong(dong));
}

static void csv_head(struct export *e, struct buf *out)
{
	const struct checkpoint *c = &e->head.checkpoint;
	char day[DAY_TEXT_SIZE], month[MONTH_TEXT_SIZE];

	buf_addf(out, "row,day,leaf,kind,key,recorded,late,id,entry,account,dong\n");
	buf_addf(out, "period,,,,%s,,,,,,\norigin,,,,%s,,,,,,\nsize,,,,%" PRIu64 ",,,,,,\nroot,,,,",
		month_format(e->head.period, month), e->origin, c->size);
	base64_encode(BASE64_STD, bytes_of(c->root.b, sizeof(c->root.b)), out);
	buf_addf(out, ",,,,,,\nsignature,,,,%s,,,,,,\n", e->head.signature);
	for (size_t i = 0; i < e->n; i++)
		csv_row("opening", day_format(e->day, day), e->accounts[i].code, e->accounts[i].balance, out);
}

static void csv_txn(struct export *e, const struct export_txn *t, struct buf *out)
{
	bool late = t->leaf->entry.late;
	char day[DAY_TEXT_SIZE];

	for (size_t i = 0; i < t->leaf->entry.n_legs; i++)
		buf_addf(out, "%s,%s,%" PRId64 ",%s,%s,%s,%s,%s,%s,%s,%" PRId64 "\n",
			late ? "late" : "posting", day_format(late ? t->leaf->entry.effective : e->day, day),
			t->leaf->seq, t->kind, tag(t, "key"), tag(t, "recorded"), tag(t, "late"),
			tag(t, "id"), tag(t, "entry"), t->leaf->entry.legs[i].account,
			vnd_dong(t->leaf->entry.legs[i].amount));
}

static void csv_balance(struct export *e, const struct export_account *a, struct vnd holds, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	csv_row(a->stated ? "balance-by-bank" : "balance", day_format(e->day, day), a->code, holds, out);
}

const struct export_writer export_csv = {.head = csv_head, .txn = csv_txn, .balance = csv_balance};

/* ---- json ----------------------------------------------------------------------------------------------------------------------- */

static void json_account(struct export *e, const char *code, struct vnd dong, struct buf *out)
{
	buf_add_z(out, "\n");
	json_open_object(&e->json, NULL);
	json_put_str(&e->json, "account", code);
	json_put_vnd(&e->json, "dong", dong);
}

static void json_head(struct export *e, struct buf *out)
{
	const struct checkpoint *c = &e->head.checkpoint;
	CLEANUP(buf_free) struct buf root = BUF(100);
	char month[MONTH_TEXT_SIZE];

	json_write(&e->json, out);
	json_open_object(&e->json, NULL);
	json_put_str(&e->json, "format", "chitra-export/v1");
	json_put_str(&e->json, "period", month_format(e->head.period, month));
	json_put_str(&e->json, "origin", e->origin);
	json_put_i64(&e->json, "size", (int64_t)c->size);
	base64_encode(BASE64_STD, bytes_of(c->root.b, sizeof(c->root.b)), &root);
	json_put_str(&e->json, "root", buf_str(&root));
	json_put_str(&e->json, "signature", e->head.signature);
	json_put_str(&e->json, "currency", "VND");
	json_open_array(&e->json, "opening");
	for (size_t i = 0; i < e->n; i++) {
		json_account(e, e->accounts[i].code, e->accounts[i].balance, out);
		json_close(&e->json);
	}
	json_close(&e->json);
	json_open_array(&e->json, "entries");
}

static void json_txn(struct export *e, const struct export_txn *t, struct buf *out)
{
	struct json_writer *j = &e->json;

	buf_add_z(out, "\n");
	json_open_object(j, NULL);
	json_put_i64(j, "leaf", t->leaf->seq);
	json_put_day(j, "day", e->day);
	json_put_str(j, "kind", t->kind);
	for (size_t i = 0; i < t->n_tags; i++)
		json_put_str(j, t->tags[i].name, t->tags[i].value);
	json_open_array(j, "postings");
	for (size_t i = 0; i < t->leaf->entry.n_legs; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "account", t->leaf->entry.legs[i].account);
		json_put_vnd(j, "dong", t->leaf->entry.legs[i].amount);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static void json_balance(struct export *e, const struct export_account *a, struct vnd holds, struct buf *out)
{
	buf_add_z(out, "\n");
	json_open_object(&e->json, NULL);
	json_put_day(&e->json, "day", e->day);
	json_put_str(&e->json, "balance", a->code);
	json_put_vnd(&e->json, "dong", holds);
	json_put_bool(&e->json, "by_bank", a->stated);
	json_close(&e->json);
}

static void json_end(struct export *e, struct buf *out)
{
	json_close(&e->json);
	json_close(&e->json);
	buf_add_z(out, "\n");
}

const struct export_writer export_json = {
	.head = json_head, .txn = json_txn, .balance = json_balance, .end = json_end};
