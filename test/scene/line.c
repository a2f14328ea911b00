/**
 * @file line.c  One call of a phone
 */
#include <string.h>
#include "phone.h"

static const char ctype[] = "application/sdp";

static void destructor(void *arg)
{
	struct line *l = arg;

	list_unlink(&l->le);
	mem_deref(l->refer);
	mem_deref(l->sess);
	mem_deref(l->sdp);
	mem_deref(l->voice);
	mem_deref(l->image_sdp);
	mem_deref(l->image);
}

static void tell(struct line *l, const char *what)
{
	l->phone->eventh(l->phone, l, what, l->phone->arg);
}

/** The state in words */
const char *line_state_name(const struct line *l)
{
	static const char *const names[] = {"calling", "ringing", "up", "over"};

	return l ? names[l->state] : "none";
}

static void over(struct line *l, uint16_t code)
{
	if (l->state == LINE_OVER)
		return;
	l->state = LINE_OVER;
	l->code = code;
	l->refer = mem_deref(l->refer);
	l->sess = mem_deref(l->sess);
	if (l->voice)
		voice_send(l->voice, false);
	if (l->image)
		image_end(l->image);
	tell(l, "ended");
}

static int line_alloc(struct line **lp, struct phone *p)
{
	struct line *l = mem_zalloc(sizeof(*l), destructor);
	int err;

	if (!l)
		return ENOMEM;
	l->phone = p;
	err = line_media_alloc(l);
	if (err) {
		mem_deref(l);
		return err;
	}
	list_append(&p->lines, &l->le, l);
	*lp = l;
	return 0;
}

/* Who the display names: the asserted identity, else From */
static void caller_note(struct line *l, const struct sip_msg *msg)
{
	const struct sip_hdr *asserted = sip_msg_hdr(msg, SIP_HDR_P_ASSERTED_IDENTITY);
	struct sip_addr a = {
		.dname = msg->from.dname, .uri = msg->from.uri, .auri = msg->from.auri};

	if (asserted)
		(void)sip_addr_decode(&a, &asserted->val);
	(void)pl_strcpy(&a.dname, l->peer_name, sizeof(l->peer_name));
	(void)pl_strcpy(&a.uri.user, l->peer_number, sizeof(l->peer_number));
	(void)pl_strcpy(&a.auri, l->peer_uri, sizeof(l->peer_uri));
	(void)pl_strcpy(&msg->callid, l->callid, sizeof(l->callid));
}

/* handlers of sipsess */

static int offer_h(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	int err;

	if (!mbuf_get_left(msg->mb))
		return line_offer(descp, l);
	if (sip_msg_hdr(msg, SIP_HDR_P_ASSERTED_IDENTITY))
		caller_note(l, msg);
	if (line_image_wanted(l, msg)) {
		err = line_image_description(l, msg, true);
		if (!err)
			tell(l, "image");
		return err ? err : line_image_answer(descp, l);
	}
	sdp_media_set_ldir(l->audio, SDP_SENDRECV);
	err = line_description(l, msg, true);
	if (err)
		return err;
	tell(l, "changed");
	return line_answer_description(descp, l);
}

static int answer_h(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	bool image = line_image_wanted(l, msg);
	int err = !mbuf_get_left(msg->mb) ? EPROTO
		  : image		  ? line_image_description(l, msg, false)
					  : line_description(l, msg, false);

	if (!err)
		tell(l, image ? "image" : "changed");
	return err;
}

static void progress_h(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	l->progress = msg->scode;
	(void)pl_strcpy(&msg->callid, l->callid, sizeof(l->callid));
	if (msg_ctype_cmp(&msg->ctyp, "application", "sdp") && mbuf_get_left(msg->mb))
		(void)line_description(l, msg, false);
	tell(l, msg->scode == 183 ? "early" : "ringback");
}

static void established_h(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	const struct pl *local = msg->req ? &msg->to.tag : &msg->from.tag;
	const struct pl *remote = msg->req ? &msg->from.tag : &msg->to.tag;

	(void)pl_strcpy(&msg->callid, l->callid, sizeof(l->callid));
	(void)pl_strcpy(local, l->local_tag, sizeof(l->local_tag));
	(void)pl_strcpy(remote, l->remote_tag, sizeof(l->remote_tag));
	l->state = LINE_UP;
	line_media_update(l);
	tell(l, "up");
}

