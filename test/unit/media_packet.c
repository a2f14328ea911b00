/**
 * @file media_packet.c  Tests from whom a stream takes packets, and whom it answers
 */
#include "media_rig.h"

static int open_rig(void **state)
{
	rig_open(3000);
	return 0;
}

static int close_rig(void **state)
{
	rig_close();
	return 0;
}

static void foreign_say(struct phone *as, int fd)
{
	int own = as->fd;

	as->fd = fd;
	phone_say(as, 700);
	as->fd = own;
}

/* Contract 12: a stranger who knows port, SSRC and sequence is not heard and hears nothing. */
static void stranger(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	struct sa sa;
	int fd = udp_socket(&sa, "127.0.0.2"), same_host = udp_socket(&sa, "127.0.0.1");
	uint8_t buf[100];

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	foreign_say(a, fd);
	rig_talk(10, a, 400, b, 1000);
	for (int i = 0; i < 20; i++) {
		foreign_say(a, fd);
		foreign_say(a, same_host);
	}
	rig_talk(10, a, 400, b, 1000);
	assert_int_equal(b->packets, 20);
	assert_int_equal(a->packets, 20);
	assert_int_equal(rig_settle(a).dropped_source, 41);
	assert_true(recv(fd, buf, sizeof(buf), 0) < 0 && recv(same_host, buf, sizeof(buf), 0) < 0);
	close(fd);
	close(same_host);
}

