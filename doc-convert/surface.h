/**
 * @file surface.h  A page, or a strip of one, that is drawn
 */
#ifndef DOC_SURFACE_H
#define DOC_SURFACE_H

#include <pango/pangocairo.h>
#include "gray.h"

/** Of the fax's width; white, the pen is black, lengths are points */
struct surface {
	cairo_surface_t *image;
	cairo_t *cr;
};

void surface_open(struct surface *s, unsigned rows, unsigned dpi);
int surface_close(struct gray *g, struct surface *s);

#endif
