/**
 * @file sdp_parse.c  Reading a session description: tolerant, bounded, never past the text
 *
 * Two walks over the lines. The first finds the m= lines and picks the stream that is ours: live
 * audio, else live T.38, else the first audio. The second reads the session's part and that
 * stream's, so that what stands in a stream overrides what stands before it (RFC 8866 section 5).
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "own.h"
#include "sdp_private.h"

enum { TEXT_MAX = 65535, LINES_MAX = 1024, SHA256_TEXT = 95, SDES_TEXT = 40 };

/** A line without its end: "a=rtpmap:..." is type 'a' and the rest */
struct line {
	char type;
	struct pl val;
};

struct walk {
	const char *p, *end;
	unsigned lines;
};

/** What is being read in the second walk */
struct reading {
	struct sdp_desc *sdp;
	int media;		/* number of the m= line, -1 before the first          */
	bool ours;		/* in our stream                                       */
	bool direction, crypto; /* seen in our stream                                */
	struct pl group;	/* mids of the BUNDLE group                            */
};

/** Copies if it fits and is printable ASCII; else the text stays empty */
static void take(char *buf, size_t size, const struct pl *pl)
{
	buf[0] = '\0';
	if (pl->l >= size)
		return;
	for (size_t i = 0; i < pl->l; i++) {
		if (pl->p[i] < ' ' || pl->p[i] > '~')
			return;
	}
	memcpy(buf, pl->p, pl->l);
	buf[pl->l] = '\0';
}

/** Cuts the next word off the text; false at its end */
static bool word(struct pl *w, struct pl *text)
{
	while (text->l && text->p[0] == ' ')
		pl_advance(text, 1);
	*w = (struct pl){text->p, 0};
	while (w->l < text->l && text->p[w->l] != ' ')
		++w->l;
	pl_advance(text, (ssize_t)w->l);
	return w->l != 0;
}

/** Cuts at the first `c`; `head` is what stands before it. False if there is none */
static bool cut(struct pl *head, struct pl *text, char c)
{
	const char *p = text->l ? memchr(text->p, c, text->l) : NULL;

	*head = *text;
	if (!p)
		return false;
	head->l = (size_t)(p - text->p);
	pl_advance(text, (ssize_t)head->l + 1);
	return true;
}

/** A decimal number up to max; larger ones become max. False if it is none */
static bool number(uint64_t *n, const struct pl *pl, uint64_t max)
{
	uint64_t v = 0;

	for (size_t i = 0; i < pl->l; i++) {
		if (pl->p[i] < '0' || pl->p[i] > '9')
			return false;
		v = v > (max - (uint64_t)(pl->p[i] - '0')) / 10
			    ? max
			    : v * 10 + (uint64_t)(pl->p[i] - '0');
	}
	*n = v;
	return pl->l != 0;
}

static bool small(uint64_t *n, const struct pl *pl, uint64_t max)
{
	return number(n, pl, UINT64_MAX) && *n <= max;
}

/** The next line. Returns 0, ENOENT at the end, EBADMSG for what is no line */
static int next_line(struct line *line, struct walk *w)
{
	const char *start;
	size_t l;

	while (w->p < w->end && (*w->p == '\r' || *w->p == '\n'))
		++w->p;
	if (w->p == w->end)
		return ENOENT;
	start = w->p;
	while (w->p < w->end && *w->p != '\r' && *w->p != '\n')
		++w->p;
	l = (size_t)(w->p - start);
	while (l > 2 && start[l - 1] == ' ')
		--l;
	if (++w->lines > LINES_MAX || l < 2 || start[1] != '=' || memchr(start, '\0', l))
		return EBADMSG;
	line->type = start[0];
	line->val = (struct pl){start + 2, l - 2};
	return 0;
}

/* --- first walk: the streams -------------------------------------------------------------------
 */

struct media {
	struct pl type, proto, formats;
	uint16_t port;
};

/* Our answer repeats it, so it must be printable and fit */
static bool repeatable(const struct pl *pl, size_t size)
{
	for (size_t i = 0; i < pl->l; i++) {
		if (pl->p[i] <= ' ' || pl->p[i] > '~')
			return false;
	}
	return pl->l < size;
}

