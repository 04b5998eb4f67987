#!/usr/bin/python3
"""Made the files beside it, once, with LibreOffice Calc 7.4 (Debian 12): make.py DIRECTORY. No test runs it."""
import os
import subprocess
import sys
from xml.sax.saxutils import escape, quoteattr

NAMES = " ".join(
    f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{u}"'
    for n, u in {"office": "office:1.0", "table": "table:1.0", "text": "text:1.0", "style": "style:1.0", "number": "datastyle:1.0", "fo": "xsl-fo-compatible:1.0", "of": "of:1.2", "svg": "svg-compatible:1.0"}.items()
)
STYLES = """<office:automatic-styles>
<number:date-style style:name="D" number:language="vi" number:country="VN"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="D"/>
<style:style style:name="money" style:family="table-cell" style:data-style-name="N"/>
<style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000" fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="old" style:family="table-cell"><style:text-properties style:font-name=".VnTime"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="6cm"/></style:style>
</office:automatic-styles>"""
FONTS = '<office:font-face-decls><style:font-face style:name=".VnTime" svg:font-family="&apos;.VnTime&apos;"/></office:font-face-decls>'


class Cell:
    def __init__(self, text, style="", kind="string", span=(1, 1), formula="", note=""):
        self.text, self.style, self.kind, self.span, self.formula, self.note = text, style, kind, span, formula, note

    def xml(self):
        style = f' table:style-name="{self.style}"' if self.style else ""
        span = f' table:number-columns-spanned="{self.span[0]}" table:number-rows-spanned="{self.span[1]}"' if self.span != (1, 1) else ""
        value = {"string": "", "float": f' office:value="{self.text}"', "date": f' office:date-value="{self.text}"'}[self.kind]
        formula = f" table:formula={quoteattr('of:=' + self.formula)}" if self.formula else ""
        note = f"<office:annotation><text:p>{escape(self.note)}</text:p></office:annotation>" if self.note else ""
        text = f"<text:p>{escape(self.text)}</text:p>" if self.kind == "string" and self.text else ""
        return f'<table:table-cell{style}{span}{formula} office:value-type="{self.kind}"{value}>{note}{text}</table:table-cell>'


def row(cells, hidden=False):
    body = "".join((c if isinstance(c, Cell) else Cell(c)).xml() if c is not None else "<table:covered-table-cell/>" for c in cells)
    return f'<table:table-row{" table:visibility=" + chr(34) + "collapse" + chr(34) if hidden else ""}>{body}</table:table-row>'


def sheet(name, rows):
    columns = '<table:table-column/><table:table-column table:style-name="wide"/><table:table-column table:number-columns-repeated="12"/>'
    return f'<table:table table:name="{escape(name)}">{columns}{"".join(rows)}</table:table>'


def number(n):
    return Cell(str(n), "money", "float")


def day(text):
    return Cell(text, "day", "date")


def head(text, *span):
    return Cell(text, "head", span=span or (1, 1))


def save(name, *sheets, to="xlsx"):
    path = os.path.join(sys.argv[1], name + ".fods")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">')
        f.write(f"{FONTS}{STYLES}<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document>")
    subprocess.run(["soffice", "--headless", "--convert-to", to, "--outdir", sys.argv[1], path], check=True)
    os.unlink(path)


ELDER = "Người cao tuổi từ đủ 80 tuổi"
TITLE = [row([Cell("UBND PHƯỜNG MŨI NÉ", span=(4, 1))]), row([Cell("DANH SÁCH CHI TRẢ TRỢ CẤP HÀNG THÁNG", "head", span=(10, 1))]), row([Cell("Tháng 4 năm 2024", span=(10, 1))]), row([])]
UPPER = [head("STT", 1, 2), head("Họ và tên", 1, 2), head("Ngày sinh", 1, 2), head("Giới tính", 1, 2), head("Số CCCD", 1, 2), head("Đối tượng", 1, 2), head("Trợ cấp", 2, 1), None, head("Hình thức chi trả", 1, 2), head("Người nhận", 2, 1)]
LOWER = [None] * 6 + [head("Mức trợ cấp (đồng)"), head("Truy lĩnh"), None, head("Ký"), head("Họ tên")]


def person(n, name, birth, ident, amount, method="Tiền mặt", back=""):
    return [number(n), name, birth, "Nữ", ident, ELDER, amount, back, method, "", ""]


people = [
    person(1, "Nguyễn Thị Lan", day("1943-03-12"), "099143600001", number(360000)),
    person(2, "Trần Thị Bé", number(1943), "099143600002", number(360000)),
    person(3, "Ksor H'Blang", day("1943-01-01"), "099143600003", Cell("360000", "money", "float", formula="[.G7]*1")),
]
total = [Cell("Tổng cộng", span=(6, 1)), None, None, None, None, None, Cell("1080000", "money", "float", formula="SUM([.G7:.G9])")]
sign = [row([]), row(["", "Người lập biểu", "", "", "", "", "Chủ tịch"])]
save("ward", sheet("Ghi chú", [row(["Kính gửi Phòng Lao động"])]), sheet("Tháng 4", [*TITLE, row(UPPER), row(LOWER), *map(row, people), row(total), *sign]))

wrong = [
    person(1, "Lê Thị Ba", day("1943-05-06"), Cell("99143600011", kind="float"), number(360000)),
    person(2, "Lê Thị Tư", day("1950-05-06"), "099143600012", number(360000)),
    person(3, "Lê Thị Năm", day("1943-05-06"), "099143600013", Cell("500.125")),
    person(4, "Lê Thị Sáu", day("1943-05-06"), "099143600014", number(360000), back=number(100000)),
    person(5, Cell("NguyÔn ThÞ B¶y", "old"), day("1943-05-06"), "099143600015", number(360000)),
    person(6, "Lê Thị Tám", day("1943-05-06"), Cell("099143600016", formula='CONCATENATE("099143";"600016")'), number(360000)),
]
seen = person(7, "Lê Thị Chín", day("1943-05-06"), "099143600017", number(360000))
total[6] = number(2660125)
save("wrong", sheet("Danh sách", [*TITLE, row(UPPER), row(LOWER), *map(row, wrong), row(seen, hidden=True), row(total), *sign]))

dead = [[Cell("099143600001", note="đã đối chiếu"), "Nguyễn Thị Lan", day("2024-03-01")], [Cell("099143600002"), "Trần Thị Bé", day("2030-03-01")]]
save("deaths", sheet("Tử vong", [row([head("Số CCCD"), head("Họ và tên"), head("Ngày mất")]), *map(row, dead)]))

people[0][4], people[1][4], people[2][4] = "099143600021", "099143600022", "099143600023"
save("text", sheet("Danh sách", [*TITLE, row(UPPER), row(LOWER), *map(row, people), row(total[:6] + [Cell("1080000", "money", "float", formula="SUM([.G7:.G9])")])]), to="csv:Text - txt - csv (StarCalc):59,34,65535,1,,0,false,true,false")
