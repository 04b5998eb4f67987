#!/usr/bin/python3
"""The officer's own file comes back with its errors marked, and comes in again corrected: marked.py DIRECTORY (see import_marked.t)."""
import csv
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/lib", os.path.dirname(os.path.abspath(__file__))]
import tap  # noqa: E402
from workbook import MAIN, Sheet, Workbook, day, number  # noqa: E402

scratch = sys.argv[1]
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Đối tượng", "Mức trợ cấp", "Hình thức chi trả", "Số tài khoản", "Ngân hàng"]
ELDER = "Người cao tuổi từ đủ 80 tuổi"
ROWS = [
    ["1", "Nguyễn Thị Lan", day(1943, 3, 12), "Nữ", "099143000001", ELDER, number("360000"), "Tài khoản", "97042512214429", "DEMO"],
    ["2", "Trần Thị Bé", "1943", "Nữ", number("99143000002"), ELDER, number("360000"), "Tiền mặt", "", ""],
    ["3", "Lê Thị Ba", day(1950, 3, 12), "Nữ", "099143000003", ELDER, number("360000"), "Tiền mặt", "", ""],
    ["4", "Phạm Thị Tư", "1943", "Nữ", "", ELDER, number("360000"), "Tiền mặt", "", ""],
    ["5", "Võ Thị Năm", "1943", "Nữ", "099143000005", ELDER, number("360000"), "Tài khoản", "12345678", "Ngân hàng lạ"],
]
TOTAL = ["Tổng cộng", "", "", "", "", "", number("1800000")]
SHEET = [["UBND PHƯỜNG"], ["DANH SÁCH CHI TRẢ"], [], HEAD, *ROWS, TOTAL, [], ["", "Người lập biểu"]]
NS = {"m": MAIN}


def path_of(name):
    return os.path.join(scratch, name)


def sql(statement):
    return subprocess.run(["psql", "-XAtqc", statement], capture_output=True, text=True).stdout.strip()


def bring(name, *options, marked=True):
    out = ["--marked", path_of("marked.xlsx")] if marked else []
    command = ["chitra", "--json", "import", path_of(name), "--programme", "social", "--area", "22915", "--period", "2024-04"]
    run = subprocess.run([*command, *out, *options], capture_output=True, text=True)
    return json.loads(run.stdout) if run.stdout else {"failed": run.stderr}


def counts(said):
    return " ".join(f"{k} {said.get(k)}" for k in ("accepted", "repaired", "rejected", "known"))


class Marked:
    """A workbook as another program's XML reader sees it."""

    def __init__(self, name="marked.xlsx", at=1):
        with zipfile.ZipFile(path_of(name)) as z:
            strings = [
                "".join(t.text or "" for t in si.iter(f"{{{MAIN}}}t")) for si in ET.fromstring(z.read("xl/sharedStrings.xml")).findall("m:si", NS)
            ]
            styles = ET.fromstring(z.read("xl/styles.xml"))
            sheet = ET.fromstring(z.read(f"xl/worksheets/sheet{at}.xml"))
            self.names = [s.get("name") for s in ET.fromstring(z.read("xl/workbook.xml")).iterfind(".//m:sheet", NS)]
            self.name = self.names[at - 1]
        fills = [(f.find(".//m:fgColor", NS).get("rgb", "") if f.find(".//m:fgColor", NS) is not None else "") for f in styles.findall("m:fills/m:fill", NS)]
        fill_of = [fills[int(x.get("fillId"))] for x in styles.findall("m:cellXfs/m:xf", NS)]
        self.text, self.colour = {}, {}
        for c in sheet.iter(f"{{{MAIN}}}c"):
            v = c.find("m:v", NS)
            if v is not None:
                self.text[c.get("r")] = strings[int(v.text)] if c.get("t") == "s" else v.text
            self.colour[c.get("r")] = fill_of[int(c.get("s", "0"))]
        self.merged = [m.get("ref") for m in sheet.iter(f"{{{MAIN}}}mergeCell")]
        self.widths = [(c.get("min"), round(float(c.get("width")))) for c in sheet.iter(f"{{{MAIN}}}col")]


