/* change.h: one row of a list that says what happened to people: who leaves a programme, who moved, whose particulars were
 * corrected, who is granted something.
 *
 * Pure, like entry.h: what can be said of a row from itself. Whether the person is registered or enrolled is import_changes_store's. */
#ifndef LEDGER_REGISTER_CHANGE_H
#define LEDGER_REGISTER_CHANGE_H

#include "ledger/register/entry.h"

struct change_entry {
	int32_t row;
	enum entry_status status;
	const char *code;
	int column;
	const char *raw;
	struct personal_id id; /* of a correction: the new one */
	/* Of a correction: by which the person is registered. Nine digits: an old card's, which finds the person or is kept. */
	bool has_old, has_cmnd;
	struct personal_id old, cmnd;
	const char *name, *name_fold;
	int birth_year; /* 0: the list says none */
	bool birth_whole;
	struct day birth;
	char sex;                      /* 0: the list says none */
	struct month month;            /* of a decrease: from which nothing is owed */
	const char *reason, *decision; /* of a decrease; decision "" when the list names none */
	const char *place;             /* of a move: where to; "" when the list does not say */
	struct day day;                /* of a move or a correction */
	bool has_amount;               /* of a grant, when the list says one */
	struct vnd amount;
};

/* kind: LIST_DECREASE, LIST_MOVES, LIST_CORRECTIONS or LIST_GRANTS. Texts live in the row. */
void change_judge(struct arena *a, const struct reference *r, enum list_kind kind, const struct list_row *row,
	struct change_entry *out);

#endif
