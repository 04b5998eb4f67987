/* teller_law7.c: the teller trusts no row (law 7).
 *
 * A payout may leave when its line, recomputed from the rows, is a line of a batch whose root certified officers signed, and when
 * the account that is opened for it is the signed one. Whom to believe comes from this process's own configuration. A
 * batch that was verified is remembered by the hashes of its lines, so a big one is verified once. */
#include "daemon/duties/teller.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/payout/approve_store.h"
#include "ledger/register/account_hash.h"

#define LINES_MAX   262144 /* hashes that are remembered: 8 MiB */
#define SKEW_MAX_US INT64_C(60000000)

struct verified {
	int64_t batch;
	int32_t version;
	uint64_t used;
	size_t n;
	struct hash *lines; /* their leaves */
	struct hash root;
	struct vnd sum;
};

struct law7 {
	struct trust trust;
	struct verify_memo *memo;
	const struct kek_set *keks;
	bool sandbox;
	struct hash *revoked; /* all that were ever seen; a row that vanishes is not forgotten */
	size_t revoked_n;
	int64_t revocations; /* rows when they were read; -1: not yet */
	struct verified *at;
	size_t n, room, lines;
	uint64_t tick;
};

void law7_free(struct law7 *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i].lines);
	verify_memo_free(l->memo);
	free(l->at);
	free(l->revoked);
	free(l);
}

struct law7 *law7_new(const struct trust *trust, const struct kek_set *keks, bool sandbox)
{
	struct law7 *l = calloc(1, sizeof *l);
	bug_if(!l);
	l->trust = *trust;
	l->memo = verify_memo_new();
	l->keks = keks;
	l->sandbox = sandbox;
	l->revocations = -1;
	return l;
}

/* ---- revocations ---------------------------------------------------------------------------------------------------- */

static void revoke(struct law7 *l, const struct hash *certificate)
{
	for (size_t i = 0; i < l->revoked_n; i++)
		if (hash_eq(&l->revoked[i], certificate))
			return;
	l->revoked = realloc(l->revoked, (l->revoked_n + 1) * sizeof *l->revoked);
	bug_if(!l->revoked);
	l->revoked[l->revoked_n++] = *certificate;
	l->trust.revoked = l->revoked;
	l->trust.n_revoked = l->revoked_n;
}

static enum result learn_revocations(struct law7 *l, struct work *w, int64_t count)
{
	if (l->revocations == count)
		return OK;
	struct revocations all;
	enum result r = officer_revocations(w, &all);
	if (r != OK)
		return r;
	for (size_t i = 0; i < all.n; i++) {
		struct revocation revocation;
		struct why why = {0};
		if (revocation_verify(
			    w->arena, &l->trust, all.at[i].text, all.at[i].signatures, &revocation, &why))
			revoke(l, &revocation.certificate);
		else
			log_event(LOG_WARN, "revocation_ignored", K_WHY(&why));
	}
	l->revocations = count;
	return OK;
}

/* ---- batches -------------------------------------------------------------------------------------------------------- */

static struct verified *find(struct law7 *l, const struct batch_terms *terms)
{
	for (size_t i = 0; i < l->n; i++) {
		struct verified *v = &l->at[i];
		if (v->batch == terms->batch && v->version == terms->version) {
			v->used = ++l->tick;
			return v;
		}
	}
	return NULL;
}

static void drop(struct law7 *l, size_t i)
{
	l->lines -= l->at[i].n;
	free(l->at[i].lines);
	l->at[i] = l->at[--l->n];
}

/* Makes room for n lines; what was not used for longest goes first. An earlier entry of the same batch goes too. */
static void make_room(struct law7 *l, const struct batch_terms *terms, size_t n)
{
	for (size_t i = l->n; i-- > 0;)
		if (l->at[i].batch == terms->batch)
			drop(l, i);
	while (l->n > 0 && l->lines + n > LINES_MAX) {
		size_t oldest = 0;
		for (size_t i = 1; i < l->n; i++)
			if (l->at[i].used < l->at[oldest].used)
				oldest = i;
		drop(l, oldest);
	}
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->at = realloc(l->at, l->room * sizeof *l->at);
		bug_if(!l->at);
	}
}

static void keep(struct law7 *l, const struct batch_terms *terms, const struct verified *from)
{
	make_room(l, terms, from->n);
	struct hash *copy = malloc((from->n + 1) * sizeof *copy);
	bug_if(!copy);
	memcpy(copy, from->lines, from->n * sizeof *copy);
	l->lines += from->n;
	struct verified *v = &l->at[l->n++];
	*v = *from;
	v->batch = terms->batch;
	v->version = terms->version;
	v->used = ++l->tick;
	v->lines = copy;
}

/* Remembers a batch by its lines; not, when they are no whole batch. */
static void remember(struct law7 *l, struct work *w, const struct batch_terms *terms,
	const struct pay_line *lines, size_t n)
{
	struct verified v = {.n = n, .lines = arena_array(w->arena, n, struct hash)};
	for (size_t i = 0; i < n; i++) {
		if (lines[i].line != (int64_t)i + 1)
			return;
		v.lines[i] = pay_line_leaf(&lines[i]);
		bug_if(!vnd_add(v.sum, lines[i].amount, &v.sum));
	}
	v.root = merkle_root(v.lines, n);
	keep(l, terms, &v);
}

