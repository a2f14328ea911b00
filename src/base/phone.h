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

/** Numbers that save lives somewhere; ended by NULL */
extern const char *const phone_emergencies[];

bool phone_dialable(const char *s);
bool phone_emergency(const char *number);
bool phone_e164(char *out, size_t size, const char *dialled, const char *country);
bool phone_same(const char *a, const char *b, const char *country);

#endif
