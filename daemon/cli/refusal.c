#include "daemon/cli/refusal.h"

#include <string.h>

#include "ledger/base/result.h"

static const struct {
	const char *code, *vi;
} refusals[] = {
	{"not_logged_in", "Đăng nhập trước: chitra login TÊN --key TỆP"},
	{"session_over", "Đăng nhập lại: phiên làm việc đã hết hạn"},
	{"login_refused", "Kiểm tra lại tên đăng nhập và tệp khóa: không đăng nhập được"},
	{"no_mandate",
		"Nhờ người có thẩm quyền: bạn không được giao quyền này, hoặc số tiền vượt hạn mức của bạn"},
	{"own_batch",
		"Nhờ người khác: người lập bảng không được kiểm tra, duyệt hay chuyển chi bảng của mình"},
	{"same_person", "Nhờ người khác: người kiểm tra và người duyệt phải là hai người"},
	{"same_officer", "Nhờ cán bộ thứ hai: người đề nghị không được tự xác nhận"},
	{"not_proposed", "Đề nghị trước: chưa có cán bộ nào đề nghị việc này"},
	{"proposal_differs", "Xem lại đề nghị của cán bộ thứ nhất: bạn xác nhận điều khác"},
	{"break_unknown", "Kiểm tra số: không có việc đối chiếu này"},
	{"break_resolved", "Không cần làm nữa: việc này đã giải quyết xong"},
	{"break_outcome", "Chọn cách giải quyết khác: cách này không hợp với khoản đang treo"},
	{"paid_after_all",
		"Để việc này mở hoặc đòi ngân hàng trả lại tiền: người này có thể đã được chi, ghi là phí thì sẽ chi lần nữa"},
	{"break_pair",
		"Chỉ đúng khoản đối ứng bằng --with: hai khoản phải ngược chiều, cùng số tiền, cùng tài khoản"},
	{"cash_day", "Hỏi lại bưu điện: danh sách ghi ngày trả ở tương lai"},
	{"claim_unknown", "Kiểm tra số: không có khoản hưởng này"},
	{"claim_voided", "Không cần làm nữa: khoản hưởng này đã hủy"},
	{"void_reason", "Chọn một lý do trong danh sách: chitra help claim"},
	{"not_yours", "Đăng nhập bằng tài khoản của chính bạn rồi ký lại"},
	{"batch_changed", "Xem lại bảng rồi ký lại: bảng đã thay đổi sau khi bạn xem"},
	{"batch_frozen", "Trả bảng lại cho người lập trước khi sửa: bảng đã trình duyệt"},
	{"batch_state", "Xem trạng thái của bảng: bước này không làm được ở trạng thái hiện tại"},
	{"batch_unknown", "Kiểm tra số bảng: không có bảng này"},
	{"batch_empty", "Lập lại bảng: bảng không có dòng nào"},
	{"batch_expired", "Trả bảng lại cho người lập: thời hạn chi của bảng đã qua"},
	{"nothing_waits", "Không có bảng nào đang chờ bước này"},
	{"not_approved", "Chờ đủ chữ ký: bảng chưa có chữ ký của người kiểm tra và người duyệt"},
	{"not_funded", "Chờ kho bạc chuyển tiền: tài khoản chi chưa đủ tiền"},
	{"awaits_second", "Chờ cán bộ thứ hai: việc này cần hai người"},
	{"finding_open",
		"Lập lại bảng (chitra batch make), hoặc quyết định trước (chitra finding list): có người đang chờ hai cán bộ quyết định"},
	{"first_mandate_over", "Đề nghị lại: người đề nghị đầu tiên không còn quyền với người hưởng này"},
	{"still_live", "Chờ kết quả của lần chi trước: chưa có bằng chứng là chưa chi"},
	{"certificate_none", "Nhờ hai quản trị viên chứng nhận khóa của bạn trước"},
	{"key_not_certified", "Dùng đúng tệp khóa: khóa này không phải là khóa đã được chứng nhận của bạn"},
	{"key_file_passphrase", "Nhập lại mật khẩu của tệp khóa"},
	{"already_signed", "Không cần ký nữa: bạn đã ký bảng này"},
	{"batch_altered", "Dừng lại và báo quản trị viên: dữ liệu của bảng không còn như lúc lập"},
	{"channel_unknown",
		"Kiểm tra mã kênh chi, hoặc nhờ quản trị viên khai báo kênh cho chương trình này"},
	{"payout_unknown", "Kiểm tra mã chi trả: không có khoản đã duyệt nào mang mã này"},
	{"payout_state", "Xem trạng thái của khoản chi: bước này không làm được nữa"},
	{"account_unknown", "Kiểm tra mã tài khoản chi: không có tài khoản này"},
	{"order_differs", "Dùng số lệnh khác: số lệnh này đã ghi với nội dung khác"},
	{"batch_mandate", "Nhờ người có thẩm quyền: chữ ký không đủ quyền cho bảng này"},
	{"batch_one_signature", "Chờ đủ chữ ký: bảng còn thiếu một chữ ký có hiệu lực"},
	{"certificate_unsigned", "Nhờ đủ số quản trị viên ký: chứng nhận chưa có hiệu lực"},
	{"certificate_revoked", "Nhờ quản trị viên cấp chứng nhận mới: chứng nhận đã bị thu hồi"},
	{"certificate_expired", "Nhờ quản trị viên cấp chứng nhận mới: chứng nhận đã hết hạn"},
	{"approval_expired", "Trả bảng lại để ký mới: chữ ký đã hết hiệu lực"},
	{"key_exists", "Chọn tên tệp khác: tệp khóa đã có"},
	{"passphrase_short", "Chọn mật khẩu dài hơn: ít nhất 12 ký tự"},
	{"needs_yes", "Thêm --yes nếu đã xem bảng và muốn ký: ở đây không hỏi lại được"},
	{"passphrase_differs", "Nhập lại: hai lần nhập mật khẩu không giống nhau"},
	{"officer_unknown", "Kiểm tra tên đăng nhập: không có cán bộ này"},
	{"officer_exists", "Chọn tên đăng nhập khác: tên này đã có người dùng"},
	{"history_in_doubt",
		"Dừng lại và báo quản trị viên: cơ sở dữ liệu đã lùi về quá khứ; phải chạy chitra recover trước"},
	{"person_unknown", "Kiểm tra số CCCD: chưa có ai đăng ký bằng số này"},
	{"heading_bad", "Gõ lại tiêu đề cột: phải có chữ hoặc số"},
	{"cell_unknown",
		"Chọn nghĩa của cột (--means) trong các ô của loại danh sách này, ignored hoặc known"},
	{"headings_many", "Bỏ bớt tiêu đề riêng của nơi gửi này: đã có 100"},
	{"person_not_enrolled", "Nhập danh sách có người này trước: người này chưa thuộc chương trình nào"},
	{"decision_unknown",
		"Xem chitra decide list: không có quyết định nào mang số này đang chờ người thứ hai"},
	{"rate_unknown", "Kiểm tra mã mức hưởng: chương trình không có mã này"},
	{"not_dead", "Nhập danh sách người mất trước: hệ thống chưa ghi nhận người này đã mất"},
	{"grant_once", "Không lập thêm: khoản này đã được chính quyết định ấy cấp cho người này"},
	{"funeral_once", "Không lập thêm: mai táng phí của người này đã được quyết định"},
	{"not_sandbox", "Chỉ làm được trên hệ thống thử nghiệm"},
};

const char *refusal_vi(const char *code)
{
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		if (strcmp(refusals[i].code, code) == 0)
			return refusals[i].vi;
	return NULL;
}
