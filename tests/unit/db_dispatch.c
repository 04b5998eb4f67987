/* Dispatches as rows: who gets which, what a claim writes, whose word counts afterwards; and raw messages, once for ever. */
#include "ledger/base/secret.h"
#include "ledger/payout/message_store.h"
#include "ledger/payout/tries_store.h"
#include "tests/lib/board.h"
#include "tests/unit/db_payout.h"

static const struct sender me = {
	.owner = "teller/0/aaaa", .lease_ms = 60000, .ask_ms = 120000, .dedupe_days = 7};

static enum result again_of(
	struct work *w, const struct dispatch_ref *ref, struct dispatch **again, size_t *n)
{
	struct open_now open = open_of(w, "demo");
	return dispatch_again(w, &me, &open, ref, 1, again, n);
}

static size_t picked(struct work *w, const char *bank, struct dispatch **at)
{
	size_t n = 0;
	struct open_now open = open_of(w, bank);
	if (!went(w, dispatch_pick(w, &(struct dispatch_wish){.open = &open, .n = 2}, at, &n)))
		return 0;
	return n;
}

static void test_pick(struct db *a, struct db *b)
{
	struct work w = fresh_work(a), other = fresh_work(b);
	struct dispatch *mine, *theirs;
	ok(tx_begin(&w) == OK && tx_begin(&other) == OK, "two tellers look for work");
	is_i64((int64_t)picked(&w, "demo", &mine), 2, "one finds the oldest dispatches");
	is_i64((int64_t)picked(&other, "demo", &theirs), 1,
		"the other what is left: nobody waits for a lock");
	ok(theirs[0].id > mine[1].id, "and never the same");
	is_i64(mine[0].width, 512, "a dispatch says how many payouts it may hold");
	is_i64(mine[0].dedupe_days, 30, "and for how many days the bank knows its ids");
	tx_rollback(&w);
	tx_rollback(&other);

	ok(tx_begin(&w) == OK, "(again)");
	const int64_t oldest = mine[0].id;
	size_t n = 0;
	struct open_now open = open_of(&w, "demo");
	ok(went(&w, dispatch_pick(&w,
			    &(struct dispatch_wish){.open = &open, .asides = &oldest, .asides_n = 1, .n = 2},
			    &mine, &n)),
		"(one is set aside)");
	ok(n == 2 && mine[0].id > oldest, "what is set aside is not picked, and keeps back nobody");
	is_i64((int64_t)picked(&w, "nodup", &mine), 0, "another bank has nothing");
	is_i64((int64_t)picked(&w, NULL, &mine), 0, "nor have the cash agents");
	tx_rollback(&w);

	static const char *const stops[] = {"all", "bank:demo", "programme:merit"};
	for (size_t i = 0; i < COUNT_OF(stops); i++) {
		scene("insert into ops.pause values ('%s', 'test', 'minh')", stops[i]);
		ok(tx_begin(&w) == OK, "(again)");
		is_i64((int64_t)picked(&w, "demo", &mine), 0, "a pause of %s stops them", stops[i]);
		tx_rollback(&w);
		scene("delete from ops.pause");
	}
	arena_free(w.arena);
	arena_free(other.arena);
}

/* Another host's journal was last held against these rows so many days ago, under another PostgreSQL. */
static int64_t heard_days_ago(struct work *w, int days, int32_t ours, struct dispatch **at)
{
	size_t n = 0;
	struct open_now open = open_of(w, "demo");
	scene("update ops.journal set at = now() - interval '%d days'", days);
	const struct dispatch_wish wish = {.open = &open, .n = 2, .dedupe_days = ours};
	return tx_begin(w) == OK && went(w, dispatch_pick(w, &wish, at, &n)) ? (int64_t)n : -1;
}