static bool media_line(struct media *m, struct pl val)
{
	struct sdp_line *fit;
	struct pl port, head;
	uint64_t n;

	if (!word(&m->type, &val) || !word(&port, &val) || !word(&m->proto, &val) ||
	    !repeatable(&m->type, sizeof(fit->media)) || !repeatable(&m->proto, sizeof(fit->proto)))
		return false;
	(void)cut(&head, &port, '/');
	while (val.l && val.p[0] == ' ')
		pl_advance(&val, 1);
	m->formats = val;
	if (!small(&n, &head, UINT16_MAX))
		return false;
	m->port = (uint16_t)n;
	return true;
}

static bool media_t38(const struct media *m)
{
	return !pl_strcasecmp(&m->type, "image") && !pl_strcasecmp(&m->proto, "udptl");
}

static unsigned media_worth(const struct media *m)
{
	bool audio = !pl_strcasecmp(&m->type, "audio");

	if (audio && m->port)
		return 4;
	if (media_t38(m) && m->port)
		return 3;
	return audio ? 2 : media_t38(m) ? 1 : 0;
}

/** Picks our stream. EBADMSG without o=, ENOENT without m=, EOVERFLOW for too many streams */
static int choose(struct sdp_desc *sdp, const char *text, size_t len)
{
	struct walk w = {text, text + len, 0};
	unsigned n = 0, best = 0;
	bool origin = false;
	struct media m;
	struct line line;
	int err;

	while (!(err = next_line(&line, &w))) {
		if (w.lines == 1 && (line.type != 'v' || pl_strcmp(&line.val, "0")))
			return EBADMSG;
		origin |= line.type == 'o';
		if (line.type != 'm')
			continue;
		if (!media_line(&m, line.val))
			return EBADMSG;
		if (n == SDP_LINES + 1)
			return EOVERFLOW;
		if (media_worth(&m) > best) {
			best = media_worth(&m);
			sdp->index = n;
		}
		++n;
	}
	if (err != ENOENT || !origin)
		return EBADMSG;
	sdp->lines = n ? n - 1 : 0;
	return n ? 0 : ENOENT;
}

/* --- second walk: session and our stream -------------------------------------------------------
 */

