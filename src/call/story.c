/**
 * @file story.c  Appending to the story of a call
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "story.h"

enum { FIRST = 8 };

struct story {
	struct story_line *lines;
	unsigned count, size;
};

static void story_destructor(void *arg)
{
	struct story *s = arg;

	mem_deref(s->lines);
}

/** Makes an empty story; 0 or ENOMEM */
int story_alloc(struct story **sp)
{
	struct story *s = mem_zalloc(sizeof(*s), story_destructor);

	if (!s)
		return ENOMEM;
	*sp = s;
	return 0;
}

static struct story_line *story_next(struct story *s)
{
	if (s->count == s->size) {
		unsigned size = s->size ? s->size * 2 : FIRST;
		struct story_line *lines = mem_zalloc(size * sizeof(*lines), NULL);

		if (!lines)
			return NULL;
		if (s->count)
			memcpy(lines, s->lines, s->count * sizeof(*lines));
		mem_deref(s->lines);
		s->lines = lines;
		s->size = size;
	}
	return &s->lines[s->count++];
}

/* The last two lines are for "..." and for the end, which every story has. */
static bool story_full(struct story *s, const char **kind, const char **fmt)
{
	if (s->count < STORY_MAX - 2 || !strcmp(*kind, "end"))
		return s->count >= STORY_MAX;
	*kind = "more";
	*fmt = "...";
	return s->count >= STORY_MAX - 1;
}

/** Appends one line; what does not fit is cut, beyond STORY_MAX lines only "..." and the end are */
void story_add(struct story *s, const char *kind, const char *fmt, ...)
{
	struct story_line *line;
	va_list ap;

	if (story_full(s, &kind, &fmt))
		return;
	line = story_next(s);
	if (!line)
		return;
	line->at = clock_wall_ms();
	str_ncpy(line->kind, kind, sizeof(line->kind));
	va_start(ap, fmt);
	(void)vsnprintf(line->text, sizeof(line->text), fmt, ap);
	va_end(ap);
}

/** How many lines there are */
unsigned story_count(const struct story *s)
{
	return s->count;
}

/** Line i, in the order of time */
const struct story_line *story_at(const struct story *s, unsigned i)
{
	CHECK(i < s->count);
	return &s->lines[i];
}