/* Behind a router: signalled 192.0.2.1, media from another port of the host that signals. */
static void behind_router(void **state)
{
	struct phone *a = phone_new(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	struct sa sa;
	int late = udp_socket(&sa, "127.0.0.1");

	sa_set_str(&a->remote.rtp, "192.0.2.1", 4000);
	sa_set_str(&a->remote.rtcp, "192.0.2.1", 4001);
	stream_update(a->stream, &a->remote);
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(10, a, 400, b, 1000);
	assert_true(a->packets >= 8);
	assert_int_equal(b->packets, 10);
	foreign_say(a, late); /* the first one won, for good */
	rig_talk(5, a, 400, NULL, 0);
	assert_int_equal(b->packets, 15);
	/* The same description again, as after a hold, does not open the door. */
	stream_update(a->stream, &a->remote);
	foreign_say(a, late);
	rig_talk(5, a, 400, NULL, 0);
	assert_int_equal(b->packets, 20);
	/* A new address does. */
	a->remote.rtp = sa;
	stream_update(a->stream, &a->remote);
	rig_settle(a);
	foreign_say(a, late);
	wait_until(b->packets == 21);
	close(late);
}

static unsigned waiting(int fd)
{
	uint8_t buf[400];
	unsigned n = 0;

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		++n;
	return n;
}

/* Contract 12: a phone that names somebody else's address does not have us flood them. */
static void who_did_not_ask_is_not_sent_to(void **state)
{
	struct phone *a = phone_new(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	int rtp = udp_socket(&a->remote.rtp, "127.0.0.2");
	int rtcp = udp_socket(&a->remote.rtcp, "127.0.0.2");

	stream_update(a->stream, &a->remote);
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(20, NULL, 0, b, 1000);
	clock_advance(10000);
	rig_talk(60, NULL, 0, b, 1000);
	assert_int_equal(waiting(rtp) + waiting(rtcp), 0);
	foreign_say(a, rtp);
	wait_until(b->packets == 1);
	rig_talk(10, NULL, 0, b, 1000);
	rig_settle(a);
	assert_true(waiting(rtp) >= 8);
	close(rtp);
	close(rtcp);
}

static void what_a_carrier_names_is_sent_to_at_once(void **state)
{
	struct phone *a = phone_new(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	int rtp = udp_socket(&a->remote.rtp, "127.0.0.2");

	stream_vouch(a->stream);
	stream_update(a->stream, &a->remote);
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(10, NULL, 0, b, 1000);
	rig_settle(a);
	assert_true(waiting(rtp) >= 8);
	close(rtp);
}

static void nothing_before_signalling(void **state)
{
	struct phone *a = phone_new(CODEC_PCMU), *b = phone_up(CODEC_PCMU);

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(5, a, 400, b, 1000);
	assert_int_equal(a->packets + b->packets, 0);
	assert_int_equal(rig_settle(a).dropped_source, 5);
}

static void other_payload_types(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	uint8_t payload[160] = {0};

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	phone_packet(a, 13, false, payload, 1);
	phone_packet(a, 97, false, payload, sizeof(payload));
	phone_packet(a, 96, false, payload, 0);
	rig_talk(2, a, 400, NULL, 0);
	assert_int_equal(b->packets, 2);
}

static unsigned silents(struct phone *ph)
{
	rig_run();
	return ph->events[STREAM_SILENT];
}

/* Once per silence; not while the other side is not meant to send. */
static void silence(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *held = phone_new(CODEC_PCMU);

	held->remote.direction = STREAM_SEND;
	stream_update(held->stream, &held->remote);
	rig_talk(3, a, 400, NULL, 0);
	rig_settle(a);
	rig_settle(held);
	clock_advance(1000);
	rig_talk(60, NULL, 0, NULL, 0);
	assert_int_equal(silents(a), 0);
	clock_advance(2000);
	wait_until(silents(a) == 1);
	clock_advance(10000);
	rig_talk(60, NULL, 0, NULL, 0);
	assert_int_equal(silents(a), 1);
	assert_int_equal(silents(held), 0);
	rig_talk(2, a, 400, NULL, 0);
	clock_advance(3500);
	wait_until(silents(a) == 2);
	held->remote.direction = STREAM_BOTH;
	stream_update(held->stream, &held->remote);
	rig_settle(held);
	clock_advance(3500);
	wait_until(silents(held) == 1);
}

static void figures(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	struct stream_stats st;
	char text[64];

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	for (unsigned i = 0; i < 20; i++) {
		if (i % 4 == 3)
			++a->seq; /* lost on the way */
		rig_talk(1, a, 400, NULL, 0);
	}
	st = rig_settle(a);
	assert_int_equal(st.packets_in, 20);
	assert_int_equal(st.bytes_in, 20 * 160);
	assert_int_equal(st.lost, 5);
	assert_in_range(st.mos_x100, 150, 400);
	re_snprintf(text, sizeof(text), "%J", &a->local);
	assert_string_equal(st.remote, text);
	assert_int_equal(rig_settle(b).packets_out, 20);
	do {
		rig_talk(5, NULL, 0, NULL, 0);
		stream_last_stats(a->stream, &st);
	} while (st.packets_in < 20);
	assert_int_equal(st.lost, 5);
	assert_int_equal(b->gaps, 5); /* the loss is left for the receiver to see */
}

static void gone(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_PCMU);

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(5, a, 400, b, 1000);
	stream_play(a->stream, "tone:beep", false);
	a->stream = mem_deref(a->stream);
	rig_settle(b);
	phone_forget(a);
	phone_forget(b);
	rig_talk(10, a, 400, b, 1000);
	assert_int_equal(a->packets + b->packets, 0);
	assert_int_equal(a->events[STREAM_PLAYED], 0);
}

/* RTCP comes on its own port, with a BYE at the end; the round trip is measured. */
static uint8_t reports[16][256];
static size_t report_sizes[16];
static unsigned report_count;

static void reports_read(struct phone *ph)
{
	ssize_t n;

	while (report_count < 16 && (n = recv(ph->rtcp_fd, reports[report_count], 256, 0)) > 0)
		report_sizes[report_count++] = (size_t)n;
}

static void rtcp(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_PCMU);
	uint8_t rr[32] = {0x81, 201, 0, 7}, *sr = reports[0];
	uint64_t end = real_ms() + 9000;
	struct sa to = a->peer;
	const char *cname;

	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	report_count = 0;
	for (unsigned i = 0; real_ms() < end && !report_count; i++) {
		phone_say(a, 400);
		phone_say(b, 400);
		poll(NULL, 0, 20);
		reports_read(a);
		rig_run();
	}
	assert_true(report_count > 0);
	assert_int_equal(sr[1], 200);
	assert_int_equal(sr[0], 0x81);
	cname = stream_local(a->stream)->cname;
	assert_int_equal(sr[52 + 1], 202);
	assert_memory_equal(sr + 52 + 10, cname, strlen(cname));
	sa_set_port(&to, (uint16_t)(sa_port(&to) + 1));
	memcpy(rr + 8, sr + 4, 4);
	rr[12] = 25;
	rr[15] = 3;
	memcpy(rr + 24, sr + 10, 4);
	sendto(a->rtcp_fd, rr, sizeof(rr), 0, &to.u.sa, to.len);
	wait_until(rig_settle(a).remote_lost == 3);
	assert_in_range(rig_settle(a).rtt_ms, 0, 2000);
	a->stream = mem_deref(a->stream);
	report_count = 0;
	end = real_ms() + 3000;
	while (!report_count && real_ms() < end) {
		reports_read(a);
		poll(NULL, 0, 2);
	}
	assert_int_equal(report_count, 1);
	assert_int_equal(reports[0][report_sizes[0] - 7], 203);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stranger, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(behind_router, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(who_did_not_ask_is_not_sent_to, open_rig,
						close_rig),
		cmocka_unit_test_setup_teardown(what_a_carrier_names_is_sent_to_at_once, open_rig,
						close_rig),
		cmocka_unit_test_setup_teardown(nothing_before_signalling, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(other_payload_types, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(silence, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(figures, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(gone, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(rtcp, open_rig, close_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
