/**
 * @file field.c  Field errors, and how a search text becomes a LIKE pattern
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <ctype.h>
#include <unistd.h>
#include "field.h"
#include "own.h"
#include "text.h"

/**
 * Notes what is wrong with a field; of several errors of one field the first stays
 *
 * @param fe   List
 * @param name Field, as the API calls it
 * @param fmt  Sentence that continues the field's name: "is already used"
 */
void field_error(struct field_errors *fe, const char *name, const char *fmt, ...)
{
	struct field_error *e = &fe->v[fe->count];
	va_list ap;

	if (field_sentence(fe, name) || fe->count == FIELD_ERRORS)
		return;
	str_ncpy(e->name, name, sizeof(e->name));
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	++fe->count;
}

/** What is wrong with a field; NULL for nothing */
const char *field_sentence(const struct field_errors *fe, const char *name)
{
	for (unsigned i = 0; i < fe->count; i++) {
		if (!strcmp(fe->v[i].name, name))
			return fe->v[i].text;
	}
	return NULL;
}

/**
 * Checks a line of text that a person typed
 *
 * @param fe   List
 * @param name Field
 * @param text What was typed
 * @param min  Fewest bytes
 * @param size Room for it, terminator included
 *
 * @return true when it is good
 */
bool field_text(struct field_errors *fe, const char *name, const char *text, size_t min,
		size_t size)
{
	size_t n = strlen(text);

	if (n < min && !n)
		field_error(fe, name, "must not be empty");
	else if (n < min)
		field_error(fe, name, "must have at least %zu characters", min);
	else if (n >= size)
		field_error(fe, name, "must have at most %zu characters", size - 1);
	else if (!text_printable(text))
		field_error(fe, name, "contains characters that cannot be used");
	else if (n && (text[0] == ' ' || text[n - 1] == ' '))
		field_error(fe, name, "must not begin or end with a blank");
	else
		return true;
	return false;
}

static bool timezone_good(const char *s)
{
	char path[MODEL_WORD + 32];

	if (!strcmp(s, "UTC"))
		return true;
	if (!isalpha((unsigned char)s[0]) || strstr(s, "..") ||
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") !=
		    strlen(s))
		return false;
	return text_printf(path, sizeof(path), "/usr/share/zoneinfo/%s", s) && !access(path, R_OK);
}

static bool letters(const char *code, size_t n)
{
	return strlen(code) == n && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

/** Whether a code has the form of a country's (ISO 3166-1 alpha-2) */
void field_country(struct field_errors *fe, const char *name, const char *code)
{
	if (!letters(code, 2))
		field_error(fe, name, "must be two capital letters, such as US");
}

/** Whether a code has the form of a currency's (ISO 4217) */
void field_currency(struct field_errors *fe, const char *name, const char *code)
{
	if (!letters(code, 3))
		field_error(fe, name, "must be three capital letters, such as USD");
}

/** Checks the name of a zone: one of the system's time-zone database, or UTC; true when it is good
 */
bool field_timezone(struct field_errors *fe, const char *name, const char *zone)
{
	bool good = timezone_good(zone);

	if (!good)
		field_error(fe, name, "must be a zone such as America/New_York");
	return good;
}

/**
 * Makes a pattern for lower(column) LIKE $n ESCAPE '\'
 *
 * @param like Result: "%text%" in lower case with wildcards escaped; "" when there is no text
 * @param size Its size; a text that does not fit is cut
 * @param q    What was typed; NULL for nothing
 */
void field_search(char *like, size_t size, const char *q)
{
	size_t n = 0;

	like[0] = '\0';
	if (!q || !q[0])
		return;
	like[n++] = '%';
	for (; *q && n + 4 < size; q++) {
		if (strchr("%_\\", *q))
			like[n++] = '\\';
		like[n++] = *q;
	}
	like[n++] = '%';
	like[n] = '\0';
	text_lower(like);
}

/** Takes as much of a text as fits, whole characters of UTF-8 only */
void field_cut(char *to, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (n >= size) {
		for (n = size - 1; n && (text[n] & 0xc0) == 0x80;)
			--n;
	}
	memcpy(to, text, n);
	to[n] = '\0';
}
