#include "ledger/register/account_store.h"

#include <inttypes.h>
#include <string.h>

#include <sys/random.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"
#include "ledger/register/account_hash.h"
#include "ledger/register/ended_file.h"
#include "ledger/register/match.h"
#include "ledger/register/people_found.h"
#include "ledger/register/reading.h"

#define CARRY_MOST 10000 /* accounts a statement */

/* ---- adding -------------------------------------------------------------------------------------------------------------- */

struct payee {
	const char *name;
	struct key32 key;
};

static enum result refuse(struct work *w, const char *code, const char *text)
{
	why_set(&w->why, code, "%s", text);
	return REFUSED;
}

static enum result find_bank(struct work *w, const struct account_wish *wish, const char **bank)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_BANKS, DB_ARGS(db_text(wish->bank), db_i64(wish->person)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return refuse(w, "bank_unknown", wish->bank);
	if (!row_bool(&rows, 0, rows_col(&rows, "keeps")))
		return refuse(w, "no_mandate", "you do not keep the register where this person is enrolled");
	*bank = row_text(&rows, 0, rows_col(&rows, "code"));
	return OK;
}

static enum result open_payee(
	struct work *w, const struct register_keys *keys, int64_t person, struct payee *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_KEY, DB_ARGS(db_i64(person)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return refuse(w, "person_unknown", "the person's data were erased");
	out->name = row_text(&rows, 0, rows_col(&rows, "name"));
	struct found_person p = {.id = person, .wrapped = row_bytes(&rows, 0, rows_col(&rows, "wrapped"))};
	return people_open_key(&p, keys, &out->key, &w->why) ? OK : REFUSED;
}

static void draw_salt(struct hash16 *salt)
{
	if (getentropy(salt->b, sizeof salt->b) != 0)
		bug("could not draw a salt");
}

static enum result add_account(struct work *w, const struct account_wish *wish, const struct payee *payee,
	const char *bank, const struct hash16 *blind, int64_t *account)
{
	struct rows rows;
	struct hash16 salt;
	bool own = strcmp(wish->kind, "self") == 0;
	const char *holder = wish->holder ? wish->holder : payee->name;
	draw_salt(&salt);
	struct hash hash = account_hash(&salt, bank, wish->number.text);
	struct bytes sealed = sealed_text(w->arena, &payee->key, wish->person, "account", wish->number.text);
	enum result r = db_run(w, Q_ACCOUNT_ADD,
		DB_ARGS(db_i64(wish->person), db_text(wish->kind), db_text(bank), db_hash16(blind),
			db_bytes(sealed), db_hash16(&salt), db_hash(&hash), db_text(holder),
			db_text(reading_fold(w->arena, holder)), own ? db_null() : db_text(wish->document),
			wish->has_until ? db_day(wish->until) : db_null()),
		&rows);
	if (r == OK)
		*account = row_i64(&rows, 0, rows_col(&rows, "account"));
	return r;
}

/* One's own account bears one's own name; nobody's name is guessed from another's. */
static bool holder_fits(const struct account_wish *wish, const struct payee *payee)
{
	return strcmp(wish->kind, "self") != 0 || !wish->holder ||
	       name_grade(bytes_z(payee->name), bytes_z(wish->holder)) <= NAME_FOLDED;
}

static enum result add_word(struct work *w, int64_t account, const char *what, const struct day *from,
	const struct day *until, const char *document, int64_t *word)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_WORD_ADD,
		DB_ARGS(db_i64(account), db_text(what), from ? db_day(*from) : db_null(),
			until ? db_day(*until) : db_null(), db_text(document)),
		&rows);
	if (r == OK)
		*word = row_i64(&rows, 0, rows_col(&rows, "word"));
	return r;
}

