/* A note of any bytes is taken apart or refused, and no signature is believed that its signer did not make. */
#include "ledger/base/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static const char log_key[] =
	"ledger.example.gov.vn/payout-2025+ef5172d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
static const char witness_key[] =
	"witness.example.vn/stateaudit+24700b99+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
static const char signed_text[] =
	"ledger.example.gov.vn/payout-2025\n70000\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n";

static bool lies_in(struct bytes part, struct bytes whole)
{
	return part.at >= whole.at && part.at + part.n <= whole.at + whole.n;
}

static void check_checkpoint(struct bytes text)
{
	CLEANUP(buf_free) struct buf again = BUF(NOTE_MAX);
	struct checkpoint c;

	if (!checkpoint_parse(text, &c, NULL))
		return;
	checkpoint_text(&c, &again);
	bug_if(!bytes_eq(buf_bytes(&again), text)); /* one checkpoint has one text */
}

static void check_key(struct bytes text)
{
	CLEANUP(buf_free) struct buf again = BUF(NOTE_MAX);
	struct note_verifier v;

	if (!note_vkey_parse(text, &v, NULL))
		return;
	note_vkey_format(&v, &again);
	bug_if(again.n != text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct bytes in = bytes_of(at, n);
	struct note_verifier known[2];
	uint64_t signed_at[2];
	struct why why = {0};
	struct note note;

	check_checkpoint(in);
	check_key(in);
	if (!note_parse(in, &note, &why)) {
		bug_if(why.code[0] == '\0');
		return 0;
	}
	bug_if(note.n == 0 || note.n > NOTE_SIGNATURES_MAX || !lies_in(note.text, in));
	bug_if(note.text.n == 0 || note.text.at[note.text.n - 1] != '\n');
	for (size_t i = 0; i < note.n; i++)
		bug_if(!lies_in(note.lines[i].name, in) || !note_name_valid(note.lines[i].name) ||
			!lies_in(note.lines[i].base64, in));
	check_checkpoint(note.text);
	bug_if(!note_vkey_parse(bytes_z(log_key), &known[0], NULL) ||
		!note_vkey_parse(bytes_z(witness_key), &known[1], NULL));
	if (note_verify(&note, known, 2, signed_at, &why))
		bug_if(!bytes_eq_z(note.text, signed_text));
	return 0;
}
