/**
 * @file media_rig.h  What the stream tests share: an engine, and phones of plain sockets
 *
 * The engine's workers run in real time; a test waits for what it expects by wait_until(), at most
 * five seconds, while it runs the core's inbox and lets every phone read.
 */
#ifndef MEDIA_RIG_H
#define MEDIA_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "codec.h"
#include "dtmf.h"
#include "media.h"
#include "own.h"
#include "rtp.h"
#include "sound.h"

enum { RIG_PHONES = 8, HEARD_MAX = 8000 * 20, WAIT_MS = 5000 };

static struct engine *engine;
static struct actor *core;

/** One party: the stream under test and the socket that plays its phone */
struct phone {
	int fd, rtcp_fd;
	struct sa local, rtcp_local, peer; /* peer: the stream's RTP address         */
	struct stream *stream;
	struct stream_remote remote;
	struct decoder decoder;
	struct encoder encoder;
	uint16_t seq;
	uint32_t ts, ssrc, phase;
	unsigned events[8], sent;
	struct stream_event last[8];
	char keys[64];
	/* what it received */
	unsigned packets, markers, gaps, time_jumps, rtcp, foreign;
	uint16_t last_seq;
	uint32_t last_ts, last_length, first_ssrc;
	uint8_t last_pt, bytes[2048];
	size_t size;
	int16_t heard[HEARD_MAX];
	size_t samples;
	void (*packet_h)(struct phone *ph, uint8_t *p, size_t n);
};

static struct phone *phones[RIG_PHONES];

static inline uint64_t real_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static unsigned taped_count;
static struct taped taped_last;

static inline void rig_taped(const struct taped *t, void *arg)
{
	++taped_count;
	taped_last = *t;
}

static inline void rig_open(uint64_t silence_ms)
{
	struct engine_conf conf = {.workers = 1,
				   .silence_ms = silence_ms,
				   .sounds = "/usr/share/asterisk/sounds/en_US_f_Allison",
				   .music = "/usr/share/asterisk/moh",
				   .taped_h = rig_taped};

	sa_set_str(&conf.bind, "127.0.0.1", 0);
	assert_int_equal(actor_alloc(&core, "core", 100000), 0);
	conf.core = core;
	assert_int_equal(engine_alloc(&engine, &conf), 0);
}

static inline void rig_close(void)
{
	for (int i = 0; i < RIG_PHONES; i++) {
		struct phone *ph = phones[i];

		phones[i] = NULL;
		if (!ph)
			continue;
		mem_deref(ph->stream);
		mem_deref(ph->decoder.state);
		mem_deref(ph->encoder.state);
		close(ph->fd);
		close(ph->rtcp_fd);
		free(ph);
	}
	assert_int_equal(engine_streams(engine), 0);
	engine = mem_deref(engine);
	actor_run(core);
	core = mem_deref(core);
}

/** For a test that needs nothing else: phones may be silent for ever */
static inline int rig_setup(void **state)
{
	rig_open(0);
	return 0;
}

static inline int rig_teardown(void **state)
{
	rig_close();
	return 0;
}

static inline int udp_socket(struct sa *local, const char *host)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	sa_set_str(local, host, 0);
	assert_int_equal(bind(fd, &local->u.sa, local->len), 0);
	assert_int_equal(getsockname(fd, &local->u.sa, &local->len), 0);
	return fd;
}

static inline void rig_event_h(struct stream *s, const struct stream_event *ev, void *arg)
{
	struct phone *ph = arg;

	assert_ptr_equal(s, ph->stream);
	++ph->events[ev->kind];
	ph->last[ev->kind] = *ev;
	if (ev->kind == STREAM_DTMF && strlen(ph->keys) < sizeof(ph->keys) - 1)
		ph->keys[strlen(ph->keys)] = ev->digit;
}

/** A phone on 127.0.0.1 with a stream that does not know it yet */
static inline struct phone *phone_new(enum codec_id codec)
{
	struct phone *ph = calloc(1, sizeof(*ph));
	const struct codec_kind *kind = codec_kind(codec);

	ph->fd = udp_socket(&ph->local, "127.0.0.1");
	ph->rtcp_fd = udp_socket(&ph->rtcp_local, "127.0.0.1");
	ph->ssrc = 0x1000 + (uint32_t)ph->fd;
	ph->seq = (uint16_t)(1000 * ph->fd);
	ph->ts = 77777u * (uint32_t)ph->fd;
	assert_int_equal(stream_alloc(&ph->stream, engine, 7, rig_event_h, ph), 0);
	sa_set_str(&ph->peer, "127.0.0.1", stream_local(ph->stream)->port);
	ph->remote = (struct stream_remote){.rtp = ph->local,
					    .rtcp = ph->rtcp_local,
					    .sip_source = ph->local,
					    .codec = codec,
					    .pt_send = 96,
					    .pt_recv = 96,
					    .event_pt_send = 101,
					    .event_pt_recv = 101,
					    .event_rate = kind->clock,
					    .ptime = 20,
					    .direction = STREAM_BOTH};
	assert_int_equal(decoder_set(&ph->decoder, codec, RATE_NARROW), 0);
	assert_int_equal(encoder_set(&ph->encoder, codec, RATE_NARROW), 0);
	for (int i = 0; i < RIG_PHONES; i++) {
		if (!phones[i]) {
			phones[i] = ph;
			return ph;
		}
	}
	fail();
	return NULL;
}

static inline struct phone *phone_up(enum codec_id codec)
{
	struct phone *ph = phone_new(codec);

	assert_int_equal(stream_update(ph->stream, &ph->remote), 0);
	return ph;
}

