/**
 * @file pin.h  PINs: digits that are keyed on a phone, and what too many wrong ones lead to
 *
 * A PIN is kept as a keyed hash (secret.h), so that a copy of the database alone does not tell it.
 * Five wrong ones in a row lock what it opens for 15 minutes, five more for twice as long, and so
 * on: a lock of four digits would fall to a patient caller otherwise. Whoever keeps the lock in a
 * row tries on the store's writer, so that no two tries overlap. No thread of its own.
 */
#ifndef CARILLON_PIN_H
#define CARILLON_PIN_H

#include <stdbool.h>
#include <stdint.h>
#include "secret.h"

enum { PIN_MIN = 4, PIN_MAX = 10 };

enum pin_result { PIN_GOOD, PIN_WRONG, PIN_LOCKED, PIN_NONE };

/** What earlier tries left: wrong ones in a row, and until when nothing is tried (wall ms) */
struct pin_lock {
	int64_t failures, until;
};

bool pin_digits(const char *pin);
bool pin_good(const char *pin, const char *number);
void pin_hash(char mac[SECRET_MAC], const struct secret *s, const char *use, int64_t tenant,
	      const char *of, const char *pin);
enum pin_result pin_try(struct pin_lock *lock, const char *kept, const char *mac, int64_t now);

#endif
