/**
 * @file voice.h  A phone's audio: a tone out, an ear, telephone keys, or a modem; RTP and SRTP by
 * hand over a socket
 */
#ifndef SCENE_VOICE_H
#define SCENE_VOICE_H

#include <re.h>
#include "ear.h"

enum { VOICE_KEYS = 64, VOICE_KEY_BYTES = 30 };

/** Who speaks and hears in the place of tone and ear: samples at 8 kHz, inside libre's loop */
struct voice_user {
	void (*heard_h)(int16_t *pcm, size_t n, void *arg);
	void (*speak_h)(int16_t *pcm, size_t n, void *arg);
	void *arg;
};

struct voice {
	struct udp_sock *us;
	struct sa local, peer;
	struct tmr tmr;
	uint64_t due;
	double tone, phase;
	bool sending, muted; /* muted: packets of silence; not sending: no packets */
	uint8_t pt, te_pt;
	uint16_t seq;
	uint32_t ts, ssrc, key_ts, last_key_ts;
	unsigned key_step;
	char keys_out[VOICE_KEYS], keys_in[VOICE_KEYS];
	struct srtp *tx, *rx;
	uint8_t key[VOICE_KEY_BYTES]; /* SDES: ours */
	uint64_t packets_in, packets_out, bad;
	struct ear ear;
	struct voice_user user;
};

int voice_alloc(struct voice **vp, const struct sa *local, double tone);
void voice_peer(struct voice *v, const struct sa *peer, uint8_t pt, uint8_t te_pt);
int voice_srtp(struct voice *v, const uint8_t peer_key[VOICE_KEY_BYTES]);
void voice_use(struct voice *v, const struct voice_user *user);
void voice_send(struct voice *v, bool on);
int voice_press(struct voice *v, const char *keys);

#endif
