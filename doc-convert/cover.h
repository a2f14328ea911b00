/**
 * @file cover.h  Cover pages: a template of the tenant, filled in and drawn as a page of a fax
 *
 * A template is text in Pango's markup with fields in double braces. What is put in for a field is
 * text only, whatever it looks like, and keeps its own direction of writing.
 */
#ifndef DOC_COVER_H
#define DOC_COVER_H

#include "gray.h"

enum { COVER_TEMPLATE = 8192, COVER_VALUE = 2048, COVER_FIELDS = 16, COVER_FAULT = 200 };

struct cover_field {
	const char *name, *value;
};

struct cover {
	const char *template;
	struct cover_field fields[COVER_FIELDS];
	unsigned count;
	const char *logo; /* PNG, or NULL */
};

int cover_draw(struct gray *g, const struct cover *c, const struct gray *logo, unsigned dpi,
	       char fault[COVER_FAULT]);

#endif