static void info_h(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	size_t n = strlen(l->info);
	struct pl key;

	if (!re_regex((char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb), "Signal=[ ]*[0-9*#A-D]1",
		      NULL, &key) &&
	    n + 1 < sizeof(l->info))
		l->info[n] = key.p[0];
	(void)sip_reply(sip, msg, 200, "OK");
}

static void refer_h(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	(void)sip_reply(sip, msg, 603, "Declined");
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	over(l, msg && !msg->req ? msg->scode : 0);
}

static int replaces_print(struct re_printf *pf, const char *replaces)
{
	return replaces ? re_hprintf(pf, "Replaces: %s\r\n", replaces) : 0;
}

/**
 * Dials
 *
 * @param lp The new line
 * @param p  Phone
 * @param d  Whom, and in which unusual way
 *
 * @return 0 or errno
 */
int line_dial(struct line **lp, struct phone *p, const struct dial *d)
{
	const char *routev[] = {p->route};
	char to[PHONE_URI], from[PHONE_URI];
	struct mbuf *offer = NULL;
	struct line *l;
	int err = line_alloc(&l, p);

	if (err)
		return err;
	(void)re_snprintf(to, sizeof(to), strchr(d->number, '@') ? "sip:%s" : "sip:%s@%s",
			  d->number, p->domain);
	(void)re_snprintf(from, sizeof(from),
			  strchr(d->as ? d->as : "", '@') ? "sip:%s" : "sip:%s@%s",
			  d->as ? d->as : p->number, p->domain);
	str_ncpy(l->peer_uri, to, sizeof(l->peer_uri));
	if (!d->no_offer)
		err = line_offer(&offer, l);
	if (!err)
		err = sipsess_connect(&l->sess, p->sessions, to, NULL, from, p->name, routev, 1,
				      ctype, offer, phone_auth, p, false, offer_h, answer_h,
				      progress_h, established_h, info_h, refer_h, close_h, l, "%H",
				      replaces_print, d->replaces);
	mem_deref(offer);
	if (err)
		mem_deref(l);
	else
		*lp = l;
	return err;
}

static int accept_early(struct line *l)
{
	struct mbuf *desc = NULL;
	int err = line_answer_description(&desc, l);

	if (!err)
		err = sipsess_progress(l->sess, 183, "Session Progress", desc, NULL);
	mem_deref(desc);
	return err;
}

static bool asked_at_once(const struct sip_msg *msg)
{
	const struct sip_hdr *info = sip_msg_hdr(msg, SIP_HDR_CALL_INFO);
	const struct sip_hdr *alert = sip_msg_hdr(msg, SIP_HDR_ALERT_INFO);

	return info && alert && !re_regex(info->val.p, info->val.l, "answer-after=0") &&
	       !re_regex(alert->val.p, alert->val.l, "answer-after=0");
}

/** Lets the phone ring */
void line_incoming(struct phone *p, const struct sip_msg *msg)
{
	struct line *l;
	int err = line_alloc(&l, p);

	if (err) {
		(void)sip_treply(NULL, p->sip, msg, 500, "Internal Error");
		return;
	}
	l->incoming = true;
	l->state = LINE_RINGING;
	l->offered = mbuf_get_left(msg->mb) > 0;
	caller_note(l, msg);
	if (l->offered)
		err = line_description(l, msg, true);
	if (err) {
		(void)sip_treply(NULL, p->sip, msg, 488, "Not Acceptable Here");
		mem_deref(l);
		return;
	}
	err = sipsess_accept(&l->sess, p->sessions, msg, 180, "Ringing", p->name, ctype, NULL,
			     phone_auth, p, false, offer_h, answer_h, established_h, info_h,
			     refer_h, close_h, l, NULL);
	if (!err && p->early)
		err = accept_early(l);
	if (err)
		over(l, 500);
	else
		tell(l, "ringing");
	if (!err && p->obeys && asked_at_once(msg))
		(void)line_answer(l);
}

