/**
 * @file settings.h  A tenant's settings: one JSON object, kept as text
 *
 * Apart, because jansson's names collide with libre's. Any thread.
 */
#ifndef CARILLON_SETTINGS_H
#define CARILLON_SETTINGS_H

#include <stdbool.h>

bool settings_valid(const char *json);

#endif
