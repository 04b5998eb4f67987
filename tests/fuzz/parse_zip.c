/* Any bytes as the zip that a workbook is. The input says what is asked (asked.h), then comes the file. */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/asked.h"
#include "tests/fuzz/workbook.h"
#include "daemon/parse/xml.h"

static int file_of(struct bytes in)
{
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("zip", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, in.at, in.n, 0) != (ssize_t)in.n)
		abort();
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct bytes in = bytes_of(data, size);
	struct problem p = {0};
	struct asked asked;
	char *copy;
	if (!begun) {
		xml_begin();
		zip_file_begin();
	}
	begun = true;
	if (asked_take(&in, &asked, &copy)) {
		struct zip_file *z = zip_file_of_fd(file_of(in), &p);
		if (!z && !p.code)
			abort();
		if (z)
			workbook_read(z, &asked);
		zip_file_free(z);
	}
	free(copy);
	return 0;
}
