/**
 * @file validate.c  Is this request well-formed enough to be looked at?
 *
 * libre's parser is lenient and checks no mandatory header. Order and answers follow RFC 3261
 * sections 8.1.1, 8.2, 16.3 and the torture tests of RFC 4475.
 */
#include <string.h>
#include "stack_parts.h"

static const char *const known_options[] = {"replaces", "timer",    "100rel",
					    "path",	"outbound", "norefersub"};

static void refuse(struct verdict *v, uint16_t scode, const char *reason)
{
	if (v->scode)
		return;
	v->scode = scode;
	v->reason = reason;
}

/* A decimal number without sign and at most max */
static bool number(const struct pl *pl, uint64_t max)
{
	uint64_t n = 0;

	if (!pl->l || pl->l > 10)
		return false;
	for (size_t i = 0; i < pl->l; i++) {
		if (pl->p[i] < '0' || pl->p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(pl->p[i] - '0');
	}
	return n <= max;
}

/* A quote that is opened and never closed (RFC 4475 section 3.1.2.6) */
static bool quotes_balanced(const struct pl *pl)
{
	bool open = false;

	for (size_t i = 0; i < pl->l; i++) {
		if (open && pl->p[i] == '\\')
			++i;
		else if (pl->p[i] == '"')
			open = !open;
	}
	return !open;
}

/** Without control characters: a folded line must not get into what we send */
bool text_one_line(const struct pl *pl)
{
	for (size_t i = 0; i < pl->l; i++) {
		if ((uint8_t)pl->p[i] < ' ' || pl->p[i] == 0x7f)
			return false;
	}
	return true;
}

/** Fit to stand in a request line or between angle brackets */
bool uri_printable(const struct pl *pl)
{
	for (size_t i = 0; i < pl->l; i++) {
		if (strchr(" <>\"", pl->p[i]))
			return false;
	}
	return pl->l && text_one_line(pl);
}

static void check_bounds(struct verdict *v, const struct sip_msg *msg)
{
	static const enum sip_hdrid routing[] = {SIP_HDR_VIA, SIP_HDR_ROUTE, SIP_HDR_RECORD_ROUTE,
						 SIP_HDR_CONTACT, SIP_HDR_PATH};

	if (list_count(&msg->hdrl) > VALID_HEADERS)
		refuse(v, 400, "Too Many Headers");
	for (size_t i = 0; i < COUNT(routing); i++) {
		if (sip_msg_hdr_count(msg, routing[i]) > VALID_ROUTING)
			refuse(v, 400, "Too Many Headers");
	}
}

/* Fields of which there must be one, or at most one (RFC 4475 section 3.3.8) */
static void check_single(struct verdict *v, const struct sip_msg *msg)
{
	static const struct {
		enum sip_hdrid id;
		unsigned min;
		const char *reason;
	} single[] = {
		{SIP_HDR_FROM, 1, "Bad From"},
		{SIP_HDR_TO, 1, "Bad To"},
		{SIP_HDR_CALL_ID, 1, "Bad Call-ID"},
		{SIP_HDR_CSEQ, 1, "Bad CSeq"},
		{SIP_HDR_MAX_FORWARDS, 1, "Bad Max-Forwards"},
		{SIP_HDR_CONTENT_LENGTH, 0, "Bad Content-Length"},
		{SIP_HDR_CONTENT_TYPE, 0, "Bad Content-Type"},
		{SIP_HDR_EXPIRES, 0, "Bad Expires"},
	};

	for (size_t i = 0; i < COUNT(single); i++) {
		uint32_t n = sip_msg_hdr_count(msg, single[i].id);

		if (n < single[i].min || n > 1)
			refuse(v, 400, single[i].reason);
	}
	if (!pl_isset(&msg->via.sentby))
		refuse(v, 400, "Bad Via");
}

static bool cseq_good(const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CSEQ);
	struct pl num;

	/* the number as written: libre's wraps around (RFC 4475 section 3.1.2.4) */
	return hdr &&
	       !re_regex(hdr->val.p, hdr->val.l, "[0-9]+[ \t\r\n]+[^ \t\r\n]+", &num, NULL, NULL) &&
	       num.p == hdr->val.p && number(&num, INT32_MAX) && !pl_cmp(&msg->cseq.met, &msg->met);
}

/** Without brackets libre takes the space before the parameters into the URI (RFC 4475 3.1.1.1) */
void uri_trim(const struct pl *pl)
{
	struct pl *uri = (struct pl *)(uintptr_t)pl;

	while (uri->l && strchr(" \t\r\n", uri->p[uri->l - 1]))
		--uri->l;
}

