/**
 * @file fax_call.c  A fax machine calls a number for people: it is moved to the received faxes
 *
 * Its calling tone is listened for in what comes from a trunk, for a while after the answer: most
 * machines give up by then. The fax is for the extension that the number names for it, whoever
 * answers there; else for the one that answered, whose mailbox answered, or that the number leads
 * to, if that extension takes such faxes.
 */
#include <string.h>
#include "call.h"
#include "log.h"
#include "media.h"
#include "story.h"
#include "text.h"

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

static const struct tenant_extension *meant(struct call *c, const struct leg *caller,
					    const struct tenant_did *did)
{
	const struct tenant *t = call_tenant(c);
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
	const struct tenant_did *did = tenant_did(call_tenant(c), call_facts(c)->to.number);
	const struct tenant_extension *e = did ? did->fax_to : NULL;
	bool taken = e && e->receives_fax;
	struct dest fax = {.kind = DEST_fax};

	if (leg != call_caller(c) || leg->state != LEG_UP || leg->fax || others(c, leg))
		return;
	if (!e) {
		e = meant(c, leg, did);
		taken = e && e->fax_detect;
	}
	if (!taken) {
		story_add(call_story(c), "fax", "A fax machine calls: %s takes no faxes here",
			  e ? e->name : "nobody");
		return;
	}
	log_info("fax.detected", "call=%s extension=%s", call_id(c), e->number);
	story_add(call_story(c), "fax", "A fax machine calls: it is for the faxes of %s", e->name);
	call_step(c)->unwanted = true;
	call_facts(c)->voicemail = false;
	/* nobody was called yet: it is for the history of whoever gets the fax */
	if (!call_facts(c)->to_extension[0])
		text_printf(call_facts(c)->to_extension, sizeof(call_facts(c)->to_extension), "%s",
			    e->number);
	if (peer) {
		leg_watch(peer, NULL, NULL);
		leg_part(leg);
		leg_end(peer, CAUSE_NORMAL);
	}
	str_ncpy(fax.target, e->number, sizeof(fax.target));
	flow_goto(c, &fax);
}
