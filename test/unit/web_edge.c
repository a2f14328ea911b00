/**
 * @file web_edge.c  SIP over WebSocket: handshake, the way through, limits, who is told what
 *
 * The SIP stack is played by a listening socket of the test, the core by an actor with a thread.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <sys/resource.h>
#include <microhttpd.h>
#include <openssl/ssl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include "http_client.h"
#include "clock.h"
#include "own.h"
#include "web.h"

static struct actor *core;
static struct web *web;
static uint16_t port, tls_port, sip_port;
static int sip_fd;
static char cert[] = "/tmp/carillon-cert-XXXXXX";
static _Atomic int opened, closed;
static _Atomic uint16_t last_opened, last_closed;

static void opened_h(uint16_t p, const struct sa *client, bool tls, void *arg)
{
	last_opened = p;
	++opened;
}

static void closed_h(uint16_t p, void *arg)
{
	last_closed = p;
	++closed;
}

static bool auth(struct request *rq, struct reply *rp)
{
	return true;
}

static void events(struct request *rq, struct reply *rp)
{
	const struct sse_who who = {.tenant = 1, .session = "s"};

	sse_open(rq, rp, &who);
}

static void slow(struct request *rq, struct reply *rp)
{
	reply_json(rp, 200, json_pack("{s:s}", "ran", "slowly"));
}

static const struct route routes[] = {
	{"GET", "/events", NULL, NULL, 0, RUNS_WEB, events, "Live events"},
	{"POST", "/slow", NULL, NULL, 0, RUNS_SLOW, slow, "Runs on the slow thread"},
};

/** A self-signed certificate and its key in one file */
static void cert_make(FILE *f, int serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"localhost", -1, -1,
				   0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	PEM_write_X509(f, x);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void sip_listen_here(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);
	struct timeval tv = {.tv_sec = 10};

	sip_fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(sip_fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(sip_fd, 128), 0);
	getsockname(sip_fd, (struct sockaddr *)&sin, &len);
	setsockopt(sip_fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	sip_port = ntohs(sin.sin_port);
}

static int setup(void **state)
{
	struct web_conf conf = {.http = true, .https = true, .threads = 2, .cert = cert};
	struct web_handlers h = {.auth_h = auth, .opened_h = opened_h, .closed_h = closed_h};

	cert_make(fdopen(mkstemp(cert), "w"), 1);
	sip_listen_here();
	conf.edge_port = sip_port;
	conf.routes = routes;
	conf.route_count = COUNT(routes);
	sa_set_str(&conf.bind, "127.0.0.1", 0);
	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(actor_start(core), 0);
	assert_int_equal(web_alloc(&web, &conf, &h, core), 0);
	port = web_port(web, false);
	tls_port = web_port(web, true);
	return 0;
}

static int teardown(void **state)
{
	event_forget_all();
	actor_stop(core);
	web = mem_deref(web);
	core = mem_deref(core);
	close(sip_fd);
	unlink(cert);
	return 0;
}

#define UPGRADE                                                                                    \
	"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"               \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/** Asks for a WebSocket; the status, and the open connection in *fd if it is 101 */
static int upgrade(int *fd, const char *heads)
{
	struct http_response *r;
	char text[1024], v[64];
	int status;

	*fd = http_connect(port);
	snprintf(text, sizeof(text), "GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", port,
		 heads);
	http_write(*fd, text, strlen(text));
	r = http_receive(*fd, true);
	status = r->status;
	if (status == 101) {
		assert_string_equal(http_head(r, "Sec-WebSocket-Protocol", v, sizeof(v)), "sip");
		assert_string_equal(http_head(r, "Sec-WebSocket-Accept", v, sizeof(v)),
				    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	} else {
		close(*fd);
	}
	http_free(r);
	return status;
}

static size_t frame(char *out, int first, const char *p, size_t n)
{
	static const char mask[4] = "\x11\x22\x33\x44";
	size_t len = 2;

	out[0] = (char)first;
	out[1] = (char)(0x80 | (n < 126 ? n : n < 65536 ? 126 : 127));
	if (n >= 65536) {
		memset(out + 2, 0, 4);
		out[6] = (char)(n >> 24);
		out[7] = (char)(n >> 16);
		out[8] = (char)(n >> 8);
		out[9] = (char)n;
		len = 10;
	} else if (n >= 126) {
		out[2] = (char)(n >> 8);
		out[3] = (char)n;
		len = 4;
	}
	memcpy(out + len, mask, 4);
	len += 4;
	for (size_t i = 0; i < n; i++)
		out[len + i] = p[i] ^ mask[i & 3];
	return len + n;
}

/** Reads one frame of the server: its first byte; the payload in buf, terminated */
static int frame_read(int fd, char *buf, size_t size, size_t *n)
{
	unsigned char head[4];

	if (!http_read_n(fd, (char *)head, 2))
		return -1;
	*n = head[1];
	if (head[1] == 126) {
		http_read_n(fd, (char *)head + 2, 2);
		*n = (size_t)head[2] << 8 | head[3];
	}
	assert_true(*n < size);
	if (!http_read_n(fd, buf, *n))
		return -1;
	buf[*n] = '\0';
	return head[0];
}

/** The code of the close frame that comes; -1 when the connection just ends */
static int close_code(int fd)
{
	char buf[256];
	size_t n;
	int first;

	do {
		first = frame_read(fd, buf, sizeof(buf), &n);
	} while (first == 0x89);
	if (first != 0x88 || n < 2)
		return -1;
	return (unsigned char)buf[0] << 8 | (unsigned char)buf[1];
}

static int client(int *sip)
{
	struct timeval tv = {.tv_sec = 10};
	int fd;

	assert_int_equal(upgrade(&fd, UPGRADE "Sec-WebSocket-Protocol: sip\r\n"), 101);
	*sip = accept(sip_fd, NULL, NULL);
	assert_true(*sip >= 0);
	setsockopt(*sip, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static void handshake_is_strict(void **state)
{
	char heads[512];
	int fd, sip;

	assert_int_equal(upgrade(&fd, ""), 426);
	assert_int_equal(upgrade(&fd, UPGRADE), 400);
	assert_int_equal(upgrade(&fd, UPGRADE "Sec-WebSocket-Protocol: chat\r\n"), 400);
	assert_int_equal(upgrade(&fd, UPGRADE "Sec-WebSocket-Protocol: sip\r\n"
					      "Origin: https://evil.example\r\n"),
			 403);
	snprintf(heads, sizeof(heads),
		 UPGRADE "Sec-WebSocket-Protocol: xmpp, sip\r\n"
			 "Origin: http://127.0.0.1:%u\r\n",
		 port);
	assert_int_equal(upgrade(&fd, heads), 101);
	sip = accept(sip_fd, NULL, NULL);
	close(sip);
	close(fd);
}

#define REGISTER "REGISTER sip:northwind.localhost SIP/2.0\r\nCall-ID: 1\r\n"

static void messages_go_both_ways(void **state)
{
	static const char answer[] =
		"\r\nSIP/2.0 200 OK\r\nCall-ID: 1\r\nContent-Length: 2\r\n\r\nhi"
		"OPTIONS sip:x SIP/2.0\r\nl: 0\r\n\r\n";
	char buf[8192], out[8192];
	int sip, fd = client(&sip);
	size_t n, k;

	/* in two fragments, with a ping between, cut in the middle */
	n = frame(out, 0x01, REGISTER, strlen(REGISTER));
	n += frame(out + n, 0x89, "are you there", 13);
	n += frame(out + n, 0x80, "\r\nbody", 6);
	http_write(fd, out, n / 2);
	usleep(20000);
	http_write(fd, out + n / 2, n - n / 2);
	assert_true(http_read_until(sip, buf, sizeof(buf), "body"));
	assert_string_equal(buf, REGISTER "Content-Length: 4\r\n\r\nbody");
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x8a);
	assert_string_equal(buf, "are you there");
	http_write(sip, answer, 30);
	usleep(20000);
	http_write(sip, answer + 30, strlen(answer) - 30);
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x81);
	assert_string_equal(buf, "SIP/2.0 200 OK\r\nCall-ID: 1\r\nContent-Length: 2\r\n\r\nhi");
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x81);
	assert_string_equal(buf, "OPTIONS sip:x SIP/2.0\r\nl: 0\r\n\r\n");
	close(fd);
	close(sip);
}

struct lookup {
	uint16_t port;
	struct sa sa;
	bool found, tls;
};

static void lookup_h(void *obj)
{
	struct lookup *l = obj;

	l->found = web_edge_lookup(web, &l->sa, &l->tls, l->port);
}

/** Looks a port up on the core's thread */
static bool known(uint16_t p)
{
	struct lookup *l = mem_zalloc(sizeof(*l), NULL);
	bool found;

	l->port = p;
	l->tls = true;
	assert_int_equal(actor_ask(core, lookup_h, (void **)&l, 5000), 0);
	found = l->found;
	assert_true(!found || (sa_is_loopback(&l->sa) && !l->tls));
	mem_deref(l);
	return found;
}

/** Waits until every earlier client is gone */
static void settle(void)
{
	for (int i = 0; i < 500 && closed != opened; i++)
		usleep(10000);
	assert_int_equal(closed, opened);
}

static void core_is_told_first(void **state)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int before, sip, fd;

	settle();
	before = opened;
	fd = client(&sip);
	getpeername(sip, (struct sockaddr *)&sin, &len);
	assert_int_equal(opened, before + 1); /* before the connection was there to accept */
	assert_int_equal(last_opened, ntohs(sin.sin_port));
	assert_true(known(ntohs(sin.sin_port)));
	assert_false(known(1));
	close(fd);
	settle();
	assert_int_equal(last_closed, ntohs(sin.sin_port));
	assert_false(known(ntohs(sin.sin_port)));
	close(sip);
}

