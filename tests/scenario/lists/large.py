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
save("ratio.xlsx", **{"xl__sharedStrings.xml": "<sst>" + " " * 300_000_000})
save("nested.xlsx", **{"xl__sharedStrings.xml": open(os.path.join(scratch, "parts.xlsx"), "rb").read()})
entities = "".join(f'<!ENTITY l{i} "{("&l" + str(i - 1) + ";") * 10 if i else "ha" * 10}">' for i in range(10))
save("laughs.xlsx", **{"xl__sharedStrings.xml": f"<!DOCTYPE sst [{entities}]><sst><si><t>&l9;</t></si></sst>"})
save("outside.xlsx", **{"xl__sharedStrings.xml": '<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'})
save("undeclared.xlsx", **{"xl__sharedStrings.xml": "<sst><si><t>&x;</t></si></sst>"})
save("deep.xlsx", **{"xl__sharedStrings.xml": "<sst>" + "<si>" * 1_000_000})
save("circle.xlsx", **{"xl__sharedStrings.xml": "<sst>" + "<si><t>a</t>" * 200_000 + "</si>" * 200_000 + "</sst>"})
save("wide.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of(head, row(2, ["<c><v>1</v></c>"] * 1_000_000))})
save("merged.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of(head, row(2, ['<c r="A2"><v>1</v></c>'])) .replace("</worksheet>", "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 2_000_000 + "</mergeCells></worksheet>")})
save("styles.xlsx", **{"xl__styles.xml": "<styleSheet><fonts>" + '<font><name val=".VnTime"/></font>' * 1_000_000 + "</fonts><cellXfs>" + '<xf fontId="1"/>' * 1_000_000 + "</cellXfs></styleSheet>"})
save("head.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of("", "".join(row(i + 1, ['<c t="s"><v>0</v></c>'] * 200) for i in range(50))), "xl__sharedStrings.xml": "<sst><si><t>" + "á" * 16_000 + "</t></si></sst>"})
save("words.xlsx", **{"xl__worksheets__sheet1.xml": sheet_of("", "".join(row(i + 1, ['<c t="s"><v>0</v></c>'] * 200) for i in range(50))), "xl__sharedStrings.xml": "<sst><si><t>" + "á" * 149 + "</t></si></sst>"})
save("macro.xlsx", [["099143000101", "Lan", day(2024, 2, 1)]], **{"xl__vbaProject.bin": os.urandom(1 << 20)})


def lie(name, packed=None, unpacked=None, flags=None):
    """The sizes that the zip says of its parts, in the directory and before each, are not theirs."""
    data = bytearray(open(os.path.join(scratch, "ratio.xlsx"), "rb").read())
    for mark, at in ((b"PK\1\2", 20), (b"PK\3\4", 18)):
        i = data.find(mark)
        while i >= 0:
            if packed is not None:
                data[i + at : i + at + 4] = packed.to_bytes(4, "little")
            if unpacked is not None:
                data[i + at + 4 : i + at + 8] = unpacked.to_bytes(4, "little")
            if flags is not None:
                data[i + at - 12 : i + at - 10] = flags.to_bytes(2, "little")
            i = data.find(mark, i + 4)
    with open(os.path.join(scratch, name), "wb") as f:
        f.write(data)


lie("small.xlsx", unpacked=10)
lie("huge.xlsx", unpacked=0xFFFFFFF0)
lie("packed.xlsx", packed=0x7FFFFFFF)
lie("locked.xlsx", flags=1)

# A zip cut off in each of its parts: in front of all, in a name, in packed bytes, between parts, in the directory, in its end.
whole = open(os.path.join(scratch, "deaths.xlsx"), "rb").read()
directory, end = whole.find(b"PK\1\2"), whole.rfind(b"PK\5\6")
for n in (1, 3, 4, 20, 30, 40, 200, whole.find(b"PK\3\4", 4), directory - 1, directory, directory + 20, directory + 50, end - 1, end, end + 4, end + 12, end + 16, len(whole) - 1):
    with open(os.path.join(scratch, f"cut-{n}.xlsx"), "wb") as f:
        f.write(whole[:n])
with open(os.path.join(scratch, "wide.csv"), "w", encoding="utf-8") as f:
    f.write(",".join(HEAD) + "\n" + "1," * 1_000_000 + "\n")
