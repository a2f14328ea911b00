/**
 * @file id.c  UUIDv7 and random tokens
 */
#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "id.h"
#include "random.h"

/* How many ids of one millisecond a thread has made, from a random number on (RFC 9562 section 6.2,
 * method 1): what begins in the same moment is listed in the order in which it began */
static unsigned count_in(uint64_t ms, unsigned random)
{
	static _Thread_local uint64_t last_ms;
	static _Thread_local unsigned count;

	if (ms != last_ms)
		count = random & 0x7ff;
	else if (count < 0xfff)
		++count;
	last_ms = ms;
	return count;
}

/** Makes an id of the present time; of two that one thread makes the later sorts behind */
struct id id_new(void)
{
	unsigned count;
	uint8_t b[16];
	uint64_t ms = (uint64_t)clock_wall_ms();
	struct id id;

	rand_bytes(b, sizeof(b));
	for (int i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (8 * (5 - i)));
	count = count_in(ms, (unsigned)b[6] << 8 | b[7]);
	b[6] = (uint8_t)(0x70 | count >> 8);
	b[7] = (uint8_t)count;
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	snprintf(id.s, sizeof(id.s),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
	return id;
}

/** True for 36 characters in the form of a UUID, lower case */
bool id_valid(const char *s)
{
	if (!s || strlen(s) != ID_SIZE - 1)
		return false;
	for (int i = 0; i < ID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !strchr("0123456789abcdef", s[i]))
			return false;
	}
	return true;
}

/** Fills text with size - 1 random letters and digits (5.9 bits each) and a terminator */
void id_random(char *text, size_t size)
{
	rand_str(text, size);
}

/** Fills buf with n bytes from the system's generator */
void id_random_bytes(void *buf, size_t n)
{
	rand_bytes(buf, n);
}