/* Those of these batches (by id) that are not remembered, as their rows are now. */
static enum result recompute(struct law7 *l, struct work *w, const struct batch_terms *const *terms, size_t n)
{
	const struct batch_terms **missing = arena_array(w->arena, n, const struct batch_terms *);
	size_t missing_n = 0, lines_n;
	for (size_t i = 0; i < n; i++)
		if (!find(l, terms[i]))
			missing[missing_n++] = terms[i];
	if (missing_n == 0)
		return OK;
	struct pay_line *lines;
	enum result r = batch_lines(w, missing, missing_n, &lines, &lines_n);
	if (r != OK)
		return r;
	for (size_t i = 0, first = 0, end; i < missing_n; i++, first = end) {
		for (end = first; end < lines_n && lines[end].batch == missing[i]->batch;)
			end++;
		remember(l, w, missing[i], lines + first, end - first);
	}
	return OK;
}

/* The approvals of every batch among the payables, asked for in one query. */
struct proven {
	const struct batch_terms **terms; /* by batch id */
	struct proofs *proofs;
	size_t n;
};

static int by_batch(const void *a, const void *b)
{
	const struct batch_terms *const *x = a, *const *y = b;
	return ((*x)->batch > (*y)->batch) - ((*x)->batch < (*y)->batch);
}

static enum result load_proofs(struct work *w, const struct payable *at, size_t n, struct proven *out)
{
	struct proven p = {.terms = arena_array(w->arena, n, const struct batch_terms *)};
	for (size_t i = 0; i < n; i++)
		if (i == 0 || at[i].terms != at[i - 1].terms)
			p.terms[p.n++] = at[i].terms;
	qsort(p.terms, p.n, sizeof *p.terms, by_batch);
	size_t k = 0;
	for (size_t i = 0; i < p.n; i++)
		if (k == 0 || p.terms[k - 1] != p.terms[i])
			p.terms[k++] = p.terms[i];
	p.n = k;
	struct batches batches = {.n = p.n, .at = arena_array(w->arena, p.n, struct batch)};
	for (size_t i = 0; i < p.n; i++)
		batches.at[i].id = p.terms[i]->batch;
	enum result r = approve_proofs(w, &batches, &p.proofs);
	if (r == OK)
		*out = p;
	return r;
}

