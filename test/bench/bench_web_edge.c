/**
 * @file bench_web_edge.c  SIP over WebSocket: memory a client, and hundreds that come back at once
 *
 * The server is a process of its own, so that what clients need counts for nobody; its SIP stack is
 * a thread that accepts and answers each message. Figures: resident memory of the server per
 * client, the time in which all are back after a cut, its CPU per client and per message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include "bench_line.h"
#include "http_client.h"
#include "clock.h"
#include "own.h"
#include "web.h"

enum { CLIENTS = 400, MESSAGES = 20000 };

static struct actor *core;
static struct web *web;
static pid_t server;
static uint16_t port, tls_port;
static int sip_fd, sip_epoll;
static char cert[] = "/tmp/carillon-bench-XXXXXX";

static const char answer[] = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

static void *sip_main(void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = sip_fd};
	char buf[4096];

	epoll_ctl(sip_epoll, EPOLL_CTL_ADD, sip_fd, &ev);
	while (epoll_wait(sip_epoll, &ev, 1, -1) == 1) {
		int fd = ev.data.fd;

		if (fd == sip_fd) {
			ev.data.fd = accept(sip_fd, NULL, NULL);
			if (ev.data.fd < 0)
				break;
			epoll_ctl(sip_epoll, EPOLL_CTL_ADD, ev.data.fd, &ev);
		} else if (recv(fd, buf, sizeof(buf), 0) <= 0) {
			close(fd);
		} else {
			http_write(fd, answer, strlen(answer));
		}
	}
	return NULL;
}

static bool auth(struct request *rq, struct reply *rp)
{
	return false;
}

static void cert_make(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *f = fdopen(mkstemp(cert), "w");

	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	PEM_write_X509(f, x);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void serve(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct web_conf conf = {.http = true, .https = true, .threads = 2, .cert = cert};
	struct web_handlers h = {.auth_h = auth};
	socklen_t len = sizeof(sin);
	pthread_t thread;

	sip_fd = socket(AF_INET, SOCK_STREAM, 0);
	sip_epoll = epoll_create1(0);
	assert_int_equal(bind(sip_fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(sip_fd, 1024), 0);
	getsockname(sip_fd, (struct sockaddr *)&sin, &len);
	conf.edge_port = ntohs(sin.sin_port);
	pthread_create(&thread, NULL, sip_main, NULL);
	pthread_detach(thread);
	sa_set_str(&conf.bind, "127.0.0.1", 0);
	assert_int_equal(actor_alloc(&core, "core", 10000), 0);
	assert_int_equal(actor_start(core), 0);
	assert_int_equal(web_alloc(&web, &conf, &h, core), 0);
	port = web_port(web, false);
	tls_port = web_port(web, true);
}

static const char upgrade[] =
	"GET /ws/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	"Sec-WebSocket-Protocol: sip\r\n\r\n";
static const char message[] = "OPTIONS sip:a SIP/2.0\r\n\r\n";
static char framed[64];
static size_t framed_n;

static void message_frame(void)
{
	framed[0] = (char)0x81;
	framed[1] = (char)(0x80 | strlen(message));
	memset(framed + 2, 0, 4); /* a mask of zeros changes nothing */
	memcpy(framed + 6, message, strlen(message));
	framed_n = 6 + strlen(message);
}

/** One client: plain when ssl is NULL */
struct client {
	int fd;
	SSL *ssl;
};

static void put(struct client *c, const char *p, size_t n)
{
	assert_true(c->ssl ? SSL_write(c->ssl, p, (int)n) == (int)n : http_write(c->fd, p, n));
}

static void get_until(struct client *c, const char *end)
{
	char buf[2048];
	size_t n = 0;

	do {
		ssize_t got = c->ssl ? SSL_read(c->ssl, buf + n, (int)(sizeof(buf) - n - 1))
				     : recv(c->fd, buf + n, sizeof(buf) - n - 1, 0);

		assert_true(got > 0);
		n += (size_t)got;
		buf[n] = '\0';
	} while (!memmem(buf, n, end, strlen(end)));
}

