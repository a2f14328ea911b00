/**
 * @file leg_sdp.c  A leg's descriptions: what we say, what they say, what follows for the stream
 *
 * Our port, ICE credentials, fingerprint and key are fixed at the leg's birth, so every offer and
 * every answer is a pure function of `ours`, `theirs` and what the other party can.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "call.h"
#include "fax_line.h"
#include "leg_private.h"
#include "log.h"
#include "text.h"

/* What we can speak, best first: without a caller's wish this is the order of an offer. */
static const struct codec_row {
	const char *name;
	enum codec_id id;
	uint8_t pt, channels;
	uint32_t rate;
	const char *fmtp;
} codec_rows[] = {
	{"opus", CODEC_OPUS, 111, 2, 48000, "minptime=10;useinbandfec=1"},
	{"G722", CODEC_G722, 9, 1, 8000, ""},
	{"PCMU", CODEC_PCMU, 0, 1, 8000, ""},
	{"PCMA", CODEC_PCMA, 8, 1, 8000, ""},
};
enum { ROWS = 4, EVENT_PT = 101, EVENT_PT_48 = 110 };

static void codec_add(struct sdp_desc *d, const char *name, uint8_t pt, uint32_t rate,
		      uint8_t channels, const char *fmtp)
{
	struct sdp_codec *c;

	if (d->codecs >= SDP_CODECS)
		return;
	c = &d->codec[d->codecs++];
	memset(c, 0, sizeof(*c));
	c->pt = pt;
	c->rate = rate;
	c->channels = channels;
	text_printf(c->name, sizeof(c->name), "%s", name);
	text_printf(c->fmtp, sizeof(c->fmtp), "%s", fmtp);
}

static bool has_codec(const struct sdp_desc *d, enum codec_id id)
{
	for (unsigned i = 0; i < d->codecs; i++) {
		if (codec_by_name(d->codec[i].name, d->codec[i].rate) == id)
			return true;
	}
	return false;
}

static void codec_row_add(struct sdp_desc *d, enum codec_id id)
{
	for (unsigned i = 0; i < ROWS; i++) {
		if (codec_rows[i].id == id && !has_codec(d, id))
			codec_add(d, codec_rows[i].name, codec_rows[i].pt, codec_rows[i].rate,
				  codec_rows[i].channels, codec_rows[i].fmtp);
	}
}

/* Modems are not understood through anything else. */
static bool plain_codec(enum codec_id id)
{
	return id == CODEC_PCMU || id == CODEC_PCMA;
}

/** Rows of the table in an order */
struct codec_order {
	const struct codec_row *v[ROWS];
	unsigned n;
};

/* What a trunk understands, best first; "" is the table's own order. */
static struct codec_order codec_order(const char *codecs)
{
	struct codec_order o = {.n = 0};
	struct pl one;

	for (unsigned i = 0; !*codecs && i < ROWS; i++)
		o.v[o.n++] = &codec_rows[i];
	while (o.n < ROWS && text_word(&one, &codecs)) {
		for (unsigned i = 0; i < ROWS; i++) {
			if (!pl_strcasecmp(&one, codec_rows[i].name))
				o.v[o.n++] = &codec_rows[i];
		}
	}
	return o;
}

static bool understood(const struct codec_order *o, enum codec_id id)
{
	for (unsigned i = 0; i < o->n; i++) {
		if (o->v[i]->id == id)
			return true;
	}
	return false;
}

/* What the trunk does not understand is as if it had not been offered. */
static void codecs_keep(struct sdp_desc *d, const struct leg *leg)
{
	const struct codec_order o = codec_order(leg->codecs);
	unsigned n = 0;

	for (unsigned i = 0; i < d->codecs; i++) {
		enum codec_id id = codec_by_name(d->codec[i].name, d->codec[i].rate);

		/* no sound: keys */
		if (id == CODEC_NONE ? leg->keys == KEYS_EVENT : understood(&o, id))
			d->codec[n++] = d->codec[i];
	}
	d->codecs = n;
}

/*
 * The caller's order first, so that both ends may agree and nothing is transcoded; a trunk's list
 * is in the order that the operator wants.
 */
