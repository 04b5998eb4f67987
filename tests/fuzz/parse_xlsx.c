/* Any bytes as a workbook: rows that read back, or a named problem. The first byte chooses the kind of list and what is asked; the
 * second whether the bytes are the zip itself, or the parts of one (sheet, strings, styles, workbook, each ended by 0xff), since no
 * fuzzer finds a checksum. */
#include <stdlib.h>
#include <string.h>

#include "daemon/parse/xlsx_list.h"
#include "daemon/parse/xml.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#define PARTS 7
static const struct {
	const char *name, *text; /* the text of those that are not given */
} parts[PARTS] = {
	{"xl/worksheets/sheet1.xml", "<worksheet/>"},
	{"xl/sharedStrings.xml", "<sst/>"},
	{"xl/styles.xml", "<styleSheet/>"},
	{"xl/workbook.xml", "<workbook xmlns:r=\"" REL
			    "\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"1\"/></sheets></workbook>"},
	{"xl/_rels/workbook.xml.rels",
		"<Relationships><Relationship Id=\"1\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
		"<Relationship Id=\"2\" Type=\"/sharedStrings\" Target=\"sharedStrings.xml\"/>"
		"<Relationship Id=\"3\" Type=\"/styles\" Target=\"/xl/styles.xml\"/></Relationships>"},
	{"_rels/.rels",
		"<Relationships><Relationship Id=\"1\" Type=\"/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
	{"[Content_Types].xml", "<Types/>"},
};

/* ---- a zip of stored parts -------------------------------------------------------------------------------------------- */

static uint32_t crc32_of(struct bytes in)
{
	uint32_t c = 0xffffffff;
	for (size_t i = 0; i < in.n; i++) {
		c ^= in.at[i];
		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
	}
	return ~c;
}

static void le(struct buf *out, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		buf_u8(out, (uint8_t)v);
}

static void entry(struct buf *out, const char *name, struct bytes text)
{
	le(out, 0, 4); /* flags, stored */
	le(out, 0, 4); /* time, day */
	le(out, crc32_of(text), 4);
	le(out, (uint32_t)text.n, 4);
	le(out, (uint32_t)text.n, 4);
	le(out, (uint32_t)strlen(name), 2);
	le(out, 0, 2);
}

static void zip_of(struct buf *out, const struct bytes *texts)
{
	uint32_t at[PARTS];
	for (size_t i = 0; i < PARTS; i++) {
		at[i] = (uint32_t)out->n;
		le(out, 0x04034b50, 4);
		le(out, 20, 2);
		entry(out, parts[i].name, texts[i]);
		buf_add_z(out, parts[i].name);
		buf_add_bytes(out, texts[i]);
	}
	uint32_t directory = (uint32_t)out->n;
	for (size_t i = 0; i < PARTS; i++) {
		le(out, 0x02014b50, 4);
		le(out, 20, 2);
		le(out, 20, 2);
		entry(out, parts[i].name, texts[i]);
		le(out, 0, 2 + 2 + 2);
		le(out, 0, 4);
		le(out, at[i], 4);
		buf_add_z(out, parts[i].name);
	}
	uint32_t size = (uint32_t)out->n - directory;
	le(out, 0x06054b50, 4);
	le(out, 0, 4);
	le(out, PARTS, 2);
	le(out, PARTS, 2);
	le(out, size, 4);
	le(out, directory, 4);
	le(out, 0, 2);
}

static void parts_of(struct bytes in, struct buf *out)
{
	struct bytes texts[PARTS];
	for (size_t i = 0; i < PARTS; i++) {
		const uint8_t *end = in.n > 0 ? memchr(in.at, 0xff, in.n) : NULL;
		size_t n = end ? (size_t)(end - in.at) : in.n;
		texts[i] = n > 0 ? bytes_of(in.at, n) : bytes_z(parts[i].text);
		size_t used = end ? n + 1 : n;
		in = bytes_of(in.at + used, in.n - used);
	}
	zip_of(out, texts);
}

/* ---- what must hold ----------------------------------------------------------------------------------------------------- */

static bool take(void *context, struct bytes lines)
{
	return buf_add_bytes(context, lines);
}

static void reads_back(enum list_kind kind, struct buf *lines)
{
	struct arena *a = arena_new();
	struct list_row row;
	struct why why = {0};
	char *copy = arena_strndup(a, lines->at ? (const char *)lines->at : "", lines->n), *rest = copy;
	while (list_row_read(kind, &rest, copy + lines->n, &row, &why))
		continue;
	if (*why.code || rest != copy + lines->n)
		abort();
	arena_free(a);
}

static void read_zip(struct bytes file, const struct asked *asked)
{
	CLEANUP(buf_free) struct buf lines = BUF((size_t)64 << 20);
	struct problem p = {0};
	struct zip_file *z = zip_file_of_bytes(file, &p);
	bool good = z && xlsx_list_read(z, asked, take, &lines);
	if (!good && !(z ? zip_file_problem(z)->code : p.code))
		abort();
	if (good && !asked->cells)
		reads_back(asked->kind, &lines);
	zip_file_free(z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	if (!begun) {
		xml_begin();
		zip_file_begin();
	}
	begun = true;
	if (size < 2)
		return 0;
	struct asked asked = {.kind = (enum list_kind)(data[0] % LIST_KINDS), .cells = data[0] >= 0x80};
	struct bytes in = bytes_of(data + 2, size - 2);
	CLEANUP(buf_free) struct buf zip = BUF((size_t)1 << 20);
	if (data[1] % 4 == 0) {
		read_zip(in, &asked);
		return 0;
	}
	parts_of(in, &zip);
	if (buf_ok(&zip))
		read_zip(buf_bytes(&zip), &asked);
	return 0;
}
