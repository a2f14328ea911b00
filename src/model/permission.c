/**
 * @file permission.c  Permission tokens
 */
#include <string.h>
#include "own.h"
#include "permission.h"
#include "text.h"

static const char *const known[] = {
#define X(token) #token,
#include "tbl/permissions.h"
#undef X
};

/** True when n bytes at token are one of the words of tbl/permissions.h */
bool permission_known(const char *token, size_t n)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strlen(known[i]) == n && !memcmp(known[i], token, n))
			return true;
	}
	return false;
}

/** True for known words, each once, separated by single spaces; "" is good */
bool permissions_valid(const char *tokens)
{
	for (const char *s = tokens; *s;) {
		size_t k = strcspn(s, " ");

		if (!permission_known(s, k))
			return false;
		s += k;
		if (*s == ' ' && (!*++s || *s == ' '))
			return false;
		if (text_has_word(s, s - k - (s[-1] == ' '), k))
			return false;
	}
	return true;
}

/** True when the word is in the list */
bool permissions_have(const char *tokens, const char *token)
{
	return text_has_word(tokens, token, strlen(token));
}

/** True when every word of `tokens` is also in `of` */
bool permissions_within(const char *tokens, const char *of)
{
	struct pl token;

	while (text_word(&token, &tokens)) {
		if (!text_has_word(of, token.p, token.l))
			return false;
	}
	return true;
}

/** All words, for a tenant that may use everything */
const char *permissions_all(void)
{
	static const char all[] =
#define X(token) " " #token
#include "tbl/permissions.h"
#undef X
		;

	return all + 1;
}