static void codecs_offer(struct sdp_desc *d, const struct leg *like, const struct leg *leg)
{
	const struct codec_order o = codec_order(leg->codecs);

	d->codecs = 0;
	for (unsigned i = 0; !leg->codecs[0] && like && like->has_theirs && i < like->theirs.codecs;
	     i++)
		codec_row_add(
			d, codec_by_name(like->theirs.codec[i].name, like->theirs.codec[i].rate));
	for (unsigned i = 0; i < o.n; i++) {
		if (!leg->plain || plain_codec(o.v[i]->id))
			codec_row_add(d, o.v[i]->id);
	}
	if (!d->codecs) { /* a modem through a trunk without G.711: it must try */
		codec_row_add(d, CODEC_PCMU);
		codec_row_add(d, CODEC_PCMA);
	}
	if (leg->keys != KEYS_EVENT)
		return;
	codec_add(d, "telephone-event", EVENT_PT, 8000, 1, "0-16");
	if (has_codec(d, CODEC_OPUS))
		codec_add(d, "telephone-event", EVENT_PT_48, 48000, 1, "0-16");
}

/* Everything of ours that does not depend on what the other side says. */
static void ours_init(struct leg *leg, enum sdp_profile profile)
{
	const struct stream_local *local = stream_local(leg->stream);
	struct sdp_desc *d = &leg->ours;

	memset(d, 0, sizeof(*d));
	d->session = (uint64_t)leg->started_at;
	d->version = 1;
	text_printf(d->addr, sizeof(d->addr), "%s", call_media_address(leg->call));
	d->port = local->port;
	d->rtcp_port = local->rtcp_port;
	d->profile = profile;
	d->direction = SDP_SENDRECV;
	d->ptime = 20;
	d->ssrc = local->ssrc;
	text_printf(d->cname, sizeof(d->cname), "%s", local->cname);
	if (profile == SDP_DTLS) {
		d->avpf = d->rtcp_mux = d->ice = d->ice_lite = d->bundle = true;
		text_printf(d->mid, sizeof(d->mid), "0");
		text_printf(d->ufrag, sizeof(d->ufrag), "%s", local->ufrag);
		text_printf(d->pwd, sizeof(d->pwd), "%s", local->pwd);
		text_printf(d->fingerprint, sizeof(d->fingerprint), "%s", local->fingerprint);
		text_printf(d->setup, sizeof(d->setup), "actpass");
	} else if (profile == SDP_SAVP) {
		text_printf(d->crypto_tag, sizeof(d->crypto_tag), "1");
		text_printf(d->sdes_key, sizeof(d->sdes_key), "%s", local->sdes_key);
	}
	leg->security = profile == SDP_DTLS   ? SECURITY_DTLS
			: profile == SDP_SAVP ? SECURITY_SDES
					      : SECURITY_NONE;
}

static const struct sdp_codec *audio_codec(const struct sdp_desc *d)
{
	for (unsigned i = 0; i < d->codecs; i++) {
		if (codec_by_name(d->codec[i].name, d->codec[i].rate) != CODEC_NONE)
			return &d->codec[i];
	}
	return NULL;
}

static void remote_security(struct stream_remote *r, const struct leg *leg)
{
	const struct sdp_desc *theirs = &leg->theirs;

	r->security = leg->security;
	r->ice = theirs->ice;
	r->rtcp_mux = theirs->rtcp_mux && leg->ours.rtcp_mux;
	text_printf(r->ufrag, sizeof(r->ufrag), "%s", theirs->ufrag);
	text_printf(r->pwd, sizeof(r->pwd), "%s", theirs->pwd);
	text_printf(r->fingerprint, sizeof(r->fingerprint), "%s", theirs->fingerprint);
	text_printf(r->sdes_key, sizeof(r->sdes_key), "%s", theirs->sdes_key);
	r->dtls_active = !strcmp(theirs->setup, "passive") || !strcmp(leg->ours.setup, "active");
}

