/**
 * @file media_secure.c  Tests ICE, DTLS-SRTP and SDES against a browser made of OpenSSL and libre
 */
#include "media_browser.h"

#define BOTH_PROFILES "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM"

static int open_rig(void **state)
{
	rig_open(0);
	return 0;
}

static int close_rig(void **state)
{
	rig_close();
	browser_close();
	return 0;
}

static void call_test(bool active, const char *profiles, const char *expect)
{
	struct phone *ph, *desk;

	browser_open(active, profiles);
	ph = browser_phone(CODEC_OPUS);
	desk = phone_up(CODEC_PCMU);
	stream_update(ph->stream, &ph->remote);
	stream_bridge(ph->stream, desk->stream);
	rig_settle(ph);
	browser_good_check(ph, true);
	wait_until(browser.checks == 1);
	assert_true(sa_cmp(&browser.mapped, &ph->local, SA_ALL));
	browser_shake(ph);
	assert_string_equal(browser.profile, expect);
	wait_until(ph->events[STREAM_CONNECTED] == 1);
	browser_talk(50, ph, 400, desk, 1000);
	assert_true(phone_hears(ph, 1000) > 0.9);
	assert_true(phone_hears(desk, 400) > 0.9);
	assert_int_equal(browser.bad, 0);
	assert_int_equal(ph->gaps, 0);
	assert_int_equal(rig_settle(ph).dropped_auth, 0);
	rig_close();
	browser_close();
	rig_open(0);
}

static void browser_calls(void **state)
{
	call_test(true, BOTH_PROFILES, "SRTP_AEAD_AES_128_GCM");
	call_test(true, "SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_SHA1_80");
	call_test(false, BOTH_PROFILES, "SRTP_AES128_CM_SHA1_80");
}

/* A called browser finishes ICE and DTLS before its answer is here: no media until it is. */
static void answer_comes_late(void **state)
{
	struct phone *ph, *desk;

	browser_open(true, BOTH_PROFILES);
	ph = browser_phone(CODEC_OPUS);
	desk = phone_up(CODEC_PCMU);
	stream_bridge(ph->stream, desk->stream);
	browser_good_check(ph, true);
	browser_shake(ph);
	browser_talk(10, ph, 400, desk, 1000);
	assert_int_equal(ph->packets + desk->packets, 0);
	assert_int_equal(ph->events[STREAM_CONNECTED], 0);
	stream_update(ph->stream, &ph->remote);
	wait_until(ph->events[STREAM_CONNECTED] == 1);
	browser_talk(20, ph, 400, desk, 1000);
	assert_true(ph->packets > 15 && desk->packets > 15);
}

static void wrong_fingerprint(void **state)
{
	struct phone *ph, *desk;

	browser_open(true, BOTH_PROFILES);
	ph = browser_phone(CODEC_OPUS);
	desk = phone_up(CODEC_PCMU);
	ph->remote.fingerprint[0] = ph->remote.fingerprint[0] == 'A' ? 'B' : 'A';
	stream_update(ph->stream, &ph->remote);
	stream_bridge(ph->stream, desk->stream);
	browser_good_check(ph, true);
	browser_shake(ph);
	wait_until(ph->events[STREAM_FAILED] == 1);
	browser_talk(10, ph, 400, desk, 1000);
	assert_int_equal(ph->packets + desk->packets, 0);
	assert_int_equal(ph->events[STREAM_CONNECTED], 0);
}

/* Checks with a wrong password, of somebody else, or unsigned: no answer, no DTLS, no media. */
static void unproven_address(void **state)
{
	struct phone *ph;
	char user[64];

	browser_open(true, BOTH_PROFILES);
	ph = browser_phone(CODEC_OPUS);
	stream_update(ph->stream, &ph->remote);
	snprintf(user, sizeof(user), "%s:%s", stream_local(ph->stream)->ufrag, browser.ufrag);
	browser_check(ph, user, "wrong", true);
	browser_check(ph, "brow:brow", stream_local(ph->stream)->pwd, true);
	snprintf(user, sizeof(user), "%s:other", stream_local(ph->stream)->ufrag);
	browser_check(ph, user, stream_local(ph->stream)->pwd, true);
	browser_step(ph);
	for (int i = 0; i < 30; i++) {
		poll(NULL, 0, 10);
		rig_run();
	}
	assert_int_equal(browser.checks, 0);
	assert_false(browser.up);
	assert_int_equal(rig_settle(ph).dropped_auth, 3);
	assert_true(rig_settle(ph).dropped_source >= 1);
	browser_good_check(ph, false);
	wait_until(browser.checks == 1);
	browser_shake(ph);
}

