/**
 * @file header.c  Headers of our requests: identity, Contact, Reason; and reading those of others
 *
 * Whatever comes from above or from the network is escaped or left out: nothing ends a line early.
 */
#include <string.h>
#include "dialog_private.h"
#include "text.h"

/** Ends a buffer as a text of its own; the buffer is emptied. Returns 0 or ENOMEM */
int mbuf_text(char **text, struct mbuf *mb)
{
	mb->pos = 0;
	return mbuf_strdup(mb, text, mb->end);
}

/* A quoted string; control characters are left out (RFC 3261 section 25.1) */
static int quoted(struct mbuf *mb, const char *name)
{
	int err = mbuf_write_u8(mb, '"');

	for (; *name; name++) {
		if ((uint8_t)*name < ' ' || *name == 0x7f)
			continue;
		if (*name == '"' || *name == '\\')
			err |= mbuf_write_u8(mb, '\\');
		err |= mbuf_write_u8(mb, (uint8_t)*name);
	}
	return err | mbuf_write_u8(mb, '"');
}

static bool host_plain(const char *host)
{
	return host[0] && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789.-_:[]") == strlen(host);
}

static int address(struct mbuf *mb, const char *name, const char *user, const char *domain)
{
	struct pl pl;
	int err = 0;

	if (!host_plain(domain))
		return EINVAL;
	pl_set_str(&pl, user);
	if (name[0]) {
		err = quoted(mb, name);
		err |= mbuf_write_u8(mb, ' ');
	}
	err |= mbuf_write_str(mb, "<sip:");
	if (pl.l)
		err |= mbuf_printf(mb, "%H@", uri_user_escape, &pl);
	return err | mbuf_printf(mb, "%s>", domain);
}

/** `"Name" <sip:user@domain>` for From and To; hidden: anonymous (RFC 3323 section 4.1) */
int identity_address(char **text, const struct dialog_identity *id)
{
	AUTO struct mbuf *mb = mbuf_alloc(128);
	int err;

	if (!mb)
		return ENOMEM;
	err = id->hidden ? address(mb, "Anonymous", "anonymous", "anonymous.invalid")
			 : address(mb, id->name, id->user, id->domain);
	return err ? err : mbuf_text(text, mb);
}

/** Privacy (RFC 3323), P-Asserted-Identity (RFC 3325) and, for older phones, Remote-Party-ID */
int identity_lines(struct mbuf *mb, const struct dialog_identity *id, const char *party)
{
	int err = 0;

	if (id->hidden)
		err |= mbuf_write_str(mb, "Privacy: id\r\n");
	if (!id->asserted)
		return err;
	if (!id->no_pai) {
		err |= mbuf_write_str(mb, "P-Asserted-Identity: ");
		err |= address(mb, id->name, id->user, id->domain);
		err |= mbuf_write_str(mb, "\r\n");
	}
	if (id->no_rpid)
		return err;
	err |= mbuf_write_str(mb, "Remote-Party-ID: ");
	err |= address(mb, id->name, id->user, id->domain);
	return err | mbuf_printf(mb, ";party=%s;screen=yes;privacy=%s\r\n", party,
				 id->hidden ? "full" : "off");
}

/* What the two RFCs call it: a reason, and by RFC 7544 section 7 a cause of RFC 4458 */
static const struct {
	const char *reason;
	unsigned cause;
} diversions[] = {
	[DIVERTED_ALWAYS] = {"unconditional", 302}, [DIVERTED_BUSY] = {"user-busy", 486},
	[DIVERTED_NOANSWER] = {"no-answer", 408},   [DIVERTED_UNAVAIL] = {"unavailable", 503},
	[DIVERTED_FOLLOW] = {"follow-me", 404},	    [DIVERTED_OTHER] = {"unknown", 404},
};

/**
 * Writes who passed the call on: Diversion (RFC 5806) or History-Info (RFC 7044)
 *
 * @param mb     Lines
 * @param d      Who, why and how to say it
 * @param target Whom the call goes to, a URI
 *
 * @return 0, EINVAL for a domain that is none, or ENOMEM
 */
int diversion_lines(struct mbuf *mb, const struct dialog_diversion *d, const char *target)
{
	bool history = d->how == DIVERSION_HISTORY;
	int err;

	if (d->how == DIVERSION_NONE || d->why == DIVERTED_NOT)
		return 0;
	err = mbuf_write_str(mb, history ? "History-Info: " : "Diversion: ");
	err = err ? err : address(mb, "", d->user, d->domain);
	if (err)
		return err;
	return history ? mbuf_printf(mb, ";index=1, <%s;cause=%u>;index=1.1;mp=1\r\n", target,
				     diversions[d->why].cause)
		       : mbuf_printf(mb, ";reason=%s;counter=1\r\n", diversions[d->why].reason);
}

/** Our Contact line for the usage's flow */
int header_contact(struct mbuf *mb, const struct usage *u)
{
	char uri[SIP_URI];

	if (!stack_contact(uri, sizeof(uri), u->s, &u->flow, u->contact_user))
		return EOVERFLOW;
	return mbuf_printf(mb, "Contact: <%s>\r\n", uri);
}

