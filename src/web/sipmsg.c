/**
 * @file sipmsg.c  One SIP message per WebSocket frame, many in a TCP stream
 *
 * RFC 7118 section 5: a frame is one message, Content-Length may be left out. In a stream it is
 * what separates messages, so a message from a browser gets a fresh one, whatever it said itself.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "own.h"
#include "ws.h"

static bool is_length(const char *line, size_t n)
{
	static const char *const names[] = {"content-length", "l"};

	for (size_t i = 0; i < COUNT(names); i++) {
		size_t len = strlen(names[i]), at = len;

		if (n <= len || strncasecmp(line, names[i], len))
			continue;
		while (at < n && (line[at] == ' ' || line[at] == '\t'))
			++at;
		if (at < n && line[at] == ':')
			return true;
	}
	return false;
}

/* The first line of a request ends with the version, that of a response begins with it */
static bool is_sip(const char *p, size_t n)
{
	static const char version[] = "SIP/2.0";
	const size_t len = sizeof(version) - 1;

	return n > len && (!memcmp(p, version, len) || !memcmp(p + n - len, version, len));
}

/**
 * Turns a frame into what goes into the stream
 *
 * @param out Message is appended here
 * @param p   Frame
 * @param n   Its size
 *
 * @return 0, EBADMSG for what is no SIP message, or ENOMEM
 */
int sip_frame_to_stream(struct mbuf *out, const char *p, size_t n)
{
	const char *blank = memmem(p, n, "\r\n\r\n", 4);
	const char *end = blank ? blank + 2 : NULL, *line = p;
	bool drop = false;
	int err = 0;

	if (!blank)
		return EBADMSG;
	while (!err && line < end) {
		const char *eol = memmem(line, (size_t)(end - line), "\r\n", 2);
		size_t len = (size_t)(eol - line);

		if (line == p && !is_sip(line, len))
			return EBADMSG;
		/* a dropped header takes its folded lines with it */
		if (len && line[0] != ' ' && line[0] != '\t')
			drop = is_length(line, len);
		if (!drop)
			err = mbuf_write_mem(out, (const uint8_t *)line, len + 2);
		line = eol + 2;
	}
	n -= (size_t)(blank + 4 - p);
	if (!err)
		err = mbuf_printf(out, "Content-Length: %zu\r\n\r\n", n);
	return err ? err : mbuf_write_mem(out, (const uint8_t *)blank + 4, n);
}

static int length_read(size_t *length, const char *p, const char *end)
{
	bool found = false;

	*length = 0;
	while (p < end) {
		const char *eol = memmem(p, (size_t)(end - p), "\r\n", 2);
		const char *colon = memchr(p, ':', (size_t)(eol - p));
		struct pl pl;

		if (colon && is_length(p, (size_t)(eol - p))) {
			pl = (struct pl){.p = colon + 1, .l = (size_t)(eol - colon - 1)};
			while (pl.l && (pl.p[0] == ' ' || pl.p[0] == '\t'))
				pl_advance(&pl, 1);
			*length = pl_u32(&pl);
			found = true;
		}
		p = eol + 2;
	}
	return found ? 0 : EBADMSG;
}

/**
 * Finds the next whole message of a stream, from the buffer's position
 *
 * @param in  Buffer; its position moves past keep-alives and past the message
 * @param max Longest message
 * @param p   Message; valid until the buffer changes
 * @param n   Its size
 *
 * @return 0, EAGAIN when more must arrive, EBADMSG without a length, EMSGSIZE
 */
int sip_stream_next(struct mbuf *in, size_t max, const char **p, size_t *n)
{
	const char *blank;
	size_t length;
	int err;

	while (mbuf_get_left(in) && (in->buf[in->pos] == '\r' || in->buf[in->pos] == '\n'))
		++in->pos;
	*p = (const char *)mbuf_buf(in);
	blank = mbuf_get_left(in) ? memmem(*p, mbuf_get_left(in), "\r\n\r\n", 4) : NULL;
	if (!blank)
		return mbuf_get_left(in) > max ? EMSGSIZE : EAGAIN;
	err = length_read(&length, *p, blank + 2);
	if (err)
		return err;
	*n = (size_t)(blank + 4 - *p);
	if (*n > max || length > max - *n)
		return EMSGSIZE;
	*n += length;
	if (mbuf_get_left(in) < *n)
		return EAGAIN;
	in->pos += *n;
	return 0;
}
