/**
 * @file secret.h  The key that seals SIP and trunk passwords at rest, and hashes PINs
 *
 * XSalsa20-Poly1305 (libsodium secretbox) under a key kept in the data folder, file mode 0600, made
 * at the first start. Read once at start, then immutable: any thread.
 */
#ifndef CARILLON_SECRET_H
#define CARILLON_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum { SECRET_PLAIN = 65, SECRET_SEALED = 2 * (24 + 16 + SECRET_PLAIN) + 1 };

enum { SECRET_MAC = 65 }; /* hex digits and the terminator */

struct secret;

int secret_load(struct secret **sp, const char *file);
bool secret_seal(char sealed[SECRET_SEALED], const struct secret *s, const char *plain);
bool secret_open(char plain[SECRET_PLAIN], const struct secret *s, const char *sealed);
void secret_mac(char mac[SECRET_MAC], const struct secret *s, const char *purpose,
		const char *text);

#endif
