/**
 * @file ws.h  WebSocket frames (RFC 6455), server side; SIP messages in a stream (RFC 3261, 18.3)
 *
 * Pure functions on bytes: ws_read() takes what arrived in any pieces and calls back for each whole
 * message; sip_stream_next() does the same for SIP over TCP. Used by the loop's thread and by
 * tests.
 */
#ifndef CARILLON_WEB_WS_H
#define CARILLON_WEB_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <re.h>

enum { WS_MESSAGE = 65536, WS_CONTROL = 125, WS_HEADER = 14, WS_KEY = 24, WS_ACCEPT = 32 };

enum ws_op { WS_CONTINUE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/* Codes of a close frame (RFC 6455 section 7.4.1) */
enum {
	WS_NORMAL = 1000,
	WS_GOING_AWAY = 1001,
	WS_PROTOCOL = 1002,
	WS_INVALID = 1007,
	WS_POLICY = 1008,
	WS_TOO_BIG = 1009,
	WS_ERROR = 1011
};

/** A message, or a control frame. Returns 0 to go on, or the code to close with */
typedef uint16_t(ws_message_h)(enum ws_op op, const uint8_t *p, size_t n, void *arg);

/** The reading side of one connection; starts zeroed */
struct ws_reader {
	uint8_t head[WS_HEADER];
	uint8_t head_n;
	uint8_t ctl[WS_CONTROL];
	uint8_t ctl_n;
	uint8_t message_op; /* of the fragmented message under way; 0 for none */
	uint8_t op;	    /* of the frame under way                          */
	bool fin, in_payload;
	uint64_t left; /* of the frame's payload                          */
	uint32_t mask_at;
	struct mbuf *message;
};

uint16_t ws_read(struct ws_reader *ws, const uint8_t *p, size_t n, ws_message_h *h, void *arg);
void ws_reader_reset(struct ws_reader *ws);
int ws_write(struct mbuf *mb, enum ws_op op, const void *p, size_t n);
int ws_write_close(struct mbuf *mb, uint16_t code);
bool ws_accept(char accept[WS_ACCEPT], const char *key);

/* sipmsg.c */
int sip_frame_to_stream(struct mbuf *out, const char *p, size_t n);
int sip_stream_next(struct mbuf *in, size_t max, const char **p, size_t *n);

#endif
