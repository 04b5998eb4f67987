/* payout.pml: the life of one claim's payouts, for Spin. README.md says what is here and what is not; model.t runs it.
 *
 * Two payouts of one claim (the second exists only when the first is proven unpaid), two tellers, a bank, its statement, officers, and
 * the loss of a suffix of the database. States, legal moves and what evidence does are step.c's: table.pml is made of them. */
#include "table.pml"

#ifndef DEDUPLICATES
#define DEDUPLICATES 1		/* the bank: and its profile says so */
#endif
#ifndef HONOURS
#define HONOURS 1		/* it executes nothing after valid-until: and its profile says so */
#endif
#ifndef JOURNALS
#define JOURNALS (1 + DEDUPLICATES)	/* a channel that does not deduplicate is one host's: one journal, locked by one teller */
#endif
#ifndef RESTORE
#define RESTORE 0		/* 1: an old dump, then `chitra recover`; 2: a failover loses the last commits and nobody notices */
#endif

#ifndef LAWS
#define LAWS 7			/* 1 nobody is paid twice, 2 the books agree with the bank's, 4 somebody asks about what is in doubt */
#endif

#ifdef RANDOM_IDS
#define IDS 3
#define ID(i) db.id[i]
#else
#define IDS 2
#define ID(i) (i)
#endif

/* ---- the database: what is here comes and goes with it ---- */

typedef Rows {
	byte st[2];		/* payout_state; NONE: there is no such line */
	bit own[2];		/* its dispatch has an owner and a lease */
	bit end[2];		/* its dispatch has ended: nobody will ask */
	bit inq[2];		/* an unresolved break speaks against it (payout.in_question) */
	bit told[2];		/* another break tells a person: lost_line, overdue */
	bit was[2];		/* held because the sent journal has it */
	byte deb[IDS];		/* statement lines that were settled: debits, returns */
	bit ret[IDS];
	bit rogue;		/* a debit in suspense that names no payout */
	bit gap;		/* a statement that does not add up, or is missing */
#ifdef RANDOM_IDS
	byte id[2];
#endif
};
Rows db;
#if RESTORE
Rows dump;
bit dumped, lost;
#endif

/* ---- outside it ---- */

byte jh;			/* who holds the one journal: teller + 1 */
bit doubt;			/* a teller's journal has what the rows have lost */
#if RESTORE == 2
bit fresh[2];			/* this journal was not held against the rows since they lost something */
#define FRESH(d) fresh[H(d)]
#define ANY_FRESH (fresh[0] || fresh[1])
#else
#define FRESH(d) 0
#endif
#if RESTORE == 1
bit a_rows[2], a_sents[2], a_inqs[2];	/* the archive: sealed leaves */
byte a_ends[2];
#endif
bit halted;			/* it does not go on without a newer dump */

byte late[IDS];			/* requests under way to the bank */
byte bk[IDS];			/* what the bank knows of an id: 0 nothing, 1 accepted, 2 executed, 3 refused */
byte paid[IDS];			/* its book */
bit back[IDS];			/* it sent the money back */
byte said[IDS];			/* words that its callbacks say, at any time and any number of times: 1 accepted, 2 executed, 4 refused */
bit over[IDS];			/* past valid-until */
bit forgets[IDS];		/* dedupe_days are over, and the bank has forgotten it */
#ifdef TWICE_ON_THE_WIRE
bit doubled;
#endif

/* A teller's parcel: 0 none, 1 committed, 2 journalled: its request waits to leave, 3 left. Current: its epoch is the dispatch's. */
byte stage[2], what[2], whose[2];
bit current[2], again[2];

