/* A COMMIT whose answer never comes: held, lost before the server, lost after it, answered with a warning, or answered by a
 * server that has crashed since. A proxy between db.c and PostgreSQL does it, on a cluster of this test's own. */
#include "tests/unit/db_test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "ledger/db/conn.h"

enum { T_INSERT = 4096, T_WARN, T_COUNT };

static const struct query_column one_bigint[] = {{"id", DB_BIGINT, 0}};
static const struct query_column one_int[] = {{"version", DB_INTEGER, 0}};

const struct query_text query_table[] = {
	[Q_SCHEMA_VERSION] = {"schema_version", "here", "select 1", QUERY_PLAIN, 0, 0, 1, NULL, one_int},
	[T_INSERT] = {"t_insert", "here", "insert into public.box (id) values ($1)", QUERY_PLAIN, 0, 1, 0,
		one_bigint, NULL},
	[T_WARN] = {"t_warn", "here", "insert into public.warns (id) values ($1)", QUERY_PLAIN, 0, 1, 0,
		one_bigint, NULL},
};
const unsigned query_count = T_COUNT;

/* ---- the proxy ------------------------------------------------------------------------------------------------------- */

enum fault_at_commit {
	PASS,
	CUT_BEFORE, /* the server never sees it */
	CUT_AFTER,  /* the server answers, the answer is lost */
	MUTE_AFTER, /* the server answers, the answer is held back */
	HOLD,       /* neither: the transaction stays open on the server */
	CRASH,      /* CUT_BEFORE, and the server crashes before we are told */
};

static _Atomic enum fault_at_commit fault;
static atomic_bool refuse_all; /* nobody connects any more, after the next commit */
static atomic_bool refuse_later;
static void (*at_crash)(void);
static char proxy_dir[32] = "/tmp/chitra-px-XXXXXX", server_path[108];
static int listener;

static int dial(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof a.sun_path, "%s", server_path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		abort();
	return fd;
}

static bool pass_on(int from, int to)
{
	char b[65536];
	ssize_t n = read(from, b, sizeof b);
	return n > 0 && (to < 0 || write(to, b, (size_t)n) == n);
}

/* What the client said holds a COMMIT; true when the connection is to be cut now. */
static bool meddle(int client, int server, const char *bytes, size_t n)
{
	enum fault_at_commit f = atomic_exchange(&fault, PASS);
	struct pollfd answer = {.fd = server, .events = POLLIN};
	atomic_store(&refuse_all, atomic_load(&refuse_later));
	switch (f) {
	case PASS: return write(server, bytes, n) != (ssize_t)n;
	case CUT_BEFORE: return true;
	case CUT_AFTER:
	case MUTE_AFTER:
		if (write(server, bytes, n) != (ssize_t)n)
			abort();
		poll(&answer, 1, 5000);
		pass_on(server, -1);
		if (f == CUT_AFTER)
			return true;
		break;
	case HOLD: break;
	case CRASH: at_crash(); return true;
	}
	/* Silent until the client goes; then a while more, so that the server does not hear of it at once. */
	pass_on(client, -1);
	usleep(f == HOLD ? 4000000 : 0);
	return true;
}

static void *serve(void *arg)
{
	int client = (int)(intptr_t)arg, server = dial();
	struct pollfd p[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
	for (bool end = false; !end && poll(p, 2, -1) > 0;) {
		if (p[1].revents)
			end = !pass_on(server, client);
		if (!end && p[0].revents) {
			char b[65536];
			ssize_t n = read(client, b, sizeof b);
			if (n <= 0)
				break;
			if (memmem(b, (size_t)n, "\0chitra commit", 15))
				end = meddle(client, server, b, (size_t)n);
			else
				end = write(server, b, (size_t)n) != n;
		}
	}
	close(client);
	close(server);
	return NULL;
}

static void *accept_all(void *arg)
{
	(void)arg;
	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
		pthread_t t;
		if (atomic_load(&refuse_all)) {
			close(fd);
			continue;
		}
		if (pthread_create(&t, NULL, serve, (void *)(intptr_t)fd) != 0)
			abort();
		pthread_detach(t);
	}
	return NULL;
}

static void proxy_begin(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	pthread_t t;
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(proxy_dir))
		abort();
	snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.5432", proxy_dir);
	snprintf(server_path, sizeof server_path, "%s/.s.PGSQL.%s", getenv("PGHOST"), getenv("PGPORT"));
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 20) != 0 ||
		pthread_create(&t, NULL, accept_all, NULL) != 0)
		abort();
	pthread_detach(t);
}

