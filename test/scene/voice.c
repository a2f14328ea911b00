/**
 * @file voice.c  A phone's audio
 */
#include <math.h>
#include <string.h>
#include <stdint.h>
#include <rem_g711.h>
#include "voice.h"

enum { PTIME = 20, SAMPLES = 160, LOUD = 8000, PCMU = 0, PCMA = 8, HEADROOM = 32 };
enum { KEY_PACKETS = 5, KEY_ENDS = 3, KEY_GAP = 4 };

static const char digits[] = "0123456789*#ABCD";

static void destructor(void *arg)
{
	struct voice *v = arg;

	tmr_cancel(&v->tmr);
	mem_deref(v->us);
	mem_deref(v->tx);
	mem_deref(v->rx);
}

static void key_heard(struct voice *v, const struct rtp_header *hdr, struct mbuf *mb)
{
	size_t n = strlen(v->keys_in);
	uint8_t event;

	if (mbuf_get_left(mb) < 4 || hdr->ts == v->last_key_ts)
		return;
	event = mbuf_read_u8(mb);
	v->last_key_ts = hdr->ts;
	if (event < sizeof(digits) - 1 && n + 1 < sizeof(v->keys_in))
		v->keys_in[n] = digits[event];
}

static void sound_heard(struct voice *v, uint8_t pt, struct mbuf *mb)
{
	int16_t pcm[SAMPLES * 6];
	size_t n = 0;

	while (mbuf_get_left(mb) && n < ARRAY_SIZE(pcm)) {
		uint8_t byte = mbuf_read_u8(mb);

		pcm[n++] = pt == PCMA ? g711_alaw2pcm(byte) : g711_ulaw2pcm(byte);
	}
	ear_hear(&v->ear, pcm, n);
	if (v->user.heard_h)
		v->user.heard_h(pcm, n, v->user.arg);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct voice *v = arg;
	struct rtp_header hdr;

	if ((v->rx && srtp_decrypt(v->rx, mb)) || rtp_hdr_decode(&hdr, mb)) {
		++v->bad;
		return;
	}
	++v->packets_in;
	if (hdr.pt == PCMU || hdr.pt == PCMA)
		sound_heard(v, hdr.pt, mb);
	else if (hdr.pt == v->te_pt)
		key_heard(v, &hdr, mb);
	else
		++v->bad;
}

static void tone_speak(int16_t *pcm, size_t n, struct voice *v)
{
	for (size_t i = 0; i < n; i++) {
		pcm[i] = v->muted ? 0 : (int16_t)(LOUD * sin(v->phase));
		v->phase += 2 * M_PI * v->tone / EAR_RATE;
	}
	v->phase = fmod(v->phase, 2 * M_PI);
}

static void sound_write(struct voice *v, struct mbuf *mb)
{
	int16_t pcm[SAMPLES];

	if (v->user.speak_h)
		v->user.speak_h(pcm, SAMPLES, v->user.arg);
	else
		tone_speak(pcm, SAMPLES, v);
	for (unsigned i = 0; i < SAMPLES; i++)
		(void)mbuf_write_u8(mb,
				    v->pt == PCMA ? g711_pcm2alaw(pcm[i]) : g711_pcm2ulaw(pcm[i]));
}

/* RFC 4733: five packets while the key is down, then the last one three times. */
static bool key_write(struct voice *v, struct rtp_header *hdr, struct mbuf *mb)
{
	const char *digit = strchr(digits, v->keys_out[0]);
	unsigned step = v->key_step++, duration;

	if (!v->keys_out[0] || !digit)
		return false;
	if (step >= KEY_PACKETS + KEY_ENDS) {
		if (step >= KEY_PACKETS + KEY_ENDS + KEY_GAP) {
			memmove(v->keys_out, v->keys_out + 1, sizeof(v->keys_out) - 1);
			v->key_step = 0;
		}
		return false;
	}
	if (step == 0)
		v->key_ts = v->ts;
	duration = SAMPLES * (step < KEY_PACKETS ? step + 1 : KEY_PACKETS);
	hdr->ts = v->key_ts;
	hdr->m = step == 0;
	hdr->pt = v->te_pt;
	(void)rtp_hdr_encode(mb, hdr);
	(void)mbuf_write_u8(mb, (uint8_t)(digit - digits));
	(void)mbuf_write_u8(mb, (uint8_t)((step >= KEY_PACKETS ? 0x80 : 0) | 10));
	(void)mbuf_write_u16(mb, htons((uint16_t)duration));
	return true;
}