static void code_after(const char *p, size_t n, int code)
{
	int sip, fd = client(&sip), got;

	http_write(fd, p, n);
	got = close_code(fd);
	if (got != code)
		fail_msg("closed with %d instead of %d", got, code);
	close(fd);
	close(sip);
}

static void nonsense_closes(void **state)
{
	static char big[70000];
	char *out = malloc(sizeof(big) + 16);
	size_t n;

	code_after("\x81\x02hi", 4, 1002); /* not masked */
	n = frame(out, 0x81, "hello", 5);
	code_after(out, n, 1007); /* no SIP */
	n = frame(out, 0x83, "hello", 5);
	code_after(out, n, 1002); /* no such opcode */
	n = frame(out, 0x82, big, sizeof(big));
	code_after(out, n, 1009);
	n = frame(out, 0x88, "\x03\xe8 bye", 6);
	code_after(out, n, 1000);
	code_after("GET / HTTP/1.1\r\n\r\n", 18, 1002);
	free(out);
}

static void sip_side_that_ends_or_babbles_closes(void **state)
{
	static const char endless[] = "SIP/2.0 200 OK\r\nContent-Length: 99999999\r\n\r\n";
	static const char without[] = "SIP/2.0 200 OK\r\nTo: x\r\n\r\n";
	int sip, fd = client(&sip);

	close(sip);
	assert_int_equal(close_code(fd), 1001);
	close(fd);
	fd = client(&sip);
	http_write(sip, endless, strlen(endless));
	assert_int_equal(close_code(fd), 1011);
	close(fd);
	close(sip);
	fd = client(&sip);
	http_write(sip, without, strlen(without));
	assert_int_equal(close_code(fd), 1011);
	close(fd);
	close(sip);
}

