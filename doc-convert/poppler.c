/**
 * @file poppler.c  PDF by poppler's programs, each run in a confined child
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "poppler.h"

enum { PAGES_MOST = 2000, LINE = 256, LETTER_CROP = 8 };

/** Of one page, in points as it is read */
struct size {
	double wide, high;
};

struct paper {
	unsigned pages;
	bool locked;
	struct size *sizes; /* of the first `told` pages                                */
	unsigned told, max;
};

/** How to draw a page so that it fits */
struct drawing {
	double rx, ry;
	bool turn;
};

static bool line_read(struct child *c, char line[LINE])
{
	size_t n = 0;
	int b;

	while ((b = child_byte(c)) >= 0 && b != '\n') {
		if (n + 1 < LINE)
			line[n++] = (char)b;
	}
	line[n] = '\0';
	return b >= 0 || n;
}

static void line_take(struct paper *p, const char *line)
{
	double wide, high;
	unsigned page;
	int turned;

	if (sscanf(line, "Pages: %u", &p->pages) == 1)
		return;
	/* by a password, a certificate, or whatever else keeps readers out */
	if (strstr(line, "Incorrect password") || strstr(line, "security handler"))
		p->locked = true;
	else if (sscanf(line, "Page %u size: %lf x %lf", &page, &wide, &high) == 3 && page >= 1 &&
		 page <= p->max) {
		p->sizes[page - 1] = (struct size){wide, high};
		p->told = page > p->told ? page : p->told;
	} else if (sscanf(line, "Page %u rot: %d", &page, &turned) == 2 && page >= 1 &&
		   page <= p->told && turned % 180) {
		struct size s = p->sizes[page - 1];

		p->sizes[page - 1] = (struct size){s.high, s.wide};
	}
}

static enum refusal ask(struct paper *p, const struct child_limits *limits, int in)
{
	static struct child c;
	char last[12], line[LINE];
	const char *argv[] = {"/usr/bin/pdfinfo", "-f", "1", "-l", last, "-", NULL};
	enum refusal r;

	snprintf(last, sizeof(last), "%u", p->max);
	r = child_exec(&c, limits, in, argv);
	if (r)
		return r;
	while (line_read(&c, line))
		line_take(p, line);
	r = child_end(&c);
	if (p->locked)
		return REFUSE_LOCKED;
	if (r)
		return r;
	return !p->pages ? REFUSE_EMPTY : p->pages > p->max ? REFUSE_PAGES : REFUSE_NOTHING;
}

static bool same(const struct size *a, const struct size *b)
{
	return fabs(a->wide - b->wide) < 0.5 && fabs(a->high - b->high) < 0.5;
}

/* Letter is six dots wider than the line: they are cut off, not squeezed in */
static void plan(struct drawing *d, const struct size *s, unsigned dpi)
{
	double wide = s->wide / 72, high = s->high / 72, scale = 1;
	double most_wide = (double)(FAX_WIDTH + LETTER_CROP) / FAX_DPI;
	double most_high = (double)fax_rows_max(dpi) / dpi;

	d->turn = wide > high && wide > most_wide;
	if (d->turn) {
		double keep = wide;

		wide = high;
		high = keep;
	}
	if (wide > most_wide)
		scale = most_wide / wide;
	if (high * scale > most_high)
		scale = most_high / high;
	d->rx = (d->turn ? dpi : FAX_DPI) * scale;
	d->ry = (d->turn ? FAX_DPI : dpi) * scale;
}

static enum refusal page(struct gray *g, struct child *c, const struct drawing *d, unsigned dpi,
			 poppler_page_h *h, void *arg)
{
	enum refusal r;
	int err = gray_next(g, c);

	if (err)
		return c->late ? REFUSE_SLOW : REFUSE_DAMAGED;
	if (d->turn)
		err = gray_turn(g);
	if (!err && g->height > fax_rows_max(dpi))
		err = gray_scale(g, g->width, fax_rows_max(dpi));
	if (!err)
		err = gray_centre(g);
	r = err ? REFUSE_COMPLEX : h(g, arg);
	gray_free(g);
	return r;
}

/* A run of pages of one size is one start of the program */
static enum refusal draw(const struct child_limits *limits, int in, const struct paper *p,
			 unsigned first, unsigned last, unsigned dpi, poppler_page_h *h, void *arg)
{
	static struct child c;
	char f[12], l[12], rx[24], ry[24];
	const char *argv[] = {"/usr/bin/pdftoppm",
			      "-q",
			      "-gray",
			      "-f",
			      f,
			      "-l",
			      l,
			      "-rx",
			      rx,
			      "-ry",
			      ry,
			      "-",
			      NULL};
	struct drawing d;
	struct gray g;
	enum refusal r, end;

	plan(&d, &p->sizes[first], dpi);
	snprintf(f, sizeof(f), "%u", first + 1);
	snprintf(l, sizeof(l), "%u", last + 1);
	snprintf(rx, sizeof(rx), "%.4f", d.rx);
	snprintf(ry, sizeof(ry), "%.4f", d.ry);
	r = child_exec(&c, limits, in, argv);
	if (r)
		return r;
	for (unsigned i = first; !r && i <= last; i++)
		r = page(&g, &c, &d, dpi, h, arg);
	end = child_end(&c);
	return r == REFUSE_DAMAGED && end ? end : r;
}

/**
 * Draws every page of a PDF
 *
 * @param limits    For each of the programs
 * @param in        The file
 * @param max_pages More are refused
 * @param dpi       Rows to the inch
 * @param h         Gets each page, upright and of the fax's width
 * @param arg       Its argument
 */
enum refusal poppler_pages(const struct child_limits *limits, int in, unsigned max_pages,
			   unsigned dpi, poppler_page_h *h, void *arg)
{
	struct paper p = {.max = max_pages < PAGES_MOST ? max_pages : PAGES_MOST};
	enum refusal r = REFUSE_SYSTEM;
	unsigned first = 0, last;

	p.sizes = calloc(p.max, sizeof(*p.sizes));
	if (p.sizes)
		r = ask(&p, limits, in);
	if (!r && p.told < p.pages)
		r = REFUSE_DAMAGED;
	for (; !r && first < p.pages; first = last + 1) {
		for (last = first; last + 1 < p.pages && same(&p.sizes[first], &p.sizes[last + 1]);)
			last++;
		if (p.sizes[first].wide < 1 || p.sizes[first].high < 1)
			r = REFUSE_DAMAGED;
		else
			r = draw(limits, in, &p, first, last, dpi, h, arg);
	}
	free(p.sizes);
	return r;
}
