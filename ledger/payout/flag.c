#include "ledger/payout/flag.h"

#include <string.h>

#include "ledger/base/result.h"

static const struct {
	const char *name, *vi;
} flags[FLAGS] = {
	[FLAG_CLOSED] = {"account_closed", "tài khoản đã đóng, sẽ không chi"},
	[FLAG_CHANGED] = {"account_changed", "đổi tài khoản từ kỳ trước"},
	[FLAG_FROM_CASH] = {"account_from_cash", "kỳ trước nhận tiền mặt"},
	[FLAG_NEW_PAYEE] = {"account_new_payee", "người khác nhận lần đầu"},
	[FLAG_NEW_LARGE] = {"account_new_large", "tài khoản mới, tiền lớn"},
	[FLAG_SHARED] = {"account_shared", "nhiều người một tài khoản"},
	[FLAG_DORMANT] = {"account_dormant", "tài khoản lâu không dùng"},
	[FLAG_AUTHORITY_ENDS] = {"authority_ends", "ủy quyền sắp hết hạn"},
};

const char *flag_name(enum flag f)
{
	return flags[f].name;
}

const char *flag_vi(enum flag f)
{
	return flags[f].vi;
}

static unsigned if_true(bool is, enum flag f)
{
	return is ? 1u << f : 0;
}

unsigned flags_of(const struct flag_facts *f)
{
	bool shut = !f->stands || (!f->passes && f->status);
	bool ending = f->ends && f->until.n - f->today.n <= AUTHORITY_WARNING_DAYS;
	return if_true(shut, FLAG_CLOSED) | if_true(f->elsewhere, FLAG_CHANGED) |
	       if_true(f->from_cash, FLAG_FROM_CASH) | if_true(!f->known && !f->own, FLAG_NEW_PAYEE) |
	       if_true(!f->known && vnd_cmp(f->sum, f->large) >= 0, FLAG_NEW_LARGE) |
	       if_true(f->people > 1, FLAG_SHARED) |
	       if_true(f->status && strcmp(f->status, "dormant") == 0, FLAG_DORMANT) |
	       if_true(ending, FLAG_AUTHORITY_ENDS);
}
