/**
 * @file cheap.c  Passwords of tests: hashed by argon2id still, but in a millisecond and 8 KiB
 *
 * Linked by --wrap in the place of libsodium's functions, so that the program has no such switch.
 */
#include <sodium.h>
#include <string.h>

int __real_crypto_pwhash_str(char *out, const char *plain, unsigned long long n,
			     unsigned long long passes, size_t memory);
int __wrap_crypto_pwhash_str(char *out, const char *plain, unsigned long long n,
			     unsigned long long passes, size_t memory);
int __real_crypto_pwhash_str_verify(const char *hash, const char *plain, unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *plain, unsigned long long n);

int __wrap_crypto_pwhash_str(char *out, const char *plain, unsigned long long n,
			     unsigned long long passes, size_t memory)
{
	return __real_crypto_pwhash_str(out, plain, n, crypto_pwhash_OPSLIMIT_MIN,
					crypto_pwhash_MEMLIMIT_MIN);
}

/* The one hash of the whole price is that of an unknown user, which no password matches. */
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *plain, unsigned long long n)
{
	return strstr(hash, "$m=65536,") ? -1 : __real_crypto_pwhash_str_verify(hash, plain, n);
}
