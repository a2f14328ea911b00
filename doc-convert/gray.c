/**
 * @file gray.c  A page in grey, on its way to the width of a fax
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gray.h"

enum { CROP = 12, SCREEN_DPI = 96 };

/** Rows of an A4 page at so many to the inch */
unsigned fax_rows(unsigned dpi)
{
	return FAX_A4_MM_X10 * dpi / 254;
}

/** The longest page that machines take on their roll */
unsigned fax_rows_max(unsigned dpi)
{
	return 4400 * dpi / FINE_DPI;
}

void gray_free(struct gray *g)
{
	free(g->dots);
	g->dots = NULL;
}

/* "# 204 196": the resolution, told by our own readers of pictures */
static void comment(struct gray *g, struct child *c)
{
	char text[64];
	size_t n = 0;
	int b;

	while ((b = child_byte(c)) >= 0 && b != '\n') {
		if (n + 1 < sizeof(text))
			text[n++] = (char)b;
	}
	text[n] = '\0';
	if (sscanf(text, "%lf %lf", &g->dpi_x, &g->dpi_y) != 2)
		g->dpi_x = g->dpi_y = 0;
}

static int number(struct gray *g, struct child *c, unsigned *n)
{
	int b = child_byte(c);

	while (b >= 0 && (isspace(b) || b == '#')) {
		if (b == '#')
			comment(g, c);
		b = child_byte(c);
	}
	for (*n = 0; b >= 0 && isdigit(b) && *n < 1000000; b = child_byte(c))
		*n = *n * 10 + (unsigned)(b - '0');
	return b >= 0 && isspace(b) ? 0 : EBADMSG;
}

/**
 * Reads the next page (PGM) of a child
 *
 * @return 0, ENOENT at the end, EBADMSG or ENOMEM
 */
int gray_next(struct gray *g, struct child *c)
{
	unsigned white;
	int b = child_byte(c);

	memset(g, 0, sizeof(*g));
	if (b < 0)
		return ENOENT;
	if (b != 'P' || child_byte(c) != '5' || number(g, c, &g->width) ||
	    number(g, c, &g->height) || number(g, c, &white))
		return EBADMSG;
	if (!g->width || !g->height || white != 255 || (uint64_t)g->width * g->height > GRAY_DOTS)
		return EBADMSG;
	g->dots = malloc((size_t)g->width * g->height);
	if (!g->dots)
		return ENOMEM;
	if (child_read(c, g->dots, (size_t)g->width * g->height))
		return 0;
	gray_free(g);
	return EBADMSG;
}

/** Turns a landscape page upright: its top comes to the right side */
int gray_turn(struct gray *g)
{
	uint8_t *turned = malloc((size_t)g->width * g->height);
	unsigned width = g->height, height = g->width;
	double dpi = g->dpi_x;

	if (!turned)
		return ENOMEM;
	for (unsigned y = 0; y < height; y++) {
		for (unsigned x = 0; x < width; x++)
			turned[(size_t)y * width + x] =
				g->dots[(size_t)(width - 1 - x) * g->width + y];
	}
	free(g->dots);
	g->dots = turned;
	g->width = width;
	g->height = height;
	g->dpi_x = g->dpi_y;
	g->dpi_y = dpi;
	return 0;
}

/* One row of the new size: each dot is the mean of those it covers */
static void scale_row(uint8_t *to, unsigned width, const struct gray *g, unsigned top,
		      unsigned bottom)
{
	for (unsigned x = 0; x < width; x++) {
		unsigned left = (unsigned)((uint64_t)x * g->width / width);
		unsigned right = (unsigned)((uint64_t)(x + 1) * g->width / width);
		uint64_t sum = 0;

		right = right > left ? right : left + 1;
		for (unsigned y = top; y < bottom; y++) {
			const uint8_t *row = g->dots + (size_t)y * g->width;

			for (unsigned i = left; i < right; i++)
				sum += row[i];
		}
		to[x] = (uint8_t)(sum / ((uint64_t)(bottom - top) * (right - left)));
	}
}

