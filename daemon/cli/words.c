#include "daemon/cli/words.h"

#include <string.h>

#include "ledger/base/result.h"

/* clang-format off */
static const struct {
	const char *code, *vi;
} words[] = {
	/* claims, enrolments */
	{"regular", "hằng tháng"},
	{"arrears", "truy lĩnh"},
	/* decisions; a grant and a funeral grant are claims too */
	{"grant", "trợ cấp một lần"},
	{"funeral", "mai táng phí"},
	{"suspend", "tạm dừng"},
	{"terminate", "thôi hưởng"},
	{"resume", "hưởng lại"},
	{"together", "chi cùng kỳ trước"},
	{"recover", "thu hồi"},
	/* events */
	{"move", "chuyển nơi ở"},
	{"death", "đã mất"},
	{"correction", "điều chỉnh"},
	{"correct", "điều chỉnh"},
	{"merge", "gộp hồ sơ"},
	{"part", "tách hồ sơ"},
	/* rows of lists */
	{"accepted", "nhận"},
	{"repaired", "đã sửa"},
	{"rejected", "từ chối"},
	{"known", "đã có"},
	/* findings */
	{"pay_entitled", "chi mức được hưởng"},
	{"do_not_pay", "không chi"},
	/* accounts and wishes */
	{"account", "tài khoản"},
	{"cash", "tiền mặt"},
	{"self", "của mình"},
	{"delegate", "ủy quyền"},
	{"guardian", "giám hộ"},
	{"household", "hộ gia đình"},
	{"add", "thêm"},
	{"renew", "gia hạn"},
	{"end", "kết thúc"},
	{"list", "danh sách chi trả"},
	{"bank_list", "danh sách của ngân hàng"},
	{"bank_inquiry", "hỏi ngân hàng"},
	{"vneid", "VNeID"},
	{"officer", "cán bộ"},
	/* people */
	{"M", "Nam"},
	{"F", "Nữ"},
	{"cccd", "CCCD"},
	{"cmnd", "CMND"},
	{"true", "có"},
	{"false", "không"},
};
/* clang-format on */

const char *word_vi(const char *code)
{
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].code, code) == 0)
			return words[i].vi;
	return code;
}
