/**
 * @file random.h  Random numbers from a pool of each thread's own
 *
 * random.c defines all seven functions of libre's rand.o, so that theirs is not linked: it asks
 * OpenSSL, and that the system, several times for every SIP message. The bytes are those of the
 * system's generator, fit for secrets. Any floor may call this, on any thread.
 */
#ifndef CARILLON_RANDOM_H
#define CARILLON_RANDOM_H

#include <re.h>

uint8_t random_below(uint8_t limit);

#endif
