/**
 * @file cert.c  The certificate: the operator's, or a self-signed one made at first start
 *
 * Both servers read one PEM file with the key and the chain, in the data folder, for its owner
 * only.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "house.h"
#include "log.h"
#include "text.h"

enum { DAYS = 825, SECONDS_A_DAY = 86400 };

static void name_add(X509 *x, const char *names)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);

	if (e)
		X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

static X509 *cert_make(EVP_PKEY *key, const char *bind)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);
	uint8_t serial[16];
	char names[256];
	BIGNUM *n;

	id_random_bytes(serial, sizeof(serial));
	serial[0] &= 0x7f;
	n = BN_bin2bn(serial, sizeof(serial), NULL);
	BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
	X509_set_version(x, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(x), -SECONDS_A_DAY);
	X509_gmtime_adj(X509_getm_notAfter(x), (long)DAYS * SECONDS_A_DAY);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)"Carillon", -1, -1,
				   0);
	X509_set_issuer_name(x, subject);
	text_printf(names, sizeof(names), "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:%.64s",
		    bind);
	name_add(x, names);
	X509_sign(x, key, EVP_sha256());
	return x;
}

static int pem_open(FILE **fp, const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	*fp = fdopen(fd, "w");
	return *fp ? 0 : errno;
}

static int self_signed(const char *file, const char *bind)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? cert_make(key, bind) : NULL;
	FILE *f = NULL;
	int err = x ? pem_open(&f, file) : ENOMEM;

	if (!err &&
	    (!PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) || !PEM_write_X509(f, x)))
		err = EIO;
	if (f && fclose(f))
		err = errno;
	X509_free(x);
	EVP_PKEY_free(key);
	return err;
}

static int append(FILE *out, const char *file)
{
	FILE *in = fopen(file, "re");
	char buf[4096];
	size_t n;

	if (!in)
		return errno;
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		fwrite(buf, 1, n, out);
	fclose(in);
	return 0;
}

static int join(const char *pem, const struct conf *conf, char *error, size_t size)
{
	const char *file = conf->key;
	FILE *f = NULL;
	int err = pem_open(&f, pem);

	if (!err)
		err = append(f, file);
	if (!err)
		err = append(f, file = conf->cert);
	if (f && fclose(f) && !err)
		err = errno;
	if (err)
		text_printf(error, size, "%s: the certificate cannot be read: %s", file,
			    strerror(err));
	return err;
}

/**
 * Makes sure there is a PEM file with key and certificate
 *
 * @param pem   Result: its path
 * @param size  Size of pem
 * @param conf  Configuration
 * @param error One sentence when it fails
 * @param esize Size of error
 *
 * @return 0 or errno
 */
int cert_prepare(char *pem, size_t size, const struct conf *conf, char *error, size_t esize)
{
	int err;

	text_printf(pem, size, "%s/tls.pem", conf->data);
	if (conf->cert[0])
		return join(pem, conf, error, esize);
	text_printf(pem, size, "%s/self-signed.pem", conf->data);
	if (!access(pem, R_OK))
		return 0;
	err = self_signed(pem, conf->bind);
	if (err)
		text_printf(error, esize, "%s: cannot be written: %s", pem, strerror(err));
	else
		log_warn("cert.self_signed", "file=%s", pem);
	return err;
}
