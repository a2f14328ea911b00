/**
 * @file surface.c  A page, or a strip of one, that is drawn
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "surface.h"

/** Begins one of so many rows; what cannot be had is told by surface_close() */
void surface_open(struct surface *s, unsigned rows, unsigned dpi)
{
	s->image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, FAX_WIDTH, (int)rows);
	s->cr = cairo_create(s->image);
	cairo_scale(s->cr, FAX_DPI / 72.0, dpi / 72.0);
	cairo_set_source_rgb(s->cr, 1, 1, 1);
	cairo_paint(s->cr);
	cairo_set_source_rgb(s->cr, 0, 0, 0);
}

static int take(struct gray *g, cairo_surface_t *image)
{
	const unsigned char *from;
	int stride = cairo_image_surface_get_stride(image);

	cairo_surface_flush(image);
	from = cairo_image_surface_get_data(image);
	memset(g, 0, sizeof(*g));
	g->width = FAX_WIDTH;
	g->height = (unsigned)cairo_image_surface_get_height(image);
	g->dots = from ? malloc((size_t)g->width * g->height) : NULL;
	for (unsigned y = 0; g->dots && y < g->height; y++) {
		const uint32_t *row = (const void *)(from + (size_t)y * (size_t)stride);

		for (unsigned x = 0; x < g->width; x++)
			g->dots[(size_t)y * g->width + x] = (uint8_t)(row[x] >> 8);
	}
	return g->dots ? 0 : ENOMEM;
}

/** Ends it; the result is for gray_free(). 0 or ENOMEM */
int surface_close(struct gray *g, struct surface *s)
{
	int err = take(g, s->image);

	cairo_destroy(s->cr);
	cairo_surface_destroy(s->image);
	return err;
}
