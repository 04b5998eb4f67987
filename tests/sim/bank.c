/* bank.c: a bank with books of its own. It is truthful and final as its profile says, but for the faults of its kind: those that it alone
 * is to blame for mark what they touch. */
#include "tests/sim/sim.h"

static void blame(struct world *w, int id)
{
	for (int k = 0; k < ISSUES; k++)
		w->truth[id / ISSUES * ISSUES + k].to_blame = true;
}

/* ---- words ------------------------------------------------------------------------------------------------------------------ */

static enum payout_event word_of(const struct bank *b, int id)
{
	switch ((enum known)b->known[id]) {
	case KNOWN_NOT: return EVENT_SAID_NOT_FOUND;
	case KNOWN_ACCEPTED: return b->never[id] ? EVENT_SAID_CREDITED : EVENT_SAID_ACCEPTED;
	case KNOWN_EXECUTED: return EVENT_SAID_CREDITED;
	case KNOWN_REFUSED: return EVENT_SAID_REJECTED;
	}
	bug("a bank knows an id as %d", b->known[id]);
}

static void call_back(struct world *w, int bank, int id, enum payout_event word)
{
	struct bank *b = &w->bank[bank];
	if (b->silent[id])
		return;
	struct wire c = {.what = WIRE_CALLBACK, .bank = (uint8_t)bank, .callback = ++b->callbacks, .n = 1};
	c.id[0] = (uint8_t)id;
	c.said[0] = fault(w, F_MISFIT, 60) ? EVENT_SAID_MISFIT : (uint8_t)word;
	(void)wire_send(w, &c);
	if (fault(w, F_CALLBACK_AGAIN, 20)) {
		c.callback = ++b->callbacks;
		(void)wire_send(w, &c);
	}
}

/* ---- its book ----------------------------------------------------------------------------------------------------------------- */

static void post(struct world *w, int bank, int id, bool debit, int64_t amount, bool account_fits)
{
	struct bank *b = &w->bank[bank];
	if (b->booked == BOOK)
		longjmp(w->end, 2);
	int lag = b->profile.posting_lag_days;
	b->book[b->booked].id = (int8_t)id;
	b->book[b->booked].debit = debit;
	b->book[b->booked].account_fits = account_fits;
	b->book[b->booked].amount = amount;
	b->book[b->booked].taken = false;
	b->book[b->booked].posted = today(w) + (lag && one_in(w, 2) ? 1 : 0);
	if (debit && id != NOBODY && fault(w, F_POSTED_LATE, 40)) {
		blame(w, id);
		b->book[b->booked].posted += 2 + (int32_t)below(w, 4);
	}
	for (int i = 0; i < b->booked; i++) /* nothing comes back before it has gone */
		if (b->book[i].id == id && b->book[i].posted > b->book[b->booked].posted)
			b->book[b->booked].posted = b->book[i].posted;
	b->booked++;
	b->balance += debit ? -amount : amount;
}

static void execute(struct world *w, int bank, int id)
{
	struct bank *b = &w->bank[bank];
	int64_t amount = amount_of(id);
	bool account = true;
	b->known[id] = KNOWN_EXECUTED;
	if (fault(w, F_WRONG_AMOUNT, 40)) {
		amount += one_in(w, 2) ? 1 : -1;
		blame(w, id);
	} else if (fault(w, F_WRONG_ACCOUNT, 40)) {
		account = false;
		blame(w, id);
	}
	w->truth[id].paid++;
	tell(w, id, "BANK %d executes it", bank);
	post(w, bank, id, true, amount, account);
	oracle_executed(w, id);
	if (fault(w, F_TWICE, 40)) {
		blame(w, id);
		w->truth[id].paid++;
		post(w, bank, id, true, amount, account);
	}
	call_back(w, bank, id, EVENT_SAID_CREDITED);
}

static void refuse(struct world *w, int bank, int id)
{
	struct bank *b = &w->bank[bank];
	tell(w, id, "BANK %d refuses it", bank);
	if (fault(w, F_SAYS_REFUSED, 30)) {
		blame(w, id);
		call_back(w, bank, id, EVENT_SAID_REJECTED);
		b->silent[id] = true;
		execute(w, bank, id);
		return;
	}
	b->known[id] = KNOWN_REFUSED;
	call_back(w, bank, id, EVENT_SAID_REJECTED);
}

/* ---- requests ------------------------------------------------------------------------------------------------------------------ */

static bool is_valid(const struct world *w, const struct bank *b, int64_t valid_until)
{
	return !b->profile.honours_valid_until || w->now <= valid_until;
}

static void transfer(struct world *w, int bank, int id, int64_t valid_until, bool twin)
{
	struct bank *b = &w->bank[bank];
	if (b->known[id] != KNOWN_NOT) {
		if (b->profile.deduplicates)
			return;
		if (twin) /* nobody on our side can help that */
			blame(w, id);
		if (!is_valid(w, b, valid_until) || one_in(w, 3))
			return;
		execute(w, bank, id);
		return;
	}
	b->since[id] = today(w);
	b->valid_until[id] = valid_until;
	if (w->now > valid_until && !b->profile.honours_valid_until)
		met_fault(w, F_LATE_EXECUTION);
	if (!is_valid(w, b, valid_until)) {
		b->known[id] = KNOWN_REFUSED;
		return;
	}
	b->known[id] = KNOWN_ACCEPTED;
	b->silent[id] = fault(w, F_SILENT, 12);
	if (fault(w, F_SAYS_CREDITED, 40)) {
		blame(w, id);
		b->never[id] = true;
		call_back(w, bank, id, EVENT_SAID_CREDITED);
		return;
	}
	uint32_t now = below(w, 8);
	if (now < 3)
		execute(w, bank, id);
	else if (now == 3)
		refuse(w, bank, id);
	else if (one_in(w, 2))
		call_back(w, bank, id, EVENT_SAID_ACCEPTED);
}