static void remote_events(struct stream_remote *r, const struct leg *leg, uint32_t rate)
{
	const struct sdp_codec *t = sdp_codec_find(&leg->theirs, "telephone-event", rate);
	const struct sdp_codec *o;

	if (!t)
		t = sdp_codec_find(&leg->theirs, "telephone-event", rate == 8000 ? 48000 : 8000);
	o = t ? sdp_codec_find(&leg->ours, "telephone-event", t->rate) : NULL;
	if (!o)
		return;
	r->event_pt_send = t->pt;
	r->event_pt_recv = o->pt;
	r->event_rate = t->rate;
}

static void remote_address(struct stream_remote *r, const struct leg *leg)
{
	const struct sdp_desc *theirs = &leg->theirs;
	uint16_t rtcp = theirs->rtcp_port ? theirs->rtcp_port : (uint16_t)(theirs->port + 1);

	sa_init(&r->rtp, AF_INET);
	sa_init(&r->rtcp, AF_INET);
	if (theirs->addr[0] && !sa_set_str(&r->rtp, theirs->addr, theirs->port))
		sa_set_str(&r->rtcp, theirs->addr, rtcp);
	r->sip_source = *dialog_peer(leg->dialog);
}

/* Brings the stream to what `ours` and `theirs` say; `agreed` is the answer of the two. */
static int leg_apply(struct leg *leg, const struct sdp_desc *agreed)
{
	const struct sdp_codec *codec = audio_codec(agreed), *ours, *theirs;
	struct stream_remote r = {0};

	if (!codec)
		return ENOTSUP;
	ours = sdp_codec_find(&leg->ours, codec->name, codec->rate);
	theirs = sdp_codec_find(&leg->theirs, codec->name, codec->rate);
	if (!ours || !theirs)
		return ENOTSUP;
	r.codec = codec_by_name(codec->name, codec->rate);
	r.pt_send = theirs->pt;
	r.pt_recv = ours->pt;
	r.ptime = leg->theirs.ptime ? leg->theirs.ptime : 20;
	r.direction = STREAM_BOTH;
	if (leg->theirs.direction == SDP_SENDONLY || leg->theirs.direction == SDP_INACTIVE)
		r.direction &= ~STREAM_SEND;
	if (leg->theirs.direction == SDP_RECVONLY || leg->theirs.direction == SDP_INACTIVE)
		r.direction &= ~STREAM_RECV;
	remote_address(&r, leg);
	remote_security(&r, leg);
	remote_events(&r, leg, codec->rate);
	r.key_tones = leg->keys == KEYS_TONES;
	leg->codec = r.codec;
	leg->has_theirs = true;
	return stream_update(leg->stream, &r);
}

static int ours_print(const struct leg *leg, char *text, size_t size, size_t *len)
{
	int n = sdp_print(text, size, &leg->ours);

	*len = n < 0 ? 0 : (size_t)n;
	return n < 0 ? EOVERFLOW : 0;
}

/* Makes `ours` the answer to `theirs`, with the codec that `source` speaks if that is possible. */
static int ours_answer(struct leg *leg, const struct leg *source)
{
	const char *prefer[ROWS + 2] = {NULL};
	struct sdp_desc ours = leg->ours, answer;
	unsigned n = 0;
	int err;

	if (source && source->codec != CODEC_NONE)
		prefer[n++] = codec_name(source->codec);
	else if (leg->codec != CODEC_NONE)
		prefer[n++] = codec_name(leg->codec);
	for (unsigned i = 0; i < leg->theirs.codecs && n < ROWS; i++) {
		enum codec_id id =
			codec_by_name(leg->theirs.codec[i].name, leg->theirs.codec[i].rate);

		if (id != CODEC_NONE && (!leg->plain || plain_codec(id)))
			prefer[n++] = codec_name(id);
	}
	++ours.version;
	ours.direction = leg->waits ? SDP_SENDONLY : SDP_SENDRECV;
	err = sdp_answer(&answer, &leg->theirs, &ours, prefer);
	if (!err)
		leg->ours = answer;
	return err ? err : leg_apply(leg, &answer);
}

