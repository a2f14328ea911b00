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

/**
 * Sets a switch of the settings
 *
 * @param json Settings, changed in place
 * @param size Room for them
 * @param name Switch
 * @param on   Its position
 *
 * @return false when they do not fit, or are none
 */
bool settings_set_flag(char *json, size_t size, const char *name, bool on)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	char *text = NULL;
	bool fits = false;

	if (json_is_object(j) && !json_object_set_new(j, name, json_boolean(on)))
		text = json_dumps(j, JSON_COMPACT);
	if (text && strlen(text) < size) {
		strcpy(json, text);
		fits = true;
	}
	free(text);
	json_decref(j);
	return fits;
}
