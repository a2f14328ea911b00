/**
 * @file verbs_raw.c  Messages that no decent phone sends, over a plain socket
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "scene.h"

enum { MESSAGE = 65536, ANSWER_MS = 1500 };

static int socket_open(const struct scene *s, const char *from)
{
	struct sockaddr_in local = {.sin_family = AF_INET}, server = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)inet_pton(AF_INET, from, &local.sin_addr);
	server.sin_port = htons(s->d->sip);
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&local, sizeof(local)) ||
			connect(fd, (struct sockaddr *)&server, sizeof(server)))) {
		close(fd);
		return -1;
	}
	return fd;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	return getsockname(fd, (struct sockaddr *)&sin, &len) ? 0 : ntohs(sin.sin_port);
}

/* Sends, and waits for a final answer; 0 when none comes */
static unsigned ask(int fd, const char *msg, char *reply, size_t size)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	unsigned code = 0;

	if (send(fd, msg, strlen(msg), 0) < 0)
		return 0;
	while (code < 200 && poll(&p, 1, ANSWER_MS) == 1) {
		ssize_t n = recv(fd, reply, size - 1, 0);

		if (n <= 0)
			return 0;
		reply[n] = '\0';
		if (!strncmp(reply, "SIP/2.0 ", 8))
			code = (unsigned)atoi(reply + 8);
	}
	return code >= 200 ? code : 0;
}

static int options(struct scene *s, struct step *st)
{
	char msg[1024], reply[4096];
	int fd = socket_open(s, "127.0.0.1");
	unsigned code;

	(void)re_snprintf(
		msg, sizeof(msg),
		"OPTIONS sip:northwind.localhost SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%08x;rport\r\n"
		"From: <sip:probe@northwind.localhost>;tag=%08x\r\n"
		"To: <sip:northwind.localhost>\r\nCall-ID: %08x%08x\r\nCSeq: 1 OPTIONS\r\n"
		"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		port_of(fd), rand_u32(), rand_u32(), rand_u32(), rand_u32());
	code = fd < 0 ? 0 : ask(fd, msg, reply, sizeof(reply));
	close(fd);
	return code ? 0 : scene_fail(s, "no answer to OPTIONS in %u ms", ANSWER_MS);
}

static void file_send(const char *path, int fd)
{
	static char buf[MESSAGE];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	(void)send(fd, buf, n < 65000 ? n : 65000, MSG_DONTWAIT);
	for (size_t cut = 1; cut < n; cut += n / 7 + 1) /* and the same torn off */
		(void)send(fd, buf, cut, MSG_DONTWAIT);
}

/* flood FOLDER: every message below it, whole and torn off */
static int flood(struct scene *s, struct step *st)
{
	char dir[PHONE_URI], path[PHONE_URI * 2];
	int fd = socket_open(s, "127.0.0.1");
	unsigned sent = 0;
	struct dirent *e;
	DIR *d;

	(void)re_snprintf(dir, sizeof(dir), "%s/%s", s->source, st->arg[0]);
	d = opendir(dir);
	while (d && fd >= 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)re_snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		file_send(path, fd);
		++sent;
	}
	if (d)
		closedir(d);
	close(fd);
	return sent ? 0 : scene_fail(s, "nothing to send in %s", dir);
}

/* noise COUNT: packets of random bytes */
static int noise(struct scene *s, struct step *st)
{
	int fd = socket_open(s, "127.0.0.1"), count = atoi(st->arg[0]);
	uint8_t buf[1400];

	for (int i = 0; i < count && fd >= 0; i++) {
		rand_bytes(buf, sizeof(buf));
		(void)send(fd, buf, 1 + rand_u16() % sizeof(buf), MSG_DONTWAIT);
	}
	close(fd);
	return fd < 0 ? EIO : 0;
}

static void hex_digest(char out[65], const char *alg, const char *fmt, ...)
{
	const EVP_MD *md = EVP_get_digestbyname(alg);
	uint8_t raw[EVP_MAX_MD_SIZE];
	char text[1024];
	unsigned n = 0;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)EVP_Digest(text, strlen(text), raw, &n, md, NULL);
	for (unsigned i = 0; i < n; i++)
		(void)re_snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

struct account {
	char user[64], domain[64], nonce[128], cnonce[16];
	const char *alg; /* as SIP names it: SHA-256 or MD5 */
	unsigned cseq, nc;
	bool guess; /* with a wrong password */
};

static void authorization(char *out, size_t size, const struct account *a)
{
	const char *alg = strcmp(a->alg, "MD5") ? "SHA256" : "MD5";
	char ha1[65], ha2[65], response[65];

	out[0] = '\0';
	if (!a->nonce[0])
		return;
	hex_digest(ha1, alg, "%s:%s:%s-%s", a->user, a->domain, a->guess ? "guess" : "demo",
		   a->user);
	hex_digest(ha2, alg, "REGISTER:sip:%s", a->domain);
	hex_digest(response, alg, "%s:%s:%08x:%s:auth:%s", ha1, a->nonce, a->nc, a->cnonce, ha2);
	(void)re_snprintf(out, size,
			  "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
			  "uri=\"sip:%s\", response=\"%s\", algorithm=%s, qop=auth, nc=%08x, "
			  "cnonce=\"%s\"\r\n",
			  a->user, a->domain, a->nonce, a->domain, response, a->alg, a->nc,
			  a->cnonce);
}

