/**
 * @file http_client.h  A small HTTP client on blocking sockets, for tests of the server
 *
 * It speaks over loopback, sends exactly what the test says, and gives up after ten seconds.
 */
#ifndef CARILLON_TEST_HTTP_CLIENT_H
#define CARILLON_TEST_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HTTP_UNUSED __attribute__((unused))

enum { HTTP_HEAD = 16384, HTTP_BODY = 4 * 1024 * 1024 };

/** One response */
struct http_response {
	int status; /* 0: the connection ended first */
	char head[HTTP_HEAD];
	char *body;
	size_t size;
};

static inline int http_connect(uint16_t port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval tv = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline bool http_write(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static inline bool http_byte(int fd, char *c)
{
	return recv(fd, c, 1, 0) == 1;
}

static inline bool http_read_n(int fd, char *p, size_t n)
{
	while (n) {
		ssize_t got = recv(fd, p, n, 0);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/** Reads up to a text's first occurrence, which is included; false at the end of the stream */
static inline bool http_read_until(int fd, char *buf, size_t size, const char *end)
{
	size_t n = 0, len = strlen(end);

	while (n + 1 < size && http_byte(fd, buf + n)) {
		buf[++n] = '\0';
		if (n >= len && !memcmp(buf + n - len, end, len))
			return true;
	}
	return false;
}

/** A header's value, copied; NULL if it is not there */
static inline const char *http_head(const struct http_response *r, const char *name, char *buf,
				    size_t size)
{
	size_t len = strlen(name);

	for (const char *p = strstr(r->head, "\r\n"); p && p[2]; p = strstr(p + 2, "\r\n")) {
		const char *line = p + 2;

		if (strncasecmp(line, name, len) || line[len] != ':')
			continue;
		snprintf(buf, size, "%.*s", (int)strcspn(line + len + 2, "\r\n"), line + len + 2);
		return buf;
	}
	return NULL;
}

static inline void http_read_chunks(int fd, struct http_response *r)
{
	char line[64];
	size_t n;

	while (http_read_until(fd, line, sizeof(line), "\r\n") && (n = strtoul(line, NULL, 16))) {
		if (r->size + n > HTTP_BODY || !http_read_n(fd, r->body + r->size, n) ||
		    !http_read_n(fd, line, 2))
			return;
		r->size += n;
	}
	http_read_n(fd, line, 2);
}

/** Reads a response; `head_only` for the answer to a HEAD */
static inline struct http_response *http_receive(int fd, bool head_only)
{
	struct http_response *r = calloc(1, sizeof(*r));
	char value[64];

	r->body = calloc(1, HTTP_BODY + 1);
	if (!http_read_until(fd, r->head, sizeof(r->head), "\r\n\r\n"))
		return r;
	sscanf(r->head, "HTTP/1.1 %d", &r->status);
	if (head_only)
		return r;
	if (http_head(r, "Content-Length", value, sizeof(value))) {
		r->size = strtoul(value, NULL, 10);
		if (r->size > HTTP_BODY || !http_read_n(fd, r->body, r->size))
			r->status = 0;
	} else if (http_head(r, "Transfer-Encoding", value, sizeof(value))) {
		http_read_chunks(fd, r);
	}
	return r;
}

static inline void http_free(struct http_response *r)
{
	if (r)
		free(r->body);
	free(r);
}

/**
 * One request on a connection of its own
 *
 * @param port   Port on 127.0.0.1
 * @param method Method
 * @param path   Path with its query
 * @param heads  Header lines, each with its CRLF; "" for none
 * @param body   Body, sent as application/json unless the heads name a type; NULL for none
 */
HTTP_UNUSED static struct http_response *
http_ask(uint16_t port, const char *method, const char *path, const char *heads, const char *body)
{
	int fd = http_connect(port);
	struct http_response *r;
	char *text;
	int n;

	n = asprintf(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s", method, path, port,
		     heads);
	if (http_write(fd, text, (size_t)n) && body) {
		free(text);
		n = asprintf(&text, "%sContent-Length: %zu\r\n",
			     strstr(heads, "Content-Type") ? ""
							   : "Content-Type: application/json\r\n",
			     strlen(body));
		http_write(fd, text, (size_t)n);
	}
	http_write(fd, "\r\n", 2);
	if (body)
		http_write(fd, body, strlen(body));
	free(text);
	r = http_receive(fd, !strcmp(method, "HEAD"));
	close(fd);
	return r;
}

#endif
