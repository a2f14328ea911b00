/**
 * @file template.h  The mails that we write, as text and as HTML
 *
 * template_table.h holds subjects and texts. Values come from callers and files, so they are
 * bounded, lose their control characters, and are escaped in HTML. Pure; any thread.
 */
#ifndef CARILLON_TEMPLATE_H
#define CARILLON_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

enum { TEMPLATE_SUBJECT = 200, TEMPLATE_TEXT = 6000, TEMPLATE_HTML = 24000, TEMPLATE_VALUE = 400 };

enum template_id {
#define X(name, subject, text) TEMPLATE_##name,
#include "template_table.h"
#undef X
	TEMPLATES
};

/** The value of a word, or NULL for none */
typedef const char *(template_value_h)(const char *word, void *arg);

struct template_mail {
	char subject[TEMPLATE_SUBJECT];
	char text[TEMPLATE_TEXT];
	char html[TEMPLATE_HTML];
};

const char *template_name(enum template_id id);
bool template_knows(enum template_id id, const char *word);
void template_subject(char *subject, size_t size, enum template_id id, template_value_h *h,
		      void *arg);
void template_fill(struct template_mail *m, enum template_id id, template_value_h *h, void *arg);

#endif
