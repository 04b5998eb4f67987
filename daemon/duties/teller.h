/* teller.h: what the files of the teller share. Nobody else includes it.
 *
 *	claim (lane journal)    ready dispatches: verified (law 7), encoded, signed; the intent committed; the sent journal synced
 *	  └▶ send (loop)        requests wait for the bank's pace, leave, end
 *	       └▶ record (lane) replies: evidence stored, what they say done, many in one transaction
 *	ask (lane dispatch)     enquiries about what is in doubt, the same id again where law 1 allows it
 *	take over               dispatches whose sender died: in doubt, so asked about
 *
 * Memory holds only what is under way. Whatever is lost with it is taken over from the rows. */
#pragma once

#include "ledger/base/evidence.h"
#include "ledger/base/seal.h"
#include "ledger/base/secret.h"
#include "ledger/books/head_store.h"
#include "ledger/db/lease.h"
#include "ledger/payout/attempt.h"
#include "ledger/payout/dispatch_store.h"
#include "ledger/payout/journal.h"
#include "ledger/payout/message_store.h"
#include "bankapi/http.h"
#include "bankapi/pace.h"
#include "bankapi/signed.h"
#include "daemon/duty.h"
#include "daemon/gather.h"
#include "daemon/kek_set.h"
#include "daemon/poller.h"
#include "daemon/witnesses.h"

struct bank;
struct parcel;
struct teller;
struct law7;

/* ---- one message to a bank ------------------------------------------------------------------------------------------ */

struct heard_raw {
	enum http_transport transport;
	int status;
	struct why why;
	int64_t at_s;                           /* real clock, when it came */
	const char *id, *timestamp, *signature; /* headers; NULL: absent */
	struct bytes body;
	char *memory; /* that they and the body lie in */
};

enum { REPLY_NOT_AUTHENTIC = MESSAGE_ANSWERED + 1, REPLY_KINDS };

struct request {
	struct request *next; /* in whichever list it waits */
	enum call call;
	struct bank *bank;
	char message_id[MESSAGE_ID_SIZE];
	struct signed_headers headers;
	struct buf body;
	size_t reply_items;               /* for reply_max */
	int64_t signed_us;                /* monotonic; a signature ages */
	int64_t leave_by_us;              /* monotonic; INT64_MAX: any time */
	struct heard_raw raw;             /* once it ended */
	void (*ended)(struct request *r); /* on the loop: it has left and ended, or (NOT_SENT) it never did */

	/* of transfers and enquiries */
	struct parcel *parcel;
	size_t first, n;        /* which of the parcel's items */
	int heard_as;           /* what its reply is worth: enum message_says, or REPLY_NOT_AUTHENTIC */
	bool stale;             /* a later epoch has the dispatch: what was heard is kept, nothing more */
	size_t doubt, accepted; /* what its items were left as */
	uint8_t *again;         /* enquiries: items[first + i] was not found and may be sent again */
};

/* Payments that travel together: a dispatch, or what one enquiry asks. Everything in its arena. */
struct parcel {
	struct parcel *next, *prev; /* in teller.parcels */
	struct arena *arena;
	struct bank *bank;
	enum call call;
	const struct driver *driver;
	struct dispatch_ref dispatch; /* an enquiry has none of its own (id 0) */
	const char *channel;
	int64_t channel_id;
	int64_t revocations; /* that were known when it was judged (law 7) */
	bool cash;
	struct hash root;
	size_t n;
	int64_t *payouts;
	struct payment *payments;
	struct payee *payees;            /* transfers */
	struct hash *accounts;           /* transfers: the signed account hashes, for the journal */
	const char **debtors;            /* account that pays, per item */
	const char **programmes;         /* transfers: for the pauses, per item */
	int64_t *valid_until_us;         /* business time, per item */
	int64_t known_until_us;          /* the bank knows its ids until then, business time; 0: none */
	int64_t cut_off_us;              /* of its channel: nothing of it leaves later, business time */
	struct dispatch_ref *dispatches; /* enquiries: of each item */
	uint8_t *may_again;              /* enquiries: the profile and the days allow the same id again */
	struct request *requests;
	size_t requests_n, open;    /* open: not recorded yet */
	size_t doubt, accepted;     /* over the requests that are recorded */
	bool is_part;               /* of its dispatch: of the rest it knows nothing */
	int32_t asked;              /* how often before this attempt */
	bool told;                  /* its end was written */
	struct parcel *next_untold; /* in teller.untold */
};

