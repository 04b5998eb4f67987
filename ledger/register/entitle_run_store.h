/* entitle_run_store.h: what the parts of one run of entitlement share. Private to entitle_store.c (lists, writing), entitle_chunk_store.c and entitle_history_store.c. */
#ifndef LEDGER_REGISTER_ENTITLE_RUN_STORE_H
#define LEDGER_REGISTER_ENTITLE_RUN_STORE_H

#include "ledger/register/entitle_store.h"
#include "ledger/register/owed.h"

#define ENTITLE_CHUNK 10000 /* people at a time */

struct run {
	struct work *w;
	const struct reference *reference;
	struct rates rates;
	const char *programme;
	struct month period;
	struct day today, known_on; /* whose rates the claims that are being made knew */
	bool sandbox;
	int64_t agency;
	struct entitle_counts *counts;

	/* What was decided, who moved from where, and whose cash lies with the agent: the few whom it is about, by person. */
	struct arena *arena; /* as long as the run */
	bool together;
	struct map standings_of, uncollected_of, moves_of; /* person to the index of the first */
	const char **moved_from;
	const int64_t *standing_person, *uncollected_person;
	const struct standing *standings;
	const struct month *uncollected;
	size_t n_standings, n_uncollected;
};

struct claim_made {
	int64_t person;
	struct day month;
	const char *kind, *area;
	struct day area_from;
	int instalment;
	struct vnd amount;
	size_t n_parts;   /* the next so many of the parts */
	int64_t decision; /* that it comes from; 0: none */
};

struct finding_made {
	int64_t person, file, row; /* file 0: of no row */
	const char *code, *facts;
	bool blocks;
};

struct claimed_at {
	int person, month, kind, instalment, amount, period, known, voided, made, area, area_from, surplus,
		row, joined;
};

struct chunk {
	struct run *run;
	struct arena *arena;
	struct claim_made *claims;
	struct entitle_part *parts;
	struct finding_made *findings;
	size_t n_claims, n_parts, n_findings, room_claims, room_parts, room_findings;
	struct rows claimed; /* of these people, by person; read from claimed_next on */
	struct claimed_at claimed_at;
	size_t claimed_next;
};

/* The columns that entitle_people and entitle_histories share. */
struct enrolled_at {
	int person, kind, category, pct, children, from, to, death, year, birth, area, area_from, recorded;
	int row, joined; /* of entitle_histories alone, else -1 */
};
struct enrolled_at enrolled_at(const struct rows *rows);

/* Whom a claim or a finding is about. */
struct about {
	int64_t person, file, row;
	const char *area;
	struct day area_from;
};

void chunk_add_claim(struct chunk *c, const struct about *about, const struct owed_item *item,
	const char *kind, int64_t decision);
/* facts: beside what the advice for the code says. */
void chunk_add_finding(
	struct chunk *c, const struct about *about, const char *code, const char *facts, bool blocks);

/* Why a month gives no claim: a finding, but of the dead, who are counted. It blocks when a rate or another list is the reason. */
void chunk_add_not(struct chunk *c, const struct about *about, const struct owed_not *n);

/* Loads the claims of people, which ascend, for months since a day. */
enum result chunk_load_claimed(
	struct work *w, struct chunk *c, const int64_t *persons, size_t n, struct day since);

/* What is known of a person, into *asked: his claims (people are asked about in ascending order), what was decided. */
void chunk_history(struct chunk *c, int64_t listed, int64_t person, struct owed_asked *asked);

/* Of rows of entitle_people or entitle_histories: the categories [from, to), where he lives, when he was born and died. */
void chunk_enrolled(struct chunk *c, const struct rows *rows, const struct enrolled_at *at, size_t from,
	size_t to, struct owed_asked *asked);

enum result chunk_write(struct work *w, struct chunk *c);

/* entitle_history_store.c */
enum result history_load(struct run *run) WARN_UNUSED;
/* It is decided that this ward pays him no more. */
bool run_moved_away(const struct run *run, const struct about *about);
enum result history_rises(struct run *run, struct arena *arena) WARN_UNUSED;
enum result history_not_due(struct run *run) WARN_UNUSED;
enum result history_moves(struct run *run) WARN_UNUSED;
enum result history_listed_twice(struct run *run) WARN_UNUSED;
enum result history_grants(struct run *run, struct arena *arena) WARN_UNUSED;

#endif
