/* sim.h: a small payroll in one process, one thread, one seed: what the files of the simulation share. README.md says what is in it.
 *
 * Real: ledger/payout/step.c, attempt.c, journal_ids.c, bankapi/pace.c, ledger/recon/pair.c, statement.c. Simulated: the rows that
 * matter (store.c, which also stands for the queries' conditions), banks and the network (bank.c, wire.c), the order in which everybody
 * does the next thing (sim.c). A payout's number is also its end-to-end id: claim * ISSUES + issue, derived and never drawn. */
#pragma once

#include <setjmp.h>

#include "bankapi/pace.h"
#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/payout/attempt.h"
#include "ledger/payout/journal_ids.h"
#include "ledger/payout/step.h"
#include "ledger/recon/pair.h"

enum {
	CLAIMS = 6,
	ISSUES = 3,
	PAYOUTS = CLAIMS * ISSUES,
	BANKS = 2,
	TELLERS = 3,
	DISPATCHES = 32, /* a payout's bit in a dispatch */
	BREAKS = 48,
	LINES = 80,
	STATEMENTS = 96,
	INBOX = 96,
	WIRES = 32,
	PARCELS = 5,
	ITEMS = 6,
	WORDS = 192, /* of one sent journal */
	IMAGES = 4,
	BOOK = 96,
	DAYS = 128, /* of statements */
	NOBODY = -1,
};

#define SECOND    INT64_C(1000000)
#define HOUR      (3600 * SECOND)
#define DAY       (24 * HOUR)
#define DEADLINE  (30 * SECOND)
#define LEASE     (60 * SECOND)
#define ASK_MS    INT64_C(120000)
#define SIGNATURE (120 * SECOND)

/* ---- what can go wrong ------------------------------------------------------------------------------------------------ */

#define FAULTS(X)                                                                \
	X(COMMIT_REFUSED, "commit aborted")                                      \
	X(COMMIT_UNSURE, "commit done, and its answer lost")                     \
	X(COMMIT_VANISHED, "commit lost, and its answer too")                    \
	X(LOST_UNSEEN, "failover loses commits that no checkpoint covers")       \
	X(LOST_SEEN, "failover loses commits that a checkpoint covers")          \
	X(RESTORED, "old image restored and recovered")                          \
	X(KILLED, "teller killed")                                               \
	X(KILLED_UNJOURNALLED, "teller killed between commit and journal")       \
	X(KILLED_JOURNALLED, "teller killed between journal and first byte")     \
	X(KILLED_SENT, "teller killed while requests are under way")             \
	X(FROZEN, "teller frozen for longer than its lease")                     \
	X(DRAINED, "teller drained and replaced")                                \
	X(CLOCK_STEP, "a teller's wall clock steps")                             \
	X(JOURNAL_FULL, "journal cannot be written")                             \
	X(JOURNAL_TORN, "teller killed while it writes its journal")             \
	X(PAUSED, "officers pause a bank or all")                                \
	X(NOT_SENT, "no connection")                                             \
	X(REQUEST_LOST, "request lost")                                          \
	X(REQUEST_TWICE, "request duplicated by the network")                    \
	X(REPLY_LOST, "reply lost")                                              \
	X(REPLY_CUT, "reply cut or garbled")                                     \
	X(REPLY_LATE, "reply after the deadline")                                \
	X(REPLY_STALE, "reply to a sender that lost its dispatch")               \
	X(STATUS_503, "5xx after processing, Retry-After")                       \
	X(ITEM_MISSING, "item left out of a reply")                              \
	X(MISFIT, "answer with another amount")                                  \
	X(CALLBACK_LOST, "callback lost")                                        \
	X(CALLBACK_TWICE, "callback repeated under its id")                      \
	X(CALLBACK_AGAIN, "callback repeated under a new id")                    \
	X(NOT_FOUND_YET, "not found while the bank knows it or it is under way") \
	X(FORGOTTEN, "bank forgets an id after its dedupe days")                 \
	X(AMNESIA, "bank forgets what it accepted")                              \
	X(SILENT, "bank never says anything of a request")                       \
	X(TWICE, "bank executes twice")                                          \
	X(WRONG_AMOUNT, "bank pays another amount")                              \
	X(WRONG_ACCOUNT, "bank pays another account")                            \
	X(ROGUE, "bank debits what nobody sent")                                 \
	X(POSTED_LATE, "bank books a debit days after its lag")                  \
	X(SAYS_REFUSED, "bank says refused and executes")                        \
	X(SAYS_CREDITED, "bank says credited and never executes")                \
	X(RETURNED, "bank returns the money")                                    \
	X(RETURNED_TWICE, "bank returns what had not left, or twice")            \
	X(LATE_EXECUTION, "bank executes past valid-until, as its profile says") \
	X(STATEMENT_GAP, "statement that does not add up")                       \
	X(STATEMENT_LATE, "statement days late")

