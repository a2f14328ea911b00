/**
 * @file settings.c  A tenant's settings
 */
#include <jansson.h>
#include "settings.h"

/** True for a JSON object without a name twice */
bool settings_valid(const char *json)
{
	json_t *j = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	bool valid = json_is_object(j);

	json_decref(j);
	return valid;
}
