/**
 * @file extension.c  Dest: rings every phone of an extension
 */
#include <errno.h>
#include <string.h>
#include "dests.h"
#include "dests_private.h"

static void phones_ring(struct step *s, const struct tenant_extension *ext,
			const struct hunt_target *targets, unsigned n)
{
	unsigned phones = n - (targets[0].asleep_ms != 0);

	if (phones)
		story_add(call_story(s->call), "dest", "Calling %s: %u phone%s, for %u s",
			  ext->name, phones, phones == 1 ? "" : "s",
			  (unsigned)(ext->ring_ms / 1000));
	if (flow_hunt(s, targets, n))
		flow_exit(s, EXIT_failed);
}

static void extension_ring(struct step *s, const struct tenant_extension *ext)
{
	struct hunt_target targets[PHONES_MAX];
	unsigned n = phones_wake(targets, PHONES_MAX, s, ext);

	if (!n) {
		story_add(call_story(s->call), "dest", "%s has no phone connected", ext->name);
		flow_exit(s, EXIT_unavail);
		return;
	}
	if (!ext->call_waiting &&
	    exchange_extension_busy(call_exchange(s->call), call_tenant_id(s->call), ext->number)) {
		story_add(call_story(s->call), "dest",
			  "%s is on another call and takes no second one", ext->name);
		flow_exit(s, EXIT_busy);
		return;
	}
	phones_ring(s, ext, targets, n);
}

/* Whom the rule lets leave a message is rejected where nobody takes one. */
static void extension_blocked(struct step *s, const struct tenant_extension *ext,
			      const struct tenant_block *b)
{
	struct dest voicemail = {.kind = DEST_voicemail};

	if (b->action == BLOCK_BUSY) {
		flow_end(s, EXIT_busy, CAUSE_BUSY);
	} else if (b->action == BLOCK_VOICEMAIL && ext->mailbox) {
		str_ncpy(voicemail.target, ext->number, sizeof(voicemail.target));
		flow_pass(s, &voicemail);
	} else {
		flow_end(s, EXIT_rejected, CAUSE_DECLINED);
	}
}

static void use_note(struct step *s, const struct tenant_extension *ext, const struct door *door)
{
	if (door->id == DOOR_BLOCKED)
		flow_use(s->call, door->block->id, "block");
	else
		flow_use(s->call, ext->id,
			 door->id == DOOR_DND ? "dnd" : forward_kind_member(FORWARD_all));
}

static void extension_enter(struct step *s)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(tenant, s->dest.target);
	struct moment now = flow_moment(s);
	struct door door;

	if (!ext) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	extension_door(&door, tenant, ext, flow_party(s)->party.number, &now);
	if (door.id != DOOR_RING)
		story_add(call_story(s->call), "door", "%s", door.why);
	if (door.id == DOOR_BLOCKED || door.id == DOOR_DND || door.id == DOOR_FORWARD)
		use_note(s, ext, &door);
	switch (door.id) {
	case DOOR_BLOCKED:
		extension_blocked(s, ext, door.block);
		break;
	case DOOR_FOLLOW:
		follow_start(s, ext);
		break;
	case DOOR_DND:
		flow_exit(s, EXIT_dnd);
		break;
	case DOOR_FORWARD:
		flow_pass(s, &door.dest);
		break;
	default:
		extension_ring(s, ext);
	}
}

/** True while a call rings at an extension, for itself, whose mailbox would take a message */
bool extension_takes_message(struct call *c, const char *extension)
{
	const struct tenant_extension *ext = tenant_extension(call_tenant(c), extension);
	const struct step *s = call_step(c);

	return ext && ext->mailbox && s->hunt && s->dest.kind == DEST_extension &&
	       !strcmp(s->dest.target, extension);
}

/**
 * Stops the ringing and lets the caller leave a message, as somebody wants who is called
 *
 * @param c         Call
 * @param extension Who is called
 *
 * @return 0; ENOTCONN when it does not ring there, or nobody takes a message
 */
int extension_to_mailbox(struct call *c, const char *extension)
{
	struct step *s = call_step(c);
	struct dest voicemail = {.kind = DEST_voicemail};

	if (!extension_takes_message(c, extension))
		return ENOTCONN;
	story_add(call_story(c), "dest", "%s sent the call to voicemail",
		  tenant_extension(call_tenant(c), extension)->name);
	str_ncpy(voicemail.target, extension, sizeof(voicemail.target));
	hunt_cancel(s->hunt, CAUSE_DECLINED);
	flow_pass(s, &voicemail);
	return 0;
}

const struct dest_ops dest_extension = {
	.kind = DEST_extension,
	.needs = NEEDS_NOTHING,
	.enter = extension_enter,
};
