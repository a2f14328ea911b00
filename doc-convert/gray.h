/**
 * @file gray.h  A page in grey, on its way to the width of a fax
 */
#ifndef DOC_GRAY_H
#define DOC_GRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "child.h"

enum {
	FAX_WIDTH = 1728, /* dots, 204 to the inch: ISO A4 (ITU-T T.4)                */
	FAX_DPI = 204,
	FINE_DPI = 196,
	STANDARD_DPI = 98,
	FAX_A4_MM_X10 = 2970,
	GRAY_DOTS = 64 << 20, /* largest page taken from a child                         */
};

struct gray {
	unsigned width, height;
	double dpi_x, dpi_y; /* 0: not told                                              */
	uint8_t *dots;	     /* 255 is white                                             */
};

unsigned fax_rows(unsigned dpi);
unsigned fax_rows_max(unsigned dpi);
int gray_next(struct gray *g, struct child *c);
void gray_free(struct gray *g);
int gray_turn(struct gray *g);
int gray_scale(struct gray *g, unsigned width, unsigned height);
int gray_centre(struct gray *g);
int gray_fit(struct gray *g, unsigned dpi);

#endif
