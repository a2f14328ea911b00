/**
 * @file mime.h  Header lines of a message that nobody can break out of
 *
 * Pure functions on text; any thread.
 */
#ifndef CARILLON_MIME_H
#define CARILLON_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MIME_ADDRESS = 254, MIME_DATE = 40, MIME_LINE = 1024 };

bool mime_address_valid(const char *address);
void mime_date(char text[MIME_DATE], int64_t at_ms);
bool mime_words(char *line, size_t size, const char *name, const char *text, const char *rest);

#endif
