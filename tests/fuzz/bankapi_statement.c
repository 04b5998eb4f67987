/* A statement page or a list of credits of any bytes is taken whole, with everything in range, or not at all. */
#include "bankapi/driver.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void check_line(const struct statement_line *l)
{
	struct vnd sum = vnd(0);

	bug_if(vnd_cmp(l->amount, vnd(1)) < 0);
	bug_if(l->e2e[0] != '\0' && strlen(l->e2e) != E2E_ID_SIZE - 1);
	bug_if(l->entry_ref[0] == '\0' || strnlen(l->entry_ref, sizeof l->entry_ref) == sizeof l->entry_ref);
	bug_if(l->returned_reason[0] != '\0' && l->is_debit);
	for (size_t i = 0; i < l->parts_n; i++)
		bug_if(!vnd_add(sum, l->parts[i].amount, &sum));
	bug_if(l->parts_n > 0 && (vnd_cmp(sum, l->amount) != 0 || l->e2e[0] != '\0' || l->parts_n < 2));
}

static void check_page(const struct heard *h, struct arena *a)
{
	struct statement_request ask = {.message_id = "S-1", .account = "110000000001", .page = 1};
	struct statement_page p;

	bug_if(!day_of_ymd(2024, 4, 3, &ask.date));
	driver_named("chitra_json")->decode_statement_page(&ask, h, a, &p);
	bug_if(p.verdict.says != MESSAGE_ANSWERED && (p.n != 0 || p.lines != NULL));
	bug_if(p.verdict.says == MESSAGE_ANSWERED &&
		(p.page != 1 || p.pages < 1 || p.line_count < (int64_t)p.n));
	for (size_t i = 0; i < p.n; i++) {
		check_line(&p.lines[i]);
		bug_if(p.lines[i].line != (int64_t)i + 1);
	}
}

static void check_credits(const struct heard *h, struct arena *a)
{
	struct credits_request ask = {.message_id = "S-1", .account = "110000000001"};
	struct credits c;

	driver_named("chitra_json")->decode_credits(&ask, h, a, &c);
	bug_if(c.verdict.says != MESSAGE_ANSWERED && c.n != 0);
	for (size_t i = 0; i < c.n; i++)
		check_line(&c.lines[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct heard h = {.authentic = true, .status = 200, .body = bytes_of(at, n)};

	check_page(&h, a);
	check_credits(&h, a);
	return 0;
}
