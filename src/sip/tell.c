/**
 * @file tell.c  NOTIFY without a subscription: the lamp of a phone that never asked
 *
 * RFC 3842 wants a subscription, but many desk phones are built for exchanges that tell them
 * anyway. Phones that did subscribe are left out, and so are browsers, which hear of it from the
 * portal.
 */
#include "id.h"
#include "registrar.h"
#include "stack_parts.h"

static int print_head(struct mbuf *mb, struct stack *s, const struct binding *b,
		      const char *package)
{
	char contact[SIP_URI], tag[17], call_id[25];

	if (!stack_contact(contact, sizeof(contact), s, &b->flow, b->user))
		return EINVAL;
	id_random(tag, sizeof(tag));
	id_random(call_id, sizeof(call_id));
	return mbuf_printf(
		mb,
		"Max-Forwards: 70\r\n%s%s%sFrom: <sip:%s@%s>;tag=%s\r\nTo: <sip:%s@%s>\r\n"
		"Call-ID: %s\r\nCSeq: 1 NOTIFY\r\nContact: <%s>\r\nEvent: %s\r\n"
		"Subscription-State: active\r\n",
		b->path[0] ? "Route: " : "", b->path, b->path[0] ? "\r\n" : "", b->user, b->domain,
		tag, b->user, b->domain, call_id, contact, package);
}

static void tell_one(struct stack *s, const struct binding *b, const char *package,
		     const char *type, const struct mbuf *body)
{
	AUTO struct mbuf *mb = mbuf_alloc(1024);

	if (!mb || print_head(mb, s, b, package) ||
	    mbuf_printf(mb, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%b", type, body->end,
			body->buf, body->end))
		return;
	mb->pos = 0;
	(void)stack_request(NULL, s, &b->flow, true, "NOTIFY", b->contact, mb, NULL, NULL);
}

/** Tells the registered phones of an extension something that they did not subscribe to */
void stack_tell(struct stack *s, const char *package, const char *type, int64_t tenant,
		const char *user, const struct mbuf *body)
{
	const struct binding *b[BINDINGS_MAX];
	unsigned n = registrar_find(s, tenant, user, b, BINDINGS_MAX);

	for (unsigned i = 0; i < n; i++) {
		if (!b[i]->flow.ws && !subs_watching(s, package, tenant, user, &b[i]->flow))
			tell_one(s, b[i], package, type, body);
	}
}