/** Brings a page to another size; 0 or ENOMEM */
int gray_scale(struct gray *g, unsigned width, unsigned height)
{
	uint8_t *to;

	if (width == g->width && height == g->height)
		return 0;
	to = malloc((size_t)width * height);
	if (!to)
		return ENOMEM;
	for (unsigned y = 0; y < height; y++) {
		unsigned top = (unsigned)((uint64_t)y * g->height / height);
		unsigned bottom = (unsigned)((uint64_t)(y + 1) * g->height / height);

		/* a fax that was received has its rows doubled at most */
		if (width == g->width && bottom <= top + 1)
			memcpy(to + (size_t)y * width, g->dots + (size_t)top * width, width);
		else
			scale_row(to + (size_t)y * width, width, g, top,
				  bottom > top ? bottom : top + 1);
	}
	free(g->dots);
	g->dots = to;
	g->width = width;
	g->height = height;
	return 0;
}

/** Puts a page into the middle of the fax's width; what sticks out is cut off on both sides */
int gray_centre(struct gray *g)
{
	uint8_t *to;
	unsigned n = g->width < FAX_WIDTH ? g->width : FAX_WIDTH;
	unsigned from_x = (g->width - n) / 2, to_x = (FAX_WIDTH - n) / 2;

	if (g->width == FAX_WIDTH)
		return 0;
	to = malloc((size_t)FAX_WIDTH * g->height);
	if (!to)
		return ENOMEM;
	memset(to, 255, (size_t)FAX_WIDTH * g->height);
	for (unsigned y = 0; y < g->height; y++)
		memcpy(to + (size_t)y * FAX_WIDTH + to_x, g->dots + (size_t)y * g->width + from_x,
		       n);
	free(g->dots);
	g->dots = to;
	g->width = FAX_WIDTH;
	return 0;
}

/* How large a picture is meant to be, in inches; a photograph without size fills the page */
static void inches(const struct gray *g, double *wide, double *high)
{
	double x = g->dpi_x >= 50 ? g->dpi_x : SCREEN_DPI, y = g->dpi_y >= 50 ? g->dpi_y : x;

	*wide = g->width / x;
	*high = g->height / y;
}

static bool near(double dpi, unsigned nominal)
{
	return dpi > nominal * 0.9 && dpi < nominal * 1.1;
}

/* Rows of what has the dots of a fax, at so many to the inch; 0: it has not */
static unsigned rows_of_fax(const struct gray *g, unsigned dpi)
{
	static const unsigned known[] = {STANDARD_DPI, FINE_DPI, 2 * FINE_DPI};

	if (g->width != FAX_WIDTH || (g->dpi_x > 0 && !near(g->dpi_x, FAX_DPI)))
		return 0;
	for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (near(g->dpi_y, known[i]))
			return (unsigned)((uint64_t)g->height * dpi / known[i]);
	}
	return 0;
}

/**
 * Brings a picture to the size it is meant to have, or to the page if it is larger. What has the
 * dots of a fax already keeps its width, and each of them if its rows are as close.
 *
 * @param g   Picture; upright afterwards, of the fax's width
 * @param dpi Rows to the inch, FINE_DPI or STANDARD_DPI
 *
 * @return 0 or ENOMEM
 */
int gray_fit(struct gray *g, unsigned dpi)
{
	double wide, high, scale = 1, most_wide = (double)(FAX_WIDTH + CROP) / FAX_DPI;
	double most_high = (double)fax_rows(dpi) / dpi;
	unsigned width, height, rows = rows_of_fax(g, dpi);
	int err = 0;

	if (rows && rows <= fax_rows_max(dpi))
		return gray_scale(g, FAX_WIDTH, rows);
	inches(g, &wide, &high);
	if (wide > high && wide > most_wide)
		err = gray_turn(g);
	inches(g, &wide, &high);
	if (wide > most_wide)
		scale = most_wide / wide;
	if (high * scale > most_high)
		scale = most_high / high;
	width = (unsigned)(wide * scale * FAX_DPI + 0.5);
	height = (unsigned)(high * scale * dpi + 0.5);
	err = err ? err : gray_scale(g, width ? width : 1, height ? height : 1);
	return err ? err : gray_centre(g);
}