/** Sends a payload as the next packet of the phone's RTP */
static inline void phone_packet(struct phone *ph, uint8_t pt, bool marker, const void *payload,
				size_t n)
{
	uint8_t b[2048];

	rtp_header(b, pt, marker, ++ph->seq, ph->ts, ph->ssrc);
	memcpy(b + RTP_HEADER, payload, n);
	sendto(ph->fd, b, RTP_HEADER + n, 0, &ph->peer.u.sa, ph->peer.len);
	++ph->sent;
}

/** Says 20 ms of a tone; 0 Hz is silence */
static inline void phone_say(struct phone *ph, unsigned hz)
{
	int16_t pcm[FRAME_NARROW];
	uint8_t b[CODED_MAX];
	int n;

	for (size_t i = 0; i < FRAME_NARROW; i++, ph->phase++)
		pcm[i] = (int16_t)(hz ? 6000 * sin(2 * M_PI * hz * ph->phase / 8000.0) : 0);
	n = encoder_run(&ph->encoder, b, pcm, FRAME_NARROW);
	assert_true(n > 0);
	ph->ts += codec_kind(ph->remote.codec)->clock / 50;
	phone_packet(ph, ph->remote.pt_send, false, b, (size_t)n);
}

static inline void phone_take(struct phone *ph, uint8_t *p, size_t n)
{
	struct rtp_packet pkt;
	int16_t pcm[PCM_MAX];
	int count;

	if (rtp_parse(&pkt, p, n) || rtp_payload(&pkt))
		return;
	if (p[1] >= 192 && p[1] <= 223) {
		++ph->rtcp;
		return;
	}
	if (ph->packets) {
		ph->gaps += pkt.seq != (uint16_t)(ph->last_seq + 1);
		ph->time_jumps += pkt.ts != ph->last_ts + ph->last_length;
		ph->foreign += pkt.ssrc != ph->first_ssrc;
	}
	ph->first_ssrc = pkt.ssrc;
	++ph->packets;
	ph->markers += pkt.marker;
	ph->last_seq = pkt.seq;
	ph->last_ts = pkt.ts;
	ph->last_pt = pkt.pt;
	memcpy(ph->bytes, p, n);
	ph->size = n;
	if (pkt.pt != ph->remote.pt_recv)
		return;
	ph->last_length = (uint32_t)ph->decoder.kind->length(pkt.payload, pkt.size);
	count = decoder_run(&ph->decoder, pcm, pkt.payload, pkt.size);
	for (int i = 0; i < count && ph->samples < HEARD_MAX; i++)
		ph->heard[ph->samples++] = pcm[i];
}

static inline void phone_read(struct phone *ph)
{
	uint8_t b[2048];
	ssize_t n;

	while ((n = recv(ph->fd, b, sizeof(b), 0)) > 0) {
		if (ph->packet_h)
			ph->packet_h(ph, b, (size_t)n);
		else
			phone_take(ph, b, (size_t)n);
	}
	while ((n = recv(ph->rtcp_fd, b, sizeof(b), 0)) > 0)
		++ph->rtcp;
}

static inline void rig_run(void)
{
	actor_run(core);
	for (int i = 0; i < RIG_PHONES; i++) {
		if (phones[i])
			phone_read(phones[i]);
	}
}

/** Runs until a condition holds; the test fails when it does not within five seconds */
#define wait_until(condition)                                                                      \
	do {                                                                                       \
		uint64_t wait_end = real_ms() + WAIT_MS;                                           \
		while (!(condition) && real_ms() < wait_end) {                                     \
			poll(NULL, 0, 1);                                                          \
			rig_run();                                                                 \
		}                                                                                  \
		assert_true(condition);                                                            \
	} while (0)

/** The worker has handled everything that was ordered so far */
static inline void rig_answered(const struct stream_stats *st, void *arg)
{
	*(struct stream_stats *)arg = *st;
	((struct stream_stats *)arg)->codec = st->codec ? st->codec : CODEC_OPUS + 1;
}

static inline struct stream_stats rig_settle(struct phone *ph)
{
	struct stream_stats st = {0};

	stream_stats(ph->stream, rig_answered, &st);
	wait_until(st.codec);
	return st;
}

/** Every 20 ms for `frames` frames: each of the given phones says its tone */
static inline void rig_talk(unsigned frames, struct phone *a, unsigned hz_a, struct phone *b,
			    unsigned hz_b)
{
	uint64_t due = real_ms();

	for (unsigned i = 0; i < frames; i++, due += FRAME_MS) {
		if (a)
			phone_say(a, hz_a);
		if (b)
			phone_say(b, hz_b);
		do {
			poll(NULL, 0, 1);
			rig_run();
		} while (real_ms() < due + FRAME_MS);
	}
}

/** Share of a tone in the energy of some audio at 8 kHz (Goertzel) */
static inline double tone_share(const int16_t *pcm, size_t n, unsigned hz)
{
	double c = 2 * cos(2 * M_PI * hz / 8000.0), s1 = 0, s2 = 0, all = 1;

	for (size_t i = 0; i < n; i++) {
		double s0 = pcm[i] + c * s1 - s2;

		all += (double)pcm[i] * pcm[i];
		s2 = s1;
		s1 = s0;
	}
	return 2 * (s1 * s1 + s2 * s2 - c * s1 * s2) / ((double)(n ? n : 1) * all);
}

/** The same for the newest second a phone heard */
static inline double phone_hears(const struct phone *ph, unsigned hz)
{
	size_t n = ph->samples < 4000 ? ph->samples : 4000;

	return tone_share(ph->heard + ph->samples - n, n, hz);
}

static inline void phone_forget(struct phone *ph)
{
	ph->samples = 0;
	ph->packets = ph->markers = ph->gaps = ph->time_jumps = ph->foreign = 0;
}

#endif
