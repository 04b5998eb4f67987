/* Any bytes: what a citizen's slip is said to hold, or a receipt, is taken apart inside of its bytes or refused; one code has one text; and
 * the whole of it is asked as chitra-verify asks a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ledger/verify/policy.h"
#include "ledger/verify/slip.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

/* Of the run that the corpus is from. */
static const char key[] = "chitra.demo/phan-thiet+2f3ee8ea+AeGXKCjjssk/5ygXRFKV72m+kNERXg8W/0XPfWyUqmiD";

static void must(bool fact)
{
	if (!fact)
		abort();
}

static bool lies_in(struct text part, const void *at, size_t n)
{
	const char *from = at;

	return part.at >= from && part.n <= n && (size_t)(part.at - from) <= n - part.n;
}

/* RFC 9285, written apart from what is tested. */
static size_t encode(const uint8_t *at, size_t n, char *to)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	size_t k = 0;

	for (size_t i = 0; i < n; i += 2) {
		unsigned value = i + 1 < n ? at[i] * 256U + at[i + 1] : at[i];

		to[k++] = digits[value % 45];
		to[k++] = digits[value / 45 % 45];
		if (i + 1 < n)
			to[k++] = digits[value / 2025];
	}
	return k;
}

static void read_parts(struct text text)
{
	uint8_t held[SLIP_MAX];
	char again[SLIP_MAX / 2 * 3 + 2];
	struct text leaf;
	struct receipt r;
	size_t room = sizeof held;

	if (receipt_read(text, &r))
		must(r.proof.n <= PROOF_MAX && r.note.n > 0 && lies_in(r.note, text.at, text.n));
	if (slip_read(text, held, &leaf, &r))
		must(r.proof.n <= PROOF_MAX && r.note.n > 0 && lies_in(r.note, held, sizeof held) &&
			lies_in(leaf, held, sizeof held));
	if (base45_read(text, held, &room))
		must(encode(held, room, again) == text.n && memcmp(again, text.at, text.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	static struct policy policy;
	static FILE *nowhere;
	char path[32];
	int file = memfd_create("receipt", MFD_CLOEXEC);

	if (nowhere == NULL) {
		nowhere = fopen("/dev/null", "we");
		must(nowhere != NULL && policy_of_key(text_z(key), &policy));
	}
	read_parts((struct text){.at = (const char *)at, .n = n});
	must(file >= 0 && write(file, at, n) == (ssize_t)n);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	(void)receipt_verify(&policy, path, true, nowhere);
	close(file);
	return 0;
}
