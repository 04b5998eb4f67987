#include "ledger/register/payer_store.h"

#include <string.h>

#include "ledger/register/officer_store.h"

/* ---- the payer --------------------------------------------------------------------------------------------------------- */

static enum result put(
	struct work *w, enum query q, const struct db_arg *args, size_t n, const char *what, int64_t *fresh)
{
	struct rows answer;
	enum result r = db_run(w, q, args, n, &answer);
	if (r != OK)
		return r;
	const char *wrong = row_text(&answer, 0, rows_col(&answer, "wrong"));
	if (wrong) {
		why_set(&w->why, "setup_differs",
			"%s %s is there as something else, or names what does not exist", what, wrong);
		return REFUSED;
	}
	*fresh += row_i64(&answer, 0, rows_col(&answer, "fresh"));
	return OK;
}

#define TEXTS(a, n) arena_array((a), (n), const char *)
#define COLUMN(to, from, n, member)         \
	for (size_t i_ = 0; i_ < (n); i_++) \
	(to)[i_] = (from)[i_].member

static enum result put_agencies(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = p->n_agencies;
	const char **codes = TEXTS(w->arena, n), **names = TEXTS(w->arena, n);
	COLUMN(codes, p->agencies, n, code);
	COLUMN(names, p->agencies, n, name);
	return put(w, Q_AGENCIES_PUT, DB_ARGS(db_texts(codes, n), db_texts(names, n)), "agency", fresh);
}

static enum result put_accounts(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = p->n_accounts;
	const char **codes = TEXTS(w->arena, n), **agencies = TEXTS(w->arena, n),
		   **banks = TEXTS(w->arena, n), **numbers = TEXTS(w->arena, n);
	COLUMN(codes, p->accounts, n, code);
	COLUMN(agencies, p->accounts, n, agency);
	COLUMN(banks, p->accounts, n, bank);
	COLUMN(numbers, p->accounts, n, number);
	return put(w, Q_FUNDING_ACCOUNTS_PUT,
		DB_ARGS(db_texts(codes, n), db_texts(agencies, n), db_texts(banks, n), db_texts(numbers, n)),
		"funding account", fresh);
}

static enum result put_programmes(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = p->n_programmes;
	const char **codes = TEXTS(w->arena, n), **names = TEXTS(w->arena, n),
		   **agencies = TEXTS(w->arena, n), **accounts = TEXTS(w->arena, n);
	COLUMN(codes, p->programmes, n, code);
	COLUMN(names, p->programmes, n, name);
	COLUMN(agencies, p->programmes, n, agency);
	COLUMN(accounts, p->programmes, n, account);
	return put(w, Q_PROGRAMMES_PUT,
		DB_ARGS(db_texts(codes, n), db_texts(names, n), db_texts(agencies, n), db_texts(accounts, n)),
		"programme", fresh);
}

static enum result put_channels(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = p->n_channels;
	const struct payer_channel *c = p->channels;
	const char **codes = TEXTS(w->arena, n), **kinds = TEXTS(w->arena, n),
		   **accounts = TEXTS(w->arena, n), **banks = TEXTS(w->arena, n),
		   **drivers = TEXTS(w->arena, n);
	bool *dedup = arena_array(w->arena, n, bool), *honours = arena_array(w->arena, n, bool),
	     *no_key = arena_array(w->arena, n, bool);
	int64_t *days = arena_array(w->arena, n, int64_t), *lag = arena_array(w->arena, n, int64_t),
		*items = arena_array(w->arena, n, int64_t), *hours = arena_array(w->arena, n, int64_t);
	struct bytes *keys = arena_array(w->arena, n, struct bytes);
	COLUMN(codes, c, n, code);
	COLUMN(kinds, c, n, kind);
	COLUMN(accounts, c, n, account);
	COLUMN(banks, c, n, bank);
	COLUMN(drivers, c, n, driver);
	COLUMN(dedup, c, n, deduplicates);
	COLUMN(honours, c, n, honours_valid_until);
	COLUMN(days, c, n, dedupe_days);
	COLUMN(lag, c, n, posting_lag_days);
	COLUMN(items, c, n, items_per_message);
	COLUMN(hours, c, n, valid_hours);
	for (size_t i = 0; i < n; i++) {
		keys[i] = bytes_of(c[i].agent_key.b, sizeof c[i].agent_key.b);
		no_key[i] = !c[i].has_agent_key;
	}
	return put(w, Q_CHANNELS_PUT,
		DB_ARGS(db_texts(codes, n), db_texts(kinds, n), db_texts(accounts, n), db_texts(banks, n),
			db_texts(drivers, n), db_bools(dedup, n), db_i64s(days, n), db_bools(honours, n),
			db_i64s(lag, n), db_i64s(items, n), db_i64s(hours, n),
			db_with_nulls(db_byteas(keys, n), no_key)),
		"channel", fresh);
}

