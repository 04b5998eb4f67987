/* claim.c: the teller's lane `journal`: the intent is committed, then journalled, and only then may it leave (teller_claim.c,
 * teller_again.c, teller_journal.c). One job at a time: while a parcel waits for the journal, nothing else is done here. */
#include "tests/sim/sim.h"

/* ---- the sent journal: a file, and the memory of it ------------------------------------------------------------------------ */

static void take_in(struct journal_ids *ids, enum word_kind word, int id, int64_t wall)
{
	switch (word) {
	case WORD_SENT: journal_ids_sent(ids, e2e(id), day_of_instant_vn(wall)); return;
	case WORD_AGAIN: journal_ids_again(ids, e2e(id), day_of_instant_vn(wall)); return;
	case WORD_STAYED: journal_ids_stayed(ids, e2e(id)); return;
	}
}

/* False: nothing was recorded; or the process is dead, and the file may have it. */
bool journal_write(struct world *w, int t, enum word_kind word, int id, int dispatch, int32_t epoch)
{
	struct sent_journal *j = &w->journal[t];
	struct teller *me = &w->teller[t];
	if (j->n == WORDS)
		longjmp(w->end, 2);
	if (fault(w, F_JOURNAL_FULL, 60))
		return false;
	bool dies = fault(w, F_JOURNAL_TORN, 80);
	int64_t wall = teller_wall(w, me);
	if (!dies || one_in(w, 2)) {
		j->at[j->n].word = (uint8_t)word;
		j->at[j->n].id = (uint8_t)id;
		j->at[j->n].dispatch = (int8_t)dispatch;
		j->at[j->n].epoch = epoch;
		j->at[j->n++].wall = wall;
	}
	if (dies) {
		teller_kill(w, t);
		return false;
	}
	take_in(me->ids, word, id, wall);
	tell(w, id, "host %d journals %s", t,
		word == WORD_SENT    ? "sent"
		: word == WORD_AGAIN ? "again"
				     : "not-sent");
	return true;
}

void teller_start(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	int64_t skew = me->wall_skew;
	*me = (struct teller){.alive = true,
		.owner = (uint32_t)(t + 1) << 24 | ++w->processes,
		.wall_skew = skew,
		.leases_at = w->now + LEASE / 3,
		.busy = NOBODY,
		.ids = journal_ids_new()};
	for (int i = 0; i < w->journal[t].n; i++)
		take_in(me->ids, (enum word_kind)w->journal[t].at[i].word, w->journal[t].at[i].id,
			w->journal[t].at[i].wall);
	struct pace_limits limits = {.per_second = 20, .burst = 4, .in_flight_max = 3};
	for (int b = 0; b < w->banks; b++)
		pace_init(&me->pace[b], &limits, w->now);
	tell(w, NOBODY, "teller %d starts as %08x", t, me->owner);
}

/* ---- parcels ---------------------------------------------------------------------------------------------------------------- */

struct parcel *parcel_new(struct teller *t)
{
	for (int i = 0; i < PARCELS; i++)
		if (!t->parcel[i].used) {
			t->parcel[i] = (struct parcel){.used = true};
			return &t->parcel[i];
		}
	return NULL;
}

/* Messages of what shares a validity. */
void parcel_cut(struct world *w, struct parcel *p)
{
	int most = w->bank[p->bank].profile.items_per_message;
	for (int first = 0, end; first < p->n; first = end) {
		for (end = first + 1; end < p->n && end - first < most && p->call == TRANSFER &&
				      p->valid_until[end] == p->valid_until[first];)
			end++;
		if (p->call == ENQUIRY)
			end = p->n;
		struct request *r = &p->request[p->requests++];
		*r = (struct request){.where = AT_WAITS,
			.first = (uint8_t)first,
			.n = (uint8_t)(end - first),
			.message = ++w->messages,
			.signed_at = w->now,
			.leave_by = INT64_MAX};
		if (p->call == TRANSFER)
			r->leave_by = attempt_leave_by(p->valid_until[first], p->known_until);
	}
	p->open = p->requests;
}

static void add(struct parcel *p, const struct rows *r, int id)
{
	p->valid_until[p->n] = r->payout[id].valid_until;
	p->id[p->n++] = (uint8_t)id;
}

/* ---- the journal is held against the rows, on each new connection (journal_store.c) ------------------------------------------------ */

static bool is_lost(const struct payout *p)
{
	return !p->there || p->state == PAYOUT_READY || p->state == PAYOUT_CANCELLED ||
	       (p->state == PAYOUT_HELD && p->held != HELD_SENT_BEFORE);
}

bool compare_step(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	if (w->doubt || me->compared == w->history)
		return false;
	for (int i = 0; i < PAYOUTS; i++)
		if (journal_ids_has(me->ids, e2e(i)) && is_lost(&w->rows.payout[i])) {
			tell(w, i, "host %d finds that the rows have lost it", t);
			w->doubt = true;
			met.noticed++;
			return true;
		}
	tx_begin(w);
	w->rows.history[t] = w->history;
	w->rows.looked[t] = w->now;
	if (tx_commit(w) == OK)
		me->compared = w->history;
	return true;
}