static void lossy_network(void **state)
{
	struct phone *ph;

	browser_open(true, BOTH_PROFILES);
	browser.lossy = true;
	ph = browser_phone(CODEC_OPUS);
	stream_update(ph->stream, &ph->remote);
	browser_good_check(ph, true);
	browser_shake(ph);
	wait_until(ph->events[STREAM_CONNECTED] == 1);
}

/* Forged SRTP, from the right address, ends nothing. */
static void bad_tags(void **state)
{
	struct phone *ph, *desk;
	uint8_t junk[200];

	browser_open(true, BOTH_PROFILES);
	ph = browser_phone(CODEC_OPUS);
	desk = phone_up(CODEC_PCMU);
	stream_update(ph->stream, &ph->remote);
	stream_bridge(ph->stream, desk->stream);
	browser_good_check(ph, true);
	browser_shake(ph);
	browser_talk(5, ph, 400, NULL, 0);
	desk->packets = 0;
	for (unsigned i = 0; i < 10000; i++) {
		memset(junk, (int)i, sizeof(junk));
		rtp_header(junk, 96, false, (uint16_t)(i * 4001), i, i % 5 ? ph->ssrc : i);
		sendto(ph->fd, junk, sizeof(junk), 0, &ph->peer.u.sa, ph->peer.len);
		if (i % 50 == 0) {
			poll(NULL, 0, 1);
			rig_run();
		}
	}
	assert_int_equal(desk->packets, 0);
	browser_talk(30, ph, 400, NULL, 0);
	assert_in_range(desk->packets, 28, 30);
	assert_true(phone_hears(desk, 400) > 0.6);
	assert_true(rig_settle(ph).dropped_auth > 9000);
	assert_int_equal(ph->events[STREAM_FAILED], 0);
}

/* The browser checks one pair and nominates another: the media moves, the call goes on. */
static void nominated_pair_moves(void **state)
{
	struct phone *ph, *desk;
	struct sa other;
	int fd, first;

	browser_open(true, BOTH_PROFILES);
	ph = browser_phone(CODEC_OPUS);
	desk = phone_up(CODEC_PCMU);
	stream_update(ph->stream, &ph->remote);
	stream_bridge(ph->stream, desk->stream);
	browser_good_check(ph, false);
	browser_shake(ph);
	browser_talk(10, ph, 400, desk, 1000);
	assert_true(ph->packets > 5);
	fd = udp_socket(&other, "127.0.0.1");
	first = ph->fd;
	ph->fd = fd;
	browser_good_check(ph, true);
	wait_until(browser.checks == 2);
	phone_forget(ph);
	browser_talk(10, ph, 400, desk, 1000);
	assert_true(ph->packets > 5);
	assert_true(desk->packets > 15);
	close(first);
}

static void sdes(void **state)
{
	struct phone *ph = phone_new(CODEC_PCMU), *desk = phone_up(CODEC_PCMU);
	uint8_t raw[30], ours[30];
	size_t n = 30, m = 47;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)(3 * i);
	ph->packet_h = browser_packet_h;
	ph->remote.security = SECURITY_SDES;
	base64_encode(raw, sizeof(raw), ph->remote.sdes_key, &m);
	base64_decode(stream_local(ph->stream)->sdes_key, 40, ours, &n);
	srtp_alloc(&browser.protect, SRTP_AES_CM_128_HMAC_SHA1_80, raw, 30, 0);
	srtp_alloc(&browser.open, SRTP_AES_CM_128_HMAC_SHA1_80, ours, 30, 0);
	stream_update(ph->stream, &ph->remote);
	stream_bridge(ph->stream, desk->stream);
	browser_talk(25, ph, 400, desk, 1000);
	/* A second description of the same keys, as after a hold, changes nothing. */
	stream_update(ph->stream, &ph->remote);
	browser_talk(25, ph, 400, desk, 1000);
	assert_true(phone_hears(ph, 1000) > 0.9);
	assert_true(phone_hears(desk, 400) > 0.9);
	assert_int_equal(browser.bad, 0);
	assert_int_equal(ph->gaps, 0);
	phone_say(ph, 400);
	assert_int_equal(rig_settle(ph).dropped_auth, 1);
}

static void sdes_key_unusable(void **state)
{
	struct phone *ph = phone_new(CODEC_PCMU);

	ph->remote.security = SECURITY_SDES;
	strcpy(ph->remote.sdes_key, "short");
	stream_update(ph->stream, &ph->remote);
	wait_until(ph->events[STREAM_FAILED] == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(browser_calls, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(answer_comes_late, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(wrong_fingerprint, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(unproven_address, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(lossy_network, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(bad_tags, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(nominated_pair_moves, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(sdes, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(sdes_key_unusable, open_rig, close_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
