/**
 * @file dialog.c  The table of dialogs, their life, and the facts an owner may ask for
 */
#include <string.h>
#include "dialog_private.h"
#include "log.h"
#include "text.h"

/* --- small parts -------------------------------------------------------------------------------
 */

/** Replaces a text by a copy; len 0 empties it. Returns 0 or ENOMEM */
int body_set(struct body *b, const char *text, size_t len)
{
	char *copy = NULL;

	if (len) {
		copy = mem_alloc(len + 1, NULL);
		if (!copy)
			return ENOMEM;
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	mem_deref(b->text);
	b->text = copy;
	b->len = len;
	return 0;
}

/** Moves a text; what `to` held is dropped */
void body_move(struct body *to, struct body *from)
{
	mem_deref(to->text);
	*to = *from;
	from->text = NULL;
	from->len = 0;
}

/** Empties */
void body_clear(struct body *b)
{
	b->text = mem_deref(b->text);
	b->len = 0;
}

/** Same bytes? */
bool body_same(const struct body *b, const char *text, size_t len)
{
	return b->len == len && (!len || !memcmp(b->text, text, len));
}

/* --- the other end -----------------------------------------------------------------------------
 */

static void far_destructor(void *arg)
{
	struct far *f = arg;

	list_unlink(&f->le);
	mem_deref(f->routes);
}

/** Makes what we know of one end; EINVAL for a tag that is too long */
int far_alloc(struct far **fp, struct usage *u, const struct pl *tag)
{
	AUTO struct far *f = mem_zalloc(sizeof(*f), far_destructor);

	if (!f)
		return ENOMEM;
	f->cseq = -1;
	if (tag && (!text_one_line(tag) || !text_copy_pl(f->tag, sizeof(f->tag), tag)))
		return EINVAL;
	if (tag)
		list_append(&u->fars, &f->le, mem_ref(f));
	*fp = TAKE(f);
	return 0;
}

/** The end with this tag; NULL if there is none */
struct far *far_find(const struct usage *u, const struct pl *tag)
{
	struct le *le;

	LIST_FOREACH (&u->fars, le) {
		struct far *f = le->data;

		if (!pl_strcmp(tag, f->tag))
			return f;
	}
	return NULL;
}

/** Takes the Contact as the target (RFC 3261 section 12.2.1.2). False if it has no usable one */
bool far_target(struct far *f, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct sip_addr addr;

	if (!hdr || sip_addr_decode(&addr, &hdr->val))
		return false;
	uri_trim(&addr.auri);
	return uri_ours_scheme(&addr.uri.scheme) && pl_isset(&addr.uri.host) &&
	       uri_printable(&addr.auri) && text_copy_pl(f->target, sizeof(f->target), &addr.auri);
}

struct routes {
	struct far *f;
	int err;
};

static bool route_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct routes *r = arg;
	struct sip_addr addr;
	(void)msg;

	if (sip_addr_decode(&addr, &hdr->val) || !text_one_line(&hdr->val) ||
	    !uri_printable(&addr.auri)) {
		r->err = EBADMSG;
		return true;
	}
	if (!r->f->next[0] && !text_copy_pl(r->f->next, sizeof(r->f->next), &addr.auri))
		r->err = EOVERFLOW;
	r->err = r->err ? r->err : mbuf_printf(r->f->routes, "Route: %r\r\n", &hdr->val);
	return r->err != 0;
}

/** Takes the Record-Route lines as the route set (RFC 3261 section 12.1). Returns 0 or errno */
int far_routes(struct far *f, const struct sip_msg *msg, bool forward)
{
	struct routes r = {.f = f};

	f->next[0] = '\0';
	f->routes = mem_deref(f->routes);
	if (!sip_msg_hdr(msg, SIP_HDR_RECORD_ROUTE))
		return 0;
	f->routes = mbuf_alloc(256);
	if (!f->routes)
		return ENOMEM;
	(void)sip_msg_hdr_apply(msg, forward, SIP_HDR_RECORD_ROUTE, route_h, &r);
	return r.err;
}

/* libre sends to sip: only, and by UDP unless told otherwise */
static void next_print(char *next, size_t size, const struct uri *uri, const char *transport)
{
	char port[8] = "", host[SIP_NAME];

	if (uri->port)
		(void)re_snprintf(port, sizeof(port), ":%u", uri->port);
	(void)re_snprintf(host, sizeof(host), uri->af == AF_INET6 ? "[%r]" : "%r", &uri->host);
	(void)re_snprintf(next, size, "sip:%s%s;transport=%s", host, port, transport);
}

