/**
 * @file bell_text.c  What a browser is told of a call; apart, because jansson's names collide with
 * libre's
 */
#include <jansson.h>
#include "bell.h"

/* From outside anything may come as a name. */
static json_t *word(const char *text)
{
	json_t *o = json_string(text);

	return o ? o : json_string("");
}

/**
 * What the portal's service worker is told (web/public/sw.js)
 *
 * @param text   Result: JSON
 * @param news   What happened
 * @param call   Id of the call
 * @param name   Caller's name, or ""
 * @param number Caller's number
 *
 * @return false when there is no memory, or it is too long
 */
bool bell_text(char text[PUSH_TEXT], enum bell_news news, const char *call, const char *name,
	       const char *number)
{
	static const char *const names[] = {"call", "answered", "missed"};
	json_t *o = json_pack("{s:s, s:s, s:o, s:o}", "news", names[news], "call", call, "name",
			      word(name), "number", word(number));
	size_t n = o ? json_dumpb(o, text, PUSH_TEXT - 1, JSON_COMPACT) : 0;

	json_decref(o);
	if (!n || n >= PUSH_TEXT)
		return false;
	text[n] = '\0';
	return true;
}
