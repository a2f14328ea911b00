/**
 * @file web_ws.c  WebSocket frames: masks, fragments, limits, close codes
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "own.h"
#include "ws.h"

struct seen {
	int count;
	enum ws_op op;
	char text[WS_MESSAGE + 1];
	size_t n;
};

static uint16_t seen_h(enum ws_op op, const uint8_t *p, size_t n, void *arg)
{
	struct seen *s = arg;

	++s->count;
	s->op = op;
	s->n = n;
	memcpy(s->text, p, n);
	s->text[n] = '\0';
	return 0;
}

/** A client's frame, masked */
static size_t frame(uint8_t *out, bool fin, int op, const char *p, size_t n)
{
	static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	size_t len = 2;

	out[0] = (uint8_t)((fin ? 0x80 : 0) | op);
	if (n < 126) {
		out[1] = (uint8_t)(0x80 | n);
	} else if (n < 65536) {
		out[1] = 0x80 | 126;
		out[2] = (uint8_t)(n >> 8);
		out[3] = (uint8_t)n;
		len = 4;
	} else {
		out[1] = 0x80 | 127;
		for (int i = 0; i < 8; i++)
			out[2 + i] = (uint8_t)((uint64_t)n >> (8 * (7 - i)));
		len = 10;
	}
	memcpy(out + len, mask, 4);
	len += 4;
	for (size_t i = 0; i < n; i++)
		out[len + i] = (uint8_t)p[i] ^ mask[i & 3];
	return len + n;
}

static void whole_message_arrives(void **state)
{
	struct ws_reader ws = {0};
	struct seen *s = calloc(1, sizeof(*s));
	/* RFC 6455 section 5.7: a masked "Hello" */
	static const uint8_t hello[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
					0x7f, 0x9f, 0x4d, 0x51, 0x58};

	assert_int_equal(ws_read(&ws, hello, sizeof(hello), seen_h, s), 0);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->op, WS_TEXT);
	assert_string_equal(s->text, "Hello");
	ws_reader_reset(&ws);
	free(s);
}

static void any_cut_gives_the_same(void **state)
{
	static char big[50000];
	uint8_t *buf = malloc(sizeof(big) + 200);
	struct seen *s = calloc(1, sizeof(*s));
	size_t n = 0;

	memset(big, 'x', sizeof(big));
	n += frame(buf, false, WS_TEXT, "REG", 3);
	n += frame(buf + n, true, WS_PING, "now", 3);
	n += frame(buf + n, false, WS_CONTINUE, "", 0);
	n += frame(buf + n, true, WS_CONTINUE, big, sizeof(big));
	for (size_t step = 1; step < n; step = step * 3 + 1) {
		struct ws_reader ws = {0};

		memset(s, 0, sizeof(*s));
		for (size_t at = 0; at < n; at += step)
			assert_int_equal(
				ws_read(&ws, buf + at, step < n - at ? step : n - at, seen_h, s),
				0);
		assert_int_equal(s->count, 2);
		assert_int_equal(s->op, WS_TEXT);
		assert_int_equal(s->n, 3 + sizeof(big));
		assert_memory_equal(s->text, "REGxxx", 6);
		ws_reader_reset(&ws);
	}
	free(buf);
	free(s);
}

static uint16_t code_of(const uint8_t *p, size_t n)
{
	struct ws_reader ws = {0};
	struct seen *s = calloc(1, sizeof(*s));
	uint16_t code = ws_read(&ws, p, n, seen_h, s);

	ws_reader_reset(&ws);
	free(s);
	return code;
}

static void wrong_frames_are_refused(void **state)
{
	uint8_t f[256];
	size_t n;

	assert_int_equal(code_of((const uint8_t *)"\x81\x05Hello", 7), WS_PROTOCOL); /* no mask */
	assert_int_equal(code_of((const uint8_t *)"\xc1\x80", 2), WS_PROTOCOL);	     /* RSV1    */
	n = frame(f, true, 3, "x", 1);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* unknown opcode */
	n = frame(f, true, WS_CONTINUE, "x", 1);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* continues nothing */
	n = frame(f, false, WS_PING, "x", 1);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* control frame in pieces */
	n = frame(f, false, WS_TEXT, "x", 1);
	n += frame(f + n, true, WS_TEXT, "x", 1);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* a message within a message */
	n = frame(f, true, WS_TEXT, "\xff\xfe", 2);
	assert_int_equal(code_of(f, n), WS_INVALID); /* no UTF-8 */
	n = frame(f, true, WS_CLOSE, "\x03", 1);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* half a code */
	n = frame(f, true, WS_CLOSE, "\x03\xed", 2);
	assert_int_equal(code_of(f, n), WS_PROTOCOL); /* 1005 never goes over the wire */
	n = frame(f, true, WS_CLOSE, "\x03\xe8", 2);
	assert_int_equal(code_of(f, n), 0);
	/* a control frame of 126 bytes */
	assert_int_equal(code_of((const uint8_t *)"\x89\xfe\x00\x7e\0\0\0\0", 8), WS_PROTOCOL);
}

static void too_big_is_refused_before_it_arrives(void **state)
{
	static const uint8_t head[] = {0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4};
	static const uint8_t huge[] = {0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				       0xff, 0xff, 0xff, 1,    2,    3,	   4};
	static char half[40000];
	uint8_t *f = malloc(2 * sizeof(half) + 100);
	size_t n;

	assert_int_equal(code_of(head, sizeof(head)), WS_TOO_BIG);
	assert_int_equal(code_of(huge, sizeof(huge)), WS_TOO_BIG);
	n = frame(f, false, WS_BINARY, half, sizeof(half));
	assert_int_equal(code_of(f, n), 0);
	n += frame(f + n, true, WS_CONTINUE, half, sizeof(half));
	assert_int_equal(code_of(f, n), WS_TOO_BIG);
	free(f);
}

static void server_frames_are_unmasked(void **state)
{
	AUTO struct mbuf *mb = mbuf_alloc(64);
	static char p[300];

	assert_int_equal(ws_write(mb, WS_TEXT, "Hi", 2), 0);
	assert_memory_equal(mb->buf, "\x81\x02Hi", 4);
	mbuf_rewind(mb);
	assert_int_equal(ws_write(mb, WS_BINARY, p, sizeof(p)), 0);
	assert_memory_equal(mb->buf, "\x82\x7e\x01\x2c", 4);
	assert_int_equal(mb->end, 304);
	mbuf_rewind(mb);
	assert_int_equal(ws_write_close(mb, WS_TOO_BIG), 0);
	assert_memory_equal(mb->buf, "\x88\x02\x03\xf1", 4);
	assert_int_equal(ws_write(mb, WS_TEXT, p, 65536), EMSGSIZE);
}

static void accept_is_that_of_the_rfc(void **state)
{
	char accept[WS_ACCEPT];

	assert_true(ws_accept(accept, "dGhlIHNhbXBsZSBub25jZQ=="));
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	assert_false(ws_accept(accept, "dGhlIHNhbXBsZSBub25jZ"));
	assert_false(ws_accept(accept, "!!!!IHNhbXBsZSBub25jZQ=="));
	assert_false(ws_accept(accept, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_message_arrives),
		cmocka_unit_test(any_cut_gives_the_same),
		cmocka_unit_test(wrong_frames_are_refused),
		cmocka_unit_test(too_big_is_refused_before_it_arrives),
		cmocka_unit_test(server_frames_are_unmasked),
		cmocka_unit_test(accept_is_that_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
