#include "ledger/register/explain.h"

#include <string.h>

const char *explain_month(struct arena *a, struct month m)
{
	return arena_printf(a, "tháng %d/%d", m.month, m.year);
}

const char *explain_name(const struct explain_names *names, const char *code)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->codes[i], code) == 0)
			return names->names[i];
	return code;
}

const char *explain_decree(struct arena *a, const char *decree)
{
	const char *end = strstr(decree, "/QD-TTg");
	if (end)
		return arena_printf(a, "Quyết định %.*s/QĐ-TTg", (int)(end - decree), decree);
	end = strstr(decree, "/ND-CP");
	return arena_printf(a, end ? "Nghị định %.*s/NĐ-CP" : "Nghị định %.*s",
		end ? (int)(end - decree) : (int)strlen(decree), decree);
}

/* ---- workings ------------------------------------------------------------------------------------------------------------- */

/* Text after `mark` inside *rest, which then ends before it; NULL: it is not there. */
static char *cut_at(char *text, const char *mark)
{
	char *at = strstr(text, mark);
	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(mark);
}

/* "540.000 × 1,5 × 2 con = 1.620.000"; of a grant "1.400.000 × 2 lần = 2.800.000" */
static const char *product(struct arena *a, char *text)
{
	char *sum = cut_at(text, " = "), *coefficient = cut_at(text, " × "), *children;
	if (!sum || !coefficient)
		return NULL;
	if (strstr(coefficient, " lần"))
		return arena_printf(a, "%s đồng nhân %s bằng %s đồng", text, coefficient, sum);
	children = cut_at(coefficient, " × ");
	if (children)
		return arena_printf(a, "mức chuẩn %s đồng nhân hệ số %s, nhân %s, bằng %s đồng", text,
			coefficient, children, sum);
	return arena_printf(a, "mức chuẩn %s đồng nhân hệ số %s bằng %s đồng", text, coefficient, sum);
}

/* "540.000 − đã tính 500.000 = 40.000" */
static const char *rise(struct arena *a, char *text)
{
	char *more = cut_at(text, " = "), *had = cut_at(text, " − đã tính ");
	if (!more || !had)
		return NULL;
	return arena_printf(a,
		"mức mới %s đồng, trừ phần đã tính theo mức cũ %s đồng, còn được truy lĩnh %s đồng", text,
		had, more);
}

/* "SA_ELDER_C 540.000" */
static const char *above(struct arena *a, const struct explain_names *names, char *text)
{
	char *amount = cut_at(text, " ");
	if (!amount)
		return NULL;
	return arena_printf(a, "mức này cao hơn mức của «%s» (%s đồng) nên chỉ hưởng mức này",
		explain_name(names, text), amount);
}

/* "335/2026/ND-CP: …", "77/2024/ND-CP, bảng: …", "…, tỷ lệ 45 %: …", "…, hệ số 1,5: …" */
static const char *by_decree(struct arena *a, char *text)
{
	char *amount = cut_at(text, ": "), *how = amount ? cut_at(text, ", ") : NULL;
	if (!amount)
		return NULL;
	const char *decree = explain_decree(a, text);
	if (how && strcmp(how, "bảng") == 0)
		return arena_printf(a, "mức trong bảng là %s đồng, theo %s", amount, decree);
	if (how)
		return arena_printf(a, "%s thì được %s đồng, theo %s", how, amount, decree);
	const char *said = product(a, amount);
	return said ? arena_printf(a, "%s, theo %s", said, decree)
		    : arena_printf(a, "mức hưởng là %s đồng, theo %s", amount, decree);
}

static const char *piece(struct arena *a, const struct explain_names *names, const char *text)
{
	static const char higher[] = "cao hơn ";
	char *copy = arena_strdup(a, text);
	const char *said = strncmp(copy, higher, sizeof higher - 1) == 0
				   ? above(a, names, copy + sizeof higher - 1)
			   : strstr(copy, " − đã tính ") ? rise(a, copy)
							 : by_decree(a, copy);
	return said ? said : text;
}

const char *explain_working(struct arena *a, const struct explain_names *names, const char *working)
{
	const char *all = "";
	char *rest = arena_strdup(a, working);
	for (char *next; rest; rest = next) {
		next = cut_at(rest, "; ");
		all = arena_printf(a, "%s%s%s", all, *all ? "; " : "", piece(a, names, rest));
	}
	return all;
}

