/* marked.h: the officer's own file back as a workbook, with what is wrong in it marked.
 *
 * The same sheets with the same cells at the same places, merged and as wide as they were (wider where a number would not be seen); bad
 * cells red, those that were repaired or wait for --accept-repairs yellow, and one more column «Lỗi cần sửa» that says what to do. What
 * was a formula is its value; hidden sheets, fonts, pictures and notes stay behind, and a last sheet says so. The file holds personal data:
 * only its owner may read it. */
#ifndef CHITRA_CLI_MARKED_H
#define CHITRA_CLI_MARKED_H

#include "daemon/cli/import_run.h"

/* Writes asked->marked for the only file of the run. False, with why: marked_unreadable (the file is none that comes back),
 * marked_failed. */
bool marked_write(
	const struct import_asked *asked, const struct import_said *said, struct why *why) WARN_UNUSED;

#endif
