/**
 * @file mime.c  Header lines
 */
#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include "mime.h"
#include "own.h"
#include "text.h"

/* RFC 2047, section 2: an encoded word has at most 75 characters; this many bytes fill one. */
enum { WORD_BYTES = 42, WORD_TEXT = 96 };

/**
 * Whether a text is one plain address: local@domain in ASCII, nothing quoted, no comment
 *
 * Narrower than RFC 5321 allows, so that it can stand in a command and a header as it is.
 */
bool mime_address_valid(const char *address)
{
	const char *at = strchr(address, '@');
	size_t n = strlen(address);

	if (!at || at == address || !at[1] || strchr(at + 1, '@') || n > MIME_ADDRESS)
		return false;
	if (at[1] == '.' || at[1] == '-' || address[n - 1] == '.' || strstr(at, ".."))
		return false;
	for (const char *p = address; *p; p++) {
		if (*p <= ' ' || *p > '~' || strchr("()<>[]:;,\\\"", *p))
			return false;
		if (p > at && !isalnum((unsigned char)*p) && *p != '.' && *p != '-')
			return false;
	}
	return true;
}

/** A time for a Date header (RFC 5322, section 3.3), in UTC */
void mime_date(char text[MIME_DATE], int64_t at_ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = at_ms / 1000;
	struct tm tm = {0};

	(void)gmtime_r(&t, &tm);
	text_printf(text, MIME_DATE, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday],
		    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		    tm.tm_sec);
}

static bool plain(const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p < ' ' || *p > '~')
			return false;
	}
	return strlen(text) < WORD_BYTES && !strstr(text, "=?") && text[0] != ' ';
}

/* As many bytes as fit a word, and no character cut in two */
static size_t word_length(const char *text)
{
	size_t n = strlen(text);

	if (n <= WORD_BYTES)
		return n;
	for (n = WORD_BYTES; n > WORD_BYTES - 4 && (text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static bool append(char *line, size_t size, size_t *at, const char *text)
{
	bool fits = text_printf(line + *at, size - *at, "%s", text);

	*at += strlen(line + *at);
	return fits;
}

static bool words_append(char *line, size_t size, size_t *at, const char *text)
{
	char base64[WORD_TEXT], word[WORD_TEXT + 16];
	bool fits = true;

	for (size_t n; *text && fits; text += n) {
		char clean[WORD_BYTES + 1];

		n = word_length(text);
		for (size_t i = 0; i < n; i++)
			clean[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
		sodium_bin2base64(base64, sizeof(base64), (const unsigned char *)clean, n,
				  sodium_base64_VARIANT_ORIGINAL);
		text_printf(word, sizeof(word), "=?utf-8?B?%s?=%s", base64, text[n] ? "\r\n " : "");
		fits = append(line, size, at, word);
	}
	return fits;
}

/**
 * Makes a header line of a text from anywhere
 *
 * What is not short printable ASCII is encoded (RFC 2047), so that no byte of it can end the line.
 *
 * @param line Result, folded, without the last line end
 * @param size Its size
 * @param name Name of the header
 * @param text UTF-8, or anything; control characters become spaces
 * @param rest What follows as it is, such as " <maya@example.com>"
 *
 * @return false when it does not fit
 */
bool mime_words(char *line, size_t size, const char *name, const char *text, const char *rest)
{
	size_t at = 0;
	bool quoted = rest[0] && text[strcspn(text, "()<>[]:;@\\,.\"")];
	bool fits = append(line, size, &at, name) && append(line, size, &at, ": ");

	if (plain(text) && !quoted)
		fits = fits && append(line, size, &at, text);
	else
		fits = fits && words_append(line, size, &at, text);
	return fits && append(line, size, &at, rest);
}
