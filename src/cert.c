/**
 * @file cert.c  The certificate: the operator's, or a self-signed one made at first start
 *
 * Both servers read one PEM file with the key and the chain, in the data folder, for its owner
 * only. When the operator's files change, or on SIGHUP, both take the new one without a restart; a
 * pair that does not belong together is refused, and the old one goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "house.h"
#include "log.h"
#include "text.h"

enum { DAYS = 825, SECONDS_A_DAY = 86400, LOOK_MS = 1000, LOOKS = 30 };

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

/* Does the key belong to the first certificate? */
static bool pair_matches(const char *pem)
{
	FILE *f = fopen(pem, "re");
	EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	X509 *x = NULL;
	bool right;

	if (f) {
		rewind(f);
		x = PEM_read_X509(f, NULL, NULL, NULL);
		fclose(f);
	}
	right = key && x && X509_check_private_key(x, key) == 1;
	X509_free(x);
	EVP_PKEY_free(key);
	return right;
}

static int join_into(const char *pem, const struct conf *conf, const char **file)
{
	FILE *f = NULL;
	int err = pem_open(&f, pem);

	*file = conf->key;
	if (!err)
		err = append(f, conf->key);
	if (!err)
		err = append(f, *file = conf->cert);
	if (f && fclose(f) && !err)
		err = errno;
	return err;
}

/* Beside, checked, and renamed: what the servers read is always whole and right */
static int join(const char *pem, const struct conf *conf, char *error, size_t size)
{
	char beside[CONF_TEXT + 64];
	const char *file;
	int err;

	text_printf(beside, sizeof(beside), "%s.new", pem);
	err = join_into(beside, conf, &file);
	if (err) {
		text_printf(error, size, "%s: the certificate cannot be read: %s", file,
			    strerror(err));
	} else if (!pair_matches(beside)) {
		err = EINVAL;
		text_printf(error, size, "%s: is no certificate to which the key in %s belongs",
			    conf->cert, conf->key);
	} else if (rename(beside, pem)) {
		err = errno;
		text_printf(error, size, "%s: cannot be written: %s", pem, strerror(err));
	}
	if (err)
		(void)unlink(beside);
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

/* --- renewal -----------------------------------------------------------------------------------
 */

static volatile sig_atomic_t asked;

static void on_hup(int sig)
{
	asked = 1;
}

static void renew(struct house *h)
{
	char pem[CONF_TEXT + 32], error[CONF_ERROR] = "";
	int err = cert_prepare(pem, sizeof(pem), &h->conf, error, sizeof(error));

	if (!err)
		err = stack_renew(exchange_stack(h->exchange), pem);
	if (!err)
		err = web_renew(h->web, pem);
	if (err)
		log_error("cert.refused", "text=\"%s\"", error[0] ? error : strerror(err));
	else
		log_info("cert.renewed", "file=%s", pem);
}

static bool moved(struct timespec *seen, const char *file)
{
	struct stat st;
	bool other;

	if (!file[0] || stat(file, &st))
		return false;
	other = st.st_mtim.tv_sec != seen->tv_sec || st.st_mtim.tv_nsec != seen->tv_nsec;
	*seen = st.st_mtim;
	return other;
}

static bool files_moved(struct house *h)
{
	bool cert = moved(&h->cert.chain, h->conf.cert), key = moved(&h->cert.key, h->conf.key);

	return cert || key;
}

static void on_look(void *arg)
{
	struct house *h = arg;
	bool now = asked;

	tmr_start(&h->cert.tmr, LOOK_MS, on_look, h);
	if (!now && ++h->cert.looks < LOOKS)
		return;
	h->cert.looks = 0;
	asked = 0;
	if (files_moved(h) || now)
		renew(h);
}

/** Looks every 30 s whether the certificate's files changed, and at once after SIGHUP */
void cert_watch(struct house *h)
{
	struct sigaction sa = {.sa_handler = on_hup, .sa_flags = SA_RESTART};

	(void)files_moved(h);
	(void)sigaction(SIGHUP, &sa, NULL);
	tmr_start(&h->cert.tmr, LOOK_MS, on_look, h);
}
