/**
 * @file report.c  The delivery report of a fax
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <tiffio.h>
#include "bits.h"
#include "report.h"

/* All in points; the paper is A4. */
enum {
	WIDE = 595,
	HIGH = 842,
	MARGIN = 50,
	LABEL = 150,
	BOTTOM = HIGH - 70,
	COLUMNS = 3,
	GAP = 20,
	THUMB = (WIDE - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS,
	CAPTION = 16,
	SHRINK = 4, /* dots of the fax to one of the picture, both ways */
};

struct paper {
	const struct report *r;
	const struct report_file *file;
	cairo_t *cr;
	double y, below; /* where the row of pictures begins, and how high it is */
	unsigned page;
};

/* Draws a text and says how high it is */
static double text(cairo_t *cr, const char *s, const char *font, double x, double y, double wide,
		   double gray)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoFontDescription *f = pango_font_description_from_string(font);
	PangoAttrList *attrs = pango_attr_list_new();
	char *valid = g_utf8_make_valid(s, -1);
	int high;

	pango_layout_set_font_description(l, f);
	pango_layout_set_width(l, (int)(wide * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(l, valid, -1);
	pango_attr_list_insert(attrs,
			       pango_attr_insert_hyphens_new(FALSE)); /* a checksum has none */
	pango_layout_set_attributes(l, attrs);
	pango_layout_get_pixel_size(l, NULL, &high);
	cairo_set_source_rgb(cr, gray, gray, gray);
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, l);
	pango_attr_list_unref(attrs);
	g_free(valid);
	pango_font_description_free(f);
	g_object_unref(l);
	return high;
}

static void page_begin(struct paper *p)
{
	char number[16];

	if (p->page)
		cairo_show_page(p->cr);
	snprintf(number, sizeof(number), "%u", ++p->page);
	(void)text(p->cr, p->r->footer, "Sans 8", MARGIN, HIGH - 45, WIDE - 2 * MARGIN - 30, 0.35);
	(void)text(p->cr, number, "Sans 8", WIDE - MARGIN - 20, HIGH - 45, 30, 0.35);
	p->y = MARGIN;
}

static void room(struct paper *p, double high)
{
	if (p->y + high > BOTTOM)
		page_begin(p);
}

static void line(struct paper *p)
{
	cairo_set_source_rgb(p->cr, 0.75, 0.75, 0.75);
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, MARGIN, p->y);
	cairo_line_to(p->cr, WIDE - MARGIN, p->y);
	cairo_stroke(p->cr);
}

static void row(struct paper *p, const struct report_row *r)
{
	double high;

	room(p, r->value ? 30 : 60);
	if (!r->value) {
		p->y += 10;
		p->y += text(p->cr, r->label, "Sans Bold 11", MARGIN, p->y, WIDE - 2 * MARGIN, 0) +
			4;
		line(p);
		p->y += 5;
		return;
	}
	(void)text(p->cr, r->label, "Sans 9", MARGIN, p->y, LABEL - 10, 0.35);
	high = text(p->cr, r->value, "Sans 9", MARGIN + LABEL, p->y, WIDE - 2 * MARGIN - LABEL, 0);
	p->y += high + 4;
}

/* How black each square of SHRINK by SHRINK dots is, on white */
static void shrink(cairo_surface_t *s, const uint8_t *rows, unsigned wide, unsigned high)
{
	unsigned char *to = cairo_image_surface_get_data(s);
	int stride = cairo_image_surface_get_stride(s);

	for (unsigned y = 0; to && y < high; y++) {
		for (unsigned x = 0; x < wide; x++) {
			unsigned black = 0;

			for (unsigned dy = 0; dy < SHRINK; dy++) {
				const uint8_t *from = rows + (size_t)(y * SHRINK + dy) * BITS_ROW;
				unsigned dots = from[x / 2] >> (x % 2 ? 0 : SHRINK) & 0xf;

				black += (unsigned)__builtin_popcount(dots);
			}
			to[(size_t)y * (size_t)stride + x] =
				(unsigned char)(black * 255 / (SHRINK * SHRINK));
		}
	}
	cairo_surface_mark_dirty(s);
}

static void picture(struct paper *p, cairo_surface_t *s, double x, double high)
{
	double wide = cairo_image_surface_get_width(s);

	cairo_save(p->cr);
	cairo_translate(p->cr, x, p->y);
	cairo_scale(p->cr, THUMB / wide, high / cairo_image_surface_get_height(s));
	cairo_set_source_rgb(p->cr, 0, 0, 0);
	cairo_mask_surface(p->cr, s, 0, 0);
	cairo_restore(p->cr);
	cairo_set_source_rgb(p->cr, 0.6, 0.6, 0.6);
	cairo_set_line_width(p->cr, 0.5);
	cairo_rectangle(p->cr, x, p->y, THUMB, high);
	cairo_stroke(p->cr);
}

