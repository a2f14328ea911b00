/**
 * @file media_rtp.c  Tests RTP headers, counting, continuity, ports, and the estimate of quality
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "own.h"
#include "port.h"
#include "rtp.h"
#include "stats.h"

static void headers(void **state)
{
	uint8_t p[64] = {0};
	struct rtp_packet pkt;

	rtp_header(p, 111, true, 0xabcd, 0x01020304, 0x05060708);
	assert_int_equal(rtp_parse(&pkt, p, 20), 0);
	assert_int_equal(rtp_payload(&pkt), 0);
	assert_true(pkt.marker && pkt.pt == 111 && pkt.seq == 0xabcd && pkt.ts == 0x01020304 &&
		    pkt.ssrc == 0x05060708);
	assert_int_equal(pkt.size, 8);
	assert_int_equal(rtp_parse(&pkt, p, 11), EBADMSG);
	p[0] = 0x42;
	assert_int_equal(rtp_parse(&pkt, p, 40), EBADMSG);
	p[0] = 0x83; /* three CSRCs */
	assert_int_equal(rtp_parse(&pkt, p, 23), EBADMSG);
	assert_int_equal(rtp_parse(&pkt, p, 24), 0);
	assert_int_equal(pkt.header, 24);
	p[0] = 0x90; /* an extension of two words */
	p[15] = 2;
	assert_int_equal(rtp_parse(&pkt, p, 15), EBADMSG);
	assert_int_equal(rtp_parse(&pkt, p, 23), EBADMSG);
	assert_int_equal(rtp_parse(&pkt, p, 24), 0);
	p[0] = 0xa0; /* padding */
	p[19] = 8;
	assert_int_equal(rtp_parse(&pkt, p, 20), 0);
	assert_int_equal(rtp_payload(&pkt), 0);
	assert_int_equal(pkt.size, 0);
	p[19] = 9;
	assert_int_equal(rtp_payload(&pkt), EBADMSG);
	p[19] = 0;
	assert_int_equal(rtp_payload(&pkt), EBADMSG);
	assert_int_equal(rtp_parse(&pkt, p, 12), 0);
	assert_int_equal(rtp_payload(&pkt), EBADMSG);
}

static void counted(void **state)
{
	struct rtp_in in = {0};
	struct rtp_packet pkt = {.ssrc = 1, .size = 160};

	/* Over the wrap: 10 lost, two late, one from another source, then a restart. */
	for (uint32_t i = 65500; i < 65600; i++) {
		pkt.seq = (uint16_t)i;
		pkt.ts = i * 160;
		if (i % 10 != 7)
			rtp_in_add(&in, &pkt, 8000, i * 20000ull);
	}
	assert_int_equal(rtp_in_expected(&in), 100);
	assert_int_equal(rtp_in_lost(&in), 10);
	assert_int_equal(rtp_in_fraction(&in), 25);
	assert_int_equal(rtp_in_fraction(&in), 0);
	assert_int_equal(in.jitter16 >> 4, 0);
	pkt.seq = 65507 & 0xffff;
	rtp_in_add(&in, &pkt, 8000, 65600 * 20000ull);
	assert_int_equal(rtp_in_lost(&in), 9);
	pkt.ssrc = 2;
	pkt.seq = 5;
	rtp_in_add(&in, &pkt, 8000, 65601 * 20000ull);
	assert_int_equal(rtp_in_lost(&in), 9);
	assert_int_equal(rtp_in_expected(&in), 1);
	pkt.seq = 30000;
	rtp_in_add(&in, &pkt, 8000, 65602 * 20000ull);
	assert_int_equal(rtp_in_lost(&in), 9);
	assert_int_equal(in.packets, 93);
	assert_int_equal(in.bytes, 93 * 160);
}

/* RFC 3550, 6.4.1: packets that come 10 ms early and late by turns have 20 ms between them. */
static void jitter(void **state)
{
	struct rtp_in in = {0};
	struct rtp_packet pkt = {.ssrc = 1, .size = 160};

	for (uint32_t i = 0; i < 300; i++) {
		pkt.seq = (uint16_t)i;
		pkt.ts = i * 160;
		rtp_in_add(&in, &pkt, 8000, 1000000 + i * 20000ull + (i & 1 ? 10000 : 0));
	}
	assert_in_range(in.jitter16 >> 4, 76, 80);
}

