#include "daemon/parse/xml.h"

#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "ledger/base/text.h"

struct xml_run {
	struct zip_file *zip;
	const struct xml_handler *handler;
	void *context;
	xmlParserCtxtPtr parser;
	bool first, stopped;
};

struct xml_element {
	const xmlChar **attributes; /* five pointers each: name, prefix, namespace, value, its end */
	int n;
};

bool xml_attribute(const struct xml_element *e, const char *name, struct bytes *value)
{
	for (int i = 0; i < e->n; i++) {
		const xmlChar **a = e->attributes + (size_t)5 * (size_t)i;
		if (strcmp((const char *)a[0], name) != 0)
			continue;
		*value = bytes_of(a[3], (size_t)(a[4] - a[3]));
		return true;
	}
	return false;
}

bool xml_attribute_u32(const struct xml_element *e, const char *name, uint32_t *value)
{
	struct bytes text;
	uint64_t v;
	if (!xml_attribute(e, name, &text) || !text_u64(text, UINT32_MAX, &v))
		return false;
	*value = (uint32_t)v;
	return true;
}

bool xml_attribute_true(const struct xml_element *e, const char *name)
{
	struct bytes text;
	return xml_attribute(e, name, &text) && (bytes_eq_z(text, "1") || bytes_eq_z(text, "true"));
}

void xml_stop(struct xml_run *x)
{
	x->stopped = true;
	xmlStopParser(x->parser);
}

/* ---- libxml2's side ------------------------------------------------------------------------------------------------ */

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_spaces, const xmlChar **spaces, int n, int n_defaulted, const xmlChar **attributes)
{
	struct xml_run *x = context;
	const struct xml_element e = {.attributes = attributes, .n = n};
	(void)prefix, (void)uri, (void)n_spaces, (void)spaces, (void)n_defaulted;
	if (!x->stopped && x->handler->start)
		x->handler->start(x->context, x, (const char *)name, &e);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_run *x = context;
	(void)prefix, (void)uri;
	if (!x->stopped && x->handler->end)
		x->handler->end(x->context, x, (const char *)name);
}

static void on_text(void *context, const xmlChar *at, int n)
{
	struct xml_run *x = context;
	if (!x->stopped && x->handler->text && n > 0)
		x->handler->text(x->context, bytes_of(at, (size_t)n));
}

static void on_document_type(void *context, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
	struct xml_run *x = context;
	(void)name, (void)public, (void)system;
	problem_set(zip_file_problem(x->zip), "xlsx_dtd", 0, "");
	xml_stop(x);
}

/* UTF-8, with or without its mark, or UTF-16 with its: what libxml2 reads without help from outside. */
static bool is_readable(const char *at, int n)
{
	const uint8_t *b = (const uint8_t *)at;
	if (n < 4)
		return n == 0;
	return (b[0] == '<' && b[1] != 0) || memcmp(at, "\xef\xbb\xbf", 3) == 0 ||
	       memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0;
}

static int on_read(void *context, char *to, int n)
{
	struct xml_run *x = context;
	int got = zip_part_read(x->zip, to, n);
	bool readable = !x->first || got < 0 || is_readable(to, got);
	x->first = false;
	if (readable)
		return got;
	problem_set(zip_file_problem(x->zip), "xlsx_xml", 0, "");
	return -1;
}

static void on_error(void *context, xmlErrorPtr error)
{
	(void)context, (void)error;
}

void xml_begin(void)
{
	xmlInitParser();
	xmlSetStructuredErrorFunc(NULL, on_error);
}

bool xml_read(struct zip_file *z, const char *part, const struct xml_handler *handler, void *context)
{
	struct xml_run x = {.zip = z, .handler = handler, .context = context, .first = true};
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_document_type,
		.serror = on_error};
	if (!zip_part_open(z, part))
		return false;
	x.parser = xmlCreateIOParserCtxt(&sax, &x, on_read, NULL, &x, XML_CHAR_ENCODING_NONE);
	if (!x.parser)
		bug("out of memory");
	xmlCtxtUseOptions(x.parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	bool good = xmlParseDocument(x.parser) == 0 && x.parser->wellFormed;
	xmlFreeDoc(x.parser->myDoc); /* what a document type made before it was refused */
	xmlFreeParserCtxt(x.parser);
	zip_part_close(z);
	struct problem *p = zip_file_problem(z);
	if (!good && !x.stopped)
		problem_set(p, "xlsx_xml", 0, part);
	return !p->code;
}