/* The account of this number: the one that is known, or a new row. */
static enum result take_account(struct work *w, const struct register_keys *keys,
	const struct account_wish *wish, const struct payee *payee, const char *bank, int64_t *account)
{
	struct rows rows;
	struct hash16 blind = blind_index(keys->blind, BLIND_ACCOUNT, wish->number.text);
	enum result r = db_run(w, Q_ACCOUNT_OF_NUMBER,
		DB_ARGS(db_i64(wish->person), db_text(bank), db_hash16(&blind)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return add_account(w, wish, payee, bank, &blind, account);
	if (row_bool(&rows, 0, rows_col(&rows, "open")))
		return refuse(w, "account_in", "this account is there already");
	if (strcmp(row_text(&rows, 0, rows_col(&rows, "kind")), wish->kind) != 0)
		return refuse(w, "account_kind", row_text(&rows, 0, rows_col(&rows, "kind")));
	if (wish->holder && name_grade(bytes_z(row_text(&rows, 0, rows_col(&rows, "holder"))),
				    bytes_z(wish->holder)) > NAME_FOLDED)
		return refuse(w, "holder_differs", "the account is known under another holder");
	*account = row_i64(&rows, 0, rows_col(&rows, "account"));
	return OK;
}

enum result account_propose(
	struct work *w, const struct register_keys *keys, const struct account_wish *wish, int64_t *word)
{
	struct payee payee = {0};
	const char *bank;
	int64_t account;
	enum result r = find_bank(w, wish, &bank);
	if (r == OK)
		r = open_payee(w, keys, wish->person, &payee);
	if (r == OK && !holder_fits(wish, &payee))
		r = refuse(w, "holder_differs", "the account of the person's own has another holder");
	if (r == OK)
		r = take_account(w, keys, wish, &payee, bank, &account);
	secret_wipe(&payee.key, sizeof payee.key);
	if (r != OK)
		return r;
	return add_word(w, account, "add", wish->has_from ? &wish->from : NULL,
		wish->has_until ? &wish->until : NULL, wish->document, word);
}

enum result account_change(struct work *w, const struct account_change *change, int64_t *word)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_FIND, DB_ARGS(db_i64(change->account)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return refuse(w, "account_id_unknown", "there is no such account");
	if (!row_bool(&rows, 0, rows_col(&rows, "keeps")))
		return refuse(w, "no_mandate", "you do not keep the register where this person is enrolled");
	if (!row_bool(&rows, 0, rows_col(&rows, "stands")))
		return refuse(w, "account_over", "the account receives nothing anyway");
	if (row_bool(&rows, 0, rows_col(&rows, "waits")))
		return refuse(w, "word_waits", "something about it awaits its second officer");
	return add_word(w, change->account, change->what, change->has_from ? &change->from : NULL,
		change->has_until ? &change->until : NULL, change->document, word);
}

/* ---- confirming ---------------------------------------------------------------------------------------------------------- */

static enum result refuse_word(struct work *w, const struct rows *rows, size_t i, const char *code)
{
	const char *lacks = row_text(rows, i, rows_col(rows, "lacks"));
	why_set(&w->why, code, "word %" PRId64 "%s%s", row_i64(rows, i, rows_col(rows, "id")),
		lacks ? " takes the " : "", lacks ? lacks : "");
	return REFUSED;
}

/* What was added is looked at by its number, not by a list of names. */
static enum result check_number(struct work *w, const struct register_keys *keys, const struct rows *rows,
	size_t i, const struct account_no *number)
{
	if (strcmp(row_text(rows, i, rows_col(rows, "what")), "add") != 0)
		return OK;
	if (!number || rows_n(rows) > 1)
		return refuse_word(w, rows, i, "number_needed");
	struct hash16 typed = blind_index(keys->blind, BLIND_ACCOUNT, number->text),
		      stored = row_hash16(rows, i, rows_col(rows, "blind"));
	return memcmp(typed.b, stored.b, sizeof typed.b) == 0 ? OK
							      : refuse_word(w, rows, i, "number_differs");
}

/* Whether two officers' sight of a document lets it pass: what the bank said of its state or holder is not theirs to overrule. */
static bool officers_may_vouch(const struct rows *rows, size_t i, const char **status, const char **grade)
{
	const char *known = row_text(rows, i, rows_col(rows, "status"));
	bool own = strcmp(row_text(rows, i, rows_col(rows, "kind")), "self") == 0;
	const char *holder = row_text(rows, i, rows_col(rows, "holder"));
	enum name_grade g = own ? name_grade(bytes_z(row_text(rows, i, rows_col(rows, "person_name"))),
					  bytes_z(holder))
				: NAME_EXACT;
	*status = "open";
	*grade = name_grade_text(g);
	if (strcmp(row_text(rows, i, rows_col(rows, "what")), "add") != 0 || g > NAME_FOLDED)
		return false;
	if (!known || strcmp(known, "unclear") == 0)
		return true;
	*status = known;
	*grade = row_text(rows, i, rows_col(rows, "grade"));
	return match_receives(known) && !row_bool(rows, i, rows_col(rows, "passes")) &&
	       strcmp(*grade, "partial") != 0 && strcmp(*grade, "different") != 0;
}

static enum result vouch(struct work *w, const struct rows *rows)
{
	size_t n = 0, asked = 0;
	int64_t *accounts = arena_array(w->arena, rows_n(rows), int64_t),
		*asks = arena_array(w->arena, rows_n(rows), int64_t);
	const char **statuses = arena_array(w->arena, rows_n(rows), const char *),
		   **grades = arena_array(w->arena, rows_n(rows), const char *);
	for (size_t i = 0; i < rows_n(rows); i++) {
		int64_t account = row_i64(rows, i, rows_col(rows, "account"));
		if (strcmp(row_text(rows, i, rows_col(rows, "what")), "add") == 0)
			asks[asked++] = account;
		if (officers_may_vouch(rows, i, &statuses[n], &grades[n]))
			accounts[n++] = account;
	}
	enum result r = OK;
	struct rows inquiries;
	if (n > 0)
		r = db_run(w, Q_ACCOUNT_VOUCH,
			DB_ARGS(db_i64s(accounts, n), db_texts(statuses, n), db_texts(grades, n)), NULL);
	if (r == OK && asked > 0)
		r = db_run(w, Q_ACCOUNT_ASK, DB_ARGS(db_i64s(asks, asked)), &inquiries);
	return r;
}

/* Before the commit, so that no dump pays into what the archive does not know to be ended. */
static enum result keep_ends(struct work *w, const struct decided_archive *archive, const struct rows *done)
{
	for (size_t i = 0; archive && i < rows_n(done); i++) {
		const struct ended e = {.account = row_hash(done, i, rows_col(done, "hash")),
			.at_us = row_instant(done, i, rows_col(done, "at")),
			.from = row_day(done, i, rows_col(done, "from_day")),
			.officers = {row_text(done, i, rows_col(done, "first")),
				row_text(done, i, rows_col(done, "second"))}};
		if (strcmp(row_text(done, i, rows_col(done, "what")), "end") == 0 &&
			!ended_keep(archive, &e, &w->why))
			return REFUSED;
	}
	return OK;
}

enum result account_confirm(
	struct work *w, const struct register_keys *keys, const struct account_confirmed *c)
{
	struct rows rows, done;
	enum result r = db_run(w, Q_ACCOUNT_WORDS, DB_ARGS(db_i64s(c->words, c->n)), &rows);
	int problem = r == OK ? rows_col(&rows, "problem") : 0;
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++) {
		if (!row_null(&rows, i, problem))
			return refuse_word(w, &rows, i, row_text(&rows, i, problem));
		r = check_number(w, keys, &rows, i, c->number);
	}
	if (r == OK)
		r = db_run(w, Q_ACCOUNT_WORDS_CONFIRM, DB_ARGS(db_i64s(c->words, c->n)), &done);
	if (r == OK)
		r = keep_ends(w, c->archive, &done);
	return r == OK ? vouch(w, &rows) : r;
}

enum result account_drop(struct work *w, const int64_t *words, size_t n)
{
	struct rows done;
	enum result r = db_run(w, Q_ACCOUNT_WORDS_DROP, DB_ARGS(db_i64s(words, n)), &done);
	return r != OK || rows_n(&done) == n ? r : refuse(w, "word_unknown", "not all of them wait");
}

/* ---- looking --------------------------------------------------------------------------------------------------------------- */

/* Of a row with the columns person, wrapped and sealed; wipe it. */
static bool read_number(
	struct work *w, const struct opening *opening, const struct rows *r, size_t i, struct account_no *out)
{
	CLEANUP(buf_free) struct buf number = BUF(64);
	struct sealed_field field = {.person = row_i64(r, i, rows_col(r, "person")),
		.wrapped = row_bytes(r, i, rows_col(r, "wrapped")),
		.sealed = row_bytes(r, i, rows_col(r, "sealed")),
		.field = "account"};
	bool fine = opening_field(w, opening, &field, &number) &&
		    account_no_parse(buf_bytes(&number), out, &w->why);
	if (number.at)
		secret_wipe(number.at, number.n);
	return fine;
}

void account_number_masked(struct work *w, const struct opening *opening, const struct rows *r, size_t i,
	char out[static MASKED_SIZE])
{
	struct account_no no = {0};
	out[0] = '\0';
	if (!row_null(r, i, rows_col(r, "wrapped")) && read_number(w, opening, r, i, &no))
		account_no_masked(&no, out);
	why_clear(&w->why);
	secret_wipe(&no, sizeof no);
}

static struct account_row row_of(
	struct work *w, const struct opening *opening, const struct rows *r, size_t i)
{
	int until = rows_col(r, "authority_until"), word = rows_col(r, "word");
	struct account_row a = {
		.account = row_i64(r, i, rows_col(r, "account")),
		.person = row_i64(r, i, rows_col(r, "root")),
		.person_name = row_text(r, i, rows_col(r, "person_name")),
		.kind = row_text(r, i, rows_col(r, "kind")),
		.bank = row_text(r, i, rows_col(r, "bank")),
		.holder = row_text(r, i, rows_col(r, "holder")),
		.source = row_text(r, i, rows_col(r, "source")),
		.authority = row_text(r, i, rows_col(r, "authority")),
		.valid_from = row_day(r, i, rows_col(r, "valid_from")),
		.has_until = !row_null(r, i, until),
		.stands = row_bool(r, i, rows_col(r, "stands")),
		.renamed = row_bool(r, i, rows_col(r, "renamed")),
		.passes = row_bool(r, i, rows_col(r, "passes")),
		.status = row_text(r, i, rows_col(r, "status")),
		.word = row_null(r, i, word) ? 0 : row_i64(r, i, word),
		.what = row_text(r, i, rows_col(r, "what")),
		.document = row_text(r, i, rows_col(r, "document")),
		.by = row_text(r, i, rows_col(r, "first")),
	};
	if (a.has_until)
		a.until = row_day(r, i, until);
	if (a.word)
		a.word_from = row_day(r, i, rows_col(r, "from_day"));
	if (a.word && !row_null(r, i, rows_col(r, "word_until")))
		a.word_until = row_day(r, i, rows_col(r, "word_until"));
	account_number_masked(w, opening, r, i, a.number);
	return a;
}

enum result account_list(
	struct work *w, const struct opening *opening, int64_t person, struct account_rows *out)
{
	struct rows rows;
	enum result r = db_run(
		w, Q_ACCOUNT_LIST, DB_ARGS(person ? db_i64(person) : db_null(), db_bool(person == 0)), &rows);
	if (r != OK)
		return r;
	*out = (struct account_rows){
		.n = rows_n(&rows), .at = arena_array(w->arena, rows_n(&rows), struct account_row)};
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = row_of(w, opening, &rows, i);
	return OK;
}

enum result account_expiring(struct work *w, int days, struct account_expirings *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_EXPIRING, DB_ARGS(db_i64(days)), &rows);
	if (r != OK)
		return r;
	*out = (struct account_expirings){
		.n = rows_n(&rows), .at = arena_array(w->arena, rows_n(&rows), struct account_expiring)};
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct account_expiring){
			.account = row_i64(&rows, i, rows_col(&rows, "account")),
			.person_name = row_text(&rows, i, rows_col(&rows, "person_name")),
			.area = row_text(&rows, i, rows_col(&rows, "area")),
			.holder = row_text(&rows, i, rows_col(&rows, "holder")),
			.kind = row_text(&rows, i, rows_col(&rows, "kind")),
			.authority = row_text(&rows, i, rows_col(&rows, "authority")),
			.until = row_day(&rows, i, rows_col(&rows, "authority_until")),
			.days_left = row_i32(&rows, i, rows_col(&rows, "days_left")),
		};
	return OK;
}

