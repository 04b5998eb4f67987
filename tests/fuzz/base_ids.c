/* A personal ID, an account or a phone number of any bytes: what is accepted has its shape, and its masked form hides it. */
#include "ledger/base/ids.h"

#include <string.h>

#include "ledger/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static void check_id(struct bytes in)
{
	char masked[MASKED_SIZE];
	struct personal_id id;
	struct why why = {0};

	if (personal_id_parse(in, &id, &why)) {
		bug_if(strlen(id.digits) != 12 || !bytes_eq_z(in, id.digits));
		bug_if(strstr(personal_id_masked(&id, masked), id.digits) != NULL ||
			!utf8_valid(bytes_z(masked)));
		bug_if(personal_id_birth_year(&id) < 1900 || personal_id_birth_year(&id) > 2399);
		bug_if(personal_id_with_zeros(in, &id));
	} else {
		bug_if(why.code[0] == '\0');
	}
	if (personal_id_with_zeros(in, &id))
		bug_if(!personal_id_parse(bytes_z(id.digits), &id, NULL) || id.digits[0] != '0');
}

static void check_account(struct bytes in)
{
	char masked[MASKED_SIZE];
	struct account_no no, again;

	if (!account_no_parse(in, &no, NULL))
		return;
	bug_if(strlen(no.text) != in.n);
	bug_if(!account_no_parse(bytes_z(no.text), &again, NULL) || strcmp(no.text, again.text) != 0);
	bug_if(strstr(account_no_masked(&no, masked), no.text) != NULL || !utf8_valid(bytes_z(masked)));
}

static void check_phone(struct bytes in)
{
	char masked[MASKED_SIZE];
	struct phone_no phone, again;

	if (!phone_no_parse(in, &phone, NULL))
		return;
	bug_if(phone.digits[0] != '0' || strlen(phone.digits) < 10 || strlen(phone.digits) > 11);
	bug_if(!phone_no_parse(bytes_z(phone.digits), &again, NULL) ||
		strcmp(phone.digits, again.digits) != 0);
	bug_if(strstr(phone_no_masked(&phone, masked), phone.digits) != NULL || !utf8_valid(bytes_z(masked)));
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	struct bytes in = bytes_of(at, n);

	check_id(in);
	check_account(in);
	check_phone(in);
	(void)!e2e_id_valid(in);
	return 0;
}
