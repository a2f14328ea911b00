/**
 * @file sdp_answer.c  From an offer and what we have to the answer (RFC 3264 section 6)
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "own.h"
#include "sdp.h"
#include "text.h"

/* Same name; a rate it cannot have is another codec (RFC 3551, RFC 7587) */
static const struct sdp_codec *offered(const struct sdp_desc *offer, const char *name)
{
	return sdp_codec_find(offer, name, strcasecmp(name, "opus") ? 8000 : 48000);
}

static bool codec_plain(const struct sdp_codec *c)
{
	return strcasecmp(c->name, "telephone-event") && strcasecmp(c->name, "CN") &&
	       strcasecmp(c->name, "red");
}

static const struct sdp_codec *choose(const struct sdp_desc *offer, const char *const *prefer)
{
	const struct sdp_codec *c;

	for (; prefer && *prefer; prefer++) {
		if ((c = offered(offer, *prefer)))
			return c;
	}
	for (unsigned i = 0; !prefer && i < offer->codecs; i++) {
		if (codec_plain(&offer->codec[i]))
			return &offer->codec[i];
	}
	return NULL;
}

static void codec_put(struct sdp_desc *answer, const struct sdp_codec *c, const char *fmtp)
{
	struct sdp_codec *mine = &answer->codec[answer->codecs++];

	*mine = *c;
	(void)text_printf(mine->fmtp, sizeof(mine->fmtp), "%s", fmtp);
}

/* Events at the clock of the codec; some phones offer them at 8000 beside Opus (RFC 4733 2.5.1.2)
 */
static int codecs_answer(struct sdp_desc *answer, const struct sdp_desc *offer,
			 const char *const *prefer)
{
	const struct sdp_codec *c = choose(offer, prefer), *event;
	bool opus = c && !strcasecmp(c->name, "opus");

	if (!c)
		return ENOTSUP;
	codec_put(answer, c, opus ? "minptime=10;useinbandfec=1" : "");
	event = sdp_codec_find(offer, "telephone-event", c->rate);
	if (!event)
		event = sdp_codec_find(offer, "telephone-event", 8000);
	if (event)
		codec_put(answer, event, "0-16");
	return 0;
}

static bool secure(const struct sdp_desc *sdp)
{
	switch (sdp->profile) {
	case SDP_SAVP:
		return sdp->sdes_key[0] != '\0';
	case SDP_DTLS:
		return sdp->fingerprint[0] != '\0';
	default:
		return true;
	}
}

/* Who opens the DTLS connection; an association that exists keeps its roles (RFC 8842 section 5) */
static const char *setup_answer(const struct sdp_desc *offer, const struct sdp_desc *ours)
{
	if (!strcmp(offer->setup, "holdconn"))
		return "holdconn";
	if (!strcmp(offer->setup, "passive"))
		return "active";
	return !strcmp(offer->setup, "actpass") && !strcmp(ours->setup, "active") ? "active"
										  : "passive";
}

static void security_answer(struct sdp_desc *answer, const struct sdp_desc *offer,
			    const struct sdp_desc *ours)
{
	answer->ice = offer->ice && ours->ice;
	answer->ice_lite = answer->ice && ours->ice_lite;
	if (offer->profile == SDP_DTLS)
		(void)text_printf(answer->setup, sizeof(answer->setup), "%s",
				  setup_answer(offer, ours));
	else
		answer->setup[0] = '\0';
	if (offer->profile == SDP_SAVP)
		(void)text_printf(answer->crypto_tag, sizeof(answer->crypto_tag), "%s",
				  offer->crypto_tag);
}

/* ITU-T T.38 D.2.3: how errors are mended and how the training is checked is the offer's to say,
 * and repeated. Parity only for who names nothing else. The local check we do not do: ENOTSUP. */
static int t38_answer(struct sdp_t38 *answer, const struct sdp_t38 *offer,
		      const struct sdp_t38 *ours)
{
	if (offer->local_tcf)
		return ENOTSUP;
	*answer = *ours;
	answer->version = MIN(offer->version, ours->version);
	if (offer->max_bitrate && (!ours->max_bitrate || offer->max_bitrate < ours->max_bitrate))
		answer->max_bitrate = offer->max_bitrate;
	answer->fec = offer->fec && !offer->copies && ours->fec;
	answer->fill = offer->fill && ours->fill;
	answer->mmr = offer->mmr && ours->mmr;
	answer->jbig = offer->jbig && ours->jbig;
	return 0;
}

/* An offer on hold in the old style is answered as if it said sendonly */
static enum sdp_dir direction_answer(const struct sdp_desc *offer, const struct sdp_desc *ours)
{
	enum sdp_dir theirs = offer->direction;

	if (theirs == SDP_SENDRECV && sdp_held(offer))
		theirs = SDP_SENDONLY;
	return sdp_reverse(theirs) & ours->direction;
}

static void lines_answer(struct sdp_desc *answer, const struct sdp_desc *offer)
{
	memcpy(answer->other, offer->other, sizeof(answer->other));
	answer->lines = offer->lines;
	answer->index = offer->index;
	memcpy(answer->mid, offer->mid, sizeof(answer->mid));
	answer->bundle = offer->bundle;
	answer->avpf = offer->avpf;
}

/** See sdp.h */
int sdp_answer(struct sdp_desc *answer, const struct sdp_desc *offer, const struct sdp_desc *ours,
	       const char *const *prefer)
{
	struct sdp_desc a = *ours;
	int err = 0;

	if (!offer->port || offer->profile != ours->profile || !secure(offer) || !secure(ours))
		return ENOTSUP;
	lines_answer(&a, offer);
	memset(a.codec, 0, sizeof(a.codec));
	a.codecs = 0;
	a.rtcp_mux = offer->rtcp_mux && ours->rtcp_mux;
	a.direction = direction_answer(offer, ours);
	security_answer(&a, offer, ours);
	if (offer->profile == SDP_UDPTL)
		err = t38_answer(&a.t38, &offer->t38, &ours->t38);
	else
		err = codecs_answer(&a, offer, prefer);
	if (!err)
		*answer = a;
	return err;
}
