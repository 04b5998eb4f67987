/* Twenty clients at once: they post, repeat and contradict each other, take everything back twice, and overdraw, while a sealer
 * signs and a reader adds up, and one of them is killed in the middle. Exactly the right ones succeed. */
#include "tests/unit/db_archive.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define WORKERS 20
#define TURNS   20 /* each posts so many of its own, and as many that all twenty post */
#define OWN     (WORKERS * TURNS)
#define WAIT_MS 60000

/* What somebody was answered. */
enum outcome { POSTED, REPEATED, CONFLICT, TAKEN_BACK, BELOW_FLOOR, OTHERWISE, OUTCOMES };

struct client {
	int64_t number;
	pthread_t thread;
	struct db *db;
	int64_t said[OUTCOMES];
};

static struct db *db;
static uint64_t seed;
static int64_t seq_of[OWN]; /* where each worker's own are */
static pthread_barrier_t together;

/* The same for the same question, whoever asks. */
static int64_t any(int64_t question, int64_t below)
{
	struct hash h;
	uint64_t asked[2] = {seed, (uint64_t)question};
	uint64_t n;

	h = sha256(bytes_of(asked, sizeof asked));
	memcpy(&n, h.b, sizeof n);
	return (int64_t)(n % (uint64_t)below);
}

static void post_one(
	struct client *c, struct work *w, const struct entry *entry, enum floors floors, int64_t *seq)
{
	struct posted p;
	enum outcome said = OTHERWISE;
	enum result result = post_all(w, entry, 1, floors, &p);

	if (result == OK)
		said = p.fresh[0] ? POSTED : REPEATED;
	else if (result == REFUSED && why_is(&w->why, "idem_conflict"))
		said = CONFLICT;
	else if (result == REFUSED && why_is(&w->why, "reversed_already"))
		said = TAKEN_BACK;
	else if (result == REFUSED && why_is(&w->why, "floor"))
		said = BELOW_FLOOR;
	else
		note("client %" PRId64 ": %s: %s: %s", c->number, entry->idem, w->why.code, w->why.text);
	if (result == OK && seq != NULL)
		*seq = p.seq[0];
	c->said[said]++;
}

/* ---- what they post -------------------------------------------------------------------------------------------------- */

static struct entry received(struct arena *a, const char *account, int64_t line, int64_t dong)
{
	struct told_by by = told_by_scribe();

	by.effective.n += (int32_t)(line % 5);
	return entry_funding(a, &by,
		&(struct statement_fact){.line = line,
			.funding_account = account,
			.day = by.effective,
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB24",
			.order = "QD-08"});
}

static struct entry own_one(struct arena *a, int64_t i)
{
	static const char *const accounts[] = {"pt-merit", "pt-social", "pt-rent"};
	int64_t dong = 1 + any(i, 1000000);

	if (any(OWN + i, 2) == 0)
		return settled_of(a, 1 + i, dong);
	return received(a, accounts[any(2 * OWN + i, COUNT_OF(accounts))], 1 + i, dong);
}

static struct entry draw(struct arena *a, const char *account, int64_t batch, int64_t dong)
{
	struct told_by by = told_by_scribe();

	return entry_batch_released(a, &by,
		&(struct batch_released){.batch = batch,
			.version = 1,
			.lines = 1,
			.sum = vnd(dong),
			.unfunded = vnd(dong),
			.agency = "phan-thiet",
			.programme = "merit",
			.funding_account = account,
			.officers = {"hoa", "minh"}});
}

/* Its own, and at the same time as all others the same one: half of them say a dong more. */
static void post(struct client *c)
{
	for (int64_t turn = 0; turn < TURNS; turn++) {
		struct work w = work_on(c->db);
		int64_t i = c->number * TURNS + turn;
		struct entry own = own_one(w.arena, i);
		struct entry shared = received(w.arena, "pt-merit", 100000 + turn, 5000 + c->number % 2);

		post_one(c, &w, &own, FLOORS_RECORD, &seq_of[i]);
		pthread_barrier_wait(&together);
		post_one(c, &w, &shared, FLOORS_RECORD, NULL);
		arena_free(w.arena);
	}
}

/* Each transaction by two clients, who go through the same tenth in the same order: with the same words, for another reason, or
 * under another key, as a client would that makes its own. */
static void take_back(struct client *c)
{
	for (int64_t i = c->number % (WORKERS / 2); i < OWN; i += WORKERS / 2) {
		struct work w = work_on(c->db);
		struct told_by by = told_by_scribe();
		struct entry own = own_one(w.arena, i);
		bool second = c->number >= WORKERS / 2;
		struct entry back = entry_reversal(w.arena, &by,
			&(struct reversal){.seq = seq_of[i],
				.n_legs = own.n_legs,
				.legs = own.legs,
				.reason = second && i % 3 == 1 ? "wrong_amount" : "wrong_entry",
				.officers = {"hoa", "minh"}});

		if (second && i % 3 == 2)
			back.idem = arena_printf(w.arena, "%s.again", back.idem);
		post_one(c, &w, &back, FLOORS_RECORD, NULL);
		arena_free(w.arena);
	}
}