/* Something else that a bank is asked: made in a worker, heard in a worker, its end told on the loop. In its own arena. */
struct question {
	struct request request;
	struct job job;
	struct arena *arena;
	char kind; /* first letter of its message id */
	bool (*encode)(struct question *q, struct buf *out, struct why *why);
	enum result (*keep)(
		struct work *w, struct question *q, const struct heard *heard); /* only if authentic */
	void (*done)(struct question *q, enum result result);                   /* frees it: question_free */
	void *arg;
	struct message_writer writer;
};

struct requests { /* a queue */
	struct request *first, *last;
	size_t n;
};
void requests_add(struct requests *q, struct request *r);
struct request *requests_take(struct requests *q); /* NULL: empty */

/* ---- one bank ------------------------------------------------------------------------------------------------------- */

struct bank {
	struct teller *teller;
	const char *code;
	struct http *http;
	struct http_poller *poller;
	struct pace pace;
	struct timer *timer;
	struct sign_key *key;
	struct verify_key keys[4];
	struct webhook_keys known;
	int64_t deadline_ms;
	int32_t dedupe_days;       /* by our own configuration; the database's may only be fewer (law 7) */
	const char *accounts;      /* that it may debit, with , between them; likewise */
	struct requests questions; /* enquiries, inquiries, statements: in turn with the transfers */
	struct requests transfers;
	struct requests paused_transfers; /* until their pause is over */
	size_t payouts;                   /* claimed and not recorded */
	size_t payouts_max;
	bool paused;      /* the claim task, because of that */
	enum call posted; /* the last one: the other kind is next */
	size_t unheard;   /* transfers that left and are not recorded */
	size_t useless;   /* replies to transfers, one after the other, that said nothing that counts */
	bool understood;  /* since this process began, a reply to a transfer said something */
	struct metric *skew;
	bool clock_differs;  /* that was said */
	struct aside *aside; /* dispatches that are set aside; lane journal only */
	size_t aside_n, aside_room;
	bool survived;      /* a claim of it, by this process; lane journal only */
	int64_t line_begun; /* payout that this process has counted and not ended; lane journal only */
	size_t singly; /* so many more are claimed alone, to find out which is refused; lane journal only */
	struct poll_task *claim, *ask, *inquiry, *fetch;
	struct question *inquired; /* what the running inquiry task made */
	int64_t inquiry_after;     /* that task's: no question up to here waits */
	int64_t inquiry_seen,
		inquiry_next; /* nor up to inquiry_seen, once all transactions below inquiry_next have ended */
	struct timer *inquiry_timer;
	struct fetches *fetches; /* teller_fetch.c's */
	struct parcel *claimed;  /* what the running claim made; the claim's worker, then the loop */
	struct parcel *asked;    /* what the running enquiry task made, likewise */
};

struct times;

struct teller {
	struct duty_ctx *duty;
	struct lane *lane_journal, *lane_dispatch, *lane_record;
	struct sender sender;
	struct kek_set keks;
	struct key32 evidence;
	char journal_path[4096];
	struct journal *journal; /* lane journal only; NULL until journal_ready */
	uint64_t compared;       /* likewise: on which connection it was held against the rows */
	int64_t compared_us;     /* monotonic */
	struct law7 *law7;       /* lane journal only */
	struct times *times;     /* likewise; teller_times.c's */
	struct lease schedule;   /* of the task that holds what can go no more */
	char message_tag[7];     /* makes message ids of this process unlike all others */
	_Atomic uint64_t message_n;
	struct archive *archive; /* NULL: none is configured */
	struct witnesses *witnesses;
	const char *cash_out; /* directory of hand-over lists */

	struct bank *banks;
	size_t banks_n;
	struct bank cash; /* all cash agents */

