/* explain.h: what an officer reads out to a citizen: how an amount was worked out, what became of it, and why there is none. In
 * Vietnamese. Pure.
 *
 * Claims keep their working in one line ("335/2026/ND-CP: 540.000 × 1,5 = 810.000; cao hơn SA_ELDER_C 540.000"); here it becomes a
 * sentence. A working of another form is read out as it stands. */
#ifndef LEDGER_REGISTER_EXPLAIN_H
#define LEDGER_REGISTER_EXPLAIN_H

#include "ledger/register/owed.h"

struct explain_names {
	size_t n;
	const char *const *codes, *const *names; /* of rates */
};

/* "Nghị định 335/2026/NĐ-CP", "Quyết định 08/2022/QĐ-TTg". */
const char *explain_decree(struct arena *a, const char *decree);

/* "mức chuẩn 540.000 đồng nhân hệ số 1,5 bằng 810.000 đồng, theo Nghị định …; …" */
const char *explain_working(struct arena *a, const struct explain_names *names, const char *working);

/* What a rate is called; its code when it has no name. */
const char *explain_name(const struct explain_names *names, const char *code);

/* A payout's state, "in_batch", "open" or "voided", said so that the citizen knows where the money is. */
const char *explain_state(const char *state);

/* Why a month gives nothing. */
const char *explain_answer(enum entitle_answer answer);

/* "tháng 7/2026". */
const char *explain_month(struct arena *a, struct month m);

/* Why two officers have still to decide, as said to a citizen. */
const char *explain_finding(struct arena *a, const char *code, const char *facts);

#endif