/* What its bank agreed to begin with; later two officers change it. */
static enum result put_hours(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = 0;
	const char **codes = TEXTS(w->arena, p->n_channels), **hours = TEXTS(w->arena, p->n_channels);
	bool *holidays = arena_array(w->arena, p->n_channels, bool);
	int64_t *margins = arena_array(w->arena, p->n_channels, int64_t);
	for (size_t i = 0; i < p->n_channels; i++) {
		const struct payer_channel *c = &p->channels[i];
		if (!c->hours)
			continue;
		codes[n] = c->code;
		hours[n] = c->hours;
		holidays[n] = c->on_holidays;
		margins[n++] = c->margin_minutes;
	}
	return put(w, Q_HOURS_AGREED,
		DB_ARGS(db_texts(codes, n), db_texts(hours, n), db_bools(holidays, n), db_i64s(margins, n)),
		"hours of channel", fresh);
}

static enum result put_fees(struct work *w, const struct payer *p, int64_t *fresh)
{
	size_t n = p->n_fees;
	const char **banks = TEXTS(w->arena, n), **patterns = TEXTS(w->arena, n);
	struct vnd *most = arena_array(w->arena, n, struct vnd);
	COLUMN(banks, p->fees, n, bank);
	COLUMN(patterns, p->fees, n, pattern);
	COLUMN(most, p->fees, n, most);
	return put(w, Q_FEE_RULES_PUT, DB_ARGS(db_texts(banks, n), db_texts(patterns, n), db_vnds(most, n)),
		"fee rule", fresh);
}

enum result payer_put(struct work *w, const struct payer *p, int64_t *fresh)
{
	int64_t n = 0;
	enum result r = put_agencies(w, p, &n);
	if (r == OK)
		r = put_accounts(w, p, &n);
	if (r == OK)
		r = put_programmes(w, p, &n);
	if (r == OK)
		r = put_channels(w, p, &n);
	if (r == OK)
		r = put_hours(w, p, &n);
	if (r == OK)
		r = put_fees(w, p, &n);
	if (r == OK)
		*fresh = n;
	return r;
}

/* ---- expected money ---------------------------------------------------------------------------------------------------- */

bool funding_is_refund(const struct funding_order *o)
{
	return strcmp(o->kind, "refund") == 0 || strcmp(o->kind, "unspent") == 0;
}

static enum result may_expect(struct work *w, const char *agency, const struct funding_order *o)
{
	struct wanted wanted = {.agency = agency, .area = "*", .amount = o->amount};
	bool may = false;
	enum result r = funding_is_refund(o) ? OK : officer_may(w, "operator", &wanted, 1, &may);
	if (r != OK || may)
		return r;
	return officer_must(w, "release", &wanted, 1);
}

enum result funding_expect(struct work *w, int64_t officer, const struct funding_order *o, bool *fresh)
{
	struct rows answer;
	enum result r = db_run(w, Q_FUND_EXPECT,
		DB_ARGS(db_text(o->account), db_text(o->kind), db_text(o->channel), db_text(o->reference),
			db_vnd(o->amount), db_i64(officer)),
		&answer);
	if (r != OK)
		return r;
	if (rows_n(&answer) == 0) {
		why_set(&w->why, "account_unknown", "there is no funding account %s", o->account);
		return REFUSED;
	}
	if (row_bool(&answer, 0, rows_col(&answer, "withdrawn"))) {
		why_set(&w->why, "order_withdrawn", "the order %s of account %s was withdrawn", o->reference,
			o->account);
		return REFUSED;
	}
	if (!row_bool(&answer, 0, rows_col(&answer, "same"))) {
		why_set(&w->why, "order_differs", "an order %s of account %s is there with another content",
			o->reference, o->account);
		return REFUSED;
	}
	r = may_expect(w, row_text(&answer, 0, rows_col(&answer, "agency")), o);
	if (r == OK)
		*fresh = row_bool(&answer, 0, rows_col(&answer, "fresh"));
	return r;
}