static void check_fields(struct verdict *v, const struct sip_msg *msg)
{
	if (!pl_isset(&msg->from.uri.host) && !pl_isset(&msg->from.uri.scheme))
		refuse(v, 400, "Bad From");
	if (!pl_isset(&msg->from.tag))
		refuse(v, 400, "Missing From Tag");
	if (!pl_isset(&msg->to.uri.host) && !pl_isset(&msg->to.uri.scheme))
		refuse(v, 400, "Bad To");
	uri_trim(&msg->from.auri);
	uri_trim(&msg->to.auri);
	if (!uri_printable(&msg->from.auri) || !text_one_line(&msg->from.tag))
		refuse(v, 400, "Bad From");
	if (!uri_printable(&msg->to.auri) || !text_one_line(&msg->to.tag))
		refuse(v, 400, "Bad To");
	if (!quotes_balanced(&msg->from.val) || !quotes_balanced(&msg->to.val))
		refuse(v, 400, "Unbalanced Quotes");
	if (!pl_isset(&msg->callid) || !text_one_line(&msg->callid) ||
	    msg->callid.l >= 4 * SIP_NAME)
		refuse(v, 400, "Bad Call-ID");
	if (!cseq_good(msg))
		refuse(v, 400, "Bad CSeq");
	if (!number(&msg->maxfwd, 255))
		refuse(v, 400, "Bad Max-Forwards");
}

/* A datagram may be longer than its body, never shorter (RFC 3261 section 18.3) */
static void check_length(struct verdict *v, const struct sip_msg *msg)
{
	uint32_t n;

	if (!msg->clen.p)
		return;
	if (!number(&msg->clen, UINT16_MAX))
		return refuse(v, 400, "Bad Content-Length");
	n = pl_u32(&msg->clen);
	if (n > mbuf_get_left(msg->mb))
		return refuse(v, 400, "Body Too Short");
	msg->mb->end = msg->mb->pos + n;
}

/** True for the schemes we serve */
bool uri_ours_scheme(const struct pl *scheme)
{
	return !pl_strcasecmp(scheme, "sip") || !pl_strcasecmp(scheme, "sips");
}

static void check_uri(struct verdict *v, const struct sip_msg *msg)
{
	if (memchr(msg->ruri.p, '<', msg->ruri.l))
		return refuse(v, 400, "Bad Request URI");
	if (!uri_ours_scheme(&msg->uri.scheme))
		return refuse(v, 416, "Unsupported URI Scheme");
	if (!pl_isset(&msg->uri.host) || pl_isset(&msg->uri.headers))
		refuse(v, 400, "Bad Request URI");
	if (msg->ruri.l >= SIP_URI)
		refuse(v, 414, "Request URI Too Long");
}

static bool option_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct verdict *v = arg;
	size_t n = strlen(v->unsupported);
	(void)msg;

	for (size_t i = 0; i < COUNT(known_options); i++) {
		if (!pl_strcasecmp(&hdr->val, known_options[i]))
			return false;
	}
	refuse(v, 420, "Bad Extension");
	if (v->scode == 420 && n + hdr->val.l + 3 < sizeof(v->unsupported))
		(void)re_snprintf(v->unsupported + n, sizeof(v->unsupported) - n, "%s%r",
				  n ? ", " : "", &hdr->val);
	return false;
}

static void check_extensions(struct verdict *v, const struct sip_msg *msg)
{
	if (!pl_strcmp(&msg->met, "ACK") || !pl_strcmp(&msg->met, "CANCEL"))
		return;
	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_REQUIRE, option_h, v);
	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_PROXY_REQUIRE, option_h, v);
}

/**
 * Judges a request. A body longer than its Content-Length says is cut.
 *
 * @param v   The answer it gets; scode 0: it is good, VALID_DROP: no answer
 * @param msg Request as libre parsed it
 */
void request_validate(struct verdict *v, const struct sip_msg *msg)
{
	struct pl maddr;

	memset(v, 0, sizeof(*v));
	/* an answer would go to a third party's address */
	if (msg->tp == SIP_TRANSP_UDP && !msg_param_decode(&msg->via.params, "maddr", &maddr))
		return refuse(v, VALID_DROP, "");
	if (pl_strcmp(&msg->ver, "SIP/2.0"))
		return refuse(v, 505, "Version Not Supported");
	check_bounds(v, msg);
	check_single(v, msg);
	check_fields(v, msg);
	check_length(v, msg);
	check_uri(v, msg);
	if (pl_u32(&msg->maxfwd) == 0 && !pl_isset(&msg->to.tag))
		refuse(v, 483, "Too Many Hops");
	check_extensions(v, msg);
}

/** Does the request's Supported or Require name the option? */
bool request_supports(const struct sip_msg *msg, const char *option)
{
	return sip_msg_hdr_has_value(msg, SIP_HDR_SUPPORTED, option) ||
	       sip_msg_hdr_has_value(msg, SIP_HDR_REQUIRE, option);
}
