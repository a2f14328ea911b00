/**
 * @file id.h  Identities: UUIDv7 for what is created at run time, random tokens for secrets
 *
 * RFC 9562, section 5.7: 48 bits of milliseconds, a counter within them for each thread, then
 * random bits, so that ids sort by time. Any floor may call this, on any thread.
 */
#ifndef CARILLON_ID_H
#define CARILLON_ID_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

enum { ID_SIZE = 37 }; /* 36 characters and the terminator */

/** An id as text, "0192f0c1-....": what SQL, JSON and the log hold */
struct id {
	char s[ID_SIZE];
};

struct id id_new(void);
bool id_valid(const char *s);
void id_random(char *text, size_t size);
void id_random_bytes(void *buf, size_t n);

#endif
