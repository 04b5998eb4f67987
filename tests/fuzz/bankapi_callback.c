/* A callback of any bytes is read without a crash, and nothing in it is both unclear and an answer. */
#include "bankapi/driver.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct heard h = {.authentic = true, .status = 200, .body = bytes_of(at, n)};
	struct callback c;
	size_t unreadable = 0;

	driver_named("chitra_json")->decode_callback(&h, a, &c);
	bug_if(c.verdict.says == MESSAGE_REFUSED);
	bug_if((c.verdict.says == MESSAGE_UNCLEAR) != (c.n == 0));
	for (size_t i = 0; i < c.n; i++) {
		const struct said *o = &c.at[i];

		unreadable += o->e2e[0] == '\0';
		bug_if((o->answer == ANSWER_UNCLEAR) != (o->doubt != DOUBT_NONE));
		bug_if(o->answer == ANSWER_NOT_FOUND || o->doubt == DOUBT_MISMATCH ||
			o->doubt == DOUBT_MISSING);
		bug_if(o->answer != ANSWER_UNCLEAR &&
			(strlen(o->e2e) != E2E_ID_SIZE - 1 || vnd_cmp(o->amount, vnd(1)) < 0));
		for (size_t k = 0; k < i && o->answer != ANSWER_UNCLEAR; k++)
			bug_if(strcmp(o->e2e, c.at[k].e2e) == 0);
	}
	bug_if(unreadable != c.unreadable);
	return 0;
}
