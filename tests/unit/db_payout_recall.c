/* Payments that a bank is asked to give back: by two officers, once, and what the bank answered. */
#include "ledger/payout/recall_store.h"
#include "tests/unit/db_batch.h"
#include "tests/unit/db_each.h"

static const char *id; /* of a payout that has left */
static struct recalls list;

static enum result end(struct work *w, enum result r)
{
	return r == OK ? tx_commit(w) : r;
}

static enum result ask_by(struct work *w, int who, const char *of)
{
	enum result r = enter(w, who);
	return end(w, r == OK ? recall_ask(w, of, "DUPL", "paid twice") : r);
}
static enum result confirm_by(struct work *w, int who)
{
	enum result r = enter(w, who);
	return end(w, r == OK ? recall_confirm(w, id) : r);
}

static enum result ask(struct work *w)
{
	return ask_by(w, MINH, id);
}
static enum result confirm(struct work *w)
{
	return confirm_by(w, HOA);
}
static enum result answer(struct work *w)
{
	enum result r = enter(w, HOA);
	return end(w, r == OK ? recall_say(w, id, "refused", "letter 12") : r);
}
static enum result list_open(struct work *w)
{
	enum result r = enter(w, HOA);
	return end(w, r == OK ? recall_list(w, false, &list) : r);
}
static enum result list_all(struct work *w)
{
	enum result r = enter(w, HOA);
	return end(w, r == OK ? recall_list(w, true, &list) : r);
}

static const char *id_of(struct work *w, int64_t batch, int line)
{
	return arena_strdup(w->arena,
		scene("select end_to_end_id from payout.payout where batch = %" PRId64 " and line = %d",
			batch, line));
}

int main(void)
{
	struct work w = batch_scene_begin("recall");
	int64_t batch = approved_batch(&w, 1, 2, WARD);
	forge("update payout.payout_state s set state = 6 from payout.payout p where p.id = s.payout and p.line = 1 and p.batch =",
		batch);
	id = id_of(&w, batch, 1);
	ok(refused_now(&w, ask_by(&w, MINH, "7ZZZZZZZZZZZZZZZZZZ"), "payout_unknown"),
		"no payout is not recalled");
	ok(refused_now(&w, ask_by(&w, MINH, id_of(&w, batch, 2)), "not_to_recall"),
		"nor is one that has not left");
	ok(refused_now(&w, confirm(&w), "not_proposed"), "nobody confirms what nobody asks for");
	each(&w, "an officer asks for it back", ask);
	ok(refused_now(&w, confirm_by(&w, MINH), "same_officer"), "one alone does not recall");
	ok(refused_now(&w, answer(&w), "recall_unasked"), "nor has the bank anything to answer yet");
	ok(refused_now(&w, ask_by(&w, MINH, id), "recall_differs"), "it is asked once");
	each(&w, "another confirms it", confirm);
	each(&w, "what is open is listed", list_open);
	is_i64((int64_t)list.n, 1, "one");
	ok(list.n == 1 && strcmp(list.at[0].id, id) == 0 && vnd_dong(list.at[0].amount) == 1000000 &&
			strcmp(list.at[0].cause, "DUPL") == 0 && strcmp(list.at[0].bank, "DEMO") == 0 &&
			!list.at[0].answer,
		"with what it is about");
	is_str(list.n == 1 ? arena_printf(w.arena, "%s %s %s %s", list.at[0].state, list.at[0].stands,
				     list.at[0].first, list.at[0].second)
			   : "",
		"credited asked minh hoa", "how it stands, and who said so; its payout stays where it is");
	each(&w, "the bank's refusal is written down", answer);
	ok(went(&w, list_open(&w)) && list.n == 0, "then it is over");
	ok(went(&w, list_all(&w)) && list.n == 1 && strcmp(list.at[0].stands, "refused") == 0 &&
			strcmp(list.at[0].answer, "letter 12") == 0,
		"and shown with all of them");
	ok(refused_now(&w, answer(&w), "recall_unasked"), "the bank answers once");
	batch_scene_end(&w);
	return done_testing();
}
