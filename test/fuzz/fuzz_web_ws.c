/**
 * @file fuzz_web_ws.c  Mutated WebSocket frames and SIP streams against their readers
 *
 * From a seed: frames are built, flipped, cut and spliced. What a reader says of some bytes must
 * not depend on how they were cut into pieces, and no message may be longer than the limit.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "own.h"
#include "ws.h"

enum { ROUNDS = 60000, SIZE = 3000 };

static uint64_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 11) % below : 0;
}

static const char *const texts[] = {
	"REGISTER sip:a SIP/2.0\r\nl: 3\r\nTo: x\r\n\r\nabc",
	"SIP/2.0 200 OK\r\nContent-Length : 0\r\n\r\n",
	"OPTIONS sip:a SIP/2.0\r\nContent-Length:\r\n 2\r\nl:4294967296\r\n\r\nhi",
	"\r\n\r\n",
	"",
	"\xc3\x28",
	"\x03\xe8 bye",
};

static size_t frame_make(uint8_t *out)
{
	static const uint8_t ops[] = {0x81, 0x82, 0x01, 0x02, 0x00, 0x80,
				      0x88, 0x89, 0x8a, 0x83, 0xc1};
	const char *text = texts[rnd(COUNT(texts))];
	size_t n = strlen(text), len = 2;

	out[0] = ops[rnd(COUNT(ops))];
	out[1] = (uint8_t)(0x80 | n);
	if (!rnd(4)) {
		out[1] = 0x80 | 126;
		out[2] = 0;
		out[3] = (uint8_t)n;
		len = 4;
	}
	for (int i = 0; i < 4; i++)
		out[len++] = (uint8_t)rnd(256);
	for (size_t i = 0; i < n; i++)
		out[len + i] = (uint8_t)text[i] ^ out[len - 4 + (i & 3)];
	return len + n;
}

static size_t bytes_make(uint8_t *out)
{
	size_t n = 0;

	for (uint32_t i = 1 + rnd(8); i; i--)
		n += frame_make(out + n);
	for (uint32_t i = rnd(4); i; i--)
		out[rnd((uint32_t)n)] ^= (uint8_t)(1 << rnd(8));
	if (!rnd(6))
		n = 1 + rnd((uint32_t)n);
	return n;
}

/** What a reader made of some bytes, as one number */
struct digest {
	uint64_t v;
	unsigned messages;
	struct mbuf *stream;
};

static uint16_t message_h(enum ws_op op, const uint8_t *p, size_t n, void *arg)
{
	struct digest *d = arg;

	assert_true(n <= (op < WS_CLOSE ? WS_MESSAGE : WS_CONTROL));
	d->v = d->v * 31 + op;
	for (size_t i = 0; i < n; i++)
		d->v = d->v * 31 + p[i];
	++d->messages;
	if (op < WS_CLOSE && d->stream) {
		size_t end = d->stream->end;

		d->stream->pos = end;
		if (sip_frame_to_stream(d->stream, (const char *)p, n))
			d->stream->end = end;
	}
	return 0;
}

static uint64_t read_all(const uint8_t *p, size_t n, size_t piece, struct mbuf *stream,
			 unsigned *seen)
{
	struct ws_reader ws = {0};
	struct digest d = {.stream = stream};
	uint16_t code = 0;

	for (size_t at = 0; at < n && !code; at += piece)
		code = ws_read(&ws, p + at, piece < n - at ? piece : n - at, message_h, &d);
	ws_reader_reset(&ws);
	*seen += d.messages;
	return d.v * 31 + code;
}

/** Everything that came out of frames is a stream that can be cut into as many messages */
static unsigned stream_check(struct mbuf *mb)
{
	unsigned messages = 0;
	const char *p;
	size_t n;
	int err;

	mb->pos = 0;
	while (!(err = sip_stream_next(mb, WS_MESSAGE, &p, &n)))
		++messages;
	assert_true(err == EAGAIN || err == EBADMSG || err == EMSGSIZE);
	return messages;
}

static void frames_mean_the_same_in_any_pieces(void **state)
{
	static uint8_t buf[SIZE];
	unsigned seen = 0, passed = 0;

	for (int i = 0; i < ROUNDS; i++) {
		size_t n = bytes_make(buf);
		AUTO struct mbuf *mb = mbuf_alloc(256);
		uint64_t whole = read_all(buf, n, n, mb, &seen);

		assert_true(whole == read_all(buf, n, 1, NULL, &seen));
		assert_true(whole == read_all(buf, n, 1 + rnd(40), NULL, &seen));
		passed += stream_check(mb);
	}
	print_message("%u messages, %u SIP messages\n", seen, passed);
	assert_true(seen > ROUNDS && passed > ROUNDS / 20);
}

static void streams_are_survived(void **state)
{
	unsigned messages = 0;

	for (int i = 0; i < ROUNDS; i++) {
		AUTO struct mbuf *mb = mbuf_alloc(256);

		for (uint32_t k = 1 + rnd(6); k; k--)
			mbuf_write_str(mb, texts[rnd(COUNT(texts))]);
		for (uint32_t k = rnd(4); k && mb->end; k--)
			mb->buf[rnd((uint32_t)mb->end)] = (uint8_t)rnd(256);
		messages += stream_check(mb);
	}
	assert_true(messages > ROUNDS / 10);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_mean_the_same_in_any_pieces),
		cmocka_unit_test(streams_are_survived),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10) | 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
