#include "daemon/cli/slip_page.h"

#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include "daemon/cli/cli.h"

/* Points; A5. */
#define PAGE_WIDTH  419.53
#define PAGE_HEIGHT 595.28
#define MARGIN      36.0
#define TEXT_WIDTH  (PAGE_WIDTH - 2 * MARGIN)
#define LABEL_WIDTH 92.0
#define CODE_WIDTH  184.0 /* with a version of 33 still 0.43 mm a module */
#define CODE_TOP    (PAGE_HEIGHT - MARGIN - CODE_WIDTH)
#define RULE_TOP    (CODE_TOP - 12)

struct page {
	struct arena *arena;
	cairo_t *cairo;
	double y;
	double scale; /* of the letters: 1, or less where names are long */
	bool lacks_letter;
};

/* ---- text ------------------------------------------------------------------------------------------------------------- */

struct set {
	const char *font;
	double x, width;
	PangoAlignment align;
	double grey; /* 0 black */
};

/* Points are points, and letters stand where the design puts them, not on a screen's grid. */
static PangoLayout *layout_new(cairo_t *cairo)
{
	PangoLayout *layout = pango_cairo_create_layout(cairo);
	PangoContext *context = pango_layout_get_context(layout);
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_layout_context_changed(layout);
	cairo_font_options_destroy(options);
	return layout;
}

static PangoFontDescription *font_new(const struct page *p, const char *name)
{
	PangoFontDescription *font = pango_font_description_from_string(name);

	pango_font_description_set_size(font, (int)(pango_font_description_get_size(font) * p->scale));
	return font;
}

/* Sets a paragraph at the page's y and gives its height. */
static double set_text(struct page *p, const struct set *how, const char *text)
{
	PangoLayout *layout = layout_new(p->cairo);
	PangoFontDescription *font = font_new(p, how->font);
	int height;

	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout, (int)(how->width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, how->align);
	pango_layout_set_line_spacing(layout, 1.12F);
	pango_layout_set_text(layout, text, -1);
	p->lacks_letter = p->lacks_letter || pango_layout_get_unknown_glyphs_count(layout) > 0;
	cairo_set_source_rgb(p->cairo, how->grey, how->grey, how->grey);
	cairo_move_to(p->cairo, how->x, p->y);
	pango_cairo_show_layout(p->cairo, layout);
	pango_layout_get_size(layout, NULL, &height);
	pango_font_description_free(font);
	g_object_unref(layout);
	return (double)height / PANGO_SCALE;
}

static void rule(struct page *p, double grey)
{
	cairo_set_source_rgb(p->cairo, grey, grey, grey);
	cairo_set_line_width(p->cairo, 0.6);
	cairo_move_to(p->cairo, MARGIN, p->y);
	cairo_line_to(p->cairo, PAGE_WIDTH - MARGIN, p->y);
	cairo_stroke(p->cairo);
}

static void centred(struct page *p, const char *font, const char *text)
{
	p->y += set_text(p, &(struct set){font, MARGIN, TEXT_WIDTH, PANGO_ALIGN_CENTER, 0}, text);
}

/* From the top of a line in this font to its baseline. */
static double ascent(struct page *p, const char *font)
{
	PangoLayout *layout = layout_new(p->cairo);
	PangoFontDescription *of = font_new(p, font);
	int baseline;

	pango_layout_set_font_description(layout, of);
	baseline = pango_layout_get_baseline(layout);
	pango_font_description_free(of);
	g_object_unref(layout);
	return (double)baseline / PANGO_SCALE;
}

/* A label and what it is of, on one baseline: the reader's eye goes down one edge. */
static void row(struct page *p, const char *label, const char *value, const char *font)
{
	static const char small[] = "Liberation Sans 10";
	double y = p->y;

	p->y = y + ascent(p, font) - ascent(p, small);
	(void)set_text(p, &(struct set){small, MARGIN, LABEL_WIDTH, PANGO_ALIGN_LEFT, 0.35}, label);
	p->y = y;
	p->y += set_text(p,
			&(struct set){
				font, MARGIN + LABEL_WIDTH, TEXT_WIDTH - LABEL_WIDTH, PANGO_ALIGN_LEFT, 0},
			value) +
		5.5;
}