static void test_not_compared(struct db *a)
{
	struct work w = fresh_work(a);
	struct dispatch *at;
	scene("insert into ops.journal (name, place, history) values ('HOST2', 'host-2:/j', 'another')");
	is_i64(heard_days_ago(&w, 3, 30, &at), 2,
		"commits may be lost, and what left by them: while the bank surely knows it, payments go on");
	is_i64(at[0].heard.n, 19816 - 3, "counted from when the missing journal was last seen");
	tx_rollback(&w);
	is_i64(heard_days_ago(&w, 30, 30, &at), 0,
		"after its days nothing leaves that the bank may have forgotten");
	tx_rollback(&w);
	is_i64(heard_days_ago(&w, 3, 3, &at), 0, "by our own configuration too");
	tx_rollback(&w);
	scene("update org.channel set deduplicates = false");
	is_i64(heard_days_ago(&w, 0, 30, &at), 0, "nor anything to a bank that does not deduplicate");
	tx_rollback(&w);
	scene("update ops.journal set banks = '{ANOTHER}'");
	is_i64(heard_days_ago(&w, 30, 30, &at), 2, "unless that teller does not pay through it");
	tx_rollback(&w);
	scene("update ops.journal set banks = array(select distinct bank from org.channel)");
	is_i64(heard_days_ago(&w, 0, 30, &at), 0, "but it does");
	tx_rollback(&w);
	scene("update ops.journal set history = ops.history()");
	is_i64(heard_days_ago(&w, 30, 30, &at), 2, "until the journal was held against the rows");
	is_i64(at[0].heard.n, 19816, "and found that nothing is missing");
	tx_rollback(&w);
	scene("update ops.journal set history = 'another', lost_at = now()");
	is_i64(heard_days_ago(&w, 30, 30, &at), 2, "or somebody said that it exists nowhere any more");
	tx_rollback(&w);
	scene("set session_replication_role = replica");
	scene("delete from ops.journal");
	scene("set session_replication_role = origin");
	scene("update org.channel set deduplicates = true");
	arena_free(w.arena);
}

static int32_t begun(struct work *w)
{
	int32_t tries = -1;
	return tx_begin(w) == OK && went(w, attempt_begin(w, "line", (const int64_t[]){77}, 1, &tries)) &&
			       went(w, tx_commit(w))
		       ? tries
		       : -1;
}

static void test_tries(struct db *a, struct db *b)
{
	struct work w = fresh_work(a), other = fresh_work(b);
	is_i64(begun(&w), 1, "what may kill is counted before it begins");
	is_i64(begun(&other), 1, "whoever lives has not died of it: another one beside it is no second try");
	is_i64(begun(&w), 1, "nor is a third");
	scene("update ops.attempt set since = since - interval '1 minute'");
	is_i64(begun(&other), 2, "one whose session is gone has died");
	int32_t tries[2] = {0};
	ok(tx_begin(&w) == OK && went(&w, attempt_begin(&w, "line", (const int64_t[]){78, 77}, 2, tries)) &&
			tries[0] == 1 && tries[1] >= 2,
		"of several each has its own count");
	tx_rollback(&w);
	scene("set session_replication_role = replica");
	scene("delete from ops.attempt");
	scene("set session_replication_role = origin");
	arena_free(w.arena);
	arena_free(other.arena);
}

static void send_one(struct work *w, const struct dispatch *d, struct sent_dispatch *sent)
{
	struct payables all = {0};
	struct dispatch_head now = {0};
	struct entries entries = {0};
	ok(went(w, dispatch_head(w, &now)), "the clock is asked");
	ok(went(w, dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY}, 1, &all)),
		"its payouts are loaded");
	is_i64((int64_t)all.n, 512, "all of them");
	const struct payable **items = arena_array(w->arena, all.n, const struct payable *);
	struct held held[2] = {{all.at[0].payout, "line_changed"}, {all.at[1].payout, "account_changed"}};
	size_t n = 0;
	for (size_t i = 2; i < all.n; i++)
		items[n++] = &all.at[i];
	struct hash leaf = pay_line_leaf(&all.at[7].line);
	ok(hash_eq(&leaf, &all.at[7].line_hash), "the line's text is made anew from rows");
	*sent = (struct sent_dispatch){.dispatch = d, .items = items, .n = n};
	ok(went(w, dispatch_hold(w, held, 2)), "two are held");
	ok(went(w, dispatch_send(w, &me, now.today, sent, 1, &entries)), "the others are sent");
	is_i64((int64_t)entries.n, 1, "and are one entry of the books");
	ok(went(w, books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL)), "which is posted");
}