/* ---- banks that were renamed ------------------------------------------------------------------------------------------------- */

/* One portion; *carried 0: nothing is left to carry. */
static enum result carry_some(struct work *w, const struct opening *opening, int64_t *carried)
{
	struct rows rows, done;
	enum result r = db_run(w, Q_ACCOUNTS_RENAMED, DB_ARGS(db_i64(CARRY_MOST)), &rows);
	size_t n = r == OK ? rows_n(&rows) : 0;
	*carried = 0;
	if (n == 0)
		return r;
	int64_t *accounts = arena_array(w->arena, n, int64_t);
	const char **banks = arena_array(w->arena, n, const char *);
	struct hash16 *salts = arena_array(w->arena, n, struct hash16);
	struct hash *hashes = arena_array(w->arena, n, struct hash);
	for (size_t i = 0; i < n; i++) {
		struct account_no no;
		if (!read_number(w, opening, &rows, i, &no))
			return REFUSED;
		accounts[i] = row_i64(&rows, i, rows_col(&rows, "account"));
		banks[i] = row_text(&rows, i, rows_col(&rows, "bank"));
		draw_salt(&salts[i]);
		hashes[i] = account_hash(&salts[i], banks[i], no.text);
		secret_wipe(&no, sizeof no);
	}
	r = db_run(w, Q_ACCOUNTS_CARRY,
		DB_ARGS(db_i64s(accounts, n), db_texts(banks, n), db_hash16s(salts, n), db_hashes(hashes, n)),
		&done);
	if (r != OK)
		return r;
	*carried = row_i64(&done, 0, rows_col(&done, "carried"));
	return db_run(w, Q_ACCOUNTS_CARRY_CHECKS, DB_ARGS(db_i64s(accounts, n), db_texts(banks, n)), NULL);
}