#define DRAWS   4
#define CARRIES 37 /* of the 80 draws on the one account */
#define FEWER   11 /* and on the other */

static void overdraw(struct client *c)
{
	for (int64_t turn = 0; turn < DRAWS; turn++) {
		struct work w = work_on(c->db);
		int64_t batch = 1 + c->number * DRAWS + turn;
		struct entry one = draw(w.arena, "pt-a", batch, 1000);
		struct entry other = draw(w.arena, "pt-b", 1000 + batch, 777);

		post_one(c, &w, &one, FLOORS_REFUSE, NULL);
		post_one(c, &w, &other, FLOORS_REFUSE, NULL);
		arena_free(w.arena);
	}
}

/* ---- who is beside them ---------------------------------------------------------------------------------------------- */

static atomic_bool over;

/* Both run until the others have ended, and return how often they succeeded, or -1. */
static void *seals(void *of)
{
	struct db *own = db_open(NULL, DB_DUTY_OWNER);
	int64_t rounds = 0;
	size_t n;

	do {
		struct work w = work_on(own);

		if (!went(&w, seal(&w, &n)))
			rounds = INT64_MIN / 2;
		rounds += n > 0;
		arena_free(w.arena);
	} while (!atomic_load(&over));
	db_close(own);
	*(int64_t *)of = rounds < 0 ? -1 : rounds;
	return NULL;
}

static void *reads(void *of)
{
	struct db *own = db_open(NULL, DB_DUTY_OWNER);
	int64_t rounds = 0;

	do {
		struct work w = work_on(own);
		struct books_check found;

		w.deadline_us = work_deadline_in_ms(WAIT_MS);
		rounds = went(&w, books_check(&w, &found)) ? rounds + 1 : INT64_MIN / 2;
		arena_free(w.arena);
	} while (!atomic_load(&over));
	db_close(own);
	*(int64_t *)of = rounds < 0 ? -1 : rounds;
	return NULL;
}