static bool profile_read(struct sdp_desc *sdp, const struct pl *proto)
{
	static const struct {
		const char *name;
		enum sdp_profile profile;
		bool avpf;
	} row[] = {
		{"RTP/AVP", SDP_AVP, false},	       {"RTP/AVPF", SDP_AVP, true},
		{"RTP/SAVP", SDP_SAVP, false},	       {"RTP/SAVPF", SDP_SAVP, true},
		{"UDP/TLS/RTP/SAVP", SDP_DTLS, false}, {"UDP/TLS/RTP/SAVPF", SDP_DTLS, true},
		{"udptl", SDP_UDPTL, false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		if (pl_strcasecmp(proto, row[i].name))
			continue;
		sdp->profile = row[i].profile;
		sdp->avpf = row[i].avpf;
		return true;
	}
	return false;
}

static void codec_static(struct sdp_codec *c)
{
	static const struct {
		uint8_t pt;
		const char *name;
	} row[] = {{0, "PCMU"}, {3, "GSM"}, {8, "PCMA"}, {9, "G722"}, {13, "CN"}, {18, "G729"}};

	for (size_t i = 0; i < COUNT(row); i++) {
		if (row[i].pt != c->pt)
			continue;
		strcpy(c->name, row[i].name);
		c->rate = 8000;
		c->channels = 1;
	}
}

static struct sdp_codec *codec_of(struct sdp_desc *sdp, const struct pl *pt)
{
	uint64_t n;

	if (!small(&n, pt, 127))
		return NULL;
	for (unsigned i = 0; i < sdp->codecs; i++) {
		if (sdp->codec[i].pt == n)
			return &sdp->codec[i];
	}
	return NULL;
}

static void formats_read(struct sdp_desc *sdp, struct pl formats)
{
	struct pl pt;
	uint64_t n;

	while (word(&pt, &formats) && sdp->codecs < SDP_CODECS) {
		struct sdp_codec *c = &sdp->codec[sdp->codecs];

		if (!small(&n, &pt, 127) || codec_of(sdp, &pt))
			continue;
		c->pt = (uint8_t)n;
		codec_static(c);
		++sdp->codecs;
	}
}

/** Lines of other streams are answered with what they said, as far as it fits */
static void other_read(struct sdp_desc *sdp, unsigned number_of, const struct media *m)
{
	struct sdp_line *other = &sdp->other[number_of - (number_of > sdp->index)];
	struct pl format, rest = m->formats;

	take(other->media, sizeof(other->media), &m->type);
	take(other->proto, sizeof(other->proto), &m->proto);
	take(other->formats, sizeof(other->formats), &m->formats);
	/* too long: any one format will do for a refused stream */
	if (!other->formats[0] && word(&format, &rest))
		take(other->formats, sizeof(other->formats), &format);
}

static void media_read(struct reading *r, const struct pl *val)
{
	struct sdp_desc *sdp = r->sdp;
	struct media m;

	++r->media;
	r->ours = (unsigned)r->media == sdp->index;
	if (!media_line(&m, *val))
		return;
	if (!r->ours)
		return other_read(sdp, (unsigned)r->media, &m);
	sdp->port = m.port;
	if (profile_read(sdp, &m.proto) && sdp->profile != SDP_UDPTL &&
	    !pl_strcasecmp(&m.type, "audio"))
		formats_read(sdp, m.formats);
}

static void connection_read(struct sdp_desc *sdp, struct pl val)
{
	struct pl net, type, addr, host;

	if (!word(&net, &val) || !word(&type, &val) || !word(&addr, &val))
		return;
	(void)cut(&host, &addr, '/');
	take(sdp->addr, sizeof(sdp->addr), &host);
}

static void origin_read(struct sdp_desc *sdp, struct pl val)
{
	struct pl user, session, version;

	if (!word(&user, &val) || !word(&session, &val) || !word(&version, &val))
		return;
	(void)number(&sdp->session, &session, UINT64_MAX);
	(void)number(&sdp->version, &version, UINT64_MAX);
}

static void rtpmap_read(struct reading *r, struct pl val)
{
	struct pl pt, name, rate;
	struct sdp_codec *c;
	uint64_t n;

	if (!word(&pt, &val) || !(c = codec_of(r->sdp, &pt)))
		return;
	while (val.l && val.p[0] == ' ')
		pl_advance(&val, 1);
	if (!cut(&name, &val, '/'))
		return;
	take(c->name, sizeof(c->name), &name);
	(void)cut(&rate, &val, '/');
	c->rate = number(&n, &rate, UINT32_MAX) ? (uint32_t)n : 0;
	/* after the last cut `val` is the channels only if there was a slash */
	c->channels = val.p != rate.p && small(&n, &val, 8) && n ? (uint8_t)n : 1;
}

static void fmtp_read(struct reading *r, struct pl val)
{
	struct sdp_codec *c;
	struct pl pt;

	if (!word(&pt, &val) || !(c = codec_of(r->sdp, &pt)))
		return;
	while (val.l && val.p[0] == ' ')
		pl_advance(&val, 1);
	take(c->fmtp, sizeof(c->fmtp), &val);
}

static void ptime_read(struct reading *r, struct pl val)
{
	uint64_t n;

	if (small(&n, &val, 200))
		r->sdp->ptime = (uint8_t)n;
}

static void rtcp_read(struct reading *r, struct pl val)
{
	struct pl port;
	uint64_t n;

	if (word(&port, &val) && small(&n, &port, UINT16_MAX))
		r->sdp->rtcp_port = (uint16_t)n;
}

static void ssrc_read(struct reading *r, struct pl val)
{
	struct pl ssrc, name;
	uint64_t n;

	if (!word(&ssrc, &val) || !small(&n, &ssrc, UINT32_MAX))
		return;
	if (!r->sdp->ssrc)
		r->sdp->ssrc = (uint32_t)n;
	if (word(&name, &val) && name.l > 6 && !strncasecmp(name.p, "cname:", 6)) {
		pl_advance(&name, 6);
		take(r->sdp->cname, sizeof(r->sdp->cname), &name);
	}
}

/* Only sha-256 (RFC 8122 section 5); as upper-case hex with colons */
static void fingerprint_read(struct reading *r, struct pl val)
{
	char *fp = r->sdp->fingerprint;
	struct pl hash, hex;

	if (!word(&hash, &val) || pl_strcasecmp(&hash, "sha-256") || !word(&hex, &val) ||
	    hex.l != SHA256_TEXT)
		return;
	for (size_t i = 0; i < hex.l; i++) {
		char c = hex.p[i];

		if (i % 3 == 2 ? c != ':' : !strchr("0123456789abcdefABCDEF", c) || !c)
			return;
	}
	take(fp, sizeof(r->sdp->fingerprint), &hex);
	for (; *fp; fp++) {
		if (*fp >= 'a')
			*fp = (char)(*fp - 'a' + 'A');
	}
}

static bool base64_text(const struct pl *pl)
{
	for (size_t i = 0; i < pl->l; i++) {
		char c = pl->p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '+' && c != '/')
			return false;
	}
	return true;
}

