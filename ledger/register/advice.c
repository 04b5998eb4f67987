#include "ledger/register/advice.h"

#include <string.h>

struct advice {
	const char *code, *text;
};

/* clang-format off */
static const struct advice rows[] = {
	{"short_row", "Điền đủ các cột của dòng này: dòng có ít ô hơn dòng tiêu đề"},
	{"long_row", "Kiểm tra dấu phân cách trong dòng này: dòng có nhiều ô hơn dòng tiêu đề"},
	{"control_character", "Gõ lại ô có ký tự lạ trong dòng này"},
	{"row_too_long", "Rút ngắn ô quá dài trong dòng này, hoặc đóng dấu ngoặc kép"},
	{"hidden_row", "Bỏ ẩn dòng này rồi nhập lại: người trên dòng ẩn không ai thấy khi in"},
	{"formula", "Gõ hoặc dán giá trị vào ô này: ô là công thức"},
	{"cell_error", "Sửa ô này: công thức trong ô bị lỗi"},
	{"row_unreadable", "Gõ lại dòng này"},
	{"id_empty", "Điền số CCCD 12 chữ số"},
	{"id_not_digits", "Sửa số CCCD: chỉ gồm 12 chữ số, định dạng ô là Văn bản"},
	{"id_cmnd", "Thay số CMND 9 chữ số bằng số CCCD 12 chữ số của người đó: chưa có ai đăng ký với số CMND này"},
	{"cmnd_found", "Đối chiếu: người này được tìm theo số CMND, họ tên và ngày sinh; lần sau ghi số CCCD"},
	{"cmnd_unseen",
		"Ghi số CCCD 12 chữ số, hoặc đối chiếu rồi nhập với --accept-repairs: người này được tìm theo số CMND, họ tên và ngày sinh"},
	{"cmnd_of_other", "Đối chiếu số CMND: số này đã đăng ký cho người có họ tên, ngày sinh hoặc giới tính khác"},
	{"cmnd_bad", "Đối chiếu số CMND: phải đúng 9 chữ số; hệ thống không lưu số này"},
	{"cmnd_taken", "Đối chiếu số CMND: số này đã ghi cho một người khác, không lưu lại cho người này"},
	{"id_replaced", "Ghi số định danh mới: số này đã bị hủy và thay bằng số khác"},
	{"id_length", "Sửa số CCCD cho đủ 12 chữ số"},
	{"id_zeros_lost",
		"Đối chiếu số CCCD: Excel đã bỏ mất số 0 ở đầu; đúng thì nhập lại với --accept-repairs, hoặc thêm số 0 rồi nhập tệp đã sửa"},
	{"id_zeros_put_back", "Đối chiếu số CCCD: hệ thống đã thêm lại số 0 ở đầu"},
	{"id_scientific", "Gõ lại đủ 12 chữ số, định dạng ô là Văn bản: Excel đã làm tròn số CCCD (1.09E+10)"},
	{"id_damaged",
		"Sửa số CCCD: thiếu chữ số, thêm số 0 ở đầu cũng không khớp mã tỉnh, giới tính và năm sinh"},
	{"id_sample", "Thay số CCCD mẫu (099) bằng số thật"},
	{"id_prefix_unknown", "Đối chiếu số CCCD: ba số đầu không phải mã tỉnh nào"},
	{"person_erased", "Người này đã được xóa khỏi hệ thống theo quyết định. Nếu nay lại được hưởng: hai cán bộ chạy chitra person readmit, rồi nhập lại danh sách"},
	{"id_other_name", "Đối chiếu số CCCD và họ tên: số này đã đăng ký cho người có tên khác"},
	{"name_empty", "Điền họ và tên"},
	{"name_bad", "Gõ lại họ và tên: có ký tự không phải chữ, hoặc phông chữ cũ"},
	{"name_foreign_letter",
		"Gõ lại họ và tên: có chữ cái giống chữ Việt nhưng của bảng chữ khác, hoặc phông chữ cũ"},
	{"text_converted", "Đối chiếu họ và tên: chữ phông cũ (.VnTime, VNI) đã được chuyển sang Unicode"},
	{"text_converted_unseen",
		"Đối chiếu chữ đã chuyển từ phông cũ (.VnTime, VNI) rồi nhập với --accept-repairs, hoặc chuyển tệp sang Unicode"},
	{"name_eth", "Gõ lại họ và tên: chữ Đ là ký tự Ð nước ngoài"},
	{"name_differs", "Đối chiếu họ tên với lần đăng ký trước"},
	{"birth_bad", "Sửa ngày sinh: dd/mm/yyyy hoặc chỉ năm"},
	{"birth_contradicts_id", "Đối chiếu ngày sinh với số CCCD: năm sinh không khớp"},
	{"sex_bad", "Điền giới tính: Nam hoặc Nữ"},
	{"sex_contradicts_id", "Đối chiếu giới tính với số CCCD: không khớp"},
	{"category_empty", "Điền đối tượng"},
	{"category_unknown", "Sửa đối tượng theo đúng tên trong danh mục (xem bằng chitra import categories)"},
	{"category_other_programme",
		"Chuyển người này sang danh sách của chương trình tương ứng với đối tượng"},
	{"children_missing",
		"Ghi số con đang nuôi vào cột «Số con», hoặc vào ô đối tượng như «Người đơn thân nghèo đang nuôi 2 con»"},
	{"children_differ", "Sửa số con (1 đến 20): cột «Số con» khác ô đối tượng, hoặc không phải số"},
	{"injury_missing", "Điền tỷ lệ tổn thương cơ thể"},
	{"injury_bad", "Sửa tỷ lệ tổn thương cơ thể: số nguyên từ 1 đến 100"},
	{"amount_empty", "Điền số tiền"},
	{"amount_bad", "Gõ lại số tiền: chỉ gồm chữ số"},
	{"amount_decimal", "Bỏ phần thập phân của số tiền: đồng không có số lẻ"},
	{"amount_negative", "Sửa số tiền âm; khoản thu hồi lập riêng"},
	{"amount_ambiguous", "Gõ lại số tiền đầy đủ: không rõ dấu chấm là hàng nghìn hay phần lẻ"},
	{"amount_overflow", "Sửa số tiền: lớn hơn 500.000.000 đồng"},
	{"amount_zero", "Điền số tiền lớn hơn 0"},
	{"total_of_row_differs", "Sửa thành tiền: không bằng mức hưởng nhân số tháng"},
	{"other_money", "Tách khoản tiền khác (truy lĩnh, mai táng phí, khấu trừ) sang danh sách riêng"},
	{"months_bad", "Sửa từ tháng, đến tháng, số tháng: mm/yyyy, trước kỳ chi trả"},
	{"decision_missing", "Điền số quyết định truy lĩnh"},
	{"method_unknown", "Sửa hình thức chi trả: Tài khoản, Tiền mặt hoặc để trống"},
	{"account_bad", "Sửa số tài khoản: 4 đến 34 chữ số hoặc chữ cái"},
	{"bank_empty", "Điền ngân hàng của tài khoản"},
	{"bank_unknown", "Sửa ngân hàng theo mã trong danh mục"},
	{"bank_other", "Tách tài khoản của ngân hàng khác sang danh sách riêng"},
	{"authority_missing", "Điền số giấy ủy quyền của người nhận thay"},
	{"authority_until_bad", "Sửa ngày hết hạn ủy quyền: dd/mm/yyyy"},
	{"delegate_without_account", "Điền tài khoản của người nhận thay, hoặc bỏ người nhận thay"},
	{"phone_bad", "Sửa số điện thoại"},
	{"duplicate", "Xóa dòng này ở một trong hai danh sách: người này đã có tên ở danh sách khác"},
	{"already_in", "Không phải làm gì: dòng này đã được nhận"},
	{"already_in_otherwise",
		"Ghi lại như dòng đã nhận, hoặc lập danh sách điều chỉnh: đối tượng, tháng, số tiền, hình thức hoặc tài khoản khác"},
	{"holder_empty", "Điền tên chủ tài khoản"},
	{"account_status_unknown", "Sửa trạng thái tài khoản: Đang hoạt động, Ngủ đông, Đã đóng hoặc Tạm khóa"},
	{"person_unknown", "Nhập danh sách chi trả có người này trước: chưa có trong hệ thống"},
	{"reason_empty", "Điền lý do"},
	{"move_day_bad", "Sửa ngày chuyển đi: dd/mm/yyyy, không sau hôm nay"},
	{"day_bad", "Sửa ngày: dd/mm/yyyy, không sau hôm nay"},
	{"person_not_enrolled", "Kiểm tra chương trình: người này không hưởng ở chương trình này"},
	{"person_of_another", "Chuyển dòng này cho xã, phường quản lý người đó"},
	{"area_missing", "Ghi xã, phường của người này vào cột «Xã, phường»"},
	{"area_unknown", "Sửa xã, phường: không có đơn vị nào như vậy trong tỉnh"},
	{"area_ambiguous",
		"Nhập lại với --area-words-of NGÀY, hoặc ghi cả mã và tên: mã hoặc tên này trước đây là của đơn vị khác"},
	{"area_split", "Ghi xã, phường mới, hoặc ghi thôn vào cột «Thôn»: đơn vị cũ đã chia ra nhiều nơi"},
	{"area_merged", "Ghi xã, phường cũ: đơn vị này khi đó còn là nhiều đơn vị"},
	{"area_ended", "Ghi đơn vị của kỳ này: không rõ đơn vị cũ đã chuyển thành đơn vị nào"},
	{"area_of_another", "Chuyển dòng này sang danh sách của xã, phường quản lý người đó"},
	{"death_day_bad", "Sửa ngày mất: dd/mm/yyyy, không sau hôm nay"},
	/* findings */
	{"grant_differs", "Sửa số tiền: khác mức của quyết định này; hoặc bỏ dòng này và đề nghị riêng"},
	{"grant_dead", "Bỏ dòng này, đề nghị riêng nếu vẫn chi: người này đã mất, phải có người nhận thay"},
	{"duplicate_here", "Xóa dòng này: người này đã có tên ở dòng trên"},
	{"amount_differs", "Quyết định: số tiền trên danh sách khác mức được hưởng"},
	{"no_rate", "Quyết định: chưa có mức hưởng cho đối tượng này vào tháng này"},
	{"rate_unread", "Quyết định: mức hưởng chưa được đọc từ văn bản gốc"},
	{"already_claimed", "Quyết định: tháng này đã được tính ở khoản khác"},
	{"age_outside", "Sửa đối tượng: tuổi của người này không thuộc đối tượng đã ghi"},
	{"suspended", "Lập quyết định hưởng lại nếu đủ điều kiện, thôi hưởng nếu ba tháng không hợp tác: đang tạm dừng"},
	{"terminated", "Đưa ra khỏi danh sách: đã thôi hưởng"},
	{"uncollected",
		"Xác minh rồi lập quyết định hưởng lại hoặc thôi hưởng: đã ba tháng liền không đến lĩnh tiền mặt"},
	{"moved_away", "Đưa ra khỏi danh sách: người này đã chuyển đi, nơi mới chi từ tháng sau quyết định"},
	{"listed_twice", "Bỏ dòng thừa ở danh sách sau: người này có hai số CCCD, đứng hai dòng trong kỳ; chỉ một dòng được tính"},
	{"granted_twice", "Không phải làm gì: người này có hai số CCCD và được quyết định hai lần; chỉ một quyết định được tính"},
	{"moved_unlisted", "Đưa vào danh sách của nơi mới: người này đã chuyển đến, tháng này chưa nơi nào lập danh sách"},
	{"to_area_unknown", "Ghi mã xã, phường nơi đến: tên này không có, hoặc nhiều nơi cùng tên"},
	{"months_spent", "Đưa ra khỏi danh sách: đã hưởng đủ số tháng của chương trình"},
	{"overpaid", "Xem xét quyết định thu hồi: đã tính nhiều hơn mức được hưởng"},
	{"after_death", "Hủy khoản của các tháng sau tháng mất: báo tử có sau khi tính"},
	{"recover", "Quyết định thu hồi hoặc không (chitra recovery list): tiền của các tháng không còn được hưởng đã gửi đi"},
	{"stopped_since",
		"Hủy khoản của các tháng từ khi tạm dừng hoặc thôi hưởng, hoặc quyết định vẫn chi: quyết định có sau khi tính"},
	{"payee_dead", "Xác nhận người nhận thay: người hưởng đã mất"},
	{"account_name", "Đối chiếu: tên chủ tài khoản khác tên người hưởng"},
	{"account_id", "Đối chiếu: ngân hàng không xác nhận số CCCD của chủ tài khoản"},
	{"account_closed", "Xin tài khoản khác: tài khoản đã đóng, bị khóa hoặc không tồn tại"},
	{"account_shared", "Đối chiếu: nhiều người nhận vào một tài khoản"},
	{"authority_ends", "Nhắc gia hạn: giấy ủy quyền hết hạn trong vòng 30 ngày"},
	{"authority_over", "Xin giấy ủy quyền mới: giấy ủy quyền đã hết hạn"},
};