enum result refund_confirm(struct work *w, const struct funding_order *o, bool *confirmed)
{
	struct rows answer;
	enum result r = db_run(
		w, Q_FUND_CONFIRM, DB_ARGS(db_text(o->account), db_text(o->reference)), &answer);
	if (r == OK)
		*confirmed = row_bool(&answer, 0, rows_col(&answer, "confirmed"));
	return r;
}

enum result refund_withdraw(
	struct work *w, const char *account, const char *reference, const char *reason, struct vnd *amount)
{
	struct rows answer;
	enum result r = db_run(
		w, Q_FUND_WITHDRAW, DB_ARGS(db_text(account), db_text(reference), db_text(reason)), &answer);
	if (r != OK)
		return r;
	if (!row_bool(&answer, 0, rows_col(&answer, "known"))) {
		why_set(&w->why, "order_unknown", "account %s has no order %s", account, reference);
		return REFUSED;
	}
	if (!row_bool(&answer, 0, rows_col(&answer, "fresh"))) {
		why_set(&w->why, "order_withdrawn", "the order %s of account %s was withdrawn", reference,
			account);
		return REFUSED;
	}
	*amount = row_vnd(&answer, 0, rows_col(&answer, "amount_dong"));
	return OK;
}

enum result funding_list(struct work *w, struct funding_orders *out)
{
	struct rows f;
	enum result r = db_run(w, Q_FUND_LIST, DB_NO_ARGS, &f);
	if (r != OK)
		return r;
	struct funding_orders all = {
		.n = rows_n(&f), .at = arena_array(w->arena, rows_n(&f), struct funding_order)};
	for (size_t i = 0; i < all.n; i++)
		all.at[i] = (struct funding_order){
			.account = row_text(&f, i, rows_col(&f, "account")),
			.kind = row_text(&f, i, rows_col(&f, "kind")),
			.channel = row_text(&f, i, rows_col(&f, "channel")),
			.reference = row_text(&f, i, rows_col(&f, "reference")),
			.amount = row_vnd(&f, i, rows_col(&f, "amount_dong")),
			.maker = row_text(&f, i, rows_col(&f, "maker")),
			.booked = row_bool(&f, i, rows_col(&f, "booked")),
			.waits = row_bool(&f, i, rows_col(&f, "waits")),
			.withdrawn = row_bool(&f, i, rows_col(&f, "withdrawn")),
		};
	*out = all;
	return OK;
}

enum result funding_accounts(struct work *w, struct funding_accounts *out)
{
	struct rows f;
	enum result r = db_run(w, Q_FUND_ACCOUNTS, DB_NO_ARGS, &f);
	if (r != OK)
		return r;
	struct funding_accounts all = {.n = rows_n(&f),
		.at = arena_array(w->arena, rows_n(&f), struct payer_account),
		.promised = arena_array(w->arena, rows_n(&f), struct vnd)};
	for (size_t i = 0; i < all.n; i++) {
		all.promised[i] = row_vnd(&f, i, rows_col(&f, "promised_dong"));
		all.at[i] = (struct payer_account){
			.code = row_text(&f, i, rows_col(&f, "code")),
			.agency = row_text(&f, i, rows_col(&f, "agency")),
			.bank = row_text(&f, i, rows_col(&f, "bank")),
			.number = row_text(&f, i, rows_col(&f, "number")),
		};
	}
	*out = all;
	return OK;
}

/* ---- the business clock ------------------------------------------------------------------------------------------------- */

enum result clock_look(struct work *w, struct business_clock *out)
{
	struct rows f;
	enum result r = db_run(w, Q_CLOCK_LOOK, DB_NO_ARGS, &f);
	if (r == OK)
		*out = (struct business_clock){
			.sandbox = row_bool(&f, 0, rows_col(&f, "sandbox")),
			.now_us = row_instant(&f, 0, rows_col(&f, "now")),
			.today = row_day(&f, 0, rows_col(&f, "today")),
		};
	return r;
}

enum result clock_move(struct work *w, int64_t to_us, int64_t *now_us)
{
	struct rows f;
	enum result r = db_run(w, Q_CLOCK_MOVE, DB_ARGS(db_instant(to_us)), &f);
	if (r == OK)
		*now_us = row_instant(&f, 0, rows_col(&f, "now"));
	return r;
}