static struct sent_dispatch test_send(struct db *db, struct work *w, struct dispatch **at)
{
	struct sent_dispatch sent = {0};
	(void)db;
	ok(tx_begin(w) == OK && picked(w, "demo", at) == 2, "two are picked");
	send_one(w, &(*at)[0], &sent);
	ok(went(w, tx_commit(w)), "and committed");
	is_i64(sent.epoch, 1, "the first epoch");
	is_str(scene("select concat_ws(' ', d.state, d.count, d.owner, d.lease_until > clock_timestamp(), d.root = decode('%s', 'hex'))"
		     " from payout.dispatch d where id = %" PRId64,
		       hash_hex(&sent.root, (char[HASH_HEX_SIZE]){0}), sent.dispatch->id),
		"sent 510 teller/0/aaaa t t", "the dispatch says who holds it, and over what");
	is_str(scene("select string_agg(distinct concat_ws(':', state, n), ' ') from (select state, count(*) as n"
		     " from payout.payout_state where payout <= 512 group by state) x"),
		"2:2 3:510", "its payouts are sent, two are held");
	is_str(scene("select string_agg(reason, ' ' order by payout) from payout.hold"),
		"line_changed account_changed", "each with its reason");
	is_str(scene("select (b.balance + (select sum(sum_dong) from payout.dispatch where state = 'sent'))::text from books.balance b"
		     " join books.ledger_account a on a.id = b.account where a.code = 'liabilities:in-flight:demo-funding'"),
		"0", "their money is in flight");
	return sent;
}

static void test_after(struct db *a, struct db *b, struct work *w, const struct sent_dispatch *sent)
{
	struct work other = fresh_work(b);
	struct dispatch_ref ref = {sent->dispatch->id, sent->epoch};
	struct dispatch *taken;
	struct dispatch_due *due = NULL;
	bool current = false;
	size_t n = 9, kept = 0;
	(void)a;
	ok(went(w, dispatch_renew(w, &me, &ref.id, 1, &kept)) && kept == 1, "its owner renews the lease");
	ok(tx_begin(&other) == OK, "(another teller)");
	ok(went(&other, dispatch_take_over(&other, "teller/1/bbbb", "teller/1/", 8, &taken, &n)) && n == 0,
		"another one cannot take it while the lease runs");
	tx_rollback(&other);

	ok(tx_begin(&other) == OK, "(the same number)");
	ok(went(&other, dispatch_take_over(&other, "teller/0/cccc", "teller/0/", 8, &taken, &n)) && n == 1,
		"a successor of the same number takes it at once");
	is_i64(taken[0].epoch, 2, "with the next epoch");
	ok(went(&other, tx_commit(&other)), "and commits");
	ok(tx_begin(w) == OK && went(w, dispatch_current(w, &ref, 1, &current)) && !current,
		"the old owner's epoch is over");
	bool both[2] = {true, false};
	const struct dispatch_ref refs[2] = {ref, {ref.id, ref.epoch + 1}};
	ok(went(w, dispatch_current(w, refs, 2, both)) && !both[0] && both[1], "its successor's is not");
	ok(went(w, dispatch_told(w, &ref, &(int64_t){DISPATCH_NO_ASK}, 1)) && went(w, tx_commit(w)),
		"what it says of its end …");
	is_str(scene("select state from payout.dispatch where id = %" PRId64, ref.id), "sent",
		"… changes nothing");
	ok(went(w, dispatch_renew(w, &me, &ref.id, 1, &kept)) && kept == 0, "nor can it renew the lease");

	ok(tx_begin(w) == OK && went(w, dispatch_due(w, "demo", 8, &due, &n)) && n == 1,
		"it is asked about at once");
	ok(due && due[0].asked == 1 && due[0].profile.deduplicates, "for the first time");
	ok(went(w, tx_commit(w)), "(commit)");
	ok(tx_begin(w) == OK && went(w, dispatch_due(w, "demo", 8, &due, &n)) && n == 0,
		"and then not for a while");
	tx_rollback(w);
	is_str(scene("select extract(epoch from ask_after - clock_timestamp()) between 0.5 and 1.26 from payout.dispatch where id = %" PRId64,
		       ref.id),
		"t", "twice as long as before, more or less by a quarter");
	arena_free(other.arena);
}

