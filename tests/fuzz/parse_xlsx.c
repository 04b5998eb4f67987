/* The parts of a workbook, of any bytes. The input says what is asked (asked.h), then come the parts, each ended by 0xff: sheet, strings,
 * styles, workbook, relations; one that is empty is a common one. Stands in for zip_file.c, so that neither packing nor
 * checksums are in the way; parse_zip.c has those. */
#include "tests/fuzz/asked.h"
#include "tests/fuzz/workbook.h"
#include "daemon/parse/xml.h"

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#define PARTS 8
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
	{"xl/worksheets/sheet2.xml", "<worksheet/>"},
	{"_rels/.rels",
		"<Relationships><Relationship Id=\"1\" Type=\"/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
	{"xl/vbaProject.bin", NULL},
};

/* ---- in place of zip_file.c -------------------------------------------------------------------------------------------- */

struct zip_file {
	struct bytes texts[PARTS];
	struct bytes rest; /* of the part that is read */
	struct problem problem;
};

static size_t part_named(const struct zip_file *z, const char *name)
{
	size_t i = 0;
	while (i < PARTS && (z->texts[i].n == 0 || strcmp(parts[i].name, name) != 0))
		i++;
	return i;
}

struct problem *zip_file_problem(struct zip_file *z)
{
	return &z->problem;
}

bool zip_file_has(const struct zip_file *z, const char *part)
{
	return part_named(z, part) < PARTS;
}

bool zip_part_open(struct zip_file *z, const char *part)
{
	size_t i = part_named(z, part);
	if (i < PARTS)
		z->rest = z->texts[i];
	return i < PARTS;
}

void zip_part_close(struct zip_file *z)
{
	z->rest = bytes_of("", 0);
}

int zip_part_read(struct zip_file *z, char *to, int n)
{
	size_t take = z->rest.n < (size_t)n ? z->rest.n : (size_t)n;
	if (z->problem.code)
		return -1;
	memcpy(to, z->rest.at, take);
	z->rest = bytes_of(z->rest.at + take, z->rest.n - take);
	return (int)take;
}

/* ---- the input ------------------------------------------------------------------------------------------------------------ */

static void cut(struct bytes in, struct zip_file *z)
{
	for (size_t i = 0; i < PARTS; i++) {
		const uint8_t *end = in.n > 0 ? memchr(in.at, 0xff, in.n) : NULL;
		size_t n = end ? (size_t)(end - in.at) : in.n, used = n + (end != NULL);
		z->texts[i] = n > 0 ? bytes_of(in.at, n) : bytes_z(parts[i].text ? parts[i].text : "");
		in = bytes_of(in.at + used, in.n - used);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct bytes in = bytes_of(data, size);
	struct zip_file z = {.problem = {0}};
	struct asked asked;
	char *copy;
	if (!begun)
		xml_begin();
	begun = true;
	bool can = asked_take(&in, &asked, &copy);
	cut(in, &z);
	if (can)
		workbook_read(&z, &asked);
	free(copy);
	return 0;
}