/* ---- claim -------------------------------------------------------------------------------------------------------------------- */

/* Nothing leaves while the host's clock and the database's differ by a minute. */
static bool clock_is_off(const struct teller *me)
{
	return me->wall_skew >= 60 * SECOND || me->wall_skew <= -60 * SECOND;
}

static int days_of(const struct world *w, int bank)
{
	const struct profile *p = &w->bank[bank].profile;
	return p->deduplicates ? p->dedupe_days : 0;
}

static int64_t heard(const struct world *w, int64_t otherwise)
{
	int64_t since;
	return rows_heard_since(w, &since) && since < otherwise ? since : otherwise;
}

static int pick(const struct world *w, int bank)
{
	const struct rows *r = &w->rows;
	int64_t since;
	if (rows_heard_since(w, &since)) {
		int64_t until = attempt_known_until(
			day_of_instant_vn(since), days_of(w, bank), w->our_days[bank]);
		if (until == 0 || until <= w->now)
			return NOBODY;
	}
	for (int d = 0; d < r->dispatches; d++) {
		bool early = false;
		if (r->dispatch[d].state != DISPATCH_READY || r->dispatch[d].bank != bank ||
			rows_paused(w, bank))
			continue;
		for (int i = 0; i < PAYOUTS; i++)
			early |= r->dispatch[d].members >> i & 1 && r->payout[i].not_before > today(w);
		if (!early)
			return d;
	}
	return NOBODY;
}

/* Law 7, what the journal has, what an earlier payout came to; HELD_…, or 0: it may leave. */
static enum held judge(const struct world *w, const struct teller *t, int id, bool first_time)
{
	const struct payout *p = &w->rows.payout[id];
	if (attempt_is_over(p->valid_until, w->now))
		return HELD_EXPIRED;
	if (id % ISSUES > 0 && rows_in_question(w, id / ISSUES, id % ISSUES))
		return HELD_EARLIER;
	if (first_time && journal_ids_has(t->ids, e2e(id)))
		return HELD_SENT_BEFORE;
	return 0;
}

static void hold(struct world *w, int id, enum held why)
{
	w->rows.payout[id].held = (uint8_t)why;
	w->rows.payout[id].let_go = 0;
	met.held_sent_before += why == HELD_SENT_BEFORE;
	rows_move(w, id, PAYOUT_HELD);
}

static void send(struct world *w, const struct teller *t, int d, struct parcel *p)
{
	struct dispatch *row = &w->rows.dispatch[d];
	for (int i = 0; i < PAYOUTS; i++) {
		struct payout *x = &w->rows.payout[i];
		if (!(row->members >> i & 1) || !x->there || x->state != PAYOUT_READY ||
			(x->dispatch != NOBODY && x->dispatch != d))
			continue;
		enum held why = judge(w, t, i, true);
		if (why || p->n == ITEMS) {
			hold(w, i, why ? why : HELD_EXPIRED);
			continue;
		}
		rows_move(w, i, PAYOUT_SENT);
		x->dispatch = (int8_t)d;
		add(p, &w->rows, i);
	}
	row->state = p->n ? DISPATCH_SENT : DISPATCH_ENDED;
	row->epoch++;
	row->sent_at = heard(w, w->now);
	row->owner = p->n ? t->owner : 0;
	row->lease_until = w->now + LEASE;
	row->ask_after = w->now + ASK_MS * 1000;
	p->dispatch = (int8_t)d;
	p->epoch = row->epoch;
}

bool claim_step(struct world *w, int t, int bank)
{
	struct teller *me = &w->teller[t];
	int d = pick(w, bank);
	if (me->busy != NOBODY || w->doubt || me->compared != w->history || d == NOBODY || clock_is_off(me))
		return false;
	struct parcel *p = parcel_new(me);
	if (!p)
		return false;
	p->bank = (uint8_t)bank;
	tx_begin(w);
	send(w, me, d, p);
	p->known_until = attempt_known_until(
		day_of_instant_vn(heard(w, w->now)), days_of(w, bank), w->our_days[bank]);
	parcel_cut(w, p);
	p->used = tx_commit(w) == OK && p->n > 0;
	if (p->used)
		me->busy = (int)(p - me->parcel);
	return true;
}

/* ---- the same ids again -------------------------------------------------------------------------------------------------------- */

void again_wanted(struct teller *me, const struct parcel *q)
{
	struct again *g = &me->again[q->bank];
	if (g->payouts)
		return; /* the next enquiry finds it again */
	g->n = 0;
	for (int i = 0; i < q->n; i++) {
		bool under_way = false, there = false;
		if (!q->request[0].again[i])
			continue;
		for (int k = 0; k < PARCELS; k++)
			under_way |= me->parcel[k].used && me->parcel[k].call == TRANSFER &&
				     me->parcel[k].dispatch == q->of_dispatch[i];
		if (under_way)
			continue;
		g->payouts |= 1U << q->id[i];
		for (int k = 0; k < g->n; k++)
			there |= g->dispatch[k] == q->of_dispatch[i];
		if (there)
			continue;
		g->dispatch[g->n] = q->of_dispatch[i];
		g->epoch[g->n++] = q->of_epoch[i];
	}
}

