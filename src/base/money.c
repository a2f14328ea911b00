/**
 * @file money.c  Micro-units: reading, printing, pricing
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "money.h"
#include "text.h"

enum { UNIT = 1000000, PLACES = 6 };

static const char *digits_read(const char *p, int64_t *value, int max)
{
	for (int n = 0; *p >= '0' && *p <= '9' && n < max; n++)
		*value = *value * 10 + (*p++ - '0');
	return p;
}

/**
 * Reads "12", "12.5" or "-0.000001"
 *
 * @return 0; EINVAL when it is not a number, has more than six decimals or twelve digits before
 * them
 */
int money_parse(money_t *out, const char *text)
{
	const char *p = text[0] == '-' ? text + 1 : text, *start = p, *fraction;
	int64_t value = 0;

	p = digits_read(p, &value, 12);
	if (p == start)
		return EINVAL;
	fraction = *p == '.' ? p + 1 : p;
	p = *p == '.' ? digits_read(fraction, &value, PLACES) : p;
	if (*p || (p == fraction && fraction[-1] == '.'))
		return EINVAL;
	for (long i = p - fraction; i < PLACES; i++)
		value *= 10;
	*out = text[0] == '-' ? -value : value;
	return 0;
}

/** Prints with at least two decimals: "12.50", "-0.0125"; false when it does not fit */
bool money_print(char *buf, size_t size, money_t m)
{
	uint64_t v = m < 0 ? -(uint64_t)m : (uint64_t)m;
	char fraction[8];
	size_t n = PLACES;

	text_printf(fraction, sizeof(fraction), "%06" PRIu64, v % UNIT);
	while (n > 2 && fraction[n - 1] == '0')
		fraction[--n] = '\0';
	return text_printf(buf, size, "%s%" PRIu64 ".%s", m < 0 ? "-" : "", v / UNIT, fraction);
}

/**
 * What is counted of a duration: at least the minimum, then whole increments; at most INT64_MAX
 *
 * @param ms           Duration; of 0 nothing is counted
 * @param minimum_ms   Shortest billed duration
 * @param increment_ms Step after the minimum, at least 1
 */
int64_t money_billed_ms(int64_t ms, int64_t minimum_ms, int64_t increment_ms)
{
	__int128 billed = minimum_ms;

	if (ms <= 0)
		return 0;
	if (increment_ms < 1)
		increment_ms = 1;
	if (ms > minimum_ms) {
		__int128 over = (__int128)ms - minimum_ms;

		billed += (over + increment_ms - 1) / increment_ms * increment_ms;
	}
	return billed > INT64_MAX ? INT64_MAX : (int64_t)billed;
}

/**
 * The price of a duration, rounded up to the increment and then up to the next micro-unit; at most
 * INT64_MAX, so that no product ever wraps to a credit
 *
 * @param rate         Per minute, not negative
 * @param ms           Duration; 0 costs nothing
 * @param minimum_ms   Shortest billed duration
 * @param increment_ms Step after the minimum, at least 1
 */
money_t money_per_minute(money_t rate, int64_t ms, int64_t minimum_ms, int64_t increment_ms)
{
	__int128 billed = money_billed_ms(ms, minimum_ms, increment_ms);
	__int128 price = (rate * billed + 59999) / 60000;

	return price > INT64_MAX ? INT64_MAX : (money_t)price;
}
