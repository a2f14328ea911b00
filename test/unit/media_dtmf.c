/**
 * @file media_dtmf.c  Tests keys: each once whatever is lost, in both clocks, relayed, sent
 */
#include "media_rig.h"

/* Presses a key for 100 ms: five packets and three ends; bit i of `lose` drops packet i. */
static void press(struct phone *ph, char digit, unsigned lose)
{
	uint32_t tick = ph->remote.event_rate / 50;
	uint8_t p[DTMF_PAYLOAD];
	struct dtmf_event ev = {.volume = 10};

	assert_int_equal(dtmf_code(&ev.event, digit), 0);
	ph->ts += tick;
	for (unsigned i = 0; i < 8; i++) {
		ev.duration = (uint16_t)(tick * (i < 5 ? i + 1 : 5));
		ev.end = i >= 5;
		dtmf_print(p, &ev);
		if (lose >> i & 1)
			++ph->seq;
		else
			phone_packet(ph, 101, i == 0, p, sizeof(p));
	}
	ph->ts += 5 * tick;
}

static void once(enum codec_id codec)
{
	struct phone *a = phone_up(codec);

	rig_settle(a);
	press(a, '1', 0);
	press(a, '1', 0xe0); /* all ends lost: the next key closes it */
	press(a, '2', 0x7f); /* only the last end came                */
	press(a, '#', 0x1f); /* only ends                             */
	press(a, 'D', 0xe0); /* all ends lost, nothing comes after    */
	wait_until(strlen(a->keys) == 5);
	assert_string_equal(a->keys, "112#D");
	assert_int_equal(a->last[STREAM_DTMF].duration_ms, 100);
	rig_talk(20, NULL, 0, NULL, 0);
	assert_int_equal(a->events[STREAM_DTMF], 5);
}

static void each_key_once(void **state)
{
	once(CODEC_PCMU);
	once(CODEC_OPUS);
}

/* Unit: segments of a long key, late packets, an event that is no key. */
static void long_late_foreign(void **state)
{
	struct dtmf_in in = {0};
	struct dtmf_event ev = {.event = 5, .duration = 0xffff};
	uint32_t units;
	char digit;

	assert_false(dtmf_in_add(&in, &ev, 1, 1000, 0, &digit, &units));
	ev.duration = 800;
	assert_false(dtmf_in_add(&in, &ev, 1, 1000 + 0xffff, 0, &digit, &units));
	ev.end = true;
	assert_true(dtmf_in_add(&in, &ev, 1, 1000 + 0xffff, 0, &digit, &units));
	assert_int_equal(digit, '5');
	assert_int_equal(units, 0xffff + 800);
	assert_false(dtmf_in_add(&in, &ev, 1, 1000, 0, &digit, &units));
	assert_false(dtmf_in_timeout(&in, 100000, &digit, &units));
	ev.event = 16;
	assert_true(dtmf_in_add(&in, &ev, 1, 200000, 0, &digit, &units));
	assert_int_equal(digit, '\0');
	assert_int_equal(dtmf_parse(&ev, (const uint8_t *)"abc", 3), EBADMSG);
	assert_int_equal(dtmf_code(&ev.event, 'x'), EINVAL);
}

static struct {
	unsigned count, ends, markers, ts_changes;
	uint32_t ts;
	uint16_t duration;
	uint8_t event;
} got;

static void event_h(struct phone *ph, uint8_t *p, size_t n)
{
	struct rtp_packet pkt;
	struct dtmf_event ev;

	phone_take(ph, p, n);
	if (rtp_parse(&pkt, p, n) || rtp_payload(&pkt) || pkt.pt != 101)
		return;
	assert_int_equal(dtmf_parse(&ev, pkt.payload, pkt.size), 0);
	got.ts_changes += got.count && got.ts != pkt.ts;
	got.ts = pkt.ts;
	++got.count;
	got.markers += pkt.marker;
	got.ends += ev.end;
	got.duration = ev.duration;
	got.event = ev.event;
}

static void relay(enum codec_id from, enum codec_id to, uint16_t expect)
{
	struct phone *a = phone_up(from), *b = phone_up(to);

	memset(&got, 0, sizeof(got));
	b->packet_h = event_h;
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(10, a, 400, NULL, 0);
	press(a, '7', 0);
	wait_until(got.count == 8);
	rig_talk(10, a, 400, NULL, 0);
	assert_int_equal(got.event, 7);
	assert_int_equal(got.ends, 3);
	assert_int_equal(got.markers, 1);
	assert_int_equal(got.ts_changes, 0);
	assert_int_equal(got.duration, expect);
	assert_int_equal(b->gaps, 0);
	assert_true((int32_t)(b->last_ts - got.ts) > 0);
	assert_string_equal(a->keys, "7");
	rig_close();
	rig_open(0);
}

static void relayed(void **state)
{
	relay(CODEC_PCMU, CODEC_PCMU, 800);
	relay(CODEC_PCMU, CODEC_OPUS, 4800);
	relay(CODEC_OPUS, CODEC_PCMU, 800);
	relay(CODEC_OPUS, CODEC_OPUS, 4800);
}

static void sent(void **state)
{
	struct phone *a = phone_up(CODEC_OPUS), *b = phone_up(CODEC_PCMU);

	memset(&got, 0, sizeof(got));
	a->packet_h = event_h;
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	rig_talk(10, NULL, 0, b, 400);
	stream_send_dtmf(a->stream, '*', 120);
	stream_send_dtmf(a->stream, '9', 120);
	stream_send_dtmf(a->stream, 'q', 120);
	rig_talk(40, NULL, 0, b, 400);
	assert_int_equal(got.count, 2 * (6 + 3));
	assert_int_equal(got.ends, 6);
	assert_int_equal(got.markers, 2);
	assert_int_equal(got.ts_changes, 1);
	assert_int_equal(got.duration, 120 * 48);
	assert_int_equal(got.event, 9);
	assert_int_equal(a->gaps, 0);
	assert_true(phone_hears(a, 400) > 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_key_once, rig_setup, rig_teardown),
		cmocka_unit_test(long_late_foreign),
		cmocka_unit_test_setup_teardown(relayed, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(sent, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
