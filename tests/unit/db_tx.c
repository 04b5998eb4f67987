/* Transactions: what holds, what is rolled back, what each refusal of the database means, and that deadlines fire. */
#include "tests/unit/db_test.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/lib/board.h"

enum {
	T_INSERT = 4096,
	T_COUNT_ROWS,
	T_SLEEP,
	T_RAISE,
	T_LOCK,
	T_UPDATE,
	T_WHERE,
	T_BACKEND,
	T_TELLER_ONLY,
	T_SETTINGS,
	T_SHAPE,
	T_COUNT
};

static const struct query_column one_bigint[] = {{"id", DB_BIGINT, 0}};
static const struct query_column one_int[] = {{"n", DB_INTEGER, 0}};
static const struct query_column one_text[] = {{"text", DB_TEXT, 0}};
static const struct query_column two_bigints[] = {{"id", DB_BIGINT, 0}, {"v", DB_BIGINT, 0}};

#define ALL_DUTIES 0x1fU

const struct query_text query_table[] = {
	[Q_SCHEMA_VERSION] = {"schema_version", "here", "select 0", QUERY_PLAIN, ALL_DUTIES, 0, 1, NULL,
		one_int},
	[T_INSERT] = {"t_insert", "here", "insert into public.box (id, v) values ($1, $2)", QUERY_PLAIN,
		ALL_DUTIES, 2, 0, two_bigints, NULL},
	[T_COUNT_ROWS] = {"t_count", "here", "select count(*) as id from public.box where id = $1",
		QUERY_PLAIN, ALL_DUTIES, 1, 1, one_bigint, one_bigint},
	[T_SLEEP] = {"t_sleep", "here", "select 1 from pg_sleep($1)", QUERY_PLAIN, ALL_DUTIES, 1, 1, one_int,
		one_int},
	[T_RAISE] = {"t_raise", "here", "select public.t_raise($1)", QUERY_PLAIN, ALL_DUTIES, 1, 1, one_text,
		one_text},
	[T_LOCK] = {"t_lock", "here", "select id from public.box where id = $1 for update nowait",
		QUERY_PLAIN, ALL_DUTIES, 1, 1, one_bigint, one_bigint},
	[T_UPDATE] = {"t_update", "here", "update public.box set v = v + 1 where id = $1", QUERY_PLAIN,
		ALL_DUTIES, 1, 0, one_bigint, NULL},
	[T_WHERE] = {"t_where", "here", "select $1::integer", QUERY_PLAIN, ALL_DUTIES, 1, 1, one_text,
		one_int},
	[T_BACKEND] = {"t_backend", "here", "select pg_backend_pid()", QUERY_PLAIN, ALL_DUTIES, 0, 1, NULL,
		one_int},
	[T_TELLER_ONLY] = {"t_teller_only", "here",
		"select session_user || ' ' || current_setting('application_name')", QUERY_PLAIN,
		1U << DB_DUTY_TELLER, 0, 1, NULL, one_text},
	[T_SETTINGS] = {"t_settings", "here",
		"select concat_ws(' ', current_setting('search_path'), current_setting('transaction_isolation'),"
		" current_setting('TimeZone'), current_setting('plan_cache_mode'), current_setting('statement_timeout'),"
		" current_setting('idle_in_transaction_session_timeout'))",
		QUERY_PLAIN, ALL_DUTIES, 0, 1, NULL, one_text},
	[T_SHAPE] = {"t_shape", "here", "select * from public.shape", QUERY_PLAIN, ALL_DUTIES, 0, 1, NULL,
		one_bigint},
};
const unsigned query_count = T_COUNT;

#define Q(name) ((enum query)T_##name)

static int64_t stored(int64_t id)
{
	return strtoll(scene("select count(*) from public.box where id = %lld", (long long)id), NULL, 10);
}

static void fresh(struct work *w)
{
	why_clear(&w->why);
	w->deadline_us = work_deadline_in_ms(10000);
}

static enum result insert(struct work *w, int64_t id)
{
	return db_run(w, Q(INSERT), DB_ARGS(db_i64(id), db_i64(0)), NULL);
}

static enum result insert_and_leave(struct work *w, int64_t id)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = insert(w, id);
	return r;
}