static const char *transport_name(enum sip_transp tp)
{
	return tp == SIP_TRANSP_TLS ? "tls" : tp == SIP_TRANSP_TCP ? "tcp" : "udp";
}

/**
 * Fills in the next hop for a peer without a flow: its first route, else its target, unless that
 * leads nowhere; by the right transport.
 *
 * @param f   Far end; next holds the first route or nothing
 * @param tp  Transport of what it sent
 * @param src Where that came from; NULL if nothing came yet
 */
void far_next(struct far *f, enum sip_transp tp, const struct sa *src)
{
	char text[SIP_URI];
	struct uri uri;
	struct pl pl, transport;

	if (src && !f->next[0] && contact_misleads(f->target, src)) {
		(void)re_snprintf(f->next, sizeof(f->next), "sip:%J;transport=%s", src,
				  transport_name(tp));
		return;
	}
	(void)text_printf(text, sizeof(text), "%s", f->next[0] ? f->next : f->target);
	pl_set_str(&pl, text);
	f->next[0] = '\0';
	if (uri_decode(&uri, &pl))
		return;
	if (!pl_strcasecmp(&uri.scheme, "sips"))
		next_print(f->next, sizeof(f->next), &uri, "tls");
	else if (!msg_param_decode(&uri.params, "transport", &transport))
		(void)text_printf(f->next, sizeof(f->next), "%s", text);
	else
		next_print(f->next, sizeof(f->next), &uri, transport_name(tp));
}

/** Their Contact moves the target; the route set stays (RFC 3261 section 12.2.1.2) */
void usage_retarget(struct usage *u, const struct sip_msg *msg)
{
	if (!far_target(u->far, msg) || u->by_flow || u->far->routes)
		return;
	u->far->next[0] = '\0';
	far_next(u->far, msg->tp, &msg->src);
}

/* --- life --------------------------------------------------------------------------------------
 */

static void usage_timers_cancel(struct usage *u)
{
	uac_cancel_stop(u);
	tmr_cancel(&u->tmr_glare);
	tmr_cancel(&u->tmr_se);
	usage_unwatch(u);
	repeat_stop(&u->ack);
	repeat_stop(&u->prack);
}

static void usage_destructor(void *arg)
{
	struct usage *u = arg;

	usage_timers_cancel(u);
	list_flush(&u->fars);
	mem_deref(u->far);
	mem_deref(u->local);
	mem_deref(u->remote);
	mem_deref(u->invite_auth);
	mem_deref(u->invite_extra);
	mem_deref(u->asserted);
	mem_deref(u->st);
	mem_deref(u->msg);
	mem_deref(u->ex_st);
	mem_deref(u->ex_msg);
	mem_deref(u->refer_st);
	mem_deref(u->refer_msg);
	body_clear(&u->later.sdp);
	body_clear(&u->local_sdp);
	body_clear(&u->remote_sdp);
	body_clear(&u->offered);
	body_clear(&u->wanted);
	memset(u->auth_password, 0, sizeof(u->auth_password));
}

static void dialog_destructor(void *arg)
{
	struct dialog *d = arg;
	struct usage *u = d->u;

	if (u && u->handle == d)
		usage_leave(u, CAUSE_NORMAL, "");
	mem_deref(u);
}

/** Makes a handle and its usage, not yet in the table. Returns 0, ENOMEM or EAGAIN (too many) */
int usage_alloc(struct dialog **dp, struct stack *s)
{
	AUTO struct dialog *d = NULL;
	struct usage *u;

	if (s->dialogs->count >= DIALOGS_MAX)
		return EAGAIN;
	d = mem_zalloc(sizeof(*d), dialog_destructor);
	u = d ? mem_zalloc(sizeof(*u), usage_destructor) : NULL;
	if (!u)
		return ENOMEM;
	d->u = u;
	u->s = s;
	u->state = USAGE_OVER; /* nothing to end before it is in the table */
	u->se_min_s = SESSION_MIN_S;
	u->bye_cause = CAUSE_NORMAL;
	*dp = TAKE(d);
	(*dp)->u->handle = *dp;
	return 0;
}

