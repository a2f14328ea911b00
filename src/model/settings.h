/**
 * @file settings.h  A tenant's settings: one JSON object, kept as text
 *
 * Apart, because jansson's names collide with libre's. Any thread.
 */
#ifndef CARILLON_SETTINGS_H
#define CARILLON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool settings_valid(const char *json);
bool settings_flag(const char *json, const char *name);
int64_t settings_number(const char *json, const char *name, int64_t none);
bool settings_text(char *text, size_t size, const char *json, const char *name);
bool settings_set_number(char *json, size_t size, const char *name, int64_t v);
bool settings_set_flag(char *json, size_t size, const char *name, bool on);
bool settings_set_text(char *json, size_t size, const char *name, const char *text);

#endif
