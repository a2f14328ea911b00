/**
 * @file secret.c  Sealing passwords with libsodium's secretbox
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "own.h"
#include "secret.h"
#include "text.h"

enum { NONCE = crypto_secretbox_NONCEBYTES, MAC = crypto_secretbox_MACBYTES };

_Static_assert(SECRET_SEALED >= 2 * (NONCE + MAC + SECRET_PLAIN) + 1, "room for a sealed text");

struct secret {
	uint8_t key[crypto_secretbox_KEYBYTES];
};

static void secret_destructor(void *arg)
{
	struct secret *s = arg;

	sodium_memzero(s->key, sizeof(s->key));
}

/* Written beside and linked into place, so that no reader sees half a key and none is replaced. */
static int secret_make(const char *file)
{
	uint8_t key[crypto_secretbox_KEYBYTES];
	char temp[512];
	int fd, err = 0;

	if (!text_printf(temp, sizeof(temp), "%s.%d", file, getpid()))
		return ENAMETOOLONG;
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	randombytes_buf(key, sizeof(key));
	if (write(fd, key, sizeof(key)) != (ssize_t)sizeof(key) || fsync(fd))
		err = errno ? errno : EIO;
	sodium_memzero(key, sizeof(key));
	close(fd);
	if (!err && link(temp, file) && errno != EEXIST)
		err = errno;
	unlink(temp);
	return err;
}

static int secret_read(struct secret *s, const char *file)
{
	struct stat st;
	ssize_t n;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err = 0;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st))
		err = errno;
	else if (st.st_mode & 077)
		err = EPERM;
	n = err ? 0 : read(fd, s->key, sizeof(s->key));
	if (!err && (n != (ssize_t)sizeof(s->key) || st.st_size != (off_t)sizeof(s->key)))
		err = EINVAL;
	close(fd);
	return err;
}

/**
 * Reads the key, made at the first start
 *
 * @param sp   Result
 * @param file Its file, "data/secret.key"
 *
 * @return 0, EPERM when others may read the file, EINVAL when it is no key, or errno
 */
int secret_load(struct secret **sp, const char *file)
{
	struct secret *s;
	int err;

	if (sodium_init() < 0)
		return EIO;
	s = mem_zalloc(sizeof(*s), secret_destructor);
	if (!s)
		return ENOMEM;
	err = secret_read(s, file);
	if (err == ENOENT) {
		err = secret_make(file);
		if (!err)
			err = secret_read(s, file);
	}
	if (err)
		mem_deref(s);
	else
		*sp = s;
	return err;
}

/** Seals a password as hex text: nonce and box; false when it is longer than SECRET_PLAIN - 1 */
bool secret_seal(char sealed[SECRET_SEALED], const struct secret *s, const char *plain)
{
	uint8_t box[NONCE + MAC + SECRET_PLAIN];
	size_t n = strlen(plain);

	sealed[0] = '\0';
	if (n >= SECRET_PLAIN)
		return false;
	randombytes_buf(box, NONCE);
	crypto_secretbox_easy(box + NONCE, (const uint8_t *)plain, n, box, s->key);
	text_hex(sealed, box, NONCE + MAC + n);
	return true;
}

/** Opens what secret_seal() made; false (and "") for anything else */
bool secret_open(char plain[SECRET_PLAIN], const struct secret *s, const char *sealed)
{
	uint8_t box[NONCE + MAC + SECRET_PLAIN];
	size_t n = 0;

	memset(plain, 0, SECRET_PLAIN);
	if (sodium_hex2bin(box, sizeof(box), sealed, strlen(sealed), NULL, &n, NULL) ||
	    n < NONCE + MAC || n >= sizeof(box))
		return false;
	if (!crypto_secretbox_open_easy((uint8_t *)plain, box + NONCE, n - NONCE, box, s->key))
		return true;
	memset(plain, 0, SECRET_PLAIN);
	return false;
}

/**
 * A keyed hash (BLAKE2b) as hex text: whoever has only the database cannot try what was hashed
 *
 * @param mac     Result
 * @param s       Key
 * @param purpose What it is for, at most 64 characters; hashes of two purposes never agree
 * @param text    What is hashed
 */
void secret_mac(char mac[SECRET_MAC], const struct secret *s, const char *purpose, const char *text)
{
	uint8_t key[crypto_generichash_KEYBYTES], hash[crypto_generichash_BYTES];

	crypto_generichash(key, sizeof(key), (const uint8_t *)purpose, strlen(purpose), s->key,
			   sizeof(s->key));
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, strlen(text), key,
			   sizeof(key));
	text_hex(mac, hash, sizeof(hash));
	sodium_memzero(key, sizeof(key));
}