static const struct advice files[] = {
	{"file_empty", "Chọn lại tệp: tệp trống"},
	{"file_too_large", "Chia nhỏ tệp: tệp lớn hơn 256 MB"},
	{"file_xls",
		"Lưu lại tệp dạng Excel Workbook (.xlsx), không đặt mật khẩu: tệp là .xls cũ, .xlsb hoặc có mật khẩu"},
	{"xlsx_damaged", "Lưu lại tệp .xlsx rồi gửi lại: tệp bị hỏng hoặc chưa tải xong"},
	{"xlsx_password", "Bỏ mật khẩu rồi lưu lại tệp .xlsx: tệp có mật khẩu"},
	{"xlsx_twice", "Mở tệp bằng Excel, lưu lại rồi nhập lại: trong tệp có hai phần cùng tên"},
	{"xlsx_none", "Chọn lại tệp: tệp không phải bảng tính .xlsx"},
	{"xlsx_xml", "Mở tệp bằng Excel, lưu lại rồi nhập lại: nội dung tệp .xlsx sai"},
	{"xlsx_dtd", "Mở tệp bằng Excel, lưu lại rồi nhập lại: tệp chứa khai báo XML không được phép"},
	{"xlsx_cell", "Mở tệp bằng Excel, lưu lại rồi nhập lại: địa chỉ hoặc nội dung ô sai"},
	{"xlsx_macro", "Lưu lại tệp dạng .xlsx không có macro"},
	{"xlsx_parts", "Tạo tệp mới và dán dữ liệu vào: tệp có quá nhiều thành phần"},
	{"xlsx_sheets", "Xóa bớt trang tính: nhiều hơn 50 trang"},
	{"xlsx_ratio", "Tạo tệp mới và dán dữ liệu vào: tệp nén quá mức, có thể là tệp phá hoại"},
	{"xlsx_too_large", "Chia nhỏ tệp: dữ liệu giải nén lớn hơn 1 GB"},
	{"xlsx_strings", "Chia nhỏ tệp: chữ trong tệp lớn hơn 20 MB; hoặc lưu dạng CSV UTF-8"},
	{"sheets_many", "Chọn một trang tính bằng --sheet TÊN: nhiều trang có danh sách"},
	{"sheet_unknown", "Sửa tên trang tính (--sheet): tệp không có trang này"},
	{"marked_unreadable", "Sửa theo thông báo trên: tệp này không đánh dấu lỗi được"},
	{"marked_failed", "Chọn chỗ khác cho tệp đánh dấu lỗi (--marked): không ghi được"},
	{"text_mixed", "Chuyển cả tệp sang Unicode: trong tệp có ô dùng bảng mã khác"},
	{"file_nul", "Lưu lại tệp dạng CSV UTF-8: tệp chứa byte 0, không phải văn bản"},
	{"file_encoding", "Lưu lại tệp dạng CSV UTF-8 hoặc .xlsx; bảng mã của tệp không đọc được"},
	{"file_changed", "Nhập lại khi tệp đã chép xong: tệp còn bị ghi trong lúc đọc"},
	{"file_kind", "Lưu lại dạng Excel Workbook (.xlsx) hoặc CSV UTF-8: tệp này là"},
	{"file_trouble", "Kiểm tra lại tệp: không đọc được"},
	{"heading_none", "Thêm dòng tiêu đề cột: không tìm thấy trong 50 dòng đầu"},
	{"heading_missing", "Sửa dòng tiêu đề, khai báo cột gọi bằng tên khác (chitra import headings) hoặc chọn đúng loại danh sách (--kind); còn thiếu"},
	{"heading_twice", "Xóa bớt cột trùng tên"},
	{"heading_again", "Tách thành hai danh sách: dòng tiêu đề này khác dòng tiêu đề ở trên"},
	{"amount_unit", "Ghi lại số tiền bằng đồng, sửa cả đơn vị tính: danh sách đang tính bằng"},
	{"too_many_columns", "Bỏ bớt cột: nhiều hơn 200 cột"},
	{"quote_unclosed", "Sửa dòng này: dấu ngoặc kép không đóng, hoặc tệp không xuống dòng"},
	{"no_rows", "Thêm người hưởng: danh sách không có dòng nào"},
	{"total_missing", "Thêm dòng «Tổng cộng» ở cuối danh sách: danh sách có thể bị cắt cụt"},
	{"rows_after_total", "Chuyển dòng người hưởng lên trên dòng «Tổng cộng»"},
	{"total_differs", "Sửa dòng «Tổng cộng» hoặc các số tiền: cộng lại không khớp"},
	{"total_unreadable", "Sửa số tiền ở dòng «Tổng cộng»"},
	{"registry_kind",
		"Đặt lại tên tệp cho đúng loại: bắt đầu bằng deaths- (báo tử), moves- (chuyển nơi ở) hoặc corrections- (điều chỉnh)"},
	{"registry_no_file", "Đặt chính tệp danh sách vào thư mục nhận: đây là liên kết, thư mục hoặc không phải tệp"},
	{"registry_changed", "Chạy lại khi tệp đã gửi xong: tệp còn bị ghi trong lúc nhập"},
	{"registry_known", "Không phải làm gì: tệp này đã được nhập"},
	{"file_twice", "Chọn tệp khác: tệp này đã được nhập"},
	{"title_differs",
		"Nhập lại với đúng --period, --area (hoặc tên tệp); nếu danh sách đúng là của kỳ và đơn vị này (như truy lĩnh) thì thêm --accept-repairs. Tiêu đề của danh sách khác"},
	{"file_name", "Đặt tên tệp theo mẫu 22915-merit.csv: mã xã, phường và mã chương trình"},
	{"area_unknown", "Sửa mã xã, phường: không có vào kỳ này"},
	{"area_ambiguous", "Nói rõ đơn vị của danh sách (--area)"},
	{"area_ended", "Nói rõ đơn vị của danh sách (--area)"},
	{"programme_unknown", "Sửa mã chương trình"},
	{"bank_unknown", "Sửa mã ngân hàng"},
	{"people_unknown", "Nhập các danh sách chi trả trước: không ai trong tệp này có trong hệ thống"},
	{"as_of_future", "Sửa ngày của danh sách (--as-of): ngày này chưa tới"},
	{"strict", "Sửa hết các dòng bị từ chối rồi nhập lại (--strict)"},
	{"parser_died", "Báo quản trị: chương trình đọc tệp đã dừng giữa chừng"},
	{"parser_line", "Báo quản trị: chương trình đọc tệp viết sai"},
};
/* Which cell a code is about; all others are about the row, or no row at all. */
static const struct {
	enum list_cell cell;
	const char *codes[18];
} blames[] = {
	{CELL_ID, {"id_empty", "id_not_digits", "id_cmnd", "id_length", "id_zeros_lost", "id_zeros_put_back", "id_scientific", "id_damaged", "id_sample", "id_prefix_unknown", "id_other_name", "person_erased", "duplicate", "duplicate_here", "person_unknown", "cmnd_found", "cmnd_unseen"}},
	{CELL_CMND, {"cmnd_bad", "cmnd_of_other", "cmnd_taken"}},
	{CELL_NAME, {"name_empty", "name_bad", "name_foreign_letter", "text_converted", "text_converted_unseen", "name_eth", "name_differs"}},
	{CELL_BIRTH, {"birth_bad", "birth_contradicts_id"}},
	{CELL_SEX, {"sex_bad", "sex_contradicts_id"}},
	{CELL_CATEGORY, {"category_empty", "category_unknown", "category_other_programme", "children_missing"}},
	{CELL_CHILDREN, {"children_differ"}},
	{CELL_INJURY, {"injury_missing", "injury_bad"}},
	{CELL_AMOUNT, {"amount_empty", "amount_bad", "amount_decimal", "amount_negative", "amount_ambiguous", "amount_overflow", "amount_zero", "grant_differs"}},
	{CELL_TOTAL, {"total_of_row_differs"}},
	{CELL_OTHER_MONEY, {"other_money"}},
	{CELL_FROM, {"months_bad"}},
	{CELL_DECISION, {"decision_missing"}},
	{CELL_METHOD, {"method_unknown"}},
	{CELL_ACCOUNT, {"account_bad"}},
	{CELL_BANK, {"bank_empty", "bank_unknown", "bank_other"}},
	{CELL_AUTHORITY, {"authority_missing"}},
	{CELL_AUTHORITY_UNTIL, {"authority_until_bad"}},
	{CELL_DELEGATE, {"delegate_without_account"}},
	{CELL_PHONE, {"phone_bad"}},
	{CELL_HOLDER, {"holder_empty"}},
	{CELL_STATUS, {"account_status_unknown"}},
	{CELL_DEATH_DAY, {"death_day_bad"}},
	{CELL_REASON, {"reason_empty"}},
	{CELL_MOVE_DAY, {"move_day_bad"}},
	{CELL_TO_AREA, {"to_area_unknown"}},
	{CELL_DAY, {"day_bad"}},
	{CELL_AREA, {"area_missing", "area_unknown", "area_ambiguous", "area_split", "area_merged", "area_ended", "area_of_another"}},
};
/* clang-format on */

static const struct advice *find(const struct advice *at, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(at[i].code, code) == 0)
			return &at[i];
	return NULL;
}

const char *advice_for(const char *code)
{
	const struct advice *a = find(rows, COUNT_OF(rows), code);
	return a ? a->text : code;
}

const char *advice_code(const char *code)
{
	const struct advice *a = find(rows, COUNT_OF(rows), code);
	return a ? a->code : NULL;
}

bool advice_cell(const char *code, enum list_cell *cell)
{
	for (size_t i = 0; i < COUNT_OF(blames); i++) {
		for (size_t j = 0; j < COUNT_OF(blames[i].codes) && blames[i].codes[j]; j++) {
			if (strcmp(blames[i].codes[j], code) != 0)
				continue;
			*cell = blames[i].cell;
			return true;
		}
	}
	return false;
}

const char *advice_for_file(struct arena *a, const char *code, int32_t row, const char *detail)
{
	const struct advice *known = find(files, COUNT_OF(files), code);
	const char *text = known ? known->text : code;
	const char *colon = *detail ? ": " : "";
	return row > 0 ? arena_printf(a, "dòng %d: %s%s%s", row, text, colon, detail)
		       : arena_printf(a, "%s%s%s", text, colon, detail);
}