/**
 * Makes the caller's leg of an incoming dialog
 *
 * @param lp   Result; owned by the call
 * @param call Call it belongs to
 * @param d    Incoming dialog; the leg takes it over, also on failure
 * @param e    Media engine
 *
 * @return 0; EBADMSG for an offer that cannot be read, ENOTSUP when nothing in it can be spoken
 */
int leg_incoming(struct leg **lp, struct call *call, struct dialog *d, struct engine *e,
		 const struct trunk *trunk)
{
	struct leg *leg;
	const char *sdp;
	size_t len;
	int err = leg_alloc(&leg, call, e, LEG_CALLER);

	if (err)
		return err;
	if (trunk) {
		str_ncpy(leg->codecs, trunk->codecs, sizeof(leg->codecs));
		leg->keys = keys_by(trunk);
		stream_patience(leg->stream, (uint32_t)trunk->silence_ms);
	}
	leg->dialog = d;
	dialog_set_handlers(d, &leg_dialog_handlers, leg);
	dialog_body(d, &sdp, &len);
	if (len && sdp_parse(&leg->theirs, sdp, len)) {
		err = EBADMSG;
	} else if (!len) {
		ours_init(leg, SDP_AVP);
		codecs_offer(&leg->ours, NULL, leg);
	} else {
		leg->has_theirs = true;
		codecs_keep(&leg->theirs, leg);
		ours_init(leg, leg->theirs.profile);
		err = audio_codec(&leg->theirs) && leg->theirs.profile != SDP_UDPTL ? 0 : ENOTSUP;
	}
	leg_enter(leg, LEG_TRYING, CAUSE_NORMAL);
	*lp = leg;
	return err;
}

/**
 * Calls a phone or a trunk
 *
 * @param lp     Result; owned by the call
 * @param call   Call it belongs to
 * @param s      SIP stack
 * @param e      Media engine
 * @param t      Whom to call
 * @param speech What is offered
 * @param caller Whose codecs come first; NULL for none
 *
 * @return 0 or errno
 */
int leg_outgoing(struct leg **lp, struct call *call, struct stack *s, struct engine *e,
		 struct dialog_target *t, const struct leg_speech *speech, const struct leg *caller)
{
	char text[SDP_SIZE];
	struct leg *leg;
	size_t len;
	int err = leg_alloc(&leg, call, e, LEG_CALLED);

	if (err)
		return err;
	ours_init(leg, speech->webrtc ? SDP_DTLS : speech->sdes ? SDP_SAVP : SDP_AVP);
	str_ncpy(leg->codecs, speech->codecs, sizeof(leg->codecs));
	leg->plain = speech->plain;
	leg->keys = speech->keys;
	stream_patience(leg->stream, speech->silence_ms);
	codecs_offer(&leg->ours, caller, leg);
	err = ours_print(leg, text, sizeof(text), &len);
	if (!err)
		err = dialog_call(&leg->dialog, s, t, text, len, &leg_dialog_handlers, leg);
	if (err) {
		mem_deref(leg);
		return err;
	}
	leg_enter(leg, LEG_TRYING, CAUSE_NORMAL);
	*lp = leg;
	return 0;
}

/* The association keeps the roles of its first answer, whatever a later offer leaves open (RFC 8842
 * section 5.5) */
static void role_note(struct leg *leg)
{
	if (leg->ours.profile == SDP_DTLS && !strcmp(leg->ours.setup, "actpass"))
		text_printf(leg->ours.setup, sizeof(leg->ours.setup), "%s",
			    !strcmp(leg->theirs.setup, "passive") ? "active" : "passive");
}

/** Takes the answer to our offer; 0, EBADMSG or ENOTSUP */
int leg_take_answer(struct leg *leg, const char *sdp, size_t len)
{
	if (!len)
		return leg->has_theirs ? 0 : EBADMSG;
	if (sdp_parse(&leg->theirs, sdp, len) || !leg->theirs.port)
		return EBADMSG;
	if (leg->theirs.profile != leg->ours.profile)
		return ENOTSUP;
	role_note(leg);
	/* who is offered "sendonly" may answer "inactive" without holding anybody */
	if (leg->ours.direction != SDP_SENDONLY)
		leg->held = sdp_held(&leg->theirs);
	return leg_apply(leg, &leg->theirs);
}

