/* A key file of any bytes is read up to its passphrase, or refused before any memory or time is spent on it. */
#include "ledger/base/sign.h"

#include <string.h>

#include "ledger/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	char label[KEY_LABEL_MAX + 1];
	struct verify_key key;
	struct why why = {0};

	if (!key_file_peek(bytes_of(at, n), &key, label, &why)) {
		bug_if(why.code[0] == '\0');
		return 0;
	}
	bug_if(n > KEY_FILE_MAX || label[0] == '\0' || strchr(label, '\n') != NULL ||
		!utf8_valid(bytes_z(label)));
	return 0;
}
