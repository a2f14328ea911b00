/**
 * @file text.c  Copies with their bounds checked, hex, digests, UTF-8
 */
#include <ctype.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "text.h"

/** Prints into buf; false (and an empty text) when it does not fit */
bool text_printf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < size)
		return true;
	buf[0] = '\0';
	return false;
}

/** Copies a pointer-length; false (and an empty text) when it does not fit or holds a NUL */
bool text_copy_pl(char *buf, size_t size, const struct pl *pl)
{
	if (!pl->p || pl->l >= size || memchr(pl->p, 0, pl->l)) {
		buf[0] = '\0';
		return pl->l == 0;
	}
	memcpy(buf, pl->p, pl->l);
	buf[pl->l] = '\0';
	return true;
}

/** Equal, or both NULL */
bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/** Equal, in a time that depends on the length of a only */
bool text_same_secret(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	int differ = n != m;

	for (size_t i = 0; i < n; i++)
		differ |= a[i] ^ b[m ? i % m : 0];
	return !differ;
}

/** ASCII lower case in place */
void text_lower(char *s)
{
	for (; *s; s++)
		*s = (char)tolower((unsigned char)*s);
}

/** Prints n bytes as 2n lower-case hex digits and a terminator */
void text_hex(char *text, const void *bytes, size_t n)
{
	sodium_bin2hex(text, 2 * n + 1, bytes, n);
}

/** SHA-256 of n bytes as 64 hex digits */
void text_sha256(char hex[TEXT_SHA256], const void *bytes, size_t n)
{
	uint8_t md[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(md, bytes, n);
	text_hex(hex, md, sizeof(md));
}

static size_t utf8_tail(uint8_t lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef)
		return 2;
	return lead >= 0xf0 && lead <= 0xf4 ? 3 : SIZE_MAX;
}

/** True for well-formed UTF-8 (RFC 3629) without NUL */
bool text_utf8(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + n;

	while (p < end) {
		size_t tail = utf8_tail(*p);

		if (!*p || tail == SIZE_MAX || tail >= (size_t)(end - p))
			return false;
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
		    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
			return false;
		for (size_t i = 1; i <= tail; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return false;
		}
		p += tail + 1;
	}
	return true;
}

static bool printable_but(const char *s, const char *allowed)
{
	if (!text_utf8(s, strlen(s)))
		return false;
	for (; *s; s++) {
		const unsigned char *p = (const unsigned char *)s;
		bool control = p[0] < ' ' || p[0] == 127 || (p[0] == 0xc2 && p[1] < 0xa0);

		if (control && !strchr(allowed, *s)) /* C0, DEL, C1 */
			return false;
	}
	return true;
}

/** True for well-formed UTF-8 without control characters: what a person may type in a field */
bool text_printable(const char *s)
{
	return printable_but(s, "");
}

/** The same for a field of several lines: the ends of lines may be there */
bool text_lines_printable(const char *s)
{
	return printable_but(s, "\r\n");
}

/**
 * Takes the next word of a list with spaces between
 *
 * @param word Result: points into the list, never empty
 * @param list Moves on behind the word
 *
 * @return false at the end
 */
bool text_word(struct pl *word, const char **list)
{
	const char *p = *list + strspn(*list, " ");

	word->p = p;
	word->l = strcspn(p, " ");
	*list = p + word->l;
	return word->l;
}

/** Whether a word of n characters is in a list with spaces between; no list has the empty one */
bool text_has_word(const char *list, const char *word, size_t n)
{
	struct pl one;

	while (text_word(&one, &list)) {
		if (one.l == n && !memcmp(one.p, word, n))
			return true;
	}
	return false;
}
