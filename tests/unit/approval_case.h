/* approval_case.h: a batch with its two approvals and their certificates, whole and signed, of which a test may bend every part. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "ledger/payout/verify.h"
#include "tests/lib/tap.h"

#define S   INT64_C(1000000)
#define NOW (INT64_C(1712106000) * S) /* 2024-04-03T01:00:00Z */
#define DAY (INT64_C(86400) * S)

enum person { MINH, HOA, LAN, PEOPLE };
static const char *const logins[PEOPLE] = {"minh", "hoa", "lan"};

static struct sign_key *admins[3], *officers[PEOPLE], *stranger;
static struct trust trust;

static inline struct sign_key *key(uint8_t n)
{
	struct key32 seed;
	memset(seed.b, n, sizeof seed.b);
	return sign_from_seed(&seed);
}

static inline void make_keys(void)
{
	for (uint8_t i = 0; i < 3; i++) {
		admins[i] = key((uint8_t)(1 + i));
		officers[i] = key((uint8_t)(11 + i));
		trust.admins[i] = sign_public(admins[i]);
	}
	stranger = key(99);
	trust.n = 3;
	trust.threshold = 2;
}

/* ---- one whole case, every part of which a test may bend --------------------------------------------------------------- */

struct certificate_case {
	struct certificate c;
	struct mandate mandates[2];
	const struct sign_key *by[3];
};

struct approval_case {
	struct approval a;
	const struct sign_key *by;
};

struct scene {
	struct arena *arena;
	struct hash roots[3]; /* of the bundle */
	struct certificate_case certificates[2];
	struct approval_case approvals[2];
	struct batch_proof proof;
	struct approval_proof proofs[2];
};

static inline struct certificate_case certificate_of(enum person who, const char *role)
{
	struct certificate_case c = {.c = {.officer = logins[who],
					     .name = "Nguyễn Văn Minh",
					     .key = sign_public(officers[who]),
					     .n = 1,
					     .not_before_us = NOW - DAY,
					     .not_after_us = NOW + 300 * DAY,
					     .serial = 1},
		.mandates = {{.role = role, .agency = "agency-a", .area = "*", .limit = vnd(1000000)}},
		.by = {admins[0], admins[2]}};
	return c;
}

static inline struct scene *scene_new(struct arena *a)
{
	static const char *const words[] = {"22915 2004-01-01 2025-06-30", "60 2004-01-01 9999-12-31"};
	struct scene *s = arena_zalloc(a, sizeof *s);
	s->arena = a;
	for (size_t i = 0; i < 3; i++) {
		memset(s->roots[i].b, (int)(0x40 + i), sizeof s->roots[i].b);
	}
	s->certificates[0] = certificate_of(MINH, "checker");
	s->certificates[1] = certificate_of(HOA, "approver");
	for (size_t i = 0; i < 2; i++)
		s->approvals[i] = (struct approval_case){.a = {.batches = 3,
								 .lines = 30,
								 .sum = vnd(2000000),
								 .agency = "agency-a",
								 .officer = s->certificates[i].c.officer,
								 .role = i ? ROLE_APPROVER : ROLE_CHECKER,
								 .time_us = NOW,
								 .expires_us = NOW + 30 * DAY},
			.by = officers[i ? HOA : MINH]};
	s->proof = (struct batch_proof){.root = s->roots[1],
		.lines = 10,
		.sum = vnd(900000),
		.agency = "agency-a",
		.areas = words,
		.n_areas = COUNT_OF(words),
		.n = 2,
		.approvals = s->proofs};
	return s;
}

static inline struct bytes sealed_text(struct scene *s, struct buf *b)
{
	return buf_copy(b, s->arena);
}

/* Signs everything as it stands in the scene now. */
static inline void sign_all(struct scene *s)
{
	CLEANUP(buf_free) struct buf b;
	buf_init(&b, CERTIFICATE_MAX);
	for (size_t i = 0; i < 2; i++) {
		struct certificate_case *c = &s->certificates[i];
		struct approval_proof *p = &s->proofs[i];
		c->c.mandates = c->mandates;
		buf_reset(&b);
		certificate_text(&c->c, &b);
		p->certificate = sealed_text(s, &b);
		buf_reset(&b);
		for (size_t k = 0; k < 3 && c->by[k]; k++)
			admin_sign(c->by[k], p->certificate, &b);
		p->certificate_signatures = sealed_text(s, &b);
		struct bundle bundle;
		bundle_make(s->arena, s->roots, 3, &bundle);
		p->place = bundle_place(s->arena, &bundle, 1);
		struct approval *a = &s->approvals[i].a;
		a->bundle = bundle.root;
		a->certificate = sha256(p->certificate);
		buf_reset(&b);
		approval_text(a, &b);
		p->text = sealed_text(s, &b);
		p->signature = sign_detached(s->approvals[i].by, p->text);
	}
}

static inline void free_keys(void)
{
	for (size_t i = 0; i < 3; i++) {
		sign_free(admins[i]);
		sign_free(officers[i]);
	}
	sign_free(stranger);
}