/* Posts, says so, and never commits. */
_Noreturn static void post_and_wait(int to)
{
	struct db *own = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(own);
	struct entry e = received(w.arena, "pt-merit", 777777, 1);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (tx_begin(&w) != OK || books_post(&w, &e, 1, FLOORS_RECORD, NULL) != OK || write(to, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* A client that holds the sequence; everybody else waits for it. */
static pid_t doomed_begin(void)
{
	int ends[2];
	char said = 0;
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		bug("no process");
	if (pid == 0)
		post_and_wait(ends[1]);
	close(ends[1]);
	ok(read(ends[0], &said, 1) == 1, "a client has posted and not committed");
	close(ends[0]);
	return pid;
}

/* Killed when all twenty wait for it. */
static void doomed_end(pid_t pid)
{
	int64_t waiting = 0;

	for (int64_t end = monotonic_us() + WAIT_MS * 1000; waiting < WORKERS && monotonic_us() < end;) {
		const struct timespec moment = {.tv_nsec = 5000000};

		nanosleep(&moment, NULL);
		waiting = strtoll(
			scene("select count(*) from pg_stat_activity where datname = current_database() "
			      "and wait_event in ('transactionid', 'tuple')"),
			NULL, 10);
	}
	is_i64(waiting, WORKERS, "while it holds the sequence the twenty wait");
	if (kill(pid, SIGKILL) != 0 || waitpid(pid, NULL, 0) != pid)
		bug("not killed");
}

/* ---- all of it ------------------------------------------------------------------------------------------------------- */

static void *client_run(void *of)
{
	struct client *c = of;

	post(c);
	pthread_barrier_wait(&together);
	take_back(c);
	pthread_barrier_wait(&together);
	overdraw(c);
	return NULL;
}

static void begin(pthread_t *thread, void *(*run)(void *), void *of)
{
	if (pthread_create(thread, NULL, run, of) != 0)
		bug("no thread");
}

static void all_at_once(int64_t said[OUTCOMES])
{
	struct client clients[WORKERS] = {{.number = 0}};
	pthread_t sealer_thread, reader_thread;
	int64_t sealed, read;
	pid_t doomed = doomed_begin();

	pthread_barrier_init(&together, NULL, WORKERS);
	begin(&sealer_thread, seals, &sealed);
	begin(&reader_thread, reads, &read);
	for (int64_t i = 0; i < WORKERS; i++) {
		clients[i].number = i;
		clients[i].db = db_open(NULL, DB_DUTY_OWNER);
		begin(&clients[i].thread, client_run, &clients[i]);
	}
	doomed_end(doomed);
	for (int64_t i = 0; i < WORKERS; i++) {
		pthread_join(clients[i].thread, NULL);
		db_close(clients[i].db);
		for (int k = 0; k < OUTCOMES; k++)
			said[k] += clients[i].said[k];
	}
	atomic_store(&over, true);
	pthread_join(sealer_thread, NULL);
	pthread_join(reader_thread, NULL);
	pthread_barrier_destroy(&together);
	note("%" PRId64 " rounds of sealing and %" PRId64 " of reading beside them", sealed, read);
	ok(sealed > 0, "who sealed beside them could every time");
	ok(read > 0, "who read beside them found the books whole every time");
}

static void exactly_the_right_ones(const int64_t said[OUTCOMES])
{
	enum { same_words = (OWN + 2) / 3, other_reason = (OWN + 1) / 3, other_key = OWN / 3 };

	is_i64(said[OTHERWISE], 0, "nobody is told anything else");
	is_i64(said[POSTED], 2 * OWN + TURNS + CARRIES + FEWER,
		"each transaction, each shared key and each reversal succeeded once, and as many draws as the balances carry");
	is_i64(said[BELOW_FLOOR], 2 * WORKERS * DRAWS - CARRIES - FEWER, "every other draw was refused");
	is_i64(said[REPEATED], TURNS * (WORKERS / 2 - 1) + same_words,
		"who said the same again, at once, was told that it is there");
	ok(said[CONFLICT] == TURNS * (WORKERS / 2) + other_reason,
		"who said something else under the same key was refused");
	is_i64(said[TAKEN_BACK], other_key,
		"who took back under another key what was taken back was refused");
	is_str(scene("select count(*) || ' ' || count(distinct reverses) from books.txn where reverses is not null"),
		"400 400", "everything was taken back, nothing twice");
	is_str(scene("select string_agg(b.balance::text, ' ' order by a.code) from books.balance b "
		     "join books.ledger_account a on a.id = b.account where a.code ~ 'advance:pt-[ab]$'"),
		"-999 -5", "what could not be drawn is left");
	is_str(scene("select count(*) from books.txn where idem ~ '777777'"), "0",
		"of the client that was killed nothing is left");
}

/* Without the program: by SQL, and the root by pairing hashes, level after level. */
static void whole(void)
{
	struct work w = work_on(db);
	struct archived newest;
	char hex[HASH_HEX_SIZE];
	size_t n;

	ok(went(&w, seal(&w, &n)), "the rest is sealed");
	is_str(scene("select sum(amount) from books.posting"), "0", "the trial balance is zero");
	is_str(scene("select count(*) from (select from books.posting group by seq having sum(amount) <> 0) x"),
		"0", "and each transaction's");
	is_str(scene("select count(*) from books.balance b where balance is distinct from "
		     "(select coalesce(sum(p.amount), 0) from books.posting p where p.account = b.account)"),
		"0", "every balance is the sum of its postings");
	is_str(scene("select count(*) from (select balance_after - sum(amount) over (partition by account order by seq, n) "
		     "as off from books.posting) x where off <> 0"),
		"0", "and every balance on the way");
	is_str(scene("select count(*) = max(seq) + 1 and min(seq) = 0 and max(seq) + 1 = (select next_seq from "
		     "books.counter) from books.txn"),
		"t", "the numbers have no gap");
	scene("create function public.root() returns bytea language plpgsql as $$ declare h bytea[]; begin "
	      "select array_agg(sha256('\\x00'::bytea || leaf) order by seq) into h from books.txn; "
	      "while cardinality(h) > 1 loop "
	      "select array_agg(coalesce(sha256('\\x01'::bytea || h[i] || h[i + 1]), h[i]) order by i) into h "
	      "from generate_series(1, cardinality(h), 2) i; end loop; return h[1]; end $$");
	ok(archive_newest(archive, w.arena, &newest, &w.why) &&
			(int64_t)newest.checkpoint.size ==
				strtoll(scene("select count(*) from books.txn"), NULL, 10),
		"the signed tree has all of them");
	is_str(scene("select encode(public.root(), 'hex')"), hash_hex(&newest.checkpoint.root, hex),
		"and its root is that of the rows");
	ok(books_whole(&w, (int64_t)newest.checkpoint.size), "the program says so too");
	arena_free(w.arena);
}

static void first_leaves(void)
{
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	struct entry at[2] = {received(w.arena, "pt-a", 1, CARRIES * 1000 + 999),
		received(w.arena, "pt-b", 1, FEWER * 777 + 5)};

	ok(went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)) &&
			went(&w, post_all(&w, at, 2, FLOORS_REFUSE, NULL)),
		"the books begin, with something to draw on");
	arena_free(w.arena);
}

int main(void)
{
	int64_t said[OUTCOMES] = {0};

	books_scene_begin("stress");
	archive_begin();
	seed = getenv("SEED") != NULL ? strtoull(getenv("SEED"), NULL, 10) : (uint64_t)wall_us();
	note("SEED=%" PRIu64, seed);
	db = db_open(NULL, DB_DUTY_OWNER);
	first_leaves();
	all_at_once(said);
	exactly_the_right_ones(said);
	whole();
	db_close(db);
	archive_end();
	scene_end();
	return done_testing();
}
