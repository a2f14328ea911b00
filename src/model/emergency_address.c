/**
 * @file emergency_address.c  The address that is on file for whoever calls for help
 */
#include <string.h>
#include "emergency_address.h"
#include "text.h"

/** Takes away blanks at the ends of lines and lines without a word, in place */
void emergency_address_tidy(char *address)
{
	char *to = address;

	for (const char *p = address; *p;) {
		size_t n;

		p += strspn(p, " \r\n");
		n = strcspn(p, "\r\n");
		if (n && to != address)
			*to++ = '\n';
		memmove(to, p, n);
		p += n;
		for (to += n; to > address && to[-1] == ' ';)
			--to;
	}
	*to = '\0';
}

static unsigned lines(const char *address)
{
	unsigned n = address[0] != '\0';

	for (; *address; address++)
		n += *address == '\n';
	return n;
}

/**
 * Checks an address that was tidied
 *
 * @param fe      Filled with what is wrong
 * @param name    Field
 * @param address "" for none
 */
void emergency_address_check(struct field_errors *fe, const char *name, const char *address)
{
	if (lines(address) > EMERGENCY_ADDRESS_LINES)
		field_error(fe, name, "must have at most %d lines", EMERGENCY_ADDRESS_LINES);
	else if (strlen(address) >= EMERGENCY_ADDRESS)
		field_error(fe, name, "must have at most %d characters", EMERGENCY_ADDRESS - 1);
	else if (!text_lines_printable(address))
		field_error(fe, name, "contains characters that cannot be used");
}

/** An address that was checked, as one line: "12 High Street, Floor 3, Springfield" */
void emergency_address_line(char line[EMERGENCY_ADDRESS_LINE], const char *address)
{
	size_t n = 0;

	for (; *address && n + 1 + (*address == '\n') < EMERGENCY_ADDRESS_LINE; address++) {
		if (*address == '\n')
			line[n++] = ',';
		line[n++] = *address == '\n' ? ' ' : *address;
	}
	line[n] = '\0';
}