static void commit_and_rollback(struct work *w)
{
	ok(tx_begin(w) == OK && insert(w, 1) == OK && tx_commit(w) == OK, "a transaction commits");
	is_i64(stored(1), 1, "what it wrote is there");
	is_i64(db_affected(w), 1, "the rows it touched are counted");
	ok(insert_and_leave(w, 2) == OK, "a transaction is left without commit");
	is_i64(stored(2), 0, "its guard has rolled it back");
	ok(tx_begin(w) == OK && tx_commit(w) == OK, "a transaction that asked nothing commits");
	is_str(scene("select state from pg_stat_activity where application_name = 'chitra-owner' and datname = current_database()"),
		"idle", "no transaction stays open");
	ok(insert(w, 3) == REFUSED && why_is(&w->why, "internal"),
		"outside a transaction nothing can be written");
	is_i64(stored(3), 0, "and nothing was");
	struct rows r;
	ok(db_run(w, Q(COUNT_ROWS), DB_ARGS(db_i64(1)), &r) == OK && row_i64(&r, 0, 0) == 1,
		"outside a transaction one can read, also after that");
}

static enum result commit_of(struct work *w, int64_t id)
{
	TX_GUARD(w);
	fresh(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = insert(w, id);
	return r == OK ? tx_commit(w) : r;
}

/* What a test makes fail is what life makes fail: the same results, the same codes. */
static void failpoints(struct work *w)
{
	board_use("desk");
	w->job = "desk.release";
	ok(commit_of(w, 800) == OK && board_hits() == 4, "a query and a commit, thrice, are places");
	is_str(board_place(0), "desk.query", "one for all queries");
	is_str(board_place(1), "desk.release.commit.before", "commits are called after the job");
	is_str(board_place(2), "desk.release.commit.lost", "within");
	is_str(board_place(3), "desk.release.commit.after", "and behind");
	for (int64_t n = 1; n <= 2; n++) {
		board_arm_any((uint64_t)n, BOARD_ERROR);
		ok(commit_of(w, 800 + n) == RETRY && why_is(&w->why, "db_lost"),
			"before it the connection can be lost: RETRY");
		is_i64(stored(800 + n), 0, "and nothing is there");
	}
	for (int64_t n = 3; n <= 4; n++) {
		board_arm_any((uint64_t)n, BOARD_ERROR);
		ok(commit_of(w, 801 + n) == UNSURE && why_is(&w->why, "commit_unknown"),
			"without its answer nobody may know: UNSURE");
	}
	is_i64(stored(804), 0, "neither that it is not there");
	is_i64(stored(805), 1, "nor that it is");
	ok(commit_of(w, 803) == OK && stored(803) == 1 && board_landed() == 4, "the next one commits");
	uint64_t hits = board_hits() + 1;
	struct rows r;
	TX_GUARD(w);
	ok(tx_begin(w) == OK && db_run(w, Q(COUNT_ROWS), DB_ARGS(db_i64(1)), &r) == OK &&
			tx_commit(w) == OK && board_hits() == hits,
		"what only read has no commit that could fail");
	w->job = NULL;
	board_use(NULL);
}

static void refusals(struct work *w)
{
	struct rows r;
	fresh(w);
	ok(tx_begin(w) == OK && insert(w, 1) == REFUSED, "a broken constraint is REFUSED");
	is_str(w->why.code, "constraint", "with the code constraint");
	is_str(db_constraint(w), "box_pkey", "and the constraint's name");
	ok(strncmp(w->why.text, "box_pkey", 8) == 0 && !strstr(w->why.text, "Key ("),
		"the reason names it and no value");
	struct why first = w->why;
	ok(insert(w, 9) == REFUSED && strcmp(first.text, w->why.text) == 0,
		"a spoilt transaction repeats its first reason");
	ok(tx_commit(w) == REFUSED && why_is(&w->why, "constraint"), "and cannot commit");
	is_i64(stored(9), 0, "nothing of it holds");

	fresh(w);
	ok(tx_begin(w) == OK && insert(w, 100) == OK &&
			db_run(w, Q(INSERT), DB_ARGS(db_i64(5), db_i64(-1)), NULL) == REFUSED,
		"a broken check is REFUSED");
	is_str(db_constraint(w), "box_v_check", "by name");
	tx_rollback(w);
	is_i64(stored(100), 0, "and what was written before it is rolled back");

	fresh(w);
	ok(tx_begin(w) == OK && db_run(w, Q(RAISE), DB_ARGS(db_text("own")), &r) == REFUSED,
		"a function of ours refuses");
	is_str(w->why.code, "account_closed", "with its own code");
	is_str(w->why.text, "the account was closed on 2024-03-31", "and its own text");
	tx_rollback(w);

	fresh(w);
	ok(db_run(w, Q(WHERE), DB_ARGS(db_text("099190000123")), &r) == REFUSED &&
			why_is(&w->why, "internal"),
		"what no rule foresees is REFUSED internal");
	ok(!strstr(w->why.text, "099190000123"), "and its text holds no value");
	fresh(w);
	ok(db_run(w, Q(RAISE), DB_ARGS(db_text("deferred")), &r) == REFUSED,
		"a write hidden in a function is refused when reading");
	fresh(w);
	ok(tx_begin(w) == OK && db_run(w, Q(RAISE), DB_ARGS(db_text("deferred")), &r) == OK &&
			tx_commit(w) == REFUSED,
		"a constraint deferred to COMMIT is REFUSED there");
	is_str(db_constraint(w), "late_key", "by name");
}

static void retries(struct work *w)
{
	static const char *const states[][2] = {{"40001", "db_conflict"}, {"40P01", "db_conflict"},
		{"53200", "db_out_of_resources"}, {"55P03", "db_locked"}, {"57014", "db_cancelled"},
		{"08006", "db_lost"}};
	struct rows r;
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		fresh(w);
		enum result got = db_run(w, Q(RAISE), DB_ARGS(db_text(states[i][0])), &r);
		ok(got == RETRY && why_is(&w->why, states[i][1]), "SQLSTATE %s is RETRY %s", states[i][0],
			states[i][1]);
	}
	fresh(w);
	scene("begin; select 1 from public.box where id = 1 for update");
	ok(tx_begin(w) == OK && db_run(w, Q(LOCK), DB_ARGS(db_i64(1)), &r) == RETRY &&
			why_is(&w->why, "db_locked"),
		"a row that somebody holds is RETRY");
	tx_rollback(w);
	scene("rollback");
}

