#include "ledger/books/event.h"

#include "ledger/books/lines.h"
#include "ledger/books/posting.h"

/* ---- obligation ---------------------------------------------------------------------------------------------- */

struct entry entry_batch_approved(struct arena *a, const struct told_by *by, const struct batch_approved *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;
	struct vnd booked;

	bug_if(!vnd_add(e->first, e->unclaimed, &booked) || vnd_cmp(booked, e->sum) > 0);
	lines_count(to, "batch", e->batch);
	lines_count(to, "version", e->version);
	lines_hash(to, "root", &e->root);
	lines_count(to, "lines", e->lines);
	lines_dong(to, "sum", e->sum);
	lines_dong(to, "first", e->first);
	lines_dong(to, "unclaimed", e->unclaimed);
	lines_code(to, "agency", e->agency);
	lines_code(to, "programme", e->programme);
	lines_month(to, "period", e->period);
	lines_hash(to, "bundle", &e->bundle);
	entry = entry_told(a, by, LEAF_BATCH_APPROVED, to);
	entry.idem = arena_printf(a, "b%lld.v%d.approved", (long long)e->batch, (int)e->version);
	entry.refs = entry_key(a, "batch:", e->batch, "");
	post_batch_approved(a, e, &entry);
	return entry;
}

struct entry entry_approval(struct arena *a, const struct told_by *by, const struct approval_given *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_hash(to, "bundle", &e->bundle_root);
	lines_count(to, "batches", e->batches);
	lines_count(to, "lines", e->lines);
	lines_dong(to, "sum", e->sum);
	lines_code(to, "agency", e->agency);
	lines_code(to, "officer", e->officer);
	lines_code(to, "role", e->role);
	lines_hash(to, "certificate", &e->certificate);
	lines_code(to, "method", e->method);
	lines_hash(to, "text", &e->text);
	lines_hash(to, "proof", &e->proof);
	entry = entry_told(a, by, LEAF_APPROVAL, to);
	entry.idem = arena_printf(a, "a%lld.%s", (long long)e->bundle, e->officer);
	entry.refs = entry_key(a, "bundle:", e->bundle, "");
	return entry;
}

struct entry entry_batch_released(struct arena *a, const struct told_by *by, const struct batch_released *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	bug_if(vnd_cmp(e->unfunded, e->sum) > 0);
	lines_count(to, "batch", e->batch);
	lines_count(to, "version", e->version);
	lines_hash(to, "root", &e->root);
	lines_count(to, "lines", e->lines);
	lines_dong(to, "sum", e->sum);
	lines_dong(to, "unfunded", e->unfunded);
	lines_code(to, "agency", e->agency);
	lines_code(to, "programme", e->programme);
	lines_code(to, "funding-account", e->funding_account);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_BATCH_RELEASED, to);
	entry.idem = arena_printf(a, "b%lld.v%d.released", (long long)e->batch, (int)e->version);
	entry.refs = entry_key(a, "batch:", e->batch, "");
	post_batch_released(a, e, &entry);
	return entry;
}

/* ---- payouts ------------------------------------------------------------------------------------------------- */

struct entry entry_dispatch_sent(struct arena *a, const struct told_by *by, const struct dispatch_sent *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;
	struct vnd parts = vnd(0);

	for (size_t i = 0; i < e->n_parts; i++)
		bug_if(!vnd_add(parts, e->parts[i].sum, &parts));
	bug_if(vnd_cmp(parts, e->sum) != 0);
	lines_count(to, "dispatch", e->dispatch);
	lines_count(to, "epoch", e->epoch);
	lines_code(to, "channel", e->channel);
	lines_code(to, "funding-account", e->funding_account);
	lines_count(to, "count", e->count);
	lines_dong(to, "sum", e->sum);
	lines_hash(to, "root", &e->root);
	entry = entry_told(a, by, LEAF_DISPATCH_SENT, to);
	entry.idem = arena_printf(a, "d%lld.e%d.sent", (long long)e->dispatch, (int)e->epoch);
	entry.refs = entry_key(a, "dispatch:", e->dispatch, "");
	post_dispatch_sent(a, e, &entry);
	return entry;
}

