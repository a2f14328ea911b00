/**
 * @file field.h  What is wrong with what somebody typed: field by field, in sentences
 *
 * A check fills the list; the API answers it as the `fields` of a 422. Sentences continue the
 * field's name: "number" "is already used by Tom Becker". Any thread.
 */
#ifndef CARILLON_FIELD_H
#define CARILLON_FIELD_H

#include <stdbool.h>
#include <stddef.h>

enum { FIELD_ERRORS = 16, FIELD_NAME = 32, FIELD_SENTENCE = 160 };

/** Sizes of what people type, terminator included */
enum {
	MODEL_NAME = 128,
	MODEL_DOMAIN = 128,
	MODEL_EMAIL = 255,
	MODEL_WORD = 64,      /* time zone, node               */
	MODEL_TOKENS = 512,   /* permissions, separated by " " */
	MODEL_SETTINGS = 2048 /* JSON                          */
};

struct field_error {
	char name[FIELD_NAME], text[FIELD_SENTENCE];
};

/** Start it with {0}; beyond FIELD_ERRORS the rest is dropped, the count stays right enough */
struct field_errors {
	unsigned count;
	struct field_error v[FIELD_ERRORS];
};

void field_error(struct field_errors *fe, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *field_sentence(const struct field_errors *fe, const char *name);
bool field_text(struct field_errors *fe, const char *name, const char *text, size_t min,
		size_t size);
void field_country(struct field_errors *fe, const char *name, const char *code);
void field_currency(struct field_errors *fe, const char *name, const char *code);
bool field_timezone(struct field_errors *fe, const char *name, const char *zone);
void field_cut(char *to, size_t size, const char *text);
void field_search(char *like, size_t size, const char *q);

#endif
