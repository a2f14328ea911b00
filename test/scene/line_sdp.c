/**
 * @file line_sdp.c  The description of a line, by libre's own SDP sessions
 */
#include <string.h>
#include "phone.h"

static const char suite[] = "AES_CM_128_HMAC_SHA1_80";

static int crypto_set(struct line *l, const char *tag)
{
	char key[64];
	size_t len = sizeof(key);
	int err = base64_encode(l->voice->key, VOICE_KEY_BYTES, key, &len);

	return err ? err
		   : sdp_media_set_lattr(l->audio, true, "crypto", "%s %s inline:%b", tag, suite,
					 key, len);
}

static int formats_add(struct line *l)
{
	static const char *const names[] = {"PCMU", "PCMA"};
	int err = 0;

	for (unsigned i = 0; i < 2 && !err; i++) {
		unsigned at = l->phone->pcma ? 1 - i : i;

		if (!l->phone->pcma || at == 1)
			err = sdp_format_add(NULL, l->audio, false, at ? "8" : "0", names[at], 8000,
					     1, NULL, NULL, NULL, false, NULL);
	}
	return err ? err
		   : sdp_format_add(NULL, l->audio, false, "101", "telephone-event", 8000, 1, NULL,
				    NULL, NULL, false, "0-15");
}

/** Opens the audio of a line */
int line_media_alloc(struct line *l)
{
	int err = voice_alloc(&l->voice, &l->phone->local, l->phone->tone);

	if (!err)
		err = sdp_session_alloc(&l->sdp, &l->voice->local);
	if (!err)
		err = sdp_media_add(&l->audio, l->sdp, sdp_media_audio, sa_port(&l->voice->local),
				    l->phone->srtp ? "RTP/SAVP" : sdp_proto_rtpavp);
	if (!err)
		err = formats_add(l);
	if (!err && l->phone->srtp)
		err = crypto_set(l, "1");
	return err;
}

/** Describes the line as an offer */
int line_offer(struct mbuf **mbp, struct line *l)
{
	return sdp_encode(mbp, l->sdp, true);
}

static bool crypto_take(const char *name, const char *value, void *arg)
{
	struct line *l = arg;
	struct pl tag, name_of, key;
	uint8_t raw[VOICE_KEY_BYTES + 2];
	size_t len = sizeof(raw);
	char own[16];

	if (re_regex(value, strlen(value), "[0-9]+ [^ ]+ inline:[^|]+", &tag, &name_of, &key) ||
	    pl_strcmp(&name_of, suite))
		return false;
	if (base64_decode(key.p, key.l > 40 ? 40 : key.l, raw, &len) || len != VOICE_KEY_BYTES)
		return false;
	(void)pl_strcpy(&tag, own, sizeof(own));
	return !crypto_set(l, own) && !voice_srtp(l->voice, raw);
}

/** Takes over what the other side described */
int line_description(struct line *l, const struct sip_msg *msg, bool offer)
{
	int err = sdp_decode(l->sdp, msg->mb, offer);

	if (err)
		return err;
	if (l->phone->srtp && !sdp_media_rattr_apply(l->audio, "crypto", crypto_take, l))
		return EPROTO;
	line_media_update(l);
	return sdp_media_rport(l->audio) ? 0 : EPROTO;
}

/** Describes the line as the answer to what was taken over */
int line_answer_description(struct mbuf **mbp, struct line *l)
{
	return sdp_encode(mbp, l->sdp, false);
}

/** Speaks or not, as state and direction say */
void line_media_update(struct line *l)
{
	const struct sdp_format *f = sdp_media_rformat(l->audio, NULL);
	const struct sdp_format *te = sdp_media_rformat(l->audio, "telephone-event");
	bool up = l->state == LINE_UP || (l->incoming && l->phone->early);

	if (f)
		voice_peer(l->voice, sdp_media_raddr(l->audio), (uint8_t)f->pt,
			   (uint8_t)(te ? te->pt : 101));
	voice_send(l->voice,
		   f && up && !l->silent && (sdp_media_dir(l->audio) & SDP_SENDONLY) != 0);
}
