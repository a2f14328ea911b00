/**
 * @file story.h  The story of a call: each step, why it was taken, and when
 *
 * Read by the CDR, by "why didn't my phone ring?" and by reports. Bounded: of more than
 * STORY_MAX lines the last are "..." and the end. Core thread only.
 */
#ifndef CARILLON_STORY_H
#define CARILLON_STORY_H

#include <stdint.h>
#include "own.h"

enum { STORY_MAX = 200, STORY_TEXT = 240 };

struct story_line {
	int64_t at;    /* wall clock, ms                                     */
	char kind[16]; /* "start" "dest" "ring" "leg" "answer" "hold" "transfer" "end" ... */
	char text[STORY_TEXT];
};

struct story;

int story_alloc(struct story **sp);
void story_add(struct story *s, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
unsigned story_count(const struct story *s);
const struct story_line *story_at(const struct story *s, unsigned i);

#endif
