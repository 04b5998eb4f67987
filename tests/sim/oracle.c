/* oracle.c: what must be so, judged from what is so and not from what anybody believes: the banks' books against our rows. */
#include "tests/sim/sim.h"

/* ---- at every event ------------------------------------------------------------------------------------------------------------- */

static int net(const struct world *w, int claim)
{
	int n = 0;
	for (int k = 0; k < ISSUES; k++)
		n += w->truth[claim * ISSUES + k].paid - w->truth[claim * ISSUES + k].back;
	return n;
}

/* P1: per claim at most one debit that did not come back. */
void oracle_executed(struct world *w, int id)
{
	if (net(w, id / ISSUES) > 1 && !w->truth[id].to_blame)
		broken(w, id, "claim %d is paid twice", id / ISSUES);
}

/* P6, law 2: nothing leaves without a committed intent and a word in the sent journal; nothing that must not leave any more. */
void oracle_leaves(struct world *w, int t, const struct parcel *p, const struct request *r)
{
	if (p->epoch > w->epoch_ever[p->dispatch])
		broken(w, p->id[0], "leaves under epoch %d, which was never committed", p->epoch);
	for (int i = r->first; i < r->first + r->n; i++) {
		int id = p->id[i], word = NOBODY;
		for (int k = 0; k < w->journal[t].n; k++)
			if (w->journal[t].at[k].id == id)
				word = w->journal[t].at[k].word;
		if (!w->truth[id].intent)
			broken(w, id, "leaves without a committed intent");
		if (word == NOBODY || word == WORD_STAYED)
			broken(w, id, "leaves without a word in the sent journal");
		if (w->now > p->valid_until[i])
			broken(w, id, "leaves past its validity");
		w->truth[id].left = true;
		tell(w, id, "teller %d sends it, dispatch %d epoch %d", t, p->dispatch, (int)p->epoch);
	}
	/* One live sender per epoch; after commits were lost unseen a number may come twice. */
	for (int o = 0; o < w->tellers && !w->lost; o++)
		for (int k = 0; k < PARCELS; k++) {
			const struct parcel *q = &w->teller[o].parcel[k];
			if (q != p && q->used && q->call == TRANSFER && q->dispatch == p->dispatch &&
				q->epoch == p->epoch)
				broken(w, p->id[0], "two senders of dispatch %d under epoch %d", p->dispatch,
					(int)p->epoch);
		}
}

/* P2, P3: the sums are zero, and what is in flight is what its payouts are. What is in doubt has somebody who asks. */
void oracle_rows(struct world *w)
{
	const struct sums *s = &w->rows.sums;
	int64_t flying = 0, booked = 0;
	for (int i = 0; i < PAYOUTS; i++)
		if (w->rows.payout[i].there &&
			payout_state_in_flight((enum payout_state)w->rows.payout[i].state))
			flying += w->rows.payout[i].amount;
	for (int i = 0; i < w->rows.settled; i++)
		booked += w->rows.line[i].debit ? w->rows.line[i].amount : -w->rows.line[i].amount;
	for (int i = 0; i < PAYOUTS; i++) {
		const struct payout *p = &w->rows.payout[i];
		bool doubt = p->there && (p->state == PAYOUT_SENT || p->state == PAYOUT_UNKNOWN ||
						 p->state == PAYOUT_ACCEPTED);
		if (doubt && (p->dispatch == NOBODY || w->rows.dispatch[p->dispatch].state != DISPATCH_SENT))
			broken(w, i, "is in doubt, and nobody will ask");
	}
	if (flying != s->in_flight)
		broken(w, NOBODY, "in flight: %lld by postings, %lld by states", (long long)s->in_flight,
			(long long)flying);
	if (booked != s->bank)
		broken(w, NOBODY, "bank: %lld by postings, %lld by statement lines", (long long)s->bank,
			(long long)booked);
	if (s->benefit + s->payable + s->in_flight + s->unclaimed + s->bank + s->suspense != 0)
		broken(w, NOBODY, "the books do not add up to zero");
}

/* ---- when it is calm -------------------------------------------------------------------------------------------------------------- */

