"""Workbooks written by hand: every part is text, so that a test says exactly what stands in the file."""
import datetime
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

# cellXfs of STYLES
DAY, MONTH, TCVN3, VNI, PERCENT, YEAR, TEXT = 1, 2, 3, 4, 5, 6, 7
STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/>
<numFmt numFmtId="165" formatCode="[$-42A]mm/yyyy"/><numFmt numFmtId="166" formatCode="yyyy"/></numFmts>
<fonts count="3"><font><sz val="12"/><name val="Times New Roman"/></font><font><name val=".VnTime"/></font>
<font><name val="VNI-Times"/></font></fonts>
<cellStyleXfs count="1"><xf numFmtId="14" fontId="1"/></cellStyleXfs>
<cellXfs count="8"><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="165" fontId="0"/>
<xf numFmtId="0" fontId="1"/><xf numFmtId="0" fontId="2"/><xf numFmtId="9" fontId="0"/><xf numFmtId="166" fontId="0"/>
<xf numFmtId="49" fontId="0"/></cellXfs>
<dxfs count="1"><dxf><font><name val=".VnTime"/></font></dxf></dxfs></styleSheet>"""


class Cell:
    """kind: s shared, i inline, n number, f formula (with a cached number), t formula (with a cached text), e error, r raw XML."""

    def __init__(self, kind, value, style=0, formula=""):
        self.kind, self.value, self.style, self.formula = kind, value, style, formula


def number(text, style=0):
    return Cell("n", text, style)


def day(year, month, date, from_1904=False, style=DAY):
    start = datetime.date(1904, 1, 1) if from_1904 else datetime.date(1899, 12, 30)
    return Cell("n", str((datetime.date(year, month, date) - start).days), style)


def letters(i):
    text = ""
    i += 1
    while i:
        text = chr(65 + (i - 1) % 26) + text
        i = (i - 1) // 26
    return text


class Sheet:
    def __init__(self, name, rows, state="", merged=(), hidden_rows=(), extra="", inline=False, references=True):
        self.name, self.rows, self.state, self.merged = name, rows, state, merged
        self.hidden_rows, self.extra, self.inline, self.references = hidden_rows, extra, inline, references


class Workbook:
    def __init__(self, *sheets, from_1904=False, styles=STYLES):
        self.sheets, self.from_1904, self.styles = sheets, from_1904, styles
        self.strings = []
        self.parts = {}

    def shared(self, text):
        if text not in self.strings:
            self.strings.append(text)
        return self.strings.index(text)

    def cell(self, sheet, at, cell):
        if cell is None or cell == "":
            return "" if sheet.references else "<c/>"
        if not isinstance(cell, Cell):
            cell = Cell("i" if sheet.inline else "s", str(cell))
        place = f' r="{at}"' if sheet.references else ""
        style = f' s="{cell.style}"' if cell.style else ""
        value = escape(str(cell.value))
        if cell.kind == "r":
            return cell.value.replace("AT", at)
        if cell.kind == "s":
            return f'<c{place}{style} t="s"><v>{self.shared(cell.value)}</v></c>'
        if cell.kind == "i":
            return f'<c{place}{style} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        if cell.kind == "f":
            return f"<c{place}{style}><f>{escape(cell.formula)}</f><v>{value}</v></c>"
        if cell.kind == "t":
            return f'<c{place}{style} t="str"><f>{escape(cell.formula)}</f><v>{value}</v></c>'
        if cell.kind == "e":
            return f'<c{place}{style} t="e"><v>{value}</v></c>'
        return f"<c{place}{style}><v>{value}</v></c>"

    def sheet_xml(self, sheet):
        rows = []
        for i, row in enumerate(sheet.rows):
            cells = "".join(self.cell(sheet, f"{letters(j)}{i + 1}", c) for j, c in enumerate(row))
            hidden = ' hidden="1"' if i + 1 in sheet.hidden_rows else ""
            rows.append(f'<row r="{i + 1}"{hidden}>{cells}</row>')
        merged = "".join(f'<mergeCell ref="{m}"/>' for m in sheet.merged)
        merged = f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>{sheet.extra}<worksheet xmlns="{MAIN}"><cols><col min="2" max="2" width="30"/></cols>'
            f"<sheetData>{''.join(rows)}</sheetData>{merged}</worksheet>"
        )

    def build(self):
        out = {}
        sheets, relations = "", ""
        for i, sheet in enumerate(self.sheets, 1):
            out[f"xl/worksheets/sheet{i}.xml"] = self.sheet_xml(sheet)
            state = f' state="{sheet.state}"' if sheet.state else ""
            sheets += f'<sheet name="{escape(sheet.name)}" sheetId="{i}"{state} r:id="rId{i}"/>'
            relations += f'<Relationship Id="rId{i}" Type="{REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        n = len(self.sheets)
        relations += f'<Relationship Id="rId{n + 1}" Type="{REL}/styles" Target="styles.xml"/>'
        relations += f'<Relationship Id="rId{n + 2}" Type="{REL}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        date1904 = '<workbookPr date1904="1"/>' if self.from_1904 else ""
        out["xl/workbook.xml"] = f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">{date1904}<sheets>{sheets}</sheets></workbook>'
        out["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{PKG}">{relations}</Relationships>'
        out["xl/styles.xml"] = self.styles
        out["xl/sharedStrings.xml"] = (
            f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{escape(s)}</t></si>" for s in self.strings) + "</sst>"
        )
        out["_rels/.rels"] = (
            f'<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        )
        out["[Content_Types].xml"] = f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>'
        out.update(self.parts)
        return out

    def save(self, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name, text in self.build().items():
                z.writestr(name, text)