static void keepalive_is_answered(void **state)
{
	char buf[64], out[32];
	int sip, fd = client(&sip);
	size_t n = frame(out, 0x81, "\r\n\r\n", 4), k;

	http_write(fd, out, n);
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x81);
	assert_string_equal(buf, "\r\n");
	close(fd);
	close(sip);
}

static void silent_clients_are_pinged_then_closed(void **state)
{
	char buf[256], out[256];
	int sip, fd = client(&sip);
	size_t n = frame(out, 0x8a, "", 0), k;

	clock_advance(21000);
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x89);
	assert_true(http_read_until(sip, buf, sizeof(buf), "\r\n\r\n")); /* keeps the flow open */
	n += frame(out + n, 0x81, REGISTER "\r\n", strlen(REGISTER) + 2);
	http_write(fd, out, n);
	assert_true(http_read_until(sip, buf, sizeof(buf), "Content-Length: 0\r\n\r\n"));
	clock_advance(60000);
	assert_int_equal(frame_read(fd, buf, sizeof(buf), &k), 0x89); /* the pong counts */
	clock_advance(10000);
	assert_int_equal(close_code(fd), 1008);
	close(fd);
	close(sip);
}

static void client_that_does_not_read_is_closed(void **state)
{
	static char body[60000], head[] = "MESSAGE sip:x SIP/2.0\r\nContent-Length: 60000\r\n\r\n";
	int sip, fd, small = 4096, gone;

	settle();
	gone = closed;
	fd = client(&sip);
	memset(body, 'x', sizeof(body));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < 400 && closed == gone; i++) {
		if (!http_write(sip, head, strlen(head)) || !http_write(sip, body, sizeof(body)))
			break;
	}
	for (int i = 0; i < 500 && closed == gone; i++)
		usleep(10000);
	assert_int_equal(closed, gone + 1);
	close(fd);
	close(sip);
}