static struct entry payout_entry(struct arena *a, const struct told_by *by, const struct payout_end *e,
	enum leaf_kind kind, const char *end, bool entry_line, bool reason_line)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_code(to, "id", e->id);
	lines_hash(to, "line", &e->line);
	lines_dong(to, "amount", e->amount);
	lines_code(to, "channel", e->channel);
	if (entry_line)
		lines_text(to, "entry", e->entry);
	if (reason_line)
		lines_code(to, "reason", e->reason);
	entry = entry_told(a, by, kind, to);
	entry.idem = entry_key(a, "p", e->payout, end);
	entry.refs = entry_key(a, "payout:", e->payout, entry_key(a, " batch:", e->batch, ""));
	return entry;
}

struct entry entry_payout_rejected(struct arena *a, const struct told_by *by, const struct payout_end *e)
{
	struct entry entry = payout_entry(a, by, e, LEAF_PAYOUT_REJECTED, ".rejected", false, true);

	post_payout_unpaid(a, e, &entry);
	return entry;
}

struct entry entry_payout_not_paid(struct arena *a, const struct told_by *by, const struct payout_end *e)
{
	struct entry entry = payout_entry(a, by, e, LEAF_PAYOUT_NOT_PAID, ".not_paid", false, true);

	post_payout_unpaid(a, e, &entry);
	return entry;
}

struct entry entry_payout_settled(struct arena *a, const struct told_by *by, const struct payout_end *e)
{
	struct entry entry = payout_entry(a, by, e, LEAF_PAYOUT_SETTLED, ".settled", true, false);

	post_payout_settled(a, e, &entry);
	return entry;
}

struct entry entry_payout_returned(struct arena *a, const struct told_by *by, const struct payout_end *e)
{
	struct entry entry = payout_entry(a, by, e, LEAF_PAYOUT_RETURNED, ".returned", true, true);

	post_payout_returned(a, e, &entry);
	return entry;
}

/* ---- claims -------------------------------------------------------------------------------------------------- */

struct entry entry_claim_voided(struct arena *a, const struct told_by *by, const struct claim_voided *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_count(to, "claim", e->claim);
	lines_code(to, "programme", e->programme);
	lines_month(to, "month", e->month);
	lines_code(to, "kind", e->kind);
	lines_count(to, "instalment", e->instalment);
	lines_dong(to, "amount", e->amount);
	lines_code(to, "reason", e->reason);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_CLAIM_VOIDED, to);
	entry.idem = entry_key(a, "c", e->claim, ".voided");
	entry.refs = entry_key(a, "claim:", e->claim, "");
	bind_person(&entry, e->pii);
	post_claim_voided(a, e, &entry);
	return entry;
}

struct entry entry_unclaimed_cancelled(
	struct arena *a, const struct told_by *by, const struct unclaimed_cancelled *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_count(to, "claim", e->claim);
	lines_code(to, "programme", e->programme);
	lines_month(to, "month", e->month);
	lines_code(to, "kind", e->kind);
	lines_count(to, "instalment", e->instalment);
	lines_dong(to, "amount", e->amount);
	lines_hash(to, "decision", &e->decision);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_UNCLAIMED_CANCELLED, to);
	entry.idem = entry_key(a, "c", e->claim, ".cancelled");
	entry.refs = entry_key(a, "claim:", e->claim, "");
	bind_person(&entry, e->pii);
	post_unclaimed_cancelled(a, e, &entry);
	return entry;
}

/* ---- what a statement says ----------------------------------------------------------------------------------- */

struct entry entry_statement_file(struct arena *a, const struct told_by *by, const struct statement_file *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;
	char day[DAY_TEXT_SIZE];

	lines_code(to, "funding-account", e->funding_account);
	lines_day(to, "day", e->day);
	lines_count(to, "sequence", e->sequence);
	lines_dong(to, "opening", e->opening);
	lines_dong(to, "closing", e->closing);
	lines_count(to, "lines", e->lines);
	lines_dong(to, "debits", e->debits);
	lines_dong(to, "credits", e->credits);
	lines_count(to, "pages", e->pages);
	lines_hash(to, "root", &e->root);
	lines_code(to, "source", e->source);
	lines_yes_no(to, "complete", e->complete);
	lines_yes_no(to, "chained", e->chained);
	entry = entry_told(a, by, LEAF_STATEMENT_FILE, to);
	entry.idem = arena_printf(a, "s%s.%s", e->funding_account, day_format(e->day, day));
	return entry;
}

