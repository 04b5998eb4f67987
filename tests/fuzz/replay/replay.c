/* Stands in for libFuzzer: gives the committed corpus to one fuzz target, each input whole and cut at every length.
 *
 *   build/tests/replay/NAME [CORPUS]      CORPUS is tests/fuzz/corpus/NAME when not given
 *
 * A finding aborts the program, so prove sees it. TAP: one line per input. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "tests/lib/tap.h"

#define INPUT_MAX 65536
#define CUT_MAX   4096

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

/* A copy of exactly n bytes, so that AddressSanitizer sees a read behind the end. */
static void give(const uint8_t *at, size_t n)
{
	uint8_t *input = malloc(n > 0 ? n : 1);

	if (input == NULL)
		abort();
	if (n > 0)
		memcpy(input, at, n);
	LLVMFuzzerTestOneInput(input, n);
	free(input);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	const char *corpus = argc > 1 ? argv[1] : arena_printf(a, "tests/fuzz/corpus/%s", name);
	struct dirent **entries;
	int n = scandir(corpus, &entries, visible, alphasort);

	if (n < 0)
		skip_all("there is no corpus %s", corpus);
	for (int i = 0; i < n; i++) {
		const char *path = arena_printf(a, "%s/%s", corpus, entries[i]->d_name);
		struct bytes input;

		if (!ok(read_file(a, path, INPUT_MAX, &input, NULL),
			    "%s: %s breaks nothing, nor does any beginning of it", name, entries[i]->d_name))
			continue;
		for (size_t cut = 0; cut < input.n && cut < CUT_MAX; cut++)
			give(input.at, cut);
		give(input.at, input.n);
		free(entries[i]);
	}
	free(entries);
	return done_testing();
}