/* A SIP side that does not read pauses the browser; nothing is lost */
static void slow_sip_side_pauses_the_client(void **state)
{
	enum { COUNT_OF = 200 };
	static char message[50000], out[50100], buf[51000];
	int sip, fd = client(&sip);
	size_t n;
	pid_t pid;

	memset(message, 'x', sizeof(message));
	memcpy(message, "MESSAGE sip:x SIP/2.0\r\n\r\n", 25);
	n = frame(out, 0x82, message, sizeof(message));
	pid = fork();
	if (!pid) {
		for (int i = 0; i < COUNT_OF; i++)
			http_write(fd, out, n);
		_exit(0);
	}
	usleep(300000);
	for (int i = 0; i < COUNT_OF; i++) {
		assert_true(http_read_until(sip, buf, sizeof(buf), "\r\n\r\n"));
		assert_non_null(strstr(buf, "Content-Length: 49975"));
		assert_true(http_read_n(sip, buf, 49975));
	}
	waitpid(pid, NULL, 0);
	close(fd);
	close(sip);
}

static _Atomic bool watch_resume, gone_meanwhile;

/**
 * Stands before libmicrohttpd's own, which MHD_upgrade_action() calls after it has marked the
 * connection closed: the web thread gets the time to free it while the loop is still in there.
 */
void MHD_resume_connection(struct MHD_Connection *conn)
{
	void (*resume)(struct MHD_Connection *);
	char thread[16] = "";
	int fd = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	*(void **)&resume = dlsym(RTLD_NEXT, "MHD_resume_connection");
	pthread_getname_np(pthread_self(), thread, sizeof(thread));
	resume(conn);
	if (!watch_resume || strcmp(thread, "web.loop"))
		return;
	for (int i = 0; i < 30 && fcntl(fd, F_GETFD) >= 0; i++)
		usleep(10000);
	if (fcntl(fd, F_GETFD) < 0)
		gone_meanwhile = true;
	watch_resume = false;
}

static SSL *tls_client(SSL_CTX *ctx, int *fd)
{
	SSL *ssl = SSL_new(ctx);

	*fd = http_connect(tls_port);
	SSL_set_fd(ssl, *fd);
	if (SSL_connect(ssl) != 1) {
		SSL_free(ssl);
		close(*fd);
		return NULL;
	}
	return ssl;
}

static SSL *tls_upgraded(SSL_CTX *ctx, int *fd, int *sip)
{
	static const char ask[] = "GET /ws/ HTTP/1.1\r\nHost: localhost\r\n" UPGRADE
				  "Sec-WebSocket-Protocol: sip\r\n\r\n";
	SSL *ssl = tls_client(ctx, fd);
	char buf[4096];
	int n;

	assert_non_null(ssl);
	SSL_write(ssl, ask, (int)strlen(ask));
	n = SSL_read(ssl, buf, sizeof(buf) - 1);
	assert_true(n > 0);
	buf[n] = '\0';
	assert_non_null(strstr(buf, "101 Switching"));
	*sip = accept(sip_fd, NULL, NULL);
	return ssl;
}