enum fault {
#define X(name, text) F_##name,
	FAULTS(X)
#undef X
		FAULTS_N
};
extern const char *const fault_names[FAULTS_N];

/* ---- rows --------------------------------------------------------------------------------------------------------------- */

enum held { HELD_BY_OFFICER = 1, HELD_SENT_BEFORE, HELD_EXPIRED, HELD_EARLIER, HELD_RECOVERED };
enum dispatch_is { DISPATCH_NONE, DISPATCH_READY, DISPATCH_SENT, DISPATCH_ENDED };
enum outcome_of { OPEN, PAID_AFTER_ALL, RECOVERY, NOTED };

struct payout {
	bool there;
	uint8_t state, bank, held, let_go;
	int8_t dispatch;      /* that sent it; NOBODY */
	int32_t not_before;   /* day */
	int32_t credited_day; /* of its last move there; 0 */
	int64_t valid_until, amount;
};

struct dispatch {
	uint8_t state, bank;
	uint16_t asked;
	int32_t epoch;
	uint32_t owner; /* 0: nobody */
	uint32_t members;
	int64_t lease_until, ask_after, sent_at;
};

struct brk {
	uint8_t kind, outcome, bank;
	int8_t payout; /* NOBODY */
	int16_t line;  /* NOBODY: none, or it is not here again yet */
	int16_t statement;
	int16_t entry; /* of the bank's book, that the line is; NOBODY */
};

struct line {
	uint8_t bank, debit, amount_fits, account_fits, says_returned, suspense;
	int8_t id; /* NOBODY: none */
	int16_t statement, entry;
	int64_t amount;
};

struct statement {
	uint8_t bank, whole, chained;
	int16_t first, n;
	int32_t day;
};

struct word { /* a callback that is stored */
	uint8_t bank, payout, event;
	uint16_t id;
};

struct sums { /* đồng; what each kind of event books */
	int64_t benefit, payable, in_flight, unclaimed, bank, suspense;
};

struct rows {
	struct payout payout[PAYOUTS];
	struct dispatch dispatch[DISPATCHES];
	struct brk brk[BREAKS];
	struct line line[LINES];
	struct statement statement[STATEMENTS];
	struct word inbox[INBOX];
	int16_t dispatches, breaks, lines, statements, words;
	int16_t digested, settled, judged; /* marks */
	int32_t next_day[BANKS];           /* the statement that is taken next */
	int64_t closing[BANKS];
	bool waited[BANKS][BOOK]; /* entries that recovered books know as suspense */
	uint8_t paused[BANKS], paused_all;
	uint32_t seals; /* checkpoints that these rows know of */
	uint32_t
		history[TELLERS]; /* under which PostgreSQL each sent journal was held against these rows … */
	int64_t looked[TELLERS]; /* … and when */
	struct sums sums;
};

/* ---- outside the database ------------------------------------------------------------------------------------------------ */

struct archive { /* what signed leaves say, for ever */
	uint32_t seals;
	bool there[PAYOUTS], sent[PAYOUTS];
	uint8_t unpaid[PAYOUTS];
	bool waited[BANKS][BOOK];
	int64_t manifest[PAYOUTS]; /* until when it is valid, by what was released; 0: it never was */
	int32_t epoch[DISPATCHES];
	struct brk brk[BREAKS];
	int16_t breaks;
};

enum word_kind { WORD_SENT, WORD_AGAIN, WORD_STAYED };
struct sent_journal { /* a file: one host's */
	struct {
		uint8_t word, id;
		int8_t dispatch;
		int32_t epoch;
		int64_t wall;
	} at[WORDS];
	int n;
};

enum where { AT_NONE, AT_WAITS, AT_OUT, AT_ENDED, AT_RENEWS, AT_RECORDED };
enum transport { REPLIED, NO_REPLY, STAYED };

