/**
 * @file settings.c  A tenant's settings
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "settings.h"

/** True for a JSON object without a name twice */
bool settings_valid(const char *json)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	bool valid = json_is_object(j);

	json_decref(j);
	return valid;
}

/** A switch of the settings; off when it is not there */
bool settings_flag(const char *json, const char *name)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	bool on = json_is_true(json_object_get(j, name));

	json_decref(j);
	return on;
}

/** A number of the settings; `none` when it is not there */
int64_t settings_number(const char *json, const char *name, int64_t none)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	const json_t *v = json_object_get(j, name);
	int64_t n = json_is_integer(v) ? json_integer_value(v) : none;

	json_decref(j);
	return n;
}

/** A text of the settings; false (and an empty text) when it is not there, or too long */
bool settings_text(char *text, size_t size, const char *json, const char *name)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	const char *v = json_string_value(json_object_get(j, name));
	bool fits = v && strlen(v) < size;

	strcpy(text, fits ? v : "");
	json_decref(j);
	return fits;
}

static bool member_set(char *json, size_t size, const char *name, json_t *v)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	char *text = NULL;
	bool fits = false;

	if (json_is_object(j) && !json_object_set(j, name, v))
		text = json_dumps(j, JSON_COMPACT);
	if (text && strlen(text) < size) {
		strcpy(json, text);
		fits = true;
	}
	free(text);
	json_decref(j);
	json_decref(v);
	return fits;
}

/** Sets a number of the settings, in place; false when they do not fit, or are none */
bool settings_set_number(char *json, size_t size, const char *name, int64_t v)
{
	return member_set(json, size, name, json_integer(v));
}

/** Sets a switch of the settings, in place; false when they do not fit, or are none */
bool settings_set_flag(char *json, size_t size, const char *name, bool on)
{
	return member_set(json, size, name, json_boolean(on));
}

/** Sets a text of the settings, in place; false when they do not fit, or are none */
bool settings_set_text(char *json, size_t size, const char *name, const char *text)
{
	return member_set(json, size, name, json_string(text));
}