static void client_open(struct client *c, SSL_CTX *ctx)
{
	c->fd = http_connect(ctx ? tls_port : port);
	assert_true(c->fd >= 0);
	c->ssl = NULL;
	if (ctx) {
		c->ssl = SSL_new(ctx);
		SSL_set_fd(c->ssl, c->fd);
		assert_int_equal(SSL_connect(c->ssl), 1);
	}
	put(c, upgrade, strlen(upgrade));
	get_until(c, "\r\n\r\n");
	put(c, framed, framed_n);
	get_until(c, "Content-Length: 0\r\n\r\n");
}

static void client_close(struct client *c)
{
	SSL_free(c->ssl);
	close(c->fd);
}

/* Processor seconds of the server until now */
static double cpu_s(void)
{
	unsigned long user = 0, sys = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)server);
	f = fopen(path, "r");
	assert_int_equal(fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
				&user, &sys),
			 2);
	fclose(f);
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

/* KiB of the server that are in memory */
static double rss_kb(void)
{
	char path[64];
	long pages = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)server);
	f = fopen(path, "r");
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void figure(const char *name, const char *what, double value, const char *unit, double limit)
{
	char full[64];

	snprintf(full, sizeof(full), "web.%s.%s", name, what);
	bench_line(full, value, unit, limit);
}

static struct client clients[CLIENTS];

/* The time of those who are the last to come */
static double all_come(SSL_CTX *ctx)
{
	uint64_t t = clock_mono_us();

	for (int i = 0; i < CLIENTS; i++)
		client_open(&clients[i], ctx);
	return (double)(clock_mono_us() - t) / 1e6;
}

static void all_go(void)
{
	for (int i = 0; i < CLIENTS; i++)
		client_close(&clients[i]);
	usleep(500000);
}

static void crowd(const char *name, SSL_CTX *ctx)
{
	double cpu = cpu_s(), before = rss_kb();

	all_come(ctx);
	figure(name, "memory", (rss_kb() - before) / CLIENTS, "KiB/client", 64);
	all_go();
	figure(name, "back", all_come(ctx), "s", 10);
	figure(name, "client.cpu", (cpu_s() - cpu) * 1e3 / (2 * CLIENTS), "ms", 0);
	all_go();
}

static void messages(const char *name, SSL_CTX *ctx)
{
	struct client c;
	double cpu;

	client_open(&c, ctx);
	cpu = cpu_s();
	for (int i = 0; i < MESSAGES; i++) {
		put(&c, framed, framed_n);
		get_until(&c, "Content-Length: 0\r\n\r\n");
	}
	figure(name, "message.cpu", (cpu_s() - cpu) * 1e6 / MESSAGES, "us", 0);
	client_close(&c);
}

/* A process that serves until it is ended; its ports come through a pipe */
static void server_start(void)
{
	int pipes[2];
	uint16_t ports[2];

	assert_int_equal(pipe(pipes), 0);
	server = fork();
	assert_true(server >= 0);
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve();
		assert_int_equal(write(pipes[1], (uint16_t[]){port, tls_port}, sizeof(ports)),
				 sizeof(ports));
		for (;;)
			pause();
	}
	assert_int_equal(read(pipes[0], ports, sizeof(ports)), sizeof(ports));
	port = ports[0];
	tls_port = ports[1];
}

int main(void)
{
	struct rlimit files = {16384, 16384};
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	setrlimit(RLIMIT_NOFILE, &files);
	message_frame();
	cert_make();
	server_start();
	crowd("ws", NULL);
	crowd("wss", ctx);
	messages("ws", NULL);
	messages("wss", ctx);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(cert);
	SSL_CTX_free(ctx);
	return 0;
}