static unsigned register_ask(int fd, struct account *a, char *reply, size_t size)
{
	char msg[2048], auth[800];

	authorization(auth, sizeof(auth), a);
	(void)re_snprintf(msg, sizeof(msg),
			  "REGISTER sip:%s SIP/2.0\r\n"
			  "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%08x;rport\r\n"
			  "From: <sip:%s@%s>;tag=%08x\r\nTo: <sip:%s@%s>\r\nCall-ID: raw-%u\r\n"
			  "CSeq: %u REGISTER\r\nContact: <sip:raw@127.0.0.1:%u>\r\nExpires: 300\r\n"
			  "%sMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
			  a->domain, port_of(fd), rand_u32(), a->user, a->domain, rand_u32(),
			  a->user, a->domain, port_of(fd), ++a->cseq, port_of(fd), auth);
	return ask(fd, msg, reply, size);
}

static bool nonce_take(struct account *a, const char *reply)
{
	const char *line = strstr(reply, "WWW-Authenticate");
	struct pl nonce;

	line = line ? strstr(line, "nonce=") : NULL;
	if (!line || !strstr(reply, a->alg) ||
	    re_regex(line, strlen(line), "nonce=\"[^\"]+\"", &nonce))
		return false;
	return !pl_strcpy(&nonce, a->nonce, sizeof(a->nonce));
}

static void account_of(struct account *a, const char *aor, const char *alg)
{
	size_t n = strcspn(aor, "@");

	memset(a, 0, sizeof(*a));
	a->alg = alg;
	a->nc = 1;
	(void)re_snprintf(a->user, sizeof(a->user), "%b", aor, n);
	(void)re_snprintf(a->domain, sizeof(a->domain), "%s", aor + n + (aor[n] == '@'));
	(void)re_snprintf(a->cnonce, sizeof(a->cnonce), "%08x", rand_u32());
}

/* A first REGISTER with a right answer to the challenge, with an algorithm */
static int signs_in(struct scene *s, int fd, struct account *a)
{
	char reply[4096];
	unsigned code = fd < 0 ? 0 : register_ask(fd, a, reply, sizeof(reply));

	if (code != 401 || !nonce_take(a, reply))
		return scene_fail(s, "%u, or no challenge by %s", code, a->alg);
	code = register_ask(fd, a, reply, sizeof(reply));
	return code == 200 ? 0 : scene_fail(s, "the answer by %s came to %u", a->alg, code);
}

static int signs_in_verb(struct scene *s, struct step *st)
{
	struct account a;
	int err, fd = socket_open(s, "127.0.0.1");

	account_of(&a, st->arg[0], st->arg[1]);
	err = signs_in(s, fd, &a);
	close(fd);
	return err;
}

static int replay(struct scene *s, struct step *st)
{
	char reply[4096];
	struct account a;
	int err, fd = socket_open(s, "127.0.0.1");

	account_of(&a, st->arg[0], "SHA-256");
	err = signs_in(s, fd, &a);
	for (unsigned i = 0; i < 15 && !err; i++) { /* the same nonce and count again */
		unsigned code = register_ask(fd, &a, reply, sizeof(reply));

		if (code != 401)
			err = scene_fail(s, "the replay came to %u", code);
	}
	close(fd);
	return err;
}

/* guess COUNT passwords of AOR from ADDRESS: none of them may be right */
static int guess(struct scene *s, struct step *st)
{
	char reply[4096];
	struct account a;
	int err = 0, count = atoi(st->arg[0]), fd = socket_open(s, st->arg[2]);

	account_of(&a, st->arg[1], "SHA-256");
	a.guess = true;
	for (int i = 0; i < count && !err; i++) {
		unsigned code = fd < 0 ? 0 : register_ask(fd, &a, reply, sizeof(reply));

		if (code == 200 || !code)
			err = scene_fail(s, "the guess came to %u", code);
		(void)nonce_take(&a, reply);
	}
	close(fd);
	return err;
}

/* send FILE from ADDRESS expects CODE: a message from test/scene/messages, with variables */
static int send_file(struct scene *s, struct step *st)
{
	static char msg[MESSAGE / 8], out[MESSAGE / 4], reply[MESSAGE / 8];
	char path[PHONE_URI * 2], row[512], full[1024];
	int fd = socket_open(s, st->arg[1]);
	unsigned code;
	FILE *f;

	(void)re_snprintf(path, sizeof(path), "%s/test/scene/messages/%s", s->source, st->arg[0]);
	f = fopen(path, "r");
	out[0] = '\0';
	while (f && fgets(row, sizeof(row), f)) {
		scene_expand(s, full, sizeof(full), row);
		full[strcspn(full, "\n")] = '\0';
		(void)re_snprintf(msg, sizeof(msg), "%s%s\r\n", out, full);
		str_ncpy(out, msg, sizeof(out));
	}
	if (f)
		fclose(f);
	code = f && fd >= 0 ? ask(fd, out, reply, sizeof(reply)) : 0;
	close(fd);
	if (!f)
		return scene_fail(s, "%s: no such file", path);
	return code == (unsigned)atoi(st->arg[2]) ? 0 : scene_fail(s, "the answer was %u", code);
}

const struct verb raw_verbs[] = {
	{"options are answered", 3000, options},
	{"flood ?", 3000, flood},
	{"noise ?", 3000, noise},
	{"? signs in by ?", 5000, signs_in_verb},
	{"? replays a password in vain", 30000, replay},
	{"guess ? passwords of ? from ?", 30000, guess},
	{"send ? from ? expects ?", 5000, send_file},
	{NULL, 0, NULL},
};
