#!/usr/bin/python3
"""large.py DIRECTORY: files that would like much memory."""
import os
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbook import Sheet, Workbook, day  # noqa: E402

HEAD = ["Số CCCD", "Họ và tên", "Ngày mất"]
scratch = sys.argv[1]


def save(name, rows=(), inline=False, **parts):
    w = Workbook(Sheet("Danh sách", [HEAD, *rows], inline=inline))
    w.parts = {k.replace("__", "/"): v for k, v in parts.items()}
    path = os.path.join(scratch, name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for part, text in w.build().items():
            z.writestr(part, text)


def sheet_of(lines, rows):
    return f'<worksheet><sheetData>{lines}{rows}</sheetData></worksheet>'


def row(i, cells):
    return f'<row r="{i}">' + "".join(cells) + "</row>"


head = row(1, [f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip("ABC", HEAD)])
save("deaths.xlsx", [["099143000101", "Lan", day(2024, 2, 1)]])
n = 200_000
strings = "<sst>" + "".join(f"<si><t>09914{i:07d}</t></si><si><t>Nguyễn Thị Số {i}</t></si>" for i in range(n)) + "</sst>"
rows = "".join(row(i + 2, [f'<c r="A{i + 2}" t="s"><v>{2 * i}</v></c><c r="B{i + 2}" t="s"><v>{2 * i + 1}</v></c><c r="C{i + 2}"><v>45000</v></c>']) for i in range(n))
save("rows.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of(head, rows), "xl__sharedStrings.xml": strings})
save("strings.xlsx", **{"xl__sharedStrings.xml": "<sst>" + "".join(f"<si><t>{os.urandom(500).hex()}</t></si>" for _ in range(40_000)) + "</sst>"})
save("bomb.xlsx", **{"xl__sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 20_000_000 + "</sst>"})
noise = os.urandom(1 << 20).hex() * 25
save("cell.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of(head, row(2, [f'<c r="A2" t="inlineStr"><is><t>{noise}</t></is></c>']))})
save("attribute.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of(head, f'<row r="2" x="{noise}"></row>')})
with zipfile.ZipFile(os.path.join(scratch, "parts.xlsx"), "w") as z:
    for i in range(300_000):
        z.writestr(zipfile.ZipInfo(f"{i}"), "")
with open(os.path.join(scratch, "wide.csv"), "w", encoding="utf-8") as f:
    f.write(",".join(HEAD) + "\n" + "1," * 1_000_000 + "\n")
