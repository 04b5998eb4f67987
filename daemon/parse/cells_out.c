#include "daemon/parse/cells_out.h"

#include <stdlib.h>

#include "daemon/parse/tidy.h"

#define OUT_PIECE  ((size_t)32 << 10)
#define OUT_MAX    ((size_t)4 << 20)
#define MERGED_MAX 10000

struct cells_out {
	enum legacy legacy;
	sift_take *take;
	void *context;
	struct arena *arena; /* of one row */
	struct buf out;
	size_t n_merged;
	bool refused;
};

void cells_out_free(struct cells_out *o)
{
	if (!o)
		return;
	arena_free(o->arena);
	buf_free(&o->out);
	free(o);
}

static bool flush(struct cells_out *o)
{
	if (o->out.n > 0 && !o->take(o->context, buf_bytes(&o->out)))
		o->refused = true;
	buf_reset(&o->out);
	return !o->refused;
}

struct cells_out *cells_out_new(enum legacy legacy, sift_take *take, void *context)
{
	struct cells_out *o = calloc(1, sizeof *o);
	bug_if(!o);
	o->legacy = legacy;
	o->take = take;
	o->context = context;
	o->arena = arena_new();
	buf_init(&o->out, OUT_MAX);
	return o;
}

void cells_out_sheet(struct cells_out *o, const char *name, bool is_list)
{
	o->n_merged = 0;
	buf_add_z(&o->out, is_list ? "list" : "sheet");
	list_column_write(&o->out, bytes_z(name), false);
	buf_u8(&o->out, '\n');
}

static void write_cell(struct cells_out *o, const struct sift_cell *cell)
{
	static const char *const kinds[] = {[SIFT_TEXT] = "t", [SIFT_NUMBER] = "n", [SIFT_DAY] = "d"};
	struct bytes text;
	bool changed;
	if (cell->text.n == 0) {
		buf_u8(&o->out, '\t');
		return;
	}
	if (!legacy_decode(cell->legacy != LEGACY_NONE ? cell->legacy : o->legacy, o->arena, cell->text,
		    &text, &changed))
		text = cell->text;
	list_column_write(&o->out, bytes_z(kinds[cell->kind]), false);
	list_column_write(&o->out, changed ? tidy_cell(o->arena, text) : text, true);
}

bool cells_out_row(struct cells_out *o, const struct sift_row *row)
{
	buf_addf(&o->out, "row\t%d", row->row);
	for (size_t i = 0; i < row->n; i++)
		write_cell(o, &row->cells[i]);
	buf_u8(&o->out, '\n');
	arena_reset(o->arena);
	return o->out.n < OUT_PIECE ? !o->refused : flush(o);
}

void cells_out_width(struct cells_out *o, uint32_t from, uint32_t to, struct bytes width)
{
	if (from < 1 || to < from || to > COLUMNS_MAX || width.n > 20)
		return;
	buf_addf(&o->out, "width\t%u\t%u\t%.*s\n", from, to, (int)width.n, (const char *)width.at);
}

void cells_out_merged(struct cells_out *o, struct bytes range)
{
	if (o->n_merged++ >= MERGED_MAX || range.n > 20)
		return;
	buf_addf(&o->out, "merged\t%.*s\n", (int)range.n, (const char *)range.at);
	if (o->out.n >= OUT_PIECE)
		flush(o);
}

bool cells_out_end(struct cells_out *o)
{
	return flush(o);
}
