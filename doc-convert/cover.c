/**
 * @file cover.c  Cover pages: a template of the tenant, filled in and drawn as a page of a fax
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pango/pangocairo.h>
#include "cover.h"
#include "surface.h"

enum {
	MARGIN = 50, /* points */
	LOGO_WIDE = 140,
	LOGO_HIGH = 80,
	BELOW_LOGO = 20,
	TAB = 90,
};

/* First strong isolate and its end: a value of another direction does not turn the line round */
#define ISOLATE "\xe2\x81\xa8"
#define ISOLATE_END "\xe2\x81\xa9"

static const char *value_of(const struct cover *c, const char *name, size_t n)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (strlen(c->fields[i].name) == n && !strncmp(c->fields[i].name, name, n))
			return c->fields[i].value;
	}
	return NULL;
}

/* What no font can show and what would break a line is left out, but for the line feeds of a note
 */
static void value_put(GString *to, const char *value)
{
	char *valid = g_utf8_make_valid(value, -1), *safe;

	for (char *p = valid; *p; p++) {
		if ((unsigned char)*p < ' ' && *p != '\n')
			*p = ' ';
	}
	safe = g_markup_escape_text(valid, -1);
	g_string_append(to, ISOLATE);
	g_string_append(to, safe);
	g_string_append(to, ISOLATE_END);
	g_free(safe);
	g_free(valid);
}

static GString *fill_in(const struct cover *c)
{
	GString *to = g_string_new(NULL);
	const char *p = c->template, *begin, *end;

	while ((begin = strstr(p, "{{")) && (end = strstr(begin, "}}"))) {
		const char *value = value_of(c, begin + 2, (size_t)(end - begin - 2));

		g_string_append_len(to, p, begin - p);
		if (value && *value)
			value_put(to, value);
		p = end + 2;
	}
	g_string_append(to, p);
	return to;
}

static void logo_draw(cairo_t *cr, const struct gray *logo)
{
	cairo_surface_t *s =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)logo->width, (int)logo->height);
	double scale = fmin((double)LOGO_WIDE / logo->width, (double)LOGO_HIGH / logo->height);
	unsigned char *to = cairo_image_surface_get_data(s);
	int stride = cairo_image_surface_get_stride(s);

	for (unsigned y = 0; to && y < logo->height; y++) {
		uint32_t *row = (uint32_t *)(void *)(to + (size_t)y * (size_t)stride);

		for (unsigned x = 0; x < logo->width; x++)
			row[x] = logo->dots[(size_t)y * logo->width + x] * 0x010101u;
	}
	cairo_surface_mark_dirty(s);
	cairo_save(cr);
	cairo_translate(cr, MARGIN, MARGIN);
	cairo_scale(cr, scale, scale);
	cairo_set_source_surface(cr, s, 0, 0);
	cairo_paint(cr);
	cairo_restore(cr);
	cairo_surface_destroy(s);
}

static void text_draw(cairo_t *cr, const char *markup, double wide, double high, double top)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoFontDescription *font = pango_font_description_from_string("Sans 12");
	PangoTabArray *tabs =
		pango_tab_array_new_with_positions(1, FALSE, PANGO_TAB_LEFT, TAB * PANGO_SCALE);

	pango_layout_set_font_description(l, font);
	pango_layout_set_tabs(l, tabs);
	pango_layout_set_width(l, (int)((wide - 2 * MARGIN) * PANGO_SCALE));
	pango_layout_set_height(l, (int)((high - MARGIN - top) * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	pango_layout_set_markup(l, markup, -1);
	cairo_move_to(cr, MARGIN, top);
	pango_cairo_show_layout(cr, l);
	pango_tab_array_free(tabs);
	pango_font_description_free(font);
	g_object_unref(l);
}

static bool markup_good(const char *markup, char fault[COVER_FAULT])
{
	GError *error = NULL;

	if (pango_parse_markup(markup, -1, 0, NULL, NULL, NULL, &error))
		return true;
	snprintf(fault, COVER_FAULT, "%s", error->message);
	g_error_free(error);
	return false;
}

/**
 * Draws a cover page
 *
 * @param g     Result, of the fax's width and the length of A4; gray_free()
 * @param c     Template and what is put in
 * @param logo  Its picture, or NULL
 * @param dpi   Rows to the inch
 * @param fault What is wrong with the template, for EINVAL
 *
 * @return 0, EINVAL for a template that cannot be read, or ENOMEM
 */
int cover_draw(struct gray *g, const struct cover *c, const struct gray *logo, unsigned dpi,
	       char fault[COVER_FAULT])
{
	double wide = 72.0 * FAX_WIDTH / FAX_DPI, high = 72.0 * fax_rows(dpi) / dpi;
	GString *markup = fill_in(c);
	struct surface s;
	int err = markup_good(markup->str, fault) ? 0 : EINVAL;

	memset(g, 0, sizeof(*g));
	if (!err) {
		surface_open(&s, fax_rows(dpi), dpi);
		if (logo)
			logo_draw(s.cr, logo);
		text_draw(s.cr, markup->str, wide, high,
			  MARGIN + (logo ? LOGO_HIGH + BELOW_LOGO : 0));
		err = surface_close(g, &s);
	}
	g_string_free(markup, TRUE);
	return err;
}