/** Picks up */
int line_answer(struct line *l)
{
	struct mbuf *desc = NULL;
	int err;

	if (!l || l->state != LINE_RINGING)
		return ENOTCONN;
	err = l->offered ? line_answer_description(&desc, l) : line_offer(&desc, l);
	if (!err)
		err = sipsess_answer(l->sess, 200, "OK", desc, NULL);
	mem_deref(desc);
	return err;
}

/** Refuses a ringing call */
int line_reject(struct line *l, uint16_t code)
{
	int err;

	if (!l || l->state != LINE_RINGING)
		return ENOTCONN;
	err = sipsess_reject(l->sess, code, code == 486 ? "Busy Here" : "Decline", NULL);
	over(l, code);
	return err;
}

/** Ends a call, or gives up dialling */
void line_hangup(struct line *l)
{
	over(l, 0);
}

/** Holds or resumes by a re-INVITE */
int line_hold(struct line *l, bool hold)
{
	struct mbuf *desc = NULL;
	int err;

	if (!l || l->state != LINE_UP)
		return ENOTCONN;
	sdp_media_set_ldir(l->audio, hold ? SDP_SENDONLY : SDP_SENDRECV);
	if (hold)
		voice_send(l->voice, false);
	err = line_offer(&desc, l);
	if (!err)
		err = sipsess_modify(l->sess, desc);
	mem_deref(desc);
	return err;
}

static void refer_notified(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	struct pl code;

	if (!re_regex((char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb), "SIP/2.0 [0-9]+", &code))
		l->transfer = (uint16_t)pl_u32(&code);
	if (l->leaves && l->transfer >= 300)
		line_hangup(l);
	(void)sip_reply(sip, msg, 200, "OK");
}

static void refer_closed(int err, const struct sip_msg *msg, const struct sipevent_substate *state,
			 void *arg)
{
	struct line *l = arg;

	if (msg && !msg->req && msg->scode >= 300)
		l->transfer = msg->scode;
}

/* The Replaces header inside a Refer-To URI is escaped (RFC 3891 section 4). */
static int target_print(struct re_printf *pf, const struct line *other)
{
	struct pl callid;

	if (!other)
		return 0;
	pl_set_str(&callid, other->callid);
	return re_hprintf(pf, "?Replaces=%H%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s", uri_header_escape,
			  &callid, other->remote_tag, other->local_tag);
}

/**
 * Transfers by REFER
 *
 * @param l      Line whose peer is sent away
 * @param target Number or URI, NULL with another line
 * @param other  Line whose peer gets the call, or NULL
 *
 * @return 0 or errno
 */
int line_transfer(struct line *l, const char *target, const struct line *other)
{
	char uri[PHONE_URI];

	if (!l || l->state != LINE_UP)
		return ENOTCONN;
	if (other)
		str_ncpy(uri, other->peer_uri, sizeof(uri));
	else
		(void)re_snprintf(uri, sizeof(uri), strchr(target, '@') ? "sip:%s" : "sip:%s@%s",
				  target, l->phone->domain);
	l->refer = mem_deref(l->refer);
	l->transfer = 0;
	return sipevent_drefer(&l->refer, l->phone->events, sipsess_dialog(l->sess), l->phone->name,
			       phone_auth, l->phone, false, refer_notified, refer_closed, l,
			       "Refer-To: <%s%H>\r\nReferred-By: <%s>\r\n", uri, target_print,
			       other, l->phone->aor);
}

/** Sends keys by INFO, as older phones do */
int line_info(struct line *l, const char *keys)
{
	int err = l && l->state == LINE_UP ? 0 : ENOTCONN;

	for (const char *k = keys; *k && !err; k++) {
		struct mbuf *mb = mbuf_alloc(64);

		if (!mb)
			return ENOMEM;
		(void)mbuf_printf(mb, "Signal=%c\r\nDuration=160\r\n", *k);
		mb->pos = 0;
		err = sipsess_info(l->sess, "application/dtmf-relay", mb, NULL, NULL);
		mem_deref(mb);
	}
	return err;
}