static void test_again(struct work *w, const struct sent_dispatch *sent)
{
	struct dispatch_ref ref = {sent->dispatch->id, 2};
	struct dispatch *again = NULL;
	size_t n = 9;
	ok(tx_begin(w) == OK && went(w, again_of(w, &ref, &again, &n)) && n == 1,
		"a bank that deduplicates may get the same ids again");
	is_i64(again ? again[0].epoch : 0, 3, "under the next epoch");
	is_i64(again ? again[0].known_until_us : 0,
		strtoll(scene("select (extract(epoch from timestamptz '2024-04-10 00:00+07') * 1000000)::bigint"),
			NULL, 10),
		"until the bank has forgotten them, by the shorter of two memories");
	tx_rollback(w);
	scene("update org.channel set deduplicates = false");
	ok(tx_begin(w) == OK && went(w, again_of(w, &ref, &again, &n)) && n == 0, "another one may not");
	tx_rollback(w);
	scene("update org.channel set deduplicates = true");
}

/* The first payout of a dispatch becomes a second issue, and a statement shows that the first one was paid after all. */
static void test_in_question(struct work *w, const struct dispatch *d)
{
	struct payables all = {0};
	size_t n = 0;
	scene("begin; set local session_replication_role = replica; "
	      "create temp table second on commit drop as select p.* from payout.payout p, payout.dispatch_range r "
	      "where r.dispatch = %" PRId64 " and p.id = r.first_payout; "
	      "update payout.payout p set issue = 2 from second where p.id = second.id; "
	      "insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id) "
	      "select claim, 1, batch, 99999, account_hash, amount_dong, line_hash, '0000000000000000001' from second; "
	      "insert into recon.break (kind, funding_account, day, payout, amount_dong, note) select 'contradiction', f.id, '2024-04-03', "
	      "p.id, 1, 'x' from payout.payout p, org.funding_account f where p.end_to_end_id = '0000000000000000001'; commit",
		d->id);
	ok(tx_begin(w) == OK && went(w, dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY},
						1, &all)),
		"payouts are loaded");
	for (size_t i = 0; i < all.n; i++)
		n += all.at[i].in_question;
	ok(n == 1 && all.at[0].in_question,
		"a payout whose earlier issue may have been paid after all is known by that");
	tx_rollback(w);
	scene("insert into recon.break (kind, funding_account, day, payout, amount_dong, note) select 'rogue_debit', f.id, '2024-04-03', "
	      "r.last_payout, 1, 'x' from payout.dispatch_range r, org.funding_account f where r.dispatch = %" PRId64,
		d->id);
	ok(tx_begin(w) == OK && went(w, dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY},
						1, &all)),
		"they are loaded again");
	is_str(all.at[all.n - 1].stopped, "bank_knows_it",
		"what the bank debited before anybody sent it is not sent beside that");
	ok(all.at[0].stopped == NULL, "the others of its dispatch are");
	tx_rollback(w);
}