struct request {
	uint8_t where, transport, n, first;
	bool signature_old;
	uint32_t message;
	int64_t left_at, leave_by, signed_at;
	uint8_t said[ITEMS], again[ITEMS];
	uint8_t doubt, accepted;
	bool stale;
};

enum call { TRANSFER, ENQUIRY };
struct parcel {
	bool used, journalled, part, again_asked;
	uint8_t call, bank, n, requests, open, doubt, accepted;
	int8_t dispatch;
	int32_t epoch;
	uint8_t id[ITEMS];
	int8_t of_dispatch[ITEMS]; /* enquiries */
	int32_t of_epoch[ITEMS];
	bool may_again[ITEMS];
	int64_t valid_until[ITEMS], known_until;
	struct request request[ITEMS];
};

struct again { /* the same ids again: waits for the journal's lane */
	uint32_t payouts;
	int8_t dispatch[ITEMS];
	int32_t epoch[ITEMS];
	int n;
};

struct teller {
	bool alive, draining;
	uint32_t compared; /* its journal with the rows of this history */
	uint32_t owner;    /* of this process: host + 1, and a number no other process has */
	int64_t frozen_until, wall_skew, leases_at;
	struct journal_ids *ids;
	struct pace pace[BANKS];
	bool stopped[BANKS], asking[BANKS];
	int busy; /* the parcel that the journal's lane is to journal; NOBODY */
	struct again again[BANKS];
	struct parcel parcel[PARCELS];
};

enum wire_what { WIRE_NONE, WIRE_REQUEST, WIRE_REPLY, WIRE_CALLBACK };
struct wire {
	uint8_t what, bank, call, n, twin, cut, distress;
	int8_t teller;
	uint16_t callback;
	uint32_t owner, message;
	uint8_t id[ITEMS], said[ITEMS];
	int64_t valid_until[ITEMS];
};

enum known { KNOWN_NOT, KNOWN_ACCEPTED, KNOWN_EXECUTED, KNOWN_REFUSED };
struct bank {
	struct profile profile; /* as it is, and as our rows have it */
	uint8_t known[PAYOUTS];
	int32_t since[PAYOUTS]; /* day */
	int64_t valid_until[PAYOUTS];
	bool silent[PAYOUTS], never[PAYOUTS]; /* never: says credited, and is not */
	struct {
		int8_t id;
		uint8_t debit, account_fits, taken;
		int32_t posted;
		int64_t amount;
	} book[BOOK];
	int booked;
	int64_t balance;
	int32_t withheld_until; /* day */
	uint8_t gap
		[DAYS]; /* of the statement of that day since the first: 0 nobody has asked, 1 none, else a line lacks */
	uint16_t callbacks;
};

/* What is so, whatever anybody knows. */
struct truth {
	uint8_t paid, back;
	bool to_blame; /* the bank or the network alone may have paid it twice or lied about it */
	bool intent;   /* committed at least once */
	bool left;
	uint8_t last; /* state, to tell the oracle's story */
};

struct world {
	uint64_t seed, random;
	int64_t now;
	int32_t first_day;
	bool calm, verbose, lost, doubt;
	uint32_t processes, messages, commits, sealed, history;
	int banks, tellers, claims, pin; /* pin: the host of a channel that does not deduplicate */
	int our_days[BANKS];
	uint8_t channel[PAYOUTS]; /* the bank that pays it: it is in the signed line */
	bool allowed[FAULTS_N];
	struct rows rows, undo, image[IMAGES];
	int images;
	bool open; /* a transaction */
	struct archive archive;
	struct sent_journal journal[TELLERS];
	struct teller teller[TELLERS];
	struct bank bank[BANKS];
	struct wire wire[WIRES];
	int wires; /* of them under way */
	struct truth truth[PAYOUTS];
	int32_t epoch_ever[DISPATCHES];
	uint64_t events;
	int story; /* whose claim the history is told of; NOBODY: all */
	char why[256];
	int failed_payout;
	jmp_buf end;
};

/* What the whole run met. */
struct met {
	uint64_t seeds, events, days;
	uint64_t faults[FAULTS_N];
	uint64_t moves[PAYOUT_STATES + 1][PAYOUT_STATES + 1];
	uint64_t breaks[BREAK_OVERDUE + 1];
	uint64_t ends[PAYOUT_STATES + 1];
	uint64_t cells[PAYOUT_EVENTS][PAYOUT_STATES + 1];
	uint64_t again, held_sent_before, takeovers, paid_after_all, recovery, noted, let_go, cut, halted,
		noticed, excused;
};
extern struct met met;