/* ---- states and answers -------------------------------------------------------------------------------------------------------- */

const char *explain_state(const char *state)
{
	static const struct {
		const char *state, *vi;
	} said[] = {
		{"open", "chưa lập bảng chi"},
		{"in_batch", "đang chờ duyệt"},
		{"ready", "đã duyệt, chờ chuyển tiền"},
		{"held", "đang tạm giữ"},
		{"sent", "đã gửi lệnh chi, chờ trả lời"},
		{"unknown", "đang xác minh với ngân hàng"},
		{"accepted", "ngân hàng đã nhận lệnh"},
		{"credited", "ngân hàng báo đã ghi có, chờ sao kê"},
		{"settled", "đã chi"},
		{"rejected", "ngân hàng từ chối, sẽ chi lại"},
		{"not_paid", "chưa lĩnh, sẽ chi lại"},
		{"returned", "tiền bị hoàn lại, sẽ chi lại"},
		{"cancelled", "đã hủy lệnh chi, sẽ chi lại"},
		{"voided", "đã hủy, không chi"},
		{"surplus", "trùng với khoản theo số định danh kia, không chi"},
		{"surplus_paid", "trùng với khoản theo số định danh kia, đã chi: xem xét thu hồi"},
	};
	for (size_t i = 0; i < COUNT_OF(said); i++)
		if (strcmp(said[i].state, state) == 0)
			return said[i].vi;
	return state;
}

const char *explain_answer(enum entitle_answer answer)
{
	switch (answer) {
	case ENTITLED: return "được hưởng";
	case ENTITLED_ENDED: return "người hưởng đã mất: thôi hưởng từ tháng sau tháng mất";
	case ENTITLED_NO_RATE: return "chưa có mức hưởng cho đối tượng này vào tháng này";
	case ENTITLED_RATE_UNREAD: return "mức hưởng mới chưa được đọc từ văn bản gốc";
	case ENTITLED_AGE: return "tuổi không thuộc đối tượng đã ghi trong danh sách";
	case ENTITLED_CHILDREN: return "danh sách chưa ghi số con đang nuôi";
	case ENTITLED_SUSPENDED: return "đang tạm dừng theo quyết định";
	case ENTITLED_TERMINATED: return "đã thôi hưởng theo quyết định";
	case ENTITLED_UNCOLLECTED:
		return "ba tháng liền không đến lĩnh: tạm dừng cho đến khi có quyết định hưởng lại";
	case ENTITLED_MONTHS_SPENT: return "đã hưởng đủ số tháng của chương trình";
	case ENTITLED_ELSEWHERE: return "tháng này đã được tính ở khoản khác";
	}
	bug("answer %d", (int)answer);
}

const char *explain_finding(struct arena *a, const char *code, const char *facts)
{
	static const struct {
		const char *code, *vi;
	} said[] = {
		{"amount_differs", "số tiền trên danh sách khác mức được hưởng"},
		{"no_rate", "chưa có mức hưởng cho đối tượng này"},
		{"rate_unread", "mức hưởng mới chưa được đọc từ văn bản gốc"},
		{"already_claimed", "tháng này đã được tính ở khoản khác"},
		{"after_death", "người hưởng đã mất trước các tháng đã tính"},
		{"stopped_since", "có quyết định tạm dừng hoặc thôi hưởng sau khi tính"},
		{"recover", "tiền đã gửi cho các tháng không còn được hưởng"},
		{"payee_dead", "người hưởng đã mất, cần xác nhận người nhận thay"},
		{"name_differs", "họ tên khác lần đăng ký trước"},
		{"account_name", "tên chủ tài khoản khác tên người hưởng"},
		{"account_id", "ngân hàng không xác nhận số CCCD của chủ tài khoản"},
		{"account_closed", "tài khoản đã đóng, bị khóa hoặc không tồn tại"},
		{"authority_over", "giấy ủy quyền đã hết hạn"},
	};
	for (size_t i = 0; i < COUNT_OF(said); i++)
		if (strcmp(said[i].code, code) == 0)
			return *facts ? arena_printf(a, "%s (%s)", said[i].vi, facts) : said[i].vi;
	return "hồ sơ đang được xem xét";
}