static void test_messages(struct work *w)
{
	struct key32 secret, evidence;
	struct message_writer writer;
	struct why why = {0};
	evidence_keypair(&secret, &evidence);
	ok(went(w, message_writer_new(w, &evidence, &writer)), "a writer draws a key");
	struct bank_message two[2] = {
		{.bank = "demo",
			.direction = "reply",
			.kind = "transfer",
			.external_id = "re-T-1",
			.body = bytes_z("one"),
			.authentic = true},
		{.bank = "demo",
			.direction = "reply",
			.kind = "transfer",
			.external_id = "re-T-2",
			.body = bytes_z("two")},
	};
	ok(tx_begin(w) == OK && went(w, messages_store(w, &writer, &two[0], 1)) && two[0].fresh,
		"a message is new");
	int64_t first = two[0].id;
	two[0].id = 0;
	ok(went(w, messages_store(w, &writer, two, 2)) && !two[0].fresh && two[1].fresh && two[0].id == first,
		"its repetition is the same message, and does not hide a new one");
	ok(went(w, tx_commit(w)), "(commit)");
	is_str(scene("select position('one' in encode(body, 'escape'))::text from bank.message where id = %" PRId64,
		       first),
		"0", "it cannot be read in the database");

	const struct key32 *key = &writer.key;
	CLEANUP(buf_free) struct buf body = BUF(100);
	uint8_t sealed[200];
	size_t n = strlen(scene("select encode(body, 'hex') from bank.message where id = %" PRId64, first)) /
		   2;
	for (size_t i = 0; i < n && i < sizeof sealed; i++)
		sscanf(scene("select encode(substr(body, %zu, 1), 'hex') from bank.message where id = %" PRId64,
			       i + 1, first),
			"%2hhx", &sealed[i]);
	ok(evidence_open(key, &(struct evidence_of){"demo", "re-T-1"}, bytes_of(sealed, n), &body, &why) &&
			bytes_eq_z(buf_bytes(&body), "one"),
		"who has the key opens it under its own name");

	two[0].id = two[1].id = 0;
	ok(tx_begin(w) == OK && went(w, messages_store(w, &writer, two, 2)) && two[0].id == first &&
			two[1].id > first && !two[1].fresh,
		"several that repeat are each the one that they repeat");
	tx_rollback(w);
	two[0].body = bytes_z("another");
	ok(tx_begin(w) == OK && messages_store(w, &writer, &two[0], 1) == REFUSED &&
			why_is(&w->why, "message_differs"),
		"the same id with other bytes is refused");
	tx_rollback(w);
}

/* ---- rows that somebody forged, and nothing to do -------------------------------------------------------------------------- */

static void test_two_reach(struct work *w, const struct dispatch *d)
{
	struct payables one = {0}, both = {0};
	const enum payout_state ready = PAYOUT_READY;
	scene("set session_replication_role = replica; insert into payout.dispatch (id, channel) overriding system value select 9999, "
	      "channel from payout.dispatch where id = %" PRId64
	      "; insert into payout.dispatch_range (dispatch, first_payout, last_payout) select 9999, first_payout, last_payout from "
	      "payout.dispatch_range where dispatch = %" PRId64 "; reset session_replication_role",
		d->id, d->id);
	ok(tx_begin(w) == OK && went(w, dispatch_load(w, &d->id, 1, &ready, 1, &one)) &&
			went(w, dispatch_load(w, (const int64_t[]){d->id, 9999}, 2, &ready, 1, &both)),
		"two dispatches reach for the same payouts");
	ok(one.n > 0 && both.n == one.n && both.at[0].dispatch == d->id,
		"the first has them, and they are paid once");
	tx_rollback(w);
	scene("set session_replication_role = replica; delete from payout.dispatch_range where dispatch = 9999; delete from "
	      "payout.dispatch where id = 9999; reset session_replication_role");
}

/* A dispatch of two programmes, and one of which everything is held. */
static void test_parts(struct work *w, const struct dispatch *d)
{
	struct payables all = {0};
	struct entries entries = {0};
	ok(tx_begin(w) == OK && went(w, dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY},
						1, &all)),
		"(loaded)");
	struct batch_terms others[2] = {*all.at[1].terms, *all.at[2].terms};
	others[0].programme = "social";
	others[1].agency = "another";
	all.at[1].terms = &others[0];
	all.at[2].terms = &others[1];
	const struct payable *items[] = {&all.at[0], &all.at[1], &all.at[2], &all.at[3]};
	struct sent_dispatch sent = {.dispatch = d, .items = items, .n = COUNT_OF(items)};
	ok(went(w, dispatch_send(w, &me, (struct day){19816}, &sent, 1, &entries)) && entries.n == 1,
		"a dispatch of several agencies and programmes is one entry");
	static const char *const parts[] = {"so-ldtbxh:merit", "so-ldtbxh:social", "another:merit"};
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		size_t found = 0;
		const char *account = arena_printf(w->arena, "liabilities:payable:%s", parts[i]);
		for (size_t k = 0; k < entries.at[0].n_legs; k++)
			found += strcmp(entries.at[0].legs[k].account, account) == 0;
		is_i64((int64_t)found, 1, "which takes from each, %s, once", parts[i]);
	}
	tx_rollback(w);
	sent = (struct sent_dispatch){.dispatch = d};
	entries = (struct entries){0};
	ok(tx_begin(w) == OK && went(w, dispatch_send(w, &me, (struct day){19816}, &sent, 1, &entries)) &&
			went(w, tx_commit(w)) && entries.n == 0,
		"one of which everything is held is no entry of the books");
	is_str(scene("select concat_ws(' ', state, count, sum_dong, root is null) from payout.dispatch where id = %" PRId64,
		       d->id),
		"ended 0 0 t", "and ends at once");
}

