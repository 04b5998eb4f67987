/* question_run.c: a question and its answer (question.h): how far the officer's mandate reaches, what is meant by the options, and the page. */
#include "daemon/cli/question.h"

#include <string.h>

#include "ledger/base/text.h"
#include "ledger/register/decision_store.h"
#include "daemon/cli/register_keys.h"

/* ---- what each kind has to tell -------------------------------------------------------------------------------------------- */

static const struct question_column transactions[] = {
	{"seq", CELL_COUNT, ">số"},
	{"effective", CELL_DAY, "ngày"},
	{"kind", CELL_TEXT, "loại"},
	{"amount_dong", CELL_DONG, ">đồng"},
	{"key", CELL_ABOUT, "về"},
	{"payout_id", CELL_TEXT, NULL},
	{"recorded", CELL_AT, NULL},
	{"late", CELL_BOOL, NULL},
	{"reverses", CELL_COUNT, NULL},
	{"actor", CELL_TEXT, NULL},
	{"officers", CELL_TEXTS, NULL},
	{"entry", CELL_TEXT, NULL},
	{"refs", CELL_TEXT, NULL},
	{"source", CELL_TEXT, NULL},
	{"postings", CELL_LEGS, NULL},
	{"leaf_hash", CELL_HEX, NULL},
	{"leaf", CELL_LEAF, NULL},
};
static const struct question_column postings[] = {
	{"seq", CELL_COUNT, ">số"},
	{"n", CELL_COUNT, NULL},
	{"account", CELL_TEXT, NULL},
	{"effective", CELL_DAY, "ngày"},
	{"kind", CELL_TEXT, "loại"},
	{"amount_dong", CELL_DONG, ">nợ +, có −"},
	{"balance_dong", CELL_DONG, ">số dư"},
	{"key", CELL_ABOUT, "về"},
	{"payout_id", CELL_TEXT, NULL},
	{"recorded", CELL_AT, NULL},
};
static const struct question_column payouts[] = {
	{"payout", CELL_COUNT, ">số"},
	{"payout_id", CELL_TEXT, "mã chi trả"},
	{"batch", CELL_COUNT, ">bảng"},
	{"line", CELL_COUNT, ">dòng"},
	{"month", CELL_DAY, NULL},
	{"amount_dong", CELL_DONG, ">đồng"},
	{"state", CELL_TEXT, "trạng thái"},
	{"state_at", CELL_AT, NULL},
	{"claim", CELL_COUNT, NULL},
	{"issue", CELL_COUNT, NULL},
	{"programme", CELL_TEXT, NULL},
	{"kind", CELL_TEXT, NULL},
	{"agency", CELL_TEXT, NULL},
	{"area_code", CELL_TEXT, NULL},
	{"channel", CELL_TEXT, NULL},
	{"dispatch", CELL_COUNT, NULL},
	{"settled_seq", CELL_COUNT, ">bút toán"},
	{"unpaid_seq", CELL_COUNT, NULL},
	{"returned_seq", CELL_COUNT, NULL},
	{"entry", CELL_TEXT, NULL},
	{"breaks", CELL_COUNTS, NULL},
	{"line_hash", CELL_HEX, NULL},
};
static const struct question_column lines[] = {
	{"line_id", CELL_COUNT, NULL},
	{"statement", CELL_COUNT, NULL},
	{"funding_account", CELL_TEXT, NULL},
	{"day", CELL_DAY, "ngày"},
	{"line", CELL_COUNT, ">dòng"},
	{"detail", CELL_COUNT, NULL},
	{"entry", CELL_TEXT, "mã của ngân hàng"},
	{"direction", CELL_TEXT, "chiều"},
	{"amount_dong", CELL_DONG, ">đồng"},
	{"value_date", CELL_DAY, NULL},
	{"payout_id", CELL_TEXT, NULL},
	{"payout", CELL_COUNT, NULL},
	{"amount_fits", CELL_BOOL, NULL},
	{"account_fits", CELL_BOOL, NULL},
	{"text", CELL_TEXT, NULL},
	{"returned_reason", CELL_TEXT, NULL},
	{"became", CELL_TEXTS, "là"},
	{"breaks", CELL_COUNTS, "việc"},
};
static const struct question_column batches[] = {
	{"batch", CELL_COUNT, ">bảng"},
	{"agency", CELL_TEXT, NULL},
	{"programme", CELL_TEXT, "chương trình"},
	{"period", CELL_DAY, NULL},
	{"area_code", CELL_TEXT, "mã xã"},
	{"channel", CELL_TEXT, NULL},
	{"funding_account", CELL_TEXT, NULL},
	{"state", CELL_TEXT, "trạng thái"},
	{"version", CELL_COUNT, NULL},
	{"lines", CELL_COUNT, ">dòng"},
	{"sum_dong", CELL_DONG, ">đồng"},
	{"made_by", CELL_TEXT, "lập"},
	{"made_at", CELL_AT, NULL},
	{"checked_by", CELL_TEXTS, "kiểm tra"},
	{"approved_by", CELL_TEXTS, "duyệt"},
	{"released_by", CELL_TEXTS, "chuyển"},
	{"approved_seq", CELL_COUNT, NULL},
	{"released_seq", CELL_COUNT, NULL},
	{"root", CELL_HEX, NULL},
};
static const struct question_column breaks[] = {
	{"break", CELL_COUNT, ">việc"},
	{"day", CELL_DAY, "ngày"},
	{"kind", CELL_TEXT, "loại"},
	{"amount_dong", CELL_DONG, ">đồng"},
	{"funding_account", CELL_TEXT, NULL},
	{"entry", CELL_TEXT, "mã của ngân hàng"},
	{"payout_id", CELL_TEXT, NULL},
	{"outcome", CELL_TEXT, "kết quả"},
	{"resolved_on", CELL_DAY, NULL},
	{"resolved_by", CELL_TEXTS, NULL},
	{"note", CELL_TEXT, NULL},
	{"opened_at", CELL_AT, NULL},
	{"opened_seq", CELL_COUNT, NULL},
	{"resolved_seq", CELL_COUNT, NULL},
	{"taken_back_seq", CELL_COUNT, ">rút lại"},
};
static const struct question_column acts[] = {
	{"at", CELL_AT, "lúc"},
	{"officer", CELL_TEXT, "cán bộ"},
	{"what", CELL_TEXT, "việc"},
	{"object", CELL_TEXT, "của"},
	{"note", CELL_TEXT, "ghi chú"},
};

