/* Any bytes: the witness answers with one of its statuses, and cosigns nothing that the log has not signed. */
#include "daemon/witness/judge.h"

#include <string.h>

#include "daemon/witness/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

#define ORIGIN "ledger.example.gov.vn/payout-2025"
static const char key[] = ORIGIN "+ef5172d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
static const char signed_text[] = ORIGIN "\n70000\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n";

static void check_request(struct bytes in)
{
	CLEANUP(buf_free) struct buf again = BUF(ADD_CHECKPOINT_MAX);
	struct add_checkpoint r;
	struct why why = {.code = ""};
	uint64_t size;

	(void)!add_checkpoint_size(in, &size);
	if (!add_checkpoint_parse(in, &r, &why)) {
		bug_if(!why_is(&why, "add_checkpoint_malformed"));
		return;
	}
	add_checkpoint_text(&r, &again);
	bug_if(!bytes_eq(buf_bytes(&again), in)); /* one request has one text */
}

static void check_settings(struct bytes in)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct settings s;
	struct why why = {.code = ""};

	bug_if(!settings_read(a, in, &s, &why) && why.code[0] == '\0');
}

/* It has cosigned nothing yet, the published checkpoint, or something of 5 leaves. */
static void check_ruling(struct bytes in, uint64_t size)
{
	struct watched log = {.origin = ORIGIN, .keys_n = 1, .size = size};
	struct watch_list list = {.n = 1, .at = &log};
	struct checkpoint c;
	struct ruling r;

	bug_if(!note_vkey_parse(bytes_z(key), &log.keys[0], NULL));
	bug_if(!checkpoint_parse(bytes_z(signed_text), &c, NULL));
	if (size == c.size)
		log.root = c.root;
	judge(&list, in, &r);
	bug_if(r.status != 200 && r.status != 400 && r.status != 403 && r.status != 404 && r.status != 409 &&
		r.status != 422);
	bug_if((r.status == 200) == (r.why.code[0] != '\0'));
	bug_if((r.status == 200 || r.evidence) && !bytes_eq_z(r.note.text, signed_text));
	bug_if(r.status == 200 && size == 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct bytes in = bytes_of(at, n);

	check_request(in);
	check_settings(in);
	check_ruling(in, 0);
	check_ruling(in, 5);
	check_ruling(in, 70000);
	return 0;
}
