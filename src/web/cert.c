/**
 * @file cert.c  The certificate of the portal, which may be renewed while the server runs
 *
 * GnuTLS asks for it at each handshake, on any web thread, by a function without an argument: what
 * holds now is a pointer of the process. Handshakes may still read the one before; so the newest
 * few are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "own.h"
#include "server.h"

enum { CHAIN_MAX = 8, KEPT = 4, PEM_MAX = 64 * 1024 };

struct cert {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned count;
	gnutls_privkey_t key;
};

/** Newest first */
struct certs {
	struct cert *kept[KEPT];
};

static _Atomic(struct cert *) current;

static void web_cert_destructor(void *arg)
{
	struct cert *c = arg;

	for (unsigned i = 0; i < c->count; i++)
		gnutls_pcert_deinit(&c->chain[i]);
	if (c->key)
		gnutls_privkey_deinit(c->key);
}

static void web_certs_destructor(void *arg)
{
	struct certs *cs = arg;

	atomic_store(&current, NULL);
	for (unsigned i = 0; i < KEPT; i++)
		mem_deref(cs->kept[i]);
}

static int pem_read(struct mbuf **mbp, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO struct mbuf *mb = NULL;
	struct stat st;
	int err = 0;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > PEM_MAX)
		err = EINVAL;
	else if (!(mb = mbuf_alloc((size_t)st.st_size)))
		err = ENOMEM;
	else if (read(fd, mb->buf, (size_t)st.st_size) != st.st_size)
		err = EIO;
	else
		mb->end = (size_t)st.st_size;
	close(fd);
	if (!err)
		*mbp = TAKE(mb);
	return err;
}

static int cert_read(struct cert **cp, const char *chain, const char *key)
{
	AUTO struct mbuf *certs = NULL, *secret = NULL;
	AUTO struct cert *c = mem_zalloc(sizeof(*c), web_cert_destructor);
	gnutls_datum_t data;
	unsigned n = CHAIN_MAX;
	int err = c ? pem_read(&certs, chain) : ENOMEM;

	err = err ? err : pem_read(&secret, key);
	if (err)
		return err;
	data = (gnutls_datum_t){certs->buf, (unsigned)certs->end};
	if (gnutls_pcert_list_import_x509_raw(c->chain, &n, &data, GNUTLS_X509_FMT_PEM, 0) || !n)
		return EINVAL;
	c->count = n;
	data = (gnutls_datum_t){secret->buf, (unsigned)secret->end};
	if (gnutls_privkey_init(&c->key))
		return ENOMEM;
	if (gnutls_privkey_import_x509_raw(c->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0))
		return EINVAL;
	memset(secret->buf, 0, secret->size);
	*cp = TAKE(c);
	return 0;
}

/**
 * Reads a certificate; handshakes from now on show it
 *
 * @param csp   Made at the first call
 * @param chain PEM file with the chain
 * @param key   PEM file with the private key; may be the same
 *
 * @return 0, or errno: EINVAL for what is no certificate; the one before still holds then
 */
int web_certs_read(struct certs **csp, const char *chain, const char *key)
{
	struct cert *c;
	int err;

	if (!*csp)
		*csp = mem_zalloc(sizeof(**csp), web_certs_destructor);
	err = *csp ? cert_read(&c, chain, key) : ENOMEM;
	if (err)
		return err;
	mem_deref((*csp)->kept[KEPT - 1]);
	memmove((*csp)->kept + 1, (*csp)->kept, (KEPT - 1) * sizeof(c));
	(*csp)->kept[0] = c;
	atomic_store(&current, c);
	return 0;
}

/** For MHD_OPTION_HTTPS_CERT_CALLBACK */
int web_cert_ask(gnutls_session_t session, const gnutls_datum_t *issuers, int issuers_count,
		 const gnutls_pk_algorithm_t *algorithms, int algorithms_count,
		 gnutls_pcert_st **chain, unsigned *chain_count, gnutls_privkey_t *key)
{
	struct cert *c = atomic_load(&current);

	if (!c)
		return -1;
	*chain = c->chain;
	*chain_count = c->count;
	*key = c->key;
	return 0;
}
