/**
 * @file line_image.c  A line that becomes T.38 by a re-INVITE, by libre's own SDP sessions
 */
#include <string.h>
#include "phone.h"

static int attributes_set(struct sdp_media *m)
{
	static const char *const rows[][2] = {
		{"T38FaxVersion", "0"},
		{"T38MaxBitRate", "14400"},
		{"T38FaxRateManagement", "transferredTCF"},
		{"T38FaxMaxBuffer", "2000"},
		{"T38FaxMaxDatagram", "1400"},
		{"T38FaxUdpEC", "t38UDPRedundancy"},
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		err = sdp_media_set_lattr(m, true, rows[i][0], "%s", rows[i][1]);
	return err;
}

static int image_open(struct line *l)
{
	int err;

	if (l->image)
		return 0;
	err = image_alloc(&l->image, &l->phone->local);
	if (!err)
		err = sdp_session_alloc(&l->image_sdp, &l->image->local);
	if (!err)
		err = sdp_media_add(&l->image_media, l->image_sdp, "image",
				    sa_port(&l->image->local), "udptl");
	if (!err)
		err = sdp_format_add(NULL, l->image_media, false, "t38", NULL, 0, 0, NULL, NULL,
				     NULL, false, NULL);
	return err ? err : attributes_set(l->image_media);
}

/** Whether the phone becomes a fax machine by this description */
bool line_image_wanted(const struct line *l, const struct sip_msg *msg)
{
	return l->phone->t38 && !re_regex((const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb),
					  "m=image [1-9]1", NULL);
}

/** Takes over what the other side described; from now on it is T.38 */
int line_image_description(struct line *l, const struct sip_msg *msg, bool offer)
{
	int err = image_open(l);

	if (!err)
		err = sdp_decode(l->image_sdp, msg->mb, offer);
	if (!err && !sdp_media_rport(l->image_media))
		err = EPROTO;
	if (!err)
		voice_send(l->voice, false);
	return err;
}

/** Where its packets go */
const struct sa *line_image_peer(const struct line *l)
{
	return sdp_media_raddr(l->image_media);
}

/** Asks for T.38 by a re-INVITE */
int line_image_ask(struct line *l)
{
	struct mbuf *desc = NULL;
	int err = l->state == LINE_UP ? image_open(l) : ENOTCONN;

	if (!err)
		err = sdp_encode(&desc, l->image_sdp, true);
	if (!err)
		err = sipsess_modify(l->sess, desc);
	mem_deref(desc);
	return err;
}

/** Describes it as the answer to what was taken over */
int line_image_answer(struct mbuf **mbp, struct line *l)
{
	return sdp_encode(mbp, l->image_sdp, false);
}
