/* Any bytes: a leaf is refused, or it is written again as it was read and means the same. */
#include "ledger/books/leaf.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct arena *a CLEANUP(arena_drop) = arena_new();
	CLEANUP(buf_free) struct buf again;
	struct leaf leaf;
	struct why why;
	struct bytes value;

	buf_init(&again, LEAF_MAX);
	if (!leaf_parse(a, bytes_of(at, n), &leaf, &why)) {
		bug_if(why.code[0] == '\0' || why.text[0] == '\0');
		return 0;
	}
	leaf_text(&leaf, &again);
	bug_if(!buf_ok(&again) || !bytes_eq(buf_bytes(&again), bytes_of(at, n)));
	bug_if(!entry_check(&leaf.entry, &why));
	bug_if(leaf_line_get(leaf.entry.lines, "amount", &value) && value.n < 5);
	(void)entry_meaning(&leaf.entry, &again);
	return 0;
}
