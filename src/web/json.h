/**
 * @file json.h  jansson beside libre
 *
 * Both name their JSON types JSON_STRING and JSON_NULL; ours are jansson's. Include this instead of
 * jansson.h. Any thread; a value belongs to one thread at a time.
 */
#ifndef CARILLON_JSON_H
#define CARILLON_JSON_H

#include <re.h>

#define JSON_STRING JANSSON_STRING
#define JSON_NULL JANSSON_NULL
#include <jansson.h>

#endif