#define H(d) (JOURNALS == 2 -> (d) : 0)
#if RESTORE
byte jr[2 * IDS];		/* sent journals [host * IDS + id]: 1 recorded, 2 recorded and some attempt may have left */
#define J(d, id) jr[H(d) * IDS + (id)]
#define JOURNALLED(d, id) J(d, id) = (J(d, id) == 0 -> 1 : 2)
#define JOURNALLED_NOT_SENT(d, id) J(d, id) = (J(d, id) == 2 -> 2 : 0)
#define COMMITTED 1
#else				/* nobody forgets what they remember: between commit and journal dies who dies after it */
#define COMMITTED 2
#define J(d, id) 0
#define JOURNALLED(d, id) skip
#define JOURNALLED_NOT_SENT(d, id) skip
#endif
#define HAS_JOURNAL(d) (JOURNALS == 2 || jh == 0 || jh == (d) + 1)
#define DOUBT(s) ((s) == SENT || (s) == UNKNOWN || (s) == ACCEPTED)
/* Every line of it was settled; within the lag all that was executed has been booked. */
#define ALL_SETTLED (db.deb[0] == paid[0] && db.ret[0] == back[0] && db.deb[1] == paid[1] && db.ret[1] == back[1])
/* The complete statement of a payout's last valid day and the lag is here and every line of it was settled. */
#ifdef CONCLUDE_FROM_INCOMPLETE
#define STATEMENT_IN(i) (over[ID(i)] && (db.gap || ALL_SETTLED))
#elif defined(CONCLUDE_WITHOUT_LAG)
#define STATEMENT_IN(i) (over[ID(i)] && !db.gap)
#elif defined(CONCLUDE_BEFORE_VALID_UNTIL)
#define STATEMENT_IN(i) (!db.gap && ALL_SETTLED)
#else
#define STATEMENT_IN(i) (over[ID(i)] && !db.gap && ALL_SETTLED)
#endif
#if HONOURS || defined(SILENCE_PROVES)
#define ABSENCE(s) TO_ABSENT(s)
#define ABSENCE_TELLS(s) TELLS_ABSENT(s)
#else
#define ABSENCE(s) TO_SILENT(s)
#define ABSENCE_TELLS(s) TELLS_SILENT(s)
#endif

