/* asked.h: the beginning of a fuzzer's input says what is asked of the file that the rest of it is.
 *
 * One byte: the kind of list; with its highest bit set also the lines of asked_read() (daemon/parse/heading.h), up to a byte 0xfe. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "daemon/parse/heading.h"

/* Takes it off *in; what is asked keeps pointers into the copy that the caller frees. False: nothing can be asked like this. */
static inline bool asked_take(struct bytes *in, struct asked *out, char **copy)
{
	*copy = NULL;
	if (in->n < 1)
		return false;
	*out = (struct asked){.kind = (enum list_kind)((in->at[0] & 0x7f) % LIST_KINDS)};
	bool more = in->at[0] & 0x80;
	*in = bytes_of(in->at + 1, in->n - 1);
	if (!more)
		return true;
	const uint8_t *end = in->n > 0 ? memchr(in->at, 0xfe, in->n) : NULL;
	size_t n = end ? (size_t)(end - in->at) : in->n;
	*copy = calloc(1, n + 1);
	bug_if(!*copy);
	if (n > 0)
		memcpy(*copy, in->at, n);
	*in = bytes_of(in->at + n + (end != NULL), in->n - n - (end != NULL));
	return asked_read(*copy, out);
}
