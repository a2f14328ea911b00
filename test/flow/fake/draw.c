/**
 * @file draw.c  Seeds of rounds, and which of them runs while something fails
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "draw.h"

static uint64_t seed, running;

/* Where AddressSanitizer is linked in, it says when it ends the process. */
void __sanitizer_set_death_callback(void (*fn)(void)) __attribute__((weak));

static void tell(void)
{
	if (running)
		fprintf(stderr, "repeat with CARILLON_SEED=%llu CARILLON_ROUNDS=1\n",
			(unsigned long long)running);
}

static void on_abort(int sig)
{
	tell();
}

/** A number from 0 to n - 1 */
unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static uint64_t setting(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : usual;
}

/**
 * Runs rounds, each with numbers of its own
 *
 * @param usual   How many when the environment does not say
 * @param round_h A round
 */
void draw_rounds(unsigned usual, void (*round_h)(void))
{
	uint64_t from = setting("CARILLON_SEED", 1), n = setting("CARILLON_ROUNDS", usual);

	signal(SIGABRT, on_abort);
	atexit(tell);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell);
	for (running = from; running < from + n; running++) {
		seed = running * 0x9e3779b97f4a7c15u + 1;
		round_h();
	}
	running = 0;
}