static void proxy_end(void)
{
	char path[128];
	snprintf(path, sizeof path, "%s/.s.PGSQL.5432", proxy_dir);
	unlink(path);
	rmdir(proxy_dir);
}

/* ---- a cluster of our own ---------------------------------------------------------------------------------------------- */

static char cluster_dir[32] = "/tmp/chitra-lc-XXXXXX";

/* Runs ops/private-db; its first line goes to `line`. */
static int private_db(const char *command, const char *option, char *line, size_t size)
{
	extern char **environ;
	int out[2];
	pid_t pid;
	char *const argv[] = {(char[]){"ops/private-db"}, strdup(command), cluster_dir,
		option ? strdup(option) : NULL, NULL};
	posix_spawn_file_actions_t actions;
	if (pipe2(out, O_CLOEXEC) != 0)
		abort();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	int failed = posix_spawn(&pid, "ops/private-db", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	free(argv[1]);
	free(argv[3]);
	close(out[1]);
	size_t n = 0;
	for (ssize_t got = 1; !failed && got > 0 && n < size - 1; n += (size_t)got) {
		got = read(out[0], line + n, size - 1 - n);
		if (got < 0)
			break;
	}
	line[n] = '\0';
	close(out[0]);
	int status = 1;
	if (!failed)
		waitpid(pid, &status, 0);
	return failed ? 1 : status;
}

static void cluster_begin(void)
{
	char line[512], host[256], port[16];
	if (access("ops/private-db", X_OK) != 0 || !mkdtemp(cluster_dir))
		skip_all("lost_commit: ops/private-db is not below the working directory");
	unsetenv("PGDATABASE");
	if (private_db("start", "--temporary", line, sizeof line) != 0 ||
		private_db("env", NULL, line, sizeof line) != 0 ||
		sscanf(line, "PGHOST=%255s PGPORT=%15s", host, port) != 2)
		skip_all("lost_commit: a private PostgreSQL could not be started");
	setenv("PGHOST", host, 1);
	setenv("PGPORT", port, 1);
	setenv("PGUSER", "chitra", 1);
}

static void cluster_end(void)
{
	char line[512];
	private_db("remove", NULL, line, sizeof line);
	rmdir(cluster_dir);
}

/* ---- the cases ----------------------------------------------------------------------------------------------------------- */

static int64_t stored(int64_t id)
{
	return strtoll(scene("select count(*) from public.box where id = %lld", (long long)id), NULL, 10);
}

static enum result write_one(struct work *w, int64_t id)
{
	why_clear(&w->why);
	w->deadline_us = work_deadline_in_ms(3000);
	enum result r = tx_begin(w);
	if (r == OK)
		r = db_run(w, (enum query)T_INSERT, DB_ARGS(db_i64(id)), NULL);
	return r;
}

static enum result commit_with(struct work *w, int64_t id, enum fault_at_commit f)
{
	if (write_one(w, id) != OK)
		return REFUSED;
	atomic_store(&fault, f);
	return tx_commit(w);
}

static void lost_on_the_way(struct work *w)
{
	ok(commit_with(w, 1, PASS) == OK && stored(1) == 1, "through the proxy a commit is a commit");
	enum result r = commit_with(w, 2, CUT_BEFORE);
	ok(r == RETRY && stored(2) == 0, "a COMMIT lost before the server is RETRY, and nothing was written");
	is_str(w->why.code, "db_lost", "with its reason");
	r = commit_with(w, 3, CUT_AFTER);
	ok(r == OK && stored(3) == 1, "a COMMIT whose answer was lost is OK, and it was written");
	why_clear(&w->why);
	if (write_one(w, 4) != OK)
		abort();
	w->deadline_us = work_deadline_in_ms(400);
	atomic_store(&fault, MUTE_AFTER);
	int64_t began = monotonic_us();
	r = tx_commit(w);
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(r == OK && stored(4) == 1, "a COMMIT whose answer is held back is OK after its deadline");
	ok(took_ms >= 390 && took_ms < 2000, "and no later than it takes to ask (%d ms)", (int)took_ms);
	r = commit_with(w, 5, HOLD);
	ok(r == UNSURE && stored(5) == 0, "a transaction that stays in progress is UNSURE");
	is_str(w->why.code, "commit_unknown", "with its reason");
	atomic_store(&refuse_later, true);
	r = commit_with(w, 6, CUT_AFTER);
	atomic_store(&refuse_later, false);
	atomic_store(&refuse_all, false);
	ok(r == UNSURE && stored(6) == 1, "with no server to ask it is UNSURE, though it was written");
	ok(commit_with(w, 7, PASS) == OK && stored(7) == 1, "and the next transaction works");
}

static void read_only_is_never_unsure(struct work *w)
{
	w->deadline_us = work_deadline_in_ms(3000);
	if (tx_begin(w) != OK)
		abort();
	struct rows r;
	ok(db_run(w, Q_SCHEMA_VERSION, DB_NO_ARGS, &r) == OK, "a transaction that only reads");
	atomic_store(&fault, CUT_AFTER);
	ok(tx_commit(w) == RETRY, "is RETRY when its COMMIT is lost: nothing was there to commit");
}

static void other_histories(struct work *w)
{
	struct db *db = w->db;
	if (write_one(w, 20) != OK)
		abort();
	db->identity.timeline = 9;
	atomic_store(&fault, CUT_AFTER);
	ok(tx_commit(w) == UNSURE && why_is(&w->why, "commit_other_history"),
		"a timeline that went back is UNSURE");
	if (write_one(w, 21) != OK)
		abort();
	db->identity.timeline = 9;
	atomic_store(&fault, CUT_BEFORE);
	ok(tx_commit(w) == UNSURE, "also when that database says aborted");
	if (write_one(w, 22) != OK)
		abort();
	db->identity.system_identifier++;
	atomic_store(&fault, CUT_AFTER);
	ok(tx_commit(w) == UNSURE && why_is(&w->why, "commit_other_history"), "another cluster is UNSURE");
	if (write_one(w, 23) != OK)
		abort();
	db->identity.timeline = 0;
	atomic_store(&fault, CUT_AFTER);
	ok(tx_commit(w) == UNSURE,
		"committed on a later timeline is UNSURE: ids may have been given away twice");
	if (write_one(w, 24) != OK)
		abort();
	db->identity.timeline = 0;
	atomic_store(&fault, CUT_BEFORE);
	ok(tx_commit(w) == RETRY && stored(24) == 0, "aborted on a later timeline is RETRY");
	if (write_one(w, 25) != OK)
		abort();
	snprintf(db->xid, sizeof db->xid, "4000000000");
	atomic_store(&fault, CUT_AFTER);
	ok(tx_commit(w) == UNSURE && why_is(&w->why, "commit_unknown"),
		"a transaction id that the database does not know is UNSURE");
}

static void warnings(struct work *w)
{
	scene("create table public.warns (id bigint);"
	      "create function public.warn() returns trigger language plpgsql as $$ begin raise warning 'not replicated'; return null; end $$;"
	      "create constraint trigger late after insert on public.warns initially deferred for each row execute function public.warn()");
	w->deadline_us = work_deadline_in_ms(3000);
	ok(tx_begin(w) == OK && db_run(w, (enum query)T_WARN, DB_ARGS(db_i64(1)), NULL) == OK,
		"a write that will warn at COMMIT");
	ok(tx_commit(w) == UNSURE && why_is(&w->why, "commit_not_replicated"),
		"a warning during COMMIT is UNSURE");
}

static void *cancel_waiting(void *arg)
{
	const char *what = arg;
	PGconn *c = scene_connect(scene_database);
	for (int i = 0; i < 200; i++) {
		PGresult *r = PQexec(c, what);
		bool done = PQntuples(r) > 0;
		PQclear(r);
		if (done)
			break;
		usleep(20000);
	}
	PQfinish(c);
	return NULL;
}

#define WAITING "from pg_stat_activity where wait_event = 'SyncRep' and application_name = 'chitra-owner'"

/* The standby is gone: COMMIT hangs, and when it is broken off it claims success. */
static void standby_gone(struct work *w)
{
	pthread_t t;
	scene("alter system set synchronous_standby_names = 'nobody'");
	scene("select pg_reload_conf()");
	usleep(300000);
	if (write_one(w, 40) != OK)
		abort();
	pthread_create(
		&t, NULL, cancel_waiting, (void *)(uintptr_t) "select pg_cancel_backend(pid) " WAITING);
	enum result r = tx_commit(w);
	pthread_join(t, NULL);
	ok(r == UNSURE && why_is(&w->why, "commit_not_replicated"),
		"a COMMIT whose wait for the standby was cancelled is UNSURE");
	is_i64(stored(40), 1, "though this server has it");
	if (write_one(w, 41) != OK)
		abort();
	pthread_create(
		&t, NULL, cancel_waiting, (void *)(uintptr_t) "select pg_terminate_backend(pid) " WAITING);
	r = tx_commit(w);
	pthread_join(t, NULL);
	ok(r == UNSURE && stored(41) == 1,
		"and so it is when the waiting backend was terminated: committed here is not yet committed");
	if (write_one(w, 42) != OK)
		abort();
	w->deadline_us = work_deadline_in_ms(300);
	int64_t began = monotonic_us();
	r = tx_commit(w);
	int64_t took_ms = (monotonic_us() - began) / 1000;
	ok(r == UNSURE && took_ms < 6000, "a COMMIT that hangs is given up (%d ms)", (int)took_ms);
	scene("alter system reset synchronous_standby_names");
	scene("select pg_reload_conf()");
	usleep(300000);
	ok(commit_with(w, 43, PASS) == OK, "with the standby not asked for, commits work again");
}

/* ---- a crash that gives a transaction's id away twice ----------------------------------------------------------------------- */

static unsigned long long crashed_xid;
static int crashed_pid;
static atomic_bool crash_is_over;

static bool server_answers(void)
{
	PQfinish(scene_conn);
	const char *const keys[] = {"dbname", NULL};
	const char *const values[] = {scene_database, NULL};
	scene_conn = PQconnectdbParams(keys, values, 0);
	return PQstatus(scene_conn) == CONNECTION_OK;
}

static void crash_and_reuse(void)
{
	kill(crashed_pid, SIGKILL);
	usleep(100000);
	for (int i = 0; i < 200 && !server_answers(); i++)
		usleep(50000);
	for (int i = 0; i < 20; i++) {
		unsigned long long x = strtoull(
			scene("begin; insert into public.other default values; select pg_current_xact_id()"),
			NULL, 10);
		scene("commit");
		if (x >= crashed_xid)
			break;
	}
	atomic_store(&crash_is_over, true);
}

static void crash(struct work *w)
{
	scene("create table public.other (id bigint generated always as identity)");
	scene("insert into public.other default values");
	scene("checkpoint");
	if (commit_with(w, 50, PASS) != OK || write_one(w, 51) != OK)
		abort();
	crashed_xid = strtoull(w->db->xid, NULL, 10);
	crashed_pid = PQbackendPID(w->db->conn);
	w->deadline_us = work_deadline_in_ms(15000);
	at_crash = crash_and_reuse;
	atomic_store(&fault, CRASH);
	enum result r = tx_commit(w);
	if (!atomic_load(&crash_is_over))
		abort();
	is_i64(stored(51), 0, "a crash has lost the transaction");
	const char *status = scene("select pg_xact_status('%llu'::xid8)", crashed_xid);
	note("pg_xact_status of the lost transaction: %s", status);
	if (strcmp(status, "committed") == 0)
		ok(r == UNSURE, "its id was given to another one that committed, and we are UNSURE, not OK");
	else
		ok(r == RETRY, "its id was not given away, and we are told RETRY");
	ok(commit_with(w, 52, PASS) == OK && stored(52) == 1 && stored(50) == 1,
		"what was committed before and after is there");
}

static void crash_is_seen(void)
{
	char line[512], before[64], after[64];
	snprintf(before, sizeof before, "%s", scene("select stats_reset from pg_stat_wal"));
	private_db("stop", NULL, line, sizeof line);
	private_db("start", "--temporary", line, sizeof line);
	for (int i = 0; i < 100 && !server_answers(); i++)
		usleep(50000);
	is_str(scene("select stats_reset from pg_stat_wal"), before,
		"an orderly restart keeps the statistics' beginning");
	private_db("stop", "immediate", line, sizeof line);
	private_db("start", "--temporary", line, sizeof line);
	for (int i = 0; i < 100 && !server_answers(); i++)
		usleep(50000);
	snprintf(after, sizeof after, "%s", scene("select stats_reset from pg_stat_wal"));
	ok(strcmp(before, after) != 0, "a crash begins them anew: that is how it is seen");
}

int main(void)
{
	cluster_begin();
	scene_begin("lost");
	scene("create table public.box (id bigint primary key)");
	scene("create schema ops; create table ops.migration (number integer)");
	proxy_begin();
	char conninfo[128];
	snprintf(conninfo, sizeof conninfo, "host=%s port=5432", proxy_dir);
	struct db *db = db_open(conninfo, DB_DUTY_OWNER);
	struct work w = work_on(db);
	struct db_memory memory = {0};
	db_use_memory(db, &memory);
	lost_on_the_way(&w);
	read_only_is_never_unsure(&w);
	other_histories(&w);
	warnings(&w);
	standby_gone(&w);
	crash(&w);
	db_close(db);
	arena_free(w.arena);
	crash_is_seen();
	proxy_end();
	scene_end();
	cluster_end();
	return done_testing();
}
