/**
 * @file sdp.c  Printing a session description, and small questions about one
 */
#include <string.h>
#include <strings.h>
#include "sdp_private.h"

/** Appends; once it does not fit, nothing more is written and n stays negative */
struct print {
	char *text;
	size_t size;
	int n;
};

static void put(struct print *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (p->n < 0)
		return;
	va_start(ap, fmt);
	n = re_vsnprintf(p->text + p->n, p->size - (size_t)p->n, fmt, ap);
	va_end(ap);
	p->n = n < 0 ? -1 : p->n + n;
}

/** As the m= line spells it */
const char *sdp_profile_name(const struct sdp_desc *sdp)
{
	switch (sdp->profile) {
	case SDP_SAVP:
		return sdp->avpf ? "RTP/SAVPF" : "RTP/SAVP";
	case SDP_DTLS:
		return sdp->avpf ? "UDP/TLS/RTP/SAVPF" : "UDP/TLS/RTP/SAVP";
	case SDP_UDPTL:
		return "udptl";
	default:
		return sdp->avpf ? "RTP/AVPF" : "RTP/AVP";
	}
}

static const char *family(const struct sdp_desc *sdp)
{
	return strchr(sdp->addr, ':') ? "IP6" : "IP4";
}

static void put_session(struct print *p, const struct sdp_desc *sdp)
{
	const char *addr = sdp->addr[0] ? sdp->addr : "0.0.0.0";

	put(p, "v=0\r\no=- %llu %llu IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n", sdp->session,
	    sdp->version, family(sdp), addr, family(sdp), addr);
	if (sdp->bundle && sdp->mid[0] && sdp->port)
		put(p, "a=group:BUNDLE %s\r\n", sdp->mid);
	if (sdp->ice && sdp->ice_lite)
		put(p, "a=ice-lite\r\n");
}

static void put_codecs(struct print *p, const struct sdp_desc *sdp)
{
	for (unsigned i = 0; i < sdp->codecs; i++) {
		const struct sdp_codec *c = &sdp->codec[i];

		put(p, "a=rtpmap:%u %s/%u", c->pt, c->name, c->rate);
		if (c->channels > 1)
			put(p, "/%u", c->channels);
		put(p, "\r\n");
		if (c->fmtp[0])
			put(p, "a=fmtp:%u %s\r\n", c->pt, c->fmtp);
	}
	if (sdp->ptime)
		put(p, "a=ptime:%u\r\n", sdp->ptime);
}

