#!/usr/bin/python3
"""Lists as officers send them, made by other programs, each with what must become of its rows, cell by cell.

Run by tests/scenario/import_golden.t, which has made the database: golden.py DIRECTORY."""
import csv
import io
import json
import os
import subprocess
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/lib", os.path.dirname(os.path.abspath(__file__))]
import tap  # noqa: E402
from workbook import DAY, PERCENT, TCVN3, VNI, YEAR, Cell, Sheet, Workbook, day, number  # noqa: E402

scratch = sys.argv[1]
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Đối tượng", "Mức trợ cấp", "Hình thức chi trả", "Số tài khoản", "Ngân hàng", "Số điện thoại"]
TITLE = ["UBND PHƯỜNG MŨI NÉ"], ["DANH SÁCH CHI TRẢ TRỢ CẤP HÀNG THÁNG"], ["Tháng 4 năm 2024"], []
ELDER = "Người cao tuổi từ đủ 80 tuổi"
serial = 100


def an_id():
    """Of a woman born in 1943: nobody has the prefix 099."""
    global serial
    serial += 1
    return f"099143{serial:06d}"


def person(**other):
    row = {"STT": "1", "name": "Nguyễn Thị Lan", "birth": "1943", "sex": "Nữ", "id": an_id(), "category": ELDER, "amount": "360.000", "method": "Tiền mặt", "account": "", "bank": "", "phone": ""}
    row.update(other)
    return list(row.values())


def total(n, value=None):
    return ["Tổng cộng", "", "", "", "", "", value or f"{360000 * n:,}".replace(",", "."), "", "", "", ""]


def listed(*people, head=HEAD, title=TITLE, end=None):
    return [*title, head, *people, end or total(len(people)), [], ["", "Người lập biểu", "", "", "", "Thủ trưởng đơn vị"]]