static void draw_again(struct world *w, struct teller *me, int bank, int d, struct parcel *p)
{
	const struct again *g = &me->again[bank];
	struct dispatch *row = &w->rows.dispatch[d];
	int64_t rows_until = attempt_known_until(day_of_instant_vn(heard(w, row->sent_at)),
			w->bank[bank].profile.dedupe_days, w->our_days[bank]),
		first = rows_until;
	row->epoch++;
	row->owner = me->owner;
	row->lease_until = w->now + LEASE;
	row->ask_after = w->now + ASK_MS * 1000;
	p->dispatch = (int8_t)d;
	p->epoch = row->epoch;
	p->part = true;
	for (int i = 0; i < PAYOUTS && p->n < ITEMS; i++) {
		const struct payout *x = &w->rows.payout[i];
		struct day day;
		if (!(g->payouts >> i & 1) || !x->there || x->dispatch != d || x->state != PAYOUT_UNKNOWN)
			continue;
		bool journalled = journal_ids_first_day(me->ids, e2e(i), &day);
		int64_t until = attempt_known_again(
			rows_until, journalled ? &day : NULL, w->our_days[bank], w->now, teller_wall(w, me));
		if (attempt_is_over(until, w->now))
			continue;
		first = until < first ? until : first;
		if (!judge(w, me, i, false))
			add(p, &w->rows, i);
	}
	p->known_until = first;
	if (p->n == 0) {
		row->owner = 0;
		row->ask_after = w->now + 60 * SECOND;
	}
}

bool again_step(struct world *w, int t, int bank)
{
	struct teller *me = &w->teller[t];
	struct again *g = &me->again[bank];
	if (me->busy != NOBODY || !g->payouts)
		return false;
	struct parcel *p = parcel_new(me);
	if (!p)
		return false;
	int d = g->dispatch[0];
	struct dispatch *row = &w->rows.dispatch[d];
	p->bank = (uint8_t)bank;
	p->used = false;
	if (!w->doubt && me->compared == w->history && !clock_is_off(me) && d < w->rows.dispatches &&
		row->epoch == g->epoch[0] && !row->owner && row->state == DISPATCH_SENT &&
		w->bank[bank].profile.deduplicates && !rows_paused(w, bank)) {
		tx_begin(w);
		draw_again(w, me, bank, d, p);
		parcel_cut(w, p);
		p->used = tx_commit(w) == OK && p->n > 0;
		met.again += p->used;
		if (p->used)
			me->busy = (int)(p - me->parcel);
	}
	g->n--;
	for (int i = 0; i < g->n; i++) {
		g->dispatch[i] = g->dispatch[i + 1];
		g->epoch[i] = g->epoch[i + 1];
	}
	if (g->n == 0)
		g->payouts = 0;
	return true;
}

/* ---- the journal: what is committed may leave once it is in it ------------------------------------------------------------------ */

/* Ids that are in it go as a further attempt, the others as a first one. */
static bool journal_items(struct world *w, int t, const struct parcel *p, int first, int n)
{
	for (int i = first; i < first + n; i++)
		if (!journal_write(w, t,
			    journal_ids_has(w->teller[t].ids, e2e(p->id[i])) ? WORD_AGAIN : WORD_SENT,
			    p->id[i], p->dispatch, p->epoch))
			return false;
	return true;
}

bool journal_step(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	if (me->busy == NOBODY)
		return false;
	struct parcel *p = &me->parcel[me->busy];
	me->busy = NOBODY;
	if (journal_items(w, t, p, 0, p->n))
		p->journalled = true;
	else
		p->used = false; /* its lease runs out, and it is asked about */
	return true;
}

/* It did not leave: the journal records that end; if it still may, it is journalled and made again. */
bool renew_step(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	if (me->busy != NOBODY)
		return false;
	EACH_REQUEST(me, p, r)
	{
		if (r->where != AT_RENEWS)
			continue;
		bool fine = true;
		for (int i = r->first; fine && !r->signature_old && i < r->first + r->n; i++)
			fine = journal_write(w, t, WORD_STAYED, p->id[i], p->dispatch, p->epoch);
		if (!me->alive)
			return true;
		bool stays = me->draining || w->now > r->leave_by;
		if (fine && !stays && !r->signature_old)
			fine = journal_items(w, t, p, r->first, r->n);
		if (!me->alive)
			return true;
		r->where = fine && !stays ? AT_WAITS : AT_ENDED;
		r->transport = STAYED;
		r->signed_at = w->now;
		r->signature_old = false;
		r->message = ++w->messages;
		return true;
	}
	return false;
}