/* ---- whom it is answered to -------------------------------------------------------------------------------------------------- */

static enum result refuse(struct cli *cli, const char *code, const char *text)
{
	why_set(&cli->w->why, code, "%s", text);
	return REFUSED;
}

static enum result read_reach(struct cli *cli, struct question *q)
{
	struct rows r;
	enum result result = db_run(cli->w, Q_AUDIT_REACH, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	q->everywhere = row_bool(&r, 0, rows_col(&r, "everywhere"));
	q->agencies = row_texts(&r, 0, rows_col(&r, "agencies"), &q->n_agencies);
	q->wards = row_texts(&r, 0, rows_col(&r, "wards"), &q->n_wards);
	if (!q->everywhere && q->n_agencies + q->n_wards == 0)
		return refuse(cli, "no_mandate", "the books are asked by officers with the mandate auditor");
	return OK;
}

/* NULL means everything to the queries. */
static struct db_arg its_agencies(const struct question *q)
{
	return q->everywhere ? db_null() : db_texts(q->agencies, q->n_agencies);
}

static struct db_arg its_wards(const struct question *q)
{
	return q->everywhere ? db_null() : db_texts(q->wards, q->n_wards);
}

static bool sees_agency(const struct question *q, const char *agency)
{
	if (q->everywhere)
		return true;
	for (size_t i = 0; agency && i < q->n_agencies; i++)
		if (strcmp(q->agencies[i], agency) == 0)
			return true;
	return false;
}

/* ---- what the options mean ---------------------------------------------------------------------------------------------------- */

static struct db_arg instant_if(bool given, int64_t us)
{
	return given ? db_instant(us) : db_null();
}

static struct db_arg first_day(const struct question *q)
{
	return q->effective.has_first ? db_day(q->effective.first) : db_null();
}

static struct db_arg last_day(const struct question *q)
{
	return q->effective.has_last ? db_day(q->effective.last) : db_null();
}

/* Whether its rows come in the order of the days that they count for: an index leads there, unless an account or an amount leads. */
static bool is_by_day(const struct question *q)
{
	return (q->effective.has_first || q->effective.has_last) && !q->account && !q->amount.given;
}

/* Where nothing was found, the days are nobody's and the rows say so. */
static void narrow_by_days(struct question *q, const struct rows *r)
{
	int first = rows_col(r, "first_of_days"), last = rows_col(r, "last_of_days");
	if (row_null(r, 0, first) || row_null(r, 0, last))
		return;
	if (row_i64(r, 0, first) > q->first)
		q->first = row_i64(r, 0, first);
	if (row_i64(r, 0, last) < q->last)
		q->last = row_i64(r, 0, last) + 1;
}

/* How much of the books is looked at: as of then, as the first page saw them, or as they are; samples only what a checkpoint covers. */
static enum result read_bounds(struct cli *cli, struct question *q)
{
	struct rows r;
	bool by_seq = q->kind->knows & AS_OF && !is_by_day(q);
	enum result result = db_run(cli->w, Q_AUDIT_BOUNDS,
		DB_ARGS(instant_if(q->as_of.has_upto, q->as_of.upto_us),
			instant_if(q->recorded.has_from, q->recorded.from_us),
			instant_if(q->recorded.has_upto, q->recorded.upto_us),
			by_seq ? first_day(q) : db_null(), by_seq ? last_day(q) : db_null()),
		&r);
	if (result != OK)
		return result;
	int64_t now = row_i64(&r, 0, rows_col(&r, "next_seq"));
	int64_t sealed = row_i64(&r, 0, rows_col(&r, "sealed"));
	int64_t most = q->sample.n ? sealed : now;
	q->size = q->cursor.given ? q->cursor.size : most;
	if (q->as_of_size > most)
		return refuse(cli, "as_of_size",
			q->sample.n ? "no checkpoint covers so many transactions yet"
				    : "the books have not so many transactions");
	if (q->as_of_size >= 0 && q->as_of_size < q->size)
		q->size = q->as_of_size;
	if (q->as_of.has_upto && row_i64(&r, 0, rows_col(&r, "as_of")) < q->size)
		q->size = row_i64(&r, 0, rows_col(&r, "as_of"));
	q->first = q->recorded.has_from ? row_i64(&r, 0, rows_col(&r, "first")) : 0;
	q->last = q->recorded.has_upto ? row_i64(&r, 0, rows_col(&r, "last")) : INT64_MAX;
	narrow_by_days(q, &r);
	if (q->sample.n && q->size == 0)
		return refuse(cli, "nothing_sealed", "no checkpoint covers anything of this yet");
	return OK;
}

static enum result find_account(struct cli *cli, struct question *q)
{
	struct rows r;
	enum result result = db_run(cli->w, Q_AUDIT_ACCOUNT, DB_ARGS(db_text(q->account)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0)
		return refuse(cli, "ledger_account_unknown", "the books have no such account");
	if (!sees_agency(q, row_text(&r, 0, rows_col(&r, "agency"))))
		return refuse(cli, "no_mandate",
			"your mandate auditor does not reach to the whole agency of this account");
	q->account_id = row_i64(&r, 0, rows_col(&r, "account"));
	return OK;
}

enum result question_look(struct cli *cli, const struct register_keys *keys, struct question *q)
{
	struct person_found_by_id found;
	enum result result = read_reach(cli, q);
	if (result == OK)
		result = person_by_id(cli->w, keys, &q->person_id, &found);
	if (result != OK)
		return result;
	q->person = found.id;
	return db_run(cli->w, Q_OPENING_ADD,
		DB_ARGS(db_text("ledger.query"), db_i64(q->person), db_text(q->reason)), NULL);
}

/* A payout's number is digits; its end-to-end id has 19 characters. */
static enum result find_payouts(struct cli *cli, struct question *q)
{
	struct rows r;
	uint64_t number;
	bool is_number = q->payout && text_u64(bytes_z(q->payout), INT64_MAX, &number);
	enum result result = db_run(cli->w, Q_AUDIT_PAYOUTS_KNOWN,
		DB_ARGS(db_text(is_number ? NULL : q->payout),
			is_number ? db_i64((int64_t)number) : db_null(),
			q->has_person ? db_i64(q->person) : db_null(), its_agencies(q), its_wards(q)),
		&r);
	if (result != OK)
		return result;
	q->payouts = row_i64s(&r, 0, rows_col(&r, "payouts"), &q->n_payouts);
	q->has_payouts = true;
	if (q->n_payouts == 0 && row_i64(&r, 0, rows_col(&r, "out_of_reach")) > 0)
		return refuse(
			cli, "no_mandate", "your mandate auditor does not reach to this payout or person");
	if (q->n_payouts == 0 && q->payout)
		return refuse(cli, "payout_unknown", "there is no such payout");
	return OK;
}

/* The transactions that an option names, and no others; two options name those that both do. */
static enum result also(struct cli *cli, struct question *q, enum query which, struct db_arg about)
{
	struct rows r;
	size_t n, kept = 0;
	enum result result = db_run(cli->w, which, &about, 1, &r);
	if (result != OK)
		return result;
	const int64_t *seqs = row_i64s(&r, 0, rows_col(&r, "seqs"), &n);
	if (q->has_seqs) {
		int64_t *both = arena_array(cli->w->arena, n, int64_t);
		for (size_t i = 0, j = 0; i < n && j < q->n_seqs; seqs[i] < q->seqs[j] ? i++ : j++)
			if (seqs[i] == q->seqs[j])
				both[kept++] = seqs[i];
		seqs = both;
		n = kept;
	}
	q->seqs = seqs;
	q->n_seqs = n;
	q->has_seqs = true;
	return OK;
}

static enum result find_seqs(struct cli *cli, struct question *q)
{
	enum result result = OK;
	if (q->has_payouts)
		result = also(cli, q, Q_AUDIT_SEQS_OF_PAYOUTS, db_i64s(q->payouts, q->n_payouts));
	if (result == OK && q->batch)
		result = also(cli, q, Q_AUDIT_SEQS_OF_BATCH, db_i64(q->batch));
	if (result == OK && q->entry)
		result = also(cli, q, Q_AUDIT_SEQS_OF_ENTRY, db_text(q->entry));
	return result;
}

/* ---- pages ---------------------------------------------------------------------------------------------------------------------- */

static struct db_arg its_kinds(const struct question *q)
{
	return q->n_kinds ? db_texts(q->kinds, q->n_kinds) : db_null();
}

static struct db_arg amount_if(const struct question *q, struct vnd v)
{
	return q->amount.given ? db_vnd(v) : db_null();
}

static struct db_arg page(const struct question *q)
{
	return db_i64(q->limit + 1);
}

#define MATCHING(q, from, count)                                                                            \
	db_i64(from), db_i64((q)->last < (q)->size ? (q)->last : (q)->size), first_day(q), last_day(q),     \
		its_kinds(q), (q)->account ? db_i64((q)->account_id) : db_null(),                           \
		amount_if(q, (q)->amount.least), amount_if(q, (q)->amount.most), db_text((q)->officer),     \
		(q)->has_seqs ? db_i64s((q)->seqs, (q)->n_seqs) : db_null(), its_agencies(q), its_wards(q), \
		count

/* Draws, and leaves only what was drawn to be looked at. */
static enum result draw(struct cli *cli, struct question *q)
{
	struct rows r;
	enum result result = db_run(cli->w, q->sample.by_amount ? Q_AUDIT_SAMPLE_BY_AMOUNT : Q_AUDIT_SAMPLE,
		DB_ARGS(MATCHING(q, q->first, db_i64(q->sample.n)), db_text(q->sample.seed)), &r);
	if (result != OK)
		return result;
	q->seqs = row_i64s(&r, 0, rows_col(&r, "seqs"), &q->n_seqs);
	q->has_seqs = true;
	q->sample.population = row_i64(&r, 0, rows_col(&r, "population"));
	if (q->sample.by_amount)
		q->sample.population_sum = row_vnd(&r, 0, rows_col(&r, "population_dong"));
	return OK;
}

static enum result run_transactions(struct cli *cli, struct question *q)
{
	enum result result = find_seqs(cli, q);
	/* Whoever sees some wards only is not led through everybody's transactions to look for theirs. */
	if (result == OK && !q->everywhere && q->n_agencies == 0 && !q->has_seqs)
		return refuse(cli, "narrow_mandate",
			"a mandate for wards asks by payout, person, batch or bank's entry");
	if (result == OK && q->sample.n)
		result = draw(cli, q);
	if (result != OK)
		return result;
	if (!is_by_day(q)) {
		int64_t from = q->cursor.given ? q->cursor.key[0] + 1 : q->first;
		return db_run(cli->w,
			q->account || q->amount.given ? Q_AUDIT_TRANSACTIONS_OF_LEGS : Q_AUDIT_TRANSACTIONS,
			DB_ARGS(MATCHING(q, from, page(q))), &q->rows);
	}
	struct day day = {q->cursor.given ? (int32_t)q->cursor.key[0] : -100000};
	return db_run(cli->w, Q_AUDIT_TRANSACTIONS_BY_DAY,
		DB_ARGS(MATCHING(q, q->first, page(q)), db_day(day),
			db_i64(q->cursor.given ? q->cursor.key[1] : -1)),
		&q->rows);
}

static enum result run_postings(struct cli *cli, struct question *q)
{
	bool goes_on = q->cursor.given && q->cursor.key[0] >= q->first;
	return db_run(cli->w, Q_AUDIT_POSTINGS,
		DB_ARGS(db_i64(q->account_id), db_i64(goes_on ? q->cursor.key[0] : q->first),
			db_i64(goes_on ? q->cursor.key[1] : 0), db_i64(q->last < q->size ? q->last : q->size),
			first_day(q), last_day(q), its_kinds(q), amount_if(q, q->amount.least),
			amount_if(q, q->amount.most), page(q)),
		&q->rows);
}

static struct db_arg its_payouts(const struct question *q)
{
	return q->has_payouts ? db_i64s(q->payouts, q->n_payouts) : db_null();
}

static struct db_arg batch_if(const struct question *q)
{
	return q->batch ? db_i64(q->batch) : db_null();
}

static enum result run_payouts(struct cli *cli, struct question *q)
{
	return db_run(cli->w, Q_AUDIT_PAYOUTS,
		DB_ARGS(its_payouts(q), batch_if(q), db_i64(q->cursor.key[0]), db_i64(q->cursor.key[1]),
			its_agencies(q), its_wards(q), page(q)),
		&q->rows);
}

static enum result run_lines(struct cli *cli, struct question *q)
{
	if (!q->everywhere && q->n_agencies == 0)
		return refuse(cli, "no_mandate",
			"a bank's statement is a whole agency's, and your mandate auditor is not");
	const char *const *entries = &q->entry;
	size_t n_entries = q->entry ? 1 : 0;
	struct rows r;
	enum result result = q->has_payouts
				     ? db_run(cli->w, Q_AUDIT_ENTRIES_OF_PAYOUTS, DB_ARGS(its_payouts(q)), &r)
				     : OK;
	if (result != OK)
		return result;
	if (q->has_payouts)
		entries = row_texts(&r, 0, rows_col(&r, "entries"), &n_entries);
	return db_run(cli->w, Q_AUDIT_LINES,
		DB_ARGS(db_text(q->account), first_day(q), last_day(q),
			q->entry || q->has_payouts ? db_texts(entries, n_entries) : db_null(),
			db_i64(q->cursor.key[0]), db_i64(q->cursor.key[1]),
			db_i64(q->cursor.given ? q->cursor.key[2] : -1), its_agencies(q), page(q)),
		&q->rows);
}

static enum result run_batches(struct cli *cli, struct question *q)
{
	return db_run(cli->w, Q_AUDIT_BATCHES,
		DB_ARGS(batch_if(q), db_i64(q->cursor.key[0]), its_agencies(q), its_wards(q), page(q)),
		&q->rows);
}

static enum result run_breaks(struct cli *cli, struct question *q)
{
	if (!q->everywhere && q->n_agencies == 0)
		return refuse(cli, "no_mandate",
			"differences are a whole agency's, and your mandate auditor is not");
	return db_run(cli->w, Q_AUDIT_BREAKS,
		DB_ARGS(db_i64(q->cursor.key[0]), first_day(q), last_day(q), its_payouts(q),
			db_text(q->entry), its_agencies(q), page(q)),
		&q->rows);
}

static enum result run_acts(struct cli *cli, struct question *q)
{
	if (!q->everywhere)
		return refuse(
			cli, "no_mandate", "what officers did everywhere is seen by who may see everything");
	return db_run(cli->w, Q_AUDIT_ACTS,
		DB_ARGS(db_text(q->officer), db_instant(q->recorded.has_from ? q->recorded.from_us : 0),
			db_instant(q->recorded.has_upto ? q->recorded.upto_us : INT64_C(4102444800000000)),
			db_instant(q->cursor.key[0]), db_i64(q->cursor.given ? q->cursor.key[1] : INT64_MIN),
			page(q)),
		&q->rows);
}

const struct question_kind question_kinds[] = {
	{"transactions",
		BY_ACCOUNT | BY_PAYOUT | BY_PERSON | BY_BATCH | BY_OFFICER | BY_ENTRY | BY_KIND | BY_AMOUNT |
			BY_EFFECTIVE | BY_RECORDED | AS_OF | SAMPLE,
		{"seq"}, {"effective", "seq"}, COUNT_OF(transactions), transactions, run_transactions},
	{"postings", BY_ACCOUNT | BY_KIND | BY_AMOUNT | BY_EFFECTIVE | BY_RECORDED | AS_OF, {"seq", "n"},
		{"seq", "n"}, COUNT_OF(postings), postings, run_postings},
	{"payouts", BY_PAYOUT | BY_PERSON | BY_BATCH, {"batch", "line"}, {0}, COUNT_OF(payouts), payouts,
		run_payouts},
	{"lines", BY_ACCOUNT | BY_PAYOUT | BY_ENTRY | BY_EFFECTIVE, {"statement", "line", "detail"},
		{"statement", "line", "detail"}, COUNT_OF(lines), lines, run_lines},
	{"batches", BY_BATCH, {"batch"}, {0}, COUNT_OF(batches), batches, run_batches},
	{"breaks", BY_PAYOUT | BY_ENTRY | BY_EFFECTIVE, {"break"}, {"break"}, COUNT_OF(breaks), breaks,
		run_breaks},
	{"acts", BY_OFFICER | BY_RECORDED, {"at", "hash"}, {0}, COUNT_OF(acts), acts, run_acts},
};
const size_t n_question_kinds = COUNT_OF(question_kinds);

enum result question_answer(struct cli *cli, struct question *q)
{
	enum result result = read_reach(cli, q);
	if (result == OK)
		result = read_bounds(cli, q);
	if (result == OK && q->account && q->kind->run != run_lines)
		result = find_account(cli, q);
	if (result == OK && (q->payout || q->has_person))
		result = find_payouts(cli, q);
	return result == OK ? q->kind->run(cli, q) : result;
}

/* ---- where the page ended ------------------------------------------------------------------------------------------------------------ */

bool question_has_more(const struct question *q)
{
	return !q->sample.n && rows_n(&q->rows) > (size_t)q->limit;
}

size_t question_rows(const struct question *q)
{
	return question_has_more(q) ? (size_t)q->limit : rows_n(&q->rows);
}

static int64_t key_value(const struct rows *r, size_t i, const char *name)
{
	int col = rows_col(r, name);
	if (strcmp(name, "effective") == 0)
		return row_day(r, i, col).n;
	return strcmp(name, "at") == 0 ? row_instant(r, i, col) : row_i64(r, i, col);
}

void question_ended(const struct question *q, struct cursor *out)
{
	const char *const *names = is_by_day(q) ? q->kind->key_by_day : q->kind->key;
	*out = (struct cursor){.given = true, .size = q->size};
	for (size_t i = 0; i < COUNT_OF(out->key) && names[i]; i++)
		out->key[i] = key_value(&q->rows, question_rows(q) - 1, names[i]);
}
