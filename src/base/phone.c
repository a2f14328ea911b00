/**
 * @file phone.c  Telephone numbers
 */
#include <string.h>
#include <strings.h>
#include "own.h"
#include "phone.h"
#include "text.h"

/* Where national numbers vary and have no prefix, what is shorter is an extension. */
enum { UNPREFIXED_MIN = 8 };

/* How a country writes outside calls (ITU-T E.164 and national plans). */
static const struct plan {
	const char *country, *code, *international, *trunk;
	size_t national;       /* digits of a full national number, 0 if they vary */
	const char *emergency; /* what is called for help, with a space between    */
} plans[] = {
	{"US", "1", "011", "1", 10, "911 112"},
	{"CA", "1", "011", "1", 10, "911 112"},
	{"GB", "44", "00", "0", 0, "999 112"},
	{"DE", "49", "00", "0", 0, "112 110"},
	{"FR", "33", "00", "0", 9, "112 15 17 18"},
	{"ES", "34", "00", "", 9, "112"},
	{"IT", "39", "00", "", 0, "112"},
	{"NL", "31", "00", "0", 9, "112"},
	{"AT", "43", "00", "0", 0, "112 122 133 144"},
	{"CH", "41", "00", "0", 9, "112 117 118 144"},
	{"IN", "91", "00", "0", 10, "112"},
	{"AU", "61", "0011", "0", 9, "000 112"},
	{"PK", "92", "00", "0", 10, "112 15 16 1122"},
};

static const struct plan *plan_of(const char *country)
{
	for (size_t i = 0; i < COUNT(plans); i++) {
		if (country && !strcasecmp(plans[i].country, country))
			return &plans[i];
	}
	return &plans[0];
}

/** True when s holds only what a keypad has (and a leading plus), 1 to 31 characters */
bool phone_dialable(const char *s)
{
	size_t n = strlen(s);

	if (s[0] == '+')
		++s;
	return n && n < PHONE_SIZE && s[0] && strspn(s, "0123456789*#") == strlen(s);
}

/* In "+44 (0)20 ..." the bracket is for callers at home; only Italy dials its zero from abroad. */
static bool phone_home_zero(const char *out, size_t n, const char *s)
{
	return n > 1 && out[0] == '+' && strncmp(out, "+39", 3) && !strncmp(s, "(0)", 3);
}

static bool phone_digits(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s; s++) {
		if (phone_home_zero(out, n, s))
			s += 2;
		if (strchr(" -./()", *s))
			continue;
		if (!(*s >= '0' && *s <= '9') && (n || *s != '+'))
			return false;
		if (n + 1 >= size)
			return false;
		out[n++] = *s;
		out[n] = '\0';
	}
	return n > 0;
}

static bool phone_from_national(char *out, size_t size, const char *d, const struct plan *p)
{
	size_t international = strlen(p->international), trunk = strlen(p->trunk);
	bool prefixed = !strncmp(d, p->trunk, trunk);

	if (!strncmp(d, p->international, international))
		return text_printf(out, size, "+%s", d + international);
	if (prefixed)
		d += trunk;
	if (p->national ? strlen(d) != p->national : !prefixed)
		return false;
	if (!trunk && strlen(d) < UNPREFIXED_MIN)
		return false;
	return text_printf(out, size, "+%s%s", p->code, d);
}

/**
 * Brings a dialled number into E.164 form: a plus and 7 to 15 digits
 *
 * @param out     Result
 * @param size    Its size
 * @param dialled What was dialled; blanks, dots, dashes, slashes and brackets are passed over
 * @param country ISO 3166 code that says what a national number is
 *
 * @return false when it is not an outside number (too short, an extension, a feature code)
 */
bool phone_e164(char *out, size_t size, const char *dialled, const char *country)
{
	char digits[64];
	size_t n;
	bool ok;

	if (!phone_digits(digits, sizeof(digits), dialled))
		return false;
	if (digits[0] == '+')
		ok = text_printf(out, size, "%s", digits);
	else
		ok = phone_from_national(out, size, digits, plan_of(country));
	n = ok ? strlen(out) : 0;
	return n >= 8 && n <= 16 && out[1] != '0';
}

/** True when two numbers are the same line, however they are written */
bool phone_same(const char *a, const char *b, const char *country)
{
	char x[PHONE_SIZE], y[PHONE_SIZE];

	if (phone_e164(x, sizeof(x), a, country) && phone_e164(y, sizeof(y), b, country))
		return !strcmp(x, y);
	return !strcmp(a, b);
}

/** The numbers that are called for help in a country, with a space between; where we do not know,
 * the two that most networks take */
const char *phone_emergency(const char *country)
{
	const struct plan *p = plan_of(country);

	return strcasecmp(p->country, country) ? "112 911" : p->emergency;
}

/** Whether a number is among some, with a space between */
bool phone_listed(const char *numbers, const char *number)
{
	return text_has_word(numbers, number, strlen(number));
}

/** Takes of a text only what a number has, for the name of a file: who calls says what he likes */
void phone_name(char *number, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		if ((*text >= '0' && *text <= '9') || (*text == '+' && !n))
			number[n++] = *text;
	}
	number[n] = '\0';
}
