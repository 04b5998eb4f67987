/* Two names, a line each, of any bytes: a fold is a name that folds to itself, likeness has no direction and does not ask how a name
 * is typed, and a name of a name's letters folds to ASCII. */
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
	bug_if(strlen(once) > NAME_MAX_BYTES || !utf8_valid(bytes_z(once)));
	bug_if(text_has_control(bytes_z(once)) || strpbrk(once, "\t\r\n`") || strstr(once, "\xc4\x91"));
	bug_if(name_grade(name, name) != NAME_EXACT);
	bug_if(!name_fold(a, bytes_z(once), &twice, NULL) || strcmp(once, twice) != 0);
	bug_if(!name_has_foreign_letter(name) && !text_is_ascii(bytes_z(once)));
}

/* NFC is the same name. Of strange scripts it is not: letters of old Greek have no one small form. */
static void check_composed(struct arena *a, struct bytes name)
{
	const char *composed, *fold = "", *other = "?";

	bug_if(utf8_valid(name) && name_has_hidden(name) && !name_has_foreign_letter(name));
	if (name_has_foreign_letter(name) || !utf8_nfc(a, name, &composed, NULL))
		return;
	bug_if(name_has_foreign_letter(bytes_z(composed)));
	if (!name_fold(a, name, &fold, NULL))
		return;
	bug_if(!name_fold(a, bytes_z(composed), &other, NULL) || strcmp(fold, other) != 0);
	bug_if(name_grade(name, bytes_z(composed)) != NAME_EXACT);
}

static void check_grade(struct arena *a, struct bytes first, struct bytes rest)
{
	enum name_grade g = name_grade(first, rest);
	const char *fold = "", *other = "?";

	bug_if(name_grade(rest, first) != g);
	bug_if(!*name_grade_text(g));
	bool folds = name_fold(a, first, &fold, NULL) && name_fold(a, rest, &other, NULL);
	if (!folds) {
		bug_if(g != NAME_DIFFERENT);
		return;
	}
	bug_if(g <= NAME_TONE_VARIANT && strcmp(fold, other) != 0);
	bug_if(g > NAME_FOLDED && strcmp(fold, other) == 0);
	bug_if(name_grade(bytes_z(fold), bytes_z(other)) > g);
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
	check_composed(a, first);
	check_composed(a, rest);
	check_grade(a, first, rest);
	(void)!name_has_eth(first);
	bug_if(utf8_valid(first) && name_has_foreign_letter(first) && text_is_ascii(first));
	return 0;
}