/* The next picture begins below those of this row */
static void row_end(struct paper *p)
{
	p->y += p->below;
	p->below = 0;
}

/* Which page of the fax it is, and what became of it */
static void caption_make(char *caption, size_t size, const struct paper *p, unsigned number)
{
	const struct report_file *f = p->file;
	unsigned page = number > f->sheets ? f->first + number - f->sheets : 0;

	if (!page)
		snprintf(caption, size, "%s", p->r->sheet);
	else
		snprintf(caption, size, "%u: %s", page,
			 page <= f->confirmed ? p->r->taken : p->r->missing);
}

/* The page at which the TIFF stands; 0 or errno */
static int thumb(struct paper *p, TIFF *t, unsigned number)
{
	uint32_t width = 0, rows = 0;
	float xdpi = 204, ydpi = 196;
	cairo_surface_t *s;
	char caption[160];
	uint8_t *dots;
	double high, x = MARGIN + (number - 1) % COLUMNS * (THUMB + GAP);

	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	TIFFGetField(t, TIFFTAG_XRESOLUTION, &xdpi);
	TIFFGetField(t, TIFFTAG_YRESOLUTION, &ydpi);
	if (width != FAX_WIDTH || rows < SHRINK || TIFFNumberOfStrips(t) != 1)
		return EBADMSG;
	high = (double)THUMB * rows / width * xdpi / ydpi;
	if (high > BOTTOM - MARGIN - CAPTION)
		high = BOTTOM - MARGIN - CAPTION;
	if ((number - 1) % COLUMNS == 0)
		room(p, high + CAPTION);
	dots = calloc(rows, BITS_ROW);
	if (!dots)
		return ENOMEM;
	if (TIFFReadEncodedStrip(t, 0, dots, (tmsize_t)rows * BITS_ROW) < 0) {
		free(dots);
		return EIO;
	}
	s = cairo_image_surface_create(CAIRO_FORMAT_A8, FAX_WIDTH / SHRINK, (int)(rows / SHRINK));
	shrink(s, dots, FAX_WIDTH / SHRINK, rows / SHRINK);
	picture(p, s, x, high);
	cairo_surface_destroy(s);
	free(dots);
	caption_make(caption, sizeof(caption), p, number);
	(void)text(p->cr, caption, "Sans 8", x, p->y + high + 2, THUMB, 0);
	p->below = high + CAPTION + 8;
	if (number % COLUMNS == 0)
		row_end(p);
	return 0;
}

/* The pages of a file, below its title; `left`: how many pictures there may be */
static int thumbs(struct paper *p, unsigned *left)
{
	const struct report_row title = {p->file->title, NULL};
	TIFF *t = TIFFOpen(p->file->path, "r");
	int err = t ? 0 : ENOENT;

	row(p, &title);
	for (unsigned n = 1; !err && *left; n++, (*left)--) {
		err = thumb(p, t, n);
		if (!TIFFReadDirectory(t))
			break;
	}
	row_end(p);
	if (t)
		TIFFClose(t);
	return err;
}

/**
 * Writes a report
 *
 * @param r    What is in it
 * @param path The PDF
 *
 * @return 0 or errno
 */
int report_write(const struct report *r, const char *path)
{
	cairo_surface_t *s = cairo_pdf_surface_create(path, WIDE, HIGH);
	struct paper p = {.r = r, .cr = cairo_create(s)};
	unsigned left = REPORT_PAGES;
	int err = 0;

	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, r->title);
	page_begin(&p);
	p.y += text(p.cr, r->title, "Sans Bold 18", MARGIN, p.y, WIDE - 2 * MARGIN, 0) + 10;
	for (unsigned i = 0; i < r->count; i++)
		row(&p, &r->rows[i]);
	for (unsigned i = 0; !err && i < r->file_count; i++) {
		p.file = &r->files[i];
		err = thumbs(&p, &left);
	}
	cairo_show_page(p.cr);
	cairo_destroy(p.cr);
	cairo_surface_finish(s);
	if (!err && cairo_surface_status(s) != CAIRO_STATUS_SUCCESS)
		err = EIO;
	cairo_surface_destroy(s);
	return err;
}
