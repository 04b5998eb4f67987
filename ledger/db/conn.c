/* conn.c: connecting, greeting, waiting. */
#include "ledger/db/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"

#define ARGS_MAX ((size_t)512 << 20)

static db_connect_hook *on_connect;
static void *on_connect_context;

void db_on_connect(db_connect_hook *hook, void *context)
{
	on_connect = hook;
	on_connect_context = context;
}

void conn_clear_result(PGresult **r)
{
	PQclear(*r);
	*r = NULL;
}

void conn_close(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->farewell = false;
	memset(db->prepared, 0, query_count * sizeof *db->prepared);
}

static enum came wait_ready(const struct db *db, bool to_write, int64_t deadline_us)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
	if (p.fd < 0)
		return CAME_LOST;
	if (to_write)
		p.events |= POLLOUT;
	for (;;) {
		int64_t left_us = deadline_us - monotonic_us();
		if (left_us <= 0)
			return CAME_LATE;
		int64_t left_ms = left_us / 1000 + 1;
		int n = poll(&p, 1, left_ms > 60000 ? 60000 : (int)left_ms);
		if (n > 0)
			return CAME;
		if (n < 0 && errno != EINTR)
			return CAME_LOST;
	}
}

enum came conn_wait(struct db *db, bool to_write, int64_t deadline_us)
{
	db->alive_us = deadline_us; /* whoever waits ends by then */
	enum came c = wait_ready(db, to_write, deadline_us);
	db->alive_us = monotonic_us();
	return c;
}

int64_t db_alive_us(const struct db *db)
{
	return db->alive_us;
}

enum came conn_result(struct db *db, int64_t deadline_us, PGresult **out)
{
	for (;;) {
		int unsent = PQflush(db->conn);
		if (unsent < 0)
			return CAME_LOST;
		if (!PQisBusy(db->conn))
			break;
		enum came c = conn_wait(db, unsent > 0, deadline_us);
		if (c != CAME)
			return c;
		if (!PQconsumeInput(db->conn))
			return CAME_LOST;
	}
	PGresult *r = PQgetResult(db->conn);
	if (PQstatus(db->conn) == CONNECTION_BAD) {
		PQclear(r);
		return CAME_LOST;
	}
	*out = r;
	return CAME;
}

static enum came one_answer(struct db *db, int64_t deadline_us, PGresult **out)
{
	PGresult *answer = NULL;
	for (;;) {
		PGresult *r = NULL;
		enum came c = conn_result(db, deadline_us, &r);
		if (c != CAME) {
			PQclear(answer);
			return c;
		}
		if (!r)
			continue;
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			*out = answer;
			return CAME;
		}
		/* The first failure explains; otherwise the last answer is the one that was asked for. */
		if (answer && PQresultStatus(answer) == PGRES_FATAL_ERROR) {
			PQclear(r);
			continue;
		}
		PQclear(answer);
		answer = r;
	}
}

enum came conn_ask(
	struct db *db, int64_t deadline_us, const char *sql, const char *const *args, int n, PGresult **out)
{
	*out = NULL;
	if (!PQsendQueryParams(db->conn, sql, n, NULL, args, NULL, NULL, 0) || !PQpipelineSync(db->conn))
		return CAME_LOST;
	return one_answer(db, deadline_us, out);
}

enum came conn_ask_prepared(struct db *db, int64_t deadline_us, const char *name, PGresult **out)
{
	*out = NULL;
	if (!PQsendQueryPrepared(db->conn, name, 0, NULL, NULL, NULL, 0) || !PQpipelineSync(db->conn))
		return CAME_LOST;
	return one_answer(db, deadline_us, out);
}

void conn_leave_pipeline(struct db *db)
{
	if (!PQexitPipelineMode(db->conn))
		bug("the connection is not idle where a copy or a script begins");
}

void conn_enter_pipeline(struct db *db)
{
	if (!PQenterPipelineMode(db->conn))
		bug("the connection is not idle where a copy or a script has ended");
}

enum result conn_gone(struct work *w, enum came how)
{
	conn_close(w->db);
	if (how == CAME_LATE)
		why_set(&w->why, "db_deadline", "the database did not answer in time");
	else
		why_set(&w->why, "db_lost", "connection to the database was lost");
	return RETRY;
}

