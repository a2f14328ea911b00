/**
 * @file ws.c  WebSocket frames (RFC 6455)
 */
#include <errno.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include "own.h"
#include "text.h"
#include "ws.h"

/** Frees what the reader holds */
void ws_reader_reset(struct ws_reader *ws)
{
	mem_deref(ws->message);
	memset(ws, 0, sizeof(*ws));
}

/* Bytes of the header under way: 2, with the long length 4 or 10, with the mask 4 more */
static size_t header_size(const struct ws_reader *ws)
{
	size_t n = 2;

	if (ws->head_n < 2)
		return n;
	if ((ws->head[1] & 0x7f) == 126)
		n = 4;
	else if ((ws->head[1] & 0x7f) == 127)
		n = 10;
	return n + 4;
}

static uint64_t payload_size(const struct ws_reader *ws)
{
	size_t n = header_size(ws) - 4;
	uint64_t v = 0;

	if (n == 2)
		return ws->head[1] & 0x7f;
	for (size_t i = 2; i < n; i++)
		v = v << 8 | ws->head[i];
	return v;
}

/* Section 5.5: a control frame is short and whole; section 5.4: fragments are not interleaved */
static uint16_t opcode_check(const struct ws_reader *ws)
{
	switch (ws->op) {
	case WS_CONTINUE:
		return ws->message_op ? 0 : WS_PROTOCOL;
	case WS_TEXT:
	case WS_BINARY:
		return ws->message_op ? WS_PROTOCOL : 0;
	case WS_CLOSE:
	case WS_PING:
	case WS_PONG:
		return ws->fin && ws->left <= WS_CONTROL ? 0 : WS_PROTOCOL;
	default:
		return WS_PROTOCOL;
	}
}

static uint16_t header_done(struct ws_reader *ws)
{
	uint16_t code;

	ws->op = ws->head[0] & 0x0f;
	ws->fin = ws->head[0] & 0x80;
	ws->left = payload_size(ws);
	ws->in_payload = true;
	ws->mask_at = 0;
	ws->ctl_n = 0;
	code = opcode_check(ws);
	if (code || ws->op >= WS_CLOSE)
		return code;
	if (ws->left > WS_MESSAGE || (ws->message && ws->message->end + ws->left > WS_MESSAGE))
		return WS_TOO_BIG;
	if (ws->op != WS_CONTINUE)
		ws->message_op = ws->op;
	if (!ws->message)
		ws->message = mbuf_alloc(ws->left ? (size_t)ws->left : 1);
	return ws->message ? 0 : WS_ERROR;
}

/* Reserved bits and a missing mask are known after two bytes (sections 5.1 and 5.2) */
static uint16_t header_read(struct ws_reader *ws, const uint8_t **p, size_t *n)
{
	while (*n && ws->head_n < header_size(ws)) {
		ws->head[ws->head_n++] = *(*p)++;
		--*n;
		if (ws->head_n == 2 && ((ws->head[0] & 0x70) || !(ws->head[1] & 0x80)))
			return WS_PROTOCOL;
	}
	return ws->head_n == header_size(ws) ? header_done(ws) : 0;
}

static uint16_t payload_read(struct ws_reader *ws, const uint8_t **p, size_t *n)
{
	const uint8_t *mask = ws->head + header_size(ws) - 4;
	size_t take = ws->left < *n ? (size_t)ws->left : *n;
	uint8_t *to = ws->ctl + ws->ctl_n;

	if (ws->op < WS_CLOSE) {
		size_t end = ws->message->end;

		if (end + take > ws->message->size && mbuf_resize(ws->message, end + take))
			return WS_ERROR;
		to = ws->message->buf + end;
		ws->message->end = end + take;
	} else {
		ws->ctl_n = (uint8_t)(ws->ctl_n + take);
	}
	for (size_t i = 0; i < take; i++)
		to[i] = (*p)[i] ^ mask[ws->mask_at++ & 3];
	*p += take;
	*n -= take;
	ws->left -= take;
	return 0;
}

