#include "daemon/parse/zip_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <zip.h>

#define RATIO_FREE ((uint64_t)1 << 20)

struct zip_file {
	int fd;
	int64_t size, at; /* of the descriptor */
	zip_error_t error;
	zip_t *zip;
	zip_file_t *part;
	uint64_t packed, unpacked; /* of the part */
	uint64_t sum;              /* of all */
	struct problem problem;
};

/* ---- the descriptor as libzip's source ----------------------------------------------------------------------------- */

static zip_int64_t source_read(struct zip_file *z, void *to, zip_uint64_t n)
{
	ssize_t got;
	do
		got = pread(z->fd, to, n, z->at);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		zip_error_set(&z->error, ZIP_ER_READ, errno);
		return -1;
	}
	z->at += got;
	return got;
}

static zip_int64_t source_seek(struct zip_file *z, void *args, zip_uint64_t n)
{
	zip_int64_t to = zip_source_seek_compute_offset(
		(zip_uint64_t)z->at, (zip_uint64_t)z->size, args, n, &z->error);
	if (to < 0)
		return -1;
	z->at = to;
	return 0;
}

static zip_int64_t source_stat(const struct zip_file *z, void *out)
{
	zip_stat_t *s = out;
	zip_stat_init(s);
	s->size = (zip_uint64_t)z->size;
	s->valid = ZIP_STAT_SIZE;
	return sizeof *s;
}

static zip_int64_t source(void *context, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
	struct zip_file *z = context;
	/* A foreign enum: what is not here is no reading. */
	if (command == ZIP_SOURCE_READ)
		return source_read(z, data, n);
	if (command == ZIP_SOURCE_SEEK)
		return source_seek(z, data, n);
	if (command == ZIP_SOURCE_TELL)
		return z->at;
	if (command == ZIP_SOURCE_STAT)
		return source_stat(z, data);
	if (command == ZIP_SOURCE_ERROR)
		return zip_error_to_data(&z->error, data, n);
	if (command == ZIP_SOURCE_SUPPORTS)
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
			ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
			ZIP_SOURCE_SUPPORTS, -1);
	z->at = command == ZIP_SOURCE_OPEN ? 0 : z->at;
	return 0;
}

void zip_file_begin(void)
{
	if (setenv("TZ", "UTC0", 1) != 0)
		bug("could not set the time zone");
	tzset();
}

/* ---- the file ------------------------------------------------------------------------------------------------------ */

static void release(struct zip_file *z)
{
	zip_part_close(z);
	if (z->zip)
		zip_discard(z->zip);
	zip_error_fini(&z->error);
	free(z);
}

void zip_file_free(struct zip_file *z)
{
	if (z)
		release(z);
}

struct zip_file *zip_file_of_fd(int fd, struct problem *p)
{
	struct zip_file *z = calloc(1, sizeof *z);
	bug_if(!z);
	zip_error_init(&z->error);
	z->fd = fd;
	z->size = lseek(fd, 0, SEEK_END);
	zip_source_t *s = z->size > 0 ? zip_source_function_create(source, z, NULL) : NULL;
	if (s)
		z->zip = zip_open_from_source(s, ZIP_RDONLY, NULL);
	if (s && !z->zip)
		zip_source_free(s);
	if (!z->zip)
		problem_set(p, "xlsx_damaged", 0, "");
	else if (zip_get_num_entries(z->zip, 0) > ZIP_PARTS_MAX)
		problem_set(p, "xlsx_parts", 0, "");
	if (!p->code)
		return z;
	release(z);
	return NULL;
}

struct problem *zip_file_problem(struct zip_file *z)
{
	return &z->problem;
}

/* How many entries have this name, and one of them. Letter case is no difference (Open Packaging Conventions §6.2.2.3). */
static size_t entries_named(const struct zip_file *z, const char *part, zip_uint64_t *entry)
{
	zip_int64_t n = zip_get_num_entries(z->zip, 0);
	size_t found = 0;
	for (zip_int64_t i = 0; i < n; i++) {
		const char *name = zip_get_name(z->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
		if (!name || strcasecmp(name, part) != 0)
			continue;
		*entry = (zip_uint64_t)i;
		found++;
	}
	return found;
}

bool zip_file_has(const struct zip_file *z, const char *part)
{
	zip_uint64_t entry;
	return entries_named(z, part, &entry) > 0;
}

/* ---- a part -------------------------------------------------------------------------------------------------------- */

bool zip_part_open(struct zip_file *z, const char *part)
{
	const zip_uint64_t needed = ZIP_STAT_INDEX | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
				    ZIP_STAT_ENCRYPTION_METHOD;
	zip_uint64_t entry;
	size_t found = entries_named(z, part, &entry);
	if (found == 0)
		return false;
	/* Which of them another program shows, nobody knows. */
	if (found > 1)
		return problem_set(&z->problem, "xlsx_twice", 0, part);
	zip_stat_t s;
	zip_stat_init(&s);
	if (zip_stat_index(z->zip, entry, 0, &s) != 0)
		return problem_set(&z->problem, "xlsx_damaged", 0, "");
	if ((s.valid & ZIP_STAT_ENCRYPTION_METHOD) && s.encryption_method != ZIP_EM_NONE)
		return problem_set(&z->problem, "xlsx_password", 0, "");
	bool readable = (s.valid & needed) == needed &&
			(s.comp_method == ZIP_CM_STORE || s.comp_method == ZIP_CM_DEFLATE);
	z->part = readable ? zip_fopen_index(z->zip, s.index, 0) : NULL;
	if (!z->part)
		return problem_set(&z->problem, "xlsx_damaged", 0, "");
	z->packed = s.comp_size;
	z->unpacked = 0;
	return true;
}

void zip_part_close(struct zip_file *z)
{
	if (z->part)
		zip_fclose(z->part);
	z->part = NULL;
}

int zip_part_read(struct zip_file *z, char *to, int n)
{
	zip_int64_t got = z->problem.code ? -1 : zip_fread(z->part, to, (zip_uint64_t)n);
	if (got < 0) {
		problem_set(&z->problem, "xlsx_damaged", 0, "");
		return -1;
	}
	z->unpacked += (uint64_t)got;
	z->sum += (uint64_t)got;
	if (z->unpacked > RATIO_FREE + ZIP_RATIO_MAX * z->packed)
		problem_set(&z->problem, "xlsx_ratio", 0, "");
	else if (z->sum > ZIP_UNPACKED_MAX)
		problem_set(&z->problem, "xlsx_too_large", 0, "");
	return z->problem.code ? -1 : (int)got;
}