/** Puts a usage into the table, which keeps it until usage_over() */
void usage_enter(struct usage *u)
{
	struct dialogs *ds = u->s->dialogs;

	hash_append(ds->ht, hash_joaat_str(u->call_id), &u->he, mem_ref(u));
	list_append(&ds->all, &u->le, u);
	if (u->incoming)
		list_append(&ds->ringing, &u->le_ring, u);
	++ds->count;
	u->state = u->incoming ? USAGE_RINGING : USAGE_CALLING;
}

/** Finds by Call-ID and our own tag */
struct usage *usage_find(const struct stack *s, const struct pl *call_id,
			 const struct pl *local_tag)
{
	struct le *le = list_head(hash_list(s->dialogs->ht, hash_joaat_pl(call_id)));

	for (; le; le = le->next) {
		struct usage *u = le->data;

		if (!pl_strcmp(local_tag, u->local_tag) && !pl_strcmp(call_id, u->call_id))
			return u;
	}
	return NULL;
}

/** See stack_private.h */
bool dialogs_know(const struct stack *s, const struct pl *call_id)
{
	struct le *le = list_head(hash_list(s->dialogs->ht, hash_joaat_pl(call_id)));

	for (; le; le = le->next) {
		if (!pl_strcmp(call_id, ((const struct usage *)le->data)->call_id))
			return true;
	}
	return false;
}

/** Nothing more is sent or expected. The usage may be gone when this returns */
void usage_over(struct usage *u)
{
	if (u->state == USAGE_OVER)
		return;
	u->state = USAGE_OVER;
	usage_timers_cancel(u);
	modify_drop(u, 487);
	refer_drop(u);
	u->st = mem_deref(u->st);
	u->invite = NULL;
	list_flush(&u->asks);
	hash_unlink(&u->he);
	list_unlink(&u->le);
	list_unlink(&u->le_ring);
	--u->s->dialogs->count;
	mem_deref(u);
}

/** Tells the owner of an end it did not cause, once; no handler is called after */
void usage_tell(struct usage *u, const struct dialog_end *end)
{
	struct dialog *d = u->handle;

	u->handle = NULL;
	if (!d)
		return;
	log_debug("sip.dialog_end", "call_id=%s cause=%s scode=%u", u->call_id,
		  cause_name(end->cause), end->scode);
	if (d->h.close_h)
		d->h.close_h(d, end, d->arg);
}

/** The far side or the wire ended it */
void usage_close(struct usage *u, const struct dialog_end *end)
{
	mem_ref(u);
	usage_over(u);
	usage_tell(u, end);
	mem_deref(u);
}

/** Ended for a reason of our own: BYE if the far side may still be there */
void usage_close_cause(struct usage *u, enum cause cause)
{
	struct dialog_end end = {.cause = cause, .q850 = cause_q850(cause)};

	mem_ref(u);
	if (u->state == USAGE_UP) {
		repeat_stop(&u->ack);
		u->bye_cause = cause;
		bye_send(u);
	} else if (u->state == USAGE_RINGING) {
		uas_reject(u, cause_sip(cause), cause_sip_reason(cause), cause);
	} else {
		usage_over(u);
	}
	usage_tell(u, &end);
	mem_deref(u);
}

/**
 * The owner goes: what politeness asks for in this state. Its handlers are forgotten.
 *
 * @param u     Usage; may be gone when this returns
 * @param cause For the Reason header
 * @param text  Its words, "" for the cause's own
 */
void usage_leave(struct usage *u, enum cause cause, const char *text)
{
	uint16_t scode = cause_sip(cause);

	u->handle = NULL;
	u->bye_cause = cause;
	str_ncpy(u->bye_text, text, sizeof(u->bye_text));
	switch (u->state) {
	case USAGE_CALLING:
		uac_cancel(u);
		break;
	case USAGE_RINGING:
		scode = scode < 300 ? 480 : scode;
		uas_reject(u, scode, reason_phrase(scode), cause);
		break;
	case USAGE_UP:
		/* not before the ACK (RFC 3261 section 15) */
		if (u->ack.msg)
			u->state = USAGE_LEAVING;
		else
			bye_send(u);
		break;
	default:
		break;
	}
}

