/* Two names, a line each, of any bytes: folding a folded name changes nothing, and likeness has no direction. */
#include "ledger/base/name.h"

#include <string.h>

#include "ledger/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void check_fold(struct arena *a, struct bytes name)
{
	const char *once = NULL, *twice = NULL;
	struct why why = {0};

	if (!name_fold(a, name, &once, &why)) {
		bug_if(why.code[0] == '\0' || name_grade(name, name) != NAME_DIFFERENT);
		return;
	}
	bug_if(once[0] == '\0' || once[0] == ' ' || once[strlen(once) - 1] == ' ' ||
		strstr(once, "  ") != NULL);
	bug_if(name_grade(name, name) != NAME_EXACT);
	if (strlen(once) <= NAME_MAX_BYTES && name_fold(a, bytes_z(once), &twice, NULL))
		bug_if(strcmp(once, twice) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes rest = bytes_of(at, n), first = rest;
	bool ended;

	if (!bytes_line(&rest, &first, &ended))
		first = rest;
	check_fold(a, first);
	check_fold(a, rest);
	bug_if(name_grade(first, rest) != name_grade(rest, first));
	(void)!name_has_eth(first);
	bug_if(utf8_valid(first) && name_has_foreign_letter(first) && text_is_ascii(first));
	bug_if(!*name_grade_text(name_grade(first, rest)));
	return 0;
}