static void packet_send(struct voice *v)
{
	struct mbuf *mb = mbuf_alloc(HEADROOM + 2 * SAMPLES);
	struct rtp_header hdr = {
		.ver = RTP_VERSION, .pt = v->pt, .seq = v->seq++, .ts = v->ts, .ssrc = v->ssrc};

	if (!mb)
		return;
	mb->pos = mb->end = HEADROOM;
	if (!key_write(v, &hdr, mb)) {
		(void)rtp_hdr_encode(mb, &hdr);
		sound_write(v, mb);
	}
	v->ts += SAMPLES;
	mb->pos = HEADROOM;
	if (!v->tx || !srtp_encrypt(v->tx, mb)) {
		mb->pos = HEADROOM;
		if (!udp_send(v->us, &v->peer, mb))
			++v->packets_out;
	}
	mem_deref(mb);
}

static void tick(void *arg)
{
	struct voice *v = arg;
	uint64_t now = tmr_jiffies();

	tmr_start(&v->tmr, PTIME / 2, tick, v);
	if (now > v->due + 1000)
		v->due = now;
	while (v->due <= now) {
		if (v->sending && sa_isset(&v->peer, SA_ALL))
			packet_send(v);
		v->due += PTIME;
	}
}

/**
 * Opens the socket of a phone's audio
 *
 * @param vp    The new voice
 * @param local Address; the port is the system's
 * @param tone  Frequency that it speaks
 *
 * @return 0 or errno
 */
int voice_alloc(struct voice **vp, const struct sa *local, double tone)
{
	struct voice *v = mem_zalloc(sizeof(*v), destructor);
	struct sa any = *local;
	int err;

	if (!v)
		return ENOMEM;
	sa_set_port(&any, 0);
	v->tone = tone;
	v->te_pt = 101;
	v->seq = rand_u16();
	v->ts = rand_u32();
	v->ssrc = rand_u32();
	v->last_key_ts = v->ts;
	rand_bytes(v->key, sizeof(v->key));
	v->due = tmr_jiffies();
	err = udp_listen(&v->us, &any, received, v);
	if (!err)
		err = udp_local_get(v->us, &v->local);
	if (err) {
		mem_deref(v);
		return err;
	}
	tmr_start(&v->tmr, PTIME, tick, v);
	*vp = v;
	return 0;
}

/** Says where to send, and by which payload types */
void voice_peer(struct voice *v, const struct sa *peer, uint8_t pt, uint8_t te_pt)
{
	v->peer = *peer;
	v->pt = pt;
	v->te_pt = te_pt;
}

/** Encrypts from now on: AES_CM_128_HMAC_SHA1_80 with our own key and the peer's (RFC 4568) */
int voice_srtp(struct voice *v, const uint8_t peer_key[VOICE_KEY_BYTES])
{
	int err = 0;

	if (!v->tx)
		err = srtp_alloc(&v->tx, SRTP_AES_CM_128_HMAC_SHA1_80, v->key, VOICE_KEY_BYTES, 0);
	v->rx = mem_deref(v->rx);
	return err ? err
		   : srtp_alloc(&v->rx, SRTP_AES_CM_128_HMAC_SHA1_80, peer_key, VOICE_KEY_BYTES, 0);
}

/** Gives the sound to somebody else than tone and ear */
void voice_use(struct voice *v, const struct voice_user *user)
{
	v->user = *user;
}

/** Starts or stops sending packets */
void voice_send(struct voice *v, bool on)
{
	v->sending = on;
}

/** Presses keys one after the other; EINVAL for what is not on a telephone */
int voice_press(struct voice *v, const char *keys)
{
	if (strspn(keys, digits) != strlen(keys) || strlen(keys) >= sizeof(v->keys_out))
		return EINVAL;
	str_ncpy(v->keys_out, keys, sizeof(v->keys_out));
	v->key_step = 0;
	return 0;
}