/* A lifetime after the key is fine; a master key identifier (with a colon) we do not do, nor a
 * second key */
static bool sdes_key(char *key, size_t size, struct pl inlined)
{
	struct pl text;

	if (inlined.l < 7 || strncasecmp(inlined.p, "inline:", 7))
		return false;
	pl_advance(&inlined, 7);
	if (cut(&text, &inlined, '|') &&
	    (memchr(inlined.p, ':', inlined.l) || memchr(inlined.p, ';', inlined.l)))
		return false;
	if (text.l != SDES_TEXT || !base64_text(&text))
		return false;
	take(key, size, &text);
	return true;
}

/* The first with the suite we do and no parameters that change the packets (RFC 4568 section 6) */
static void crypto_read(struct reading *r, struct pl val)
{
	struct sdp_desc *sdp = r->sdp;
	struct pl tag, suite, key, param;
	uint64_t n;

	if (sdp->sdes_key[0] || !word(&tag, &val) || !small(&n, &tag, 999999999) ||
	    !word(&suite, &val) || pl_strcasecmp(&suite, "AES_CM_128_HMAC_SHA1_80") ||
	    !word(&key, &val))
		return;
	while (word(&param, &val)) {
		if (param.l < 4 || strncasecmp(param.p, "WSH=", 4))
			return;
	}
	if (sdes_key(sdp->sdes_key, sizeof(sdp->sdes_key), key))
		take(sdp->crypto_tag, sizeof(sdp->crypto_tag), &tag);
}

static void mid_read(struct reading *r, struct pl val)
{
	struct pl mid;

	(void)word(&mid, &val);
	take(r->sdp->mid, sizeof(r->sdp->mid), &mid);
}

static void setup_read(struct reading *r, struct pl val)
{
	static const char *const role[] = {"active", "passive", "actpass", "holdconn"};

	for (size_t i = 0; i < COUNT(role); i++) {
		if (!pl_strcasecmp(&val, role[i]))
			strcpy(r->sdp->setup, role[i]);
	}
}

static void ufrag_read(struct reading *r, struct pl val)
{
	take(r->sdp->ufrag, sizeof(r->sdp->ufrag), &val);
}

static void pwd_read(struct reading *r, struct pl val)
{
	take(r->sdp->pwd, sizeof(r->sdp->pwd), &val);
}

static void mux_read(struct reading *r, struct pl val)
{
	r->sdp->rtcp_mux = true;
}

static void lite_read(struct reading *r, struct pl val)
{
	r->sdp->ice_lite = true;
}

static void group_read(struct reading *r, struct pl val)
{
	struct pl kind;

	if (word(&kind, &val) && !pl_strcasecmp(&kind, "BUNDLE"))
		r->group = val;
}

static void t38_read(struct sdp_t38 *t, const struct pl *name, const struct pl *val)
{
	bool yes = !val->l || pl_strcmp(val, "0");
	uint64_t n = 0;

	(void)number(&n, val, UINT32_MAX);
	if (!pl_strcasecmp(name, "T38FaxVersion"))
		t->version = (uint8_t)MIN(n, 255);
	else if (!pl_strcasecmp(name, "T38MaxBitRate"))
		t->max_bitrate = (uint32_t)n;
	else if (!pl_strcasecmp(name, "T38FaxMaxDatagram"))
		t->max_datagram = (uint16_t)MIN(n, UINT16_MAX);
	else if (!pl_strcasecmp(name, "T38FaxFillBitRemoval"))
		t->fill = yes;
	else if (!pl_strcasecmp(name, "T38FaxTranscodingMMR"))
		t->mmr = yes;
	else if (!pl_strcasecmp(name, "T38FaxTranscodingJBIG"))
		t->jbig = yes;
	else if (!pl_strcasecmp(name, "T38FaxRateManagement"))
		t->local_tcf = !pl_strcasecmp(val, "localTCF");
	else if (!pl_strcasecmp(name, "T38FaxUdpEC") && !pl_strcasecmp(val, "t38UDPFEC"))
		t->fec = true;
	else if (!pl_strcasecmp(name, "T38FaxUdpEC"))
		t->copies = true;
}

