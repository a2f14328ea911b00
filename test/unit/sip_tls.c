/**
 * @file sip_tls.c  Tests of SIP over TLS, with OpenSSL as the phone
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include "sip_rig.h"
#include "stack_parts.h"

static char cert_file[64];
static struct phone phone;
static SSL_CTX *ctx;
static SSL *ssl;

static void cert_write(int serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *f;

	(void)text_printf(cert_file, sizeof(cert_file), "/tmp/sip_tls_%d.pem", (int)getpid());
	f = fopen(cert_file, "w");
	assert_true(key && x && f);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"northwind.localhost", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(PEM_write_X509(f, x), 1);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static uint16_t sips_port;

static int open_tls(void **state)
{
	int err = EADDRINUSE;

	cert_write(1);
	rig_conf.cert = cert_file;
	for (unsigned i = 0; i < 20 && err == EADDRINUSE; i++) {
		struct phone probe;

		phone_open(&probe, false, "127.0.0.1", 9); /* lends its port number */
		sips_port = rig_conf.sips_port = probe.port;
		phone_close(&probe);
		err = rig_open(state);
	}
	rig_conf.cert = NULL;
	rig_conf.sips_port = 0;
	ctx = SSL_CTX_new(TLS_client_method());
	return err || !ctx;
}

static int close_tls(void **state)
{
	SSL_free(ssl);
	ssl = NULL;
	SSL_CTX_free(ctx);
	unlink(cert_file);
	return rig_close(state);
}

static bool handshake(void)
{
	phone_open(&phone, true, "127.0.0.1", sips_port);
	ssl = SSL_new(ctx);
	assert_non_null(ssl);
	assert_int_equal(SSL_set_fd(ssl, phone.fd), 1);
	for (unsigned i = 0; i < 50; i++) {
		int n = SSL_connect(ssl), e = SSL_get_error(ssl, n);

		if (n == 1)
			return true;
		if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
			return false;
		(void)rig_run(&phone, 500);
	}
	return false;
}

static void say(const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(SSL_write(ssl, text, n), n);
}

/* One message, as they come one a record */
static unsigned hear(void)
{
	for (unsigned i = 0; i < 20; i++) {
		int n = SSL_read(ssl, phone.text, sizeof(phone.text) - 1);

		if (n > 0) {
			phone.text[n] = '\0';
			return !strncmp(phone.text, "SIP/2.0 ", 8) ? (unsigned)atoi(phone.text + 8)
								   : 1;
		}
		(void)rig_run(&phone, 500);
	}
	return 0;
}

static void say_register(unsigned cseq, const char *auth)
{
	say("REGISTER sip:northwind.localhost SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:%u;branch="
	    "z9hG4bKt%u;rport\r\nMax-Forwards: 70\r\nFrom: <sip:1001@northwind.localhost>;tag=1\r\n"
	    "To: <sip:1001@northwind.localhost>\r\nCall-ID: t\r\nCSeq: %u REGISTER\r\n"
	    "Contact: <sip:1001@10.0.0.9:5061;transport=tls>\r\n%sContent-Length: 0\r\n\r\n",
	    phone.port, cseq, cseq, auth);
}

static long serial_shown(SSL *conn)
{
	X509 *x = SSL_get1_peer_certificate(conn);
	long serial = x ? ASN1_INTEGER_get(X509_get0_serialNumber(x)) : -1;

	X509_free(x);
	return serial;
}

static void a_renewed_certificate_is_shown_to_who_comes_next(void **state)
{
	static struct phone first;
	SSL *before;
	FILE *f;

	assert_true(handshake());
	assert_int_equal(serial_shown(ssl), 1);
	before = ssl;
	first = phone;
	f = fopen(cert_file, "w");
	fputs("no certificate", f);
	fclose(f);
	assert_int_not_equal(stack_renew(stack, cert_file), 0);
	cert_write(2);
	assert_int_equal(stack_renew(stack, cert_file), 0);
	assert_true(handshake());
	assert_int_equal(serial_shown(ssl), 2);
	phone_close(&phone);
	SSL_free(ssl);
	ssl = before;
	phone = first;
	say_register(1, "");
	assert_int_equal(hear(), 401); /* who was there before goes on */
	phone_close(&phone);
}

static void a_phone_registers_by_tls_and_is_reached_by_its_connection(void **state)
{
	struct ask a = {.method = "REGISTER", .uri = "sip:northwind.localhost"};
	const struct binding *b;

	assert_true(handshake());
	say_register(1, "");
	assert_int_equal(hear(), 401);
	say_register(2, answer_line(&phone, &a, "1001", "demo-1001", true, "00000001"));
	assert_int_equal(hear(), 200);
	assert_int_equal(registrar_find(stack, 1, "1001", &b, 1), 1);
	assert_true(b->tls);
	assert_int_equal(b->flow.tp, SIP_TRANSP_TLS);
	assert_int_equal(sa_port(&b->flow.peer), phone.port);
	clock_advance(640000); /* the keep-alive that holds the connection open */
	assert_int_equal(hear(), 1);
	assert_int_equal(strncmp(phone.text, "OPTIONS sip:1001@10.0.0.9:5061", 30), 0);
	SSL_shutdown(ssl);
	phone_close(&phone);
	(void)rig_run(NULL, 20);
	assert_int_equal(registrar_find(stack, 1, "1001", &b, 1), 0);
	assert_int_equal(fake.lost, 1);
}

static void old_versions_of_tls_are_refused(void **state)
{
	SSL_CTX_set_security_level(ctx, 0);
	assert_int_equal(SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION), 1);
	assert_false(handshake());
	phone_close(&phone);
}

static void garbage_instead_of_tls_is_cut(void **state)
{
	static struct phone other;
	ssize_t n;

	phone_open(&phone, true, "127.0.0.1", sips_port);
	phone_send(&phone, "OPTIONS sip:a SIP/2.0\r\n\r\n");
	(void)rig_run(NULL, 50);
	assert_true(rig_run(&phone, 1000));
	for (n = 1; n > 0 || (n < 0 && errno == EAGAIN);) {
		n = recv(phone.fd, phone.text, sizeof(phone.text), 0);
		assert_true(n >= 0 || errno != EAGAIN || rig_run(&phone, 1000));
	}
	phone_close(&phone);
	phone_open(&other, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(phone_options(&other), 200);
	phone_close(&other);
}

static void a_certificate_that_is_not_there_stops_the_start(void **state)
{
	struct stack_conf conf = rig_conf;
	const struct stack_handlers none = {0};
	struct stack *other = NULL;

	conf.cert = "/nonexistent/cert.pem";
	conf.sips_port = 1;
	assert_int_not_equal(stack_alloc(&other, &conf, &none), 0);
	assert_null(other);
}

/* Another connection may come to be where this one was in memory, and is not to be refused. */
static void a_connection_without_tls_is_not_remembered(void **state)
{
	struct tcp_conn *tcp = NULL;
	struct sa peer;

	assert_int_equal(sa_set_str(&peer, "127.0.0.1", sips_port), 0);
	assert_int_equal(tcp_connect(&tcp, &peer, NULL, NULL, NULL, NULL), 0);
	assert_false(tls_peer_ours(tcp));
	mem_deref(tcp);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_tls, close_tls)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_renewed_certificate_is_shown_to_who_comes_next),
		T(a_phone_registers_by_tls_and_is_reached_by_its_connection),
		T(a_connection_without_tls_is_not_remembered),
		T(old_versions_of_tls_are_refused),
		T(garbage_instead_of_tls_is_cut),
		T(a_certificate_that_is_not_there_stops_the_start),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