/* A warning from the server may say that a COMMIT was not replicated (tx.c). Its text may hold values: only its code is logged. */
static void on_notice(void *arg, const PGresult *notice)
{
	struct db *db = arg;
	db->noticed = true;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *code = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
	db->farewell |= severity && strcmp(severity, "FATAL") == 0;
	if (severity && strcmp(severity, "WARNING") == 0)
		log_event(LOG_WARN, "db_warning", K_STR("sqlstate", code ? code : ""));
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static enum result unreachable(struct work *w)
{
	const char *text = w->db->conn ? PQerrorMessage(w->db->conn) : "";
	size_t n = strcspn(text, "\n");
	why_set(&w->why, "db_unreachable", "could not connect to the database: %.*s", (int)n, text);
	conn_close(w->db);
	return RETRY;
}

static enum result start(struct work *w)
{
	struct db *db = w->db;
	char role[32] = "chitra_", name[32] = "chitra-";
	strncat(role, db_duty_name(db->duty), sizeof role - 8);
	strncat(name, db_duty_name(db->duty), sizeof name - 8);
	/* What comes later overrides: the duty decides the role, not the address. Names are not looked up by us: give a
	 * socket directory or a hostaddr where DNS may hang. */
	const char *const keys[] = {"dbname", "application_name", "client_encoding", "keepalives",
		"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
		db->duty == DB_DUTY_OWNER ? NULL : "user", NULL};
	const char *const values[] = {db->conninfo, name, "UTF8", "1", "30", "10", "3", "20000", role, NULL};
	db->conn = PQconnectStartParams(keys, values, 1);
	db->connections++;
	if (!db->conn)
		bug("out of memory");
	for (;;) {
		PostgresPollingStatusType p = PQstatus(db->conn) == CONNECTION_BAD ? PGRES_POLLING_FAILED
										   : PQconnectPoll(db->conn);
		if (p == PGRES_POLLING_OK)
			return OK;
		if (p != PGRES_POLLING_READING && p != PGRES_POLLING_WRITING)
			return unreachable(w);
		enum came c = conn_wait(db, p == PGRES_POLLING_WRITING, w->deadline_us);
		if (c == CAME_LATE) {
			conn_close(db);
			why_set(&w->why, "db_unreachable", "could not connect to the database in time");
			return RETRY;
		}
		if (c == CAME_LOST)
			return unreachable(w);
	}
}

/* plan_cache_mode: a generic plan takes unnest($1) for ten rows, whatever comes. enable_memoize: our look-ups seldom repeat.
 * max_parallel_workers_per_gather: lanes are the parallelism, and workers for some hundred rows cost more than those.
 * work_mem: what a statement sorts or its triggers look at is some ten thousand rows; on disk they cost twice as much.
 * client_connection_check_interval: what we gave up (its socket is closed) is stopped by the server too. The timeouts are the net
 * below that. */
static const char settings[] =
	"select set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'Asia/Ho_Chi_Minh', false),"
	" set_config('default_transaction_isolation', 'read committed', false),"
	" set_config('plan_cache_mode', 'force_custom_plan', false), set_config('jit', 'off', false),"
	" set_config('enable_memoize', 'off', false), set_config('max_parallel_workers_per_gather', '0', false),"
	" set_config('work_mem', '32MB', false),"
	" set_config('statement_timeout', '15min', false),"
	" set_config('idle_in_transaction_session_timeout', '2min', false),"
	" set_config('client_connection_check_interval', '1s', false), set_config('lock_timeout', '0', false)";

static const char identity[] =
	"select system_identifier, case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end,"
	" (select stats_reset from pg_stat_wal) from pg_control_system()";

/* The first connection teaches, the others are compared. Several lanes do this at once. */
static void remember(struct db *db)
{
	struct db_memory *m = db->memory;
	const struct db_identity *now = &db->identity;
	uint64_t known = 0;
	bool other = !atomic_compare_exchange_strong(&m->system_identifier, &known, now->system_identifier) &&
		     known != now->system_identifier;
	uint32_t seen = atomic_load(&m->timeline);
	while (!other && seen < now->timeline &&
		!atomic_compare_exchange_weak(&m->timeline, &seen, now->timeline))
		continue;
	if (!other && seen <= now->timeline)
		return;
	if (!atomic_exchange(&m->in_doubt, true))
		log_event(LOG_ERROR, "db_history_in_doubt", K_BOOL("other_cluster", other),
			K_I64("timeline", now->timeline), K_I64("timeline_seen", seen));
}

static enum result identify(struct work *w, const PGresult *r)
{
	struct db *db = w->db;
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return fault_result(w, r, "greeting");
	const char *timeline = PQgetvalue(r, 0, 1);
	if (*timeline == '\0') {
		why_set(&w->why, "db_standby", "could not use the database: it is a standby");
		return RETRY;
	}
	struct db_identity now = {
		.system_identifier = strtoull(PQgetvalue(r, 0, 0), NULL, 10),
		.timeline = (uint32_t)strtoul(timeline, NULL, 16),
	};
	strncpy(now.up_since, PQgetvalue(r, 0, 2), sizeof now.up_since - 1);
	db->identity = now;
	remember(db);
	return OK;
}

static enum result ask_and_check(
	struct work *w, const char *sql, enum result (*check)(struct work *, const PGresult *))
{
	CLEAR_RESULT PGresult *r = NULL;
	enum came c = conn_ask(w->db, w->deadline_us, sql, NULL, 0, &r);
	if (c != CAME)
		return conn_gone(w, c);
	if (check)
		return check(w, r);
	return PQresultStatus(r) == PGRES_TUPLES_OK ? OK : fault_result(w, r, "greeting");
}

static enum result prepare_ours(struct work *w)
{
	static const char *const ours[][2] = {
		{CONN_BEGIN, "begin"},
		{CONN_BEGIN_READ, "begin read only"},
		{CONN_COMMIT, "commit"},
		{CONN_XID, "select pg_current_xact_id_if_assigned()::text"},
	};
	PGconn *conn = w->db->conn;
	for (size_t i = 0; i < COUNT_OF(ours); i++)
		if (!PQsendPrepare(conn, ours[i][0], ours[i][1], 0, NULL))
			return conn_gone(w, CAME_LOST);
	return ask_and_check(w, settings, NULL);
}

static enum result greet(struct work *w)
{
	struct db *db = w->db;
	PQsetNoticeReceiver(db->conn, on_notice, db);
	if (PQsetnonblocking(db->conn, 1) != 0)
		bug("libpq cannot be made non-blocking");
	conn_enter_pipeline(db);
	enum result r = ask_and_check(w, identity, identify);
	if (r == OK)
		r = prepare_ours(w);
	if (r != OK || !on_connect)
		return r;
	db->greeting = true;
	r = on_connect(w, on_connect_context);
	bug_if(db->tx != TX_NONE);
	db->greeting = false;
	if (r == OK && !db->conn) {
		why_set(&w->why, "db_lost", "connection to the database was lost");
		r = RETRY;
	}
	return r;
}

/* Idle connections die silently (restart, failover): then the socket is readable. Notices and changed settings are read over;
 * libpq gives a farewell ("terminating connection…") as a notice. */
static bool is_alive(struct db *db)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
	while (poll(&p, 1, 0) > 0) {
		if (!PQconsumeInput(db->conn) || PQstatus(db->conn) != CONNECTION_OK)
			return false;
		(void)PQisBusy(db->conn); /* reads what has come */
		if (db->farewell)
			return false;
	}
	return true;
}

