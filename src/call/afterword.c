/**
 * @file afterword.c  Lines for the story of a call that may be over
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "afterword.h"
#include "clock.h"
#include "story.h"

/**
 * Adds a line to the story of a call
 *
 * @param x       Exchange
 * @param tenant  Whose call
 * @param call_id Its id; a call that nobody knows gets no line
 * @param kind    Of the line
 * @param fmt     A sentence for people
 */
void afterword_add(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
		   const char *fmt, ...)
{
	const struct exchange_conf *conf = exchange_conf(x);
	struct call *c = exchange_call_find(x, tenant, call_id);
	struct story_line line = {.at = clock_wall_ms()};
	va_list ap;

	str_ncpy(line.kind, kind, sizeof(line.kind));
	va_start(ap, fmt);
	(void)vsnprintf(line.text, sizeof(line.text), fmt, ap);
	va_end(ap);
	if (c && !call_facts(c)->ended_at)
		story_add(call_story(c), kind, "%s", line.text);
	else if (conf->afterword_h)
		conf->afterword_h(tenant, call_id, &line, conf->arg);
}

/** Why a file could not be written, for people */
const char *afterword_why(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
		return "the disk is full";
	case EACCES:
	case EPERM:
	case EROFS:
		return "its folder cannot be written to";
	case ENOENT:
	case ENOTDIR:
		return "its folder is missing";
	default:
		return strerror(err);
	}
}

/**
 * Tells of a file to which no more could be written
 *
 * @param x       Exchange
 * @param tenant  Whose call
 * @param call_id Its id
 * @param kind    Of the line
 * @param what    What could not be done: "The recording could not be written"
 * @param err     Why
 * @param kept    Whether what was written before is
 */
void afterword_cut(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
		   const char *what, int err, bool kept)
{
	afterword_add(x, tenant, call_id, kind, "%s: %s. %s", what, afterword_why(err),
		      kept ? "What was said until then is kept" : "Nothing of it is kept");
}

/** Tells of a file that is whole, and of which the store has no row: `what` is "The recording" */
void afterword_unstored(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
			const char *what, int err)
{
	afterword_add(x, tenant, call_id, kind, "%s could not be stored: %s", what,
		      afterword_why(err));
}