/* One host candidate for RTP, one for RTCP if it has a port of its own (RFC 8445 section 5.3) */
static void put_ice(struct print *p, const struct sdp_desc *sdp)
{
	put(p, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", sdp->ufrag, sdp->pwd);
	put(p, "a=candidate:1 1 UDP 2130706431 %s %u typ host\r\n", sdp->addr, sdp->port);
	if (!sdp->rtcp_mux && sdp->rtcp_port)
		put(p, "a=candidate:1 2 UDP 2130706430 %s %u typ host\r\n", sdp->addr,
		    sdp->rtcp_port);
	put(p, "a=end-of-candidates\r\n");
}

static void put_security(struct print *p, const struct sdp_desc *sdp)
{
	if (sdp->profile == SDP_SAVP && sdp->sdes_key[0])
		put(p, "a=crypto:%s AES_CM_128_HMAC_SHA1_80 inline:%s\r\n",
		    sdp->crypto_tag[0] ? sdp->crypto_tag : "1", sdp->sdes_key);
	if (sdp->profile != SDP_DTLS)
		return;
	if (sdp->fingerprint[0])
		put(p, "a=fingerprint:sha-256 %s\r\n", sdp->fingerprint);
	if (sdp->setup[0])
		put(p, "a=setup:%s\r\n", sdp->setup);
}

static void put_audio(struct print *p, const struct sdp_desc *sdp)
{
	static const char *const directions[] = {"inactive", "recvonly", "sendonly", "sendrecv"};

	put_codecs(p, sdp);
	put(p, "a=%s\r\n", directions[sdp->direction & SDP_SENDRECV]);
	if (sdp->rtcp_mux)
		put(p, "a=rtcp-mux\r\n");
	else if (sdp->rtcp_port && sdp->rtcp_port != sdp->port + 1)
		put(p, "a=rtcp:%u\r\n", sdp->rtcp_port);
	put_security(p, sdp);
	if (sdp->ice)
		put_ice(p, sdp);
	if (sdp->ssrc && sdp->cname[0])
		put(p, "a=ssrc:%u cname:%s\r\n", sdp->ssrc, sdp->cname);
}

/* ITU-T T.38 annex D */
static void put_t38(struct print *p, const struct sdp_desc *sdp)
{
	const struct sdp_t38 *t = &sdp->t38;

	put(p, "a=T38FaxVersion:%u\r\na=T38MaxBitRate:%u\r\n", t->version, t->max_bitrate);
	if (t->fill)
		put(p, "a=T38FaxFillBitRemoval\r\n");
	if (t->mmr)
		put(p, "a=T38FaxTranscodingMMR\r\n");
	if (t->jbig)
		put(p, "a=T38FaxTranscodingJBIG\r\n");
	put(p,
	    "a=T38FaxRateManagement:transferredTCF\r\na=T38FaxMaxDatagram:%u\r\n"
	    "a=T38FaxUdpEC:%s\r\n",
	    t->max_datagram, t->fec ? "t38UDPFEC" : "t38UDPRedundancy");
}

static void put_ours(struct print *p, const struct sdp_desc *sdp)
{
	bool fax = sdp->profile == SDP_UDPTL;

	put(p, "m=%s %u %s", fax ? "image" : "audio", sdp->port, sdp_profile_name(sdp));
	for (unsigned i = 0; !fax && i < sdp->codecs; i++)
		put(p, " %u", sdp->codec[i].pt);
	put(p, "%s\r\n", fax ? " t38" : sdp->codecs ? "" : " 0");
	if (sdp->mid[0])
		put(p, "a=mid:%s\r\n", sdp->mid);
	if (!sdp->port)
		return;
	if (fax)
		put_t38(p, sdp);
	else
		put_audio(p, sdp);
}

/* Refused: port 0 (RFC 3264 section 6) */
static void put_other(struct print *p, const struct sdp_line *l)
{
	put(p, "m=%s 0 %s %s\r\n", l->media, l->proto, l->formats[0] ? l->formats : "0");
	if (l->mid[0])
		put(p, "a=mid:%s\r\n", l->mid);
}

/**
 * Prints a description.
 *
 * @param text Buffer, terminated on success
 * @param size Its size
 * @param sdp  What to say
 *
 * @return Length, or -1 if it does not fit
 */
int sdp_print(char *text, size_t size, const struct sdp_desc *sdp)
{
	struct print p = {.text = text, .size = size};
	unsigned other = 0;

	put_session(&p, sdp);
	for (unsigned i = 0; i <= sdp->lines && i <= SDP_LINES; i++) {
		if (i == sdp->index)
			put_ours(&p, sdp);
		else if (other < SDP_LINES)
			put_other(&p, &sdp->other[other++]);
	}
	return p.n;
}

/** See sdp.h */
const struct sdp_codec *sdp_codec_find(const struct sdp_desc *sdp, const char *name, uint32_t rate)
{
	for (unsigned i = 0; i < sdp->codecs; i++) {
		if (sdp->codec[i].rate == rate && !strcasecmp(sdp->codec[i].name, name))
			return &sdp->codec[i];
	}
	return NULL;
}

/** What the other side does when we do `d` */
enum sdp_dir sdp_reverse(enum sdp_dir d)
{
	switch (d) {
	case SDP_SENDONLY:
		return SDP_RECVONLY;
	case SDP_RECVONLY:
		return SDP_SENDONLY;
	default:
		return d;
	}
}

/** Address 0.0.0.0: how RFC 2543 put a call on hold */
static bool address_null(const struct sdp_desc *sdp)
{
	return !strcmp(sdp->addr, "0.0.0.0") || !strcmp(sdp->addr, "::");
}

/** See sdp.h */
bool sdp_held(const struct sdp_desc *sdp)
{
	return sdp->direction == SDP_SENDONLY || sdp->direction == SDP_INACTIVE ||
	       (address_null(sdp) && !sdp->ice);
}