const char *statement_fact_key(struct arena *a, const struct statement_fact *e)
{
	struct hash entry = sha256(bytes_z(e->entry));
	char hex[HASH_HEX_SIZE], day[DAY_TEXT_SIZE];

	hash_hex(&entry, hex);
	if (e->open_day)
		return arena_printf(a, "i%s.%.32s", e->funding_account, hex);
	if (e->part == 0)
		return arena_printf(a, "l%s.%s.%.32s", e->funding_account, day_format(e->day, day), hex);
	return arena_printf(
		a, "l%s.%s.%.32s.%d", e->funding_account, day_format(e->day, day), hex, (int)e->part);
}

static struct entry fact_entry(
	struct arena *a, const struct told_by *by, const struct statement_fact *e, enum leaf_kind kind)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	bool agent = kind == LEAF_AGENT_ADVANCED || kind == LEAF_AGENT_RETURNED;
	struct entry entry;

	lines_code(to, "funding-account", e->funding_account);
	if (agent)
		lines_code(to, "channel", e->channel);
	lines_dong(to, "amount", e->amount);
	if (kind == LEAF_SUSPENSE)
		lines_code(to, "side", e->debit ? "debit" : "credit");
	lines_text(to, "entry", e->entry);
	if (kind == LEAF_FEE)
		lines_text_if(to, "rule", e->rule);
	else if (kind == LEAF_SUSPENSE)
		lines_count(to, "break", e->break_id);
	else
		lines_text_if(to, "order", e->order);
	entry = entry_told(a, by, kind, to);
	entry.idem = statement_fact_key(a, e);
	entry.refs = entry_key(a, "line:", e->line, "");
	return entry;
}

struct entry entry_funding(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_FUNDING);

	post_funding(a, e, &entry);
	return entry;
}

struct entry entry_fee(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_FEE);

	post_fee(a, e, &entry);
	return entry;
}

struct entry entry_suspense(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_SUSPENSE);

	entry.refs = entry_key(a, "line:", e->line, entry_key(a, " break:", e->break_id, ""));
	post_suspense(a, e, &entry);
	return entry;
}

struct entry entry_agent_advanced(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_AGENT_ADVANCED);

	post_agent_advanced(a, e, &entry);
	return entry;
}

struct entry entry_agent_returned(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_AGENT_RETURNED);

	post_agent_returned(a, e, &entry);
	return entry;
}

struct entry entry_refund(struct arena *a, const struct told_by *by, const struct statement_fact *e)
{
	struct entry entry = fact_entry(a, by, e, LEAF_REFUND);

	post_refund(a, e, &entry);
	return entry;
}

struct entry entry_break_opened(struct arena *a, const struct told_by *by, const struct break_opened *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_count(to, "break", e->break_id);
	lines_code(to, "kind", e->kind);
	lines_code(to, "funding-account", e->funding_account);
	lines_day(to, "day", e->day);
	lines_dong(to, "amount", e->amount);
	if (e->id != NULL)
		lines_code(to, "id", e->id);
	lines_text_if(to, "entry", e->entry);
	entry = entry_told(a, by, LEAF_BREAK_OPENED, to);
	entry.idem = entry_key(a, "k", e->break_id, ".opened");
	entry.refs = entry_key(a, "break:", e->break_id, "");
	return entry;
}

static const char *resolution_name(enum resolved_as as)
{
	switch (as) {
	case RESOLVED_WITHOUT_ENTRY: return "without_entry";
	case RESOLVED_FEE: return "fee";
	case RESOLVED_PAID_AFTER_ALL: return "paid_after_all";
	case RESOLVED_RECOVERY: return "recovery";
	case RESOLVED_TAKEN_BACK: return "taken_back";
	case RESOLVED_FUNDING: return "funding";
	case RESOLVED_RETURN: return "return";
	case RESOLVED_REFUNDABLE: return "refundable";
	case RESOLVED_SENT_BACK: return "sent_back";
	}
	bug("no such resolution: %d", (int)as);
}

struct entry entry_break_resolved(struct arena *a, const struct told_by *by, const struct break_resolved *e)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct buf *to = &text;
	struct entry entry;

	lines_count(to, "break", e->break_id);
	lines_code(to, "kind", e->kind);
	lines_code(to, "funding-account", e->funding_account);
	lines_dong(to, "amount", e->amount);
	lines_code(to, "outcome", resolution_name(e->as));
	if (e->id != NULL)
		lines_code(to, "id", e->id);
	lines_officers(to, e->officers);
	entry = entry_told(a, by, LEAF_BREAK_RESOLVED, to);
	entry.idem = entry_key(a, "k", e->break_id, ".resolved");
	entry.refs = entry_key(a, "break:", e->break_id, "");
	post_break_resolved(a, e, &entry);
	return entry;
}