Workbook(Sheet("Danh sách", SHEET, merged=["A1:D1", "A2:J2"])).save(path_of("list.xlsx"))
said = bring("list.xlsx")
tap.equal(counts(said), "accepted 1 repaired 0 rejected 4 known 0", "good rows go in without waiting for the bad ones")
m = Marked()
same = {f"{chr(65 + j)}{i + 1}": c for i, row in enumerate(SHEET) for j, c in enumerate(row) if isinstance(c, str) and c}
tap.none([f"{at}: {m.text.get(at)} for {want}" for at, want in same.items() if m.text.get(at) != want], "every cell of the file is where it was")
tap.equal([m.text.get(at) for at in ("E6", "G5", "C5")], ["99143000002", "360000", "15777"], "numbers and days are still numbers and days")
tap.equal(m.name, "Danh sách", "its sheet is called what it was")
tap.equal(sorted(m.merged), ["A1:D1", "A2:J2"], "merged cells are merged")
tap.ok(("2", 31) in m.widths or ("2", 30) in m.widths, "columns are as wide as they were", str(m.widths))
tap.equal(m.text.get("K4"), "Lỗi cần sửa", "one more column says what to do")
tap.equal([m.colour.get(at, "") for at in ("E6", "C7", "E8", "J9")], ["FFFFEB9C", "FFFFC7CE", "FFFFC7CE", "FFFFC7CE"], "bad cells are red, what may be confirmed is yellow, also where nothing stands")
tap.equal([at for at, c in sorted(m.colour.items()) if c and at not in ("E6", "C7", "E8", "J9")], [], "and no others")
tap.ok(all(re.match(r"[A-Z]\d+: [A-ZĐ]", m.text.get(f"K{r}", "")) for r in (6, 7, 8, 9)), "each wrong row has its words, with the cell", str([m.text.get(f"K{r}") for r in (6, 7, 8, 9)]))
tap.ok("K5" not in m.text, "a good row has none")
tap.equal(oct(os.stat(path_of("marked.xlsx")).st_mode & 0o777), "0o600", "nobody else may read the file")


tap.ok(any(c == "5" and wide >= 12 for c, wide in m.widths), "a column of long numbers is as wide as they are: nobody sees 9.91E+10", str(m.widths))
about = Marked(at=2)
tap.equal(about.name, "Hướng dẫn", "a last sheet")
tap.ok("Không giữ: công thức" in about.text.get("A5", ""), "tells the officer what was not kept", str(about.text))


def corrected(changes):
    """The marked file, opened by Gnumeric, corrected and saved as CSV."""
    subprocess.run(["ssconvert", "-O", "separator=, format=preserve quoting-mode=auto", "--export-type=Gnumeric_stf:stf_assistant", path_of("marked.xlsx"), path_of("opened.csv")], capture_output=True)
    with open(path_of("opened.csv"), encoding="utf-8") as f:
        rows = list(csv.reader(f))
    for (row, column), text in changes.items():
        rows[row - 1][column] = text
    return rows


