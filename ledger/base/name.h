/* name.h: names of people, folded and compared. The one folding authority of the project.
 *
 * The register stores what name_fold() gives, the matcher asks name_grade(), and nobody else strips an accent. Changes no
 * stored name: minority names (Y Ê-ban, Ksor H'Blang) keep their hyphens, apostrophes and letter case. */
#ifndef LEDGER_BASE_NAME_H
#define LEDGER_BASE_NAME_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

#define NAME_MAX_BYTES 512

enum name_grade {
	NAME_EXACT, /* the same letters and tones; letter case, runs of spaces and what an apostrophe or a hyphen looks like do not count */
	NAME_TONE_VARIANT, /* the same but for old and new tone placement: Thúy and Thuý */
	NAME_FOLDED,       /* the same without accents: bank systems print NGUYEN THI DAO */
	NAME_PARTIAL, /* the same words in another order, or one name holds all words of the other (two at least) */
	NAME_DIFFERENT,
};

/* Lower case, no accents, đ and the look-alike ð as d, ƀ as b, every look-alike of the apostrophe and the hyphen as ' and -, invisible
 * characters removed, any run of spaces one space, none at the ends: "NGUYỄN  Thị Đào" gives "nguyen thi dao". Refuses bad UTF-8 (utf8_invalid), control bytes (name_control), an empty
 * name (name_empty) and more than NAME_MAX_BYTES in or out (name_too_long). A fold folds to itself. The text lives in the arena. */
bool name_fold(struct arena *a, struct bytes in, const char **out, struct why *why) WARN_UNUSED;

/* How alike two names are. Names that name_fold() refuses are different. */
enum name_grade name_grade(struct bytes a, struct bytes b) WARN_UNUSED;
const char *name_grade_text(
	enum name_grade g); /* "exact", "tone_variant", "folded", "partial", "different" */

/* True when the name holds Ð or ð (U+00D0, U+00F0), typed for Đ or đ: the officer is warned. */
bool name_has_eth(struct bytes in) WARN_UNUSED;

/* True when the name holds a letter of another script (Cyrillic «а» for «a»), one of Latin that only looks like a name's (Ɖ, ǀ), a mark
 * that no name has or that stands in the wrong order, or a sign that old fonts show as a letter («NguyÔn Thµnh»: µ). Minority names
 * keep their letters, marks, apostrophes and hyphens. A name without any of these folds to ASCII. */
bool name_has_foreign_letter(struct bytes in) WARN_UNUSED;

/* True when the name holds a character that shows nothing or no two fonts show alike: zero width, direction, byte order mark, joiner,
 * variation, private use, unassigned. Each is foreign, too. Not the soft hyphen, which is TCVN3's ư. */
bool name_has_hidden(struct bytes in) WARN_UNUSED;

#endif