/* The end of its TCP connection is enough, and what it said before is heard */
static void tls_client_that_goes_is_noticed(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char buf[512], out[512];
	int fd, sip;
	size_t k;
	SSL *ssl;

	settle();
	ssl = tls_upgraded(ctx, &fd, &sip);
	k = frame(out, 0x81, REGISTER "\r\n", strlen(REGISTER) + 2);
	SSL_write(ssl, out, (int)k);
	SSL_free(ssl);
	close(fd);
	assert_true(http_read_until(sip, buf, sizeof(buf), "\r\n\r\n"));
	settle();
	close(sip);
	SSL_CTX_free(ctx);
}

static void tls_client_that_goes_is_not_freed_in_use(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int fd, sip;
	SSL *ssl;

	settle();
	ssl = tls_upgraded(ctx, &fd, &sip);
	watch_resume = true;
	SSL_free(ssl);
	close(fd);
	for (int i = 0; i < 1000 && watch_resume; i++)
		usleep(10000);
	assert_false(watch_resume);
	assert_false(gone_meanwhile);
	close(sip);
	SSL_CTX_free(ctx);
}

static void tls_carries_the_same(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char buf[4096], out[512];
	int fd, sip, n, total = 0;
	size_t k;
	SSL *ssl = tls_upgraded(ctx, &fd, &sip);

	assert_true(SSL_version(ssl) >= TLS1_2_VERSION);
	k = frame(out, 0x81, REGISTER "\r\n", strlen(REGISTER) + 2);
	SSL_write(ssl, out, (int)k);
	assert_true(http_read_until(sip, buf, sizeof(buf), "\r\n\r\n"));
	assert_string_equal(buf, REGISTER "Content-Length: 0\r\n\r\n");
	k = frame(out, 0x83, "x", 1); /* wrong: the reason comes through as well */
	SSL_write(ssl, out, (int)k);
	while (total < 4 && (n = SSL_read(ssl, buf + total, 4 - total)) > 0)
		total += n;
	assert_int_equal(total, 4);
	assert_memory_equal(buf, "\x88\x02\x03\xea", 4);
	SSL_free(ssl);
	close(fd);
	close(sip);
	SSL_CTX_free(ctx);
}

static bool tls_read_until(SSL *ssl, char *buf, size_t size, const char *text)
{
	size_t n = 0;

	while (n + 1 < size && SSL_read(ssl, buf + n, 1) == 1) {
		buf[++n] = '\0';
		if (strstr(buf, text))
			return true;
	}
	return false;
}

static SSL *tls_stream(SSL_CTX *ctx, int *fd)
{
	static const char get[] = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
	SSL *ssl = tls_client(ctx, fd);
	char buf[4096];

	assert_int_equal(SSL_write(ssl, get, sizeof(get) - 1), sizeof(get) - 1);
	assert_true(tls_read_until(ssl, buf, sizeof(buf), "event: hello\ndata: {}\n\n"));
	return ssl;
}

/* A stream and a slow request both put their connection to sleep */
static void sleepers_wake_under_tls(void **state)
{
	static const char post[] = "POST /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
	const struct event e = {.tenant = 1, .name = "presence", .data = "{\"n\":1}"};
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char buf[4096];
	int fd, fd2;
	SSL *ssl = tls_stream(ctx, &fd), *ssl2 = tls_client(ctx, &fd2);

	for (int i = 0; i < 20; i++) {
		event_publish(&e);
		assert_true(tls_read_until(ssl, buf, sizeof(buf), "data: {\"n\":1}\n\n"));
		SSL_write(ssl2, post, sizeof(post) - 1);
		assert_true(tls_read_until(ssl2, buf, sizeof(buf), "{\"ran\":\"slowly\"}"));
	}
	SSL_free(ssl);
	SSL_free(ssl2);
	close(fd);
	close(fd2);
	SSL_CTX_free(ctx);
}

static void old_tls_is_refused(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int fd;

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
	assert_null(tls_client(ctx, &fd));
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	SSL *ssl = tls_client(ctx, &fd);
	assert_non_null(ssl);
	SSL_free(ssl);
	close(fd);
	SSL_CTX_free(ctx);
}