/** What every request of a dialog begins with. `far` without a tag: there is no dialog yet */
int headers_common(struct mbuf *mb, const struct usage *u, const struct far *far,
		   const char *method, uint32_t cseq)
{
	int err;

	err = mbuf_printf(mb, "Max-Forwards: %u\r\n", u->max_forwards ? u->max_forwards : 70);
	if (far->routes)
		err |= mbuf_write_mem(mb, far->routes->buf, far->routes->end);
	err |= mbuf_printf(mb, "From: %s;tag=%s\r\nTo: %s%s%s\r\n", u->local, u->local_tag,
			   u->remote, far->tag[0] ? ";tag=" : "", far->tag);
	err |= mbuf_printf(mb, "Call-ID: %s\r\nCSeq: %u %s\r\n", u->call_id, cseq, method);
	if (u->s->software[0])
		err |= mbuf_printf(mb, "User-Agent: %s\r\n", u->s->software);
	return err;
}

/* Ends whose SIP code a phone tells its user in words of its own */
static bool known_by_code(enum cause cause)
{
	return cause == CAUSE_ELSEWHERE || cause == CAUSE_DECLINED ||
	       cause == CAUSE_BUSY_EVERYWHERE || cause == CAUSE_NO_CREDIT ||
	       cause == CAUSE_NO_MEDIA;
}

/* Some phones do not unescape a quoted string: what would need it is left out */
static void reason_text(char *plain, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		if (*text != '"' && *text != '\\')
			plain[n++] = *text;
	}
	plain[n] = '\0';
}

/**
 * Writes Reason lines (RFC 3326): what a CANCEL, a BYE or a refusal is for.
 *
 * @param mb      Lines
 * @param request CANCEL or BYE; a refusal has its SIP code in its first line (RFC 6432)
 * @param cause   Why
 * @param text    For people, in place of the cause's sentence; "" for that
 *
 * @return 0 or errno
 */
int header_reason(struct mbuf *mb, bool request, enum cause cause, const char *text)
{
	char plain[SIP_NAME];
	int err = 0;

	reason_text(plain, sizeof(plain),
		    text[0] && text_printable(text) ? text : cause_text(cause));
	if (request && known_by_code(cause))
		err = mbuf_printf(mb, "Reason: SIP;cause=%u;text=\"%s\"\r\n", cause_sip(cause),
				  plain);
	return err |
	       mbuf_printf(mb, "Reason: Q.850;cause=%u;text=\"%s\"\r\n", cause_q850(cause), plain);
}

static bool reason_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct dialog_end *end = arg;
	struct pl protocol, params, cause;
	(void)msg;

	if (re_regex(hdr->val.p, hdr->val.l, "[a-zA-Z0-9.]+[ \t]*;[^]*", &protocol, NULL, &params))
		return false;
	params.p -= 1;
	params.l += 1;
	if (msg_param_decode(&params, "cause", &cause))
		return false;
	if (!pl_strcasecmp(&protocol, "Q.850"))
		end->q850 = (uint16_t)(pl_u32(&cause) & 0x7f);
	else if (!pl_strcasecmp(&protocol, "SIP"))
		end->elsewhere |= pl_u32(&cause) == 200;
	return false;
}

/** Takes over what the Reason headers say */
void reason_parse(struct dialog_end *end, const struct sip_msg *msg)
{
	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_REASON, reason_h, end);
}

/** Copies a header that stands once; false (and an empty text) if it is not there or too long */
bool header_value(char *buf, size_t size, const struct sip_msg *msg, enum sip_hdrid id)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, id);

	buf[0] = '\0';
	return hdr && text_one_line(&hdr->val) && text_copy_pl(buf, size, &hdr->val);
}

/** The number a header begins with, or `none` */
uint32_t msg_number(const struct sip_msg *msg, enum sip_hdrid id, uint32_t none)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, id);
	struct pl n;

	if (!hdr || re_regex(hdr->val.p, hdr->val.l, "[0-9]+", &n) || n.p != hdr->val.p || n.l > 9)
		return none;
	return pl_u32(&n);
}

/** The body; len 0 for none */
void msg_body(const struct sip_msg *msg, const char **text, size_t *len)
{
	*text = (const char *)mbuf_buf(msg->mb);
	*len = mbuf_get_left(msg->mb);
}

/** May the body be taken as a description? 0, or the code to refuse with (RFC 3261 8.2.3) */
uint16_t msg_body_check(const struct sip_msg *msg)
{
	const struct sip_hdr *enc = sip_msg_hdr(msg, SIP_HDR_CONTENT_ENCODING);
	size_t len = mbuf_get_left(msg->mb);

	if (!len)
		return 0;
	if (len > BODY_MAX)
		return 513;
	if (enc && pl_strcasecmp(&enc->val, "identity"))
		return 415;
	return msg_ctype_cmp(&msg->ctyp, "application", "sdp") ? 0 : 415;
}