static const struct attribute {
	const char *name;
	bool session; /* may stand before the first m=, for all streams              */
	void (*read)(struct reading *r, struct pl val);
} attributes[] = {
	{"rtpmap", false, rtpmap_read},	 {"fmtp", false, fmtp_read},
	{"ptime", false, ptime_read},	 {"rtcp", false, rtcp_read},
	{"rtcp-mux", false, mux_read},	 {"ssrc", false, ssrc_read},
	{"crypto", false, crypto_read},	 {"mid", false, mid_read},
	{"setup", true, setup_read},	 {"fingerprint", true, fingerprint_read},
	{"ice-ufrag", true, ufrag_read}, {"ice-pwd", true, pwd_read},
	{"ice-lite", true, lite_read},	 {"group", true, group_read},
};

static bool direction_read(struct reading *r, const struct pl *name)
{
	static const char *const names[] = {"inactive", "recvonly", "sendonly", "sendrecv"};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (pl_strcasecmp(name, names[i]))
			continue;
		r->sdp->direction = (enum sdp_dir)i;
		return true;
	}
	return false;
}

static void attribute_read(struct reading *r, struct pl val)
{
	static const struct pl none = {"", 0};
	struct pl name;

	if (!cut(&name, &val, ':'))
		val = none;
	/* of other streams only the name counts, which their answer repeats */
	if (r->media >= 0 && !r->ours) {
		struct sdp_line *o = &r->sdp->other[r->media - (r->media > (int)r->sdp->index)];

		if (!pl_strcasecmp(&name, "mid"))
			take(o->mid, sizeof(o->mid), &val);
		return;
	}
	if (direction_read(r, &name))
		return;
	if (r->ours && r->sdp->profile == SDP_UDPTL)
		t38_read(&r->sdp->t38, &name, &val);
	for (size_t i = 0; i < COUNT(attributes); i++) {
		if ((r->ours || attributes[i].session) && !pl_strcasecmp(&name, attributes[i].name))
			attributes[i].read(r, val);
	}
}

static void line_read(struct reading *r, const struct line *line)
{
	switch (line->type) {
	case 'o':
		if (r->media < 0)
			origin_read(r->sdp, line->val);
		break;
	case 'c':
		if (r->media < 0 || r->ours)
			connection_read(r->sdp, line->val);
		break;
	case 'm':
		media_read(r, &line->val);
		break;
	case 'a':
		attribute_read(r, line->val);
		break;
	default:
		break;
	}
}

static bool codec_useless(const struct sdp_codec *c)
{
	return !c->name[0] || !c->rate;
}

/* What only the whole description shows */
static void conclude(struct reading *r)
{
	struct sdp_desc *sdp = r->sdp;
	unsigned n = 0;
	struct pl mid;

	for (unsigned i = 0; i < sdp->codecs; i++) {
		if (!codec_useless(&sdp->codec[i]))
			sdp->codec[n++] = sdp->codec[i];
	}
	memset(sdp->codec + n, 0, (SDP_CODECS - n) * sizeof(sdp->codec[0]));
	sdp->codecs = n;
	sdp->ice = sdp->ufrag[0] && sdp->pwd[0];
	while (sdp->mid[0] && word(&mid, &r->group))
		sdp->bundle |= !pl_strcmp(&mid, sdp->mid);
	/* the spelling of DTLS-SRTP before RFC 5764 was settled */
	if (sdp->profile == SDP_SAVP && !sdp->sdes_key[0] && sdp->fingerprint[0])
		sdp->profile = SDP_DTLS;
}

/**
 * Reads a description.
 *
 * @param sdp  Filled in
 * @param text Description, need not be terminated
 * @param len  Its length in bytes
 *
 * @return 0, EBADMSG for what is no description, EOVERFLOW for one with too many streams or bytes.
 *         A description without any stream has port 0 and no codecs.
 */
int sdp_parse(struct sdp_desc *sdp, const char *text, size_t len)
{
	struct reading r = {.sdp = sdp, .media = -1};
	struct walk w = {text, text + len, 0};
	struct line line;
	int err;

	memset(sdp, 0, sizeof(*sdp));
	sdp->direction = SDP_SENDRECV;
	if (!text || len > TEXT_MAX)
		return text ? EOVERFLOW : EBADMSG;
	err = choose(sdp, text, len);
	if (err && err != ENOENT)
		return err;
	while (!next_line(&line, &w))
		line_read(&r, &line);
	conclude(&r);
	return 0;
}