static enum result tell_none(struct work *w)
{
	return dispatch_told(w, NULL, NULL, 0);
}
static enum result end_none(struct work *w)
{
	return dispatch_end(w, NULL, 0);
}
static enum result hold_none(struct work *w)
{
	return dispatch_hold(w, NULL, 0);
}
static enum result store_none(struct work *w)
{
	return messages_store(w, NULL, NULL, 0);
}

/* Each turn of a teller with nothing to say would be a query more. */
static void test_nothing(struct work *w)
{
	static const struct {
		const char *what;
		enum result (*run)(struct work *w);
	} rows[] = {{"told", tell_none}, {"ended", end_none}, {"held", hold_none}, {"stored", store_none}};
	board_use("test");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t before = board_hits();
		ok(rows[i].run(w) == OK && board_hits() == before, "nothing is %s without a query",
			rows[i].what);
	}
	board_use(NULL);
}

/* ---- a database that is not there -------------------------------------------------------------------------------------------- */

static enum result new_writer(struct work *w)
{
	struct key32 evidence = {{9}};
	struct message_writer writer;
	return message_writer_new(w, &evidence, &writer);
}
static enum result renew(struct work *w)
{
	size_t kept;
	return dispatch_renew(w, &me, (const int64_t[]){1}, 1, &kept);
}
static enum result hold_late(struct work *w)
{
	size_t held;
	return schedule_hold_late(w, 1, &held);
}

static void test_unreachable(void)
{
	static const struct {
		const char *what;
		enum result (*run)(struct work *w);
	} rows[] = {{"a key for evidence", new_writer}, {"a lease", renew}, {"what is late", hold_late}};
	struct db *nowhere = db_open("host=/nowhere", DB_DUTY_OWNER);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct work w = fresh_work(nowhere);
		ok(rows[i].run(&w) == RETRY && why_is(&w.why, "db_unreachable"),
			"%s needs the database, and waits", rows[i].what);
		arena_free(w.arena);
	}
	db_close(nowhere);
}

static void test_page_names(struct work *w)
{
	struct day day = {0}, there = {19816};
	const char *funding = NULL;
	int32_t page = 0;
	const char *name = statement_page_id(w->arena, "demo.a-1", there, 12);
	is_str(name, "demo.a-1.2024-04-03.12", "a page's name says account, day and page");
	ok(statement_page_parse(w->arena, name, &funding, &day, &page), "and is read back");
	ok(strcmp(funding, "demo.a-1") == 0 && day.n == there.n && page == 12, "as it was");
	static const char *const wrong[] = {"", "a", "a.2024-04-03", "a.2024-04-03.x", "a.2024-4-3.1", ".1",
		"2024-04-03.1", "x.1", "a-2024-04-03.1", "a.2024-02-30.1", "a.2024-04-03."};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		ok(!statement_page_parse(w->arena, wrong[i], &funding, &day, &page), "“%s” is none",
			wrong[i]);
}

int main(void)
{
	struct db *a = payout_scene_begin("dispatch"), *b = db_open(NULL, DB_DUTY_OWNER);
	struct work w = fresh_work(a);
	make_payroll(&w, (struct payroll){.people = 1500, .wards = 5});
	test_pick(a, b);
	test_not_compared(a);
	test_tries(a, b);
	struct dispatch *at;
	struct sent_dispatch sent = test_send(a, &w, &at);
	test_after(a, b, &w, &sent);
	test_again(&w, &sent);
	test_in_question(&w, &at[1]);
	test_messages(&w);
	test_two_reach(&w, &at[1]);
	test_parts(&w, &at[1]);
	test_nothing(&w);
	test_unreachable();
	test_page_names(&w);
	arena_free(w.arena);
	db_close(b);
	payout_scene_end(a);
	return done_testing();
}
