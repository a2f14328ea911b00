/**
 * @file random.c  Random numbers, drawn ahead
 */
#include <sodium.h>
#include <string.h>
#include "random.h"

enum { POOL = 512 };

static _Thread_local struct {
	uint8_t b[POOL];
	size_t left;
} pool;

/** Does nothing: the system's generator needs no seed */
void rand_init(void)
{
}

/** Fills p with size random bytes */
void rand_bytes(uint8_t *p, size_t size)
{
	if (size > POOL) {
		randombytes_buf(p, size);
		return;
	}
	if (size > pool.left) {
		randombytes_buf(pool.b, POOL);
		pool.left = POOL;
	}
	pool.left -= size;
	memcpy(p, pool.b + pool.left, size);
	sodium_memzero(pool.b + pool.left, size); /* what was given out is not kept */
}

/** A random number of 16 bits */
uint16_t rand_u16(void)
{
	uint16_t v;

	rand_bytes((uint8_t *)&v, sizeof(v));
	return v;
}

/** A random number of 32 bits */
uint32_t rand_u32(void)
{
	uint32_t v;

	rand_bytes((uint8_t *)&v, sizeof(v));
	return v;
}

/** A random number of 64 bits */
uint64_t rand_u64(void)
{
	uint64_t v;

	rand_bytes((uint8_t *)&v, sizeof(v));
	return v;
}

/** A number from 0 to limit - 1, each as likely as the others; limit from 1 to 255 */
uint8_t random_below(uint8_t limit)
{
	const unsigned fair = 256u / limit * limit;
	uint8_t b;

	do
		rand_bytes(&b, 1);
	while (b >= fair);
	return (uint8_t)(b % limit);
}

/** A random letter or digit, 5.9 bits */
char rand_char(void)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

	return alphabet[random_below(sizeof(alphabet) - 1)];
}

/** Fills str with size - 1 random letters and digits and a terminator */
void rand_str(char *str, size_t size)
{
	if (!size)
		return;
	for (size_t i = 0; i + 1 < size; i++)
		str[i] = rand_char();
	str[size - 1] = '\0';
}
