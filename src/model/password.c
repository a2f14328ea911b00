/**
 * @file password.c  Passwords of the portal: policy, argon2id
 */
#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "own.h"
#include "text.h"
#include "user.h"

/* Of a password that nobody knows: whoever is unknown takes as long as whoever is wrong. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$eKxYVYNrMXH/"
			     "a1yGmTyIkw$A3QF2PgjFOldksc1UjwpBpp0h0dYtLoT8AX6sw3NhQ8";

static const char *const common[] = {
#define X(word) word,
#include "tbl/common_passwords.h"
#undef X
};

_Static_assert(USER_HASH >= crypto_pwhash_STRBYTES, "room for a hash");

static char plain_letter(char c)
{
	static const char leet[] = "0o1i3e4a5s7t@a$s!i";

	for (const char *p = leet; *p; p += 2) {
		if (c == *p)
			return p[1];
	}
	return (char)tolower((unsigned char)c);
}

static bool is_common(const char *s, size_t n)
{
	for (size_t i = 0; i < COUNT(common); i++) {
		if (strlen(common[i]) == n && !memcmp(common[i], s, n))
			return true;
	}
	return false;
}

/* "P4ssw0rd2026!" is "password" in a coat. */
static bool password_common(const char *plain)
{
	char lower[PASSWORD_MAX], word[PASSWORD_MAX];
	size_t n = strlen(plain), from = 0, to = n;

	for (size_t i = 0; i < n; i++) {
		lower[i] = (char)tolower((unsigned char)plain[i]);
		word[i] = plain_letter(plain[i]);
	}
	if (is_common(lower, n) || is_common(word, n))
		return true;
	while (from < to && !isalpha((unsigned char)lower[from]))
		++from;
	while (to > from && !isalpha((unsigned char)lower[to - 1]))
		--to;
	return to - from >= 4 &&
	       (is_common(lower + from, to - from) || is_common(word + from, to - from));
}

/* "aaaaaaaaaa", "abababababab", "1234567890", "zyxwvutsrq" */
static bool password_regular(const char *s)
{
	size_t n = strlen(s), same = 0, two = 0, up = 0, down = 0;

	for (size_t i = 1; i < n; i++) {
		same += s[i] == s[i - 1];
		two += i > 1 && s[i] == s[i - 2];
		up += s[i] == s[i - 1] + 1 || (s[i] == '0' && s[i - 1] == '9');
		down += s[i] == s[i - 1] - 1 || (s[i] == '9' && s[i - 1] == '0');
	}
	return same == n - 1 || two == n - 2 || up == n - 1 || down == n - 1;
}

static bool password_own(const char *plain, const char *own)
{
	size_t n = strcspn(own, "@");

	return n >= 4 && strlen(plain) < n + 8 && !strncasecmp(plain, own, n);
}

/**
 * Checks a new password: 10 to 255 characters, no rules of composition, not a common one
 *
 * @param fe    Filled with what is wrong
 * @param name  Field
 * @param plain Password
 * @param u     Whose; NULL when that is not known yet
 *
 * @return true when it is good
 */
bool password_check(struct field_errors *fe, const char *name, const char *plain,
		    const struct user *u)
{
	size_t n = strlen(plain), letters = 0;

	for (size_t i = 0; i < n; i++)
		letters += (plain[i] & 0xc0) != 0x80;
	if (!text_utf8(plain, n))
		field_error(fe, name, "contains characters that cannot be used");
	else if (letters < PASSWORD_MIN)
		field_error(fe, name, "must have at least %d characters", PASSWORD_MIN);
	else if (n >= PASSWORD_MAX)
		field_error(fe, name, "must have at most %d characters", PASSWORD_MAX - 1);
	else if (password_common(plain) || password_regular(plain))
		field_error(fe, name, "is too common: others would guess it");
	else if (u && (password_own(plain, u->email) || password_own(plain, u->name)))
		field_error(fe, name, "is too much like your name or address");
	else
		return true;
	return false;
}

/**
 * Hashes a password with a salt of its own: argon2id, about 60 ms and 64 MiB
 *
 * @return 0, ENOMEM
 */
int password_hash(char hash[USER_HASH], const char *plain)
{
	memset(hash, 0, USER_HASH);
	if (sodium_init() < 0)
		return EIO;
	return crypto_pwhash_str(hash, plain, strlen(plain), crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 crypto_pwhash_MEMLIMIT_INTERACTIVE)
		       ? ENOMEM
		       : 0;
}

/** Makes up a password that can be read out: letters and digits without those that look alike */
void password_make(char *plain, size_t size)
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";

	for (size_t i = 0; i + 1 < size; i++)
		plain[i] = i % 5 == 4 ? '-' : alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
	plain[size - 1] = '\0';
}

/**
 * Says whether a person may sign in. It takes the same time for whoever is unknown, wrong, locked
 * or right.
 *
 * @param u            The user whom the address belongs to; NULL when there is none
 * @param plain        Password
 * @param locked_until From lock_get() of the address
 * @param now          Wall ms
 */
enum sign_in user_verify(const struct user *u, const char *plain, int64_t locked_until, int64_t now)
{
	const char *hash = u && u->hash[0] ? u->hash : nobody;
	bool right = sodium_init() >= 0 && strlen(plain) < PASSWORD_MAX &&
		     !crypto_pwhash_str_verify(hash, plain, strlen(plain));

	if (locked_until > now)
		return SIGN_IN_LOCKED;
	return right && hash != nobody ? SIGN_IN_OK : SIGN_IN_WRONG;
}
