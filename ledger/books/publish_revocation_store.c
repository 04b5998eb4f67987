#include "ledger/books/publish_revocation_store.h"

#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"

#define SIGNED_MAX ((size_t)64 << 10)

static bool put(struct work *w, const char *path, struct bytes text, struct bytes signatures)
{
	CLEANUP(buf_free) struct buf out = BUF(SIGNED_MAX);

	buf_add_z(&out, "text ");
	base64_encode(BASE64_STD, text, &out);
	buf_add_z(&out, "\ncertified ");
	base64_encode(BASE64_STD, signatures, &out);
	buf_add_z(&out, "\n");
	return write_file_durable(path, buf_bytes(&out), 0644, &w->why);
}

enum result publish_revocations(struct work *w, const char *directory)
{
	const char *below = arena_printf(w->arena, "%s/revocation", directory);
	struct rows r;
	enum result result = db_run(w, Q_REVOCATIONS_ALL, DB_NO_ARGS, &r);

	if (result != OK || rows_n(&r) == 0)
		return result;
	if (!make_directory_durable(below, 0755, &w->why))
		return REFUSED;
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct hash certificate = row_hash(&r, i, rows_col(&r, "certificate"));
		char hex[HASH_HEX_SIZE];
		const char *path = arena_printf(w->arena, "%s/%s", below, hash_hex(&certificate, hex));

		if (access(path, F_OK) != 0 && !put(w, path, row_bytes(&r, i, rows_col(&r, "text")),
						       row_bytes(&r, i, rows_col(&r, "signatures"))))
			return REFUSED;
	}
	return OK;
}