/** What a message of the peer tells about it */
void usage_learn(struct usage *u, const struct sip_msg *msg)
{
	const struct sip_hdr *ua = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);

	if (!ua)
		ua = sip_msg_hdr(msg, SIP_HDR_SERVER);
	if (ua && !u->agent[0] && text_one_line(&ua->val)) {
		struct pl cut = {ua->val.p, MIN(ua->val.l, sizeof(u->agent) - 1)};

		(void)text_copy_pl(u->agent, sizeof(u->agent), &cut);
	}
	if (sip_msg_hdr(msg, SIP_HDR_ALLOW))
		u->can_update = sip_msg_hdr_has_value(msg, SIP_HDR_ALLOW, "UPDATE");
	if (sip_msg_hdr(msg, SIP_HDR_SUPPORTED) || sip_msg_hdr(msg, SIP_HDR_REQUIRE)) {
		u->can_timer = request_supports(msg, "timer");
		u->can_reliable = request_supports(msg, "100rel");
	}
}

/* --- hooks of the stack ------------------------------------------------------------------------
 */

/** Makes the empty table. Returns 0 or errno */
int dialogs_alloc(struct dialogs **dp, struct stack *s)
{
	struct dialogs *ds = mem_zalloc(sizeof(*ds), NULL);
	int err;

	if (!ds)
		return ENOMEM;
	ds->s = s;
	err = hash_alloc(&ds->ht, DIALOGS_BUCKETS);
	if (err)
		mem_deref(ds);
	else
		*dp = ds;
	return err;
}

/** Ends all at once, without a word to anybody; handles that are still held stay valid */
void dialogs_free(struct dialogs *ds)
{
	while (ds->all.head) {
		struct usage *u = ds->all.head->data;

		u->handle = NULL;
		usage_over(u);
	}
	mem_deref(ds->ht);
	ds->s->dialogs = NULL;
	mem_deref(ds);
}

/** See stack_private.h */
unsigned dialogs_count(const struct stack *s)
{
	return s->dialogs ? s->dialogs->count : 0;
}

/* --- facts -------------------------------------------------------------------------------------
 */

/** Sets who is told; called by the owner of an incoming dialog before anything else */
void dialog_set_handlers(struct dialog *d, const struct dialog_handlers *h, void *arg)
{
	d->h = *h;
	d->arg = arg;
}

/** Argument of the handlers, NULL before they are set */
void *dialog_arg(const struct dialog *d)
{
	return d->arg;
}

/** Call-ID */
const char *dialog_call_id(const struct dialog *d)
{
	return d->u->call_id;
}

/** Did the far side call? */
bool dialog_incoming(const struct dialog *d)
{
	return d->u->incoming;
}

/** Answered, and not yet over */
bool dialog_confirmed(const struct dialog *d)
{
	return d->u->state == USAGE_UP;
}

/** Whether whom we call has been heard at all */
bool dialog_heard(const struct dialog *d)
{
	return d->u->cancel.via[0] || d->u->state == USAGE_UP;
}

/** User-Agent or Server of the peer, "" if it did not say */
const char *dialog_user_agent(const struct dialog *d)
{
	return d->u->agent;
}

/** Address of the peer, the browser's own one behind the WebSocket edge */
const struct sa *dialog_peer(const struct dialog *d)
{
	return &d->u->client;
}

/** Who sent the INVITE; meaningless for a call of ours */
const struct sip_sender *dialog_sender(const struct dialog *d)
{
	return &d->sender;
}

/** User part of the Request-URI of their INVITE, unescaped */
const char *dialog_request_user(const struct dialog *d)
{
	return d->request_user;
}

/** Replaces header of their INVITE, "" for none */
const char *dialog_replaces(const struct dialog *d)
{
	return d->replaces;
}

/** Device id, "" for a trunk */
const char *dialog_device(const struct dialog *d)
{
	return d->u->device;
}

/** What they described last: at first the offer of their INVITE. Valid until the next event */
void dialog_body(const struct dialog *d, const char **sdp, size_t *len)
{
	*sdp = d->u->remote_sdp.text;
	*len = d->u->remote_sdp.len;
}

/**
 * Hangs up: BYE, CANCEL or a final response with a Reason (RFC 3326); close_h is not called. What
 * the wire still needs goes on behind; deref the handle then.
 *
 * @param d     Dialog
 * @param cause Why; with CAUSE_ELSEWHERE the phone shows no missed call
 * @param text  For its display, as "Answered on Kitchen"; NULL for the cause's sentence
 */
void dialog_hangup(struct dialog *d, enum cause cause, const char *text)
{
	if (d->u->handle == d)
		usage_leave(d->u, cause, text ? text : "");
}
