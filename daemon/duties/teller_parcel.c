/* teller_parcel.c: payments become messages: cut, encoded, signed. In a worker; no database. */
#include "daemon/duties/teller.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"

#define BODY_MAX ((size_t)1 << 20)

/* ---- queues --------------------------------------------------------------------------------------------------------- */

void requests_add(struct requests *q, struct request *r)
{
	r->next = NULL;
	if (q->last)
		q->last->next = r;
	else
		q->first = r;
	q->last = r;
	q->n++;
}

struct request *requests_take(struct requests *q)
{
	struct request *r = q->first;
	if (!r)
		return NULL;
	q->first = r->next;
	if (!q->first)
		q->last = NULL;
	q->n--;
	r->next = NULL;
	return r;
}

void parcel_add(struct teller *t, struct parcel *p)
{
	p->prev = NULL;
	p->next = t->parcels;
	if (p->next)
		p->next->prev = p;
	t->parcels = p;
}

void parcel_remove(struct teller *t, struct parcel *p)
{
	if (p->prev)
		p->prev->next = p->next;
	else
		t->parcels = p->next;
	if (p->next)
		p->next->prev = p->prev;
	p->next = p->prev = NULL;
}

/* ---- parcels -------------------------------------------------------------------------------------------------------- */

struct parcel *parcel_new(struct bank *b, enum call call, size_t n)
{
	struct arena *a = arena_new();
	struct parcel *p = arena_zalloc(a, sizeof *p);
	p->arena = a;
	p->bank = b;
	p->call = call;
	p->n = n;
	p->payouts = arena_array(a, n, int64_t);
	p->payments = arena_array(a, n, struct payment);
	p->debtors = arena_array(a, n, const char *);
	p->valid_until_us = arena_array(a, n, int64_t);
	if (call == CALL_ENQUIRY) {
		p->dispatches = arena_array(a, n, struct dispatch_ref);
		p->may_again = arena_array(a, n, uint8_t);
		return p;
	}
	p->payees = arena_array(a, n, struct payee);
	p->accounts = arena_array(a, n, struct hash);
	p->programmes = arena_array(a, n, const char *);
	return p;
}

void request_free(struct request *r)
{
	buf_free(&r->body);
	free(r->raw.memory);
	r->raw = (struct heard_raw){0};
}

void parcel_free(struct parcel *p)
{
	for (size_t i = 0; i < p->requests_n; i++)
		request_free(&p->requests[i]);
	arena_free(p->arena);
}

/* Transfers of one message share debtor, valid-until and programme; enquiries the debtor. */
static bool fit_together(const struct parcel *p, size_t a, size_t b)
{
	return strcmp(p->debtors[a], p->debtors[b]) == 0 &&
	       (p->call != CALL_TRANSFER || (p->valid_until_us[a] == p->valid_until_us[b] &&
						    strcmp(p->programmes[a], p->programmes[b]) == 0));
}

/* 0 is never. */
static int64_t sooner(int64_t a, int64_t b)
{
	return a && (!b || a < b) ? a : b;
}

void parcel_cut(struct parcel *p, size_t items, int64_t business_now_us, int64_t monotonic_now_us)
{
	p->requests = arena_array(p->arena, p->n, struct request);
	if (items > MESSAGE_ITEMS_MAX)
		items = MESSAGE_ITEMS_MAX;
	for (size_t first = 0, end; first < p->n; first = end) {
		for (end = first + 1; end < p->n && end - first < items && fit_together(p, first, end);)
			end++;
		struct request *r = &p->requests[p->requests_n++];
		*r = (struct request){
			.call = p->call,
			.bank = p->bank,
			.parcel = p,
			.first = first,
			.n = end - first,
			.reply_items = end - first,
			.leave_by_us = INT64_MAX,
			.body = BUF(BODY_MAX),
		};
		if (p->call == CALL_TRANSFER)
			r->leave_by_us = monotonic_now_us - business_now_us +
					 attempt_leave_by(p->valid_until_us[first],
						 sooner(p->known_until_us, p->cut_off_us));
		if (p->call == CALL_ENQUIRY)
			r->again = arena_array(p->arena, r->n, uint8_t);
	}
	p->open = p->requests_n;
}

/* ---- messages ------------------------------------------------------------------------------------------------------- */

void message_id_new(struct teller *t, char kind, char out[static MESSAGE_ID_SIZE])
{
	int n = snprintf(out, MESSAGE_ID_SIZE, "%c-%" PRIu64 "-%s", kind, ++t->message_n, t->message_tag);
	bug_if(n < 0 || n >= MESSAGE_ID_SIZE);
}

struct transfer transfer_of(const struct request *r)
{
	const struct parcel *p = r->parcel;
	return (struct transfer){
		.message_id = r->message_id,
		.debtor_account = p->debtors[r->first],
		.valid_until_us = p->valid_until_us[r->first],
		.payments = p->payments + r->first,
		.payees = p->payees + r->first,
		.n = r->n,
	};
}

struct enquiry enquiry_of(const struct request *r)
{
	const struct parcel *p = r->parcel;
	return (struct enquiry){
		.message_id = r->message_id,
		.debtor_account = p->debtors[r->first],
		.payments = p->payments + r->first,
		.n = r->n,
	};
}

void request_sign(struct request *r)
{
	r->signed_us = monotonic_us();
	signed_request(r->bank->key, r->message_id, wall_us() / 1000000, buf_bytes(&r->body), &r->headers);
}

bool request_prepare(struct request *r, struct why *why)
{
	buf_reset(&r->body);
	if (r->call == CALL_TRANSFER) {
		message_id_new(r->bank->teller, 'T', r->message_id);
		struct transfer t = transfer_of(r);
		if (!r->parcel->driver->encode_transfer(&t, &r->body, why))
			return false;
	} else {
		message_id_new(r->bank->teller, 'E', r->message_id);
		struct enquiry e = enquiry_of(r);
		if (!r->parcel->driver->encode_enquiry(&e, &r->body, why))
			return false;
	}
	request_sign(r);
	return true;
}
