/**
 * @file line.h  The line over each page that is sent: when, who, from where, to whom, which page
 *
 * Required of whoever sends faxes by 47 CFR 68.318(d). It stands above the page, so that the page
 * stays as it was previewed.
 */
#ifndef DOC_LINE_H
#define DOC_LINE_H

#include "bits.h"

enum { LINE_FINE = 32, LINE_STANDARD = LINE_FINE / 2 }; /* rows */

struct page_line {
	const char *time, *name, *numbers;
};

unsigned line_rows(unsigned dpi);
int line_draw(struct bits *b, const struct page_line *l, const char *page, unsigned dpi);

#endif