static enum payout_event answer(struct world *w, int bank, int id, enum call call)
{
	const struct bank *b = &w->bank[bank];
	if (fault(w, F_MISFIT, 60))
		return EVENT_SAID_MISFIT;
	if ((b->silent[id] && b->known[id] != KNOWN_NOT) || fault(w, F_ITEM_MISSING, 40))
		return EVENT_SAID_NOTHING;
	if (call == ENQUIRY && (b->known[id] != KNOWN_NOT || wire_under_way(w, id)) &&
		fault(w, F_NOT_FOUND_YET, 8))
		return EVENT_SAID_NOT_FOUND;
	if (b->known[id] == KNOWN_ACCEPTED && !b->never[id] && one_in(w, 3))
		return EVENT_SAID_PENDING;
	enum payout_event said = word_of(b, id);
	return call == TRANSFER && said == EVENT_SAID_NOT_FOUND ? EVENT_SAID_NOTHING : said;
}

void bank_request(struct world *w, const struct wire *r)
{
	struct wire reply = {.what = WIRE_REPLY,
		.bank = r->bank,
		.call = r->call,
		.n = r->n,
		.teller = r->teller,
		.owner = r->owner,
		.message = r->message};
	for (int k = 0; k < r->n; k++) {
		if (r->call == TRANSFER)
			transfer(w, r->bank, r->id[k], r->valid_until[k], r->twin);
		reply.id[k] = r->id[k];
		reply.said[k] = (uint8_t)answer(w, r->bank, r->id[k], (enum call)r->call);
	}
	reply.distress = fault(w, F_STATUS_503, 40);
	if (!r->twin)
		(void)wire_send(w, &reply);
}

/* ---- what it does by itself --------------------------------------------------------------------------------------------------- */

static bool decide(struct world *w, int bank, int id)
{
	struct bank *b = &w->bank[bank];
	bool valid = is_valid(w, b, b->valid_until[id]);
	if (b->never[id])
		return false;
	if (!w->calm && b->profile.deduplicates && fault(w, F_AMNESIA, 15)) {
		b->known[id] = KNOWN_NOT;
		tell(w, id, "BANK %d forgets that it accepted it", bank);
	} else if (valid && !one_in(w, 4)) {
		if (w->now > b->valid_until[id])
			met_fault(w, F_LATE_EXECUTION);
		execute(w, bank, id);
	} else {
		refuse(w, bank, id);
	}
	return true;
}

static bool forget(struct world *w, int bank, int id)
{
	struct bank *b = &w->bank[bank];
	if (b->known[id] == KNOWN_NOT || !b->profile.deduplicates || wire_under_way(w, id) ||
		today(w) < b->since[id] + b->profile.dedupe_days || b->known[id] == KNOWN_ACCEPTED ||
		!fault(w, F_FORGOTTEN, 3))
		return false;
	b->known[id] = KNOWN_NOT;
	tell(w, id, "BANK %d forgets the id after %d days", bank, b->profile.dedupe_days);
	return true;
}

static bool give_back(struct world *w, int bank, int id)
{
	struct truth *t = &w->truth[id];
	bool owes = t->paid > t->back && !t->to_blame && w->bank[bank].known[id] != KNOWN_ACCEPTED;
	if (owes && fault(w, F_RETURNED, 8)) {
		t->back++;
		tell(w, id, "BANK %d returns the money", bank);
		post(w, bank, id, false, amount_of(id), true);
		return true;
	}
	if (!fault(w, F_RETURNED_TWICE, 120))
		return false;
	blame(w, id);
	t->back++;
	tell(w, id, "BANK %d returns money that it does not owe", bank);
	post(w, bank, id, false, amount_of(id), true);
	return true;
}

static bool steal(struct world *w, int bank)
{
	int id = one_in(w, 2) ? NOBODY : (int)below(w, (uint32_t)w->claims) * ISSUES;
	int64_t amount = amount_of((int)below(w, PAYOUTS));
	if (id != NOBODY) {
		if (w->channel[id] != bank || w->truth[id].left || w->truth[id].paid)
			return false;
		blame(w, id);
		w->truth[id].paid++;
		amount = amount_of(id);
		tell(w, id, "BANK %d debits it, and nobody sent it", bank);
	} else {
		for (int i = 0; i < PAYOUTS; i++)
			if (w->channel[i] == bank && amount_of(i) == amount)
				w->truth[i].to_blame = true;
	}
	post(w, bank, id, true, amount, true);
	return true;
}

/* One thing about one payment that it has heard of. */
static bool attend_to(struct world *w, int bank, int id)
{
	const struct bank *b = &w->bank[bank];
	if (b->known[id] == KNOWN_ACCEPTED && (w->calm || one_in(w, 4)) && decide(w, bank, id))
		return true;
	if (w->calm)
		return false;
	if (forget(w, bank, id) || give_back(w, bank, id))
		return true;
	if (b->known[id] == KNOWN_NOT || !one_in(w, 12))
		return false;
	call_back(w, bank, id, word_of(b, id)); /* it says it once more, as it is now */
	return true;
}

bool bank_step(struct world *w, int bank)
{
	const struct bank *b = &w->bank[bank];
	if (fault(w, F_ROGUE, 600))
		return steal(w, bank);
	int first = (int)below(w, PAYOUTS);
	for (int k = 0; k < PAYOUTS; k++) {
		int id = (first + k) % PAYOUTS;
		if (w->channel[id] != bank || (b->known[id] == KNOWN_NOT && !w->truth[id].paid))
			continue;
		if (attend_to(w, bank, id))
			return true;
		if (!w->calm)
			return false;
	}
	return false;
}