/* ---- the code --------------------------------------------------------------------------------------------------------- */

static QRcode *code_of(struct bytes text)
{
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
	QRcode *code = NULL;

	if (input && QRinput_append(input, QR_MODE_AN, (int)text.n, text.at) == 0)
		code = QRcode_encodeInput(input);
	if (input)
		QRinput_free(input);
	return code;
}

/* Black runs as one path, so that no light shows between modules. Margin and gap are wider than the four modules of white around it. */
static bool draw_code(struct page *p, struct bytes text, double x, double y, double width)
{
	QRcode *code = code_of(text);

	if (!code)
		return false;
	double module = width / code->width;
	for (int row = 0; row < code->width; row++) {
		const unsigned char *at = code->data + row * code->width;

		for (int from = 0, to; from < code->width; from = to) {
			for (to = from + 1; to < code->width && (at[to] & 1) == (at[from] & 1);)
				to++;
			if (at[from] & 1)
				cairo_rectangle(p->cairo, x + from * module, y + row * module,
					(to - from) * module, module);
		}
	}
	cairo_set_source_rgb(p->cairo, 0, 0, 0);
	cairo_fill(p->cairo);
	QRcode_free(code);
	return true;
}

/* ---- the page --------------------------------------------------------------------------------------------------------- */

static const char *in_groups(struct arena *a, const char *id)
{
	return strlen(id) == 19 ? arena_printf(a, "%.4s %.5s %.5s %.5s", id, id + 4, id + 9, id + 14) : id;
}

static const char *dong(struct arena *a, struct vnd v)
{
	char text[VND_TEXT_SIZE];

	return arena_printf(a, "%s đồng", vnd_format_dots(v, text));
}

static const char *where(struct arena *a, const struct slip *s)
{
	if (s->cash)
		return arena_printf(a, "Tiền mặt, do %s chi", s->place);
	return arena_printf(a, "Tài khoản %s tại %s\nchủ tài khoản %s%s", s->account, s->place, s->holder,
		strcmp(s->account_kind, "self") == 0 ? "" : " (người nhận thay)");
}

static const char *for_what(struct arena *a, const struct slip *s)
{
	static const struct {
		const char *kind, *said;
	} kinds[] = {
		{"arrears", " (truy lĩnh)"}, {"grant", " (trợ cấp một lần)"}, {"funeral", " (mai táng phí)"}};
	const char *said = "";

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(s->kind, kinds[i].kind) == 0)
			said = kinds[i].said;
	return arena_printf(a, "Tháng %d/%d%s", s->month.month, s->month.year, said);
}

static void draw_head(struct page *p, const struct slip *s)
{
	p->y = MARGIN;
	centred(p, "Liberation Sans Bold 10", s->agency);
	if (s->sandbox)
		centred(p, "Liberation Sans 8", "BẢN THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ");
	p->y += 12;
	centred(p, "Liberation Sans Bold 18", "PHIẾU BÁO ĐÃ TRẢ TIỀN");
	p->y += 2;
	centred(p, "Liberation Sans 10", s->programme);
	p->y += 10;
	rule(p, 0.6);
	p->y += 10;
}

static void draw_payment(struct page *p, const struct slip *s)
{
	static const char plain[] = "Liberation Sans 12", strong[] = "Liberation Sans Bold 12";

	row(p, "Người hưởng", s->name, "Liberation Sans Bold 14");
	if (s->ward)
		row(p, "Xã, phường", s->ward, plain);
	row(p, "Kỳ hưởng", for_what(p->arena, s), plain);
	row(p, "Số tiền", dong(p->arena, s->amount), "Liberation Sans Bold 19");
	row(p, "Ngày trả", cli_day_vi(p->arena, s->paid), strong);
	row(p, "Nhận bằng", where(p->arena, s), plain);
	row(p, "Mã khoản chi", in_groups(p->arena, s->id), "Liberation Mono 11");
	p->y += 2;
	p->y += set_text(p, &(struct set){"Liberation Sans 10", MARGIN, TEXT_WIDTH, PANGO_ALIGN_LEFT, 0},
		"Chưa nhận được đủ số tiền này? Mang phiếu đến Ủy ban nhân dân xã, phường nơi hưởng.");
}