def text_of(rows, delimiter=",", newline="\r\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def path_of(name):
    return os.path.join(scratch, name)


def write(name, data):
    with open(path_of(name), "wb") as f:
        f.write(data)


# Of a file as a whole; all else has a row or a cell.
WHOLE = {"title_accepted", "heading_none", "file_twice", "total_missing", "people_unknown", "no_rows", "strict", "sheets_many", "sheet_unknown", "file_xls", "file_encoding", "file_empty", "file_kind"}
mute = []


def said_in_words(name, word):
    """Whatever is said is Vietnamese, and says where."""
    whole = word["code"] in WHOLE or word["code"].startswith("xlsx_")
    if word["text"].isascii() or not (whole or word.get("cell") or "dòng" in word["text"] or word.get("row")):
        mute.append(f"{name}: {word}")


def import_file(name, *options, kind="payment_list"):
    """«accepted+repaired−rejected cell:code …», or «refused: code»."""
    where = ["--programme", "social", "--area", "22915", "--period", "2024-04"] if kind == "payment_list" else ["--kind", kind]
    run = subprocess.run(["chitra", "--json", "import", path_of(name), *where, *options], capture_output=True, text=True)
    try:
        said = json.loads(run.stdout)
    except ValueError:
        return f"no answer: exit {run.returncode}: {run.stderr}"
    for w in said["to_see"]:
        said_in_words(name, w)
    cells = [f"{w.get('cell') or w.get('row', '')}:{w['code']}" for w in said["to_see"]]
    if said["refused_files"]:
        return "refused: " + " ".join(w["code"] for w in said["to_see"] if w["outcome"] == "refused")
    return " ".join([f"{said['accepted']}+{said['repaired']}-{said['rejected']}", *cells])


def words(name):
    """What the officer reads about a file."""
    run = subprocess.run(["chitra", "import", path_of(name), "--programme", "social", "--area", "22915", "--period", "2024-04"], capture_output=True, text=True)
    return (run.stdout + run.stderr).strip()


def gold(name, wanted, title, *options, kind="payment_list"):
    tap.equal(import_file(name, *options, kind=kind), wanted, f"{name}: {title}")


def book(name, rows, wanted, title, *options, kind="payment_list", from_1904=False, **sheet):
    Workbook(Sheet("Danh sách", rows, **sheet), from_1904=from_1904).save(path_of(name))
    gold(name, wanted, title, *options, kind=kind)


def text(name, rows, wanted, title, *options, encoding="utf-8", delimiter=",", mark=b"", kind="payment_list"):
    write(name, mark + encode(text_of(rows, delimiter), encoding))
    gold(name, wanted, title, *options, kind=kind)


# ---- old encodings: from the committed tables of other programs ------------------------------------------------------

VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_SHAPES = {"\u0302": {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}, "\u0306": {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}}
VNI_WHOLE = {"đ": "ñ", "Đ": "Ñ", "ĩ": "ó", "Ĩ": "Ó", "ỉ": "æ", "Ỉ": "Æ", "ị": "ò", "Ị": "Ò", "ỵ": "î", "Ỵ": "Î", "ì": "ì", "í": "í", "Ì": "Ì", "Í": "Í"}


def vni(unicode_text):
    import unicodedata

    out = ""
    for letter in unicodedata.normalize("NFC", unicode_text):
        if letter in VNI_WHOLE or ord(letter) < 128:
            out += VNI_WHOLE.get(letter, letter)
            continue
        base, *marks = unicodedata.normalize("NFD", letter)
        tone = next((m for m in marks if m in VNI_TONES), "")
        shape = next((m for m in marks if m in VNI_SHAPES), "")
        mark = VNI_SHAPES[shape][tone] if shape else VNI_TONES.get(tone, "")
        if "\u031b" in marks:
            base = {"o": "ô", "O": "Ô", "u": "ö", "U": "Ö"}[base]
        out += base + (mark.upper() if base.isupper() else mark)
    return out


def iconv(unicode_text, to):
    """glibc's tables are not ours. TCVN capitals with tones have no byte in .VnTime, so they are written small."""
    return subprocess.run(["iconv", "-f", "UTF-8", "-t", to], input=unicode_text.encode(), capture_output=True, check=True).stdout


def tcvn3(unicode_text):
    small = "".join(c if c in "ĂÂÊÔƠƯĐ" or ord(c) < 128 else c.lower() for c in unicode_text)
    return iconv(small, "TCVN")


def encode(unicode_text, encoding):
    if encoding == "tcvn3":
        return tcvn3(unicode_text)
    if encoding == "vni":
        return vni(unicode_text).encode("latin-1")
    if encoding == "cp1258":
        return iconv(unicode_text, "CP1258")
    return unicode_text.encode(encoding)


def in_font(unicode_text, style):
    old = tcvn3(unicode_text).decode("latin-1") if style == TCVN3 else vni(unicode_text)
    return Cell("s", old, style)


# ---- workbooks --------------------------------------------------------------------------------------------------------

book("plain.xlsx", listed(person(), person(name="Trần Thị Bé")), "2+0-0", "a workbook with shared strings is read")
book("inline.xlsx", listed(person(), person()), "2+0-0", "so is one with inline strings", inline=True)
book("noreferences.xlsx", [HEAD, person(phone="0912345678"), ["Tổng cộng", *[" "] * 5, "360.000"]], "1+0-0", "and one whose cells have no addresses", references=False)

lost = person()
lost[4] = number(lost[4][1:])
book("zeros.xlsx", listed(lost), "0+0-1 E6:id_zeros_lost", "an ID that became a number is named by its cell")
book("zeros2.xlsx", listed(lost, person()), "1+1-0 E6:id_zeros_put_back", "and counts when the officer says so", "--accept-repairs")
lost = person()
lost[4] = number(f"{lost[4][1]}.{lost[4][2:]}E10")
book("exponent.xlsx", listed(lost), "0+1-0 E6:id_zeros_put_back", "1.09E+10 with all its digits is a number like others", "--accept-repairs")
book("rounded.xlsx", listed(person(id=number("9.9143E10")), person(id="1.09E+10"), person(id="9,91E+10")), "0+0-3 E6:id_scientific E7:id_scientific E8:id_scientific", "one that was rounded is lost", "--accept-repairs")

dates = [person(birth=day(1943, 3, 12)), person(birth=number("12/03/1943")), person(birth="12/03/1943"), person(birth=day(1943, 1, 1, style=YEAR)), person(birth=number("1943")), person(birth=day(1950, 1, 1))]
book("days.xlsx", listed(*dates), "5+0-1 C11:birth_contradicts_id", "days are read from 1900, as text, and as years")
book("days1904.xlsx", listed(person(birth=day(1943, 3, 12, True)), person(birth=day(1947, 3, 13))), "1+0-1 C7:birth_contradicts_id", "and from 1904", from_1904=True)
dates = [person(birth=number("60", DAY)), person(birth=number("99999999", DAY))]
book("nodays.xlsx", listed(*dates), "0+0-2 C6:birth_bad C7:birth_bad", "days that are none are wrong cells, not wrong files")

upper = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Đối tượng", "Trợ cấp", "", "Chưa trả tháng trước", "", "Hình thức chi trả", "Người nhận"]
lower = ["", "", "", "", "", "", "Mức trợ cấp (đồng)", "Số tháng", "Số tháng", "Số tiền", "", "Ký, họ tên"]


def grouped(carried, **other):
    p = person(**other)
    return [*p[:6], number("360000"), "1", "", carried, "", ""]


end = ["Tổng cộng", "", "", "", "", "", Cell("f", "720000", formula="SUM(G6:G7)")]
merged = ["A5:A6", "B5:B6", "G5:H5", "I5:J5"]
book("merged.xlsx", [*TITLE, upper, lower, list("AB1234567"), grouped(""), grouped("360.000"), end], "1+0-1 J9:other_money", "two rows of merged headings are one; money carried over is not overlooked", merged=merged)
text("merged.csv", [*TITLE, upper, lower, [*person()[:6], "360.000", "1", "", "", "", ""], ["Tổng cộng", "", "", "", "", "", "360.000", "", "", "", "", ""]], "1+0-0", "also in CSV")

note = Sheet("Ghi chú", [["Kính gửi phòng Lao động"], ["Số CCCD ghi đủ 12 số"]])
hidden = Sheet("Tháng 3", listed(person()), state="hidden")
Workbook(note, hidden, Sheet("Tháng 4 & 5", listed(person()))).save(path_of("sheets.xlsx"))
gold("sheets.xlsx", "1+0-0", "the one sheet that is a list is found; hidden ones do not count")
Workbook(Sheet("Tổ 1", listed(person())), Sheet("Tổ & 2", listed(person(), person()))).save(path_of("two.xlsx"))
gold("two.xlsx", "refused: sheets_many", "of two lists the officer names one")
gold("two.xlsx", "2+0-0", "and then it is read", "--sheet", "Tổ & 2")
gold("two.xlsx", "1+0-0", "and the other too", "--sheet", "Tổ 1")
gold("two.xlsx", "refused: file_twice", "each once", "--sheet", "Tổ 1")
gold("two.xlsx", "refused: sheet_unknown", "a sheet that is not there is named", "--sheet", "Tổ 3")

rows = [person(amount=Cell("f", "360000", formula="G5*1")), person(id=Cell("t", "099143000001", formula='"0"&A1')), person(name=Cell("t", "Nguyễn Thị Lan", formula='HYPERLINK("http://x","Nguyễn Thị Lan")')), person(name='=HYPERLINK("http://x")'), person(phone="+84912345678"), person(birth=Cell("e", "#REF!"))]
book("formulas.xlsx", listed(*rows, end=total(6)), "2+0-4 E7:formula B8:formula B9:formula C11:cell_error", "amounts may be computed; who somebody is may not; +84… is a telephone number")
for unit, title, amount in (("nghìn đồng", "Đơn vị tính: nghìn đồng", "Mức trợ cấp"), ("1.000 đồng", "ĐVT: 1.000đ", "Mức trợ cấp"), ("triệu đồng", "", "Mức trợ cấp (triệu đồng/tháng)"), ("1.000 đồng", "", "Mức trợ cấp (1.000đ)")):
    head = [amount if h == "Mức trợ cấp" else h for h in HEAD]
    name = f"unit{len(title)}{len(amount)}.xlsx"
    book(name, listed(person(amount=number("360")), head=head, title=([title],), end=total(1, number("360"))), "refused: amount_unit", f"amounts are in đồng: «{title or amount}» is refused")
    tap.ok(unit in words(name) and "dòng" in words(name), f"{name}: and named, with its row", words(name))
book("unit.xlsx", listed(person(), head=["Mức trợ cấp (đồng/tháng)" if h == "Mức trợ cấp" else h for h in HEAD], title=(["Đơn vị: đồng"], ["Ba trăm sáu mươi nghìn đồng"])), "1+0-0", "đồng are, and an amount in words is no unit")
fractions = [person(amount=number("500.125")), person(amount="500.125"), person(amount=number("360000.5")), person(amount=number("3.6E5")), person(amount="500,125"), person(amount="360.000,00")]
book("fractions.xlsx", listed(*fractions, end=total(1, "9")), "3+0-3 G6:amount_decimal G8:amount_decimal G11:amount_decimal", "a number with a fraction is a wrong cell; as text 500.125 is half a million, since đồng have no fractions")
book("hidden.xlsx", listed(person(), person()), "1+0-1 7:hidden_row", "a hidden row is not paid unseen", hidden_rows=[7])
book("percent.xlsx", [["Số CCCD", "Họ và tên", "Ngày mất"], [an_id(), "Lê Thị Ba", day(2024, 3, 1)], [an_id(), "Lê Thị Tư", number("0.39", PERCENT)]], "1+0-1 C3:death_day_bad", "a list of deaths is a workbook too", kind="deaths")
book("bank.xlsx", [["Số CCCD", "Họ tên chủ tài khoản", "Số tài khoản", "Trạng thái"], [an_id(), "NGUYEN THI LAN", number("97042512214429"), "Đang hoạt động"]], "refused: people_unknown", "so is a bank's list", "--bank", "DEMO", kind="account_list")

old = [person(name=in_font("Nguyễn Thị Đào", TCVN3)), person(name=in_font("Lưu Thị Bưởi", VNI)), person()]
book("fonts.xlsx", listed(*old), "1+0-2 B6:text_converted_unseen B7:text_converted_unseen", "letters of .VnTime and VNI-Times are known by their font")
old = [person(name=in_font("Nguyễn Thị Đào", TCVN3)), person(name=in_font("Lưu Thị Bưởi", VNI)), person()]
book("fonts2.xlsx", listed(*old), "1+2-0 B6:text_converted B7:text_converted", "and count when the officer says so", "--accept-repairs")
disguised = [[c if not isinstance(c, str) else tcvn3(c).decode("latin-1") for c in row] for row in listed(person(name="Phạm Thị Hạnh"))]
book("disguised.xlsx", disguised, "0+1-0 B6:text_converted", "TCVN3 without its font is known by the headings", "--accept-repairs")
book("capitals.xlsx", listed(person(name="NguyÔn ThÞ §µo"), person(name="TrÇn ThÞ Lan")), "0+0-2 B6:name_foreign_letter B7:name_foreign_letter", "what nothing tells to be TCVN3 is no name", "--accept-repairs")

wide = person() + [""] * 300
wide[250] = Cell("r", '<c r="XFD6" s="1"/>')
book("styled.xlsx", listed(wide), "1+0-0", "empty cells as far as column XFD do no harm")
book("cr.xlsx", listed(person(name="Nguyễn\nThị \u00a0Lan ")), "1+0-0", "line breaks and no-break spaces inside a name are only spaces")
unseen = [person(name=n) for n in ("Nguyễn\u200bThị Lan", "Nguyễn Thị\u202e Lan", "Nguyễn Thị Lan\ufeff", "Nguyễn\u034f Thị Lan", "Nguyễn Thị Lan\ue000")]
book("unseen.xlsx", listed(person(), *unseen), "1+0-5 " + " ".join(f"B{7 + i}:control_character" for i in range(5)), "what is not seen in a name, or by some only, is told by its cell")
text("unseen.csv", listed(person(name="Trần\u2060 Thị Lan")), "0+0-1 B6:control_character", "in text too")
book("marks.xlsx", listed(person(name="Tê\u0323n Thi\u0323 Nguye\u0302\u0303t"), person(name="Nguyễn Thị Te\u0301\u0302")), "1+0-1 B7:name_foreign_letter", "letters in parts are letters, but a circumflex behind its tone is another")
payee = dict(method="Chuyển khoản", account="9704000000000018", bank="Vietcombank")
for i, (holder, wanted, title) in enumerate([("Lê Thị Mаi", "0+0-1 L6:control_character", "a Cyrillic а in a holder's name is seen"), ("Lê\u200b Thị Mai", "0+0-1 L6:control_character", "so is what is not seen"), ("H’Ƀlang Niê", "1+0-0", "and a minority name is a name")]):
    book(f"holder{i}.xlsx", listed([*person(**payee), holder], head=[*HEAD, "Chủ tài khoản"]), wanted, title)
book("minority.xlsx", listed(*[person(name=n) for n in ("Y Ê‑ban", "H’Ƀlang", "K'", "Đào", "Ơ\u0306 Niê", "hbia Kpă")]), "6+0-0", "names of one word, of one letter, with any apostrophe and hyphen are names")
stored = subprocess.run(["psql", "-XAtqc", "select string_agg(name || '=' || name_fold, ', ' order by name_fold) from register.person where name ~ '^(Y |H’|K.$|Đào$|Ơ|hbia)'"], capture_output=True, text=True).stdout.strip()
tap.equal(stored, "Đào=dao, H’Ƀlang=h'blang, hbia Kpă=hbia kpa, K'=k', Ơ\u0306 Niê=o nie, Y Ê‑ban=y e-ban", "and stand in the register as they were typed, beside their folds")
stored = subprocess.run(["psql", "-XAtqc", "select count(*) filter (where name is not nfc normalized) || ' ' || count(*) filter (where name ~ '[\u00ad\u034f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ue000-\uf8ff]') || ' ' || count(*) filter (where name = 'Tện Thị Nguyễt') from register.person"], capture_output=True, text=True).stdout.strip()
tap.equal(stored, "0 0 1", "every stored name is NFC, and nothing in it is unseen")
book("long.xlsx", listed(person(name="N" * 2000)), "0+0-1 B6:row_too_long", "a cell that is too long is a wrong row")
book("homoglyph.xlsx", listed(person(name="Nguyễn Thị Lаn"), person(name="Ksor H'Blăng"), person(name="Y Ê-ban"), person(name="H’Ƀlang Niê")), "3+0-1 B6:name_foreign_letter", "a Cyrillic а is seen; minority names are names")

# ---- what no list is ----------------------------------------------------------------------------------------------------


def spoiled(name, wanted, title, rows=None, **parts):
    w = Workbook(Sheet("Danh sách", rows or listed(person())))
    w.parts = {k.replace("__", "/"): v for k, v in parts.items()}
    w.save(path_of(name))
    gold(name, wanted, title)


spoiled("macro.xlsx", "refused: xlsx_macro", "a workbook with macros is refused", **{"xl__vbaProject.bin": "x"})
laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
book("entities.xlsx", listed(person()), "refused: xlsx_dtd", "entities are refused before any of them counts", extra=laughs)
book("external.xlsx", listed(person()), "refused: xlsx_dtd", "so are those from outside", extra='<!DOCTYPE x SYSTEM "file:///etc/passwd">')
book("circle.xlsx", listed(person(name=Cell("r", '<c r="AT" t="s"><v>999</v></c>'))), "refused: xlsx_cell", "a shared string that is not there is refused")
book("twiceacell.xlsx", listed(person(name=Cell("r", '<c r="A6"><v>1</v></c>'))), "refused: xlsx_cell", "so is a cell out of its order")
spoiled("rowslimit.xlsx", "refused: xlsx_cell", "so is a row beyond the last that a spreadsheet has", **{"xl__worksheets__sheet1.xml": '<worksheet><sheetData><row r="1048577"><c><v>1</v></c></row></sheetData></worksheet>'})
for name, inside, title in (
    ("rowinside.xlsx", '<row r="1"><c r="A1" t="inlineStr"><is><t>x<row r="2"/></t></is></c></row>', "a row inside a cell"),
    ("cellinside.xlsx", '<row r="1"><c r="A1"><v>1<c r="B1"><v>2</v></c></v></c></row>', "a cell inside a cell"),
    ("cellalone.xlsx", '<c><v>1</v></c>', "a cell outside all rows"),
):
    spoiled(name, "refused: xlsx_cell", f"so is {title}", **{"xl__worksheets__sheet1.xml": f"<worksheet><sheetData>{inside}</sheetData></worksheet>"})
spoiled("backwards.xlsx", "refused: xlsx_cell", "so are rows out of their order", **{"xl__worksheets__sheet1.xml": '<worksheet><sheetData><row r="2"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row></sheetData></worksheet>'})
Workbook(*[Sheet(f"Trang {i}", [["x"]]) for i in range(51)]).save(path_of("fifty.xlsx"))
gold("fifty.xlsx", "refused: xlsx_sheets", "a workbook of more than 50 sheets is refused")
book("columns.xlsx", listed(person() + [""] * 200 + ["x"]), "refused: too_many_columns", "so is a cell beyond column 200")
spoiled("encoding.xlsx", "refused: xlsx_xml", "so is XML in an encoding that would have to be loaded", **{"xl__styles.xml": b"\x4c\x6f\xa7\x94\x93\x40"})
spoiled("tags.xlsx", "refused: xlsx_xml", "so is XML that does not close", **{"xl__styles.xml": "<styleSheet><fonts>"})
spoiled("bomb.xlsx", "refused: xlsx_ratio", "a zip bomb is refused while it unpacks", **{"xl__sharedStrings.xml": "<sst>" + " " * 300_000_000})
with zipfile.ZipFile(path_of("parts.xlsx"), "w") as z:
    for i in range(3000):
        z.writestr(f"{i}", "")
gold("parts.xlsx", "refused: xlsx_parts", "a zip of thousands of parts is refused")
whole = open(path_of("plain.xlsx"), "rb").read()
write("cut.xlsx", whole[: len(whole) // 2])
gold("cut.xlsx", "refused: xlsx_damaged", "a truncated zip is refused")
write("bit.xlsx", whole.replace(b"PK\x03\x04", b"PK\x03\x04", 1)[:60] + bytes([whole[60] ^ 255]) + whole[61:])
tap.ok(import_file("bit.xlsx").startswith("refused: xlsx_"), "bit.xlsx: one damaged byte is refused")
sheet = Workbook(Sheet("Danh sách", listed(person())))
with zipfile.ZipFile(path_of("twice.xlsx"), "w") as z:
    for part, content in [*sheet.build().items(), ("xl/Worksheets/sheet1.xml", "<worksheet/>")]:
        z.writestr(part, content)
gold("twice.xlsx", "refused: xlsx_twice", "a zip with two parts of one name, of which each program shows another, is refused")
with zipfile.ZipFile(path_of("case.xlsx"), "w") as z:
    for part, content in sheet.build().items():
        with z.open(part.replace("/sheet", "/Sheet"), "w", force_zip64=True) as f:
            f.write(content.encode())
gold("case.xlsx", "1+0-0", "a zip64, with the names of parts in other letter case, is read")
with zipfile.ZipFile(path_of("evil.xlsx"), "w") as z:
    for part, content in [*Workbook(Sheet("Danh sách", listed(person()))).build().items(), ("../../../../tmp/evil", "x")]:
        z.writestr(part, content)
gold("evil.xlsx", "1+0-0", "a part that is called ../.. is unpacked nowhere")
spoiled("dots.xlsx", "refused: xlsx_none", "a sheet that would be another file is not there", **{"xl___rels__workbook.xml.rels": sheet.build()["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", "../../../../etc/passwd")})
spoiled("binary.xlsb", "refused: file_xls", "a binary workbook is named", **{"_rels__.rels": '<Relationships><Relationship Id="1" Type="/officeDocument" Target="xl/workbook.bin"/></Relationships>'})
book("escapes.xlsx", listed(person(name="Nguyễn_x000D_\nThị_x0020_Lan"), person(name="Trần_x0007_Thị Bé"), person(name="Lê _x0000_Thị Tư")), "1+0-2 B7:control_character B8:control_character", "what XML cannot hold is what it stands for: a line break is a space, a bell is none")
for name, data, kind in (("scan.xlsx", b"%PDF-1.7\n", "PDF"), ("photo.csv", b"\xff\xd8\xff\xe0\0\x10JFIF", "ảnh"), ("list.rar", b"Rar!\x1a\7\1\0", "nén"), ("page.xls", b"\xef\xbb\xbf<html><table>", "trang web"), ("book.xml", b'<?xml version="1.0"?><Workbook/>', "XML")):
    write(name, data)
    gold(name, "refused: file_kind", "what is no list is named")
    tap.ok(kind in words(name), f"{name}: for what it is", words(name))
write("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
gold("old.xls", "refused: file_xls", "an old .xls, or a file with a password, is named")
write("empty.xlsx", b"PK\5\6" + bytes(18))
tap.ok(import_file("empty.xlsx").startswith("refused: "), "empty.xlsx: a zip of nothing is refused")
spoiled("nosheet.xlsx", "refused: xlsx_none", "a workbook without its sheet is refused", **{"xl___rels__workbook.xml.rels": "<Relationships/>"})

# ---- titles ----------------------------------------------------------------------------------------------------------------


def titled(*title, **other):
    return listed(person(**other), title=[[t] if isinstance(t, str) else t for t in title])


for i, (title, of) in enumerate([("Tháng 05 năm 2024", "tháng 05/2024"), ("DANH SÁCH CHI TRẢ THÁNG 3/2024", "tháng 03/2024"), ("Kỳ chi trả: 04/2023", "tháng 04/2023")]):
    name = f"month{i}.xlsx"
    book(name, titled("UBND PHƯỜNG MŨI NÉ", title), "refused: title_differs", f"a list of another month is refused: «{title}»")
    tap.ok(f"dòng 2 ghi {of}, đang nhập cho --period 2024-04" in words(name), f"{name}: with its row and both months", words(name))
    book(name, titled("UBND PHƯỜNG MŨI NÉ", title), "1+0-0 :title_accepted", "and is in when the officer says that it is right", "--accept-repairs")
book("months.xlsx", titled("Tháng 3, 4 năm 2024", "Phan Thiết, ngày 20 tháng 3 năm 2024"), "1+0-0", "several months and days are not compared")
book("quarter.xlsx", titled("Quý II/2024", ["", "từ tháng 5 đến tháng 6"]), "1+0-0", "nor are a quarter and a range")
book("ward.xlsx", titled(["UBND PHƯỜNG PHÚ HÀI", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], "Tháng 4 năm 2024"), "refused: title_differs", "a neighbour's list is refused")
tap.ok("dòng 1 ghi Phường Phú Hài (22921), đang nhập cho Phường Mũi Né (22915)" in words("ward.xlsx"), "ward.xlsx: with both names", words("ward.xlsx"))
book("above.xlsx", titled("UBND TỈNH BÌNH THUẬN", "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "UBND THÀNH PHỐ PHAN THIẾT", "Thị xã La Gi", "Huyện Hàm Thuận Nam"), "1+0-0", "who signs above the ward is no other ward")
book("both.xlsx", titled("UBND phường Mũi Né, qua bưu cục phường Phú Hài"), "1+0-0", "nor is a second one beside its own name")
for code in "tcvn3", "vni", "cp1258":
    text(f"month.{code}.csv", titled("Tháng 5 năm 2024", ["UBND phường Phú Hài"]), "refused: title_differs", "titles are read in the encoding of the headings", encoding=code)
    tap.ok("tháng 05/2024" in words(f"month.{code}.csv") and "Phú Hài" in words(f"month.{code}.csv"), f"month.{code}.csv: month and ward", words(f"month.{code}.csv"))
text("month.csv", titled("Tháng 5 năm 2024", id="1.09E+10"), "refused: title_differs", "refused as a whole")
tap.ok("ô E3" in words("month.csv"), "month.csv: with what is wrong in its rows, too", words("month.csv"))
Workbook(Sheet("Danh sách", titled("Tháng 5 năm 2024", "Tháng 4 năm 2024"), hidden_rows=[1])).save(path_of("hiddentitle.xlsx"))
gold("hiddentitle.xlsx", "1+0-0", "a title that nobody sees says nothing")

# ---- text ----------------------------------------------------------------------------------------------------------------

text("utf8.csv", listed(person()), "1+0-0", "UTF-8 is read")
text("bom.csv", listed(person()), "1+0-0", "with its mark", mark=b"\xef\xbb\xbf")
text("utf16le.csv", listed(person()), "1+0-0", "UTF-16 as Excel saves «Unicode text»", encoding="utf-16-le", delimiter="\t", mark=b"\xff\xfe")
text("utf16be.csv", listed(person()), "1+0-0", "UTF-16 the other way round", encoding="utf-16-be", delimiter=";", mark=b"\xfe\xff")
text("utf16bare.csv", listed(person(), title=([],)), "1+0-0", "UTF-16 without its mark", encoding="utf-16-le", delimiter="\t")
for code in "cp1258", "tcvn3", "vni":
    rows = listed(person(name="Nguyễn Thị Đào"), person(name="Võ Thị Mỹ Hướng"))
    text(f"{code}.csv", rows, "0+0-2 B6:text_converted_unseen B7:text_converted_unseen", "is decoded, and waits for the officer", encoding=code)
    text(f"{code}2.csv", rows, "0+2-0 B6:text_converted B7:text_converted", "who says that it is right", "--accept-repairs", encoding=code, delimiter=";")
text("comma.csv", listed(person(amount="360000,0"), person(amount="360.000,5"), person(), end=total(3)), "1+0-2 G6:amount_decimal G7:amount_decimal", "a decimal comma is no thousands' one", delimiter=";")
write("mixed.csv", text_of(listed(person(), person())).encode().replace("Tổng".encode(), tcvn3("Tổng cộng số")))
gold("mixed.csv", "refused: file_encoding", "a file in two encodings is refused")
tap.ok("ô A8" in words("mixed.csv"), "mixed.csv: with the cell where the other begins", words("mixed.csv"))
p = person(name="HIER")
write("mixed2.csv", encode(text_of(listed(p)), "tcvn3").replace(b"HIER", "Nguyễn Thị Đào".encode()))
gold("mixed2.csv", "refused: text_mixed", "whichever is the other")
text("threeheads.csv", [*TITLE, [*upper[:6], "Trợ cấp", *upper[7:]], ["", "", "", "", "", "", "Tháng này"], ["", "", "", "", "", "", "Mức trợ cấp (đồng)"], person(), total(1)], "refused: heading_missing", "headings in three rows are refused, with what is missing")
text("pages.csv", listed(person(), HEAD, person(), end=total(2)), "2+0-0", "headings that are printed again on each page are no row")
text("pages2.csv", [*TITLE, upper, lower, [*person()[:6], "360.000", "1", "", "", "", ""], upper, lower, [*person()[:6], "360.000", "1", "", "", "", ""], ["Tổng cộng", "", "", "", "", "", "720.000", "", "", "", "", ""]], "2+0-0", "nor are both their rows")
text("heads.csv", listed(person(), [HEAD[4], *HEAD[1:4], HEAD[0], *HEAD[5:]], person()), "refused: heading_again", "other headings further down would change what the columns mean")
text("twoheads.csv", listed(person(), head=["Số CCCD" if h == "STT" else h for h in HEAD]), "refused: heading_twice", "two columns for one thing are refused")
text("after.csv", [*listed(person()), person()], "refused: rows_after_total", "people below the totals row are refused")
text("differs.csv", listed(person(), end=total(2)), "refused: total_differs", "a totals row that disagrees is refused")
text("formula.csv", listed(person(phone='=HYPERLINK("http://x")'), person(id='="099143000001"')), "0+0-2 K6:formula E7:formula", "formulas are none in CSV either")

# ---- LibreOffice's own files, kept as samples ---------------------------------------------------------------------------------


def sample(name, wanted, title, *options, kind="payment_list"):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libreoffice", name), "rb") as f:
        write(name, f.read())
    gold(name, wanted, "LibreOffice: " + title, *options, kind=kind)


sample("ward.xlsx", "3+0-0", "two merged rows of headings, a computed amount and total, a second sheet")
sample("wrong.xlsx", "1+0-6 E7:id_zeros_lost C8:birth_contradicts_id H10:other_money B11:text_converted_unseen E12:formula 13:hidden_row", "each wrong row by its cell")
sample("deaths.xlsx", "1+0-1 C3:death_day_bad", "a list of deaths with a note in a cell", kind="deaths")
sample("text.csv", "3+0-0", "UTF-16 text with semicolons")

# ---- by another program: Gnumeric ------------------------------------------------------------------------------------------


def gnumeric(source, target, *options):
    run = subprocess.run(["ssconvert", *options, path_of(source), path_of(target)], capture_output=True, text=True)
    if run.returncode:
        print("#", run.stderr, file=sys.stderr)


write("from.csv", text_of(listed(person(), person(name="Lê Thị Út"))).encode())
gnumeric("from.csv", "gnumeric.xlsx")
gold("gnumeric.xlsx", "0+0-2 E6:id_zeros_lost E7:id_zeros_lost", "Gnumeric takes the zeros as Excel does")
Workbook(Sheet("Danh sách", listed(person(birth=day(1943, 5, 6)), person()))).save(path_of("byhand.xlsx"))
gnumeric("byhand.xlsx", "rewritten.xlsx")
gold("rewritten.xlsx", "2+0-0", "a workbook that Gnumeric opened and saved is the same list")
gnumeric("byhand.xlsx", "bygnumeric.txt", "-O", "separator=; format=preserve charset=UTF-16LE", "--export-type=Gnumeric_stf:stf_assistant")
gold("bygnumeric.txt", "0+0-0 6:already_in 7:already_in", "and its text in UTF-16 too: the same people")
tap.none(mute, "whatever is said is Vietnamese, and says where")
tap.done()