static bool has_break(const struct world *w, int id, bool open)
{
	const struct rows *r = &w->rows;
	for (int i = 0; i < r->breaks; i++)
		if ((r->brk[i].payout == id ||
			    (r->brk[i].line != NOBODY && r->line[r->brk[i].line].id == id)) &&
			(!open || break_is_open(&r->brk[i])))
			return true;
	return false;
}

/* A statement that never added up: whatever it lacks, nobody knows. */
static bool has_gap(const struct world *w, int bank)
{
	for (int i = 0; i < w->rows.statements; i++)
		if (w->rows.statement[i].bank == bank && !w->rows.statement[i].whole)
			return true;
	return false;
}

static bool is_explained(const struct world *w, int id)
{
	const struct payout *p = &w->rows.payout[id];
	if (!p->there || payout_state_ended((enum payout_state)p->state) || p->state == PAYOUT_HELD)
		return true;
	return p->state != PAYOUT_READY && (has_break(w, id, true) || has_gap(w, p->bank));
}

static bool bank_is_done(const struct world *w, int b)
{
	for (int i = 0; i < PAYOUTS; i++)
		if (w->bank[b].known[i] == KNOWN_ACCEPTED && !w->bank[b].never[i])
			return false;
	for (int i = 0; i < w->bank[b].booked; i++)
		if (w->bank[b].book[i].posted >= w->rows.next_day[b])
			return false;
	return true;
}

bool oracle_at_rest(struct world *w)
{
	const struct rows *r = &w->rows;
	if (w->doubt || w->wires > 0 || r->settled < r->lines || r->judged < r->statements ||
		r->digested < r->words)
		return false;
	for (int i = 0; i < PAYOUTS; i++)
		if (!is_explained(w, i))
			return false;
	for (int b = 0; b < w->banks; b++)
		if (!bank_is_done(w, b))
			return false;
	for (int t = 0; t < w->tellers; t++)
		for (int k = 0; k < PARCELS; k++)
			if (w->teller[t].parcel[k].used)
				return false;
	return true;
}

/* P5 and its like: what the rows say is what the bank did, or somebody was told. */
static void judge(struct world *w, int id)
{
	const struct payout *p = &w->rows.payout[id];
	const struct truth *t = &w->truth[id];
	bool excused = t->to_blame || has_gap(w, w->channel[id]);
	enum payout_state s = p->there ? (enum payout_state)p->state : PAYOUT_READY;
	met.ends[s] += p->there;
	if (!is_explained(w, id))
		broken(w, id, "is %s, and nobody is told why", payout_state_name(s));
	/* What came back before officers found the late debit waits under a break, for them to find it too. */
	excused |= t->back && has_break(w, id, false);
	if (s == PAYOUT_SETTLED && !(t->paid == 1 && t->back == 0) && !(excused && t->paid))
		broken(w, id, "is settled; the bank paid it %d times and returned it %d times", t->paid,
			t->back);
	if (s == PAYOUT_RETURNED && !(t->paid == 1 && t->back == 1) && !has_break(w, id, false) && !excused)
		broken(w, id, "is returned; the bank paid it %d times and returned it %d times", t->paid,
			t->back);
	bool unpaid = !p->there || s == PAYOUT_READY || s == PAYOUT_HELD ||
		      (payout_proven_unpaid(s) && s != PAYOUT_RETURNED);
	if (unpaid && t->paid && !has_break(w, id, false) && !(has_gap(w, w->channel[id]) && t->to_blame))
		broken(w, id, "is %s, and the bank paid it", p->there ? payout_state_name(s) : "forgotten");
}

void oracle_end(struct world *w)
{
	oracle_rows(w);
	for (int i = 0; i < PAYOUTS; i++)
		judge(w, i);
	for (int c = 0; c < w->claims; c++) {
		bool told = net(w, c) <= 1;
		met.excused += !told;
		for (int k = 0; k < ISSUES; k++)
			told |= has_break(w, c * ISSUES + k, false) || has_gap(w, w->channel[c * ISSUES + k]);
		if (!told)
			broken(w, c * ISSUES, "claim %d is paid twice, and nobody is told", c);
	}
}
