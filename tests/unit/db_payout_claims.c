/* Claims that end before they are paid: two officers say so for the same reason, and what was booked of them goes back. And who is shown the
 * claims of a ward. */
#include "ledger/payout/void_store.h"
#include "tests/unit/db_batch.h"
#include "tests/unit/db_each.h"

static int64_t claim;
static bool voided;

static enum result void_by(struct work *w, int who, const char *reason, const struct hash *decision)
{
	struct entries entries = {0};
	enum result r = enter(w, who);
	if (r == OK)
		r = claim_void(w, &me, claim, &(struct claim_end){reason, decision}, &entries, &voided);
	if (r == OK && entries.n)
		r = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static enum result void_first(struct work *w)
{
	return void_by(w, MINH, "died", NULL);
}
static enum result void_second(struct work *w)
{
	return void_by(w, HOA, "died", NULL);
}

static int64_t number(const char *sql)
{
	return strtoll(scene("%s", sql), NULL, 10);
}

/* ---- what ends, and what goes back ------------------------------------------------------------------------------------------ */

static const char *booked(void)
{
	return scene(
		"select coalesce(string_agg(a.code || ' ' || p.amount, ', ' order by p.n), 'nothing') from books.txn t left join "
		"books.posting p on p.seq = t.seq left join books.ledger_account a on a.id = p.account where t.seq = (select max(seq) "
		"from books.txn)");
}

#define PAID_LINE(ward, line)                                                                                  \
	"select p.claim from payout.payout p join payout.batch b on b.id = p.batch where b.area_code = '" ward \
	"' and "                                                                                               \
	"p.line = " line

#define PAYABLE   "liabilities:payable:labour:merit 1000000, expenses:benefit:labour:merit -1000000"
#define UNCLAIMED "liabilities:unclaimed:labour:merit 1000000, expenses:benefit:labour:merit -1000000"
#define EARNED    ", income:funding:labour:merit 1000000, "

static const struct hash letter = {{1}}, another = {{2}};

static const struct {
	const char *claim, *reason;
	const struct hash *decision;
	const char *booked, *title;
} ends[] = {
	{PAID_LINE("22918", "1"), "not_entitled", NULL, PAYABLE,
		"what was approved and not released is payable no more"},
	{PAID_LINE("22921", "1"), "moved_away", NULL,
		PAYABLE EARNED "liabilities:advance:merit-demo -1000000",
		"what was released, and refused by the bank, gives its money back to the advance"},
	{PAID_LINE("22921", "2"), "claimed_twice", NULL,
		UNCLAIMED EARNED "liabilities:advance:merit-demo -1000000",
		"what came back is unclaimed no more"},
	{PAID_LINE("22921", "3"), "unclaimed", &letter,
		UNCLAIMED EARNED "liabilities:refundable:merit-demo -1000000",
		"what came back and nobody comes for is refunded, by a written decision"},
};

static void test_ends(struct work *w)
{
	claim = number("select min(id) from payout.claim");
	each(w, "the first officer ends a claim", void_first);
	ok(!voided, "one alone ends none");
	each(w, "the second ends it", void_second);
	ok(voided, "two do");
	is_str(booked(), "nothing", "what nobody has approved was not booked");
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		claim = number(ends[i].claim);
		ok(went(w, void_by(w, MINH, ends[i].reason, ends[i].decision)) && !voided &&
				went(w, void_by(w, HOA, ends[i].reason, ends[i].decision)) && voided,
			"two officers: %s", ends[i].reason);
		is_str(booked(), ends[i].booked, "%s", ends[i].title);
	}
}

/* ---- what does not ------------------------------------------------------------------------------------------------------------- */

static void test_refused(struct work *w)
{
	static const struct {
		const char *claim;
		int who;
		const char *reason;
		const struct hash *decision;
		const char *code, *title; /* code NULL: proposed, and not voided */
	} rows[] = {
		{"select 999999", MINH, "died", NULL, "claim_unknown", "no claim ends none"},
		{"select min(id) from payout.claim", MINH, "died", NULL, "claim_voided",
			"nor does one twice"},
		{PAID_LINE("22918", "2"), MINH, "died", NULL, "still_live", "nor one that may be paid still"},
		{PAID_LINE("22918", "3"), MINH, "unclaimed", &letter, "not_unclaimed",
			"nobody has left what was never paid"},
		{"select max(id) from payout.claim where area_code = '22915'", MINH, "unclaimed", &letter,
			"not_unclaimed", "nor what is in no batch"},
		{PAID_LINE("22918", "3"), BINH, "died", NULL, "no_mandate", "nobody ends another's claims"},
		{PAID_LINE("22918", "3"), MINH, "tired", NULL, "void_reason", "nor for any reason"},
		{PAID_LINE("22918", "3"), MINH, "died", NULL, NULL, "one officer proposes"},
		{PAID_LINE("22918", "3"), MINH, "died", NULL, "same_officer", "and cannot be the second too"},
		{PAID_LINE("22918", "3"), HOA, "moved_away", NULL, NULL,
			"another reason is another proposal"},
		{PAID_LINE("22921", "4"), MINH, "unclaimed", &letter, NULL, "one officer has a decision"},
		{PAID_LINE("22921", "4"), HOA, "unclaimed", &another, NULL,
			"another decision is another proposal"},
		{PAID_LINE("22921", "4"), MINH, "died", NULL, NULL, "and so is another reason"},
		{PAID_LINE("22921", "4"), HOA, "died", &letter, "constraint",
			"a decision is one to wait for nobody, and no other"},
	};
	scene("set session_replication_role = replica; delete from auth.mandate m using auth.officer o where o.id = m.officer and "
	      "o.login = 'binh'; reset session_replication_role");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		claim = number(rows[i].claim);
		enum result r = void_by(w, rows[i].who, rows[i].reason, rows[i].decision);
		ok(rows[i].code ? refused(w, r, rows[i].code) : went(w, r) && !voided, "%s", rows[i].title);
	}
}

