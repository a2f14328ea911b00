/**
 * @file sip_sdp.c  Session descriptions: what is read, what is refused, roles and directions
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "own.h"
#include "sdp.h"

#define HEAD "v=0\r\no=- 5 6 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define FP                                                                                         \
	"7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:"  \
	"2C:19:08"

static const char *const wish[] = {"opus", "PCMU", NULL};

static int parse(struct sdp_desc *sdp, const char *text)
{
	size_t n = strlen(text);
	char *copy = malloc(n ? n : 1); /* exactly as long: a sanitizer sees each step past it */
	int err;

	assert_non_null(copy);
	memcpy(copy, text, n);
	err = sdp_parse(sdp, copy, n);
	free(copy);
	return err;
}

static void facts_are_read(void **state)
{
	struct sdp_desc s;

	assert_int_equal(parse(&s, HEAD
			       "m=audio 4000 RTP/AVP 96 0 101\r\na=rtpmap:96 opus/48000/2\r\n"
			       "a=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n"
			       "a=ptime:30\r\na=rtcp:4009\r\na=sendonly\r\n"),
			 0);
	assert_int_equal(s.session, 5);
	assert_int_equal(s.version, 6);
	assert_string_equal(s.addr, "192.0.2.1");
	assert_int_equal(s.port, 4000);
	assert_int_equal(s.rtcp_port, 4009);
	assert_int_equal(s.ptime, 30);
	assert_int_equal(s.direction, SDP_SENDONLY);
	assert_int_equal(s.codecs, 3);
	assert_int_equal(s.codec[0].channels, 2);
	assert_string_equal(s.codec[0].fmtp, "useinbandfec=1");
	assert_string_equal(s.codec[1].name, "PCMU");
	assert_non_null(sdp_codec_find(&s, "OPUS", 48000));
	assert_non_null(sdp_codec_find(&s, "telephone-event", 8000));
	assert_null(sdp_codec_find(&s, "telephone-event", 48000));
	assert_null(sdp_codec_find(&s, "PCMA", 8000));
}

static void what_is_no_description_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\r\n\r\n",
		"v=1\r\no=- 1 1 IN IP4 1.2.3.4\r\nm=audio 1 RTP/AVP 0\r\n",
		"v=0\r\nm=audio 1 RTP/AVP 0\r\n",
		HEAD "m=audio\r\n",
		HEAD "m=audio x RTP/AVP 0\r\n",
		HEAD "m=audio 70000 RTP/AVP 0\r\n",
		HEAD "garbage\r\n",
		HEAD "m",
	};
	struct sdp_desc s;

	for (size_t i = 0; i < COUNT(bad); i++) {
		int err = parse(&s, bad[i]);

		if (err != EBADMSG)
			print_message("row %zu\n", i);
		assert_int_equal(err, EBADMSG);
	}
	assert_int_equal(sdp_parse(&s, "v=0\r\no=\0- 1 1\r\n", 16), EBADMSG);
	assert_int_equal(sdp_parse(&s, NULL, 0), EBADMSG);
}

static void bounds_hold(void **state)
{
	static char text[70000];
	struct sdp_desc s;

	strcpy(text, HEAD);
	for (unsigned i = 0; i < SDP_LINES + 1; i++)
		strcat(text, "m=audio 4000 RTP/AVP 0\r\n");
	assert_int_equal(parse(&s, text), 0);
	assert_int_equal(s.lines, SDP_LINES);
	strcat(text, "m=audio 4000 RTP/AVP 0\r\n");
	assert_int_equal(parse(&s, text), EOVERFLOW);
	strcpy(text, HEAD "m=audio 4000 RTP/AVP");
	for (unsigned i = 0; i < 200; i++)
		sprintf(text + strlen(text), " %u", i);
	assert_int_equal(parse(&s, text), 0);
	assert_true(s.codecs <= SDP_CODECS);
	memset(text, 'a', sizeof(text));
	memcpy(text, HEAD, strlen(HEAD));
	assert_int_equal(sdp_parse(&s, text, sizeof(text)), EOVERFLOW);
	/* too many lines */
	strcpy(text, HEAD "m=audio 4000 RTP/AVP 0\r\n");
	for (unsigned i = 0; i < 1100; i++)
		strcat(text, "a=x\r\n");
	assert_int_equal(parse(&s, text), EBADMSG);
}