	_Atomic bool has_number; /* the lock of our instance's number is held */
	struct pauses *pauses;   /* teller_pause.c's */
	struct looking *looking;
	struct poll_task *takeover;
	struct timer *lease_timer;
	struct timer *give_back_timer;
	bool lease_running;

	struct parcel *parcels;       /* with requests under way, for the leases */
	struct requests to_record[2]; /* transfers, enquiries */
	int to_record_next;           /* whose turn it is */
	size_t records_running, records_max;
	struct message_writer writer; /* once writer_known */
	bool writer_known;
	struct message_writer writer_next; /* of the job that draws one */
	struct job key_job;
	struct timer *key_timer;
	bool key_running;
	struct gather *record_gather;
	struct timer *record_timer; /* after trouble */
	bool record_singly;         /* one of those that wait is refused: find out which */
	struct parcel *untold;      /* recorded, and not let go of yet */

	struct metric *sent, *not_sent, *unknown, *refused, *recorded, *repeated;
	struct metric *replies[REPLY_KINDS];
};

/* ---- teller_law7.c: may it leave? (worker, lane journal) ---------------------------------------------------------- */

void law7_free(struct law7 *l);
/* sandbox: a database that calls itself one is believed. */
struct law7 *law7_new(const struct trust *trust, const struct kek_set *keks, bool sandbox)
	FREED_BY(law7_free);

struct judged {
	const char *refused; /* a code, or NULL: it may leave */
	struct payment payment;
	struct payee payee; /* strings in the arena of the work */
};
/* In the claim's transaction. Writes the true line hash into each payable that may leave. */
enum result law7_judge(struct law7 *l, struct work *w, const struct dispatch_head *now, const char *bank,
	int64_t channel, bool cash, struct payable *at, size_t n, struct judged *out) WARN_UNUSED;

/* ---- teller_keys.c: opening what a payment needs (any lane) --------------------------------------------------------- */

/* All: REFUSED when it is another's or was changed. RETRY with why kek_missing when the key-encryption key that wrapped it is the
 * database's and not (yet) ours: nothing is wrong with the row, so nobody is held, asked or blamed for it. */
enum result data_key_open(struct work *w, const struct kek_set *keks, int64_t person, struct bytes wrapped,
	struct key32 *out) WARN_UNUSED;
enum result account_number_open(
	const struct key32 *key, int64_t person, struct bytes sealed, struct account_no *out) WARN_UNUSED;
enum result account_open(struct work *w, const struct kek_set *keks, const struct payable *p,
	struct account_no *out) WARN_UNUSED;
enum result id_open(
	const struct key32 *key, int64_t person, struct bytes sealed, struct personal_id *out) WARN_UNUSED;

/* ---- teller_parcel.c: making requests (worker) --------------------------------------------------------------------- */

struct parcel *parcel_new(struct bank *b, enum call call, size_t n);
void parcel_free(struct parcel *p);
/* Cuts it into messages of at most `items` that share debtor and valid-until. */
void parcel_cut(struct parcel *p, size_t items, int64_t business_now_us, int64_t monotonic_now_us);
/* A fresh message id, the body, the signature. False with why: the driver refuses an item. */
bool request_prepare(struct request *r, struct why *why) WARN_UNUSED;
/* The same for a body that is made already. */
void request_sign(struct request *r);
/* "T-7-3-QK2M4X": kind and a number that no other message has. */
void message_id_new(struct teller *t, char kind, char out[static MESSAGE_ID_SIZE]);
void request_free(struct request *r); /* what it holds; not the struct */
struct transfer transfer_of(const struct request *r);
struct enquiry enquiry_of(const struct request *r);

/* ---- teller_send.c (loop) ----------------------------------------------------------------------------------------- */

bool bank_open(struct bank *b, const struct config *c, const char *section, struct why *why);
void bank_close(struct bank *b);
void bank_enqueue(struct bank *b, struct request *r);
void bank_pump(struct bank *b);
bool bank_is_idle(const struct bank *b);
/* By its section of our configuration: the account of ours that a signed line names is one of those that it holds. Any lane. */
bool bank_may_debit(const struct bank *b, const char *number);
void bank_give_back(struct bank *b, bool only_in_distress);
/* On the loop: of a transfer that may have left everything is recorded; and whether its reply was useless. */
void bank_heard(struct bank *b, const struct request *r);

