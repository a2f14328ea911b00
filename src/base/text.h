/**
 * @file text.h  Small things on text: copies, hex, digests
 *
 * Any floor may call this, on any thread.
 */
#ifndef CARILLON_TEXT_H
#define CARILLON_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <re.h>

enum { TEXT_SHA256 = 65 }; /* hex digits and the terminator */

bool text_printf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool text_copy_pl(char *buf, size_t size, const struct pl *pl);
bool text_word(struct pl *word, const char **list);
bool text_has_word(const char *list, const char *word, size_t n);
bool text_same(const char *a, const char *b);
bool text_same_secret(const char *a, const char *b);
void text_lower(char *s);
void text_hex(char *text, const void *bytes, size_t n);
void text_sha256(char hex[TEXT_SHA256], const void *bytes, size_t n);
bool text_utf8(const char *s, size_t n);
bool text_printable(const char *s);
bool text_lines_printable(const char *s);

#endif
