/**
 * @file phone.h  Telephone numbers: E.164 and what people dial
 *
 * Any floor may call this, on any thread.
 */
#ifndef CARILLON_PHONE_H
#define CARILLON_PHONE_H

#include <stddef.h>
#include <stdbool.h>

enum { PHONE_SIZE = 32 };

bool phone_dialable(const char *s);
const char *phone_emergency(const char *country);
bool phone_listed(const char *numbers, const char *number);
bool phone_e164(char *out, size_t size, const char *dialled, const char *country);
bool phone_same(const char *a, const char *b, const char *country);
void phone_name(char *number, size_t size, const char *text);

#endif