/* ---- teller_pause.c (loop) ---------------------------------------------------------------------------------------- */

/* Looks for the rows of ops.pause: what was claimed before one does not leave either. */
void pause_start(struct teller *t);
void pause_stop(struct teller *t);
/* Not before somebody looked a moment ago, and not while a row stands against it. */
bool pause_lets_leave(const struct request *r);
/* A row stands against it. */
bool pause_stops(const struct request *r);

/* ---- teller_claim.c ------------------------------------------------------------------------------------------------ */

void claim_start(struct bank *b);
#define ASK_AGAIN_REFUSED_MS INT64_C(60000)
/* Before anything is claimed or sent again: the journal is open and was held against the rows that this connection shows, and nothing is in
 * doubt. RETRY: not so; nothing is sent. */
enum result journal_ready(struct teller *t, struct work *w) WARN_UNUSED;
/* The same once more inside the transaction, which may have found itself connected anew. */
bool journal_is_ready(const struct teller *t, struct work *w) WARN_UNUSED;
/* Also when there is nothing to claim: cancelling waits for it. */
void journal_start(struct teller *t);
/* Records items of a parcel in the journal before they leave; lane journal. */
bool journal_items(
	struct journal *j, const struct parcel *p, size_t first, size_t n, struct why *why) WARN_UNUSED;
/* On the loop: what a parcel's bank still owes nobody; may let the claim task go on. */
void claim_release(struct bank *b, size_t payouts);
/* Makes the request anew on the journal's lane: it did not leave, or its signature is old. */
void claim_renew(struct request *r);
/* The same ids again, law 1: what the requests of a recorded enquiry mark in `again`. */
void claim_again(const struct parcel *enquiry);

/* ---- teller_times.c ------------------------------------------------------------------------------------------------- */

void times_start(struct teller *t);
void times_free(struct teller *t);

/* What was set aside is forgotten (teller_aside.c). */
void aside_free(struct bank *b);

/* The same for all cash agents, whose messages are files. */
void cash_start(struct bank *b);

/* ---- teller_cash.c ------------------------------------------------------------------------------------------------- */

/* Whose ID cannot be opened is on no list: the agent pays whoever shows it. */
enum result cash_judge(struct work *w, const struct teller *t, const struct payable *at,
	struct judged *judged, size_t n) WARN_UNUSED;
/* Writes the list of what may leave of a dispatch: <cash_out>/<channel>-<dispatch>.csv. */
enum result cash_write(struct work *w, const struct teller *t, const struct dispatch *d,
	const struct payable *at, const struct judged *judged, size_t n) WARN_UNUSED;

/* ---- teller_record.c ----------------------------------------------------------------------------------------------- */

void record_start(struct teller *t);
void record_add(struct request *r); /* its `ended` */
void record_pump(struct teller *t);
void record_stop(struct teller *t);

/* ---- teller_ask.c -------------------------------------------------------------------------------------------------- */

void ask_start(struct bank *b);
void takeover_start(struct teller *t);
void ask_recorded(struct parcel *enquiry); /* the next one may leave */
void lease_start(struct teller *t);
void lease_stop(struct teller *t);

/* ---- teller_question.c ---------------------------------------------------------------------------------------------- */

/* Takes q->encode, keep, done, kind, arg and request.call, bank, reply_items; on the loop. */
struct question *question_new(struct bank *b, enum call call);
void question_ask(struct question *q);
void question_free(struct question *q);
/* Stores what was heard as evidence: kind "statement" …; direction "file", or "reply". Inside the caller's transaction. */
enum result question_store(struct work *w, struct question *q, const char *direction, const char *kind,
	const char *external_id, int64_t *message) WARN_UNUSED;

void inquiry_start(struct bank *b);
void fetch_start(struct bank *b);
void fetch_stop(struct bank *b);

/* ---- the list of parcels (loop) ------------------------------------------------------------------------------------ */

void parcel_add(struct teller *t, struct parcel *p);
void parcel_remove(struct teller *t, struct parcel *p);
