/**
 * @file hangup.c  Dest: ends the call with the cause that its target names
 */
#include "dests_private.h"

static void hangup_enter(struct step *s)
{
	flow_fail(s, EXIT_done, cause_from_name(s->dest.target));
}

const struct dest_ops dest_hangup = {
	.kind = DEST_hangup,
	.needs = NEEDS_NOTHING,
	.enter = hangup_enter,
};
