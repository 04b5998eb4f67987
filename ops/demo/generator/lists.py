"""The wards' lists as they come: titles above, Vietnamese headings in each ward's own order, a totals row, signatures below."""

import csv
import io
import os
import unicodedata
from operator import itemgetter

import rules
from people import shuffled, stream

TITLES = {"merit": "DANH SÁCH CHI TRẢ TRỢ CẤP ƯU ĐÃI NGƯỜI CÓ CÔNG VỚI CÁCH MẠNG",
          "social": "DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI HÀNG THÁNG",
          "rent": "DANH SÁCH CHI TRẢ HỖ TRỢ TIỀN THUÊ NHÀ"}
UNDER_TITLE = {"rent": "Theo Quyết định số 08/2022/QĐ-TTg ngày 28/3/2022 của Thủ tướng Chính phủ"}
RENT_DECISION = "86/QĐ-UBND"

PERSON = (("STT",), ("Họ và tên", "Ngày sinh", "Giới tính"), ("Số CCCD",), ("Địa chỉ",))
PAYMENT = (("Hình thức chi trả", "Số tài khoản", "Ngân hàng", "Chủ tài khoản"),
           ("Người nhận thay", "Giấy uỷ quyền", "Uỷ quyền đến ngày"), ("Số điện thoại",), ("Ghi chú",))
MONTHLY = (("Đối tượng", "Tỷ lệ TTCT (%)"), ("Mức trợ cấp",))
RENT = (("Đối tượng",), ("Từ tháng", "Đến tháng"), ("Mức hỗ trợ", "Số tháng", "Thành tiền"), ("Số quyết định",))
GROUPS = {"merit": PERSON + MONTHLY + PAYMENT, "social": PERSON + MONTHLY + PAYMENT, "rent": PERSON + RENT + PAYMENT}
SUMMED = {"merit": "Mức trợ cấp", "social": "Mức trợ cấp", "rent": "Thành tiền"}


class Layout:
    """How one ward writes the list of one programme."""

    def __init__(self, seed, ward, programme):
        random = stream(seed, f"layout/{ward.code}/{programme}")
        groups = GROUPS[programme]
        self.canonical = [h for group in groups for h in group]
        middle = shuffled(groups[1:-1], random)
        self.headings = [h for group in (groups[0], *middle, groups[-1]) for h in group]
        self.pick = itemgetter(*[self.canonical.index(h) for h in self.headings])
        self.delimiter = ";" if random() < .45 else ","
        self.bom = random() < .5
        self.dotted = random() < .5
        self.newline = "\r\n" if random() < .8 else "\n"
        self.capitals = random() < .15
        self.old_tone = random() < .5        # "ủy quyền" or "uỷ quyền" in the headings
        self.percent_sign = random() < .3
        self.blank_below_title = random() < .5
        self.total_label = 0 if random() < .5 else self.headings.index("Họ và tên")
        self.money = dotted if self.dotted else str

    def printed_headings(self):
        headings = [h.replace("uỷ", "ủy").replace("Uỷ", "Ủy") for h in self.headings] if self.old_tone else self.headings
        return [h.upper() for h in headings] if self.capitals else headings


def dotted(amount):
    return f"{amount:,}".replace(",", ".")


def payment_cells(p, clean):
    """Hình thức, Số tài khoản, Ngân hàng, Chủ tài khoản, Người nhận thay, Giấy uỷ quyền, Uỷ quyền đến ngày"""
    if p.delegate:
        d = p.delegate
        return ("Tài khoản", d.account, rules.BANK, d.folded, d.name, d.paper, d.until)
    if p.method == "cash_wish":
        return ("Tiền mặt", "", "", "", "", "", "")
    if p.method == "cash_want" or not p.account_on_list:
        return ("" if p.method == "cash_want" else "Tài khoản", "", "", "", "", "", "")
    return ("Tài khoản", p.account, rules.BANK, p.folded if clean else holder(p), "", "", "")


def holder(p):
    """Most clerks copy what the bank prints, some write the person's name, in whichever spelling, some nothing."""
    style = p.holder_style
    if style < .55:
        return p.folded
    if style < .83:
        return p.name
    return p.other_tone if style < .93 else ""


def cells(p, number, layout, clean):
    sex = "Nữ" if p.sex == "F" else "Nam"
    pay = payment_cells(p, clean)
    if p.programme == "rent":
        owed = (p.words, "04/2022", "06/2022", layout.money(p.list_monthly_dong), "3", layout.money(3 * p.list_monthly_dong),
                RENT_DECISION)
    else:
        percent = "" if p.percent is None else f"{p.percent}%" if layout.percent_sign else str(p.percent)
        owed = (p.words, percent, layout.money(p.list_monthly_dong))
    return (str(number), p.list_name, p.birth, sex, p.list_id, p.address, *owed, *pay, p.phone, p.note)


def write_list(out, file, ward, programme, people, seed, clean=False, all_decomposed=False):
    """Writes one list and notes the line of each person. Returns the sum that its totals row says."""
    layout = Layout(seed, ward, programme)
    width = len(layout.headings)
    right = width - 6
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=layout.delimiter, lineterminator=layout.newline)

    def line(*placed):
        row = [""] * width
        for column, text in placed:
            row[column] = text
        return row

    above = [line((0, "UBND THÀNH PHỐ PHAN THIẾT"), (right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
             line((0, f"UBND {ward.name.upper()}"), (right, "Độc lập - Tự do - Hạnh phúc")),
             line(), line((3, TITLES[programme])), line((3, "Tháng 04 năm 2024"))]
    if programme in UNDER_TITLE:
        above.append(line((3, UNDER_TITLE[programme])))
    if layout.blank_below_title:
        above.append(line())
    writer.writerows(above)
    writer.writerow(layout.printed_headings())
    first = len(above) + 2
    for i, p in enumerate(people):
        p.file, p.row = file, first + i
    writer.writerows(layout.pick(cells(p, i + 1, layout, clean)) for i, p in enumerate(people))
    total = sum(p.list_monthly_dong * p.months() for p in people)
    writer.writerow(line((layout.total_label, "Tổng cộng"), (layout.headings.index(SUMMED[programme]), layout.money(total))))
    writer.writerows([line(), line((right, "Phan Thiết, ngày 20 tháng 3 năm 2024")),
                      line((1, "Người lập biểu"), (right - 4, "Kế toán"), (right, "CHỦ TỊCH UBND")),
                      line((1, "(Ký, họ tên)"), (right - 4, "(Ký, họ tên)"), (right, "(Ký tên, đóng dấu)"))])
    text = buffer.getvalue()
    if all_decomposed:
        text = unicodedata.normalize("NFD", text)
    with open(os.path.join(out, file), "wb") as f:
        f.write((b"\xef\xbb\xbf" if layout.bom else b"") + text.encode("utf-8"))
    return total