static void deadlines(struct work *w)
{
	struct rows r;
	fresh(w);
	w->deadline_us = work_deadline_in_ms(300);
	int64_t began = monotonic_us();
	ok(tx_begin(w) == OK && db_run(w, Q(SLEEP), DB_ARGS(db_i32(30)), &r) == RETRY,
		"a query that takes too long is given up");
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(took_ms >= 290 && took_ms < 1500, "at its deadline (300 ms), after %d ms", (int)took_ms);
	is_str(w->why.code, "db_deadline", "and it says so");
	tx_rollback(w);
	fresh(w);
	ok(db_run(w, Q(COUNT_ROWS), DB_ARGS(db_i64(1)), &r) == OK, "the next job gets a fresh connection");
	usleep(1500000);
	is_str(scene("select count(*) from pg_stat_activity where query like '%%pg_sleep($1)%%' and state = 'active' and pid <> "
		     "pg_backend_pid()"),
		"0", "the server has stopped what was given up");
	w->deadline_us = work_deadline_in_ms(-5);
	ok(db_run(w, Q(COUNT_ROWS), DB_ARGS(db_i64(1)), &r) == RETRY, "a deadline in the past does nothing");
}

static void connecting(void)
{
	char dir[] = "/tmp/chitra-deaf-XXXXXX", conninfo[128];
	if (!mkdtemp(dir))
		abort();
	snprintf(conninfo, sizeof conninfo, "host=%s port=5432 dbname=x", dir);
	struct db *db = db_open(conninfo, DB_DUTY_OWNER);
	struct work w = work_on(db);
	ok(db_connect(&w) == RETRY && why_is(&w.why, "db_unreachable"), "no server is RETRY db_unreachable");

	/* It accepts and never answers: what a frozen server looks like. */
	struct sockaddr_un deaf = {.sun_family = AF_UNIX};
	snprintf(deaf.sun_path, sizeof deaf.sun_path, "%s/.s.PGSQL.5432", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&deaf, sizeof deaf) != 0 || listen(fd, 5) != 0)
		abort();
	w.deadline_us = work_deadline_in_ms(300);
	int64_t began = monotonic_us();
	ok(tx_begin(&w) == RETRY && why_is(&w.why, "db_unreachable"),
		"a server that is silent when we connect is RETRY");
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(took_ms >= 290 && took_ms < 1500, "at the deadline (300 ms), after %d ms", (int)took_ms);
	close(fd);
	unlink(deaf.sun_path);
	db_close(db);
	arena_free(w.arena);
	rmdir(dir);
}

