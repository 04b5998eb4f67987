/* xml.h: one part of a workbook as XML events, by libxml2's SAX parser: no tree, so memory does not grow with the part.
 *
 * A document type is refused before anything in it counts (xlsx_dtd): so there are no entities, and nothing is ever loaded. The declared
 * encoding is passed over: UTF-8 and UTF-16 are what workbooks have, and anything else would make libxml2 open files. */
#pragma once

#include "daemon/parse/zip_file.h"

struct xml_element;

/* The value of an attribute by its local name; false when there is none. Entities of XML itself stay as they are written. */
bool xml_attribute(const struct xml_element *e, const char *name, struct bytes *value);
bool xml_attribute_u32(const struct xml_element *e, const char *name, uint32_t *value);
bool xml_attribute_true(const struct xml_element *e, const char *name); /* "1", "true" */

struct xml_run;
void xml_stop(struct xml_run *x); /* from a handler: no more events, and no error */

/* Names are local: workbooks of both editions of the standard differ only in their namespaces. */
struct xml_handler {
	void (*start)(void *context, struct xml_run *x, const char *name, const struct xml_element *e);
	void (*end)(void *context, struct xml_run *x, const char *name);
	void (*text)(void *context, struct bytes piece); /* in pieces; may be NULL */
};

/* Reads a part. False without a problem of the file: there is no such part; with one: xlsx_xml, xlsx_dtd, or the file's. */
bool xml_read(
	struct zip_file *z, const char *part, const struct xml_handler *handler, void *context) WARN_UNUSED;

/* Before the sandbox: libxml2 sets itself up once. */
void xml_begin(void);
