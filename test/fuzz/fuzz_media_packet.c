/**
 * @file fuzz_media_packet.c  Datagrams of every kind against streams in every state of a live
 * engine
 *
 * From a seed: STUN, DTLS, RTP, RTCP, mutated, from the right and from a wrong address, while the
 * streams are updated, bridged, mixed, recorded and dropped. Meanwhile one good call goes on.
 */
#include "unit/media_rig.h"
#include "party.h"

enum { ROUNDS = 2000, BATCH = 60, STREAMS = 6, KINDS = 5 };

static uint64_t seed = 1;
static struct phone *targets[STREAMS];
static struct mix *mix;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 11) % below : 0;
}

static size_t stun_make(uint8_t *p, const struct phone *ph)
{
	const struct stream_local *l = stream_local(ph->stream);
	struct mbuf *mb = mbuf_alloc(256);
	uint8_t tid[12] = {9};
	char user[64];
	bool use = true;
	size_t n;

	snprintf(user, sizeof(user), "%s:them", l->ufrag);
	CHECK(!stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_REQUEST, tid, NULL,
			       (const uint8_t *)l->pwd, strlen(l->pwd), true, 0, 2,
			       STUN_ATTR_USERNAME, user, STUN_ATTR_USE_CAND, rnd(2) ? &use : NULL));
	n = mb->end;
	memcpy(p, mb->buf, n);
	mem_deref(mb);
	return n;
}

static size_t datagram_make(uint8_t *p, struct phone *ph)
{
	memset(p, (int)rnd(256), 600);
	switch (rnd(KINDS)) {
	case 0:
		return stun_make(p, ph);
	case 1:
		memcpy(p, (uint8_t[]){22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 1}, 14);
		return 73;
	case 2:
		rtp_header(p, rnd(4) ? 96 : 101, rnd(2), (uint16_t)(ph->seq += rnd(3)),
			   ph->ts += rnd(960), 5 + rnd(3));
		return RTP_HEADER + rnd(500);
	case 3:
		memcpy(p, (uint8_t[]){0x81, 200, 0, 12}, 4);
		return 52;
	default:
		for (int i = 0; i < 600; i++)
			p[i] = (uint8_t)rnd(256);
		return 1 + rnd(599);
	}
}

static void mutate(uint8_t *p, size_t *n)
{
	for (unsigned k = rnd(4); k; k--) {
		if (rnd(3))
			p[rnd((uint32_t)*n)] = (uint8_t)rnd(256);
		else
			*n = 1 + rnd((uint32_t)*n);
	}
}

static void strike(int stranger)
{
	struct phone *ph = targets[rnd(STREAMS)];
	struct sa to = ph->peer;
	uint8_t p[700];
	size_t n = datagram_make(p, ph);

	if (rnd(2))
		mutate(p, &n);
	if (!rnd(4))
		sa_set_port(&to, (uint16_t)(sa_port(&to) + 1));
	sendto(rnd(5) ? ph->fd : stranger, p, n, 0, &to.u.sa, to.len);
}

static void update(struct phone *ph)
{
	static const enum codec_id ids[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS};
	struct stream_remote *r = &ph->remote;

	r->codec = ids[rnd(4)];
	r->security = (enum stream_security)rnd(3);
	r->ice = rnd(2);
	r->rtcp_mux = rnd(2);
	r->dtls_active = rnd(2);
	r->direction = (int)rnd(4);
	r->ptime = (uint8_t)(rnd(8) * 10);
	strcpy(r->sdes_key, rnd(4) ? "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : "x");
	strcpy(r->fingerprint, rnd(2) ? "AA:BB" : "");
	strcpy(r->ufrag, rnd(2) ? "them" : "");
	stream_update(ph->stream, r);
}

static void order(void)
{
	struct phone *ph = targets[rnd(STREAMS)], *other = targets[rnd(STREAMS)];

	switch (rnd(12)) {
	case 0:
	case 1:
		update(ph);
		break;
	case 2:
		stream_bridge(ph->stream, rnd(3) ? other->stream : NULL);
		break;
	case 3:
		stream_play(ph->stream, rnd(2) ? "tone:beep" : "music", rnd(2));
		break;
	case 4:
		mix_add(mix, ph->stream, rnd(2));
		break;
	case 5:
		mix_remove(mix, ph->stream);
		break;
	case 6:
		stream_record(ph->stream, "/tmp/fuzz_media_packet.wav", 500, 0, "1#");
		break;
	case 7:
		stream_record_both(ph->stream, "/tmp/fuzz_media_packet.wav");
		break;
	case 8:
		stream_echo(ph->stream, rnd(300));
		break;
	case 9:
		stream_send_dtmf(ph->stream, "123x"[rnd(4)], rnd(300));
		break;
	case 10:
		stream_listen_voice(ph->stream, rnd(2));
		break;
	default:
		stream_stop_record(ph->stream);
		mem_deref(ph->stream);
		CHECK(!stream_alloc(&ph->stream, engine, 7, NULL, ph));
		sa_set_port(&ph->peer, stream_local(ph->stream)->port);
	}
}

static void fuzz(void **state)
{
	struct phone *a, *b;
	struct sa sa;
	int stranger = udp_socket(&sa, "127.0.0.3");

	rig_open(0);
	assert_int_equal(mix_alloc(&mix, engine, 7), 0);
	for (int i = 0; i < STREAMS; i++) {
		targets[i] = phone_new(CODEC_PCMU);
		targets[i]->packet_h = NULL;
		update(targets[i]);
	}
	a = phone_up(CODEC_OPUS);
	b = phone_up(CODEC_PCMA);
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < BATCH; k++)
			strike(stranger);
		order();
		rig_settle(a);
		if (i % 10 == 0)
			rig_talk(1, a, 400, b, 1000);
	}
	rig_talk(30, a, 400, b, 1000);
	assert_true(phone_hears(a, 1000) > 0.5);
	assert_true(phone_hears(b, 400) > 0.5);
	mix = mem_deref(mix);
	rig_close();
	close(stranger);
	unlink("/tmp/fuzz_media_packet.wav");
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fuzz)};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10) | 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
