/**
 * @file poppler.h  PDF by poppler's programs, each run in a confined child
 */
#ifndef DOC_POPPLER_H
#define DOC_POPPLER_H

#include "child.h"
#include "gray.h"

typedef enum refusal(poppler_page_h)(struct gray *g, void *arg);

enum refusal poppler_pages(const struct child_limits *limits, int in, unsigned max_pages,
			   unsigned dpi, poppler_page_h *h, void *arg);

#endif
