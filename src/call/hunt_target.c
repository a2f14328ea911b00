/**
 * @file hunt_target.c  Where a target of a hunt is
 */
#include <string.h>
#include "hunt.h"
#include "text.h"

/** Aims a target at a registered phone: a browser is offered WebRTC, a desk phone what it asks for
 */
void hunt_target_at(struct hunt_target *t, const struct binding *b)
{
	text_printf(t->to.uri, sizeof(t->to.uri), "%s", b->contact);
	text_printf(t->to.to_user, sizeof(t->to.to_user), "%s", b->user);
	text_printf(t->to.to_domain, sizeof(t->to.to_domain), "%s", b->domain);
	text_printf(t->to.path, sizeof(t->to.path), "%s", b->path);
	text_printf(t->to.device, sizeof(t->to.device), "%s", b->device);
	t->to.flow = b->flow;
	t->to.has_flow = true;
	text_printf(t->device, sizeof(t->device), "%s", b->device);
	text_printf(t->device_name, sizeof(t->device_name), "%s (%s)", t->party.name,
		    b->flow.ws	       ? "browser"
		    : b->user_agent[0] ? b->user_agent
				       : "phone");
	t->webrtc = b->flow.ws;
	t->sdes = b->sdes;
}
