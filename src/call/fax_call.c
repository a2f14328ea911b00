/**
 * @file fax_call.c  A fax machine calls a number for people: it is moved to the received faxes
 *
 * Its calling tone is listened for in what comes from a trunk, for a while after the answer: most
 * machines give up by then. The fax is for the extension that answered, whose mailbox answered, or
 * that the number leads to.
 */
#include <string.h>
#include "call.h"
#include "log.h"
#include "media.h"
#include "story.h"

enum { LISTEN_MS = 60000 };

/** The call is answered: does a machine call? Only who comes by a trunk is asked */
void fax_listen(struct call *c)
{
	const struct leg *caller = call_caller(c);

	if (caller && caller->trunk && caller->stream && call_step(c)->dest.kind != DEST_fax)
		stream_listen_fax(caller->stream, LISTEN_MS);
}

static const struct tenant_extension *leads_to(const struct tenant *t, const struct dest *d)
{
	bool own = d->kind == DEST_extension || d->kind == DEST_voicemail;

	return own ? tenant_extension(t, d->target) : NULL;
}

static const struct tenant_extension *meant(struct call *c, const struct leg *caller)
{
	const struct tenant *t = call_tenant(c);
	const struct tenant_did *did = tenant_did(t, call_facts(c)->to.number);
	const struct tenant_extension *e = NULL;

	if (caller->peer)
		e = tenant_extension(t, caller->peer->extension);
	if (!e && call_step(c)->ops)
		e = leads_to(t, &call_step(c)->dest);
	return !e && did ? leads_to(t, &did->dest) : e;
}

/* Is there anybody but the two, or somebody that waits for one of them? */
static bool others(struct call *c, const struct leg *caller)
{
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		const struct leg *leg = le->data;

		if (leg_live(leg) && leg != caller && leg != caller->peer && !call_step(c)->hunt)
			return true;
	}
	return *call_guests(c) != NULL;
}

/** A machine's calling tone was heard */
void fax_called(struct call *c, struct leg *leg)
{
	struct leg *peer = leg->peer;
	const struct tenant_extension *e;
	struct dest fax = {.kind = DEST_fax};

	if (leg != call_caller(c) || leg->state != LEG_UP || leg->fax || others(c, leg))
		return;
	e = meant(c, leg);
	if (!e || !e->fax_detect) {
		story_add(call_story(c), "fax", "A fax machine calls: %s takes no faxes here",
			  e ? e->name : "nobody");
		return;
	}
	log_info("fax.detected", "call=%s extension=%s", call_id(c), e->number);
	story_add(call_story(c), "fax", "A fax machine calls: it is for the faxes of %s", e->name);
	call_step(c)->unwanted = true;
	call_facts(c)->voicemail = false;
	if (peer) {
		leg_watch(peer, NULL, NULL);
		leg_part(leg);
		leg_end(peer, CAUSE_NORMAL);
	}
	str_ncpy(fax.target, e->number, sizeof(fax.target));
	flow_goto(c, &fax);
}
