/**
 * @file party.h  The worker's side of a stream
 *
 * Inside src/media, on the worker's thread.
 */
#ifndef CARILLON_MEDIA_PARTY_H
#define CARILLON_MEDIA_PARTY_H

#include "cng.h"
#include "dtls.h"
#include "dtmf.h"
#include "ice.h"
#include "ear.h"
#include "resample.h"
#include "rtp.h"
#include "seal.h"
#include "stats.h"
#include "tones.h"
#include "voice.h"
#include "worker.h"

enum { PTIME_MAX = 60, HOLD_SAMPLES = RATE_WIDE / 1000 * PTIME_MAX + PCM_MAX };

/** What epoll points at */
struct end {
	struct party *party;
	int fd;
	bool rtcp;
};

/** Needed only where audio is decoded or made */
struct audio {
	struct ear ear; /* its jitter buffer only while tapped            */
	struct encoder encoder;
	struct resample narrow;	  /* tap -> tap8                                    */
	struct resample told;	  /* what it is told -> told8                       */
	bool heard;		  /* this tick's tap is audio                       */
	int16_t tap[SAMPLES_MAX]; /* this tick's audio from the party, at its rate  */
	int16_t tap8[FRAME_NARROW];
	int16_t told8[FRAME_NARROW]; /* what it is told this tick, for recording    */
	int16_t hold[HOLD_SAMPLES];  /* what waits for a whole packet               */
	size_t held;
	uint32_t held_rate;
};

enum {
	TAP_RECORD = 1,
	TAP_VOICE = 2,
	TAP_MIX = 4,
	TAP_ECHO = 8,
	TAP_PEER = 16,
	TAP_PIPE = 32,
	TAP_KEYS = 64,
	TAP_CNG = 128
};

struct play;
struct record;
struct member;
struct echo;

struct party {
	struct le by_id, beat, ticking, shaking;
	struct worker *w;
	uint32_t id;
	struct end rtp, rtcp;
	struct stream_local local;
	struct stream_remote remote;
	bool known; /* the remote was told                            */
	bool connected, silent, failed, was_held;

	/* where to, and from whom */
	struct sa addr, rtcp_addr;
	bool latched; /* a packet came from addr                               */
	bool named;   /* addr is of the host that signals                      */
	bool vouched; /* what signalling names is believed                     */
	struct ice ice;
	struct dtls *dtls;
	unsigned dtls_tries;
	struct seal *in, *out;	/* with DTLS only after the fingerprint matched   */
	struct seal *sdes_out;	/* one for life: its key is                       */
	struct dtls_keys *keys; /* waits for the fingerprint                      */
	char verified[FINGERPRINT_SIZE];

	/* packets */
	const struct codec_kind *kind;
	struct rtp_in rtp_in;
	struct rtp_out rtp_out;
	struct dtmf_in dtmf_in;
	struct dtmf_relay relay;
	struct dtmf_out dtmf_out;
	struct tones_in tones_in;
	struct rtcp_state {
		unsigned wait;	  /* seconds until the next report            */
		uint32_t last_sr; /* middle of the peer's NTP time            */
		uint64_t last_sr_us;
		uint32_t rtt_ms, remote_lost;
	} report;
	uint64_t accepted_ms, silent_from_ms;
	uint64_t patience_ms; /* without a packet; 0: the worker's */
	uint64_t dropped_source, dropped_auth;
	struct stats_cell *cell;

	/* who hears whom */
	struct party *peer;
	bool muted;
	unsigned taps;
	uint32_t
		taped; /* number of this stretch in which its recordings decode it; 0: it is here */
	struct audio *audio;
	struct play *play;
	struct record *record;
	struct member *member;
	struct echo *echo;
	struct voice *voice;
	struct cng cng;
	uint32_t cng_ticks; /* so long it is listened for */
	struct pipe *pipe;  /* to another process */
};

/* party.c */
void party_birth_h(void *obj);
void party_release_h(void *obj);
void party_update_h(void *obj);
void party_stats_h(void *obj);
void party_vouch_h(void *obj);
void party_patience_h(void *obj);
void party_event(struct party *p, enum stream_event_kind kind);
bool party_proved(const struct party *p);
bool party_can_send(const struct party *p);
bool party_takes(const struct party *p);
int party_send(struct party *p, uint8_t *payload, size_t size, uint8_t pt, bool marker,
	       uint16_t seq, uint32_t ts);
void party_second(struct party *p);

/* packet.c */
void packet_read(struct end *e);
void party_accepted(struct party *p);

/* secure.c */
int secure_update(struct party *p, const struct stream_remote *was);
void secure_dtls(struct party *p, const uint8_t *n, size_t size, const struct sa *from);
void secure_step(struct party *p);
void secure_close(struct party *p);
void secure_retry(struct party *p);

/* rtcp.c */
void rtcp_read(struct party *p, const uint8_t *packet, size_t n);
void rtcp_second(struct party *p);
void rtcp_bye(struct party *p);

/* subs.c */
void subs_refresh(struct party *p);
void subs_part(struct party *p);
void subs_bridge_h(void *obj);
void subs_mute_h(void *obj);
void subs_voice_h(void *obj);
void subs_cng_h(void *obj);
void subs_packet(struct party *p, struct rtp_packet *pkt);
void subs_event(struct party *p, struct rtp_packet *pkt);

/* tap.c */
int tap_ready(struct party *p);
void tap_packet(struct party *p, const struct rtp_packet *pkt, struct party *to);
void tap_tick(struct party *p);
void told_note(struct party *p, const int16_t *pcm, uint32_t rate);
void told_pcm(struct party *p, const int16_t *pcm, size_t n, uint32_t rate, uint64_t source);
void told_key(struct party *p, const int16_t pcm[FRAME_NARROW]);
void key_heard(struct party *p, char digit, uint32_t ms);

/* play.c */
void play_h(void *obj);
void play_ready_h(void *obj);
void play_stop_h(void *obj);
void play_end(struct party *p, int err);
bool play_tick(struct party *p, int16_t pcm[FRAME_NARROW]);
uint32_t play_id(const struct play *play);

/* record.c */
void record_h(void *obj);
void record_stop_h(void *obj);
void record_pause_h(void *obj);
void record_end(struct party *p, enum record_end why);
void record_tick(struct party *p);
void record_key(struct party *p, char digit);
bool record_both(const struct party *p);
void record_packet(struct party *p, const struct rtp_packet *pkt);

/* mix.c */
void mix_birth_h(void *obj);
void mix_release_h(void *obj);
void mix_add_h(void *obj);
void mix_remove_h(void *obj);
void mix_leave(struct party *p);
void mix_tick(struct worker *w);
bool mix_wide(const struct party *p);
void mix_told(struct party *p, int16_t *pcm, uint32_t *rate);

/* echo.c */
void echo_h(void *obj);
void echo_end(struct party *p);
void echo_tick(struct party *p, int16_t pcm[FRAME_NARROW]);

/* pipe.c */
void pipe_h(void *obj);
void pipe_end(struct party *p);
void pipe_tick(struct party *p, int16_t pcm[FRAME_NARROW]);

/* dtmf.c, with the party */
void dtmf_send_h(void *obj);
void dtmf_tick(struct party *p);
void dtmf_watch(struct party *p);

#endif
