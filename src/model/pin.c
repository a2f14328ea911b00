/**
 * @file pin.c  PINs
 */
#include <string.h>
#include "id.h"
#include "pin.h"
#include "text.h"

enum { TRIES = 5, LOCK_MS = 15 * 60000, DOUBLES_MAX = 6 };

/** True for PIN_MIN to PIN_MAX digits */
bool pin_digits(const char *pin)
{
	size_t n = strlen(pin);

	return n >= PIN_MIN && n <= PIN_MAX && strspn(pin, "0123456789") == n;
}

/** True for a PIN that is neither the number nor one digit or a row */
bool pin_good(const char *pin, const char *number)
{
	size_t n = strlen(pin), same = 0, up = 0, down = 0;

	if (!pin_digits(pin) || !strcmp(pin, number))
		return false;
	for (size_t i = 1; i < n; i++) {
		same += pin[i] == pin[i - 1];
		up += pin[i] == pin[i - 1] + 1;
		down += pin[i] == pin[i - 1] - 1;
	}
	return same < n - 1 && up < n - 1 && down < n - 1;
}

/**
 * What is kept of a PIN
 *
 * @param mac    Filled in; the same digits for something else look different
 * @param s      Key of the hash
 * @param use    What PINs of that kind are for; a constant
 * @param tenant Whose
 * @param of     What it opens: an id or a number
 * @param pin    Its digits; of longer ones the first PIN_MAX
 */
void pin_hash(char mac[SECRET_MAC], const struct secret *s, const char *use, int64_t tenant,
	      const char *of, const char *pin)
{
	char text[ID_SIZE + PIN_MAX + 32];

	(void)text_printf(text, sizeof(text), "%lld %s %.*s", (long long)tenant, of, PIN_MAX, pin);
	secret_mac(mac, s, use, text);
}

/* Until when that many wrong ones in a row lock it; 0: not yet */
static int64_t locked_until(int64_t failures, int64_t now)
{
	int64_t doubles = failures / TRIES - 1;

	if (failures % TRIES)
		return 0;
	return now + ((int64_t)LOCK_MS << (doubles < DOUBLES_MAX ? doubles : DOUBLES_MAX));
}

/**
 * Tries a PIN
 *
 * @param lock What earlier tries left; changed by a wrong one, and by the right one after wrong
 *             ones. Whoever calls stores it
 * @param kept Hash of the right one; "" for none
 * @param mac  Hash of what was keyed
 * @param now  Wall ms
 *
 * @return PIN_NONE when none is asked for, PIN_LOCKED also for the wrong one that locks
 */
enum pin_result pin_try(struct pin_lock *lock, const char *kept, const char *mac, int64_t now)
{
	if (!kept[0])
		return PIN_NONE;
	if (lock->until > now)
		return PIN_LOCKED;
	if (text_same_secret(kept, mac)) {
		*lock = (struct pin_lock){0};
		return PIN_GOOD;
	}
	lock->until = locked_until(++lock->failures, now);
	return lock->until ? PIN_LOCKED : PIN_WRONG;
}