static void what_does_not_fit_stays_empty(void **state)
{
	static char text[4096];
	struct sdp_desc s;

	(void)snprintf(text, sizeof(text),
		       HEAD
		       "m=audio 4000 RTP/AVP 97 98\r\na=rtpmap:97 %0200d/8000\r\n"
		       "a=rtpmap:98 X/0\r\na=mid:%0100d\r\na=ice-ufrag:%0300d\r\na=ice-pwd:b\r\n",
		       1, 2, 3);
	assert_int_equal(parse(&s, text), 0);
	assert_int_equal(s.codecs, 0);
	assert_string_equal(s.mid, "");
	assert_false(s.ice);
}

static void numbers_do_not_wrap(void **state)
{
	struct sdp_desc s;

	assert_int_equal(
		parse(&s, "v=0\no=- 99999999999999999999999 18446744073709551615 IN IP4 x\n"
			  "m=audio 4000 RTP/AVP 0 128 4294967296\na=ptime:256\na=rtcp:65536\n"),
		0);
	assert_true(s.session == UINT64_MAX);
	assert_true(s.version == UINT64_MAX);
	assert_int_equal(s.codecs, 1);
	assert_int_equal(s.ptime, 0);
	assert_int_equal(s.rtcp_port, 0);
}

static void live_audio_is_ours(void **state)
{
	struct sdp_desc s;

	assert_int_equal(parse(&s, HEAD "m=audio 0 RTP/AVP 0\r\nm=video 9 RTP/AVP 96\r\na=mid:v\r\n"
					"m=audio 4002 RTP/AVP 8\r\na=mid:a\r\n"),
			 0);
	assert_int_equal(s.index, 2);
	assert_int_equal(s.port, 4002);
	assert_int_equal(s.lines, 2);
	assert_string_equal(s.mid, "a");
	assert_string_equal(s.other[1].media, "video");
	assert_string_equal(s.other[1].mid, "v");
	assert_int_equal(parse(&s, HEAD "m=audio 0 RTP/AVP 0\r\nm=image 4004 UDPTL t38\r\n"
					"a=T38FaxMaxDatagram:99999\r\na=T38FaxUdpEC:t38UDPFEC\r\n"),
			 0);
	assert_int_equal(s.index, 1);
	assert_int_equal(s.profile, SDP_UDPTL);
	assert_int_equal(s.t38.max_datagram, UINT16_MAX);
	assert_true(s.t38.fec);
}

static void hold_is_seen(void **state)
{
	static const struct {
		const char *text;
		bool held;
	} row[] = {
		{HEAD "m=audio 1 RTP/AVP 0\r\n", false},
		{HEAD "m=audio 1 RTP/AVP 0\r\na=sendonly\r\n", true},
		{HEAD "m=audio 1 RTP/AVP 0\r\na=inactive\r\n", true},
		{HEAD "m=audio 1 RTP/AVP 0\r\na=recvonly\r\n", false},
		{HEAD "m=audio 1 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", true},
		/* with ICE the address means nothing */
		{HEAD "m=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\n",
		 false},
	};
	struct sdp_desc s;

	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(parse(&s, row[i].text), 0);
		assert_int_equal(sdp_held(&s), row[i].held);
	}
	assert_int_equal(sdp_reverse(SDP_SENDONLY), SDP_RECVONLY);
	assert_int_equal(sdp_reverse(SDP_RECVONLY), SDP_SENDONLY);
	assert_int_equal(sdp_reverse(SDP_INACTIVE), SDP_INACTIVE);
	assert_int_equal(sdp_reverse(SDP_SENDRECV), SDP_SENDRECV);
}

static void ours_audio(struct sdp_desc *s, enum sdp_profile profile)
{
	memset(s, 0, sizeof(*s));
	strcpy(s->addr, "192.0.2.9");
	s->port = 6000;
	s->profile = profile;
	s->direction = SDP_SENDRECV;
	strcpy(s->fingerprint, FP);
	strcpy(s->sdes_key, "YUJDZGVmZ2hpSktMbW5vUFFSc3R1dnd4WXowMTIz");
}

static void our_direction_restricts(void **state)
{
	struct sdp_desc offer, ours, a;

	assert_int_equal(parse(&offer, HEAD "m=audio 1 RTP/AVP 0\r\n"), 0);
	ours_audio(&ours, SDP_AVP);
	ours.direction = SDP_SENDONLY;
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), 0);
	assert_int_equal(a.direction, SDP_SENDONLY);
	offer.direction = SDP_SENDONLY;
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), 0);
	assert_int_equal(a.direction, SDP_INACTIVE);
}