byte to;
#define MOVE(i, t) to = t; assert(to == db.st[i] || LEGAL(db.st[i], to)); db.st[i] = to; to = 0
/* Evidence of a kind, as step.c judges it. */
#define LEARN(i, KIND) \
	db.inq[i] = db.inq[i] || QUESTIONS_##KIND(db.st[i]); \
	db.told[i] = db.told[i] || TELLS_##KIND(db.st[i]); \
	MOVE(i, TO_##KIND(db.st[i]))
/* Something new in it. */
#define NEW(i, KIND) (TO_##KIND(db.st[i]) != db.st[i] || (QUESTIONS_##KIND(db.st[i]) && !db.inq[i]))
#define IS(i, k) (db.st[i] != NONE && ID(i) == (k))

/* A dispatch gets a new epoch: whoever had it is stale. After commits were lost the same number may come twice. */
#if RESTORE == 2
#define NEW_EPOCH(i) \
	if \
	:: stage[0] && what[0] == i && !(lost && current[0]) -> current[0] = 0 \
	:: lost && stage[0] && what[0] == i -> current[0] = 1 \
	:: !(stage[0] && what[0] == i) \
	fi; \
	if \
	:: stage[1] && what[1] == i && !(lost && current[1]) -> current[1] = 0 \
	:: lost && stage[1] && what[1] == i -> current[1] = 1 \
	:: !(stage[1] && what[1] == i) \
	fi
#else
#define NEW_EPOCH(i) \
	current[0] = current[0] && what[0] != i; \
	current[1] = current[1] && what[1] != i
#endif

#define FORGET(d) stage[d] = 0; what[d] = 0; whose[d] = 0; current[d] = 0; again[d] = 0

/* ---- a teller ---- */

/* teller_record.c: let_go. Whoever lost the dispatch ends nothing (dispatch_told compares the epoch). */
#ifdef TOLD_WITHOUT_EPOCH
#define LET_GO(d, i, asks) db.own[i] = 0; db.end[i] = !(current[d] && (asks))
#else
#define LET_GO(d, i, asks) if :: current[d] -> db.own[i] = 0; db.end[i] = !(asks) :: else fi
#endif

#ifdef READY_AFTER_CRASH
#define AFTER_TAKEOVER(s) ((s) == SENT -> READY : (s))
#else
#define AFTER_TAKEOVER(s) TO_TAKEN_OVER(s)
#endif

/* Law 1, step.c's payout_may_send_again. */
#ifdef RESEND_ON_UNKNOWN
#define MAY_AGAIN(i) (db.st[i] == UNKNOWN && !over[ID(i)])
#elif defined(TRUST_NOT_FOUND)
#define MAY_AGAIN(i) AGAIN_AFTER_NOT_FOUND(db.st[i], 1, !forgets[ID(i)], !over[ID(i)])
#elif defined(AGAIN_FOR_EVER)
#define MAY_AGAIN(i) AGAIN_AFTER_NOT_FOUND(db.st[i], DEDUPLICATES, 1, !over[ID(i)])
#else
#define MAY_AGAIN(i) AGAIN_AFTER_NOT_FOUND(db.st[i], DEDUPLICATES, !forgets[ID(i)], !over[ID(i)])
#endif

/* What may not leave any more (leave_by_us): past valid-until; a further attempt also when the bank may have forgotten the id. */
#ifdef AGAIN_FOR_EVER
#define MAY_LEAVE(d) (!over[whose[d]])
#elif defined(FIRST_FOR_EVER)
#define MAY_LEAVE(d) (!over[whose[d]] && !(again[d] && forgets[whose[d]]))
#else
#define MAY_LEAVE(d) (!over[whose[d]] && !forgets[whose[d]] && !doubt)
#endif

#ifdef NOT_COMPARED
#define COMPARED(d) 1
#else
#define COMPARED(d) (!FRESH(d) && !doubt)
#endif

/* Law 4: payout.guard_lines when the line is made, judge_earlier when it is claimed. */
#ifdef ISSUE_IN_DOUBT
#define IN_QUESTION (db.st[0] != UNKNOWN && !PROVEN_UNPAID(db.st[0]))
#else
#define IN_QUESTION (!PROVEN_UNPAID(db.st[0]) || db.inq[0])
#endif
#ifdef ONE_ISSUE
#define MAY_ISSUE_AGAIN 0
#else
#define MAY_ISSUE_AGAIN !IN_QUESTION
#endif

/* Two tellers are alike: whoever claims first is called the first. */
#if RESTORE || defined(READY_AFTER_CRASH) || defined(SEND_BEFORE_COMMIT) || defined(LIVE)
#define FIRST(d, i) 1
#else
#define FIRST(d, i) (d == 0 || i == 1)
#endif

inline claim(d, i)
{
	atomic { db.st[i] == READY && stage[d] == 0 && HAS_JOURNAL(d) && COMPARED(d) && !halted && FIRST(d, i) ->
		jh = (JOURNALS == 2 -> 0 : d + 1);
		if
		:: J(d, ID(i)) != 0 -> MOVE(i, HELD); db.was[i] = 1
		:: J(d, ID(i)) == 0 && (over[ID(i)] || (i == 1 && IN_QUESTION)) -> MOVE(i, HELD)
		:: else ->
#ifdef SEND_BEFORE_COMMIT
			late[ID(i)]++;
#else
			NEW_EPOCH(i);
			MOVE(i, SENT);
			db.own[i] = 1;
			db.end[i] = 0;
#endif
			stage[d] = COMMITTED; what[d] = i; whose[d] = ID(i); current[d] = 1
		fi
	}
}

/* teller_again.c */
inline repeat(d, i)
{
	atomic { MAY_AGAIN(i) && !db.own[i] && !db.end[i] && stage[d] == 0 && HAS_JOURNAL(d) && COMPARED(d) && !halted ->
		jh = (JOURNALS == 2 -> 0 : d + 1);
		NEW_EPOCH(i);
		db.own[i] = 1;
		stage[d] = COMMITTED; what[d] = i; whose[d] = ID(i); current[d] = 1; again[d] = 1
	}
}

/* teller_journal.c, on each new connection. What was committed on the old one was journalled by then, or the process has died. */
#define KNOWN_SENT(i, k) (IS(i, k) && db.st[i] != READY && db.st[i] != CANCELLED && (db.st[i] != HELD || db.was[i]))
#define FORGOTTEN(d, k) (J(d, k) != 0 && !KNOWN_SENT(0, k) && !KNOWN_SENT(1, k))
#ifdef RANDOM_IDS
#define FORGOTTEN_ANY(d) (FORGOTTEN(d, 0) || FORGOTTEN(d, 1) || FORGOTTEN(d, 2))
#else
#define FORGOTTEN_ANY(d) (FORGOTTEN(d, 0) || FORGOTTEN(d, 1))
#endif

proctype teller(byte d)
{
end:	do
#if RESTORE == 2 && !defined(NOT_COMPARED)
	:: atomic { FRESH(d) && !doubt && stage[d] != 1 && HAS_JOURNAL(d) ->
		jh = (JOURNALS == 2 -> 0 : d + 1);
		if
		:: FORGOTTEN_ANY(d) -> doubt = 1
		:: else -> FRESH(d) = 0
		fi }
#endif
	:: claim(d, 0)
	:: claim(d, 1)
	:: repeat(d, 0)
	:: repeat(d, 1)

	/* Journalled and synced. A journal that fails is as a crash. */
	:: d_step { stage[d] == 1 ->
#ifdef SEND_BEFORE_COMMIT
		if :: db.st[what[d]] == READY -> MOVE(what[d], SENT); db.own[what[d]] = 1; db.end[what[d]] = 0 :: else fi;
#endif
#ifndef SEND_BEFORE_JOURNAL
		JOURNALLED(d, whose[d]);
#endif
		stage[d] = 2 }

	/* It leaves. That can be much later than its commit: it waited for the bank's pace, for a pause to end, or the process stood still. */
#ifdef SEND_BEFORE_COMMIT
	:: d_step { stage[d] == 2 -> stage[d] = 3 }
#else
	:: d_step { stage[d] == 2 && late[whose[d]] < 2 && MAY_LEAVE(d) -> late[whose[d]]++; stage[d] = 3 }
#endif
#ifdef SEND_BEFORE_JOURNAL
	:: d_step { stage[d] == 3 && J(d, whose[d]) == 0 -> JOURNALLED(d, whose[d]) }
#endif
	/* It certainly did not, and will not: draining, or past its last moment. */
	:: atomic { stage[d] == 2 ->
		JOURNALLED_NOT_SENT(d, whose[d]);
		if :: current[d] -> LEARN(what[d], NOT_SENT) :: else fi;
		LET_GO(d, what[d], 1);
		FORGET(d) }

	/* A reply, which is one of the bank's words; one to a stale sender is kept as evidence and moves nothing. */
	:: atomic { stage[d] == 3 && said[whose[d]] ->
		if
		:: current[d] && (said[whose[d]] & 1) -> LEARN(what[d], ACCEPTED)
		:: current[d] && (said[whose[d]] & 2) -> LEARN(what[d], CREDITED)
		:: current[d] && (said[whose[d]] & 4) -> LEARN(what[d], REJECTED)
		:: !current[d]
		fi;
		LET_GO(d, what[d], again[d] || DOUBT(db.st[what[d]]));
		FORGET(d) }
	/* None came in time. */
	:: atomic { stage[d] == 3 ->
		if :: current[d] -> LEARN(what[d], NOTHING) :: else fi;
		LET_GO(d, what[d], 1);
		FORGET(d) }

	/* It dies and is started again. */
	:: d_step { stage[d] > 0 -> FORGET(d); jh = (jh == d + 1 -> 0 : jh) }
	:: d_step { jh == d + 1 && stage[d] == 0 -> jh = 0 }

	/* It takes over what anybody's lease is over of, its own too: who owns it may be dead, or slow. */
	:: atomic { db.own[0] -> NEW_EPOCH(0); db.own[0] = 0; db.st[0] = AFTER_TAKEOVER(db.st[0]) }
	:: atomic { db.own[1] -> NEW_EPOCH(1); db.own[1] = 0; db.st[1] = AFTER_TAKEOVER(db.st[1]) }
	od
}

/* ---- the bank ---- */

inline execute(k)
{
	bk[k] = 2; paid[k]++; said[k] = said[k] | 2
}

#if HONOURS
#define VALID(k) (over[k] == 0)
#else
#define VALID(k) 1
#endif
#define KNOWN(k) (DEDUPLICATES && bk[k] != 0)

inline serve(k)
{
	atomic { late[k] > 0 ->
#ifdef TWICE_ON_THE_WIRE
		if :: !doubled -> doubled = 1 :: late[k]-- fi;
#else
		late[k]--;
#endif
		if
		:: KNOWN(k)
		:: !KNOWN(k) && VALID(k) -> bk[k] = 1; said[k] = said[k] | 1
		:: !KNOWN(k) && VALID(k) && paid[k] < 2 -> execute(k)
		:: !KNOWN(k) -> bk[k] = 3; said[k] = said[k] | 4
		fi }
}

#ifdef NO_RETURNS
#define RETURNS(k)
#else
#define RETURNS(k) :: d_step { paid[k] == 1 && !back[k] -> back[k] = 1 }
#endif

/* What it accepted it executes or refuses; some money comes back. */
#define BANK(k) \
	:: serve(k) \
	:: d_step { bk[k] == 1 && VALID(k) -> execute(k) } \
	:: d_step { bk[k] == 1 -> bk[k] = 3; said[k] = said[k] | 4 } \
	RETURNS(k)

active proctype bank()
{
end:	do
	BANK(0)
	BANK(1)
#ifdef RANDOM_IDS
	BANK(2)
#endif
	od
}

/* ---- what is said: answers to enquiries, and callbacks, late, never or again and again ---- */

/* teller_ask.c. What the bank knows when it is asked is a word as its callbacks say; or the answer is "not found", at any time: the replica
 * that is asked may lag. */
#define ASKED(i) (DOUBT(db.st[i]) && !db.own[i] && !db.end[i])
#define WORDS(i) \
	:: d_step { ASKED(i) && NEW(i, NOT_FOUND) -> LEARN(i, NOT_FOUND) } \
	:: d_step { db.st[i] != NONE && (said[ID(i)] & 1) && NEW(i, ACCEPTED) -> LEARN(i, ACCEPTED) } \
	:: d_step { db.st[i] != NONE && (said[ID(i)] & 2) && NEW(i, CREDITED) -> LEARN(i, CREDITED) } \
	:: d_step { db.st[i] != NONE && (said[ID(i)] & 4) && NEW(i, REJECTED) -> LEARN(i, REJECTED) }

active proctype words()
{
end:	do
	WORDS(0)
	WORDS(1)
	od
}

/* ---- the calendar and the scribe: time passes, statements come ---- */

#define EVER(k) (IS(0, k) || IS(1, k))
/* Otherwise dedupe_days cover the validity, and what the bank forgets after that changes nothing. */
#ifdef SHORT_WINDOW
#define FORGETTING(k) :: d_step { bk[k] && !forgets[k] && !late[k] -> forgets[k] = 1; bk[k] = 0 }
#else
#define FORGETTING(k)
#endif

#define DAY(k) \
	:: d_step { EVER(k) && !over[k] -> over[k] = 1 } \
	FORGETTING(k) \
	:: d_step { db.deb[k] < paid[k] -> db.deb[k]++; \
		if \
		:: IS(0, k) -> LEARN(0, DEBITED) \
		:: !IS(0, k) && IS(1, k) -> LEARN(1, DEBITED) \
		:: else -> db.rogue = 1 \
		fi } \
	:: d_step { !db.ret[k] && back[k] && db.deb[k] == paid[k] -> db.ret[k] = 1; \
		if \
		:: IS(0, k) -> LEARN(0, RETURNED) \
		:: !IS(0, k) && IS(1, k) -> LEARN(1, RETURNED) \
		:: else -> db.rogue = 1 \
		fi }

/* absence_payouts: a debit that nobody could explain may be the missing one. */
#define ABSENT_FROM(i) \
	:: d_step { db.st[i] != NONE && STATEMENT_IN(i) && IN_FLIGHT(db.st[i]) && !db.rogue && \
			(ABSENCE(db.st[i]) != db.st[i] || (ABSENCE_TELLS(db.st[i]) && !db.told[i])) -> \
		db.told[i] = db.told[i] || ABSENCE_TELLS(db.st[i]); \
		MOVE(i, ABSENCE(db.st[i])) } \
	:: d_step { db.st[i] != NONE && STATEMENT_IN(i) && IN_FLIGHT(db.st[i]) && db.rogue && !db.told[i] -> db.told[i] = 1 }

active proctype calendar()
{
end:	do
	DAY(0)
	DAY(1)
#ifdef RANDOM_IDS
	DAY(2)
#endif
#ifndef ABSENCE_IGNORED
	ABSENT_FROM(0)
	ABSENT_FROM(1)
#endif
#ifdef GAPS
	:: d_step { !db.gap -> db.gap = 1 }
#endif
	od
}

/* ---- officers ---- */

/* After commits were lost unnoticed, ready and held do not mean any more that nothing has left: until every journal was compared. */
#ifdef CANCEL_SENT_BEFORE
#define MAY_CANCEL(i) (!lost || db.was[i])
#elif RESTORE == 2 && defined(NOT_COMPARED) && !defined(CANCEL_AFTER_LOSS)
#define MAY_CANCEL(i) (!lost)
#elif RESTORE == 2 && !defined(CANCEL_UNCOMPARED) && !defined(CANCEL_AFTER_LOSS)
#define MAY_CANCEL(i) (!db.was[i] && !ANY_FRESH && !doubt)
#else
#define MAY_CANCEL(i) (!db.was[i] && !doubt)
#endif

#ifdef RANDOM_IDS
byte drawn;
#define NAME(i) db.id[i] = drawn; drawn++
#define MAY_DRAW (drawn < IDS)
#else
#define NAME(i) skip
#define MAY_DRAW 1
#endif

/* Two officers resolve a break when the bank can say nothing more (recon.waits_for); a late debit is found to be the payment. */
#define OFFICERS(i) \
	:: d_step { (db.st[i] == READY || db.st[i] == HELD) && MAY_CANCEL(i) -> MOVE(i, CANCELLED) } \
	:: d_step { db.st[i] == HELD && !db.was[i] && !over[ID(i)] && !doubt && (i == 0 || !IN_QUESTION) -> MOVE(i, READY) } \
	:: d_step { db.inq[i] && ENDED(db.st[i]) && STATEMENT_IN(i) && paid[ID(i)] == 0 -> db.inq[i] = 0 } \
	:: d_step { db.inq[i] && (db.st[i] == REJECTED || db.st[i] == NOT_PAID) && STATEMENT_IN(i) && db.deb[ID(i)] == 1 && !back[ID(i)] && \
			(db.st[1 - i] == NONE || PROVEN_UNPAID(db.st[1 - i])) -> db.inq[i] = 0; MOVE(i, SETTLED) }

active proctype officers()
{
end:	do
	:: d_step { db.st[0] == NONE && MAY_DRAW && !halted && !doubt -> NAME(0); db.st[0] = READY }
	:: d_step { db.st[0] != NONE && db.st[1] == NONE && MAY_ISSUE_AGAIN && MAY_DRAW && !halted && !doubt -> NAME(1); db.st[1] = READY }
	OFFICERS(0)
	OFFICERS(1)
	od
}

/* ---- the database forgets ---- */

#if RESTORE
#define COPY(a, b) \
	a.st[0] = b.st[0]; a.st[1] = b.st[1]; a.own[0] = b.own[0]; a.own[1] = b.own[1]; a.end[0] = b.end[0]; a.end[1] = b.end[1]; \
	a.inq[0] = b.inq[0]; a.inq[1] = b.inq[1]; a.told[0] = b.told[0]; a.told[1] = b.told[1]; a.was[0] = b.was[0]; a.was[1] = b.was[1]; \
	a.deb[0] = b.deb[0]; a.deb[1] = b.deb[1]; a.ret[0] = b.ret[0]; a.ret[1] = b.ret[1]; a.rogue = b.rogue; a.gap = b.gap
#ifdef RANDOM_IDS
#define COPY_IDS(a, b) a.deb[2] = b.deb[2]; a.ret[2] = b.ret[2]; a.id[0] = b.id[0]; a.id[1] = b.id[1]
#else
#define COPY_IDS(a, b) skip
#endif
#define WIPE(a) \
	a.st[0] = 0; a.st[1] = 0; a.own[0] = 0; a.own[1] = 0; a.end[0] = 0; a.end[1] = 0; \
	a.inq[0] = 0; a.inq[1] = 0; a.told[0] = 0; a.told[1] = 0; a.was[0] = 0; a.was[1] = 0; \
	a.deb[0] = 0; a.deb[1] = 0; a.ret[0] = 0; a.ret[1] = 0; a.rogue = 0; a.gap = 0
#endif

#if RESTORE
/* ledger/payout/recover_store.c, by the sent journals and the archive. */
#if RESTORE == 2
#define a_row(i) 0
#define a_sent(i) 0
#define a_end(i) 0
#define a_inq(i) 0
#else
#define a_row(i) a_rows[i]
#define a_sent(i) a_sents[i]
#define a_end(i) a_ends[i]
#define a_inq(i) a_inqs[i]
#endif
#ifdef RECOVER_BY_ONE_JOURNAL
#define IN_JOURNAL(i) (jr[ID(i)] != 0)
#else
#define IN_JOURNAL(i) (jr[ID(i)] != 0 || jr[IDS + ID(i)] != 0)
#endif
#define REMEMBERED(i) (IN_JOURNAL(i) || a_sent(i))
#ifdef NO_RECOVER
#define RECOVER(i) skip
#else
#define RECOVER(i) \
	if \
	:: (IN_JOURNAL(i) || a_row(i)) && db.st[i] == NONE -> halted = 1 \
	:: (db.st[i] == READY || db.st[i] == HELD) && REMEMBERED(i) -> \
		db.st[i] = (a_end(i) -> a_end(i) : UNKNOWN); db.own[i] = 0; db.end[i] = 0; db.was[i] = 0 \
	:: db.st[i] == SENT && (IN_JOURNAL(i) || a_end(i)) -> db.st[i] = (a_end(i) -> a_end(i) : UNKNOWN); db.own[i] = 0 \
	:: (db.st[i] == UNKNOWN || db.st[i] == ACCEPTED) && a_end(i) -> db.st[i] = a_end(i); db.own[i] = 0 \
	:: else -> db.own[i] = 0 \
	fi; \
	db.inq[i] = db.inq[i] || a_inq(i)
#endif
#endif

#if RESTORE == 1
#define SEAL(i) \
	a_rows[i] = a_rows[i] || db.st[i] != NONE; a_sents[i] = a_sents[i] || IN_FLIGHT(db.st[i]) || (ENDED(db.st[i]) && db.st[i] != CANCELLED); \
	a_inqs[i] = db.inq[i]; a_ends[i] = (db.st[i] == REJECTED || db.st[i] == NOT_PAID -> db.st[i] : a_ends[i])

active proctype disaster()
{
end:	do
	:: d_step { !dumped && !lost -> dumped = 1; COPY(dump, db); COPY_IDS(dump, db); SEAL(0); SEAL(1) }
	:: d_step { dumped -> SEAL(0); SEAL(1) }
	:: d_step { dumped -> dumped = 0; lost = 1; COPY(db, dump); COPY_IDS(db, dump); WIPE(dump);
		FORGET(0); FORGET(1); jh = 0;
		RECOVER(0); RECOVER(1);
		a_rows[0] = 0; a_rows[1] = 0; a_sents[0] = 0; a_sents[1] = 0; a_ends[0] = 0; a_ends[1] = 0; a_inqs[0] = 0; a_inqs[1] = 0 }
	od
}
#elif RESTORE == 2
/* Nothing of the suffix was sealed, so the archive does not miss it. The tellers live on. */
#ifdef NOT_COMPARED
#define LOSABLE !(db.st[0] == CANCELLED && db.st[1] != NONE && dump.st[0] != CANCELLED)
#else
#define LOSABLE 1
#endif
active proctype disaster()
{
end:	do
	:: d_step { !dumped && !lost -> dumped = 1; COPY(dump, db); COPY_IDS(dump, db) }
	:: d_step { dumped && LOSABLE ->
		dumped = 0; lost = 1; COPY(db, dump); COPY_IDS(db, dump); WIPE(dump);
		fresh[0] = 1; fresh[1] = (JOURNALS == 2);
		current[0] = current[0] && db.own[what[0]]; current[1] = current[1] && db.own[what[1]] }
	/* Somebody recovers, with every program stopped. */
	:: d_step { doubt ->
		FORGET(0); FORGET(1); jh = 0; doubt = 0; fresh[0] = 0; fresh[1] = 0;
		RECOVER(0); RECOVER(1) }
	od
}
#endif

/* ---- the laws ---- */

#ifdef RANDOM_IDS
#define NET (paid[0] + paid[1] + paid[2] - back[0] - back[1] - back[2])
#else
#define NET (paid[0] + paid[1] - back[0] - back[1])
#endif
#define BOOKS_AGREE(i) ( \
	(db.st[i] != SETTLED || (db.deb[ID(i)] > 0 && paid[ID(i)] > 0)) && \
	(db.st[i] != RETURNED || (db.ret[ID(i)] && back[ID(i)] && paid[ID(i)] == 1) || db.inq[i]) && \
	(!PROVEN_UNPAID(db.st[i]) || db.st[i] == RETURNED || paid[ID(i)] == 0 || db.inq[i]))
#define SOMEBODY_ASKS(i) (!DOUBT(db.st[i]) || db.own[i] || !db.end[i])

#if LAWS
active proctype law()
{
	bit paid_once = 1, books_agree = 1, somebody_asks = 1;
end:	do
#if LAWS & 1
	:: d_step { NET > 1 -> paid_once = 0; assert(paid_once) }
#endif
#if LAWS & 2
	:: d_step { !BOOKS_AGREE(0) || !BOOKS_AGREE(1) -> books_agree = 0; assert(books_agree) }
#endif
#if LAWS & 4
	:: d_step { !SOMEBODY_ASKS(0) || !SOMEBODY_ASKS(1) -> somebody_asks = 0; assert(somebody_asks) }
#endif
	od
}
#endif

#define TOLD(i) (db.told[i] || db.inq[i] || db.gap || db.rogue)
#define AT_REST(i) (db.st[i] == NONE || ENDED(db.st[i]) || db.st[i] == HELD || (IN_FLIGHT(db.st[i]) && TOLD(i)))
#ifdef LIVE
ltl none_lost { []<> (halted || (db.st[0] != NONE && AT_REST(0) && AT_REST(1))) }
#endif

init {
	atomic { run teller(0); run teller(1) }
}