def save(name, rows):
    with open(path_of(name), "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)


FIX = {(6, 4): "099143000002", (7, 2): "12/03/1943", (8, 4): "099143000004", (9, 9): "DEMO"}
save("again.csv", corrected(FIX))
said = bring("again.csv")
tap.equal(counts(said), "accepted 4 repaired 0 rejected 0 known 1", "the corrected file brings in the corrected rows, and names the one that was in")
tap.equal([w["code"] for w in said["to_see"]], ["already_in"], "which is no error")
m = Marked()
tap.equal([m.text.get(f"K{r}", "")[:14] for r in (4, 5, 6)], ["Lỗi cần sửa", "Không phải làm", ""], "the column is used again, not doubled")
tap.ok("L4" not in m.text and not any(m.colour.values()), "and nothing is coloured any more")
save("third.csv", [*corrected({}), ["", "in lần ba"]])
tap.equal(counts(bring("third.csv")), "accepted 0 repaired 0 rejected 0 known 5", "once more puts nothing in")
tap.equal(sql("select count(*) || ' ' || count(distinct person) from register.import_row where person is not null"), "5 5", "nobody is in twice")
for title, change in {"amount": {(5, 6): "370.000", (10, 6): "1.810.000"}, "account": {(5, 8): "97042512214430"}, "way of paying": {(6, 7): "Tài khoản"}, "category": {(5, 5): "Người khuyết tật nặng"}}.items():
    save("changed.csv", corrected(change))
    said = bring("changed.csv", marked=False)
    tap.equal([w["code"] for w in said["to_see"] if w["outcome"] == "rejected"], ["already_in_otherwise"], f"a row that was in with another {title} is not silently the same")
save("total.csv", corrected({(10, 6): "999"}))
said = bring("total.csv")
tap.equal(said["refused_files"], 1, "a file that is refused as a whole")
tap.ok("Tổng cộng" in Marked().text.get("K1", ""), "comes back too, with why", str(Marked().text.get("K1")))
old = subprocess.run(["iconv", "-f", "UTF-8", "-t", "CP1258"], input=("Số CCCD,Họ và tên,Ngày mất\n099143000009,Nguyễn Thị Đào,2024\n").encode(), capture_output=True).stdout
with open(path_of("deaths.csv"), "wb") as f:
    f.write(old)
subprocess.run(["chitra", "import", path_of("deaths.csv"), "--kind", "deaths", "--marked", path_of("marked.xlsx")], capture_output=True)
tap.equal(Marked().text.get("B2"), "Nguyễn Thị Đào", "other kinds come back, and old letters as Unicode")
with open(path_of("broken.xlsx"), "wb") as f:
    f.write(b"PK\3\4 nothing")
said = bring("broken.xlsx")
tap.equal([w["code"] for w in said["to_see"]], ["xlsx_damaged", "marked_unreadable"], "what cannot be read cannot come back, and that is said")
save("formula.csv", [["Số CCCD", "Họ và tên", "Ngày mất"], ["099143000010", '=HYPERLINK("http://x")', "01/02/2024"]])
subprocess.run(["chitra", "import", path_of("formula.csv"), "--kind", "deaths", "--marked", path_of("marked.xlsx")], capture_output=True)
with zipfile.ZipFile(path_of("marked.xlsx")) as z:
    tap.ok(b"<f>" not in z.read("xl/worksheets/sheet1.xml"), "no formula goes back to anybody")
note, hidden = Sheet("Ghi chú", [["Kính gửi"], [number("99143000002"), day(2024, 4, 1)]]), Sheet("Tháng 3", SHEET, state="hidden")
Workbook(note, hidden, Sheet("Tổ & 2", SHEET, merged=["A1:D1"])).save(path_of("sheets.xlsx"))
bring("sheets.xlsx")
m = Marked(at=2)
tap.equal(m.names, ["Ghi chú", "Tổ & 2", "Hướng dẫn"], "all sheets come back in their order, but those that nobody sees")
tap.equal((m.text.get("K4"), m.merged), ("Lỗi cần sửa", ["A1:D1"]), "the list is marked where it is")
m = Marked(at=1)
tap.equal((m.text, [c for c in m.colour.values() if c]), ({"A1": "Kính gửi", "A2": "99143000002", "B2": "45383"}, []), "and the others are as they were")
many = [*ROWS[0]]
many[3], many[4], many[5], many[6] = "Khác?", "099143000077", "Không có", "hai triệu"
Workbook(Sheet("Danh sách", [HEAD, many, ROWS[0], TOTAL])).save(path_of("many.xlsx"))
bring("many.xlsx")
m = Marked()
tap.equal([m.colour.get(at, "") for at in ("D2", "F2", "G2")], ["FFFFC7CE"] * 3, "a row with three bad cells has all three coloured")
tap.ok(all(f"{at}: " in m.text.get("K2", "") for at in ("D2", "F2", "G2")), "and says what to do about each", str(m.text.get("K2")))
tap.done()