/** Answers a re-INVITE or UPDATE of the far side; 0, or errno after refusing it */
int leg_take_offer(struct leg *leg, const char *sdp, size_t len)
{
	struct sdp_desc before = leg->theirs;
	char text[SDP_SIZE];
	size_t n;
	int err = 0;

	if (len) {
		err = sdp_parse(&leg->theirs, sdp, len) ? EBADMSG : 0;
		if (!err && leg->fax && fax_line_offered(leg->fax, &leg->theirs)) {
			leg->theirs = before;
			return EALREADY;
		}
		if (!err && leg->theirs.profile != leg->ours.profile)
			err = ENOTSUP;
		if (!err)
			codecs_keep(&leg->theirs, leg);
		if (!err)
			err = ours_answer(leg, leg->peer);
	} else if (leg->fax && fax_line_offered(leg->fax, NULL)) {
		return EALREADY;
	}
	if (!err)
		err = ours_print(leg, text, sizeof(text), &n);
	if (err) {
		leg->theirs = before;
		dialog_refuse(leg->dialog, 488);
		return err;
	}
	leg->held = sdp_held(&leg->theirs);
	return dialog_accept(leg->dialog, text, n);
}

/** Lets the caller hear that it rings: 180 without a description */
int leg_ring(struct leg *leg)
{
	if (leg->state == LEG_UP) {
		stream_play(leg->stream, "tone:ring", true);
		return 0;
	}
	if (leg->state == LEG_TRYING)
		leg_enter(leg, LEG_RINGING, CAUSE_NORMAL);
	return leg_is_nobody(leg) ? 0 : dialog_ring(leg->dialog, 180, NULL, 0);
}

/** Lets the caller hear the far side, or a prompt of ours, before the answer: 183 */
int leg_early(struct leg *leg, const struct leg *source)
{
	char text[SDP_SIZE];
	size_t len;
	int err = 0;

	if (leg->state == LEG_UP)
		return 0;
	if (!leg->has_theirs)
		return leg_ring(leg);
	if (!leg->described)
		err = ours_answer(leg, source);
	if (!err)
		err = ours_print(leg, text, sizeof(text), &len);
	leg->described = !err;
	return err ? err : dialog_ring(leg->dialog, 183, text, len);
}

/**
 * Answers the caller
 *
 * @param leg    Caller's leg; nothing happens if it is up already
 * @param source Whose codec is preferred; NULL for none
 *
 * @return 0 or errno; on failure the leg is still there
 */
int leg_answer(struct leg *leg, const struct leg *source)
{
	char text[SDP_SIZE];
	size_t len;
	int err = 0;

	if (leg->state == LEG_UP)
		return 0;
	if (leg_is_nobody(leg))
		return ENOTCONN;
	if (leg->has_theirs && !leg->described)
		err = ours_answer(leg, source);
	if (!err)
		err = ours_print(leg, text, sizeof(text), &len);
	if (!err)
		err = dialog_answer(leg->dialog, text, len);
	if (!err)
		leg_enter(leg, LEG_UP, CAUSE_NORMAL);
	return err;
}

/** Offers our audio anew; 0 or errno */
int leg_offer(struct leg *leg)
{
	char text[SDP_SIZE];
	size_t len;
	int err;

	++leg->ours.version;
	err = ours_print(leg, text, sizeof(text), &len);
	return err ? err : dialog_offer(leg->dialog, text, len);
}

/**
 * Tells a party whether the other side listens: on hold it is offered sendonly, so that its phone
 * says so (RFC 3264 section 8.4). A party that holds the call itself is left alone.
 *
 * @return 0, also when there is nothing to tell; or errno
 */
int leg_tell_hold(struct leg *leg, bool held)
{
	enum sdp_dir dir = held ? SDP_SENDONLY : SDP_SENDRECV;

	leg->waits = held; /* also for the next answer to an offer of theirs */
	if (leg->state != LEG_UP || leg->held || leg->lost || !leg->has_theirs ||
	    leg->ours.direction == dir)
		return 0;
	leg->ours.direction = dir;
	return leg_offer(leg);
}
