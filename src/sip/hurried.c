/**
 * @file hurried.c  In a crowd: a call too many is refused by its text, before libre parses it
 *
 * Parsing, routing to a transaction and composing an answer cost several times what is needed to
 * say 503 and to swallow the ACK for it. Only what is plain is answered here: one line a header, a
 * Via that says where the answer goes (RFC 3261 section 18.2.2, RFC 3581), no credentials, no To
 * tag, no call of ours with this Call-ID. All else goes the long way, with the same outcome.
 */
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include "stack_parts.h"
#include "text.h"

enum { ECHO_LINES = 16 };

/** What an answer needs of a request; parts of its text */
struct heads {
	struct pl line[ECHO_LINES];	    /* to be echoed, in their order                */
	size_t count, via, to;		    /* how many; which one is the topmost Via, the To */
	struct pl top, from, whom, call_id; /* values                       */
	bool cseq;
};

/* --- reading -----------------------------------------------------------------------------------
 */

static struct pl trimmed(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		++p;
	while (p < end && (end[-1] == ' ' || end[-1] == '\t'))
		--end;
	return (struct pl){p, (size_t)(end - p)};
}

static bool named(const struct pl *name, const char *full, char brief)
{
	return name->l == 1 ? (name->p[0] | 0x20) == brief : !pl_strcasecmp(name, full);
}

/* Takes note of a value that may be there once */
static bool once(struct pl *slot, const struct pl *value)
{
	if (pl_isset(slot))
		return false;
	*slot = *value;
	return true;
}

/* false: more than is plain */
static bool header_take(struct heads *h, const struct pl *line)
{
	const char *colon = pl_strchr(line, ':');
	struct pl name = {line->p, colon ? (size_t)(colon - line->p) : 0}, value;

	if (!name.l || name.p[0] == ' ' || name.p[0] == '\t' || colon[-1] == ' ' ||
	    colon[-1] == '\t' || !pl_strcasecmp(&name, "Authorization"))
		return false;
	value = trimmed(colon + 1, line->p + line->l);
	if (named(&name, "Via", 'v')) {
		if (!pl_isset(&h->top)) {
			h->via = h->count;
			h->top = value;
		}
	} else if (named(&name, "To", 't')) {
		h->to = h->count;
		if (!once(&h->whom, &value))
			return false;
	} else if (named(&name, "From", 'f')) {
		if (!once(&h->from, &value))
			return false;
	} else if (named(&name, "Call-ID", 'i')) {
		if (!once(&h->call_id, &value))
			return false;
	} else if (!pl_strcasecmp(&name, "CSeq")) {
		h->cseq = true;
	} else {
		return true;
	}
	if (h->count == ECHO_LINES)
		return false;
	h->line[h->count++] = *line;
	return true;
}

/* Reads the head behind the request line; true if all is there, and plain */
static bool heads_read(struct heads *h, struct pl text)
{
	memset(h, 0, sizeof(*h));
	for (unsigned n = 0; n < WIRE_LINES; n++) {
		const char *nl = pl_strchr(&text, '\n');
		struct pl line = {text.p, nl ? (size_t)(nl - text.p) : 0};

		if (!nl || !line.l || line.p[line.l - 1] != '\r')
			return false;
		if (!--line.l)
			break;
		if (!header_take(h, &line))
			return false;
		pl_advance(&text, nl + 1 - text.p);
	}
	return pl_isset(&h->top) && pl_isset(&h->from) && pl_isset(&h->whom) &&
	       pl_isset(&h->call_id) && h->cseq;
}

/* A parameter of a header's first value. *value is empty, and behind the name, where it has none */
static bool param(struct pl *value, const struct pl *header, const char *name)
{
	const char *p = header->p, *end = p + header->l;
	size_t l = strlen(name);

	while ((p = memchr(p, ';', (size_t)(end - p)))) {
		++p;
		if ((size_t)(end - p) < l || strncasecmp(p, name, l))
			continue;
		value->p = p + l;
		if (value->p < end && *value->p == '=')
			++value->p;
		else if (value->p < end && !strchr(";, \t", *value->p))
			continue;
		for (value->l = 0; value->p + value->l < end; value->l++) {
			if (strchr(";, \t\r", value->p[value->l]))
				break;
		}
		return true;
	}
	return false;
}

/* "INVITE sip:1002@host SIP/2.0\r\n": its URI, and what is behind the line */
static bool request_line(struct uri *uri, struct pl *rest, size_t method)
{
	const char *nl = pl_strchr(rest, '\n');
	struct pl text = {rest->p + method, 0};
	static const char version[] = " SIP/2.0\r";

	if (!nl || (size_t)(nl - text.p) <= sizeof(version) - 1)
		return false;
	text.l = (size_t)(nl - text.p) - (sizeof(version) - 1);
	if (memcmp(text.p + text.l, version, sizeof(version) - 1) || uri_decode(uri, &text))
		return false;
	pl_advance(rest, nl + 1 - rest->p);
	return !pl_strcasecmp(&uri->scheme, "sip");
}

/* --- answering ---------------------------------------------------------------------------------
 */