static void continued(void **state)
{
	struct rtp_out out = {.seq = 65534, .ts = 0xffffff00};
	uint64_t now = 1000000;
	uint32_t ts;

	assert_true(rtp_out_follow(&out, 1, 500, 9000, 8000, now));
	assert_int_equal((uint16_t)(500 + out.seq_off), 65535);
	assert_int_equal(9000 + out.ts_off, 0xffffff00);
	rtp_out_sent(&out, 65535, 0xffffff00, 160, now);
	now += 20000;
	assert_false(rtp_out_follow(&out, 1, 501, 9160, 8000, now));
	assert_int_equal((uint16_t)(501 + out.seq_off), 0);
	rtp_out_sent(&out, 0, 0xffffff00u + 160, 160, now);
	/* A new source right after: the next number, the next time. */
	now += 20000;
	assert_true(rtp_out_follow(&out, 2, 7, 123456, 8000, now));
	assert_int_equal((uint16_t)(7 + out.seq_off), 1);
	assert_int_equal(123456 + out.ts_off, (uint32_t)(0xffffff00u + 320));
	rtp_out_sent(&out, 1, 0xffffff00u + 320, 160, now);
	/* After a second of nothing: a second later. */
	now += 1000000;
	ts = rtp_out_next(&out, 8000, now);
	assert_int_equal(ts, (uint32_t)(0xffffff00u + 320 + 8000));
	/* A late packet of the source keeps its place and does not turn back the clock. */
	assert_false(rtp_out_follow(&out, 2, 5, 123136, 8000, now));
	rtp_out_sent(&out, (uint16_t)(5 + out.seq_off), 5, 160, now);
	assert_int_equal(out.seq, 1);
	/* A source that begins anew is a new source. */
	assert_true(rtp_out_follow(&out, 2, 9000, 5, 8000, now));
}

static void pairs(void **state)
{
	struct ports ports;
	struct sa bind_addr;
	int fds[8][2];
	uint16_t port, any[2];

	sa_set_str(&bind_addr, "127.0.0.9", 0);
	ports_init(&ports, &bind_addr, 0, 0);
	assert_int_equal(ports_bind(&ports, fds[0], &any[0]), 0);
	assert_int_equal(any[0] % 2, 0);
	close(fds[0][0]);
	close(fds[0][1]);
	/* A range of three pairs, on an address of our own. */
	ports_init(&ports, &bind_addr, 21001, 21007);
	for (int i = 0; i < 3; i++) {
		struct sa sa = {.len = sizeof(sa.u)};

		assert_int_equal(ports_bind(&ports, fds[i], &port), 0);
		assert_int_equal(port % 2, 0);
		assert_in_range(port, 21002, 21006);
		getsockname(fds[i][1], &sa.u.sa, &sa.len);
		assert_int_equal(sa_port(&sa), port + 1);
	}
	assert_int_equal(ports_bind(&ports, fds[3], &port), EADDRINUSE);
	close(fds[1][0]);
	close(fds[1][1]);
	assert_int_equal(ports_bind(&ports, fds[1], &port), 0);
	for (int i = 0; i < 3; i++) {
		close(fds[i][0]);
		close(fds[i][1]);
	}
}

static void quality(void **state)
{
	assert_int_equal(stats_mos(0, 25, 0, 0), 441);
	assert_in_range(stats_mos(0, 25, 1, 50), 425, 440);
	assert_in_range(stats_mos(0, 25, 5, 50), 380, 425);
	assert_in_range(stats_mos(0, 25, 30, 400), 100, 200);
	assert_true(stats_mos(0, 25, 100, 2000) >= 100);
	assert_true(stats_mos(0, 25, 2, 300) < stats_mos(0, 25, 2, 100));
}

static void cell(void **state)
{
	struct stats_cell *c = shared_alloc(sizeof(*c), NULL);
	struct stream_stats in = {.codec = CODEC_G722, .lost = 7, .remote = "192.0.2.1:9"}, out;

	stats_write(c, &in);
	stats_read(c, &out);
	assert_memory_equal(&in, &out, sizeof(in));
	shared_unref(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),   cmocka_unit_test(counted), cmocka_unit_test(jitter),
		cmocka_unit_test(continued), cmocka_unit_test(pairs),	cmocka_unit_test(quality),
		cmocka_unit_test(cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
