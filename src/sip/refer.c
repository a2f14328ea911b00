/**
 * @file refer.c  A party asks for a transfer (RFC 3515, RFC 3892, RFC 4488)
 *
 * Only inside its own call. The owner accepts or not, and says by NOTIFY how it went: first 100,
 * last a final code, then the subscription is over.
 */
#include <string.h>
#include "dialog_private.h"
#include "text.h"

enum { REFER_LIFE_S = 300 };

/** Refuses a REFER that still waits for the owner */
void refer_drop(struct usage *u)
{
	if (u->refer_st)
		(void)sip_treply(&u->refer_st, u->s->sip, u->refer_msg, 487, reason_phrase(487));
	u->refer_st = mem_deref(u->refer_st);
	u->refer_msg = mem_deref(u->refer_msg);
	u->refer_live = false;
}

static bool unescape(char *buf, size_t size, const struct pl *pl)
{
	AUTO struct mbuf *mb = mbuf_alloc(128);

	if (!mb || mbuf_printf(mb, "%H", uri_header_unescape, pl))
		return false;
	return text_copy_pl(buf, size, &(struct pl){(char *)mb->buf, mb->end}) &&
	       text_printable(buf);
}

static bool user_unescape(char *buf, size_t size, const struct pl *pl)
{
	AUTO struct mbuf *mb = mbuf_alloc(128);

	if (!mb || mbuf_printf(mb, "%H", uri_user_unescape, pl))
		return false;
	return text_copy_pl(buf, size, &(struct pl){(char *)mb->buf, mb->end}) &&
	       text_printable(buf);
}

static bool refer_parse(struct dialog_refer *r, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_REFER_TO);
	const struct sip_hdr *sub = sip_msg_hdr(msg, SIP_HDR_REFER_SUB);
	static const struct pl name = PL("Replaces");
	struct sip_addr addr;
	struct pl val;

	memset(r, 0, sizeof(*r));
	if (!hdr || sip_msg_hdr_count(msg, SIP_HDR_REFER_TO) != 1 ||
	    sip_addr_decode(&addr, &hdr->val) || !uri_ours_scheme(&addr.uri.scheme))
		return false;
	if (!msg_param_decode(&addr.uri.params, "method", &val) && pl_strcasecmp(&val, "INVITE"))
		return false;
	r->norefersub = sub && sub->val.l >= 5 && !strncasecmp(sub->val.p, "false", 5);
	if (!user_unescape(r->user, sizeof(r->user), &addr.uri.user) ||
	    !text_copy_pl(r->domain, sizeof(r->domain), &addr.uri.host))
		return false;
	if (!uri_header_get(&addr.uri.headers, &name, &val) &&
	    !unescape(r->replaces, sizeof(r->replaces), &val))
		return false;
	(void)header_value(r->referred_by, sizeof(r->referred_by), msg, SIP_HDR_REFERRED_BY);
	return r->user[0] || r->replaces[0];
}

/** REFER: to the owner, who answers now or later */
void refer_request(struct usage *u, const struct sip_msg *msg)
{
	struct dialog *d = u->handle;
	struct dialog_refer r;

	if (!refer_parse(&r, msg)) {
		reply_plain(u, msg, 400, "Bad Refer-To");
		return;
	}
	if (u->refer_st || u->refer_live) {
		reply_pending(u, msg);
		return;
	}
	if (!d || !d->h.refer_h || u->state != USAGE_UP) {
		reply_plain(u, msg, 603, reason_phrase(603));
		return;
	}
	if (sip_strans_alloc(&u->refer_st, u->s->sip, msg, NULL, NULL)) {
		reply_plain(u, msg, 500, reason_phrase(500));
		return;
	}
	u->refer_msg = mem_ref((void *)(uintptr_t)msg);
	u->refer_cseq = msg->cseq.num;
	u->refer_silent = r.norefersub;
	++u->refers;
	d->h.refer_h(d, &r, d->arg);
}

static void notify_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	(void)a;
	/* it does not want to know */
	if (!err && msg->scode >= 300)
		u->refer_live = false;
}

/** A NOTIFY is under way: what it says had not been heard when what came now was sent */
bool refer_untold(const struct usage *u)
{
	const struct le *le;

	for (le = u->asks.head; le; le = le->next)
		if (((const struct ask *)le->data)->h == notify_h)
			return true;
	return false;
}

static int notify(struct usage *u, uint16_t scode, bool final)
{
	char headers[192], text[96], id[32] = "";
	int n;

	/* of the first the id may be left out, and some phones want it so (RFC 3515 section 2.4.6)
	 */
	if (u->refers > 1)
		(void)re_snprintf(id, sizeof(id), ";id=%u", u->refer_cseq);
	(void)re_snprintf(headers, sizeof(headers), "Event: refer%s\r\nSubscription-State: ", id);
	n = (int)strlen(headers);
	if (final)
		(void)re_snprintf(headers + n, sizeof(headers) - (size_t)n,
				  "terminated;reason=noresource\r\n");
	else
		(void)re_snprintf(headers + n, sizeof(headers) - (size_t)n, "active;expires=%u\r\n",
				  REFER_LIFE_S);
	n = re_snprintf(text, sizeof(text), "SIP/2.0 %u %s\r\n", scode, reason_phrase(scode));
	return ask_send_typed(u, "NOTIFY", headers, "message/sipfrag;version=2.0", text, (size_t)n,
			      notify_h);
}

/**
 * Accepts what refer_h asked: 202, and NOTIFY with 100 unless they want none.
 *
 * @param d Dialog
 *
 * @return 0, ENOENT if nothing waits, or errno
 */
int dialog_refer_accept(struct dialog *d)
{
	struct usage *u = d->u;
	int err;

	if (u->handle != d || !u->refer_st)
		return ENOENT;
	err = reply(u, &u->refer_st, NULL, u->refer_msg, 202, "Accepted",
		    u->refer_silent ? "Refer-Sub: false\r\n" : NULL, NULL);
	u->refer_st = mem_deref(u->refer_st);
	u->refer_msg = mem_deref(u->refer_msg);
	if (err)
		return err;
	u->refer_live = !u->refer_silent;
	return u->refer_live ? notify(u, 100, false) : 0;
}

/** Refuses what refer_h asked. Returns 0, or ENOENT if nothing waits */
int dialog_refer_reject(struct dialog *d, uint16_t scode)
{
	struct usage *u = d->u;

	if (u->handle != d || !u->refer_st)
		return ENOENT;
	(void)sip_treply(&u->refer_st, u->s->sip, u->refer_msg, scode, reason_phrase(scode));
	u->refer_st = mem_deref(u->refer_st);
	u->refer_msg = mem_deref(u->refer_msg);
	return 0;
}

/**
 * Says how the transfer goes.
 *
 * @param d     Dialog
 * @param scode What the new party said: 180, 200, 486...
 * @param final The last word
 *
 * @return 0 (also if they want no NOTIFY), ENOENT after the last word, or errno
 */
int dialog_refer_notify(struct dialog *d, uint16_t scode, bool final)
{
	struct usage *u = d->u;
	int err;

	if (u->handle != d || u->state != USAGE_UP)
		return ENOTCONN;
	if (!u->refer_live)
		return u->refer_silent ? 0 : ENOENT;
	err = notify(u, scode, final);
	if (final)
		u->refer_live = false;
	return err;
}