static void dead_connections(struct work *w)
{
	struct rows r;
	fresh(w);
	ok(db_run(w, Q(BACKEND), DB_NO_ARGS, &r) == OK, "a connection is there");
	int64_t pid = row_i64(&r, 0, 0);
	scene("select pg_terminate_backend(%lld, 2000)", (long long)pid);
	ok(tx_begin(w) == OK && insert(w, 20) == OK && tx_commit(w) == OK,
		"an idle connection that died is replaced without a word");
	ok(tx_begin(w) == OK && insert(w, 21) == OK && db_run(w, Q(BACKEND), DB_NO_ARGS, &r) == OK,
		"in a transaction");
	scene("select pg_terminate_backend(%lld, 2000)", (long long)row_i64(&r, 0, 0));
	ok(insert(w, 22) == RETRY, "a connection that dies is RETRY");
	ok(tx_commit(w) == RETRY, "and so is its commit");
	ok(stored(21) == 0 && stored(22) == 0, "nothing of it holds");
}

/* A migration may pass a connection by: chitrad then stops at the next check of the version, not with a wrong answer. */
static void changed_schema(struct work *w)
{
	struct rows r;
	fresh(w);
	scene("create table public.shape (id integer)");
	scene("alter table public.shape alter column id type bigint");
	ok(db_run(w, Q(SHAPE), DB_NO_ARGS, &r) == OK, "a query is prepared");
	scene("alter table public.shape alter column id type text");
	ok(db_run(w, Q(SHAPE), DB_NO_ARGS, &r) == RETRY && why_is(&w->why, "db_schema_changed"),
		"a schema that changed under it is RETRY");
	scene("alter table public.shape alter column id type bigint using id::bigint");
	ok(db_run(w, Q(SHAPE), DB_NO_ARGS, &r) == OK, "and the next connection prepares it anew");
}

#define LANES    4
#define PER_LANE 50

static void *lane(void *arg)
{
	const int64_t *first = arg;
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	intptr_t done = 0;
	for (int64_t i = 0; i < PER_LANE; i++)
		done += tx_begin(&w) == OK && insert(&w, *first + i) == OK && tx_commit(&w) == OK;
	db_close(db);
	arena_free(w.arena);
	return (void *)done;
}

static void lanes(void)
{
	pthread_t t[LANES];
	int64_t first[LANES];
	intptr_t done = 0;
	for (int i = 0; i < LANES; i++) {
		first[i] = 10000 * (i + 1);
		pthread_create(&t[i], NULL, lane, &first[i]);
	}
	for (int i = 0; i < LANES; i++) {
		void *answer;
		pthread_join(t[i], &answer);
		done += (intptr_t)answer;
	}
	is_i64(done, (int64_t)LANES * PER_LANE, "lanes with a connection each do not disturb each other");
	is_str(scene("select count(*) from public.box where id >= 10000"), "200",
		"and what they committed is there");
}

static void *other_side(void *arg)
{
	PGconn *c = arg;
	PQclear(PQexec(c, "begin; update public.box set v = v + 1 where id = 31"));
	usleep(300000);
	PQclear(PQexec(c, "update public.box set v = v + 1 where id = 30"));
	PQclear(PQexec(c, "rollback"));
	return NULL;
}

static void deadlock(struct work *w)
{
	fresh(w);
	scene("insert into public.box values (30, 0), (31, 0)");
	ok(tx_begin(w) == OK && db_run(w, Q(UPDATE), DB_ARGS(db_i64(30)), NULL) == OK, "we hold one row");
	PGconn *c = scene_connect(scene_database);
	PQclear(PQexec(c, "set deadlock_timeout = '60s'"));
	pthread_t t;
	pthread_create(&t, NULL, other_side, c);
	usleep(100000);
	enum result r = db_run(w, Q(UPDATE), DB_ARGS(db_i64(31)), NULL);
	ok(r == RETRY && why_is(&w->why, "db_conflict"), "a real deadlock is RETRY");
	tx_rollback(w);
	pthread_join(t, NULL);
	PQfinish(c);
}

