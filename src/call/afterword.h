/**
 * @file afterword.h  What becomes known of a call that may be over
 *
 * A file is complete, or a disk refuses it, a moment after the last word. While the call lives it
 * is a line of its story; later it is added to the story that was stored. Core thread only.
 */
#ifndef CARILLON_AFTERWORD_H
#define CARILLON_AFTERWORD_H

#include "exchange.h"

void afterword_add(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
const char *afterword_why(int err);
void afterword_cut(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
		   const char *what, int err, bool kept);
void afterword_unstored(struct exchange *x, int64_t tenant, const char *call_id, const char *kind,
			const char *what, int err);

#endif
