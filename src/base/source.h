/**
 * @file source.h  Whom an address counts as, wherever something is limited by source
 *
 * Pure; any thread.
 */
#ifndef CARILLON_BASE_SOURCE_H
#define CARILLON_BASE_SOURCE_H

#include <re.h>

enum { SOURCE_TEXT = 64 };

void source_of(struct sa *source, const struct sa *client);
void source_print(char text[SOURCE_TEXT], const struct sa *client);

#endif