static void dtls_roles(void **state)
{
	static const struct {
		const char *offer, *ours, *answer;
	} row[] = {
		{"actpass", "actpass", "passive"},   {"actpass", "passive", "passive"},
		{"actpass", "active", "active"},     {"active", "actpass", "passive"},
		{"passive", "actpass", "active"},    {"", "actpass", "passive"},
		{"holdconn", "actpass", "holdconn"},
	};
	struct sdp_desc offer, ours, a;

	assert_int_equal(parse(&offer, HEAD "m=audio 1 UDP/TLS/RTP/SAVPF 0\r\n"
					    "a=fingerprint:sha-256 " FP "\r\n"),
			 0);
	ours_audio(&ours, SDP_DTLS);
	for (size_t i = 0; i < COUNT(row); i++) {
		strcpy(offer.setup, row[i].offer);
		strcpy(ours.setup, row[i].ours);
		assert_int_equal(sdp_answer(&a, &offer, &ours, wish), 0);
		assert_string_equal(a.setup, row[i].answer);
	}
}

static void security_must_match(void **state)
{
	struct sdp_desc offer, ours, a;

	assert_int_equal(parse(&offer, HEAD "m=audio 1 UDP/TLS/RTP/SAVPF 0\r\n"), 0);
	ours_audio(&ours, SDP_DTLS);
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), ENOTSUP); /* no fingerprint */
	strcpy(offer.fingerprint, FP);
	ours_audio(&ours, SDP_AVP);
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), ENOTSUP); /* never downgraded */
	ours_audio(&ours, SDP_DTLS);
	offer.port = 0;
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), ENOTSUP);
	offer.port = 1;
	assert_int_equal(sdp_answer(&a, &offer, &ours, wish), 0);
}

static void a_fingerprint_must_be_sha256(void **state)
{
	static const char *const bad[] = {
		"a=fingerprint:sha-1 99:41:49:83:4A:97:0E:1F:EF:6D:F7:C9:C7:70:9D:1F:66:79:A8:07",
		"a=fingerprint:sha-256 99:41",
		"a=fingerprint:sha-256 ",
		"a=fingerprint:sha-256 "
		"7B-8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:"
		"D0:A1:2C:19:08",
	};
	char text[1024];
	struct sdp_desc s;

	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), HEAD "m=audio 1 UDP/TLS/RTP/SAVPF 0\r\n%s\r\n",
			       bad[i]);
		assert_int_equal(parse(&s, text), 0);
		assert_string_equal(s.fingerprint, "");
	}
}

static void keys_with_extras_are_passed_over(void **state)
{
	static const char *const bad[] = {
		"1 AES_CM_128_HMAC_SHA1_32 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
		"1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSo",
		"1 AES_CM_128_HMAC_SHA1_80 "
		"inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4",
		"1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj KDR=1",
		"x AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
		"1 AES_CM_128_HMAC_SHA1_80 inline:d0Rmdm*mVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
	};
	char text[1024];
	struct sdp_desc s;

	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), HEAD "m=audio 1 RTP/SAVP 0\r\na=crypto:%s\r\n",
			       bad[i]);
		assert_int_equal(parse(&s, text), 0);
		assert_string_equal(s.sdes_key, "");
	}
	assert_int_equal(parse(&s,
			       HEAD "m=audio 1 RTP/SAVP 0\r\na=crypto:7 aes_cm_128_hmac_sha1_80 "
				    "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20 WSH=64"),
			 0);
	assert_string_equal(s.crypto_tag, "7");
	assert_int_equal(strlen(s.sdes_key), 40);
}

static void printing_never_overruns(void **state)
{
	struct sdp_desc s;
	char text[SDP_SIZE], small[SDP_SIZE];
	int n;

	assert_int_equal(parse(&s, HEAD "m=audio 1 RTP/AVP 0 8\r\na=mid:x\r\n"), 0);
	n = sdp_print(text, sizeof(text), &s);
	assert_true(n > 100);
	for (int size = 1; size <= n; size++) {
		memset(small, 'z', sizeof(small));
		assert_int_equal(sdp_print(small, (size_t)size, &s), -1);
		assert_int_equal(small[size], 'z');
	}
	assert_int_equal(sdp_print(small, (size_t)n + 1, &s), n);
	assert_string_equal(small, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_read),
		cmocka_unit_test(what_is_no_description_is_refused),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(what_does_not_fit_stays_empty),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(live_audio_is_ours),
		cmocka_unit_test(hold_is_seen),
		cmocka_unit_test(our_direction_restricts),
		cmocka_unit_test(dtls_roles),
		cmocka_unit_test(security_must_match),
		cmocka_unit_test(a_fingerprint_must_be_sha256),
		cmocka_unit_test(keys_with_extras_are_passed_over),
		cmocka_unit_test(printing_never_overruns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