static bool close_valid(const uint8_t *p, size_t n)
{
	uint16_t code;

	if (!n)
		return true;
	if (n == 1)
		return false;
	code = (uint16_t)(p[0] << 8 | p[1]);
	return ((code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
		(code >= 3000 && code <= 4999)) &&
	       text_utf8((const char *)p + 2, n - 2);
}

static uint16_t message_done(struct ws_reader *ws, ws_message_h *h, void *arg)
{
	AUTO struct mbuf *mb = TAKE(ws->message);
	enum ws_op op = ws->message_op;

	ws->message_op = 0;
	if (op == WS_TEXT && !text_utf8((const char *)mb->buf, mb->end))
		return WS_INVALID;
	return h(op, mb->buf, mb->end, arg);
}

static uint16_t frame_done(struct ws_reader *ws, ws_message_h *h, void *arg)
{
	ws->in_payload = false;
	ws->head_n = 0;
	if (ws->op < WS_CLOSE)
		return ws->fin ? message_done(ws, h, arg) : 0;
	if (ws->op == WS_CLOSE && !close_valid(ws->ctl, ws->ctl_n))
		return WS_PROTOCOL;
	return h(ws->op, ws->ctl, ws->ctl_n, arg);
}

/**
 * Reads what arrived. The handler must not reset the reader.
 *
 * @param ws  Reader
 * @param p   Bytes
 * @param n   How many
 * @param h   Called for each whole message and control frame
 * @param arg Handler argument
 *
 * @return 0, or the code to close with; then nothing more may be read
 */
uint16_t ws_read(struct ws_reader *ws, const uint8_t *p, size_t n, ws_message_h *h, void *arg)
{
	uint16_t code = 0;

	while (!code && (n || (ws->in_payload && !ws->left))) {
		if (!ws->in_payload)
			code = header_read(ws, &p, &n);
		else if (ws->left)
			code = payload_read(ws, &p, &n);
		else
			code = frame_done(ws, h, arg);
	}
	return code;
}

/** Appends a frame from the server: whole and unmasked; returns 0, EMSGSIZE or ENOMEM */
int ws_write(struct mbuf *mb, enum ws_op op, const void *p, size_t n)
{
	uint8_t head[4] = {(uint8_t)(0x80 | op), (uint8_t)n, 0, 0};
	size_t len = 2;
	int err;

	if (n > 0xffff)
		return EMSGSIZE;
	if (n >= 126) {
		head[1] = 126;
		head[2] = (uint8_t)(n >> 8);
		head[3] = (uint8_t)n;
		len = 4;
	}
	err = mbuf_write_mem(mb, head, len);
	return err ? err : mbuf_write_mem(mb, p, n);
}

/** Appends a close frame; returns 0 or ENOMEM */
int ws_write_close(struct mbuf *mb, uint16_t code)
{
	uint8_t p[2] = {(uint8_t)(code >> 8), (uint8_t)code};

	return ws_write(mb, WS_CLOSE, p, sizeof(p));
}

/**
 * Computes Sec-WebSocket-Accept (RFC 6455 section 4.2.2)
 *
 * @param accept Result
 * @param key    Sec-WebSocket-Key: 16 bytes in base64
 *
 * @return false when the key is none
 */
bool ws_accept(char accept[WS_ACCEPT], const char *key)
{
	char text[WS_KEY + 40];
	uint8_t md[SHA_DIGEST_LENGTH], nonce[18];

	if (!key || strlen(key) != WS_KEY || strcmp(key + WS_KEY - 2, "==") ||
	    EVP_DecodeBlock(nonce, (const uint8_t *)key, WS_KEY) != 18)
		return false;
	text_printf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
	SHA1((const uint8_t *)text, strlen(text), md);
	EVP_EncodeBlock((uint8_t *)accept, md, sizeof(md));
	return true;
}
