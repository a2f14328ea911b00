/**
 * @file trunk.c  Trunks are known by their address
 */
#include <string.h>
#include "stack_parts.h"

/**
 * Is the sender a trunk? Not if a phone is registered by the very same flow (a gateway and phones
 * may share an address), and never by WebSocket.
 *
 * @param sender Its flow is set; trunk and is_trunk are filled in
 * @param s      Stack
 * @param msg    Request
 */
bool trunk_sender(struct sip_sender *sender, const struct stack *s, const struct sip_msg *msg)
{
	if (sender->flow.ws || bindings_has_flow(s, &sender->flow))
		return false;
	sender->is_trunk = s->h.trunk_h(&sender->trunk, &msg->src, msg->tp, s->h.arg);
	return sender->is_trunk;
}
