#include "ledger/base/tar.h"

#include <stdio.h>
#include <string.h>

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type[1], link[100],
		magic[8], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == 512, "a block");

void tar_add(struct buf *out, const char *name, struct bytes content)
{
	static const uint8_t zeros[sizeof(struct header)];
	struct header h = {.mode = "0000444",
		.uid = "0000000",
		.gid = "0000000",
		.mtime = "00000000000",
		.checksum = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '},
		.type = {'0'},
		.magic = {'u', 's', 't', 'a', 'r', '\0', '0', '0'},
		.major = "0000000",
		.minor = "0000000"};
	unsigned sum = 0;

	bug_if(strlen(name) >= sizeof h.name || content.n >= (size_t)1 << 33);
	memcpy(h.name, name, strlen(name));
	(void)snprintf(h.size, sizeof h.size, "%011zo", content.n);
	for (size_t i = 0; i < sizeof h; i++)
		sum += ((const uint8_t *)&h)[i];
	(void)snprintf(h.checksum, sizeof h.checksum - 1, "%06o", sum);
	buf_add(out, &h, sizeof h);
	buf_add_bytes(out, content);
	buf_add(out, zeros, (sizeof h - content.n % sizeof h) % sizeof h);
}

void tar_end(struct buf *out)
{
	static const uint8_t zeros[2 * sizeof(struct header)];

	buf_add(out, zeros, sizeof zeros);
}
