/**
 * @file media.h  Streams: one party's audio, on a media worker
 *
 * The core thread owns `struct stream` handles and calls everything here; the packets live on the
 * workers, plain epoll threads with a 20 ms tick. A call posts a command to the stream's worker and
 * returns at once. News come back as `struct stream_event` on the core actor given to
 * engine_alloc(). All streams that may be bridged must be allocated with the same `affinity`, which
 * picks the worker. A packet is accepted only from the address that signalling or ICE bound
 * (contract 12, 13 of docs/security); nothing is sent to an address that has not proved itself.
 * Nothing on the packet path allocates, locks, logs or touches a file.
 */
#ifndef CARILLON_MEDIA_H
#define CARILLON_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <re.h>
#include "actor.h"

struct engine;
struct stream;

enum codec_id { CODEC_NONE, CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS };

/** Direction as we see it: what we send and what we take; hold is a direction, not a state */
enum { STREAM_SEND = 1, STREAM_RECV = 2, STREAM_BOTH = 3 };

enum record_end { RECORD_STOPPED, RECORD_SILENCE, RECORD_LIMIT, RECORD_KEY, RECORD_ERROR };

/** A recording whose file is complete, whether or not its stream still lives */
struct taped {
	const char *path;
	uint32_t duration_ms; /* of what is in the file; 0: it could not be completed */
	enum record_end end;
	int err; /* with RECORD_ERROR; the file holds what was written until then */
};

struct engine_conf {
	struct sa bind;		     /* local address of all media sockets (port ignored) */
	uint16_t port_min, port_max; /* even port RTP, odd port RTCP when not muxed       */
	unsigned workers;	     /* at least 1                                        */
	uint64_t silence_ms;	     /* no packet for so long: STREAM_SILENT              */
	const char *sounds, *music;  /* folders of WAV prompts and music, may be missing  */
	struct actor *core;	     /* where stream events are delivered                 */
	/** Every recording, once, before STREAM_RECORDED; on the core thread, also during
	 * engine_stop() */
	void (*taped_h)(const struct taped *t, void *arg);
	void *taped_arg;
	/** What is played instead of a sound named to stream_play(), such as "music" or a prompt,
	 * to streams of an affinity; false: nothing else. On the core thread; may be NULL */
	bool (*sound_h)(char *what, size_t size, uint32_t affinity, const char *name, void *arg);
	void *sound_arg;
};

/** What the SDP of our side says; fixed from the stream's birth to its end */
struct stream_local {
	uint16_t port, rtcp_port;
	char ufrag[16], pwd[40]; /* ICE-lite, RFC 8445                                */
	char fingerprint[100];	 /* "AB:CD:...", sha-256, RFC 8122                    */
	char sdes_key[48];	 /* base64 key and salt of our sending side, RFC 4568,
				    AES_CM_128_HMAC_SHA1_80 */
	uint32_t ssrc;
	char cname[20];
};

enum stream_security { SECURITY_NONE, SECURITY_SDES, SECURITY_DTLS };

/** What negotiation decided; set as a whole by stream_update() */
struct stream_remote {
	enum stream_security security;
	struct sa rtp, rtcp;  /* ignored with ICE; rtcp port 0: rtp port + 1       */
	struct sa sip_source; /* symmetric RTP: only this host may move the address*/
	bool ice, rtcp_mux;
	char ufrag[260], pwd[260]; /* the peer's ICE credentials                        */
	char fingerprint[100];	   /* peer certificate, upper-case sha-256 with colons  */
	bool dtls_active;	   /* we are the DTLS client (peer answered passive)    */
	char sdes_key[48];	   /* the peer's sending key                            */
	enum codec_id codec;	   /* what we send and expect                           */
	uint8_t pt_send, pt_recv;  /* payload types of codec towards / from the peer    */
	uint8_t event_pt_send, event_pt_recv; /* telephone-event, 0 for none              */
	uint32_t event_rate; /* its clock: 8000 or 48000                          */
	bool key_tones;	     /* keys are tones in the audio, both ways            */
	uint8_t ptime;	     /* ms, 20 unless agreed otherwise                    */
	int direction;	     /* STREAM_SEND|STREAM_RECV                            */
};

