/**
 * @file route.c  Which route a request names, and whether its body is what the route expects
 */
#include <inttypes.h>
#include <string.h>
#include "own.h"
#include "server.h"
#include "text.h"

enum { FIELD_PATH = 128 };

static bool id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/** Matches a path against a pattern and takes the ids out of it */
static bool path_match(const char *pattern, const char *path, char ids[WEB_IDS][WEB_ID])
{
	size_t n = 0;

	while (*pattern) {
		size_t len = 0;

		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		while (id_char(path[len]))
			++len;
		if (!len || len >= WEB_ID || n >= WEB_IDS)
			return false;
		memcpy(ids[n], path, len);
		ids[n++][len] = '\0';
		path += len;
		pattern = strchr(pattern, '}') + 1;
	}
	return !*path;
}

/**
 * Finds the route of a request and fills its ids
 *
 * @param w          Server
 * @param rq         Request
 * @param path_known Set when the path has a route, though perhaps with another method
 *
 * @return Route or NULL
 */
const struct route *path_route(const struct web *w, struct request *rq, bool *path_known)
{
	*path_known = false;
	for (size_t i = 0; i < w->conf.route_count; i++) {
		const struct route *route = &w->conf.routes[i];

		if (!path_match(route->path, rq->path, rq->ids))
			continue;
		*path_known = true;
		if (!strcmp(route->method, rq->method))
			return route;
	}
	return NULL;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static bool choice_has(const char *choices, const char *word)
{
	size_t len = strlen(word);
	const char *p = choices;

	while (len && !strchr(word, ' ') && (p = strstr(p, word))) {
		if ((p == choices || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
		p += len;
	}
	return false;
}

static void text_check(const struct field *f, const json_t *v, struct reply *rp)
{
	const char *text = json_string_value(v);
	size_t n = text ? characters(text) : 0;

	if (!text || strlen(text) != json_string_length(v))
		reply_field(rp, f->name, "must be a text");
	else if (f->type == FIELD_NOTE ? !text_lines_printable(text) : !text_printable(text))
		reply_field(rp, f->name, "must not hold control characters");
	else if (n < (size_t)f->min && n == 0)
		reply_field(rp, f->name, "must not be empty");
	else if (n < (size_t)f->min)
		reply_field(rp, f->name, "must have at least %" PRId64 " characters", f->min);
	else if (n > (size_t)f->max)
		reply_field(rp, f->name, "must have at most %" PRId64 " characters", f->max);
}

static void int_check(const struct field *f, const json_t *v, struct reply *rp)
{
	int64_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < f->min || n > f->max)
		reply_field(rp, f->name, "must be a whole number from %" PRId64 " to %" PRId64,
			    f->min, f->max);
}

static bool id_text(const char *s)
{
	size_t n = 0;

	while (s && id_char(s[n]))
		++n;
	return n && n < WEB_ID && !s[n];
}

static void words_check(const struct field *f, const json_t *v, struct reply *rp)
{
	size_t i;
	json_t *word;

	if (!json_is_array(v) || json_array_size(v) > (size_t)f->max) {
		reply_field(rp, f->name, "must be a list of at most %" PRId64 " words", f->max);
		return;
	}
	json_array_foreach(v, i, word)
	{
		if (!id_text(json_string_value(word)))
			reply_field(rp, f->name, "must be a list of words");
	}
}

static void value_check(const struct field *f, const json_t *v, struct reply *rp);

static const struct field *field_find(const struct field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	}
	return NULL;
}

/* What is wrong within is told under the name of the whole: "members.2.ringMs". */
static void object_check(const struct field *f, const char *path, const json_t *v, struct reply *rp)
{
	char name[FIELD_PATH];
	const char *member;
	json_t *value;

	if (!json_is_object(v)) {
		reply_field(rp, path, "must be an object");
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)v, member, value)
	{
		const struct field *inner = field_find(f->fields, f->field_count, member);
		struct field named;

		if (!inner) {
			reply_field(rp, path, "has a member that is not known here");
			continue;
		}
		named = *inner;
		named.name = name;
		if (text_printf(name, sizeof(name), "%s.%s", path, inner->name))
			value_check(&named, value, rp);
	}
	for (size_t i = 0; i < f->field_count; i++) {
		if (f->fields[i].required && !json_object_get(v, f->fields[i].name))
			reply_field(rp, path, "lacks %s", f->fields[i].name);
	}
}

static void rows_check(const struct field *f, const json_t *v, struct reply *rp)
{
	char name[FIELD_PATH];
	json_t *row;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > (size_t)f->max) {
		reply_field(rp, f->name, "must be a list of at most %" PRId64, f->max);
		return;
	}
	json_array_foreach(v, i, row)
	{
		if (text_printf(name, sizeof(name), "%s.%zu", f->name, i))
			object_check(f, name, row, rp);
	}
}

static void value_check(const struct field *f, const json_t *v, struct reply *rp)
{
	if (json_is_null(v)) {
		if (!f->nullable)
			reply_field(rp, f->name, "must not be empty");
		return;
	}
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_NOTE:
		text_check(f, v, rp);
		break;
	case FIELD_INT:
		int_check(f, v, rp);
		break;
	case FIELD_BOOL:
		if (!json_is_boolean(v))
			reply_field(rp, f->name, "must be true or false");
		break;
	case FIELD_CHOICE:
		if (!json_is_string(v) || !choice_has(f->choices, json_string_value(v)))
			reply_field(rp, f->name, "must be one of: %s", f->choices);
		break;
	case FIELD_ID:
		if (!id_text(json_string_value(v)))
			reply_field(rp, f->name, "must be an id");
		break;
	case FIELD_OBJECT:
		object_check(f, f->name, v, rp);
		break;
	case FIELD_ROWS:
		rows_check(f, v, rp);
		break;
	case FIELD_FILE: /* is the body itself */
		break;
	case FIELD_WORDS:
		words_check(f, v, rp);
		break;
	}
}

/** Checks a JSON body against the route's fields; false when the reply says what is wrong */
bool schema_check(const struct route *route, const json_t *body, struct reply *rp)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)body, name, v)
	{
		const struct field *f = field_find(route->fields, route->field_count, name);

		if (f)
			value_check(f, v, rp);
		else if (text_printable(name) && strlen(name) < 64)
			reply_field(rp, name, "is not known here");
		else
			reply_problem(rp, 422, "There is a field that is not known here.");
	}
	for (size_t i = 0; i < route->field_count; i++) {
		if (route->fields[i].required && !json_object_get(body, route->fields[i].name))
			reply_field(rp, route->fields[i].name, "is missing");
	}
	return !rp->status;
}