/* ---- sim.c ---------------------------------------------------------------------------------------------------------------- */

static inline uint64_t draw(struct world *w) /* splitmix64 */
{
	uint64_t z = (w->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint32_t below(struct world *w, uint32_t n) /* 0 of 0 */
{
	return (uint32_t)((draw(w) >> 32) * n >> 32);
}

static inline bool one_in(struct world *w, uint32_t n)
{
	return below(w, n) == 0;
}

/* This kind of fault happens here and now: never when it is calm, and not in every seed. */
bool fault(struct world *w, enum fault f, uint32_t n);
void met_fault(struct world *w, enum fault f);
/* One line of the payout's history; NOBODY: of all. */
void tell(struct world *w, int payout, const char *fmt, ...) PRINTF_LIKE(3, 4);
_Noreturn void broken(struct world *w, int payout, const char *fmt, ...) PRINTF_LIKE(3, 4);
const char *e2e(int payout);
int32_t today(const struct world *w);
int64_t amount_of(int payout);

/* ---- store.c: the rows, and transactions over them -------------------------------------------------------------------------- */

void tx_begin(struct world *w);
enum result tx_commit(struct world *w);
void tx_rollback(struct world *w);
void rows_move(struct world *w, int payout, enum payout_state to);
/* Evidence, as step.c judges it: a move, a break. True: it moved. */
bool rows_learn(struct world *w, int payout, enum payout_event event, int line);
void rows_break(struct world *w, enum payout_break kind, int payout, int line, int bank);
bool rows_in_question(const struct world *w, int claim, int issue);
int rows_dispatch_new(struct world *w, int bank, uint32_t members);
bool rows_paused(const struct world *w, int bank);
bool rows_heard_since(const struct world *w, int64_t *since);  /* ops.heard_since; false: null */
bool rows_dispatch_doubt(const struct world *w, int dispatch); /* a payout that it sent is in doubt */
bool break_is_open(const struct brk *b);

/* Each request of each parcel of a teller. */
#define EACH_REQUEST(me, p, r)                                                               \
	for (__typeof__(&(me)->parcel[0]) p = (me)->parcel; p < (me)->parcel + PARCELS; p++) \
		for (__typeof__(&p->request[0]) r = p->request; p->used && r < p->request + p->requests; r++)

/* ---- the others: each does one thing of its own, or finds none ------------------------------------------------------------ */

bool teller_step(struct world *w, int t);
void teller_start(struct world *w, int t);
void teller_kill(struct world *w, int t);
void teller_replied(struct world *w, const struct wire *reply);
bool teller_holds(const struct world *w, int t, int bank); /* this host's configuration has the bank */
int64_t teller_wall(const struct world *w, const struct teller *t);
/* ask.c */
bool ask_step(struct world *w, int t);
bool takeover_step(struct world *w, int t);
bool lease_step(struct world *w, int t);
bool again_step(struct world *w, int t, int bank);
void again_wanted(struct teller *me, const struct parcel *enquiry);
/* claim.c */
bool claim_step(struct world *w, int t, int bank);
bool journal_step(struct world *w, int t);
bool renew_step(struct world *w, int t);
bool compare_step(struct world *w, int t);
struct parcel *parcel_new(struct teller *t);
void parcel_cut(struct world *w, struct parcel *p);
bool journal_write(struct world *w, int t, enum word_kind word, int id, int dispatch, int32_t epoch);
/* record.c */
bool record_step(struct world *w, int t);

bool wire_step(struct world *w);
bool wire_send(struct world *w, const struct wire *one); /* false: there are too many under way */
bool wire_under_way(const struct world *w, int id);
bool bank_step(struct world *w, int b);
void bank_request(struct world *w, const struct wire *request);
enum result gate_callback(struct world *w, const struct wire *callback);

bool scribe_step(struct world *w);
bool officer_step(struct world *w);
bool disaster_step(struct world *w);

/* ---- oracle.c ----------------------------------------------------------------------------------------------------------------- */

void oracle_executed(struct world *w, int id);
void oracle_leaves(struct world *w, int t, const struct parcel *p, const struct request *r);
void oracle_rows(struct world *w);
bool oracle_at_rest(struct world *w);
void oracle_end(struct world *w);