/* ---- the list -------------------------------------------------------------------------------------------------------------------- */

static struct opening *opening;
static struct claim_rows_out list;
static const char *of_programme;
static int reader = MINH;

static enum result list_them(struct work *w)
{
	enum result r = enter(w, reader);
	if (r == OK)
		r = claim_list(w, opening, PERIOD, WARD, of_programme, &list);
	return r == OK ? tx_commit(w) : r;
}

static size_t listed(struct work *w, int who, const char *programme)
{
	reader = who;
	of_programme = programme;
	return went(w, list_them(w)) ? list.n : SIZE_MAX;
}

static const char *hex(struct arena *a, const void *at, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1);
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", ((const uint8_t *)at)[i]);
	return out;
}

static void test_list(struct work *w)
{
	struct key32 wraps = {{3}}, key;
	const struct kek kek = kek_of(&wraps);
	const struct register_keys keys_of_desk = {.keks = &kek, .n_keks = 1};
	struct hash token = sha256(bytes_z("minh"));
	uint8_t wrapped[SEAL_WRAPPED_SIZE];
	int64_t person = number("select min(person) from payout.claim");
	CLEANUP(buf_free) struct buf sealed = BUF(200);
	seal_new_key(&key);
	seal_wrap(&kek, person, &key, wrapped);
	seal_field(&key, person, "id", bytes_z("001190000123"), &sealed);
	scene("insert into register.person_key values (%" PRId64 ", decode('%s', 'hex'))", person,
		hex(w->arena, wrapped, sizeof wrapped));
	scene("insert into register.person_id (person, kind, blind, sealed) values (%" PRId64
	      ", 'cccd', decode(md5('x'), 'hex'), decode('%s', 'hex'))",
		person, hex(w->arena, sealed.at, sealed.n));
	if (!went(w, opening_begin(w, &token, &keys_of_desk,
			     &(struct opening_wish){.what = "claims.list", .reason = "test"}, &opening)))
		exit(1);
	each(w, "a ward's claims are listed", list_them);
	ok(list.n == 2 && list.at[0].claim == number("select min(id) from payout.claim"), "both of them");
	is_str(list.at[0].state, "voided", "one was ended");
	is_str(list.at[1].state, "open", "the other waits");
	is_str(list.at[0].masked_id, "001•••••0123", "an ID is shown in part");
	ok(!list.at[1].masked_id && list.at[1].birth_year == 1950 && vnd_dong(list.at[1].amount) == 1000000,
		"where there is one");
	is_i64((int64_t)listed(w, MINH, "merit"), 2, "of its programme likewise");
	is_i64((int64_t)listed(w, MINH, "social"), 0, "of another one there is none");
	is_i64((int64_t)listed(w, BINH, NULL), 0, "and none for whom it does not concern");
	forge("update register.person_key set wrapped = set_byte(wrapped, 70, 255 - get_byte(wrapped, 70)) where person =",
		person);
	reader = MINH;
	ok(refused_now(w, list_them(w), "seal_wrong"), "a key that somebody changed opens nothing");
}

int main(void)
{
	struct work w = batch_scene_begin("claims");
	struct released out;
	people(1, 2, WARD);
	int64_t batch = approved_batch(&w, 100, 3, "22918");
	forge("update payout.payout_state s set state = 11 from payout.payout p where p.id = s.payout and p.line in (1, 3) and p.batch =",
		batch);
	batch = approved_batch(&w, 200, 4, "22921");
	fund(&w, 1, 4000000);
	release(&w, MINH, &batch, 1, &out);
	bug_if(!went(&w, release(&w, HOA, &batch, 1, &out)) || out.done != 1);
	forge("update payout.payout_state s set state = case p.line when 1 then 8 else 10 end from payout.payout p where p.id = s.payout "
	      "and p.batch =",
		batch);
	test_ends(&w);
	test_refused(&w);
	test_list(&w);
	batch_scene_end(&w);
	return done_testing();
}