/* NULL and why filled: the batch may not be paid. */
static enum result verify(struct law7 *l, struct work *w, const struct batch_terms *terms,
	const struct proven *proven, int64_t now_us, struct verified **out, struct why *why)
{
	struct verified *v = find(l, terms);
	if (!v) { /* no whole batch; or so many at once that it was forgotten again */
		enum result r = recompute(l, w, &terms, 1);
		if (r != OK)
			return r;
		v = find(l, terms);
	}
	*out = NULL;
	const struct batch_terms *const *at = bsearch(
		&terms, proven->terms, proven->n, sizeof *proven->terms, by_batch);
	bug_if(!at);
	if (!v) {
		why_set(why, "batch_lines", "the lines of the batch have gaps");
		return OK;
	}
	const struct proofs *proofs = &proven->proofs[at - proven->terms];
	struct batch_proof proof = {
		.root = v->root,
		.lines = (int64_t)v->n,
		.sum = v->sum,
		.agency = terms->agency,
		.areas = terms->area_words,
		.n_areas = terms->n_area_words,
		.n = proofs->n,
		.approvals = proofs->at,
	};
	if (verify_batch(&l->trust, &proof, now_us, l->memo, why))
		*out = v;
	else
		drop(l, (size_t)(v - l->at)); /* when its rows are put right, it is looked at anew */
	return OK;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------- */

/* The one account that the line may go to. RETRY: nobody can say (kek_missing). */
static enum result judge_cash(
	const struct law7 *l, struct work *w, const char *agent, const struct payable *p, bool *same)
{
	struct key32 key;
	enum result r = data_key_open(w, l->keks, p->person, p->wrapped, &key);
	if (r != OK)
		return r;
	struct hash expected = account_hash_cash(agent, &p->line.anchor, &key);
	secret_wipe(&key, sizeof key);
	*same = hash_eq(&expected, &p->line.account);
	return OK;
}

static enum result judge_bank(
	const struct law7 *l, struct work *w, const struct payable *p, struct payment *out, bool *same)
{
	enum result r = account_open(w, l->keks, p, &out->account);
	if (r != OK)
		return r;
	struct hash really = account_hash(&p->salt, p->bank, out->account.text);
	*same = hash_eq(&really, &p->line.account);
	return OK;
}

static enum result judge_account(struct law7 *l, struct work *w, const char *bank, bool cash,
	const struct payable *p, struct judged *out)
{
	bool same = false;
	enum result r = OK;
	if (!cash && p->bank && strlen(p->bank) >= BANK_CODE_SIZE)
		out->refused = "bank_code";
	else if (cash == !p->bank && p->wrapped.n == 0)
		out->refused = "account_erased";
	else if (cash == !p->bank)
		r = cash ? judge_cash(l, w, bank, p, &same) : judge_bank(l, w, p, &out->payment, &same);
	if (r == RETRY)
		return r;
	if (!out->refused && !same)
		out->refused = r == OK ? "account_changed" : "account_unreadable";
	return OK;
}

/* ---- one payout ----------------------------------------------------------------------------------------------------- */

static const char *judge_line(
	const struct verified *v, const struct dispatch_head *now, int64_t channel, struct payable *p)
{
	if (p->terms->channel != channel)
		return "channel_changed";
	struct hash leaf = pay_line_leaf(&p->line);
	if (p->line.line < 1 || (size_t)p->line.line > v->n || !hash_eq(&leaf, &v->lines[p->line.line - 1]))
		return "line_changed";
	p->line_hash = leaf;
	if (attempt_is_over(p->line.valid_until_us, now->now_us))
		return "valid_until_over";
	if (day_cmp(p->line.not_before, now->today) > 0)
		return "too_early";
	return NULL;
}

/* Characters, not bytes; the bank takes 70. */
static const char *cut_name(struct arena *a, const char *name)
{
	size_t n = 0, characters = 0;
	for (; name[n] && characters <= 70; n++)
		if (((unsigned char)name[n] & 0xc0) != 0x80 && ++characters > 70)
			break;
	return arena_strndup(a, name, n);
}

static void address(struct work *w, const struct payable *p, struct judged *out)
{
	char month[MONTH_TEXT_SIZE];
	memcpy(out->payment.e2e, p->line.id, sizeof out->payment.e2e);
	out->payment.amount = p->line.amount;
	if (!p->bank) {
		out->payee = (struct payee){.name = p->name, .remittance = ""};
		return;
	}
	snprintf(out->payee.bank, sizeof out->payee.bank, "%s", p->bank);
	out->payee.name = cut_name(w->arena, p->holder);
	out->payee.remittance = arena_printf(w->arena, "%s CHI TRA %s %s", p->line.id, p->line.programme,
		month_format(p->line.month, month));
}

static enum result verified_batch(struct law7 *l, struct work *w, const struct batch_terms *terms,
	const struct proven *proven, int64_t now_us, struct verified **v, const char **refused)
{
	*refused = NULL;
	if (strcmp(terms->state, "released") != 0) {
		*refused = "batch_not_released";
		return OK;
	}
	struct why why = {0};
	enum result r = verify(l, w, terms, proven, now_us, v, &why);
	if (r != OK || *v)
		return r;
	log_event(LOG_ERROR, "law7_batch_refused", K_I64("batch", terms->batch),
		K_I64("version", terms->version), K_WHY(&why));
	*refused = arena_strdup(w->arena, why.code);
	return OK;
}

/* Outside a sandbox the business clock is the real one; when they part, nobody knows what day it is. That it is one, the database says
 * and our configuration. */
static bool clocks_agree(
	const struct law7 *l, const struct dispatch_head *now, int64_t real_us, struct why *why)
{
	int64_t skew = now->now_us - real_us;
	if (now->sandbox && !l->sandbox)
		return why_set(why, "not_a_sandbox",
			"the database calls itself a sandbox, and [teller] sandbox does not");
	if (now->sandbox || (skew < SKEW_MAX_US && skew > -SKEW_MAX_US))
		return true;
	return why_set(why, "clock_skew", "the business clock and this host's differ by %" PRId64 " s",
		skew / 1000000);
}

enum result law7_judge(struct law7 *l, struct work *w, const struct dispatch_head *now, const char *bank,
	int64_t channel, bool cash, struct payable *at, size_t n, struct judged *out)
{
	int64_t real_us = wall_us();
	if (!clocks_agree(l, now, real_us, &w->why))
		return RETRY;
	enum result r = learn_revocations(l, w, now->revocations);
	if (r != OK)
		return r;
	struct proven proven;
	if (n == 0)
		return OK;
	r = load_proofs(w, at, n, &proven);
	if (r != OK)
		return r;
	r = recompute(l, w, proven.terms, proven.n);
	if (r != OK)
		return r;
	const struct batch_terms *terms = NULL;
	struct verified *v = NULL;
	const char *batch_refused = NULL;
	for (size_t i = 0; i < n; i++) {
		if (at[i].terms != terms) {
			terms = at[i].terms;
			r = verified_batch(l, w, terms, &proven, real_us, &v, &batch_refused);
			if (r != OK)
				return r;
		}
		out[i].refused = batch_refused;
		if (!batch_refused)
			out[i].refused = judge_line(v, now, channel, &at[i]);
		if (!out[i].refused)
			r = judge_account(l, w, bank, cash, &at[i], &out[i]);
		if (r != OK)
			return r;
		if (!out[i].refused)
			address(w, &at[i], &out[i]);
		else if (!batch_refused)
			log_event(LOG_ERROR, "law7_payout_refused", K_I64("payout", at[i].payout),
				K_STR("code", out[i].refused));
	}
	return OK;
}