enum result accounts_follow(struct work *w, const struct opening *opening, int64_t *carried)
{
	enum result r = OK;
	*carried = 0;
	for (int64_t some = 1; r == OK && some > 0; *carried += some)
		r = carry_some(w, opening, &some);
	return r;
}

enum result accounts_renamed(struct work *w, bool *any)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNTS_RENAMED, DB_ARGS(db_i64(1)), &rows);
	*any = r == OK && rows_n(&rows) > 0;
	return r;
}

/* ---- wishes ---------------------------------------------------------------------------------------------------------------------- */

enum result wish_add(struct work *w, const struct wish *wish)
{
	struct rows rows;
	enum result r = db_run(w, Q_WISH_ADD,
		DB_ARGS(db_i64(wish->person), db_text(wish->programme), db_text(wish->method),
			wish->has_since ? db_day(wish->since) : db_null(), db_text(wish->asked_by)),
		&rows);
	return r != OK || rows_n(&rows) > 0 ? r : refuse(w, "person_not_enrolled", wish->programme);
}

enum result wish_list(struct work *w, int64_t person, struct wish_rows *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_WISH_LIST, DB_ARGS(db_i64(person)), &rows);
	if (r != OK)
		return r;
	int holds = rows_col(&rows, "holds");
	*out = (struct wish_rows){
		.n = rows_n(&rows), .at = arena_array(w->arena, rows_n(&rows), struct wish_row)};
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct wish_row){
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.method = row_text(&rows, i, rows_col(&rows, "method")),
			.said_by = row_text(&rows, i, rows_col(&rows, "said_by")),
			.since = row_day(&rows, i, rows_col(&rows, "since")),
			.later = row_null(&rows, i, holds),
			.holds = !row_null(&rows, i, holds) && row_bool(&rows, i, holds),
		};
	return OK;
}