enum stream_event_kind {
	STREAM_CONNECTED, /* first authenticated packet arrived (ICE+DTLS done, or first RTP)     */
	STREAM_DTMF,	 /* a key was pressed: digit, duration_ms; once per key                   */
	STREAM_PLAYED,	 /* the play of this id ran to its end or was stopped                     */
	STREAM_RECORDED, /* the record of this id ended: ms, reason */
	STREAM_SILENT, /* no packet for silence_ms                                               */
	STREAM_FAILED, /* DTLS failed or the fingerprint did not match                           */
	STREAM_CNG, /* a fax machine calls (only while stream_listen_fax is on)                  */
	STREAM_VOICE, /* speech began (only while stream_listen_voice is on)                    */
};

struct stream_event {
	enum stream_event_kind kind;
	char digit; /* '0'-'9', '*', '#', 'A'-'D'             */
	uint32_t duration_ms;
	uint32_t play; /* id given by stream_play()/record      */
	enum record_end end;
	int err;
};

struct stream_stats {
	enum codec_id codec;
	char remote[64]; /* address and port packets come from     */
	uint64_t packets_in, packets_out, bytes_in, bytes_out;
	uint64_t lost; /* from gaps in the sequence               */
	uint32_t jitter_ms, rtt_ms;
	uint32_t remote_lost; /* what the peer's RTCP reports            */
	uint16_t mos_x100;    /* E-model estimate (ITU-T G.107), 441 best*/
	uint64_t dropped_source, dropped_auth;
	uint64_t silent_ms; /* since the last accepted packet          */
};

/** Delivered on the core thread; not after stream_free() (mem_deref of the stream) */
typedef void(stream_event_h)(struct stream *s, const struct stream_event *ev, void *arg);
typedef void(stream_stats_h)(const struct stream_stats *st, void *arg);

int engine_alloc(struct engine **ep, const struct engine_conf *conf);
void engine_stop(struct engine *e);
unsigned engine_streams(const struct engine *e);
uint64_t engine_cpu_us(const struct engine *e);

int stream_alloc(struct stream **sp, struct engine *e, uint32_t affinity, stream_event_h *h,
		 void *arg);
const struct stream_local *stream_local(const struct stream *s);
int stream_update(struct stream *s, const struct stream_remote *remote);

/* Who hears whom. Bridging replaces what either heard before; NULL unbridges. */
void stream_bridge(struct stream *a, struct stream *b);
void stream_patience(struct stream *s, uint32_t ms); /* until STREAM_SILENT */
void stream_vouch(struct stream *s);		     /* send where its SDP says */
void stream_mute(struct stream *s, bool muted);	     /* others stop hearing s          */

/* Play: to this party. Kinds of source: a prompt name ("vm-intro"), a list of prompts joined by
   '&', "music", "tone:ring", "tone:busy", "tone:congestion", "tone:beep", "tone:record",
   "silence:MS", or "file:/abs/path.wav". */
uint32_t stream_play(struct stream *s, const char *what, bool loop);
void stream_stop_play(struct stream *s);
uint32_t stream_record(struct stream *s, const char *path, uint32_t max_ms, uint32_t silence_ms,
		       const char *stop_keys);
uint32_t stream_record_both(struct stream *s,
			    const char *path); /* this party left, what it hears right */
void stream_stop_record(struct stream *s);
void stream_pause_record(struct stream *s, bool paused);
int tape_repair(uint32_t *ms, const char *path);
void stream_send_dtmf(struct stream *s, char digit, uint32_t duration_ms);
void stream_listen_voice(struct stream *s, bool on);
void stream_listen_fax(struct stream *s, uint32_t ms);

/* Echo: what the party says comes back, after delay_ms */
void stream_echo(struct stream *s, uint32_t delay_ms);

/* Another process: messages of pipe_sound.h, both ways */
int stream_pipe(struct stream *s, int fd);
int engine_datagrams(struct engine *e, int *fdp, uint16_t *port);

/* Conference: every stream in a mix hears the others. */
struct mix;
int mix_alloc(struct mix **mp, struct engine *e, uint32_t affinity);
void mix_add(struct mix *m, struct stream *s, bool speaks);
void mix_remove(struct mix *m, struct stream *s);

int stream_stats(struct stream *s, stream_stats_h *h,
		 void *arg); /* h is called on the core thread, once; also after the stream was
				freed it is called with what was last known, or not at all */
void stream_last_stats(const struct stream *s,
		       struct stream_stats *st); /* lock-free snapshot, at most a second old */

const char *codec_name(enum codec_id id); /* SDP encoding name */
enum codec_id codec_by_name(const char *name, uint32_t rate);

#endif
