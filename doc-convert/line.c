/**
 * @file line.c  The line over each page that is sent
 */
#include <errno.h>
#include "line.h"
#include "surface.h"

enum { MARGIN = 24, GAP = 14 }; /* points */

static const char FONT[] = "Sans 7";

/** How many rows it has */
unsigned line_rows(unsigned dpi)
{
	return dpi == FINE_DPI ? LINE_FINE : LINE_STANDARD;
}

/* Text from `left` on, or (`left` below 0) up to -`left`; at most `wide`. Returns its width */
static double put(cairo_t *cr, const char *text, double left, double wide)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	char *valid = g_utf8_make_valid(text, -1);
	int across, down;

	pango_layout_set_font_description(l, font);
	pango_layout_set_single_paragraph_mode(l, TRUE);
	pango_layout_set_text(l, valid, -1);
	pango_layout_get_size(l, &across, &down);
	if (across > wide * PANGO_SCALE) {
		across = (int)(wide * PANGO_SCALE);
		pango_layout_set_width(l, across);
		pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	}
	cairo_move_to(cr, left < 0 ? -left - (double)across / PANGO_SCALE : left, 0);
	pango_cairo_show_layout(cr, l);
	g_free(valid);
	pango_font_description_free(font);
	g_object_unref(l);
	return (double)across / PANGO_SCALE;
}

/**
 * Draws the line of a page
 *
 * @param b    Result, line_rows() high; bits_free()
 * @param l    What is the same on each page; a name that is too long is cut
 * @param page Which one it is
 * @param dpi  Rows to the inch
 *
 * @return 0 or ENOMEM
 */
int line_draw(struct bits *b, const struct page_line *l, const char *page, unsigned dpi)
{
	double left = MARGIN, right = 72.0 * FAX_WIDTH / FAX_DPI - MARGIN;
	struct surface s;
	struct gray g;
	int err;

	surface_open(&s, line_rows(dpi), dpi);
	left += put(s.cr, l->time, left, right) + GAP;
	right -= put(s.cr, page, -right, right) + GAP;
	right -= put(s.cr, l->numbers, -right, right - left) + GAP;
	if (right > left)
		(void)put(s.cr, l->name, left, right - left);
	err = surface_close(&g, &s);
	err = err ? err : bits_make(b, &g, BITS_TEXT);
	gray_free(&g);
	return err ? ENOMEM : 0;
}
