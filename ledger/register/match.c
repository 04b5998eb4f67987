#include "ledger/register/match.h"

#include <string.h>

bool match_receives(const char *status)
{
	return strcmp(status, "open") == 0 || strcmp(status, "dormant") == 0;
}

struct match_verdict match_judge(const struct match_asked *asked)
{
	struct match_verdict v = {.grade = NAME_DIFFERENT};
	const char *should = asked->own ? asked->person : asked->holder;
	bool in_force = asked->authority &&
			(!asked->authority_ends || day_cmp(asked->authority_until, asked->pay_day) >= 0);
	if (asked->bank_holder)
		v.grade = name_grade(bytes_z(should), bytes_z(asked->bank_holder));
	v.by_officers = asked->own && !asked->id_match && asked->vouched && !asked->id_denied;
	v.linked = asked->own ? asked->id_match || v.by_officers : in_force;
	v.passes = match_receives(asked->status) && v.linked && v.grade <= NAME_FOLDED;
	return v;
}

const char *match_problem(bool own, const char *status, const char *grade, bool authority_in_force)
{
	if (!match_receives(status))
		return "account_closed";
	if (strcmp(grade, "partial") == 0 || strcmp(grade, "different") == 0)
		return "account_name";
	return own || authority_in_force ? "account_id" : "authority_over";
}