/* How it is checked: beside the code, in the order in which it is done. */
static bool draw_proof(struct page *p, const struct slip *s)
{
	double x = MARGIN + CODE_WIDTH + 14, top = CODE_TOP, width = PAGE_WIDTH - MARGIN - x;
	struct set small = {"Liberation Sans 7.5", x, width, PANGO_ALIGN_LEFT, 0.15},
		   head = {"Liberation Sans Bold 8.5", x, width, PANGO_ALIGN_LEFT, 0},
		   mono = {"Liberation Mono 7", x, width, PANGO_ALIGN_LEFT, 0.15};
	char root[HASH_HEX_SIZE];

	p->y = RULE_TOP;
	rule(p, 0.6);
	if (!draw_code(p, s->code, MARGIN, top, CODE_WIDTH))
		return false;
	hash_hex(&s->checkpoint.root, root);
	p->y = top;
	p->y += set_text(p, &head, "Phiếu này tự kiểm tra được") + 4;
	p->y += set_text(p, &small,
			"1. Quét mã bên trái, lưu dòng chữ nhận được thành tệp phieu.txt.\n"
			"2. Trên máy bất kỳ, không cần mạng:") +
		2;
	p->y += set_text(p, &mono, "chitra-verify --key KHÓA\n              receipt phieu.txt") + 2;
	p->y += set_text(p, &small,
			"KHÓA là khóa công khai của sổ, do cơ quan công bố. Sửa một chữ số trong mã là không khớp. Tên người hưởng không "
			"nằm trong mã: so mã khoản chi và số tiền.") +
		6;
	p->y += set_text(p, &head, "Trong sổ") + 2;
	(void)set_text(p, &small,
		arena_printf(p->arena, "Bút toán số %lld\nSổ %s, %llu bút toán\nMã gốc %.8s … %s",
			(long long)s->leaf, s->checkpoint.origin, (unsigned long long)s->checkpoint.size,
			root, root + 56));
	return true;
}

static cairo_status_t keep(void *to, const unsigned char *at, unsigned n)
{
	return buf_add(to, at, n) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Whether what stands above the code ends above it. */
static bool fits(const struct page *p, const struct slip *s)
{
	cairo_surface_t *nowhere = cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, NULL);
	struct page trial = {.arena = p->arena, .cairo = cairo_create(nowhere), .scale = p->scale};

	draw_head(&trial, s);
	draw_payment(&trial, s);
	cairo_destroy(trial.cairo);
	cairo_surface_destroy(nowhere);
	return trial.y <= RULE_TOP - 6;
}

static bool draw(struct page *p, const struct slip *s, struct why *why)
{
	while (!fits(p, s) && p->scale > 0.4)
		p->scale -= 0.05;
	if (!fits(p, s))
		return why_set(
			why, "slip_large", "the names on the slip of %s are too long for a page", s->id);
	draw_head(p, s);
	draw_payment(p, s);
	p->scale = 1;
	if (!draw_proof(p, s))
		return why_set(why, "slip_large", "no QR code holds the receipt of %s", s->id);
	return !p->lacks_letter ||
	       why_set(why, "slip_font", "no font here has all letters of the slip; fonts-liberation2 has");
}

bool slip_page(struct arena *a, const struct slip *s, struct buf *out, struct why *why)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(keep, out, PAGE_WIDTH, PAGE_HEIGHT);
	struct page p = {.arena = a, .cairo = cairo_create(surface), .scale = 1};
	char recorded[INSTANT_TEXT_SIZE];
	bool fine;

	/* Not the clock's: the same slip is the same file. */
	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_CREATE_DATE, instant_format(s->recorded_us, recorded));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, s->id);
	fine = draw(&p, s, why);
	cairo_show_page(p.cairo);
	cairo_destroy(p.cairo);
	cairo_surface_finish(surface);
	if (fine && (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS || !buf_ok(out)))
		fine = why_set(why, "slip_failed", "the page of %s could not be drawn", s->id);
	cairo_surface_destroy(surface);
	return fine;
}