enum result conn_ensure(struct work *w)
{
	struct db *db = w->db;
	bug_if(w->deadline_us <= 0);
	if (db->conn && (db->tx != TX_NONE || is_alive(db)))
		return OK;
	if (db->conn)
		conn_close(db);
	if (db->greeting) {
		why_set(&w->why, "db_lost", "connection to the database was lost");
		return RETRY;
	}
	enum result r = start(w);
	if (r == OK)
		r = greet(w);
	if (r != OK && db->conn)
		conn_close(db);
	return r;
}

/* ---- the handle ---------------------------------------------------------------------------------------------------- */

static struct db_memory process_memory;

static const char *const duty_names[DB_DUTIES] = {"gate", "desk", "teller", "scribe", "owner"};

const char *db_duty_name(enum db_duty duty)
{
	bug_if((unsigned)duty >= DB_DUTIES);
	return duty_names[duty];
}

bool db_duty_parse(const char *name, enum db_duty *duty)
{
	for (unsigned i = 0; i < DB_DUTIES; i++)
		if (strcmp(name, duty_names[i]) == 0) {
			*duty = (enum db_duty)i;
			return true;
		}
	return false;
}

void *conn_zeroed(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);
	if (!p)
		bug("out of memory");
	return p;
}

struct db *db_open(const char *conninfo, enum db_duty duty)
{
	struct db *db = conn_zeroed(1, sizeof *db);
	db->conninfo = strdup(conninfo ? conninfo : "");
	db->prepared = conn_zeroed(query_count, sizeof *db->prepared);
	if (!db->conninfo)
		bug("out of memory");
	db->duty = duty;
	db->memory = &process_memory;
	buf_init(&db->args, ARGS_MAX);
	return db;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	conn_close(db);
	buf_free(&db->args);
	free(db->prepared);
	free(db->conninfo);
	free(db);
}

enum db_duty db_duty_of(const struct db *db)
{
	return db->duty;
}

uint64_t db_connection(const struct db *db)
{
	return db->connections;
}

enum result db_connect(struct work *w)
{
	bug_if(w->db->tx != TX_NONE);
	return conn_ensure(w);
}

void db_use_memory(struct db *db, struct db_memory *memory)
{
	bug_if(db->conn);
	db->memory = memory;
}

bool db_history_in_doubt(const struct db *db)
{
	return atomic_load(db ? &db->memory->in_doubt : &process_memory.in_doubt);
}