/** See stack_parts.h */
uint64_t hurried_tag(const struct stack *s, const struct pl *branch, const struct pl *call_id,
		     const struct pl *from_tag)
{
	char text[1024];
	int n = re_snprintf(text, sizeof(text), "503 %r %r %r", branch, call_id, from_tag);
	uint64_t tag = 0;

	if (n > 0)
		crypto_shorthash((uint8_t *)&tag, (const uint8_t *)text, (size_t)n, s->secret);
	return tag;
}

/* Of this request; 0 if it has no branch of RFC 3261 or no From tag */
static uint64_t tag_of(const struct stack *s, const struct heads *h)
{
	struct pl branch, tag;

	if (!param(&branch, &h->top, "branch") || branch.l <= 7 || memcmp(branch.p, "z9hG4bK", 7) ||
	    !param(&tag, &h->from, "tag") || !tag.l)
		return 0;
	return hurried_tag(s, &branch, &h->call_id, &tag);
}

/* Does the answer go where the request came from? *rport: behind this name of its own, if any */
static bool answerable(const char **rport, const struct heads *h, const struct sa *src)
{
	struct pl value, sentby = h->top;
	const char *end;
	char here[80];

	*rport = NULL;
	if (sentby.l < 12 || memcmp(sentby.p, "SIP/2.0/UDP ", 12) || pl_strchr(&sentby, ',') ||
	    param(&value, &sentby, "maddr") || param(&value, &sentby, "received"))
		return false;
	if (param(&value, &sentby, "rport")) {
		*rport = value.p;
		return !value.l && value.p[-1] != '=';
	}
	pl_advance(&sentby, 12);
	end = pl_strchr(&sentby, ';');
	sentby.l = end ? (size_t)(end - sentby.p) : sentby.l;
	return re_snprintf(here, sizeof(here), "%J", src) > 0 && !pl_strcmp(&sentby, here);
}

static int line_write(struct mbuf *out, const struct heads *h, size_t i, uint64_t tag,
		      const char *rport, const struct sa *src)
{
	const struct pl *l = &h->line[i];
	struct pl before = *l, after = {NULL, 0};

	if (i == h->to)
		return mbuf_printf(out, "%r;tag=%016llx\r\n", l, tag);
	if (i != h->via || !rport)
		return mbuf_write_pl(out, l) || mbuf_write_str(out, "\r\n") ? ENOMEM : 0;
	before.l = (size_t)(rport - l->p);
	after = (struct pl){rport, l->l - before.l};
	return mbuf_printf(out, "%r=%u;received=%j%r\r\n", &before, sa_port(src), src, &after);
}

static void refuse(const struct stack *s, const struct heads *h, const struct sa *src,
		   const char *rport, uint64_t tag)
{
	AUTO struct mbuf *out = mbuf_alloc(1024);
	int err = out ? mbuf_write_str(out, "SIP/2.0 503 Service Unavailable\r\n") : ENOMEM;

	for (size_t i = 0; !err && i < h->count; i++)
		err = line_write(out, h, i, tag, rport, src);
	err = err ? err
		  : mbuf_printf(out, "Retry-After: %u\r\nContent-Length: 0\r\n\r\n",
				stack_retry_after());
	if (err)
		return; /* it will ask again */
	out->pos = 0;
	(void)udp_send(s->udp, src, out);
}

/* Who calls is believed, as in too_many() */
static bool admitted(struct stack *s, const struct uri *uri)
{
	struct sip_sender guess = {0};
	struct sip_msg msg;

	memset(&msg, 0, sizeof(msg));
	msg.uri = *uri;
	guess.account.tenant = s->h.domain_h(&uri->host, s->h.arg);
	return s->h.admit_h(&guess, &msg, s->h.arg) != 503;
}

static bool invite(struct stack *s, const struct sa *src, struct pl text)
{
	struct heads h;
	struct pl tag;
	struct uri uri;
	const char *rport;
	uint64_t ours;

	if (!wire_crowded(s) || !request_line(&uri, &text, 7) || !heads_read(&h, text) ||
	    param(&tag, &h.whom, "tag") || !answerable(&rport, &h, src) || !(ours = tag_of(s, &h)))
		return false;
	/* of a call that was let in this is the same INVITE again: its transaction answers */
	if (dialogs_know(s, &h.call_id) || admitted(s, &uri))
		return false;
	refuse(s, &h, src, rport, ours);
	return true;
}

static bool ack(const struct stack *s, struct pl text)
{
	char ours[17];
	struct heads h;
	struct pl tag;
	struct uri uri;

	return s->crowded && request_line(&uri, &text, 4) && heads_read(&h, text) &&
	       param(&tag, &h.whom, "tag") &&
	       text_printf(ours, sizeof(ours), "%016llx", (unsigned long long)tag_of(s, &h)) &&
	       !pl_strcmp(&tag, ours);
}

/** See stack_parts.h */
bool hurried(struct stack *s, const struct sa *src, const struct mbuf *mb)
{
	const struct pl text = {(const char *)mbuf_buf(mb), mbuf_get_left(mb)};

	if (text.l > 7 && !memcmp(text.p, "INVITE ", 7))
		return invite(s, src, text);
	return text.l > 4 && !memcmp(text.p, "ACK ", 4) && ack(s, text);
}
