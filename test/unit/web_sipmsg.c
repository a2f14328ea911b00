/**
 * @file web_sipmsg.c  SIP messages between frames and a stream
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

static void to_stream(const char *frame, size_t n, const char *expected)
{
	AUTO struct mbuf *mb = mbuf_alloc(64);

	assert_int_equal(sip_frame_to_stream(mb, frame, n), 0);
	assert_int_equal(mb->end, strlen(expected));
	assert_memory_equal(mb->buf, expected, mb->end);
}

static void length_is_added_and_replaced(void **state)
{
	static const char without[] = "OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n\r\nbody";
	static const char wrong[] = "SIP/2.0 200 OK\r\nl : 99\r\n 5\r\nTo: x\r\n"
				    "CONTENT-LENGTH:0\r\n\r\nbody";

	to_stream(without, strlen(without),
		  "OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\nContent-Length: 4\r\n\r\nbody");
	to_stream(wrong, strlen(wrong), "SIP/2.0 200 OK\r\nTo: x\r\nContent-Length: 4\r\n\r\nbody");
}

static void what_is_no_message_is_refused(void **state)
{
	static const char *const bad[] = {"", "hello", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n",
					  "OPTIONS sip:a SIP/2.0\r\nTo: x\r\n"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO struct mbuf *mb = mbuf_alloc(64);

		assert_int_equal(sip_frame_to_stream(mb, bad[i], strlen(bad[i])), EBADMSG);
	}
}

static void stream_is_cut_into_messages(void **state)
{
	static const char text[] = "\r\n\r\nA SIP/2.0\r\nl:3\r\n\r\nabc\r\n"
				   "B SIP/2.0\r\nContent-Length : 0\r\n\r\nC SIP/2.0\r\n";
	AUTO struct mbuf *mb = mbuf_alloc(64);
	const char *p;
	size_t n;

	mbuf_write_str(mb, text);
	mb->pos = 0;
	assert_int_equal(sip_stream_next(mb, 100, &p, &n), 0);
	assert_int_equal(n, 21);
	assert_memory_equal(p, "A SIP/2.0\r\nl:3\r\n\r\nabc", n);
	assert_int_equal(sip_stream_next(mb, 100, &p, &n), 0);
	assert_memory_equal(p, "B SIP", 5);
	assert_int_equal(sip_stream_next(mb, 100, &p, &n), EAGAIN);
	assert_int_equal(sip_stream_next(mb, 5, &p, &n), EMSGSIZE);
}

static int next_of(const char *text, size_t max)
{
	AUTO struct mbuf *mb = mbuf_alloc(64);
	const char *p;
	size_t n;

	mbuf_write_str(mb, text);
	mb->pos = 0;
	return sip_stream_next(mb, max, &p, &n);
}

static void stream_is_bounded(void **state)
{
	assert_int_equal(next_of("A SIP/2.0\r\nTo: x\r\n\r\n", 100), EBADMSG);
	assert_int_equal(next_of("A SIP/2.0\r\nl:4294967295\r\n\r\n", 100), EMSGSIZE);
	assert_int_equal(next_of("A SIP/2.0\r\nl:79\r\n\r\n", 98), EAGAIN);
	assert_int_equal(next_of("A SIP/2.0\r\nl:80\r\n\r\n", 98), EMSGSIZE);
	assert_int_equal(next_of("", 98), EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_is_added_and_replaced),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(stream_is_cut_into_messages),
		cmocka_unit_test(stream_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