static long serial_shown(const SSL *ssl)
{
	X509 *x = SSL_get1_peer_certificate(ssl);
	long serial = x ? ASN1_INTEGER_get(X509_get0_serialNumber(x)) : -1;

	X509_free(x);
	return serial;
}

static void renewed_certificate_is_shown_to_who_comes_next(void **state)
{
	static const char ask[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int old_fd, fd;
	SSL *old = tls_client(ctx, &old_fd), *ssl;
	char buf[512];
	FILE *f;

	assert_int_equal(serial_shown(old), 1);
	f = fopen(cert, "w");
	fputs("no certificate", f);
	fclose(f);
	assert_int_equal(web_renew(web, cert), EINVAL);
	cert_make(fopen(cert, "w"), 2);
	assert_int_equal(web_renew(web, cert), 0);
	ssl = tls_client(ctx, &fd);
	assert_int_equal(serial_shown(ssl), 2);
	assert_int_equal(SSL_write(old, ask, sizeof(ask) - 1), sizeof(ask) - 1);
	assert_true(SSL_read(old, buf, sizeof(buf)) > 0); /* who was there before goes on */
	SSL_free(old);
	SSL_free(ssl);
	close(old_fd);
	close(fd);
	SSL_CTX_free(ctx);
}

static void stops_with_clients(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int sip[20], fd[20], stream;
	SSL *ssl = tls_stream(ctx, &stream);

	for (int i = 0; i < 20; i++)
		fd[i] = client(&sip[i]);
	event_forget_all();
	actor_stop(core); /* the server is released on the core's thread: here, that is us */
	web = mem_deref(web);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(close_code(fd[i]), 1001);
		close(fd[i]);
		close(sip[i]);
	}
	SSL_free(ssl);
	close(stream);
	SSL_CTX_free(ctx);
}

static int connect_from(const char *ip)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	struct timeval tv = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, ip, &sin.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons(port);
	assert_int_equal(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	return fd;
}

/* True when the server asks no more of it than its answer */
static bool answers(int fd)
{
	static const char get[] = "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	char c;

	return http_write(fd, get, strlen(get)) && recv(fd, &c, 1, 0) == 1;
}

static void one_source_has_its_share(void **state)
{
	enum { SHARE = 1024, MORE = 1100 };
	static int fd[MORE];
	struct rlimit limit;
	int other;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 3 * MORE)
		skip();
	for (size_t i = 0; i < MORE; i++)
		fd[i] = connect_from("127.0.0.3");
	assert_false(answers(fd[MORE - 1]));
	other = connect_from("127.0.0.4");
	assert_true(answers(other));
	close(other);
	assert_true(answers(fd[0]));
	for (size_t i = 0; i < MORE; i++)
		close(fd[i]);
	for (int i = 0; i < 100; i++) { /* closed on threads of theirs */
		bool good;

		other = connect_from("127.0.0.3");
		good = answers(other);
		close(other);
		if (good)
			return;
	}
	fail_msg("the share of those that closed was not given back");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake_is_strict),
		cmocka_unit_test(messages_go_both_ways),
		cmocka_unit_test(core_is_told_first),
		cmocka_unit_test(nonsense_closes),
		cmocka_unit_test(sip_side_that_ends_or_babbles_closes),
		cmocka_unit_test(keepalive_is_answered),
		cmocka_unit_test(silent_clients_are_pinged_then_closed),
		cmocka_unit_test(client_that_does_not_read_is_closed),
		cmocka_unit_test(slow_sip_side_pauses_the_client),
		cmocka_unit_test(tls_carries_the_same),
		cmocka_unit_test(tls_client_that_goes_is_noticed),
		cmocka_unit_test(tls_client_that_goes_is_not_freed_in_use),
		cmocka_unit_test(sleepers_wake_under_tls),
		cmocka_unit_test(old_tls_is_refused),
		cmocka_unit_test(renewed_certificate_is_shown_to_who_comes_next),
		cmocka_unit_test(one_source_has_its_share),
		cmocka_unit_test(stops_with_clients),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