static void duties(void)
{
	scene("do $$ begin create role chitra_teller login; exception when duplicate_object or unique_violation then null; end $$");
	struct db *db = db_open(NULL, DB_DUTY_TELLER);
	struct work w = work_on(db);
	struct rows r;
	ok(db_run(&w, Q(TELLER_ONLY), DB_NO_ARGS, &r) == OK,
		"a duty's connection works for a role without rights");
	is_str(row_text(&r, 0, 0), "chitra_teller chitra-teller", "it is the duty's role, and says its name");
	ok(db_run(&w, Q(SETTINGS), DB_NO_ARGS, &r) == OK, "its settings can be read");
	is_str(row_text(&r, 0, 0), "pg_catalog read committed Asia/Ho_Chi_Minh force_custom_plan 15min 2min",
		"every connection has the same settings");
	ok(tx_begin(&w) == OK && insert(&w, 40) == REFUSED && why_is(&w.why, "internal"),
		"what it has no grant for is refused");
	tx_rollback(&w);
	db_close(db);
	arena_free(w.arena);
	enum db_duty duty;
	ok(db_duty_parse("scribe", &duty) && duty == DB_DUTY_SCRIBE && !db_duty_parse("clerk", &duty),
		"duties have names");
}

static int hook_calls;
static enum result hook_answer;

static enum result hook(struct work *w, void *context)
{
	(void)context;
	struct rows r;
	hook_calls++;
	enum result got = db_run(w, Q(COUNT_ROWS), DB_ARGS(db_i64(1)), &r);
	if (got == OK && hook_answer != OK)
		why_set(&w->why, "head_missing", "the ledger's head is not in this database");
	return got == OK ? hook_answer : got;
}

static void hooks_and_memory(struct work *w)
{
	struct rows r;
	struct db_memory memory = {0};
	db_on_connect(hook, NULL);
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work mine = {.arena = w->arena, .db = db, .deadline_us = work_deadline_in_ms(10000)};
	db_use_memory(db, &memory);
	hook_answer = REFUSED;
	ok(tx_begin(&mine) == REFUSED && why_is(&mine.why, "head_missing"),
		"a connection whose hook refuses is not used");
	hook_answer = OK;
	ok(tx_begin(&mine) == OK && insert(&mine, 50) == OK && tx_commit(&mine) == OK && hook_calls == 2,
		"the hook is asked again at the next connection, and once for it");
	ok(!db_history_in_doubt(db) && memory.system_identifier != 0 && memory.timeline == 1,
		"the history was learned");
	is_i64((int64_t)memory.system_identifier,
		strtoll(scene("select system_identifier from pg_control_system()"), NULL, 10),
		"it is the cluster's");
	memory.timeline = 7;
	ok(db_run(&mine, Q(BACKEND), DB_NO_ARGS, &r) == OK, "the connection is still good");
	scene("select pg_terminate_backend(%d, 2000)", row_i32(&r, 0, 0));
	ok(db_run(&mine, Q(BACKEND), DB_NO_ARGS, &r) == OK && db_history_in_doubt(db) && memory.timeline == 7,
		"a timeline that went back puts the history in doubt at the reconnect");
	db_close(db);
	db_on_connect(NULL, NULL);

	struct db_memory other = {.system_identifier = 1};
	db = db_open(NULL, DB_DUTY_OWNER);
	db_use_memory(db, &other);
	mine.db = db;
	ok(db_connect(&mine) == OK && db_history_in_doubt(db), "another cluster puts it in doubt");
	db_close(db);
}

int main(void)
{
	scene_begin("tx");
	scene("create table public.box (id bigint primary key, v bigint check (v >= 0));"
	      "create table public.late (k integer, constraint late_key unique (k) deferrable initially deferred);"
	      "insert into public.late values (1);"
	      "create function public.t_raise(what text) returns text language plpgsql as $$ begin"
	      " if what = 'own' then raise exception 'account_closed: the account was closed on 2024-03-31' using errcode = 'CH001';"
	      " elsif what = 'deferred' then insert into public.late values (1);"
	      " else raise exception 'raised' using errcode = what; end if; return ''; end $$");
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	commit_and_rollback(&w);
	failpoints(&w);
	refusals(&w);
	retries(&w);
	deadlines(&w);
	connecting();
	dead_connections(&w);
	changed_schema(&w);
	lanes();
	deadlock(&w);
	duties();
	hooks_and_memory(&w);
	db_close(db);
	arena_free(w.arena);
	scene_end();
	return done_testing();
}
